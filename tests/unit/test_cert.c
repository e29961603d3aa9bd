/* cert.c: places in the DER, addresses and names, usage; what is refused. */
#include "unit.h"

#include <openssl/x509v3.h>

#include "cert.h"
#include "keys.h"

static EVP_PKEY *rsa, *p256, *ed, *x25519;

static int
setup(void **state)
{
	(void)state;
	rsa = make_rsa(1024);
	p256 = make_ec("P-256");
	ed = make_named("ED25519");
	x25519 = make_named("X25519");
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	EVP_PKEY_free(rsa);
	EVP_PKEY_free(p256);
	EVP_PKEY_free(ed);
	EVP_PKEY_free(x25519);
	return 0;
}

static void
add_ext(X509 *x, int nid, const char *value)
{
	X509_EXTENSION *e = X509V3_EXT_conf_nid(NULL, NULL, nid, value);

	must(e != NULL && X509_add_ext(x, e, -1) == 1);
	X509_EXTENSION_free(e);
}

static void
add_dn(X509 *x, const char *field, int type, const char *value, int len)
{
	X509_NAME *n = X509_NAME_dup(X509_get_subject_name(x));

	must(X509_NAME_add_entry_by_txt(n, field, type,
	    (const unsigned char *)value, len, -1, 0) == 1);
	must(X509_set_subject_name(x, n) == 1);
	X509_NAME_free(n);
}

/* A subjectAltName of one address of len bytes. */
static void
add_san(X509 *x, const char *email, int len)
{
	GENERAL_NAMES *names = GENERAL_NAMES_new();
	GENERAL_NAME *g = GENERAL_NAME_new();
	ASN1_IA5STRING *s = ASN1_IA5STRING_new();

	must(ASN1_STRING_set(s, email, len) == 1);
	GENERAL_NAME_set0_value(g, GEN_EMAIL, s);
	must(sk_GENERAL_NAME_push(names, g) == 1);
	must(X509_add1_ext_i2d(x, NID_subject_alt_name, names, 0, 0) == 1);
	GENERAL_NAMES_free(names);
}

/* Sign, parse, and free x. */
static int
parse(X509 *x, EVP_PKEY *signer, struct ly_cert_info *info)
{
	struct ly_buf der;
	int r;

	x509_sign(x, signer, &der);
	memset(info, 0xaa, sizeof(*info));
	r = ly_cert_parse(der.data, der.len, info);
	ly_buf_clear(&der);
	X509_free(x);
	return r;
}

static void
assert_span(const struct ly_buf *der, struct ly_span s, const void *want,
    int len)
{
	assert_true(s.off + s.len <= der->len);
	assert_int_equal(s.len, len);
	assert_memory_equal(der->data + s.off, want, s.len);
}

static void
test_spans(void **state)
{
	X509 *x = make_x509(rsa, "Alice");
	unsigned char *p = NULL;
	struct ly_cert_info info;
	struct ly_buf der;
	BIGNUM *n = NULL;
	uint8_t mod[128];
	int len;

	(void)state;
	add_dn(x, "O", MBSTRING_ASC, "Example", -1);
	x509_sign(x, rsa, &der);
	assert_int_equal(ly_cert_parse(der.data, der.len, &info), 0);
	len = i2d_X509_NAME(X509_get_subject_name(x), &p);
	assert_span(&der, info.subject, p, len);
	OPENSSL_free(p);
	p = NULL;
	len = i2d_X509_NAME(X509_get_issuer_name(x), &p);
	assert_span(&der, info.issuer, p, len);
	OPENSSL_free(p);
	assert_span(&der, info.serial, "\x02\x03\x00\x88\x99", 5);
	p = NULL;
	len = i2d_PUBKEY(rsa, &p);
	assert_span(&der, info.spki, p, len);
	OPENSSL_free(p);
	must(EVP_PKEY_get_bn_param(rsa, "n", &n) == 1);
	must(BN_bn2binpad(n, mod, 128) == 128);
	assert_span(&der, info.modulus, mod, 128);
	assert_span(&der, info.exponent, "\1\0\1", 3);
	assert_int_equal(info.point.len + info.params.len, 0);
	assert_int_equal(info.key_type, LY_KEY_RSA);
	assert_int_equal(info.bits, 1024);
	assert_int_equal(info.self_issued, 0);
	assert_int_equal(info.not_after - info.not_before, 2 * DAY);
	assert_true(info.not_after - ly_time() > DAY - 600);
	BN_free(n);
	ly_buf_clear(&der);
	X509_free(x);
}

