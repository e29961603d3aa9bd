/*
 * pkey*.c: every operation undone by OpenSSL's other half, wrong inputs
 * refused, one answer for every bad padding, many threads on one key.
 */
#include "unit.h"

#include <pthread.h>

#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>

#include "keys.h"
#include "unpad.h"

static const struct ly_alg pkcs1_decrypt = { .op = LY_OP_DECRYPT,
	.scheme = LY_RSA_PKCS1 };
static const struct ly_alg pkcs1_sign = { .op = LY_OP_SIGN,
	.scheme = LY_RSA_PKCS1 };
static const struct ly_alg ecdsa = { .op = LY_OP_SIGN, .scheme = LY_ECDSA };
static const struct ly_alg eddsa = { .op = LY_OP_SIGN, .scheme = LY_EDDSA };
static const struct ly_alg ecdh = { .op = LY_OP_DERIVE,
	.scheme = LY_ECDH };

/* Keys made once. */
static EVP_PKEY *rsa, *p256, *ed, *x25519;
static struct ly_pkey *ly_rsa, *ly_p256, *ly_ed, *ly_x;

static int
setup(void **state)
{
	(void)state;
	ly_rsa = evp_ly(rsa = make_rsa(2048));
	ly_p256 = evp_ly(p256 = make_ec("P-256"));
	ly_ed = evp_ly(ed = make_named("ED25519"));
	ly_x = evp_ly(x25519 = make_named("X25519"));
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
	ly_pkey_free(&ly_rsa);
	ly_pkey_free(&ly_p256);
	ly_pkey_free(&ly_ed);
	ly_pkey_free(&ly_x);
	ly_pkey_free(&ly_x);
	return 0;
}

static EVP_PKEY_CTX *
ctx_of(EVP_PKEY *k)
{
	EVP_PKEY_CTX *c = EVP_PKEY_CTX_new_from_pkey(ly_libctx(), k, NULL);

	must(c != NULL);
	return c;
}

/* RSA by the public key; alg says the padding, NULL is none. */
static size_t
encrypt(EVP_PKEY *k, const struct ly_alg *alg, const void *in, size_t len,
    uint8_t ct[LY_RSA_MAX_BYTES])
{
	EVP_PKEY_CTX *c = ctx_of(k);
	size_t n = LY_RSA_MAX_BYTES;

	must(EVP_PKEY_encrypt_init(c) == 1);
	must(EVP_PKEY_CTX_set_rsa_padding(c, alg == NULL ? RSA_NO_PADDING :
	    alg->scheme == LY_RSA_PKCS1 ? RSA_PKCS1_PADDING :
	    RSA_PKCS1_OAEP_PADDING) == 1);
	if (alg != NULL && alg->scheme == LY_RSA_OAEP) {
		must(EVP_PKEY_CTX_set_rsa_oaep_md(c, ly_md(alg->hash)) == 1);
		must(EVP_PKEY_CTX_set_rsa_mgf1_md(c, ly_md(alg->mgf)) == 1);
		if (alg->label_len > 0)
			must(EVP_PKEY_CTX_set0_rsa_oaep_label(c,
			    OPENSSL_memdup(alg->label, alg->label_len),
			    (int)alg->label_len) == 1);
	}
	must(EVP_PKEY_encrypt(c, ct, &n, in, len) == 1);
	EVP_PKEY_CTX_free(c);
	return n;
}

static void
test_pkcs1_decrypt(void **state)
{
	static const size_t lens[] = { 0, 1, 16, 32, 245 };
	struct ly_secret out = LY_SECRET_INIT;
	uint8_t msg[245], ct[LY_RSA_MAX_BYTES];
	size_t i;

	(void)state;
	memset(msg, 0x61, sizeof(msg));
	for (i = 0; i < sizeof(lens) / sizeof(lens[0]); i++) {
		assert_int_equal(encrypt(rsa, &pkcs1_decrypt, msg, lens[i],
		    ct), 256);
		assert_int_equal(ly_pkey_op(ly_rsa, &pkcs1_decrypt, ct, 256,
		    &out), 0);
		assert_int_equal(out.len, lens[i]);
		assert_memory_equal(out.data, msg, lens[i]);
	}
	ly_secret_clear(&out);
}

