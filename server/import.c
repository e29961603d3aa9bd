/*
 * Import of keys; see import.h. The proof of the key comes first and
 * outside of the transaction, so that the database's write lock is held for
 * a moment only.
 */
#include <string.h>

#include "audit.h"
#include "cert.h"
#include "compat.h"
#include "crypto.h"
#include "err.h"
#include "import.h"
#include "kh_client.h"
#include "kh_keys.h"
#include "log.h"
#include "policy.h"

/* What is known of the import once its certificate was read. */
struct plan {
	struct ly_cert_info info;
	struct ly_row_cert cert;	/* der is a view: never cleared */
	struct ly_kh_key key;		/* binding of the wrapped key */
	struct ly_buf wrapped;
};

/* A row over the bytes of der, which stay the caller's. */
static int
cert_row(const struct ly_buf *der, struct ly_row_cert *row)
{
	memset(row, 0, sizeof(*row));
	row->der = *der;
	return ly_digest(LY_SHA256, der->data, der->len, row->digest);
}

static int
read_cert(const struct ly_wire_import *req, struct plan *p,
    struct ly_why *why)
{
	int r;

	if (req->cert.len > LY_IMPORT_CERT_MAX)
		return ly_fail(why, LY_ERR_TOOBIG, "certificate too large");
	r = ly_cert_parse(req->cert.data, req->cert.len, &p->info);
	if (r != 0)
		return ly_fail(why, r, "certificate: %s", ly_strerror(r));
	if (p->info.use == 0)
		return ly_fail(why, LY_ERR_DENIED, "certificate: its key "
		    "usage allows nothing");
	if ((r = cert_row(&req->cert, &p->cert)) != 0)
		return r;
	p->cert.use = p->info.use;
	p->cert.not_before = p->info.not_before;
	p->cert.not_after = p->info.not_after;
	p->key.spki.p = req->cert.data + p->info.spki.off;
	p->key.spki.len = p->info.spki.len;
	p->key.version = LY_WRAP_VERSION;
	return ly_key_id(p->key.spki.p, p->key.spki.len, p->key.key_id);
}

/* Bits that the certificates of a key allow, and the newest one's time. */
struct sum {
	unsigned any, newest;
	int64_t not_after;
	size_t n;
};

static int
sum_one(void *arg, const struct ly_row_cert *row)
{
	struct sum *s = arg;

	if (s->n++ == 0) {
		s->newest = row->use;
		s->not_after = row->not_after;
	}
	s->any |= row->use;
	return 0;
}

/*
 * What the certificates of a key allow: reading old mail by any of them,
 * signing by the newest alone.
 */
static int
sum_certs(struct ly_store *s, struct ly_row_key *key)
{
	struct sum sum;
	int r;

	memset(&sum, 0, sizeof(sum));
	r = s->d->cert_each(s, key->mailbox, key->key_id, sum_one, &sum);
	if (r != 0)
		return r;
	key->cert_use = (sum.any & ~LY_USE_SIGN) |
	    (sum.newest & LY_USE_SIGN);
	key->not_after = sum.not_after;
	return sum.n > LY_WIRE_CERTS_MAX ? LY_ERR_TOOBIG : 0;
}

/*
 * The usage that the wrapped key is bound to: what any of its certificates
 * ever allowed, this one included.
 */
static int
plan_use(const struct ly_import *im, struct plan *p)
{
	struct ly_row_key row;
	int r;

	p->key.use = p->info.use;
	r = im->store->d->key_get(im->store, im->mailbox, p->key.key_id,
	    &row);
	if (r == LY_ERR_NOTFOUND)
		return 0;
	if (r == 0) {
		p->key.use |= row.use;
		ly_row_key_clear(&row);
	}
	return r;
}

/* A key that is there: wrapped anew when this certificate adds a usage. */
static int
key_merge(struct plan *p, struct ly_row_key *row)
{
	if ((row->use | p->key.use) != p->key.use)
		return LY_ERR_BUSY;	/* changed under us */
	if (row->use == p->key.use)
		return 0;
	row->use = p->key.use;
	ly_buf_clear(&row->wrapped);
	row->wrapped = p->wrapped;	/* moved */
	memset(&p->wrapped, 0, sizeof(p->wrapped));
	return 0;
}

/*
 * The row of the key: as it is there, or new; *merged says which, *use what
 * it was bound to before.
 */
static int
key_row(const struct ly_import *im, struct plan *p, struct ly_row_key *row,
    unsigned *use, int *merged)
{
	struct ly_store *s = im->store;
	int r;

	r = s->d->key_get(s, im->mailbox, p->key.key_id, row);
	*merged = r == 0;
	*use = r == 0 ? row->use : p->key.use;
	if (r == 0)
		return key_merge(p, row);
	if (r != LY_ERR_NOTFOUND)
		return r;
	memset(row, 0, sizeof(*row));
	row->mailbox = im->mailbox;
	memcpy(row->key_id, p->key.key_id, sizeof(row->key_id));
	row->type = p->info.key_type;
	row->bits = p->info.bits;
	row->use = p->key.use;
	row->cert_use = p->info.use;
	row->version = LY_WRAP_VERSION;
	row->delivery = im->delivery != 0 ? im->delivery :
	    ly_policy_delivery(p->info.use);
	row->state = LY_KEY_CURRENT;
	row->not_after = p->info.not_after;
	row->created = ly_time();
	row->wrapped = p->wrapped;	/* moved */
	memset(&p->wrapped, 0, sizeof(p->wrapped));
	ly_buf_init(&row->spki, LY_KH_SPKI_MAX);
	return ly_buf_put(&row->spki, p->key.spki.p, p->key.spki.len);
}

