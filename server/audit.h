/*
 * The audit: a chain of records. The hash of a record is
 *   SHA-256(hash of the one before || seq || time || actor || address ||
 *           event || object || detail)
 * (32 zero bytes before the first; numbers as u64, texts as
 * ly_buf_put_str), so that none can be changed, removed or put in between
 * without every later hash being wrong.
 *
 * Administrative records are written in the transaction of the change.
 * Uses of keys are queued, before the key is touched, and committed by a
 * writer thread in groups. No record says how a decryption went.
 */
#ifndef LY_AUDIT_H
#define LY_AUDIT_H

#include <stddef.h>
#include <stdint.h>

#include "store.h"

struct ly_audit;
struct ly_why;

#define LY_AUDIT_QUEUE_MAX 8192	/* records that wait for the writer */
#define LY_AUDIT_GROUP_MS 20	/* how long the writer gathers a group */

/* Events. */
#define LY_EV_INIT "init"
#define LY_EV_MAILBOX_ADD "mailbox-add"
#define LY_EV_MAILBOX_DISABLE "mailbox-disable"
#define LY_EV_MAILBOX_ENABLE "mailbox-enable"
#define LY_EV_CODE "enroll-code"
#define LY_EV_ENROLL "enroll"
#define LY_EV_IMPORT "import"
#define LY_EV_KEY_SET "key-set"
#define LY_EV_REVOKE "device-revoke"
#define LY_EV_SEALED "sealed-key"
#define LY_EV_REFUSED "refused"

/*
 * Fill a record but for seq and hash; time is now. Texts are cut to their
 * columns; NULL is "".
 */
void ly_audit_fill(struct ly_row_audit *row, const char *actor,
    const char *address, const char *event, const char *object,
    const char *detail);

/* The hash of row after prev. LY_ERR_CRYPTO, LY_ERR_NOMEM. */
int ly_audit_hash(const struct ly_row_audit *row,
    const uint8_t prev[LY_SHA256_LEN], uint8_t hash[LY_SHA256_LEN]);

/*
 * Append one record inside the write transaction that s has open: seq and
 * hash are filled in. Errors of the store.
 */
int ly_audit_append(struct ly_store *s, struct ly_row_audit *row);

/*
 * Walk the whole chain. 0 and the number of records, or LY_ERR_FORMAT with
 * why naming the first record that does not fit.
 */
int ly_audit_verify(struct ly_store *s, uint64_t *n, struct ly_why *why);

/*
 * Start the writer, which takes over *s (NULL then) and closes it at the
 * end. LY_ERR_NOMEM.
 */
int ly_audit_start(struct ly_store **s, struct ly_audit **out);

/*
 * Queue n records. All of them or none: LY_ERR_BUSY when the queue is full
 * or the last commit failed; nothing may then be done to a key. With
 * wait != 0 returns only once they are on the disk (LY_ERR_IO if not).
 */
int ly_audit_queue(struct ly_audit *a, const struct ly_row_audit *rows,
    size_t n, int wait);

/* Note that a device was seen; may be forgotten under load. */
void ly_audit_touch(struct ly_audit *a, const char *device);

/* Commit what waits, stop the writer, release. NULL is fine. */
int ly_audit_stop(struct ly_audit **a);

#endif
