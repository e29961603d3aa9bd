/*
 * The cached driver on real sealed keys, with the fake one in the place of
 * the service: which of them answers, what a lease does, what is refused.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "fixture.h"

#include <unistd.h>

#include "account.h"
#include "compat.h"
#include "driver.h"
#include "err.h"
#include "file.h"
#include "fixture_keys.h"

const struct ly_driver *const ly_driver_table[] = { &ly_driver_cached,
    &fx_driver, NULL };

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

	fx_encrypt(FX_RSA, "mail", 4, ct);
	return s;
}

static CK_RV
decrypt(CK_SESSION_HANDLE s)
{
	uint8_t pt[256];
	CK_ULONG len = sizeof(pt);
	CK_RV rv;

	assert_int_equal(C_DecryptInit(s, &rsa, fx_object(s,
	    CKO_PRIVATE_KEY, FX_RSA)), CKR_OK);
	if ((rv = C_Decrypt(s, ct, 256, pt, &len)) != CKR_OK)
		return rv;
	assert_int_equal(len, 4);
	assert_memory_equal(pt, "mail", 4);
	return CKR_OK;
}

static void
a_sealed_key_is_used_before_the_service(void **state)
{
	CK_SESSION_HANDLE s = up(FX_PIN);
	int i;

	(void)state;
	fx_seal(FX_ADDRESS, FX_RSA, ly_time() + 3600);
	fx_fake.fail = LY_ERR_NET;
	for (i = 0; i < 3; i++)
		assert_int_equal(decrypt(s), CKR_OK);
	assert_int_equal(fx_fake.runs, 0);
}

static void
without_a_copy_the_service_is_asked(void **state)
{
	CK_SESSION_HANDLE s = up(NULL);

	(void)state;
	assert_int_equal(decrypt(s), CKR_OK);
	assert_int_equal(fx_fake.runs, 1);
	fx_fake.fail = LY_ERR_NET;
	assert_int_equal(decrypt(s), CKR_DEVICE_ERROR);
	assert_int_equal(fx_fake.runs, 2);
}

static void
an_ended_lease_falls_back_and_is_renewed(void **state)
{
	CK_SESSION_HANDLE s = up(NULL);
	CK_RV rv = CKR_DEVICE_ERROR;
	int i;

	(void)state;
	fx_seal(FX_ADDRESS, FX_RSA, ly_time() - 10);
	fx_fake.revision = 1;
	assert_int_equal(decrypt(s), CKR_OK);
	assert_int_equal(fx_fake.runs, 1);
	/* The service was there: a sync was tried, once. */
	assert_int_equal(fx_fake.syncs, 1);
	assert_int_equal(decrypt(s), CKR_OK);
	assert_int_equal(fx_fake.syncs, 1);
	fx_fake.fail = LY_ERR_NET;
	assert_int_equal(decrypt(s), CKR_DEVICE_ERROR);
	fx_seal(FX_ADDRESS, FX_RSA, ly_time() + 3600);
	for (i = 0; i < 3000 && rv != CKR_OK; i++) {
		rv = decrypt(s);
		(void)usleep(1000);
	}
	assert_int_equal(rv, CKR_OK);
}

/* While the key is in use its lease ends, and then is renewed. */
static void
a_lease_that_ends_in_use(void **state)
{
	CK_SESSION_HANDLE s = up(NULL);
	const int64_t until = ly_time() + 1;
	CK_RV rv = CKR_OK;
	int i;

	(void)state;
	fx_fake.fail = LY_ERR_TIMEOUT;
	fx_seal(FX_ADDRESS, FX_RSA, until);
	assert_int_equal(decrypt(s), CKR_OK);
	for (i = 0; i < 5000 && rv == CKR_OK; i++) {
		rv = decrypt(s);
		(void)usleep(1000);
	}
	assert_true(ly_time() > until);
	assert_int_equal(rv, CKR_DEVICE_ERROR);
	fx_seal(FX_ADDRESS, FX_RSA, ly_time() + 3600);
	for (i = 0; i < 5000 && rv != CKR_OK; i++) {
		rv = decrypt(s);
		(void)usleep(1000);
	}
	assert_int_equal(rv, CKR_OK);
}

