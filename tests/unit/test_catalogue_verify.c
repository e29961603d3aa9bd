/* catalogue_verify.c: no change of a byte stays unseen. */
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

/* What becomes of the file with byte at changed; seal: a new digest. */
static int
verify(size_t at, uint8_t mask, int seal)
{
	struct ly_catalogue *c = NULL;
	struct ly_buf f;
	int r;

	ly_buf_init(&f, LY_CATALOGUE_MAX);
	assert_int_equal(ly_buf_put(&f, file.data, file.len), 0);
	f.data[at] ^= mask;
	if (seal)
		assert_int_equal(ly_digest(LY_SHA256,
		    f.data + LY_CAT_COVERED, f.len - LY_CAT_COVERED,
		    f.data + LY_CAT_DIGEST), 0);
	if ((r = ly_catalogue_open(&f, &c)) == 0)
		r = ly_catalogue_verify(c);
	ly_catalogue_unref(&c);
	ly_buf_clear(&f);
	return r;
}

static void
test_every_byte_counts(void **state)
{
	size_t i;

	(void)state;
	assert_int_equal(verify(0, 0, 0), 0);
	for (i = 0; i < file.len; i++)
		assert_int_not_equal(verify(i, 0x41, 0), 0);
}

/* A right digest over wrong tables: written by us, and still refused. */
static void
test_right_digest_wrong_tables(void **state)
{
	const size_t n = 10, order = LY_CAT_HEADER + n * LY_REC_SIZE;
	const size_t index = order + n * LY_ORDER_SIZE;

	(void)state;
	assert_int_equal(verify(0, 0, 1), 0);
	assert_int_equal(verify(LY_CAT_HEADER + LY_REC_KIND, 0x40, 1),
	    LY_ERR_FORMAT);
	assert_int_equal(verify(order, 1, 1), LY_ERR_FORMAT);	/* twice */
	assert_int_equal(verify(order, 0x40, 1), LY_ERR_FORMAT);
	assert_int_equal(verify(index + 7, 0xff, 1), LY_ERR_FORMAT);
	assert_int_equal(verify(index + 8, 0x40, 1), LY_ERR_FORMAT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_byte_counts),
		cmocka_unit_test(test_right_digest_wrong_tables),
	};

	return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
