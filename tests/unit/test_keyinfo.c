/* keyinfo.c: containers as OpenSSL writes them, and what must be refused. */
#include "unit.h"

#include <openssl/ec.h>

#include "der.h"
#include "keyinfo.h"
#include "keys.h"

/* Change each byte in turn: never a crash, and only our errors. */
static void
shake(const struct ly_secret *der)
{
	struct ly_pki pki;
	uint8_t *copy;
	size_t i;
	int r;

	assert_non_null(copy = malloc(der->len));
	memcpy(copy, der->data, der->len);
	for (i = 0; i < der->len; i++) {
		copy[i] ^= 0xff;
		r = ly_pki_parse(copy, der->len, &pki);
		assert_true(r == 0 || r == LY_ERR_FORMAT ||
		    r == LY_ERR_UNSUPPORTED);
		copy[i] ^= 0xff;
	}
	free(copy);
	for (i = 0; i < der->len; i++) {
		assert_non_null(copy = malloc(i + 1));
		memcpy(copy, der->data, i);
		assert_int_equal(ly_pki_parse(copy, i, &pki), LY_ERR_FORMAT);
		free(copy);
	}
}

static void
check_private(EVP_PKEY *k, enum ly_key_type type)
{
	struct ly_secret der = LY_SECRET_INIT, again = LY_SECRET_INIT;
	struct ly_secret third = LY_SECRET_INIT;
	const unsigned char *at;
	struct ly_pki pki;
	EVP_PKEY *back;

	evp_pkcs8(k, &der);
	assert_int_equal(ly_pki_parse(der.data, der.len, &pki), 0);
	assert_int_equal(pki.type, type);
	assert_int_equal(ly_pki_write(&pki, &again), 0);
	at = again.data;
	back = d2i_AutoPrivateKey_ex(NULL, &at, (long)again.len, ly_libctx(),
	    NULL);
	assert_non_null(back);
	assert_int_equal(EVP_PKEY_eq(back, k), 1);
	/* What was written is what would be written. */
	assert_int_equal(ly_pki_parse(again.data, again.len, &pki), 0);
	assert_int_equal(ly_pki_write(&pki, &third), 0);
	assert_int_equal(again.len, third.len);
	assert_memory_equal(again.data, third.data, third.len);
	shake(&der);
	EVP_PKEY_free(back);
	EVP_PKEY_free(k);
	ly_secret_clear(&der);
	ly_secret_clear(&again);
	ly_secret_clear(&third);
}

static void
test_private_keys(void **state)
{
	(void)state;
	check_private(make_rsa(1024), LY_KEY_RSA);
	check_private(make_ec("P-256"), LY_KEY_EC);
	check_private(make_ec("P-384"), LY_KEY_EC);
	check_private(make_ec("P-521"), LY_KEY_EC);
	check_private(make_named("ED25519"), LY_KEY_ED25519);
	check_private(make_named("X25519"), LY_KEY_X25519);
}

static int
parse_spki(EVP_PKEY *k, struct ly_spki *spki)
{
	static uint8_t buf[4096];
	unsigned char *p = buf;
	struct ly_reader r;
	int n = i2d_PUBKEY(k, NULL);

	assert_true(n > 0 && n <= (int)sizeof(buf));
	(void)i2d_PUBKEY(k, &p);
	EVP_PKEY_free(k);
	ly_reader_init(&r, buf, (size_t)n);
	return ly_spki_parse(&r, spki);
}

static void
test_public_keys(void **state)
{
	struct ly_spki s;

	(void)state;
	assert_int_equal(parse_spki(make_rsa(1032), &s), 0);
	assert_int_equal(s.bits, 1032);
	assert_int_equal(s.modulus.left, 129);
	assert_true(ly_der_eq(&s.exponent, "\1\0\1", 3));
	assert_int_equal(s.point.left + s.params.left, 0);
	assert_int_equal(parse_spki(make_ec("P-521"), &s), 0);
	assert_int_equal(s.bits, 521);
	assert_int_equal(s.point.left, 133);
	assert_int_equal(s.params.left, 7);
	assert_string_equal(s.curve->name, "P-521");
	assert_int_equal(parse_spki(make_named("X25519"), &s), 0);
	assert_int_equal(s.type, LY_KEY_X25519);
	assert_int_equal(s.point.left, 32);
	assert_int_equal(s.params.left, 0);
}

static void
test_other_kinds_are_unsupported(void **state)
{
	EVP_PKEY *k = make_ec("P-256");
	struct ly_spki s;

	(void)state;
	assert_int_equal(parse_spki(make_rsa(768), &s), LY_ERR_UNSUPPORTED);
	assert_int_equal(parse_spki(make_ec("secp256k1"), &s),
	    LY_ERR_UNSUPPORTED);
	assert_int_equal(parse_spki(make_ec("P-224"), &s),
	    LY_ERR_UNSUPPORTED);
	assert_int_equal(parse_spki(make_named("ED448"), &s),
	    LY_ERR_UNSUPPORTED);
	must(EVP_PKEY_set_utf8_string_param(k,
	    "point-format", "compressed") == 1);
	assert_int_equal(parse_spki(k, &s), LY_ERR_UNSUPPORTED);
	k = make_ec("P-256");
	must(EVP_PKEY_set_utf8_string_param(k, "encoding", "explicit") == 1);
	assert_int_equal(parse_spki(k, &s), LY_ERR_UNSUPPORTED);
}

