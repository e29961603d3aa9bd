/*
 * Every C_* function called wrongly: before C_Initialize, after
 * C_Finalize, with handles of nothing, with NULL for each pointer, in the
 * wrong order. Nothing crashes, and nothing stays behind.
 */
#include "fixture.h"

static uint8_t buf[300];
static CK_ULONG len;
static CK_OBJECT_HANDLE out_handle;
static CK_MECHANISM rsa = { CKM_RSA_PKCS, NULL, 0 };
static CK_OBJECT_CLASS class = CKO_SECRET_KEY;
static CK_ATTRIBUTE tmpl[] = { FX_A(CKA_CLASS, class) };

/* Each function on a session with sane arguments otherwise. */
struct call {
	const char *name;
	CK_RV (*call)(CK_SESSION_HANDLE s, CK_OBJECT_HANDLE o);
	CK_RV idle;	/* what it says on a fresh session */
};

#define CALL(name, args)						\
static CK_RV								\
call_ ## name(CK_SESSION_HANDLE s, CK_OBJECT_HANDLE o)			\
{									\
	(void)s;							\
	(void)o;							\
	len = sizeof(buf);						\
	return name args;						\
}

CALL(C_CloseSession, (s));
CALL(C_GetOperationState, (s, buf, &len));
CALL(C_SetOperationState, (s, buf, 1, o, o));
CALL(C_Login, (s, CKU_USER, buf, 4));
CALL(C_LoginUser, (s, CKU_USER, buf, 4, NULL, 0));
CALL(C_Logout, (s));
CALL(C_SessionCancel, (s, ~0ul));
CALL(C_InitPIN, (s, buf, 4));
CALL(C_SetPIN, (s, buf, 4, buf, 4));
CALL(C_CreateObject, (s, tmpl, 1, &out_handle));
CALL(C_CopyObject, (s, o, tmpl, 1, &out_handle));
CALL(C_DestroyObject, (s, o));
CALL(C_GetObjectSize, (s, o, &len));
CALL(C_GetAttributeValue, (s, o, tmpl, 1));
CALL(C_SetAttributeValue, (s, o, tmpl, 1));
CALL(C_FindObjects, (s, &out_handle, 1, &len));
CALL(C_FindObjectsFinal, (s));
CALL(C_EncryptInit, (s, &rsa, o));
CALL(C_Encrypt, (s, buf, 1, buf, &len));
CALL(C_EncryptUpdate, (s, buf, 1, buf, &len));
CALL(C_EncryptFinal, (s, buf, &len));
CALL(C_DecryptInit, (s, &rsa, o));
CALL(C_Decrypt, (s, buf, 256, buf, &len));
CALL(C_DecryptUpdate, (s, buf, 1, buf, &len));
CALL(C_DecryptFinal, (s, buf, &len));
CALL(C_DigestInit, (s, &rsa));
CALL(C_Digest, (s, buf, 1, buf, &len));
CALL(C_DigestUpdate, (s, buf, 1));
CALL(C_DigestKey, (s, o));
CALL(C_DigestFinal, (s, buf, &len));
CALL(C_SignInit, (s, &rsa, o));
CALL(C_Sign, (s, buf, 1, buf, &len));
CALL(C_SignUpdate, (s, buf, 1));
CALL(C_SignFinal, (s, buf, &len));
CALL(C_SignRecoverInit, (s, &rsa, o));
CALL(C_SignRecover, (s, buf, 1, buf, &len));
CALL(C_VerifyInit, (s, &rsa, o));
CALL(C_Verify, (s, buf, 1, buf, 256));
CALL(C_VerifyUpdate, (s, buf, 1));
CALL(C_VerifyFinal, (s, buf, 256));
CALL(C_VerifyRecoverInit, (s, &rsa, o));
CALL(C_VerifyRecover, (s, buf, 1, buf, &len));
CALL(C_DigestEncryptUpdate, (s, buf, 1, buf, &len));
CALL(C_DecryptDigestUpdate, (s, buf, 1, buf, &len));
CALL(C_SignEncryptUpdate, (s, buf, 1, buf, &len));
CALL(C_DecryptVerifyUpdate, (s, buf, 1, buf, &len));
CALL(C_GenerateKey, (s, &rsa, tmpl, 1, &out_handle));
CALL(C_GenerateKeyPair, (s, &rsa, tmpl, 1, tmpl, 1, &out_handle,
    &out_handle));
