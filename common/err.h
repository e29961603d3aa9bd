/*
 * Error codes of Lanyard and the text that goes with them.
 *
 * Every function that can fail returns 0 or one of these negative codes and
 * leaves its results untouched on failure. CK_RV is made from them in
 * module/rv.c alone, an HTTP status in server/reply.c alone.
 */
#ifndef LY_ERR_H
#define LY_ERR_H

enum ly_err {
	LY_OK = 0,
	LY_ERR_NOMEM = -1,	/* an allocation failed */
	LY_ERR_ARG = -2,	/* the caller broke the contract */
	LY_ERR_FORMAT = -3,	/* outside bytes that do not parse */
	LY_ERR_TOOBIG = -4,	/* over a limit of ours */
	LY_ERR_IO = -5,		/* a system call on a file failed */
	LY_ERR_NOTFOUND = -6,	/* no such file, key, account, row */
	LY_ERR_EXISTS = -7,	/* it is there already */
	LY_ERR_PERM = -8,	/* a file's owner or mode is unsafe */
	LY_ERR_AUTH = -9,	/* wrong PIN, password, code or tag */
	LY_ERR_DENIED = -10,	/* policy, usage or key state forbids it */
	LY_ERR_EXPIRED = -11,	/* a lease, code or certificate has ended */
	LY_ERR_UNSUPPORTED = -12, /* an algorithm or version not known */
	LY_ERR_CRYPTO = -13,	/* the cryptographic operation failed */
	LY_ERR_NET = -14,	/* unreachable, or an answer not ours */
	LY_ERR_TIMEOUT = -15,	/* the deadline passed */
	LY_ERR_LOCKED = -16,	/* the device keys are not unlocked */
	LY_ERR_REVOKED = -17,	/* the service refuses this device */
	LY_ERR_LENGTH = -18,	/* an input of the wrong length */
	LY_ERR_SHORT = -19,	/* the caller's buffer is too small */
	LY_ERR_BUSY = -20,	/* a limit on work in flight; try later */
	LY_ERR_STATE = -21	/* called in the wrong order */
};

/* A constant, lower-case phrase for a code, never NULL. */
const char *ly_strerror(int err);

/*
 * Why something failed, in one sentence that names the thing and the cure.
 * Owned by the caller, filled by the callee; a NULL ly_why is accepted
 * everywhere. It never holds a secret.
 */
#define LY_WHY_MAX 512

struct ly_why {
	char text[LY_WHY_MAX];
};

/*
 * Write the sentence (printf form) into why, cut at LY_WHY_MAX - 1 bytes,
 * and return err, so that callers can write
 * "return ly_fail(why, LY_ERR_FORMAT, ...)". why may be NULL.
 */
int ly_fail(struct ly_why *why, int err, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

#endif
