/*
 * A harness for one message of the wire: what decodes must encode, and what
 * was encoded must decode to a message that encodes to the same bytes.
 */
#ifndef LY_FUZZ_WIRE_H
#define LY_FUZZ_WIRE_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "err.h"
#include "wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef int (*fuzz_decode)(const void *json, size_t len, void *m,
    struct ly_why *why);
typedef int (*fuzz_encode)(const void *m, struct ly_buf *json);
typedef void (*fuzz_clear)(void *m);

/* m and again are structs of the message; clear may be NULL. */
static void
fuzz_wire(const uint8_t *data, size_t size, fuzz_decode decode,
    fuzz_encode encode, fuzz_clear clear, void *m, void *again)
{
	struct ly_buf first, second;
	struct ly_why why;

	if (decode(data, size, m, &why) != 0)
		return;
	ly_buf_init(&first, 2 * LY_WIRE_BODY_MAX);
	ly_buf_init(&second, 2 * LY_WIRE_BODY_MAX);
	if (encode(m, &first) != 0)
		abort();
	if (first.len <= LY_WIRE_BODY_MAX) {
		if (decode(first.data, first.len, again, &why) != 0 ||
		    encode(again, &second) != 0)
			abort();
		if (first.len != second.len ||
		    memcmp(first.data, second.data, first.len) != 0)
			abort();
		if (clear != NULL)
			clear(again);
	}
	if (clear != NULL)
		clear(m);
	ly_buf_clear(&first);
	ly_buf_clear(&second);
}

#define FUZZ_WIRE_CODEC(name, type)					\
static int								\
decode_one(const void *json, size_t len, void *m, struct ly_why *why)	\
{									\
	return ly_wire_##name##_decode(json, len, m, why);		\
}									\
static int								\
encode_one(const void *m, struct ly_buf *json)				\
{									\
	return ly_wire_##name##_encode(m, json);			\
}

#define FUZZ_WIRE_MAIN(type, clear_one)					\
int									\
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)		\
{									\
	struct type m, again;						\
									\
	fuzz_wire(data, size, decode_one, encode_one, clear_one, &m,	\
	    &again);							\
	return 0;							\
}

/* A message that owns memory, and one that does not. */
#define FUZZ_WIRE(name, type)						\
FUZZ_WIRE_CODEC(name, type)						\
static void								\
clear_message(void *m)							\
{									\
	ly_wire_##name##_clear(m);					\
}									\
FUZZ_WIRE_MAIN(type, clear_message)

#define FUZZ_WIRE_FLAT(name, type)					\
FUZZ_WIRE_CODEC(name, type)						\
FUZZ_WIRE_MAIN(type, NULL)

#endif
