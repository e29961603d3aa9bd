/*
 * LANYARD_TRACE: every function appears, no secret does, processes do not
 * mix, and a file that cannot be written changes nothing. Whether to trace
 * is decided once a process, so that each case is a child of its own.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "fixture.h"

#include <pthread.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "file.h"
#include "functions.h"

#define PIN "open-sesame"
#define PLAIN "a message that nobody else reads"
#define VALUE "0123456789abcdef"
#define NTHREADS 4
#define ROUNDS 50
#define FILE_LIMIT (64 * 1024 * 1024)
#define LY_TRACE_LEN_MAX ((size_t)1024 * 1024)

static CK_FUNCTION_LIST_3_0 *f;		/* the child's */
static char trace[LY_PATH_MAX], logfile[LY_PATH_MAX];
static uint8_t ct[256], point[160], z[64];
static size_t npoint;
static CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
static CK_MECHANISM rsa = { CKM_RSA_PKCS, NULL, 0 };

static CK_UTF8CHAR *
text(const char *s)
{
	return (CK_UTF8CHAR *)(uintptr_t)s;
}

static int
up(void **state)
{
	size_t zlen = sizeof(z);

	(void)state;
	fx_up();
	fx_account(FX_ADDRESS, PIN);
	fx_catalogue(FX_ADDRESS, 1, FX_ALL, 77);
	fx_encrypt(FX_RSA, PLAIN, strlen(PLAIN), ct);
	npoint = fx_peer(FX_EC, point, z, &zlen);
	(void)snprintf(trace, sizeof(trace), "%s/trace", fx_dir());
	(void)snprintf(logfile, sizeof(logfile), "%s/log", fx_dir());
	return 0;
}

static int
down(void **state)
{
	(void)state;
	fx_down();
	return 0;
}

/* In a child: the functions that a client is given. */
static int
load(const char *file)
{
	CK_INTERFACE *i;

	if (file != NULL ? setenv("LANYARD_TRACE", file, 1) != 0 :
	    unsetenv("LANYARD_TRACE") != 0)
		return 0;
	if (C_GetInterface(NULL, NULL, &i, 0) != CKR_OK)
		return 0;
	f = i->pFunctionList;
	return 1;
}

static int
start(void)
{
	CK_C_INITIALIZE_ARGS a;
	char params[LY_PATH_MAX + 128];

	memset(&a, 0, sizeof(a));
	(void)snprintf(params, sizeof(params), "data-dir=%s log=%s",
	    fx_dir(), logfile);
	a.flags = CKF_OS_LOCKING_OK;
	a.pReserved = params;
	return f->C_Initialize(&a) == CKR_OK;
}

/* Run fn in a child that traces to file; its result is 0. */
static void
in_child(int (*fn)(void), const char *file)
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0)
		_exit(load(file) ? fn() : 99);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void
read_all(const char *path, struct ly_buf *b)
{
	ly_buf_init(b, LY_TRACE_LEN_MAX);
	assert_int_equal(ly_file_read(path, LY_TRACE_LEN_MAX,
	    LY_FILE_PRIVATE, b, NULL), 0);
	assert_int_equal(ly_buf_put(b, "", 1), 0);
}

static int
holds(const struct ly_buf *b, const void *what, size_t len)
{
	size_t i;

	for (i = 0; i + len <= b->len; i++)
		if (memcmp(b->data + i, what, len) == 0)
			return 1;
	return 0;
}

#define HOLDS(b, s) holds(b, s, strlen(s))

/* Neither as it is nor in hexadecimal. */
static void
keeps(const struct ly_buf *b, const void *secret, size_t len)
{
	const uint8_t *p = secret;
	char hex[2 * 64 + 1];
	size_t i;

	assert_in_range(len, 8, 64);
	assert_false(holds(b, secret, len));
	for (i = 0; i < len; i++)
		(void)snprintf(hex + 2 * i, 3, "%02x", p[i]);
	/* The beginning would be enough of a leak. */
	assert_false(holds(b, hex, 16));
	assert_false(holds(b, secret, 8));
}

