/*
 * Elliptic curve operations. A peer's point is taken uncompressed and must
 * lie on the curve, which is all there is to check on curves of prime
 * order. Its key is never built by name or fromdata: the first is parsed
 * from our own SubjectPublicKeyInfo, and then takes each peer's point.
 */
#include <string.h>

#include <openssl/x509.h>

#include "crypto.h"
#include "der.h"
#include "err.h"
#include "pkey_int.h"
#include "secret.h"

#define ED25519_SIG_LEN 64
#define COORD_MAX 66		/* P-521 */
#define ECDSA_DER_MAX (2 * (COORD_MAX + 3) + 3)

static EVP_PKEY_CTX *
new_ctx(const struct ly_pkey *p)
{
	return EVP_PKEY_CTX_new_from_pkey(ly_libctx(), p->evp, NULL);
}

/* ECDSA-Sig-Value (RFC 3279 2.2.3) to r || s of size bytes each. */
static int
sig_split(const uint8_t *der, size_t len, size_t size, uint8_t *rs)
{
	struct ly_reader all, seq, v;
	int i;

	ly_reader_init(&all, der, len);
	if (ly_der_get(&all, LY_DER_SEQ, &seq, NULL) != 0)
		return LY_ERR_CRYPTO;
	for (i = 0; i < 2; i++, rs += size) {
		if (ly_der_uint(&seq, &v) != 0 || v.left > size)
			return LY_ERR_CRYPTO;
		memset(rs, 0, size - v.left);
		memcpy(rs + size - v.left, v.p, v.left);
	}
	return 0;
}

int
ly_ecdsa_op(const struct ly_pkey *p, const uint8_t *in, size_t inlen,
    struct ly_secret *out)
{
	struct ly_pkey_ctx *c = NULL;
	uint8_t der[ECDSA_DER_MAX], rs[2 * COORD_MAX];
	size_t n = sizeof(der);
	int r;

	if (inlen < 1 || inlen > LY_HASH_MAX)
		return LY_ERR_LENGTH;
	if ((c = ly_pkey_ctx_take(p, LY_CTX_SIGN)) == NULL) {
		if ((c = ly_pkey_ctx_new()) == NULL)
			return LY_ERR_NOMEM;
		if ((c->ctx = new_ctx(p)) == NULL ||
		    EVP_PKEY_sign_init(c->ctx) != 1) {
			ly_pkey_ctx_free(c);
			return LY_ERR_CRYPTO;
		}
	}
	if (EVP_PKEY_sign(c->ctx, der, &n, in, inlen) != 1) {
		ly_pkey_ctx_free(c);
		return LY_ERR_CRYPTO;
	}
	ly_pkey_ctx_give(p, LY_CTX_SIGN, c);
	if ((r = sig_split(der, n, p->size, rs)) != 0)
		return r;
	return ly_secret_set(out, rs, 2 * p->size);
}

static int
ed_init(const struct ly_pkey *p, struct ly_pkey_ctx **out)
{
	struct ly_pkey_ctx *c;

	if ((c = ly_pkey_ctx_new()) == NULL)
		return LY_ERR_NOMEM;
	if ((c->md = EVP_MD_CTX_new()) == NULL ||
	    EVP_DigestSignInit_ex(c->md, NULL, NULL, ly_libctx(), NULL,
	    p->evp, NULL) != 1) {
		ly_pkey_ctx_free(c);
		return LY_ERR_CRYPTO;
	}
	*out = c;
	return 0;
}

/*
 * Later versions of OpenSSL may refuse a second message on one context;
 * then a new one is made for each.
 */
int
ly_eddsa_op(const struct ly_pkey *p, const uint8_t *in, size_t inlen,
    struct ly_secret *out)
{
	struct ly_pkey_ctx *c = NULL;
	uint8_t sig[ED25519_SIG_LEN];
	size_t n = sizeof(sig);
	int r, ok = 0;

	c = ly_pkey_ctx_take(p, LY_CTX_SIGN);
	if (c != NULL)
		ok = EVP_DigestSign(c->md, sig, &n, in, inlen) == 1;
	if (!ok) {
		ly_pkey_ctx_free(c);
		n = sizeof(sig);
		if ((r = ed_init(p, &c)) != 0)
			return r;
		ok = EVP_DigestSign(c->md, sig, &n, in, inlen) == 1;
	}
	if (!ok || n != sizeof(sig)) {
		ly_pkey_ctx_free(c);
		return LY_ERR_CRYPTO;
	}
	ly_pkey_ctx_give(p, LY_CTX_SIGN, c);
	return ly_secret_set(out, sig, n);
}

static int
ecdh_init(const struct ly_pkey *p, struct ly_pkey_ctx **out)
{
	const unsigned char *at = p->spki;
	struct ly_pkey_ctx *c;

	if ((c = ly_pkey_ctx_new()) == NULL)
		return LY_ERR_NOMEM;
	c->peer = d2i_PUBKEY_ex(NULL, &at, (long)p->spki_len, ly_libctx(),
	    NULL);
	if (c->peer == NULL || (c->ctx = new_ctx(p)) == NULL ||
	    EVP_PKEY_derive_init(c->ctx) != 1) {
		ly_pkey_ctx_free(c);
		return LY_ERR_CRYPTO;
	}
	*out = c;
	return 0;
}

/* OpenSSL checks here that the point lies on the curve. */
static int
agree(struct ly_pkey_ctx *c, const uint8_t *point, size_t len, uint8_t *z,
    size_t *n)
{
	if (EVP_PKEY_set1_encoded_public_key(c->peer, point, len) != 1 ||
	    EVP_PKEY_derive_set_peer_ex(c->ctx, c->peer, 0) != 1 ||
	    EVP_PKEY_derive(c->ctx, z, n) != 1)
		return LY_ERR_CRYPTO;
	return 0;
}

int
ly_ecdh_op(const struct ly_pkey *p, const uint8_t *in, size_t inlen,
    struct ly_secret *out)
{
	const size_t want = p->type == LY_KEY_EC ? 1 + 2 * p->size : p->size;
	struct ly_secret z = LY_SECRET_INIT;
	struct ly_pkey_ctx *c = NULL;
	size_t n = p->size;
	int r;

	if (inlen != want)
		return LY_ERR_LENGTH;
	if (p->type == LY_KEY_EC && in[0] != 4)
		return LY_ERR_CRYPTO;
	if ((r = ly_secret_alloc(&z, p->size)) != 0)
		goto out;
	c = ly_pkey_ctx_take(p, LY_CTX_OTHER);
	if (c == NULL && (r = ecdh_init(p, &c)) != 0)
		goto out;
	if ((r = agree(c, in, inlen, z.data, &n)) != 0)
		goto out;
	if (n != p->size) {
		r = LY_ERR_CRYPTO;
		goto out;
	}
	ly_pkey_ctx_give(p, LY_CTX_OTHER, c);
	c = NULL;
	z.len = n;
	ly_secret_move(out, &z);
out:
	ly_pkey_ctx_free(c);
	ly_secret_clear(&z);
	return r;
}
