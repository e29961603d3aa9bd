/*
 * Certificates: what the catalogue, the service and the CLI read out of
 * one. Needs OpenSSL, so never on the module's start-up path.
 */
#ifndef LY_CERT_H
#define LY_CERT_H

#include <stddef.h>
#include <stdint.h>
#include <openssl/types.h>

#include "alg.h"

struct ly_buf;
struct ly_pkey;
struct ly_why;

#define LY_CERT_MAX 65536	/* bytes of DER we accept */
#define LY_EMAIL_MAX 255	/* bytes with the NUL */

struct ly_span {
	size_t off, len;
};

/* Spans point into the DER that was parsed. */
struct ly_cert_info {
	struct ly_span subject, issuer;		/* DER Name */
	struct ly_span serial;			/* DER INTEGER, tag included */
	struct ly_span spki;			/* DER SubjectPublicKeyInfo */
	struct ly_span modulus, exponent;	/* RSA, no leading zero */
	struct ly_span point;			/* EC: 0x04||x||y; Ed/X: 32 */
	struct ly_span params;			/* EC: DER OID; Ed/X: empty */
	enum ly_key_type key_type;
	unsigned bits;				/* modulus or field size */
	int64_t not_before, not_after;		/* seconds since 1970 */
	unsigned use;				/* LY_USE_ bits allowed by KU */
	int is_ca;
	int self_issued;
	char email[LY_EMAIL_MAX];		/* lower case; SAN, then DN */
	char name[128];				/* CN, else email; UTF-8 */
};

/*
 * Parse one certificate that takes up exactly len bytes. LY_ERR_FORMAT,
 * LY_ERR_UNSUPPORTED (key type), LY_ERR_TOOBIG. An absent keyUsage allows
 * all that the key type can do. RFC 5280 4.2.1.3, RFC 8550 4.4.2.
 */
int ly_cert_parse(const uint8_t *der, size_t len, struct ly_cert_info *info);

/* Whether one of the certificate's addresses is address, ignoring case. */
int ly_cert_has_email(const uint8_t *der, size_t len, const char *address);

/*
 * A PKCS#10 request for key with CN = name, signed by key; DER appended to
 * csr (RFC 2986).
 */
int ly_csr_make(const struct ly_pkey *key, const char *name,
    struct ly_buf *csr);

/*
 * Check a request's self-signature and append its SubjectPublicKeyInfo to
 * spki. LY_ERR_FORMAT, LY_ERR_AUTH.
 */
int ly_csr_open(const uint8_t *csr, size_t len, struct ly_buf *spki);

/* What ly_cert_issue makes. */
enum ly_cert_kind {
	LY_CERT_CA = 1,		/* self-signed root; spki is ca_key's own */
	LY_CERT_TLS_SERVER = 2,	/* name is the DNS name or IP address */
	LY_CERT_DEVICE_AUTH = 3, /* TLS client, digitalSignature */
	LY_CERT_DEVICE_RECV = 4, /* keyAgreement: receives sealed keys */
	LY_CERT_SEALER = 5	/* signs leases, digitalSignature */
};

/*
 * Issue a certificate over spki under the CA (ca_der NULL for LY_CERT_CA).
 * Random 127-bit serial, valid from five minutes ago until not_after;
 * RFC 5280 profile. DER appended to out.
 */
int ly_cert_issue(enum ly_cert_kind kind, const struct ly_pkey *ca_key,
    const uint8_t *ca_der, size_t ca_len, const char *name,
    const uint8_t *spki, size_t spki_len, int64_t not_after,
    struct ly_buf *out);

/*
 * 0 if der was issued by ca and both are valid at time now.
 * LY_ERR_AUTH (not issued by it), LY_ERR_EXPIRED.
 */
int ly_cert_verify(const uint8_t *der, size_t len, const uint8_t *ca,
    size_t ca_len, int64_t now);

/* PEM text of a DER object ("CERTIFICATE"), appended, and the reverse. */
int ly_pem_encode(const char *label, const uint8_t *der, size_t len,
    struct ly_buf *pem);
int ly_pem_decode(const char *label, const char *pem, size_t len,
    struct ly_buf *der);

#endif
