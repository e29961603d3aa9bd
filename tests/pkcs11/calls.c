/*
 * Every C_* function of 2.40 and 3.0 but those that need no state; see
 * calls.h. The rows of a table are in an order in which each may be called
 * after the other.
 */
#include "calls.h"

#define CALL(name, args)						\
static CK_RV								\
call_ ## name(const struct fx_args *x)					\
{									\
	return name args;						\
}

CALL(C_GetSessionInfo, (x->s, (void *)x->out));
CALL(C_GetOperationState, (x->s, x->out, x->out_len));
CALL(C_SetOperationState, (x->s, x->in, x->in_len, x->o, x->o));
CALL(C_Logout, (x->s));
CALL(C_Login, (x->s, CKU_USER, x->in, x->in_len));
CALL(C_LoginUser, (x->s, CKU_USER, x->in, x->in_len, x->out, 0));
CALL(C_SessionCancel, (x->s, ~0ul));
CALL(C_InitPIN, (x->s, x->in, x->in_len));
CALL(C_SetPIN, (x->s, x->in, x->in_len, x->in, x->in_len));
CALL(C_CreateObject, (x->s, x->a, x->n, x->h));
CALL(C_CopyObject, (x->s, x->o, x->a, x->n, x->h));
CALL(C_DestroyObject, (x->s, x->o));
CALL(C_GetObjectSize, (x->s, x->o, x->out_len));
CALL(C_GetAttributeValue, (x->s, x->o, x->a, x->n));
CALL(C_SetAttributeValue, (x->s, x->o, x->a, x->n));
CALL(C_FindObjects, (x->s, x->h, 1, x->out_len));
CALL(C_FindObjectsFinal, (x->s));
CALL(C_FindObjectsInit, (x->s, x->a, x->n));
CALL(C_EncryptInit, (x->s, x->m, x->o));
CALL(C_Encrypt, (x->s, x->in, x->in_len, x->out, x->out_len));
CALL(C_EncryptUpdate, (x->s, x->in, x->in_len, x->out, x->out_len));
CALL(C_EncryptFinal, (x->s, x->out, x->out_len));
CALL(C_DecryptInit, (x->s, x->m, x->o));
CALL(C_Decrypt, (x->s, x->in, x->in_len, x->out, x->out_len));
CALL(C_DecryptUpdate, (x->s, x->in, x->in_len, x->out, x->out_len));
CALL(C_DecryptFinal, (x->s, x->out, x->out_len));
CALL(C_DigestInit, (x->s, x->m));
CALL(C_Digest, (x->s, x->in, x->in_len, x->out, x->out_len));
CALL(C_DigestUpdate, (x->s, x->in, x->in_len));
CALL(C_DigestKey, (x->s, x->o));
CALL(C_DigestFinal, (x->s, x->out, x->out_len));
CALL(C_SignInit, (x->s, x->m, x->o));
CALL(C_Sign, (x->s, x->in, x->in_len, x->out, x->out_len));
CALL(C_SignUpdate, (x->s, x->in, x->in_len));
CALL(C_SignFinal, (x->s, x->out, x->out_len));
CALL(C_SignRecoverInit, (x->s, x->m, x->o));
CALL(C_SignRecover, (x->s, x->in, x->in_len, x->out, x->out_len));
CALL(C_VerifyInit, (x->s, x->m, x->o));
CALL(C_Verify, (x->s, x->in, x->in_len, x->out, 256));
CALL(C_VerifyUpdate, (x->s, x->in, x->in_len));
CALL(C_VerifyFinal, (x->s, x->in, x->in_len));
CALL(C_VerifyRecoverInit, (x->s, x->m, x->o));
CALL(C_VerifyRecover, (x->s, x->in, x->in_len, x->out, x->out_len));
CALL(C_DigestEncryptUpdate, (x->s, x->in, x->in_len, x->out, x->out_len));
CALL(C_DecryptDigestUpdate, (x->s, x->in, x->in_len, x->out, x->out_len));
CALL(C_SignEncryptUpdate, (x->s, x->in, x->in_len, x->out, x->out_len));
CALL(C_DecryptVerifyUpdate, (x->s, x->in, x->in_len, x->out, x->out_len));
CALL(C_GenerateKey, (x->s, x->m, x->a, x->n, x->h));
CALL(C_GenerateKeyPair, (x->s, x->m, x->a, x->n, x->a, x->n, x->h, x->h));
CALL(C_WrapKey, (x->s, x->m, x->o, x->o, x->out, x->out_len));
CALL(C_UnwrapKey, (x->s, x->m, x->o, x->in, x->in_len, x->a, x->n, x->h));
CALL(C_DeriveKey, (x->s, x->m, x->o, x->a, x->n, x->h));
CALL(C_SeedRandom, (x->s, x->in, x->in_len));
CALL(C_GenerateRandom, (x->s, x->out, x->in_len));
CALL(C_GetFunctionStatus, (x->s));
CALL(C_CancelFunction, (x->s));
CALL(C_MessageEncryptInit, (x->s, x->m, x->o));
CALL(C_EncryptMessage, (x->s, x->in, x->in_len, x->in, x->in_len, x->in,
    x->in_len, x->out, x->out_len));
