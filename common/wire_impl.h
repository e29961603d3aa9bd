/*
 * Private to common/wire*.c: a message of the wire is a table of its
 * members, and one engine (wire_fields.c) reads, writes and releases every
 * message by its table. Limits, types and names stand in the table alone.
 */
#ifndef LY_WIRE_IMPL_H
#define LY_WIRE_IMPL_H

#include <stddef.h>
#include <stdint.h>

#include "wire.h"

#define LY_WIRE_DEPTH_MAX 8	/* arrays and objects inside one another */
#define LY_WIRE_VALUES_MAX 16384	/* values in one body */
#define LY_WIRE_INT_MAX ((uint64_t)1 << 53)	/* numbers are below it */
#define LY_WIRE_CSR_MAX 8192	/* bytes of a certificate request */

enum ly_wire_type {
	LY_W_TEXT,	/* char[]: UTF-8, no control characters */
	LY_W_ID,	/* char[]: lower-case hexadecimal */
	LY_W_HEX,	/* uint8_t[max] as 2 * max digits */
	LY_W_B64,	/* struct ly_buf */
	LY_W_BYTES,	/* uint8_t[] with a size_t at count, base64 */
	LY_W_B64S,	/* struct ly_buf[] with a size_t at count */
	LY_W_U32,	/* uint32_t */
	LY_W_U64,	/* uint64_t below 2^53 */
	LY_W_TIME,	/* int64_t, seconds since 1970, not negative */
	LY_W_INT,	/* int, not negative */
	LY_W_BOOL,	/* int 0 or 1 */
	LY_W_NAME,	/* an enum by its name */
	LY_W_USE,	/* unsigned LY_USE_ bits as an array of names */
	LY_W_LIST	/* pointer to structs with a size_t at count */
};

#define LY_W_OPTIONAL 1u	/* may be absent; empty or 0 is not written */
#define LY_W_WIPE 2u		/* wiped in the parser's memory */

/* The two directions of an enum. */
struct ly_wire_names {
	const char *(*name)(int value);
	int (*by_name)(const char *name, int *value);
};

struct ly_wire_table;

/*
 * One member. min and max bound bytes without the NUL (TEXT, ID), bytes
 * (HEX, B64, BYTES), items (B64S, LIST) or the value (U32 .. INT); each
 * bounds the bytes of one item of B64S.
 */
struct ly_wire_field {
	const char *name;
	enum ly_wire_type type;
	unsigned flags;
	size_t off;
	size_t count;
	uint64_t min, max;
	size_t each;
	const struct ly_wire_names *names;
	const struct ly_wire_table *sub;
	/* LIST: looks at a whole item; present has bit i for member i. */
	int (*check)(const void *item, unsigned present, struct ly_why *why);
	/* LIST: which members of this item are written. */
	unsigned (*select)(const void *item);
};

struct ly_wire_table {
	const struct ly_wire_field *fields;
	size_t n;		/* at most 32 */
	size_t size;		/* bytes of the struct */
	int lenient;		/* unknown members are skipped (RFC 9457) */
};

#define LY_WIRE_TABLE(fields, type, lenient) \
	{ (fields), sizeof(fields) / sizeof((fields)[0]), sizeof(type), \
	    (lenient) }

/*
 * Decode one JSON object into the struct m of table t, untouched on
 * failure. LY_ERR_FORMAT, LY_ERR_TOOBIG, LY_ERR_UNSUPPORTED, LY_ERR_NOMEM.
 */
int ly_wire_get(const struct ly_wire_table *t, const void *json, size_t len,
    void *m, struct ly_why *why);

/*
 * Append m as one JSON object. LY_ERR_ARG when m breaks a limit of its
 * table; errors of buf.h.
 */
int ly_wire_put(const struct ly_wire_table *t, const void *m,
    struct ly_buf *json);

/* Release what m owns; m is all zero afterwards. NULL is fine. */
void ly_wire_free(const struct ly_wire_table *t, void *m);

/* The cheap limits, before the parser allocates: depth, number of values. */
int ly_wire_scan(const uint8_t *p, size_t len, struct ly_why *why);

/* Length of the UTF-8 character at p, 0 if it is none (RFC 3629). */
size_t ly_wire_utf8(const uint8_t *p, size_t left);

/* Length of len bytes as base64. */
#define LY_B64_LEN(len) (((len) + 2) / 3 * 4)

/* The error that a code in a result stands for. LY_ERR_FORMAT. */
int ly_wire_code_err(const char *code, size_t len, int *err);

#endif
