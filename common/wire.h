/*
 * The wire: the JSON of /lanyard/1, both ends. doc/PROTOCOL.md describes
 * it; this is its only code. Decoders refuse unknown members, duplicate
 * members, wrong types, and everything over a limit, with LY_ERR_FORMAT or
 * LY_ERR_TOOBIG and, where why is given, the member's name. Decoded structs
 * own their memory and are released by the matching _clear.
 */
#ifndef LY_WIRE_H
#define LY_WIRE_H

#include <stddef.h>
#include <stdint.h>

#include "account.h"
#include "alg.h"
#include "buf.h"
#include "catalogue.h"
#include "secret.h"

struct ly_why;

#define LY_WIRE_BODY_MAX ((size_t)2 * 1024 * 1024)	/* any body, bytes */
#define LY_WIRE_OPS_MAX 64		/* items of one batch */
#define LY_WIRE_PAGE_MAX 256		/* keys of one page */
#define LY_WIRE_CERTS_MAX 16		/* certificates of one key */
#define LY_WIRE_CA_MAX 64
#define LY_WIRE_DEVICES_MAX 256
#define LY_WIRE_NAME_MAX 128		/* bytes of a device's name with NUL */
#define LY_WIRE_CODE_MAX 65		/* bytes of an enrolment code */
#define LY_API_PATH "/lanyard/1"
#define LY_DISCOVERY_PATH "/.well-known/lanyard"

/* GET /.well-known/lanyard */
struct ly_wire_discovery {
	char issuer[LY_URL_MAX];	/* the service's own URL */
	char api[64];			/* "/lanyard/1" */
	struct ly_buf ca;		/* DER */
	struct ly_buf import_cert;	/* DER: seal imported keys to it */
};

/* POST /lanyard/1/enroll */
struct ly_wire_enroll {
	char address[LY_ADDRESS_MAX];
	char code[LY_WIRE_CODE_MAX];
	char name[LY_WIRE_NAME_MAX];	/* host name, shown in lists */
	char platform[LY_WIRE_NAME_MAX];
	struct ly_buf auth_csr, recv_csr;	/* DER PKCS#10 */
};

struct ly_wire_enrolled {
	char device_id[LY_DEVICE_ID_MAX];
	char address[LY_ADDRESS_MAX];
	char label[LY_TOKEN_LABEL_MAX];
	struct ly_buf ca, auth_cert, recv_cert;	/* DER */
};

/* GET /lanyard/1/keys?since=REVISION */
struct ly_wire_key {
	uint8_t key_id[LY_KEY_ID_LEN];
	unsigned use;			/* LY_USE_ bits allowed by policy */
	enum ly_delivery delivery;
	enum ly_key_state state;
	struct ly_buf certs[LY_WIRE_CERTS_MAX];	/* DER, newest first */
	size_t ncerts;			/* at least 1 */
};

struct ly_wire_keys {
	uint64_t revision;	/* the cursor for the next call */
	int more;		/* further pages wait behind the cursor */
	struct ly_wire_key *keys;	/* changed after since */
	size_t nkeys;
	struct ly_buf ca[LY_WIRE_CA_MAX];	/* all CA certificates, DER */
	size_t nca;
};

/* POST /lanyard/1/ops */
struct ly_wire_op {
	uint32_t ref;			/* chosen by the caller, echoed */
	uint8_t key_id[LY_KEY_ID_LEN];
	struct ly_alg alg;
	struct ly_buf data;		/* see struct ly_alg */
};

struct ly_wire_ops {
	struct ly_wire_op *items;
	size_t n;			/* 1 .. LY_WIRE_OPS_MAX */
};

struct ly_wire_result {
	uint32_t ref;
	int err;		/* 0, LY_ERR_NOTFOUND, _DENIED, _CRYPTO, ... */
	struct ly_secret data;	/* empty when err != 0 */
};

struct ly_wire_results {
	uint64_t revision;	/* of the mailbox, after the call */
	struct ly_wire_result *items;
	size_t n;
};

/* POST /lanyard/1/keys: import one key (sealed to import_cert). */
struct ly_wire_import {
	struct ly_buf sealed;		/* seal.h, ly_seal */
	struct ly_buf cert;		/* DER */
	struct ly_buf chain[LY_WIRE_CERTS_MAX];
	size_t nchain;
};

