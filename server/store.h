/*
 * The store: what the service remembers, as rows and a table of functions,
 * so that a further database is a further driver and nothing else.
 *
 * A struct ly_store is one connection and belongs to one thread at a time;
 * any number of them, in any number of processes, may be open. Every call
 * outside a transaction is one of its own. Common errors: LY_ERR_IO (disk
 * full, damaged, unreadable: logged), LY_ERR_BUSY (another process writes
 * for too long), LY_ERR_NOMEM. Results are untouched on failure.
 */
#ifndef LY_STORE_H
#define LY_STORE_H

#include <stddef.h>
#include <stdint.h>

#include "account.h"
#include "alg.h"
#include "buf.h"
#include "cert.h"
#include "crypto.h"
#include "seal.h"
#include "wire.h"

struct ly_why;
struct ly_store;

#define LY_TENANT_MAX 64	/* bytes of a tenant's name with the NUL */
#define LY_WRAPPED_MAX 32768	/* bytes of a wrapped key */
#define LY_AUDIT_DETAIL_MAX 128

/* A key of the service itself: its certificate, and itself wrapped. */
struct ly_row_own {
	struct ly_buf cert;	/* DER; empty for the tenant key */
	struct ly_buf wrapped;	/* under the KEK */
};

/* The service's own keys: one tenant today. */
struct ly_row_service {
	char tenant[LY_TENANT_MAX];
	struct ly_row_own tenant_key, ca, import, sealer;
};

struct ly_row_mailbox {
	int64_t id;
	char address[LY_ADDRESS_MAX];
	int disabled;
	uint64_t revision;
	int64_t created;
	int64_t nkeys, ndevices;	/* counted by mailbox_each only */
};

struct ly_row_key {
	int64_t mailbox;
	uint8_t key_id[LY_KEY_ID_LEN];
	enum ly_key_type type;
	unsigned bits;
	unsigned use;		/* LY_USE_ bits, bound to the wrapped key */
	unsigned cert_use;	/* what its certificates allow today */
	uint32_t version;	/* of the wrapping */
	enum ly_delivery delivery;
	enum ly_key_state state;
	int64_t not_after;	/* of the newest certificate */
	uint64_t revision;	/* of the mailbox, at the last change */
	int64_t created;
	struct ly_buf spki;	/* DER */
	struct ly_buf wrapped;	/* under the tenant key */
};

struct ly_row_cert {
	uint8_t digest[LY_SHA256_LEN];	/* of der */
	unsigned use;
	int64_t not_before, not_after;
	struct ly_buf der;
};

struct ly_row_device {
	char id[LY_DEVICE_ID_MAX];
	int64_t mailbox;
	uint8_t spki_digest[LY_SHA256_LEN];	/* of the TLS certificate */
	char name[LY_WIRE_NAME_MAX];
	char platform[LY_WIRE_NAME_MAX];
	int64_t enrolled, last_used, revoked;	/* seconds; 0 never */
	struct ly_buf auth_cert, recv_cert;	/* DER */
};

struct ly_row_code {
	uint8_t digest[LY_SHA256_LEN];	/* of the normalised code */
	int64_t mailbox;
	int64_t expires;
	int bound;			/* the next two are set */
	uint8_t keys[LY_SHA256_LEN];	/* of both SPKIs of the device */
	char device[LY_DEVICE_ID_MAX];
};

struct ly_row_audit {
	uint64_t seq;			/* from 1, without gaps */
	int64_t time;
	char actor[LY_ADDRESS_MAX];	/* "host", or the device's id */
	char address[LY_ADDRESS_MAX];	/* whose mailbox; may be empty */
	char event[32];
	char object[LY_DEVICE_ID_MAX];	/* key or device id; may be empty */
	char detail[LY_AUDIT_DETAIL_MAX];
	uint8_t hash[LY_SHA256_LEN];	/* see audit.h */
};

/* A row visitor; a non-zero return stops the walk and is returned. */
typedef int ly_mailbox_fn(void *arg, const struct ly_row_mailbox *row);
typedef int ly_key_fn(void *arg, const struct ly_row_key *row);
typedef int ly_cert_fn(void *arg, const struct ly_row_cert *row);
typedef int ly_device_fn(void *arg, const struct ly_row_device *row,
    const char *address);
typedef int ly_audit_fn(void *arg, const struct ly_row_audit *row);

/* Rows that a call fills in own their buffers: clear them. */
void ly_row_service_clear(struct ly_row_service *row);
void ly_row_key_clear(struct ly_row_key *row);
void ly_row_cert_clear(struct ly_row_cert *row);
void ly_row_device_clear(struct ly_row_device *row);