/* Certificates of the chain; what is no CA's is left out. */
static int
add_chain(const struct ly_import *im, int *added)
{
	struct ly_store *s = im->store;
	struct ly_cert_info info;
	struct ly_row_cert row;
	size_t i;
	int r;

	for (i = 0; i < im->req->nchain; i++) {
		const struct ly_buf *der = &im->req->chain[i];

		if (der->len > LY_IMPORT_CERT_MAX ||
		    ly_cert_parse(der->data, der->len, &info) != 0 ||
		    !info.is_ca)
			continue;
		if ((r = cert_row(der, &row)) != 0)
			return r;
		r = s->d->ca_add(s, im->mailbox, &row);
		if (r == 0)
			*added = 1;
		else if (r != LY_ERR_EXISTS)
			return r;
	}
	return 0;
}

static int
count_one(void *arg, const struct ly_row_cert *row)
{
	(void)row;
	++*(size_t *)arg;
	return 0;
}

/*
 * The key's certificate and the chain, as far as they are new, and what all
 * certificates of the key allow together. *added says whether any was.
 */
static int
write_certs(const struct ly_import *im, struct plan *p,
    struct ly_row_key *row, int *added)
{
	struct ly_store *s = im->store;
	size_t ncas = 0;
	int r;

	r = s->d->cert_add(s, im->mailbox, row->key_id, &p->cert);
	*added = r == 0;
	if (r != 0 && r != LY_ERR_EXISTS)
		return r;
	if ((r = sum_certs(s, row)) != 0 ||
	    (r = add_chain(im, added)) != 0 ||
	    (r = s->d->ca_each(s, im->mailbox, count_one, &ncas)) != 0)
		return r;
	return ncas > LY_WIRE_CA_MAX ? LY_ERR_TOOBIG : 0;
}

/* Write what is new. The transaction is open. */
static int
write_rows(const struct ly_import *im, struct plan *p,
    struct ly_import_done *done)
{
	struct ly_store *s = im->store;
	struct ly_row_mailbox mailbox;
	struct ly_row_key row;
	unsigned use;
	int added = 0, r;

	memset(&row, 0, sizeof(row));
	if ((r = s->d->mailbox_get(s, im->mailbox, &mailbox)) != 0 ||
	    (r = key_row(im, p, &row, &use, &done->merged)) != 0)
		goto out;
	/* Certificates refer to their key: a new one goes first. */
	if (!done->merged &&
	    ((r = s->d->mailbox_bump(s, im->mailbox, &row.revision)) != 0 ||
	    (r = s->d->key_put(s, &row)) != 0))
		goto out;
	if ((r = write_certs(im, p, &row, &added)) != 0)
		goto out;
	done->changed = !done->merged || added || use != row.use;
	if (done->merged && done->changed)
		r = s->d->mailbox_bump(s, im->mailbox, &row.revision);
	if (r == 0 && done->changed)
		r = s->d->key_put(s, &row);
	done->revision = done->changed ? row.revision : mailbox.revision;
out:
	ly_row_key_clear(&row);
	return r;
}

static int
store_key(const struct ly_import *im, struct plan *p,
    struct ly_import_done *done)
{
	struct ly_store *s = im->store;
	struct ly_row_audit record;
	char id[LY_KEY_ID_HEX];
	int r;

	memset(done, 0, sizeof(*done));
	memcpy(done->key_id, p->key.key_id, sizeof(done->key_id));
	ly_hex(p->key.key_id, LY_KEY_ID_LEN, id);
	if ((r = s->d->begin(s, 1)) != 0)
		return r;
	if ((r = write_rows(im, p, done)) != 0)
		goto out;
	if (done->changed) {
		ly_audit_fill(&record, im->actor, p->key.mailbox,
		    LY_EV_IMPORT, id, done->merged ? "certificate added" :
		    "new key");
		if ((r = ly_audit_append(s, &record)) != 0)
			goto out;
	}
	r = s->d->commit(s);
out:
	if (r != 0)
		s->d->rollback(s);
	return r;
}

static const char *
refusal(int r)
{
	switch (r) {
	case LY_ERR_DENIED:
		return "the key does not belong to the certificate";
	case LY_ERR_AUTH:
	case LY_ERR_FORMAT:
		return "the key is not sealed to this service";
	case LY_ERR_UNSUPPORTED:
		return "a key of a type that is not supported";
	case LY_ERR_TOOBIG:
		return "too many certificates of this key or mailbox";
	default:
		return ly_strerror(r);
	}
}

int
ly_import_key(const struct ly_import *im, struct ly_import_done *done,
    struct ly_why *why)
{
	struct ly_row_mailbox mailbox;
	struct plan p;
	int r;

	memset(&p, 0, sizeof(p));
	ly_buf_init(&p.wrapped, LY_WRAPPED_MAX);
	if ((r = read_cert(im->req, &p, why)) != 0)
		goto out;
	r = im->store->d->mailbox_get(im->store, im->mailbox, &mailbox);
	if (r != 0) {
		r = ly_fail(why, r, "no such mailbox");
		goto out;
	}
	memcpy(p.key.mailbox, mailbox.address, sizeof(p.key.mailbox));
	if ((r = plan_use(im, &p)) != 0)
		goto out;
	r = ly_kh_import(im->kh, &p.key, im->req->sealed.data,
	    im->req->sealed.len, &p.wrapped);
	if (r == 0)
		r = store_key(im, &p, done);
	if (r != 0)
		r = ly_fail(why, r, "%s", refusal(r));
out:
	ly_buf_clear(&p.wrapped);
	return r;
}
