/*
 * The table of mechanisms and their parameter parsers. Refuses raw RSA, and
 * lists no cipher, no hash and no generator: NSS would then send it the
 * bodies of messages and pick it for work that is not the token's.
 */
#include <string.h>

#include "mech.h"

#define RSA LY_MECH_KEY(LY_KEY_RSA)
#define EC LY_MECH_KEY(LY_KEY_EC)
#define ED LY_MECH_KEY(LY_KEY_ED25519)
#define X25519 LY_MECH_KEY(LY_KEY_X25519)
#define EC_FLAGS (CKF_EC_F_P | CKF_EC_NAMEDCURVE | CKF_EC_UNCOMPRESS)
#define SIG (CKF_SIGN | CKF_VERIFY)
#define DEC (CKF_DECRYPT | CKF_UNWRAP | CKF_ENCRYPT)
#define SALT_MAX 1024

static CK_RV
parse_none(const struct ly_mech *row, const CK_MECHANISM *m,
    struct ly_alg *alg)
{
	(void)row;
	(void)alg;
	return m->ulParameterLen == 0 ? CKR_OK : CKR_MECHANISM_PARAM_INVALID;
}

/* Copy the parameter, which may lie unaligned, into a struct of size len. */
static CK_RV
param_copy(const CK_MECHANISM *m, void *to, size_t len)
{
	if (m->pParameter == NULL || m->ulParameterLen != len)
		return CKR_MECHANISM_PARAM_INVALID;
	memcpy(to, m->pParameter, len);
	return CKR_OK;
}

static enum ly_hash
hash_of_mgf(CK_ULONG mgf)
{
	switch (mgf) {
	case CKG_MGF1_SHA1:
		return LY_SHA1;
	case CKG_MGF1_SHA224:
		return LY_SHA224;
	case CKG_MGF1_SHA256:
		return LY_SHA256;
	case CKG_MGF1_SHA384:
		return LY_SHA384;
	case CKG_MGF1_SHA512:
		return LY_SHA512;
	default:
		return LY_HASH_NONE;
	}
}

/* PKCS#11 v3.0 6.1.7. */
static CK_RV
parse_oaep(const struct ly_mech *row, const CK_MECHANISM *m,
    struct ly_alg *alg)
{
	CK_RSA_PKCS_OAEP_PARAMS p;
	CK_RV rv;

	(void)row;
	if ((rv = param_copy(m, &p, sizeof(p))) != CKR_OK)
		return rv;
	alg->hash = ly_mech_digest(p.hashAlg);
	alg->mgf = hash_of_mgf(p.mgf);
	if (alg->hash == LY_HASH_NONE || alg->mgf == LY_HASH_NONE)
		return CKR_MECHANISM_PARAM_INVALID;
	if (p.source != CKZ_DATA_SPECIFIED && p.source != 0)
		return CKR_MECHANISM_PARAM_INVALID;
	if (p.ulSourceDataLen > sizeof(alg->label) ||
	    (p.ulSourceDataLen != 0 && p.pSourceData == NULL))
		return CKR_MECHANISM_PARAM_INVALID;
	alg->label_len = (size_t)p.ulSourceDataLen;
	if (alg->label_len != 0)
		memcpy(alg->label, p.pSourceData, alg->label_len);
	return CKR_OK;
}

/* PKCS#11 v3.0 6.1.9; with a hash of the row's own, it has to be that. */
static CK_RV
parse_pss(const struct ly_mech *row, const CK_MECHANISM *m,
    struct ly_alg *alg)
{
	CK_RSA_PKCS_PSS_PARAMS p;
	CK_RV rv;

	if ((rv = param_copy(m, &p, sizeof(p))) != CKR_OK)
		return rv;
	alg->hash = ly_mech_digest(p.hashAlg);
	alg->mgf = hash_of_mgf(p.mgf);
	if (alg->hash == LY_HASH_NONE || alg->mgf == LY_HASH_NONE ||
	    p.sLen > SALT_MAX)
		return CKR_MECHANISM_PARAM_INVALID;
	if (row->hash != LY_HASH_NONE && row->hash != alg->hash)
		return CKR_MECHANISM_PARAM_INVALID;
	alg->salt_len = (uint32_t)p.sLen;
	return CKR_OK;
}

/* PKCS#11 v3.0 6.3.15: Ed25519 without prehash and context only. */
static CK_RV
parse_eddsa(const struct ly_mech *row, const CK_MECHANISM *m,
    struct ly_alg *alg)
{
	CK_EDDSA_PARAMS p;
	CK_RV rv;

	(void)row;
	(void)alg;
	if (m->ulParameterLen == 0)
		return CKR_OK;
	if ((rv = param_copy(m, &p, sizeof(p))) != CKR_OK)
		return rv;
	return p.phFlag == CK_FALSE && p.ulContextDataLen == 0 ? CKR_OK :
	    CKR_MECHANISM_PARAM_INVALID;
}

