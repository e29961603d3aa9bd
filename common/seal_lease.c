/*
 * Leases: a sealed key signed by the service, with the key's id and an end.
 * It refuses more than one signer or certificate, a signer without our
 * extended key usage (no device or TLS certificate signs a lease), and
 * attributes that are missing or there twice.
 */
#include <string.h>

#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "buf.h"
#include "cert.h"
#include "cert_int.h"
#include "crypto.h"
#include "err.h"
#include "pkey.h"
#include "seal.h"

#define OID_KEY_ID LY_OID_ARC ".1"
#define OID_LEASE_END LY_OID_ARC ".2"
/* Room for the signature, its certificate and attributes. */
#define LEASE_MAX (LY_SEALED_MAX + 16384)
#define ONE_ONLY (-3)	/* CMS_signed_get0_data_by_OBJ: no second */

static int
add_attr(CMS_SignerInfo *si, const char *oid, int type, const void *data,
    int len)
{
	ASN1_OBJECT *o = OBJ_txt2obj(oid, 1);
	int ok;

	if (o == NULL)
		return LY_ERR_CRYPTO;
	ok = CMS_signed_add1_attr_by_OBJ(si, o, type, data, len);
	ASN1_OBJECT_free(o);
	return ok == 1 ? 0 : LY_ERR_CRYPTO;
}

static int
add_lease(CMS_SignerInfo *si, const struct ly_lease *lease)
{
	ASN1_GENERALIZEDTIME *end;
	int r;

	end = ASN1_GENERALIZEDTIME_set(NULL, (time_t)lease->not_after);
	if (end == NULL)
		return LY_ERR_ARG;
	r = add_attr(si, OID_LEASE_END, V_ASN1_GENERALIZEDTIME, end->data,
	    end->length);
	ASN1_GENERALIZEDTIME_free(end);
	if (r != 0)
		return r;
	return add_attr(si, OID_KEY_ID, V_ASN1_OCTET_STRING, lease->key_id,
	    LY_KEY_ID_LEN);
}

static int
sign(BIO *in, const struct ly_lease *lease, EVP_PKEY *key, X509 *cert,
    struct ly_buf *out)
{
	const unsigned flags = CMS_PARTIAL | CMS_BINARY | CMS_NOSMIMECAP;
	CMS_ContentInfo *cms = NULL;
	CMS_SignerInfo *si;
	unsigned char *der = NULL;
	int r = LY_ERR_CRYPTO, n;

	cms = CMS_sign_ex(NULL, NULL, NULL, NULL, flags, ly_libctx(), NULL);
	if (cms == NULL || CMS_set1_eContentType(cms,
	    OBJ_nid2obj(NID_id_smime_ct_contentInfo)) != 1)
		goto out;
	si = CMS_add1_signer(cms, cert, key, ly_md(LY_SHA256), flags);
	if (si == NULL)
		goto out;
	if ((r = add_lease(si, lease)) != 0)
		goto out;
	r = LY_ERR_CRYPTO;
	if (CMS_final(cms, in, NULL, flags) != 1)
		goto out;
	if ((n = i2d_CMS_ContentInfo(cms, &der)) <= 0)
		goto out;
	r = ly_buf_put(out, der, (size_t)n);
out:
	OPENSSL_free(der);
	CMS_ContentInfo_free(cms);
	return r;
}

int
ly_lease_sign(const uint8_t *sealed, size_t len,
    const struct ly_lease *lease, const struct ly_pkey *sealer,
    const uint8_t *sealer_cert, size_t slen, struct ly_buf *out)
{
	OSSL_LIB_CTX *before;
	BIO *in = NULL;
	X509 *x = NULL;
	int r = LY_ERR_FORMAT;

	if (len > LY_SEALED_MAX)
		return LY_ERR_TOOBIG;
	before = ly_libctx_enter(NULL);
	if ((x = ly_x509_load(sealer_cert, slen)) == NULL)
		goto out;
	r = LY_ERR_NOMEM;
	if ((in = BIO_new_mem_buf(sealed, (int)len)) == NULL)
		goto out;
	r = sign(in, lease, ly_pkey_evp(sealer), x, out);
out:
	BIO_free(in);
	X509_free(x);
	ly_libctx_leave(before);
	return r;
}

/* The one signer, if there is one and one certificate. */
static CMS_SignerInfo *
only_signer(CMS_ContentInfo *cms)
{
	STACK_OF(CMS_SignerInfo) *sis = CMS_get0_SignerInfos(cms);
	STACK_OF(X509) *certs;
	int n;

	if (sis == NULL || sk_CMS_SignerInfo_num(sis) != 1)
		return NULL;
	certs = CMS_get1_certs(cms);
	n = sk_X509_num(certs);
	sk_X509_pop_free(certs, X509_free);
	return n == 1 ? sk_CMS_SignerInfo_value(sis, 0) : NULL;
}

static ASN1_STRING *
attr(CMS_SignerInfo *si, const char *oid, int type)
{
	ASN1_OBJECT *o = OBJ_txt2obj(oid, 1);
	ASN1_STRING *s = NULL;

	if (o != NULL)
		s = CMS_signed_get0_data_by_OBJ(si, o, ONE_ONLY, type);
	ASN1_OBJECT_free(o);
	return s;
}