/* d of the key, as unpad.h wants it. */
static void
exponent_hash(EVP_PKEY *k, size_t size, uint8_t dh[32])
{
	uint8_t d[LY_RSA_MAX_BYTES];
	BIGNUM *bn = NULL;

	must(EVP_PKEY_get_bn_param(k, "d", &bn) == 1);
	must(BN_bn2binpad(bn, d, (int)size) == (int)size);
	must(ly_digest(LY_SHA256, d, size, dh) == 0);
	BN_free(bn);
}

static void
test_bad_padding_is_answered(void **state)
{
	struct ly_secret out = LY_SECRET_INIT, want = LY_SECRET_INIT;
	uint8_t em[256], ct[LY_RSA_MAX_BYTES], dh[32], kdk[LY_KDK_LEN];
	int i;

	(void)state;
	exponent_hash(rsa, 256, dh);
	ERR_clear_error();
	for (i = 0; i < 40; i++) {
		memset(em, i + 1, sizeof(em));
		em[0] = 0;
		em[1] = i % 2 == 0 ? 2 : 1;
		em[i % 7 == 0 ? 255 : 2 + i % 8] = 0;
		assert_int_equal(encrypt(rsa, NULL, em, 256, ct), 256);
		assert_int_equal(ly_pkey_op(ly_rsa, &pkcs1_decrypt, ct, 256,
		    &out), 0);
		assert_int_equal(ly_unpad_kdk(dh, ct, 256, kdk), 0);
		assert_int_equal(ly_unpad_pkcs1(em, 256, kdk, &want), 0);
		assert_int_equal(out.len, want.len);
		assert_memory_equal(out.data, want.data, want.len);
	}
	assert_int_equal(ERR_get_error(), 0);
	ly_secret_clear(&out);
	ly_secret_clear(&want);
}

static void
test_ciphertext_length_and_range(void **state)
{
	struct ly_secret out = LY_SECRET_INIT;
	uint8_t ct[257];

	(void)state;
	memset(ct, 0xff, sizeof(ct));
	assert_int_equal(ly_pkey_op(ly_rsa, &pkcs1_decrypt, ct, 255, &out),
	    LY_ERR_LENGTH);
	assert_int_equal(ly_pkey_op(ly_rsa, &pkcs1_decrypt, ct, 257, &out),
	    LY_ERR_LENGTH);
	assert_int_equal(ly_pkey_op(ly_rsa, &pkcs1_decrypt, ct, 0, &out),
	    LY_ERR_LENGTH);
	/* Not below the modulus. */
	assert_int_equal(ly_pkey_op(ly_rsa, &pkcs1_decrypt, ct, 256, &out),
	    LY_ERR_CRYPTO);
	assert_null(out.data);
	/* And the context that failed does no harm. */
	memset(ct, 0, sizeof(ct));
	assert_int_equal(ly_pkey_op(ly_rsa, &pkcs1_decrypt, ct, 256, &out),
	    0);
	ly_secret_clear(&out);
}