static CK_OBJECT_HANDLE
first(CK_SESSION_HANDLE s, CK_OBJECT_CLASS class, CK_KEY_TYPE type)
{
	CK_ATTRIBUTE t[] = { FX_A(CKA_CLASS, class),
	    FX_A(CKA_KEY_TYPE, type) };
	CK_OBJECT_HANDLE h = 0;
	CK_ULONG n = 0;

	if (f->C_FindObjectsInit(s, t, 2) != CKR_OK ||
	    f->C_FindObjects(s, &h, 1, &n) != CKR_OK ||
	    f->C_FindObjectsFinal(s) != CKR_OK || n != 1)
		return 0;
	return h;
}

static int
decrypts(CK_SESSION_HANDLE s)
{
	CK_OBJECT_HANDLE key = first(s, CKO_PRIVATE_KEY, CKK_RSA);
	CK_ULONG len = 4;
	uint8_t pt[256];

	return f->C_DecryptInit(s, &rsa, key) == CKR_OK &&
	    f->C_Decrypt(s, ct, 256, NULL, &len) == CKR_OK &&
	    (len = 4) != 0 &&
	    f->C_Decrypt(s, ct, 256, pt, &len) == CKR_BUFFER_TOO_SMALL &&
	    f->C_Decrypt(s, ct, 256, pt, &len) == CKR_OK &&
	    len == strlen(PLAIN) && memcmp(pt, PLAIN, len) == 0;
}

static int
derives(CK_SESSION_HANDLE s)
{
	CK_OBJECT_HANDLE key = first(s, CKO_PRIVATE_KEY, CKK_EC), h = 0;
	CK_OBJECT_CLASS class = CKO_SECRET_KEY;
	CK_KEY_TYPE type = CKK_GENERIC_SECRET;
	CK_ULONG want = 32;
	CK_ATTRIBUTE t[] = { FX_A(CKA_TOKEN, no), FX_A(CKA_CLASS, class),
	    FX_A(CKA_KEY_TYPE, type), FX_A(CKA_VALUE_LEN, want),
	    FX_A(CKA_SENSITIVE, no), FX_A(CKA_EXTRACTABLE, yes) };
	CK_ECDH1_DERIVE_PARAMS p = { CKD_NULL, 0, NULL, npoint, point };
	CK_MECHANISM m = { CKM_ECDH1_DERIVE, &p, sizeof(p) };
	uint8_t got[64];
	CK_ATTRIBUTE v[] = { { CKA_VALUE, got, sizeof(got) },
	    { CKA_PRIVATE_EXPONENT, got, 0 } };

	return f->C_DeriveKey(s, &m, key, t, 6, &h) == CKR_OK &&
	    f->C_GetAttributeValue(s, h, v, 2) ==
	    CKR_ATTRIBUTE_TYPE_INVALID && v[0].ulValueLen == 32 &&
	    memcmp(got, z, 32) == 0;
}

static int
makes_a_key(CK_SESSION_HANDLE s)
{
	CK_OBJECT_CLASS class = CKO_SECRET_KEY;
	CK_KEY_TYPE type = CKK_AES;
	CK_OBJECT_HANDLE h;
	CK_ATTRIBUTE t[] = { FX_A(CKA_TOKEN, no), FX_A(CKA_CLASS, class),
	    FX_A(CKA_KEY_TYPE, type), { CKA_VALUE, text(VALUE), 16 } };
	CK_ATTRIBUTE u[] = { FX_A(CKA_CLASS, class),
	    FX_A(CKA_KEY_TYPE, type) };

	return f->C_CreateObject(s, t, 4, &h) == CKR_OK &&
	    /* The message is no AES key, but would be shown by a mistake. */
	    f->C_UnwrapKey(s, &rsa, first(s, CKO_PRIVATE_KEY, CKK_RSA), ct,
	    256, u, 2, &h) == CKR_OK;
}

