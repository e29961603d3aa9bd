/*
 * Verify and encrypt; see pubop.h. The key is parsed from DER each time it
 * is needed; nothing of OpenSSL outlives a call but a hash.
 */
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "crypto.h"
#include "err.h"
#include "hasher.h"
#include "pubop.h"
#include "secret.h"

#define SIG_DER_MAX 160		/* bytes of an ECDSA-Sig-Value, P-521 */

struct ly_pubop {
	struct ly_plan plan;
	size_t len;
	uint8_t *spki;
	size_t spki_len;
	struct ly_hasher *hasher;
	struct ly_secret in;
	int begun;
};

int
ly_pubop_new(const struct ly_plan *plan, const uint8_t *spki,
    size_t spki_len, size_t len, struct ly_pubop **out)
{
	struct ly_pubop *op;
	int r = LY_ERR_NOMEM;

	if ((op = calloc(1, sizeof(*op))) == NULL)
		return LY_ERR_NOMEM;
	op->plan = *plan;
	op->len = len;
	if ((op->spki = malloc(spki_len != 0 ? spki_len : 1)) == NULL)
		goto out;
	if (spki_len != 0)
		memcpy(op->spki, spki, spki_len);
	op->spki_len = spki_len;
	if (plan->prehash != LY_HASH_NONE &&
	    (r = ly_hasher_new(plan->prehash, &op->hasher)) != 0)
		goto out;
	*out = op;
	op = NULL;
	r = 0;
out:
	ly_pubop_free(&op);
	return r;
}

void
ly_pubop_free(struct ly_pubop **op)
{
	if (*op != NULL) {
		free((*op)->spki);
		ly_hasher_free(&(*op)->hasher);
		ly_secret_clear(&(*op)->in);
		free(*op);
	}
	*op = NULL;
}

int
ly_pubop_update(struct ly_pubop *op, const uint8_t *in, size_t len)
{
	int r;

	op->begun = 1;
	if (len == 0)
		return 0;
	if (op->hasher != NULL)
		return ly_hasher_update(op->hasher, in, len);
	if (op->in.data == NULL &&
	    (r = ly_secret_alloc(&op->in, LY_OP_IN_MAX)) != 0)
		return r;
	if (len > op->in.cap - op->in.len)
		return LY_ERR_LENGTH;
	return ly_secret_append(&op->in, in, len);
}

int
ly_pubop_begun(const struct ly_pubop *op)
{
	return op->begun;
}

size_t
ly_pubop_len(const struct ly_pubop *op)
{
	switch (op->plan.alg.scheme) {
	case LY_ECDSA:
	case LY_EDDSA:
		return 2 * op->len;
	default:
		return op->len;
	}
}

static EVP_PKEY *
parse_key(const struct ly_pubop *op)
{
	const unsigned char *p = op->spki;
	OSSL_LIB_CTX *lib = ly_libctx();

	if (lib == NULL)
		return NULL;
	return d2i_PUBKEY_ex(NULL, &p, (long)op->spki_len, lib, NULL);
}

static int
set_padding(EVP_PKEY_CTX *ctx, const struct ly_alg *alg)
{
	uint8_t *label;

	switch (alg->scheme) {
	case LY_RSA_PKCS1:
		return EVP_PKEY_CTX_set_rsa_padding(ctx,
		    RSA_PKCS1_PADDING) == 1;
	case LY_RSA_PSS:
		return EVP_PKEY_CTX_set_rsa_padding(ctx,
		    RSA_PKCS1_PSS_PADDING) == 1 &&
		    EVP_PKEY_CTX_set_rsa_mgf1_md_name(ctx,
		    ly_hash_ossl(alg->mgf), NULL) == 1 &&
		    EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx,
		    (int)alg->salt_len) == 1;
	case LY_RSA_OAEP:
		if (EVP_PKEY_CTX_set_rsa_padding(ctx,
		    RSA_PKCS1_OAEP_PADDING) != 1 ||
		    EVP_PKEY_CTX_set_rsa_oaep_md_name(ctx,
		    ly_hash_ossl(alg->hash), NULL) != 1 ||
		    EVP_PKEY_CTX_set_rsa_mgf1_md_name(ctx,
		    ly_hash_ossl(alg->mgf), NULL) != 1)
			return 0;
		if (alg->label_len == 0)
			return 1;
		if ((label = OPENSSL_memdup(alg->label,
		    alg->label_len)) == NULL)
			return 0;
		if (EVP_PKEY_CTX_set0_rsa_oaep_label(ctx, label,
		    (int)alg->label_len) == 1)
			return 1;
		OPENSSL_free(label);
		return 0;
	default:
		return 1;
	}
}

