/*
 * The decoding half of the engine of the wire: JSON to a struct, by its
 * table. Refuses what the table does not name, wrong types, and everything
 * over a limit; texts of errors name the member and never its value.
 */
#include <stdlib.h>
#include <string.h>
#include <jansson.h>

#include "crypto.h"
#include "err.h"
#include "secret.h"
#include "wire_impl.h"

static int get_object(const struct ly_wire_table *t, json_t *obj, void *m,
    unsigned *present, struct ly_why *why);

static int
bad(const struct ly_wire_field *f, struct ly_why *why, const char *what)
{
	return ly_fail(why, LY_ERR_FORMAT, "member \"%s\": %s", f->name, what);
}

static int
too_big(const struct ly_wire_field *f, struct ly_why *why)
{
	return ly_fail(why, LY_ERR_TOOBIG, "member \"%s\": over its limit",
	    f->name);
}

/* An unknown member is named if its name is harmless to show. */
static int
unknown(const char *name, struct ly_why *why)
{
	size_t i;

	for (i = 0; name[i] != '\0' && i < 64; i++)
		if (name[i] < 0x20 || name[i] > 0x7e)
			return ly_fail(why, LY_ERR_FORMAT, "unknown member");
	return ly_fail(why, LY_ERR_FORMAT, "unknown member \"%.64s\"", name);
}

static int
get_text(const struct ly_wire_field *f, json_t *v, char *dst,
    struct ly_why *why)
{
	const char *s = json_string_value(v);
	const size_t len = json_string_length(v);
	size_t i;

	if (s == NULL)
		return bad(f, why, "not a string");
	if (len > f->max)
		return too_big(f, why);
	if (len < f->min)
		return bad(f, why, "empty");
	for (i = 0; i < len; i++) {
		if ((uint8_t)s[i] < 0x20 || s[i] == 0x7f)
			return bad(f, why, "control character");
		if (f->type == LY_W_ID &&
		    strchr("0123456789abcdef", s[i]) == NULL)
			return bad(f, why, "not lower-case hexadecimal");
	}
	memcpy(dst, s, len + 1);
	return 0;
}

static int
get_hex(const struct ly_wire_field *f, json_t *v, uint8_t *dst,
    struct ly_why *why)
{
	const char *s = json_string_value(v);
	const size_t len = json_string_length(v);

	if (s == NULL)
		return bad(f, why, "not a string");
	if (len != 2 * f->max || strspn(s, "0123456789abcdef") != len)
		return bad(f, why, "not an id in lower-case hexadecimal");
	return ly_unhex(s, dst, (size_t)f->max);
}

/* Standard base64 of min .. max bytes, into an empty buffer. */
static int
get_b64(const struct ly_wire_field *f, json_t *v, uint64_t min, uint64_t max,
    struct ly_buf *dst, struct ly_why *why)
{
	const char *s = json_string_value(v);
	const size_t len = json_string_length(v);
	int r;

	if (s == NULL)
		return bad(f, why, "not a string");
	if (len / 4 > (max + 2) / 3)
		return too_big(f, why);
	ly_buf_init(dst, (size_t)max);
	if ((r = ly_b64_decode(s, len, dst)) == LY_ERR_FORMAT)
		return bad(f, why, "not base64");
	if (r == LY_ERR_TOOBIG)
		return too_big(f, why);
	if (r == 0 && dst->len < min)
		return bad(f, why, "empty");
	return r;
}

static int
get_bytes(const struct ly_wire_field *f, json_t *v, uint8_t *dst,
    size_t *count, struct ly_why *why)
{
	struct ly_buf b;
	int r;

	ly_buf_init(&b, (size_t)f->max);
	if ((r = get_b64(f, v, f->min, f->max, &b, why)) == 0) {
		if (b.len > 0)
			memcpy(dst, b.data, b.len);
		*count = b.len;
	}
	ly_buf_clear(&b);
	return r;
}

static int
get_b64s(const struct ly_wire_field *f, json_t *v, struct ly_buf *dst,
    size_t *count, struct ly_why *why)
{
	const size_t n = json_array_size(v);
	size_t i;
	int r;

	if (!json_is_array(v))
		return bad(f, why, "not an array");
	if (n > f->max)
		return too_big(f, why);
	if (n < f->min)
		return bad(f, why, "empty");
	for (i = 0; i < n; i++) {
		r = get_b64(f, json_array_get(v, i), 1, f->each, &dst[i], why);
		*count = i + 1;
		if (r != 0)
			return r;
	}
	return 0;
}

static int
get_number(const struct ly_wire_field *f, json_t *v, void *dst,
    struct ly_why *why)
{
	uint64_t n;

	if (!json_is_integer(v))
		return bad(f, why, "not an integer");
	if (json_integer_value(v) < 0)
		return bad(f, why, "negative");
	n = (uint64_t)json_integer_value(v);
	if (n < f->min || n > f->max)
		return bad(f, why, "out of range");
	if (f->type == LY_W_U32)
		*(uint32_t *)dst = (uint32_t)n;
	else if (f->type == LY_W_U64)
		*(uint64_t *)dst = n;
	else if (f->type == LY_W_TIME)
		*(int64_t *)dst = (int64_t)n;
	else
		*(int *)dst = (int)n;
	return 0;
}

static int
get_name(const struct ly_wire_field *f, json_t *v, void *dst,
    struct ly_why *why)
{
	const char *s = json_string_value(v);
	int r, value;

	if (s == NULL)
		return bad(f, why, "not a string");
	if ((r = f->names->by_name(s, &value)) != 0)
		return ly_fail(why, r, "member \"%s\": unknown value",
		    f->name);
	memcpy(dst, &value, sizeof(value));
	return 0;
}

