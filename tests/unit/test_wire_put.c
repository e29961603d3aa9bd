/* wire_put.c: what is written, what is not, and that limits hold here too. */
#include <stdlib.h>

#include "wire_test.h"
#include "wire_sample.h"

static void
fill(struct sample *m)
{
	memset(m, 0, sizeof(*m));
	strcpy(m->text, "a\"\\\xc3\xa4");
	strcpy(m->id, "0f");
	m->nbytes = 1;
	m->b64 = buf_of("xyz");
	m->b64s[0] = buf_of("1");
	m->nb64s = 1;
	m->u64 = LY_WIRE_INT_MAX - 1;
	m->delivery = LY_REMOTE;
	m->use = LY_USE_ALL;
	m->items = calloc(2, sizeof(*m->items));
	assert_non_null(m->items);
	m->nitems = 2;
	m->items[1].n = 7;
}

static void
test_bytes(void **state)
{
	struct sample m;
	struct ly_buf json;

	(void)state;
	fill(&m);
	ly_buf_init(&json, 4096);
	assert_int_equal(ly_buf_put(&json, "=", 1), 0);
	assert_int_equal(ly_wire_put(&sample, &m, &json), 0);
	assert_json(&json, "={\"text\":\"a\\\"\\\\\xc3\xa4\",\"id\":\"0f\","
	    "\"hex\":\"0000\",\"bytes\":\"AA==\",\"b64\":\"eHl6\","
	    "\"b64s\":[\"MQ==\"],\"u64\":9007199254740991,\"yes\":false,"
	    "\"delivery\":\"remote\","
	    "\"use\":[\"decrypt\",\"sign\",\"derive\"],"
	    "\"items\":[{\"n\":0},{\"n\":7}]}");
	ly_buf_clear(&json);
	ly_wire_free(&sample, &m);
}

static void
test_text_that_is_not_fit_to_print(void **state)
{
	struct sample m;
	struct ly_buf json;

	(void)state;
	fill(&m);
	strcpy(m.text, "\x1b\xffz\xc3\x7f\n");
	ly_buf_init(&json, 4096);
	assert_int_equal(ly_wire_put(&sample, &m, &json), 0);
	assert_memory_equal(json.data, "{\"text\":\"??z???\",", 17);
	ly_buf_clear(&json);
	ly_wire_free(&sample, &m);
}

/* One broken limit: LY_ERR_ARG, and nothing stays in the buffer. */
#define BREAKS(change) do {						\
	struct sample breaks_m;						\
	struct ly_buf breaks_json;					\
	fill(&breaks_m);						\
	ly_buf_init(&breaks_json, 4096);				\
	assert_int_equal(ly_buf_put(&breaks_json, "=", 1), 0);		\
	breaks_m.change;						\
	assert_int_equal(ly_wire_put(&sample, &breaks_m, &breaks_json),	\
	    LY_ERR_ARG);						\
	assert_int_equal(breaks_json.len, 1);				\
	ly_buf_clear(&breaks_json);					\
	fill_clear(&breaks_m);						\
} while (0)

static void
fill_clear(struct sample *m)
{
	m->nb64s = 1;
	m->nitems = 2;
	ly_wire_free(&sample, m);
}

static void
test_limits(void **state)
{
	(void)state;
	BREAKS(nbytes = 5);
	BREAKS(nb64s = 3);
	BREAKS(nitems = 4);
	BREAKS(nitems = 0);
	BREAKS(u64 = LY_WIRE_INT_MAX);
	BREAKS(when = -1);
	BREAKS(number = -1);
	BREAKS(number = 1001);
	BREAKS(use = 8);
	BREAKS(delivery = 0);
	BREAKS(delivery = 9);
	BREAKS(b64.len = 5);
}

static void
test_a_full_buffer_is_said(void **state)
{
	struct sample m;
	struct ly_buf json;

	(void)state;
	fill(&m);
	ly_buf_init(&json, 100);
	assert_int_equal(ly_wire_put(&sample, &m, &json), LY_ERR_TOOBIG);
	assert_int_equal(json.len, 0);
	ly_buf_clear(&json);
	ly_wire_free(&sample, &m);
}

static void
test_free_twice_and_nothing(void **state)
{
	struct sample m;

	(void)state;
	fill(&m);
	ly_wire_free(&sample, &m);
	ly_wire_free(&sample, &m);
	ly_wire_free(&sample, NULL);
	assert_int_equal(m.nitems, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_text_that_is_not_fit_to_print),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_a_full_buffer_is_said),
		cmocka_unit_test(test_free_twice_and_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