static void
test_curve_spans(void **state)
{
	X509 *x = make_x509(p256, "Alice");
	unsigned char *point = NULL;
	struct ly_cert_info info;
	struct ly_buf der;

	(void)state;
	x509_sign(x, p256, &der);
	assert_int_equal(ly_cert_parse(der.data, der.len, &info), 0);
	must(EVP_PKEY_get1_encoded_public_key(p256, &point) == 65);
	assert_span(&der, info.point, point, 65);
	assert_span(&der, info.params,
	    "\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07", 10);
	assert_int_equal(info.modulus.len, 0);
	assert_int_equal(info.self_issued, 1);
	assert_int_equal(info.use, LY_USE_SIGN | LY_USE_DERIVE);
	OPENSSL_free(point);
	ly_buf_clear(&der);
	X509_free(x);
	assert_int_equal(parse(make_x509(ed, "E"), ed, &info), 0);
	assert_int_equal(info.use, LY_USE_SIGN);
	assert_int_equal(info.point.len, 32);
	assert_int_equal(info.params.len, 0);
	assert_int_equal(parse(make_x509(x25519, "X"), p256, &info), 0);
	assert_int_equal(info.use, LY_USE_DERIVE);
	assert_int_equal(info.bits, 256);
}

static void
test_usage(void **state)
{
	static const struct {
		const char *ku;
		unsigned rsa, ec;
	} v[] = {
		{ NULL, LY_USE_SIGN | LY_USE_DECRYPT,
		    LY_USE_SIGN | LY_USE_DERIVE },
		{ "digitalSignature", LY_USE_SIGN, LY_USE_SIGN },
		{ "nonRepudiation", LY_USE_SIGN, LY_USE_SIGN },
		{ "keyEncipherment", LY_USE_DECRYPT, 0 },
		{ "dataEncipherment", LY_USE_DECRYPT, 0 },
		{ "keyAgreement", 0, LY_USE_DERIVE },
		{ "keyCertSign,cRLSign", 0, 0 },
		{ "keyAgreement,encipherOnly", 0, LY_USE_DERIVE },
		{ "digitalSignature,keyEncipherment,keyAgreement",
		    LY_USE_SIGN | LY_USE_DECRYPT, LY_USE_SIGN | LY_USE_DERIVE },
	};
	struct ly_cert_info info;
	X509 *x;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(v) / sizeof(v[0]); i++) {
		x = make_x509(rsa, "u");
		if (v[i].ku != NULL)
			add_ext(x, NID_key_usage, v[i].ku);
		assert_int_equal(parse(x, rsa, &info), 0);
		assert_int_equal(info.use, v[i].rsa);
		x = make_x509(p256, "u");
		if (v[i].ku != NULL)
			add_ext(x, NID_key_usage, v[i].ku);
		assert_int_equal(parse(x, p256, &info), 0);
		assert_int_equal(info.use, v[i].ec);
	}
	/* An odd extension elsewhere takes nothing away. */
	x = make_x509(rsa, "u");
	add_ext(x, NID_key_usage, "keyEncipherment");
	add_ext(x, NID_basic_constraints, "CA:FALSE");
	add_ext(x, NID_basic_constraints, "CA:FALSE");
	assert_int_equal(parse(x, rsa, &info), 0);
	assert_int_equal(info.use, LY_USE_DECRYPT);
}

static void
test_ca(void **state)
{
	struct ly_cert_info info;
	X509 *x = make_x509(rsa, "ca");

	(void)state;
	add_ext(x, NID_basic_constraints, "critical,CA:TRUE");
	assert_int_equal(parse(x, rsa, &info), 0);
	assert_int_equal(info.is_ca, 1);
	x = make_x509(rsa, "no ca");
	add_ext(x, NID_basic_constraints, "critical,CA:FALSE");
	assert_int_equal(parse(x, rsa, &info), 0);
	assert_int_equal(info.is_ca, 0);
}

