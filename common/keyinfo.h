/*
 * What the containers of keys say, read in place: AlgorithmIdentifier,
 * SubjectPublicKeyInfo (RFC 5280 4.1.2.7) and PrivateKeyInfo (RFC 5958),
 * for the key types we know. No OpenSSL.
 */
#ifndef LY_KEYINFO_H
#define LY_KEYINFO_H

#include <stddef.h>
#include <stdint.h>

#include "alg.h"
#include "buf.h"

struct ly_secret;

struct ly_curve {
	const char *name;	/* "P-256" */
	size_t size;		/* bytes of a coordinate and of the order */
	unsigned bits;
	uint8_t oid[10];	/* DER, tag included */
	size_t oid_len;
	uint8_t order[66];	/* size bytes, big-endian */
};

/* Readers point into the DER that was parsed; unused ones are empty. */
struct ly_spki {
	enum ly_key_type type;
	const struct ly_curve *curve;	/* EC, else NULL */
	unsigned bits;			/* modulus or field size */
	struct ly_reader modulus, exponent;	/* RSA, no leading zero */
	struct ly_reader point;		/* EC: 0x04||x||y; Ed/X: 32 bytes */
	struct ly_reader params;	/* EC: DER OID */
};

/*
 * A SubjectPublicKeyInfo that fills in exactly. EC points must be
 * uncompressed; that they lie on the curve is not checked. LY_ERR_FORMAT,
 * LY_ERR_UNSUPPORTED (algorithm, curve, size of modulus, form of point).
 */
int ly_spki_parse(const struct ly_reader *in, struct ly_spki *spki);

/* A private key as its PrivateKeyInfo gives it. */
struct ly_pki {
	enum ly_key_type type;
	const struct ly_curve *curve;	/* EC, else NULL */
	struct ly_reader key;		/* RSA: RSAPrivateKey; others: scalar */
	struct ly_reader n, d;		/* RSA: modulus, private exponent */
};

/* A PrivateKeyInfo that takes up exactly len bytes; same errors. */
int ly_pki_parse(const uint8_t *der, size_t len, struct ly_pki *pki);

/*
 * Write it anew: version 0, no attributes, no public key, EC scalars at
 * full length. LY_ERR_NOMEM.
 */
int ly_pki_write(const struct ly_pki *pki, struct ly_secret *der);

#endif
