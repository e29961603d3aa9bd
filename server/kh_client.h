/*
 * The front's side of the keyholder: start it, ask it, end it. Any thread
 * may ask; each call takes a free channel, and waits for one when all are
 * in use. Errors of every call: those of the operation, and LY_ERR_IO when
 * the keyholder is gone.
 */
#ifndef LY_KH_CLIENT_H
#define LY_KH_CLIENT_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "kh_proto.h"

struct ly_kh;
struct ly_secret;
struct ly_why;

struct ly_kh_opts {
	const char *kek;	/* path of the KEK's file */
	int make;		/* make it first */
	const char *passphrase;	/* NULL: if it needs one, ask on the
				   terminal; "?": ask; or a file's path */
	int channels;		/* requests at a time, 1 .. 64 */
};

/*
 * Start the keyholder and wait until it is ready. To be called while the
 * process has one thread. LY_ERR_IO, and what the keyholder says: _PERM,
 * _AUTH, _NOTFOUND, _EXISTS, with why.
 */
int ly_kh_start(const struct ly_kh_opts *opts, struct ly_kh **out,
    struct ly_why *why);

/*
 * Close the channels, wait for its end, release. No call may be under way.
 * LY_ERR_IO if it did not end well. NULL is fine.
 */
int ly_kh_stop(struct ly_kh **kh);

/* The keyholder's process. */
pid_t ly_kh_pid(const struct ly_kh *kh);

/* Have later calls carry this service's keys (copied). LY_ERR_NOMEM. */
int ly_kh_use(struct ly_kh *kh, const struct ly_row_service *row);

/* Make the keys of a new service. */
int ly_kh_make(struct ly_kh *kh, const char *tenant,
    struct ly_row_service *row);

struct ly_kh_result {
	int err;		/* 0, or of this operation */
	struct ly_secret data;	/* the caller's to clear */
};

/* A batch, in order; result[i] belongs to ops[i]. n <= LY_WIRE_OPS_MAX. */
int ly_kh_ops(struct ly_kh *kh, struct ly_kh_op *ops, size_t n,
    struct ly_kh_result *result);

/*
 * Unseal, prove against key->spki, wrap for key's binding. LY_ERR_DENIED:
 * not the key of that SPKI; LY_ERR_AUTH, LY_ERR_FORMAT: not sealed to our
 * import certificate.
 */
int ly_kh_import(struct ly_kh *kh, const struct ly_kh_key *key,
    const uint8_t *sealed, size_t len, struct ly_buf *wrapped);

/* Seal a key to a receiving certificate, with a lease until not_after. */
int ly_kh_seal(struct ly_kh *kh, const struct ly_kh_key *key,
    const uint8_t *rcpt, size_t len, int64_t not_after, struct ly_buf *cms);

/* Issue a certificate to a PKCS#10 request. LY_ERR_AUTH, LY_ERR_FORMAT. */
int ly_kh_issue(struct ly_kh *kh, enum ly_cert_kind kind, const char *name,
    const uint8_t *csr, size_t len, int64_t not_after, struct ly_buf *cert);

#endif
