/*
 * HTTPS requests through libcurl, which is loaded when the first request is
 * made and not before (it brings thirty libraries into the host). A pool
 * keeps connections open; each request in flight has one of its own.
 */
#ifndef LY_HTTP_H
#define LY_HTTP_H

#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "secret.h"

struct ly_pkey;
struct ly_why;

struct ly_http_opts {
	const char *base;	/* "https://host:port"; https alone */
	const uint8_t *ca;	/* DER of the only trust anchor; NULL: system */
	size_t ca_len;
	const uint8_t *cert;	/* DER client certificate, NULL for none */
	size_t cert_len;
	const struct ly_pkey *key;	/* its key; must outlive the pool */
	int connect_ms;		/* for name look-up, TCP and TLS */
	int timeout_ms;		/* for the whole call, over all tries */
};

struct ly_http;

/* A pool for one service. Copies what opts points to, but for key. */
int ly_http_new(const struct ly_http_opts *opts, struct ly_http **out,
    struct ly_why *why);

/* Close all connections. No request may be under way. NULL is fine. */
void ly_http_free(struct ly_http **h);

struct ly_http_req {
	const char *method;	/* "GET", "POST", "DELETE" */
	const char *path;	/* with query, from '/' */
	const void *body;	/* JSON; NULL for none */
	size_t body_len;
	const char *if_none_match;	/* ETag or NULL */
	size_t max;		/* longest answer taken, bytes */
};

struct ly_http_res {
	int status;
	struct ly_secret body;
	char type[64];		/* media type without parameters, lower case */
	char etag[80];
	int retry_after;	/* seconds, 0 none */
	int new_connection;	/* 1 if this request had to connect */
};

/*
 * One request within the deadline; TLS 1.3, no redirects, no other scheme.
 * LY_ERR_NET (why says name, connect, certificate or protocol),
 * LY_ERR_TIMEOUT, LY_ERR_TOOBIG, LY_ERR_UNSUPPORTED (no usable libcurl).
 * After a timeout the next requests have a deadline of at most one second,
 * until one succeeds or ten seconds are over: a dead network must not
 * freeze a mail client again and again. Safe from many threads.
 */
int ly_http_request(struct ly_http *h, const struct ly_http_req *req,
    struct ly_http_res *res, struct ly_why *why);

void ly_http_res_clear(struct ly_http_res *res);

#endif