static int
read_lease(CMS_SignerInfo *si, struct ly_lease *lease, int64_t *signed_at)
{
	ASN1_OBJECT *st = OBJ_nid2obj(NID_pkcs9_signingTime);
	const ASN1_STRING *id, *end, *when;

	id = attr(si, OID_KEY_ID, V_ASN1_OCTET_STRING);
	end = attr(si, OID_LEASE_END, V_ASN1_GENERALIZEDTIME);
	when = CMS_signed_get0_data_by_OBJ(si, st, ONE_ONLY, V_ASN1_UTCTIME);
	if (when == NULL)
		when = CMS_signed_get0_data_by_OBJ(si, st, ONE_ONLY,
		    V_ASN1_GENERALIZEDTIME);
	if (id == NULL || ASN1_STRING_length(id) != LY_KEY_ID_LEN ||
	    end == NULL || when == NULL)
		return LY_ERR_FORMAT;
	memcpy(lease->key_id, ASN1_STRING_get0_data(id), LY_KEY_ID_LEN);
	if (ly_asn1_time(end, &lease->not_after) != 0)
		return LY_ERR_FORMAT;
	return ly_asn1_time(when, signed_at);
}

static int
has_sealer_usage(X509 *x)
{
	EXTENDED_KEY_USAGE *eku;
	ASN1_OBJECT *want;
	int i, found = 0;

	eku = X509_get_ext_d2i(x, NID_ext_key_usage, NULL, NULL);
	want = OBJ_txt2obj(LY_OID_EKU_SEALER, 1);
	for (i = 0; want != NULL && i < sk_ASN1_OBJECT_num(eku); i++)
		if (OBJ_cmp(sk_ASN1_OBJECT_value(eku, i), want) == 0)
			found = 1;
	ASN1_OBJECT_free(want);
	EXTENDED_KEY_USAGE_free(eku);
	return found;
}

/* The signer's certificate: a sealer, issued by ca, valid when it signed. */
static int
check_signer(CMS_SignerInfo *si, const uint8_t *ca, size_t ca_len,
    int64_t signed_at)
{
	struct ly_buf der;
	X509 *x = NULL;
	int r;

	CMS_SignerInfo_get0_algs(si, NULL, &x, NULL, NULL);
	if (x == NULL || !has_sealer_usage(x) ||
	    (X509_get_key_usage(x) & KU_DIGITAL_SIGNATURE) == 0)
		return LY_ERR_AUTH;
	ly_buf_init(&der, LY_CERT_MAX);
	if ((r = ly_x509_save(x, &der)) == 0 &&
	    ly_cert_verify(der.data, der.len, ca, ca_len, signed_at) != 0)
		r = LY_ERR_AUTH;
	ly_buf_clear(&der);
	return r;
}

static int
open_lease(CMS_ContentInfo *cms, const uint8_t *ca, size_t ca_len,
    struct ly_lease *lease, struct ly_buf *sealed)
{
	const unsigned flags = CMS_BINARY | CMS_NO_SIGNER_CERT_VERIFY;
	CMS_SignerInfo *si;
	struct ly_lease l;
	BIO *content = NULL;
	char *data = NULL;
	int64_t signed_at;
	long n;
	int r;

	if (OBJ_obj2nid(CMS_get0_type(cms)) != NID_pkcs7_signed ||
	    OBJ_obj2nid(CMS_get0_eContentType(cms)) !=
	    NID_id_smime_ct_contentInfo || (si = only_signer(cms)) == NULL)
		return LY_ERR_FORMAT;
	if ((r = read_lease(si, &l, &signed_at)) != 0)
		return r;
	if ((content = BIO_new(BIO_s_mem())) == NULL)
		return LY_ERR_NOMEM;
	/* Without attributes nothing would be signed but the content. */
	r = LY_ERR_AUTH;
	if (CMS_verify(cms, NULL, NULL, NULL, content, flags) != 1)
		goto out;
	if ((r = check_signer(si, ca, ca_len, signed_at)) != 0)
		goto out;
	n = BIO_get_mem_data(content, &data);
	if (n <= 0 || n > LY_SEALED_MAX) {
		r = LY_ERR_FORMAT;
		goto out;
	}
	if ((r = ly_buf_put(sealed, data, (size_t)n)) == 0)
		*lease = l;
out:
	BIO_free(content);
	return r;
}

int
ly_lease_open(const uint8_t *in, size_t len, const uint8_t *ca,
    size_t ca_len, struct ly_lease *lease, struct ly_buf *sealed)
{
	const unsigned char *at = in;
	CMS_ContentInfo *cms = NULL;
	OSSL_LIB_CTX *before;
	int r = LY_ERR_FORMAT;

	if (len > LEASE_MAX)
		return LY_ERR_FORMAT;
	before = ly_libctx_enter(NULL);
	if ((cms = CMS_ContentInfo_new_ex(ly_libctx(), NULL)) == NULL ||
	    d2i_CMS_ContentInfo(&cms, &at, (long)len) == NULL ||
	    at != in + len)
		goto out;
	r = open_lease(cms, ca, ca_len, lease, sealed);
out:
	CMS_ContentInfo_free(cms);
	ly_libctx_leave(before);
	return r;
}
