/* seal_lease.c: only a sealer signs, and all of it is signed. */
#include "unit.h"

#include <openssl/cms.h>
#include <openssl/err.h>

#include "seal_fixture.h"

#define ARC LY_OID_ARC

static const struct ly_lease good = { { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12,
	13, 14, 15, 16 }, 1893456000 };

static void
sign(const struct ly_pkey *key, const struct ly_buf *cert,
    const struct ly_lease *lease, struct ly_buf *out)
{
	struct ly_buf sealed;

	fx_seal(&sealed);
	ly_buf_init(out, 2 * LY_SEALED_MAX);
	must(ly_lease_sign(sealed.data, sealed.len, lease, key, cert->data,
	    cert->len, out) == 0);
	ly_buf_clear(&sealed);
}

static int
lease_open(const struct ly_buf *in, struct ly_lease *lease)
{
	struct ly_buf sealed;
	int r;

	ly_buf_init(&sealed, LY_SEALED_MAX);
	r = ly_lease_open(in->data, in->len, fx.ca_der.data, fx.ca_der.len,
	    lease, &sealed);
	assert_int_equal(r == 0, sealed.len > 0);
	ly_buf_clear(&sealed);
	return r;
}

static void
test_there_and_back(void **state)
{
	struct ly_secret key = LY_SECRET_INIT;
	struct ly_lease lease = { { 0 }, 0 };
	struct ly_buf signed_, sealed;

	(void)state;
	sign(fx.sealer, &fx.sealer_der, &good, &signed_);
	ly_buf_init(&sealed, LY_SEALED_MAX);
	assert_int_equal(ly_lease_open(signed_.data, signed_.len,
	    fx.ca_der.data, fx.ca_der.len, &lease, &sealed), 0);
	assert_memory_equal(lease.key_id, good.key_id, LY_KEY_ID_LEN);
	assert_int_equal(lease.not_after, good.not_after);
	assert_int_equal(ly_unseal(sealed.data, sealed.len, fx.recv,
	    fx.recv_der.data, fx.recv_der.len, &key), 0);
	assert_memory_equal(key.data, fx.pkcs8.data, key.len);
	ly_secret_clear(&key);
	ly_buf_clear(&sealed);
	ly_buf_clear(&signed_);
}

/* "openssl cms -verify -purpose any -CAfile ca.pem" does the same. */
static void
test_openssl_verifies_it(void **state)
{
	const unsigned char *at;
	X509_STORE *store = X509_STORE_new();
	CMS_ContentInfo *cms;
	struct ly_buf b;
	BIO *out = BIO_new(BIO_s_mem());
	X509 *ca;

	(void)state;
	sign(fx.sealer, &fx.sealer_der, &good, &b);
	at = fx.ca_der.data;
	ca = d2i_X509(NULL, &at, (long)fx.ca_der.len);
	must(X509_STORE_add_cert(store, ca) == 1);
	must(X509_STORE_set_purpose(store, X509_PURPOSE_ANY) == 1);
	at = b.data;
	assert_non_null(cms = d2i_CMS_ContentInfo(NULL, &at, (long)b.len));
	assert_int_equal(CMS_verify(cms, NULL, store, NULL, out, CMS_BINARY),
	    1);
	CMS_ContentInfo_free(cms);
	BIO_free(out);
	X509_free(ca);
	X509_STORE_free(store);
	ly_buf_clear(&b);
}