CALL(C_EncryptMessageBegin, (x->s, x->in, x->in_len, x->in, x->in_len));
CALL(C_EncryptMessageNext, (x->s, x->in, x->in_len, x->in, x->in_len, x->out,
    x->out_len, 0));
CALL(C_MessageEncryptFinal, (x->s));
CALL(C_MessageDecryptInit, (x->s, x->m, x->o));
CALL(C_DecryptMessage, (x->s, x->in, x->in_len, x->in, x->in_len, x->in,
    x->in_len, x->out, x->out_len));
CALL(C_DecryptMessageBegin, (x->s, x->in, x->in_len, x->in, x->in_len));
CALL(C_DecryptMessageNext, (x->s, x->in, x->in_len, x->in, x->in_len, x->out,
    x->out_len, 0));
CALL(C_MessageDecryptFinal, (x->s));
CALL(C_MessageSignInit, (x->s, x->m, x->o));
CALL(C_SignMessage, (x->s, x->in, x->in_len, x->in, x->in_len, x->out,
    x->out_len));
CALL(C_SignMessageBegin, (x->s, x->in, x->in_len));
CALL(C_SignMessageNext, (x->s, x->in, x->in_len, x->in, x->in_len, x->out,
    x->out_len));
CALL(C_MessageSignFinal, (x->s));
CALL(C_MessageVerifyInit, (x->s, x->m, x->o));
CALL(C_VerifyMessage, (x->s, x->in, x->in_len, x->in, x->in_len, x->in,
    x->in_len));
CALL(C_VerifyMessageBegin, (x->s, x->in, x->in_len));
CALL(C_VerifyMessageNext, (x->s, x->in, x->in_len, x->in, x->in_len, x->in,
    x->in_len));
CALL(C_MessageVerifyFinal, (x->s));
CALL(C_CloseSession, (x->s));
CALL(C_GetSlotInfo, (x->slot, (void *)x->out));
CALL(C_GetTokenInfo, (x->slot, (void *)x->out));
CALL(C_GetMechanismList, (x->slot, (void *)x->out, x->out_len));
CALL(C_GetMechanismInfo, (x->slot, CKM_RSA_PKCS, (void *)x->out));
CALL(C_InitToken, (x->slot, x->in, x->in_len, x->out));
CALL(C_OpenSession, (x->slot, CKF_SERIAL_SESSION, NULL, NULL, x->h));
CALL(C_CloseAllSessions, (x->slot));
CALL(C_GetInfo, ((void *)x->out));
CALL(C_GetSlotList, (CK_TRUE, (void *)x->out, x->out_len));
CALL(C_WaitForSlotEvent, (CKF_DONT_BLOCK, (void *)x->out, NULL));

#define NONE CKR_FUNCTION_NOT_SUPPORTED
#define IDLE CKR_OPERATION_NOT_INITIALIZED
#define ROW(name, sort, rv) { #name, call_ ## name, sort, rv }
#define COUNT(table) (sizeof(table) / sizeof(table[0]))