static void
test_oaep(void **state)
{
	struct ly_alg a = { .op = LY_OP_DECRYPT, .scheme = LY_RSA_OAEP };
	struct ly_secret out = LY_SECRET_INIT;
	uint8_t ct[LY_RSA_MAX_BYTES];
	int h, m;

	(void)state;
	for (h = LY_SHA1; h <= LY_SHA512; h++) {
		for (m = LY_SHA1; m <= LY_SHA512; m++) {
			a.hash = (enum ly_hash)h;
			a.mgf = (enum ly_hash)m;
			a.label_len = (size_t)(h % 2 == 0 ? 0 : 64);
			memset(a.label, m, sizeof(a.label));
			must(encrypt(rsa, &a, "hello", 5, ct) == 256);
			assert_int_equal(ly_pkey_op(ly_rsa, &a, ct, 256,
			    &out), 0);
			assert_int_equal(out.len, 5);
			assert_memory_equal(out.data, "hello", 5);
		}
	}
	must(encrypt(rsa, &a, "", 0, ct) == 256);
	assert_int_equal(ly_pkey_op(ly_rsa, &a, ct, 256, &out), 0);
	assert_int_equal(out.len, 0);
	a.hash = LY_SHA256;
	assert_int_equal(ly_pkey_op(ly_rsa, &a, ct, 256, &out),
	    LY_ERR_CRYPTO);
	a.hash = LY_SHA512;
	a.mgf = LY_SHA1;
	assert_int_equal(ly_pkey_op(ly_rsa, &a, ct, 256, &out),
	    LY_ERR_CRYPTO);
	a.mgf = LY_SHA512;
	a.label[3] ^= 1;
	a.label_len = 4;
	assert_int_equal(ly_pkey_op(ly_rsa, &a, ct, 256, &out),
	    LY_ERR_CRYPTO);
	a.label_len = 0;
	ct[9] ^= 1;
	assert_int_equal(ly_pkey_op(ly_rsa, &a, ct, 256, &out),
	    LY_ERR_CRYPTO);
	assert_int_equal(ly_pkey_op(ly_rsa, &a, ct, 255, &out),
	    LY_ERR_LENGTH);
	ly_secret_clear(&out);
}

/* Verify by the public key; hash NONE is the bare DigestInfo. */
static int
rsa_verify(EVP_PKEY *k, const struct ly_alg *a, const void *in, size_t len,
    const struct ly_secret *sig)
{
	EVP_PKEY_CTX *c = ctx_of(k);
	int ok;

	must(EVP_PKEY_verify_init(c) == 1);
	if (a->scheme == LY_RSA_PSS) {
		must(EVP_PKEY_CTX_set_rsa_padding(c,
		    RSA_PKCS1_PSS_PADDING) == 1);
		must(EVP_PKEY_CTX_set_signature_md(c, ly_md(a->hash)) == 1);
		must(EVP_PKEY_CTX_set_rsa_mgf1_md(c, ly_md(a->mgf)) == 1);
		must(EVP_PKEY_CTX_set_rsa_pss_saltlen(c,
		    (int)a->salt_len) == 1);
	}
	ok = EVP_PKEY_verify(c, sig->data, sig->len, in, len);
	EVP_PKEY_CTX_free(c);
	return ok;
}

static void
test_rsa_signatures(void **state)
{
	struct ly_alg a = { .op = LY_OP_SIGN, .scheme = LY_RSA_PSS };
	struct ly_secret sig = LY_SECRET_INIT;
	uint8_t in[LY_RSA_MAX_BYTES] = { 1, 2, 3 };
	int h;

	(void)state;
	assert_int_equal(ly_pkey_op(ly_rsa, &pkcs1_sign, in, 51, &sig), 0);
	assert_int_equal(sig.len, 256);
	assert_int_equal(rsa_verify(rsa, &pkcs1_sign, in, 51, &sig), 1);
	assert_int_equal(ly_pkey_op(ly_rsa, &pkcs1_sign, in, 245, &sig), 0);
	assert_int_equal(rsa_verify(rsa, &pkcs1_sign, in, 245, &sig), 1);
	assert_int_equal(ly_pkey_op(ly_rsa, &pkcs1_sign, in, 0, &sig), 0);
	assert_int_equal(ly_pkey_op(ly_rsa, &pkcs1_sign, in, 246, &sig),
	    LY_ERR_LENGTH);
	for (h = LY_SHA1; h <= LY_SHA512; h++) {
		a.hash = (enum ly_hash)h;
		a.mgf = h == LY_SHA512 ? LY_SHA1 : (enum ly_hash)(h + 1);
		a.salt_len = (uint32_t)(h * 7);
		assert_int_equal(ly_pkey_op(ly_rsa, &a, in,
		    ly_hash_len(a.hash), &sig), 0);
		assert_int_equal(rsa_verify(rsa, &a, in, ly_hash_len(a.hash),
		    &sig), 1);
		assert_int_equal(ly_pkey_op(ly_rsa, &a, in,
		    ly_hash_len(a.hash) - 1, &sig), LY_ERR_LENGTH);
	}
	a.salt_len = 256 - 64 - 2 + 1;
	assert_int_equal(ly_pkey_op(ly_rsa, &a, in, 64, &sig),
	    LY_ERR_CRYPTO);
	assert_int_equal(sig.len, 256);
	ly_secret_clear(&sig);
}

