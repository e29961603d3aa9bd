/*
 * What front and keyholder say to each other over a socket pair: one frame
 * asks, one answers, on each channel in turn. A frame is a u32 length
 * (little-endian) and so many bytes.
 *
 *   request  u8 type, blob service, then by type
 *   answer   u32 error (0, or LY_ERR_ negated), then by type
 *
 * Every request carries the service's own keys, wrapped: the keyholder has
 * no files. Decoding trusts nothing and copies no bytes: views point into
 * the frame.
 */
#ifndef LY_KH_PROTO_H
#define LY_KH_PROTO_H

#include <stddef.h>
#include <stdint.h>

#include "alg.h"
#include "catalogue.h"
#include "cert.h"
#include "store.h"

struct ly_buf;
struct ly_reader;
struct ly_secret;

#define LY_KH_REQUEST_MAX ((size_t)8 * 1024 * 1024)	/* bytes of a frame */
#define LY_KH_ANSWER_MAX ((size_t)512 * 1024)
#define LY_KH_CHANNELS_MAX 64
#define LY_KH_SPKI_MAX 4096

enum ly_kh_type {
	LY_KH_MAKE = 1,		/* make the service's own keys */
	LY_KH_OPS = 2,		/* a batch of operations */
	LY_KH_IMPORT = 3,	/* unseal, prove and wrap a key */
	LY_KH_SEAL = 4,		/* seal a key to a device, with its lease */
	LY_KH_ISSUE = 5		/* issue a certificate */
};

/* A wrapped key and what it is bound to. */
struct ly_kh_key {
	char mailbox[LY_ADDRESS_MAX];
	uint8_t key_id[LY_KEY_ID_LEN];
	uint32_t use;		/* LY_USE_ bits */
	uint32_t version;
	struct ly_view spki;
	struct ly_view wrapped;	/* empty in an import */
};

struct ly_kh_op {
	struct ly_kh_key key;
	struct ly_alg alg;
	struct ly_view data;
};

struct ly_kh_req {
	enum ly_kh_type type;
	struct ly_view service;	/* ly_kh_service_encode; empty for MAKE */
	char name[LY_EMAIL_MAX];	/* MAKE: tenant; ISSUE: subject */
	struct ly_kh_op *ops;	/* OPS; owned when decoded */
	size_t nops;
	struct ly_kh_key key;	/* IMPORT, SEAL */
	struct ly_view blob;	/* IMPORT: sealed key; SEAL: recipient's
				   certificate; ISSUE: the request */
	uint8_t kind;		/* ISSUE: enum ly_cert_kind */
	int64_t not_after;	/* SEAL: of the lease; ISSUE */
};

/* Append the request to b. LY_ERR_ARG, LY_ERR_TOOBIG, LY_ERR_NOMEM. */
int ly_kh_req_encode(const struct ly_kh_req *q, struct ly_buf *b);

/* The reverse; views into data. LY_ERR_FORMAT, LY_ERR_TOOBIG. */
int ly_kh_req_decode(const void *data, size_t len, struct ly_kh_req *q);
void ly_kh_req_clear(struct ly_kh_req *q);

/* The service's row as the bytes that requests carry, and back. */
int ly_kh_service_encode(const struct ly_row_service *row, struct ly_buf *b);
int ly_kh_service_decode(const void *data, size_t len,
    struct ly_row_service *row);

/*
 * Answers are built in a secret: the error, then blobs. A put that does
 * not fit is LY_ERR_TOOBIG.
 */
int ly_kh_put_err(struct ly_secret *s, int err);
int ly_kh_put_blob(struct ly_secret *s, const void *data, size_t len);
/* Read an error. LY_ERR_FORMAT if it is none of ours. */
int ly_kh_get_err(struct ly_reader *rd, int *err);

/*
 * Send one frame, whole. LY_ERR_IO. Receive one: LY_ERR_NOTFOUND when the
 * other side has closed between frames, LY_ERR_TOOBIG, LY_ERR_IO.
 */
int ly_kh_send(int fd, const void *data, size_t len);
int ly_kh_recv(int fd, struct ly_buf *b);
int ly_kh_recv_secret(int fd, struct ly_secret *s);

#endif