static void
policy_remote_ignores_a_copy(void **state)
{
	CK_SESSION_HANDLE s;

	(void)state;
	s = up(NULL);
	fx_fake.remote = 1;
	fx_catalogue(FX_ADDRESS, 2, FX_ALL, 77);
	fx_seal(FX_ADDRESS, FX_RSA, ly_time() + 3600);
	/* A login looks at the files at once. */
	assert_int_equal(C_Login(s, CKU_USER, NULL, 0), CKR_OK);
	assert_int_equal(decrypt(s), CKR_OK);
	assert_int_equal(fx_fake.runs, 1);
}

static void
key_path(enum fx_key k, char *path)
{
	char dir[LY_PATH_MAX];
	struct ly_account a;

	assert_int_equal(ly_path_join(dir, fx_dir(), "accounts"), 0);
	assert_int_equal(ly_path_join(a.dir, dir, FX_ADDRESS), 0);
	assert_int_equal(ly_account_sealed_path(&a, fx_id(k), path), 0);
}

static void
a_damaged_copy_is_refused(void **state)
{
	CK_SESSION_HANDLE s = up(NULL);
	char from[LY_PATH_MAX], to[LY_PATH_MAX];
	struct ly_buf b;
	size_t i;

	(void)state;
	fx_fake.fail = LY_ERR_NET;
	fx_seal(FX_ADDRESS, FX_RSA, ly_time() + 3600);
	key_path(FX_RSA, to);
	ly_buf_init(&b, LY_SEALED_MAX);
	assert_int_equal(ly_file_read(to, LY_SEALED_MAX, LY_FILE_ANY, &b,
	    NULL), 0);
	for (i = 0; i < b.len; i += b.len / 16) {
		b.data[i] ^= 0x40;
		assert_int_equal(ly_file_replace(to, b.data, b.len, 0600,
		    NULL), 0);
		assert_int_equal(decrypt(s), CKR_DEVICE_ERROR);
		b.data[i] ^= 0x40;
	}
	ly_buf_clear(&b);
	/* Another key's copy under this key's name. */
	fx_seal(FX_ADDRESS, FX_OLD, ly_time() + 3600);
	key_path(FX_OLD, from);
	assert_int_equal(ly_file_rename(from, to, NULL), 0);
	assert_int_equal(decrypt(s), CKR_DEVICE_ERROR);
	fx_seal(FX_ADDRESS, FX_RSA, ly_time() + 3600);
	assert_int_equal(decrypt(s), CKR_OK);
}

static void
all_kinds_of_keys_from_their_copies(void **state)
{
	CK_MECHANISM ecdsa = { CKM_ECDSA, NULL, 0 };
	CK_MECHANISM eddsa = { CKM_EDDSA, NULL, 0 };
	CK_SESSION_HANDLE s = up(FX_PIN);
	CK_OBJECT_HANDLE ec;
	uint8_t hash[32] = { 3 }, sig[64];
	CK_ULONG len = sizeof(sig);

	(void)state;
	fx_fake.fail = LY_ERR_NET;
	fx_seal(FX_ADDRESS, FX_EC, ly_time() + 3600);
	fx_seal(FX_ADDRESS, FX_ED, ly_time() + 3600);
	ec = fx_object(s, CKO_PRIVATE_KEY, FX_EC);
	assert_int_equal(C_SignInit(s, &ecdsa, ec), CKR_OK);
	assert_int_equal(C_Sign(s, hash, 32, sig, &len), CKR_OK);
	assert_true(fx_verify(FX_EC, hash, 32, sig, 64));
	assert_int_equal(C_SignInit(s, &eddsa, fx_object(s, CKO_PRIVATE_KEY,
	    FX_ED)), CKR_OK);
	assert_int_equal(C_Sign(s, hash, 32, sig, &len), CKR_OK);
	assert_true(fx_verify(FX_ED, hash, 32, sig, 64));
	/* After a logout the copies are closed with the device's keys. */
	assert_int_equal(C_Logout(s), CKR_OK);
	assert_int_equal(C_SignInit(s, &ecdsa, ec), CKR_USER_NOT_LOGGED_IN);
}

int
main(void)
{
#define T(f) cmocka_unit_test_teardown(f, down)
	const struct CMUnitTest tests[] = {
		T(a_sealed_key_is_used_before_the_service),
		T(without_a_copy_the_service_is_asked),
		T(an_ended_lease_falls_back_and_is_renewed),
		T(a_lease_that_ends_in_use),
		T(policy_remote_ignores_a_copy),
		T(a_damaged_copy_is_refused),
		T(all_kinds_of_keys_from_their_copies),
	};

	return FX_RUN(tests);
}
