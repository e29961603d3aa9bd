/*
 * How a host loads the module and what it sees first: interfaces,
 * C_Initialize in all its forms, slots, tokens, mechanisms, accounts that
 * come and go.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "fixture.h"

#include <unistd.h>

#include "file.h"

static int
up(void **state)
{
	(void)state;
	fx_up();
	return 0;
}

static int
down(void **state)
{
	(void)state;
	fx_down();
	return 0;
}

static CK_UTF8CHAR *
text(const char *s)
{
	return (CK_UTF8CHAR *)(uintptr_t)s;
}

static void
contract_1_3_both_tables_are_full_before_initialize(void **state)
{
	CK_FUNCTION_LIST *f = NULL;
	CK_INTERFACE *i = NULL;
	const unsigned char *p;
	void *fn;
	size_t n, off;

	(void)state;
	assert_int_equal(C_GetFunctionList(&f), CKR_OK);
	assert_int_equal(f->version.major, 2);
	assert_int_equal(f->version.minor, 40);
	assert_int_equal(C_GetInterface(NULL, NULL, &i, 0), CKR_OK);
	p = i->pFunctionList;
	assert_int_equal(p[0], 3);
	assert_int_equal(p[1], 0);
	off = sizeof(CK_FUNCTION_LIST_3_0) - 92 * sizeof(fn);
	for (n = 0; n < 92; n++) {
		memcpy(&fn, p + off + n * sizeof(fn), sizeof(fn));
		assert_non_null(fn);
	}
	p = (const unsigned char *)f;
	off = sizeof(CK_FUNCTION_LIST) - 68 * sizeof(fn);
	for (n = 0; n < 68; n++) {
		memcpy(&fn, p + off + n * sizeof(fn), sizeof(fn));
		assert_non_null(fn);
	}
	assert_int_equal(C_GetFunctionList(NULL), CKR_ARGUMENTS_BAD);
}

static void
contract_2_only_what_is_offered_exactly_is_given(void **state)
{
	CK_VERSION v = { 3, 0 };
	CK_INTERFACE *i = NULL, list[4];
	CK_ULONG n = 0;

	(void)state;
	assert_int_equal(C_GetInterface(text("PKCS 11"), NULL, &i, 0),
	    CKR_OK);
	assert_string_equal((const char *)i->pInterfaceName, "PKCS 11");
	assert_int_equal(C_GetInterface(text("PKCS 11"), &v, &i, 0), CKR_OK);
	v.major = 2;
	v.minor = 40;
	assert_int_equal(C_GetInterface(NULL, &v, &i, 0), CKR_OK);
	assert_int_equal(((CK_VERSION *)i->pFunctionList)->major, 2);
	/* NSS's probe, libp11's, and one for what we are not. */
	assert_int_equal(C_GetInterface(text("Vendor NSS FIPS Interface"),
	    NULL, &i, 0), CKR_ARGUMENTS_BAD);
	v.major = 3;
	v.minor = 2;
	assert_int_equal(C_GetInterface(text("PKCS 11"), &v, &i, 0),
	    CKR_ARGUMENTS_BAD);
	assert_int_equal(C_GetInterface(text("PKCS 11"), NULL, &i,
	    CKF_INTERFACE_FORK_SAFE), CKR_ARGUMENTS_BAD);
	assert_int_equal(C_GetInterface(NULL, NULL, NULL, 0),
	    CKR_ARGUMENTS_BAD);
	assert_int_equal(C_GetInterfaceList(NULL, &n), CKR_OK);
	assert_int_equal(n, 2);
	n = 1;
	assert_int_equal(C_GetInterfaceList(list, &n), CKR_BUFFER_TOO_SMALL);
	assert_int_equal(C_GetInterfaceList(list, &n), CKR_OK);
	assert_int_equal(C_GetInterfaceList(list, NULL), CKR_ARGUMENTS_BAD);
}

static CK_RV
fake_create(void **m)
{
	*m = NULL;
	return CKR_OK;
}

static CK_RV
fake_mutex(void *m)
{
	(void)m;
	return CKR_OK;
}

