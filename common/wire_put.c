/*
 * The encoding half of the engine of the wire, and the release of decoded
 * messages. Writes members in the order of the table, without white space,
 * so that equal messages are equal bytes. Not for secrets: wire_results.c.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto.h"
#include "err.h"
#include "secret.h"
#include "wire_impl.h"

static int put_object(const struct ly_wire_table *t, const uint8_t *m,
    unsigned members, struct ly_buf *json);

static void
put(struct ly_buf *json, const char *s)
{
	(void)ly_buf_put(json, s, strlen(s));
}

/*
 * A text as a JSON string (RFC 8259 7). Control characters and bytes that
 * are not UTF-8 become '?': a host name or a title is for people to read,
 * and an answer that reports an error must not fail for its wording.
 */
static int
put_text(const struct ly_wire_field *f, const char *s, struct ly_buf *json)
{
	const size_t len = strlen(s);
	size_t i, n;

	if (len < f->min || len > f->max)
		return LY_ERR_ARG;
	put(json, "\"");
	for (i = 0; i < len; i += n) {
		n = ly_wire_utf8((const uint8_t *)s + i, len - i);
		if (n == 0 || (uint8_t)s[i] < 0x20 || s[i] == 0x7f) {
			put(json, "?");
			n = 1;
			continue;
		}
		if (s[i] == '"' || s[i] == '\\')
			put(json, "\\");
		(void)ly_buf_put(json, s + i, n);
	}
	put(json, "\"");
	return json->err;
}

static int
put_hex(const struct ly_wire_field *f, const uint8_t *p, struct ly_buf *json)
{
	size_t i;
	char two[3];

	put(json, "\"");
	for (i = 0; i < f->max; i++) {
		ly_hex(p + i, 1, two);
		put(json, two);
	}
	put(json, "\"");
	return json->err;
}

static int
put_b64(const void *p, size_t len, uint64_t min, uint64_t max,
    struct ly_buf *json)
{
	if (len < min || len > max)
		return LY_ERR_ARG;
	put(json, "\"");
	if (len > 0)
		(void)ly_b64_encode(p, len, json);
	put(json, "\"");
	return json->err;
}

static int
put_b64s(const struct ly_wire_field *f, const struct ly_buf *b, size_t n,
    struct ly_buf *json)
{
	size_t i;
	int r;

	if (n < f->min || n > f->max)
		return LY_ERR_ARG;
	put(json, "[");
	for (i = 0; i < n; i++) {
		put(json, i > 0 ? "," : "");
		if ((r = put_b64(b[i].data, b[i].len, 1, f->each, json)) != 0)
			return r;
	}
	put(json, "]");
	return json->err;
}

/* A number as it stands in the struct; 0 is what absent means. */
static int
number(const struct ly_wire_field *f, const void *p, uint64_t *out)
{
	int64_t t = 0;

	if (f->type == LY_W_U32)
		*out = *(const uint32_t *)p;
	else if (f->type == LY_W_U64)
		*out = *(const uint64_t *)p;
	else {
		t = f->type == LY_W_TIME ? *(const int64_t *)p :
		    *(const int *)p;
		*out = (uint64_t)t;
	}
	return t < 0 ? LY_ERR_ARG : 0;
}

static int
put_number(const struct ly_wire_field *f, const void *p, struct ly_buf *json)
{
	char text[24];
	uint64_t n;
	int r;

	if ((r = number(f, p, &n)) != 0)
		return r;
	if (n < f->min || n > f->max)
		return LY_ERR_ARG;
	(void)snprintf(text, sizeof(text), "%" PRIu64, n);
	put(json, text);
	return json->err;
}

static int
put_name(const struct ly_wire_field *f, const void *p, struct ly_buf *json)
{
	const char *name;
	int value;

	memcpy(&value, p, sizeof(value));
	if ((name = f->names->name(value)) == NULL)
		return LY_ERR_ARG;
	put(json, "\"");
	put(json, name);
	put(json, "\"");
	return json->err;
}

static int
put_use(unsigned use, struct ly_buf *json)
{
	const char *comma = "";
	int op;

	if ((use & ~LY_USE_ALL) != 0)
		return LY_ERR_ARG;
	put(json, "[");
	for (op = LY_OP_DECRYPT; op <= LY_OP_DERIVE; op++) {
		if ((use & ly_op_use((enum ly_op)op)) == 0)
			continue;
		put(json, comma);
		put(json, "\"");
		put(json, ly_op_name((enum ly_op)op));
		put(json, "\"");
		comma = ",";
	}
	put(json, "]");
	return json->err;
}