/* Every certificate of the CA but a sealer's, and a sealer of another CA. */
static void
test_other_signers(void **state)
{
	static const enum ly_cert_kind kinds[] = { LY_CERT_TLS_SERVER,
		LY_CERT_DEVICE_AUTH };
	struct ly_lease lease;
	struct ly_buf cert, b, ca2_der;
	struct ly_pkey *ca2 = make_p256();
	size_t i;

	(void)state;
	for (i = 0; i < 2; i++) {
		make_cert(kinds[i], fx.ca, &fx.ca_der, "host", fx.other,
		    &cert);
		sign(fx.other, &cert, &good, &b);
		assert_int_equal(lease_open(&b, &lease), LY_ERR_AUTH);
		ly_buf_clear(&cert);
		ly_buf_clear(&b);
	}
	sign(fx.recv, &fx.recv_der, &good, &b);
	assert_int_equal(lease_open(&b, &lease), LY_ERR_AUTH);
	ly_buf_clear(&b);
	sign(fx.ca, &fx.ca_der, &good, &b);
	assert_int_equal(lease_open(&b, &lease), LY_ERR_AUTH);
	ly_buf_clear(&b);
	make_cert(LY_CERT_CA, ca2, NULL, "CA", ca2, &ca2_der);
	make_cert(LY_CERT_SEALER, ca2, &ca2_der, "sealer", fx.other, &cert);
	sign(fx.other, &cert, &good, &b);
	assert_int_equal(lease_open(&b, &lease), LY_ERR_AUTH);
	ly_buf_clear(&b);
	ly_buf_clear(&cert);
	ly_buf_clear(&ca2_der);
	ly_pkey_free(&ca2);
}

/* The signing time lies outside the sealer's validity. */
static void
test_sealer_that_had_ended(void **state)
{
	struct ly_lease lease;
	struct ly_buf cert, spki, b;

	(void)state;
	get_spki(fx.other, &spki);
	ly_buf_init(&cert, LY_CERT_MAX);
	must(ly_cert_issue(LY_CERT_SEALER, fx.ca, fx.ca_der.data,
	    fx.ca_der.len, "old", spki.data, spki.len, ly_time() - 10,
	    &cert) == 0);
	sign(fx.other, &cert, &good, &b);
	assert_int_equal(lease_open(&b, &lease), LY_ERR_AUTH);
	ly_buf_clear(&b);
	ly_buf_clear(&cert);
	ly_buf_clear(&spki);
}

/* All but what nobody signs: unsigned bytes may change, never the lease. */
static void
test_changed_bytes(void **state)
{
	struct ly_lease lease;
	struct ly_buf b, sealed, want;
	size_t i;
	int r;

	(void)state;
	sign(fx.sealer, &fx.sealer_der, &good, &b);
	ly_buf_init(&sealed, LY_SEALED_MAX);
	ly_buf_init(&want, LY_SEALED_MAX);
	must(ly_lease_open(b.data, b.len, fx.ca_der.data, fx.ca_der.len,
	    &lease, &want) == 0);
	ERR_clear_error();
	for (i = 0; i < b.len; i++) {
		b.data[i] ^= 0x21;
		sealed.len = 0;
		memset(&lease, 0, sizeof(lease));
		r = ly_lease_open(b.data, b.len, fx.ca_der.data,
		    fx.ca_der.len, &lease, &sealed);
		if (r == 0) {
			assert_memory_equal(lease.key_id, good.key_id,
			    LY_KEY_ID_LEN);
			assert_int_equal(lease.not_after, good.not_after);
			assert_int_equal(sealed.len, want.len);
			assert_memory_equal(sealed.data, want.data,
			    want.len);
		} else {
			assert_true(r == LY_ERR_FORMAT || r == LY_ERR_AUTH);
			assert_int_equal(lease.not_after, 0);
		}
		b.data[i] ^= 0x21;
	}
	for (i = 0; i < b.len; i += 7)
		assert_int_equal(ly_lease_open(b.data, i, fx.ca_der.data,
		    fx.ca_der.len, &lease, &sealed), LY_ERR_FORMAT);
	must(ly_buf_put_u8(&b, 0) == 0);
	assert_int_equal(lease_open(&b, &lease), LY_ERR_FORMAT);
	assert_int_equal(ERR_get_error(), 0);
	ly_buf_clear(&b);
	ly_buf_clear(&sealed);
	ly_buf_clear(&want);
}

enum oddity { NONE, NO_ATTRS, NO_END, NO_ID, LONG_ID, TWO_ENDS, OTHER_TYPE,
	NO_CERT, TWO_SIGNERS };

