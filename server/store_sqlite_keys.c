/*
 * SQLite driver: rows of the service, its mailboxes, their keys and
 * certificates.
 */
#include <string.h>

#include "err.h"
#include "store_sqlite.h"

int
ly_sqlite_service_put(struct ly_store *s, const struct ly_row_service *row)
{
	return ly_sqlite_run(s, SQL_SERVICE_PUT, NULL, "tbbbbbbb",
	    row->tenant,
	    row->tenant_key.wrapped.data, row->tenant_key.wrapped.len,
	    row->ca.cert.data, row->ca.cert.len,
	    row->ca.wrapped.data, row->ca.wrapped.len,
	    row->import.cert.data, row->import.cert.len,
	    row->import.wrapped.data, row->import.wrapped.len,
	    row->sealer.cert.data, row->sealer.cert.len,
	    row->sealer.wrapped.data, row->sealer.wrapped.len);
}

int
ly_sqlite_service_get(struct ly_store *s, struct ly_row_service *row)
{
	struct ly_row_service got;
	struct ly_buf *cols[7];
	sqlite3_stmt *st = NULL;
	int r, i;

	memset(&got, 0, sizeof(got));
	cols[0] = &got.tenant_key.wrapped;
	cols[1] = &got.ca.cert;
	cols[2] = &got.ca.wrapped;
	cols[3] = &got.import.cert;
	cols[4] = &got.import.wrapped;
	cols[5] = &got.sealer.cert;
	cols[6] = &got.sealer.wrapped;
	if ((r = ly_sqlite_bind(s, SQL_SERVICE_GET, &st, "")) != 0)
		return r;
	if ((r = ly_sqlite_step(s, st)) != 0)
		return r;
	ly_sqlite_text_get(st, 0, got.tenant, sizeof(got.tenant));
	for (i = 0; i < 7 && r == 0; i++)
		r = ly_sqlite_blob_get(st, i + 1, cols[i]);
	sqlite3_reset(st);
	if (r != 0) {
		ly_row_service_clear(&got);
		return r;
	}
	*row = got;
	return 0;
}

int
ly_sqlite_mailbox_add(struct ly_store *s, const char *address, int64_t now,
    int64_t *id)
{
	int r;

	r = ly_sqlite_run(s, SQL_MAILBOX_ADD, NULL, "ti", address, now);
	if (r == 0)
		*id = sqlite3_last_insert_rowid(((struct ly_sqlite *)s)->db);
	return r;
}

static void
mailbox_cols(sqlite3_stmt *st, int col, struct ly_row_mailbox *row)
{
	memset(row, 0, sizeof(*row));
	row->id = sqlite3_column_int64(st, col);
	ly_sqlite_text_get(st, col + 1, row->address, sizeof(row->address));
	row->disabled = sqlite3_column_int(st, col + 2);
	row->revision = (uint64_t)sqlite3_column_int64(st, col + 3);
	row->created = sqlite3_column_int64(st, col + 4);
}

int
ly_sqlite_mailbox_find(struct ly_store *s, const char *address,
    struct ly_row_mailbox *row)
{
	sqlite3_stmt *st = NULL;
	int r;

	if ((r = ly_sqlite_bind(s, SQL_MAILBOX_FIND, &st, "t", address)) != 0)
		return r;
	if ((r = ly_sqlite_step(s, st)) != 0)
		return r;
	mailbox_cols(st, 0, row);
	sqlite3_reset(st);
	return 0;
}

int
ly_sqlite_mailbox_get(struct ly_store *s, int64_t id,
    struct ly_row_mailbox *row)
{
	sqlite3_stmt *st = NULL;
	int r;

	if ((r = ly_sqlite_bind(s, SQL_MAILBOX_GET, &st, "i", id)) != 0)
		return r;
	if ((r = ly_sqlite_step(s, st)) != 0)
		return r;
	mailbox_cols(st, 0, row);
	sqlite3_reset(st);
	return 0;
}

