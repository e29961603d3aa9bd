/*
 * A trace of every call, in a form like pkcs11-spy's, for whoever sets
 * LANYARD_TRACE=FILE: other function tables are handed out then, and
 * without it nothing is done at all. Never written: PINs, the bytes of any
 * data, message, signature or result, and the value of any key.
 */
#ifndef LY_TRACE_H
#define LY_TRACE_H

#include <stdint.h>

#include "buf.h"
#include "cryptoki.h"

#define LY_TRACE_ARGS_MAX 9

/* What an argument is: functions.h names them, trace_arg.c prints them. */
enum ly_arg {
	LY_ARG_ATTRIBUTES, LY_ARG_CANCEL_FLAGS, LY_ARG_COUNT_OUT,
	LY_ARG_DATA, LY_ARG_FUNCTION_LIST, LY_ARG_INFO, LY_ARG_INIT_ARGS,
	LY_ARG_INTERFACES, LY_ARG_INTERFACE_FLAGS, LY_ARG_INTERFACE_NAME,
	LY_ARG_INTERFACE_OUT, LY_ARG_KEY, LY_ARG_LEN, LY_ARG_LEN_OUT,
	LY_ARG_MECHANISM, LY_ARG_MECH_INFO, LY_ARG_MECH_TYPE,
	LY_ARG_MECH_TYPES, LY_ARG_MESSAGE_FLAGS, LY_ARG_NOTIFY,
	LY_ARG_OBJECT, LY_ARG_OBJECTS, LY_ARG_OBJECT_OUT, LY_ARG_PARAMETER,
	LY_ARG_PIN, LY_ARG_POINTER, LY_ARG_PRESENT, LY_ARG_RANDOM,
	LY_ARG_RESERVED, LY_ARG_RESULT, LY_ARG_SESSION,
	LY_ARG_SESSION_FLAGS, LY_ARG_SESSION_INFO, LY_ARG_SESSION_OUT,
	LY_ARG_SIGNATURE, LY_ARG_SIZE_OUT, LY_ARG_SLOT, LY_ARG_SLOTS,
	LY_ARG_SLOT_INFO, LY_ARG_SLOT_OUT, LY_ARG_TEMPLATE,
	LY_ARG_TOKEN_INFO, LY_ARG_TOKEN_LABEL, LY_ARG_USER,
	LY_ARG_USER_NAME, LY_ARG_VERSION, LY_ARG_WAIT_FLAGS, LY_ARG_NKINDS
};

/* A function: its name, and what its arguments are. */
struct ly_trace_call {
	const char *name;
	unsigned n;
	unsigned char kind[LY_TRACE_ARGS_MAX];
};

/* One call on its way; arg[i] is the argument, a number or a pointer. */
struct ly_trace {
	const struct ly_trace_call *call;
	const uintptr_t *arg;
	struct ly_buf text;
	int64_t began_ms;
};

/* 1 if LANYARD_TRACE is set: asked of the environment once a process. */
int ly_trace_on(void);

/*
 * Begin a record before the call, and write it after. A file that cannot
 * be written, or is full, is named in the log once and changes nothing.
 * errno is kept.
 */
void ly_trace_begin(struct ly_trace *t, const struct ly_trace_call *call,
    const uintptr_t *arg);
void ly_trace_end(struct ly_trace *t, CK_RV rv);

/* Append the arguments of t that go in, or that rv says have come out. */
void ly_trace_args_in(struct ly_trace *t);
void ly_trace_args_out(struct ly_trace *t, CK_RV rv);

/*
 * Append a template of n attributes: filled with values, or with room for
 * them, which is not looked at.
 */
void ly_trace_template(struct ly_buf *b, const CK_ATTRIBUTE *a, CK_ULONG n,
    int filled);

/* Append a mechanism and its parameter. */
void ly_trace_mechanism(struct ly_buf *b, const CK_MECHANISM *m);

/* Append text; append bytes as hexadecimal, or as text, shortened. */
void ly_trace_put(struct ly_buf *b, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void ly_trace_hex(struct ly_buf *b, const void *p, size_t len);
void ly_trace_text(struct ly_buf *b, const void *p, size_t len);

/* The tables that trace; those without are in c_list.c. */
extern CK_FUNCTION_LIST ly_traced_2_40;
extern CK_FUNCTION_LIST_3_0 ly_traced_3_0;

/* The functions that give tables, and the same traced. */
CK_RV ly_give_C_GetFunctionList(CK_FUNCTION_LIST **list);
CK_RV ly_give_C_GetInterfaceList(CK_INTERFACE *list, CK_ULONG *count);
CK_RV ly_give_C_GetInterface(CK_UTF8CHAR *name, CK_VERSION *version,
    CK_INTERFACE **out, CK_FLAGS flags);
CK_RV ly_traced_C_GetFunctionList(CK_FUNCTION_LIST **list);
CK_RV ly_traced_C_GetInterfaceList(CK_INTERFACE *list, CK_ULONG *count);
CK_RV ly_traced_C_GetInterface(CK_UTF8CHAR *name, CK_VERSION *version,
    CK_INTERFACE **out, CK_FLAGS flags);

#endif
