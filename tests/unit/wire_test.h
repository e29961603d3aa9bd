/* What the tests of the wire share: how a body is refused. */
#ifndef LY_WIRE_TEST_H
#define LY_WIRE_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "buf.h"
#include "err.h"

/*
 * Decode json (a C string) with decode into a struct of type, which must
 * answer err, say needle, and leave the struct as it was.
 */
#define REFUSED(decode, type, json, err, needle) do {			\
	struct type refused_m, refused_before;				\
	struct ly_why refused_why = { "" };				\
	memset(&refused_m, 0x5a, sizeof(refused_m));			\
	refused_before = refused_m;					\
	assert_int_equal(decode(json, strlen(json), &refused_m,		\
	    &refused_why), err);					\
	if (strstr(refused_why.text, needle) == NULL)			\
		fail_msg("\"%s\" does not say \"%s\"",			\
		    refused_why.text, needle);				\
	assert_memory_equal(&refused_m, &refused_before,		\
	    sizeof(refused_m));						\
	assert_int_equal(decode(json, strlen(json), &refused_m, NULL),	\
	    err);							\
} while (0)

/* A buffer that holds a C string's bytes. */
static inline struct ly_buf
buf_of(const char *s)
{
	struct ly_buf b;

	ly_buf_init(&b, 1u << 20);
	assert_int_equal(ly_buf_put(&b, s, strlen(s)), 0);
	return b;
}

static inline void
assert_json(const struct ly_buf *b, const char *expect)
{
	assert_int_equal(b->len, strlen(expect));
	assert_memory_equal(b->data, expect, b->len);
}

#endif