/* r || s as the DER that OpenSSL verifies; its length, or 0. */
static size_t
sig_to_der(const uint8_t *sig, size_t len, uint8_t *der)
{
	ECDSA_SIG *s = ECDSA_SIG_new();
	BIGNUM *r = BN_bin2bn(sig, (int)(len / 2), NULL);
	BIGNUM *t = BN_bin2bn(sig + len / 2, (int)(len / 2), NULL);
	unsigned char *p = der;
	int n = 0;

	if (s != NULL && r != NULL && t != NULL &&
	    ECDSA_SIG_set0(s, r, t) == 1) {
		r = t = NULL;
		n = i2d_ECDSA_SIG(s, NULL);
		n = n > 0 && n <= SIG_DER_MAX ? i2d_ECDSA_SIG(s, &p) : 0;
	}
	BN_free(r);
	BN_free(t);
	ECDSA_SIG_free(s);
	return n > 0 ? (size_t)n : 0;
}

static int
verify_message(EVP_PKEY *key, const uint8_t *in, size_t inlen,
    const uint8_t *sig, size_t siglen)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	int r = LY_ERR_CRYPTO;

	if (ctx != NULL && EVP_DigestVerifyInit_ex(ctx, NULL, NULL,
	    ly_libctx(), NULL, key, NULL) == 1)
		r = EVP_DigestVerify(ctx, sig, siglen, in, inlen) == 1 ?
		    0 : LY_ERR_AUTH;
	EVP_MD_CTX_free(ctx);
	return r;
}

static int
verify_digest(const struct ly_pubop *op, EVP_PKEY *key, const uint8_t *in,
    size_t inlen, const uint8_t *sig, size_t siglen)
{
	const struct ly_alg *alg = &op->plan.alg;
	enum ly_hash h = op->plan.prehash != LY_HASH_NONE ?
	    op->plan.prehash : alg->hash;
	uint8_t der[SIG_DER_MAX];
	EVP_PKEY_CTX *ctx;
	int r = LY_ERR_CRYPTO;

	if (alg->scheme == LY_ECDSA) {
		if ((siglen = sig_to_der(sig, siglen, der)) == 0)
			return LY_ERR_AUTH;
		sig = der;
	}
	ctx = EVP_PKEY_CTX_new_from_pkey(ly_libctx(), key, NULL);
	if (ctx == NULL || EVP_PKEY_verify_init(ctx) != 1 ||
	    !set_padding(ctx, alg))
		goto out;
	if (h != LY_HASH_NONE && alg->scheme != LY_ECDSA) {
		EVP_MD *md = EVP_MD_fetch(ly_libctx(), ly_hash_ossl(h), NULL);
		int ok = md != NULL &&
		    EVP_PKEY_CTX_set_signature_md(ctx, md) == 1;

		EVP_MD_free(md);
		if (!ok)
			goto out;
	}
	r = EVP_PKEY_verify(ctx, sig, siglen, in, inlen) == 1 ?
	    0 : LY_ERR_AUTH;
out:
	EVP_PKEY_CTX_free(ctx);
	return r;
}

int
ly_pubop_verify(struct ly_pubop *op, const uint8_t *in, size_t inlen,
    const uint8_t *sig, size_t siglen)
{
	uint8_t digest[LY_HASH_MAX];
	EVP_PKEY *key;
	int r = 0;

	if (in == NULL) {
		in = op->in.data;
		inlen = op->in.len;
	} else if (op->hasher != NULL) {
		r = ly_hasher_update(op->hasher, in, inlen);
	} else if (inlen > LY_OP_IN_MAX) {
		r = LY_ERR_LENGTH;
	}
	if (r == 0 && op->hasher != NULL) {
		r = ly_hasher_final(op->hasher, digest, &inlen);
		in = digest;
	}
	if (r != 0)
		return r;
	/* The host's queue of errors is left as it was. */
	(void)ERR_set_mark();
	if ((key = parse_key(op)) == NULL)
		r = LY_ERR_CRYPTO;
	else if (op->plan.alg.scheme == LY_EDDSA)
		r = verify_message(key, in, inlen, sig, siglen);
	else
		r = verify_digest(op, key, in, inlen, sig, siglen);
	EVP_PKEY_free(key);
	(void)ERR_pop_to_mark();
	return r;
}

int
ly_pubop_encrypt(struct ly_pubop *op, const uint8_t *in, size_t inlen,
    uint8_t *out)
{
	EVP_PKEY_CTX *ctx = NULL;
	EVP_PKEY *key = NULL;
	size_t n = op->len;
	int r = LY_ERR_CRYPTO;

	if (in == NULL) {
		in = op->in.data;
		inlen = op->in.len;
	}
	if (inlen > op->len)
		return LY_ERR_LENGTH;
	(void)ERR_set_mark();
	if ((key = parse_key(op)) == NULL)
		goto out;
	ctx = EVP_PKEY_CTX_new_from_pkey(ly_libctx(), key, NULL);
	if (ctx == NULL || EVP_PKEY_encrypt_init(ctx) != 1 ||
	    !set_padding(ctx, &op->plan.alg))
		goto out;
	if (EVP_PKEY_encrypt(ctx, out, &n, in, inlen) != 1) {
		/* The public operation fails only for too long an input. */
		r = LY_ERR_LENGTH;
		goto out;
	}
	r = n == op->len ? 0 : LY_ERR_CRYPTO;
out:
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(key);
	(void)ERR_pop_to_mark();
	return r;
}