/* What is signed, encrypted and hashed is a message, too. */
static int
takes_in(CK_SESSION_HANDLE s)
{
	CK_MECHANISM sha = { CKM_SHA256, NULL, 0 };
	CK_MECHANISM sign = { CKM_SHA256_RSA_PKCS, NULL, 0 };
	CK_OBJECT_HANDLE key = first(s, CKO_PRIVATE_KEY, CKK_RSA);
	CK_ULONG n = strlen(PLAIN), len = 256;
	uint8_t out[256];

	if (f->C_SignInit(s, &sign, key) != CKR_OK ||
	    f->C_SignUpdate(s, text(PLAIN), n) != CKR_OK ||
	    f->C_SignFinal(s, out, &len) != CKR_OK ||
	    f->C_EncryptInit(s, &rsa, first(s, CKO_PUBLIC_KEY, CKK_RSA)) !=
	    CKR_OK || f->C_Encrypt(s, text(PLAIN), n, out, &len) != CKR_OK)
		return 0;
	return f->C_DigestInit(s, &sha) == CKR_OK &&
	    f->C_Digest(s, text(PLAIN), n, out, &len) == CKR_OK;
}

static int
use_keys(void)
{
	CK_SESSION_HANDLE s;

	if (!start())
		return 1;
	if (f->C_OpenSession(0, CKF_SERIAL_SESSION, NULL, NULL, &s) != CKR_OK)
		return 2;
	if (f->C_Login(s, CKU_USER, text("not-" PIN), 15) !=
	    CKR_PIN_INCORRECT)
		return 3;
	if (f->C_Login(s, CKU_USER, text(PIN), strlen(PIN)) != CKR_OK)
		return 4;
	if (!decrypts(s))
		return 5;
	if (!derives(s))
		return 6;
	if (!makes_a_key(s))
		return 7;
	if (!takes_in(s))
		return 8;
	if (f->C_SetPIN(s, text(PIN), 11, text("new-" PIN), 15) == CKR_OK)
		return 9;
	if (f->C_LoginUser(s, CKU_USER, text(PIN), 11, text("Eve\n0: "), 7) ==
	    CKR_OK)
		return 10;
	return f->C_Finalize(NULL) == CKR_OK ? 0 : 11;
}

static void
contract_51_a_trace_names_much_and_tells_no_secret(void **state)
{
	static const char *const there[] = { ": C_Decrypt\n",
	    "[in] pPin = not shown\n", "Returned: CKR_PIN_INCORRECT",
	    "Returned: CKR_BUFFER_TOO_SMALL",
	    "    CKA_VALUE = not shown (16)",
	    "    CKA_VALUE = not shown (32)",
	    "    CKA_CLASS = CKO_SECRET_KEY",
	    "    CKA_PRIVATE_EXPONENT = unavailable",
	    "pMechanism = CKM_ECDH1_DERIVE", "kdf CKD_NULL",
	    "CKA_TOKEN = false",
	    "[in] pResult = room (4)", "[out] pResult = (32)",
	    "[in] pData = (256)", "[in] pUsername = \"Eve?0: \" (7)",
	    "[in] userType = CKU_USER", "0x4 CKF_SERIAL_SESSION" };
	struct ly_buf b;
	size_t i;

	(void)state;
	in_child(use_keys, trace);
	read_all(trace, &b);
	for (i = 0; i < sizeof(there) / sizeof(there[0]); i++)
		if (!HOLDS(&b, there[i]))
			fail_msg("not there: %s", there[i]);
	keeps(&b, PIN, strlen(PIN));
	keeps(&b, PLAIN, strlen(PLAIN));
	keeps(&b, VALUE, strlen(VALUE));
	keeps(&b, z, 32);
	ly_buf_clear(&b);
}

