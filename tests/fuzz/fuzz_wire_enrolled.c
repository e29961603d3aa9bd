/* The answer to an enrolment. */
#include "fuzz_wire.h"

FUZZ_WIRE(enrolled, ly_wire_enrolled)
