/*
 * The catalogue: what a token shows, as one file that is written by a sync
 * and read, without OpenSSL and without parsing certificates, by any number
 * of processes. Layout (little-endian):
 *
 *   header   magic "LYCAT1\0\n", sizes, revision, lineage, SHA-256 of the rest
 *   records  one fixed-size record for each entry
 *   order    entry numbers in the order of listing: current pair first
 *   index    (hash, entry) pairs sorted by hash, one table for all kinds
 *   heap     certificates, labels, addresses: records point into it
 *
 * An entry keeps its number as long as the lineage (a random number of the
 * enrolment) is the same, so that object handles outlive a sync. Reading
 * trusts nothing: every offset is checked where it is used; the SHA-256 is
 * for "lanyard status", too slow for the start of a mail client.
 */
#ifndef LY_CATALOGUE_H
#define LY_CATALOGUE_H

#include <stddef.h>
#include <stdint.h>

#include "alg.h"
#include "buf.h"
#include "cert.h"
#include "seal.h"

struct ly_wire_keys;
struct ly_why;

#define LY_CATALOGUE_MAX ((size_t)128 * 1024 * 1024)
#define LY_ENTRIES_MAX 200000
#define LY_CKA_ID_LEN 20	/* SHA-1 of modulus or EC point, as NSS does */

enum ly_entry_kind {
	LY_ENTRY_CERT = 1,	/* a certificate of one of our keys */
	LY_ENTRY_KEY = 2,	/* a private key and its public key */
	LY_ENTRY_CA = 3		/* an intermediate or root, without a key */
};

enum ly_delivery {
	LY_REMOTE = 1,		/* only the service uses the key */
	LY_CACHED = 2		/* a sealed copy may be kept and used here */
};

enum ly_key_state {
	LY_KEY_CURRENT = 1,
	LY_KEY_RETIRED = 2,	/* superseded: decrypts, no longer signs */
	LY_KEY_REVOKED = 3	/* certificate revoked: the same */
};

/*
 * A view into the catalogue's bytes; valid while the catalogue is held. A
 * KEY's views but label are those of its newest certificate.
 */
struct ly_view {
	const uint8_t *p;
	size_t len;
};

struct ly_entry {
	enum ly_entry_kind kind;
	enum ly_key_type key_type;
	unsigned use;		/* LY_USE_ bits: certificate and policy */
	enum ly_delivery delivery;	/* KEY only */
	enum ly_key_state state;	/* KEY and CERT */
	unsigned bits;
	int64_t not_before, not_after;	/* KEY: of its newest certificate */
	uint8_t key_id[LY_KEY_ID_LEN];	/* zero for CA */
	uint8_t cka_id[LY_CKA_ID_LEN];
	uint8_t check_value[3];		/* first bytes of SHA-1(value) */
	struct ly_view value;		/* certificate DER; empty for KEY */
	struct ly_view subject, issuer, serial, spki;
	struct ly_view modulus, exponent, point, params;
	struct ly_view label;		/* UTF-8, <= 64 bytes, unique a key */
	struct ly_view email;		/* lower case, may be empty */
};

struct ly_catalogue;

/*
 * Take over the bytes in file (empty afterwards) as a catalogue with one
 * reference. Only header and table bounds are checked: constant time.
 * LY_ERR_FORMAT, LY_ERR_UNSUPPORTED (newer version), LY_ERR_NOMEM.
 */
int ly_catalogue_open(struct ly_buf *file, struct ly_catalogue **out);

/*
 * Read the catalogue of an account's folder. LY_ERR_NOTFOUND when there is
 * none yet; LY_ERR_PERM, LY_ERR_FORMAT with why. Uses no OpenSSL.
 */
int ly_catalogue_load(const char *dir, struct ly_catalogue **out,
    struct ly_why *why);

/* References may be taken and dropped by any thread. */
struct ly_catalogue *ly_catalogue_ref(struct ly_catalogue *c);
void ly_catalogue_unref(struct ly_catalogue **c);

/* What the service called this state of the keys, and its lineage. */
uint64_t ly_catalogue_revision(const struct ly_catalogue *c);
uint64_t ly_catalogue_lineage(const struct ly_catalogue *c);

/* Number of entries; they are numbered from 0. */
size_t ly_catalogue_count(const struct ly_catalogue *c);

/*
 * Entry number of the i-th in the order of listing. LY_ERR_NOTFOUND past
 * the end, LY_ERR_FORMAT if damaged.
 */
int ly_catalogue_order(const struct ly_catalogue *c, size_t i, uint32_t *n);

/* Decode entry n. LY_ERR_NOTFOUND past the end, LY_ERR_FORMAT if damaged. */
int ly_catalogue_entry(const struct ly_catalogue *c, uint32_t n,
    struct ly_entry *e);

/* What the index knows. */
enum ly_index {
	LY_IX_ID = 1,		/* cka_id */
	LY_IX_ISSUER = 2,	/* issuer || serial, two views hashed in turn */
	LY_IX_SUBJECT = 3,
	LY_IX_LABEL = 4,
	LY_IX_VALUE = 5,
	LY_IX_EMAIL = 6,
	LY_IX_KEY_ID = 7,
	LY_IX_KIND = 8		/* one byte: enum ly_entry_kind; by order */
};

/*
 * Candidates for a value: entry numbers whose hash fits; the caller still
 * compares. *first and *n are a range to walk with ly_catalogue_hit. b is
 * the second view for LY_IX_ISSUER, else NULL. Cost: log2 of the index.
 */
void ly_catalogue_find(const struct ly_catalogue *c, enum ly_index kind,
    const struct ly_view *a, const struct ly_view *b, size_t *first,
    size_t *n);
int ly_catalogue_hit(const struct ly_catalogue *c, size_t i, uint32_t *n);

/* Compare the whole file with its SHA-256, and every entry. LY_ERR_FORMAT. */
int ly_catalogue_verify(const struct ly_catalogue *c);

/*
 * Write the catalogue that old (NULL for none) becomes when the answer keys
 * of the service is applied: known keys are updated in place, new ones
 * appended. lineage is used when old is NULL. LY_ERR_FORMAT with why when a
 * certificate does not parse. Uses OpenSSL.
 */
int ly_catalogue_build(const struct ly_catalogue *old,
    const struct ly_wire_keys *keys, uint64_t lineage, struct ly_buf *file,
    struct ly_why *why);

#endif
