/*
 * file_write.c: a reader sees the old file or the new one, and a failure,
 * a full disk too, leaves nothing behind.
 */
#include "unit.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "buf.h"

static void
assert_content(const char *path, const char *text)
{
	struct ly_buf b;

	ly_buf_init(&b, 100000);
	assert_int_equal(ly_file_read(path, 100000, LY_FILE_ANY, &b, NULL),
	    0);
	assert_int_equal(b.len, strlen(text));
	assert_memory_equal(b.data, text, b.len);
	ly_buf_clear(&b);
}

static void
assert_mode(const char *path, mode_t mode)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, mode);
}

static void
test_replace(void **state)
{
	struct scratch *s = *state;
	const mode_t old = umask(0777);

	/* The host's umask must not matter. */
	assert_int_equal(ly_file_replace(scratch_path(s, "f"), "one", 3,
	    0600, NULL), 0);
	assert_content(s->path, "one");
	assert_mode(s->path, 0600);
	assert_int_equal(ly_file_replace(s->path, "two!", 4, 0644, NULL), 0);
	assert_content(s->path, "two!");
	assert_mode(s->path, 0644);
	assert_int_equal(ly_file_replace(s->path, NULL, 0, 0600, NULL), 0);
	assert_content(s->path, "");
	assert_int_equal(scratch_count(s->dir), 1);
	(void)umask(old);
}

static void
test_an_open_reader_keeps_the_old_file(void **state)
{
	struct scratch *s = *state;
	char buf[4] = "";
	int fd;

	assert_int_equal(ly_file_replace(scratch_path(s, "f"), "old", 3,
	    0600, NULL), 0);
	fd = open(s->path, O_RDONLY);
	assert_true(fd >= 0);
	assert_int_equal(ly_file_replace(s->path, "new", 3, 0600, NULL), 0);
	assert_int_equal(read(fd, buf, 3), 3);
	assert_string_equal(buf, "old");
	(void)close(fd);
}

static void
test_replace_takes_the_place_of_a_link(void **state)
{
	struct scratch *s = *state;
	char target[LY_PATH_MAX];

	scratch_write(s, "target", "keep", 0600);
	memcpy(target, s->path, sizeof(target));
	assert_int_equal(symlink(target, scratch_path(s, "link")), 0);
	assert_int_equal(ly_file_replace(s->path, "new", 3, 0600, NULL), 0);
	assert_content(s->path, "new");
	assert_content(target, "keep");
}

static void
test_no_folder(void **state)
{
	struct scratch *s = *state;
	struct ly_why why = { "" };

	assert_int_equal(ly_file_replace(scratch_path(s, "no/f"), "x", 1,
	    0600, &why), LY_ERR_IO);
	assert_has(why.text, s->path);
	assert_int_equal(ly_file_create(s->path, "x", 1, 0600, &why),
	    LY_ERR_IO);
	/* The name belongs to a folder with something in it. */
	assert_int_equal(ly_dir_make(scratch_path(s, "d/e"), NULL), 0);
	assert_int_equal(ly_file_replace(scratch_path(s, "d"), "x", 1, 0600,
	    &why), LY_ERR_IO);
	assert_int_equal(scratch_count(s->dir), 1);
}

/* In a child whose files may have 4 KiB: what a full disk does to a write. */
static int
write_when_full(struct scratch *s)
{
	const struct rlimit limit = { 4096, 4096 };
	static char big[10000];
	struct ly_why why = { "" };

	memset(big, 'x', sizeof(big));
	if (signal(SIGXFSZ, SIG_IGN) == SIG_ERR ||
	    setrlimit(RLIMIT_FSIZE, &limit) != 0)
		return 1;
	if (ly_file_replace(scratch_path(s, "f"), big, sizeof(big), 0600,
	    &why) != LY_ERR_IO)
		return 2;
	if (strstr(why.text, s->path) == NULL)
		return 3;
	if (ly_file_create(scratch_path(s, "g"), big, sizeof(big), 0600,
	    NULL) != LY_ERR_IO)
		return 4;
	if (ly_file_append(scratch_path(s, "f"), big, sizeof(big), NULL) !=
	    LY_ERR_IO)
		return 5;
	return 7;
}

static void
test_a_full_disk_leaves_nothing(void **state)
{
	struct scratch *s = *state;
	int status = -1;
	pid_t pid;

	scratch_write(s, "f", "old", 0600);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		_exit(write_when_full(s));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 7);
	assert_int_equal(scratch_count(s->dir), 1);
}

