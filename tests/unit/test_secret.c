/* secret.c: copies, caps, moves, comparison, and wiping before release. */
#include "unit.h"

#include "compat.h"
#include "secret.h"

static void
test_alloc_limits(void **state)
{
	struct ly_secret s = LY_SECRET_INIT;

	(void)state;
	assert_int_equal(ly_secret_set(&s, "old", 3), 0);
	assert_int_equal(ly_secret_alloc(&s, 0), LY_ERR_ARG);
	assert_int_equal(ly_secret_alloc(&s, LY_SECRET_MAX + 1),
	    LY_ERR_TOOBIG);
	assert_int_equal(ly_secret_alloc(&s, SIZE_MAX), LY_ERR_TOOBIG);
	/* Untouched on failure. */
	assert_int_equal(s.len, 3);
	assert_memory_equal(s.data, "old", 3);
	assert_int_equal(ly_secret_alloc(&s, LY_SECRET_MAX), 0);
	assert_int_equal(s.len, 0);
	assert_int_equal(s.cap, LY_SECRET_MAX);
	ly_secret_clear(&s);
}

static void
test_set_copies_and_takes_itself(void **state)
{
	struct ly_secret s = LY_SECRET_INIT;
	char text[] = "correct horse";

	(void)state;
	assert_int_equal(ly_secret_set(&s, text, sizeof(text)), 0);
	text[0] = 'X';
	assert_memory_equal(s.data, "correct horse", sizeof(text));
	assert_int_equal(ly_secret_set(&s, s.data + 8, 5), 0);
	assert_int_equal(s.len, 5);
	assert_memory_equal(s.data, "horse", 5);
	ly_secret_clear(&s);
}

static void
test_empty_is_not_none(void **state)
{
	struct ly_secret s = LY_SECRET_INIT;

	(void)state;
	assert_int_equal(ly_secret_set(&s, NULL, 0), 0);
	assert_non_null(s.data);
	assert_int_equal(s.len, 0);
	ly_secret_clear(&s);
	assert_null(s.data);
}

static void
test_append_stops_at_the_cap(void **state)
{
	struct ly_secret s = LY_SECRET_INIT;

	(void)state;
	assert_int_equal(ly_secret_append(&s, "a", 1), LY_ERR_TOOBIG);
	assert_int_equal(ly_secret_append(&s, NULL, 0), 0);
	assert_int_equal(ly_secret_alloc(&s, 4), 0);
	assert_int_equal(ly_secret_append(&s, "abc", 3), 0);
	assert_int_equal(ly_secret_append(&s, "de", 2), LY_ERR_TOOBIG);
	assert_int_equal(ly_secret_append(&s, "x", SIZE_MAX), LY_ERR_TOOBIG);
	assert_int_equal(s.len, 3);
	assert_int_equal(ly_secret_append(&s, "d", 1), 0);
	assert_memory_equal(s.data, "abcd", 4);
	ly_secret_clear(&s);
}

static void
test_move_leaves_nothing(void **state)
{
	struct ly_secret a = LY_SECRET_INIT, b = LY_SECRET_INIT;

	(void)state;
	assert_int_equal(ly_secret_set(&a, "aaa", 3), 0);
	assert_int_equal(ly_secret_set(&b, "bb", 2), 0);
	ly_secret_move(&a, &b);
	assert_null(b.data);
	assert_int_equal(b.len + b.cap, 0);
	assert_int_equal(a.len, 2);
	ly_secret_move(&a, &a);
	assert_memory_equal(a.data, "bb", 2);
	ly_secret_clear(&a);
	ly_secret_clear(&a);
	ly_secret_clear(NULL);
	assert_int_equal(a.len + a.cap, 0);
}

static void
test_memeq(void **state)
{
	uint8_t a[300], b[300];
	size_t i;

	(void)state;
	memset(a, 7, sizeof(a));
	memcpy(b, a, sizeof(a));
	assert_int_equal(ly_memeq(a, b, sizeof(a)), 1);
	assert_int_equal(ly_memeq(NULL, NULL, 0), 1);
	for (i = 0; i < sizeof(a); i++) {
		/* The highest bit alone, and all bits, must count. */
		b[i] ^= 0x80;
		assert_int_equal(ly_memeq(a, b, sizeof(a)), 0);
		b[i] = (uint8_t)~a[i];
		assert_int_equal(ly_memeq(a, b, sizeof(a)), 0);
		b[i] = a[i];
	}
}

static void
test_wipe(void **state)
{
	uint8_t a[100];
	size_t i;

	(void)state;
	memset(a, 0xff, sizeof(a));
	ly_wipe(a + 1, 98);
	assert_int_equal(a[0], 0xff);
	assert_int_equal(a[99], 0xff);
	for (i = 1; i < 99; i++)
		assert_int_equal(a[i], 0);
	ly_wipe(NULL, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_alloc_limits),
		cmocka_unit_test(test_set_copies_and_takes_itself),
		cmocka_unit_test(test_empty_is_not_none),
		cmocka_unit_test(test_append_stops_at_the_cap),
		cmocka_unit_test(test_move_leaves_nothing),
		cmocka_unit_test(test_memeq),
		cmocka_unit_test(test_wipe),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
