/*
 * PKCS#11 v3.0 5.9 and 5.14: encrypting and verifying with public keys,
 * done here and never sent. Private-key handles are refused.
 */
#include <string.h>

#include "c_util.h"
#include "err.h"
#include "mech.h"
#include "pubop.h"

static CK_RV
pub_new(struct ly_call *c, const CK_MECHANISM *m, CK_OBJECT_HANDLE key,
    enum ly_session_op sort, struct ly_pubop **out)
{
	const int verify = sort == LY_SES_VERIFY;
	struct ly_keyref ref;
	struct ly_object o;
	struct ly_plan plan;
	CK_RV rv;

	if ((rv = ly_object_key(c, key, &o)) != CKR_OK)
		return rv;
	if (o.class != CKO_PUBLIC_KEY) {
		rv = CKR_KEY_TYPE_INCONSISTENT;
	} else if ((rv = ly_mech_plan(m, verify ? CKF_VERIFY : CKF_ENCRYPT,
	    verify ? LY_OP_SIGN : LY_OP_DECRYPT, o.e.key_type,
	    &plan)) == CKR_OK) {
		ly_object_keyref(&o, &ref);
		rv = ly_rv(LY_DOING_VERIFY, ly_pubop_new(&plan,
		    o.e.spki.p, o.e.spki.len, ref.len, out));
	}
	ly_object_end(c, &o);
	return rv;
}

static CK_RV
pub_init(CK_SESSION_HANDLE h, const CK_MECHANISM *m, CK_OBJECT_HANDLE key,
    enum ly_session_op sort)
{
	struct ly_pubop *op = NULL;
	struct ly_call c;
	void *p;
	CK_RV rv;

	if ((rv = ly_call_session(&c, h)) != CKR_OK)
		return rv;
	if (m == NULL) {
		p = ly_session_take(c.s, sort);
		rv = p == NULL ? CKR_ARGUMENTS_BAD : CKR_OK;
		ly_session_op_free(sort, &p);
	} else if (ly_session_active(c.s, sort)) {
		rv = CKR_OPERATION_ACTIVE;
	} else if ((rv = pub_new(&c, m, key, sort, &op)) == CKR_OK) {
		p = op;
		rv = ly_session_begin(c.s, sort, &p);
		op = p;
	}
	ly_pubop_free(&op);
	ly_call_end(&c);
	return rv;
}

static CK_RV
pub_update(CK_SESSION_HANDLE h, const CK_BYTE *in, CK_ULONG inlen,
    enum ly_session_op sort)
{
	struct ly_pubop *op;
	struct ly_call c;
	void *p;
	CK_RV rv;

	if ((rv = ly_call_session(&c, h)) != CKR_OK)
		return rv;
	if ((op = ly_session_take(c.s, sort)) == NULL) {
		ly_call_end(&c);
		return CKR_OPERATION_NOT_INITIALIZED;
	}
	if (in == NULL && inlen != 0)
		rv = CKR_ARGUMENTS_BAD;
	else
		rv = ly_rv(LY_DOING_VERIFY, ly_pubop_update(op, in,
		    (size_t)inlen));
	p = op;
	if (rv == CKR_OK)
		ly_session_put(c.s, sort, &p);
	else
		ly_session_op_free(sort, &p);
	ly_call_end(&c);
	return rv;
}

CK_RV
C_VerifyInit(CK_SESSION_HANDLE h, CK_MECHANISM *m, CK_OBJECT_HANDLE key)
{
	return pub_init(h, m, key, LY_SES_VERIFY);
}

