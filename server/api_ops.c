/*
 * Operations with private keys: POST ops. A batch is checked whole, what
 * may be done is recorded, and only then does a key move. The items are
 * done in their order; each has its own error.
 */
#include <stdlib.h>
#include <string.h>

#include "api.h"
#include "audit.h"
#include "call.h"
#include "compat.h"
#include "crypto.h"
#include "err.h"
#include "kh_client.h"
#include "log.h"
#include "policy.h"
#include "reply.h"
#include "wire.h"

/* A batch on its way: n of each, item by item of the request. */
struct batch {
	const struct ly_wire_ops *req;
	struct ly_row_key *keys;
	struct ly_wire_result *results;
	size_t *out_max;
	struct ly_row_audit *records;
	size_t nrecords;
	/* the items that the keyholder gets: nops of each */
	struct ly_kh_op *ops;
	struct ly_kh_result *done;
	size_t *item;		/* whose they are */
	size_t nops;
};

static void
batch_clear(struct batch *b)
{
	size_t i;

	for (i = 0; i < b->req->n; i++) {
		if (b->keys != NULL)
			ly_row_key_clear(&b->keys[i]);
		if (b->results != NULL)
			ly_secret_clear(&b->results[i].data);
		if (b->done != NULL)
			ly_secret_clear(&b->done[i].data);
	}
	free(b->keys);
	free(b->results);
	free(b->out_max);
	free(b->records);
	free(b->ops);
	free(b->done);
	free(b->item);
}

static int
batch_alloc(struct batch *b, const struct ly_wire_ops *req)
{
	memset(b, 0, sizeof(*b));
	b->req = req;
	b->keys = calloc(req->n, sizeof(*b->keys));
	b->results = calloc(req->n, sizeof(*b->results));
	b->out_max = calloc(req->n, sizeof(*b->out_max));
	b->records = calloc(req->n, sizeof(*b->records));
	b->ops = calloc(req->n, sizeof(*b->ops));
	b->done = calloc(req->n, sizeof(*b->done));
	b->item = calloc(req->n, sizeof(*b->item));
	if (b->keys == NULL || b->results == NULL || b->out_max == NULL ||
	    b->records == NULL || b->ops == NULL || b->done == NULL ||
	    b->item == NULL)
		return LY_ERR_NOMEM;
	return 0;
}

/* May item i be done? Its key's row is read on the way. */
static int
check_item(struct ly_call *c, struct batch *b, size_t i, int64_t now)
{
	const struct ly_wire_op *op = &b->req->items[i];
	int r;

	r = c->store->d->key_get(c->store, c->mailbox.id, op->key_id,
	    &b->keys[i]);
	if (r != 0)
		return r;
	b->out_max[i] = ly_policy_out_max(&b->keys[i], &op->alg);
	return ly_policy_op(&b->keys[i], &op->alg, op->data.len, now);
}

/* Hand item i to the keyholder's part of the batch. */
static void
add_op(struct ly_call *c, struct batch *b, size_t i)
{
	const struct ly_wire_op *op = &b->req->items[i];
	struct ly_kh_op *out = &b->ops[b->nops];
	const struct ly_row_key *key = &b->keys[i];

	b->item[b->nops++] = i;
	memcpy(out->key.mailbox, c->mailbox.address,
	    sizeof(out->key.mailbox));
	memcpy(out->key.key_id, key->key_id, sizeof(out->key.key_id));
	out->key.use = key->use;
	out->key.version = key->version;
	out->key.spki.p = key->spki.data;
	out->key.spki.len = key->spki.len;
	out->key.wrapped.p = key->wrapped.data;
	out->key.wrapped.len = key->wrapped.len;
	out->alg = op->alg;
	out->data.p = op->data.data;
	out->data.len = op->data.len;
}

/*
 * Record what is about to happen. A refusal is recorded too, but only for
 * a key that the mailbox has: what else is asked for is noise.
 */
static void
add_record(struct ly_call *c, struct batch *b, size_t i, int err)
{
	const struct ly_wire_op *op = &b->req->items[i];
	char id[LY_KEY_ID_HEX];

	ly_hex(op->key_id, sizeof(op->key_id), id);
	ly_audit_fill(&b->records[b->nrecords++], c->device.id,
	    c->mailbox.address, err == 0 ? ly_op_name(op->alg.op) :
	    LY_EV_REFUSED, id, err == 0 ? ly_scheme_name(op->alg.scheme) :
	    ly_op_name(op->alg.op));
}

/* All checks of all items, in one view of the database. */
static int
check_batch(struct ly_call *c, struct batch *b)
{
	int64_t now = ly_time();
	size_t i;
	int r;

	if ((r = c->store->d->begin(c->store, 0)) != 0)
		return r;
	for (i = 0; i < b->req->n; i++) {
		b->results[i].ref = b->req->items[i].ref;
		r = check_item(c, b, i, now);
		b->results[i].err = r;
		if (r == LY_ERR_IO || r == LY_ERR_NOMEM || r == LY_ERR_BUSY)
			break;
		if (r == 0)
			add_op(c, b, i);
		if (r != LY_ERR_NOTFOUND)
			add_record(c, b, i, r);
		r = 0;
	}
	c->store->d->rollback(c->store);
	return r;
}

/*
 * An operation that failed with a key that it may be done with. How a
 * decryption failed is not said, and not logged; a row that does not open
 * is no matter of the request.
 */
static int
failed(const struct ly_call *c, const struct batch *b, size_t i, int err)
{
	char id[LY_KEY_ID_HEX];

	if (err == LY_ERR_AUTH) {
		ly_hex(b->req->items[i].key_id, LY_KEY_ID_LEN, id);
		ly_log(LY_LOG_ERROR, "database: key %s of %s was changed: "
		    "it does not open", id, c->mailbox.address);
	}
	return LY_ERR_CRYPTO;
}

static int
run_batch(struct ly_call *c, struct batch *b)
{
	struct ly_wire_result *res;
	size_t i;
	int r;

	if (b->nrecords > 0 && (r = ly_audit_queue(c->sv->audit, b->records,
	    b->nrecords, 0)) != 0)
		return r;
	if (b->nops == 0)
		return 0;
	r = ly_kh_ops(c->sv->app->kh, b->ops, b->nops, b->done);
	if (r != 0)
		return r;
	for (i = 0; i < b->nops; i++) {
		res = &b->results[b->item[i]];
		if ((res->err = b->done[i].err) == 0)
			ly_secret_move(&res->data, &b->done[i].data);
		else
			res->err = failed(c, b, b->item[i], res->err);
	}
	return 0;
}

int
ly_api_ops(struct ly_call *c)
{
	struct ly_wire_results m;
	struct ly_wire_ops req;
	struct batch b;
	int r;

	memset(&req, 0, sizeof(req));
	r = ly_wire_ops_decode(c->body.data, c->body.len, &req, NULL);
	if (r != 0)
		return ly_api_malformed(c, r);
	c->items = req.n;
	if ((r = batch_alloc(&b, &req)) != 0 ||
	    (r = check_batch(c, &b)) != 0 || (r = run_batch(c, &b)) != 0)
		goto out;
	m.revision = c->mailbox.revision;
	m.items = b.results;
	m.n = req.n;
	ly_reply_json(&c->reply, 200);
	r = ly_wire_results_encode(&m, b.out_max, &c->reply.secret);
out:
	batch_clear(&b);
	ly_wire_ops_clear(&req);
	return r;
}
