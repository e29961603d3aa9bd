/* The list of a mailbox's devices. */
#include <stddef.h>

#include "wire_impl.h"

#define OFF(member) offsetof(struct ly_wire_device, member)
static const struct ly_wire_field device_fields[] = {
	{ "device_id", LY_W_ID, .off = OFF(device_id), .min = 1,
	    .max = LY_DEVICE_ID_MAX - 1 },
	{ "name", LY_W_TEXT, .off = OFF(name), .max = LY_WIRE_NAME_MAX - 1 },
	{ "platform", LY_W_TEXT, .off = OFF(platform),
	    .max = LY_WIRE_NAME_MAX - 1 },
	{ "enrolled", LY_W_TIME, .off = OFF(enrolled),
	    .max = LY_WIRE_INT_MAX - 1 },
	{ "last_used", LY_W_TIME, .off = OFF(last_used),
	    .max = LY_WIRE_INT_MAX - 1 },
	{ "revoked", LY_W_BOOL, .off = OFF(revoked) },
	{ "self", LY_W_BOOL, .off = OFF(self) },
};
#undef OFF
static const struct ly_wire_table device =
    LY_WIRE_TABLE(device_fields, struct ly_wire_device, 0);

static const struct ly_wire_field devices_fields[] = {
	{ "devices", LY_W_LIST,
	    .off = offsetof(struct ly_wire_devices, items),
	    .count = offsetof(struct ly_wire_devices, n),
	    .max = LY_WIRE_DEVICES_MAX, .sub = &device },
};
static const struct ly_wire_table devices =
    LY_WIRE_TABLE(devices_fields, struct ly_wire_devices, 0);

int
ly_wire_devices_encode(const struct ly_wire_devices *m, struct ly_buf *json)
{
	return ly_wire_put(&devices, m, json);
}

int
ly_wire_devices_decode(const void *json, size_t len,
    struct ly_wire_devices *m, struct ly_why *why)
{
	return ly_wire_get(&devices, json, len, m, why);
}

void
ly_wire_devices_clear(struct ly_wire_devices *m)
{
	ly_wire_free(&devices, m);
}
