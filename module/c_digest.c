/* PKCS#11 v3.0 5.12: message digests; accepted, not advertised. */
#include "c_util.h"
#include "err.h"
#include "hasher.h"
#include "mech.h"

/* As with other operations, no mechanism means: cancel what is active. */
CK_RV
C_DigestInit(CK_SESSION_HANDLE h, CK_MECHANISM *m)
{
	struct ly_hasher *hasher = NULL;
	struct ly_call c;
	void *p;
	CK_RV rv;

	if ((rv = ly_call_session(&c, h)) != CKR_OK)
		return rv;
	if (m == NULL) {
		p = ly_session_take(c.s, LY_SES_DIGEST);
		rv = p == NULL ? CKR_ARGUMENTS_BAD : CKR_OK;
		ly_session_op_free(LY_SES_DIGEST, &p);
	} else if (ly_session_active(c.s, LY_SES_DIGEST)) {
		rv = CKR_OPERATION_ACTIVE;
	} else if (ly_mech_digest(m->mechanism) == LY_HASH_NONE) {
		rv = CKR_MECHANISM_INVALID;
	} else if (m->ulParameterLen != 0) {
		rv = CKR_MECHANISM_PARAM_INVALID;
	} else if ((rv = ly_rv(LY_DOING_ANY, ly_hasher_new(
	    ly_mech_digest(m->mechanism), &hasher))) == CKR_OK) {
		p = hasher;
		rv = ly_session_begin(c.s, LY_SES_DIGEST, &p);
		hasher = p;
	}
	ly_hasher_free(&hasher);
	ly_call_end(&c);
	return rv;
}

/* Take a last part in, if there is one, and give the digest. */
static CK_RV
finish(CK_SESSION_HANDLE h, const CK_BYTE *in, CK_ULONG inlen, CK_BYTE *out,
    CK_ULONG *outlen)
{
	struct ly_hasher *hasher;
	uint8_t digest[LY_HASH_MAX];
	struct ly_call c;
	size_t len;
	int stays = 0, r = 0;
	void *p;
	CK_RV rv;

	if ((rv = ly_call_session(&c, h)) != CKR_OK)
		return rv;
	if ((hasher = ly_session_take(c.s, LY_SES_DIGEST)) == NULL) {
		ly_call_end(&c);
		return CKR_OPERATION_NOT_INITIALIZED;
	}
	len = ly_hash_len(ly_hasher_hash(hasher));
	if (outlen == NULL || (in == NULL && inlen != 0)) {
		rv = CKR_ARGUMENTS_BAD;
	} else if (out == NULL || *outlen < len) {
		stays = 1;
		rv = ly_give(NULL, len, out, outlen);
	} else {
		if (inlen != 0)
			r = ly_hasher_update(hasher, in, (size_t)inlen);
		if (r == 0)
			r = ly_hasher_final(hasher, digest, &len);
		rv = r == 0 ? ly_give(digest, len, out, outlen) :
		    ly_rv(LY_DOING_ANY, r);
	}
	p = hasher;
	if (stays)
		ly_session_put(c.s, LY_SES_DIGEST, &p);
	else
		ly_session_op_free(LY_SES_DIGEST, &p);
	ly_call_end(&c);
	return rv;
}

CK_RV
C_Digest(CK_SESSION_HANDLE h, CK_BYTE *in, CK_ULONG inlen, CK_BYTE *out,
    CK_ULONG *outlen)
{
	return finish(h, in, inlen, out, outlen);
}

CK_RV
C_DigestUpdate(CK_SESSION_HANDLE h, CK_BYTE *in, CK_ULONG inlen)
{
	struct ly_hasher *hasher;
	struct ly_call c;
	void *p;
	CK_RV rv;

	if ((rv = ly_call_session(&c, h)) != CKR_OK)
		return rv;
	if ((hasher = ly_session_take(c.s, LY_SES_DIGEST)) == NULL) {
		ly_call_end(&c);
		return CKR_OPERATION_NOT_INITIALIZED;
	}
	if (in == NULL && inlen != 0)
		rv = CKR_ARGUMENTS_BAD;
	else if (inlen != 0)
		rv = ly_rv(LY_DOING_ANY, ly_hasher_update(hasher, in,
		    (size_t)inlen));
	p = hasher;
	if (rv == CKR_OK)
		ly_session_put(c.s, LY_SES_DIGEST, &p);
	else
		ly_session_op_free(LY_SES_DIGEST, &p);
	ly_call_end(&c);
	return rv;
}

CK_RV
C_DigestFinal(CK_SESSION_HANDLE h, CK_BYTE *out, CK_ULONG *outlen)
{
	return finish(h, NULL, 0, out, outlen);
}
