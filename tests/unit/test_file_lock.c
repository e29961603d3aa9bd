/*
 * file_lock.c: one holder at a time, across handles and processes; released
 * by unlock and by the end of a process; a removed lock file locks nobody out.
 */
#include "unit.h"

#include <signal.h>
#include <sys/wait.h>

static void
test_one_holder(void **state)
{
	struct ly_file_lock *a = NULL, *b = NULL;
	struct scratch *s = *state;
	struct ly_why why = { "" };
	struct stat st;

	assert_int_equal(ly_file_lock(scratch_path(s, "lock"), 0, &a, NULL),
	    0);
	assert_int_equal(stat(s->path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(ly_file_lock(s->path, 0, &b, &why), LY_ERR_BUSY);
	assert_null(b);
	assert_has(why.text, "another process");
	assert_int_equal(ly_file_lock(s->path, 30, &b, NULL), LY_ERR_BUSY);
	ly_file_unlock(&a);
	assert_null(a);
	assert_int_equal(ly_file_lock(s->path, 0, &b, NULL), 0);
	ly_file_unlock(&b);
	ly_file_unlock(&b);
	ly_file_unlock(NULL);
}

static void
test_no_place_for_it(void **state)
{
	struct ly_file_lock *l = NULL;
	struct scratch *s = *state;
	struct ly_why why = { "" };

	assert_int_equal(ly_file_lock(scratch_path(s, "no/lock"), 0, &l,
	    &why), LY_ERR_IO);
	assert_has(why.text, s->path);
	assert_int_equal(ly_file_lock(s->dir, 0, &l, &why), LY_ERR_IO);
	assert_int_equal(symlink("target", scratch_path(s, "link")), 0);
	assert_int_equal(ly_file_lock(s->path, 0, &l, &why), LY_ERR_IO);
	assert_null(l);
}

/* A child that takes the lock, says so, and waits to be killed. */
static pid_t
holder(const char *path)
{
	struct ly_file_lock *l = NULL;
	int fd[2];
	pid_t pid;
	char c = 0;

	assert_int_equal(pipe(fd), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		if (ly_file_lock(path, 0, &l, NULL) != 0 ||
		    write(fd[1], "x", 1) != 1)
			_exit(1);
		for (;;)
			(void)pause();
	}
	(void)close(fd[1]);
	assert_int_equal(read(fd[0], &c, 1), 1);
	(void)close(fd[0]);
	return pid;
}

static void
test_a_killed_holder_lets_go(void **state)
{
	struct ly_file_lock *l = NULL;
	struct scratch *s = *state;
	pid_t pid = holder(scratch_path(s, "lock"));

	assert_int_equal(ly_file_lock(s->path, 0, &l, NULL), LY_ERR_BUSY);
	assert_int_equal(kill(pid, SIGKILL), 0);
	/* No waiting for the child here: the lock itself is waited for. */
	assert_int_equal(ly_file_lock(s->path, 60000, &l, NULL), 0);
	ly_file_unlock(&l);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void
test_unlock_also_for_a_forked_child(void **state)
{
	struct ly_file_lock *a = NULL, *b = NULL;
	struct scratch *s = *state;
	pid_t pid;

	assert_int_equal(ly_file_lock(scratch_path(s, "lock"), 0, &a, NULL),
	    0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		for (;;)
			(void)pause();
	ly_file_unlock(&a);
	assert_int_equal(ly_file_lock(s->path, 0, &b, NULL), 0);
	ly_file_unlock(&b);
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void
test_a_removed_lock_file(void **state)
{
	struct ly_file_lock *a = NULL, *b = NULL;
	struct scratch *s = *state;

	assert_int_equal(ly_file_lock(scratch_path(s, "lock"), 0, &a, NULL),
	    0);
	assert_int_equal(ly_file_remove(s->path, NULL), 0);
	assert_int_equal(ly_file_lock(s->path, 0, &b, NULL), 0);
	ly_file_unlock(&a);
	/* The first one's end does not free the second. */
	assert_int_equal(ly_file_lock(s->path, 0, &a, NULL), LY_ERR_BUSY);
	ly_file_unlock(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		unit_scratch_test(test_one_holder),
		unit_scratch_test(test_no_place_for_it),
		unit_scratch_test(test_a_killed_holder_lets_go),
		unit_scratch_test(test_unlock_also_for_a_forked_child),
		unit_scratch_test(test_a_removed_lock_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
