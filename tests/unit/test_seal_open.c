/* seal_open.c: the one shape, every change of it, other recipients. */
#include "unit.h"

#include <openssl/cms.h>
#include <openssl/err.h>

#include "der.h"
#include "seal_fixture.h"

static int
unseal(const struct ly_buf *in, const struct ly_pkey *key,
    const struct ly_buf *cert, struct ly_secret *out)
{
	return ly_unseal(in->data, in->len, key, cert->data, cert->len, out);
}

static void
test_there_and_back(void **state)
{
	struct ly_secret rsa = LY_SECRET_INIT, out = LY_SECRET_INIT;
	EVP_PKEY *k = make_rsa(4096);
	struct ly_buf sealed;

	(void)state;
	fx_seal(&sealed);
	assert_int_equal(unseal(&sealed, fx.recv, &fx.recv_der, &out), 0);
	assert_int_equal(out.len, fx.pkcs8.len);
	assert_memory_equal(out.data, fx.pkcs8.data, out.len);
	evp_pkcs8(k, &rsa);
	sealed.len = 0;
	assert_int_equal(ly_seal(&rsa, fx.recv_der.data, fx.recv_der.len,
	    &sealed), 0);
	assert_int_equal(unseal(&sealed, fx.recv, &fx.recv_der, &out), 0);
	assert_int_equal(out.len, rsa.len);
	assert_memory_equal(out.data, rsa.data, out.len);
	EVP_PKEY_free(k);
	ly_buf_clear(&sealed);
	ly_secret_clear(&rsa);
	ly_secret_clear(&out);
}

static void
test_other_recipients(void **state)
{
	struct ly_secret out = LY_SECRET_INIT;
	struct ly_buf sealed;

	(void)state;
	fx_seal(&sealed);
	assert_int_equal(unseal(&sealed, fx.other, &fx.other_der, &out),
	    LY_ERR_AUTH);
	/* The right certificate with the wrong key, and the reverse. */
	assert_int_equal(unseal(&sealed, fx.other, &fx.recv_der, &out),
	    LY_ERR_AUTH);
	assert_int_equal(unseal(&sealed, fx.recv, &fx.other_der, &out),
	    LY_ERR_AUTH);
	assert_null(out.data);
	ly_buf_clear(&sealed);
}

static void
test_every_changed_byte_is_noticed(void **state)
{
	struct ly_secret out = LY_SECRET_INIT;
	struct ly_buf sealed;
	uint8_t *copy;
	size_t i;
	int r, bit;

	(void)state;
	fx_seal(&sealed);
	ERR_clear_error();
	for (i = 0; i < sealed.len; i++) {
		for (bit = 1; bit < 256; bit *= 16) {
			sealed.data[i] ^= (uint8_t)bit;
			r = unseal(&sealed, fx.recv, &fx.recv_der, &out);
			assert_true(r == LY_ERR_FORMAT || r == LY_ERR_AUTH);
			sealed.data[i] ^= (uint8_t)bit;
		}
		assert_non_null(copy = malloc(i + 1));
		memcpy(copy, sealed.data, i);
		assert_int_equal(ly_unseal(copy, i, fx.recv,
		    fx.recv_der.data, fx.recv_der.len, &out), LY_ERR_FORMAT);
		free(copy);
	}
	must(ly_buf_put_u8(&sealed, 0) == 0);
	assert_int_equal(unseal(&sealed, fx.recv, &fx.recv_der, &out),
	    LY_ERR_FORMAT);
	assert_int_equal(ly_unseal(sealed.data, LY_SEALED_MAX + 1, fx.recv,
	    fx.recv_der.data, fx.recv_der.len, &out), LY_ERR_FORMAT);
	assert_null(out.data);
	assert_int_equal(ERR_get_error(), 0);
	ly_buf_clear(&sealed);
}

/* What OpenSSL makes of data with these choices; "openssl cms" can too. */
static void
enveloped(const EVP_CIPHER *cipher, const char *type, const EVP_MD *kdf,
    const struct ly_secret *data, struct ly_buf *out)
{
	const unsigned char *at = fx.recv_der.data;
	X509 *x = d2i_X509(NULL, &at, (long)fx.recv_der.len);
	CMS_ContentInfo *cms;
	CMS_RecipientInfo *ri;
	unsigned char *der = NULL;
	BIO *in = BIO_new_mem_buf(data->data, (int)data->len);
	ASN1_OBJECT *o = OBJ_txt2obj(type, 1);
	int n;

	if (EVP_CIPHER_get_mode(cipher) == EVP_CIPH_GCM_MODE)
		cms = CMS_AuthEnvelopedData_create(cipher);
	else
		cms = CMS_EnvelopedData_create(cipher);
	must(cms != NULL && CMS_set_detached(cms, 0) == 1);
	must(CMS_set1_eContentType(cms, o) == 1);
	ri = CMS_add1_recipient_cert(cms, x, CMS_KEY_PARAM);
	must(ri != NULL && EVP_PKEY_CTX_set_ecdh_kdf_md(
	    CMS_RecipientInfo_get0_pkey_ctx(ri), kdf) == 1);
	must(CMS_final(cms, in, NULL, CMS_BINARY) == 1);
	must((n = i2d_CMS_ContentInfo(cms, &der)) > 0);
	ly_buf_init(out, LY_SEALED_MAX);
	must(ly_buf_put(out, der, (size_t)n) == 0);
	OPENSSL_free(der);
	ASN1_OBJECT_free(o);
	BIO_free(in);
	X509_free(x);
	CMS_ContentInfo_free(cms);
}

