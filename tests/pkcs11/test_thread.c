/*
 * Threads: operations side by side, C_Initialize and C_Finalize raced, a
 * catalogue replaced under searches. cmocka's asserts stay in the main
 * thread; the others count what went wrong.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "fixture.h"

#include <pthread.h>
#include <sched.h>
#include <unistd.h>

#include "err.h"

#define THREADS 16

static atomic_uint wrong, passed;
static atomic_int stop;
static CK_MECHANISM ecdsa = { CKM_ECDSA, NULL, 0 };
static CK_MECHANISM rsa = { CKM_RSA_PKCS, NULL, 0 };
static CK_OBJECT_HANDLE ec_key, rsa_key;
static uint8_t ct[256];

static int
down(void **state)
{
	(void)state;
	fx_down();
	return 0;
}

static void
run(void *(*fn)(void *), size_t n)
{
	pthread_t t[THREADS];
	size_t i;

	for (i = 0; i < n; i++)
		assert_int_equal(pthread_create(&t[i], NULL, fn,
		    (void *)(uintptr_t)i), 0);
	for (i = 0; i < n; i++)
		assert_int_equal(pthread_join(t[i], NULL), 0);
}

static CK_RV
sign_once(CK_SESSION_HANDLE s)
{
	uint8_t hash[32] = { 1 }, sig[64];
	CK_ULONG len = sizeof(sig);
	CK_RV rv;

	if ((rv = C_SignInit(s, &ecdsa, ec_key)) != CKR_OK)
		return rv;
	return C_Sign(s, hash, 32, sig, &len);
}

static CK_RV
decrypt_once(CK_SESSION_HANDLE s)
{
	uint8_t pt[256];
	CK_ULONG len = sizeof(pt);
	CK_RV rv;

	if ((rv = C_DecryptInit(s, &rsa, rsa_key)) != CKR_OK)
		return rv;
	if ((rv = C_Decrypt(s, ct, 256, pt, &len)) != CKR_OK)
		return rv;
	return len == 7 && memcmp(pt, "message", 7) == 0 ? CKR_OK :
	    CKR_GENERAL_ERROR;
}

static CK_RV
find_once(CK_SESSION_HANDLE s)
{
	CK_OBJECT_CLASS class = CKO_CERTIFICATE;
	CK_ATTRIBUTE t[] = { FX_A(CKA_CLASS, class) };
	CK_OBJECT_HANDLE h[32];
	CK_ULONG n, len = 0;
	CK_RV rv;

	if ((rv = C_FindObjectsInit(s, t, 1)) != CKR_OK ||
	    (rv = C_FindObjects(s, h, 32, &n)) != CKR_OK ||
	    (rv = C_FindObjectsFinal(s)) != CKR_OK)
		return rv;
	return n == 0 ? CKR_GENERAL_ERROR : fx_attr(s, h[0], CKA_VALUE, NULL,
	    &len);
}

static CK_RV
mixed_once(size_t who, int i, CK_SESSION_HANDLE s)
{
	switch ((who + (size_t)i) % 3) {
	case 0:
		return sign_once(s);
	case 1:
		return decrypt_once(s);
	default:
		return find_once(s);
	}
}

static void *
mixed(void *arg)
{
	CK_SESSION_HANDLE s;
	int i;

	for (i = 0; i < 30; i++) {
		if (C_OpenSession(0, CKF_SERIAL_SESSION, NULL, NULL,
		    &s) != CKR_OK || mixed_once((size_t)(uintptr_t)arg, i,
		    s) != CKR_OK || C_CloseSession(s) != CKR_OK)
			atomic_fetch_add(&wrong, 1);
	}
	return NULL;
}

static CK_SESSION_HANDLE
token(const char *pin)
{
	CK_SESSION_HANDLE s = fx_token(pin);

	wrong = passed = 0;
	stop = 0;
	ec_key = fx_object(s, CKO_PRIVATE_KEY, FX_EC);
	rsa_key = fx_object(s, CKO_PRIVATE_KEY, FX_RSA);
	fx_encrypt(FX_RSA, "message", 7, ct);
	return s;
}

static void
contract_26_sixteen_threads_mix_everything(void **state)
{
	(void)state;
	(void)token(NULL);
	run(mixed, THREADS);
	assert_int_equal(wrong, 0);
}

static void *
held(void *arg)
{
	CK_SESSION_HANDLE s;

	(void)arg;
	if (C_OpenSession(0, CKF_SERIAL_SESSION, NULL, NULL, &s) != CKR_OK ||
	    sign_once(s) != CKR_OK)
		atomic_fetch_add(&wrong, 1);
	return NULL;
}

static void
wait_for_waiting(unsigned n)
{
	while (atomic_load(&fx_fake.waiting) < n)
		(void)sched_yield();
}

/* While eight operations hang in the driver, everything else goes on. */
static void
contract_26_no_lock_is_held_across_an_operation(void **state)
{
	CK_SESSION_HANDLE s, other;
	CK_TOKEN_INFO info;
	pthread_t t[8];
	size_t i;

	(void)state;
	s = token(NULL);
	fx_fake.hold = 1;
	for (i = 0; i < 8; i++)
		assert_int_equal(pthread_create(&t[i], NULL, held, NULL), 0);
	wait_for_waiting(8);
	assert_int_equal(find_once(s), CKR_OK);
	assert_int_equal(C_GetTokenInfo(0, &info), CKR_OK);
	other = fx_session(0);
	assert_int_equal(C_Login(other, CKU_USER, NULL, 0), CKR_OK);
	assert_int_equal(C_Logout(other), CKR_OK);
	assert_int_equal(C_CloseSession(other), CKR_OK);
	fx_fake.hold = 0;
	for (i = 0; i < 8; i++)
		assert_int_equal(pthread_join(t[i], NULL), 0);
	assert_int_equal(wrong, 0);
}

