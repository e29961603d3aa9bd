/* The discovery document. */
#include "fuzz_wire.h"

FUZZ_WIRE(discovery, ly_wire_discovery)
