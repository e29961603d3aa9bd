/*
 * The SQL of the SQLite driver: the schema, and one text for each statement.
 * Values are bound, never pasted in.
 */
#include "store_sqlite.h"

const char ly_sqlite_schema[] =
    "CREATE TABLE meta(name TEXT PRIMARY KEY, value INTEGER NOT NULL)"
    " WITHOUT ROWID;"
    "CREATE TABLE service("
    " id INTEGER PRIMARY KEY CHECK(id = 1), tenant TEXT NOT NULL,"
    " tenant_key BLOB NOT NULL, ca BLOB NOT NULL, ca_key BLOB NOT NULL,"
    " import BLOB NOT NULL, import_key BLOB NOT NULL,"
    " sealer BLOB NOT NULL, sealer_key BLOB NOT NULL);"
    "CREATE TABLE mailbox("
    " id INTEGER PRIMARY KEY, address TEXT NOT NULL UNIQUE,"
    " disabled INTEGER NOT NULL, revision INTEGER NOT NULL,"
    " created INTEGER NOT NULL);"
    "CREATE TABLE key("
    " mailbox INTEGER NOT NULL REFERENCES mailbox(id),"
    " key_id BLOB NOT NULL, type INTEGER NOT NULL, bits INTEGER NOT NULL,"
    " use INTEGER NOT NULL, cert_use INTEGER NOT NULL,"
    " version INTEGER NOT NULL, delivery INTEGER NOT NULL,"
    " state INTEGER NOT NULL, not_after INTEGER NOT NULL,"
    " revision INTEGER NOT NULL, created INTEGER NOT NULL,"
    " spki BLOB NOT NULL, wrapped BLOB NOT NULL,"
    " PRIMARY KEY(mailbox, key_id));"
    "CREATE UNIQUE INDEX key_revision ON key(mailbox, revision);"
    "CREATE TABLE cert("
    " mailbox INTEGER NOT NULL, key_id BLOB NOT NULL,"
    " digest BLOB NOT NULL, use INTEGER NOT NULL,"
    " not_before INTEGER NOT NULL, not_after INTEGER NOT NULL,"
    " der BLOB NOT NULL, PRIMARY KEY(mailbox, key_id, digest),"
    " FOREIGN KEY(mailbox, key_id) REFERENCES key(mailbox, key_id));"
    "CREATE TABLE ca("
    " mailbox INTEGER NOT NULL REFERENCES mailbox(id),"
    " digest BLOB NOT NULL, der BLOB NOT NULL,"
    " PRIMARY KEY(mailbox, digest));"
    "CREATE TABLE device("
    " id TEXT PRIMARY KEY, mailbox INTEGER NOT NULL REFERENCES mailbox(id),"
    " spki_digest BLOB NOT NULL UNIQUE, name TEXT NOT NULL,"
    " platform TEXT NOT NULL, enrolled INTEGER NOT NULL,"
    " last_used INTEGER NOT NULL, revoked INTEGER NOT NULL,"
    " auth_cert BLOB NOT NULL, recv_cert BLOB NOT NULL) WITHOUT ROWID;"
    "CREATE INDEX device_mailbox ON device(mailbox);"
    "CREATE TABLE code("
    " digest BLOB PRIMARY KEY,"
    " mailbox INTEGER NOT NULL REFERENCES mailbox(id),"
    " expires INTEGER NOT NULL, keys BLOB, device TEXT REFERENCES device(id)"
    ") WITHOUT ROWID;"
    "CREATE TABLE audit("
    " seq INTEGER PRIMARY KEY, time INTEGER NOT NULL, actor TEXT NOT NULL,"
    " address TEXT NOT NULL, event TEXT NOT NULL, object TEXT NOT NULL,"
    " detail TEXT NOT NULL, hash BLOB NOT NULL);"
    "CREATE INDEX audit_address ON audit(address, seq);";

#define MAILBOX_COLS "id, address, disabled, revision, created"
#define KEY_COLS "mailbox, key_id, type, bits, use, cert_use, version, " \
    "delivery, state, not_after, revision, created, spki, wrapped"
#define DEVICE_COLS "d.id, d.mailbox, d.spki_digest, d.name, d.platform, " \
    "d.enrolled, d.last_used, d.revoked, d.auth_cert, d.recv_cert"
#define AUDIT_COLS "seq, time, actor, address, event, object, detail, hash"

