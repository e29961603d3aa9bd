/*
 * The functions that this token does not have: each answers the code of
 * the standard for that, after the checks that all functions make. A key
 * of the token is made, changed and escrowed by the service alone.
 */
#include "c_util.h"

/* After the checks of every function: what. */
static CK_RV
none(CK_SESSION_HANDLE h, CK_RV what)
{
	struct ly_call c;
	CK_RV rv;

	if ((rv = ly_call_session(&c, h)) != CKR_OK)
		return rv;
	ly_call_end(&c);
	return what;
}

CK_RV
C_InitPIN(CK_SESSION_HANDLE h, CK_UTF8CHAR *pin, CK_ULONG len)
{
	(void)pin;
	(void)len;
	return none(h, CKR_TOKEN_WRITE_PROTECTED);
}

CK_RV
C_SetPIN(CK_SESSION_HANDLE h, CK_UTF8CHAR *old, CK_ULONG old_len,
    CK_UTF8CHAR *new, CK_ULONG new_len)
{
	(void)old;
	(void)old_len;
	(void)new;
	(void)new_len;
	return none(h, CKR_TOKEN_WRITE_PROTECTED);
}

CK_RV
C_GetOperationState(CK_SESSION_HANDLE h, CK_BYTE *state, CK_ULONG *len)
{
	(void)state;
	(void)len;
	return none(h, CKR_STATE_UNSAVEABLE);
}

CK_RV
C_SetOperationState(CK_SESSION_HANDLE h, CK_BYTE *state, CK_ULONG len,
    CK_OBJECT_HANDLE enc, CK_OBJECT_HANDLE auth)
{
	(void)state;
	(void)len;
	(void)enc;
	(void)auth;
	return none(h, CKR_SAVED_STATE_INVALID);
}

CK_RV
C_DigestKey(CK_SESSION_HANDLE h, CK_OBJECT_HANDLE key)
{
	(void)key;
	return none(h, CKR_KEY_INDIGESTIBLE);
}