#define HASH_ROW(m, keys, bits, scheme, hash, parse) \
	{ m, keys, SIG, bits, 0, scheme, hash, parse }
#define RSA_BITS LY_RSA_MIN_BITS, LY_RSA_MAX_BITS

static const struct ly_mech mechs[] = {
	{ CKM_RSA_PKCS, RSA, SIG | DEC, RSA_BITS, 1, LY_RSA_PKCS1,
	    LY_HASH_NONE, parse_none },
	{ CKM_RSA_PKCS_OAEP, RSA, DEC, RSA_BITS, 1, LY_RSA_OAEP,
	    LY_HASH_NONE, parse_oaep },
	{ CKM_RSA_PKCS_PSS, RSA, SIG, RSA_BITS, 1, LY_RSA_PSS,
	    LY_HASH_NONE, parse_pss },
	{ CKM_ECDSA, EC, SIG | EC_FLAGS, 256, 521, 1, LY_ECDSA,
	    LY_HASH_NONE, parse_none },
	{ CKM_EDDSA, ED, SIG | CKF_EC_NAMEDCURVE, 255, 255, 1, LY_EDDSA,
	    LY_HASH_NONE, parse_eddsa },
	{ CKM_ECDH1_DERIVE, EC | X25519, CKF_DERIVE | EC_FLAGS, 255, 521, 1,
	    LY_ECDH, LY_HASH_NONE, NULL },
	{ CKM_ECDH1_COFACTOR_DERIVE, EC | X25519, CKF_DERIVE | EC_FLAGS,
	    255, 521, 1, LY_ECDH, LY_HASH_NONE, NULL },
	{ CKM_AES_KEY_WRAP, LY_MECH_SECRET, CKF_DECRYPT | CKF_UNWRAP, 16, 32,
	    1, 0, LY_HASH_NONE, NULL },
	/* Accepted, not listed: clients that were told so, or just try. */
	{ CKM_NSS_AES_KEY_WRAP, LY_MECH_SECRET, CKF_DECRYPT | CKF_UNWRAP, 16,
	    32, 0, 0, LY_HASH_NONE, NULL },
	HASH_ROW(CKM_SHA1_RSA_PKCS, RSA, RSA_BITS, LY_RSA_PKCS1, LY_SHA1,
	    parse_none),
	HASH_ROW(CKM_SHA224_RSA_PKCS, RSA, RSA_BITS, LY_RSA_PKCS1, LY_SHA224,
	    parse_none),
	HASH_ROW(CKM_SHA256_RSA_PKCS, RSA, RSA_BITS, LY_RSA_PKCS1, LY_SHA256,
	    parse_none),
	HASH_ROW(CKM_SHA384_RSA_PKCS, RSA, RSA_BITS, LY_RSA_PKCS1, LY_SHA384,
	    parse_none),
	HASH_ROW(CKM_SHA512_RSA_PKCS, RSA, RSA_BITS, LY_RSA_PKCS1, LY_SHA512,
	    parse_none),
	HASH_ROW(CKM_SHA1_RSA_PKCS_PSS, RSA, RSA_BITS, LY_RSA_PSS, LY_SHA1,
	    parse_pss),
	HASH_ROW(CKM_SHA224_RSA_PKCS_PSS, RSA, RSA_BITS, LY_RSA_PSS,
	    LY_SHA224, parse_pss),
	HASH_ROW(CKM_SHA256_RSA_PKCS_PSS, RSA, RSA_BITS, LY_RSA_PSS,
	    LY_SHA256, parse_pss),
	HASH_ROW(CKM_SHA384_RSA_PKCS_PSS, RSA, RSA_BITS, LY_RSA_PSS,
	    LY_SHA384, parse_pss),
	HASH_ROW(CKM_SHA512_RSA_PKCS_PSS, RSA, RSA_BITS, LY_RSA_PSS,
	    LY_SHA512, parse_pss),
#define EC_BITS 256, 521
	HASH_ROW(CKM_ECDSA_SHA1, EC, EC_BITS, LY_ECDSA, LY_SHA1, parse_none),
	HASH_ROW(CKM_ECDSA_SHA224, EC, EC_BITS, LY_ECDSA, LY_SHA224,
	    parse_none),
	HASH_ROW(CKM_ECDSA_SHA256, EC, EC_BITS, LY_ECDSA, LY_SHA256,
	    parse_none),
	HASH_ROW(CKM_ECDSA_SHA384, EC, EC_BITS, LY_ECDSA, LY_SHA384,
	    parse_none),
	HASH_ROW(CKM_ECDSA_SHA512, EC, EC_BITS, LY_ECDSA, LY_SHA512,
	    parse_none)
};

