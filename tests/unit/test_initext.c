/*
 * initext.c: items with their lines, values of any length below the cap,
 * and line numbers that are right for what does not parse.
 */
#include "unit.h"

#include "initext.h"

struct seen {
	char text[LY_INI_VALUE_MAX + 1000];
	unsigned stop_at;	/* line on which to fail, 0: never */
};

static int
see(void *arg, const struct ly_ini_item *item, struct ly_why *why)
{
	struct seen *seen = arg;
	const size_t n = strlen(seen->text);

	if (item->line == seen->stop_at)
		return ly_fail(why, LY_ERR_DENIED, "stopped at %u",
		    item->line);
	(void)snprintf(seen->text + n, sizeof(seen->text) - n,
	    "%u [%s] %s=%s|", item->line, item->section, item->key,
	    item->value);
	return 0;
}

static void
check(const char *text, const char *expected)
{
	struct seen seen = { "", 0 };
	struct ly_why why = { "" };

	assert_int_equal(ly_ini_parse("f", text, strlen(text), see, &seen,
	    &why), 0);
	assert_string_equal(seen.text, expected);
}

static void
check_bad(const char *text, const char *expected)
{
	struct seen seen = { "", 0 };
	struct ly_why why = { "" };

	assert_int_equal(ly_ini_parse("f", text, strlen(text), see, &seen,
	    &why), LY_ERR_FORMAT);
	assert_has(why.text, expected);
}

static void
test_items(void **state)
{
	(void)state;
	check("", "");
	check("\n\n", "");
	check("a = b", "1 [] a=b|");
	check("[s]\na = b\n\n[t]\r\n c=d \r\n", "2 [s] a=b|5 [t] c=d|");
	check("; c\n# d\n  ; e\n[s] ; f\na = b ; c\nd = e;f\n",
	    "5 [s] a=b|6 [s] d=e;f|");
	check("[s]\na =\n", "2 [s] a=|");
	check("[s]\na = b = c\n", "2 [s] a=b = c|");
	check("[s]\na = 'q' # kept\n", "2 [s] a='q' # kept|");
}

static void
test_an_indented_line_is_a_line(void **state)
{
	(void)state;
	check("[s]\na = b\n\tc = d\n", "2 [s] a=b|3 [s] c=d|");
	check_bad("[s]\na = b\n  more of b\n", "f:3:");
}

static void
test_what_does_not_parse(void **state)
{
	(void)state;
	check_bad("[s]\n\nno sign\n", "f:3: not a [section]");
	check_bad("[s\na = b\n", "f:1:");
	check_bad("a = b\n[s]\nx", "f:3:");
	check_bad("a = b\nc = \x01\n", "f:2: a control character");
	check_bad("a = b\rc = d\n", "f:1: a control character");
	check_bad("a = b\n\x7f\n", "f:2: a control character");
	assert_int_equal(ly_ini_parse("f", "a = b\nc\0d = e\n", 13, see,
	    NULL, NULL), LY_ERR_FORMAT);
}

static void
test_an_error_of_the_caller_ends_it(void **state)
{
	const char *text = "a = 1\nb = 2\nc = 3\n";
	struct seen seen = { "", 2 };
	struct ly_why why;

	(void)state;
	assert_int_equal(ly_ini_parse("f", text, strlen(text), see, &seen,
	    &why), LY_ERR_DENIED);
	assert_string_equal(why.text, "stopped at 2");
	assert_string_equal(seen.text, "1 [] a=1|");
}

/* A value of n bytes, with blanks, signs and comment signs in it. */
static void
check_long(size_t n)
{
	static char text[LY_INI_VALUE_MAX + 100];
	static char value[LY_INI_VALUE_MAX + 1];
	static char expected[LY_INI_VALUE_MAX + 200];
	const char *chars = "abc=;#: [x]";
	size_t i;

	for (i = 0; i < n; i++)
		value[i] = chars[i * 7 % 11];
	/* A blank before ';' would begin a comment, and ends are stripped. */
	for (i = 1; i < n; i++)
		if (value[i] == ';' && value[i - 1] == ' ')
			value[i] = '_';
	value[0] = 'v';
	value[n - 1] = 'v';
	value[n] = '\0';
	(void)snprintf(text, sizeof(text), "[s]\nx = 1\n key = %s ; c\ny=2\n",
	    value);
	(void)snprintf(expected, sizeof(expected),
	    "2 [s] x=1|3 [s] key=%s|4 [s] y=2|", value);
	check(text, expected);
}

static void
test_long_values(void **state)
{
	size_t n;

	(void)state;
	for (n = 1; n < 1000; n++)
		check_long(n);
	check_long(4095);
	check_long(LY_INI_VALUE_MAX - 1);
}

static void
test_too_long(void **state)
{
	static char text[3 * LY_INI_VALUE_MAX];
	size_t n;

	(void)state;
	memset(text, 'x', sizeof(text));
	memcpy(text, "a=1\nk = ", 8);
	text[8 + LY_INI_VALUE_MAX] = '\0';
	check_bad(text, "f:2: the value is too long");
	/* Nowhere to cut. */
	memset(text + 8, ' ', LY_INI_VALUE_MAX - 1);
	text[7 + LY_INI_VALUE_MAX] = 'y';
	check_bad(text, "f:2: the line is too long");
	/* Names and sections of all lengths: an item or an error. */
	for (n = 1; n < 400; n++) {
		memset(text, 'k', n);
		memcpy(text + n, "=1\n", 4);
		if (n >= LY_INI_NAME_MAX)
			check_bad(text, "f:1:");
		text[0] = '[';
		memcpy(text + n, "]\na=1\n", 7);
		if (n > LY_INI_NAME_MAX)
			check_bad(text, "f:");
	}
}

static void
test_lines_after_long_ones_keep_their_number(void **state)
{
	static char text[3000];

	(void)state;
	memset(text, 'x', sizeof(text));
	memcpy(text, "[s]\nk = ", 8);
	memcpy(text + 2000, "\n; ", 3);
	memcpy(text + 2600, "\noops\n", 7);
	check_bad(text, "f:4: not a [section]");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_items),
		cmocka_unit_test(test_an_indented_line_is_a_line),
		cmocka_unit_test(test_what_does_not_parse),
		cmocka_unit_test(test_an_error_of_the_caller_ends_it),
		cmocka_unit_test(test_long_values),
		cmocka_unit_test(test_too_long),
		cmocka_unit_test(test_lines_after_long_ones_keep_their_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
