/* Keys: the list, import, and sealed keys. Handlers of the API; see api.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api.h"
#include "audit.h"
#include "call.h"
#include "compat.h"
#include "crypto.h"
#include "err.h"
#include "import.h"
#include "kh_client.h"
#include "log.h"
#include "policy.h"
#include "reply.h"
#include "wire.h"

#define PAGE_BYTES ((size_t)768 * 1024)	/* of certificates on one page */

/* A page in the making. */
struct page {
	struct ly_call *c;
	struct ly_wire_keys m;
	size_t bytes;
	uint64_t last;		/* revision of the last key on it */
};

static int
copy(struct ly_buf *to, const struct ly_buf *from)
{
	ly_buf_init(to, LY_CERT_MAX);
	return ly_buf_put(to, from->data, from->len);
}

struct cert_list {
	struct ly_buf *certs;
	size_t n, max, bytes;
};

static int
take_cert(void *arg, const struct ly_row_cert *row)
{
	struct cert_list *l = arg;

	if (l->n == l->max)
		return 0;
	l->bytes += row->der.len;
	return copy(&l->certs[l->n++], &row->der);
}

/* One key of the page; stops the walk (LY_ERR_STATE) when it is full. */
static int
take_key(void *arg, const struct ly_row_key *row)
{
	struct page *p = arg;
	struct ly_wire_key *k = &p->m.keys[p->m.nkeys];
	struct cert_list l = { k->certs, 0, LY_WIRE_CERTS_MAX, 0 };
	struct ly_store *s = p->c->store;
	int r;

	if (p->m.nkeys == LY_WIRE_PAGE_MAX || p->bytes > PAGE_BYTES) {
		p->m.more = 1;
		return LY_ERR_STATE;
	}
	memcpy(k->key_id, row->key_id, sizeof(k->key_id));
	k->use = ly_policy_use(row);
	k->delivery = row->delivery;
	k->state = row->state;
	p->m.nkeys++;
	r = s->d->cert_each(s, row->mailbox, row->key_id, take_cert, &l);
	k->ncerts = l.n;
	p->bytes += l.bytes;
	p->last = row->revision;
	return r == 0 && l.n == 0 ? LY_ERR_IO : r;
}

/*
 * The page behind since. Read in one transaction, so that revision and
 * keys belong together. A cursor from the future (an old backup was put
 * back) starts again from the beginning.
 */
static int
read_page(struct page *p)
{
	struct ly_call *c = p->c;
	struct ly_store *s = c->store;
	struct cert_list ca = { p->m.ca, 0, LY_WIRE_CA_MAX, 0 };
	uint64_t since;
	int r;

	if ((r = s->d->begin(s, 0)) != 0)
		return r;
	r = s->d->mailbox_get(s, c->mailbox.id, &c->mailbox);
	since = c->since > c->mailbox.revision ? 0 : c->since;
	if (r == 0)
		r = s->d->key_each(s, c->mailbox.id, since,
		    LY_WIRE_PAGE_MAX + 1, take_key, p);
	if (r == LY_ERR_STATE)
		r = 0;
	if (r == 0)
		r = s->d->ca_each(s, c->mailbox.id, take_cert, &ca);
	p->m.nca = ca.n;
	s->d->rollback(s);
	p->m.revision = p->m.more ? p->last : c->mailbox.revision;
	c->reply.revision = c->mailbox.revision;
	return r;
}

int
ly_api_keys(struct ly_call *c)
{
	char etag[32];
	struct page p;
	int r;

	(void)snprintf(etag, sizeof(etag), "\"%llu\"",
	    (unsigned long long)c->mailbox.revision);
	c->reply.has_etag = 1;
	if (strcmp(c->etag, etag) == 0 && c->since == c->mailbox.revision) {
		c->reply.status = 304;
		return 0;
	}
	memset(&p, 0, sizeof(p));
	p.c = c;
	p.m.keys = calloc(LY_WIRE_PAGE_MAX + 1, sizeof(*p.m.keys));
	if (p.m.keys == NULL)
		return LY_ERR_NOMEM;
	if ((r = read_page(&p)) == 0) {
		c->items = p.m.nkeys;
		ly_buf_init(&c->reply.text, LY_WIRE_BODY_MAX);
		ly_reply_json(&c->reply, 200);
		r = ly_wire_keys_encode(&p.m, &c->reply.text);
	}
	ly_wire_keys_clear(&p.m);
	return r;
}

