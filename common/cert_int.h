/*
 * Shared by the code that holds OpenSSL's certificates: cert*.c, seal*.c and
 * p12.c. All of it is called between ly_libctx_enter and ly_libctx_leave.
 */
#ifndef LY_CERT_INT_H
#define LY_CERT_INT_H

#include <openssl/asn1.h>
#include <openssl/x509.h>

#include "seal.h"

/* Extended key usages of ours; see seal.h for the arc. */
#define LY_OID_EKU_SEALER LY_OID_ARC ".3"	/* signs leases */
#define LY_OID_EKU_RECV LY_OID_ARC ".4"		/* receives sealed keys */

/* A certificate that takes up exactly len bytes, or NULL. */
X509 *ly_x509_load(const uint8_t *der, size_t len);

/* DER of x, appended. LY_ERR_CRYPTO and those of ly_buf_put. */
int ly_x509_save(X509 *x, struct ly_buf *out);

/* Seconds since 1970 of t; LY_ERR_FORMAT. */
int ly_asn1_time(const ASN1_TIME *t, int64_t *out);

#endif