const struct fx_call fx_session_calls[] = {
	ROW(C_GetSessionInfo, FX_NO_OP, CKR_OK),
	ROW(C_GetOperationState, FX_NO_OP, CKR_STATE_UNSAVEABLE),
	ROW(C_SetOperationState, FX_NO_OP, CKR_SAVED_STATE_INVALID),
	ROW(C_Logout, FX_NO_OP, CKR_USER_NOT_LOGGED_IN),
	ROW(C_Login, FX_NO_OP, CKR_OK),
	ROW(C_LoginUser, FX_NO_OP, CKR_USER_ALREADY_LOGGED_IN),
	ROW(C_SessionCancel, FX_NO_OP, CKR_OK),
	ROW(C_InitPIN, FX_NO_OP, CKR_TOKEN_WRITE_PROTECTED),
	ROW(C_SetPIN, FX_NO_OP, CKR_TOKEN_WRITE_PROTECTED),
	ROW(C_CreateObject, FX_NO_OP, CKR_TEMPLATE_INCOMPLETE),
	ROW(C_CopyObject, FX_NO_OP, CKR_OBJECT_HANDLE_INVALID),
	ROW(C_DestroyObject, FX_NO_OP, CKR_OBJECT_HANDLE_INVALID),
	ROW(C_GetObjectSize, FX_NO_OP, CKR_OBJECT_HANDLE_INVALID),
	ROW(C_GetAttributeValue, FX_NO_OP, CKR_OBJECT_HANDLE_INVALID),
	ROW(C_SetAttributeValue, FX_NO_OP, CKR_OBJECT_HANDLE_INVALID),
	ROW(C_FindObjects, FX_FIND, IDLE),
	ROW(C_FindObjectsFinal, FX_FIND, IDLE),
	ROW(C_FindObjectsInit, FX_FIND, CKR_OK),
	ROW(C_EncryptInit, FX_ENCRYPT, CKR_KEY_HANDLE_INVALID),
	ROW(C_Encrypt, FX_ENCRYPT, IDLE),
	ROW(C_EncryptUpdate, FX_ENCRYPT, IDLE),
	ROW(C_EncryptFinal, FX_ENCRYPT, IDLE),
	ROW(C_DecryptInit, FX_DECRYPT, CKR_KEY_HANDLE_INVALID),
	ROW(C_Decrypt, FX_DECRYPT, IDLE),
	ROW(C_DecryptUpdate, FX_DECRYPT, IDLE),
	ROW(C_DecryptFinal, FX_DECRYPT, IDLE),
	ROW(C_DigestInit, FX_DIGEST, CKR_MECHANISM_INVALID),
	ROW(C_Digest, FX_DIGEST, IDLE),
	ROW(C_DigestUpdate, FX_DIGEST, IDLE),
	ROW(C_DigestKey, FX_NO_OP, CKR_KEY_INDIGESTIBLE),
	ROW(C_DigestFinal, FX_DIGEST, IDLE),
	ROW(C_SignInit, FX_SIGN, CKR_KEY_HANDLE_INVALID),
	ROW(C_Sign, FX_SIGN, IDLE),
	ROW(C_SignUpdate, FX_SIGN, IDLE),
	ROW(C_SignFinal, FX_SIGN, IDLE),
	ROW(C_SignRecoverInit, FX_NO_OP, NONE),
	ROW(C_SignRecover, FX_NO_OP, NONE),
	ROW(C_VerifyInit, FX_VERIFY, CKR_KEY_HANDLE_INVALID),
	ROW(C_Verify, FX_VERIFY, IDLE),
	ROW(C_VerifyUpdate, FX_VERIFY, IDLE),
	ROW(C_VerifyFinal, FX_VERIFY, IDLE),
	ROW(C_VerifyRecoverInit, FX_NO_OP, NONE),
	ROW(C_VerifyRecover, FX_NO_OP, NONE),
	ROW(C_DigestEncryptUpdate, FX_NO_OP, NONE),
	ROW(C_DecryptDigestUpdate, FX_NO_OP, NONE),
	ROW(C_SignEncryptUpdate, FX_NO_OP, NONE),
	ROW(C_DecryptVerifyUpdate, FX_NO_OP, NONE),
	ROW(C_GenerateKey, FX_NO_OP, NONE),
	ROW(C_GenerateKeyPair, FX_NO_OP, NONE),
	ROW(C_WrapKey, FX_NO_OP, NONE),
	ROW(C_UnwrapKey, FX_NO_OP, CKR_UNWRAPPING_KEY_HANDLE_INVALID),
	ROW(C_DeriveKey, FX_NO_OP, CKR_KEY_HANDLE_INVALID),
	ROW(C_SeedRandom, FX_NO_OP, CKR_RANDOM_SEED_NOT_SUPPORTED),
	ROW(C_GenerateRandom, FX_NO_OP, CKR_RANDOM_NO_RNG),
	ROW(C_GetFunctionStatus, FX_NO_OP, CKR_FUNCTION_NOT_PARALLEL),
	ROW(C_CancelFunction, FX_NO_OP, CKR_FUNCTION_NOT_PARALLEL),
	ROW(C_MessageEncryptInit, FX_NO_OP, NONE),
	ROW(C_EncryptMessage, FX_NO_OP, NONE),
	ROW(C_EncryptMessageBegin, FX_NO_OP, NONE),
	ROW(C_EncryptMessageNext, FX_NO_OP, NONE),
	ROW(C_MessageEncryptFinal, FX_NO_OP, NONE),
	ROW(C_MessageDecryptInit, FX_NO_OP, NONE),
	ROW(C_DecryptMessage, FX_NO_OP, NONE),
	ROW(C_DecryptMessageBegin, FX_NO_OP, NONE),
	ROW(C_DecryptMessageNext, FX_NO_OP, NONE),
	ROW(C_MessageDecryptFinal, FX_NO_OP, NONE),
	ROW(C_MessageSignInit, FX_NO_OP, NONE),
	ROW(C_SignMessage, FX_NO_OP, NONE),
	ROW(C_SignMessageBegin, FX_NO_OP, NONE),
	ROW(C_SignMessageNext, FX_NO_OP, NONE),
	ROW(C_MessageSignFinal, FX_NO_OP, NONE),
	ROW(C_MessageVerifyInit, FX_NO_OP, NONE),
	ROW(C_VerifyMessage, FX_NO_OP, NONE),
	ROW(C_VerifyMessageBegin, FX_NO_OP, NONE),
	ROW(C_VerifyMessageNext, FX_NO_OP, NONE),
	ROW(C_MessageVerifyFinal, FX_NO_OP, NONE),
	ROW(C_CloseSession, FX_NO_OP, CKR_OK),
};
const size_t fx_nsession_calls = COUNT(fx_session_calls);

