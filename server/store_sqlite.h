/*
 * Inside the SQLite driver: the connection, its prepared statements, and
 * the helpers that the files store_sqlite*.c share.
 */
#ifndef LY_STORE_SQLITE_H
#define LY_STORE_SQLITE_H

#include <sqlite3.h>

#include "store.h"

enum ly_sql {
	SQL_BEGIN, SQL_BEGIN_WRITE, SQL_COMMIT, SQL_ROLLBACK,
	SQL_SERVICE_PUT, SQL_SERVICE_GET,
	SQL_MAILBOX_ADD, SQL_MAILBOX_FIND, SQL_MAILBOX_GET, SQL_MAILBOX_EACH,
	SQL_MAILBOX_DISABLE, SQL_MAILBOX_BUMP,
	SQL_KEY_GET, SQL_KEY_PUT, SQL_KEY_EACH,
	SQL_CERT_ADD, SQL_CERT_EACH, SQL_CA_ADD, SQL_CA_EACH,
	SQL_DEVICE_ADD, SQL_DEVICE_GET, SQL_DEVICE_FIND, SQL_DEVICE_EACH,
	SQL_DEVICE_REVOKE, SQL_DEVICE_TOUCH,
	SQL_CODE_ADD, SQL_CODE_FIND, SQL_CODE_BIND, SQL_CODE_EXPIRE,
	SQL_AUDIT_LAST, SQL_AUDIT_ADD, SQL_AUDIT_EACH,
	SQL_COUNT
};

/* The text of each statement, and the schema. store_sqlite_sql.c. */
extern const char *const ly_sqlite_text[SQL_COUNT];
extern const char ly_sqlite_schema[];

#define LY_SQLITE_SCHEMA 1	/* version; kept in meta, "schema" */
#define LY_SQLITE_BUSY_MS 10000

struct ly_sqlite {
	struct ly_store base;
	sqlite3 *db;
	sqlite3_stmt *stmt[SQL_COUNT];
};

/* A result code as LY_ERR; logs what is neither a row nor a conflict. */
int ly_sqlite_err(sqlite3 *db, int rc);

/*
 * Statement id, prepared once a connection, reset, with values bound as
 * fmt says: 'i' int64_t; 't' const char *; 'b' const void *, size_t.
 */
int ly_sqlite_bind(struct ly_store *s, enum ly_sql id, sqlite3_stmt **st,
    const char *fmt, ...);

/* Step to the next row: 0, or LY_ERR_NOTFOUND at the end. */
int ly_sqlite_step(struct ly_store *s, sqlite3_stmt *st);

/* Bind and run a statement without rows; *changed (may be NULL). */
int ly_sqlite_run(struct ly_store *s, enum ly_sql id, int *changed,
    const char *fmt, ...);

/* Columns. Text is cut at cap; a blob of another length is LY_ERR_IO. */
void ly_sqlite_text_get(sqlite3_stmt *st, int col, char *dst, size_t cap);
int ly_sqlite_blob_get(sqlite3_stmt *st, int col, struct ly_buf *b);
int ly_sqlite_fixed_get(sqlite3_stmt *st, int col, uint8_t *dst, size_t len);

int ly_sqlite_service_put(struct ly_store *s,
    const struct ly_row_service *row);
int ly_sqlite_service_get(struct ly_store *s, struct ly_row_service *row);
int ly_sqlite_mailbox_add(struct ly_store *s, const char *address,
    int64_t now, int64_t *id);
int ly_sqlite_mailbox_find(struct ly_store *s, const char *address,
    struct ly_row_mailbox *row);
int ly_sqlite_mailbox_get(struct ly_store *s, int64_t id,
    struct ly_row_mailbox *row);
int ly_sqlite_mailbox_each(struct ly_store *s, ly_mailbox_fn *fn, void *arg);
int ly_sqlite_mailbox_disable(struct ly_store *s, int64_t id, int disabled);
int ly_sqlite_mailbox_bump(struct ly_store *s, int64_t id,
    uint64_t *revision);
int ly_sqlite_key_get(struct ly_store *s, int64_t mailbox,
    const uint8_t id[LY_KEY_ID_LEN], struct ly_row_key *row);
int ly_sqlite_key_put(struct ly_store *s, const struct ly_row_key *row);
int ly_sqlite_key_each(struct ly_store *s, int64_t mailbox, uint64_t since,
    size_t limit, ly_key_fn *fn, void *arg);
int ly_sqlite_cert_add(struct ly_store *s, int64_t mailbox,
    const uint8_t id[LY_KEY_ID_LEN], const struct ly_row_cert *row);
int ly_sqlite_cert_each(struct ly_store *s, int64_t mailbox,
    const uint8_t id[LY_KEY_ID_LEN], ly_cert_fn *fn, void *arg);
int ly_sqlite_ca_add(struct ly_store *s, int64_t mailbox,
    const struct ly_row_cert *row);
int ly_sqlite_ca_each(struct ly_store *s, int64_t mailbox, ly_cert_fn *fn,
    void *arg);
int ly_sqlite_device_add(struct ly_store *s,
    const struct ly_row_device *row);
int ly_sqlite_device_get(struct ly_store *s, const char *id,
    struct ly_row_device *row);
int ly_sqlite_device_find(struct ly_store *s,
    const uint8_t spki_digest[LY_SHA256_LEN], struct ly_row_device *device,
    struct ly_row_mailbox *mailbox);
int ly_sqlite_device_each(struct ly_store *s, int64_t mailbox,
    ly_device_fn *fn, void *arg);
int ly_sqlite_device_revoke(struct ly_store *s, const char *id, int64_t now);
int ly_sqlite_device_touch(struct ly_store *s, const char *id, int64_t now);
int ly_sqlite_code_add(struct ly_store *s, const struct ly_row_code *row);
int ly_sqlite_code_find(struct ly_store *s,
    const uint8_t digest[LY_SHA256_LEN], struct ly_row_code *row);
int ly_sqlite_code_bind(struct ly_store *s, const struct ly_row_code *row);
int ly_sqlite_code_expire(struct ly_store *s, int64_t now);
int ly_sqlite_audit_last(struct ly_store *s, struct ly_row_audit *row);
int ly_sqlite_audit_add(struct ly_store *s, const struct ly_row_audit *row);
int ly_sqlite_audit_each(struct ly_store *s, const char *address,
    ly_audit_fn *fn, void *arg);

#endif
