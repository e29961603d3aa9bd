/* SQLite driver: rows of devices, enrolment codes and the audit. */
#include <stdio.h>
#include <string.h>

#include "err.h"
#include "store_sqlite.h"

int
ly_sqlite_device_add(struct ly_store *s, const struct ly_row_device *row)
{
	return ly_sqlite_run(s, SQL_DEVICE_ADD, NULL, "tibttiiibb", row->id,
	    row->mailbox, row->spki_digest, sizeof(row->spki_digest),
	    row->name, row->platform, row->enrolled, row->last_used,
	    row->revoked, row->auth_cert.data, row->auth_cert.len,
	    row->recv_cert.data, row->recv_cert.len);
}

static int
device_cols(sqlite3_stmt *st, struct ly_row_device *row)
{
	int r;

	memset(row, 0, sizeof(*row));
	ly_sqlite_text_get(st, 0, row->id, sizeof(row->id));
	row->mailbox = sqlite3_column_int64(st, 1);
	ly_sqlite_text_get(st, 3, row->name, sizeof(row->name));
	ly_sqlite_text_get(st, 4, row->platform, sizeof(row->platform));
	row->enrolled = sqlite3_column_int64(st, 5);
	row->last_used = sqlite3_column_int64(st, 6);
	row->revoked = sqlite3_column_int64(st, 7);
	r = ly_sqlite_fixed_get(st, 2, row->spki_digest,
	    sizeof(row->spki_digest));
	if (r == 0)
		r = ly_sqlite_blob_get(st, 8, &row->auth_cert);
	if (r == 0)
		r = ly_sqlite_blob_get(st, 9, &row->recv_cert);
	if (r != 0)
		ly_row_device_clear(row);
	return r;
}

int
ly_sqlite_device_get(struct ly_store *s, const char *id,
    struct ly_row_device *row)
{
	struct ly_row_device got;
	sqlite3_stmt *st = NULL;
	int r;

	if ((r = ly_sqlite_bind(s, SQL_DEVICE_GET, &st, "t", id)) != 0)
		return r;
	if ((r = ly_sqlite_step(s, st)) != 0)
		return r;
	if ((r = device_cols(st, &got)) == 0)
		*row = got;
	sqlite3_reset(st);
	return r;
}

int
ly_sqlite_device_find(struct ly_store *s,
    const uint8_t spki_digest[LY_SHA256_LEN], struct ly_row_device *device,
    struct ly_row_mailbox *mailbox)
{
	struct ly_row_device got;
	sqlite3_stmt *st = NULL;
	int r;

	r = ly_sqlite_bind(s, SQL_DEVICE_FIND, &st, "b", spki_digest,
	    (size_t)LY_SHA256_LEN);
	if (r != 0)
		return r;
	if ((r = ly_sqlite_step(s, st)) != 0)
		return r;
	if ((r = device_cols(st, &got)) == 0) {
		*device = got;
		memset(mailbox, 0, sizeof(*mailbox));
		mailbox->id = sqlite3_column_int64(st, 10);
		ly_sqlite_text_get(st, 11, mailbox->address,
		    sizeof(mailbox->address));
		mailbox->disabled = sqlite3_column_int(st, 12);
		mailbox->revision = (uint64_t)sqlite3_column_int64(st, 13);
		mailbox->created = sqlite3_column_int64(st, 14);
	}
	sqlite3_reset(st);
	return r;
}

int
ly_sqlite_device_each(struct ly_store *s, int64_t mailbox, ly_device_fn *fn,
    void *arg)
{
	char address[LY_ADDRESS_MAX];
	struct ly_row_device row;
	sqlite3_stmt *st = NULL;
	int r;

	if ((r = ly_sqlite_bind(s, SQL_DEVICE_EACH, &st, "i", mailbox)) != 0)
		return r;
	while ((r = ly_sqlite_step(s, st)) == 0) {
		if ((r = device_cols(st, &row)) != 0)
			break;
		ly_sqlite_text_get(st, 10, address, sizeof(address));
		r = fn(arg, &row, address);
		ly_row_device_clear(&row);
		if (r != 0)
			break;
	}
	sqlite3_reset(st);
	return r == LY_ERR_NOTFOUND ? 0 : r;
}

int
ly_sqlite_device_revoke(struct ly_store *s, const char *id, int64_t now)
{
	int n = 0, r;

	r = ly_sqlite_run(s, SQL_DEVICE_REVOKE, &n, "it", now, id);
	return r == 0 && n == 0 ? LY_ERR_NOTFOUND : r;
}

