/*
 * Owns the growing of byte buffers and the reading of bytes from outside.
 * Refuses to grow past a buffer's cap and to read past a reader's end.
 */
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "err.h"

#define BUF_FIRST 64	/* bytes of a buffer's first allocation */

void
ly_buf_init(struct ly_buf *b, size_t max)
{
	b->data = NULL;
	b->len = 0;
	b->cap = 0;
	b->max = max < LY_BUF_MAX ? max : LY_BUF_MAX;
	b->err = 0;
}

void
ly_buf_clear(struct ly_buf *b)
{
	if (b == NULL)
		return;
	free(b->data);
	ly_buf_init(b, b->max);
}

/* 0 when len more bytes fit into what is allocated, 1 when they may fit. */
static int
room_wanted(const struct ly_buf *b, size_t len)
{
	if (b->len > b->max || len > b->max - b->len)
		return LY_ERR_TOOBIG;
	return b->data == NULL || len > b->cap - b->len;
}

static int
set_cap(struct ly_buf *b, size_t cap)
{
	uint8_t *p = realloc(b->data, cap > 0 ? cap : 1);

	if (p == NULL)
		return LY_ERR_NOMEM;
	b->data = p;
	b->cap = cap;
	return 0;
}

int
ly_buf_room(struct ly_buf *b, size_t len)
{
	const int r = room_wanted(b, len);

	return r == 1 ? set_cap(b, b->len + len) : r;
}

/* Make room for len more bytes: doubling, but never past the cap. */
static int
buf_reserve(struct ly_buf *b, size_t len)
{
	size_t cap = b->cap > 0 ? b->cap : BUF_FIRST;
	const int r = room_wanted(b, len);

	if (r != 1)
		return r;
	while (cap - b->len < len)
		cap *= 2;
	return set_cap(b, cap < b->max ? cap : b->max);
}

int
ly_buf_put(struct ly_buf *b, const void *data, size_t len)
{
	if (b->err != 0)
		return b->err;
	if ((b->err = buf_reserve(b, len)) != 0)
		return b->err;
	if (len > 0)
		memcpy(b->data + b->len, data, len);
	b->len += len;
	return 0;
}

/* The low n bytes of v, least significant first. */
static int
put_le(struct ly_buf *b, uint64_t v, size_t n)
{
	uint8_t bytes[8];
	size_t i;

	for (i = 0; i < n; i++)
		bytes[i] = (uint8_t)(v >> (8 * i));
	return ly_buf_put(b, bytes, n);
}

int
ly_buf_put_u8(struct ly_buf *b, uint8_t v)
{
	return put_le(b, v, 1);
}

int
ly_buf_put_u16(struct ly_buf *b, uint16_t v)
{
	return put_le(b, v, 2);
}

int
ly_buf_put_u32(struct ly_buf *b, uint32_t v)
{
	return put_le(b, v, 4);
}

int
ly_buf_put_u64(struct ly_buf *b, uint64_t v)
{
	return put_le(b, v, 8);
}

int
ly_buf_put_blob(struct ly_buf *b, const void *data, size_t len)
{
	const size_t start = b->len;
	int r;

	/* LY_BUF_MAX is below 2^32: a length that fits the buffer fits. */
	if (b->err == 0 && len > LY_BUF_MAX)
		b->err = LY_ERR_TOOBIG;
	(void)ly_buf_put_u32(b, (uint32_t)len);
	if ((r = ly_buf_put(b, data, len)) != 0)
		b->len = start;
	return r;
}

int
ly_buf_put_str(struct ly_buf *b, const char *s)
{
	return ly_buf_put_blob(b, s, strlen(s));
}

void
ly_reader_init(struct ly_reader *r, const void *data, size_t len)
{
	r->p = data;
	r->left = len;
}

int
ly_get_bytes(struct ly_reader *r, size_t len, const uint8_t **p)
{
	if (len > r->left)
		return LY_ERR_FORMAT;
	*p = r->p;
	if (len > 0)
		r->p += len;
	r->left -= len;
	return 0;
}

static int
get_le(struct ly_reader *r, size_t n, uint64_t *v)
{
	const uint8_t *p;
	uint64_t x = 0;

	if (ly_get_bytes(r, n, &p) != 0)
		return LY_ERR_FORMAT;
	while (n-- > 0)
		x = x << 8 | p[n];
	*v = x;
	return 0;
}

int
ly_get_u8(struct ly_reader *r, uint8_t *v)
{
	uint64_t x;

	if (get_le(r, 1, &x) != 0)
		return LY_ERR_FORMAT;
	*v = (uint8_t)x;
	return 0;
}

int
ly_get_u16(struct ly_reader *r, uint16_t *v)
{
	uint64_t x;

	if (get_le(r, 2, &x) != 0)
		return LY_ERR_FORMAT;
	*v = (uint16_t)x;
	return 0;
}

int
ly_get_u32(struct ly_reader *r, uint32_t *v)
{
	uint64_t x;

	if (get_le(r, 4, &x) != 0)
		return LY_ERR_FORMAT;
	*v = (uint32_t)x;
	return 0;
}

int
ly_get_u64(struct ly_reader *r, uint64_t *v)
{
	return get_le(r, 8, v);
}

int
ly_get_blob(struct ly_reader *r, size_t max, const uint8_t **p, size_t *len)
{
	struct ly_reader at = *r;
	uint32_t n;

	if (ly_get_u32(&at, &n) != 0 || n > max ||
	    ly_get_bytes(&at, n, p) != 0)
		return LY_ERR_FORMAT;
	*len = n;
	*r = at;
	return 0;
}

int
ly_get_str(struct ly_reader *r, char *dst, size_t cap)
{
	struct ly_reader at = *r;
	const uint8_t *p;
	size_t len;

	if (cap == 0 || ly_get_blob(&at, cap - 1, &p, &len) != 0)
		return LY_ERR_FORMAT;
	if (len > 0 && memchr(p, '\0', len) != NULL)
		return LY_ERR_FORMAT;
	if (len > 0)
		memcpy(dst, p, len);
	dst[len] = '\0';
	*r = at;
	return 0;
}

int
ly_reader_end(const struct ly_reader *r)
{
	return r->left == 0 ? 0 : LY_ERR_FORMAT;
}
