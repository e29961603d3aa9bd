/* wire_scan.c: limits before parsing, and what is UTF-8. */
#include <stdlib.h>

#include "wire_test.h"

#include "wire_impl.h"

static int
scan(const char *s)
{
	return ly_wire_scan((const uint8_t *)s, strlen(s), NULL);
}

static void
test_depth(void **state)
{
	(void)state;
	assert_int_equal(scan("[[[[[[[[]]]]]]]]"), 0);
	assert_int_equal(scan("[[[[[[[[["), LY_ERR_TOOBIG);
	assert_int_equal(scan("{{{{[[[[{"), LY_ERR_TOOBIG);
	assert_int_equal(scan("[][][][][][][][][][]"), 0);
	/* Brackets in a string nest nothing; an escape does not end it. */
	assert_int_equal(scan("\"[[[[[[[[[[[[\""), 0);
	assert_int_equal(scan("\"\\\"[[[[[[[[[[[["), 0);
	assert_int_equal(scan("\"\\\\\"[[[[[[[[["), LY_ERR_TOOBIG);
	assert_int_equal(scan("]]]]"), 0);
	assert_int_equal(scan("\"\\"), 0);
}

static void
test_values(void **state)
{
	char *s = malloc(LY_WIRE_VALUES_MAX + 1);

	(void)state;
	assert_non_null(s);
	memset(s, ',', LY_WIRE_VALUES_MAX);
	s[LY_WIRE_VALUES_MAX] = '\0';
	assert_int_equal(scan(s), LY_ERR_TOOBIG);
	assert_int_equal(scan(s + 1), 0);
	s[0] = '"';
	assert_int_equal(scan(s), 0);
	free(s);
}

static void
test_size(void **state)
{
	uint8_t *p = malloc(LY_WIRE_BODY_MAX + 1);

	(void)state;
	assert_non_null(p);
	memset(p, ' ', LY_WIRE_BODY_MAX + 1);
	assert_int_equal(ly_wire_scan(p, LY_WIRE_BODY_MAX, NULL), 0);
	assert_int_equal(ly_wire_scan(p, LY_WIRE_BODY_MAX + 1, NULL),
	    LY_ERR_TOOBIG);
	assert_int_equal(ly_wire_scan(NULL, 0, NULL), 0);
	free(p);
}

static void
test_utf8(void **state)
{
	static const struct {
		const char *s;
		size_t n;
	} rows[] = {
		{ "a", 1 }, { "\x7f", 1 }, { "\xc3\xa4", 2 },
		{ "\xe2\x82\xac", 3 }, { "\xf0\x9f\x94\x91", 4 },
		{ "\xf4\x8f\xbf\xbf", 4 },
		{ "", 0 }, { "\x80", 0 }, { "\xc3", 0 }, { "\xc3(", 0 },
		{ "\xc0\x80", 0 }, { "\xc1\xbf", 0 },	/* overlong */
		{ "\xe0\x9f\xbf", 0 }, { "\xf0\x8f\xbf\xbf", 0 },
		{ "\xed\xa0\x80", 0 },			/* surrogate */
		{ "\xf4\x90\x80\x80", 0 }, { "\xf8\x88\x80\x80", 0 },
		{ "\xff", 0 }, { "\xe2\x82", 0 }, { "\xf0\x9f\x94", 0 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(ly_wire_utf8((const uint8_t *)rows[i].s,
		    strlen(rows[i].s)), rows[i].n);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_size),
		cmocka_unit_test(test_utf8),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
