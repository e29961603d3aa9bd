/*
 * Makes requests and certificates, as cert.h declares: five fixed profiles
 * of RFC 5280. Nothing in a request but its key reaches a certificate.
 */
#include <string.h>

#include <openssl/asn1.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "buf.h"
#include "cert.h"
#include "cert_int.h"
#include "compat.h"
#include "crypto.h"
#include "err.h"
#include "keyinfo.h"
#include "pkey.h"

#define BACKDATE 300		/* seconds: clocks differ */
#define CN_MAX 64		/* ub-common-name, RFC 5280 A.1 */
#define SERIAL_LEN 16
#define CSR_MAX 16384

/* What differs between the kinds. */
struct profile {
	int ku;			/* bit of KeyUsage (RFC 5280 4.2.1.3) */
	int ku2;		/* another, or -1 */
	const char *eku;	/* one extended usage, or NULL */
};

static const struct profile profiles[] = {
	[LY_CERT_CA] = { 5, 6, NULL },		/* keyCertSign, cRLSign */
	[LY_CERT_TLS_SERVER] = { 0, -1, "1.3.6.1.5.5.7.3.1" },
	[LY_CERT_DEVICE_AUTH] = { 0, -1, "1.3.6.1.5.5.7.3.2" },
	[LY_CERT_DEVICE_RECV] = { 4, -1, LY_OID_EKU_RECV },
	[LY_CERT_SEALER] = { 0, -1, LY_OID_EKU_SEALER },
};

static int
add_cn(X509_NAME *n, const char *name)
{
	size_t len = strlen(name);

	if (len > CN_MAX)
		for (len = CN_MAX; len > 0 && (name[len] & 0xc0) == 0x80; )
			len--;
	return X509_NAME_add_entry_by_NID(n, NID_commonName, MBSTRING_UTF8,
	    (const unsigned char *)name, (int)len, -1, 0) == 1;
}

static int
set_serial(X509 *x)
{
	uint8_t b[SERIAL_LEN];
	BIGNUM *bn = NULL;
	int r;

	if ((r = ly_random(b, sizeof(b))) != 0)
		return r;
	b[0] = (uint8_t)((b[0] & 0x7f) | 0x40);
	r = LY_ERR_CRYPTO;
	if ((bn = BN_bin2bn(b, sizeof(b), NULL)) != NULL &&
	    BN_to_ASN1_INTEGER(bn, X509_get_serialNumber(x)) != NULL)
		r = 0;
	BN_free(bn);
	return r;
}

static int
add_constraints(X509 *x, int ca)
{
	BASIC_CONSTRAINTS *bc;
	int ok = 0;

	if ((bc = BASIC_CONSTRAINTS_new()) == NULL)
		return 0;
	bc->ca = ca ? 0xff : 0;
	if (ca) {
		bc->pathlen = ASN1_INTEGER_new();
		ok = bc->pathlen != NULL && ASN1_INTEGER_set(bc->pathlen, 0);
	}
	ok = (!ca || ok) &&
	    X509_add1_ext_i2d(x, NID_basic_constraints, bc, 1, 0) == 1;
	BASIC_CONSTRAINTS_free(bc);
	return ok;
}

static int
add_usage(X509 *x, const struct profile *p)
{
	EXTENDED_KEY_USAGE *eku = NULL;
	ASN1_BIT_STRING *ku;
	ASN1_OBJECT *o = NULL;
	int ok = 0;

	if ((ku = ASN1_BIT_STRING_new()) == NULL ||
	    ASN1_BIT_STRING_set_bit(ku, p->ku, 1) != 1 ||
	    (p->ku2 >= 0 && ASN1_BIT_STRING_set_bit(ku, p->ku2, 1) != 1) ||
	    X509_add1_ext_i2d(x, NID_key_usage, ku, 1, 0) != 1)
		goto out;
	if (p->eku == NULL) {
		ok = 1;
		goto out;
	}
	if ((eku = EXTENDED_KEY_USAGE_new()) == NULL ||
	    (o = OBJ_txt2obj(p->eku, 1)) == NULL ||
	    sk_ASN1_OBJECT_push(eku, o) == 0)
		goto out;
	o = NULL;
	ok = X509_add1_ext_i2d(x, NID_ext_key_usage, eku, 0, 0) == 1;
out:
	ASN1_OBJECT_free(o);
	EXTENDED_KEY_USAGE_free(eku);
	ASN1_BIT_STRING_free(ku);
	return ok;
}

