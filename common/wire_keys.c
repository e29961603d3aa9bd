/*
 * The messages about keys: the list with its certificates, and the import
 * of one; and the names of delivery and state.
 */
#include <stddef.h>
#include <string.h>

#include "cert.h"
#include "err.h"
#include "wire_impl.h"

static const char *const deliveries[] = {
	[LY_REMOTE] = "remote",
	[LY_CACHED] = "cached",
};

static const char *const states[] = {
	[LY_KEY_CURRENT] = "current",
	[LY_KEY_RETIRED] = "retired",
	[LY_KEY_REVOKED] = "revoked",
};

/* Value 0 of both enums means nothing and has no name. */
static const char *
name_of(const char *const *names, size_t n, int value)
{
	if (value < 1 || (size_t)value >= n)
		return NULL;
	return names[value];
}

static int
value_of(const char *const *names, size_t n, const char *name, int *value)
{
	size_t i;

	for (i = 1; i < n; i++) {
		if (strcmp(names[i], name) != 0)
			continue;
		*value = (int)i;
		return 0;
	}
	return LY_ERR_FORMAT;
}

#define N(table) (sizeof(table) / sizeof((table)[0]))

static const char *
delivery_name(int value)
{
	return name_of(deliveries, N(deliveries), value);
}

static int
delivery_by_name(const char *name, int *value)
{
	return value_of(deliveries, N(deliveries), name, value);
}

static const char *
state_name(int value)
{
	return name_of(states, N(states), value);
}

static int
state_by_name(const char *name, int *value)
{
	return value_of(states, N(states), name, value);
}

static const struct ly_wire_names delivery_names = {
	delivery_name, delivery_by_name
};
static const struct ly_wire_names state_names = {
	state_name, state_by_name
};

#define OFF(member) offsetof(struct ly_wire_key, member)
static const struct ly_wire_field key_fields[] = {
	{ "key_id", LY_W_HEX, .off = OFF(key_id), .max = LY_KEY_ID_LEN },
	{ "use", LY_W_USE, .off = OFF(use) },
	{ "delivery", LY_W_NAME, .off = OFF(delivery),
	    .names = &delivery_names },
	{ "state", LY_W_NAME, .off = OFF(state), .names = &state_names },
	{ "certs", LY_W_B64S, .off = OFF(certs), .count = OFF(ncerts),
	    .min = 1, .max = LY_WIRE_CERTS_MAX, .each = LY_CERT_MAX },
};
#undef OFF
static const struct ly_wire_table key =
    LY_WIRE_TABLE(key_fields, struct ly_wire_key, 0);

#define OFF(member) offsetof(struct ly_wire_keys, member)
static const struct ly_wire_field keys_fields[] = {
	{ "revision", LY_W_U64, .off = OFF(revision),
	    .max = LY_WIRE_INT_MAX - 1 },
	{ "more", LY_W_BOOL, .off = OFF(more) },
	{ "keys", LY_W_LIST, .off = OFF(keys), .count = OFF(nkeys),
	    .max = LY_WIRE_PAGE_MAX, .sub = &key },
	{ "ca", LY_W_B64S, .off = OFF(ca), .count = OFF(nca),
	    .max = LY_WIRE_CA_MAX, .each = LY_CERT_MAX },
};
#undef OFF
static const struct ly_wire_table keys =
    LY_WIRE_TABLE(keys_fields, struct ly_wire_keys, 0);

#define OFF(member) offsetof(struct ly_wire_import, member)
static const struct ly_wire_field import_fields[] = {
	{ "sealed", LY_W_B64, .off = OFF(sealed), .min = 1,
	    .max = LY_SEALED_MAX },
	{ "cert", LY_W_B64, .off = OFF(cert), .min = 1, .max = LY_CERT_MAX },
	{ "chain", LY_W_B64S, .off = OFF(chain), .count = OFF(nchain),
	    .max = LY_WIRE_CERTS_MAX, .each = LY_CERT_MAX },
};
#undef OFF
static const struct ly_wire_table import =
    LY_WIRE_TABLE(import_fields, struct ly_wire_import, 0);

#define OFF(member) offsetof(struct ly_wire_imported, member)
static const struct ly_wire_field imported_fields[] = {
	{ "key_id", LY_W_HEX, .off = OFF(key_id), .max = LY_KEY_ID_LEN },
	{ "merged", LY_W_BOOL, .off = OFF(merged) },
	{ "revision", LY_W_U64, .off = OFF(revision),
	    .max = LY_WIRE_INT_MAX - 1 },
};
#undef OFF
static const struct ly_wire_table imported =
    LY_WIRE_TABLE(imported_fields, struct ly_wire_imported, 0);

int
ly_wire_keys_encode(const struct ly_wire_keys *m, struct ly_buf *json)
{
	return ly_wire_put(&keys, m, json);
}

int
ly_wire_keys_decode(const void *json, size_t len, struct ly_wire_keys *m,
    struct ly_why *why)
{
	return ly_wire_get(&keys, json, len, m, why);
}

void
ly_wire_keys_clear(struct ly_wire_keys *m)
{
	ly_wire_free(&keys, m);
}

int
ly_wire_import_encode(const struct ly_wire_import *m, struct ly_buf *json)
{
	return ly_wire_put(&import, m, json);
}

int
ly_wire_import_decode(const void *json, size_t len, struct ly_wire_import *m,
    struct ly_why *why)
{
	return ly_wire_get(&import, json, len, m, why);
}

void
ly_wire_import_clear(struct ly_wire_import *m)
{
	ly_wire_free(&import, m);
}

int
ly_wire_imported_encode(const struct ly_wire_imported *m,
    struct ly_buf *json)
{
	return ly_wire_put(&imported, m, json);
}

int
ly_wire_imported_decode(const void *json, size_t len,
    struct ly_wire_imported *m, struct ly_why *why)
{
	return ly_wire_get(&imported, json, len, m, why);
}

const char *
ly_delivery_name(enum ly_delivery d)
{
	return delivery_name((int)d);
}

int
ly_delivery_by_name(const char *name, enum ly_delivery *d)
{
	int r, value;

	if ((r = delivery_by_name(name, &value)) == 0)
		*d = (enum ly_delivery)value;
	return r;
}

const char *
ly_key_state_name(enum ly_key_state s)
{
	return state_name((int)s);
}

int
ly_key_state_by_name(const char *name, enum ly_key_state *s)
{
	int r, value;

	if ((r = state_by_name(name, &value)) == 0)
		*s = (enum ly_key_state)value;
	return r;
}
