/* The list of devices. */
#include "fuzz_wire.h"

FUZZ_WIRE(devices, ly_wire_devices)
