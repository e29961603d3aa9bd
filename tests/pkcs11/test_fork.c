/*
 * Processes: a child sees nothing until it initialises for itself, does
 * not disturb its parent, and may come out of a process full of threads;
 * ending after OPENSSL_cleanup, or never, is fine.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "fixture.h"

#include <pthread.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <openssl/crypto.h>

static CK_MECHANISM ecdsa = { CKM_ECDSA, NULL, 0 };
static atomic_int stop;
static atomic_uint signed_;

static int
down(void **state)
{
	(void)state;
	fx_down();
	return 0;
}

static int
signs(CK_SESSION_HANDLE s, CK_OBJECT_HANDLE key)
{
	uint8_t hash[32] = { 1 }, sig[64];
	CK_ULONG len = sizeof(sig);

	return C_SignInit(s, &ecdsa, key) == CKR_OK &&
	    C_Sign(s, hash, 32, sig, &len) == CKR_OK;
}

/* What a child does; its exit status says which step failed. */
static int
child(CK_SESSION_HANDLE s, CK_OBJECT_HANDLE key)
{
	CK_SESSION_HANDLE own;
	CK_SESSION_INFO info;
	CK_INFO i;

	if (C_GetSessionInfo(s, &info) != CKR_CRYPTOKI_NOT_INITIALIZED)
		return 1;
	if (C_GetInfo(&i) != CKR_CRYPTOKI_NOT_INITIALIZED)
		return 2;
	if (C_Finalize(NULL) != CKR_CRYPTOKI_NOT_INITIALIZED)
		return 3;
	if (fx_initialize() != CKR_OK)
		return 4;
	if (fx_initialize() != CKR_CRYPTOKI_ALREADY_INITIALIZED)
		return 5;
	if (C_OpenSession(0, CKF_SERIAL_SESSION, NULL, NULL, &own) != CKR_OK)
		return 6;
	if (C_Login(own, CKU_USER, (CK_UTF8CHAR *)(uintptr_t)FX_PIN, 6) !=
	    CKR_OK)
		return 7;
	if (!signs(own, key))
		return 8;
	return C_Finalize(NULL) == CKR_OK ? 0 : 9;
}

static void
try_child(CK_SESSION_HANDLE s, CK_OBJECT_HANDLE key)
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0)
		_exit(child(s, key));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void
contract_44_a_child_starts_anew_and_the_parent_goes_on(void **state)
{
	CK_SESSION_HANDLE s;
	CK_OBJECT_HANDLE key;
	int i;

	(void)state;
	s = fx_token(FX_PIN);
	key = fx_object(s, CKO_PRIVATE_KEY, FX_EC);
	for (i = 0; i < 3; i++) {
		assert_true(signs(s, key));
		try_child(s, key);
	}
	assert_true(signs(s, key));
}

static void
contract_44_a_child_after_finalize(void **state)
{
	CK_SESSION_HANDLE s;
	CK_OBJECT_HANDLE key;

	(void)state;
	s = fx_token(NULL);
	key = fx_object(s, CKO_PRIVATE_KEY, FX_EC);
	assert_int_equal(C_Finalize(NULL), CKR_OK);
	try_child(s, key);
	fx_start();
	assert_true(signs(fx_session(0), key));
}

static CK_OBJECT_HANDLE shared_key;

static void *
busy(void *arg)
{
	CK_SESSION_HANDLE s;

	(void)arg;
	while (!atomic_load(&stop)) {
		if (C_OpenSession(0, CKF_SERIAL_SESSION, NULL, NULL,
		    &s) == CKR_OK) {
			if (signs(s, shared_key))
				atomic_fetch_add(&signed_, 1);
			(void)C_CloseSession(s);
		}
	}
	return NULL;
}

/*
 * The locks of ours may be held by threads that the child does not have.
 * OpenSSL's may be as well: the child only looks and searches.
 */
static int
threaded_child(CK_SESSION_HANDLE s)
{
	CK_OBJECT_CLASS class = CKO_CERTIFICATE;
	CK_ATTRIBUTE t[] = { FX_A(CKA_CLASS, class) };
	CK_SESSION_HANDLE own;
	CK_OBJECT_HANDLE h;
	CK_SESSION_INFO info;
	CK_ULONG n = 0;

	(void)alarm(60);
	if (C_GetSessionInfo(s, &info) != CKR_CRYPTOKI_NOT_INITIALIZED)
		return 1;
	if (fx_initialize() != CKR_OK)
		return 2;
	if (C_OpenSession(0, CKF_SERIAL_SESSION, NULL, NULL, &own) != CKR_OK)
		return 3;
	if (C_FindObjectsInit(own, t, 1) != CKR_OK ||
	    C_FindObjects(own, &h, 1, &n) != CKR_OK || n != 1)
		return 4;
	return C_Finalize(NULL) == CKR_OK ? 0 : 5;
}

static void
contract_44_trap_6_fork_out_of_a_process_full_of_threads(void **state)
{
	CK_SESSION_HANDLE s;
	pthread_t t[4];
	int i, status;
	pid_t pid;

	(void)state;
	s = fx_token(NULL);
	shared_key = fx_object(s, CKO_PRIVATE_KEY, FX_EC);
	stop = 0;
	for (i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&t[i], NULL, busy, NULL), 0);
	while (atomic_load(&signed_) < 20)
		(void)sched_yield();
	for (i = 0; i < 20; i++) {
		if ((pid = fork()) == 0)
			_exit(threaded_child(s));
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFEXITED(status));
		assert_int_equal(WEXITSTATUS(status), 0);
	}
	stop = 1;
	for (i = 0; i < 4; i++)
		assert_int_equal(pthread_join(t[i], NULL), 0);
}

/* A host whose atexit handlers run in any order. */
static int
ending(int how)
{
	CK_SESSION_HANDLE s = fx_session(0);
	CK_OBJECT_HANDLE key = fx_object(s, CKO_PRIVATE_KEY, FX_EC);
	CK_MECHANISM m = { CKM_ECDSA_SHA256, NULL, 0 };

	if (!signs(s, key))
		return 1;
	/* An operation with a hash is left behind. */
	if (C_SignInit(s, &m, key) != CKR_OK)
		return 2;
	if (how >= 1)
		OPENSSL_cleanup();
	if (how >= 2 && C_Finalize(NULL) != CKR_OK)
		return 3;
	return 0;
}

static void
trap_4_ending_after_openssl_cleanup(void **state)
{
	int how, status;
	pid_t pid;

	(void)state;
	fx_up();
	fx_account(FX_ADDRESS, NULL);
	fx_catalogue(FX_ADDRESS, 1, FX_ALL, 77);
	for (how = 0; how < 3; how++) {
		if ((pid = fork()) == 0) {
			fx_start();
			status = ending(how);
			if (how == 0)
				exit(status);
			_exit(status);
		}
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFEXITED(status));
		assert_int_equal(WEXITSTATUS(status), 0);
	}
}

int
main(void)
{
#define T(f) cmocka_unit_test_teardown(f, down)
	const struct CMUnitTest tests[] = {
		T(contract_44_a_child_starts_anew_and_the_parent_goes_on),
		T(contract_44_a_child_after_finalize),
		T(contract_44_trap_6_fork_out_of_a_process_full_of_threads),
		T(trap_4_ending_after_openssl_cleanup),
	};

	return FX_RUN(tests);
}