#define ZEROS_1 (0)
#define ZEROS_2 (0, 0)
#define ZEROS_3 (0, 0, 0)
#define ZEROS_4 (0, 0, 0, 0)
#define ZEROS_5 (0, 0, 0, 0, 0)
#define ZEROS_6 (0, 0, 0, 0, 0, 0)
#define ZEROS_7 (0, 0, 0, 0, 0, 0, 0)
#define ZEROS_8 (0, 0, 0, 0, 0, 0, 0, 0)
#define ZEROS_9 (0, 0, 0, 0, 0, 0, 0, 0, 0)

#define CALL(name, n, ...) (void)f->name ZEROS_ ## n;
#define NAME(name, ...) ": " #name "\n",

static int
call_all(void)
{
	LY_FUNCTIONS_2_40(CALL)
	LY_FUNCTIONS_3_0(CALL)
	LY_FUNCTIONS_TABLES(CALL)
	return 0;
}

static void
every_function_appears(void **state)
{
	static const char *const names[] = { LY_FUNCTIONS_2_40(NAME)
	    LY_FUNCTIONS_3_0(NAME) LY_FUNCTIONS_TABLES(NAME) };
	struct ly_buf b;
	size_t i;

	(void)state;
	in_child(call_all, trace);
	read_all(trace, &b);
	assert_int_equal(sizeof(names) / sizeof(names[0]), 92);
	for (i = 0; i < 92; i++)
		if (!HOLDS(&b, names[i]))
			fail_msg("not there: %s", names[i]);
	ly_buf_clear(&b);
}

/* Whatever tells something of the slot, by the table of 2.40. */
static int
asks_slot(void)
{
	CK_MECHANISM_TYPE types[64];
	CK_MECHANISM_INFO mi;
	CK_FUNCTION_LIST *old;
	CK_SLOT_INFO slot;
	CK_TOKEN_INFO token;
	CK_ULONG n = 64;

	return f->C_GetFunctionList(&old) == CKR_OK &&
	    old->C_GetSlotInfo(0, &slot) == CKR_OK &&
	    old->C_GetMechanismList(0, types, &n) == CKR_OK &&
	    old->C_GetMechanismInfo(0, CKM_RSA_PKCS, &mi) == CKR_OK &&
	    old->C_GetTokenInfo(0, &token) == CKR_OK;
}

static int
ask_all(void)
{
	CK_INTERFACE list[2];
	CK_SESSION_HANDLE s;
	CK_SESSION_INFO session;
	CK_SLOT_ID slots[8];
	CK_INFO info;
	CK_ULONG n = 2, size;

	if (f->C_GetInterfaceList(list, &n) != CKR_OK || !start())
		return 1;
	n = 8;
	if (f->C_GetInfo(&info) != CKR_OK ||
	    f->C_GetSlotList(CK_TRUE, slots, &n) != CKR_OK || !asks_slot())
		return 2;
	if (f->C_OpenSession(0, 4, NULL, NULL, &s) != CKR_OK ||
	    f->C_GetSessionInfo(s, &session) != CKR_OK ||
	    f->C_GetObjectSize(s, first(s, CKO_PUBLIC_KEY, CKK_RSA),
	    &size) != CKR_OK)
		return 3;
	return f->C_Finalize(NULL) == CKR_OK ? 0 : 4;
}

static void
what_comes_out_is_shown(void **state)
{
	static const char *const there[] = {
	    "[out] ppFunctionList = 2.40\n", "[out] pInterfacesList = 2\n",
	    "[out] pInfo = 3.0, library", "[out] pSlotList = 1 0x0\n",
	    "[out] pInfo = 0x1 CKF_TOKEN_PRESENT\n", " CKM_RSA_PKCS_OAEP ",
	    "|CKF_DECRYPT|", "CKF_TOKEN_INITIALIZED",
	    "CKS_RO_PUBLIC_SESSION", "[out] pulSize = 0x",
	    "[out] phObject = 1 0x", "parameters \"data-dir=" };
	struct ly_buf b;
	size_t i;

	(void)state;
	in_child(ask_all, trace);
	read_all(trace, &b);
	for (i = 0; i < sizeof(there) / sizeof(there[0]); i++)
		if (!HOLDS(&b, there[i]))
			fail_msg("not there: %s", there[i]);
	ly_buf_clear(&b);
}