int
ly_sqlite_mailbox_each(struct ly_store *s, ly_mailbox_fn *fn, void *arg)
{
	struct ly_row_mailbox row;
	sqlite3_stmt *st = NULL;
	int r;

	if ((r = ly_sqlite_bind(s, SQL_MAILBOX_EACH, &st, "")) != 0)
		return r;
	while ((r = ly_sqlite_step(s, st)) == 0) {
		mailbox_cols(st, 0, &row);
		row.nkeys = sqlite3_column_int64(st, 5);
		row.ndevices = sqlite3_column_int64(st, 6);
		if ((r = fn(arg, &row)) != 0)
			break;
	}
	sqlite3_reset(st);
	return r == LY_ERR_NOTFOUND ? 0 : r;
}

int
ly_sqlite_mailbox_disable(struct ly_store *s, int64_t id, int disabled)
{
	return ly_sqlite_run(s, SQL_MAILBOX_DISABLE, NULL, "ii",
	    (int64_t)disabled, id);
}

int
ly_sqlite_mailbox_bump(struct ly_store *s, int64_t id, uint64_t *revision)
{
	sqlite3_stmt *st = NULL;
	uint64_t rev;
	int r;

	if ((r = ly_sqlite_bind(s, SQL_MAILBOX_BUMP, &st, "i", id)) != 0)
		return r;
	if ((r = ly_sqlite_step(s, st)) != 0)
		return r;
	rev = (uint64_t)sqlite3_column_int64(st, 0);
	r = ly_sqlite_step(s, st);	/* to the end: only then it is done */
	sqlite3_reset(st);
	if (r != LY_ERR_NOTFOUND)
		return r == 0 ? LY_ERR_IO : r;
	*revision = rev;
	return 0;
}

static int
key_cols(sqlite3_stmt *st, struct ly_row_key *row)
{
	int r;

	memset(row, 0, sizeof(*row));
	row->mailbox = sqlite3_column_int64(st, 0);
	row->type = (enum ly_key_type)sqlite3_column_int(st, 2);
	row->bits = (unsigned)sqlite3_column_int(st, 3);
	row->use = (unsigned)sqlite3_column_int(st, 4);
	row->cert_use = (unsigned)sqlite3_column_int(st, 5);
	row->version = (uint32_t)sqlite3_column_int(st, 6);
	row->delivery = (enum ly_delivery)sqlite3_column_int(st, 7);
	row->state = (enum ly_key_state)sqlite3_column_int(st, 8);
	row->not_after = sqlite3_column_int64(st, 9);
	row->revision = (uint64_t)sqlite3_column_int64(st, 10);
	row->created = sqlite3_column_int64(st, 11);
	r = ly_sqlite_fixed_get(st, 1, row->key_id, sizeof(row->key_id));
	if (r == 0)
		r = ly_sqlite_blob_get(st, 12, &row->spki);
	if (r == 0)
		r = ly_sqlite_blob_get(st, 13, &row->wrapped);
	if (r != 0)
		ly_row_key_clear(row);
	return r;
}

int
ly_sqlite_key_get(struct ly_store *s, int64_t mailbox,
    const uint8_t id[LY_KEY_ID_LEN], struct ly_row_key *row)
{
	struct ly_row_key got;
	sqlite3_stmt *st = NULL;
	int r;

	r = ly_sqlite_bind(s, SQL_KEY_GET, &st, "ib", mailbox, id,
	    (size_t)LY_KEY_ID_LEN);
	if (r != 0)
		return r;
	if ((r = ly_sqlite_step(s, st)) != 0)
		return r;
	if ((r = key_cols(st, &got)) == 0)
		*row = got;
	sqlite3_reset(st);
	return r;
}

