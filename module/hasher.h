/*
 * A hash over data that comes in parts: for C_Digest and for signatures
 * whose mechanism hashes.
 */
#ifndef LY_HASHER_H
#define LY_HASHER_H

#include <stddef.h>
#include <stdint.h>

#include "alg.h"

struct ly_hasher;

/* LY_ERR_UNSUPPORTED, LY_ERR_CRYPTO, LY_ERR_NOMEM. Uses OpenSSL. */
int ly_hasher_new(enum ly_hash h, struct ly_hasher **out);

/* Add a part, of less than 2 GiB. LY_ERR_LENGTH, LY_ERR_CRYPTO. */
int ly_hasher_update(struct ly_hasher *h, const void *in, size_t len);

/* out holds LY_HASH_MAX bytes; *len is set. The hasher is used up. */
int ly_hasher_final(struct ly_hasher *h, uint8_t *out, size_t *len);

/* The hash that it computes. */
enum ly_hash ly_hasher_hash(const struct ly_hasher *h);

/* NULL is fine; safe after the host has cleaned up its OpenSSL. */
void ly_hasher_free(struct ly_hasher **h);

#endif
