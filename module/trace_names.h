/* Names of Cryptoki's numbers, for the trace. */
#ifndef LY_TRACE_NAMES_H
#define LY_TRACE_NAMES_H

#include "cryptoki.h"

struct ly_buf;

enum ly_names {
	LY_NAMES_CKR,	/* return values */
	LY_NAMES_CKO,	/* classes of objects */
	LY_NAMES_CKK,	/* types of keys */
	LY_NAMES_CKC,	/* types of certificates */
	LY_NAMES_CKM,	/* mechanisms */
	LY_NAMES_CKP,	/* profiles */
	LY_NAMES_CKU,	/* users */
	LY_NAMES_CKS,	/* states of sessions */
	LY_NAMES_CKD,	/* key derivation functions */
	LY_FLAGS_SESSION,
	LY_FLAGS_SLOT,
	LY_FLAGS_TOKEN,
	LY_FLAGS_MECH,	/* also of C_SessionCancel */
	LY_FLAGS_INIT,
	LY_FLAGS_WAIT,
	LY_FLAGS_INTERFACE
};

#define LY_TRACE_NAME 24	/* bytes for a number without a name */

/* The name, or the number as hexadecimal in buf (LY_TRACE_NAME bytes). */
const char *ly_trace_name(enum ly_names which, CK_ULONG value, char *buf);

/* Append flags as a number and by name. */
void ly_trace_flags(struct ly_buf *b, enum ly_names which, CK_FLAGS value);

#endif
