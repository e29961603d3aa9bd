/*
 * The life of one operation with a key, which decrypting, signing and
 * unwrapping share. Refuses to leave a failed operation behind.
 */
#include <string.h>

#include "c_util.h"
#include "compat.h"
#include "err.h"
#include "mech.h"
#include "skey.h"
#include "token.h"

void
ly_pad(unsigned char *field, size_t len, const char *text)
{
	size_t n = strlen(text);

	memset(field, ' ', len);
	memcpy(field, text, n < len ? n : len);
}

CK_RV
ly_give(const uint8_t *res, size_t reslen, CK_BYTE *out, CK_ULONG *len)
{
	const CK_ULONG room = *len;

	*len = (CK_ULONG)reslen;
	if (out == NULL)
		return CKR_OK;
	if (room < reslen)
		return CKR_BUFFER_TOO_SMALL;
	if (reslen != 0)
		memcpy(out, res, reslen);
	return CKR_OK;
}

/* An AES key unwrap with a key in memory. */
static CK_RV
new_unwrap(const struct ly_object *o, const CK_MECHANISM *m, CK_FLAGS flag,
    struct ly_keyop **out)
{
	static const uint8_t iv[8] = { 0xa6, 0xa6, 0xa6, 0xa6, 0xa6, 0xa6,
	    0xa6, 0xa6 };	/* RFC 3394 2.2.3.1 */
	const struct ly_mech *row = ly_mech_find(m->mechanism);
	const size_t len = o->skey->value.len;

	if (row == NULL || (row->flags & flag) == 0)
		return CKR_MECHANISM_INVALID;
	if ((row->keys & LY_MECH_SECRET) == 0)
		return CKR_KEY_TYPE_INCONSISTENT;
	if (m->ulParameterLen != 0 && (m->pParameter == NULL ||
	    m->ulParameterLen != sizeof(iv) ||
	    memcmp(m->pParameter, iv, sizeof(iv)) != 0))
		return CKR_MECHANISM_PARAM_INVALID;
	if (len != 16 && len != 24 && len != 32)
		return CKR_KEY_SIZE_RANGE;
	return ly_rv(LY_DOING_ANY, ly_keyop_new_unwrap(&o->skey->value, out));
}

CK_RV
ly_op_new(struct ly_call *c, const CK_MECHANISM *m, CK_OBJECT_HANDLE key,
    CK_FLAGS flag, enum ly_op op, struct ly_keyop **out)
{
	struct ly_keyref ref;
	struct ly_object o;
	struct ly_plan plan;
	CK_RV rv;

	if ((rv = ly_object_key(c, key, &o)) != CKR_OK)
		return rv;
	if (o.class == CKO_SECRET_KEY) {
		rv = new_unwrap(&o, m, flag, out);
	} else if ((rv = ly_mech_plan(m, flag, op, o.e.key_type,
	    &plan)) != CKR_OK) {
		goto out;
	} else if (o.class != CKO_PRIVATE_KEY) {
		rv = CKR_KEY_TYPE_INCONSISTENT;
	} else if ((ly_object_use(&o) & ly_op_use(op)) == 0) {
		rv = CKR_KEY_FUNCTION_NOT_PERMITTED;
	} else {
		ly_object_keyref(&o, &ref);
		rv = ly_rv(LY_DOING_ANY, ly_keyop_new(&plan, &ref, out));
	}
out:
	ly_object_end(c, &o);
	return rv;
}

static enum ly_session_op
sort_of(enum ly_op op)
{
	return op == LY_OP_SIGN ? LY_SES_SIGN : LY_SES_DECRYPT;
}

static enum ly_doing
doing(enum ly_op op)
{
	return op == LY_OP_SIGN ? LY_DOING_SIGN : LY_DOING_DECRYPT;
}

/* PKCS#11 v3.0 5.10.1: Init without a mechanism ends the operation. */
static CK_RV
cancel(struct ly_call *c, enum ly_session_op sort)
{
	void *op = ly_session_take(c->s, sort);

	if (op == NULL)
		return CKR_ARGUMENTS_BAD;
	ly_session_op_free(sort, &op);
	return CKR_OK;
}

CK_RV
ly_op_init(CK_SESSION_HANDLE h, const CK_MECHANISM *m, CK_OBJECT_HANDLE key,
    enum ly_op op)
{
	const enum ly_session_op sort = sort_of(op);
	struct ly_keyop *k = NULL;
	struct ly_call c;
	void *p;
	CK_RV rv;

