/* The list of keys. */
#include "fuzz_wire.h"

FUZZ_WIRE(keys, ly_wire_keys)