CALL(C_WrapKey, (s, &rsa, o, o, buf, &len));
CALL(C_UnwrapKey, (s, &rsa, o, buf, 256, tmpl, 1, &out_handle));
CALL(C_DeriveKey, (s, &rsa, o, tmpl, 1, &out_handle));
CALL(C_SeedRandom, (s, buf, 1));
CALL(C_GenerateRandom, (s, buf, 1));
CALL(C_GetFunctionStatus, (s));
CALL(C_CancelFunction, (s));
CALL(C_MessageEncryptInit, (s, &rsa, o));
CALL(C_EncryptMessage, (s, buf, 1, buf, 1, buf, 1, buf, &len));
CALL(C_EncryptMessageBegin, (s, buf, 1, buf, 1));
CALL(C_EncryptMessageNext, (s, buf, 1, buf, 1, buf, &len, 0));
CALL(C_MessageEncryptFinal, (s));
CALL(C_MessageDecryptInit, (s, &rsa, o));
CALL(C_DecryptMessage, (s, buf, 1, buf, 1, buf, 1, buf, &len));
CALL(C_DecryptMessageBegin, (s, buf, 1, buf, 1));
CALL(C_DecryptMessageNext, (s, buf, 1, buf, 1, buf, &len, 0));
CALL(C_MessageDecryptFinal, (s));
CALL(C_MessageSignInit, (s, &rsa, o));
CALL(C_SignMessage, (s, buf, 1, buf, 1, buf, &len));
CALL(C_SignMessageBegin, (s, buf, 1));
CALL(C_SignMessageNext, (s, buf, 1, buf, 1, buf, &len));
CALL(C_MessageSignFinal, (s));
CALL(C_MessageVerifyInit, (s, &rsa, o));
CALL(C_VerifyMessage, (s, buf, 1, buf, 1, buf, 1));
CALL(C_VerifyMessageBegin, (s, buf, 1));
CALL(C_VerifyMessageNext, (s, buf, 1, buf, 1, buf, 1));
CALL(C_MessageVerifyFinal, (s));

static CK_RV
call_C_GetSessionInfo(CK_SESSION_HANDLE s, CK_OBJECT_HANDLE o)
{
	CK_SESSION_INFO info;

	(void)o;
	return C_GetSessionInfo(s, &info);
}

static CK_RV
call_C_FindObjectsInit(CK_SESSION_HANDLE s, CK_OBJECT_HANDLE o)
{
	(void)o;
	return C_FindObjectsInit(s, tmpl, 1);
}

#define ROW(name, rv) { #name, call_ ## name, rv }
#define NONE CKR_FUNCTION_NOT_SUPPORTED
#define IDLE CKR_OPERATION_NOT_INITIALIZED