static void
test_create_never_replaces(void **state)
{
	struct scratch *s = *state;
	struct ly_why why = { "" };

	assert_int_equal(ly_file_create(scratch_path(s, "f"), "one", 3,
	    0640, &why), 0);
	assert_mode(s->path, 0640);
	assert_int_equal(ly_file_create(s->path, "two", 3, 0600, &why),
	    LY_ERR_EXISTS);
	assert_has(why.text, "exists");
	assert_content(s->path, "one");
	/* A link to nowhere is something that is there, too. */
	assert_int_equal(symlink("/nowhere/at/all",
	    scratch_path(s, "link")), 0);
	assert_int_equal(ly_file_create(s->path, "two", 3, 0600, NULL),
	    LY_ERR_EXISTS);
	assert_int_equal(scratch_count(s->dir), 2);
}

/* Several processes create one file: exactly one of them may. */
static void
test_create_has_one_winner(void **state)
{
	enum { RACERS = 6 };
	struct scratch *s = *state;
	pid_t pid[RACERS];
	int gate[2], i, status, winners = 0;
	char c;

	(void)scratch_path(s, "f");
	assert_int_equal(pipe(gate), 0);
	for (i = 0; i < RACERS; i++) {
		pid[i] = fork();
		assert_true(pid[i] >= 0);
		if (pid[i] != 0)
			continue;
		(void)close(gate[1]);
		/* The end of file of the gate starts all of them. */
		if (read(gate[0], &c, 1) != 0)
			_exit(9);
		switch (ly_file_create(s->path, "x", 1, 0600, NULL)) {
		case 0:
			_exit(1);
		case LY_ERR_EXISTS:
			_exit(2);
		default:
			_exit(3);
		}
	}
	(void)close(gate[0]);
	(void)close(gate[1]);
	for (i = 0; i < RACERS; i++) {
		assert_int_equal(waitpid(pid[i], &status, 0), pid[i]);
		assert_true(WIFEXITED(status));
		assert_true(WEXITSTATUS(status) == 1 ||
		    WEXITSTATUS(status) == 2);
		winners += WEXITSTATUS(status) == 1;
	}
	assert_int_equal(winners, 1);
	assert_int_equal(scratch_count(s->dir), 1);
}

static void
test_append(void **state)
{
	struct scratch *s = *state;
	struct ly_why why = { "" };

	assert_int_equal(ly_file_append(scratch_path(s, "f"), "a\n", 2,
	    NULL), 0);
	assert_int_equal(ly_file_append(s->path, "b\n", 2, NULL), 0);
	assert_content(s->path, "a\nb\n");
	assert_mode(s->path, 0600);
	assert_int_equal(chmod(s->path, 0666), 0);
	assert_int_equal(ly_file_append(s->path, "c\n", 2, &why),
	    LY_ERR_PERM);
	assert_has(why.text, "chmod go-w");
	assert_int_equal(symlink("f", scratch_path(s, "link")), 0);
	assert_int_equal(ly_file_append(s->path, "c\n", 2, NULL), LY_ERR_IO);
	assert_int_equal(ly_file_append("/dev/null", "c\n", 2, NULL),
	    LY_ERR_IO);
	assert_content(scratch_path(s, "f"), "a\nb\n");
}

static void
test_remove_and_rename(void **state)
{
	struct scratch *s = *state;
	struct ly_why why = { "" };
	char to[LY_PATH_MAX];

	assert_int_equal(ly_file_remove(scratch_path(s, "none"), NULL), 0);
	assert_int_equal(ly_file_remove("/dev/null/x", NULL), 0);
	scratch_write(s, "f", "x", 0600);
	assert_int_equal(ly_file_remove(s->path, NULL), 0);
	assert_int_equal(scratch_count(s->dir), 0);
	assert_int_equal(ly_file_remove(s->dir, &why), LY_ERR_IO);
	assert_has(why.text, "cannot remove");

	memcpy(to, scratch_path(s, "to"), sizeof(to));
	assert_int_equal(ly_file_rename(scratch_path(s, "no"), to, &why),
	    LY_ERR_NOTFOUND);
	scratch_write(s, "f", "x", 0600);
	assert_int_equal(ly_file_rename(s->path, to, NULL), 0);
	assert_content(to, "x");
	assert_int_equal(scratch_count(s->dir), 1);
	/* A folder with something in it is not replaced. */
	assert_int_equal(ly_dir_make(scratch_path(s, "d/e"), NULL), 0);
	assert_int_equal(ly_dir_make(scratch_path(s, "n"), NULL), 0);
	memcpy(to, s->path, sizeof(to));
	assert_int_equal(ly_file_rename(to, scratch_path(s, "d"), &why),
	    LY_ERR_IO);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		unit_scratch_test(test_replace),
		unit_scratch_test(test_an_open_reader_keeps_the_old_file),
		unit_scratch_test(test_replace_takes_the_place_of_a_link),
		unit_scratch_test(test_no_folder),
		unit_scratch_test(test_a_full_disk_leaves_nothing),
		unit_scratch_test(test_create_never_replaces),
		unit_scratch_test(test_create_has_one_winner),
		unit_scratch_test(test_append),
		unit_scratch_test(test_remove_and_rename),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
