/*
 * Shared by pkey*.c alone: the key, and its idle operation contexts.
 */
#ifndef LY_PKEY_INT_H
#define LY_PKEY_INT_H

#include <stdatomic.h>

#include <openssl/evp.h>

#include "keyinfo.h"
#include "pkey.h"

/* Kinds of operation whose contexts are kept; a key type has at most two. */
#define LY_CTX_SIGN 0
#define LY_CTX_OTHER 1		/* RSA decryption, or derivation */
#define LY_CTX_KINDS 2
#define LY_CTX_IDLE 8		/* of each kind */

/* An OpenSSL context made ready for one kind of operation on one key. */
struct ly_pkey_ctx {
	EVP_PKEY_CTX *ctx;
	EVP_MD_CTX *md;		/* Ed25519; owns no ctx */
	EVP_PKEY *peer;		/* derivation: takes each peer's point */
};

/*
 * All is written once, at load. Idle contexts are taken and given back by
 * atomic exchange: no lock, and no fetch or set-up for a repeated operation.
 */
struct ly_pkey {
	EVP_PKEY *evp;
	enum ly_key_type type;
	size_t size;		/* modulus, coordinate or scalar, bytes */
	uint8_t dh[32];		/* RSA: SHA-256(I2OSP(d, k)); see unpad.h */
	uint8_t *spki;
	size_t spki_len;
	_Atomic(struct ly_pkey_ctx *) idle[LY_CTX_KINDS][LY_CTX_IDLE];
};

/* An idle context, or NULL. */
struct ly_pkey_ctx *ly_pkey_ctx_take(const struct ly_pkey *p, int kind);

/* A new one with nothing in it; NULL when memory is short. */
struct ly_pkey_ctx *ly_pkey_ctx_new(void);

/* Keep c for the next operation, or free it if there are enough. */
void ly_pkey_ctx_give(const struct ly_pkey *p, int kind,
    struct ly_pkey_ctx *c);
void ly_pkey_ctx_free(struct ly_pkey_ctx *c);

/* One key type's operations; op and scheme are checked by the caller. */
int ly_rsa_op(const struct ly_pkey *p, const struct ly_alg *alg,
    const uint8_t *in, size_t inlen, struct ly_secret *out);
int ly_ecdsa_op(const struct ly_pkey *p, const uint8_t *in, size_t inlen,
    struct ly_secret *out);
int ly_eddsa_op(const struct ly_pkey *p, const uint8_t *in, size_t inlen,
    struct ly_secret *out);
int ly_ecdh_op(const struct ly_pkey *p, const uint8_t *in, size_t inlen,
    struct ly_secret *out);

#endif