/* r || s checked as the two numbers they are. */
static int
ecdsa_verify(EVP_PKEY *k, const uint8_t *in, size_t len,
    const struct ly_secret *sig)
{
	size_t half = sig->len / 2;
	ECDSA_SIG *s = ECDSA_SIG_new();
	EVP_PKEY_CTX *c = ctx_of(k);
	unsigned char *der = NULL;
	int n, ok;

	must(ECDSA_SIG_set0(s, BN_bin2bn(sig->data, (int)half, NULL),
	    BN_bin2bn(sig->data + half, (int)half, NULL)) == 1);
	must((n = i2d_ECDSA_SIG(s, &der)) > 0);
	must(EVP_PKEY_verify_init(c) == 1);
	ok = EVP_PKEY_verify(c, der, (size_t)n, in, len);
	OPENSSL_free(der);
	ECDSA_SIG_free(s);
	EVP_PKEY_CTX_free(c);
	return ok;
}

static void
test_ecdsa_has_fixed_width(void **state)
{
	struct ly_secret sig = LY_SECRET_INIT;
	uint8_t in[LY_HASH_MAX + 1] = { 0 };
	int i, zeros = 0;

	(void)state;
	/* About one r or s in 128 starts with a zero byte. */
	for (i = 0; i < 5000 && zeros < 3; i++) {
		in[0] = (uint8_t)i;
		in[1] = (uint8_t)(i >> 8);
		assert_int_equal(ly_pkey_op(ly_p256, &ecdsa, in, 32, &sig),
		    0);
		assert_int_equal(sig.len, 64);
		if (sig.data[0] != 0 && sig.data[32] != 0 && i > 3)
			continue;
		zeros += sig.data[0] == 0 || sig.data[32] == 0;
		assert_int_equal(ecdsa_verify(p256, in, 32, &sig), 1);
	}
	assert_int_equal(zeros, 3);
	assert_int_equal(ly_pkey_op(ly_p256, &ecdsa, in, 0, &sig),
	    LY_ERR_LENGTH);
	assert_int_equal(ly_pkey_op(ly_p256, &ecdsa, in, 65, &sig),
	    LY_ERR_LENGTH);
	ly_secret_clear(&sig);
}

static void
test_other_curves(void **state)
{
	static const char *const names[] = { "P-384", "P-521" };
	static const size_t sizes[] = { 48, 66 };
	const uint8_t in[64] = { 9 };
	struct ly_secret out = LY_SECRET_INIT;
	struct ly_pkey *p;
	EVP_PKEY *k;
	int i;

	(void)state;
	for (i = 0; i < 2; i++) {
		p = evp_ly(k = make_ec(names[i]));
		assert_int_equal(ly_pkey_type(p), LY_KEY_EC);
		assert_int_equal(ly_pkey_out_len(p), 2 * sizes[i]);
		assert_int_equal(ly_pkey_op(p, &ecdsa, in, 64, &out), 0);
		assert_int_equal(out.len, 2 * sizes[i]);
		assert_int_equal(ecdsa_verify(k, in, 64, &out), 1);
		EVP_PKEY_free(k);
		ly_pkey_free(&p);
	}
	ly_secret_clear(&out);
}

