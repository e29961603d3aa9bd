/*
 * Recent results through the module: a mail that is opened again is not
 * asked for again, for minutes, and until the login is over.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "fixture.h"

#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

#include "driver.h"
#include "err.h"
#include "fixture_keys.h"

const struct ly_driver *const ly_driver_table[] = { &fx_far_driver, NULL };

static CK_MECHANISM rsa = { CKM_RSA_PKCS, NULL, 0 };
static uint8_t ct[256];

static int
down(void **state)
{
	(void)state;
	fx_down();
	return 0;
}

static CK_SESSION_HANDLE
up(const char *pin)
{
	CK_SESSION_HANDLE s = fx_token(pin);

	fx_encrypt(FX_RSA, "sixteen byte key", 16, ct);
	return s;
}

static CK_RV
decrypt(CK_SESSION_HANDLE s)
{
	uint8_t pt[256];
	CK_ULONG len = sizeof(pt);
	CK_RV rv;

	if ((rv = C_DecryptInit(s, &rsa, fx_object(s, CKO_PRIVATE_KEY,
	    FX_RSA))) != CKR_OK || (rv = C_Decrypt(s, ct, 256, pt,
	    &len)) != CKR_OK)
		return rv;
	return len == 16 && memcmp(pt, "sixteen byte key", 16) == 0 ?
	    CKR_OK : CKR_GENERAL_ERROR;
}

static void
contract_29_a_mail_opens_again_unasked(void **state)
{
	CK_SESSION_HANDLE s = up(FX_PIN), other;
	int i;

	(void)state;
	for (i = 0; i < 3; i++)
		assert_int_equal(decrypt(s), CKR_OK);
	/* Another session of the same login, as NSS opens for each call. */
	other = fx_session(0);
	assert_int_equal(decrypt(other), CKR_OK);
	assert_int_equal(fx_fake.runs, 1);
	/* Even when the service has gone; another mail does not open. */
	fx_fake.fail = LY_ERR_NET;
	assert_int_equal(decrypt(s), CKR_OK);
	fx_encrypt(FX_RSA, "sixteen byte key", 16, ct);
	assert_int_equal(decrypt(s), CKR_DEVICE_ERROR);
	assert_int_equal(fx_fake.runs, 2);
	/* A failure is not kept. */
	fx_fake.fail = 0;
	assert_int_equal(decrypt(s), CKR_OK);
	assert_int_equal(fx_fake.runs, 3);
}

static CK_RV
agree(CK_SESSION_HANDLE s, uint8_t *point, size_t len)
{
	CK_BBOOL no = CK_FALSE;
	CK_ECDH1_DERIVE_PARAMS p = { CKD_NULL, 0, NULL, len, point };
	CK_MECHANISM m = { CKM_ECDH1_DERIVE, &p, sizeof(p) };
	CK_ATTRIBUTE t[] = { FX_A(CKA_SENSITIVE, no) };
	CK_OBJECT_HANDLE h;

	return C_DeriveKey(s, &m, fx_object(s, CKO_PRIVATE_KEY, FX_EC), t, 1,
	    &h);
}

static void
contract_29_key_agreement_too_and_no_signature(void **state)
{
	CK_MECHANISM eddsa = { CKM_EDDSA, NULL, 0 };
	CK_SESSION_HANDLE s = up(NULL);
	uint8_t point[133], z[66], sig[64];
	size_t zlen = sizeof(z), n = fx_peer(FX_EC, point, z, &zlen);
	CK_ULONG len;
	unsigned i;

	(void)state;
	assert_int_equal(agree(s, point, n), CKR_OK);
	assert_int_equal(agree(s, point, n), CKR_OK);
	assert_int_equal(fx_fake.runs, 1);
	for (i = 0; i < 2; i++) {
		len = sizeof(sig);
		assert_int_equal(C_SignInit(s, &eddsa, fx_object(s,
		    CKO_PRIVATE_KEY, FX_ED)), CKR_OK);
		assert_int_equal(C_Sign(s, point, 65, sig, &len), CKR_OK);
		assert_int_equal(fx_fake.runs, 2 + i);
	}
}

