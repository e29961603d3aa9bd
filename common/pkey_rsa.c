/*
 * RSA operations. PKCS#1 v1.5 decryption takes the raw result and unpads it
 * with implicit rejection; no error of it depends on the plaintext. OAEP
 * has one error for everything.
 */
#include <openssl/core_names.h>
#include <openssl/params.h>

#include "crypto.h"
#include "err.h"
#include "pkey_int.h"
#include "secret.h"
#include "unpad.h"

#define PKCS1_OVERHEAD 11	/* RFC 8017 9.2 */

static OSSL_PARAM
text_param(const char *key, const char *value)
{
	return OSSL_PARAM_construct_utf8_string(key,
	    (char *)(uintptr_t)value, 0);
}

/* A context ready to sign, or to decrypt raw. */
static struct ly_pkey_ctx *
ready(const struct ly_pkey *p, int kind)
{
	struct ly_pkey_ctx *c;
	OSSL_PARAM params[2];
	int ok;

	if ((c = ly_pkey_ctx_take(p, kind)) != NULL)
		return c;
	if ((c = ly_pkey_ctx_new()) == NULL)
		return NULL;
	params[1] = OSSL_PARAM_construct_end();
	c->ctx = EVP_PKEY_CTX_new_from_pkey(ly_libctx(), p->evp, NULL);
	if (c->ctx == NULL) {
		ok = 0;
	} else if (kind == LY_CTX_SIGN) {
		params[0] = text_param(OSSL_SIGNATURE_PARAM_PAD_MODE,
		    OSSL_PKEY_RSA_PAD_MODE_PKCSV15);
		ok = EVP_PKEY_sign_init_ex(c->ctx, params) == 1;
	} else {
		params[0] = text_param(OSSL_ASYM_CIPHER_PARAM_PAD_MODE,
		    OSSL_PKEY_RSA_PAD_MODE_NONE);
		ok = EVP_PKEY_decrypt_init_ex(c->ctx, params) == 1;
	}
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
oaep_decrypt(const struct ly_pkey *p, const struct ly_alg *alg,
    const uint8_t *in, struct ly_secret *out)
{
	struct ly_secret s = LY_SECRET_INIT;
	EVP_PKEY_CTX *ctx = NULL;
	OSSL_PARAM params[5];
	size_t n = p->size;
	int r;

	params[0] = text_param(OSSL_ASYM_CIPHER_PARAM_PAD_MODE,
	    OSSL_PKEY_RSA_PAD_MODE_OAEP);
	params[1] = text_param(OSSL_ASYM_CIPHER_PARAM_OAEP_DIGEST,
	    ly_hash_ossl(alg->hash));
	params[2] = text_param(OSSL_ASYM_CIPHER_PARAM_MGF1_DIGEST,
	    ly_hash_ossl(alg->mgf));
	params[3] = alg->label_len == 0 ? OSSL_PARAM_construct_end() :
	    OSSL_PARAM_construct_octet_string(
	    OSSL_ASYM_CIPHER_PARAM_OAEP_LABEL,
	    (void *)(uintptr_t)alg->label, alg->label_len);
	params[4] = OSSL_PARAM_construct_end();
	if ((r = ly_secret_alloc(&s, p->size)) != 0)
		goto out;
	r = LY_ERR_CRYPTO;
	ctx = EVP_PKEY_CTX_new_from_pkey(ly_libctx(), p->evp, NULL);
	if (ctx == NULL || EVP_PKEY_decrypt_init_ex(ctx, params) != 1)
		goto out;
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
pss_sign(const struct ly_pkey *p, const struct ly_alg *alg,
    const uint8_t *in, size_t inlen, struct ly_secret *out)
{
	EVP_PKEY_CTX *ctx = NULL;
	OSSL_PARAM params[5];
	uint8_t sig[LY_RSA_MAX_BYTES];
	size_t n = sizeof(sig);
	int r = LY_ERR_CRYPTO, salt = (int)alg->salt_len;

	if (inlen != ly_hash_len(alg->hash))
		return LY_ERR_LENGTH;
	params[0] = text_param(OSSL_SIGNATURE_PARAM_DIGEST,
	    ly_hash_ossl(alg->hash));
	params[1] = text_param(OSSL_SIGNATURE_PARAM_PAD_MODE,
	    OSSL_PKEY_RSA_PAD_MODE_PSS);
	params[2] = text_param(OSSL_SIGNATURE_PARAM_MGF1_DIGEST,
	    ly_hash_ossl(alg->mgf));
	params[3] = OSSL_PARAM_construct_int(
	    OSSL_SIGNATURE_PARAM_PSS_SALTLEN, &salt);
	params[4] = OSSL_PARAM_construct_end();
	ctx = EVP_PKEY_CTX_new_from_pkey(ly_libctx(), p->evp, NULL);
	if (ctx == NULL || EVP_PKEY_sign_init_ex(ctx, params) != 1)
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
