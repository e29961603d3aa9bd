/*
 * PKCS#1 v1.5 unpadding with implicit rejection, in constant time
 * (draft-irtf-cfrg-rsa-guidance-04 7.2): whatever the padding, a message
 * comes out, and neither time nor result says whether the padding was good.
 */
#ifndef LY_UNPAD_H
#define LY_UNPAD_H

#include <stddef.h>
#include <stdint.h>

struct ly_secret;

#define LY_KDK_LEN 32

/*
 * Key-derivation key for one ciphertext:
 * kdk = HMAC-SHA256(key = dh, msg = ciphertext), where dh is
 * SHA-256(I2OSP(d, k)), made once a key by its owner.
 */
int ly_unpad_kdk(const uint8_t dh[32], const uint8_t *ct, size_t k,
    uint8_t kdk[LY_KDK_LEN]);

/*
 * em: the k bytes of the raw RSA result (64 <= k <= LY_RSA_MAX_BYTES).
 * out gets the message, or the synthetic one when the padding is bad; its
 * length is 0 .. k - 11. LY_ERR_CRYPTO and LY_ERR_NOMEM do not depend on em.
 */
int ly_unpad_pkcs1(const uint8_t *em, size_t k,
    const uint8_t kdk[LY_KDK_LEN], struct ly_secret *out);

#endif
