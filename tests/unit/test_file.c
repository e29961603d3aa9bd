/* file.c: paths, reads with a cap, and the judging of owner and mode. */
#include "unit.h"

#include <sys/wait.h>

#include "buf.h"
#include "secret.h"

static void
test_join(void **state)
{
	char path[LY_PATH_MAX], big[LY_PATH_MAX];

	(void)state;
	assert_int_equal(ly_path_join(path, "/a", "b"), 0);
	assert_string_equal(path, "/a/b");
	assert_int_equal(ly_path_join(path, "/a/", "b"), 0);
	assert_string_equal(path, "/a/b");
	assert_int_equal(ly_path_join(path, "", "/b"), 0);
	assert_string_equal(path, "/b");
	assert_int_equal(ly_path_join(path, path, "c"), 0);
	assert_string_equal(path, "/b/c");
	memset(big, 'x', sizeof(big) - 1);
	big[sizeof(big) - 1] = '\0';
	assert_int_equal(ly_path_join(path, big, ""), LY_ERR_TOOBIG);
	assert_int_equal(ly_path_join(path, "", big), 0);
	assert_int_equal(ly_path_join(path, "/", big), LY_ERR_TOOBIG);
	big[LY_PATH_MAX - 3] = '\0';
	assert_int_equal(ly_path_join(path, big, "y"), 0);
	assert_int_equal(strlen(path), LY_PATH_MAX - 1);
	assert_int_equal(ly_path_join(path, big, "yz"), LY_ERR_TOOBIG);
}

static void
test_expand(void **state)
{
	char path[LY_PATH_MAX] = "old";

	(void)state;
	assert_int_equal(setenv("HOME", "/home/a", 1), 0);
	assert_int_equal(ly_path_expand("~/x", path), 0);
	assert_string_equal(path, "/home/a/x");
	assert_int_equal(ly_path_expand("/abs", path), 0);
	assert_string_equal(path, "/abs");
	assert_int_equal(ly_path_expand("x/y", path), LY_ERR_FORMAT);
	assert_int_equal(ly_path_expand("./x", path), LY_ERR_FORMAT);
	assert_int_equal(ly_path_expand("", path), LY_ERR_FORMAT);
	assert_int_equal(ly_path_expand("~", path), LY_ERR_FORMAT);
	assert_int_equal(ly_path_expand("~bob/x", path), LY_ERR_FORMAT);
	assert_int_equal(setenv("HOME", "relative", 1), 0);
	assert_int_equal(ly_path_expand("~/x", path), LY_ERR_NOTFOUND);
	assert_int_equal(unsetenv("HOME"), 0);
	assert_int_equal(ly_path_expand("~/x", path), LY_ERR_NOTFOUND);
	assert_string_equal(path, "/abs");
}

static void
test_read_at_the_cap(void **state)
{
	struct ly_why why;
	struct ly_buf b;

	ly_buf_init(&b, 0);
	scratch_write(*state, "f", "0123456789", 0644);
	assert_int_equal(ly_file_read(scratch_path(*state, "f"), 10,
	    LY_FILE_OWNED, &b, &why), 0);
	assert_int_equal(b.len, 10);
	assert_memory_equal(b.data, "0123456789", 10);
	assert_int_equal(ly_file_read(scratch_path(*state, "f"), 9,
	    LY_FILE_OWNED, &b, &why), LY_ERR_TOOBIG);
	assert_has(why.text, "9 bytes");
	assert_int_equal(b.len, 0);
	assert_int_equal(ly_file_read(scratch_path(*state, "f"), 0,
	    LY_FILE_ANY, &b, NULL), LY_ERR_TOOBIG);
	scratch_write(*state, "empty", "", 0644);
	assert_int_equal(ly_file_read(scratch_path(*state, "empty"), 0,
	    LY_FILE_ANY, &b, NULL), 0);
	assert_int_equal(b.len, 0);
	ly_buf_clear(&b);
}

static void
test_read_of_many_chunks(void **state)
{
	enum { LEN = 300001 };
	char *text = malloc(LEN + 1);
	struct ly_buf b;

	assert_non_null(text);
	memset(text, 'k', LEN);
	text[LEN] = '\0';
	ly_buf_init(&b, LEN);
	scratch_write(*state, "f", text, 0600);
	assert_int_equal(ly_file_read(scratch_path(*state, "f"), LEN,
	    LY_FILE_PRIVATE, &b, NULL), 0);
	assert_int_equal(b.len, LEN);
	assert_memory_equal(b.data, text, LEN);
	ly_buf_clear(&b);
	free(text);
}

