/* A message with a member of each type, for the tests of the engine. */
#ifndef LY_WIRE_SAMPLE_H
#define LY_WIRE_SAMPLE_H

#include "wire_impl.h"

struct sample_item {
	uint32_t n;
};

struct sample {
	char text[9], id[9];
	uint8_t hex[2], bytes[4];
	size_t nbytes;
	struct ly_buf b64, b64s[2];
	size_t nb64s;
	uint32_t u32;
	uint64_t u64;
	int64_t when;
	int number, yes;
	enum ly_delivery delivery;
	unsigned use;
	struct sample_item *items;
	size_t nitems;
};

static const char *
sample_name(int value)
{
	return ly_delivery_name((enum ly_delivery)value);
}

static int
sample_by_name(const char *name, int *value)
{
	enum ly_delivery d;
	int r;

	if ((r = ly_delivery_by_name(name, &d)) == 0)
		*value = (int)d;
	return r;
}

static const struct ly_wire_names sample_names = {
	sample_name, sample_by_name
};

static const struct ly_wire_field item_fields[] = {
	{ "n", LY_W_U32, .max = UINT32_MAX },
};
static const struct ly_wire_table item =
    LY_WIRE_TABLE(item_fields, struct sample_item, 0);

#define OFF(member) offsetof(struct sample, member)
static const struct ly_wire_field sample_fields[] = {
	{ "text", LY_W_TEXT, LY_W_OPTIONAL, .off = OFF(text), .max = 8 },
	{ "id", LY_W_ID, LY_W_OPTIONAL, .off = OFF(id), .max = 8 },
	{ "hex", LY_W_HEX, LY_W_OPTIONAL, .off = OFF(hex), .max = 2 },
	{ "bytes", LY_W_BYTES, LY_W_OPTIONAL, .off = OFF(bytes),
	    .count = OFF(nbytes), .max = 4 },
	{ "b64", LY_W_B64, LY_W_OPTIONAL, .off = OFF(b64), .max = 4 },
	{ "b64s", LY_W_B64S, LY_W_OPTIONAL, .off = OFF(b64s),
	    .count = OFF(nb64s), .max = 2, .each = 4 },
	{ "u32", LY_W_U32, LY_W_OPTIONAL, .off = OFF(u32),
	    .max = UINT32_MAX },
	{ "u64", LY_W_U64, LY_W_OPTIONAL, .off = OFF(u64),
	    .max = LY_WIRE_INT_MAX - 1 },
	{ "when", LY_W_TIME, LY_W_OPTIONAL, .off = OFF(when),
	    .max = LY_WIRE_INT_MAX - 1 },
	{ "number", LY_W_INT, LY_W_OPTIONAL, .off = OFF(number),
	    .max = 1000 },
	{ "yes", LY_W_BOOL, LY_W_OPTIONAL, .off = OFF(yes) },
	{ "delivery", LY_W_NAME, LY_W_OPTIONAL, .off = OFF(delivery),
	    .names = &sample_names },
	{ "use", LY_W_USE, LY_W_OPTIONAL, .off = OFF(use) },
	{ "items", LY_W_LIST, LY_W_OPTIONAL, .off = OFF(items),
	    .count = OFF(nitems), .min = 1, .max = 3, .sub = &item },
};
#undef OFF
static const struct ly_wire_table sample =
    LY_WIRE_TABLE(sample_fields, struct sample, 0);

#endif
