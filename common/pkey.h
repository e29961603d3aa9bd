/*
 * Private keys: the only code of Lanyard that calls OpenSSL with one. Keys
 * come from DER alone (a host's ENGINE defaults break other ways), and each
 * operation gives the same answer in the service and in the cached driver.
 */
#ifndef LY_PKEY_H
#define LY_PKEY_H

#include <stddef.h>
#include <stdint.h>
#include <openssl/types.h>

#include "alg.h"

struct ly_buf;
struct ly_secret;
struct ly_pkey;

#define LY_PKEY_DER_MAX 16384	/* bytes of a PKCS#8 we accept */

/*
 * A key from its PKCS#8 PrivateKeyInfo (RFC 5958; version 0 or 1). Checks
 * type, size and curve. LY_ERR_FORMAT, LY_ERR_UNSUPPORTED, LY_ERR_NOMEM.
 * The key may be used by any number of threads at once.
 */
int ly_pkey_from_der(const uint8_t *der, size_t len, struct ly_pkey **out);

/* Make a new P-256 key. Never called in the module (engine trap). */
int ly_pkey_generate_p256(struct ly_pkey **out);

/* Release and wipe; *p is NULL afterwards. NULL is fine. */
void ly_pkey_free(struct ly_pkey **p);

/* The PKCS#8 of the key. */
int ly_pkey_to_der(const struct ly_pkey *p, struct ly_secret *der);

/* DER SubjectPublicKeyInfo, appended to out. */
int ly_pkey_spki(const struct ly_pkey *p, struct ly_buf *out);

/* RSA, or which curve. */
enum ly_key_type ly_pkey_type(const struct ly_pkey *p);

/* Longest result of any operation in bytes (modulus, 2 * order, ...). */
size_t ly_pkey_out_len(const struct ly_pkey *p);

/* The EVP_PKEY inside, for X.509, CMS and TLS code; still owned by p. */
EVP_PKEY *ly_pkey_evp(const struct ly_pkey *p);

/*
 * One operation (see struct ly_alg for inputs and results). out is
 * replaced. LY_ERR_UNSUPPORTED (alg does not fit the key), LY_ERR_LENGTH,
 * LY_ERR_CRYPTO. RSA PKCS#1 v1.5 decryption never fails for its padding:
 * implicit rejection, see unpad.h.
 */
int ly_pkey_op(const struct ly_pkey *p, const struct ly_alg *alg,
    const uint8_t *in, size_t inlen, struct ly_secret *out);

/*
 * 0 if the private key belongs to the SubjectPublicKeyInfo: compares the
 * public parts, then proves it by an operation (sign and verify, encrypt
 * and decrypt, or two agreements). LY_ERR_DENIED if it does not.
 */
int ly_pkey_prove(const struct ly_pkey *p, const uint8_t *spki, size_t len);

#endif