const char *const ly_sqlite_text[SQL_COUNT] = {
	[SQL_BEGIN] = "BEGIN",
	[SQL_BEGIN_WRITE] = "BEGIN IMMEDIATE",
	[SQL_COMMIT] = "COMMIT",
	[SQL_ROLLBACK] = "ROLLBACK",
	[SQL_SERVICE_PUT] =
	    "INSERT INTO service VALUES(1, ?, ?, ?, ?, ?, ?, ?, ?)",
	[SQL_SERVICE_GET] =
	    "SELECT tenant, tenant_key, ca, ca_key, import, import_key,"
	    " sealer, sealer_key FROM service WHERE id = 1",
	[SQL_MAILBOX_ADD] =
	    "INSERT INTO mailbox(address, disabled, revision, created)"
	    " VALUES(?, 0, 0, ?)",
	[SQL_MAILBOX_FIND] =
	    "SELECT " MAILBOX_COLS " FROM mailbox WHERE address = ?",
	[SQL_MAILBOX_GET] =
	    "SELECT " MAILBOX_COLS " FROM mailbox WHERE id = ?",
	[SQL_MAILBOX_EACH] =
	    "SELECT " MAILBOX_COLS ","
	    " (SELECT count(*) FROM key k WHERE k.mailbox = mailbox.id),"
	    " (SELECT count(*) FROM device d WHERE d.mailbox = mailbox.id"
	    " AND d.revoked = 0) FROM mailbox ORDER BY address",
	[SQL_MAILBOX_DISABLE] =
	    "UPDATE mailbox SET disabled = ? WHERE id = ?",
	[SQL_MAILBOX_BUMP] =
	    "UPDATE mailbox SET revision = revision + 1 WHERE id = ?"
	    " RETURNING revision",
	[SQL_KEY_GET] =
	    "SELECT " KEY_COLS " FROM key WHERE mailbox = ? AND key_id = ?",
	[SQL_KEY_PUT] =
	    "INSERT INTO key(" KEY_COLS ")"
	    " VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
	    " ON CONFLICT(mailbox, key_id) DO UPDATE SET"
	    " use = excluded.use, cert_use = excluded.cert_use,"
	    " version = excluded.version, delivery = excluded.delivery,"
	    " state = excluded.state, not_after = excluded.not_after,"
	    " revision = excluded.revision, wrapped = excluded.wrapped",
	[SQL_KEY_EACH] =
	    "SELECT " KEY_COLS " FROM key WHERE mailbox = ? AND revision > ?"
	    " ORDER BY revision LIMIT ?",
	[SQL_CERT_ADD] = "INSERT INTO cert VALUES(?, ?, ?, ?, ?, ?, ?)",
	[SQL_CERT_EACH] =
	    "SELECT digest, use, not_before, not_after, der FROM cert"
	    " WHERE mailbox = ? AND key_id = ?"
	    " ORDER BY not_after DESC, not_before DESC, digest",
	[SQL_CA_ADD] = "INSERT INTO ca VALUES(?, ?, ?)",
	[SQL_CA_EACH] =
	    "SELECT digest, 0, 0, 0, der FROM ca WHERE mailbox = ?"
	    " ORDER BY rowid",
	[SQL_DEVICE_ADD] =
	    "INSERT INTO device VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
	[SQL_DEVICE_GET] =
	    "SELECT " DEVICE_COLS " FROM device d WHERE id = ?",
	[SQL_DEVICE_FIND] =
	    "SELECT " DEVICE_COLS ", m.id, m.address, m.disabled,"
	    " m.revision, m.created FROM device d"
	    " JOIN mailbox m ON m.id = d.mailbox WHERE d.spki_digest = ?",
	[SQL_DEVICE_EACH] =
	    "SELECT " DEVICE_COLS ", m.address FROM device d"
	    " JOIN mailbox m ON m.id = d.mailbox"
	    " WHERE ?1 = 0 OR d.mailbox = ?1 ORDER BY d.enrolled, d.id",
	[SQL_DEVICE_REVOKE] =
	    "UPDATE device SET revoked = ? WHERE id = ? AND revoked = 0",
	[SQL_DEVICE_TOUCH] =
	    "UPDATE device SET last_used = ?1 WHERE id = ?2"
	    " AND last_used < ?1",
	[SQL_CODE_ADD] =
	    "INSERT INTO code(digest, mailbox, expires) VALUES(?, ?, ?)",
	[SQL_CODE_FIND] =
	    "SELECT digest, mailbox, expires, keys, device FROM code"
	    " WHERE digest = ?",
	[SQL_CODE_BIND] =
	    "UPDATE code SET keys = ?, device = ? WHERE digest = ?",
	[SQL_CODE_EXPIRE] = "DELETE FROM code WHERE expires < ?",
	[SQL_AUDIT_LAST] =
	    "SELECT " AUDIT_COLS " FROM audit ORDER BY seq DESC LIMIT 1",
	[SQL_AUDIT_ADD] =
	    "INSERT INTO audit VALUES(?, ?, ?, ?, ?, ?, ?, ?)",
	[SQL_AUDIT_EACH] =
	    "SELECT " AUDIT_COLS " FROM audit WHERE ?1 = '' OR address = ?1"
	    " ORDER BY seq",
};