/* How an import failed, in the words of the API. */
static enum ly_problem
import_problem(int err)
{
	switch (err) {
	case LY_ERR_AUTH:
	case LY_ERR_DENIED:
		return LY_P_BAD_REQUEST;
	case LY_ERR_TOOBIG:
		return LY_P_CONFLICT;
	default:
		return LY_P_NONE;
	}
}

static int
do_import(struct ly_call *c, const struct ly_wire_import *req)
{
	struct ly_import_done done;
	struct ly_wire_imported m;
	struct ly_import im;
	struct ly_why why = { "" };
	int r;

	memset(&im, 0, sizeof(im));
	im.store = c->store;
	im.kh = c->sv->app->kh;
	im.actor = c->device.id;
	im.mailbox = c->mailbox.id;
	im.req = req;
	if ((r = ly_import_key(&im, &done, &why)) != 0) {
		ly_log(LY_LOG_WARN, "import refused device=%s: %s",
		    c->device.id, why.text);
		c->problem = import_problem(r);
		return r;
	}
	memset(&m, 0, sizeof(m));
	memcpy(m.key_id, done.key_id, sizeof(m.key_id));
	m.merged = done.merged;
	m.revision = done.revision;
	c->reply.revision = done.revision;
	c->items = 1;
	ly_buf_init(&c->reply.text, LY_WIRE_BODY_MAX);
	ly_reply_json(&c->reply, 200);
	return ly_wire_imported_encode(&m, &c->reply.text);
}

int
ly_api_import(struct ly_call *c)
{
	struct ly_wire_import req;
	int r;

	memset(&req, 0, sizeof(req));
	r = ly_wire_import_decode(c->body.data, c->body.len, &req, NULL);
	if (r != 0)
		return ly_api_malformed(c, r);
	r = do_import(c, &req);
	ly_wire_import_clear(&req);
	return r;
}

/* Seal row's key to the caller's device; recorded before it leaves. */
static int
seal(struct ly_call *c, const struct ly_row_key *row)
{
	struct ly_row_audit record;
	struct ly_kh_key key;
	char until[LY_TIME_LEN], detail[64], id[LY_KEY_ID_HEX];
	int64_t lease = ly_time() + c->sv->app->conf.lease_s;
	int r;

	memset(&key, 0, sizeof(key));
	memcpy(key.mailbox, c->mailbox.address, sizeof(key.mailbox));
	memcpy(key.key_id, row->key_id, sizeof(key.key_id));
	key.use = row->use;
	key.version = row->version;
	key.spki.p = row->spki.data;
	key.spki.len = row->spki.len;
	key.wrapped.p = row->wrapped.data;
	key.wrapped.len = row->wrapped.len;
	ly_time_str(lease, until);
	ly_hex(row->key_id, sizeof(row->key_id), id);
	(void)snprintf(detail, sizeof(detail), "until %s", until);
	ly_audit_fill(&record, c->device.id, c->mailbox.address,
	    LY_EV_SEALED, id, detail);
	ly_buf_init(&c->reply.text, LY_SEALED_MAX);
	r = ly_kh_seal(c->sv->app->kh, &key, c->device.recv_cert.data,
	    c->device.recv_cert.len, lease, &c->reply.text);
	if (r == 0)
		r = ly_audit_queue(c->sv->audit, &record, 1, 1);
	if (r != 0)
		return r == LY_ERR_AUTH ? LY_ERR_CRYPTO : r;
	c->reply.status = 200;
	c->reply.type = "application/pkcs7-mime";
	c->items = 1;
	return 0;
}

int
ly_api_sealed(struct ly_call *c)
{
	uint8_t id[LY_KEY_ID_LEN];
	struct ly_row_key row;
	int r;

	if (ly_unhex(c->param, id, sizeof(id)) != 0)
		return LY_ERR_NOTFOUND;
	memset(&row, 0, sizeof(row));
	r = c->store->d->key_get(c->store, c->mailbox.id, id, &row);
	if (r != 0)
		return r;
	r = row.delivery == LY_CACHED ? seal(c, &row) : LY_ERR_DENIED;
	ly_row_key_clear(&row);
	return r;
}
