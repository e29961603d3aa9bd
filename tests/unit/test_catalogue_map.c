/* catalogue_map.c: the map with colliding hashes, the arena. */
#include "unit.h"

#include "catalogue_impl.h"

static void
test_values_of_one_hash(void **state)
{
	struct ly_cat_map m = { NULL, 0, 0 };
	uint32_t v, i, seen = 0;
	size_t pos = 0;

	(void)state;
	assert_int_equal(ly_cat_map_init(&m, 8), 0);
	for (i = 0; i < 4; i++) {
		assert_int_equal(ly_cat_map_put(&m, 15, i), 0);
		assert_int_equal(ly_cat_map_put(&m, 31, 10 + i), 0);
	}
	while (ly_cat_map_get(&m, 15, &pos, &v)) {
		assert_true(v < 4);
		seen |= 1u << v;
	}
	assert_int_equal(seen, 15);
	pos = 0;
	assert_int_equal(ly_cat_map_get(&m, 47, &pos, &v), 0);
	/* Full: refused, and a search in it still ends. */
	while (ly_cat_map_put(&m, 15, 9) == 0)
		continue;
	assert_int_equal(ly_cat_map_put(&m, 15, 9), LY_ERR_TOOBIG);
	pos = 0;
	assert_int_equal(ly_cat_map_get(&m, 47, &pos, &v), 0);
	ly_cat_map_clear(&m);
	ly_cat_map_clear(&m);
	pos = 0;
	assert_int_equal(ly_cat_map_get(&m, 15, &pos, &v), 0);
}

static void
test_set_replaces(void **state)
{
	struct ly_cat_map m = { NULL, 0, 0 };
	uint32_t v, i;
	size_t pos = 0;

	(void)state;
	assert_int_equal(ly_cat_map_init(&m, 2), 0);
	for (i = 0; i < 1000; i++)
		assert_int_equal(ly_cat_map_set(&m, 7, i), 0);
	assert_int_equal(m.n, 1);
	assert_int_equal(ly_cat_map_get(&m, 7, &pos, &v), 1);
	assert_int_equal(v, 999);
	assert_int_equal(ly_cat_map_get(&m, 7, &pos, &v), 0);
	ly_cat_map_clear(&m);
}

static void
test_arena(void **state)
{
	struct ly_cat_arena a = { NULL };
	const uint8_t *kept[100];
	char text[4096];
	size_t i;

	(void)state;
	for (i = 0; i < 100; i++) {
		memset(text, (int)i, sizeof(text));
		kept[i] = ly_cat_keep(&a, text, i % 2 ? sizeof(text) : i);
		assert_non_null(kept[i]);
	}
	for (i = 1; i < 100; i++) {
		assert_int_equal(kept[i][0], i);
		if (i % 2)
			assert_int_equal(kept[i][sizeof(text) - 1], i);
	}
	assert_null(ly_cat_keep(&a, text, sizeof(text) + 1));
	ly_cat_arena_clear(&a);
	ly_cat_arena_clear(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values_of_one_hash),
		cmocka_unit_test(test_set_replaces),
		cmocka_unit_test(test_arena),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