static void
contract_4_5_trap_7_14_initialize_takes_what_clients_give(void **state)
{
	CK_C_INITIALIZE_ARGS a;
	CK_FLAGS flags;

	(void)state;
	assert_int_equal(C_Initialize(NULL), CKR_OK);
	assert_int_equal(C_Finalize(NULL), CKR_OK);
	for (flags = 0; flags <= 3; flags++) {
		memset(&a, 0, sizeof(a));
		a.flags = flags;
		assert_int_equal(C_Initialize(&a), CKR_OK);
		assert_int_equal(C_Finalize(NULL), CKR_OK);
		/* NSS: callbacks and the system's locks. */
		a.CreateMutex = fake_create;
		a.DestroyMutex = a.LockMutex = a.UnlockMutex = fake_mutex;
		assert_int_equal(C_Initialize(&a), CKR_OK);
		assert_int_equal(C_Finalize(NULL), CKR_OK);
	}
	a.LockMutex = NULL;
	assert_int_equal(C_Initialize(&a), CKR_ARGUMENTS_BAD);
	memset(&a, 0, sizeof(a));
	a.pReserved = text("no-such-key=1");
	assert_int_equal(C_Initialize(&a), CKR_ARGUMENTS_BAD);
	fx_start();
	assert_int_equal(C_Finalize(&a), CKR_ARGUMENTS_BAD);
	assert_int_equal(C_Finalize(NULL), CKR_OK);
	assert_int_equal(C_Finalize(NULL), CKR_CRYPTOKI_NOT_INITIALIZED);
}

static void
contract_6_initialize_twice_says_so_and_harms_nothing(void **state)
{
	CK_SESSION_HANDLE s;
	CK_SESSION_INFO info;

	(void)state;
	fx_start();
	s = fx_session(0);
	assert_int_equal(C_Initialize(NULL), CKR_CRYPTOKI_ALREADY_INITIALIZED);
	assert_int_equal(C_GetSessionInfo(s, &info), CKR_OK);
}

static void
a_broken_configuration_file_shows_an_empty_token(void **state)
{
	char path[LY_PATH_MAX];
	CK_TOKEN_INFO info;
	CK_ULONG n = 0;

	(void)state;
	assert_int_equal(ly_path_join(path, fx_dir(), "broken.conf"), 0);
	assert_int_equal(ly_file_replace(path, "[nonsense]\nx = 1\n", 17,
	    0600, NULL), 0);
	assert_int_equal(setenv("LANYARD_CONF", path, 1), 0);
	assert_int_equal(C_Initialize(NULL), CKR_OK);
	assert_int_equal(C_GetSlotList(CK_TRUE, NULL, &n), CKR_OK);
	assert_int_equal(n, 1);
	assert_int_equal(C_GetTokenInfo(0, &info), CKR_OK);
	assert_memory_equal(info.label, "Lanyard                         ",
	    32);
}

static void
contract_8_40_not_enrolled_is_an_empty_token(void **state)
{
	CK_SLOT_ID slots[4];
	CK_SLOT_INFO si;
	CK_TOKEN_INFO ti;
	CK_OBJECT_CLASS class = CKO_CERTIFICATE, profile = CKO_PROFILE;
	CK_ATTRIBUTE t[] = { FX_A(CKA_CLASS, class) };
	CK_ATTRIBUTE p[] = { FX_A(CKA_CLASS, profile) };
	CK_SESSION_HANDLE s;
	CK_ULONG n = 0;

	(void)state;
	fx_start();
	assert_int_equal(C_GetSlotList(CK_FALSE, NULL, &n), CKR_OK);
	assert_int_equal(n, 1);
	n = 4;
	assert_int_equal(C_GetSlotList(CK_TRUE, slots, &n), CKR_OK);
	assert_int_equal(n, 1);
	assert_int_equal(C_GetSlotInfo(slots[0], &si), CKR_OK);
	assert_int_equal(si.flags, CKF_TOKEN_PRESENT);
	assert_int_equal(C_GetTokenInfo(slots[0], &ti), CKR_OK);
	assert_int_equal(ti.flags, CKF_TOKEN_INITIALIZED |
	    CKF_USER_PIN_INITIALIZED | CKF_WRITE_PROTECTED);
	s = fx_session(slots[0]);
	assert_int_equal(fx_find(s, t, 1, NULL, 0), 0);
	assert_int_equal(fx_find(s, p, 1, NULL, 0), 2);
	n = 0;
	assert_int_equal(C_GetSlotList(CK_TRUE, slots, &n),
	    CKR_BUFFER_TOO_SMALL);
	assert_int_equal(C_GetSlotList(CK_TRUE, slots, NULL),
	    CKR_ARGUMENTS_BAD);
}