int
ly_sqlite_device_touch(struct ly_store *s, const char *id, int64_t now)
{
	return ly_sqlite_run(s, SQL_DEVICE_TOUCH, NULL, "it", now, id);
}

int
ly_sqlite_code_add(struct ly_store *s, const struct ly_row_code *row)
{
	return ly_sqlite_run(s, SQL_CODE_ADD, NULL, "bii", row->digest,
	    sizeof(row->digest), row->mailbox, row->expires);
}

int
ly_sqlite_code_find(struct ly_store *s, const uint8_t digest[LY_SHA256_LEN],
    struct ly_row_code *row)
{
	struct ly_row_code got;
	sqlite3_stmt *st = NULL;
	int r;

	memset(&got, 0, sizeof(got));
	r = ly_sqlite_bind(s, SQL_CODE_FIND, &st, "b", digest,
	    (size_t)LY_SHA256_LEN);
	if (r != 0)
		return r;
	if ((r = ly_sqlite_step(s, st)) != 0)
		return r;
	r = ly_sqlite_fixed_get(st, 0, got.digest, sizeof(got.digest));
	got.mailbox = sqlite3_column_int64(st, 1);
	got.expires = sqlite3_column_int64(st, 2);
	got.bound = sqlite3_column_type(st, 3) != SQLITE_NULL;
	if (r == 0 && got.bound)
		r = ly_sqlite_fixed_get(st, 3, got.keys, sizeof(got.keys));
	ly_sqlite_text_get(st, 4, got.device, sizeof(got.device));
	sqlite3_reset(st);
	if (r == 0)
		*row = got;
	return r;
}

int
ly_sqlite_code_bind(struct ly_store *s, const struct ly_row_code *row)
{
	return ly_sqlite_run(s, SQL_CODE_BIND, NULL, "btb", row->keys,
	    sizeof(row->keys), row->device, row->digest,
	    sizeof(row->digest));
}

int
ly_sqlite_code_expire(struct ly_store *s, int64_t now)
{
	return ly_sqlite_run(s, SQL_CODE_EXPIRE, NULL, "i", now);
}

static int
audit_cols(sqlite3_stmt *st, struct ly_row_audit *row)
{
	memset(row, 0, sizeof(*row));
	row->seq = (uint64_t)sqlite3_column_int64(st, 0);
	row->time = sqlite3_column_int64(st, 1);
	ly_sqlite_text_get(st, 2, row->actor, sizeof(row->actor));
	ly_sqlite_text_get(st, 3, row->address, sizeof(row->address));
	ly_sqlite_text_get(st, 4, row->event, sizeof(row->event));
	ly_sqlite_text_get(st, 5, row->object, sizeof(row->object));
	ly_sqlite_text_get(st, 6, row->detail, sizeof(row->detail));
	return ly_sqlite_fixed_get(st, 7, row->hash, sizeof(row->hash));
}

int
ly_sqlite_audit_last(struct ly_store *s, struct ly_row_audit *row)
{
	struct ly_row_audit got;
	sqlite3_stmt *st = NULL;
	int r;

	if ((r = ly_sqlite_bind(s, SQL_AUDIT_LAST, &st, "")) != 0)
		return r;
	if ((r = ly_sqlite_step(s, st)) != 0)
		return r;
	if ((r = audit_cols(st, &got)) == 0)
		*row = got;
	sqlite3_reset(st);
	return r;
}

int
ly_sqlite_audit_add(struct ly_store *s, const struct ly_row_audit *row)
{
	return ly_sqlite_run(s, SQL_AUDIT_ADD, NULL, "iitttttb",
	    (int64_t)row->seq, row->time, row->actor, row->address,
	    row->event, row->object, row->detail, row->hash,
	    sizeof(row->hash));
}

int
ly_sqlite_audit_each(struct ly_store *s, const char *address,
    ly_audit_fn *fn, void *arg)
{
	struct ly_row_audit row;
	sqlite3_stmt *st = NULL;
	int r;

	r = ly_sqlite_bind(s, SQL_AUDIT_EACH, &st, "t",
	    address == NULL ? "" : address);
	if (r != 0)
		return r;
	while ((r = ly_sqlite_step(s, st)) == 0) {
		if ((r = audit_cols(st, &row)) != 0)
			break;
		if ((r = fn(arg, &row)) != 0)
			break;
	}
	sqlite3_reset(st);
	return r == LY_ERR_NOTFOUND ? 0 : r;
}