static void
test_eddsa(void **state)
{
	EVP_MD_CTX *v = EVP_MD_CTX_new();
	struct ly_secret sig = LY_SECRET_INIT;
	uint8_t *in = calloc(1, LY_OP_IN_MAX + 1);
	size_t lens[] = { 0, 1, 1000, LY_OP_IN_MAX }, i;

	(void)state;
	assert_non_null(in);
	for (i = 0; i < 4; i++) {
		assert_int_equal(ly_pkey_op(ly_ed, &eddsa, in, lens[i],
		    &sig), 0);
		assert_int_equal(sig.len, 64);
		assert_int_equal(EVP_DigestVerifyInit_ex(v, NULL, NULL,
		    ly_libctx(), NULL, ed, NULL), 1);
		assert_int_equal(EVP_DigestVerify(v, sig.data, 64, in,
		    lens[i]), 1);
	}
	assert_int_equal(ly_pkey_op(ly_ed, &eddsa, in, LY_OP_IN_MAX + 1,
	    &sig), LY_ERR_LENGTH);
	free(in);
	EVP_MD_CTX_free(v);
	ly_secret_clear(&sig);
}

/* What OpenSSL derives from the other side. */
static void
check_agreement(const struct ly_pkey *p, EVP_PKEY *k, EVP_PKEY *peer)
{
	EVP_PKEY_CTX *c = ctx_of(peer);
	struct ly_secret out = LY_SECRET_INIT;
	unsigned char *point = NULL;
	uint8_t z[66];
	size_t n = sizeof(z), len;

	must(EVP_PKEY_derive_init(c) == 1);
	must(EVP_PKEY_derive_set_peer(c, k) == 1);
	must(EVP_PKEY_derive(c, z, &n) == 1);
	len = EVP_PKEY_get1_encoded_public_key(peer, &point);
	assert_int_equal(ly_pkey_op(p, &ecdh, point, len, &out), 0);
	assert_int_equal(out.len, n);
	assert_memory_equal(out.data, z, n);
	OPENSSL_free(point);
	EVP_PKEY_free(peer);
	EVP_PKEY_CTX_free(c);
	ly_secret_clear(&out);
}

static void
test_agreement(void **state)
{
	struct ly_pkey *p;
	EVP_PKEY *k;
	int i;

	(void)state;
	for (i = 0; i < 4; i++) {
		check_agreement(ly_p256, p256, make_ec("P-256"));
		check_agreement(ly_x, x25519, make_named("X25519"));
	}
	p = evp_ly(k = make_ec("P-521"));
	check_agreement(p, k, make_ec("P-521"));
	EVP_PKEY_free(k);
	ly_pkey_free(&p);
}

static void
test_bad_points(void **state)
{
	struct ly_secret out = LY_SECRET_INIT;
	unsigned char *point = NULL;
	EVP_PKEY *peer = make_ec("P-256");
	uint8_t low[32] = { 0 };
	size_t n = EVP_PKEY_get1_encoded_public_key(peer, &point);
	int i;

	(void)state;
	assert_int_equal(n, 65);
	assert_int_equal(ly_pkey_op(ly_p256, &ecdh, point, 64, &out),
	    LY_ERR_LENGTH);
	assert_int_equal(ly_pkey_op(ly_p256, &ecdh, point, 1, &out),
	    LY_ERR_LENGTH);
	for (i = 1; i < 65; i += 7) {
		point[i] ^= 1;	/* off the curve */
		assert_int_equal(ly_pkey_op(ly_p256, &ecdh, point, 65, &out),
		    LY_ERR_CRYPTO);
		point[i] ^= 1;
	}
	for (i = 0; i < 8; i++) {
		point[0] = (uint8_t)i;
		assert_int_equal(ly_pkey_op(ly_p256, &ecdh, point, 65, &out),
		    i == 4 ? 0 : LY_ERR_CRYPTO);
	}
	point[0] = 4;
	memset(point + 1, 0, 64);
	ly_secret_clear(&out);
	assert_int_equal(ly_pkey_op(ly_p256, &ecdh, point, 65, &out),
	    LY_ERR_CRYPTO);
	memset(point + 1, 0xff, 64);
	assert_int_equal(ly_pkey_op(ly_p256, &ecdh, point, 65, &out),
	    LY_ERR_CRYPTO);
	/* RFC 7748 6.1: points of small order give zero. */
	assert_int_equal(ly_pkey_op(ly_x, &ecdh, low, 32, &out),
	    LY_ERR_CRYPTO);
	low[0] = 1;
	assert_int_equal(ly_pkey_op(ly_x, &ecdh, low, 32, &out),
	    LY_ERR_CRYPTO);
	assert_int_equal(ly_pkey_op(ly_x, &ecdh, low, 31, &out),
	    LY_ERR_LENGTH);
	assert_null(out.data);
	OPENSSL_free(point);
	EVP_PKEY_free(peer);
}

