/*
 * The functions that trace: one wrapper for each, made from functions.h, and
 * the two tables of them. All that is particular to a function is what its
 * arguments are.
 */
#include "functions.h"
#include "trace.h"

/* The C type of an argument. */
#define TYPE_ATTRIBUTES CK_ATTRIBUTE *
#define TYPE_CANCEL_FLAGS CK_FLAGS
#define TYPE_COUNT_OUT CK_ULONG *
#define TYPE_DATA CK_BYTE *
#define TYPE_FUNCTION_LIST CK_FUNCTION_LIST **
#define TYPE_INFO CK_INFO *
#define TYPE_INIT_ARGS void *
#define TYPE_INTERFACES CK_INTERFACE *
#define TYPE_INTERFACE_FLAGS CK_FLAGS
#define TYPE_INTERFACE_NAME CK_UTF8CHAR *
#define TYPE_INTERFACE_OUT CK_INTERFACE **
#define TYPE_KEY CK_OBJECT_HANDLE
#define TYPE_LEN CK_ULONG
#define TYPE_LEN_OUT CK_ULONG *
#define TYPE_MECHANISM CK_MECHANISM *
#define TYPE_MECH_INFO CK_MECHANISM_INFO *
#define TYPE_MECH_TYPE CK_MECHANISM_TYPE
#define TYPE_MECH_TYPES CK_MECHANISM_TYPE *
#define TYPE_MESSAGE_FLAGS CK_FLAGS
#define TYPE_NOTIFY CK_NOTIFY
#define TYPE_OBJECT CK_OBJECT_HANDLE
#define TYPE_OBJECTS CK_OBJECT_HANDLE *
#define TYPE_OBJECT_OUT CK_OBJECT_HANDLE *
#define TYPE_PARAMETER void *
#define TYPE_PIN CK_UTF8CHAR *
#define TYPE_POINTER void *
#define TYPE_PRESENT CK_BBOOL
#define TYPE_RANDOM CK_BYTE *
#define TYPE_RESERVED void *
#define TYPE_RESULT CK_BYTE *
#define TYPE_SESSION CK_SESSION_HANDLE
#define TYPE_SESSION_FLAGS CK_FLAGS
#define TYPE_SESSION_INFO CK_SESSION_INFO *
#define TYPE_SESSION_OUT CK_SESSION_HANDLE *
#define TYPE_SIGNATURE CK_BYTE *
#define TYPE_SIZE_OUT CK_ULONG *
#define TYPE_SLOT CK_SLOT_ID
#define TYPE_SLOTS CK_SLOT_ID *
#define TYPE_SLOT_INFO CK_SLOT_INFO *
#define TYPE_SLOT_OUT CK_SLOT_ID *
#define TYPE_TEMPLATE CK_ATTRIBUTE *
#define TYPE_TOKEN_INFO CK_TOKEN_INFO *
#define TYPE_TOKEN_LABEL CK_UTF8CHAR *
#define TYPE_USER CK_USER_TYPE
#define TYPE_USER_NAME CK_UTF8CHAR *
#define TYPE_VERSION CK_VERSION *
#define TYPE_WAIT_FLAGS CK_FLAGS

/*
 * For each number of arguments a to i: their declarations, their kinds,
 * themselves as words. A word holds a pointer and a CK_ULONG everywhere.
 */
#define PARAMS_1(k) TYPE_ ## k a
#define PARAMS_2(k, l) PARAMS_1(k), TYPE_ ## l b
#define PARAMS_3(k, l, m) PARAMS_2(k, l), TYPE_ ## m c
#define PARAMS_4(k, l, m, n) PARAMS_3(k, l, m), TYPE_ ## n d
#define PARAMS_5(k, l, m, n, o) PARAMS_4(k, l, m, n), TYPE_ ## o e
#define PARAMS_6(k, l, m, n, o, p) PARAMS_5(k, l, m, n, o), TYPE_ ## p f
#define PARAMS_7(k, l, m, n, o, p, q)					\
	PARAMS_6(k, l, m, n, o, p), TYPE_ ## q g
