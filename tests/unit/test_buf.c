/* buf.c: growth to the cap and no further, and reads to the end. */
#include "unit.h"

#include "buf.h"

static void
test_grows_to_its_cap_exactly(void **state)
{
	struct ly_buf b;
	uint8_t chunk[1000];
	size_t i;

	(void)state;
	memset(chunk, 'x', sizeof(chunk));
	ly_buf_init(&b, 10007);
	for (i = 0; i < 10; i++)
		assert_int_equal(ly_buf_put(&b, chunk, 1000), 0);
	assert_int_equal(ly_buf_put(&b, chunk, 7), 0);
	assert_int_equal(b.len, 10007);
	assert_int_equal(ly_buf_put(&b, NULL, 0), 0);
	assert_int_equal(ly_buf_put(&b, chunk, 1), LY_ERR_TOOBIG);
	assert_int_equal(b.len, 10007);
	ly_buf_clear(&b);
	assert_int_equal(b.max, 10007);
	assert_int_equal(b.err, 0);
	assert_null(b.data);
	ly_buf_clear(NULL);
}

static void
test_error_sticks(void **state)
{
	struct ly_buf b;

	(void)state;
	ly_buf_init(&b, 4);
	assert_int_equal(ly_buf_put_u64(&b, 1), LY_ERR_TOOBIG);
	/* This one would fit, but the row is broken already. */
	assert_int_equal(ly_buf_put_u8(&b, 1), LY_ERR_TOOBIG);
	assert_int_equal(ly_buf_put_str(&b, ""), LY_ERR_TOOBIG);
	assert_int_equal(b.len, 0);
	ly_buf_clear(&b);
	assert_int_equal(ly_buf_put_u8(&b, 1), 0);
	ly_buf_clear(&b);
}

static void
test_blob_fails_as_a_whole(void **state)
{
	struct ly_buf b;

	(void)state;
	ly_buf_init(&b, 6);
	assert_int_equal(ly_buf_put_blob(&b, "abc", 3), LY_ERR_TOOBIG);
	assert_int_equal(b.len, 0);
	ly_buf_clear(&b);
	assert_int_equal(ly_buf_put_blob(&b, "abc", SIZE_MAX),
	    LY_ERR_TOOBIG);
	ly_buf_clear(&b);
}

static void
test_max_is_capped(void **state)
{
	struct ly_buf b;

	(void)state;
	ly_buf_init(&b, SIZE_MAX);
	assert_int_equal(b.max, LY_BUF_MAX);
	assert_int_equal(ly_buf_put(&b, "", SIZE_MAX), LY_ERR_TOOBIG);
	assert_null(b.data);
	ly_buf_clear(&b);
	ly_buf_init(&b, 0);
	assert_int_equal(ly_buf_put_u8(&b, 1), LY_ERR_TOOBIG);
	ly_buf_clear(&b);
}

static void
test_values_come_back(void **state)
{
	static const uint8_t wire[] = {
		0xfe, 0x34, 0x12, 0x78, 0x56, 0x34, 0x12,
		8, 7, 6, 5, 4, 3, 2, 1, 2, 0, 0, 0, 'h', 'i'
	};
	struct ly_reader r;
	struct ly_buf b;
	uint64_t u64;
	uint32_t u32;
	uint16_t u16;
	uint8_t u8;
	char s[3];

	(void)state;
	ly_buf_init(&b, 1000);
	(void)ly_buf_put_u8(&b, 0xfe);
	(void)ly_buf_put_u16(&b, 0x1234);
	(void)ly_buf_put_u32(&b, 0x12345678);
	(void)ly_buf_put_u64(&b, 0x0102030405060708);
	assert_int_equal(ly_buf_put_str(&b, "hi"), 0);
	assert_int_equal(b.len, sizeof(wire));
	assert_memory_equal(b.data, wire, sizeof(wire));
	ly_reader_init(&r, b.data, b.len);
	assert_int_equal(ly_get_u8(&r, &u8), 0);
	assert_int_equal(ly_get_u16(&r, &u16), 0);
	assert_int_equal(ly_get_u32(&r, &u32), 0);
	assert_int_equal(ly_get_u64(&r, &u64), 0);
	assert_int_equal(ly_reader_end(&r), LY_ERR_FORMAT);
	assert_int_equal(ly_get_str(&r, s, sizeof(s)), 0);
	assert_int_equal(ly_reader_end(&r), 0);
	assert_int_equal(u8, 0xfe);
	assert_int_equal(u16, 0x1234);
	assert_int_equal(u32, 0x12345678);
	assert_true(u64 == 0x0102030405060708);
	assert_string_equal(s, "hi");
	ly_buf_clear(&b);
}

