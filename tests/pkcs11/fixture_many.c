/*
 * Catalogues of thousands of keys: certificates as an authority makes them,
 * for public keys whose modulus was drawn and not computed, which takes
 * seconds for what would take an hour. Written by the real writer.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "fixture.h"
#include "fixture_many.h"

#include <stdio.h>

#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include "compat.h"
#include "file.h"
#include "wire.h"

#define DAY 86400
#define MODULUS 256
#define BEFORE 33	/* bytes of the SPKI in front of the modulus... */
#define AFTER 5		/* ... and behind it */
#define SPKI (BEFORE + MODULUS + AFTER)

static void
must(int ok)
{
	if (!ok)
		abort();
}

/* RFC 8017 A.1.1: a key with a random odd modulus and e = 65537. */
static EVP_PKEY *
drawn_key(void)
{
	static const unsigned char head[BEFORE] = {
		0x30, 0x82, 0x01, 0x22, 0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86,
		0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00, 0x03,
		0x82, 0x01, 0x0f, 0x00, 0x30, 0x82, 0x01, 0x0a, 0x02, 0x82,
		0x01, 0x01, 0x00
	};
	static const unsigned char tail[AFTER] = { 2, 3, 1, 0, 1 };
	unsigned char der[SPKI];
	const unsigned char *p = der;
	EVP_PKEY *key;

	memcpy(der, head, sizeof(head));
	must(RAND_bytes(der + sizeof(head), MODULUS) == 1);
	der[sizeof(head)] |= 0x80;
	der[sizeof(head) + MODULUS - 1] |= 1;
	memcpy(der + sizeof(head) + MODULUS, tail, sizeof(tail));
	must((key = d2i_PUBKEY(NULL, &p, sizeof(der))) != NULL);
	return key;
}

static void
name_set(X509_NAME *name, const char *ou, const char *cn)
{
	static const char *const fixed[][2] = {
		{ "C", "DE" }, { "O", "Example Trust Services GmbH" }
	};
	size_t i;

	for (i = 0; i < 2; i++)
		must(X509_NAME_add_entry_by_txt(name, fixed[i][0],
		    MBSTRING_UTF8, (const unsigned char *)fixed[i][1], -1,
		    -1, 0) == 1);
	must(X509_NAME_add_entry_by_txt(name, "OU", MBSTRING_UTF8,
	    (const unsigned char *)ou, -1, -1, 0) == 1);
	must(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
	    (const unsigned char *)cn, -1, -1, 0) == 1);
}

static void
ext_add(X509 *x, int nid, const char *value)
{
	X509_EXTENSION *e = X509V3_EXT_conf_nid(NULL, NULL, nid, value);

	must(e != NULL && X509_add_ext(x, e, -1) == 1);
	X509_EXTENSION_free(e);
}

static X509 *
blank(EVP_PKEY *key, const char *cn, long serial, int64_t from, int64_t to)
{
	X509 *x = X509_new();

	must(x != NULL && X509_set_version(x, 2) == 1);
	must(ASN1_INTEGER_set(X509_get_serialNumber(x), serial) == 1);
	name_set(X509_get_issuer_name(x), "S/MIME", "Example Mail CA 2020");
	name_set(X509_get_subject_name(x), "Sales", cn);
	must(ASN1_TIME_set(X509_getm_notBefore(x), (time_t)from) != NULL);
	must(ASN1_TIME_set(X509_getm_notAfter(x), (time_t)to) != NULL);
	must(X509_set_pubkey(x, key) == 1);
	return x;
}

static void
der_of(X509 *x, EVP_PKEY *ca, struct ly_buf *out)
{
	unsigned char *der = NULL;
	int n;

	must(X509_sign(x, ca, EVP_sha256()) != 0);
	must((n = i2d_X509(x, &der)) > 0);
	ly_buf_init(out, LY_CERT_MAX);
	must(ly_buf_put(out, der, (size_t)n) == 0);
	OPENSSL_free(der);
	X509_free(x);
}

/* The i-th key of n, with a certificate as public authorities issue them. */
static void
key_make(size_t i, int64_t now, EVP_PKEY *ca, struct ly_wire_key *w)
{
	EVP_PKEY *key = drawn_key();
	struct ly_cert_info info;
	char cn[64], san[96];
	X509 *x;

	(void)snprintf(cn, sizeof(cn), "Alice Example %zu", i);
	(void)snprintf(san, sizeof(san), "email:alice.%zu@example.com", i);
	x = blank(key, cn, 0x8a00000L + (long)i, now - (int64_t)i * 3600 - DAY,
	    now - (int64_t)i * 3600 + 365 * DAY);
	ext_add(x, NID_key_usage, "critical,digitalSignature,"
	    "keyEncipherment");
	ext_add(x, NID_ext_key_usage, "emailProtection");
	ext_add(x, NID_subject_alt_name, san);
	ext_add(x, NID_crl_distribution_points,
	    "URI:http://crl.example.com/mail-ca-2020.crl");
	ext_add(x, NID_info_access,
	    "OCSP;URI:http://ocsp.example.com/mail-ca-2020");
	der_of(x, ca, &w->certs[0]);
	w->ncerts = 1;
	must(ly_cert_parse(w->certs[0].data, w->certs[0].len, &info) == 0);
	must(ly_key_id(w->certs[0].data + info.spki.off, info.spki.len,
	    w->key_id) == 0);
	w->use = LY_USE_ALL;
	w->delivery = i % 2 == 0 ? LY_CACHED : LY_REMOTE;
	w->state = i < 2 ? LY_KEY_CURRENT : LY_KEY_RETIRED;
	EVP_PKEY_free(key);
}

static void
ca_make(EVP_PKEY *ca, int64_t now, struct ly_buf *out)
{
	X509 *x = blank(ca, "Example Mail CA 2020", 1, now - 2000 * DAY,
	    now + 2000 * DAY);

	must(X509_set_subject_name(x, X509_get_issuer_name(x)) == 1);
	ext_add(x, NID_basic_constraints, "critical,CA:TRUE");
	der_of(x, ca, out);
}

static void
file_write(const char *address, const struct ly_wire_keys *m)
{
	char dir[LY_PATH_MAX], path[LY_PATH_MAX];
	struct ly_buf file;

	must(ly_path_join(path, fx_dir(), "accounts") == 0);
	must(ly_path_join(dir, path, address) == 0);
	must(ly_path_join(path, dir, "catalogue") == 0);
	ly_buf_init(&file, LY_CATALOGUE_MAX);
	must(ly_catalogue_build(NULL, m, 77, &file, NULL) == 0);
	must(ly_file_replace(path, file.data, file.len, 0600, NULL) == 0);
	ly_buf_clear(&file);
}

void
fx_many(const char *address, size_t n)
{
	struct ly_wire_keys *m = calloc(1, sizeof(*m));
	EVP_PKEY *ca = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
	const int64_t now = ly_time();
	size_t i;

	must(m != NULL && ca != NULL);
	must((m->keys = calloc(n + 1, sizeof(*m->keys))) != NULL);
	m->revision = 1;
	for (i = 0; i < n; i++)
		key_make(i, now, ca, &m->keys[m->nkeys++]);
	ca_make(ca, now, &m->ca[m->nca++]);
	file_write(address, m);
	for (i = 0; i < n; i++)
		ly_buf_clear(&m->keys[i].certs[0]);
	ly_buf_clear(&m->ca[0]);
	free(m->keys);
	free(m);
	EVP_PKEY_free(ca);
}
