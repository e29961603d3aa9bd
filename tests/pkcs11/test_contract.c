/*
 * Lines of doc/CONTRACT.md that belong to no other file: what the token as
 * a whole shows, what it does not have, what it does not tell.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "fixture.h"

#include "err.h"
#include "file.h"

#define ROOM 64
#define RIGHT_PIN "right-PIN-88"
#define WRONG_PIN "wrong-PIN-77"
#define CKO_NSS_TRUST 0xCE534353UL
#define CKO_TRUST_3_2 0xBUL

static CK_MECHANISM rsa = { CKM_RSA_PKCS, NULL, 0 };
static CK_MECHANISM sha256 = { CKM_SHA256, NULL, 0 };

static int
up(void **state)
{
	*state = (void *)(uintptr_t)fx_token(NULL);
	return 0;
}

static int
down(void **state)
{
	(void)state;
	fx_down();
	return 0;
}

#define SESSION(state) ((CK_SESSION_HANDLE)(uintptr_t)*(state))

static CK_ULONG
all_of(CK_SESSION_HANDLE s, CK_OBJECT_CLASS class, CK_OBJECT_HANDLE *h)
{
	CK_ATTRIBUTE t[] = { FX_A(CKA_CLASS, class) };
	CK_ULONG n = fx_find(s, t, 1, h, ROOM);

	assert_in_range(n, 1, ROOM);
	return n;
}

static void
id_of(CK_SESSION_HANDLE s, CK_OBJECT_HANDLE o, uint8_t id[20])
{
	CK_ULONG len = 20;

	assert_int_equal(fx_attr(s, o, CKA_ID, id, &len), CKR_OK);
	assert_int_equal(len, 20);
}

static void
contract_12_trap_12_one_private_key_has_an_id(void **state)
{
	CK_SESSION_HANDLE s = SESSION(state);
	static const uint8_t zero[20];
	CK_OBJECT_HANDLE h[ROOM];
	uint8_t id[ROOM][20];
	CK_ULONG i, k, n = all_of(s, CKO_PRIVATE_KEY, h);

	assert_int_equal(n, FX_KEYS);
	for (i = 0; i < n; i++) {
		id_of(s, h[i], id[i]);
		assert_memory_not_equal(id[i], zero, 20);
		for (k = 0; k < i; k++)
			assert_memory_not_equal(id[i], id[k], 20);
	}
}

static void
contract_32_no_random_numbers(void **state)
{
	CK_SESSION_HANDLE s = SESSION(state);
	CK_TOKEN_INFO info;
	uint8_t buf[32];

	assert_int_equal(C_GetTokenInfo(0, &info), CKR_OK);
	assert_false(info.flags & CKF_RNG);
	assert_int_equal(C_GenerateRandom(s, buf, 32), CKR_RANDOM_NO_RNG);
	assert_int_equal(C_SeedRandom(s, buf, 32),
	    CKR_RANDOM_SEED_NOT_SUPPORTED);
}

static void
contract_35_cancel_ends_each_operation(void **state)
{
	CK_SESSION_HANDLE s = SESSION(state);
	CK_OBJECT_HANDLE priv = fx_object(s, CKO_PRIVATE_KEY, FX_RSA);
	CK_OBJECT_HANDLE pub = fx_object(s, CKO_PUBLIC_KEY, FX_RSA);
	int round;

	for (round = 0; round < 2; round++) {
		assert_int_equal(C_DecryptInit(s, &rsa, priv), CKR_OK);
		assert_int_equal(C_SignInit(s, &rsa, priv), CKR_OK);
		assert_int_equal(C_VerifyInit(s, &rsa, pub), CKR_OK);
		assert_int_equal(C_EncryptInit(s, &rsa, pub), CKR_OK);
		assert_int_equal(C_DigestInit(s, &sha256), CKR_OK);
		assert_int_equal(C_FindObjectsInit(s, NULL, 0), CKR_OK);
		assert_int_equal(C_SessionCancel(s, CKF_DECRYPT | CKF_SIGN |
		    CKF_VERIFY | CKF_ENCRYPT | CKF_DIGEST |
		    CKF_FIND_OBJECTS), CKR_OK);
		assert_int_equal(C_FindObjectsFinal(s),
		    CKR_OPERATION_NOT_INITIALIZED);
	}
	/* One of them alone; what is not under way is cancelled already. */
	assert_int_equal(C_SignInit(s, &rsa, priv), CKR_OK);
	assert_int_equal(C_DigestInit(s, &sha256), CKR_OK);
	assert_int_equal(C_SessionCancel(s, CKF_SIGN), CKR_OK);
	assert_int_equal(C_SessionCancel(s, CKF_SIGN), CKR_OK);
	assert_int_equal(C_DigestInit(s, &sha256), CKR_OPERATION_ACTIVE);
	assert_int_equal(fx_fake.runs, 0);
}