static void
test_email_from_san_before_dn(void **state)
{
	struct ly_cert_info info;
	X509 *x = make_x509(rsa, "Alice A.");

	(void)state;
	add_dn(x, "emailAddress", MBSTRING_ASC, "Old@Example.org", -1);
	add_ext(x, NID_subject_alt_name,
	    "DNS:x.example,email:Alice@Example.COM,email:b@example.com");
	assert_int_equal(parse(x, rsa, &info), 0);
	assert_string_equal(info.email, "alice@example.com");
	assert_string_equal(info.name, "Alice A.");
	x = make_x509(rsa, NULL);
	add_dn(x, "emailAddress", MBSTRING_ASC, "Old@Example.org", -1);
	assert_int_equal(parse(x, rsa, &info), 0);
	assert_string_equal(info.email, "old@example.org");
	assert_string_equal(info.name, "old@example.org");
	assert_int_equal(parse(make_x509(rsa, NULL), rsa, &info), 0);
	assert_string_equal(info.email, "");
	assert_string_equal(info.name, "");
}

static void
test_email_that_deceives(void **state)
{
	static const struct {
		const char *text;
		int len, r;
	} v[] = {
		{ "alice@example.com\0.evil.example", 31, LY_ERR_FORMAT },
		{ "\0", 1, LY_ERR_FORMAT },
		{ "a@b\n", 4, LY_ERR_FORMAT },
		{ "a@b\x1b[2J", 7, LY_ERR_FORMAT },
		{ "a b@c", 5, 0 },	/* passed over */
		{ "nobody", 6, 0 },
		{ "\xe4@b.c", 5, 0 },
		{ "", 0, 0 },
	};
	struct ly_cert_info info;
	size_t i;
	X509 *x;

	(void)state;
	for (i = 0; i < sizeof(v) / sizeof(v[0]); i++) {
		x = make_x509(rsa, "n");
		add_san(x, v[i].text, v[i].len);
		assert_int_equal(parse(x, rsa, &info), v[i].r);
		if (v[i].r == 0)
			assert_string_equal(info.email, "");
		if (v[i].len == 0)
			continue;
		x = make_x509(rsa, "n");
		add_dn(x, "emailAddress", V_ASN1_IA5STRING, v[i].text,
		    v[i].len);
		assert_int_equal(parse(x, rsa, &info), v[i].r);
	}
}

static void
test_email_of_greatest_length(void **state)
{
	struct ly_cert_info info;
	char text[LY_EMAIL_MAX + 1];
	X509 *x;
	int i;

	(void)state;
	memset(text, 'a', sizeof(text));
	text[1] = '@';
	for (i = LY_EMAIL_MAX - 1; i <= LY_EMAIL_MAX; i++) {
		x = make_x509(rsa, "n");
		add_san(x, text, i);
		assert_int_equal(parse(x, rsa, &info), 0);
		assert_int_equal(strlen(info.email), i < LY_EMAIL_MAX ? i : 0);
	}
}

static void
test_name_is_cut_between_characters(void **state)
{
	struct ly_cert_info info;
	char text[201];
	size_t i, n;

	(void)state;
	for (n = 120; n < 140; n++) {
		/* One ASCII byte in front shifts the boundary about. */
		memset(text, 'x', n % 3);
		for (i = n % 3; i + 3 <= n; i += 3)
			memcpy(text + i, "\xe2\x82\xac", 3);
		text[i] = '\0';
		must(strlen(text) < sizeof(text));
		X509 *x = make_x509(rsa, NULL);

		add_dn(x, "2.5.4.41", MBSTRING_UTF8, "other", -1);
		must(X509_NAME_add_entry_by_NID(X509_get_subject_name(x),
		    NID_commonName, V_ASN1_UTF8STRING,
		    (unsigned char *)text, (int)strlen(text), -1, 0) == 1);
		assert_int_equal(parse(x, rsa, &info), 0);
		i = strlen(info.name);
		assert_true(i < sizeof(info.name) && i + 3 > (n < 128 ? n :
		    sizeof(info.name) - 1) - 2);
		assert_int_equal((i - n % 3) % 3, 0);
		assert_memory_equal(info.name, text, i);
	}
}

static void
test_name_with_controls_gives_way(void **state)
{
	static const char *const bad[] = { "a\x1b[31mb", "a\nb",
		"a\xc2\x9b\x33m" };
	struct ly_cert_info info;
	size_t i;
	X509 *x;

	(void)state;
	for (i = 0; i < 3; i++) {
		x = make_x509(rsa, bad[i]);
		add_san(x, "a@b.c", 5);
		assert_int_equal(parse(x, rsa, &info), 0);
		assert_string_equal(info.name, "a@b.c");
	}
	x = make_x509(rsa, "first");
	add_dn(x, "CN", MBSTRING_UTF8, "second \xc3\xa4", -1);
	assert_int_equal(parse(x, rsa, &info), 0);
	assert_string_equal(info.name, "second \xc3\xa4");
}

