/* table.c and json.c: alignment, and other people's text made harmless. */
#include "unit.h"

#include "json.h"
#include "table.h"

static const struct ly_column columns[] = {
	{ "name", "NAME", LY_CELL_STR, 0 },
	{ "", "SHOWN", LY_CELL_STR, 1 },
	{ "count", "N", LY_CELL_INT, 0 },
	{ "on", "ON", LY_CELL_BOOL, 0 },
	{ "until", "UNTIL", LY_CELL_TIME, 0 },
	{ "hidden", NULL, LY_CELL_STR, 0 },
};

#define NCOLUMNS (sizeof(columns) / sizeof(columns[0]))

static void
add(struct ly_table *t, const char *name, int64_t count, int on,
    int64_t until)
{
	ly_table_str(t, name);
	ly_table_str(t, "seen");
	ly_table_int(t, count);
	ly_table_int(t, on);
	ly_table_int(t, until);
	ly_table_str(t, "h");
}

/* What printing gives; released by the next call. */
static const char *
print(const struct ly_table *t, int json)
{
	static char text[4096];
	FILE *f = tmpfile();
	size_t n;

	assert_non_null(f);
	assert_int_equal(ly_table_print(t, json, f), 0);
	rewind(f);
	n = fread(text, 1, sizeof(text) - 1, f);
	text[n] = '\0';
	(void)fclose(f);
	return text;
}

static void
test_aligned(void **state)
{
	struct ly_table t;

	(void)state;
	ly_table_init(&t, columns, NCOLUMNS);
	add(&t, "a", 1, 1, 0);
	add(&t, "J\xc3\xb6rg long", 12345, 0, 1767225600);
	assert_int_equal(ly_table_rows(&t), 2);
	assert_string_equal(print(&t, 0),
	    "NAME       SHOWN  N      ON   UNTIL\n"
	    "a          seen   1      yes  -\n"
	    "J\xc3\xb6rg long  seen   12345       2026-01-01\n");
	ly_table_clear(&t);
	assert_int_equal(ly_table_rows(&t), 0);
	assert_string_equal(print(&t, 0), "NAME  SHOWN  N  ON  UNTIL\n");
}

static void
test_json(void **state)
{
	struct ly_table t;

	(void)state;
	ly_table_init(&t, columns, NCOLUMNS);
	assert_string_equal(print(&t, 1), "[]\n");
	add(&t, "q\" b\\ \n \x1b \xff \xc3\xb6 \x7f", -1, 1, 1767225600);
	add(&t, NULL, 0, 0, 0);
	assert_string_equal(print(&t, 1),
	    "[{\"name\":\"q\\\" b\\\\ \\u000a \\u001b \\ufffd \xc3\xb6 "
	    "\\u007f\",\"count\":-1,\"on\":true,"
	    "\"until\":\"2026-01-01T00:00:00Z\",\"hidden\":\"h\"},"
	    "{\"name\":null,\"count\":0,\"on\":false,\"until\":null,"
	    "\"hidden\":\"h\"}]\n");
	ly_table_clear(&t);
}

static void
test_a_terminal_is_not_steered(void **state)
{
	const char *text;
	struct ly_table t;

	(void)state;
	ly_table_init(&t, columns, NCOLUMNS);
	/* ESC, C1 CSI as UTF-8, a lone byte of one, DEL. */
	add(&t, "\x1b[2J\xc2\x9b" "1m\x9b\x7f", 0, 0, 0);
	text = print(&t, 0);
	assert_non_null(strstr(text, "?[2J?1m??"));
	assert_null(strchr(text, 0x1b));
	assert_null(strchr(text, 0x7f));
	ly_table_clear(&t);
}

static void
test_utf8(void **state)
{
	static const struct {
		const char *s;
		size_t n;
		uint32_t cp;
	} t[] = {
		{ "A", 1, 'A' },
		{ "\xc3\xa4", 2, 0xe4 },
		{ "\xe2\x82\xac", 3, 0x20ac },
		{ "\xf0\x9f\x94\x91", 4, 0x1f511 },
		{ "\xc0\xaf", 0, 0 },		/* overlong */
		{ "\xe0\x80\xaf", 0, 0 },
		{ "\xf0\x80\x80\xaf", 0, 0 },
		{ "\xed\xa0\x80", 0, 0 },	/* a surrogate */
		{ "\xf4\x90\x80\x80", 0, 0 },	/* past U+10FFFF */
		{ "\xf8\x88\x80\x80", 0, 0 },
		{ "\x80", 0, 0 },
		{ "\xc3", 0, 0 },		/* cut short */
		{ "\xe2\x82", 0, 0 },
	};
	uint32_t cp;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		cp = 0;
		assert_int_equal(ly_utf8_char(t[i].s, &cp), t[i].n);
		assert_int_equal(cp, t[i].cp);
	}
}

static void
test_a_full_device_is_noticed(void **state)
{
	FILE *f = fopen("/dev/full", "w");
	struct ly_table t;

	(void)state;
	if (f == NULL)
		skip();
	ly_table_init(&t, columns, NCOLUMNS);
	assert_int_equal(ly_table_print(&t, 1, f), LY_ERR_IO);
	(void)fclose(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_aligned),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_a_terminal_is_not_steered),
		cmocka_unit_test(test_utf8),
		cmocka_unit_test(test_a_full_device_is_noticed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