static int
get_use(const struct ly_wire_field *f, json_t *v, unsigned *dst,
    struct ly_why *why)
{
	unsigned use = 0, bit;
	const char *s;
	enum ly_op op;
	size_t i;

	if (!json_is_array(v))
		return bad(f, why, "not an array");
	for (i = 0; i < json_array_size(v); i++) {
		s = json_string_value(json_array_get(v, i));
		if (s == NULL || ly_op_by_name(s, &op) != 0)
			return bad(f, why, "unknown value");
		bit = ly_op_use(op);
		if ((use & bit) != 0)
			return bad(f, why, "value twice");
		use |= bit;
	}
	*dst = use;
	return 0;
}

static int
get_list(const struct ly_wire_field *f, json_t *v, void *dst, size_t *count,
    struct ly_why *why)
{
	const size_t n = json_array_size(v);
	uint8_t *items, *item;
	unsigned present;
	size_t i;
	int r;

	if (!json_is_array(v))
		return bad(f, why, "not an array");
	if (n > f->max)
		return too_big(f, why);
	if (n < f->min)
		return bad(f, why, "empty");
	if (n == 0)
		return 0;
	if ((items = calloc(n, f->sub->size)) == NULL)
		return LY_ERR_NOMEM;
	memcpy(dst, &items, sizeof(items));
	*count = n;
	for (i = 0; i < n; i++) {
		item = items + i * f->sub->size;
		r = get_object(f->sub, json_array_get(v, i), item, &present,
		    why);
		if (r == 0 && f->check != NULL)
			r = f->check(item, present, why);
		if (r != 0)
			return r;
	}
	return 0;
}

static int
get_field(const struct ly_wire_field *f, json_t *v, uint8_t *m,
    struct ly_why *why)
{
	size_t *count = (size_t *)(void *)(m + f->count);
	void *dst = m + f->off;

	switch (f->type) {
	case LY_W_TEXT:
	case LY_W_ID:
		return get_text(f, v, dst, why);
	case LY_W_HEX:
		return get_hex(f, v, dst, why);
	case LY_W_B64:
		return get_b64(f, v, f->min, f->max, dst, why);
	case LY_W_BYTES:
		return get_bytes(f, v, dst, count, why);
	case LY_W_B64S:
		return get_b64s(f, v, dst, count, why);
	case LY_W_BOOL:
		if (!json_is_boolean(v))
			return bad(f, why, "not true or false");
		*(int *)dst = json_is_true(v);
		return 0;
	case LY_W_NAME:
		return get_name(f, v, dst, why);
	case LY_W_USE:
		return get_use(f, v, dst, why);
	case LY_W_LIST:
		return get_list(f, v, dst, count, why);
	default:
		return get_number(f, v, dst, why);
	}
}

static int
known(const struct ly_wire_table *t, json_t *obj, struct ly_why *why)
{
	const char *name;
	json_t *v;
	size_t i;

	json_object_foreach(obj, name, v) {
		for (i = 0; i < t->n; i++)
			if (strcmp(t->fields[i].name, name) == 0)
				break;
		if (i == t->n)
			return unknown(name, why);
	}
	return 0;
}

static void
wipe(json_t *v)
{
	if (json_is_string(v))
		ly_wipe((void *)(uintptr_t)json_string_value(v),
		    json_string_length(v));
}

static int
get_object(const struct ly_wire_table *t, json_t *obj, void *m,
    unsigned *present, struct ly_why *why)
{
	const struct ly_wire_field *f;
	json_t *v;
	size_t i;
	int r;

	if (!json_is_object(obj))
		return ly_fail(why, LY_ERR_FORMAT, "not a JSON object");
	if (!t->lenient && (r = known(t, obj, why)) != 0)
		return r;
	*present = 0;
	for (i = 0; i < t->n; i++) {
		f = &t->fields[i];
		if ((v = json_object_get(obj, f->name)) == NULL) {
			if ((f->flags & LY_W_OPTIONAL) == 0)
				return bad(f, why, "missing");
			continue;
		}
		*present |= 1u << i;
		r = get_field(f, v, m, why);
		if ((f->flags & LY_W_WIPE) != 0)
			wipe(v);
		if (r != 0)
			return r;
	}
	return 0;
}

/* Says where, and not what: the parser's own text quotes the body. */
static int
not_json(const json_error_t *e, struct ly_why *why)
{
	switch (json_error_code(e)) {
	case json_error_out_of_memory:
		return LY_ERR_NOMEM;
	case json_error_duplicate_key:
		return ly_fail(why, LY_ERR_FORMAT,
		    "member twice, line %d, column %d", e->line, e->column);
	default:
		return ly_fail(why, LY_ERR_FORMAT,
		    "not JSON, line %d, column %d", e->line, e->column);
	}
}

int
ly_wire_get(const struct ly_wire_table *t, const void *json, size_t len,
    void *m, struct ly_why *why)
{
	json_error_t error;
	json_t *root = NULL;
	unsigned present;
	void *tmp = NULL;
	int r;

	if ((r = ly_wire_scan(json, len, why)) != 0)
		goto out;
	r = LY_ERR_NOMEM;
	if ((tmp = calloc(1, t->size)) == NULL)
		goto out;
	root = json_loadb(json, len, JSON_REJECT_DUPLICATES, &error);
	if (root == NULL) {
		r = not_json(&error, why);
		goto out;
	}
	if ((r = get_object(t, root, tmp, &present, why)) != 0)
		goto out;
	memcpy(m, tmp, t->size);
	ly_wipe(tmp, t->size);
out:
	if (tmp != NULL)
		ly_wire_free(t, tmp);
	free(tmp);
	json_decref(root);
	return r;
}