static void
add_end(CMS_SignerInfo *si, const char *end)
{
	ASN1_OBJECT *o = OBJ_txt2obj(ARC ".2", 1);

	must(CMS_signed_add1_attr_by_OBJ(si, o, V_ASN1_GENERALIZEDTIME, end,
	    (int)strlen(end)) == 1);
	ASN1_OBJECT_free(o);
}

/* By the right sealer, but not as ly_lease_sign would. */
static void
odd_lease(enum oddity odd, struct ly_buf *out)
{
	unsigned flags = CMS_PARTIAL | CMS_BINARY | CMS_NOSMIMECAP;
	const unsigned char *at = fx.sealer_der.data;
	X509 *x = d2i_X509(NULL, &at, (long)fx.sealer_der.len);
	ASN1_OBJECT *id = OBJ_txt2obj(ARC ".1", 1);
	CMS_ContentInfo *cms = CMS_sign(NULL, NULL, NULL, NULL, flags);
	BIO *in = BIO_new_mem_buf("sealed", 6);
	unsigned char *der = NULL;
	CMS_SignerInfo *si;
	int n;

	if (odd == NO_ATTRS)
		flags |= CMS_NOATTR;
	if (odd == NO_CERT)
		flags |= CMS_NOCERTS;
	if (odd != OTHER_TYPE)
		must(CMS_set1_eContentType(cms, OBJ_nid2obj(
		    NID_id_smime_ct_contentInfo)) == 1);
	si = CMS_add1_signer(cms, x, ly_pkey_evp(fx.sealer), EVP_sha256(),
	    flags);
	must(si != NULL);
	if (odd != NO_END && odd != NO_ATTRS)
		add_end(si, "20300101000000Z");
	if (odd == TWO_ENDS)
		add_end(si, "20400101000000Z");
	if (odd != NO_ID && odd != NO_ATTRS)
		must(CMS_signed_add1_attr_by_OBJ(si, id, V_ASN1_OCTET_STRING,
		    good.key_id, odd == LONG_ID ? 15 : 16) == 1);
	if (odd == TWO_SIGNERS)
		must(CMS_add1_signer(cms, x, ly_pkey_evp(fx.sealer),
		    EVP_sha384(), flags | CMS_NOCERTS) != NULL);
	must(CMS_final(cms, in, NULL, flags) == 1);
	must((n = i2d_CMS_ContentInfo(cms, &der)) > 0);
	ly_buf_init(out, LY_SEALED_MAX);
	must(ly_buf_put(out, der, (size_t)n) == 0);
	OPENSSL_free(der);
	ASN1_OBJECT_free(id);
	X509_free(x);
	BIO_free(in);
	CMS_ContentInfo_free(cms);
}

static void
test_odd_leases(void **state)
{
	struct ly_lease lease;
	struct ly_buf b;
	int odd;

	(void)state;
	for (odd = NONE; odd <= TWO_SIGNERS; odd++) {
		odd_lease((enum oddity)odd, &b);
		assert_int_equal(lease_open(&b, &lease), odd == NONE ? 0 :
		    LY_ERR_FORMAT);
		ly_buf_clear(&b);
	}
}

static void
test_not_signed_data(void **state)
{
	struct ly_lease lease;
	struct ly_buf b;

	(void)state;
	fx_seal(&b);
	assert_int_equal(lease_open(&b, &lease), LY_ERR_FORMAT);
	ly_buf_clear(&b);
	assert_int_equal(lease_open(&fx.ca_der, &lease), LY_ERR_FORMAT);
	assert_int_equal(lease_open(&b, &lease), LY_ERR_FORMAT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_there_and_back),
		cmocka_unit_test(test_openssl_verifies_it),
		cmocka_unit_test(test_other_signers),
		cmocka_unit_test(test_sealer_that_had_ended),
		cmocka_unit_test(test_changed_bytes),
		cmocka_unit_test(test_odd_leases),
		cmocka_unit_test(test_not_signed_data),
	};

	return cmocka_run_group_tests(tests, fx_setup, fx_teardown);
}
