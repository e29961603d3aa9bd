/*
 * A batch of operations. Which members an item has follows from its scheme
 * alone; one too many is refused like one too few, so that a parameter is
 * never silently without effect.
 */
#include <stddef.h>

#include "alg.h"
#include "err.h"
#include "wire_impl.h"

static const char *
op_name(int value)
{
	return ly_op_name((enum ly_op)value);
}

static int
op_by_name(const char *name, int *value)
{
	enum ly_op op;
	int r;

	if ((r = ly_op_by_name(name, &op)) == 0)
		*value = (int)op;
	return r;
}

static const char *
scheme_name(int value)
{
	return ly_scheme_name((enum ly_scheme)value);
}

static int
scheme_by_name(const char *name, int *value)
{
	enum ly_scheme scheme;
	int r;

	if ((r = ly_scheme_by_name(name, &scheme)) == 0)
		*value = (int)scheme;
	return r;
}

static const char *
hash_name(int value)
{
	return ly_hash_name((enum ly_hash)value);
}

static int
hash_by_name(const char *name, int *value)
{
	enum ly_hash hash;
	int r;

	if ((r = ly_hash_by_name(name, &hash)) == 0)
		*value = (int)hash;
	return r;
}

static const struct ly_wire_names op_names = { op_name, op_by_name };
static const struct ly_wire_names scheme_names = {
	scheme_name, scheme_by_name
};
static const struct ly_wire_names hash_names = { hash_name, hash_by_name };

/* In the order of op_fields. */
#define HAS_COMMON 0x10fu	/* ref, key_id, op, scheme; data */
#define HAS_HASH 0x010u
#define HAS_MGF 0x020u
#define HAS_LABEL 0x040u
#define HAS_SALT 0x080u

#define OFF(member) offsetof(struct ly_wire_op, member)
static const struct ly_wire_field op_fields[] = {
	{ "ref", LY_W_U32, .off = OFF(ref), .max = UINT32_MAX },
	{ "key_id", LY_W_HEX, .off = OFF(key_id), .max = LY_KEY_ID_LEN },
	{ "op", LY_W_NAME, .off = OFF(alg.op), .names = &op_names },
	{ "scheme", LY_W_NAME, .off = OFF(alg.scheme),
	    .names = &scheme_names },
	{ "hash", LY_W_NAME, LY_W_OPTIONAL, .off = OFF(alg.hash),
	    .names = &hash_names },
	{ "mgf", LY_W_NAME, LY_W_OPTIONAL, .off = OFF(alg.mgf),
	    .names = &hash_names },
	{ "label", LY_W_BYTES, LY_W_OPTIONAL, .off = OFF(alg.label),
	    .count = OFF(alg.label_len), .min = 1, .max = LY_LABEL_MAX },
	{ "salt_len", LY_W_U32, LY_W_OPTIONAL, .off = OFF(alg.salt_len),
	    .max = LY_RSA_MAX_BYTES },
	{ "data", LY_W_B64, .off = OFF(data), .max = LY_OP_IN_MAX },
};
#undef OFF
static const struct ly_wire_table op =
    LY_WIRE_TABLE(op_fields, struct ly_wire_op, 0);

static unsigned
members_of(enum ly_scheme scheme)
{
	if (scheme == LY_RSA_OAEP)
		return HAS_COMMON | HAS_HASH | HAS_MGF;
	if (scheme == LY_RSA_PSS)
		return HAS_COMMON | HAS_HASH | HAS_MGF | HAS_SALT;
	return HAS_COMMON;
}

/* An absent OAEP label is the empty one; "" would be a second spelling. */
static unsigned
op_select(const void *item)
{
	const struct ly_wire_op *o = item;
	unsigned members = members_of(o->alg.scheme);

	if (o->alg.scheme == LY_RSA_OAEP && o->alg.label_len > 0)
		members |= HAS_LABEL;
	return members;
}

static int
op_check(const void *item, unsigned present, struct ly_why *why)
{
	const struct ly_wire_op *o = item;
	const unsigned need = op_select(item);
	size_t i;

	for (i = 0; i < op.n; i++) {
		if (((present ^ need) & 1u << i) == 0)
			continue;
		return ly_fail(why, LY_ERR_FORMAT, "member \"%s\": %s",
		    op_fields[i].name, (need & 1u << i) != 0 ? "missing" :
		    "not for this scheme");
	}
	if (ly_alg_check(&o->alg) != 0)
		return ly_fail(why, LY_ERR_UNSUPPORTED,
		    "operation or scheme not supported");
	return 0;
}

static const struct ly_wire_field ops_fields[] = {
	{ "items", LY_W_LIST, .off = offsetof(struct ly_wire_ops, items),
	    .count = offsetof(struct ly_wire_ops, n), .min = 1,
	    .max = LY_WIRE_OPS_MAX, .sub = &op, .check = op_check,
	    .select = op_select },
};
static const struct ly_wire_table ops =
    LY_WIRE_TABLE(ops_fields, struct ly_wire_ops, 0);

/* An answer is told apart by its ref alone. */
static int
refs_differ(const struct ly_wire_ops *m, struct ly_why *why)
{
	size_t i, k;

	for (i = 0; i < m->n; i++)
		for (k = 0; k < i; k++)
			if (m->items[i].ref == m->items[k].ref)
				return ly_fail(why, LY_ERR_FORMAT,
				    "member \"ref\": value twice");
	return 0;
}

int
ly_wire_ops_encode(const struct ly_wire_ops *m, struct ly_buf *json)
{
	return ly_wire_put(&ops, m, json);
}

int
ly_wire_ops_decode(const void *json, size_t len, struct ly_wire_ops *m,
    struct ly_why *why)
{
	struct ly_wire_ops tmp;
	int r;

	if ((r = ly_wire_get(&ops, json, len, &tmp, why)) != 0)
		return r;
	if ((r = refs_differ(&tmp, why)) != 0) {
		ly_wire_free(&ops, &tmp);
		return r;
	}
	*m = tmp;
	return 0;
}

void
ly_wire_ops_clear(struct ly_wire_ops *m)
{
	ly_wire_free(&ops, m);
}