/* A P-256 PrivateKeyInfo around a scalar of n bytes. */
static int
parse_scalar(const uint8_t *scalar, size_t n)
{
	static const uint8_t alg[] = { 0x02, 0x01, 0x00, 0x30, 0x13, 0x06,
		0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08,
		0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07 };
	uint8_t b[128], *p = b;
	struct ly_pki pki;

	*p++ = 0x30;
	*p++ = (uint8_t)(sizeof(alg) + 2 + 2 + 3 + 2 + n);
	memcpy(p, alg, sizeof(alg));
	p += sizeof(alg);
	*p++ = 0x04;
	*p++ = (uint8_t)(2 + 3 + 2 + n);
	*p++ = 0x30;
	*p++ = (uint8_t)(3 + 2 + n);
	memcpy(p, "\x02\x01\x01\x04", 4);
	p += 4;
	*p++ = (uint8_t)n;
	memcpy(p, scalar, n);
	return ly_pki_parse(b, (size_t)(p - b) + n, &pki);
}

static void
test_scalars(void **state)
{
	/* The order of P-256, which is itself too large. */
	uint8_t order[33] = { 0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00,
		0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6,
		0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2,
		0xfc, 0x63, 0x25, 0x51 };
	uint8_t padded[40] = { 0 };

	(void)state;
	assert_int_equal(parse_scalar(order, 32), LY_ERR_FORMAT);
	order[31]--;
	assert_int_equal(parse_scalar(order, 32), 0);
	assert_int_equal(parse_scalar(order, 33), LY_ERR_FORMAT);
	memcpy(padded + 3, order, 32);
	assert_int_equal(parse_scalar(padded, 35), 0);
	assert_int_equal(parse_scalar(padded, 3), LY_ERR_FORMAT);
	assert_int_equal(parse_scalar(padded, 32), 0);
	assert_int_equal(parse_scalar((const uint8_t *)"\1", 1), 0);
	assert_int_equal(parse_scalar((const uint8_t *)"", 0), LY_ERR_FORMAT);
	order[0] = 0xff;
	memset(order, 0xff, sizeof(order));
	assert_int_equal(parse_scalar(order, 32), LY_ERR_FORMAT);
}

/* RFC 8410 10.3: version 1, an attribute and a public key. */
static void
test_version_one(void **state)
{
	static const uint8_t key[] = {
		0x30, 0x72, 0x02, 0x01, 0x01, 0x30, 0x05, 0x06, 0x03, 0x2b,
		0x65, 0x70, 0x04, 0x22, 0x04, 0x20, 0xd4, 0xee, 0x72, 0xdb,
		0xf9, 0x13, 0x58, 0x4a, 0xd5, 0xb6, 0xd8, 0xf1, 0xf7, 0x69,
		0xf8, 0xad, 0x3a, 0xfe, 0x7c, 0x28, 0xcb, 0xf1, 0xd4, 0xfb,
		0xe0, 0x97, 0xa8, 0x8f, 0x44, 0x75, 0x58, 0x42, 0xa0, 0x1f,
		0x30, 0x1d, 0x06, 0x0a, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d,
		0x01, 0x09, 0x09, 0x14, 0x31, 0x0f, 0x0c, 0x0d, 0x43, 0x75,
		0x72, 0x64, 0x6c, 0x65, 0x20, 0x43, 0x68, 0x61, 0x69, 0x72,
		0x73, 0x81, 0x21, 0x00, 0x19, 0xbf, 0x44, 0x09, 0x69, 0x84,
		0xcd, 0xfe, 0x85, 0x41, 0xba, 0xc1, 0x67, 0xdc, 0x3b, 0x96,
		0xc8, 0x50, 0x86, 0xaa, 0x30, 0xb6, 0xb6, 0xcb, 0x0c, 0x5c,
		0x38, 0xad, 0x70, 0x31, 0x66, 0xe1 };
	struct ly_pkey *p = NULL;
	struct ly_buf spki;

	(void)state;
	assert_int_equal(ly_pkey_from_der(key, sizeof(key), &p), 0);
	get_spki(p, &spki);
	assert_memory_equal(spki.data + spki.len - 32,
	    key + sizeof(key) - 32, 32);
	ly_buf_clear(&spki);
	ly_pkey_free(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_private_keys),
		cmocka_unit_test(test_public_keys),
		cmocka_unit_test(test_other_kinds_are_unsupported),
		cmocka_unit_test(test_scalars),
		cmocka_unit_test(test_version_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
