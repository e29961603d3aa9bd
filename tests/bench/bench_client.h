/*
 * A client of any PKCS#11 module that links nothing but the C library, so
 * that what a module brings into its host is the module's own cost.
 */
#ifndef LY_BENCH_CLIENT_H
#define LY_BENCH_CLIENT_H

#include <stddef.h>

#include <p11-kit/pkcs11.h>

/* A module in this process, and a session with one of its tokens. */
struct bench_client {
	CK_FUNCTION_LIST *f;
	CK_SESSION_HANDLE session;
};

/* Handles of one class, in the order of the module. */
struct bench_list {
	CK_OBJECT_HANDLE *h;
	size_t n;
};

/* Print why and end with 1. */
void bench_fail(const char *what, CK_RV rv);

/*
 * dlopen and C_Initialize. params is the module's configuration string, or
 * NAME=VALUE with NAME in capitals for the environment, or "".
 */
void bench_load_module(struct bench_client *c, const char *module,
    const char *params);

/*
 * As clients do: look at every slot and token, then open a session with the
 * one whose label begins with label ("" the last that is initialised).
 */
void bench_session(struct bench_client *c, const char *label);

/* One search, its handles fetched 64 at a time. */
void bench_find_all(struct bench_client *c, CK_ATTRIBUTE *t, CK_ULONG n,
    struct bench_list *out);

/* All objects of a class. */
void bench_find_class(struct bench_client *c, CK_OBJECT_CLASS class,
    struct bench_list *out);

/*
 * An attribute's value, allocated by malloc; *len is its length. NULL when
 * the object does not have it.
 */
void *bench_read(struct bench_client *c, CK_OBJECT_HANDLE o,
    CK_ATTRIBUTE_TYPE type, CK_ULONG *len);

#endif