static void
contract_10_37_42_flags_and_strings_of_a_token(void **state)
{
	CK_TOKEN_INFO ti;
	CK_INFO info;
	size_t i;

	(void)state;
	fx_account("a@example.com", NULL);
	fx_account("b@example.com", FX_PIN);
	fx_start();
	assert_int_equal(C_GetInfo(&info), CKR_OK);
	assert_int_equal(info.cryptokiVersion.major, 3);
	assert_int_equal(info.cryptokiVersion.minor, 0);
	assert_memory_equal(info.manufacturerID,
	    "Lanyard                         ", 32);
	assert_int_equal(C_GetTokenInfo(0, &ti), CKR_OK);
	assert_memory_equal(ti.label, "Lanyard a@example.com           ", 32);
	assert_false(ti.flags & (CKF_LOGIN_REQUIRED | CKF_RNG |
	    CKF_PROTECTED_AUTHENTICATION_PATH));
	assert_int_equal(C_GetTokenInfo(1, &ti), CKR_OK);
	assert_true(ti.flags & CKF_LOGIN_REQUIRED);
	assert_true(ti.flags & CKF_USER_PIN_INITIALIZED);
	assert_int_equal(ti.ulMaxSessionCount, 0);
	for (i = 0; i < sizeof(ti.label); i++)
		assert_int_not_equal(ti.label[i], ':');
	assert_int_equal(C_GetTokenInfo(2, &ti), CKR_SLOT_ID_INVALID);
}

static void
contract_18_19_23_trap_9_mechanisms(void **state)
{
	static const CK_MECHANISM_TYPE want[] = { CKM_RSA_PKCS,
	    CKM_RSA_PKCS_OAEP, CKM_RSA_PKCS_PSS, CKM_ECDSA, CKM_EDDSA,
	    CKM_ECDH1_DERIVE, CKM_ECDH1_COFACTOR_DERIVE, CKM_AES_KEY_WRAP };
	CK_MECHANISM_TYPE list[16];
	CK_MECHANISM_INFO info;
	CK_ULONG n = 0;

	(void)state;
	fx_start();
	assert_int_equal(C_GetMechanismList(0, NULL, &n), CKR_OK);
	assert_int_equal(n, 8);
	n = 7;
	assert_int_equal(C_GetMechanismList(0, list, &n),
	    CKR_BUFFER_TOO_SMALL);
	assert_int_equal(n, 8);
	assert_int_equal(C_GetMechanismList(0, list, &n), CKR_OK);
	assert_memory_equal(list, want, sizeof(want));
	assert_int_equal(C_GetMechanismInfo(0, CKM_RSA_PKCS, &info), CKR_OK);
	assert_true(info.flags & CKF_DECRYPT);
	assert_true(info.flags & CKF_UNWRAP);
	assert_true(info.flags & CKF_SIGN);
	assert_int_equal(C_GetMechanismInfo(0, CKM_AES_KEY_WRAP, &info),
	    CKR_OK);
	assert_int_equal(info.flags, CKF_DECRYPT | CKF_UNWRAP);
	assert_int_equal(info.ulMinKeySize, 16);
	assert_int_equal(info.ulMaxKeySize, 32);
	assert_int_equal(C_GetMechanismInfo(0, CKM_NSS_AES_KEY_WRAP, &info),
	    CKR_OK);
	assert_int_equal(C_GetMechanismInfo(0, CKM_RSA_X_509, &info),
	    CKR_MECHANISM_INVALID);
	assert_int_equal(C_GetMechanismInfo(0, CKM_AES_CBC, &info),
	    CKR_MECHANISM_INVALID);
	assert_int_equal(C_GetMechanismInfo(0, CKM_RSA_PKCS, NULL),
	    CKR_ARGUMENTS_BAD);
	assert_int_equal(C_GetMechanismList(0, list, NULL),
	    CKR_ARGUMENTS_BAD);
}

