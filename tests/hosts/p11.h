/* Decrypting and signing by bare PKCS#11, for hosts that do just that. */
#ifndef LY_HOST_P11_H
#define LY_HOST_P11_H

#include <p11-kit/pkcs11.h>

/* The list of a library loaded by dlopen; NULL after a complaint. */
CK_FUNCTION_LIST *p11_open(const char *path, void **lib);

/* C_Initialize, which another thread or another way may have done. */
int p11_initialize(CK_FUNCTION_LIST *f);

/*
 * On the token of ours that f has: a session, a login if needed, one
 * decryption and one signature, both checked. Any number of threads.
 */
int p11_work(CK_FUNCTION_LIST *f);

/* The same with a search and attributes instead, which ask nobody. */
int p11_look(CK_FUNCTION_LIST *f);

#endif
