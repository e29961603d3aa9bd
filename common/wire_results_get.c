/*
 * The answer to a batch, read: straight from the bytes that came in to
 * locked memory, without the JSON library and its copies. Strict where
 * RFC 8259 is liberal: no escapes in strings (base64 and names need none),
 * no sign, fraction or exponent in numbers.
 */
#include <stdlib.h>
#include <string.h>

#include "crypto.h"
#include "err.h"
#include "wire_impl.h"

/* Reads in place. */
struct scan {
	const char *p, *end;
	struct ly_why *why;
};

struct text {
	const char *p;
	size_t len;
};

typedef int (*member_fn)(struct scan *s, const struct text *name, void *m);

static int
bad(struct scan *s, const char *what)
{
	return ly_fail(s->why, LY_ERR_FORMAT, "results: %s", what);
}

static void
skip_space(struct scan *s)
{
	while (s->p < s->end && (*s->p == ' ' || *s->p == '\n' ||
	    *s->p == '\r' || *s->p == '\t'))
		s->p++;
}

/* 1 and past it if the next character is c, else 0. */
static int
take(struct scan *s, char c)
{
	skip_space(s);
	if (s->p == s->end || *s->p != c)
		return 0;
	s->p++;
	return 1;
}

static int
take_text(struct scan *s, struct text *t)
{
	if (!take(s, '"'))
		return bad(s, "a string is missing");
	for (t->p = s->p; s->p < s->end && *s->p != '"'; s->p++)
		if (*s->p == '\\' || *s->p < 0x20 || *s->p > 0x7e)
			return bad(s, "escape in a string");
	t->len = (size_t)(s->p - t->p);
	return take(s, '"') ? 0 : bad(s, "cut short");
}

static int
take_number(struct scan *s, uint64_t max, uint64_t *out)
{
	const char *start;
	uint64_t v = 0;

	skip_space(s);
	for (start = s->p; s->p < s->end && *s->p >= '0' && *s->p <= '9';
	    s->p++)
		if ((v = 10 * v + (uint64_t)(*s->p - '0')) > max)
			return bad(s, "number out of range");
	if (s->p == start || (*start == '0' && s->p - start > 1))
		return bad(s, "not a number");
	*out = v;
	return 0;
}

static int
is(const struct text *t, const char *name)
{
	return t->len == strlen(name) && memcmp(t->p, name, t->len) == 0;
}

/* An object: each member is given to fn, which reads the value. */
static int
take_object(struct scan *s, member_fn fn, void *m)
{
	struct text name;
	int r;

	if (!take(s, '{'))
		return bad(s, "an object is missing");
	do {
		if ((r = take_text(s, &name)) != 0)
			return r;
		if (!take(s, ':'))
			return bad(s, "':' is missing");
		if ((r = fn(s, &name, m)) != 0)
			return r;
	} while (take(s, ','));
	return take(s, '}') ? 0 : bad(s, "'}' is missing");
}

struct item {
	struct ly_wire_result *out;
	int has_ref, has_outcome;
};

static int
take_code(struct scan *s, int *err)
{
	struct text t;
	int r;

	if ((r = take_text(s, &t)) != 0)
		return r;
	r = ly_wire_code_err(t.p, t.len, err);
	return r != 0 ? bad(s, "unknown error code") : 0;
}

static int
take_result(struct scan *s, struct ly_secret *data)
{
	struct text t;
	int r;

	if ((r = take_text(s, &t)) != 0)
		return r;
	if (t.len > LY_B64_LEN(LY_OP_OUT_MAX))
		return ly_fail(s->why, LY_ERR_TOOBIG, "results: too long");
	if (t.len == 0)
		return 0;
	r = ly_b64_decode_secret(t.p, t.len, data);
	return r == LY_ERR_FORMAT ? bad(s, "not base64") : r;
}

static int
item_member(struct scan *s, const struct text *name, void *m)
{
	struct item *it = m;
	uint64_t ref;
	int r;

	if (is(name, "ref") && !it->has_ref) {
		it->has_ref = 1;
		if ((r = take_number(s, UINT32_MAX, &ref)) == 0)
			it->out->ref = (uint32_t)ref;
		return r;
	}
	if (it->has_outcome)
		return bad(s, "unknown member, or one twice");
	it->has_outcome = 1;
	if (is(name, "result"))
		return take_result(s, &it->out->data);
	if (is(name, "error"))
		return take_code(s, &it->out->err);
	return bad(s, "unknown member");
}

static int
ref_is_new(const struct ly_wire_results *m, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (m->items[i].ref == m->items[n].ref)
			return 0;
	return 1;
}

static int
take_items(struct scan *s, struct ly_wire_results *m)
{
	struct item it;
	int r;

	if (!take(s, '['))
		return bad(s, "an array is missing");
	m->items = calloc(LY_WIRE_OPS_MAX, sizeof(*m->items));
	if (m->items == NULL)
		return LY_ERR_NOMEM;
	do {
		if (m->n == LY_WIRE_OPS_MAX)
			return ly_fail(s->why, LY_ERR_TOOBIG,
			    "results: too many items");
		it = (struct item){ &m->items[m->n++], 0, 0 };
		if ((r = take_object(s, item_member, &it)) != 0)
			return r;
		if (!it.has_ref || !it.has_outcome)
			return bad(s, "a member is missing");
		if (!ref_is_new(m, m->n - 1))
			return bad(s, "ref twice");
	} while (take(s, ','));
	return take(s, ']') ? 0 : bad(s, "']' is missing");
}

struct results {
	struct ly_wire_results m;
	int has_revision;
};

static int
results_member(struct scan *s, const struct text *name, void *m)
{
	struct results *res = m;

	if (is(name, "revision") && !res->has_revision) {
		res->has_revision = 1;
		return take_number(s, LY_WIRE_INT_MAX - 1, &res->m.revision);
	}
	if (is(name, "items") && res->m.items == NULL)
		return take_items(s, &res->m);
	return bad(s, "unknown member, or one twice");
}

int
ly_wire_results_decode(const void *json, size_t len,
    struct ly_wire_results *m, struct ly_why *why)
{
	struct scan s = { json, json, why };
	struct results res = { { 0, NULL, 0 }, 0 };
	int r;

	if (len > LY_WIRE_BODY_MAX)
		return ly_fail(why, LY_ERR_TOOBIG, "results: too long");
	s.end += len;
	if ((r = take_object(&s, results_member, &res)) != 0)
		goto out;
	skip_space(&s);
	r = bad(&s, "a member is missing, or one too many");
	if (!res.has_revision || res.m.items == NULL || s.p != s.end)
		goto out;
	*m = res.m;
	memset(&res.m, 0, sizeof(res.m));
	r = 0;
out:
	ly_wire_results_clear(&res.m);
	return r;
}