/* With o = 0, a handle of nothing. C_CloseSession comes last. */
static const struct call calls[] = {
	ROW(C_GetSessionInfo, CKR_OK),
	ROW(C_GetOperationState, CKR_STATE_UNSAVEABLE),
	ROW(C_SetOperationState, CKR_SAVED_STATE_INVALID),
	ROW(C_Logout, CKR_USER_NOT_LOGGED_IN),
	ROW(C_Login, CKR_OK),
	ROW(C_LoginUser, CKR_USER_ALREADY_LOGGED_IN),
	ROW(C_SessionCancel, CKR_OK),
	ROW(C_InitPIN, CKR_TOKEN_WRITE_PROTECTED),
	ROW(C_SetPIN, CKR_TOKEN_WRITE_PROTECTED),
	ROW(C_CreateObject, CKR_TEMPLATE_INCOMPLETE),
	ROW(C_CopyObject, CKR_OBJECT_HANDLE_INVALID),
	ROW(C_DestroyObject, CKR_OBJECT_HANDLE_INVALID),
	ROW(C_GetObjectSize, CKR_OBJECT_HANDLE_INVALID),
	ROW(C_GetAttributeValue, CKR_OBJECT_HANDLE_INVALID),
	ROW(C_SetAttributeValue, CKR_OBJECT_HANDLE_INVALID),
	ROW(C_FindObjects, IDLE),
	ROW(C_FindObjectsFinal, IDLE),
	ROW(C_FindObjectsInit, CKR_OK),
	ROW(C_EncryptInit, CKR_KEY_HANDLE_INVALID),
	ROW(C_Encrypt, IDLE),
	ROW(C_EncryptUpdate, IDLE),
	ROW(C_EncryptFinal, IDLE),
	ROW(C_DecryptInit, CKR_KEY_HANDLE_INVALID),
	ROW(C_Decrypt, IDLE),
	ROW(C_DecryptUpdate, IDLE),
	ROW(C_DecryptFinal, IDLE),
	ROW(C_DigestInit, CKR_MECHANISM_INVALID),
	ROW(C_Digest, IDLE),
	ROW(C_DigestUpdate, IDLE),
	ROW(C_DigestKey, CKR_KEY_INDIGESTIBLE),
	ROW(C_DigestFinal, IDLE),
	ROW(C_SignInit, CKR_KEY_HANDLE_INVALID),
	ROW(C_Sign, IDLE),
	ROW(C_SignUpdate, IDLE),
	ROW(C_SignFinal, IDLE),
	ROW(C_SignRecoverInit, NONE),
	ROW(C_SignRecover, NONE),
	ROW(C_VerifyInit, CKR_KEY_HANDLE_INVALID),
	ROW(C_Verify, IDLE),
	ROW(C_VerifyUpdate, IDLE),
	ROW(C_VerifyFinal, IDLE),
	ROW(C_VerifyRecoverInit, NONE),
	ROW(C_VerifyRecover, NONE),
	ROW(C_DigestEncryptUpdate, NONE),
	ROW(C_DecryptDigestUpdate, NONE),
	ROW(C_SignEncryptUpdate, NONE),
	ROW(C_DecryptVerifyUpdate, NONE),
	ROW(C_GenerateKey, NONE),
	ROW(C_GenerateKeyPair, NONE),
	ROW(C_WrapKey, NONE),
	ROW(C_UnwrapKey, CKR_UNWRAPPING_KEY_HANDLE_INVALID),
	ROW(C_DeriveKey, CKR_KEY_HANDLE_INVALID),
	ROW(C_SeedRandom, CKR_RANDOM_SEED_NOT_SUPPORTED),
	ROW(C_GenerateRandom, CKR_RANDOM_NO_RNG),
	ROW(C_GetFunctionStatus, CKR_FUNCTION_NOT_PARALLEL),
	ROW(C_CancelFunction, CKR_FUNCTION_NOT_PARALLEL),
	ROW(C_MessageEncryptInit, NONE),
	ROW(C_EncryptMessage, NONE),
	ROW(C_EncryptMessageBegin, NONE),
	ROW(C_EncryptMessageNext, NONE),
	ROW(C_MessageEncryptFinal, NONE),
	ROW(C_MessageDecryptInit, NONE),
	ROW(C_DecryptMessage, NONE),
	ROW(C_DecryptMessageBegin, NONE),
	ROW(C_DecryptMessageNext, NONE),
	ROW(C_MessageDecryptFinal, NONE),
	ROW(C_MessageSignInit, NONE),
	ROW(C_SignMessage, NONE),
	ROW(C_SignMessageBegin, NONE),
	ROW(C_SignMessageNext, NONE),
	ROW(C_MessageSignFinal, NONE),
	ROW(C_MessageVerifyInit, NONE),
	ROW(C_VerifyMessage, NONE),
	ROW(C_VerifyMessageBegin, NONE),
	ROW(C_VerifyMessageNext, NONE),
	ROW(C_MessageVerifyFinal, NONE),
	ROW(C_CloseSession, CKR_OK),
};

