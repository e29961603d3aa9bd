/* A batch of operations. */
#include "fuzz_wire.h"

FUZZ_WIRE(ops, ly_wire_ops)
