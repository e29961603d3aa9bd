/* p12.c: files of users, old and new, and each way they are wrong. */
#include "unit.h"

#include <openssl/err.h>
#include <openssl/pkcs12.h>
#include <openssl/provider.h>

#include "keys.h"
#include "p12.h"

static EVP_PKEY *rsa, *ec, *other;
static X509 *rsa_x, *ec_x, *ca_x;

static int
setup(void **state)
{
	EVP_PKEY *ca = make_ec("P-256");

	(void)state;
	rsa = make_rsa(2048);
	ec = make_ec("P-256");
	other = make_rsa(1024);
	rsa_x = make_x509(rsa, "Alice");
	ec_x = make_x509(ec, "Alice EC");
	ca_x = make_x509(ca, "CA");
	must(X509_sign(rsa_x, ca, ly_md(LY_SHA256)) > 0);
	must(X509_sign(ec_x, ca, ly_md(LY_SHA256)) > 0);
	must(X509_sign(ca_x, ca, ly_md(LY_SHA256)) > 0);
	EVP_PKEY_free(ca);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	EVP_PKEY_free(rsa);
	EVP_PKEY_free(ec);
	EVP_PKEY_free(other);
	X509_free(rsa_x);
	X509_free(ec_x);
	X509_free(ca_x);
	return 0;
}

/* Take the DER of p12 into out, and free it. */
static void
save(PKCS12 *p12, struct ly_buf *out)
{
	unsigned char *der = NULL;
	int n = 0;

	must(p12 != NULL && (n = i2d_PKCS12(p12, &der)) > 0);
	ly_buf_init(out, LY_P12_MAX);
	must(ly_buf_put(out, der, (size_t)n) == 0);
	OPENSSL_free(der);
	PKCS12_free(p12);
}

static STACK_OF(X509) *
stack(X509 *a, X509 *b)
{
	STACK_OF(X509) *s = sk_X509_new_null();

	must(s != NULL && (a == NULL || sk_X509_push(s, a) > 0));
	must(b == NULL || sk_X509_push(s, b) > 0);
	return s;
}

/* As "openssl pkcs12 -export" with one algorithm for key and certificate. */
static void
make(const char *pass, EVP_PKEY *key, X509 *cert, X509 *more, int nid,
    struct ly_buf *out)
{
	STACK_OF(X509) *s = stack(more, NULL);

	save(PKCS12_create_ex(pass, "friendly", key, cert, s, nid, nid, 0, 0,
	    0, ly_libctx(), NULL), out);
	sk_X509_free(s);
}

static int
p12_open(const struct ly_buf *f, const char *pass, struct ly_p12 *p12,
    struct ly_why *why)
{
	struct ly_secret s = LY_SECRET_INIT;
	int r;

	must(ly_secret_set(&s, pass, strlen(pass)) == 0);
	why->text[0] = '\0';
	memset(p12, 0, sizeof(*p12));
	r = ly_p12_open(f->data, f->len, &s, p12, why);
	if (r != 0) {
		assert_int_not_equal(why->text[0], '\0');
		assert_null(p12->pkcs8.data);
		assert_null(p12->cert.data);
	}
	ly_secret_clear(&s);
	return r;
}

static int
open_error(const struct ly_buf *f, const char *pass)
{
	struct ly_p12 p12;
	struct ly_why why;
	int r = p12_open(f, pass, &p12, &why);

	ly_p12_clear(&p12);
	return r;
}

static void
assert_cert(const struct ly_buf *b, X509 *x)
{
	unsigned char *der = NULL;
	int n = i2d_X509(x, &der);

	assert_int_equal(b->len, n);
	assert_memory_equal(b->data, der, b->len);
	OPENSSL_free(der);
}

static void
assert_key(const struct ly_p12 *p12, EVP_PKEY *k)
{
	struct ly_pkey *p = NULL;

	assert_int_equal(ly_pkey_from_der(p12->pkcs8.data, p12->pkcs8.len,
	    &p), 0);
	assert_int_equal(EVP_PKEY_eq(ly_pkey_evp(p), k), 1);
	ly_pkey_free(&p);
}