/* Numbers gone wrong, and templates that would fill a disk. */
static int
ask_wrongly(void)
{
	static CK_ATTRIBUTE many[10000];
	CK_ATTRIBUTE id[] = { { CKA_ID, &no, (CK_ULONG)-2 } };
	CK_MECHANISM m = { CKM_RSA_PKCS_OAEP, many, 3 };
	CK_SESSION_HANDLE s;

	if (!start() || f->C_OpenSession(0, 4, NULL, NULL, &s) != CKR_OK)
		return 1;
	(void)f->C_FindObjectsInit(s, many, (CK_ULONG)-1);
	(void)f->C_FindObjectsInit(s, id, 1);
	(void)f->C_FindObjectsFinal(s);
	(void)f->C_GetAttributeValue(s, first(s, CKO_PUBLIC_KEY, CKK_RSA),
	    many, 10000);
	(void)f->C_DecryptInit(s, &m, 0);
	(void)f->C_Decrypt(s, NULL, (CK_ULONG)-1, NULL, NULL);
	(void)f->C_FindObjects(s, NULL, (CK_ULONG)-1, NULL);
	return f->C_Finalize(NULL) == CKR_OK ? 0 : 2;
}

static void
wrong_numbers_are_printed_not_followed(void **state)
{
	struct ly_buf b;

	(void)state;
	in_child(ask_wrongly, trace);
	read_all(trace, &b);
	assert_true(HOLDS(&b, "pTemplate = [18446744073709551615]\n"));
	assert_true(HOLDS(&b, "    and 9936 more\n"));
	assert_true(HOLDS(&b, "CKA_ID = not shown (18446744073709551614)"));
	assert_true(HOLDS(&b, "CKM_RSA_PKCS_OAEP, parameter (3)\n"));
	assert_in_range(b.len, 1, 64 * 1024);
	ly_buf_clear(&b);
}

static void *
thread(void *arg)
{
	CK_INFO info;
	int i;

	(void)arg;
	for (i = 0; i < ROUNDS; i++)
		(void)f->C_GetInfo(&info);
	return NULL;
}

/* A process full of threads, and its child of its own. */
static int
many(void)
{
	pthread_t t[NTHREADS];
	int i, status = -1;
	pid_t pid;

	if (!start())
		return 1;
	/* First the child: the address sanitizer forks badly with threads. */
	if ((pid = fork()) == 0) {
		(void)thread(NULL);
		_exit(0);
	}
	for (i = 0; i < NTHREADS; i++)
		if (pthread_create(&t[i], NULL, thread, NULL) != 0)
			return 2;
	for (i = 0; i < NTHREADS; i++)
		(void)pthread_join(t[i], NULL);
	return waitpid(pid, &status, 0) == pid && WIFEXITED(status) ?
	    WEXITSTATUS(status) : 3;
}

static void
processes_and_threads_do_not_mix(void **state)
{
	struct ly_buf b;
	unsigned records = 0;
	pid_t pid[3];
	int i, status;
	char *p, *end;

	(void)state;
	for (i = 0; i < 3; i++)
		if ((pid[i] = fork()) == 0)
			_exit(load(trace) ? many() : 99);
	for (i = 0; i < 3; i++) {
		assert_int_equal(waitpid(pid[i], &status, 0), pid[i]);
		assert_int_equal(status, 0);
	}
	read_all(trace, &b);
	/* Each record has its head, and its end before the next head. */
	for (p = (char *)b.data; *p != '\0'; p = end + 2, records++) {
		assert_in_range(*p, '0', '9');
		assert_non_null(end = strstr(p, "\n\n"));
		*end = '\0';
		assert_non_null(strstr(p, " pid "));
		assert_non_null(p = strstr(p, "\nReturned: CKR_"));
		assert_null(strchr(p + 1, '\n'));
	}
	/* C_GetInterface, C_Initialize, and C_GetInfo of all. */
	assert_int_equal(records, 3 * (2 + (NTHREADS + 1) * ROUNDS));
	ly_buf_clear(&b);
}