#define NCALLS (sizeof(calls) / sizeof(calls[0]))

static int
down(void **state)
{
	(void)state;
	fx_down();
	return 0;
}

static void
every(CK_SESSION_HANDLE s, CK_OBJECT_HANDLE o, CK_RV want)
{
	CK_RV rv;
	size_t i;

	for (i = 0; i < NCALLS; i++) {
		rv = calls[i].call(s, o);
		if (rv != want)
			fail_msg("%s: %#lx", calls[i].name, rv);
	}
}

/* The calls that name a slot, or nothing. */
static void
every_slot_call(CK_RV want)
{
	CK_SESSION_HANDLE s;
	CK_MECHANISM_INFO mi;
	CK_TOKEN_INFO ti;
	CK_SLOT_INFO si;
	CK_SLOT_ID slot = 99;

	assert_int_equal(C_GetSlotInfo(slot, &si), want);
	assert_int_equal(C_GetTokenInfo(slot, &ti), want);
	len = 0;
	assert_int_equal(C_GetMechanismList(slot, NULL, &len), want);
	assert_int_equal(C_GetMechanismInfo(slot, CKM_RSA_PKCS, &mi), want);
	assert_int_equal(C_InitToken(slot, buf, 4, buf), want);
	assert_int_equal(C_OpenSession(slot, CKF_SERIAL_SESSION, NULL, NULL,
	    &s), want);
	assert_int_equal(C_CloseAllSessions(slot), want);
}

static void
before_and_after_the_module_is_in_use(void **state)
{
	CK_SESSION_HANDLE s;
	CK_INFO info;
	CK_SLOT_ID slot;
	int round;

	(void)state;
	s = fx_token(NULL);
	for (round = 0; round < 2; round++) {
		assert_int_equal(C_Finalize(NULL), CKR_OK);
		every(s, 9, CKR_CRYPTOKI_NOT_INITIALIZED);
		every_slot_call(CKR_CRYPTOKI_NOT_INITIALIZED);
		assert_int_equal(C_GetInfo(&info),
		    CKR_CRYPTOKI_NOT_INITIALIZED);
		assert_int_equal(C_GetSlotList(CK_TRUE, NULL, &len),
		    CKR_CRYPTOKI_NOT_INITIALIZED);
		assert_int_equal(C_WaitForSlotEvent(1, &slot, NULL),
		    CKR_CRYPTOKI_NOT_INITIALIZED);
		fx_start();
	}
}

static void
handles_of_nothing(void **state)
{
	static const CK_SESSION_HANDLE bad[] = { 0, 1, 2, 0xffff, 0x10000,
	    0x3fffffff, 0x40000001, (CK_SESSION_HANDLE)-1 };
	CK_SESSION_HANDLE s;
	size_t i;

	(void)state;
	s = fx_token(NULL);
	assert_int_equal(C_CloseSession(s), CKR_OK);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		every(bad[i], 9, CKR_SESSION_HANDLE_INVALID);
	every(s, 9, CKR_SESSION_HANDLE_INVALID);
	every_slot_call(CKR_SLOT_ID_INVALID);
}

static void
contract_3_an_idle_session_says_what_the_standard_says(void **state)
{
	CK_SESSION_HANDLE s;
	CK_RV rv;
	size_t i;

	(void)state;
	s = fx_token(NULL);
	for (i = 0; i < NCALLS; i++) {
		rv = calls[i].call(s, 0);
		if (rv != calls[i].idle)
			fail_msg("%s: %#lx, not %#lx", calls[i].name, rv,
			    calls[i].idle);
	}
}