static void
test_ordinary_files(void **state)
{
	static const int nids[] = { 0, NID_aes_128_cbc,
		NID_pbe_WithSHA1And3_Key_TripleDES_CBC, -1 };
	struct ly_p12 p12;
	struct ly_why why;
	struct ly_buf f;
	size_t i;

	(void)state;
	ERR_clear_error();
	for (i = 0; i < 4; i++) {
		make("secret", rsa, rsa_x, ca_x, nids[i], &f);
		assert_int_equal(p12_open(&f, "secret", &p12, &why), 0);
		assert_key(&p12, rsa);
		assert_cert(&p12.cert, rsa_x);
		assert_int_equal(p12.nchain, 1);
		assert_cert(&p12.chain[0], ca_x);
		ly_p12_clear(&p12);
		ly_p12_clear(&p12);
		assert_int_equal(open_error(&f, "Secret"), LY_ERR_AUTH);
		assert_int_equal(open_error(&f, ""), LY_ERR_AUTH);
		ly_buf_clear(&f);
	}
	make("p\xc3\xa4ss", ec, ec_x, NULL, 0, &f);
	assert_int_equal(p12_open(&f, "p\xc3\xa4ss", &p12, &why), 0);
	assert_key(&p12, ec);
	assert_int_equal(p12.nchain, 0);
	ly_p12_clear(&p12);
	ly_buf_clear(&f);
	assert_int_equal(ERR_get_error(), 0);
}

/* There are two empty passwords (RFC 7292 appendix B). */
static void
test_empty_password(void **state)
{
	struct ly_buf f;

	(void)state;
	make("", rsa, rsa_x, NULL, 0, &f);
	assert_int_equal(open_error(&f, ""), 0);
	assert_int_equal(open_error(&f, "x"), LY_ERR_AUTH);
	ly_buf_clear(&f);
	make(NULL, rsa, rsa_x, NULL, NID_pbe_WithSHA1And3_Key_TripleDES_CBC,
	    &f);
	assert_int_equal(open_error(&f, ""), 0);
	ly_buf_clear(&f);
}

static void
test_old_ciphers(void **state)
{
	OSSL_LIB_CTX *ctx = OSSL_LIB_CTX_new(), *before;
	STACK_OF(X509) *none = stack(NULL, NULL);
	const int nid = NID_pbe_WithSHA1And40BitRC2_CBC;
	OSSL_PROVIDER *base, *legacy;
	struct ly_buf f;
	int r;

	(void)state;
	must((base = OSSL_PROVIDER_load(ctx, "default")) != NULL);
	if ((legacy = OSSL_PROVIDER_load(ctx, "legacy")) == NULL) {
		(void)OSSL_PROVIDER_unload(base);
		OSSL_LIB_CTX_free(ctx);
		sk_X509_free(none);
		skip();
		return;
	}
	before = ly_libctx_enter(ctx);
	save(PKCS12_create_ex("secret", "old", rsa, rsa_x, none, nid, nid, 0,
	    0, 0, ctx, NULL), &f);
	ly_libctx_leave(before);
	r = open_error(&f, "secret");
	assert_int_equal(r, 0);
	assert_int_equal(open_error(&f, "wrong"), LY_ERR_AUTH);
	ly_buf_clear(&f);
	sk_X509_free(none);
	(void)OSSL_PROVIDER_unload(legacy);
	(void)OSSL_PROVIDER_unload(base);
	OSSL_LIB_CTX_free(ctx);
}

static void
test_parts_that_are_missing(void **state)
{
	struct ly_buf f;

	(void)state;
	make("secret", NULL, rsa_x, ca_x, 0, &f);
	assert_int_equal(open_error(&f, "secret"), LY_ERR_NOTFOUND);
	ly_buf_clear(&f);
	make("secret", rsa, NULL, NULL, 0, &f);
	assert_int_equal(open_error(&f, "secret"), LY_ERR_NOTFOUND);
	ly_buf_clear(&f);
}

/* A file of these keys and certificates, whatever belongs to what. */
static void
mixed(EVP_PKEY *k1, EVP_PKEY *k2, X509 *x1, X509 *x2, int same_id,
    struct ly_buf *out)
{
	unsigned char id[] = "\1\2\3";
	STACK_OF(PKCS12_SAFEBAG) *certs = NULL, *keys = NULL;
	STACK_OF(PKCS7) *safes = NULL;
	PKCS12_SAFEBAG *b;
	PKCS12 *p12;
	X509 *xs[2];
	EVP_PKEY *ks[2];
	int i;

