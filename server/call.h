/*
 * One request as the handlers of the API see it, without a word of HTTP,
 * and the answer that they build.
 */
#ifndef LY_CALL_H
#define LY_CALL_H

#include <stddef.h>
#include <stdint.h>

#include "app.h"
#include "buf.h"
#include "secret.h"
#include "store.h"

struct ly_audit;
struct ly_limiter;

/* What all requests share while "serve" runs; constant but for its parts. */
struct ly_serve {
	struct ly_app *app;
	struct ly_audit *audit;
	struct ly_limiter *limiter;
	struct ly_buf discovery;	/* JSON */
};

/* What went wrong, for the problem answer; reply.c has the table. */
enum ly_problem {
	LY_P_NONE = 0,
	LY_P_BAD_REQUEST,
	LY_P_NO_CERTIFICATE,
	LY_P_DEVICE_UNKNOWN,
	LY_P_DEVICE_EXPIRED,
	LY_P_DEVICE_REVOKED,
	LY_P_MAILBOX_DISABLED,
	LY_P_CODE_INVALID,
	LY_P_CODE_EXPIRED,
	LY_P_DENIED,
	LY_P_NOT_FOUND,
	LY_P_METHOD,
	LY_P_CONFLICT,
	LY_P_TOO_LARGE,
	LY_P_MEDIA_TYPE,
	LY_P_TOO_MANY,
	LY_P_BUSY,
	LY_P_INTERNAL,
	LY_P_COUNT
};

/* What the TLS connection says about the caller. */
enum ly_peer {
	LY_PEER_NONE = 0,	/* no certificate */
	LY_PEER_FOREIGN,	/* one that our CA did not issue */
	LY_PEER_OURS		/* one of ours; digest and not_after are set */
};

struct ly_reply {
	int status;
	const char *type;	/* media type of the body */
	struct ly_buf text;	/* the body, or */
	struct ly_secret secret;	/* the body when it holds secrets */
	uint64_t revision;	/* of the mailbox; for ETag and header */
	int has_revision;
	int has_etag;
	int retry_after;	/* seconds, 0 none */
	const char *allow;	/* methods, with LY_P_METHOD */
};

struct ly_call {
	struct ly_serve *sv;
	struct ly_store *store;	/* this thread's */
	/* the request */
	const char *method, *path;
	const char *param;	/* the last part of the path, or "" */
	uint64_t since;
	char etag[64];		/* If-None-Match, or "" */
	int json;		/* the body's media type is ours */
	struct ly_buf body;	/* wiped by its owner */
	enum ly_peer peer;
	uint8_t peer_digest[LY_SHA256_LEN];	/* of the SPKI */
	int64_t peer_not_after;
	/* filled in by the router */
	struct ly_row_device device;
	struct ly_row_mailbox mailbox;
	/* the outcome */
	enum ly_problem problem;	/* overrides the code of the error */
	struct ly_reply reply;
	size_t items;		/* for the log */
};

/* Release device rows and reply; the body is its owner's. */
void ly_call_clear(struct ly_call *c);

#endif
