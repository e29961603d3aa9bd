/*
 * RSA operations. PKCS#1 v1.5 decryption takes the raw result and unpads it
 * with implicit rejection; no error of it depends on the plaintext. OAEP
 * has one error for everything. Parameters are set one by one: where a
 * host's ENGINE has taken over, those of an init_ex call are ignored.
 */
#include <openssl/crypto.h>
#include <openssl/rsa.h>

#include "crypto.h"
#include "err.h"
#include "pkey_int.h"
#include "secret.h"
#include "unpad.h"

#define PKCS1_OVERHEAD 11	/* RFC 8017 9.2 */

/* A context ready to sign, or to decrypt raw. */
static struct ly_pkey_ctx *
ready(const struct ly_pkey *p, int kind)
{
	struct ly_pkey_ctx *c;
	int ok;

	if ((c = ly_pkey_ctx_take(p, kind)) != NULL)
		return c;
	if ((c = ly_pkey_ctx_new()) == NULL)
		return NULL;
	c->ctx = EVP_PKEY_CTX_new_from_pkey(ly_libctx(), p->evp, NULL);
	if (c->ctx == NULL)
		ok = 0;
	else if (kind == LY_CTX_SIGN)
		ok = EVP_PKEY_sign_init(c->ctx) == 1 &&
		    EVP_PKEY_CTX_set_rsa_padding(c->ctx,
		    RSA_PKCS1_PADDING) == 1;
	else
		ok = EVP_PKEY_decrypt_init(c->ctx) == 1 &&
		    EVP_PKEY_CTX_set_rsa_padding(c->ctx,
		    RSA_NO_PADDING) == 1;
	if (!ok) {
		ly_pkey_ctx_free(c);
		return NULL;
	}
	return c;
}

static int
pkcs1_sign(const struct ly_pkey *p, const uint8_t *in, size_t inlen,
    struct ly_secret *out)
{
	struct ly_pkey_ctx *c = NULL;
	uint8_t sig[LY_RSA_MAX_BYTES];
	size_t n = sizeof(sig);

	if (inlen > p->size - PKCS1_OVERHEAD)
		return LY_ERR_LENGTH;
	if ((c = ready(p, LY_CTX_SIGN)) == NULL)
		return LY_ERR_CRYPTO;
	if (EVP_PKEY_sign(c->ctx, sig, &n, in, inlen) != 1 || n != p->size) {
		ly_pkey_ctx_free(c);
		return LY_ERR_CRYPTO;
	}
	ly_pkey_ctx_give(p, LY_CTX_SIGN, c);
	return ly_secret_set(out, sig, n);
}

/* em of p->size bytes: the ciphertext to the private exponent. */
static int
raw_decrypt(const struct ly_pkey *p, const uint8_t *ct, uint8_t *em)
{
	struct ly_pkey_ctx *c = NULL;
	size_t n = p->size;

	if ((c = ready(p, LY_CTX_OTHER)) == NULL)
		return LY_ERR_CRYPTO;
	if (EVP_PKEY_decrypt(c->ctx, em, &n, ct, p->size) != 1 ||
	    n != p->size) {
		ly_pkey_ctx_free(c);
		return LY_ERR_CRYPTO;
	}
	ly_pkey_ctx_give(p, LY_CTX_OTHER, c);
	return 0;
}

static int
pkcs1_decrypt(const struct ly_pkey *p, const uint8_t *in,
    struct ly_secret *out)
{
	struct ly_secret em = LY_SECRET_INIT;
	uint8_t kdk[LY_KDK_LEN];
	int r;

	if ((r = ly_secret_alloc(&em, p->size)) != 0)
		goto out;
	if ((r = ly_unpad_kdk(p->dh, in, p->size, kdk)) != 0)
		goto out;
	if ((r = raw_decrypt(p, in, em.data)) != 0)
		goto out;
	r = ly_unpad_pkcs1(em.data, p->size, kdk, out);
out:
	ly_wipe(kdk, sizeof(kdk));
	ly_secret_clear(&em);
	return r;
}