const struct fx_call fx_slot_calls[] = {
	ROW(C_GetSlotInfo, FX_NO_OP, CKR_OK),
	ROW(C_GetTokenInfo, FX_NO_OP, CKR_OK),
	ROW(C_GetMechanismList, FX_NO_OP, CKR_OK),
	ROW(C_GetMechanismInfo, FX_NO_OP, CKR_OK),
	ROW(C_InitToken, FX_NO_OP, CKR_TOKEN_WRITE_PROTECTED),
	ROW(C_OpenSession, FX_NO_OP, CKR_OK),
	ROW(C_CloseAllSessions, FX_NO_OP, CKR_OK),
};
const size_t fx_nslot_calls = COUNT(fx_slot_calls);

const struct fx_call fx_module_calls[] = {
	ROW(C_GetInfo, FX_NO_OP, CKR_OK),
	ROW(C_GetSlotList, FX_NO_OP, CKR_OK),
	ROW(C_WaitForSlotEvent, FX_NO_OP, CKR_NO_EVENT),
};
const size_t fx_nmodule_calls = COUNT(fx_module_calls);

struct fx_args
fx_sane(CK_SESSION_HANDLE s, CK_OBJECT_HANDLE o)
{
	static CK_OBJECT_CLASS class = CKO_SECRET_KEY;
	static CK_ATTRIBUTE a = { CKA_CLASS, &class, sizeof(class) };
	static CK_MECHANISM m = { CKM_RSA_PKCS, NULL, 0 };
	static CK_ULONG words[FX_ROOM], out_len;
	static CK_BYTE in[FX_ROOM];
	static CK_OBJECT_HANDLE h;
	const struct fx_args x = { .s = s, .o = o, .m = &m, .in = in,
	    .in_len = 4, .out = (CK_BYTE *)words, .out_len = &out_len,
	    .a = &a, .n = 1, .h = &h };

	a.pValue = &class;
	out_len = FX_ROOM;
	return x;
}