static void
test_only_regular_files(void **state)
{
	struct scratch *s = *state;
	struct ly_secret secret = LY_SECRET_INIT;
	struct ly_why why;
	struct ly_buf b;

	ly_buf_init(&b, 100);
	assert_int_equal(ly_file_read(scratch_path(s, "none"), 10,
	    LY_FILE_ANY, &b, &why), LY_ERR_NOTFOUND);
	assert_has(why.text, s->path);
	assert_int_equal(ly_file_read(s->dir, 10, LY_FILE_ANY, &b, &why),
	    LY_ERR_IO);
	assert_has(why.text, "not a regular file");
	assert_int_equal(ly_file_read("/dev/null", 10, LY_FILE_ANY, &b,
	    &why), LY_ERR_IO);
	/* A FIFO nobody writes to: refused, not waited for. */
	assert_int_equal(mkfifo(scratch_path(s, "fifo"), 0600), 0);
	assert_int_equal(ly_file_read(s->path, 10, LY_FILE_PRIVATE, &b,
	    &why), LY_ERR_IO);
	assert_int_equal(ly_file_read_secret(s->path, 10, LY_FILE_PRIVATE,
	    &secret, &why), LY_ERR_IO);
	scratch_write(s, "f", "x", 0600);
	assert_int_equal(ly_path_join(s->path, s->dir, "f/g"), 0);
	assert_int_equal(ly_file_read(s->path, 10, LY_FILE_ANY, &b, &why),
	    LY_ERR_NOTFOUND);
	ly_buf_clear(&b);
}

static void
check_mode(struct scratch *s, mode_t mode, enum ly_file_trust trust, int r,
    const char *found, const char *cure)
{
	struct ly_secret secret = LY_SECRET_INIT;
	struct ly_why why = { "" };
	char full[LY_PATH_MAX + 64];
	struct ly_buf b;

	ly_buf_init(&b, 100);
	scratch_write(s, "f", "x", mode);
	assert_int_equal(ly_file_read(s->path, 100, trust, &b, &why), r);
	assert_int_equal(ly_file_read_secret(s->path, 100, trust, &secret,
	    NULL), r);
	if (r != 0) {
		assert_has(why.text, found);
		(void)snprintf(full, sizeof(full), "%s %s", cure, s->path);
		assert_has(why.text, full);
		assert_int_equal(b.len, 0);
		assert_null(secret.data);
	}
	ly_secret_clear(&secret);
	ly_buf_clear(&b);
}

static void
test_modes(void **state)
{
	struct scratch *s = *state;

	check_mode(s, 0666, LY_FILE_ANY, 0, NULL, NULL);
	check_mode(s, 0644, LY_FILE_OWNED, 0, NULL, NULL);
	check_mode(s, 0400, LY_FILE_OWNED, 0, NULL, NULL);
	check_mode(s, 0664, LY_FILE_OWNED, LY_ERR_PERM, "0664 lets others "
	    "change", "chmod go-w");
	check_mode(s, 0646, LY_FILE_OWNED, LY_ERR_PERM, "0646 lets others "
	    "change", "chmod go-w");
	check_mode(s, 0600, LY_FILE_PRIVATE, 0, NULL, NULL);
	check_mode(s, 0400, LY_FILE_PRIVATE, 0, NULL, NULL);
	check_mode(s, 0640, LY_FILE_PRIVATE, LY_ERR_PERM, "0640 lets others "
	    "read", "chmod go=");
	check_mode(s, 0604, LY_FILE_PRIVATE, LY_ERR_PERM, "0604 lets others "
	    "read", "chmod go=");
	check_mode(s, 0620, LY_FILE_PRIVATE, LY_ERR_PERM, "0620 lets others "
	    "change", "chmod go=");
}

static void
test_another_owner(void **state)
{
	struct scratch *s = *state;
	struct ly_why why = { "" };
	struct ly_buf b;

	/* Only root can make a file that is another's. */
	if (geteuid() != 0)
		return;
	ly_buf_init(&b, 100);
	scratch_write(s, "f", "x", 0600);
	assert_int_equal(chown(s->path, 12345, 0), 0);
	assert_int_equal(ly_file_read(s->path, 100, LY_FILE_PRIVATE, &b,
	    &why), LY_ERR_PERM);
	assert_has(why.text, "uid 12345");
	assert_has(why.text, "chown 0 /");
	assert_int_equal(ly_file_read(s->path, 100, LY_FILE_OWNED, &b,
	    NULL), LY_ERR_PERM);
	assert_int_equal(ly_file_read(s->path, 100, LY_FILE_ANY, &b, NULL),
	    0);
	ly_buf_clear(&b);
}

