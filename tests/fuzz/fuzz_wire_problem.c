/* A problem document. */
#include "fuzz_wire.h"

FUZZ_WIRE_FLAT(problem, ly_wire_problem)
