/* The audit: the chain, what breaks it, groups, two writers, a full disk. */
#include "unit.h"

#include <sqlite3.h>
#include <sys/wait.h>

#include "audit.h"
#include "compat.h"
#include "store.h"

static const struct ly_store_driver *const d = &ly_store_sqlite;

static struct ly_store *
open_store(struct scratch *s, int create)
{
	const char *path = scratch_path(s, "db");
	struct ly_store *st = NULL;

	if (create)
		assert_int_equal(d->create(path, NULL), 0);
	assert_int_equal(d->open(path, &st, NULL), 0);
	return st;
}

static int
append(struct ly_store *st, const char *event)
{
	struct ly_row_audit row;
	int r;

	ly_audit_fill(&row, "host", "a@example.com", event, "key", "detail");
	if ((r = d->begin(st, 1)) != 0)
		return r;
	if ((r = ly_audit_append(st, &row)) == 0)
		return d->commit(st);
	d->rollback(st);
	return r;
}

/* Change the database behind the service's back. */
static void
tamper(struct scratch *s, const char *sql)
{
	sqlite3 *db = NULL;

	assert_int_equal(sqlite3_open(scratch_path(s, "db"), &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

static void
expect_broken(struct scratch *s, const char *sql, const char *undo,
    const char *where)
{
	struct ly_store *st = open_store(s, 0);
	struct ly_why why = { "" };
	uint64_t n = 0;

	tamper(s, sql);
	assert_int_equal(ly_audit_verify(st, &n, &why), LY_ERR_FORMAT);
	assert_has(why.text, where);
	if (undo != NULL) {
		tamper(s, undo);
		assert_int_equal(ly_audit_verify(st, &n, &why), 0);
	}
	d->close(&st);
}

static void
test_chain(void **state)
{
	struct scratch *s = *state;
	struct ly_store *st = open_store(s, 1);
	struct ly_why why = { "" };
	uint64_t n = 99;
	int i;

	assert_int_equal(ly_audit_verify(st, &n, &why), 0);
	assert_int_equal(n, 0);
	for (i = 0; i < 10; i++)
		assert_int_equal(append(st, "one"), 0);
	assert_int_equal(ly_audit_verify(st, &n, &why), 0);
	assert_int_equal(n, 10);
	d->close(&st);
	expect_broken(s, "UPDATE audit SET event = 'two' WHERE seq = 4",
	    "UPDATE audit SET event = 'one' WHERE seq = 4", "record 4 ");
	expect_broken(s, "UPDATE audit SET time = time + 1 WHERE seq = 7",
	    "UPDATE audit SET time = time - 1 WHERE seq = 7", "record 7 ");
	/* Bytes moved from one column to the next are no match. */
	expect_broken(s, "UPDATE audit SET actor = 'hos', address = "
	    "'ta@example.com' WHERE seq = 2", "UPDATE audit SET actor = "
	    "'host', address = 'a@example.com' WHERE seq = 2", "record 2 ");
	expect_broken(s, "DELETE FROM audit WHERE seq = 5", NULL,
	    "record 5 ");
}

static void
test_rollback(void **state)
{
	struct ly_store *st = open_store(*state, 1);
	struct ly_row_audit row;
	struct ly_why why;
	uint64_t n = 0;

	assert_int_equal(append(st, "one"), 0);
	ly_audit_fill(&row, "host", NULL, "never", NULL, NULL);
	assert_int_equal(d->begin(st, 1), 0);
	assert_int_equal(ly_audit_append(st, &row), 0);
	assert_int_equal(row.seq, 2);
	d->rollback(st);
	assert_int_equal(append(st, "two"), 0);
	assert_int_equal(ly_audit_verify(st, &n, &why), 0);
	assert_int_equal(n, 2);
	d->close(&st);
}

static void
test_writer(void **state)
{
	struct scratch *s = *state;
	struct ly_store *st = open_store(s, 1), *mine;
	struct ly_row_audit rows[3];
	struct ly_audit *a = NULL;
	struct ly_why why;
	uint64_t n = 0;
	int i, status;
	pid_t pid;

	d->close(&st);
	/* A host command appends while the service does. */
	if ((pid = fork()) == 0) {
		mine = open_store(s, 0);
		for (i = 0; i < 50; i++)
			if (append(mine, "host") != 0)
				_exit(1);
		d->close(&mine);
		_exit(0);
	}
	st = open_store(s, 0);
	assert_int_equal(ly_audit_start(&st, &a), 0);
	assert_null(st);
	for (i = 0; i < 3; i++)
		ly_audit_fill(&rows[i], "dev", "a@example.com", "sign", "k",
		    NULL);
	for (i = 0; i < 100; i++)
		assert_int_equal(ly_audit_queue(a, rows, 3, 0), 0);
	assert_int_equal(ly_audit_queue(a, rows, 1, 1), 0);
	mine = open_store(s, 0);
	assert_int_equal(ly_audit_verify(mine, &n, &why), 0);
	assert_true(n >= 301);	/* it was waited for */
	assert_int_equal(ly_audit_queue(a, rows, 2, 0), 0);
	ly_audit_touch(a, "dev");
	assert_int_equal(ly_audit_stop(&a), 0);
	assert_null(a);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_int_equal(ly_audit_verify(mine, &n, &why), 0);
	assert_int_equal(n, 353);
	d->close(&mine);
}

/* A store whose commits fail while it says so. */
static volatile int broken;
static struct ly_store_driver flaky;

static int
flaky_begin(struct ly_store *s, int write)
{
	return broken ? LY_ERR_IO : d->begin(s, write);
}

static void
test_failure(void **state)
{
	struct ly_store *st = open_store(*state, 1), *mine;
	struct ly_audit *a = NULL;
	struct ly_row_audit row;
	struct ly_why why;
	uint64_t n = 0;
	int r;

	flaky = *d;
	flaky.begin = flaky_begin;
	st->d = &flaky;
	assert_int_equal(ly_audit_start(&st, &a), 0);
	ly_audit_fill(&row, "dev", NULL, "sign", NULL, NULL);
	broken = 1;
	assert_int_equal(ly_audit_queue(a, &row, 1, 1), LY_ERR_IO);
	/* From now on nothing is taken: no key is used unseen. */
	assert_int_equal(ly_audit_queue(a, &row, 1, 0), LY_ERR_BUSY);
	broken = 0;
	while ((r = ly_audit_queue(a, &row, 1, 1)) == LY_ERR_BUSY)
		usleep(10000);
	assert_int_equal(r, 0);
	assert_int_equal(ly_audit_stop(&a), 0);
	mine = open_store(*state, 0);
	assert_int_equal(ly_audit_verify(mine, &n, &why), 0);
	assert_int_equal(n, 2);	/* the first one was kept, and came later */
	d->close(&mine);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		unit_scratch_test(test_chain),
		unit_scratch_test(test_rollback),
		unit_scratch_test(test_writer),
		unit_scratch_test(test_failure),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
