/*
 * PKCS#11 v3.0 5.18: deriving and unwrapping. One private-key operation
 * each; the key-derivation function and the AES unwrap are local. The new
 * key is an object in memory that dies with the session.
 */
#include <string.h>

#include "c_util.h"
#include "crypto.h"
#include "err.h"
#include "mech.h"
#include "skey.h"

/* A template for a new key in memory. */
static CK_RV
template(struct ly_call *c, const CK_ATTRIBUTE *a, CK_ULONG n,
    struct ly_skey_tmpl *t)
{
	CK_RV rv;

	if ((rv = ly_skey_template(a, n, (c->s->flags & CKF_RW_SESSION) != 0,
	    t)) != CKR_OK)
		return rv;
	return t->value != NULL ? CKR_TEMPLATE_INCONSISTENT : CKR_OK;
}

/* The key from Z: by the KDF, or the last bytes of Z (6.3.18). */
static CK_RV
key_value(const struct ly_ecdh *e, const struct ly_secret *z,
    const struct ly_skey_tmpl *t, struct ly_secret *value)
{
	size_t len = t->value_len;

	if (e->kdf == LY_HASH_NONE) {
		if (len == 0)
			len = z->len;
		if (len > z->len)
			return CKR_KEY_SIZE_RANGE;
		return ly_rv(LY_DOING_DERIVE, ly_secret_set(value,
		    z->data + z->len - len, len));
	}
	if (len == 0 && t->type == CKK_GENERIC_SECRET)
		len = ly_hash_len(e->kdf);
	if (len == 0)
		return CKR_TEMPLATE_INCOMPLETE;
	return ly_rv(LY_DOING_DERIVE, ly_x963_kdf(e->kdf, z, e->info,
	    e->info_len, len, value));
}

/* The operation that gives Z. */
static CK_RV
derive_op(struct ly_call *c, const CK_MECHANISM *m, CK_OBJECT_HANDLE base,
    struct ly_ecdh *e, struct ly_keyop **op)
{
	struct ly_plan plan;
	struct ly_keyref ref;
	struct ly_object o;
	CK_RV rv;

	if ((rv = ly_object_key(c, base, &o)) != CKR_OK)
		return rv;
	if (ly_mech_find(m->mechanism) == NULL || (ly_mech_find(
	    m->mechanism)->flags & CKF_DERIVE) == 0) {
		rv = CKR_MECHANISM_INVALID;
	} else if (o.class != CKO_PRIVATE_KEY) {
		rv = CKR_KEY_TYPE_INCONSISTENT;
	} else {
		ly_object_keyref(&o, &ref);
		if ((rv = ly_mech_ecdh(m, ref.type, ref.len, e)) == CKR_OK &&
		    (ly_object_use(&o) & LY_USE_DERIVE) == 0)
			rv = CKR_KEY_FUNCTION_NOT_PERMITTED;
	}
	if (rv == CKR_OK) {
		memset(&plan, 0, sizeof(plan));
		plan.alg.op = LY_OP_DERIVE;
		plan.alg.scheme = LY_ECDH;
		rv = ly_rv(LY_DOING_DERIVE, ly_keyop_new(&plan, &ref, op));
	}
	ly_object_end(c, &o);
	return rv;
}

static CK_RV
derive(struct ly_call *c, const CK_MECHANISM *m, CK_OBJECT_HANDLE base,
    const CK_ATTRIBUTE *a, CK_ULONG n, CK_OBJECT_HANDLE *h)
{
	struct ly_secret z = LY_SECRET_INIT, value = LY_SECRET_INIT;
	struct ly_keyop *op = NULL;
	struct ly_skey *k = NULL;
	struct ly_skey_tmpl t;
	const uint8_t *res;
	struct ly_ecdh e;
	size_t len;
	CK_RV rv;

	if ((rv = template(c, a, n, &t)) != CKR_OK)
		return rv;
	if ((rv = derive_op(c, m, base, &e, &op)) != CKR_OK)
		return rv;
	if ((rv = ly_rv(LY_DOING_DERIVE, ly_op_run(c, op, e.point,
	    e.point_len, &res, &len))) != CKR_OK)
		goto out;
	if ((rv = ly_rv(LY_DOING_ANY, ly_secret_set(&z, res, len))) != CKR_OK)
		goto out;
	if ((rv = key_value(&e, &z, &t, &value)) != CKR_OK)
		goto out;
	if ((rv = ly_skey_new(&t, &value, &k)) != CKR_OK)
		goto out;
	rv = ly_skey_add(c, &k, h);
out:
	ly_skey_free(&k);
	ly_secret_clear(&value);
	ly_secret_clear(&z);
	ly_keyop_free(&op);
	return rv;
}