static unsigned
complaints(void)
{
	unsigned n = 0;
	struct ly_buf b;
	char *p;

	read_all(logfile, &b);
	for (p = (char *)b.data; (p = strstr(p, "LANYARD_TRACE: ")) != NULL;
	    p++)
		n++;
	ly_buf_clear(&b);
	return n;
}

static void
a_file_that_cannot_be_written_changes_nothing(void **state)
{
	char target[LY_PATH_MAX], missing[LY_PATH_MAX + 8];
	struct ly_file_stamp st;

	(void)state;
	(void)snprintf(target, sizeof(target), "%s/target", fx_dir());
	(void)snprintf(missing, sizeof(missing), "%s/a/b", fx_dir());
	assert_int_equal(symlink(target, trace), 0);
	in_child(use_keys, trace);
	assert_int_not_equal(ly_file_stat(target, &st), 0);
	assert_int_equal(complaints(), 1);
	in_child(use_keys, missing);
	in_child(use_keys, fx_dir());
	assert_int_equal(complaints(), 3);
	/* Of a working folder that is the host's nothing is known. */
	assert_int_equal(chdir(fx_dir()), 0);
	in_child(use_keys, "relative");
	assert_int_not_equal(ly_file_stat("relative", &st), 0);
	assert_int_equal(complaints(), 4);
	/* Others may write to it: it is not ours alone. */
	assert_int_equal(unlink(trace), 0);
	assert_int_equal(ly_file_replace(trace, "", 0, 0600, NULL), 0);
	assert_int_equal(chmod(trace, 0666), 0);
	in_child(use_keys, trace);
	assert_int_equal(ly_file_stat(trace, &st), 0);
	assert_int_equal(st.size, 0);
	assert_int_equal(complaints(), 5);
}

static void
a_full_file_grows_no_more(void **state)
{
	struct ly_file_stamp st;

	(void)state;
	assert_int_equal(ly_file_replace(trace, "", 0, 0600, NULL), 0);
	assert_int_equal(truncate(trace, FILE_LIMIT), 0);
	in_child(use_keys, trace);
	assert_int_equal(ly_file_stat(trace, &st), 0);
	assert_int_equal(st.size, FILE_LIMIT);
	assert_int_equal(complaints(), 1);
}

static int
is_plain(void)
{
	CK_FUNCTION_LIST *old;

	/* It is too late for this process. */
	if (setenv("LANYARD_TRACE", trace, 1) != 0 ||
	    f->C_GetFunctionList(&old) != CKR_OK)
		return 1;
	return f->C_Decrypt == C_Decrypt && old->C_Decrypt == C_Decrypt ?
	    use_keys() : 50;
}

static int
is_traced(void)
{
	CK_FUNCTION_LIST *old;

	if (f->C_GetFunctionList(&old) != CKR_OK)
		return 1;
	return f->C_Decrypt != C_Decrypt && old->C_Decrypt == f->C_Decrypt ?
	    0 : 50;
}

static void
off_costs_nothing_and_is_decided_once(void **state)
{
	struct ly_file_stamp st;

	(void)state;
	in_child(is_plain, NULL);
	in_child(is_plain, "");
	assert_int_not_equal(ly_file_stat(trace, &st), 0);
	in_child(is_traced, trace);
}

int
main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, up, down)
	const struct CMUnitTest tests[] = {
		T(contract_51_a_trace_names_much_and_tells_no_secret),
		T(every_function_appears),
		T(what_comes_out_is_shown),
		T(wrong_numbers_are_printed_not_followed),
		T(processes_and_threads_do_not_mix),
		T(a_file_that_cannot_be_written_changes_nothing),
		T(a_full_file_grows_no_more),
		T(off_costs_nothing_and_is_decided_once),
	};

	return FX_RUN(tests);
}
