/*
 * Enrolment of devices: codes that an operator gives out, and the
 * certificates that a device gets for one.
 */
#ifndef LY_ENROLL_H
#define LY_ENROLL_H

#include "app.h"
#include "wire.h"

struct ly_kh;
struct ly_why;

#define LY_CODE_TEXT 32		/* bytes of a code in groups, with NUL */
#define LY_CODE_LIFE_S 86400	/* how long a code may be used */
#define LY_CODE_TRIES 5		/* failures an address has in a minute */
#define LY_DEVICE_LIFE_S ((int64_t)5 * 365 * 86400)	/* certificates */

/*
 * Make a code of 125 random bits for a mailbox, and its record. code holds
 * LY_CODE_TEXT bytes; expires gets the time. LY_ERR_NOTFOUND.
 */
int ly_code_make(struct ly_store *store, const char *address, char *code,
    int64_t *expires);

/*
 * The digest that a code is stored as: groups, case and look-alikes
 * (O and 0; I, L and 1) make no difference. LY_ERR_AUTH if it is none.
 */
int ly_code_digest(const char *code, uint8_t digest[LY_SHA256_LEN]);

/*
 * Enrol the device of req, or give the same answer again when it was
 * enrolled with this code before. LY_ERR_AUTH: wrong code, address, or the
 * code belongs to another device; LY_ERR_EXPIRED; LY_ERR_REVOKED;
 * LY_ERR_FORMAT: a bad request; LY_ERR_TOOBIG: too many devices.
 */
int ly_enroll(struct ly_store *store, struct ly_kh *kh,
    const struct ly_row_service *service, const struct ly_wire_enroll *req,
    struct ly_wire_enrolled *out);

/*
 * Failures of each address in the last minute: at most LY_CODE_TRIES are
 * let through. *wait_s is the time to wait when LY_ERR_BUSY is returned.
 * Safe from many threads.
 */
struct ly_limiter;
int ly_limiter_new(struct ly_limiter **out);
void ly_limiter_free(struct ly_limiter **l);
int ly_limiter_check(struct ly_limiter *l, const char *address,
    int *wait_s);
void ly_limiter_fail(struct ly_limiter *l, const char *address);

#endif