	xs[0] = x1;
	xs[1] = x2;
	ks[0] = k1;
	ks[1] = k2;
	for (i = 0; i < 2; i++) {
		if (xs[i] != NULL) {
			b = PKCS12_add_cert(&certs, xs[i]);
			must(b != NULL);
			if (same_id)
				must(PKCS12_add_localkeyid(b, id, 3) == 1);
		}
		if (ks[i] != NULL) {
			b = PKCS12_add_key(&keys, ks[i], 0, 2048,
			    NID_aes_256_cbc, "secret");
			must(b != NULL);
			if (same_id)
				must(PKCS12_add_localkeyid(b, id, 3) == 1);
		}
	}
	must(certs == NULL || PKCS12_add_safe(&safes, certs, NID_aes_256_cbc,
	    2048, "secret") == 1);
	must(keys == NULL || PKCS12_add_safe(&safes, keys, -1, 0, NULL) == 1);
	sk_PKCS12_SAFEBAG_pop_free(certs, PKCS12_SAFEBAG_free);
	sk_PKCS12_SAFEBAG_pop_free(keys, PKCS12_SAFEBAG_free);
	p12 = PKCS12_add_safes(safes, 0);
	sk_PKCS7_pop_free(safes, PKCS7_free);
	must(p12 != NULL && PKCS12_set_mac(p12, "secret", -1, NULL, 0, 2048,
	    ly_md(LY_SHA256)) == 1);
	save(p12, out);
}

static void
test_key_of_another_certificate(void **state)
{
	struct ly_buf f;

	(void)state;
	mixed(rsa, NULL, ec_x, NULL, 1, &f);
	assert_int_equal(open_error(&f, "secret"), LY_ERR_DENIED);
	ly_buf_clear(&f);
	mixed(other, NULL, rsa_x, ca_x, 1, &f);
	assert_int_equal(open_error(&f, "secret"), LY_ERR_DENIED);
	ly_buf_clear(&f);
}

/* localKeyID says the same for all: the pair is found by the key. */
static void
test_pair_is_found_by_the_key(void **state)
{
	struct ly_p12 p12;
	struct ly_why why;
	struct ly_buf f;

	(void)state;
	mixed(rsa, NULL, ca_x, rsa_x, 1, &f);
	assert_int_equal(p12_open(&f, "secret", &p12, &why), 0);
	assert_cert(&p12.cert, rsa_x);
	assert_cert(&p12.chain[0], ca_x);
	ly_p12_clear(&p12);
	ly_buf_clear(&f);
	/* A stray key comes first. */
	mixed(other, ec, ca_x, ec_x, 0, &f);
	assert_int_equal(p12_open(&f, "secret", &p12, &why), 0);
	assert_key(&p12, ec);
	assert_cert(&p12.cert, ec_x);
	ly_p12_clear(&p12);
	ly_buf_clear(&f);
}

static void
test_newest_certificate_of_the_key(void **state)
{
	X509 *old = make_x509(rsa, "old");
	struct ly_p12 p12;
	struct ly_why why;
	struct ly_buf f;

	(void)state;
	must(X509_gmtime_adj(X509_getm_notAfter(old), -10) != NULL);
	must(X509_sign(old, rsa, ly_md(LY_SHA256)) > 0);
	mixed(rsa, NULL, old, rsa_x, 0, &f);
	assert_int_equal(p12_open(&f, "secret", &p12, &why), 0);
	assert_cert(&p12.cert, rsa_x);
	assert_cert(&p12.chain[0], old);
	ly_p12_clear(&p12);
	ly_buf_clear(&f);
	mixed(rsa, NULL, rsa_x, old, 0, &f);
	assert_int_equal(p12_open(&f, "secret", &p12, &why), 0);
	assert_cert(&p12.cert, rsa_x);
	ly_p12_clear(&p12);
	ly_buf_clear(&f);
	X509_free(old);
}

static void
test_kinds_of_key_not_supported(void **state)
{
	EVP_PKEY *k = make_ec("secp256k1");
	X509 *x = make_x509(k, "k1");
	struct ly_p12 p12;
	struct ly_why why;
	struct ly_buf f;

	(void)state;
	must(X509_sign(x, k, ly_md(LY_SHA256)) > 0);
	mixed(k, NULL, x, NULL, 0, &f);
	assert_int_equal(open_error(&f, "secret"), LY_ERR_UNSUPPORTED);
	ly_buf_clear(&f);
	/* Beside one that is. */
	mixed(k, rsa, x, rsa_x, 0, &f);
	assert_int_equal(p12_open(&f, "secret", &p12, &why), 0);
	assert_key(&p12, rsa);
	ly_p12_clear(&p12);
	ly_buf_clear(&f);
	X509_free(x);
	EVP_PKEY_free(k);
}