/* Not listed, so that NSS hashes itself; known, so that Java signs PSS. */
static void
hashes_are_known_and_not_listed(void **state)
{
	static const CK_MECHANISM_TYPE hash[] = { CKM_SHA_1, CKM_SHA224,
	    CKM_SHA256, CKM_SHA384, CKM_SHA512 };
	static const CK_MECHANISM_TYPE not[] = { CKM_MD5, CKM_SHA256_HMAC,
	    CKM_SHA256_RSA_PKCS, CKM_SHA256_RSA_PKCS_PSS, CKM_ECDSA_SHA256 };
	CK_MECHANISM_INFO info;
	size_t i;

	(void)state;
	fx_start();
	for (i = 0; i < sizeof(hash) / sizeof(hash[0]); i++) {
		assert_int_equal(C_GetMechanismInfo(0, hash[i], &info),
		    CKR_OK);
		assert_int_equal(info.flags, CKF_DIGEST);
	}
	for (i = 0; i < sizeof(not) / sizeof(not[0]); i++)
		assert_int_equal(C_GetMechanismInfo(0, not[i], &info),
		    CKR_MECHANISM_INVALID);
	assert_int_equal(C_GetMechanismInfo(0, CKM_SHA256, NULL),
	    CKR_ARGUMENTS_BAD);
}

/* C_GetSlotList looks at most once a second: ask until it has looked. */
static CK_ULONG
slots_become(CK_ULONG want)
{
	CK_ULONG n = 0;
	int i;

	for (i = 0; i < 3000 && n != want; i++) {
		assert_int_equal(C_GetSlotList(CK_TRUE, NULL, &n), CKR_OK);
		(void)usleep(1000);
	}
	return n;
}

static void
contract_9_slots_grow_and_never_shrink(void **state)
{
	CK_SESSION_HANDLE s;
	CK_SESSION_INFO si;
	CK_TOKEN_INFO ti;
	CK_OBJECT_CLASS class = CKO_CERTIFICATE;
	CK_ATTRIBUTE t[] = { FX_A(CKA_CLASS, class) };
	CK_ULONG i, n;

	(void)state;
	fx_start();
	s = fx_session(0);
	/* The empty slot takes the first account in; sessions stay. */
	fx_account("b@example.com", NULL);
	fx_catalogue("b@example.com", 1, FX_BIT(FX_RSA), 5);
	/* A host like NSS only ever searches. */
	for (i = 0, n = 0; i < 3000 && n == 0; i++) {
		n = fx_find(s, t, 1, NULL, 0);
		(void)usleep(1000);
	}
	assert_int_equal(n, 2);
	assert_int_equal(C_GetSlotList(CK_TRUE, NULL, &n), CKR_OK);
	assert_int_equal(n, 1);
	n = 2;
	assert_int_equal(C_GetTokenInfo(0, &ti), CKR_OK);
	assert_memory_equal(ti.label, "Lanyard b@example.com           ", 32);
	/* A second one is a second slot, though its name comes first. */
	fx_account("a@example.com", NULL);
	assert_int_equal(slots_become(2), 2);
	assert_int_equal(C_GetTokenInfo(0, &ti), CKR_OK);
	assert_memory_equal(ti.label, "Lanyard b@example.com           ", 32);
	assert_int_equal(C_GetTokenInfo(1, &ti), CKR_OK);
	assert_memory_equal(ti.label, "Lanyard a@example.com           ", 32);
	/* One that goes leaves an empty token. */
	fx_account_remove("b@example.com");
	for (i = 0; i < 3000 && n != 0; i++) {
		n = fx_find(s, t, 1, NULL, 0);
		(void)usleep(1000);
	}
	assert_int_equal(n, 0);
	assert_int_equal(C_GetSlotList(CK_TRUE, NULL, &n), CKR_OK);
	assert_int_equal(n, 2);
	assert_int_equal(C_GetSessionInfo(s, &si), CKR_OK);
}