static void
objects_of_nothing(void **state)
{
	static const CK_OBJECT_HANDLE bad[] = { 0, 7, 8, 0xffffff,
	    0x1ffffff9, 0x40000000, 0x40000001, 0x7fffffff, 0xffffffff,
	    (CK_OBJECT_HANDLE)-1 };
	CK_SESSION_HANDLE s;
	CK_ULONG size;
	size_t i;

	(void)state;
	s = fx_token(NULL);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(C_GetObjectSize(s, bad[i], &size),
		    CKR_OBJECT_HANDLE_INVALID);
		assert_int_equal(C_SignInit(s, &rsa, bad[i]),
		    CKR_KEY_HANDLE_INVALID);
		assert_int_equal(C_DestroyObject(s, bad[i]),
		    CKR_OBJECT_HANDLE_INVALID);
	}
	/* Every number below a million: a crash would show. */
	for (i = 0; i < 1000000; i += 3)
		(void)C_GetObjectSize(s, i, &size);
}

static void
null_for_each_pointer(void **state)
{
	CK_SESSION_HANDLE s;
	CK_OBJECT_HANDLE key, pub;
	CK_MECHANISM sha = { CKM_SHA256, NULL, 0 };

	(void)state;
	s = fx_token(NULL);
	key = fx_object(s, CKO_PRIVATE_KEY, FX_RSA);
	pub = fx_object(s, CKO_PUBLIC_KEY, FX_RSA);
	assert_int_equal(C_GetInfo(NULL), CKR_ARGUMENTS_BAD);
	assert_int_equal(C_GetSlotInfo(0, NULL), CKR_ARGUMENTS_BAD);
	assert_int_equal(C_GetTokenInfo(0, NULL), CKR_ARGUMENTS_BAD);
	assert_int_equal(C_GetSessionInfo(s, NULL), CKR_ARGUMENTS_BAD);
	assert_int_equal(C_GetAttributeValue(s, key, NULL, 3),
	    CKR_ARGUMENTS_BAD);
	assert_int_equal(C_CreateObject(s, NULL, 3, &out_handle),
	    CKR_ARGUMENTS_BAD);
	assert_int_equal(C_CreateObject(s, tmpl, 1, NULL),
	    CKR_ARGUMENTS_BAD);
	assert_int_equal(C_GetObjectSize(s, key, NULL), CKR_ARGUMENTS_BAD);
	assert_int_equal(C_DeriveKey(s, NULL, key, tmpl, 1, &out_handle),
	    CKR_ARGUMENTS_BAD);
	assert_int_equal(C_DeriveKey(s, &rsa, key, NULL, 1, &out_handle),
	    CKR_ARGUMENTS_BAD);
	assert_int_equal(C_UnwrapKey(s, &rsa, key, NULL, 256, tmpl, 1,
	    &out_handle), CKR_ARGUMENTS_BAD);
	assert_int_equal(C_UnwrapKey(s, &rsa, key, buf, 256, tmpl, 1, NULL),
	    CKR_ARGUMENTS_BAD);
	assert_int_equal(C_DigestInit(s, NULL), CKR_ARGUMENTS_BAD);
	assert_int_equal(C_EncryptInit(s, NULL, pub), CKR_ARGUMENTS_BAD);
	assert_int_equal(C_VerifyInit(s, NULL, pub), CKR_ARGUMENTS_BAD);
	/* Each of these ends the operation that it spoils. */
	len = sizeof(buf);
	assert_int_equal(C_DecryptInit(s, &rsa, key), CKR_OK);
	assert_int_equal(C_Decrypt(s, NULL, 256, buf, &len),
	    CKR_ARGUMENTS_BAD);
	assert_int_equal(C_DecryptInit(s, &rsa, key), CKR_OK);
	assert_int_equal(C_Decrypt(s, buf, 256, buf, NULL),
	    CKR_ARGUMENTS_BAD);
	assert_int_equal(C_DecryptInit(s, &rsa, key), CKR_OK);
	assert_int_equal(C_DecryptUpdate(s, buf, 5, buf, NULL),
	    CKR_ARGUMENTS_BAD);
	assert_int_equal(C_DecryptInit(s, &rsa, key), CKR_OK);
	assert_int_equal(C_DecryptUpdate(s, NULL, 5, buf, &len),
	    CKR_ARGUMENTS_BAD);
	assert_int_equal(C_SignInit(s, &rsa, key), CKR_OK);
	assert_int_equal(C_SignUpdate(s, NULL, 5), CKR_ARGUMENTS_BAD);
	assert_int_equal(C_SignInit(s, &rsa, key), CKR_OK);
	assert_int_equal(C_SignFinal(s, buf, NULL), CKR_ARGUMENTS_BAD);
	assert_int_equal(C_DigestInit(s, &sha), CKR_OK);
	assert_int_equal(C_DigestUpdate(s, NULL, 5), CKR_ARGUMENTS_BAD);
	assert_int_equal(C_DigestInit(s, &sha), CKR_OK);
	assert_int_equal(C_Digest(s, NULL, 5, buf, &len), CKR_ARGUMENTS_BAD);
	assert_int_equal(C_DigestInit(s, &sha), CKR_OK);
	assert_int_equal(C_DigestFinal(s, buf, NULL), CKR_ARGUMENTS_BAD);
	assert_int_equal(C_VerifyInit(s, &rsa, pub), CKR_OK);
	assert_int_equal(C_Verify(s, buf, 5, NULL, 256), CKR_ARGUMENTS_BAD);
	assert_int_equal(C_EncryptInit(s, &rsa, pub), CKR_OK);
	assert_int_equal(C_EncryptUpdate(s, NULL, 5, buf, &len),
	    CKR_ARGUMENTS_BAD);
	assert_int_equal(C_EncryptInit(s, &rsa, pub), CKR_OK);
	assert_int_equal(C_Encrypt(s, buf, 5, buf, NULL), CKR_ARGUMENTS_BAD);
	assert_int_equal(fx_fake.runs, 0);
	assert_int_equal(C_DecryptInit(s, &rsa, key), CKR_OK);
	assert_int_equal(C_SignInit(s, &rsa, key), CKR_OK);
	assert_int_equal(C_DigestInit(s, &sha), CKR_OK);
	assert_int_equal(C_VerifyInit(s, &rsa, pub), CKR_OK);
	assert_int_equal(C_EncryptInit(s, &rsa, pub), CKR_OK);
}

