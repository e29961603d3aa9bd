/*
 * Reads certificates. Places are found in the DER by ourselves, extensions
 * and names come from OpenSSL. It refuses addresses with a NUL or control
 * byte inside, which try to pass for another, and keys we do not know.
 */
#include <string.h>

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "cert.h"
#include "cert_int.h"
#include "compat.h"
#include "crypto.h"
#include "der.h"
#include "err.h"
#include "keyinfo.h"

#define KU_SIGN (KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION)
#define KU_DECRYPT (KU_KEY_ENCIPHERMENT | KU_DATA_ENCIPHERMENT)

X509 *
ly_x509_load(const uint8_t *der, size_t len)
{
	const unsigned char *at = der;
	X509 *x;

	if ((x = X509_new_ex(ly_libctx(), NULL)) == NULL)
		return NULL;
	if (d2i_X509(&x, &at, (long)len) == NULL || at != der + len) {
		X509_free(x);
		return NULL;
	}
	return x;
}

int
ly_x509_save(X509 *x, struct ly_buf *out)
{
	unsigned char *der = NULL;
	int n, r;

	if ((n = i2d_X509(x, &der)) <= 0)
		return LY_ERR_CRYPTO;
	r = ly_buf_put(out, der, (size_t)n);
	OPENSSL_free(der);
	return r;
}

int
ly_asn1_time(const ASN1_TIME *t, int64_t *out)
{
	struct tm tm;

	if (t == NULL || ASN1_TIME_to_tm(t, &tm) != 1)
		return LY_ERR_FORMAT;
	*out = ly_time_utc(tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday,
	    tm.tm_hour, tm.tm_min, tm.tm_sec);
	return 0;
}

static struct ly_span
span(const uint8_t *der, const struct ly_reader *r)
{
	struct ly_span s = { 0, 0 };

	if (r->left > 0) {
		s.off = (size_t)(r->p - der);
		s.len = r->left;
	}
	return s;
}

/* The fields of TBSCertificate up to the key (RFC 5280 4.1). */
static int
find_parts(const uint8_t *der, size_t len, struct ly_cert_info *c)
{
	struct ly_reader all, cert, tbs, v, serial, issuer, subject, spki;
	struct ly_spki key;
	int r;

	ly_reader_init(&all, der, len);
	if (ly_der_get(&all, LY_DER_SEQ, &cert, NULL) != 0 ||
	    ly_reader_end(&all) != 0 ||
	    ly_der_get(&cert, LY_DER_SEQ, &tbs, NULL) != 0)
		return LY_ERR_FORMAT;
	if (ly_der_is(&tbs, LY_DER_CTX(0)) && ly_der_skip(&tbs) != 0)
		return LY_ERR_FORMAT;
	if (ly_der_get(&tbs, LY_DER_INT, &v, &serial) != 0 ||
	    ly_der_get(&tbs, LY_DER_SEQ, &v, NULL) != 0 ||
	    ly_der_get(&tbs, LY_DER_SEQ, &v, &issuer) != 0 ||
	    ly_der_get(&tbs, LY_DER_SEQ, &v, NULL) != 0 ||
	    ly_der_get(&tbs, LY_DER_SEQ, &v, &subject) != 0 ||
	    ly_der_get(&tbs, LY_DER_SEQ, &v, &spki) != 0)
		return LY_ERR_FORMAT;
	if ((r = ly_spki_parse(&spki, &key)) != 0)
		return r;
	c->serial = span(der, &serial);
	c->issuer = span(der, &issuer);
	c->subject = span(der, &subject);
	c->spki = span(der, &spki);
	c->modulus = span(der, &key.modulus);
	c->exponent = span(der, &key.exponent);
	c->point = span(der, &key.point);
	c->params = span(der, &key.params);
	c->key_type = key.type;
	c->bits = key.bits;
	c->self_issued = ly_der_eq(&issuer, subject.p, subject.left);
	return 0;
}

/* What the type of key can do at all. */
static unsigned
type_use(enum ly_key_type t)
{
	switch (t) {
	case LY_KEY_RSA:
		return LY_USE_SIGN | LY_USE_DECRYPT;
	case LY_KEY_EC:
		return LY_USE_SIGN | LY_USE_DERIVE;
	case LY_KEY_ED25519:
		return LY_USE_SIGN;
	case LY_KEY_X25519:
		return LY_USE_DERIVE;
	}
	return 0;
}

/*
 * Read by itself and not through X509_get_key_usage, which gives nothing
 * for a certificate with an oddity elsewhere: old mail must stay readable.
 */
static int
read_usage(X509 *x, struct ly_cert_info *c)
{
	ASN1_BIT_STRING *ku;
	unsigned bits, use = 0;
	int crit;

	c->use = type_use(c->key_type);
	ku = X509_get_ext_d2i(x, NID_key_usage, &crit, NULL);
	if (ku == NULL)
		return crit == -1 ? 0 : LY_ERR_FORMAT;
	bits = ku->length > 0 ? ku->data[0] : 0;
	ASN1_BIT_STRING_free(ku);
	if ((bits & KU_SIGN) != 0)
		use |= LY_USE_SIGN;
	if ((bits & KU_DECRYPT) != 0)
		use |= LY_USE_DECRYPT;
	if ((bits & KU_KEY_AGREEMENT) != 0)
		use |= LY_USE_DERIVE;
	c->use &= use;
	return 0;
}

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/*
 * Take an address if there is none yet: lower-cased; LY_ERR_FORMAT for
 * control bytes. One that is too long or not ASCII is passed over.
 */
