/*
 * The life of a private key: from DER, to DER, its public half, and which
 * operation goes where. It refuses every other form of key material.
 */
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/x509.h>

#include "buf.h"
#include "compat.h"
#include "crypto.h"
#include "err.h"
#include "pkey_int.h"
#include "secret.h"

/* SHA-256 of the private exponent at modulus length. */
static int
hash_exponent(const struct ly_pki *pki, uint8_t dh[32])
{
	struct ly_secret d = LY_SECRET_INIT;
	size_t pad = pki->n.left - pki->d.left;
	int r;

	if ((r = ly_secret_alloc(&d, pki->n.left)) != 0)
		goto out;
	memset(d.data, 0, pad);
	memcpy(d.data + pad, pki->d.p, pki->d.left);
	r = ly_digest(LY_SHA256, d.data, pki->n.left, dh);
out:
	ly_secret_clear(&d);
	return r;
}

static int
evp_type(enum ly_key_type t)
{
	switch (t) {
	case LY_KEY_RSA:
		return EVP_PKEY_RSA;
	case LY_KEY_EC:
		return EVP_PKEY_EC;
	case LY_KEY_ED25519:
		return EVP_PKEY_ED25519;
	case LY_KEY_X25519:
		return EVP_PKEY_X25519;
	}
	return EVP_PKEY_NONE;
}

/*
 * OpenSSL's key from a PrivateKeyInfo that we wrote. Told the type, it needs
 * a third of the time that d2i_AutoPrivateKey takes to try all decoders.
 */
static int
evp_load(enum ly_key_type t, const struct ly_secret *der, EVP_PKEY **evp)
{
	const unsigned char *at = der->data;

	*evp = d2i_PrivateKey_ex(evp_type(t), NULL, &at, (long)der->len,
	    ly_libctx(), NULL);
	return *evp != NULL ? 0 : LY_ERR_FORMAT;
}

static int
key_fill(struct ly_pkey *p, const uint8_t *der, size_t len)
{
	struct ly_secret clean = LY_SECRET_INIT;
	struct ly_pki pki;
	int r, n;

	if ((r = ly_pki_parse(der, len, &pki)) != 0)
		goto out;
	p->type = pki.type;
	p->size = pki.type == LY_KEY_RSA ? pki.n.left :
	    pki.curve != NULL ? pki.curve->size : pki.key.left;
	if ((r = ly_pki_write(&pki, &clean)) != 0)
		goto out;
	if ((r = evp_load(pki.type, &clean, &p->evp)) != 0)
		goto out;
	if (pki.type == LY_KEY_RSA && (r = hash_exponent(&pki, p->dh)) != 0)
		goto out;
	if ((n = i2d_PUBKEY(p->evp, &p->spki)) <= 0) {
		r = LY_ERR_CRYPTO;
		goto out;
	}
	p->spki_len = (size_t)n;
out:
	ly_secret_clear(&clean);
	return r;
}

int
ly_pkey_from_der(const uint8_t *der, size_t len, struct ly_pkey **out)
{
	struct ly_pkey *p = NULL;
	int r;

	if (len > LY_PKEY_DER_MAX)
		return LY_ERR_FORMAT;
	if (ly_libctx() == NULL)
		return LY_ERR_CRYPTO;
	(void)ERR_set_mark();
	if ((p = OPENSSL_zalloc(sizeof(*p))) == NULL) {
		r = LY_ERR_NOMEM;
		goto out;
	}
	if ((r = key_fill(p, der, len)) != 0)
		goto out;
	*out = p;
	p = NULL;
out:
	(void)ERR_pop_to_mark();
	ly_pkey_free(&p);
	return r;
}

/* The PrivateKeyInfo as OpenSSL writes it. */
static int
evp_to_der(const EVP_PKEY *evp, struct ly_secret *der)
{
	struct ly_secret s = LY_SECRET_INIT;
	PKCS8_PRIV_KEY_INFO *p8 = NULL;
	unsigned char *at;
	int r = LY_ERR_CRYPTO, n;

	(void)ERR_set_mark();
	if ((p8 = EVP_PKEY2PKCS8(evp)) == NULL)
		goto out;
	if ((n = i2d_PKCS8_PRIV_KEY_INFO(p8, NULL)) <= 0)
		goto out;
	if ((r = ly_secret_alloc(&s, (size_t)n)) != 0)
		goto out;
	at = s.data;
	s.len = (size_t)i2d_PKCS8_PRIV_KEY_INFO(p8, &at);
	ly_secret_move(der, &s);
out:
	(void)ERR_pop_to_mark();
	PKCS8_PRIV_KEY_INFO_free(p8);
	ly_secret_clear(&s);
	return r;
}

int
ly_pkey_generate_p256(struct ly_pkey **out)
{
	struct ly_secret der = LY_SECRET_INIT;
	EVP_PKEY *evp = NULL;
	int r;

	if (ly_libctx() == NULL)
		return LY_ERR_CRYPTO;
	(void)ERR_set_mark();
	evp = EVP_PKEY_Q_keygen(ly_libctx(), NULL, "EC", "P-256");
	(void)ERR_pop_to_mark();
	if (evp == NULL) {
		r = LY_ERR_CRYPTO;
		goto out;
	}
	if ((r = evp_to_der(evp, &der)) != 0)
		goto out;
	r = ly_pkey_from_der(der.data, der.len, out);
out:
	EVP_PKEY_free(evp);
	ly_secret_clear(&der);
	return r;
}