/* Ours, each with its key, and the service's CAs; nobody else's. */
static void
contract_38_39_no_certificates_of_others(void **state)
{
	CK_SESSION_HANDLE s = SESSION(state);
	CK_OBJECT_CLASS class = CKO_PRIVATE_KEY;
	CK_OBJECT_HANDLE h[ROOM];
	uint8_t id[20];
	CK_ATTRIBUTE t[] = { FX_A(CKA_CLASS, class), FX_A(CKA_ID, id) };
	CK_ULONG i, n = all_of(s, CKO_CERTIFICATE, h);
	CK_ULONG category;

	assert_int_equal(n, FX_KEYS + 1);
	for (i = 0; i < n; i++) {
		id_of(s, h[i], id);
		category = fx_ulong(s, h[i], CKA_CERTIFICATE_CATEGORY);
		assert_in_range(category, 1, 2);
		assert_int_equal(fx_find(s, t, 2, NULL, 0), category == 1);
	}
}

static void
contract_47_nothing_is_called_trusted(void **state)
{
	static const CK_OBJECT_CLASS none[] = { CKO_TRUST_3_2,
	    CKO_NSS_TRUST };
	CK_SESSION_HANDLE s = SESSION(state);
	CK_OBJECT_CLASS class;
	CK_ATTRIBUTE t[] = { FX_A(CKA_CLASS, class) };
	CK_OBJECT_HANDLE h[ROOM];
	CK_ULONG i, n = all_of(s, CKO_CERTIFICATE, h);

	for (i = 0; i < n; i++)
		assert_false(fx_bool(s, h[i], CKA_TRUSTED));
	for (i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
		class = none[i];
		assert_int_equal(fx_find(s, t, 1, NULL, 0), 0);
	}
}

/* Neither as it is nor in hexadecimal. */
static void
absent(const struct ly_buf *log, const char *secret, size_t len)
{
	char hex[129];
	size_t i;

	assert_in_range(len, 1, 64);
	for (i = 0; i < len; i++)
		(void)snprintf(hex + 2 * i, 3, "%02x",
		    (unsigned)(unsigned char)secret[i]);
	assert_null(memmem(log->data, log->len, secret, len));
	assert_null(memmem(log->data, log->len, hex, 2 * len));
	for (i = 0; i < 2 * len; i++)
		if (hex[i] >= 'a')
			hex[i] = (char)(hex[i] - 32);
	assert_null(memmem(log->data, log->len, hex, 2 * len));
}

/* Log in, wrongly and rightly, and decrypt, once in vain. */
static void
busy_day(const char *cek)
{
	uint8_t ct[256], pt[256];
	CK_SESSION_HANDLE s = fx_session(0);
	CK_ULONG len = sizeof(pt);
	CK_OBJECT_HANDLE key;

	assert_int_equal(C_Login(s, CKU_USER, (CK_UTF8CHAR *)(uintptr_t)
	    WRONG_PIN, sizeof(WRONG_PIN) - 1), CKR_PIN_INCORRECT);
	fx_login(s, RIGHT_PIN);
	key = fx_object(s, CKO_PRIVATE_KEY, FX_RSA);
	fx_encrypt(FX_RSA, cek, strlen(cek), ct);
	assert_int_equal(C_DecryptInit(s, &rsa, key), CKR_OK);
	assert_int_equal(C_Decrypt(s, ct, 256, pt, &len), CKR_OK);
	assert_int_equal(len, strlen(cek));
	fx_fake.fail = LY_ERR_NET;
	assert_int_equal(C_DecryptInit(s, &rsa, key), CKR_OK);
	assert_int_not_equal(C_Decrypt(s, ct, 256, pt, &len), CKR_OK);
}

static void
contract_51_the_log_tells_no_secret(void **state)
{
	static const char cek[] = "sixteen byte key";
	CK_C_INITIALIZE_ARGS args = { .flags = CKF_OS_LOCKING_OK };
	char path[LY_PATH_MAX], params[2 * LY_PATH_MAX];
	struct ly_buf log;

	(void)state;
	fx_down();
	(void)fx_token(RIGHT_PIN);
	assert_int_equal(C_Finalize(NULL), CKR_OK);
	assert_int_equal(ly_path_join(path, fx_dir(), "log"), 0);
	(void)snprintf(params, sizeof(params),
	    "data-dir=%s log=%s log-level=debug", fx_dir(), path);
	args.pReserved = params;
	assert_int_equal(C_Initialize(&args), CKR_OK);
	busy_day(cek);
	assert_int_equal(C_Finalize(NULL), CKR_OK);
	ly_buf_init(&log, 1 << 20);
	assert_int_equal(ly_file_read(path, 1 << 20, LY_FILE_ANY, &log,
	    NULL), 0);
	/* It does speak of what went wrong. */
	assert_non_null(memmem(log.data, log.len, "decrypt", 7));
	absent(&log, cek, sizeof(cek) - 1);
	absent(&log, RIGHT_PIN, sizeof(RIGHT_PIN) - 1);
	absent(&log, WRONG_PIN, sizeof(WRONG_PIN) - 1);
	ly_buf_clear(&log);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, up, down)
	const struct CMUnitTest tests[] = {
		T(contract_12_trap_12_one_private_key_has_an_id),
		T(contract_32_no_random_numbers),
		T(contract_35_cancel_ends_each_operation),
		T(contract_38_39_no_certificates_of_others),
		T(contract_47_nothing_is_called_trusted),
		T(contract_51_the_log_tells_no_secret),
	};

	return FX_RUN(tests);
}
