/*
 * One function for each API call, and the one place where an HTTP status
 * and a problem code become a LY_ERR_ code. An answer of another media type
 * than ours is never looked into: captive portals answer 200 as well.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client.h"
#include "conf.h"
#include "crypto.h"
#include "err.h"
#include "http.h"

#define TYPE_JSON "application/json"
#define TYPE_PROBLEM "application/problem+json"
#define TYPE_SEALED "application/pkcs7-mime"

struct ly_client {
	struct ly_http *http;
	char host[LY_URL_MAX];	/* "host:port", for sentences */
};

static int
client_new(const struct ly_conf *conf, struct ly_http_opts *opts,
    struct ly_client **out, struct ly_why *why)
{
	struct ly_client *c;
	int r;

	c = calloc(1, sizeof(*c));
	if (c == NULL)
		return LY_ERR_NOMEM;
	opts->connect_ms = conf->connect_ms;
	opts->timeout_ms = conf->timeout_ms;
	if ((r = ly_http_new(opts, &c->http, why)) != 0)
		goto out;
	(void)snprintf(c->host, sizeof(c->host), "%s", opts->base + 8);
	*out = c;
	c = NULL;
out:
	ly_client_free(&c);
	return r;
}

int
ly_client_new(const struct ly_conf *conf, const struct ly_account *a,
    const struct ly_pkey *auth, struct ly_client **out, struct ly_why *why)
{
	struct ly_http_opts opts = {
		.base = a->service,
		.ca = a->issuer.data,
		.ca_len = a->issuer.len,
		.cert = a->auth_cert.data,
		.cert_len = a->auth_cert.len,
		.key = auth,
	};

	return client_new(conf, &opts, out, why);
}

int
ly_client_new_anonymous(const struct ly_conf *conf, const char *service,
    const uint8_t *ca, size_t ca_len, struct ly_client **out,
    struct ly_why *why)
{
	struct ly_http_opts opts = {
		.base = service,
		.ca = ca,
		.ca_len = ca_len,
	};

	return client_new(conf, &opts, out, why);
}

void
ly_client_free(struct ly_client **client)
{
	struct ly_client *c = *client;

	*client = NULL;
	if (c == NULL)
		return;
	ly_http_free(&c->http);
	free(c);
}

/* Problem codes that say more than their status. */
static const struct {
	const char *code;
	int err;
} problem_codes[] = {
	{ "code_invalid", LY_ERR_AUTH },
	{ "code_expired", LY_ERR_EXPIRED },
	{ "device_revoked", LY_ERR_REVOKED },
	{ "device_unknown", LY_ERR_REVOKED },
	{ "mailbox_disabled", LY_ERR_REVOKED },
};

static int
status_err(int status)
{
	switch (status) {
	case 401:
		return LY_ERR_REVOKED;
	case 403:
		return LY_ERR_DENIED;
	case 404:
		return LY_ERR_NOTFOUND;
	case 409:
		return LY_ERR_EXISTS;
	case 410:
		return LY_ERR_EXPIRED;
	case 413:
		return LY_ERR_TOOBIG;
	case 429:
	case 503:
		return LY_ERR_BUSY;
	default:
		return status >= 500 ? LY_ERR_NET : LY_ERR_FORMAT;
	}
}

/* Text of the service as part of a sentence of ours. */
static void
make_printable(char *s)
{
	for (; *s != '\0'; s++)
		if ((unsigned char)*s < ' ' || *s == 0x7f)
			*s = '?';
}

/* An answer that is not a success. */
static int
refused(const struct ly_client *c, const struct ly_http_res *res,
    struct ly_why *why)
{
	struct ly_wire_problem p;
	int err = status_err(res->status);
	size_t i;

	memset(&p, 0, sizeof(p));
	if (strcmp(res->type, TYPE_PROBLEM) != 0 ||
	    ly_wire_problem_decode(res->body.data, res->body.len, &p,
	    NULL) != 0) {
		if (res->status >= 500)
			return ly_fail(why, LY_ERR_NET,
			    "%s: the service is broken (HTTP status %d): ask "
			    "its operator", c->host, res->status);
		return ly_fail(why, LY_ERR_FORMAT,
		    "%s: the answer is not a key service's (HTTP status "
		    "%d): check the address", c->host, res->status);
	}
	for (i = 0; i < sizeof(problem_codes) / sizeof(problem_codes[0]); i++)
		if (strcmp(p.code, problem_codes[i].code) == 0)
			err = problem_codes[i].err;
	make_printable(p.title);
	return ly_fail(why, err, "%s: %s (%d)", c->host, p.title,
	    res->status);
}

