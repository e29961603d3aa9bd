/* handle.c: look-ups, reuse, exhaustion, and numbers of nothing. */
#include "unit.h"

#include "../../module/handle.h"

static void
test_what_goes_in_comes_out_once(void **state)
{
	struct ly_handles t;
	static int objs[1000];
	static uint32_t h[1000];
	uint32_t pos = 0, at, n = 0;
	size_t i;

	(void)state;
	ly_handles_init(&t, 0);
	assert_null(ly_handles_get(&t, 1));
	for (i = 0; i < 1000; i++)
		assert_int_equal(ly_handles_add(&t, &objs[i], &h[i]), 0);
	for (i = 0; i < 1000; i++) {
		assert_int_not_equal(h[i], 0);
		assert_ptr_equal(ly_handles_get(&t, h[i]), &objs[i]);
	}
	for (i = 0; i < 1000; i += 2) {
		assert_ptr_equal(ly_handles_remove(&t, h[i]), &objs[i]);
		assert_null(ly_handles_remove(&t, h[i]));
		assert_null(ly_handles_get(&t, h[i]));
	}
	while (ly_handles_next(&t, &pos, &at) != NULL) {
		assert_ptr_equal(ly_handles_get(&t, at), &objs[2 * n + 1]);
		n++;
	}
	assert_int_equal(n, 500);
	ly_handles_clear(&t);
}

static void
test_a_reused_slot_has_another_handle(void **state)
{
	struct ly_handles t;
	uint32_t first, h, last = 0;
	int obj, i;

	(void)state;
	ly_handles_init(&t, 3);
	assert_int_equal(ly_handles_add(&t, &obj, &first), 0);
	assert_ptr_equal(ly_handles_remove(&t, first), &obj);
	for (i = 0; i < 10000; i++) {
		assert_int_equal(ly_handles_add(&t, &obj, &h), 0);
		assert_int_not_equal(h, first);
		assert_int_not_equal(h, last);
		assert_true(h < 1u << LY_HANDLE_BITS);
		assert_null(ly_handles_get(&t, first));
		assert_ptr_equal(ly_handles_remove(&t, h), &obj);
		last = h;
	}
	ly_handles_clear(&t);
}

static void
test_the_next_table_begins_elsewhere(void **state)
{
	struct ly_handles a, b;
	uint32_t x, y;
	int obj;

	(void)state;
	ly_handles_init(&a, 7);
	ly_handles_init(&b, 8);
	assert_int_equal(ly_handles_add(&a, &obj, &x), 0);
	assert_int_equal(ly_handles_add(&b, &obj, &y), 0);
	assert_int_not_equal(x, y);
	assert_null(ly_handles_get(&b, x));
	ly_handles_clear(&a);
	ly_handles_clear(&b);
}

static void
test_there_is_an_end(void **state)
{
	struct ly_handles t;
	uint32_t h, i;
	int obj;

	(void)state;
	ly_handles_init(&t, 0);
	for (i = 0; i < LY_HANDLES_MAX; i++)
		assert_int_equal(ly_handles_add(&t, &obj, &h), 0);
	assert_int_equal(ly_handles_add(&t, &obj, &h), LY_ERR_TOOBIG);
	assert_ptr_equal(ly_handles_remove(&t, h), &obj);
	assert_int_equal(ly_handles_add(&t, &obj, &h), 0);
	assert_null(ly_handles_get(&t, (uint64_t)h + (1ull << 30)));
	assert_null(ly_handles_get(&t, UINT64_MAX));
	assert_null(ly_handles_get(&t, 0));
	ly_handles_clear(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_goes_in_comes_out_once),
		cmocka_unit_test(test_a_reused_slot_has_another_handle),
		cmocka_unit_test(test_the_next_table_begins_elsewhere),
		cmocka_unit_test(test_there_is_an_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
