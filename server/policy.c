/* The rules on keys; see policy.h. */
#include "err.h"
#include "policy.h"

unsigned
ly_policy_use(const struct ly_row_key *key)
{
	return key->use & key->cert_use;
}

static size_t
field_len(const struct ly_row_key *key)
{
	return ((size_t)key->bits + 7) / 8;
}

size_t
ly_policy_out_max(const struct ly_row_key *key, const struct ly_alg *alg)
{
	switch (key->type) {
	case LY_KEY_RSA:
		return field_len(key);
	case LY_KEY_EC:
		return alg->op == LY_OP_SIGN ? 2 * field_len(key) :
		    field_len(key);
	case LY_KEY_ED25519:
		return 64;
	case LY_KEY_X25519:
		return 32;
	default:
		return LY_OP_OUT_MAX;
	}
}

/* Whether the scheme is one of the key's type. */
static int
scheme_fits(enum ly_key_type type, enum ly_scheme scheme)
{
	switch (scheme) {
	case LY_RSA_PKCS1:
	case LY_RSA_OAEP:
	case LY_RSA_PSS:
		return type == LY_KEY_RSA;
	case LY_ECDSA:
		return type == LY_KEY_EC;
	case LY_EDDSA:
		return type == LY_KEY_ED25519;
	case LY_ECDH:
		return type == LY_KEY_EC || type == LY_KEY_X25519;
	default:
		return 0;
	}
}

static int
length_ok(const struct ly_row_key *key, const struct ly_alg *alg,
    size_t inlen)
{
	size_t k = field_len(key);

	if (alg->op == LY_OP_DECRYPT)
		return inlen == k;
	if (alg->op == LY_OP_DERIVE)
		return inlen == (key->type == LY_KEY_EC ? 1 + 2 * k : 32);
	if (alg->scheme == LY_RSA_PKCS1)
		return inlen > 0 && inlen + 11 <= k;
	if (alg->scheme == LY_RSA_PSS)
		return inlen == ly_hash_len(alg->hash);
	if (alg->scheme == LY_ECDSA)
		return inlen > 0 && inlen <= LY_HASH_MAX;
	return inlen <= LY_OP_IN_MAX;
}

int
ly_policy_op(const struct ly_row_key *key, const struct ly_alg *alg,
    size_t inlen, int64_t now)
{
	int r;

	if ((r = ly_alg_check(alg)) != 0)
		return r;
	if (!scheme_fits(key->type, alg->scheme))
		return LY_ERR_UNSUPPORTED;
	if ((ly_policy_use(key) & ly_op_use(alg->op)) == 0)
		return LY_ERR_DENIED;
	if (alg->op == LY_OP_SIGN &&
	    (key->state != LY_KEY_CURRENT || now > key->not_after))
		return LY_ERR_DENIED;
	return length_ok(key, alg, inlen) ? 0 : LY_ERR_FORMAT;
}

enum ly_delivery
ly_policy_delivery(unsigned use)
{
	return (use & (LY_USE_DECRYPT | LY_USE_DERIVE)) != 0 ? LY_CACHED :
	    LY_REMOTE;
}
