/*
 * Base64 and hexadecimal, as declared in crypto.h. Base64 may carry secrets,
 * so it is done by arithmetic, without tables or branches on the bytes; it
 * refuses white space, wrong padding and bits that should be zero.
 */
#include "buf.h"
#include "crypto.h"
#include "err.h"
#include "secret.h"

#define BAD 0x40u	/* not one of the 64 digits */

/* All ones if lo <= c <= hi, else 0. */
static unsigned
within(unsigned c, unsigned lo, unsigned hi)
{
	return (((c - lo) | (hi - c)) >> 31) - 1u;
}

static uint8_t
b64_char(unsigned v)
{
	unsigned c;

	c = within(v, 0, 25) & (v + 'A');
	c |= within(v, 26, 51) & (v - 26 + 'a');
	c |= within(v, 52, 61) & (v - 52 + '0');
	c |= within(v, 62, 62) & '+';
	c |= within(v, 63, 63) & '/';
	return (uint8_t)c;
}

/* The six bits of a digit, with BAD set if it is none. */
static unsigned
b64_value(unsigned c)
{
	unsigned v, any;

	any = within(c, 'A', 'Z') | within(c, 'a', 'z') |
	    within(c, '0', '9') | within(c, '+', '+') | within(c, '/', '/');
	v = within(c, 'A', 'Z') & (c - 'A');
	v |= within(c, 'a', 'z') & (c - 'a' + 26);
	v |= within(c, '0', '9') & (c - '0' + 52);
	v |= within(c, '+', '+') & 62;
	v |= within(c, '/', '/') & 63;
	return v | (~any & BAD);
}

/* The four digits of the next n bytes (1 .. 3). */
static void
b64_four(const uint8_t *p, size_t n, uint8_t q[4])
{
	unsigned v;

	v = (unsigned)p[0] << 16;
	v |= n > 1 ? (unsigned)p[1] << 8 : 0;
	v |= n > 2 ? (unsigned)p[2] : 0;
	q[0] = b64_char(v >> 18);
	q[1] = b64_char(v >> 12 & 63);
	q[2] = n > 1 ? b64_char(v >> 6 & 63) : '=';
	q[3] = n > 2 ? b64_char(v & 63) : '=';
}

int
ly_b64_encode(const void *in, size_t len, struct ly_buf *text)
{
	const uint8_t *p = in;
	uint8_t q[4];
	size_t n;

	for (; len > 0; p += n, len -= n) {
		n = len < 3 ? len : 3;
		b64_four(p, n, q);
		(void)ly_buf_put(text, q, 4);
	}
	if (ly_buf_put_u8(text, 0) == 0)
		text->len--;
	return text->err;
}

int
ly_b64_encode_secret(const void *in, size_t len, struct ly_secret *text)
{
	const uint8_t *p = in;
	size_t n;

	if (len / 3 + (len % 3 != 0) > (text->cap - text->len) / 4)
		return LY_ERR_TOOBIG;
	for (; len > 0; p += n, len -= n) {
		n = len < 3 ? len : 3;
		b64_four(p, n, text->data + text->len);
		text->len += 4;
	}
	return 0;
}

/* Bytes that a text of len digits stands for; LY_ERR_FORMAT. */
static int
b64_size(const char *text, size_t len, size_t *n)
{
	size_t pad = 0;

	if (len % 4 != 0)
		return LY_ERR_FORMAT;
	if (len > 0 && text[len - 1] == '=')
		pad = text[len - 2] == '=' ? 2 : 1;
	*n = len / 4 * 3 - pad;
	return 0;
}

/* n bytes, as b64_size said, to out. */
static int
b64_decode(const char *text, size_t n, uint8_t *out)
{
	unsigned bad = 0, v, i;
	size_t left, take;

	for (left = n; left > 0; left -= take, text += 4) {
		take = left < 3 ? left : 3;
		for (v = 0, i = 0; i < 4; i++) {
			v <<= 6;
			if (i > take)
				continue;
			bad |= b64_value((unsigned char)text[i]) & BAD;
			v |= b64_value((unsigned char)text[i]) & 63;
		}
		for (i = 0; i < take; i++)
			*out++ = (uint8_t)(v >> (16 - 8 * i));
		if (take < 3)
			bad |= v & (0xffffffu >> (8 * take));
	}
	return bad == 0 ? 0 : LY_ERR_FORMAT;
}

int
ly_b64_decode_secret(const char *text, size_t textlen, struct ly_secret *out)
{
	struct ly_secret s = LY_SECRET_INIT;
	size_t n;
	int r;

	if ((r = b64_size(text, textlen, &n)) != 0)
		goto out;
	if ((r = ly_secret_alloc(&s, n == 0 ? 1 : n)) != 0)
		goto out;
	if ((r = b64_decode(text, n, s.data)) != 0)
		goto out;
	s.len = n;
	ly_secret_move(out, &s);
out:
	ly_secret_clear(&s);
	return r;
}

int
ly_b64_decode(const char *text, size_t textlen, struct ly_buf *out)
{
	uint8_t block[48];
	size_t n, take, before = out->len;
	int r;

	if ((r = b64_size(text, textlen, &n)) != 0)
		return r;
	for (; n > 0; n -= take, text += sizeof(block) / 3 * 4) {
		take = n < sizeof(block) ? n : sizeof(block);
		if ((r = b64_decode(text, take, block)) != 0)
			goto out;
		if ((r = ly_buf_put(out, block, take)) != 0)
			goto out;
	}
out:
	if (r != 0 && out->len > before)
		out->len = before;
	return r;
}

void
ly_hex(const void *in, size_t len, char *text)
{
	static const char digits[] = "0123456789abcdef";
	const uint8_t *p = in;

	for (; len > 0; len--, p++) {
		*text++ = digits[*p >> 4];
		*text++ = digits[*p & 15];
	}
	*text = '\0';
}

static int
hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

int
ly_unhex(const char *text, uint8_t *out, size_t len)
{
	size_t i;

	for (i = 0; i < 2 * len; i++)
		if (hex_value(text[i]) < 0)
			return LY_ERR_FORMAT;
	if (text[2 * len] != '\0')
		return LY_ERR_FORMAT;
	for (i = 0; i < len; i++)
		out[i] = (uint8_t)(hex_value(text[2 * i]) << 4 |
		    hex_value(text[2 * i + 1]));
	return 0;
}