#define PARAMS_8(k, l, m, n, o, p, q, r)				\
	PARAMS_7(k, l, m, n, o, p, q), TYPE_ ## r h
#define PARAMS_9(k, l, m, n, o, p, q, r, s)				\
	PARAMS_8(k, l, m, n, o, p, q, r), TYPE_ ## s i

#define KINDS_1(k) LY_ARG_ ## k
#define KINDS_2(k, l) KINDS_1(k), LY_ARG_ ## l
#define KINDS_3(k, l, m) KINDS_2(k, l), LY_ARG_ ## m
#define KINDS_4(k, l, m, n) KINDS_3(k, l, m), LY_ARG_ ## n
#define KINDS_5(k, l, m, n, o) KINDS_4(k, l, m, n), LY_ARG_ ## o
#define KINDS_6(k, l, m, n, o, p) KINDS_5(k, l, m, n, o), LY_ARG_ ## p
#define KINDS_7(k, l, m, n, o, p, q)					\
	KINDS_6(k, l, m, n, o, p), LY_ARG_ ## q
#define KINDS_8(k, l, m, n, o, p, q, r)					\
	KINDS_7(k, l, m, n, o, p, q), LY_ARG_ ## r
#define KINDS_9(k, l, m, n, o, p, q, r, s)				\
	KINDS_8(k, l, m, n, o, p, q, r), LY_ARG_ ## s

#define ARGS_1 a
#define ARGS_2 ARGS_1, b
#define ARGS_3 ARGS_2, c
#define ARGS_4 ARGS_3, d
#define ARGS_5 ARGS_4, e
#define ARGS_6 ARGS_5, f
#define ARGS_7 ARGS_6, g
#define ARGS_8 ARGS_7, h
#define ARGS_9 ARGS_8, i

#define WORDS_1 (uintptr_t)a
#define WORDS_2 WORDS_1, (uintptr_t)b
#define WORDS_3 WORDS_2, (uintptr_t)c
#define WORDS_4 WORDS_3, (uintptr_t)d
#define WORDS_5 WORDS_4, (uintptr_t)e
#define WORDS_6 WORDS_5, (uintptr_t)f
#define WORDS_7 WORDS_6, (uintptr_t)g
#define WORDS_8 WORDS_7, (uintptr_t)h
#define WORDS_9 WORDS_8, (uintptr_t)i

/* as(arguments), which records a call of function. */
#define WRAPPER(scope, as, title, function, nargs, ...)			\
scope CK_RV								\
as(PARAMS_ ## nargs(__VA_ARGS__))					\
{									\
	static const struct ly_trace_call call = { #title, nargs,	\
	    { KINDS_ ## nargs(__VA_ARGS__) } };				\
	const uintptr_t word[] = { WORDS_ ## nargs };			\
	struct ly_trace trace;						\
	CK_RV rv;							\
									\
	ly_trace_begin(&trace, &call, word);				\
	rv = function(ARGS_ ## nargs);					\
	ly_trace_end(&trace, rv);					\
	return rv;							\
}

#define TRACED(name, nargs, ...)					\
	WRAPPER(static, traced_ ## name, name, name, nargs, __VA_ARGS__)
#define TRACED_GIVER(name, nargs, ...)					\
	WRAPPER(, ly_traced_ ## name, name, ly_give_ ## name, nargs,	\
	    __VA_ARGS__)

LY_FUNCTIONS_2_40(TRACED)
LY_FUNCTIONS_3_0(TRACED)
LY_FUNCTIONS_TABLES(TRACED_GIVER)

#define MEMBER(name, ...) .name = traced_ ## name,
#define GIVER(name, ...) .name = name,

CK_FUNCTION_LIST ly_traced_2_40 = {
	.version = { 2, 40 },
	LY_FUNCTIONS_2_40(MEMBER)
	.C_GetFunctionList = C_GetFunctionList
};

CK_FUNCTION_LIST_3_0 ly_traced_3_0 = {
	.version = { 3, 0 },
	LY_FUNCTIONS_2_40(MEMBER)
	LY_FUNCTIONS_3_0(MEMBER)
	LY_FUNCTIONS_TABLES(GIVER)
};
