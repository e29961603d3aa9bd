/*
 * The SQLite driver: connection, transactions and prepared statements.
 * WAL with synchronous=FULL: a commit that returned is on the disk. The
 * rows are in store_sqlite_keys.c and store_sqlite_devices.c.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "err.h"
#include "log.h"
#include "store_sqlite.h"

int
ly_sqlite_err(sqlite3 *db, int rc)
{
	switch (rc & 0xff) {
	case SQLITE_OK:
	case SQLITE_ROW:
	case SQLITE_DONE:
		return 0;
	case SQLITE_CONSTRAINT:
		return LY_ERR_EXISTS;
	case SQLITE_NOMEM:
		return LY_ERR_NOMEM;
	case SQLITE_BUSY:
		ly_log(LY_LOG_ERROR, "database: locked by another process");
		return LY_ERR_BUSY;
	default:
		ly_log(LY_LOG_ERROR, "database: %s (%d)", sqlite3_errmsg(db),
		    sqlite3_extended_errcode(db));
		return LY_ERR_IO;
	}
}

static struct ly_sqlite *
self(struct ly_store *s)
{
	return (struct ly_sqlite *)s;
}

static int
prepare(struct ly_sqlite *q, enum ly_sql id)
{
	int rc;

	if (q->stmt[id] != NULL) {
		sqlite3_reset(q->stmt[id]);
		return 0;
	}
	rc = sqlite3_prepare_v3(q->db, ly_sqlite_text[id], -1,
	    SQLITE_PREPARE_PERSISTENT, &q->stmt[id], NULL);
	return ly_sqlite_err(q->db, rc);
}

static int
bind_values(sqlite3_stmt *st, const char *fmt, va_list ap)
{
	const void *p;
	int i = 1, rc = SQLITE_OK;

	for (; *fmt != '\0' && rc == SQLITE_OK; fmt++, i++) {
		switch (*fmt) {
		case 'i':
			rc = sqlite3_bind_int64(st, i, va_arg(ap, int64_t));
			break;
		case 't':
			rc = sqlite3_bind_text(st, i,
			    va_arg(ap, const char *), -1, SQLITE_STATIC);
			break;
		default:
			p = va_arg(ap, const void *);
			rc = sqlite3_bind_blob64(st, i, p == NULL ? "" : p,
			    va_arg(ap, size_t), SQLITE_STATIC);
			break;
		}
	}
	return rc;
}

static int
vbind(struct ly_store *s, enum ly_sql id, sqlite3_stmt **st, const char *fmt,
    va_list ap)
{
	struct ly_sqlite *q = self(s);
	int r;

	if ((r = prepare(q, id)) != 0)
		return r;
	r = ly_sqlite_err(q->db, bind_values(q->stmt[id], fmt, ap));
	if (r == 0)
		*st = q->stmt[id];
	return r;
}

int
ly_sqlite_bind(struct ly_store *s, enum ly_sql id, sqlite3_stmt **st,
    const char *fmt, ...)
{
	va_list ap;
	int r;

	va_start(ap, fmt);
	r = vbind(s, id, st, fmt, ap);
	va_end(ap);
	return r;
}

int
ly_sqlite_step(struct ly_store *s, sqlite3_stmt *st)
{
	int rc = sqlite3_step(st);

	if (rc == SQLITE_ROW)
		return 0;
	if (rc == SQLITE_DONE) {
		sqlite3_reset(st);
		return LY_ERR_NOTFOUND;
	}
	rc = ly_sqlite_err(self(s)->db, rc);
	sqlite3_reset(st);
	return rc;
}

int
ly_sqlite_run(struct ly_store *s, enum ly_sql id, int *changed,
    const char *fmt, ...)
{
	sqlite3_stmt *st = NULL;
	va_list ap;
	int r;

	va_start(ap, fmt);
	r = vbind(s, id, &st, fmt, ap);
	va_end(ap);
	if (r != 0)
		return r;
	r = ly_sqlite_step(s, st);
	if (r == LY_ERR_NOTFOUND)
		r = 0;
	if (r == 0 && changed != NULL)
		*changed = sqlite3_changes(self(s)->db);
	sqlite3_clear_bindings(st);
	return r;
}

void
ly_sqlite_text_get(sqlite3_stmt *st, int col, char *dst, size_t cap)
{
	const unsigned char *t = sqlite3_column_text(st, col);

	(void)snprintf(dst, cap, "%s", t == NULL ? "" : (const char *)t);
}

int
ly_sqlite_blob_get(sqlite3_stmt *st, int col, struct ly_buf *b)
{
	const void *p = sqlite3_column_blob(st, col);
	int n = sqlite3_column_bytes(st, col);

	ly_buf_clear(b);
	ly_buf_init(b, n > 0 ? (size_t)n : 1);
	return n > 0 && p != NULL ? ly_buf_put(b, p, (size_t)n) : 0;
}

int
ly_sqlite_fixed_get(sqlite3_stmt *st, int col, uint8_t *dst, size_t len)
{
	const void *p = sqlite3_column_blob(st, col);

	if (p == NULL || (size_t)sqlite3_column_bytes(st, col) != len) {
		ly_log(LY_LOG_ERROR, "database: damaged row");
		return LY_ERR_IO;
	}
	memcpy(dst, p, len);
	return 0;
}

static void
sqlite_close(struct ly_store **s)
{
	struct ly_sqlite *q;
	size_t i;

	if (s == NULL || *s == NULL)
		return;
	q = self(*s);
	for (i = 0; i < SQL_COUNT; i++)
		sqlite3_finalize(q->stmt[i]);
	sqlite3_close(q->db);
	free(q);
	*s = NULL;
}

static int
schema_version(sqlite3 *db, int64_t *version)
{
	sqlite3_stmt *st = NULL;
	int rc, r;

	rc = sqlite3_prepare_v2(db,
	    "SELECT value FROM meta WHERE name = 'schema'", -1, &st, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_step(st);
	r = rc == SQLITE_DONE ? LY_ERR_FORMAT : ly_sqlite_err(db, rc);
	if (rc == SQLITE_ROW)
		*version = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	return r;
}

static int
open_db(const char *path, int flags, const char *pragmas, sqlite3 **out,
    struct ly_why *why)
{
	sqlite3 *db = NULL;
	int rc;

	rc = sqlite3_open_v2(path, &db, flags | SQLITE_OPEN_NOMUTEX |
	    SQLITE_OPEN_EXRESCODE, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_busy_timeout(db, LY_SQLITE_BUSY_MS);
	if (rc == SQLITE_OK)
		rc = sqlite3_exec(db, pragmas, NULL, NULL, NULL);
	if (rc != SQLITE_OK) {
		(void)ly_fail(why, LY_ERR_IO, "%s: %s", path,
		    db == NULL ? "out of memory" : sqlite3_errmsg(db));
		sqlite3_close(db);
		return LY_ERR_IO;
	}
	*out = db;
	return 0;
}

#define PRAGMAS "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;" \
    "PRAGMA trusted_schema = OFF;"

static int
sqlite_create(const char *where, struct ly_why *why)
{
	sqlite3 *db = NULL;
	char *sql = NULL;
	int r;

	r = open_db(where, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
	    "PRAGMA journal_mode = WAL;" PRAGMAS, &db, why);
	if (r != 0)
		return r;
	sql = sqlite3_mprintf("BEGIN IMMEDIATE; %s"
	    "INSERT INTO meta VALUES('schema', %d); COMMIT;",
	    ly_sqlite_schema, LY_SQLITE_SCHEMA);
	if (sql == NULL)
		r = LY_ERR_NOMEM;
	else if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
		r = ly_fail(why, LY_ERR_IO, "%s: %s", where,
		    sqlite3_errmsg(db));
	sqlite3_free(sql);
	sqlite3_close(db);
	return r;
}

static int
sqlite_open(const char *where, struct ly_store **out, struct ly_why *why)
{
	struct ly_sqlite *q;
	int64_t version = 0;
	int r;

	if ((q = calloc(1, sizeof(*q))) == NULL)
		return LY_ERR_NOMEM;
	q->base.d = &ly_store_sqlite;
	r = open_db(where, SQLITE_OPEN_READWRITE, PRAGMAS, &q->db, why);
	if (r != 0)
		goto out;
	if ((r = schema_version(q->db, &version)) != 0) {
		r = ly_fail(why, r, "%s: not a database of lanyardd", where);
		goto out;
	}
	if (version != LY_SQLITE_SCHEMA) {
		r = ly_fail(why, LY_ERR_UNSUPPORTED, "%s: schema %lld, this "
		    "lanyardd knows %d: install the version that made it",
		    where, (long long)version, LY_SQLITE_SCHEMA);
		goto out;
	}
	*out = &q->base;
	q = NULL;
out:
	if (q != NULL) {
		sqlite3_close(q->db);
		free(q);
	}
	return r;
}

static int
sqlite_begin(struct ly_store *s, int write)
{
	return ly_sqlite_run(s, write ? SQL_BEGIN_WRITE : SQL_BEGIN, NULL,
	    "");
}

static void
sqlite_rollback(struct ly_store *s)
{
	if (sqlite3_get_autocommit(self(s)->db) == 0)
		(void)ly_sqlite_run(s, SQL_ROLLBACK, NULL, "");
}

static int
sqlite_commit(struct ly_store *s)
{
	int r = ly_sqlite_run(s, SQL_COMMIT, NULL, "");

	if (r != 0)
		sqlite_rollback(s);
	return r;
}

const struct ly_store_driver ly_store_sqlite = {
	.name = "sqlite",
	.create = sqlite_create,
	.open = sqlite_open,
	.close = sqlite_close,
	.begin = sqlite_begin,
	.commit = sqlite_commit,
	.rollback = sqlite_rollback,
	.service_put = ly_sqlite_service_put,
	.service_get = ly_sqlite_service_get,
	.mailbox_add = ly_sqlite_mailbox_add,
	.mailbox_find = ly_sqlite_mailbox_find,
	.mailbox_get = ly_sqlite_mailbox_get,
	.mailbox_each = ly_sqlite_mailbox_each,
	.mailbox_disable = ly_sqlite_mailbox_disable,
	.mailbox_bump = ly_sqlite_mailbox_bump,
	.key_get = ly_sqlite_key_get,
	.key_put = ly_sqlite_key_put,
	.key_each = ly_sqlite_key_each,
	.cert_add = ly_sqlite_cert_add,
	.cert_each = ly_sqlite_cert_each,
	.ca_add = ly_sqlite_ca_add,
	.ca_each = ly_sqlite_ca_each,
	.device_add = ly_sqlite_device_add,
	.device_get = ly_sqlite_device_get,
	.device_find = ly_sqlite_device_find,
	.device_each = ly_sqlite_device_each,
	.device_revoke = ly_sqlite_device_revoke,
	.device_touch = ly_sqlite_device_touch,
	.code_add = ly_sqlite_code_add,
	.code_find = ly_sqlite_code_find,
	.code_bind = ly_sqlite_code_bind,
	.code_expire = ly_sqlite_code_expire,
	.audit_last = ly_sqlite_audit_last,
	.audit_add = ly_sqlite_audit_add,
	.audit_each = ly_sqlite_audit_each,
};
