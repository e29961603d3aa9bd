/* Keys used by OpenSSL, for hosts in which a key is elsewhere. */
#ifndef LY_HOST_EVP_H
#define LY_HOST_EVP_H

#include <openssl/evp.h>

/*
 * A decryption and a signature by RSA, a signature and an agreement by EC, all
 * checked, with what key gives for a URI (and the caller frees), or NULL.
 * lib is the context of that key.
 */
int evp_work(OSSL_LIB_CTX *lib, EVP_PKEY *(*key)(const char *uri));

/* -1, after OpenSSL's errors and what failed. */
int evp_fails(const char *what);

/* C_Finalize of the module that is loaded, past OpenSSL. */
int evp_finalize(void);

#endif
