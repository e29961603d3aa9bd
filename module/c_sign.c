/* PKCS#11 v3.0 5.13: signing. Verifying is c_verify.c. */
#include "c_util.h"

CK_RV
C_SignInit(CK_SESSION_HANDLE h, CK_MECHANISM *m, CK_OBJECT_HANDLE key)
{
	return ly_op_init(h, m, key, LY_OP_SIGN);
}

CK_RV
C_Sign(CK_SESSION_HANDLE h, CK_BYTE *in, CK_ULONG inlen, CK_BYTE *out,
    CK_ULONG *outlen)
{
	return ly_op_finish(h, LY_OP_SIGN, 0, in, inlen, out, outlen);
}

CK_RV
C_SignUpdate(CK_SESSION_HANDLE h, CK_BYTE *in, CK_ULONG inlen)
{
	return ly_op_update(h, LY_OP_SIGN, in, inlen);
}

CK_RV
C_SignFinal(CK_SESSION_HANDLE h, CK_BYTE *out, CK_ULONG *outlen)
{
	return ly_op_finish(h, LY_OP_SIGN, 1, NULL, 0, out, outlen);
}
