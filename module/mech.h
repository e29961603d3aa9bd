/*
 * Mechanisms: one row each. Cryptoki ends here: a mechanism with its
 * parameter becomes a struct ly_plan.
 */
#ifndef LY_MECH_H
#define LY_MECH_H

#include "alg.h"
#include "cryptoki.h"
#include "keyop.h"

/*
 * Bits of the keys that a row takes, by enum ly_key_type; and a secret key
 * in memory.
 */
#define LY_MECH_KEY(t) (1u << (t))
#define LY_MECH_SECRET (1u << 8)

struct ly_mech {
	CK_MECHANISM_TYPE type;
	unsigned keys;
	CK_FLAGS flags;		/* as C_GetMechanismInfo gives them */
	CK_ULONG min, max;	/* bits; bytes for AES */
	int listed;		/* 1: in C_GetMechanismList, 0: accepted */
	enum ly_scheme scheme;
	enum ly_hash hash;	/* of hash-and-sign rows, and of digests */
	CK_RV (*parse)(const struct ly_mech *row, const CK_MECHANISM *m,
	    struct ly_alg *alg);
};

/* The row of a mechanism, or NULL. */
const struct ly_mech *ly_mech_find(CK_MECHANISM_TYPE type);

/* The i-th row in the order of listing, or NULL at the end. */
const struct ly_mech *ly_mech_at(size_t i);

/*
 * What m with a key of that type comes to for op. flag is the CKF_ of the
 * operation. CKR_MECHANISM_INVALID, CKR_MECHANISM_PARAM_INVALID,
 * CKR_KEY_TYPE_INCONSISTENT.
 */
CK_RV ly_mech_plan(const CK_MECHANISM *m, CK_FLAGS flag, enum ly_op op,
    enum ly_key_type type, struct ly_plan *plan);

/* The hash of a digest mechanism; LY_HASH_NONE if it is none. */
enum ly_hash ly_mech_digest(CK_MECHANISM_TYPE type);

/* What C_DeriveKey is given for ECDH (PKCS#11 v3.0 6.3.18). */
struct ly_ecdh {
	enum ly_hash kdf;	/* LY_HASH_NONE: CKD_NULL */
	const uint8_t *info;	/* SharedData, the caller's bytes */
	size_t info_len;
	const uint8_t *point;	/* raw, unwrapped; the caller's bytes */
	size_t point_len;
};

/*
 * Take the parameter apart; the point raw or as a DER OCTET STRING, of
 * the right length for the key. coord is the coordinate's length in bytes.
 */
CK_RV ly_mech_ecdh(const CK_MECHANISM *m, enum ly_key_type type,
    size_t coord, struct ly_ecdh *e);

#endif
