/* Sessions and login: many, closed, with and without a PIN. */
#include "fixture.h"

static int
down(void **state)
{
	(void)state;
	fx_down();
	return 0;
}

static CK_MECHANISM ecdsa = { CKM_ECDSA, NULL, 0 };

static CK_RV
login(CK_SESSION_HANDLE s, const char *pin)
{
	return C_Login(s, CKU_USER, (CK_UTF8CHAR *)(uintptr_t)pin,
	    pin == NULL ? 0 : strlen(pin));
}

static CK_ULONG
private_keys(CK_SESSION_HANDLE s)
{
	CK_OBJECT_CLASS class = CKO_PRIVATE_KEY;
	CK_ATTRIBUTE t[] = { FX_A(CKA_CLASS, class) };

	return fx_find(s, t, 1, NULL, 0);
}

static CK_ULONG
certificates(CK_SESSION_HANDLE s)
{
	CK_OBJECT_CLASS class = CKO_CERTIFICATE;
	CK_ATTRIBUTE t[] = { FX_A(CKA_CLASS, class) };

	return fx_find(s, t, 1, NULL, 0);
}

static void
contract_41_thousands_of_sessions(void **state)
{
	static CK_SESSION_HANDLE h[5000];
	CK_SESSION_INFO info;
	size_t i, k;

	(void)state;
	(void)fx_token(NULL);
	for (i = 0; i < 5000; i++)
		h[i] = fx_session(0);
	for (i = 0; i < 5000; i += 7)
		assert_int_equal(C_CloseSession(h[i]), CKR_OK);
	for (i = 0; i < 5000; i++)
		assert_int_equal(C_GetSessionInfo(h[i], &info), i % 7 == 0 ?
		    CKR_SESSION_HANDLE_INVALID : CKR_OK);
	/* A closed handle is not mistaken for a later session's. */
	for (i = 0; i < 5000; i++) {
		k = fx_session(0);
		assert_int_not_equal(k, h[0]);
	}
	assert_int_equal(C_CloseSession(h[0]), CKR_SESSION_HANDLE_INVALID);
	assert_int_equal(C_CloseAllSessions(0), CKR_OK);
	assert_int_equal(C_GetSessionInfo(h[1], &info),
	    CKR_SESSION_HANDLE_INVALID);
}

static void
contract_28_rw_sessions_on_a_protected_token(void **state)
{
	CK_SESSION_HANDLE s, rw;
	CK_SESSION_INFO info;

	(void)state;
	s = fx_token(NULL);
	assert_int_equal(C_OpenSession(0, CKF_SERIAL_SESSION |
	    CKF_RW_SESSION, NULL, NULL, &rw), CKR_OK);
	assert_int_equal(C_GetSessionInfo(rw, &info), CKR_OK);
	assert_int_equal(info.state, CKS_RW_PUBLIC_SESSION);
	assert_int_equal(info.flags, CKF_SERIAL_SESSION | CKF_RW_SESSION);
	assert_int_equal(C_GetSessionInfo(s, &info), CKR_OK);
	assert_int_equal(info.state, CKS_RO_PUBLIC_SESSION);
	assert_int_equal(C_OpenSession(0, CKF_RW_SESSION, NULL, NULL, &rw),
	    CKR_SESSION_PARALLEL_NOT_SUPPORTED);
	assert_int_equal(C_OpenSession(9, CKF_SERIAL_SESSION, NULL, NULL,
	    &rw), CKR_SLOT_ID_INVALID);
	assert_int_equal(C_OpenSession(0, CKF_SERIAL_SESSION, NULL, NULL,
	    NULL), CKR_ARGUMENTS_BAD);
}

static void
contract_11_33_pin_mode(void **state)
{
	CK_SESSION_HANDLE s, t;
	CK_SESSION_INFO info;
	CK_OBJECT_HANDLE key;
	CK_ULONG len = 1;
	CK_BYTE b;

	(void)state;
	s = fx_token(FX_PIN);
	t = fx_session(0);
	key = fx_object(s, CKO_PRIVATE_KEY, FX_EC);
	assert_true(fx_bool(s, key, CKA_PRIVATE));
	assert_int_equal(private_keys(t), FX_KEYS);
	assert_int_equal(C_GetSessionInfo(t, &info), CKR_OK);
	assert_int_equal(info.state, CKS_RO_USER_FUNCTIONS);
	assert_int_equal(login(t, FX_PIN), CKR_USER_ALREADY_LOGGED_IN);
	assert_int_equal(login(t, "wrong"), CKR_USER_ALREADY_LOGGED_IN);
	/* PSM: C_Logout, then C_Login. */
	assert_int_equal(C_Logout(t), CKR_OK);
	assert_int_equal(C_Logout(t), CKR_USER_NOT_LOGGED_IN);
	assert_int_equal(private_keys(s), 0);
	assert_int_equal(certificates(s), FX_KEYS + 1);
	assert_int_equal(fx_attr(s, key, CKA_PRIVATE, &b, &len),
	    CKR_OBJECT_HANDLE_INVALID);
	assert_int_equal(C_SignInit(s, &ecdsa, key), CKR_USER_NOT_LOGGED_IN);
	assert_int_equal(login(s, "12345"), CKR_PIN_INCORRECT);
	assert_int_equal(login(s, ""), CKR_PIN_INCORRECT);
	assert_int_equal(login(s, NULL), CKR_PIN_INCORRECT);
	assert_int_equal(login(s, "a PIN that is far too long to be one, "
	    "and a good deal longer than that"), CKR_PIN_INCORRECT);
	assert_int_equal(private_keys(s), 0);
	assert_int_equal(login(s, FX_PIN), CKR_OK);
	assert_int_equal(private_keys(s), FX_KEYS);
	assert_int_equal(C_SignInit(s, &ecdsa, key), CKR_OK);
	/* Logged out between Init and Sign. */
	assert_int_equal(C_Logout(t), CKR_OK);
	{
		uint8_t hash[32] = { 0 }, sig[64];

		len = sizeof(sig);
		assert_int_equal(C_Sign(s, hash, 32, sig, &len),
		    CKR_USER_NOT_LOGGED_IN);
	}
	assert_int_equal(fx_fake.runs, 0);
}

