/*
 * What the benchmarks share: a module and its sessions, the same operations
 * by bare OpenSSL, clocks and medians. Measures; never fails on time.
 */
#ifndef LY_BENCH_H
#define LY_BENCH_H

#include <stddef.h>
#include <stdint.h>

#include <openssl/evp.h>
#include <p11-kit/pkcs11.h>

#define BENCH_THREADS 4

enum bench_op {
	BENCH_RSA_SIGN,
	BENCH_RSA_DECRYPT,
	BENCH_P256_SIGN,
	BENCH_ED25519_SIGN,
	BENCH_ECDH,
	BENCH_OPS
};

/* A token of a module, logged in, with a session for each thread. */
struct bench_token {
	CK_FUNCTION_LIST *f;
	CK_SESSION_HANDLE session[BENCH_THREADS];
	CK_OBJECT_HANDLE key[BENCH_OPS];
	int has[BENCH_OPS];
};

/* The test keys in memory, and what is signed, decrypted and derived. */
struct bench_keys {
	EVP_PKEY *key[BENCH_OPS];
	EVP_PKEY *peer;			/* P-256, the other side */
	uint8_t digest[51];		/* DigestInfo of SHA-256 */
	uint8_t cipher[256];		/* RSA PKCS#1 v1.5 */
	uint8_t point[65];		/* of peer, uncompressed */
};

/* A context per operation and thread, initialised once and kept. */
struct bench_bare {
	EVP_PKEY_CTX *ctx;
	EVP_MD_CTX *md;
};

/* "RSA-2048 sign", ... */
const char *bench_op_name(enum bench_op op);

/* Print why and end with 1. */
void bench_die(const char *what);

/* Read DIR/rsa.key, p256.key and ed25519.key, made by tests/make-data. */
void bench_keys_load(const char *dir, struct bench_keys *k);

/*
 * Another ciphertext to open and another peer to agree with: the module does
 * not ask the service again for what it has asked just now.
 */
void bench_inputs_renew(struct bench_keys *k);

/* Load module, log in to the token with that label, find the keys. */
void bench_token_open(const char *module, const char *label,
    const char *pin, const struct bench_keys *k, struct bench_token *t);

/* One operation of the module in thread i's session. */
void bench_token_run(struct bench_token *t, enum bench_op op,
    const struct bench_keys *k, int i);

/* Prepare and do one operation by OpenSSL alone. */
void bench_bare_init(struct bench_bare *b, enum bench_op op,
    const struct bench_keys *k);
void bench_bare_run(struct bench_bare *b, enum bench_op op,
    const struct bench_keys *k);

/* Seconds of a clock that never goes back. */
double bench_now(void);

/* The middle one of n values, which are sorted in place. */
double bench_median(double *v, size_t n);

#endif