static int
oaep_init(EVP_PKEY_CTX *ctx, const struct ly_alg *alg)
{
	void *label;

	if (EVP_PKEY_decrypt_init(ctx) != 1 ||
	    EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_OAEP_PADDING) != 1 ||
	    EVP_PKEY_CTX_set_rsa_oaep_md(ctx, ly_md(alg->hash)) != 1 ||
	    EVP_PKEY_CTX_set_rsa_mgf1_md(ctx, ly_md(alg->mgf)) != 1)
		return LY_ERR_CRYPTO;
	if (alg->label_len == 0)
		return 0;
	if ((label = OPENSSL_memdup(alg->label, alg->label_len)) == NULL)
		return LY_ERR_NOMEM;
	if (EVP_PKEY_CTX_set0_rsa_oaep_label(ctx, label,
	    (int)alg->label_len) != 1) {
		OPENSSL_free(label);
		return LY_ERR_CRYPTO;
	}
	return 0;
}

static int
oaep_decrypt(const struct ly_pkey *p, const struct ly_alg *alg,
    const uint8_t *in, struct ly_secret *out)
{
	struct ly_secret s = LY_SECRET_INIT;
	EVP_PKEY_CTX *ctx = NULL;
	size_t n = p->size;
	int r;

	if ((r = ly_secret_alloc(&s, p->size)) != 0)
		goto out;
	r = LY_ERR_CRYPTO;
	ctx = EVP_PKEY_CTX_new_from_pkey(ly_libctx(), p->evp, NULL);
	if (ctx == NULL || (r = oaep_init(ctx, alg)) != 0)
		goto out;
	r = LY_ERR_CRYPTO;
	if (EVP_PKEY_decrypt(ctx, s.data, &n, in, p->size) != 1)
		goto out;
	s.len = n;
	ly_secret_move(out, &s);
	r = 0;
out:
	EVP_PKEY_CTX_free(ctx);
	ly_secret_clear(&s);
	return r;
}

static int
pss_init(EVP_PKEY_CTX *ctx, const struct ly_alg *alg)
{
	return EVP_PKEY_sign_init(ctx) == 1 &&
	    EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING) == 1 &&
	    EVP_PKEY_CTX_set_signature_md(ctx, ly_md(alg->hash)) == 1 &&
	    EVP_PKEY_CTX_set_rsa_mgf1_md(ctx, ly_md(alg->mgf)) == 1 &&
	    EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, (int)alg->salt_len) == 1;
}

static int
pss_sign(const struct ly_pkey *p, const struct ly_alg *alg,
    const uint8_t *in, size_t inlen, struct ly_secret *out)
{
	EVP_PKEY_CTX *ctx = NULL;
	uint8_t sig[LY_RSA_MAX_BYTES];
	size_t n = sizeof(sig);
	int r = LY_ERR_CRYPTO;

	if (inlen != ly_hash_len(alg->hash))
		return LY_ERR_LENGTH;
	ctx = EVP_PKEY_CTX_new_from_pkey(ly_libctx(), p->evp, NULL);
	if (ctx == NULL || !pss_init(ctx, alg))
		goto out;
	if (EVP_PKEY_sign(ctx, sig, &n, in, inlen) != 1 || n != p->size)
		goto out;
	r = ly_secret_set(out, sig, n);
out:
	EVP_PKEY_CTX_free(ctx);
	return r;
}

int
ly_rsa_op(const struct ly_pkey *p, const struct ly_alg *alg,
    const uint8_t *in, size_t inlen, struct ly_secret *out)
{
	if (alg->scheme == LY_RSA_PSS)
		return pss_sign(p, alg, in, inlen, out);
	if (alg->op == LY_OP_SIGN)
		return pkcs1_sign(p, in, inlen, out);
	if (inlen != p->size)
		return LY_ERR_LENGTH;
	if (alg->scheme == LY_RSA_OAEP)
		return oaep_decrypt(p, alg, in, out);
	return pkcs1_decrypt(p, in, out);
}
