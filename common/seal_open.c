/*
 * Opens sealed keys. It takes the one shape that seal.c writes, by our own
 * reader, and refuses any other: OpenSSL's CMS would take a tag of one byte
 * and other key derivations, and its ECDH recipient does not work in a host
 * that has an ENGINE as its default.
 */
#include <string.h>

#include "buf.h"
#include "cert.h"
#include "crypto.h"
#include "der.h"
#include "err.h"
#include "pkey.h"
#include "seal.h"
#include "secret.h"

#define NONCE_LEN 12
#define TAG_LEN 16
#define CEK_LEN 32
#define WRAPPED_LEN (CEK_LEN + 8)
#define POINT_LEN 65		/* P-256, uncompressed */

/* What there is in a sealed key; views into it. */
struct parts {
	struct ly_reader point;		/* the sender's ephemeral key */
	struct ly_reader issuer, serial; /* of the recipient's certificate */
	struct ly_reader wrapped;	/* content-encryption key */
	struct ly_reader nonce, content, tag;
};

/* Contents of object identifiers. */
static const uint8_t oid_authenv[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d,
	0x01, 0x09, 0x10, 0x01, 0x17 };	/* id-ct-authEnvelopedData */
static const uint8_t oid_package[] = { 0x60, 0x86, 0x48, 0x01, 0x65, 0x02,
	0x01, 0x02, 0x4e, 0x05 };	/* id-ct-KP-aKeyPackage */
static const uint8_t oid_gcm[] = { 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04,
	0x01, 0x2e };			/* id-aes256-GCM */

/* Contents of KeyAgreeRecipientInfo's parts (RFC 5753 3.1). */
static const uint8_t alg_ec[] = { 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d,
	0x02, 0x01 };			/* id-ecPublicKey, no parameters */
static const uint8_t alg_agree[] = {
	0x06, 0x06, 0x2b, 0x81, 0x04, 0x01, 0x0b, 0x01,
					/* stdDH-sha256kdf-scheme */
	0x30, 0x0b, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04,
	0x01, 0x2d };			/* id-aes256-wrap */
/* ECC-CMS-SharedInfo (RFC 5753 7.2): AES-256 wrap, 256 bits. */
static const uint8_t shared_info[] = { 0x30, 0x15, 0x30, 0x0b, 0x06, 0x09,
	0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x01, 0x2d, 0xa2, 0x06,
	0x04, 0x04, 0x00, 0x00, 0x01, 0x00 };

/* Take an element and compare its contents. */
static int
get_exact(struct ly_reader *in, uint8_t tag, const void *want, size_t len)
{
	struct ly_reader v;

	if (ly_der_get(in, tag, &v, NULL) != 0 || !ly_der_eq(&v, want, len))
		return LY_ERR_FORMAT;
	return 0;
}

static int
get_version(struct ly_reader *in, uint8_t version)
{
	return get_exact(in, LY_DER_INT, &version, 1);
}

/* Take the only element, of this tag. */
static int
get_only(struct ly_reader *in, uint8_t tag, struct ly_reader *value)
{
	if (ly_der_get(in, tag, value, NULL) != 0)
		return LY_ERR_FORMAT;
	return ly_reader_end(in);
}

/* OriginatorPublicKey. */
static int
parse_originator(struct ly_reader *kari, struct parts *p)
{
	struct ly_reader outer, key;

	if (ly_der_get(kari, LY_DER_CTX(0), &outer, NULL) != 0 ||
	    get_only(&outer, LY_DER_CTX(1), &key) != 0 ||
	    get_exact(&key, LY_DER_SEQ, alg_ec, sizeof(alg_ec)) != 0 ||
	    get_only(&key, LY_DER_BITS, &p->point) != 0 ||
	    p->point.left != 1 + POINT_LEN || p->point.p[0] != 0)
		return LY_ERR_FORMAT;
	p->point.p++;
	p->point.left--;
	return 0;
}

/* RecipientInfos with one KeyAgreeRecipientInfo of one key. */
static int
parse_recipient(struct ly_reader *set, struct parts *p)
{
	struct ly_reader kari, keys, rek, id, v;

	if (get_only(set, LY_DER_CTX(1), &kari) != 0 ||
	    get_version(&kari, 3) != 0 || parse_originator(&kari, p) != 0 ||
	    get_exact(&kari, LY_DER_SEQ, alg_agree, sizeof(alg_agree)) != 0 ||
	    get_only(&kari, LY_DER_SEQ, &keys) != 0 ||
	    get_only(&keys, LY_DER_SEQ, &rek) != 0)
		return LY_ERR_FORMAT;
	if (ly_der_get(&rek, LY_DER_SEQ, &id, NULL) != 0 ||
	    ly_der_get(&id, LY_DER_SEQ, &v, &p->issuer) != 0 ||
	    ly_der_get(&id, LY_DER_INT, &v, &p->serial) != 0 ||
	    ly_reader_end(&id) != 0 ||
	    get_only(&rek, LY_DER_OCTETS, &p->wrapped) != 0)
		return LY_ERR_FORMAT;
	return p->wrapped.left == WRAPPED_LEN ? 0 : LY_ERR_FORMAT;
}

