/*
 * Status, headers and bodies of answers; see reply.h. Bodies with secrets
 * stay in locked memory until they are sent, and are wiped then.
 */
#include <inttypes.h>
#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "err.h"
#include "reply.h"
#include "wire.h"

static const struct {
	int status;
	const char *code, *title;
	int retry_after;
} problems[LY_P_COUNT] = {
	[LY_P_NONE] = { 500, "internal", "The service failed", 0 },
	[LY_P_BAD_REQUEST] = { 400, "bad_request",
	    "The request is malformed", 0 },
	[LY_P_NO_CERTIFICATE] = { 401, "no_certificate",
	    "A device certificate is needed: enrol this device", 0 },
	[LY_P_DEVICE_UNKNOWN] = { 401, "device_unknown",
	    "This device is not enrolled here", 0 },
	[LY_P_DEVICE_EXPIRED] = { 401, "device_expired",
	    "This device's certificate has ended: enrol it again", 0 },
	[LY_P_DEVICE_REVOKED] = { 403, "device_revoked",
	    "This device was revoked", 0 },
	[LY_P_MAILBOX_DISABLED] = { 403, "mailbox_disabled",
	    "This mailbox is disabled", 0 },
	[LY_P_CODE_INVALID] = { 403, "code_invalid",
	    "Address and enrolment code do not fit together", 0 },
	[LY_P_CODE_EXPIRED] = { 403, "code_expired",
	    "This enrolment code has ended: ask for a new one", 0 },
	[LY_P_DENIED] = { 403, "denied", "Policy forbids this", 0 },
	[LY_P_NOT_FOUND] = { 404, "not_found", "There is no such thing", 0 },
	[LY_P_METHOD] = { 405, "method_not_allowed",
	    "This method is not allowed here", 0 },
	[LY_P_CONFLICT] = { 409, "conflict", "It is there already", 0 },
	[LY_P_TOO_LARGE] = { 413, "too_large", "The request is too large",
	    0 },
	[LY_P_MEDIA_TYPE] = { 415, "media_type",
	    "The body must be application/json", 0 },
	[LY_P_TOO_MANY] = { 429, "too_many",
	    "Too many failed tries: wait a minute", 60 },
	[LY_P_BUSY] = { 503, "busy",
	    "The service cannot do this now: try again", 2 },
	[LY_P_INTERNAL] = { 500, "internal", "The service failed", 0 },
};

enum ly_problem
ly_problem_of(int err)
{
	switch (err) {
	case LY_ERR_FORMAT:
	case LY_ERR_LENGTH:
	case LY_ERR_ARG:
	case LY_ERR_UNSUPPORTED:
		return LY_P_BAD_REQUEST;
	case LY_ERR_TOOBIG:
		return LY_P_TOO_LARGE;
	case LY_ERR_NOTFOUND:
		return LY_P_NOT_FOUND;
	case LY_ERR_EXISTS:
		return LY_P_CONFLICT;
	case LY_ERR_DENIED:
	case LY_ERR_AUTH:
	case LY_ERR_EXPIRED:
		return LY_P_DENIED;
	case LY_ERR_REVOKED:
		return LY_P_DEVICE_REVOKED;
	case LY_ERR_IO:		/* disk full: nothing was changed */
	case LY_ERR_BUSY:
	case LY_ERR_NOMEM:
		return LY_P_BUSY;
	default:
		return LY_P_INTERNAL;
	}
}

void
ly_reply_clear(struct ly_reply *reply)
{
	ly_buf_clear(&reply->text);
	ly_secret_clear(&reply->secret);
}

void
ly_reply_problem(struct ly_reply *reply, enum ly_problem problem)
{
	struct ly_wire_problem p;

	memset(&p, 0, sizeof(p));
	if (reply->retry_after == 0)
		reply->retry_after = problems[problem].retry_after;
	p.status = problems[problem].status;
	(void)snprintf(p.code, sizeof(p.code), "%s", problems[problem].code);
	(void)snprintf(p.title, sizeof(p.title), "%s",
	    problems[problem].title);
	p.retry_after = reply->retry_after;
	ly_reply_clear(reply);
	ly_buf_init(&reply->text, LY_WIRE_BODY_MAX);
	reply->status = p.status;
	reply->type = "application/problem+json";
	reply->has_etag = 0;
	if (ly_wire_problem_encode(&p, &reply->text) != 0)
		ly_buf_clear(&reply->text);
}

void
ly_reply_json(struct ly_reply *reply, int status)
{
	reply->status = status;
	reply->type = "application/json";
}

/* What a response owns of a reply. */
struct body {
	struct ly_buf text;
	struct ly_secret secret;
};

static void
body_free(void *arg)
{
	struct body *b = arg;

	ly_buf_clear(&b->text);
	ly_secret_clear(&b->secret);
	free(b);
}

static struct MHD_Response *
response_of(struct ly_reply *reply)
{
	struct MHD_Response *res;
	struct body *b;
	void *p;
	size_t len;

	if ((b = calloc(1, sizeof(*b))) == NULL)
		return NULL;
	b->text = reply->text;
	memset(&reply->text, 0, sizeof(reply->text));
	ly_secret_move(&b->secret, &reply->secret);
	p = b->secret.len > 0 ? b->secret.data : b->text.data;
	len = b->secret.len > 0 ? b->secret.len : b->text.len;
	res = MHD_create_response_from_buffer_with_free_callback_cls(len, p,
	    body_free, b);
	if (res == NULL)
		body_free(b);
	return res;
}

static void
add_header(struct MHD_Response *res, const char *name, const char *value)
{
	(void)MHD_add_response_header(res, name, value);
}

static void
add_headers(struct MHD_Response *res, const struct ly_reply *reply,
    int closing)
{
	char text[64];

	if (reply->type != NULL)
		add_header(res, "Content-Type", reply->type);
	add_header(res, "Cache-Control", "no-store");
	if (reply->has_revision) {
		(void)snprintf(text, sizeof(text), "%" PRIu64,
		    reply->revision);
		add_header(res, "Lanyard-Revision", text);
	}
	if (reply->has_etag) {
		(void)snprintf(text, sizeof(text), "\"%" PRIu64 "\"",
		    reply->revision);
		add_header(res, "ETag", text);
	}
	if (reply->retry_after > 0) {
		(void)snprintf(text, sizeof(text), "%d", reply->retry_after);
		add_header(res, "Retry-After", text);
	}
	if (reply->allow != NULL)
		add_header(res, "Allow", reply->allow);
	if (closing)
		add_header(res, "Connection", "close");
}

int
ly_reply_queue(struct MHD_Connection *connection, struct ly_reply *reply,
    int closing)
{
	struct MHD_Response *res;
	int ok;

	if ((res = response_of(reply)) == NULL)
		return 0;
	add_headers(res, reply, closing);
	ok = MHD_queue_response(connection, (unsigned)reply->status,
	    res) == MHD_YES;
	MHD_destroy_response(res);
	return ok;
}