static void
empty_and_huge_inputs(void **state)
{
	CK_MECHANISM ecdsa = { CKM_ECDSA, NULL, 0 };
	CK_SESSION_HANDLE s;
	CK_OBJECT_HANDLE key, ec;
	CK_MECHANISM param = { CKM_RSA_PKCS_OAEP, buf, 3 };
	CK_MECHANISM odd = { CKM_RSA_PKCS_OAEP, NULL, 40 };

	(void)state;
	s = fx_token(NULL);
	key = fx_object(s, CKO_PRIVATE_KEY, FX_RSA);
	ec = fx_object(s, CKO_PRIVATE_KEY, FX_EC);
	len = sizeof(buf);
	assert_int_equal(C_SignInit(s, &rsa, key), CKR_OK);
	assert_int_equal(C_Sign(s, buf, 246, buf, &len), CKR_DATA_LEN_RANGE);
	assert_int_equal(C_SignInit(s, &rsa, key), CKR_OK);
	assert_int_equal(C_SignUpdate(s, buf, (CK_ULONG)-1),
	    CKR_DATA_LEN_RANGE);
	assert_int_equal(C_SignInit(s, &rsa, key), CKR_OK);
	assert_int_equal(C_SignUpdate(s, buf, 200), CKR_OK);
	assert_int_equal(C_SignUpdate(s, buf, (CK_ULONG)-100),
	    CKR_DATA_LEN_RANGE);
	assert_int_equal(C_SignInit(s, &ecdsa, ec), CKR_OK);
	len = sizeof(buf);
	assert_int_equal(C_Sign(s, buf, 0, buf, &len), CKR_DATA_LEN_RANGE);
	assert_int_equal(C_SignInit(s, &ecdsa, ec), CKR_OK);
	assert_int_equal(C_SignFinal(s, buf, &len), CKR_DATA_LEN_RANGE);
	assert_int_equal(C_DecryptInit(s, &rsa, key), CKR_OK);
	assert_int_equal(C_Decrypt(s, NULL, 0, buf, &len),
	    CKR_ENCRYPTED_DATA_LEN_RANGE);
	assert_int_equal(C_DecryptInit(s, &rsa, key), CKR_OK);
	assert_int_equal(C_Decrypt(s, buf, (CK_ULONG)-1, buf, &len),
	    CKR_ENCRYPTED_DATA_LEN_RANGE);
	assert_int_equal(C_DecryptInit(s, &param, key),
	    CKR_MECHANISM_PARAM_INVALID);
	assert_int_equal(C_DecryptInit(s, &odd, key),
	    CKR_MECHANISM_PARAM_INVALID);
	assert_int_equal(fx_fake.runs, 0);
}