const struct ly_mech *
ly_mech_at(size_t i)
{
	return i < sizeof(mechs) / sizeof(mechs[0]) ? &mechs[i] : NULL;
}

const struct ly_mech *
ly_mech_find(CK_MECHANISM_TYPE type)
{
	size_t i;

	for (i = 0; i < sizeof(mechs) / sizeof(mechs[0]); i++)
		if (mechs[i].type == type)
			return &mechs[i];
	return NULL;
}

enum ly_hash
ly_mech_digest(CK_MECHANISM_TYPE type)
{
	switch (type) {
	case CKM_SHA_1:
		return LY_SHA1;
	case CKM_SHA224:
		return LY_SHA224;
	case CKM_SHA256:
		return LY_SHA256;
	case CKM_SHA384:
		return LY_SHA384;
	case CKM_SHA512:
		return LY_SHA512;
	default:
		return LY_HASH_NONE;
	}
}

CK_RV
ly_mech_plan(const CK_MECHANISM *m, CK_FLAGS flag, enum ly_op op,
    enum ly_key_type type, struct ly_plan *plan)
{
	const struct ly_mech *row = ly_mech_find(m->mechanism);
	CK_RV rv;

	if (row == NULL || (row->flags & flag) == 0 || row->parse == NULL)
		return CKR_MECHANISM_INVALID;
	if ((row->keys & LY_MECH_KEY(type)) == 0)
		return CKR_KEY_TYPE_INCONSISTENT;
	if (m->ulParameterLen != 0 && m->pParameter == NULL)
		return CKR_MECHANISM_PARAM_INVALID;
	memset(plan, 0, sizeof(*plan));
	plan->alg.op = op;
	plan->alg.scheme = row->scheme;
	plan->prehash = row->hash;
	if ((rv = row->parse(row, m, &plan->alg)) != CKR_OK)
		return rv;
	return CKR_OK;
}

static int
kdf_hash(CK_ULONG kdf, enum ly_hash *h)
{
	switch (kdf) {
	case CKD_NULL:
		*h = LY_HASH_NONE;
		return 1;
	case CKD_SHA1_KDF:
		*h = LY_SHA1;
		return 1;
	case CKD_SHA224_KDF:
		*h = LY_SHA224;
		return 1;
	case CKD_SHA256_KDF:
		*h = LY_SHA256;
		return 1;
	case CKD_SHA384_KDF:
		*h = LY_SHA384;
		return 1;
	case CKD_SHA512_KDF:
		*h = LY_SHA512;
		return 1;
	default:
		return 0;
	}
}

/* The raw point of want bytes, out of a DER OCTET STRING if it is in one. */
static CK_RV
point_raw(const uint8_t *p, size_t len, size_t want, struct ly_ecdh *e)
{
	size_t skip = 0;

	if (p == NULL)
		return CKR_MECHANISM_PARAM_INVALID;
	if (len == want + 2 && want < 0x80 && p[0] == 0x04 && p[1] == want)
		skip = 2;
	else if (len == want + 3 && want >= 0x80 && p[0] == 0x04 &&
	    p[1] == 0x81 && p[2] == want)
		skip = 3;
	else if (len != want)
		return CKR_MECHANISM_PARAM_INVALID;
	e->point = p + skip;
	e->point_len = want;
	return CKR_OK;
}

CK_RV
ly_mech_ecdh(const CK_MECHANISM *m, enum ly_key_type type, size_t coord,
    struct ly_ecdh *e)
{
	const struct ly_mech *row = ly_mech_find(m->mechanism);
	CK_ECDH1_DERIVE_PARAMS p;
	size_t want = type == LY_KEY_X25519 ? coord : 1 + 2 * coord;
	CK_RV rv;

	if (row == NULL || row->scheme != LY_ECDH)
		return CKR_MECHANISM_INVALID;
	if ((row->keys & LY_MECH_KEY(type)) == 0)
		return CKR_KEY_TYPE_INCONSISTENT;
	if ((rv = param_copy(m, &p, sizeof(p))) != CKR_OK)
		return rv;
	if (!kdf_hash(p.kdf, &e->kdf))
		return CKR_MECHANISM_PARAM_INVALID;
	if (p.ulSharedDataLen > LY_OP_IN_MAX ||
	    (p.ulSharedDataLen != 0 && (p.pSharedData == NULL ||
	    e->kdf == LY_HASH_NONE)))
		return CKR_MECHANISM_PARAM_INVALID;
	e->info = p.pSharedData;
	e->info_len = (size_t)p.ulSharedDataLen;
	if ((rv = point_raw(p.pPublicData, (size_t)p.ulPublicDataLen, want,
	    e)) != CKR_OK)
		return rv;
	if (type == LY_KEY_EC && e->point[0] != 0x04)
		return CKR_MECHANISM_PARAM_INVALID;
	return CKR_OK;
}
