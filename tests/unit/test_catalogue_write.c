/* catalogue_write.c: the bytes, and what they share. */
#include "made_catalogue.h"

#include "catalogue_impl.h"

static struct made_answer box;
static struct ly_catalogue *cat;

static int
group_setup(void **state)
{
	(void)state;
	made_mailbox(&box);
	cat = made_catalogue(NULL, &box);
	return 0;
}

static int
group_teardown(void **state)
{
	(void)state;
	ly_catalogue_unref(&cat);
	made_answer_clear(&box);
	return 0;
}

static int
within(const struct ly_view *part, const struct ly_view *whole)
{
	return part->len == 0 || (part->p >= whole->p &&
	    part->p + part->len <= whole->p + whole->len);
}

/* A certificate stands in the file once; all else points into it. */
static void
test_views_point_into_certificates(void **state)
{
	struct ly_entry e, own;
	uint32_t n, top = 0;
	size_t i;

	(void)state;
	for (i = 0; i < ly_catalogue_count(cat); i++) {
		assert_int_equal(ly_catalogue_order(cat, i, &n), 0);
		own = e = made_entry(cat, n);
		if (e.kind == LY_ENTRY_KEY) {
			assert_int_equal(ly_catalogue_order(cat, i + 1,
			    &top), 0);
			own = made_entry(cat, top);
			assert_ptr_equal(e.label.p, own.label.p);
			assert_int_equal(e.not_after, own.not_after);
		}
		assert_true(own.value.len > 0);
		assert_true(within(&e.subject, &own.value));
		assert_true(within(&e.issuer, &own.value));
		assert_true(within(&e.serial, &own.value));
		assert_true(within(&e.spki, &own.value));
		assert_true(within(&e.modulus, &own.value));
		assert_true(within(&e.exponent, &own.value));
		assert_true(within(&e.point, &own.value));
		assert_true(within(&e.params, &own.value));
	}
}

/* One address for a whole mailbox stands in the heap once. */
static void
test_texts_are_shared(void **state)
{
	const uint8_t *p = NULL;
	struct ly_entry e;
	uint32_t n;

	(void)state;
	for (n = 0; n < ly_catalogue_count(cat); n++) {
		e = made_entry(cat, n);
		if (e.email.len == 0)
			continue;
		assert_view(&e.email, "alice@example.com");
		if (p != NULL)
			assert_ptr_equal(e.email.p, p);
		p = e.email.p;
	}
	assert_non_null(p);
}

static void
test_equal_answers_give_equal_bytes(void **state)
{
	struct ly_buf again;
	const uint8_t *p;
	size_t len;

	(void)state;
	ly_buf_init(&again, LY_CATALOGUE_MAX);
	assert_int_equal(ly_buf_put(&again, "old bytes", 9), 0);
	assert_int_equal(ly_catalogue_build(NULL, &box.m, 77, &again, NULL),
	    0);
	p = ly_catalogue_bytes(cat, &len);
	assert_int_equal(again.len, len);
	assert_memory_equal(again.data, p, len);
	assert_memory_equal(p, LY_CAT_MAGIC, LY_CAT_MAGIC_LEN);
	ly_buf_clear(&again);
}

static void
test_no_room(void **state)
{
	struct ly_cat_model m;
	struct ly_buf out;

	(void)state;
	memset(&m, 0, sizeof(m));
	ly_buf_init(&out, 10);
	assert_int_equal(ly_buf_put(&out, "kept", 4), 0);
	/* A model that lists a certificate of no key is not written. */
	m.rows = calloc(1, sizeof(*m.rows));
	assert_non_null(m.rows);
	m.n = 1;
	m.rows[0].e.kind = LY_ENTRY_CERT;
	assert_int_equal(ly_cat_write(&m, &out), LY_ERR_FORMAT);
	assert_int_equal(out.len, 4);
	ly_buf_clear(&out);
	free(m.rows);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_views_point_into_certificates),
		cmocka_unit_test(test_texts_are_shared),
		cmocka_unit_test(test_equal_answers_give_equal_bytes),
		cmocka_unit_test(test_no_room),
	};

	return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
