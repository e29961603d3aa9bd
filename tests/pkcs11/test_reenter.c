/*
 * A host whose random numbers come from a token, as a default ENGINE or a
 * provider may have it: OpenSSL, called by the module, calls the host, and
 * the host the module. Every such call answers an error at once, and what
 * was under way is finished.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "calls.h"
#include "fixture.h"

#include <unistd.h>

#include <openssl/rand.h>

static CK_MECHANISM ecdsa = { CKM_ECDSA, NULL, 0 };
static struct fx_args within;
static unsigned calls, wrong;
static int armed;

static void
expect(const char *name, CK_RV rv)
{
	calls++;
	if (rv == CKR_FUNCTION_FAILED)
		return;
	wrong++;
	print_error("%s, called from within: %#lx\n", name, rv);
}

static void
each(const struct fx_call *call, size_t n)
{
	for (; n > 0; n--, call++)
		expect(call->name, call->call(&within));
}

/* What the host's random numbers do. */
static int
bytes(unsigned char *buf, int n)
{
	if (armed) {
		armed = 0;
		each(fx_session_calls, fx_nsession_calls);
		each(fx_slot_calls, fx_nslot_calls);
		each(fx_module_calls, fx_nmodule_calls);
		expect("C_Initialize", fx_initialize());
		expect("C_Finalize", C_Finalize(NULL));
	}
	return RAND_OpenSSL()->bytes(buf, n);
}

static int
status(void)
{
	return 1;
}

static const RAND_METHOD method = { .bytes = bytes, .pseudorand = bytes,
    .status = status };

static int
down(void **state)
{
	(void)state;
	(void)RAND_set_rand_method(NULL);
	fx_down();
	return 0;
}

/* The fake driver signs by the code of the cached one, and wants a nonce. */
static void
a_call_from_within_is_refused_and_hangs_nothing(void **state)
{
	uint8_t hash[32] = { 5 }, sig[64];
	CK_ULONG n = sizeof(sig);
	CK_OBJECT_HANDLE key;
	CK_SESSION_HANDLE s;

	(void)state;
	s = fx_token(NULL);
	key = fx_object(s, CKO_PRIVATE_KEY, FX_EC);
	within = fx_sane(s, key);
	assert_int_equal(RAND_set_rand_method(&method), 1);
	assert_int_equal(C_SignInit(s, &ecdsa, key), CKR_OK);
	(void)alarm(60);
	armed = 1;
	assert_int_equal(C_Sign(s, hash, 32, sig, &n), CKR_OK);
	(void)alarm(0);
	assert_true(fx_verify(FX_EC, hash, 32, sig, n));
	assert_int_equal(armed, 0);
	assert_int_equal(calls, fx_nsession_calls + fx_nslot_calls +
	    fx_nmodule_calls + 2);
	assert_int_equal(wrong, 0);
	/* The session that was to be closed is still there. */
	n = sizeof(sig);
	assert_int_equal(C_SignInit(s, &ecdsa, key), CKR_OK);
	assert_int_equal(C_Sign(s, hash, 32, sig, &n), CKR_OK);
}

int
main(void)
{
#define T(f) cmocka_unit_test_teardown(f, down)
	const struct CMUnitTest tests[] = {
		T(a_call_from_within_is_refused_and_hangs_nothing),
	};

	return FX_RUN(tests);
}