static int
put_list(const struct ly_wire_field *f, const void *p, size_t n,
    struct ly_buf *json)
{
	const uint8_t *items;
	unsigned members;
	size_t i;
	int r;

	memcpy(&items, p, sizeof(items));
	if (n < f->min || n > f->max)
		return LY_ERR_ARG;
	put(json, "[");
	for (i = 0; i < n; i++, items += f->sub->size) {
		put(json, i > 0 ? "," : "");
		members = f->select != NULL ? f->select(items) : ~0u;
		if ((r = put_object(f->sub, items, members, json)) != 0)
			return r;
	}
	put(json, "]");
	return json->err;
}

static int
put_field(const struct ly_wire_field *f, const uint8_t *m,
    struct ly_buf *json)
{
	const void *p = m + f->off;
	const struct ly_buf *b;
	size_t count = 0;

	if (f->type == LY_W_BYTES || f->type == LY_W_B64S ||
	    f->type == LY_W_LIST)
		memcpy(&count, m + f->count, sizeof(count));
	switch (f->type) {
	case LY_W_TEXT:
	case LY_W_ID:
		return put_text(f, p, json);
	case LY_W_HEX:
		return put_hex(f, p, json);
	case LY_W_B64:
		b = p;
		return put_b64(b->data, b->len, f->min, f->max, json);
	case LY_W_BYTES:
		return put_b64(p, count, f->min, f->max, json);
	case LY_W_B64S:
		return put_b64s(f, p, count, json);
	case LY_W_BOOL:
		put(json, *(const int *)p != 0 ? "true" : "false");
		return json->err;
	case LY_W_NAME:
		return put_name(f, p, json);
	case LY_W_USE:
		return put_use(*(const unsigned *)p, json);
	case LY_W_LIST:
		return put_list(f, p, count, json);
	default:
		return put_number(f, p, json);
	}
}

/* An optional member that says nothing. */
static int
empty(const struct ly_wire_field *f, const uint8_t *m)
{
	size_t count = 0;
	uint64_t n = 0;

	if ((f->flags & LY_W_OPTIONAL) == 0)
		return 0;
	if (f->type == LY_W_BYTES) {
		memcpy(&count, m + f->count, sizeof(count));
		return count == 0;
	}
	if (f->type >= LY_W_U32 && f->type <= LY_W_INT)
		return number(f, m + f->off, &n) == 0 && n == 0;
	return 0;
}

static int
put_object(const struct ly_wire_table *t, const uint8_t *m, unsigned members,
    struct ly_buf *json)
{
	const struct ly_wire_field *f;
	const char *comma = "";
	size_t i;
	int r;

	put(json, "{");
	for (i = 0; i < t->n; i++) {
		f = &t->fields[i];
		if ((members & 1u << i) == 0)
			continue;
		if (members == ~0u && empty(f, m))
			continue;
		put(json, comma);
		put(json, "\"");
		put(json, f->name);
		put(json, "\":");
		if ((r = put_field(f, m, json)) != 0)
			return r;
		comma = ",";
	}
	put(json, "}");
	return json->err;
}

int
ly_wire_put(const struct ly_wire_table *t, const void *m, struct ly_buf *json)
{
	const size_t start = json->len;
	int r;

	if ((r = put_object(t, m, ~0u, json)) != 0)
		json->len = start;
	return r;
}

static void
free_field(const struct ly_wire_field *f, uint8_t *m)
{
	struct ly_buf *b = (struct ly_buf *)(void *)(m + f->off);
	uint8_t *items;
	size_t i, count;

	if (f->type == LY_W_B64)
		ly_buf_clear(b);
	if (f->type != LY_W_B64S && f->type != LY_W_LIST)
		return;
	memcpy(&count, m + f->count, sizeof(count));
	if (f->type == LY_W_B64S) {
		for (i = 0; i < count; i++)
			ly_buf_clear(&b[i]);
		return;
	}
	memcpy(&items, m + f->off, sizeof(items));
	for (i = 0; items != NULL && i < count; i++)
		ly_wire_free(f->sub, items + i * f->sub->size);
	free(items);
}

void
ly_wire_free(const struct ly_wire_table *t, void *m)
{
	size_t i;

	if (m == NULL)
		return;
	for (i = 0; i < t->n; i++)
		free_field(&t->fields[i], m);
	ly_wipe(m, t->size);
}