static void
a_damaged_account_is_empty_and_not_an_error(void **state)
{
	static const char *const names[] = { "account", "catalogue" };
	char dir[LY_PATH_MAX], path[LY_PATH_MAX];
	CK_OBJECT_CLASS class = CKO_CERTIFICATE;
	CK_ATTRIBUTE t[] = { FX_A(CKA_CLASS, class) };
	size_t i;

	(void)state;
	for (i = 0; i < 2; i++) {
		fx_account(FX_ADDRESS, NULL);
		fx_catalogue(FX_ADDRESS, 1, FX_ALL, 5);
		assert_int_equal(ly_path_join(dir, fx_dir(), "accounts"), 0);
		assert_int_equal(ly_path_join(path, dir, FX_ADDRESS), 0);
		assert_int_equal(ly_path_join(dir, path, names[i]), 0);
		assert_int_equal(ly_file_replace(dir, "\0garbage", 8, 0600,
		    NULL), 0);
		fx_start();
		assert_int_equal(fx_find(fx_session(0), t, 1, NULL, 0), 0);
		assert_int_equal(C_Finalize(NULL), CKR_OK);
		fx_account_remove(FX_ADDRESS);
	}
}

static void
a_new_enrolment_makes_old_handles_invalid(void **state)
{
	CK_SESSION_HANDLE s;
	CK_OBJECT_HANDLE old, new = 0;
	CK_OBJECT_CLASS class = CKO_PRIVATE_KEY;
	CK_ATTRIBUTE t[] = { FX_A(CKA_CLASS, class) };
	CK_ULONG len = 0;
	int i;

	(void)state;
	fx_account(FX_ADDRESS, NULL);
	fx_catalogue(FX_ADDRESS, 1, FX_BIT(FX_RSA), 5);
	fx_start();
	s = fx_session(0);
	assert_int_equal(fx_find(s, t, 1, &old, 1), 1);
	fx_catalogue(FX_ADDRESS, 1, FX_BIT(FX_EC), 6);
	for (i = 0, new = old; i < 3000 && new == old; i++) {
		assert_int_equal(fx_find(s, t, 1, &new, 1), 1);
		(void)usleep(1000);
	}
	assert_int_not_equal(new, old);
	assert_int_equal(fx_attr(s, old, CKA_LABEL, NULL, &len),
	    CKR_OBJECT_HANDLE_INVALID);
	assert_int_equal(fx_attr(s, new, CKA_LABEL, NULL, &len), CKR_OK);
}

static void
contract_50_waiting_for_slots(void **state)
{
	CK_SLOT_ID slot;

	(void)state;
	fx_start();
	assert_int_equal(C_WaitForSlotEvent(CKF_DONT_BLOCK, &slot, NULL),
	    CKR_NO_EVENT);
	assert_int_equal(C_WaitForSlotEvent(0, &slot, NULL),
	    CKR_FUNCTION_NOT_SUPPORTED);
	assert_int_equal(C_WaitForSlotEvent(CKF_DONT_BLOCK, NULL, NULL),
	    CKR_ARGUMENTS_BAD);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, up, down)
	const struct CMUnitTest tests[] = {
		T(contract_1_3_both_tables_are_full_before_initialize),
		T(contract_2_only_what_is_offered_exactly_is_given),
		T(contract_4_5_trap_7_14_initialize_takes_what_clients_give),
		T(contract_6_initialize_twice_says_so_and_harms_nothing),
		T(a_broken_configuration_file_shows_an_empty_token),
		T(contract_8_40_not_enrolled_is_an_empty_token),
		T(contract_10_37_42_flags_and_strings_of_a_token),
		T(contract_18_19_23_trap_9_mechanisms),
		T(hashes_are_known_and_not_listed),
		T(contract_9_slots_grow_and_never_shrink),
		T(a_damaged_account_is_empty_and_not_an_error),
		T(a_new_enrolment_makes_old_handles_invalid),
		T(contract_50_waiting_for_slots),
	};

	return FX_RUN(tests);
}