int
ly_sqlite_key_put(struct ly_store *s, const struct ly_row_key *row)
{
	return ly_sqlite_run(s, SQL_KEY_PUT, NULL, "ibiiiiiiiiiibb",
	    row->mailbox, row->key_id, sizeof(row->key_id),
	    (int64_t)row->type, (int64_t)row->bits, (int64_t)row->use,
	    (int64_t)row->cert_use, (int64_t)row->version,
	    (int64_t)row->delivery, (int64_t)row->state, row->not_after,
	    (int64_t)row->revision, row->created, row->spki.data,
	    row->spki.len, row->wrapped.data, row->wrapped.len);
}

int
ly_sqlite_key_each(struct ly_store *s, int64_t mailbox, uint64_t since,
    size_t limit, ly_key_fn *fn, void *arg)
{
	struct ly_row_key row;
	sqlite3_stmt *st = NULL;
	int r;

	if (since > INT64_MAX)
		since = INT64_MAX;
	r = ly_sqlite_bind(s, SQL_KEY_EACH, &st, "iii", mailbox,
	    (int64_t)since, limit == 0 ? (int64_t)-1 : (int64_t)limit);
	if (r != 0)
		return r;
	while ((r = ly_sqlite_step(s, st)) == 0) {
		if ((r = key_cols(st, &row)) != 0)
			break;
		r = fn(arg, &row);
		ly_row_key_clear(&row);
		if (r != 0)
			break;
	}
	sqlite3_reset(st);
	return r == LY_ERR_NOTFOUND ? 0 : r;
}

int
ly_sqlite_cert_add(struct ly_store *s, int64_t mailbox,
    const uint8_t id[LY_KEY_ID_LEN], const struct ly_row_cert *row)
{
	return ly_sqlite_run(s, SQL_CERT_ADD, NULL, "ibbiiib", mailbox, id,
	    (size_t)LY_KEY_ID_LEN, row->digest, sizeof(row->digest),
	    (int64_t)row->use, row->not_before, row->not_after,
	    row->der.data, row->der.len);
}

/* Walk certificates; st holds digest, use, not_before, not_after, der. */
static int
cert_walk(struct ly_store *s, sqlite3_stmt *st, ly_cert_fn *fn, void *arg)
{
	struct ly_row_cert row;
	int r;

	while ((r = ly_sqlite_step(s, st)) == 0) {
		memset(&row, 0, sizeof(row));
		row.use = (unsigned)sqlite3_column_int(st, 1);
		row.not_before = sqlite3_column_int64(st, 2);
		row.not_after = sqlite3_column_int64(st, 3);
		r = ly_sqlite_fixed_get(st, 0, row.digest,
		    sizeof(row.digest));
		if (r == 0)
			r = ly_sqlite_blob_get(st, 4, &row.der);
		if (r == 0)
			r = fn(arg, &row);
		ly_row_cert_clear(&row);
		if (r != 0)
			break;
	}
	sqlite3_reset(st);
	return r == LY_ERR_NOTFOUND ? 0 : r;
}

int
ly_sqlite_cert_each(struct ly_store *s, int64_t mailbox,
    const uint8_t id[LY_KEY_ID_LEN], ly_cert_fn *fn, void *arg)
{
	sqlite3_stmt *st = NULL;
	int r;

	r = ly_sqlite_bind(s, SQL_CERT_EACH, &st, "ib", mailbox, id,
	    (size_t)LY_KEY_ID_LEN);
	return r != 0 ? r : cert_walk(s, st, fn, arg);
}

int
ly_sqlite_ca_add(struct ly_store *s, int64_t mailbox,
    const struct ly_row_cert *row)
{
	return ly_sqlite_run(s, SQL_CA_ADD, NULL, "ibb", mailbox,
	    row->digest, sizeof(row->digest), row->der.data, row->der.len);
}

int
ly_sqlite_ca_each(struct ly_store *s, int64_t mailbox, ly_cert_fn *fn,
    void *arg)
{
	sqlite3_stmt *st = NULL;
	int r;

	r = ly_sqlite_bind(s, SQL_CA_EACH, &st, "i", mailbox);
	return r != 0 ? r : cert_walk(s, st, fn, arg);
}