/*
 * One request. A success has the media type want (NULL: no body looked
 * at); status 304 is a success too, for who asked with an ETag.
 */
static int
call(struct ly_client *c, const struct ly_http_req *req, const char *want,
    struct ly_http_res *res, struct ly_why *why)
{
	struct ly_http_res got;
	int r;

	memset(&got, 0, sizeof(got));
	if ((r = ly_http_request(c->http, req, &got, why)) != 0)
		return r;
	if (got.status == 304 && req->if_none_match != NULL)
		want = NULL;
	else if (got.status < 200 || got.status > 299)
		r = refused(c, &got, why);
	if (r == 0 && want != NULL && strcmp(got.type, want) != 0)
		r = ly_fail(why, LY_ERR_FORMAT,
		    "%s: the answer is not a key service's (%s): check the "
		    "address", c->host,
		    got.type[0] != '\0' ? got.type : "no media type");
	if (r != 0) {
		ly_http_res_clear(&got);
		return r;
	}
	*res = got;
	return 0;
}

/* What is wrong with a body of the right type that does not decode. */
static int
malformed(const struct ly_client *c, int r, const struct ly_why *inner,
    struct ly_why *why)
{
	if (r == LY_ERR_NOMEM)
		return r;
	return ly_fail(why, LY_ERR_FORMAT, "%s: the service's answer is "
	    "malformed (%.200s)", c->host, inner->text);
}

static int
get(struct ly_client *c, const char *path, const char *etag,
    struct ly_http_res *res, struct ly_why *why)
{
	const struct ly_http_req req = {
		.method = "GET",
		.path = path,
		.if_none_match = etag,
		.max = LY_WIRE_BODY_MAX,
	};

	return call(c, &req, TYPE_JSON, res, why);
}

static int
post(struct ly_client *c, const char *path, const struct ly_buf *json,
    struct ly_http_res *res, struct ly_why *why)
{
	const struct ly_http_req req = {
		.method = "POST",
		.path = path,
		.body = json->data,
		.body_len = json->len,
		.max = LY_WIRE_BODY_MAX,
	};

	return call(c, &req, TYPE_JSON, res, why);
}

int
ly_client_discover(struct ly_client *c, struct ly_wire_discovery *out,
    struct ly_why *why)
{
	struct ly_wire_discovery d;
	struct ly_http_res res = { 0 };
	struct ly_why inner = { "" };
	int r;

	if ((r = get(c, LY_DISCOVERY_PATH, NULL, &res, why)) != 0)
		return r;
	r = ly_wire_discovery_decode(res.body.data, res.body.len, &d, &inner);
	ly_http_res_clear(&res);
	if (r != 0)
		return malformed(c, r, &inner, why);
	if (strcmp(d.api, LY_API_PATH) != 0) {
		r = ly_fail(why, LY_ERR_UNSUPPORTED, "%s: the service speaks "
		    "%.64s, we speak " LY_API_PATH ": update lanyard",
		    c->host, d.api);
		ly_wire_discovery_clear(&d);
		return r;
	}
	*out = d;
	return 0;
}

int
ly_client_enroll(struct ly_client *c, const struct ly_wire_enroll *req,
    struct ly_wire_enrolled *out, struct ly_why *why)
{
	struct ly_http_res res = { 0 };
	struct ly_why inner = { "" };
	struct ly_buf json;
	int r;

	ly_buf_init(&json, LY_WIRE_BODY_MAX);
	if ((r = ly_wire_enroll_encode(req, &json)) != 0)
		goto out;
	r = post(c, LY_API_PATH "/enroll", &json, &res, why);
	if (r != 0)
		goto out;
	r = ly_wire_enrolled_decode(res.body.data, res.body.len, out, &inner);
	if (r != 0)
		r = malformed(c, r, &inner, why);
out:
	ly_buf_clear(&json);
	ly_http_res_clear(&res);
	return r;
}

int
ly_client_keys(struct ly_client *c, uint64_t since, int *changed,
    struct ly_wire_keys *out, struct ly_why *why)
{
	struct ly_http_res res = { 0 };
	struct ly_why inner = { "" };
	char path[96], etag[32];
	int r;

