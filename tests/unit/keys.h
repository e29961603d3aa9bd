/*
 * What tests of keys and certificates share: keys of every kind made by
 * OpenSSL, and our own objects from them. Any failure aborts the test.
 */
#ifndef LY_TEST_KEYS_H
#define LY_TEST_KEYS_H

#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "alg.h"
#include "buf.h"
#include "cert.h"
#include "compat.h"
#include "crypto.h"
#include "pkey.h"
#include "secret.h"

#define DAY 86400

static inline void
must(int ok)
{
	if (!ok)
		abort();
}

static inline EVP_PKEY *
make_rsa(unsigned bits)
{
	EVP_PKEY *k = EVP_PKEY_Q_keygen(ly_libctx(), NULL, "RSA",
	    (size_t)bits);

	must(k != NULL);
	return k;
}

static inline EVP_PKEY *
make_ec(const char *curve)
{
	EVP_PKEY *k = EVP_PKEY_Q_keygen(ly_libctx(), NULL, "EC", curve);

	must(k != NULL);
	return k;
}

static inline EVP_PKEY *
make_named(const char *name)
{
	EVP_PKEY *k = EVP_PKEY_Q_keygen(ly_libctx(), NULL, name);

	must(k != NULL);
	return k;
}

/* PKCS#8 as OpenSSL writes it. */
static inline void
evp_pkcs8(const EVP_PKEY *k, struct ly_secret *der)
{
	PKCS8_PRIV_KEY_INFO *p8 = EVP_PKEY2PKCS8(k);
	unsigned char *p = NULL;
	int n = i2d_PKCS8_PRIV_KEY_INFO(p8, &p);

	must(n > 0 && ly_secret_set(der, p, (size_t)n) == 0);
	OPENSSL_free(p);
	PKCS8_PRIV_KEY_INFO_free(p8);
}

static inline struct ly_pkey *
evp_ly(const EVP_PKEY *k)
{
	struct ly_secret der = LY_SECRET_INIT;
	struct ly_pkey *p = NULL;

	evp_pkcs8(k, &der);
	must(ly_pkey_from_der(der.data, der.len, &p) == 0);
	ly_secret_clear(&der);
	return p;
}

static inline struct ly_pkey *
make_p256(void)
{
	struct ly_pkey *p = NULL;

	must(ly_pkey_generate_p256(&p) == 0);
	return p;
}

static inline void
get_spki(const struct ly_pkey *p, struct ly_buf *out)
{
	ly_buf_init(out, 4096);
	must(ly_pkey_spki(p, out) == 0);
}

/* A certificate over the key, by the CA (NULL: a root over its own). */
static inline void
make_cert(enum ly_cert_kind kind, const struct ly_pkey *ca,
    const struct ly_buf *ca_der, const char *name, const struct ly_pkey *key,
    struct ly_buf *out)
{
	struct ly_buf spki;

	get_spki(key, &spki);
	ly_buf_init(out, LY_CERT_MAX);
	must(ly_cert_issue(kind, ca, ca_der != NULL ? ca_der->data : NULL,
	    ca_der != NULL ? ca_der->len : 0, name, spki.data, spki.len,
	    ly_time() + 3650 * DAY, out) == 0);
	ly_buf_clear(&spki);
}

/* An X.509 certificate made by OpenSSL: an extension list of name, value. */
static inline X509 *
make_x509(EVP_PKEY *key, const char *cn)
{
	X509 *x = X509_new_ex(ly_libctx(), NULL);

	must(x != NULL && X509_set_version(x, X509_VERSION_3) == 1);
	must(ASN1_INTEGER_set(X509_get_serialNumber(x), 0x8899) == 1);
	must(X509_gmtime_adj(X509_getm_notBefore(x), -DAY) != NULL);
	must(X509_gmtime_adj(X509_getm_notAfter(x), DAY) != NULL);
	must(X509_set_pubkey(x, key) == 1);
	if (cn != NULL)
		must(X509_NAME_add_entry_by_txt(X509_get_subject_name(x),
		    "CN", MBSTRING_UTF8, (const unsigned char *)cn, -1, -1,
		    0) == 1);
	must(X509_set_issuer_name(x, X509_get_subject_name(x)) == 1);
	return x;
}

static inline void
x509_sign(X509 *x, EVP_PKEY *key, struct ly_buf *der)
{
	const EVP_MD *md = EVP_PKEY_is_a(key, "ED25519") ? NULL :
	    ly_md(LY_SHA256);
	unsigned char *p = NULL;
	int n;

	must(X509_sign(x, key, md) > 0);
	must((n = i2d_X509(x, &p)) > 0);
	ly_buf_init(der, LY_CERT_MAX);
	must(ly_buf_put(der, p, (size_t)n) == 0);
	OPENSSL_free(p);
}

#endif