/* RFC 7748 6.1 */
static void
test_x25519_known_answer(void **state)
{
	static const char *const bob = "302e020100300506032b656e04220420"
	    "5dab087e624a8a4b79e17f8b83800ee6"
	    "6f3bb1292618b6fd1c2f8b27ff88e0eb";
	static const char *const alice = "8520f0098930a754748b7ddcb43ef75a"
	    "0dbf3a0d26381af4eba4a98eaa9b4e6a";
	struct ly_secret z = LY_SECRET_INIT;
	struct ly_pkey *p = NULL;
	uint8_t der[48], point[32];
	char text[65];

	(void)state;
	assert_int_equal(ly_unhex(bob, der, sizeof(der)), 0);
	assert_int_equal(ly_unhex(alice, point, sizeof(point)), 0);
	assert_int_equal(ly_pkey_from_der(der, sizeof(der), &p), 0);
	assert_int_equal(ly_pkey_op(p, &ecdh, point, 32, &z), 0);
	ly_hex(z.data, z.len, text);
	assert_string_equal(text, "4a5d9d5ba4ce2de1728e3bf480350f25"
	    "e07e21c947d19e3376f09b3c1e161742");
	ly_pkey_free(&p);
	ly_secret_clear(&z);
}

static void
test_key_and_scheme_must_fit(void **state)
{
	static const enum ly_scheme schemes[] = { LY_RSA_PKCS1, LY_RSA_OAEP,
		LY_RSA_PSS, LY_ECDSA, LY_EDDSA, LY_ECDH };
	const struct ly_pkey *keys[] = { ly_rsa, ly_p256, ly_ed, ly_x };
	static const unsigned fit[] = { 1, 1, 1, 2, 4, 2 | 8 };
	struct ly_secret out = LY_SECRET_INIT;
	struct ly_alg a;
	int s, op, k, r;

	(void)state;
	for (s = 0; s < 6; s++) {
		for (op = 1; op <= 3; op++) {
			memset(&a, 0, sizeof(a));
			a.op = (enum ly_op)op;
			a.scheme = schemes[s];
			if (s == 1 || s == 2)
				a.hash = a.mgf = LY_SHA256;
			for (k = 0; k < 4; k++) {
				r = ly_pkey_op(keys[k], &a,
				    (const uint8_t *)"x", 1, &out);
				if (ly_alg_check(&a) != 0 ||
				    (fit[s] >> k & 1) == 0)
					assert_int_equal(r,
					    LY_ERR_UNSUPPORTED);
				else
					assert_int_not_equal(r,
					    LY_ERR_UNSUPPORTED);
			}
		}
	}
	ly_secret_clear(&out);
}

static void
test_out_len_and_type(void **state)
{
	(void)state;
	assert_int_equal(ly_pkey_out_len(ly_rsa), 256);
	assert_int_equal(ly_pkey_out_len(ly_p256), 64);
	assert_int_equal(ly_pkey_out_len(ly_ed), 64);
	assert_int_equal(ly_pkey_out_len(ly_x), 32);
	assert_int_equal(ly_pkey_type(ly_rsa), LY_KEY_RSA);
	assert_int_equal(ly_pkey_type(ly_ed), LY_KEY_ED25519);
	assert_int_equal(ly_pkey_type(ly_x), LY_KEY_X25519);
	assert_non_null(ly_pkey_evp(ly_x));
}

