/*
 * Every C_* function behind one face, so that a test or a fuzzer can call
 * them all with arguments of its choice.
 */
#ifndef LY_CALLS_H
#define LY_CALLS_H

#include <stddef.h>

#include "cryptoki.h"

#define FX_ROOM 300	/* bytes of in, words of out */

/* What a call may need; it uses what it has parameters for. */
struct fx_args {
	CK_SESSION_HANDLE s;
	CK_OBJECT_HANDLE o;
	CK_SLOT_ID slot;
	CK_MECHANISM *m;
	CK_BYTE *in;
	CK_ULONG in_len;
	CK_BYTE *out;		/* or structures, or a list of slots */
	CK_ULONG *out_len;
	CK_ATTRIBUTE *a;
	CK_ULONG n;
	CK_OBJECT_HANDLE *h;	/* room for one */
};

/* The operation of a session that a call begins, goes on with or ends. */
enum fx_sort {
	FX_NO_OP,
	FX_FIND,
	FX_DECRYPT,
	FX_SIGN,
	FX_ENCRYPT,
	FX_VERIFY,
	FX_DIGEST
};

struct fx_call {
	const char *name;
	CK_RV (*call)(const struct fx_args *x);
	enum fx_sort sort;
	CK_RV idle;	/* answer on a session that has done nothing */
};

/* Sane arguments for any call; the buffers are the same ones each time. */
struct fx_args fx_sane(CK_SESSION_HANDLE s, CK_OBJECT_HANDLE o);

/* On a session, C_CloseSession being the last; on a slot; on neither. */
extern const struct fx_call fx_session_calls[], fx_slot_calls[],
    fx_module_calls[];
extern const size_t fx_nsession_calls, fx_nslot_calls, fx_nmodule_calls;

#endif
