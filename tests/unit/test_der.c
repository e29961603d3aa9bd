/* der.c: strict lengths, and nothing read past the end. */
#include "unit.h"

#include "der.h"

static int
get(const char *bytes, size_t len, uint8_t tag, struct ly_reader *v)
{
	uint8_t *copy = malloc(len > 0 ? len : 1);
	struct ly_reader r;
	int e;

	assert_non_null(copy);
	memcpy(copy, bytes, len);
	ly_reader_init(&r, copy, len);
	e = ly_der_get(&r, tag, v, NULL);
	free(copy);
	return e;
}

static void
test_get(void **state)
{
	const uint8_t in[] = { 0x30, 0x03, 0x02, 0x01, 0x05, 0x04, 0x00 };
	struct ly_reader r, seq, v, whole;

	(void)state;
	ly_reader_init(&r, in, sizeof(in));
	assert_true(ly_der_is(&r, LY_DER_SEQ));
	assert_int_equal(ly_der_get(&r, LY_DER_OCTETS, &v, NULL),
	    LY_ERR_FORMAT);
	assert_int_equal(ly_der_get(&r, LY_DER_SEQ, &seq, &whole), 0);
	assert_ptr_equal(whole.p, in);
	assert_int_equal(whole.left, 5);
	assert_int_equal(ly_der_uint(&seq, &v), 0);
	assert_true(ly_der_eq(&v, "\x05", 1));
	assert_int_equal(seq.left, 0);
	assert_int_equal(ly_der_get(&r, LY_DER_OCTETS, &v, NULL), 0);
	assert_int_equal(v.left, 0);
	assert_int_equal(ly_reader_end(&r), 0);
	assert_false(ly_der_is(&r, LY_DER_SEQ));
	assert_int_equal(ly_der_skip(&r), LY_ERR_FORMAT);
}

static void
test_refuses_bad_lengths(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
	} bad[] = {
		{ "", 0 }, { "\x04", 1 }, { "\x04\x01", 2 },
		{ "\x04\x80\x00\x00", 4 },	/* indefinite */
		{ "\x04\x81\x01\x00", 4 },	/* not minimal */
		{ "\x04\x81", 2 }, { "\x04\x81\x80", 3 },
		{ "\x04\x82\x00\x80", 4 }, { "\x04\x82\x01", 3 },
		{ "\x04\x84\x00\x00\x00\x01\x00", 7 },
		{ "\x04\xff\xff\xff\xff", 5 },
		{ "\x04\x83\xff\xff\xff\x00", 6 },
	};
	struct ly_reader v;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(get(bad[i].bytes, bad[i].len, 4, &v),
		    LY_ERR_FORMAT);
	assert_int_equal(get("\x1f\x01\x00", 3, 0x1f, &v), LY_ERR_FORMAT);
}

static void
test_unsigned(void **state)
{
	static const struct {
		const char *bytes;
		size_t len, want;
		int r;
	} v[] = {
		{ "\x02\x01\x00", 3, 1, 0 },
		{ "\x02\x01\x7f", 3, 1, 0 },
		{ "\x02\x02\x00\x80", 4, 1, 0 },
		{ "\x02\x01\x80", 3, 0, LY_ERR_FORMAT },	/* negative */
		{ "\x02\x02\x00\x7f", 4, 0, LY_ERR_FORMAT },
		{ "\x02\x02\x00\x00", 4, 0, LY_ERR_FORMAT },
		{ "\x02\x00", 2, 0, LY_ERR_FORMAT },
		{ "\x04\x01\x01", 3, 0, LY_ERR_FORMAT },
	};
	struct ly_reader r, n;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(v) / sizeof(v[0]); i++) {
		ly_reader_init(&r, v[i].bytes, v[i].len);
		assert_int_equal(ly_der_uint(&r, &n), v[i].r);
		if (v[i].r == 0)
			assert_int_equal(n.left, v[i].want);
	}
}

static void
test_heads_read_back(void **state)
{
	static const size_t lens[] = { 0, 1, 127, 128, 255, 256, 65535, 65536,
		70000 };
	uint8_t *b = calloc(1, 80000);
	struct ly_reader r, v;
	size_t i, n;

	(void)state;
	assert_non_null(b);
	for (i = 0; i < sizeof(lens) / sizeof(lens[0]); i++) {
		n = ly_der_head(LY_DER_OCTETS, lens[i], b);
		assert_true(n <= LY_DER_HEAD_MAX);
		ly_reader_init(&r, b, n + lens[i]);
		assert_int_equal(ly_der_get(&r, LY_DER_OCTETS, &v, NULL), 0);
		assert_int_equal(v.left, lens[i]);
		assert_int_equal(r.left, 0);
		ly_reader_init(&r, b, n + lens[i]);
		assert_int_equal(ly_der_skip(&r), 0);
		if (lens[i] > 0) {
			ly_reader_init(&r, b, n + lens[i] - 1);
			assert_int_equal(ly_der_skip(&r), LY_ERR_FORMAT);
		}
	}
	free(b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_get),
		cmocka_unit_test(test_refuses_bad_lengths),
		cmocka_unit_test(test_unsigned),
		cmocka_unit_test(test_heads_read_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
