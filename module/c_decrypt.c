/* PKCS#11 v3.0 5.11: decrypting. The result comes with the last call. */
#include "c_util.h"

CK_RV
C_DecryptInit(CK_SESSION_HANDLE h, CK_MECHANISM *m, CK_OBJECT_HANDLE key)
{
	return ly_op_init(h, m, key, LY_OP_DECRYPT);
}

CK_RV
C_Decrypt(CK_SESSION_HANDLE h, CK_BYTE *in, CK_ULONG inlen, CK_BYTE *out,
    CK_ULONG *outlen)
{
	return ly_op_finish(h, LY_OP_DECRYPT, 0, in, inlen, out, outlen);
}

/* A part is taken in; nothing comes out before C_DecryptFinal. */
CK_RV
C_DecryptUpdate(CK_SESSION_HANDLE h, CK_BYTE *in, CK_ULONG inlen,
    CK_BYTE *out, CK_ULONG *outlen)
{
	CK_RV rv;

	rv = ly_op_update(h, LY_OP_DECRYPT, outlen == NULL ? NULL : in,
	    outlen == NULL ? 1 : out == NULL ? 0 : inlen);
	if (rv == CKR_OK)
		*outlen = 0;
	return rv;
}

CK_RV
C_DecryptFinal(CK_SESSION_HANDLE h, CK_BYTE *out, CK_ULONG *outlen)
{
	return ly_op_finish(h, LY_OP_DECRYPT, 1, NULL, 0, out, outlen);
}