static void
the_last_session_logs_out(void **state)
{
	CK_SESSION_HANDLE s, t;

	(void)state;
	s = fx_token(FX_PIN);
	t = fx_session(0);
	assert_int_equal(C_CloseSession(s), CKR_OK);
	assert_int_equal(private_keys(t), FX_KEYS);
	assert_int_equal(C_CloseSession(t), CKR_OK);
	s = fx_session(0);
	assert_int_equal(private_keys(s), 0);
	assert_int_equal(login(s, FX_PIN), CKR_OK);
	assert_int_equal(C_CloseAllSessions(0), CKR_OK);
	s = fx_session(0);
	assert_int_equal(private_keys(s), 0);
}

static void
contract_10_without_a_pin_any_login_is_fine(void **state)
{
	CK_SESSION_HANDLE s;
	CK_SESSION_INFO info;

	(void)state;
	s = fx_token(NULL);
	assert_int_equal(private_keys(s), FX_KEYS);
	assert_int_equal(fx_fake.opens, 0);
	assert_int_equal(login(s, NULL), CKR_OK);
	assert_int_equal(C_GetSessionInfo(s, &info), CKR_OK);
	assert_int_equal(info.state, CKS_RO_USER_FUNCTIONS);
	assert_int_equal(login(s, "anything"), CKR_USER_ALREADY_LOGGED_IN);
	assert_int_equal(C_Logout(s), CKR_OK);
	assert_int_equal(login(s, "anything"), CKR_OK);
	assert_int_equal(C_Logout(s), CKR_OK);
	assert_int_equal(private_keys(s), FX_KEYS);
}

static void
other_users_are_refused(void **state)
{
	CK_SESSION_HANDLE s;
	CK_UTF8CHAR pin[] = FX_PIN;

	(void)state;
	s = fx_token(FX_PIN);
	assert_int_equal(C_Login(s, CKU_SO, pin, 6), CKR_USER_TYPE_INVALID);
	assert_int_equal(C_Login(s, 99, pin, 6), CKR_USER_TYPE_INVALID);
	assert_int_equal(C_Login(s, CKU_CONTEXT_SPECIFIC, pin, 6),
	    CKR_OPERATION_NOT_INITIALIZED);
	assert_int_equal(C_Login(s, CKU_USER, NULL, 6), CKR_ARGUMENTS_BAD);
	assert_int_equal(C_LoginUser(s, CKU_USER, pin, 6, pin, 6),
	    CKR_ARGUMENTS_BAD);
	assert_int_equal(C_LoginUser(s, CKU_USER, pin, 6, NULL, 0),
	    CKR_USER_ALREADY_LOGGED_IN);
}

static void
a_catalogue_that_is_old_is_fetched_at_login(void **state)
{
	CK_SESSION_HANDLE s;

	(void)state;
	/* The one just written is fresh: nothing is fetched. */
	s = fx_token(FX_PIN);
	assert_int_equal(fx_fake.syncs, 0);
	assert_int_equal(C_Logout(s), CKR_OK);
}

static void
two_tokens_keep_their_objects_apart(void **state)
{
	CK_SESSION_HANDLE a, b;
	CK_OBJECT_CLASS class = CKO_SECRET_KEY;
	CK_KEY_TYPE type = CKK_GENERIC_SECRET;
	uint8_t v[16] = { 1 };
	CK_ATTRIBUTE t[] = { FX_A(CKA_CLASS, class), FX_A(CKA_KEY_TYPE, type),
	    FX_A(CKA_VALUE, v) };
	CK_OBJECT_HANDLE h;

	(void)state;
	fx_up();
	fx_account("a@example.com", NULL);
	fx_account("b@example.com", FX_PIN);
	fx_catalogue("a@example.com", 1, FX_BIT(FX_RSA), 5);
	fx_catalogue("b@example.com", 1, FX_BIT(FX_EC), 6);
	fx_start();
	a = fx_session(0);
	b = fx_session(1);
	assert_int_equal(private_keys(a), 1);
	assert_int_equal(private_keys(b), 0);
	assert_int_equal(login(b, FX_PIN), CKR_OK);
	assert_int_equal(private_keys(b), 1);
	assert_int_equal(C_CreateObject(a, t, 3, &h), CKR_OK);
	assert_int_equal(C_DestroyObject(b, h), CKR_OBJECT_HANDLE_INVALID);
	assert_int_equal(fx_find(b, t, 1, NULL, 0), 0);
	assert_int_equal(C_CloseAllSessions(1), CKR_OK);
	assert_int_equal(C_DestroyObject(a, h), CKR_OK);
}

int
main(void)
{
#define T(f) cmocka_unit_test_teardown(f, down)
	const struct CMUnitTest tests[] = {
		T(contract_41_thousands_of_sessions),
		T(contract_28_rw_sessions_on_a_protected_token),
		T(contract_11_33_pin_mode),
		T(the_last_session_logs_out),
		T(contract_10_without_a_pin_any_login_is_fine),
		T(other_users_are_refused),
		T(a_catalogue_that_is_old_is_fetched_at_login),
		T(two_tokens_keep_their_objects_apart),
	};

	return FX_RUN(tests);
}
