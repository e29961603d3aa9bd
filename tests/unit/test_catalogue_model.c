/* catalogue_model.c: what is taken over, and old catalogues that lie. */
#include "made_catalogue.h"

#include "catalogue_impl.h"
#include "crypto.h"

static struct made_answer box;
static struct ly_buf file;

static int
group_setup(void **state)
{
	(void)state;
	made_mailbox(&box);
	ly_buf_init(&file, LY_CATALOGUE_MAX);
	return ly_catalogue_build(NULL, &box.m, 77, &file, NULL);
}

static int
group_teardown(void **state)
{
	(void)state;
	ly_buf_clear(&file);
	made_answer_clear(&box);
	return 0;
}

/* Take over the file after change, with a right digest. */
static int
take(void (*change)(uint8_t *records), struct ly_cat_model *m,
    struct ly_catalogue **c)
{
	static const struct ly_wire_keys none;
	struct ly_buf f;

	ly_buf_init(&f, LY_CATALOGUE_MAX);
	assert_int_equal(ly_buf_put(&f, file.data, file.len), 0);
	change(f.data + LY_CAT_HEADER);
	assert_int_equal(ly_digest(LY_SHA256, f.data + LY_CAT_COVERED,
	    f.len - LY_CAT_COVERED, f.data + LY_CAT_DIGEST), 0);
	assert_int_equal(ly_catalogue_open(&f, c), 0);
	memset(m, 0, sizeof(*m));
	assert_int_equal(ly_cat_model_init(m, *c, &none), 0);
	return ly_cat_take(m, *c);
}

static void
nothing(uint8_t *records)
{
	(void)records;
}

/* Entry 0 is a key and 1 its only certificate. */
static void
orphan_cert(uint8_t *records)
{
	records[LY_REC_KEY_ID] ^= 1;
}

static void
key_twice(uint8_t *records)
{
	memcpy(records + 2 * LY_REC_SIZE, records, LY_REC_SIZE);
}

static void
cert_of_nobody(uint8_t *records)
{
	memset(records + LY_REC_SIZE + LY_REC_KEY_ID, 0, LY_KEY_ID_LEN);
}

/* A view into another certificate, which ours may leave behind. */
static void
subject_of_another(uint8_t *records)
{
	memcpy(records + LY_REC_SIZE + LY_REC_VIEWS + 8,
	    records + 3 * LY_REC_SIZE + LY_REC_VIEWS + 8, 8);
}

static void
test_taken_over_whole(void **state)
{
	struct ly_cat_model m;
	struct ly_catalogue *c;
	struct ly_entry e;
	uint32_t i, row;

	(void)state;
	assert_int_equal(take(nothing, &m, &c), 0);
	assert_int_equal(m.n, ly_catalogue_count(c));
	assert_int_equal(m.lineage, 77);
	for (i = 0; i < m.n; i++) {
		e = made_entry(c, i);
		assert_int_equal(m.rows[i].e.kind, e.kind);
		assert_int_equal(m.rows[i].e.use, e.use);
		assert_int_equal(m.rows[i].e.label.len, e.label.len);
		if (e.kind == LY_ENTRY_KEY) {
			assert_int_equal(ly_cat_find_key(&m, e.key_id, &row),
			    1);
			assert_int_equal(row, i);
			assert_true(m.rows[i].top > i);
		} else {
			assert_int_equal(ly_cat_find_value(&m, e.kind,
			    e.value.p, e.value.len, &row), 1);
			assert_int_equal(row, i);
		}
	}
	ly_cat_model_clear(&m);
	ly_catalogue_unref(&c);
}

static void
test_old_ones_that_lie(void **state)
{
	void (*const lies[])(uint8_t *) = {
		orphan_cert, key_twice, cert_of_nobody, subject_of_another,
	};
	struct ly_cat_model m;
	struct ly_catalogue *c;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
		assert_int_equal(take(lies[i], &m, &c), LY_ERR_FORMAT);
		ly_cat_model_clear(&m);
		ly_catalogue_unref(&c);
	}
}

static void
test_room(void **state)
{
	static const struct ly_wire_keys none;
	struct ly_cat_model m;
	uint32_t row;

	(void)state;
	memset(&m, 0, sizeof(m));
	assert_int_equal(ly_cat_model_init(&m, NULL, &none), 0);
	assert_int_equal(ly_cat_append(&m, LY_ENTRY_CA, &row),
	    LY_ERR_TOOBIG);
	ly_cat_model_clear(&m);
	ly_cat_model_clear(&m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_taken_over_whole),
		cmocka_unit_test(test_old_ones_that_lie),
		cmocka_unit_test(test_room),
	};

	return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