CK_RV
C_SignRecoverInit(CK_SESSION_HANDLE h, CK_MECHANISM *m, CK_OBJECT_HANDLE key)
{
	(void)m;
	(void)key;
	return none(h, CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV
C_SignRecover(CK_SESSION_HANDLE h, CK_BYTE *in, CK_ULONG inlen, CK_BYTE *out,
    CK_ULONG *outlen)
{
	(void)in;
	(void)inlen;
	(void)out;
	(void)outlen;
	return none(h, CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV
C_VerifyRecoverInit(CK_SESSION_HANDLE h, CK_MECHANISM *m, CK_OBJECT_HANDLE
    key)
{
	(void)m;
	(void)key;
	return none(h, CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV
C_VerifyRecover(CK_SESSION_HANDLE h, CK_BYTE *in, CK_ULONG inlen,
    CK_BYTE *out, CK_ULONG *outlen)
{
	(void)in;
	(void)inlen;
	(void)out;
	(void)outlen;
	return none(h, CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV
C_DigestEncryptUpdate(CK_SESSION_HANDLE h, CK_BYTE *in, CK_ULONG inlen,
    CK_BYTE *out, CK_ULONG *outlen)
{
	(void)in;
	(void)inlen;
	(void)out;
	(void)outlen;
	return none(h, CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV
C_DecryptDigestUpdate(CK_SESSION_HANDLE h, CK_BYTE *in, CK_ULONG inlen,
    CK_BYTE *out, CK_ULONG *outlen)
{
	(void)in;
	(void)inlen;
	(void)out;
	(void)outlen;
	return none(h, CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV
C_SignEncryptUpdate(CK_SESSION_HANDLE h, CK_BYTE *in, CK_ULONG inlen,
    CK_BYTE *out, CK_ULONG *outlen)
{
	(void)in;
	(void)inlen;
	(void)out;
	(void)outlen;
	return none(h, CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV
C_DecryptVerifyUpdate(CK_SESSION_HANDLE h, CK_BYTE *in, CK_ULONG inlen,
    CK_BYTE *out, CK_ULONG *outlen)
{
	(void)in;
	(void)inlen;
	(void)out;
	(void)outlen;
	return none(h, CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV
C_GenerateKey(CK_SESSION_HANDLE h, CK_MECHANISM *m, CK_ATTRIBUTE *a,
    CK_ULONG n, CK_OBJECT_HANDLE *key)
{
	(void)m;
	(void)a;
	(void)n;
	(void)key;
	return none(h, CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV
C_GenerateKeyPair(CK_SESSION_HANDLE h, CK_MECHANISM *m, CK_ATTRIBUTE *pub,
    CK_ULONG npub, CK_ATTRIBUTE *priv, CK_ULONG npriv, CK_OBJECT_HANDLE *hpub,
    CK_OBJECT_HANDLE *hpriv)
{
	(void)m;
	(void)pub;
	(void)npub;
	(void)priv;
	(void)npriv;
	(void)hpub;
	(void)hpriv;
	return none(h, CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV
C_WrapKey(CK_SESSION_HANDLE h, CK_MECHANISM *m, CK_OBJECT_HANDLE wrapping,
    CK_OBJECT_HANDLE key, CK_BYTE *out, CK_ULONG *outlen)
{
	(void)m;
	(void)wrapping;
	(void)key;
	(void)out;
	(void)outlen;
	return none(h, CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV
C_SeedRandom(CK_SESSION_HANDLE h, CK_BYTE *seed, CK_ULONG len)
{
	(void)seed;
	(void)len;
	return none(h, CKR_RANDOM_SEED_NOT_SUPPORTED);
}

CK_RV
C_GenerateRandom(CK_SESSION_HANDLE h, CK_BYTE *out, CK_ULONG len)
{
	(void)out;
	(void)len;
	return none(h, CKR_RANDOM_NO_RNG);
}

CK_RV
C_GetFunctionStatus(CK_SESSION_HANDLE h)
{
	return none(h, CKR_FUNCTION_NOT_PARALLEL);
}

CK_RV
C_CancelFunction(CK_SESSION_HANDLE h)
{
	return none(h, CKR_FUNCTION_NOT_PARALLEL);
}

CK_RV
C_MessageEncryptInit(CK_SESSION_HANDLE h, CK_MECHANISM *m, CK_OBJECT_HANDLE
    key)
{
	(void)m;
	(void)key;
	return none(h, CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV
C_EncryptMessage(CK_SESSION_HANDLE h, void *param, CK_ULONG param_len,
    CK_BYTE *aad, CK_ULONG aad_len, CK_BYTE *in, CK_ULONG in_len,
    CK_BYTE *out, CK_ULONG *out_len)
{
	(void)param;
	(void)param_len;
	(void)aad;
	(void)aad_len;
	(void)in;
	(void)in_len;
	(void)out;
	(void)out_len;
	return none(h, CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV
C_EncryptMessageBegin(CK_SESSION_HANDLE h, void *param, CK_ULONG param_len,
    CK_BYTE *aad, CK_ULONG aad_len)
{
	(void)param;
	(void)param_len;
	(void)aad;
	(void)aad_len;
	return none(h, CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV
C_EncryptMessageNext(CK_SESSION_HANDLE h, void *param, CK_ULONG param_len,
    CK_BYTE *in, CK_ULONG in_len, CK_BYTE *out, CK_ULONG *out_len, CK_FLAGS
    flags)
{
	(void)param;
	(void)param_len;
	(void)in;
	(void)in_len;
	(void)out;
	(void)out_len;
	(void)flags;
	return none(h, CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV
C_MessageEncryptFinal(CK_SESSION_HANDLE h)
{
	return none(h, CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV
C_MessageDecryptInit(CK_SESSION_HANDLE h, CK_MECHANISM *m, CK_OBJECT_HANDLE
    key)
{
	(void)m;
	(void)key;
	return none(h, CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV
C_DecryptMessage(CK_SESSION_HANDLE h, void *param, CK_ULONG param_len,
    CK_BYTE *aad, CK_ULONG aad_len, CK_BYTE *in, CK_ULONG in_len,
    CK_BYTE *out, CK_ULONG *out_len)
{
	(void)param;
	(void)param_len;
	(void)aad;
	(void)aad_len;
	(void)in;
	(void)in_len;
	(void)out;
	(void)out_len;
	return none(h, CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV
C_DecryptMessageBegin(CK_SESSION_HANDLE h, void *param, CK_ULONG param_len,
    CK_BYTE *aad, CK_ULONG aad_len)
{
	(void)param;
	(void)param_len;
	(void)aad;
	(void)aad_len;
	return none(h, CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV
C_DecryptMessageNext(CK_SESSION_HANDLE h, void *param, CK_ULONG param_len,
    CK_BYTE *in, CK_ULONG in_len, CK_BYTE *out, CK_ULONG *out_len, CK_FLAGS
    flags)
{
	(void)param;
	(void)param_len;
	(void)in;
	(void)in_len;
	(void)out;
	(void)out_len;
	(void)flags;
	return none(h, CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV
C_MessageDecryptFinal(CK_SESSION_HANDLE h)
{
	return none(h, CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV
C_MessageSignInit(CK_SESSION_HANDLE h, CK_MECHANISM *m, CK_OBJECT_HANDLE key)
{
	(void)m;
	(void)key;
	return none(h, CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV
C_SignMessage(CK_SESSION_HANDLE h, void *param, CK_ULONG param_len,
    CK_BYTE *in, CK_ULONG in_len, CK_BYTE *out, CK_ULONG *out_len)
{
	(void)param;
	(void)param_len;
	(void)in;
	(void)in_len;
	(void)out;
	(void)out_len;
	return none(h, CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV
C_SignMessageBegin(CK_SESSION_HANDLE h, void *param, CK_ULONG param_len)
{
	(void)param;
	(void)param_len;
	return none(h, CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV
C_SignMessageNext(CK_SESSION_HANDLE h, void *param, CK_ULONG param_len,
    CK_BYTE *in, CK_ULONG in_len, CK_BYTE *out, CK_ULONG *out_len)
{
	(void)param;
	(void)param_len;
	(void)in;
	(void)in_len;
	(void)out;
	(void)out_len;
	return none(h, CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV
C_MessageSignFinal(CK_SESSION_HANDLE h)
{
	return none(h, CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV
C_MessageVerifyInit(CK_SESSION_HANDLE h, CK_MECHANISM *m, CK_OBJECT_HANDLE
    key)
{
	(void)m;
	(void)key;
	return none(h, CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV
C_VerifyMessage(CK_SESSION_HANDLE h, void *param, CK_ULONG param_len,
    CK_BYTE *in, CK_ULONG in_len, CK_BYTE *sig, CK_ULONG sig_len)
{
	(void)param;
	(void)param_len;
	(void)in;
	(void)in_len;
	(void)sig;
	(void)sig_len;
	return none(h, CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV
C_VerifyMessageBegin(CK_SESSION_HANDLE h, void *param, CK_ULONG param_len)
{
	(void)param;
	(void)param_len;
	return none(h, CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV
C_VerifyMessageNext(CK_SESSION_HANDLE h, void *param, CK_ULONG param_len,
    CK_BYTE *in, CK_ULONG in_len, CK_BYTE *sig, CK_ULONG sig_len)
{
	(void)param;
	(void)param_len;
	(void)in;
	(void)in_len;
	(void)sig;
	(void)sig_len;
	return none(h, CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV
C_MessageVerifyFinal(CK_SESSION_HANDLE h)
{
	return none(h, CKR_FUNCTION_NOT_SUPPORTED);
}
