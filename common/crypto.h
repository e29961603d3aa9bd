/*
 * Our private OpenSSL library context, and the keyless cryptography that
 * more than one part needs. Nothing here touches the host's default
 * context, its engines, its configuration file or atexit.
 */
#ifndef LY_CRYPTO_H
#define LY_CRYPTO_H

#include <stddef.h>
#include <stdint.h>
#include <openssl/types.h>

#include "alg.h"

struct ly_secret;
struct ly_buf;

#define LY_SHA256_LEN 32
#define LY_AEAD_KEY_LEN 32	/* AES-256-GCM */
#define LY_AEAD_OVERHEAD 28	/* 12 bytes nonce before, 16 bytes tag after */

/*
 * The private context with the default provider, made at first use and kept
 * for the life of the process; NULL when OpenSSL has none to give. Safe to
 * race. Never called by C_Initialize or C_GetFunctionList.
 */
OSSL_LIB_CTX *ly_libctx(void);

/*
 * 0 once the host has called OPENSSL_cleanup: nothing made by OpenSSL may
 * be touched any more, not even to free it. ly_libctx gives NULL then.
 */
int ly_crypto_alive(void);

/*
 * Around OpenSSL calls that cannot be told a library context (CMS, X.509,
 * PKCS#12, libcurl): make ours this thread's default, and keep the host's
 * error queue as it is. Give what enter returned to leave, on every path;
 * the two nest. With NULL for other, ours is taken.
 */
OSSL_LIB_CTX *ly_libctx_enter(OSSL_LIB_CTX *other);
void ly_libctx_leave(OSSL_LIB_CTX *before);

/*
 * A digest, or AES-256-GCM, of our context, fetched once and kept for ever;
 * NULL for LY_HASH_NONE or when OpenSSL has none.
 */
const EVP_MD *ly_md(enum ly_hash h);
const EVP_CIPHER *ly_aes256_gcm(void);

/* One-shot digest; out holds ly_hash_len(h) bytes. LY_ERR_CRYPTO. */
int ly_digest(enum ly_hash h, const void *in, size_t len, uint8_t *out);

/* HMAC (RFC 2104); out holds ly_hash_len(h) bytes. LY_ERR_CRYPTO. */
int ly_hmac(enum ly_hash h, const void *key, size_t keylen, const void *in,
    size_t len, uint8_t *out);

/*
 * AES-256-GCM (SP 800-38D) with a fresh random nonce. out gets
 * nonce || ciphertext || tag: inlen + LY_AEAD_OVERHEAD bytes appended.
 */
int ly_aead_seal(const uint8_t key[LY_AEAD_KEY_LEN], const void *aad,
    size_t aadlen, const void *in, size_t inlen, struct ly_buf *out);

/* The reverse; LY_ERR_AUTH if key, AAD or bytes are not the sealed ones. */
int ly_aead_open(const uint8_t key[LY_AEAD_KEY_LEN], const void *aad,
    size_t aadlen, const void *in, size_t inlen, struct ly_secret *out);

/*
 * scrypt (RFC 7914) with r = 8, p = 1 and N = 2^logn (10 <= logn <= 20) to
 * LY_AEAD_KEY_LEN bytes.
 */
int ly_scrypt(const struct ly_secret *pass, const uint8_t *salt,
    size_t saltlen, unsigned logn, struct ly_secret *key);

/*
 * X9.63 KDF (SEC 1 v2 3.6.1): outlen bytes (1 .. 1024) from the shared
 * secret z and info (may be empty).
 */
int ly_x963_kdf(enum ly_hash h, const struct ly_secret *z, const void *info,
    size_t infolen, size_t outlen, struct ly_secret *out);

/*
 * AES key unwrap (RFC 3394): kek of 16, 24 or 32 bytes, in of 24 .. 1024
 * bytes, a multiple of 8; out is 8 shorter. LY_ERR_LENGTH, LY_ERR_AUTH.
 */
int ly_aes_kw_unwrap(const struct ly_secret *kek, const uint8_t *in,
    size_t inlen, struct ly_secret *out);

/* Standard base64 (RFC 4648 4) without line breaks, NUL-terminated text. */
int ly_b64_encode(const void *in, size_t len, struct ly_buf *text);
/*
 * The same for secret bytes, appended to text, which has the room already
 * (no NUL is written). LY_ERR_TOOBIG.
 */
int ly_b64_encode_secret(const void *in, size_t len, struct ly_secret *text);
/* Strict: no white space, right padding. LY_ERR_FORMAT, LY_ERR_TOOBIG. */
int ly_b64_decode(const char *text, size_t textlen, struct ly_buf *out);
int ly_b64_decode_secret(const char *text, size_t textlen,
    struct ly_secret *out);

/* Lower-case hexadecimal; text of 2 * len + 1 bytes. */
void ly_hex(const void *in, size_t len, char *text);
/* Exactly 2 * len digits, then NUL; LY_ERR_FORMAT. */
int ly_unhex(const char *text, uint8_t *out, size_t len);

#endif