/* As an ordinary user, whom a mode of 0 stops: 7 if all is as it should. */
static int
read_unreadable(const char *path)
{
	struct ly_why why = { "" };
	struct ly_buf b;

	ly_buf_init(&b, 100);
	if (geteuid() == 0 && setuid(65534) != 0)
		return 1;
	if (ly_file_read(path, 100, LY_FILE_ANY, &b, &why) != LY_ERR_PERM)
		return 2;
	return strstr(why.text, "chmod u+r /") != NULL ? 7 : 3;
}

static void
test_may_not_be_read(void **state)
{
	struct scratch *s = *state;
	int status = -1;
	pid_t pid;

	scratch_write(s, "f", "x", 0);
	if (geteuid() == 0) {
		assert_int_equal(chown(s->path, 65534, 0), 0);
		assert_int_equal(chown(s->dir, 65534, 0), 0);
	}
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		_exit(read_unreadable(s->path));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 7);
}

static void
test_cure_can_be_pasted(void **state)
{
	struct scratch *s = *state;
	struct ly_why why = { "" };
	struct ly_buf b;

	ly_buf_init(&b, 100);
	scratch_write(s, "it's a file", "x", 0666);
	assert_int_equal(ly_file_read(s->path, 100, LY_FILE_OWNED, &b,
	    &why), LY_ERR_PERM);
	assert_has(why.text, "chmod go-w '/");
	assert_has(why.text, "it'\\''s a file'");
}

static void
test_secret_at_the_cap(void **state)
{
	struct ly_secret s = LY_SECRET_INIT;
	struct ly_why why;

	scratch_write(*state, "f", "0123456789", 0600);
	assert_int_equal(ly_file_read_secret(scratch_path(*state, "f"), 10,
	    LY_FILE_PRIVATE, &s, &why), 0);
	assert_int_equal(s.len, 10);
	assert_memory_equal(s.data, "0123456789", 10);
	/* Untouched on failure. */
	assert_int_equal(ly_file_read_secret(scratch_path(*state, "f"), 9,
	    LY_FILE_PRIVATE, &s, &why), LY_ERR_TOOBIG);
	assert_int_equal(ly_file_read_secret(scratch_path(*state, "none"),
	    9, LY_FILE_PRIVATE, &s, &why), LY_ERR_NOTFOUND);
	assert_int_equal(s.len, 10);
	scratch_write(*state, "empty", "", 0600);
	assert_int_equal(ly_file_read_secret(scratch_path(*state, "empty"),
	    SIZE_MAX, LY_FILE_PRIVATE, &s, &why), 0);
	assert_int_equal(s.len, 0);
	ly_secret_clear(&s);
}

static void
test_stamp_tells_a_replaced_file(void **state)
{
	struct ly_file_stamp a, b = { 1, 2, 3, 4 }, c;
	struct scratch *s = *state;

	assert_int_equal(ly_file_stat(scratch_path(s, "f"), &b),
	    LY_ERR_NOTFOUND);
	assert_int_equal(b.dev, 1);
	scratch_write(s, "f", "one", 0600);
	assert_int_equal(ly_file_stat(s->path, &a), 0);
	assert_int_equal(a.size, 3);
	assert_int_equal(ly_file_stat(s->path, &b), 0);
	assert_memory_equal(&a, &b, sizeof(a));
	assert_int_equal(ly_file_replace(s->path, "two", 3, 0600, NULL), 0);
	assert_int_equal(ly_file_stat(s->path, &c), 0);
	assert_memory_not_equal(&a, &c, sizeof(a));
	assert_int_equal(ly_file_stat("/dev/null/x", &c), LY_ERR_NOTFOUND);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_join),
		cmocka_unit_test(test_expand),
		unit_scratch_test(test_read_at_the_cap),
		unit_scratch_test(test_read_of_many_chunks),
		unit_scratch_test(test_only_regular_files),
		unit_scratch_test(test_modes),
		unit_scratch_test(test_another_owner),
		unit_scratch_test(test_may_not_be_read),
		unit_scratch_test(test_cure_can_be_pasted),
		unit_scratch_test(test_secret_at_the_cap),
		unit_scratch_test(test_stamp_tells_a_replaced_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
