/*
 * Private keys under a recipient's key. It refuses every shape but the one
 * it writes: one ECDH recipient, AES-256-GCM with a full tag, no
 * attributes, one key in the package.
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

#define TAG_LEN 16
#define OID_KEY_PACKAGE "2.16.840.1.101.2.1.2.78.5"	/* RFC 5958 */

/* id-ct-authEnvelopedData, id-ct-KP-aKeyPackage, aes256-GCM. */
static const uint8_t oid_authenv[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d,
	0x01, 0x09, 0x10, 0x01, 0x17 };
static const uint8_t oid_package[] = { 0x60, 0x86, 0x48, 0x01, 0x65, 0x02,
	0x01, 0x02, 0x4e, 0x05 };
static const uint8_t oid_gcm[] = { 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04,
	0x01, 0x2e };

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

static int
package_read(const struct ly_secret *package, struct ly_secret *pkcs8)
{
	struct ly_reader all, seq, v, key;

	ly_reader_init(&all, package->data, package->len);
	if (ly_der_get(&all, LY_DER_SEQ, &seq, NULL) != 0 ||
	    ly_reader_end(&all) != 0 ||
	    ly_der_get(&seq, LY_DER_SEQ, &v, &key) != 0 ||
	    ly_reader_end(&seq) != 0)
		return LY_ERR_FORMAT;
	return ly_secret_set(pkcs8, key.p, key.left);
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

/* EncryptedContentInfo: our content type, AES-256-GCM, content inside. */
static int
check_content(struct ly_reader *eci)
{
	struct ly_reader v, alg;

	if (ly_der_get(eci, LY_DER_OID, &v, NULL) != 0 ||
	    !ly_der_eq(&v, oid_package, sizeof(oid_package)) ||
	    ly_der_get(eci, LY_DER_SEQ, &alg, NULL) != 0 ||
	    ly_der_get(&alg, LY_DER_OID, &v, NULL) != 0 ||
	    !ly_der_eq(&v, oid_gcm, sizeof(oid_gcm)) ||
	    ly_der_get(eci, 0x80, &v, NULL) != 0)
		return LY_ERR_FORMAT;
	return ly_reader_end(eci);
}

/*
 * OpenSSL takes a tag of any length, down to one byte, and ignores
 * attributes: so the shape is checked here first (RFC 5083 2.1).
 */
static int
check_shape(const uint8_t *in, size_t len)
{
	struct ly_reader all, ci, ctx, aed, v, eci;

	ly_reader_init(&all, in, len);
	if (ly_der_get(&all, LY_DER_SEQ, &ci, NULL) != 0 ||
	    ly_reader_end(&all) != 0 ||
	    ly_der_get(&ci, LY_DER_OID, &v, NULL) != 0 ||
	    !ly_der_eq(&v, oid_authenv, sizeof(oid_authenv)) ||
	    ly_der_get(&ci, LY_DER_CTX(0), &ctx, NULL) != 0 ||
	    ly_reader_end(&ci) != 0 ||
	    ly_der_get(&ctx, LY_DER_SEQ, &aed, NULL) != 0 ||
	    ly_reader_end(&ctx) != 0)
		return LY_ERR_FORMAT;
	if (ly_der_get(&aed, LY_DER_INT, &v, NULL) != 0 ||
	    ly_der_get(&aed, LY_DER_SET, &v, NULL) != 0 ||
	    ly_der_get(&aed, LY_DER_SEQ, &eci, NULL) != 0 ||
	    check_content(&eci) != 0 ||
	    ly_der_get(&aed, LY_DER_OCTETS, &v, NULL) != 0 ||
	    v.left != TAG_LEN)
		return LY_ERR_FORMAT;
	return ly_reader_end(&aed);
}

/* All that comes out of the chain; only good if its tag was. */
static int
drain(BIO *chain, struct ly_secret *out)
{
	int n;

	while (out->len < out->cap && (n = BIO_read(chain,
	    out->data + out->len, (int)(out->cap - out->len))) > 0)
		out->len += (size_t)n;
	if (out->len == out->cap)
		return LY_ERR_TOOBIG;
	return BIO_get_cipher_status(chain) == 1 ? 0 : LY_ERR_AUTH;
}

static int
enveloped_read(CMS_ContentInfo *cms, EVP_PKEY *key, X509 *rcpt, size_t max,
    struct ly_secret *package)
{
	BIO *chain = NULL;
	int r = LY_ERR_AUTH;

	if (CMS_decrypt_set1_pkey(cms, key, rcpt) != 1)
		return r;
	if ((chain = CMS_dataInit(cms, NULL)) == NULL)
		return r;
	if (BIO_method_type(chain) != BIO_TYPE_CIPHER)
		goto out;
	if ((r = ly_secret_alloc(package, max)) != 0)
		goto out;
	r = drain(chain, package);
out:
	BIO_free_all(chain);
	return r;
}

int
ly_unseal(const uint8_t *in, size_t len, const struct ly_pkey *rcpt_key,
    const uint8_t *rcpt, size_t rlen, struct ly_secret *pkcs8)
{
	struct ly_secret package = LY_SECRET_INIT;
	const unsigned char *at = in;
	CMS_ContentInfo *cms = NULL;
	OSSL_LIB_CTX *before;
	X509 *x = NULL;
	int r;

	if (len > LY_SEALED_MAX || check_shape(in, len) != 0)
		return LY_ERR_FORMAT;
	before = ly_libctx_enter(NULL);
	if ((r = recipient_load(rcpt, rlen, &x)) != 0)
		goto out;
	r = LY_ERR_FORMAT;
	if ((cms = CMS_ContentInfo_new_ex(ly_libctx(), NULL)) == NULL ||
	    d2i_CMS_ContentInfo(&cms, &at, (long)len) == NULL)
		goto out;
	if ((r = enveloped_read(cms, ly_pkey_evp(rcpt_key), x, len,
	    &package)) != 0)
		goto out;
	r = package_read(&package, pkcs8);
out:
	CMS_ContentInfo_free(cms);
	X509_free(x);
	ly_secret_clear(&package);
	ly_libctx_leave(before);
	return r;
}
