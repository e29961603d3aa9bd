/* The request of an enrolment. */
#include "fuzz_wire.h"

FUZZ_WIRE(enroll, ly_wire_enroll)
