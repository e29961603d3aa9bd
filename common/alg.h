/*
 * The neutral names of what a private key does: below the PKCS#11 face, on
 * the wire and in the service an operation is a struct ly_alg.
 */
#ifndef LY_ALG_H
#define LY_ALG_H

#include <stddef.h>
#include <stdint.h>

enum ly_op {
	LY_OP_DECRYPT = 1,
	LY_OP_SIGN = 2,
	LY_OP_DERIVE = 3
};

enum ly_scheme {
	LY_RSA_PKCS1 = 1,	/* RFC 8017 7.2 decrypt, 8.2 sign */
	LY_RSA_OAEP = 2,	/* RFC 8017 7.1, decrypt only */
	LY_RSA_PSS = 3,		/* RFC 8017 8.1, sign only */
	LY_ECDSA = 4,		/* FIPS 186-4, sign only */
	LY_EDDSA = 5,		/* RFC 8032 Ed25519, sign only */
	LY_ECDH = 6		/* SP 800-56A, RFC 7748 X25519; derive only */
};

enum ly_hash {
	LY_HASH_NONE = 0,
	LY_SHA1 = 1,
	LY_SHA224 = 2,
	LY_SHA256 = 3,
	LY_SHA384 = 4,
	LY_SHA512 = 5
};

enum ly_key_type {
	LY_KEY_RSA = 1,
	LY_KEY_EC = 2,		/* P-256, P-384, P-521 */
	LY_KEY_ED25519 = 3,
	LY_KEY_X25519 = 4
};

/* Bits of a key's usage; policy and certificate together decide them. */
#define LY_USE_SIGN	1u
#define LY_USE_DECRYPT	2u
#define LY_USE_DERIVE	4u
#define LY_USE_ALL	7u

#define LY_LABEL_MAX 64		/* bytes of an OAEP label we accept */
#define LY_HASH_MAX 64		/* bytes of the longest digest */
#define LY_RSA_MIN_BITS 1024
#define LY_RSA_MAX_BITS 8192
#define LY_RSA_MAX_BYTES (LY_RSA_MAX_BITS / 8)
#define LY_OP_IN_MAX 65536	/* bytes of one operation's input (Ed25519) */
#define LY_OP_OUT_MAX LY_RSA_MAX_BYTES

/*
 * One operation. hash, mgf and label matter for OAEP; hash, mgf and
 * salt_len for PSS; all else is left zero. Inputs by scheme:
 *   RSA_PKCS1 sign   the bytes to pad (a DigestInfo), <= modulus - 11
 *   RSA_PSS, ECDSA   the digest
 *   EDDSA            the message
 *   RSA decrypt      exactly one modulus length of ciphertext
 *   ECDH             the peer's public point: 0x04||x||y, or 32 bytes X25519
 * Results: a signature (ECDSA as r||s, each padded to the order's length),
 * the plaintext, or the shared x-coordinate Z.
 */
struct ly_alg {
	enum ly_op op;
	enum ly_scheme scheme;
	enum ly_hash hash;
	enum ly_hash mgf;	/* MGF1 with this hash */
	uint32_t salt_len;	/* bytes */
	uint8_t label[LY_LABEL_MAX];
	size_t label_len;
};

/* Digest length in bytes; 0 for LY_HASH_NONE or an unknown one. */
size_t ly_hash_len(enum ly_hash h);

/* "sha256" and back; NULL / LY_ERR_UNSUPPORTED for one not known. */
const char *ly_hash_name(enum ly_hash h);
int ly_hash_by_name(const char *name, enum ly_hash *h);

/* OpenSSL's name ("SHA2-256"), NULL for none. */
const char *ly_hash_ossl(enum ly_hash h);

/* "decrypt", "sign", "derive" and back. */
const char *ly_op_name(enum ly_op op);
int ly_op_by_name(const char *name, enum ly_op *op);

/* Wire names: "rsa-pkcs1", "rsa-oaep", "rsa-pss", "ecdsa", "eddsa", "ecdh". */
const char *ly_scheme_name(enum ly_scheme s);
int ly_scheme_by_name(const char *name, enum ly_scheme *s);

/* "rsa", "ec", "ed25519", "x25519". */
const char *ly_key_type_name(enum ly_key_type t);

/*
 * 0 if the combination of op, scheme and parameters is one we perform at
 * all, LY_ERR_UNSUPPORTED if not.
 */
int ly_alg_check(const struct ly_alg *alg);

/* The LY_USE_ bit that a key needs for op. */
unsigned ly_op_use(enum ly_op op);

#endif