#define OID_PACKAGE "2.16.840.1.101.2.1.2.78.5"

static void
test_other_shapes(void **state)
{
	struct ly_secret package = LY_SECRET_INIT, out = LY_SECRET_INIT;
	uint8_t head[LY_DER_HEAD_MAX];
	struct ly_buf b;
	size_t n;

	(void)state;
	n = ly_der_head(LY_DER_SEQ, fx.pkcs8.len, head);
	must(ly_secret_alloc(&package, 3 * fx.pkcs8.len + 8) == 0);
	must(ly_secret_append(&package, head, n) == 0);
	must(ly_secret_append(&package, fx.pkcs8.data, fx.pkcs8.len) == 0);
	enveloped(EVP_aes_256_gcm(), OID_PACKAGE, EVP_sha256(), &package, &b);
	assert_int_equal(unseal(&b, fx.recv, &fx.recv_der, &out), 0);
	ly_buf_clear(&b);
	enveloped(EVP_aes_128_gcm(), OID_PACKAGE, EVP_sha256(), &package, &b);
	assert_int_equal(unseal(&b, fx.recv, &fx.recv_der, &out),
	    LY_ERR_FORMAT);
	ly_buf_clear(&b);
	enveloped(EVP_aes_256_cbc(), OID_PACKAGE, EVP_sha256(), &package, &b);
	assert_int_equal(unseal(&b, fx.recv, &fx.recv_der, &out),
	    LY_ERR_FORMAT);
	ly_buf_clear(&b);
	enveloped(EVP_aes_256_gcm(), OID_PACKAGE, EVP_sha1(), &package, &b);
	assert_int_equal(unseal(&b, fx.recv, &fx.recv_der, &out),
	    LY_ERR_FORMAT);
	ly_buf_clear(&b);
	enveloped(EVP_aes_256_gcm(), "1.2.840.113549.1.7.1", EVP_sha256(),
	    &package, &b);
	assert_int_equal(unseal(&b, fx.recv, &fx.recv_der, &out),
	    LY_ERR_FORMAT);
	ly_buf_clear(&b);
	ly_secret_clear(&package);
	ly_secret_clear(&out);
}

/* Sealed all right, but not a package of exactly one key. */
static void
test_other_contents(void **state)
{
	static const struct {
		const char *data;
		size_t len;
	} v[] = {
		{ "\x30\x00", 2 },
		{ "\x30\x04\x30\x00\x30\x00", 6 },
		{ "\x30\x02\x30\x00\x00", 5 },
		{ "\x30\x02\x04\x00", 4 },
		{ "nonsense", 8 },
		{ "\0", 1 },
	};
	struct ly_secret s = LY_SECRET_INIT, out = LY_SECRET_INIT;
	struct ly_buf b;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(v) / sizeof(v[0]); i++) {
		must(ly_secret_set(&s, v[i].data, v[i].len) == 0);
		enveloped(EVP_aes_256_gcm(), OID_PACKAGE, EVP_sha256(), &s, &b);
		assert_int_equal(unseal(&b, fx.recv, &fx.recv_der, &out),
		    LY_ERR_FORMAT);
		ly_buf_clear(&b);
	}
	assert_null(out.data);
	ly_secret_clear(&s);
}

/*
 * A tag cut to four bytes, lengths mended: OpenSSL's CMS would take it with
 * a chance of 2^-32 for each forgery.
 */
static void
test_short_tag(void **state)
{
	struct ly_secret out = LY_SECRET_INIT;
	struct ly_buf b;
	uint8_t *p;

	(void)state;
	fx_seal(&b);
	p = b.data;
	/* Three outer lengths of two bytes each: 30 82, a0 82, 30 82. */
	assert_int_equal(p[1], 0x82);
	assert_int_equal(p[18], 0x82);
	assert_int_equal(p[22], 0x82);
	b.len -= 12;
	p[3] = (uint8_t)(p[3] - 12);
	p[20] = (uint8_t)(p[20] - 12);
	p[24] = (uint8_t)(p[24] - 12);
	assert_int_equal(b.data[b.len - 5], 16);
	b.data[b.len - 5] = 4;
	assert_int_equal(unseal(&b, fx.recv, &fx.recv_der, &out),
	    LY_ERR_FORMAT);
	ly_buf_clear(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_there_and_back),
		cmocka_unit_test(test_other_recipients),
		cmocka_unit_test(test_every_changed_byte_is_noticed),
		cmocka_unit_test(test_other_shapes),
		cmocka_unit_test(test_other_contents),
		cmocka_unit_test(test_short_tag),
	};

	return cmocka_run_group_tests(tests, fx_setup, fx_teardown);
}