struct ly_wire_imported {
	uint8_t key_id[LY_KEY_ID_LEN];
	int merged;		/* 1: the key was there already */
	uint64_t revision;
};

/* GET /lanyard/1/devices */
struct ly_wire_device {
	char device_id[LY_DEVICE_ID_MAX];
	char name[LY_WIRE_NAME_MAX];
	char platform[LY_WIRE_NAME_MAX];
	int64_t enrolled, last_used;	/* seconds since 1970; 0 never */
	int revoked;
	int self;			/* the device that asks */
};

struct ly_wire_devices {
	struct ly_wire_device *items;
	size_t n;
};

/* application/problem+json (RFC 9457): title for people, code for code. */
struct ly_wire_problem {
	int status;			/* HTTP status */
	char code[48];			/* "device_revoked", ... */
	char title[160];
	int retry_after;		/* seconds, 0 none */
};

/*
 * Each encoder appends one JSON object to json; LY_ERR_ARG when the struct
 * breaks a limit. Each decoder overwrites m, which it does not clear first.
 */
int ly_wire_discovery_encode(const struct ly_wire_discovery *m,
    struct ly_buf *json);
int ly_wire_discovery_decode(const void *json, size_t len,
    struct ly_wire_discovery *m, struct ly_why *why);
void ly_wire_discovery_clear(struct ly_wire_discovery *m);

int ly_wire_enroll_encode(const struct ly_wire_enroll *m,
    struct ly_buf *json);
int ly_wire_enroll_decode(const void *json, size_t len,
    struct ly_wire_enroll *m, struct ly_why *why);
void ly_wire_enroll_clear(struct ly_wire_enroll *m);

int ly_wire_enrolled_encode(const struct ly_wire_enrolled *m,
    struct ly_buf *json);
int ly_wire_enrolled_decode(const void *json, size_t len,
    struct ly_wire_enrolled *m, struct ly_why *why);
void ly_wire_enrolled_clear(struct ly_wire_enrolled *m);

int ly_wire_keys_encode(const struct ly_wire_keys *m, struct ly_buf *json);
int ly_wire_keys_decode(const void *json, size_t len,
    struct ly_wire_keys *m, struct ly_why *why);
void ly_wire_keys_clear(struct ly_wire_keys *m);

int ly_wire_ops_encode(const struct ly_wire_ops *m, struct ly_buf *json);
int ly_wire_ops_decode(const void *json, size_t len, struct ly_wire_ops *m,
    struct ly_why *why);
void ly_wire_ops_clear(struct ly_wire_ops *m);

/*
 * The answer is padded with spaces to a size that depends on the requests
 * alone (PROTOCOL.md "Sizes"): out_max[i] is the longest possible result of
 * item i in bytes. An error in a decrypt is one code, whatever its cause.
 */
int ly_wire_results_encode(const struct ly_wire_results *m,
    const size_t *out_max, struct ly_secret *json);
int ly_wire_results_decode(const void *json, size_t len,
    struct ly_wire_results *m, struct ly_why *why);
void ly_wire_results_clear(struct ly_wire_results *m);

int ly_wire_import_encode(const struct ly_wire_import *m,
    struct ly_buf *json);
int ly_wire_import_decode(const void *json, size_t len,
    struct ly_wire_import *m, struct ly_why *why);
void ly_wire_import_clear(struct ly_wire_import *m);

int ly_wire_imported_encode(const struct ly_wire_imported *m,
    struct ly_buf *json);
int ly_wire_imported_decode(const void *json, size_t len,
    struct ly_wire_imported *m, struct ly_why *why);

int ly_wire_devices_encode(const struct ly_wire_devices *m,
    struct ly_buf *json);
int ly_wire_devices_decode(const void *json, size_t len,
    struct ly_wire_devices *m, struct ly_why *why);
void ly_wire_devices_clear(struct ly_wire_devices *m);

int ly_wire_problem_encode(const struct ly_wire_problem *m,
    struct ly_buf *json);
int ly_wire_problem_decode(const void *json, size_t len,
    struct ly_wire_problem *m, struct ly_why *why);

/* "remote" / "cached"; "current" / "retired" / "revoked"; LY_ERR_FORMAT. */
const char *ly_delivery_name(enum ly_delivery d);
int ly_delivery_by_name(const char *name, enum ly_delivery *d);
const char *ly_key_state_name(enum ly_key_state s);
int ly_key_state_by_name(const char *name, enum ly_key_state *s);

#endif
