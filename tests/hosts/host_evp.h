/* Decrypting and signing by OpenSSL, for hosts in which a key is elsewhere. */
#ifndef LY_HOST_EVP_H
#define LY_HOST_EVP_H

#include <openssl/evp.h>

/*
 * One decryption and one signature, both checked, with what key gives for
 * a URI (and the caller frees), or NULL.
 */
int evp_work(EVP_PKEY *(*key)(const char *uri));

/* -1, after OpenSSL's errors and what failed. */
int evp_fails(const char *what);

/* C_Finalize of the module that is loaded, past OpenSSL. */
int evp_finalize(void);

#endif
