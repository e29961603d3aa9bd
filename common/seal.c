/*
 * Private keys under a recipient's key, by OpenSSL's CMS: one ECDH
 * recipient, AES-256-GCM with a full tag, one key in the package. What
 * opens them is seal_open.c.
 *
 * RFC 5083 2.1 asks for authenticated attributes when the content is not
 * id-data. OpenSSL neither writes nor checks them, so there are none; the
 * content type is compared instead, and leases sign the whole.
 */
#include <string.h>

#include <openssl/cms.h>
#include <openssl/err.h>

#include "buf.h"
#include "cert.h"
#include "cert_int.h"
#include "crypto.h"
#include "der.h"
#include "err.h"
#include "pkey.h"
#include "seal.h"
#include "secret.h"

#define OID_KEY_PACKAGE "2.16.840.1.101.2.1.2.78.5"	/* RFC 5958 */

int
ly_key_id(const uint8_t *spki, size_t len, uint8_t id[LY_KEY_ID_LEN])
{
	uint8_t hash[LY_SHA256_LEN];
	int r;

	if ((r = ly_digest(LY_SHA256, spki, len, hash)) != 0)
		return r;
	memcpy(id, hash, LY_KEY_ID_LEN);
	return 0;
}

/* AsymmetricKeyPackage ::= SEQUENCE OF one OneAsymmetricKey. */
static int
package_write(const struct ly_secret *pkcs8, struct ly_secret *package)
{
	uint8_t head[LY_DER_HEAD_MAX];
	size_t n;
	int r;

	if (pkcs8->len == 0 || pkcs8->len > LY_PKEY_DER_MAX)
		return LY_ERR_TOOBIG;
	n = ly_der_head(LY_DER_SEQ, pkcs8->len, head);
	if ((r = ly_secret_alloc(package, n + pkcs8->len)) != 0)
		return r;
	if ((r = ly_secret_append(package, head, n)) != 0)
		return r;
	return ly_secret_append(package, pkcs8->data, pkcs8->len);
}

/* The recipient's certificate, if its key is one we seal to. */
static int
recipient_load(const uint8_t *der, size_t len, X509 **x)
{
	struct ly_cert_info info;
	int r;

	if ((r = ly_cert_parse(der, len, &info)) != 0)
		return r;
	if (info.key_type != LY_KEY_EC || info.bits != 256)
		return LY_ERR_UNSUPPORTED;
	if ((info.use & LY_USE_DERIVE) == 0)
		return LY_ERR_DENIED;
	*x = ly_x509_load(der, len);
	return *x != NULL ? 0 : LY_ERR_FORMAT;
}

/* KDF with SHA-256 in place of OpenSSL's SHA-1; AES-256 key wrap follows. */
static int
add_recipient(CMS_ContentInfo *cms, X509 *rcpt)
{
	CMS_RecipientInfo *ri;
	EVP_PKEY_CTX *ctx;

	ri = CMS_add1_recipient_cert(cms, rcpt, CMS_KEY_PARAM);
	if (ri == NULL || (ctx = CMS_RecipientInfo_get0_pkey_ctx(ri)) == NULL)
		return LY_ERR_CRYPTO;
	if (EVP_PKEY_CTX_set_ecdh_kdf_md(ctx, ly_md(LY_SHA256)) != 1)
		return LY_ERR_CRYPTO;
	return 0;
}

static int
enveloped_write(const struct ly_secret *package, X509 *rcpt,
    struct ly_buf *out)
{
	CMS_ContentInfo *cms = NULL;
	ASN1_OBJECT *type = NULL;
	unsigned char *der = NULL;
	BIO *in = NULL;
	int r = LY_ERR_CRYPTO, n;

	cms = CMS_AuthEnvelopedData_create_ex(ly_aes256_gcm(), ly_libctx(),
	    NULL);
	if (cms == NULL || (type = OBJ_txt2obj(OID_KEY_PACKAGE, 1)) == NULL ||
	    CMS_set1_eContentType(cms, type) != 1 ||
	    CMS_set_detached(cms, 0) != 1)
		goto out;
	if ((r = add_recipient(cms, rcpt)) != 0)
		goto out;
	r = LY_ERR_CRYPTO;
	in = BIO_new_mem_buf(package->data, (int)package->len);
	if (in == NULL || CMS_final(cms, in, NULL, CMS_BINARY) != 1)
		goto out;
	if ((n = i2d_CMS_ContentInfo(cms, &der)) <= 0)
		goto out;
	r = ly_buf_put(out, der, (size_t)n);
out:
	OPENSSL_free(der);
	BIO_free(in);
	ASN1_OBJECT_free(type);
	CMS_ContentInfo_free(cms);
	return r;
}

int
ly_seal(const struct ly_secret *pkcs8, const uint8_t *rcpt, size_t rlen,
    struct ly_buf *out)
{
	struct ly_secret package = LY_SECRET_INIT;
	OSSL_LIB_CTX *before;
	X509 *x = NULL;
	int r;

	before = ly_libctx_enter(NULL);
	if ((r = package_write(pkcs8, &package)) != 0)
		goto out;
	if ((r = recipient_load(rcpt, rlen, &x)) != 0)
		goto out;
	r = enveloped_write(&package, x, out);
out:
	X509_free(x);
	ly_secret_clear(&package);
	ly_libctx_leave(before);
	return r;
}
