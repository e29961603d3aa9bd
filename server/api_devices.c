/* Discovery, enrolment and devices: handlers of the API; see api.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "account.h"
#include "api.h"
#include "audit.h"
#include "call.h"
#include "compat.h"
#include "enroll.h"
#include "err.h"
#include "log.h"
#include "reply.h"
#include "wire.h"

int
ly_api_discovery_make(const struct ly_serve *sv, struct ly_buf *json)
{
	const struct ly_row_service *service = &sv->app->service;
	struct ly_wire_discovery d;

	memset(&d, 0, sizeof(d));
	ly_sconf_url(&sv->app->conf, d.issuer);
	(void)snprintf(d.api, sizeof(d.api), "%s", LY_API_PATH);
	d.ca = service->ca.cert;		/* views: not cleared */
	d.import_cert = service->import.cert;
	return ly_wire_discovery_encode(&d, json);
}

int
ly_api_discovery(struct ly_call *c)
{
	const struct ly_buf *json = &c->sv->discovery;

	ly_buf_init(&c->reply.text, LY_WIRE_BODY_MAX);
	ly_reply_json(&c->reply, 200);
	return ly_buf_put(&c->reply.text, json->data, json->len);
}

/* How an enrolment failed, in the words of the API. */
static enum ly_problem
enroll_problem(int err)
{
	switch (err) {
	case LY_ERR_AUTH:
		return LY_P_CODE_INVALID;
	case LY_ERR_EXPIRED:
		return LY_P_CODE_EXPIRED;
	case LY_ERR_REVOKED:
		return LY_P_DEVICE_REVOKED;
	case LY_ERR_DENIED:
		return LY_P_MAILBOX_DISABLED;
	case LY_ERR_TOOBIG:
		return LY_P_CONFLICT;
	default:
		return LY_P_NONE;
	}
}

static int
do_enroll(struct ly_call *c, struct ly_wire_enroll *req)
{
	struct ly_wire_enrolled done;
	int r;

	if (!ly_address_ok(req->address)) {
		c->problem = LY_P_CODE_INVALID;
		return LY_ERR_AUTH;
	}
	if ((r = ly_limiter_check(c->sv->limiter, req->address,
	    &c->reply.retry_after)) != 0) {
		c->problem = LY_P_TOO_MANY;
		return r;
	}
	r = ly_enroll(c->store, c->sv->app->kh, &c->sv->app->service, req,
	    &done);
	if (r != 0) {
		if (r == LY_ERR_AUTH || r == LY_ERR_EXPIRED)
			ly_limiter_fail(c->sv->limiter, req->address);
		c->problem = enroll_problem(r);
		return r;
	}
	ly_log(LY_LOG_INFO, "enrolled device=%s address=%s", done.device_id,
	    done.address);
	ly_buf_init(&c->reply.text, LY_WIRE_BODY_MAX);
	ly_reply_json(&c->reply, 200);
	r = ly_wire_enrolled_encode(&done, &c->reply.text);
	ly_wire_enrolled_clear(&done);
	return r;
}

int
ly_api_enroll(struct ly_call *c)
{
	struct ly_wire_enroll req;
	int r;

	memset(&req, 0, sizeof(req));
	r = ly_wire_enroll_decode(c->body.data, c->body.len, &req, NULL);
	if (r != 0)
		return ly_api_malformed(c, r);
	r = do_enroll(c, &req);
	ly_wire_enroll_clear(&req);
	return r;
}

/* The list for ly_api_devices: active devices first in the table. */
struct listing {
	const struct ly_call *c;
	struct ly_wire_device *items;
	size_t n;
	int revoked;		/* which ones this walk takes */
};

static int
list_one(void *arg, const struct ly_row_device *row, const char *address)
{
	struct listing *l = arg;
	struct ly_wire_device *d = &l->items[l->n];

	(void)address;
	if ((row->revoked != 0) != l->revoked || l->n == LY_WIRE_DEVICES_MAX)
		return 0;
	memset(d, 0, sizeof(*d));
	memcpy(d->device_id, row->id, sizeof(d->device_id));
	memcpy(d->name, row->name, sizeof(d->name));
	memcpy(d->platform, row->platform, sizeof(d->platform));
	d->enrolled = row->enrolled;
	d->last_used = row->last_used;
	d->revoked = row->revoked != 0;
	d->self = strcmp(row->id, l->c->device.id) == 0;
	l->n++;
	return 0;
}

int
ly_api_devices(struct ly_call *c)
{
	struct ly_wire_devices m;
	struct listing l;
	int r;

	memset(&l, 0, sizeof(l));
	l.c = c;
	l.items = calloc(LY_WIRE_DEVICES_MAX + 1, sizeof(*l.items));
	if (l.items == NULL)
		return LY_ERR_NOMEM;
	r = c->store->d->device_each(c->store, c->mailbox.id, list_one, &l);
	l.revoked = 1;
	if (r == 0)
		r = c->store->d->device_each(c->store, c->mailbox.id,
		    list_one, &l);
	if (r == 0) {
		m.items = l.items;
		m.n = l.n;
		c->items = l.n;
		ly_buf_init(&c->reply.text, LY_WIRE_BODY_MAX);
		ly_reply_json(&c->reply, 200);
		r = ly_wire_devices_encode(&m, &c->reply.text);
	}
	free(l.items);
	return r;
}

/* Revoke one of the caller's devices; once more is no failure. */
static int
revoke(struct ly_call *c, const struct ly_row_device *row)
{
	struct ly_store *s = c->store;
	struct ly_row_audit record;
	int r;

	if (row->revoked != 0)
		return 0;
	if ((r = s->d->begin(s, 1)) != 0)
		return r;
	r = s->d->device_revoke(s, row->id, ly_time());
	if (r == 0) {
		ly_audit_fill(&record, c->device.id, c->mailbox.address,
		    LY_EV_REVOKE, row->id, NULL);
		r = ly_audit_append(s, &record);
	}
	if (r == 0)
		r = s->d->commit(s);
	if (r != 0)
		s->d->rollback(s);
	return r == LY_ERR_NOTFOUND ? 0 : r;
}

int
ly_api_device_revoke(struct ly_call *c)
{
	struct ly_row_device row;
	int r;

	memset(&row, 0, sizeof(row));
	if ((r = c->store->d->device_get(c->store, c->param, &row)) != 0)
		return r;
	/* Somebody else's device is as good as none. */
	r = row.mailbox == c->mailbox.id ? revoke(c, &row) : LY_ERR_NOTFOUND;
	ly_row_device_clear(&row);
	if (r == 0)
		c->reply.status = 204;
	return r;
}
