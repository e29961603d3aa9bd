/*
 * Who answers at a service's address, step by step: for first contact, and
 * for finding out what is wrong with a connection. No key, no code and no
 * client certificate goes this way.
 */
#ifndef LY_HTTP_PEER_H
#define LY_HTTP_PEER_H

#include <stddef.h>
#include <stdint.h>

#include "buf.h"

struct ly_http_opts;
struct ly_why;

/* How far a probe came: the step that failed, or DONE. */
enum ly_http_step {
	LY_HTTP_NAME = 1,	/* finding the address of the name */
	LY_HTTP_CONNECT,
	LY_HTTP_TLS,
	LY_HTTP_ANSWER,
	LY_HTTP_DONE
};

/* What was seen; what was not reached is empty or 0. */
struct ly_http_probe {
	enum ly_http_step step;
	char address[64];	/* numeric, without the port */
	char protocol[16];	/* "TLSv1.3" */
	char cipher[64];
	char issuer[256];	/* of the certificate, as text */
	struct ly_buf cert;	/* DER: the service's own */
	int status;		/* HTTP */
	int64_t date;		/* the service's clock, as ly_time */
	int64_t at;		/* ours when the answer began */
	int64_t name_us, connect_us, tls_us, answer_us;	/* each by itself */
};

void ly_http_probe_init(struct ly_http_probe *p);
void ly_http_probe_clear(struct ly_http_probe *p);

/*
 * GET path from the service of opts (cert and key are not used), over a
 * connection of its own. Errors and sentences are those of ly_http_request;
 * p holds what was seen before it failed. Any HTTP status is a success.
 */
int ly_http_probe(const struct ly_http_opts *opts, const char *path,
    struct ly_http_probe *p, struct ly_why *why);

/*
 * The same without any check of who answers: all that p says then may be a
 * lie. To name an impostor, and to tell a wrong clock from a bad service.
 */
int ly_http_insecure_probe(const struct ly_http_opts *opts, const char *path,
    struct ly_http_probe *p, struct ly_why *why);

/*
 * First contact: the topmost certificate (DER) of the chain that the server
 * at base presents, without any check of it. For showing its fingerprint to
 * a person; nothing else is sent.
 */
int ly_http_insecure_peer_ca(const char *base, int timeout_ms,
    struct ly_buf *ca, struct ly_why *why);

#endif
