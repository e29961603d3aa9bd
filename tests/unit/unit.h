/*
 * What the unit tests share: cmocka with the headers it needs, and a scratch
 * folder for each test that goes away with it. Included first.
 */
#ifndef LY_UNIT_H
#define LY_UNIT_H

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "err.h"
#include "file.h"

/* The state of a test that uses a scratch folder. */
struct scratch {
	char dir[LY_PATH_MAX];
	char path[LY_PATH_MAX];	/* of the last scratch_path */
};

static inline int
scratch_setup(void **state)
{
	const char *tmp = getenv("TMPDIR");
	struct scratch *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return -1;
	(void)snprintf(s->dir, sizeof(s->dir), "%s/lanyard-unit-XXXXXX",
	    tmp != NULL && tmp[0] == '/' ? tmp : "/tmp");
	if (mkdtemp(s->dir) == NULL) {
		free(s);
		return -1;
	}
	*state = s;
	return 0;
}

static inline int
scratch_teardown(void **state)
{
	struct scratch *s = *state;
	const int r = ly_dir_remove(s->dir, NULL);

	free(s);
	return r;
}

/* A path in the scratch folder; overwritten by the next call. */
static inline const char *
scratch_path(struct scratch *s, const char *name)
{
	if (ly_path_join(s->path, s->dir, name) != 0)
		abort();
	return s->path;
}

/* Write a file below the scratch folder, with a mode; an old one goes. */
static inline void
scratch_write(struct scratch *s, const char *name, const char *text,
    mode_t mode)
{
	FILE *f;

	(void)unlink(scratch_path(s, name));
	if ((f = fopen(s->path, "wb")) == NULL ||
	    fwrite(text, 1, strlen(text), f) != strlen(text) ||
	    fclose(f) != 0 || chmod(s->path, mode) != 0)
		abort();
}

static inline int
scratch_count_one(void *arg, const char *name)
{
	(void)name;
	++*(unsigned *)arg;
	return 0;
}

/* Number of entries of a folder. */
static inline unsigned
scratch_count(const char *dir)
{
	unsigned n = 0;

	if (ly_dir_each(dir, scratch_count_one, &n) != 0)
		abort();
	return n;
}

#define unit_scratch_test(f) \
	cmocka_unit_test_setup_teardown(f, scratch_setup, scratch_teardown)

#define assert_has(text, part) \
	assert_non_null(strstr(text, part))

#endif
