/*
 * Results of decrypting and key agreement that a mail client will ask for
 * again: it decrypts a message to show it, again for an attachment, a reply
 * or its index. Kept for a key whose operations the service performs, for
 * minutes, in locked memory that a forked child does not get. Never a
 * signature, and nothing longer than a content-encryption key or a Z.
 */
#ifndef LY_RECENT_H
#define LY_RECENT_H

#include <stddef.h>
#include <stdint.h>

#include "alg.h"
#include "driver.h"

struct ly_recent;
struct ly_secret;

#define LY_RECENT_MAX 64	/* results kept */
#define LY_RECENT_LEN 72	/* bytes of the longest one that is kept */

/* Keep results for that many seconds from when they came. LY_ERR_NOMEM. */
int ly_recent_new(int seconds, struct ly_recent **out);

/* Wipe and release; NULL is fine. */
void ly_recent_free(struct ly_recent **k);

/* Wipe all results. k may be NULL. */
void ly_recent_forget(struct ly_recent *k);

/*
 * The result of the same operation on the same input with the same key:
 * out is replaced. LY_ERR_NOTFOUND, also for k NULL and for a signature.
 */
int ly_recent_get(struct ly_recent *k, const struct ly_keyref *ref,
    const struct ly_alg *alg, const uint8_t *in, size_t inlen,
    struct ly_secret *out);

/* Keep a result, in the place of the oldest; fails silently. */
void ly_recent_put(struct ly_recent *k, const struct ly_keyref *ref,
    const struct ly_alg *alg, const uint8_t *in, size_t inlen,
    const struct ly_secret *result);

#endif
