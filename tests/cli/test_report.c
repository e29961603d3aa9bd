/* report.c: lines of 79 columns, commands in one piece, JSON, the end. */
#include "unit.h"

#include "report.h"

static char text[8192];

/* What was written to f since the start; closes it. */
static const char *
written(FILE *f)
{
	size_t n;

	assert_non_null(f);
	rewind(f);
	n = fread(text, 1, sizeof(text) - 1, f);
	text[n] = '\0';
	(void)fclose(f);
	return text;
}

static void
test_lines(void **state)
{
	struct ly_report r;
	FILE *f = tmpfile();

	(void)state;
	ly_report_init(&r, f);
	ly_report_section(&r, "account", "alice@example.com");
	ly_report(&r, LY_GOOD, "one", "short");
	ly_report(&r, LY_BAD, "two", "%s", "a line that has to be broken as "
	    "it is longer than that: run \"lanyard logout --local\", then "
	    "enrol again");
	ly_report(&r, LY_NOTE, "three", "control \x1b[31m and \" a quote");
	assert_int_equal(ly_report_bad(&r), 1);
	assert_string_equal(written(f), "Account alice@example.com\n"
	    "  ok    short\n"
	    "  FAIL  a line that has to be broken as it is longer than that: "
	    "run\n"
	    "        \"lanyard logout --local\", then enrol again\n"
	    "  -     control ?[31m and \" a quote\n");
	ly_report_clear(&r);
}

static void
test_words_longer_than_a_line(void **state)
{
	struct ly_report r;
	FILE *f = tmpfile();
	char path[120];

	(void)state;
	memset(path, 'x', sizeof(path));
	path[sizeof(path) - 1] = '\0';
	ly_report_init(&r, f);
	ly_report_section(&r, "module", "");
	ly_report(&r, LY_WARN, "one", "%s: two words", path);
	(void)written(f);
	assert_non_null(strstr(text, "x:\n        two words\n"));
	ly_report_clear(&r);
}

static void
test_end(void **state)
{
	struct ly_report r;
	FILE *f = tmpfile();

	(void)state;
	ly_report_init(&r, NULL);
	ly_report_section(&r, "service", "");
	ly_report(&r, LY_GOOD, "a", "fine");
	assert_int_equal(ly_report_print(&r, f), 0);
	assert_non_null(strstr(written(f),
	    "\nNothing is wrong: 1 checks are good.\n"));
	ly_report(&r, LY_WARN, "b", "so so");
	f = tmpfile();
	assert_int_equal(ly_report_print(&r, f), 0);
	assert_non_null(strstr(written(f),
	    "\n0 FAIL, 1 warn, 1 ok. The first:\n  warn  so so\n"));
	ly_report(&r, LY_BAD, "tls", "expired");
	ly_report(&r, LY_BAD, "clock", "years ahead");
	f = tmpfile();
	assert_int_equal(ly_report_print(&r, f), 0);
	assert_non_null(strstr(written(f),
	    "\n2 FAIL, 1 warn, 1 ok. The first:\n  FAIL  years ahead\n"));
	ly_report_clear(&r);
}

static void
test_json(void **state)
{
	const struct ly_step steps[] = { { "load", 1940 }, { "start", 50 } };
	struct ly_report r;
	FILE *f = tmpfile();

	(void)state;
	ly_report_init(&r, NULL);
	ly_report_section(&r, "module", "");
	ly_report_steps(&r, LY_GOOD, "nss", steps, 2, "NSS");
	assert_int_equal(ly_report_json(&r, f), 0);
	assert_string_equal(written(f), "{\"version\":\"" PACKAGE_VERSION
	    "\",\"fail\":0,\"warn\":0,\"checks\":[{\"section\":\"module\","
	    "\"about\":null,\"check\":\"nss\",\"verdict\":\"ok\",\"text\":"
	    "\"NSS; load 1.94 ms, start 0.05\",\"microseconds\":{\"load\":"
	    "1940,\"start\":50}}]}\n");
	ly_report_clear(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_words_longer_than_a_line),
		cmocka_unit_test(test_end),
		cmocka_unit_test(test_json),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