/* The host's name: an IP address if it reads as one, else a DNS name. */
static int
add_host(X509 *x, const char *name)
{
	GENERAL_NAMES *names = NULL;
	GENERAL_NAME *g = NULL;
	ASN1_OCTET_STRING *ip = a2i_IPADDRESS(name);
	ASN1_IA5STRING *dns = NULL;
	int ok = 0;

	if ((g = GENERAL_NAME_new()) == NULL ||
	    (names = GENERAL_NAMES_new()) == NULL)
		goto out;
	if (ip != NULL) {
		GENERAL_NAME_set0_value(g, GEN_IPADD, ip);
		ip = NULL;
	} else {
		if ((dns = ASN1_IA5STRING_new()) == NULL ||
		    ASN1_STRING_set(dns, name, -1) != 1)
			goto out;
		GENERAL_NAME_set0_value(g, GEN_DNS, dns);
		dns = NULL;
	}
	if (sk_GENERAL_NAME_push(names, g) == 0)
		goto out;
	g = NULL;
	ok = X509_add1_ext_i2d(x, NID_subject_alt_name, names, 0, 0) == 1;
out:
	ASN1_IA5STRING_free(dns);
	ASN1_OCTET_STRING_free(ip);
	GENERAL_NAME_free(g);
	GENERAL_NAMES_free(names);
	return ok;
}

/* Key identifier by RFC 7093 2 (1): 160 bits of SHA-256 of the key. */
static int
add_key_ids(X509 *x, X509 *issuer)
{
	const ASN1_BIT_STRING *bits = X509_get0_pubkey_bitstr(x);
	const ASN1_OCTET_STRING *of_ca;
	ASN1_OCTET_STRING *ski = NULL;
	AUTHORITY_KEYID *aki = NULL;
	uint8_t hash[LY_SHA256_LEN];
	int ok = 0;

	if (ly_digest(LY_SHA256, bits->data, (size_t)bits->length, hash) != 0)
		goto out;
	if ((ski = ASN1_OCTET_STRING_new()) == NULL ||
	    ASN1_OCTET_STRING_set(ski, hash, 20) != 1 ||
	    X509_add1_ext_i2d(x, NID_subject_key_identifier, ski, 0, 0) != 1)
		goto out;
	if (issuer == x || (of_ca = X509_get0_subject_key_id(issuer)) == NULL) {
		ok = 1;
		goto out;
	}
	if ((aki = AUTHORITY_KEYID_new()) == NULL ||
	    (aki->keyid = ASN1_OCTET_STRING_dup(of_ca)) == NULL)
		goto out;
	ok = X509_add1_ext_i2d(x, NID_authority_key_identifier, aki, 0,
	    0) == 1;
out:
	AUTHORITY_KEYID_free(aki);
	ASN1_OCTET_STRING_free(ski);
	return ok;
}

/* All but serial and signature. issuer is x itself for a root. */
static int
fill(X509 *x, enum ly_cert_kind kind, X509 *issuer, const char *name,
    EVP_PKEY *pub, int64_t not_after)
{
	const int64_t from = ly_time() - BACKDATE;

	return X509_set_version(x, X509_VERSION_3) == 1 &&
	    add_cn(X509_get_subject_name(x), name) &&
	    X509_set_issuer_name(x, X509_get_subject_name(issuer)) == 1 &&
	    ASN1_TIME_set(X509_getm_notBefore(x), (time_t)from) != NULL &&
	    ASN1_TIME_set(X509_getm_notAfter(x), (time_t)not_after) != NULL &&
	    X509_set_pubkey(x, pub) == 1 &&
	    add_constraints(x, kind == LY_CERT_CA) &&
	    add_usage(x, &profiles[kind]) &&
	    (kind != LY_CERT_TLS_SERVER || add_host(x, name)) &&
	    add_key_ids(x, issuer);
}

static int
check_args(enum ly_cert_kind kind, const uint8_t *ca_der, const char *name,
    const uint8_t *spki, size_t spki_len)
{
	struct ly_reader in;
	struct ly_spki key;
	int r;

	if (kind < LY_CERT_CA || kind > LY_CERT_SEALER || name[0] == '\0' ||
	    (ca_der == NULL) != (kind == LY_CERT_CA))
		return LY_ERR_ARG;
	ly_reader_init(&in, spki, spki_len);
	if ((r = ly_spki_parse(&in, &key)) != 0)
		return r;
	/* Sealing knows one kind of recipient. */
	if (kind == LY_CERT_DEVICE_RECV &&
	    (key.type != LY_KEY_EC || key.bits != 256))
		return LY_ERR_UNSUPPORTED;
	return 0;
}

