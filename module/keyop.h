/*
 * A neutral operation with a key: what was asked (a struct ly_alg on a key
 * reference, or an unwrap with a key in memory), the input that comes in
 * parts, and the result that waits for a large enough buffer. The driver
 * is called once for an operation, whatever the caller's buffers are.
 */
#ifndef LY_KEYOP_H
#define LY_KEYOP_H

#include <stddef.h>
#include <stdint.h>

#include "alg.h"
#include "driver.h"

struct ly_keyop;
struct ly_secret;

/* What a mechanism and a key come to. */
struct ly_plan {
	struct ly_alg alg;
	enum ly_hash prehash;	/* hash the input before alg; or NONE */
};

/* What running an operation has shown on the way. */
struct ly_ran {
	uint64_t revision;	/* of the mailbox; 0: not heard */
	int renew;		/* 1: a lease had ended */
};

/*
 * Begin. ref is copied. LY_ERR_NOMEM; LY_ERR_CRYPTO when the prehash
 * cannot begin.
 */
int ly_keyop_new(const struct ly_plan *plan, const struct ly_keyref *ref,
    struct ly_keyop **out);

/* Begin an AES key unwrap (RFC 3394) with kek, which is copied. */
int ly_keyop_new_unwrap(const struct ly_secret *kek, struct ly_keyop **out);

/* NULL is fine. */
void ly_keyop_free(struct ly_keyop **op);

/* Whether the operation has to be run by a driver. */
int ly_keyop_remote(const struct ly_keyop *op);

/* Longest possible result in bytes; inlen as for ly_keyop_run. */
size_t ly_keyop_max(const struct ly_keyop *op, size_t inlen);

/* 1 if every result has the length ly_keyop_max says. */
int ly_keyop_exact(const struct ly_keyop *op);

/*
 * Add a part of the input. LY_ERR_LENGTH when it is more than the
 * operation can take, LY_ERR_NOMEM.
 */
int ly_keyop_update(struct ly_keyop *op, const uint8_t *in, size_t len);

/* 1 if ly_keyop_update was called. */
int ly_keyop_begun(const struct ly_keyop *op);

/*
 * Run on in, or with in NULL on what was collected; afterwards *res and
 * *reslen are the result, owned by op. A second call with the same input
 * gives the kept result (ly_keyop_keep). drivers is NULL for an unwrap.
 * LY_ERR_LENGTH: the input has a length that cannot be right, and nothing
 * was sent. LY_ERR_AUTH also for a ciphertext that was not filled in to its
 * end, which is not sent either.
 */
int ly_keyop_run(struct ly_keyop *op, struct ly_drivers *drivers,
    const uint8_t *in, size_t inlen, const uint8_t **res, size_t *reslen,
    struct ly_ran *ran);

/*
 * Keep the result for another ly_keyop_run on the same in: the caller's
 * buffer was too small. LY_ERR_NOMEM.
 */
int ly_keyop_keep(struct ly_keyop *op, const uint8_t *in, size_t inlen);

#endif
