/*
 * Every C_* function called wrongly: before C_Initialize, after
 * C_Finalize, with handles of nothing, with NULL for each pointer, in the
 * wrong order. Nothing crashes, and nothing stays behind.
 */
#include "calls.h"
#include "fixture.h"

static uint8_t buf[FX_ROOM];
static CK_ULONG len;
static CK_OBJECT_HANDLE out_handle;
static CK_MECHANISM rsa = { CKM_RSA_PKCS, NULL, 0 };
static CK_OBJECT_CLASS class = CKO_SECRET_KEY;
static CK_ATTRIBUTE tmpl[] = { FX_A(CKA_CLASS, class) };

static int
down(void **state)
{
	(void)state;
	fx_down();
	return 0;
}

static void
each(const struct fx_call *calls, size_t n, struct fx_args x, CK_RV want)
{
	CK_RV rv;
	size_t i;

	for (i = 0; i < n; i++) {
		*x.out_len = FX_ROOM;
		rv = calls[i].call(&x);
		if (rv != want)
			fail_msg("%s: %#lx", calls[i].name, rv);
	}
}

static void
every(CK_SESSION_HANDLE s, CK_OBJECT_HANDLE o, CK_RV want)
{
	each(fx_session_calls, fx_nsession_calls, fx_sane(s, o), want);
}

static void
every_slot_call(CK_RV want)
{
	struct fx_args x = fx_sane(0, 0);

	x.slot = 99;
	each(fx_slot_calls, fx_nslot_calls, x, want);
}

static void
before_and_after_the_module_is_in_use(void **state)
{
	CK_SESSION_HANDLE s;
	int round;

	(void)state;
	s = fx_token(NULL);
	for (round = 0; round < 2; round++) {
		assert_int_equal(C_Finalize(NULL), CKR_OK);
		every(s, 9, CKR_CRYPTOKI_NOT_INITIALIZED);
		every_slot_call(CKR_CRYPTOKI_NOT_INITIALIZED);
		each(fx_module_calls, fx_nmodule_calls, fx_sane(0, 0),
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
says_idle(const struct fx_call *calls, size_t n, struct fx_args x)
{
	CK_RV rv;
	size_t i;

	for (i = 0; i < n; i++) {
		*x.out_len = FX_ROOM;
		rv = calls[i].call(&x);
		if (rv != calls[i].idle)
			fail_msg("%s: %#lx, not %#lx", calls[i].name, rv,
			    calls[i].idle);
	}
}

static void
contract_3_an_idle_session_says_what_the_standard_says(void **state)
{
	CK_SESSION_HANDLE s;

	(void)state;
	s = fx_token(NULL);
	says_idle(fx_session_calls, fx_nsession_calls, fx_sane(s, 0));
	says_idle(fx_slot_calls, fx_nslot_calls, fx_sane(s, 0));
	says_idle(fx_module_calls, fx_nmodule_calls, fx_sane(s, 0));
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