void
ly_pkey_free(struct ly_pkey **pp)
{
	struct ly_pkey *p = *pp;
	int kind, i;

	if (p == NULL)
		return;
	*pp = NULL;
	if (!ly_crypto_alive())
		return;
	for (kind = 0; kind < LY_CTX_KINDS; kind++)
		for (i = 0; i < LY_CTX_IDLE; i++)
			ly_pkey_ctx_free(atomic_load(&p->idle[kind][i]));
	EVP_PKEY_free(p->evp);
	OPENSSL_free(p->spki);
	OPENSSL_clear_free(p, sizeof(*p));
}

int
ly_pkey_to_der(const struct ly_pkey *p, struct ly_secret *der)
{
	return evp_to_der(p->evp, der);
}

int
ly_pkey_spki(const struct ly_pkey *p, struct ly_buf *out)
{
	return ly_buf_put(out, p->spki, p->spki_len);
}

enum ly_key_type
ly_pkey_type(const struct ly_pkey *p)
{
	return p->type;
}

size_t
ly_pkey_out_len(const struct ly_pkey *p)
{
	switch (p->type) {
	case LY_KEY_EC:
	case LY_KEY_ED25519:
		return 2 * p->size;
	case LY_KEY_RSA:
	case LY_KEY_X25519:
		break;
	}
	return p->size;
}

EVP_PKEY *
ly_pkey_evp(const struct ly_pkey *p)
{
	return p->evp;
}

struct ly_pkey_ctx *
ly_pkey_ctx_new(void)
{
	return OPENSSL_zalloc(sizeof(struct ly_pkey_ctx));
}

void
ly_pkey_ctx_free(struct ly_pkey_ctx *c)
{
	if (c == NULL)
		return;
	EVP_MD_CTX_free(c->md);
	EVP_PKEY_CTX_free(c->ctx);
	EVP_PKEY_free(c->peer);
	OPENSSL_free(c);
}

/* The idle contexts are the one part of a key that changes after loading. */
static _Atomic(struct ly_pkey_ctx *) *
idle_of(const struct ly_pkey *p, int kind)
{
	return ((struct ly_pkey *)(uintptr_t)p)->idle[kind];
}

struct ly_pkey_ctx *
ly_pkey_ctx_take(const struct ly_pkey *p, int kind)
{
	_Atomic(struct ly_pkey_ctx *) *idle = idle_of(p, kind);
	struct ly_pkey_ctx *c;
	int i;

	for (i = 0; i < LY_CTX_IDLE; i++) {
		if (atomic_load_explicit(&idle[i], memory_order_relaxed) ==
		    NULL)
			continue;
		if ((c = atomic_exchange(&idle[i], NULL)) != NULL)
			return c;
	}
	return NULL;
}

void
ly_pkey_ctx_give(const struct ly_pkey *p, int kind, struct ly_pkey_ctx *c)
{
	_Atomic(struct ly_pkey_ctx *) *idle = idle_of(p, kind);
	struct ly_pkey_ctx *none;
	int i;

	for (i = 0; i < LY_CTX_IDLE; i++) {
		none = NULL;
		if (atomic_load_explicit(&idle[i], memory_order_relaxed) !=
		    NULL)
			continue;
		if (atomic_compare_exchange_strong(&idle[i], &none, c))
			return;
	}
	ly_pkey_ctx_free(c);
}

/* The key type that a scheme belongs to; ECDH has two. */
static int
fits(const struct ly_pkey *p, const struct ly_alg *alg)
{
	switch (alg->scheme) {
	case LY_RSA_PKCS1:
	case LY_RSA_OAEP:
	case LY_RSA_PSS:
		return p->type == LY_KEY_RSA;
	case LY_ECDSA:
		return p->type == LY_KEY_EC;
	case LY_EDDSA:
		return p->type == LY_KEY_ED25519;
	case LY_ECDH:
		return p->type == LY_KEY_EC || p->type == LY_KEY_X25519;
	}
	return 0;
}

int
ly_pkey_op(const struct ly_pkey *p, const struct ly_alg *alg,
    const uint8_t *in, size_t inlen, struct ly_secret *out)
{
	int r;

	if ((r = ly_alg_check(alg)) != 0)
		return r;
	if (!fits(p, alg))
		return LY_ERR_UNSUPPORTED;
	if (inlen > LY_OP_IN_MAX)
		return LY_ERR_LENGTH;
	if (ly_libctx() == NULL)
		return LY_ERR_CRYPTO;
	(void)ERR_set_mark();
	if (p->type == LY_KEY_RSA)
		r = ly_rsa_op(p, alg, in, inlen, out);
	else if (alg->scheme == LY_ECDSA)
		r = ly_ecdsa_op(p, in, inlen, out);
	else if (alg->scheme == LY_EDDSA)
		r = ly_eddsa_op(p, in, inlen, out);
	else
		r = ly_ecdh_op(p, in, inlen, out);
	(void)ERR_pop_to_mark();
	return r;
}
