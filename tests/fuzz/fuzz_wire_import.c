/* The import of a key. */
#include "fuzz_wire.h"

FUZZ_WIRE(import, ly_wire_import)
