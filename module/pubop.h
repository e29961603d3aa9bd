/*
 * Operations with a public key: verify and encrypt. They cost the service
 * nothing, and clients take them for granted. Input may come in parts.
 */
#ifndef LY_PUBOP_H
#define LY_PUBOP_H

#include <stddef.h>
#include <stdint.h>

#include "keyop.h"

struct ly_pubop;
struct ly_secret;

/*
 * Begin with the key in spki (DER, copied). plan is that of the private
 * operation: its alg.op is LY_OP_SIGN to verify, LY_OP_DECRYPT to encrypt.
 * len is the modulus' or coordinate's length.
 */
int ly_pubop_new(const struct ly_plan *plan, const uint8_t *spki,
    size_t spki_len, size_t len, struct ly_pubop **out);

/* NULL is fine. */
void ly_pubop_free(struct ly_pubop **op);

/* Add a part of the input. LY_ERR_LENGTH, LY_ERR_NOMEM. */
int ly_pubop_update(struct ly_pubop *op, const uint8_t *in, size_t len);
int ly_pubop_begun(const struct ly_pubop *op);

/* Length of a signature or ciphertext. */
size_t ly_pubop_len(const struct ly_pubop *op);

/*
 * Verify sig over in, or with in NULL over what was collected.
 * LY_ERR_AUTH: it is not a signature of that. The length is checked by the
 * caller.
 */
int ly_pubop_verify(struct ly_pubop *op, const uint8_t *in, size_t inlen,
    const uint8_t *sig, size_t siglen);

/* Encrypt in, or what was collected; out holds ly_pubop_len bytes. */
int ly_pubop_encrypt(struct ly_pubop *op, const uint8_t *in, size_t inlen,
    uint8_t *out);

#endif
