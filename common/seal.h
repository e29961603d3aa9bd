/*
 * Sealed keys: how a private key travels and rests. CMS AuthEnvelopedData
 * (RFC 5083, AES-256-GCM by RFC 5084) to one ECDH P-256 recipient over an
 * AsymmetricKeyPackage (RFC 5958, id-ct-KP-aKeyPackage); for a device, inside
 * SignedData (RFC 5652) by the service's sealer, whose signed attributes
 * carry the lease. At break-glass, with the recipient's key and certificate:
 *   openssl cms -verify -inform DER -in KEY.cms -CAfile ca.pem \
 *       -purpose any -binary -out sealed.der
 *   openssl cms -decrypt -inform DER -in sealed.der -inkey recv.key \
 *       -recip recv.pem -binary -out package.der
 * and the PKCS#8 is the one element of that SEQUENCE ("openssl asn1parse
 * -strparse" with the offset that asn1parse shows for it).
 */
#ifndef LY_SEAL_H
#define LY_SEAL_H

#include <stddef.h>
#include <stdint.h>

struct ly_buf;
struct ly_pkey;
struct ly_secret;

/*
 * Our object identifiers lie under 2.25 (ITU-T X.667) and the UUID
 * f1954f6f-7417-4e99-88d9-4c5f496fcce4:
 *   .1  signed attribute, OCTET STRING of LY_KEY_ID_LEN bytes: the key's id
 *   .2  signed attribute, GeneralizedTime: the end of the lease
 *   .3  extended key usage of a sealer, which signs leases
 *   .4  extended key usage of a device's certificate for sealed keys
 */
#define LY_OID_ARC "2.25.321119210356699579861699178581069909220"

#define LY_SEALED_MAX 65536	/* bytes of a sealed key we accept */
#define LY_KEY_ID_LEN 16	/* first bytes of SHA-256(SPKI) */
#define LY_KEY_ID_HEX (2 * LY_KEY_ID_LEN + 1)

struct ly_lease {
	uint8_t key_id[LY_KEY_ID_LEN];
	int64_t not_after;	/* seconds since 1970; no use after it */
};

/*
 * Seal a PKCS#8 key to the recipient certificate (DER, P-256). The result
 * (DER ContentInfo of AuthEnvelopedData) is appended to out.
 */
int ly_seal(const struct ly_secret *pkcs8, const uint8_t *rcpt, size_t rlen,
    struct ly_buf *out);

/*
 * Open what ly_seal made with the recipient's key and certificate.
 * LY_ERR_FORMAT, LY_ERR_AUTH (another recipient, or changed bytes).
 */
int ly_unseal(const uint8_t *in, size_t len, const struct ly_pkey *rcpt_key,
    const uint8_t *rcpt, size_t rlen, struct ly_secret *pkcs8);

/*
 * Sign a sealed key together with its lease; the sealer's certificate is
 * included. DER ContentInfo of SignedData appended to out.
 */
int ly_lease_sign(const uint8_t *sealed, size_t len,
    const struct ly_lease *lease, const struct ly_pkey *sealer,
    const uint8_t *sealer_cert, size_t slen, struct ly_buf *out);

/*
 * Check signature, that the signer is a sealer issued by ca (DER), and
 * give the lease and the sealed key inside. The signer's own validity is
 * judged at the signing time; whether the lease has ended is the caller's
 * question. LY_ERR_FORMAT, LY_ERR_AUTH.
 */
int ly_lease_open(const uint8_t *in, size_t len, const uint8_t *ca,
    size_t ca_len, struct ly_lease *lease, struct ly_buf *sealed);

/* Key id of a SubjectPublicKeyInfo. LY_ERR_CRYPTO. */
int ly_key_id(const uint8_t *spki, size_t len, uint8_t id[LY_KEY_ID_LEN]);

#endif