/* C_Finalize, C_CloseAllSessions and C_Logout under running operations. */
static void
ends_while_calls_are_under_way(void **state)
{
	pthread_t t[8];
	CK_SESSION_HANDLE s;
	size_t i;
	int how;

	(void)state;
	for (how = 0; how < 3; how++) {
		s = token(how == 2 ? FX_PIN : NULL);
		fx_fake.hold = 1;
		for (i = 0; i < 8; i++)
			assert_int_equal(pthread_create(&t[i], NULL, held,
			    NULL), 0);
		wait_for_waiting(8);
		if (how == 0)
			assert_int_equal(C_Finalize(NULL), CKR_OK);
		else if (how == 1)
			assert_int_equal(C_CloseAllSessions(0), CKR_OK);
		else
			assert_int_equal(C_Logout(s), CKR_OK);
		fx_fake.hold = 0;
		for (i = 0; i < 8; i++)
			assert_int_equal(pthread_join(t[i], NULL), 0);
		/* What had begun was finished. */
		assert_int_equal(wrong, 0);
		if (how < 2)
			fx_down();
	}
}

static void *
starter(void *arg)
{
	CK_RV rv;

	(void)arg;
	rv = fx_initialize();
	if (rv == CKR_OK)
		atomic_fetch_add(&passed, 1);
	else if (rv != CKR_CRYPTOKI_ALREADY_INITIALIZED)
		atomic_fetch_add(&wrong, 1);
	return NULL;
}

static void
eight_threads_race_for_initialize(void **state)
{
	int i;

	(void)state;
	fx_up();
	fx_account(FX_ADDRESS, NULL);
	for (i = 0; i < 20; i++) {
		passed = wrong = 0;
		run(starter, 8);
		assert_int_equal(passed, 1);
		assert_int_equal(wrong, 0);
		assert_int_equal(C_Finalize(NULL), CKR_OK);
	}
}

static void *
until_stopped(void *arg)
{
	CK_SESSION_HANDLE s;
	CK_RV rv;
	int i;

	for (i = 0; !atomic_load(&stop); i++) {
		rv = C_OpenSession(0, CKF_SERIAL_SESSION, NULL, NULL, &s);
		if (rv == CKR_OK)
			rv = mixed_once((size_t)(uintptr_t)arg, i, s);
		if (rv == CKR_OK)
			rv = C_CloseSession(s);
		if (rv == CKR_OK)
			atomic_fetch_add(&passed, 1);
		else if (rv != CKR_CRYPTOKI_NOT_INITIALIZED &&
		    rv != CKR_SESSION_HANDLE_INVALID)
			atomic_fetch_add(&wrong, 1);
	}
	return NULL;
}

static void
finalize_is_raced_by_calls(void **state)
{
	pthread_t t[8];
	unsigned seen;
	size_t i;

	(void)state;
	(void)token(NULL);
	for (i = 0; i < 8; i++)
		assert_int_equal(pthread_create(&t[i], NULL, until_stopped,
		    (void *)(uintptr_t)i), 0);
	for (i = 0; i < 10; i++) {
		seen = passed;
		while (passed < seen + 20)
			(void)sched_yield();
		assert_int_equal(C_Finalize(NULL), CKR_OK);
		fx_start();
	}
	stop = 1;
	for (i = 0; i < 8; i++)
		assert_int_equal(pthread_join(t[i], NULL), 0);
	assert_int_equal(wrong, 0);
}

/* New generations of the catalogue under searches and operations. */
static void
the_catalogue_is_replaced_under_searches(void **state)
{
	pthread_t t[8];
	uint64_t rev;
	size_t i;

	(void)state;
	(void)token(NULL);
	for (i = 0; i < 8; i++)
		assert_int_equal(pthread_create(&t[i], NULL, until_stopped,
		    (void *)(uintptr_t)i), 0);
	for (rev = 2; rev < 6; rev++) {
		fx_catalogue(FX_ADDRESS, rev, FX_ALL, 77);
		/* A login looks at the files at once. */
		CK_SESSION_HANDLE s = fx_session(0);

		(void)C_Logout(s);
		(void)C_Login(s, CKU_USER, NULL, 0);
		assert_int_equal(C_CloseSession(s), CKR_OK);
	}
	stop = 1;
	for (i = 0; i < 8; i++)
		assert_int_equal(pthread_join(t[i], NULL), 0);
	assert_int_equal(wrong, 0);
}

static CK_SESSION_HANDLE shared;

static void *
same_session(void *arg)
{
	int i;

	for (i = 0; i < 30; i++)
		(void)mixed_once((size_t)(uintptr_t)arg, i, shared);
	return NULL;
}

/* The application's mistake; it gets errors and no crash. */
static void
one_session_in_many_threads(void **state)
{
	(void)state;
	shared = token(NULL);
	run(same_session, THREADS);
	(void)C_SessionCancel(shared, ~0ul);
	assert_int_equal(sign_once(shared), CKR_OK);
}

int
main(void)
{
#define T(f) cmocka_unit_test_teardown(f, down)
	const struct CMUnitTest tests[] = {
		T(contract_26_sixteen_threads_mix_everything),
		T(contract_26_no_lock_is_held_across_an_operation),
		T(ends_while_calls_are_under_way),
		T(eight_threads_race_for_initialize),
		T(finalize_is_raced_by_calls),
		T(the_catalogue_is_replaced_under_searches),
		T(one_session_in_many_threads),
	};

	return FX_RUN(tests);
}