static void
test_der_there_and_back(void **state)
{
	const struct ly_pkey *keys[] = { ly_rsa, ly_p256, ly_ed, ly_x };
	struct ly_secret der = LY_SECRET_INIT, again = LY_SECRET_INIT;
	struct ly_pkey *p = NULL;
	struct ly_buf a, b;
	size_t i;

	(void)state;
	for (i = 0; i < 4; i++) {
		assert_int_equal(ly_pkey_to_der(keys[i], &der), 0);
		assert_int_equal(ly_pkey_from_der(der.data, der.len, &p), 0);
		assert_int_equal(ly_pkey_to_der(p, &again), 0);
		assert_int_equal(der.len, again.len);
		assert_memory_equal(der.data, again.data, der.len);
		get_spki(keys[i], &a);
		get_spki(p, &b);
		assert_int_equal(a.len, b.len);
		assert_memory_equal(a.data, b.data, a.len);
		ly_buf_clear(&a);
		ly_buf_clear(&b);
		ly_pkey_free(&p);
		assert_null(p);
		der.len--;
		assert_int_equal(ly_pkey_from_der(der.data, der.len, &p),
		    LY_ERR_FORMAT);
	}
	ly_secret_clear(&der);
	ly_secret_clear(&again);
}

static int
load_error(EVP_PKEY *k)
{
	struct ly_secret der = LY_SECRET_INIT;
	struct ly_pkey *p = NULL;
	int r;

	evp_pkcs8(k, &der);
	r = ly_pkey_from_der(der.data, der.len, &p);
	assert_null(p);
	EVP_PKEY_free(k);
	ly_secret_clear(&der);
	return r;
}

static void
test_keys_that_are_refused(void **state)
{
	static uint8_t big[LY_PKEY_DER_MAX + 1];
	struct ly_pkey *p = NULL;

	(void)state;
	assert_int_equal(load_error(make_rsa(1016)), LY_ERR_UNSUPPORTED);
	assert_int_equal(load_error(make_ec("secp256k1")),
	    LY_ERR_UNSUPPORTED);
	assert_int_equal(load_error(make_ec("P-224")), LY_ERR_UNSUPPORTED);
	assert_int_equal(load_error(make_named("X448")), LY_ERR_UNSUPPORTED);
	assert_int_equal(ly_pkey_from_der(big, 0, &p), LY_ERR_FORMAT);
	assert_int_equal(ly_pkey_from_der(big, sizeof(big), &p),
	    LY_ERR_FORMAT);
	assert_int_equal(ly_pkey_from_der((const uint8_t *)"-----BEGIN", 10,
	    &p), LY_ERR_FORMAT);
	assert_null(p);
}

static void
test_prove(void **state)
{
	const struct ly_pkey *keys[] = { ly_rsa, ly_p256, ly_ed, ly_x };
	struct ly_pkey *other;
	struct ly_buf spki;
	size_t i, j;

	(void)state;
	for (i = 0; i < 4; i++) {
		get_spki(keys[i], &spki);
		for (j = 0; j < 4; j++)
			assert_int_equal(ly_pkey_prove(keys[j], spki.data,
			    spki.len), i == j ? 0 : LY_ERR_DENIED);
		assert_int_equal(ly_pkey_prove(keys[i], spki.data,
		    spki.len - 1), LY_ERR_DENIED);
		ly_buf_clear(&spki);
	}
	other = make_p256();
	get_spki(other, &spki);
	assert_int_equal(ly_pkey_prove(ly_p256, spki.data, spki.len),
	    LY_ERR_DENIED);
	assert_int_equal(ly_pkey_prove(ly_p256, NULL, 0), LY_ERR_DENIED);
	ly_buf_clear(&spki);
	ly_pkey_free(&other);
}

