/* crypto_text.c: base64 that is strict, and hexadecimal. */
#include "unit.h"

#include "buf.h"
#include "crypto.h"
#include "secret.h"

static void
test_base64_vectors(void **state)
{
	/* RFC 4648 10 */
	static const char *const v[][2] = {
		{ "", "" }, { "f", "Zg==" }, { "fo", "Zm8=" },
		{ "foo", "Zm9v" }, { "foob", "Zm9vYg==" },
		{ "fooba", "Zm9vYmE=" }, { "foobar", "Zm9vYmFy" },
	};
	struct ly_secret s = LY_SECRET_INIT;
	struct ly_buf text, back;
	size_t i;

	(void)state;
	for (i = 0; i < 7; i++) {
		ly_buf_init(&text, 100);
		ly_buf_init(&back, 100);
		assert_int_equal(ly_b64_encode(v[i][0], strlen(v[i][0]),
		    &text), 0);
		assert_string_equal((char *)text.data, v[i][1]);
		assert_int_equal(text.len, strlen(v[i][1]));
		assert_int_equal(ly_b64_decode(v[i][1], strlen(v[i][1]),
		    &back), 0);
		assert_int_equal(back.len, strlen(v[i][0]));
		assert_int_equal(ly_b64_decode_secret(v[i][1],
		    strlen(v[i][1]), &s), 0);
		assert_int_equal(s.len, strlen(v[i][0]));
		if (s.len > 0) {
			assert_memory_equal(back.data, v[i][0], back.len);
			assert_memory_equal(s.data, v[i][0], s.len);
		}
		ly_buf_clear(&text);
		ly_buf_clear(&back);
	}
	ly_secret_clear(&s);
}

static void
test_base64_all_bytes_and_lengths(void **state)
{
	struct ly_buf text, back;
	uint8_t in[300];
	size_t n;

	(void)state;
	for (n = 0; n < sizeof(in); n++)
		in[n] = (uint8_t)(n * 167 + 3);
	for (n = 0; n <= sizeof(in); n++) {
		ly_buf_init(&text, 1000);
		ly_buf_init(&back, 1000);
		assert_int_equal(ly_buf_put(&back, "x", 1), 0);
		assert_int_equal(ly_b64_encode(in, n, &text), 0);
		assert_int_equal(ly_b64_decode((char *)text.data, text.len,
		    &back), 0);
		assert_int_equal(back.len, n + 1);
		assert_memory_equal(back.data + 1, in, n);
		ly_buf_clear(&text);
		ly_buf_clear(&back);
	}
}

static void
test_base64_refuses(void **state)
{
	/* The bad digit lies in the second block of the decoder. */
	static const char long_text[] =
	    "Zm9vZm9vZm9vZm9vZm9vZm9vZm9vZm9vZm9vZm9vZm9vZm9vZm9vZm9vZm9v"
	    "Zm9vZm9vZm*v";
	static const char *const bad[] = { "A", "AA", "AAA", "AAAAA", "=",
		"====", "A===", "AA=A", "=AAA", "AAA=AAAA", "AB==", "AAB=",
		"AA A", "AAA\n", "AA-_", "AA\x80\x41", "AA.A",
		long_text };
	struct ly_secret s = LY_SECRET_INIT;
	struct ly_buf b;
	size_t i, n;

	(void)state;
	assert_int_equal(ly_secret_set(&s, "kept", 4), 0);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		n = strlen(bad[i]);
		ly_buf_init(&b, 100);
		assert_int_equal(ly_buf_put(&b, "kept", 4), 0);
		assert_int_equal(ly_b64_decode(bad[i], n, &b), LY_ERR_FORMAT);
		assert_int_equal(b.len, 4);
		assert_int_equal(ly_b64_decode_secret(bad[i], n, &s),
		    LY_ERR_FORMAT);
		assert_memory_equal(s.data, "kept", 4);
		ly_buf_clear(&b);
	}
	ly_buf_init(&b, 2);
	assert_int_equal(ly_b64_decode("A\0AA", 4, &b), LY_ERR_FORMAT);
	assert_int_equal(ly_b64_decode("AAAA", 4, &b), LY_ERR_TOOBIG);
	ly_buf_clear(&b);
	ly_secret_clear(&s);
}

static void
test_hex(void **state)
{
	uint8_t out[4] = { 0xaa, 0xbb, 0xcc, 0xdd };
	char text[9];

	(void)state;
	ly_hex("\x01\xab\xff\x00", 4, text);
	assert_string_equal(text, "01abff00");
	assert_int_equal(ly_unhex("01abFF00", out, 4), 0);
	assert_memory_equal(out, "\x01\xab\xff\x00", 4);
	assert_int_equal(ly_unhex("0g000000", out, 4), LY_ERR_FORMAT);
	assert_int_equal(ly_unhex("01abff0", out, 4), LY_ERR_FORMAT);
	assert_int_equal(ly_unhex("01abff000", out, 4), LY_ERR_FORMAT);
	assert_int_equal(ly_unhex("", out, 4), LY_ERR_FORMAT);
	assert_memory_equal(out, "\x01\xab\xff\x00", 4);
	assert_int_equal(ly_unhex("", out, 0), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_base64_vectors),
		cmocka_unit_test(test_base64_all_bytes_and_lengths),
		cmocka_unit_test(test_base64_refuses),
		cmocka_unit_test(test_hex),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
