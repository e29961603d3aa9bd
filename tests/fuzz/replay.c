/*
 * The main of every fuzz harness when it is not built as a fuzzer: runs the
 * harness on each file of its seed corpus, and on beginnings of it, and
 * says so in TAP. The folder is the first argument, or follows from the
 * program's name: fuzz_NAME reads tests/fuzz/corpus/NAME.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "err.h"
#include "file.h"

#define INPUT_MAX ((size_t)4 * 1024 * 1024)
#define CUTS 16		/* beginnings of a file that are tried as well */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A harness may have this: 0 if the corpus has reached what it must. */
int replay_reached(void) __attribute__((weak));

struct replay {
	const char *dir;
	unsigned count;
	unsigned failed;
};

static int
count_one(void *arg, const char *name)
{
	struct replay *rp = arg;

	(void)name;
	rp->count++;
	return 0;
}

/* The input in memory of exactly its size, so that overreads are seen. */
static int
run(const uint8_t *data, size_t size)
{
	uint8_t *copy;

	if ((copy = malloc(size > 0 ? size : 1)) == NULL)
		return LY_ERR_NOMEM;
	if (size > 0)
		memcpy(copy, data, size);
	(void)LLVMFuzzerTestOneInput(copy, size);
	free(copy);
	return 0;
}

static int
replay_one(void *arg, const char *name)
{
	struct replay *rp = arg;
	struct ly_why why = { "" };
	struct ly_buf b;
	char path[LY_PATH_MAX];
	size_t i;
	int r;

	ly_buf_init(&b, INPUT_MAX);
	rp->count++;
	if ((r = ly_path_join(path, rp->dir, name)) != 0)
		goto out;
	if ((r = ly_file_read(path, INPUT_MAX, LY_FILE_ANY, &b, &why)) != 0)
		goto out;
	r = run(b.data, b.len);
	for (i = 0; i < CUTS && b.len > 0 && r == 0; i++)
		r = run(b.data, b.len * i / CUTS);
	/* The whole once more: a harness must not depend on what was. */
	if (r == 0)
		r = run(b.data, b.len);
out:
	printf("%s %u - %s\n", r == 0 ? "ok" : "not ok", rp->count, name);
	if (r != 0) {
		printf("# %s %s\n", ly_strerror(r), why.text);
		rp->failed++;
	}
	(void)fflush(stdout);
	ly_buf_clear(&b);
	return 0;
}

/* <top_srcdir>/tests/fuzz/corpus/NAME for a program .../fuzz_NAME. */
static int
corpus_dir(const char *program, char *dir)
{
	const char *top = getenv("top_srcdir");
	const char *name = strrchr(program, '/');
	char base[LY_PATH_MAX];

	name = strstr(name != NULL ? name : program, "fuzz_");
	if (name == NULL)
		return LY_ERR_ARG;
	if (ly_path_join(base, top != NULL ? top : ".",
	    "tests/fuzz/corpus") != 0)
		return LY_ERR_TOOBIG;
	return ly_path_join(dir, base, name + strlen("fuzz_"));
}

int
main(int argc, char **argv)
{
	struct replay rp = { NULL, 0, 0 };
	char dir[LY_PATH_MAX];

	if (argc > 1) {
		rp.dir = argv[1];
	} else if (corpus_dir(argv[0], dir) == 0) {
		rp.dir = dir;
	} else {
		printf("Bail out! %s: no corpus for this name\n", argv[0]);
		return 1;
	}
	if (ly_dir_each(rp.dir, count_one, &rp) != 0 || rp.count == 0) {
		printf("Bail out! %s: no corpus here\n", rp.dir);
		return 1;
	}
	printf("1..%u\n", rp.count + (replay_reached != NULL));
	rp.count = 0;
	if (ly_dir_each(rp.dir, replay_one, &rp) != 0)
		return 1;
	if (replay_reached != NULL && replay_reached() != 0) {
		printf("not ok %u - all is reached\n", rp.count + 1);
		rp.failed++;
	} else if (replay_reached != NULL) {
		printf("ok %u - all is reached\n", rp.count + 1);
	}
	return rp.failed == 0 ? 0 : 1;
}
