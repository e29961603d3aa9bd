/*
 * Private to common/catalogue*.c: the layout of the file, in bytes, and the
 * parts of the writer. Sections follow one another without gaps: header,
 * records, order, index, heap; their sizes follow from the two counts.
 */
#ifndef LY_CATALOGUE_IMPL_H
#define LY_CATALOGUE_IMPL_H

#include <stddef.h>
#include <stdint.h>

#include "catalogue.h"

struct ly_cert_info;

/* Header. The digest covers everything behind it, the counts included. */
#define LY_CAT_MAGIC "LYCAT1\0\n"
#define LY_CAT_MAGIC_LEN 8
#define LY_CAT_DIGEST 8		/* SHA-256, 32 bytes */
#define LY_CAT_COVERED 40	/* first byte that the digest covers */
#define LY_CAT_LENGTH 40	/* u32 bytes of the file */
#define LY_CAT_COUNT 44		/* u32 records */
#define LY_CAT_NINDEX 48	/* u32 rows of the index */
#define LY_CAT_REVISION 52	/* u64 */
#define LY_CAT_LINEAGE 60	/* u64 */
#define LY_CAT_HEADER 68

/* Record. Views are u32 offset into the heap, u32 length. */
#define LY_REC_KIND 0		/* u8 */
#define LY_REC_KEY_TYPE 1	/* u8 */
#define LY_REC_DELIVERY 2	/* u8, 0 but for KEY */
#define LY_REC_STATE 3		/* u8, 0 for CA */
#define LY_REC_USE 4		/* u32 */
#define LY_REC_BITS 8		/* u32 */
#define LY_REC_NOT_BEFORE 12	/* i64 */
#define LY_REC_NOT_AFTER 20	/* i64 */
#define LY_REC_KEY_ID 28
#define LY_REC_CKA_ID 44
#define LY_REC_CHECK 64		/* 3 bytes, one of zero */
#define LY_REC_VIEWS 68
#define LY_REC_NVIEWS 11
#define LY_REC_SIZE (LY_REC_VIEWS + 8 * LY_REC_NVIEWS)

#define LY_ORDER_SIZE 4		/* u32 entry */
#define LY_INDEX_SIZE 12	/* u64 hash, u32 entry */
#define LY_INDEX_KINDS 8	/* rows of one entry at most */
#define LY_ENTRY_LABEL_MAX 64	/* bytes of a label */

/*
 * The bytes of a catalogue and its lengths, as ly_catalogue_open found
 * them. Immutable but for the count of references.
 */
const uint8_t *ly_catalogue_bytes(const struct ly_catalogue *c, size_t *len);
uint32_t ly_catalogue_index_len(const struct ly_catalogue *c);
uint64_t ly_catalogue_index_hash(const struct ly_catalogue *c, size_t i);

/* The hash of the index, over kind and one or two views (b may be NULL). */
uint64_t ly_catalogue_hash(enum ly_index kind, const struct ly_view *a,
    const struct ly_view *b);

/* The i-th view of an entry, in the order of the record; NULL past it. */
struct ly_view *ly_entry_view(struct ly_entry *e, size_t i);
#define LY_VIEW_LABEL 9
#define LY_VIEW_EMAIL 10

/*
 * Hash to number, several values for one hash allowed; of a fixed size.
 */
struct ly_cat_map {
	struct ly_cat_slot *slots;
	size_t cap, n;
};

/* Room for n values. LY_ERR_NOMEM. */
int ly_cat_map_init(struct ly_cat_map *m, size_t n);
void ly_cat_map_clear(struct ly_cat_map *m);

/* Add a value. LY_ERR_TOOBIG past the room. */
int ly_cat_map_put(struct ly_cat_map *m, uint64_t hash, uint32_t value);

/* The same, but a value that hash has already is replaced. */
int ly_cat_map_set(struct ly_cat_map *m, uint64_t hash, uint32_t value);

/*
 * 1 and the next value of hash, 0 when there are no more. *pos is 0 at the
 * start and is moved on.
 */
int ly_cat_map_get(const struct ly_cat_map *m, uint64_t hash, size_t *pos,
    uint32_t *value);

/* Bytes that stay where they are until all are released. */
struct ly_cat_arena {
	struct ly_cat_block *head;
};

/* Keep a copy of len bytes (at most 4096). NULL without memory. */
const uint8_t *ly_cat_keep(struct ly_cat_arena *a, const void *p, size_t len);
void ly_cat_arena_clear(struct ly_cat_arena *a);

#define LY_ROW_NONE UINT32_MAX

/* An entry while a catalogue is built; its number is its place. */
struct ly_cat_row {
	struct ly_entry e;	/* views: old file, answer, or arena */
	uint32_t certs;		/* KEY: first of its CERT rows */
	uint32_t next;		/* CERT: the next of its key */
	uint32_t top;		/* KEY: its newest CERT row */
	unsigned ku;		/* CERT: uses by the certificate alone */
	int parsed;		/* CERT: ku is known */
};

struct ly_cat_model {
	struct ly_cat_row *rows;
	size_t n, cap;
	struct ly_cat_arena arena;
	struct ly_cat_map keys;		/* key id -> KEY row */
	struct ly_cat_map values;	/* certificate -> CERT or CA row */
	struct ly_cat_map labels;	/* label -> KEY or CA row */
	struct ly_cat_map bases;	/* label without number -> last one */
	uint64_t revision, lineage;
	int64_t now;
};

/*
 * An empty model (m is zero) with room for old (NULL for none) and keys;
 * then take over old, which must outlive it. LY_ERR_FORMAT.
 */
int ly_cat_model_init(struct ly_cat_model *m, const struct ly_catalogue *old,
    const struct ly_wire_keys *keys);
int ly_cat_take(struct ly_cat_model *m, const struct ly_catalogue *old);
void ly_cat_model_clear(struct ly_cat_model *m);

/* A new row at the end. LY_ERR_TOOBIG. */
int ly_cat_append(struct ly_cat_model *m, enum ly_entry_kind kind,
    uint32_t *row);

/* 1 and the row of a key, or of a certificate of that kind; else 0. */
int ly_cat_find_key(const struct ly_cat_model *m, const uint8_t *id,
    uint32_t *row);
int ly_cat_find_value(const struct ly_cat_model *m,
    enum ly_entry_kind kind, const void *p, size_t len, uint32_t *row);

/* Make a row findable by its key id, by its certificate. */
int ly_cat_note_key(struct ly_cat_model *m, uint32_t row);
int ly_cat_note_value(struct ly_cat_model *m, uint32_t row);

/* Note a CERT row, and that it belongs to a KEY row. */
int ly_cat_link(struct ly_cat_model *m, uint32_t key, uint32_t cert);

/* What a certificate says, into its row; der is not copied. */
int ly_cat_fill(struct ly_cat_model *m, uint32_t row, const uint8_t *der,
    size_t len, const struct ly_cert_info *info);

/* Let the newest of its certificates speak for a key. */
void ly_cat_refresh(struct ly_cat_model *m, uint32_t key);

/*
 * Give row (whose e.label is empty) the label "NAME TAIL", unlike every
 * other: cut at a character, told apart by " (2)" and so on.
 */
int ly_cat_label(struct ly_cat_model *m, uint32_t row, const char *name,
    const char *tail);

/* Note a label that is given already. */
int ly_cat_label_known(struct ly_cat_model *m, uint32_t row);

/* Write the file. LY_ERR_TOOBIG, LY_ERR_NOMEM. */
int ly_cat_write(const struct ly_cat_model *m, struct ly_buf *file);

#endif
