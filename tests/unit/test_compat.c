/* compat.c: clocks and calendar, random bytes, environment, late loading. */
#include "unit.h"

#include <sys/wait.h>
#include <time.h>

#include "compat.h"

static void
check_time(int64_t t, const char *text)
{
	char buf[LY_TIME_LEN];

	ly_time_str(t, buf);
	assert_string_equal(buf, text);
}

static void
test_time_text(void **state)
{
	(void)state;
	check_time(0, "1970-01-01T00:00:00Z");
	check_time(-1, "1969-12-31T23:59:59Z");
	check_time(951782400, "2000-02-29T00:00:00Z");
	check_time(4107542399, "2100-02-28T23:59:59Z");
	check_time(4107542400, "2100-03-01T00:00:00Z");
	check_time(253402300799, "9999-12-31T23:59:59Z");
	check_time(253402300800, "-");
	check_time(-62167219200, "0000-01-01T00:00:00Z");
	check_time(-62167219201, "-");
	check_time(INT64_MAX, "-");
	check_time(INT64_MIN, "-");
}

/* Every day of 800 years against the C library's calendar. */
static void
test_calendar_agrees_with_gmtime(void **state)
{
	char mine[LY_TIME_LEN], theirs[64];
	struct tm tm;
	time_t t;

	(void)state;
	for (t = -12622780800; t < 12622780800; t += 86400 - 7) {
		assert_non_null(gmtime_r(&t, &tm));
		(void)strftime(theirs, sizeof(theirs), "%Y-%m-%dT%H:%M:%SZ",
		    &tm);
		ly_time_str(t, mine);
		assert_string_equal(mine, theirs);
		assert_true(ly_time_utc(tm.tm_year + 1900, tm.tm_mon + 1,
		    tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec) == t);
	}
}

static void
test_clocks(void **state)
{
	const int64_t a = ly_now_ms(), t = ly_time();

	(void)state;
	assert_true(ly_now_ms() >= a);
	assert_true(t > 1700000000);
	assert_true(ly_time() >= t);
}

static void
test_random_differs(void **state)
{
	uint8_t a[1000] = { 0 }, b[1000] = { 0 };

	(void)state;
	assert_int_equal(ly_random(a, sizeof(a)), 0);
	assert_int_equal(ly_random(b, sizeof(b)), 0);
	assert_memory_not_equal(a, b, sizeof(a));
	/* Also the last bytes, after however many calls it took. */
	assert_memory_not_equal(a + 984, b + 984, 16);
	assert_int_equal(ly_random(NULL, 0), 0);
}

static void
test_getenv(void **state)
{
	(void)state;
	assert_int_equal(setenv("LY_UNIT", "value", 1), 0);
	assert_string_equal(ly_getenv("LY_UNIT"), "value");
	assert_int_equal(setenv("LY_UNIT", "", 1), 0);
	assert_null(ly_getenv("LY_UNIT"));
	assert_int_equal(unsetenv("LY_UNIT"), 0);
	assert_null(ly_getenv("LY_UNIT"));
}

static void
test_process_id_changes_in_a_child(void **state)
{
	const uint64_t mine = ly_process_id();
	int status = -1;
	pid_t pid;

	(void)state;
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		_exit(ly_process_id() != mine ? 7 : 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 7);
}

static void
test_mutex(void **state)
{
	static struct ly_mutex a = LY_MUTEX_INIT;
	struct ly_mutex b;

	(void)state;
	ly_mutex_init(&b);
	ly_mutex_lock(&a);
	ly_mutex_lock(&b);
	assert_int_not_equal(pthread_mutex_trylock(&a.m), 0);
	ly_mutex_unlock(&b);
	ly_mutex_unlock(&a);
	assert_int_equal(pthread_mutex_trylock(&a.m), 0);
	ly_mutex_unlock(&a);
}

static void
test_libraries(void **state)
{
	void *lib;

	(void)state;
	assert_null(ly_lib_open("libly-there-is-no-such.so.9"));
	lib = ly_lib_open("libm.so.6");
	assert_non_null(lib);
	assert_true(ly_lib_sym(lib, "cos") != NULL);
	assert_true(ly_lib_sym(lib, "ly_no_such_symbol") == NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_time_text),
		cmocka_unit_test(test_calendar_agrees_with_gmtime),
		cmocka_unit_test(test_clocks),
		cmocka_unit_test(test_random_differs),
		cmocka_unit_test(test_getenv),
		cmocka_unit_test(test_process_id_changes_in_a_child),
		cmocka_unit_test(test_mutex),
		cmocka_unit_test(test_libraries),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