static void
test_has_email(void **state)
{
	X509 *x = make_x509(rsa, "n");
	struct ly_buf der;

	(void)state;
	add_dn(x, "emailAddress", MBSTRING_ASC, "Old@Example.org", -1);
	add_ext(x, NID_subject_alt_name,
	    "email:Alice@Example.COM,email:b@example.com");
	x509_sign(x, rsa, &der);
	assert_true(ly_cert_has_email(der.data, der.len,
	    "alice@EXAMPLE.com"));
	assert_true(ly_cert_has_email(der.data, der.len, "b@example.com"));
	assert_true(ly_cert_has_email(der.data, der.len, "old@example.org"));
	assert_false(ly_cert_has_email(der.data, der.len, "b@example.co"));
	assert_false(ly_cert_has_email(der.data, der.len, "b@example.comm"));
	assert_false(ly_cert_has_email(der.data, der.len, ""));
	assert_false(ly_cert_has_email(der.data, der.len - 1,
	    "b@example.com"));
	assert_false(ly_cert_has_email((const uint8_t *)"", 0, "a@b.c"));
	ly_buf_clear(&der);
	X509_free(x);
}

static void
test_other_keys(void **state)
{
	EVP_PKEY *k1 = make_ec("secp256k1"), *k2 = make_named("ED448");
	struct ly_cert_info info;

	(void)state;
	assert_int_equal(parse(make_x509(k1, "n"), k1, &info),
	    LY_ERR_UNSUPPORTED);
	assert_int_equal(parse(make_x509(k2, "n"), rsa, &info),
	    LY_ERR_UNSUPPORTED);
	assert_int_equal(info.use, 0xaaaaaaaau);	/* untouched */
	EVP_PKEY_free(k1);
	EVP_PKEY_free(k2);
}

/* Truncated, extended, and each byte changed: refused or read, no more. */
static void
test_damaged(void **state)
{
	X509 *x = make_x509(p256, "n");
	struct ly_cert_info info;
	struct ly_buf der;
	uint8_t *copy;
	size_t i;
	int r;

	(void)state;
	add_ext(x, NID_subject_alt_name, "email:alice@example.com");
	x509_sign(x, p256, &der);
	for (i = 0; i < der.len; i++) {
		assert_non_null(copy = malloc(i + 1));
		memcpy(copy, der.data, i);
		assert_int_equal(ly_cert_parse(copy, i, &info),
		    LY_ERR_FORMAT);
		free(copy);
		der.data[i] ^= 0x5a;
		r = ly_cert_parse(der.data, der.len, &info);
		assert_true(r == 0 || r == LY_ERR_FORMAT ||
		    r == LY_ERR_UNSUPPORTED);
		der.data[i] ^= 0x5a;
	}
	assert_int_equal(ly_buf_put_u8(&der, 0), 0);
	assert_int_equal(ly_cert_parse(der.data, der.len, &info),
	    LY_ERR_FORMAT);
	assert_int_equal(ly_cert_parse(der.data, LY_CERT_MAX + 1, &info),
	    LY_ERR_TOOBIG);
	ly_buf_clear(&der);
	X509_free(x);
}

/* A public key whose point is not on its curve. */
static void
test_point_off_the_curve(void **state)
{
	X509 *x = make_x509(p256, "n");
	struct ly_cert_info info;
	struct ly_buf der;

	(void)state;
	x509_sign(x, p256, &der);
	assert_int_equal(ly_cert_parse(der.data, der.len, &info), 0);
	der.data[info.point.off + 40] ^= 1;
	assert_int_equal(ly_cert_parse(der.data, der.len, &info),
	    LY_ERR_FORMAT);
	ly_buf_clear(&der);
	X509_free(x);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_spans),
		cmocka_unit_test(test_curve_spans),
		cmocka_unit_test(test_usage),
		cmocka_unit_test(test_ca),
		cmocka_unit_test(test_email_from_san_before_dn),
		cmocka_unit_test(test_email_that_deceives),
		cmocka_unit_test(test_email_of_greatest_length),
		cmocka_unit_test(test_name_is_cut_between_characters),
		cmocka_unit_test(test_name_with_controls_gives_way),
		cmocka_unit_test(test_has_email),
		cmocka_unit_test(test_other_keys),
		cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_point_off_the_curve),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