	(void)snprintf(path, sizeof(path), LY_API_PATH "/keys?since=%" PRIu64,
	    since);
	(void)snprintf(etag, sizeof(etag), "\"%" PRIu64 "\"", since);
	if ((r = get(c, path, since > 0 ? etag : NULL, &res, why)) != 0)
		return r;
	if (res.status == 304) {
		*changed = 0;
		ly_http_res_clear(&res);
		return 0;
	}
	r = ly_wire_keys_decode(res.body.data, res.body.len, out, &inner);
	ly_http_res_clear(&res);
	if (r != 0)
		return malformed(c, r, &inner, why);
	*changed = 1;
	return 0;
}

int
ly_client_ops(struct ly_client *c, const struct ly_wire_ops *req,
    struct ly_wire_results *out, struct ly_why *why)
{
	struct ly_http_res res = { 0 };
	struct ly_why inner = { "" };
	struct ly_buf json;
	int r;

	ly_buf_init(&json, LY_WIRE_BODY_MAX);
	if ((r = ly_wire_ops_encode(req, &json)) != 0)
		goto out;
	if ((r = post(c, LY_API_PATH "/ops", &json, &res, why)) != 0)
		goto out;
	r = ly_wire_results_decode(res.body.data, res.body.len, out, &inner);
	if (r != 0)
		r = malformed(c, r, &inner, why);
out:
	ly_buf_clear(&json);
	ly_http_res_clear(&res);
	return r;
}

int
ly_client_sealed(struct ly_client *c, const uint8_t id[LY_KEY_ID_LEN],
    struct ly_buf *cms, struct ly_why *why)
{
	struct ly_http_res res = { 0 };
	char hex[LY_KEY_ID_HEX], path[96];
	struct ly_http_req req = {
		.method = "GET",
		.path = path,
		.max = LY_SEALED_MAX,
	};
	int r;

	ly_hex(id, LY_KEY_ID_LEN, hex);
	(void)snprintf(path, sizeof(path), LY_API_PATH "/sealed/%s", hex);
	if ((r = call(c, &req, TYPE_SEALED, &res, why)) != 0)
		return r;
	r = ly_buf_put(cms, res.body.data, res.body.len);
	ly_http_res_clear(&res);
	return r;
}

int
ly_client_import(struct ly_client *c, const struct ly_wire_import *req,
    struct ly_wire_imported *out, struct ly_why *why)
{
	struct ly_http_res res = { 0 };
	struct ly_why inner = { "" };
	struct ly_buf json;
	int r;

	ly_buf_init(&json, LY_WIRE_BODY_MAX);
	if ((r = ly_wire_import_encode(req, &json)) != 0)
		goto out;
	if ((r = post(c, LY_API_PATH "/keys", &json, &res, why)) != 0)
		goto out;
	r = ly_wire_imported_decode(res.body.data, res.body.len, out, &inner);
	if (r != 0)
		r = malformed(c, r, &inner, why);
out:
	ly_buf_clear(&json);
	ly_http_res_clear(&res);
	return r;
}

int
ly_client_devices(struct ly_client *c, struct ly_wire_devices *out,
    struct ly_why *why)
{
	struct ly_http_res res = { 0 };
	struct ly_why inner = { "" };
	int r;

	if ((r = get(c, LY_API_PATH "/devices", NULL, &res, why)) != 0)
		return r;
	r = ly_wire_devices_decode(res.body.data, res.body.len, out, &inner);
	ly_http_res_clear(&res);
	return r == 0 ? 0 : malformed(c, r, &inner, why);
}

/* Letters, digits and '-' alone: it becomes part of a path. */
static int
device_id_ok(const char *id)
{
	const size_t n = strlen(id);

	return n > 0 && n < LY_DEVICE_ID_MAX &&
	    strspn(id, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "0123456789-") == n;
}

int
ly_client_device_revoke(struct ly_client *c, const char *device_id,
    struct ly_why *why)
{
	struct ly_http_res res = { 0 };
	char path[128];
	struct ly_http_req req = {
		.method = "DELETE",
		.path = path,
		.max = LY_WIRE_BODY_MAX,
	};
	int r;

	if (!device_id_ok(device_id))
		return ly_fail(why, LY_ERR_NOTFOUND, "no such device: see "
		    "\"lanyard device list\"");
	(void)snprintf(path, sizeof(path), LY_API_PATH "/devices/%s",
	    device_id);
	r = call(c, &req, NULL, &res, why);
	ly_http_res_clear(&res);
	return r;
}