/* Without a MAC a password that decrypts nothing is a wrong one. */
static void
test_no_mac(void **state)
{
	STACK_OF(X509) *none = stack(NULL, NULL);
	struct ly_buf f;

	(void)state;
	save(PKCS12_create_ex("secret", "n", rsa, rsa_x, none,
	    NID_aes_256_cbc, NID_aes_256_cbc, 0, -1, 0, ly_libctx(), NULL),
	    &f);
	assert_int_equal(open_error(&f, "secret"), 0);
	assert_int_equal(open_error(&f, "wrong"), LY_ERR_AUTH);
	ly_buf_clear(&f);
	sk_X509_free(none);
}

/* The last bytes of the file are MAC, salt and iterations. */
static void
test_damage_is_not_a_wrong_password(void **state)
{
	struct ly_p12 p12;
	struct ly_why why;
	struct ly_buf f;
	size_t i;
	int r;

	(void)state;
	make("secret", rsa, rsa_x, NULL, 0, &f);
	f.data[f.len - 20] ^= 1;	/* salt or MAC */
	assert_int_equal(p12_open(&f, "secret", &p12, &why), LY_ERR_FORMAT);
	assert_has(why.text, "damaged");
	assert_int_equal(open_error(&f, "wrong"), LY_ERR_AUTH);
	f.data[f.len - 20] ^= 1;
	for (i = 0; i < f.len; i += 131)
		assert_int_equal(open_error(&(struct ly_buf){ .data = f.data,
		    .len = i }, "secret"), LY_ERR_FORMAT);
	for (i = 0; i < f.len; i += 97) {
		f.data[i] ^= 0x80;
		r = open_error(&f, "secret");
		assert_true(r != 0 && (r == LY_ERR_FORMAT ||
		    r == LY_ERR_AUTH || r == LY_ERR_UNSUPPORTED ||
		    r == LY_ERR_NOTFOUND));
		f.data[i] ^= 0x80;
	}
	ly_buf_clear(&f);
}

static void
test_not_pkcs12(void **state)
{
	static uint8_t big[LY_P12_MAX + 1];
	struct ly_buf f;

	(void)state;
	f.data = big;
	f.len = sizeof(big);
	assert_int_equal(open_error(&f, "secret"), LY_ERR_FORMAT);
	f.len = 0;
	assert_int_equal(open_error(&f, "secret"), LY_ERR_FORMAT);
	f.data = (uint8_t *)(uintptr_t)"-----BEGIN CERTIFICATE-----";
	f.len = 27;
	assert_int_equal(open_error(&f, "secret"), LY_ERR_FORMAT);
}

/* A count of iterations that would take years. */
static void
test_absurd_iterations(void **state)
{
	STACK_OF(X509) *none = stack(NULL, NULL);
	unsigned char *at;
	struct ly_p12 p12;
	struct ly_why why;
	struct ly_buf f;

	(void)state;
	save(PKCS12_create_ex("secret", "n", rsa, rsa_x, none,
	    NID_aes_256_cbc, NID_aes_256_cbc, 0, 65538, 0, ly_libctx(),
	    NULL), &f);
	/* The MAC's count is the last element of the file. */
	at = f.data + f.len - 5;
	assert_memory_equal(at, "\x02\x03\x01\x00\x02", 5);
	at[2] = 0x7f;
	assert_int_equal(p12_open(&f, "secret", &p12, &why), LY_ERR_FORMAT);
	assert_has(why.text, "iteration");
	ly_buf_clear(&f);
	sk_X509_free(none);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ordinary_files),
		cmocka_unit_test(test_empty_password),
		cmocka_unit_test(test_old_ciphers),
		cmocka_unit_test(test_parts_that_are_missing),
		cmocka_unit_test(test_key_of_another_certificate),
		cmocka_unit_test(test_pair_is_found_by_the_key),
		cmocka_unit_test(test_newest_certificate_of_the_key),
		cmocka_unit_test(test_kinds_of_key_not_supported),
		cmocka_unit_test(test_no_mac),
		cmocka_unit_test(test_damage_is_not_a_wrong_password),
		cmocka_unit_test(test_not_pkcs12),
		cmocka_unit_test(test_absurd_iterations),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