	if ((rv = ly_call_session(&c, h)) != CKR_OK)
		return rv;
	if (m == NULL) {
		rv = cancel(&c, sort);
	} else if (ly_session_active(c.s, sort)) {
		rv = CKR_OPERATION_ACTIVE;
	} else if ((rv = ly_op_new(&c, m, key, op == LY_OP_SIGN ?
	    CKF_SIGN : CKF_DECRYPT, op, &k)) == CKR_OK) {
		p = k;
		rv = ly_session_begin(c.s, sort, &p);
		k = p;
	}
	ly_keyop_free(&k);
	ly_call_end(&c);
	return rv;
}

int
ly_op_run(struct ly_call *c, struct ly_keyop *op, const uint8_t *in,
    size_t inlen, const uint8_t **res, size_t *reslen)
{
	struct ly_drivers *d = NULL;
	struct ly_ran ran = { 0, 0 };
	int64_t start;
	int r;

	if (!ly_keyop_remote(op))
		return ly_keyop_run(op, NULL, in, inlen, res, reslen, &ran);
	if ((r = ly_token_drivers(c->t, &d)) != 0)
		return r;
	start = ly_now_ms();
	r = ly_keyop_run(op, d, in, inlen, res, reslen, &ran);
	if (ran.revision != 0)
		ly_token_after(c->t, d, &ran, ly_now_ms() - start);
	ly_drivers_unref(&d);
	return r;
}

/* The result, or a reason for the operation to stay: *stays is set. */
static CK_RV
finish(struct ly_call *c, struct ly_keyop *k, enum ly_op op,
    const CK_BYTE *in, CK_ULONG inlen, CK_BYTE *out, CK_ULONG *outlen,
    int *stays)
{
	const size_t max = ly_keyop_max(k, (size_t)inlen);
	const uint8_t *res = NULL;
	size_t reslen = 0;
	CK_RV rv;
	int r;

	if (out == NULL || (ly_keyop_exact(k) && *outlen < max)) {
		*stays = 1;
		*outlen = (CK_ULONG)max;
		return out == NULL ? CKR_OK : CKR_BUFFER_TOO_SMALL;
	}
	if ((r = ly_op_run(c, k, in, (size_t)inlen, &res, &reslen)) != 0)
		return ly_rv(doing(op), r);
	if ((rv = ly_give(res, reslen, out, outlen)) ==
	    CKR_BUFFER_TOO_SMALL) {
		if ((r = ly_keyop_keep(k, in, (size_t)inlen)) != 0)
			return ly_rv(doing(op), r);
		*stays = 1;
	}
	return rv;
}

CK_RV
ly_op_finish(CK_SESSION_HANDLE h, enum ly_op op, int final,
    const CK_BYTE *in, CK_ULONG inlen, CK_BYTE *out, CK_ULONG *outlen)
{
	const enum ly_session_op sort = sort_of(op);
	struct ly_keyop *k;
	struct ly_call c;
	int stays = 0;
	void *p;
	CK_RV rv;

	if ((rv = ly_call_session(&c, h)) != CKR_OK)
		return rv;
	if ((k = ly_session_take(c.s, sort)) == NULL) {
		rv = CKR_OPERATION_NOT_INITIALIZED;
		goto out;
	}
	if (outlen == NULL || (!final && in == NULL && inlen != 0)) {
		rv = CKR_ARGUMENTS_BAD;
	} else if (!final && ly_keyop_begun(k)) {
		/* Parts were given: the single-part call is out of place. */
		rv = CKR_OPERATION_ACTIVE;
	} else {
		if (!final && in == NULL)
			in = (const CK_BYTE *)"";
		rv = finish(&c, k, op, in, inlen, out, outlen, &stays);
	}
	p = k;
	if (stays)
		ly_session_put(c.s, sort, &p);
	else
		ly_session_op_free(sort, &p);
out:
	ly_call_end(&c);
	return rv;
}

CK_RV
ly_op_update(CK_SESSION_HANDLE h, enum ly_op op, const CK_BYTE *in,
    CK_ULONG inlen)
{
	const enum ly_session_op sort = sort_of(op);
	struct ly_keyop *k;
	struct ly_call c;
	void *p;
	CK_RV rv;

	if ((rv = ly_call_session(&c, h)) != CKR_OK)
		return rv;
	if ((k = ly_session_take(c.s, sort)) == NULL) {
		rv = CKR_OPERATION_NOT_INITIALIZED;
		goto out;
	}
	if (in == NULL && inlen != 0)
		rv = CKR_ARGUMENTS_BAD;
	else
		rv = ly_rv(doing(op), ly_keyop_update(k, in, (size_t)inlen));
	p = k;
	if (rv == CKR_OK)
		ly_session_put(c.s, sort, &p);
	else
		ly_session_op_free(sort, &p);
out:
	ly_call_end(&c);
	return rv;
}
