/* seal.c: who can be sealed to, and that OpenSSL's own CMS opens it. */
#include "unit.h"

#include <openssl/cms.h>

#include "seal_fixture.h"

static void
test_key_id(void **state)
{
	uint8_t id[LY_KEY_ID_LEN], hash[32];

	(void)state;
	assert_int_equal(ly_key_id((const uint8_t *)"spki", 4, id), 0);
	must(ly_digest(LY_SHA256, "spki", 4, hash) == 0);
	assert_memory_equal(id, hash, LY_KEY_ID_LEN);
}

/* Break-glass: CMS_decrypt is what "openssl cms -decrypt" calls. */
static void
test_openssl_opens_it(void **state)
{
	const unsigned char *at;
	unsigned char *data = NULL;
	CMS_ContentInfo *cms;
	struct ly_buf sealed;
	BIO *out = BIO_new(BIO_s_mem());
	X509 *x;
	char oid[64];
	long n;

	(void)state;
	fx_seal(&sealed);
	at = sealed.data;
	assert_non_null(cms = d2i_CMS_ContentInfo(NULL, &at,
	    (long)sealed.len));
	assert_int_equal(OBJ_obj2nid(CMS_get0_type(cms)),
	    NID_id_smime_ct_authEnvelopedData);
	(void)OBJ_obj2txt(oid, sizeof(oid), CMS_get0_eContentType(cms), 1);
	assert_string_equal(oid, "2.16.840.1.101.2.1.2.78.5");
	at = fx.recv_der.data;
	x = d2i_X509(NULL, &at, (long)fx.recv_der.len);
	assert_int_equal(CMS_decrypt(cms, ly_pkey_evp(fx.recv), x, NULL, out,
	    CMS_BINARY), 1);
	n = BIO_get_mem_data(out, &data);
	/* SEQUENCE OF one key: two bytes, then the key. */
	assert_int_equal(n, fx.pkcs8.len + 2);
	assert_int_equal(data[0], 0x30);
	assert_memory_equal(data + 2, fx.pkcs8.data, fx.pkcs8.len);
	X509_free(x);
	BIO_free(out);
	CMS_ContentInfo_free(cms);
	ly_buf_clear(&sealed);
}

static void
test_never_twice_the_same(void **state)
{
	struct ly_buf a, b;

	(void)state;
	fx_seal(&a);
	fx_seal(&b);
	assert_int_equal(a.len, b.len);
	assert_memory_not_equal(a.data + a.len - 16, b.data + b.len - 16, 16);
	ly_buf_clear(&a);
	ly_buf_clear(&b);
}

static void
test_recipients_that_are_refused(void **state)
{
	EVP_PKEY *p384 = make_ec("P-384"), *rsa = make_rsa(2048);
	X509 *x;
	struct ly_buf out, der;
	struct ly_secret big = LY_SECRET_INIT;

	(void)state;
	ly_buf_init(&out, LY_SEALED_MAX);
	x = make_x509(p384, "x");
	x509_sign(x, p384, &der);
	assert_int_equal(ly_seal(&fx.pkcs8, der.data, der.len, &out),
	    LY_ERR_UNSUPPORTED);
	X509_free(x);
	ly_buf_clear(&der);
	x = make_x509(rsa, "x");
	x509_sign(x, rsa, &der);
	assert_int_equal(ly_seal(&fx.pkcs8, der.data, der.len, &out),
	    LY_ERR_UNSUPPORTED);
	X509_free(x);
	ly_buf_clear(&der);
	/* A key that may only sign. */
	assert_int_equal(ly_seal(&fx.pkcs8, fx.sealer_der.data,
	    fx.sealer_der.len, &out), LY_ERR_DENIED);
	assert_int_equal(ly_seal(&fx.pkcs8, fx.recv_der.data,
	    fx.recv_der.len - 1, &out), LY_ERR_FORMAT);
	must(ly_secret_alloc(&big, LY_PKEY_DER_MAX + 1) == 0);
	assert_int_equal(ly_seal(&big, fx.recv_der.data, fx.recv_der.len,
	    &out), LY_ERR_TOOBIG);
	big.len = big.cap;
	assert_int_equal(ly_seal(&big, fx.recv_der.data, fx.recv_der.len,
	    &out), LY_ERR_TOOBIG);
	assert_int_equal(out.len, 0);
	EVP_PKEY_free(p384);
	EVP_PKEY_free(rsa);
	ly_secret_clear(&big);
	ly_buf_clear(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_key_id),
		cmocka_unit_test(test_openssl_opens_it),
		cmocka_unit_test(test_never_twice_the_same),
		cmocka_unit_test(test_recipients_that_are_refused),
	};

	return cmocka_run_group_tests(tests, fx_setup, fx_teardown);
}