int
ly_cert_issue(enum ly_cert_kind kind, const struct ly_pkey *ca_key,
    const uint8_t *ca_der, size_t ca_len, const char *name,
    const uint8_t *spki, size_t spki_len, int64_t not_after,
    struct ly_buf *out)
{
	const unsigned char *at = spki;
	OSSL_LIB_CTX *before;
	EVP_PKEY *pub = NULL;
	X509 *x = NULL, *ca = NULL;
	int r;

	if ((r = check_args(kind, ca_der, name, spki, spki_len)) != 0)
		return r;
	before = ly_libctx_enter(NULL);
	r = LY_ERR_FORMAT;
	pub = d2i_PUBKEY_ex(NULL, &at, (long)spki_len, ly_libctx(), NULL);
	if (pub == NULL)
		goto out;
	if (ca_der != NULL && (ca = ly_x509_load(ca_der, ca_len)) == NULL)
		goto out;
	r = LY_ERR_CRYPTO;
	if ((x = X509_new_ex(ly_libctx(), NULL)) == NULL)
		goto out;
	/* Not issued in the name of a CA whose key this is not. */
	if (EVP_PKEY_eq(ca != NULL ? X509_get0_pubkey(ca) : pub,
	    ly_pkey_evp(ca_key)) != 1) {
		r = LY_ERR_ARG;
		goto out;
	}
	if (!fill(x, kind, ca != NULL ? ca : x, name, pub, not_after))
		goto out;
	if ((r = set_serial(x)) != 0)
		goto out;
	r = LY_ERR_CRYPTO;
	if (X509_sign(x, ly_pkey_evp(ca_key), ly_md(LY_SHA256)) <= 0)
		goto out;
	r = ly_x509_save(x, out);
out:
	X509_free(x);
	X509_free(ca);
	EVP_PKEY_free(pub);
	ly_libctx_leave(before);
	return r;
}

int
ly_csr_make(const struct ly_pkey *key, const char *name, struct ly_buf *csr)
{
	OSSL_LIB_CTX *before;
	unsigned char *der = NULL;
	X509_REQ *req = NULL;
	int r = LY_ERR_CRYPTO, n;

	before = ly_libctx_enter(NULL);
	if ((req = X509_REQ_new_ex(ly_libctx(), NULL)) == NULL ||
	    X509_REQ_set_version(req, X509_REQ_VERSION_1) != 1 ||
	    !add_cn(X509_REQ_get_subject_name(req), name) ||
	    X509_REQ_set_pubkey(req, ly_pkey_evp(key)) != 1 ||
	    X509_REQ_sign(req, ly_pkey_evp(key), ly_md(LY_SHA256)) <= 0)
		goto out;
	if ((n = i2d_X509_REQ(req, &der)) <= 0)
		goto out;
	r = ly_buf_put(csr, der, (size_t)n);
out:
	OPENSSL_free(der);
	X509_REQ_free(req);
	ly_libctx_leave(before);
	return r;
}

int
ly_csr_open(const uint8_t *csr, size_t len, struct ly_buf *spki)
{
	const unsigned char *at = csr;
	OSSL_LIB_CTX *before;
	unsigned char *der = NULL;
	X509_REQ *req = NULL;
	EVP_PKEY *pub;
	int r = LY_ERR_FORMAT, n;

	if (len > CSR_MAX)
		return LY_ERR_FORMAT;
	before = ly_libctx_enter(NULL);
	if ((req = X509_REQ_new_ex(ly_libctx(), NULL)) == NULL)
		goto out;
	if (d2i_X509_REQ(&req, &at, (long)len) == NULL || at != csr + len ||
	    (pub = X509_REQ_get0_pubkey(req)) == NULL)
		goto out;
	if (X509_REQ_verify_ex(req, pub, ly_libctx(), NULL) != 1) {
		r = LY_ERR_AUTH;
		goto out;
	}
	if ((n = i2d_PUBKEY(pub, &der)) <= 0)
		goto out;
	r = ly_buf_put(spki, der, (size_t)n);
out:
	OPENSSL_free(der);
	X509_REQ_free(req);
	ly_libctx_leave(before);
	return r;
}
