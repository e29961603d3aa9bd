/*
 * DER (X.690), just enough to find the parts of keys and certificates in
 * place and to build key containers: strict, definite minimal lengths, tags
 * of one byte.
 */
#ifndef LY_DER_H
#define LY_DER_H

#include <stddef.h>
#include <stdint.h>

#include "buf.h"

#define LY_DER_INT 0x02
#define LY_DER_BITS 0x03
#define LY_DER_OCTETS 0x04
#define LY_DER_OID 0x06
#define LY_DER_SEQ 0x30
#define LY_DER_SET 0x31
#define LY_DER_CTX(n) (0xa0 | (n))	/* constructed [n] */
#define LY_DER_HEAD_MAX 5		/* bytes: values below 2^24 */

/* 1 if the next element has this tag. */
int ly_der_is(const struct ly_reader *r, uint8_t tag);

/*
 * Take the next element, which must have tag; value reads its contents.
 * LY_ERR_FORMAT. whole, if not NULL, reads it with tag and length.
 */
int ly_der_get(struct ly_reader *r, uint8_t tag, struct ly_reader *value,
    struct ly_reader *whole);

/* Take an element of any tag. LY_ERR_FORMAT. */
int ly_der_skip(struct ly_reader *r);

/* Take an INTEGER >= 0 in minimal form; value is without a leading zero. */
int ly_der_uint(struct ly_reader *r, struct ly_reader *value);

/* 1 if the reader's bytes are exactly these. */
int ly_der_eq(const struct ly_reader *r, const void *data, size_t len);

/* Tag and length of a value of len < 2^24 bytes; gives the bytes written. */
size_t ly_der_head(uint8_t tag, size_t len, uint8_t out[LY_DER_HEAD_MAX]);

#endif
