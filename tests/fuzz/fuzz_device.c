/*
 * The device file, with its digest put right so that what lies behind is
 * reached. No PIN is given, as guessing is slow by design.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "crypto.h"
#include "device.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
open_one(const uint8_t *file, size_t len)
{
	struct ly_device_keys keys = { NULL, NULL };
	enum ly_unlock mode;

	if (ly_device_unlock_mode(file, len, &mode) != 0 &&
	    ly_device_open(file, len, NULL, &keys) == 0)
		abort();
	if (ly_device_open(file, len, NULL, &keys) == 0 &&
	    (keys.auth == NULL || keys.recv == NULL))
		abort();
	ly_device_keys_clear(&keys);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *copy;

	open_one(data, size);
	if (size < LY_SHA256_LEN || (copy = malloc(size)) == NULL)
		return 0;
	memcpy(copy, data, size);
	if (ly_digest(LY_SHA256, copy, size - LY_SHA256_LEN,
	    copy + size - LY_SHA256_LEN) != 0)
		abort();
	open_one(copy, size);
	free(copy);
	return 0;
}
