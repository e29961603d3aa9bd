/*
 * The one growable byte buffer and the one reader of bytes. Numbers are
 * little-endian. Not for secrets: see secret.h.
 */
#ifndef LY_BUF_H
#define LY_BUF_H

#include <stddef.h>
#include <stdint.h>

#define LY_BUF_MAX ((size_t)256 * 1024 * 1024)	/* no buffer grows past this */

struct ly_buf {
	uint8_t *data;
	size_t len;	/* bytes in use */
	size_t cap;	/* bytes allocated */
	size_t max;	/* bytes it may grow to */
	int err;	/* first failure of a put, sticky */
};

/* An empty buffer that may grow to max bytes (<= LY_BUF_MAX). */
void ly_buf_init(struct ly_buf *b, size_t max);

/* Release; the buffer is as after ly_buf_init(b, same max). NULL is fine. */
void ly_buf_clear(struct ly_buf *b);

/*
 * Make room for len more bytes, and no more, in one allocation: for who
 * knows a size and fills b->data + b->len himself. The room is cap - len.
 * LY_ERR_NOMEM, LY_ERR_TOOBIG.
 */
int ly_buf_room(struct ly_buf *b, size_t len);

/*
 * Append. A failure (LY_ERR_NOMEM, LY_ERR_TOOBIG) is returned and kept in
 * b->err, and every later put then fails with it: a row of puts may be
 * checked once, at its end.
 */
int ly_buf_put(struct ly_buf *b, const void *data, size_t len);
int ly_buf_put_u8(struct ly_buf *b, uint8_t v);
int ly_buf_put_u16(struct ly_buf *b, uint16_t v);
int ly_buf_put_u32(struct ly_buf *b, uint32_t v);
int ly_buf_put_u64(struct ly_buf *b, uint64_t v);
/* u32 length, then the bytes. */
int ly_buf_put_blob(struct ly_buf *b, const void *data, size_t len);
/* u32 length, then the bytes of a C string without its NUL. */
int ly_buf_put_str(struct ly_buf *b, const char *s);

/* Reads from bytes that it does not own. */
struct ly_reader {
	const uint8_t *p;
	size_t left;	/* bytes not yet read */
};

void ly_reader_init(struct ly_reader *r, const void *data, size_t len);

/* Each takes the next value; LY_ERR_FORMAT when too few bytes are left. */
int ly_get_u8(struct ly_reader *r, uint8_t *v);
int ly_get_u16(struct ly_reader *r, uint16_t *v);
int ly_get_u32(struct ly_reader *r, uint32_t *v);
int ly_get_u64(struct ly_reader *r, uint64_t *v);
/* A view of the next len bytes; valid as long as the reader's bytes. */
int ly_get_bytes(struct ly_reader *r, size_t len, const uint8_t **p);
/* A view of a blob written by ly_buf_put_blob, at most max bytes long. */
int ly_get_blob(struct ly_reader *r, size_t max, const uint8_t **p,
    size_t *len);
/*
 * A string written by ly_buf_put_str, copied NUL-terminated into dst of
 * cap bytes. LY_ERR_FORMAT if it does not fit or holds a NUL.
 */
int ly_get_str(struct ly_reader *r, char *dst, size_t cap);
/* 0 if every byte was read, else LY_ERR_FORMAT. */
int ly_reader_end(const struct ly_reader *r);

#endif