static void
templates_of_wrong_lengths(void **state)
{
	CK_SESSION_HANDLE s;
	CK_KEY_TYPE aes = CKK_AES, odd = CKK_RSA;
	CK_ULONG n = 16, huge = (CK_ULONG)-1;
	CK_BBOOL no = CK_FALSE;
	CK_ATTRIBUTE good[] = { FX_A(CKA_CLASS, class),
	    FX_A(CKA_KEY_TYPE, aes), { CKA_VALUE, buf, 16 },
	    FX_A(CKA_VALUE_LEN, n), FX_A(CKA_SENSITIVE, no),
	    { CKA_LABEL, buf, 10 }, { CKA_ID, buf, 10 },
	    { 0x7fff1234, NULL, 77 } };
	CK_ATTRIBUTE a[8];
	size_t i;

	(void)state;
	s = fx_token(NULL);
	assert_int_equal(C_CreateObject(s, good, 8, &out_handle), CKR_OK);
	for (i = 0; i < 7; i++) {
		memcpy(a, good, sizeof(a));
		a[i].ulValueLen = i < 2 || i == 3 ? 3 : i == 4 ? 2 : 2000;
		assert_int_equal(C_CreateObject(s, a, 8, &out_handle),
		    CKR_ATTRIBUTE_VALUE_INVALID);
		memcpy(a, good, sizeof(a));
		a[i].pValue = NULL;
		assert_int_equal(C_CreateObject(s, a, 8, &out_handle),
		    CKR_ATTRIBUTE_VALUE_INVALID);
	}
	memcpy(a, good, sizeof(a));
	a[3].pValue = &huge;
	assert_int_equal(C_CreateObject(s, a, 8, &out_handle),
	    CKR_ATTRIBUTE_VALUE_INVALID);
	a[3] = good[3];
	n = 24;
	assert_int_equal(C_CreateObject(s, a, 8, &out_handle),
	    CKR_TEMPLATE_INCONSISTENT);
	n = 16;
	a[1].pValue = &odd;
	assert_int_equal(C_CreateObject(s, a, 8, &out_handle),
	    CKR_TEMPLATE_INCONSISTENT);
}

int
main(void)
{
#define T(f) cmocka_unit_test_teardown(f, down)
	const struct CMUnitTest tests[] = {
		T(before_and_after_the_module_is_in_use),
		T(handles_of_nothing),
		T(contract_3_an_idle_session_says_what_the_standard_says),
		T(objects_of_nothing),
		T(null_for_each_pointer),
		T(empty_and_huge_inputs),
		T(templates_of_wrong_lengths),
	};

	return FX_RUN(tests);
}