/* n and e of a good key with another's private half: no proof. */
static void
test_prove_needs_the_operation(void **state)
{
	struct ly_secret der = LY_SECRET_INIT;
	struct ly_pkey *p = NULL;
	struct ly_buf spki;
	size_t i;

	(void)state;
	assert_int_equal(ly_pkey_to_der(ly_rsa, &der), 0);
	/* The last bytes belong to the CRT coefficient. */
	for (i = 1; i < 9; i++)
		der.data[der.len - i] ^= 0x55;
	assert_int_equal(ly_pkey_from_der(der.data, der.len, &p), 0);
	get_spki(p, &spki);
	/* OpenSSL notices and computes without the CRT, or it fails. */
	i = (size_t)-ly_pkey_prove(p, spki.data, spki.len);
	assert_true(i == 0 || i == (size_t)-LY_ERR_DENIED);
	ly_buf_clear(&spki);
	ly_pkey_free(&p);
	ly_secret_clear(&der);
}

static uint8_t thread_ct[LY_RSA_MAX_BYTES];
static uint8_t thread_point[65];
static uint8_t thread_z[32];

/* 0 if all went well. cmocka's asserts are for the main thread. */
static void *
use_keys(void *arg)
{
	struct ly_secret out = LY_SECRET_INIT;
	uint8_t in[32] = { 0 };
	intptr_t bad = 0;
	int i;

	(void)arg;
	for (i = 0; i < 60; i++) {
		if (ly_pkey_op(ly_rsa, &pkcs1_decrypt, thread_ct, 256,
		    &out) != 0 || out.len != 7 ||
		    memcmp(out.data, "threads", 7) != 0)
			bad++;
		if (ly_pkey_op(ly_p256, &ecdh, thread_point, 65, &out) != 0 ||
		    memcmp(out.data, thread_z, 32) != 0)
			bad++;
		if (ly_pkey_op(ly_p256, &ecdsa, in, 32, &out) != 0 ||
		    ecdsa_verify(p256, in, 32, &out) != 1)
			bad++;
		if (ly_pkey_op(ly_ed, &eddsa, in, 32, &out) != 0)
			bad++;
	}
	ly_secret_clear(&out);
	return (void *)bad;
}

static void
test_many_threads_on_one_key(void **state)
{
	struct ly_secret z = LY_SECRET_INIT;
	EVP_PKEY *peer = make_ec("P-256");
	unsigned char *point = NULL;
	pthread_t t[12];
	void *bad;
	size_t i;

	(void)state;
	must(encrypt(rsa, &pkcs1_decrypt, "threads", 7, thread_ct) == 256);
	must(EVP_PKEY_get1_encoded_public_key(peer, &point) == 65);
	memcpy(thread_point, point, 65);
	assert_int_equal(ly_pkey_op(ly_p256, &ecdh, point, 65, &z), 0);
	memcpy(thread_z, z.data, 32);
	for (i = 0; i < 12; i++)
		assert_int_equal(pthread_create(&t[i], NULL, use_keys, NULL),
		    0);
	for (i = 0; i < 12; i++) {
		assert_int_equal(pthread_join(t[i], &bad), 0);
		assert_null(bad);
	}
	OPENSSL_free(point);
	EVP_PKEY_free(peer);
	ly_secret_clear(&z);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pkcs1_decrypt),
		cmocka_unit_test(test_bad_padding_is_answered),
		cmocka_unit_test(test_ciphertext_length_and_range),
		cmocka_unit_test(test_oaep),
		cmocka_unit_test(test_rsa_signatures),
		cmocka_unit_test(test_ecdsa_has_fixed_width),
		cmocka_unit_test(test_other_curves),
		cmocka_unit_test(test_eddsa),
		cmocka_unit_test(test_agreement),
		cmocka_unit_test(test_bad_points),
		cmocka_unit_test(test_x25519_known_answer),
		cmocka_unit_test(test_key_and_scheme_must_fit),
		cmocka_unit_test(test_out_len_and_type),
		cmocka_unit_test(test_der_there_and_back),
		cmocka_unit_test(test_keys_that_are_refused),
		cmocka_unit_test(test_prove),
		cmocka_unit_test(test_prove_needs_the_operation),
		cmocka_unit_test(test_many_threads_on_one_key),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