struct ly_store_driver {
	const char *name;
	/* Make the database; LY_ERR_EXISTS if it is there. */
	int (*create)(const char *where, struct ly_why *why);
	/* LY_ERR_NOTFOUND, LY_ERR_UNSUPPORTED (another schema). */
	int (*open)(const char *where, struct ly_store **out,
	    struct ly_why *why);
	void (*close)(struct ly_store **s);

	/*
	 * A transaction; write = 1 takes the database's write lock at once,
	 * so that what is read in it stays true until the commit. A commit
	 * that fails has been rolled back. rollback without one is fine.
	 */
	int (*begin)(struct ly_store *s, int write);
	int (*commit)(struct ly_store *s);
	void (*rollback)(struct ly_store *s);

	int (*service_put)(struct ly_store *s,
	    const struct ly_row_service *row);
	int (*service_get)(struct ly_store *s, struct ly_row_service *row);

	/* LY_ERR_EXISTS; *id is the new row's. */
	int (*mailbox_add)(struct ly_store *s, const char *address,
	    int64_t now, int64_t *id);
	int (*mailbox_find)(struct ly_store *s, const char *address,
	    struct ly_row_mailbox *row);
	int (*mailbox_get)(struct ly_store *s, int64_t id,
	    struct ly_row_mailbox *row);
	int (*mailbox_each)(struct ly_store *s, ly_mailbox_fn *fn, void *arg);
	int (*mailbox_disable)(struct ly_store *s, int64_t id, int disabled);
	/* Count the mailbox's revision up; *revision is the new one. */
	int (*mailbox_bump)(struct ly_store *s, int64_t id,
	    uint64_t *revision);

	int (*key_get)(struct ly_store *s, int64_t mailbox,
	    const uint8_t id[LY_KEY_ID_LEN], struct ly_row_key *row);
	/* Insert, or replace all but created. */
	int (*key_put)(struct ly_store *s, const struct ly_row_key *row);
	/* Keys changed after since, by revision, at most limit (0: all). */
	int (*key_each)(struct ly_store *s, int64_t mailbox, uint64_t since,
	    size_t limit, ly_key_fn *fn, void *arg);

	/* LY_ERR_EXISTS if the same certificate is there. */
	int (*cert_add)(struct ly_store *s, int64_t mailbox,
	    const uint8_t id[LY_KEY_ID_LEN], const struct ly_row_cert *row);
	/* Newest first. */
	int (*cert_each)(struct ly_store *s, int64_t mailbox,
	    const uint8_t id[LY_KEY_ID_LEN], ly_cert_fn *fn, void *arg);
	/* CA certificates of a mailbox; only digest and der of the row. */
	int (*ca_add)(struct ly_store *s, int64_t mailbox,
	    const struct ly_row_cert *row);
	int (*ca_each)(struct ly_store *s, int64_t mailbox, ly_cert_fn *fn,
	    void *arg);

	int (*device_add)(struct ly_store *s,
	    const struct ly_row_device *row);
	int (*device_get)(struct ly_store *s, const char *id,
	    struct ly_row_device *row);
	/* Device and mailbox by the digest of the TLS certificate's SPKI. */
	int (*device_find)(struct ly_store *s,
	    const uint8_t spki_digest[LY_SHA256_LEN],
	    struct ly_row_device *device, struct ly_row_mailbox *mailbox);
	/* mailbox 0: all. By enrolment. */
	int (*device_each)(struct ly_store *s, int64_t mailbox,
	    ly_device_fn *fn, void *arg);
	int (*device_revoke)(struct ly_store *s, const char *id, int64_t now);
	int (*device_touch)(struct ly_store *s, const char *id, int64_t now);

	int (*code_add)(struct ly_store *s, const struct ly_row_code *row);
	int (*code_find)(struct ly_store *s,
	    const uint8_t digest[LY_SHA256_LEN], struct ly_row_code *row);
	/* Bind a code to keys and device. */
	int (*code_bind)(struct ly_store *s, const struct ly_row_code *row);
	/* Forget codes that ended before now. */
	int (*code_expire)(struct ly_store *s, int64_t now);

	/* The last record; LY_ERR_NOTFOUND when there is none. */
	int (*audit_last)(struct ly_store *s, struct ly_row_audit *row);
	int (*audit_add)(struct ly_store *s, const struct ly_row_audit *row);
	/* By seq; address NULL: all. */
	int (*audit_each)(struct ly_store *s, const char *address,
	    ly_audit_fn *fn, void *arg);
};

/* Every driver's struct starts with this. */
struct ly_store {
	const struct ly_store_driver *d;
};

extern const struct ly_store_driver ly_store_sqlite;

#endif