static void
contract_29_logging_out_forgets(void **state)
{
	CK_SESSION_HANDLE s = up(FX_PIN);

	(void)state;
	assert_int_equal(decrypt(s), CKR_OK);
	assert_int_equal(C_Logout(s), CKR_OK);
	fx_login(s, FX_PIN);
	assert_int_equal(decrypt(s), CKR_OK);
	assert_int_equal(fx_fake.runs, 2);
	/* The last session logs out. */
	assert_int_equal(C_CloseAllSessions(0), CKR_OK);
	s = fx_session(0);
	fx_login(s, FX_PIN);
	assert_int_equal(decrypt(s), CKR_OK);
	assert_int_equal(fx_fake.runs, 3);
	assert_int_equal(C_Finalize(NULL), CKR_OK);
	fx_start();
	s = fx_session(0);
	fx_login(s, FX_PIN);
	assert_int_equal(decrypt(s), CKR_OK);
	assert_int_equal(fx_fake.runs, 4);
	/* Without a PIN C_Logout is all there is. */
	fx_down();
	s = up(NULL);
	assert_int_equal(C_Login(s, CKU_USER, NULL, 0), CKR_OK);
	assert_int_equal(decrypt(s), CKR_OK);
	assert_int_equal(C_Logout(s), CKR_OK);
	assert_int_equal(decrypt(s), CKR_OK);
	assert_int_equal(fx_fake.runs, 2);
}

/* A forked child has to ask for itself. */
static void
contract_29_44_a_child_has_none(void **state)
{
	CK_SESSION_HANDLE s = up(NULL);
	int status = -1;
	pid_t pid;

	(void)state;
	assert_int_equal(decrypt(s), CKR_OK);
	if ((pid = fork()) == 0) {
		if (fx_initialize() != CKR_OK || C_OpenSession(0,
		    CKF_SERIAL_SESSION, NULL, NULL, &s) != CKR_OK)
			_exit(1);
		_exit(decrypt(s) == CKR_OK && fx_fake.runs == 2 ? 0 : 2);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	assert_int_equal(decrypt(s), CKR_OK);
	assert_int_equal(fx_fake.runs, 1);
}

static void
contract_29_it_can_be_switched_off(void **state)
{
	CK_C_INITIALIZE_ARGS args = { .flags = CKF_OS_LOCKING_OK };
	char params[128];
	CK_SESSION_HANDLE s;

	(void)state;
	(void)up(NULL);
	assert_int_equal(C_Finalize(NULL), CKR_OK);
	(void)snprintf(params, sizeof(params),
	    "data-dir=%s keep-decrypted=0s", fx_dir());
	args.pReserved = params;
	assert_int_equal(C_Initialize(&args), CKR_OK);
	s = fx_session(0);
	assert_int_equal(decrypt(s), CKR_OK);
	assert_int_equal(decrypt(s), CKR_OK);
	assert_int_equal(fx_fake.runs, 2);
}

static void *
opens_mails(void *arg)
{
	CK_SESSION_HANDLE s;
	int i;

	if (C_OpenSession(0, CKF_SERIAL_SESSION, NULL, NULL, &s) != CKR_OK)
		return arg;
	for (i = 0; i < 50; i++)
		if (decrypt(s) != CKR_OK)
			return arg;
	return NULL;
}

static void
contract_26_29_threads_share_them(void **state)
{
	pthread_t t[8];
	void *bad;
	size_t i;

	(void)state;
	(void)up(NULL);
	for (i = 0; i < 8; i++)
		assert_int_equal(pthread_create(&t[i], NULL, opens_mails,
		    t), 0);
	for (i = 0; i < 8; i++) {
		assert_int_equal(pthread_join(t[i], &bad), 0);
		assert_null(bad);
	}
	/* Those that came at the same time may all have asked. */
	assert_in_range(fx_fake.runs, 1, 8);
}

int
main(void)
{
#define T(f) cmocka_unit_test_teardown(f, down)
	const struct CMUnitTest tests[] = {
		T(contract_29_a_mail_opens_again_unasked),
		T(contract_29_key_agreement_too_and_no_signature),
		T(contract_29_logging_out_forgets),
		T(contract_29_44_a_child_has_none),
		T(contract_29_it_can_be_switched_off),
		T(contract_26_29_threads_share_them),
	};

	return FX_RUN(tests);
}