static void
test_short_reads_change_nothing(void **state)
{
	static const uint8_t bytes[] = { 1, 2, 3, 4, 5, 6, 7 };
	const uint8_t *p = NULL;
	struct ly_reader r;
	uint64_t u64 = 42;
	uint32_t u32 = 42;
	uint16_t u16 = 42;
	uint8_t u8 = 42;

	(void)state;
	ly_reader_init(&r, bytes, 7);
	assert_int_equal(ly_get_u64(&r, &u64), LY_ERR_FORMAT);
	assert_int_equal(ly_get_bytes(&r, 8, &p), LY_ERR_FORMAT);
	assert_int_equal(ly_get_bytes(&r, SIZE_MAX, &p), LY_ERR_FORMAT);
	assert_int_equal(r.left, 7);
	ly_reader_init(&r, bytes, 3);
	assert_int_equal(ly_get_u32(&r, &u32), LY_ERR_FORMAT);
	ly_reader_init(&r, bytes, 1);
	assert_int_equal(ly_get_u16(&r, &u16), LY_ERR_FORMAT);
	ly_reader_init(&r, NULL, 0);
	assert_int_equal(ly_get_u8(&r, &u8), LY_ERR_FORMAT);
	assert_int_equal(ly_get_bytes(&r, 0, &p), 0);
	assert_int_equal(u64 + u32 + u16 + u8, 4 * 42);
}

/* A blob of n bytes that says it has len. */
static void
lying_blob(struct ly_buf *b, uint32_t len, const char *bytes, size_t n)
{
	ly_buf_clear(b);
	(void)ly_buf_put_u32(b, len);
	assert_int_equal(ly_buf_put(b, bytes, n), 0);
}

static void
test_blobs_that_lie(void **state)
{
	const uint8_t *p = NULL;
	struct ly_reader r;
	struct ly_buf b;
	size_t len = 42;

	(void)state;
	ly_buf_init(&b, 100);
	lying_blob(&b, 4, "abc", 3);
	ly_reader_init(&r, b.data, b.len);
	assert_int_equal(ly_get_blob(&r, 100, &p, &len), LY_ERR_FORMAT);
	lying_blob(&b, UINT32_MAX, "abc", 3);
	ly_reader_init(&r, b.data, b.len);
	assert_int_equal(ly_get_blob(&r, SIZE_MAX, &p, &len), LY_ERR_FORMAT);
	lying_blob(&b, 3, "abc", 3);
	ly_reader_init(&r, b.data, b.len);
	assert_int_equal(ly_get_blob(&r, 2, &p, &len), LY_ERR_FORMAT);
	assert_int_equal(len, 42);
	/* A failed read leaves the reader where it was. */
	assert_int_equal(ly_get_blob(&r, 3, &p, &len), 0);
	assert_int_equal(len, 3);
	assert_memory_equal(p, "abc", 3);
	ly_buf_clear(&b);
}

static void
test_strings_that_do_not_fit(void **state)
{
	struct ly_reader r;
	struct ly_buf b;
	char s[4] = "old";

	(void)state;
	ly_buf_init(&b, 100);
	lying_blob(&b, 4, "abcd", 4);
	ly_reader_init(&r, b.data, b.len);
	assert_int_equal(ly_get_str(&r, s, sizeof(s)), LY_ERR_FORMAT);
	assert_int_equal(ly_get_str(&r, s, 0), LY_ERR_FORMAT);
	lying_blob(&b, 3, "a\0b", 3);
	ly_reader_init(&r, b.data, b.len);
	assert_int_equal(ly_get_str(&r, s, sizeof(s)), LY_ERR_FORMAT);
	assert_string_equal(s, "old");
	lying_blob(&b, 0, "", 0);
	ly_reader_init(&r, b.data, b.len);
	assert_int_equal(ly_get_str(&r, s, 1), 0);
	assert_string_equal(s, "");
	ly_buf_clear(&b);
}

static void
test_room_is_what_was_asked(void **state)
{
	struct ly_buf b;

	(void)state;
	ly_buf_init(&b, 10);
	assert_int_equal(ly_buf_room(&b, 11), LY_ERR_TOOBIG);
	assert_null(b.data);
	assert_int_equal(ly_buf_room(&b, 7), 0);
	assert_int_equal(b.cap, 7);
	assert_int_equal(b.len, 0);
	memcpy(b.data, "1234567", 7);
	b.len = 7;
	assert_int_equal(ly_buf_room(&b, 0), 0);
	assert_int_equal(b.cap, 7);
	assert_int_equal(ly_buf_room(&b, 4), LY_ERR_TOOBIG);
	assert_int_equal(ly_buf_room(&b, 3), 0);
	assert_int_equal(b.cap, 10);
	assert_memory_equal(b.data, "1234567", 7);
	ly_buf_clear(&b);
	assert_int_equal(ly_buf_room(&b, 0), 0);
	assert_non_null(b.data);
	ly_buf_clear(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_grows_to_its_cap_exactly),
		cmocka_unit_test(test_error_sticks),
		cmocka_unit_test(test_blob_fails_as_a_whole),
		cmocka_unit_test(test_max_is_capped),
		cmocka_unit_test(test_values_come_back),
		cmocka_unit_test(test_short_reads_change_nothing),
		cmocka_unit_test(test_blobs_that_lie),
		cmocka_unit_test(test_strings_that_do_not_fit),
		cmocka_unit_test(test_room_is_what_was_asked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
