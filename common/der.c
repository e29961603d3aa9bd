/*
 * DER elements, read in place. It refuses indefinite and non-minimal
 * lengths, tags of more than one byte, and values of 2^24 bytes or more.
 */
#include <string.h>

#include "der.h"
#include "err.h"

int
ly_der_is(const struct ly_reader *r, uint8_t tag)
{
	return r->left > 0 && r->p[0] == tag;
}

/* The length of the next element's contents and of its tag and length. */
static int
head(const struct ly_reader *r, size_t *hlen, size_t *len)
{
	size_t n, i, v = 0;

	if (r->left < 2 || (r->p[0] & 0x1f) == 0x1f)
		return LY_ERR_FORMAT;
	if (r->p[1] < 0x80) {
		*hlen = 2;
		*len = r->p[1];
		return *len <= r->left - 2 ? 0 : LY_ERR_FORMAT;
	}
	n = r->p[1] & 0x7f;
	if (n < 1 || n > 3 || r->left < 2 + n)
		return LY_ERR_FORMAT;
	for (i = 0; i < n; i++)
		v = v << 8 | r->p[2 + i];
	if (v < 0x80 || v >> (8 * (n - 1)) == 0 || v > r->left - 2 - n)
		return LY_ERR_FORMAT;
	*hlen = 2 + n;
	*len = v;
	return 0;
}

int
ly_der_get(struct ly_reader *r, uint8_t tag, struct ly_reader *value,
    struct ly_reader *whole)
{
	size_t hlen, len;
	int e;

	if (!ly_der_is(r, tag))
		return LY_ERR_FORMAT;
	if ((e = head(r, &hlen, &len)) != 0)
		return e;
	if (whole != NULL)
		ly_reader_init(whole, r->p, hlen + len);
	ly_reader_init(value, r->p + hlen, len);
	r->p += hlen + len;
	r->left -= hlen + len;
	return 0;
}

int
ly_der_skip(struct ly_reader *r)
{
	struct ly_reader v;

	if (r->left == 0)
		return LY_ERR_FORMAT;
	return ly_der_get(r, r->p[0], &v, NULL);
}

int
ly_der_uint(struct ly_reader *r, struct ly_reader *value)
{
	struct ly_reader v;
	int e;

	if ((e = ly_der_get(r, LY_DER_INT, &v, NULL)) != 0)
		return e;
	if (v.left == 0 || (v.p[0] & 0x80) != 0)
		return LY_ERR_FORMAT;
	if (v.p[0] == 0 && v.left > 1) {
		if ((v.p[1] & 0x80) == 0)
			return LY_ERR_FORMAT;
		v.p++;
		v.left--;
	}
	*value = v;
	return 0;
}

int
ly_der_eq(const struct ly_reader *r, const void *data, size_t len)
{
	return r->left == len && (len == 0 || memcmp(r->p, data, len) == 0);
}

size_t
ly_der_head(uint8_t tag, size_t len, uint8_t out[LY_DER_HEAD_MAX])
{
	size_t n = 0, bytes = len < 0x80 ? 0 : len < 0x100 ? 1 :
	    len < 0x10000 ? 2 : 3;

	out[n++] = tag;
	if (bytes == 0) {
		out[n++] = (uint8_t)len;
		return n;
	}
	out[n++] = (uint8_t)(0x80 | bytes);
	while (bytes-- > 0)
		out[n++] = (uint8_t)(len >> (8 * bytes));
	return n;
}