CK_RV
C_DeriveKey(CK_SESSION_HANDLE h, CK_MECHANISM *m, CK_OBJECT_HANDLE base,
    CK_ATTRIBUTE *a, CK_ULONG n, CK_OBJECT_HANDLE *key)
{
	struct ly_call c;
	CK_RV rv;

	if ((rv = ly_call_session(&c, h)) != CKR_OK)
		return rv;
	if (m == NULL || key == NULL || (a == NULL && n != 0))
		rv = CKR_ARGUMENTS_BAD;
	else
		rv = derive(&c, m, base, a, n, key);
	ly_call_end(&c);
	return rv;
}

/* What the unwrapping key's errors are called here. */
static CK_RV
rv_unwrapping(CK_RV rv)
{
	switch (rv) {
	case CKR_KEY_HANDLE_INVALID:
		return CKR_UNWRAPPING_KEY_HANDLE_INVALID;
	case CKR_KEY_SIZE_RANGE:
		return CKR_UNWRAPPING_KEY_SIZE_RANGE;
	case CKR_KEY_TYPE_INCONSISTENT:
		return CKR_UNWRAPPING_KEY_TYPE_INCONSISTENT;
	default:
		return rv;
	}
}

static CK_RV
unwrap(struct ly_call *c, const CK_MECHANISM *m, CK_OBJECT_HANDLE key,
    const uint8_t *in, size_t inlen, struct ly_skey_tmpl *t,
    CK_OBJECT_HANDLE *h)
{
	struct ly_secret value = LY_SECRET_INIT;
	struct ly_keyop *op = NULL;
	struct ly_skey *k = NULL;
	const uint8_t *res;
	size_t len;
	CK_RV rv;
	int r;

	if ((rv = ly_op_new(c, m, key, CKF_UNWRAP, LY_OP_DECRYPT,
	    &op)) != CKR_OK)
		return rv_unwrapping(rv);
	if ((r = ly_op_run(c, op, in, inlen, &res, &len)) != 0) {
		rv = !ly_keyop_remote(op) && r == LY_ERR_AUTH ?
		    CKR_WRAPPED_KEY_INVALID : ly_rv(LY_DOING_UNWRAP, r);
		goto out;
	}
	/* Nothing unwrapped here is shown again, whatever was asked for. */
	t->flags |= LY_SKEY_SENSITIVE;
	t->flags &= ~(unsigned)LY_SKEY_EXTRACTABLE;
	if (len == 0 || len > LY_SKEY_MAX) {
		rv = CKR_WRAPPED_KEY_INVALID;
		goto out;
	}
	if ((rv = ly_rv(LY_DOING_ANY, ly_secret_set(&value, res,
	    len))) != CKR_OK)
		goto out;
	if ((rv = ly_skey_new(t, &value, &k)) == CKR_OK)
		rv = ly_skey_add(c, &k, h);
	else if (rv == CKR_KEY_SIZE_RANGE)
		rv = CKR_WRAPPED_KEY_INVALID;
out:
	ly_skey_free(&k);
	ly_secret_clear(&value);
	ly_keyop_free(&op);
	return rv;
}

CK_RV
C_UnwrapKey(CK_SESSION_HANDLE h, CK_MECHANISM *m, CK_OBJECT_HANDLE key,
    CK_BYTE *in, CK_ULONG inlen, CK_ATTRIBUTE *a, CK_ULONG n,
    CK_OBJECT_HANDLE *object)
{
	struct ly_skey_tmpl t;
	struct ly_call c;
	CK_RV rv;

	if ((rv = ly_call_session(&c, h)) != CKR_OK)
		return rv;
	if (m == NULL || in == NULL || object == NULL ||
	    (a == NULL && n != 0))
		rv = CKR_ARGUMENTS_BAD;
	else if ((rv = template(&c, a, n, &t)) == CKR_OK)
		rv = unwrap(&c, m, key, in, (size_t)inlen, &t, object);
	ly_call_end(&c);
	return rv;
}
