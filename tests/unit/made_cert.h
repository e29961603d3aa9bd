/*
 * S/MIME certificates made on the spot: one authority for the process, keys
 * of every type, any name, time and usage.
 */
#ifndef LY_MADE_CERT_H
#define LY_MADE_CERT_H

#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "buf.h"

#define MADE_DAY (24L * 60 * 60)

struct made_spec {
	EVP_PKEY *key;
	const char *cn, *email;	/* email may be NULL */
	long from, to;		/* seconds since 1970 */
	const char *ku;		/* NULL for none; "ca" for an authority */
	long serial;
};

/* "RSA", "EC" (P-256), "ED25519", "X25519", "ED448". */
static inline EVP_PKEY *
made_key(const char *type)
{
	EVP_PKEY *k = NULL;

	if (strcmp(type, "RSA") == 0)
		k = EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)2048);
	else if (strcmp(type, "EC") == 0)
		k = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
	else
		k = EVP_PKEY_Q_keygen(NULL, NULL, type);
	if (k == NULL)
		abort();
	return k;
}

static inline EVP_PKEY *
made_authority(void)
{
	static EVP_PKEY *key;

	if (key == NULL)
		key = made_key("EC");
	return key;
}

static inline void
made_extension(X509 *x, int nid, const char *value)
{
	X509_EXTENSION *e = X509V3_EXT_conf_nid(NULL, NULL, nid, value);

	if (e == NULL || X509_add_ext(x, e, -1) != 1)
		abort();
	X509_EXTENSION_free(e);
}

static inline void
made_name(X509_NAME *name, const char *cn)
{
	if (X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
	    (const unsigned char *)cn, -1, -1, 0) != 1)
		abort();
}

/* A new buffer with the certificate's DER. */
static inline struct ly_buf
made_cert(const struct made_spec *s)
{
	X509 *x = X509_new();
	unsigned char *der = NULL;
	char san[300];
	struct ly_buf out;
	int n;

	if (x == NULL || X509_set_version(x, 2) != 1)
		abort();
	ASN1_INTEGER_set(X509_get_serialNumber(x), s->serial);
	made_name(X509_get_subject_name(x), s->cn);
	made_name(X509_get_issuer_name(x), "Test Authority");
	ASN1_TIME_set(X509_getm_notBefore(x), s->from);
	ASN1_TIME_set(X509_getm_notAfter(x), s->to);
	if (X509_set_pubkey(x, s->key) != 1)
		abort();
	if (s->ku != NULL && strcmp(s->ku, "ca") == 0)
		made_extension(x, NID_basic_constraints, "critical,CA:TRUE");
	else if (s->ku != NULL)
		made_extension(x, NID_key_usage, s->ku);
	if (s->email != NULL) {
		(void)snprintf(san, sizeof(san), "email:%s", s->email);
		made_extension(x, NID_subject_alt_name, san);
	}
	if (X509_sign(x, made_authority(), EVP_sha256()) == 0)
		abort();
	if ((n = i2d_X509(x, &der)) <= 0)
		abort();
	ly_buf_init(&out, 65536);
	if (ly_buf_put(&out, der, (size_t)n) != 0)
		abort();
	OPENSSL_free(der);
	X509_free(x);
	return out;
}

#endif