static int
take_email(const ASN1_STRING *s, char email[LY_EMAIL_MAX])
{
	const unsigned char *p = ASN1_STRING_get0_data(s);
	size_t n = (size_t)ASN1_STRING_length(s), i;

	for (i = 0; i < n; i++)
		if (p[i] < 0x20 || p[i] == 0x7f)
			return LY_ERR_FORMAT;
	if (email[0] != '\0' || n < 3 || n >= LY_EMAIL_MAX ||
	    memchr(p, '@', n) == NULL)
		return 0;
	for (i = 0; i < n; i++)
		if (p[i] == ' ' || p[i] > 0x7e)
			return 0;
	for (i = 0; i < n; i++)
		email[i] = lower((char)p[i]);
	email[n] = '\0';
	return 0;
}

typedef int (*email_fn)(const ASN1_STRING *s, char *arg);

/* Every address: subjectAltName first, then the subject (RFC 8550 3). */
static int
each_email(X509 *x, email_fn fn, char *arg)
{
	X509_NAME *subject = X509_get_subject_name(x);
	GENERAL_NAMES *names;
	int i, r = 0;

	names = X509_get_ext_d2i(x, NID_subject_alt_name, NULL, NULL);
	for (i = 0; i < sk_GENERAL_NAME_num(names) && r == 0; i++) {
		const GENERAL_NAME *g = sk_GENERAL_NAME_value(names, i);

		if (g->type == GEN_EMAIL)
			r = fn(g->d.rfc822Name, arg);
	}
	GENERAL_NAMES_free(names);
	i = -1;
	while (r == 0 && (i = X509_NAME_get_index_by_NID(subject,
	    NID_pkcs9_emailAddress, i)) >= 0)
		r = fn(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject,
		    i)), arg);
	return r;
}

/* Copy what fits of valid UTF-8; 0 if there are control characters in it. */
static int
copy_name(const unsigned char *s, size_t n, char *dst, size_t cap)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (s[i] < 0x20 || s[i] == 0x7f || (s[i] == 0xc2 &&
		    i + 1 < n && s[i + 1] < 0xa0))
			return 0;
	if (n > cap - 1)
		for (n = cap - 1; n > 0 && (s[n] & 0xc0) == 0x80; n--)
			continue;
	memcpy(dst, s, n);
	dst[n] = '\0';
	return n > 0;
}

/* The last common name, which is the most specific; else the address. */
static void
read_name(X509 *x, struct ly_cert_info *c)
{
	X509_NAME *subject = X509_get_subject_name(x);
	unsigned char *utf8 = NULL;
	int i = -1, last = -1, n = -1, ok = 0;

	while ((i = X509_NAME_get_index_by_NID(subject, NID_commonName,
	    i)) >= 0)
		last = i;
	if (last >= 0)
		n = ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(
		    X509_NAME_get_entry(subject, last)));
	if (n > 0)
		ok = copy_name(utf8, (size_t)n, c->name, sizeof(c->name));
	if (n >= 0)
		OPENSSL_free(utf8);
	if (!ok)
		(void)copy_name((const unsigned char *)c->email,
		    strlen(c->email), c->name, sizeof(c->name));
}

static int
read_x509(X509 *x, struct ly_cert_info *c)
{
	int r, ca;

	if (X509_get0_pubkey(x) == NULL)
		return LY_ERR_FORMAT;	/* such as a point off its curve */
	if ((r = ly_asn1_time(X509_get0_notBefore(x), &c->not_before)) != 0 ||
	    (r = ly_asn1_time(X509_get0_notAfter(x), &c->not_after)) != 0)
		return r;
	if ((r = read_usage(x, c)) != 0)
		return r;
	ca = X509_check_ca(x);
	c->is_ca = ca == 1 || ca == 3;	/* 3: a self-signed root of v1 */
	if ((r = each_email(x, take_email, c->email)) != 0)
		return r;
	read_name(x, c);
	return 0;
}

int
ly_cert_parse(const uint8_t *der, size_t len, struct ly_cert_info *info)
{
	struct ly_cert_info c;
	OSSL_LIB_CTX *before;
	X509 *x = NULL;
	int r;

	if (len > LY_CERT_MAX)
		return LY_ERR_TOOBIG;
	memset(&c, 0, sizeof(c));
	if ((r = find_parts(der, len, &c)) != 0)
		return r;
	before = ly_libctx_enter(NULL);
	if ((x = ly_x509_load(der, len)) == NULL)
		r = LY_ERR_FORMAT;
	else
		r = read_x509(x, &c);
	X509_free(x);
	ly_libctx_leave(before);
	if (r == 0)
		*info = c;
	return r;
}

/* 1 (which ends the walk) if s is the address. */
static int
same_email(const ASN1_STRING *s, char *address)
{
	const unsigned char *p = ASN1_STRING_get0_data(s);
	size_t n = (size_t)ASN1_STRING_length(s), i;

	if (n != strlen(address))
		return 0;
	for (i = 0; i < n; i++)
		if (lower((char)p[i]) != lower(address[i]))
			return 0;
	return 1;
}

int
ly_cert_has_email(const uint8_t *der, size_t len, const char *address)
{
	char want[LY_EMAIL_MAX];
	OSSL_LIB_CTX *before;
	X509 *x = NULL;
	int found = 0;

	if (len > LY_CERT_MAX || address[0] == '\0' ||
	    strlen(address) >= sizeof(want))
		return 0;
	memcpy(want, address, strlen(address) + 1);
	before = ly_libctx_enter(NULL);
	if ((x = ly_x509_load(der, len)) != NULL)
		found = each_email(x, same_email, want) == 1;
	X509_free(x);
	ly_libctx_leave(before);
	return found;
}
