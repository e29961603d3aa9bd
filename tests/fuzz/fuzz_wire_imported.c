/* The answer to an import. */
#include "fuzz_wire.h"

FUZZ_WIRE_FLAT(imported, ly_wire_imported)