static CK_RV
verify(CK_SESSION_HANDLE h, int final, const CK_BYTE *in, CK_ULONG inlen,
    const CK_BYTE *sig, CK_ULONG siglen)
{
	struct ly_pubop *op;
	struct ly_call c;
	CK_RV rv;

	if ((rv = ly_call_session(&c, h)) != CKR_OK)
		return rv;
	if ((op = ly_session_take(c.s, LY_SES_VERIFY)) == NULL) {
		ly_call_end(&c);
		return CKR_OPERATION_NOT_INITIALIZED;
	}
	if (sig == NULL || (in == NULL && inlen != 0))
		rv = CKR_ARGUMENTS_BAD;
	else if (!final && ly_pubop_begun(op))
		rv = CKR_OPERATION_ACTIVE;
	else if (siglen != ly_pubop_len(op))
		rv = CKR_SIGNATURE_LEN_RANGE;
	else
		rv = ly_rv(LY_DOING_VERIFY, ly_pubop_verify(op,
		    final ? NULL : in != NULL ? in : (const CK_BYTE *)"",
		    (size_t)inlen, sig, (size_t)siglen));
	ly_pubop_free(&op);
	ly_call_end(&c);
	return rv;
}

CK_RV
C_Verify(CK_SESSION_HANDLE h, CK_BYTE *in, CK_ULONG inlen, CK_BYTE *sig,
    CK_ULONG siglen)
{
	return verify(h, 0, in, inlen, sig, siglen);
}

CK_RV
C_VerifyUpdate(CK_SESSION_HANDLE h, CK_BYTE *in, CK_ULONG inlen)
{
	return pub_update(h, in, inlen, LY_SES_VERIFY);
}

CK_RV
C_VerifyFinal(CK_SESSION_HANDLE h, CK_BYTE *sig, CK_ULONG siglen)
{
	return verify(h, 1, NULL, 0, sig, siglen);
}

CK_RV
C_EncryptInit(CK_SESSION_HANDLE h, CK_MECHANISM *m, CK_OBJECT_HANDLE key)
{
	return pub_init(h, m, key, LY_SES_ENCRYPT);
}

static CK_RV
encrypt(CK_SESSION_HANDLE h, int final, const CK_BYTE *in, CK_ULONG inlen,
    CK_BYTE *out, CK_ULONG *outlen)
{
	struct ly_pubop *op;
	struct ly_call c;
	int stays = 0;
	void *p;
	CK_RV rv;

	if ((rv = ly_call_session(&c, h)) != CKR_OK)
		return rv;
	if ((op = ly_session_take(c.s, LY_SES_ENCRYPT)) == NULL) {
		ly_call_end(&c);
		return CKR_OPERATION_NOT_INITIALIZED;
	}
	if (outlen == NULL || (in == NULL && inlen != 0)) {
		rv = CKR_ARGUMENTS_BAD;
	} else if (!final && ly_pubop_begun(op)) {
		rv = CKR_OPERATION_ACTIVE;
	} else if (out == NULL || *outlen < ly_pubop_len(op)) {
		stays = 1;
		rv = ly_give(NULL, ly_pubop_len(op), out, outlen);
	} else {
		*outlen = (CK_ULONG)ly_pubop_len(op);
		rv = ly_rv(LY_DOING_VERIFY, ly_pubop_encrypt(op,
		    final ? NULL : in != NULL ? in : (const CK_BYTE *)"",
		    (size_t)inlen, out));
	}
	p = op;
	if (stays)
		ly_session_put(c.s, LY_SES_ENCRYPT, &p);
	else
		ly_session_op_free(LY_SES_ENCRYPT, &p);
	ly_call_end(&c);
	return rv;
}

CK_RV
C_Encrypt(CK_SESSION_HANDLE h, CK_BYTE *in, CK_ULONG inlen, CK_BYTE *out,
    CK_ULONG *outlen)
{
	return encrypt(h, 0, in, inlen, out, outlen);
}

/* A part is taken in; nothing comes out before C_EncryptFinal. */
CK_RV
C_EncryptUpdate(CK_SESSION_HANDLE h, CK_BYTE *in, CK_ULONG inlen,
    CK_BYTE *out, CK_ULONG *outlen)
{
	CK_RV rv;

	rv = pub_update(h, outlen == NULL ? NULL : in,
	    outlen == NULL ? 1 : out == NULL ? 0 : inlen, LY_SES_ENCRYPT);
	if (rv == CKR_OK)
		*outlen = 0;
	return rv;
}

CK_RV
C_EncryptFinal(CK_SESSION_HANDLE h, CK_BYTE *out, CK_ULONG *outlen)
{
	return encrypt(h, 1, NULL, 0, out, outlen);
}