/* EncryptedContentInfo: our content type, AES-256-GCM (RFC 5084 3.2). */
static int
parse_content(struct ly_reader *eci, struct parts *p)
{
	struct ly_reader alg, params;
	const uint8_t icv_len = TAG_LEN;

	if (get_exact(eci, LY_DER_OID, oid_package, sizeof(oid_package)) != 0 ||
	    ly_der_get(eci, LY_DER_SEQ, &alg, NULL) != 0 ||
	    get_exact(&alg, LY_DER_OID, oid_gcm, sizeof(oid_gcm)) != 0 ||
	    get_only(&alg, LY_DER_SEQ, &params) != 0 ||
	    ly_der_get(&params, LY_DER_OCTETS, &p->nonce, NULL) != 0 ||
	    p->nonce.left != NONCE_LEN ||
	    get_exact(&params, LY_DER_INT, &icv_len, 1) != 0 ||
	    ly_reader_end(&params) != 0)
		return LY_ERR_FORMAT;
	return get_only(eci, 0x80, &p->content);
}

/* ContentInfo of AuthEnvelopedData without attributes (RFC 5083 2.1). */
static int
parse(const uint8_t *in, size_t len, struct parts *p)
{
	struct ly_reader all, ci, ctx, aed, set, eci;

	ly_reader_init(&all, in, len);
	if (get_only(&all, LY_DER_SEQ, &ci) != 0 ||
	    get_exact(&ci, LY_DER_OID, oid_authenv,
	    sizeof(oid_authenv)) != 0 ||
	    get_only(&ci, LY_DER_CTX(0), &ctx) != 0 ||
	    get_only(&ctx, LY_DER_SEQ, &aed) != 0 ||
	    get_version(&aed, 0) != 0 ||
	    ly_der_get(&aed, LY_DER_SET, &set, NULL) != 0 ||
	    parse_recipient(&set, p) != 0 ||
	    ly_der_get(&aed, LY_DER_SEQ, &eci, NULL) != 0 ||
	    parse_content(&eci, p) != 0 ||
	    get_only(&aed, LY_DER_OCTETS, &p->tag) != 0)
		return LY_ERR_FORMAT;
	return p->tag.left == TAG_LEN ? 0 : LY_ERR_FORMAT;
}

/* Whether the certificate is the one that the key was sealed to. */
static int
check_recipient(const struct parts *p, const uint8_t *rcpt, size_t rlen)
{
	struct ly_cert_info info;
	int r;

	if ((r = ly_cert_parse(rcpt, rlen, &info)) != 0)
		return r;
	if (!ly_der_eq(&p->issuer, rcpt + info.issuer.off, info.issuer.len) ||
	    !ly_der_eq(&p->serial, rcpt + info.serial.off, info.serial.len))
		return LY_ERR_AUTH;
	return 0;
}

/* The content-encryption key (RFC 5753 3.1.4). */
static int
unwrap(const struct parts *p, const struct ly_pkey *key,
    struct ly_secret *cek)
{
	const struct ly_alg ecdh = { .op = LY_OP_DERIVE, .scheme = LY_ECDH };
	struct ly_secret z = LY_SECRET_INIT, kek = LY_SECRET_INIT;
	int r;

	if ((r = ly_pkey_op(key, &ecdh, p->point.p, p->point.left, &z)) != 0)
		goto out;
	if ((r = ly_x963_kdf(LY_SHA256, &z, shared_info, sizeof(shared_info),
	    CEK_LEN, &kek)) != 0)
		goto out;
	r = ly_aes_kw_unwrap(&kek, p->wrapped.p, p->wrapped.left, cek);
out:
	ly_secret_clear(&z);
	ly_secret_clear(&kek);
	return r == LY_ERR_NOMEM || r == 0 ? r : LY_ERR_AUTH;
}

static int
decrypt(const struct parts *p, const struct ly_secret *cek,
    struct ly_secret *package)
{
	struct ly_buf b;
	int r;

	ly_buf_init(&b, LY_SEALED_MAX);
	(void)ly_buf_put(&b, p->nonce.p, p->nonce.left);
	(void)ly_buf_put(&b, p->content.p, p->content.left);
	if ((r = ly_buf_put(&b, p->tag.p, p->tag.left)) == 0)
		r = ly_aead_open(cek->data, NULL, 0, b.data, b.len, package);
	ly_buf_clear(&b);
	return r;
}

/* AsymmetricKeyPackage of one key. */
static int
package_read(const struct ly_secret *package, struct ly_secret *pkcs8)
{
	struct ly_reader all, seq, v, key;

	ly_reader_init(&all, package->data, package->len);
	if (get_only(&all, LY_DER_SEQ, &seq) != 0 ||
	    ly_der_get(&seq, LY_DER_SEQ, &v, &key) != 0 ||
	    ly_reader_end(&seq) != 0)
		return LY_ERR_FORMAT;
	return ly_secret_set(pkcs8, key.p, key.left);
}

int
ly_unseal(const uint8_t *in, size_t len, const struct ly_pkey *rcpt_key,
    const uint8_t *rcpt, size_t rlen, struct ly_secret *pkcs8)
{
	struct ly_secret cek = LY_SECRET_INIT, package = LY_SECRET_INIT;
	struct parts p;
	int r;

	if (len > LY_SEALED_MAX || parse(in, len, &p) != 0)
		return LY_ERR_FORMAT;
	if ((r = check_recipient(&p, rcpt, rlen)) != 0)
		goto out;
	if ((r = unwrap(&p, rcpt_key, &cek)) != 0)
		goto out;
	if ((r = decrypt(&p, &cek, &package)) != 0)
		goto out;
	r = package_read(&package, pkcs8);
out:
	ly_secret_clear(&cek);
	ly_secret_clear(&package);
	return r;
}
