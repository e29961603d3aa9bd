/*
 * Every C_* function with one argument spoiled at a time, while each sort
 * of operation is under way: nothing crashes, what failed has ended, what
 * had no part in it goes on, and the next session works.
 */
#include "calls.h"
#include "fixture.h"

static int
down(void **state)
{
	(void)state;
	fx_down();
	return 0;
}

/* Keys for operations that are under way while other calls go wrong. */
static struct {
	CK_OBJECT_HANDLE key, pub, ec;
} held;

static CK_RV
begin(CK_SESSION_HANDLE s, enum fx_sort sort)
{
	CK_MECHANISM rsa = { CKM_RSA_PKCS, NULL, 0 };
	CK_MECHANISM sha = { CKM_SHA256, NULL, 0 };

	switch (sort) {
	case FX_FIND:
		return C_FindObjectsInit(s, NULL, 0);
	case FX_DECRYPT:
		return C_DecryptInit(s, &rsa, held.key);
	case FX_SIGN:
		return C_SignInit(s, &rsa, held.key);
	case FX_ENCRYPT:
		return C_EncryptInit(s, &rsa, held.pub);
	case FX_VERIFY:
		return C_VerifyInit(s, &rsa, held.pub);
	case FX_DIGEST:
		return C_DigestInit(s, &sha);
	case FX_NO_OP:
		break;
	}
	return CKR_OK;
}

/* Whether an operation is under way; leaves none. */
static int
under_way(CK_SESSION_HANDLE s, enum fx_sort sort)
{
	CK_OBJECT_HANDLE h;
	CK_ULONG n;
	CK_RV rv;

	if (sort == FX_FIND)
		rv = C_FindObjects(s, &h, 0, &n) == CKR_OK ?
		    CKR_OPERATION_ACTIVE : CKR_OK;
	else
		rv = begin(s, sort);
	(void)C_SessionCancel(s, ~0ul);
	return rv == CKR_OPERATION_ACTIVE;
}

/* Whatever has happened: a good operation works, on a session of its own. */
static void
still_works(const char *after)
{
	CK_MECHANISM ecdsa = { CKM_ECDSA, NULL, 0 };
	uint8_t hash[32] = { 3 }, sig[64];
	CK_ULONG n = sizeof(sig);
	CK_SESSION_HANDLE s = fx_session(0);

	if (C_SignInit(s, &ecdsa, held.ec) != CKR_OK ||
	    C_Sign(s, hash, 32, sig, &n) != CKR_OK ||
	    !fx_verify(FX_EC, hash, 32, sig, n) ||
	    C_CloseSession(s) != CKR_OK)
		fail_msg("nothing works after %s", after);
}

static const CK_ULONG lengths[] = { 0, 1, 7, 255, FX_ROOM, 0xffffffffu,
    (CK_ULONG)-1 >> 1, (CK_ULONG)-100, (CK_ULONG)-1 };
#define LENGTHS (sizeof(lengths) / sizeof(lengths[0]))
#define POINTERS 7
#define SPOILS (POINTERS + 3 * LENGTHS)

static void
spoil_pointer(struct fx_args *x, size_t which)
{
	static CK_MECHANISM odd = { CKM_RSA_PKCS_OAEP, &odd, (CK_ULONG)-1 };

	switch (which) {
	case 0:
		x->m = NULL;
		break;
	case 1:
		x->in = NULL;
		break;
	case 2:
		x->out = NULL;
		break;
	case 3:
		x->out_len = NULL;
		break;
	case 4:
		x->a = NULL;
		break;
	case 5:
		x->h = NULL;
		break;
	default:
		x->m = &odd;
		break;
	}
}

/*
 * Make one argument wrong. A length that no memory has comes with a
 * pointer that must not be read.
 */
static void
spoil(struct fx_args *x, size_t how)
{
	CK_ULONG n;

	if (how < POINTERS) {
		spoil_pointer(x, how);
		return;
	}
	how -= POINTERS;
	n = lengths[how % LENGTHS];
	if (how < LENGTHS) {
		x->in_len = n;
		if (n > FX_ROOM)
			x->in = (CK_BYTE *)(uintptr_t)8;
	} else if (how < 2 * LENGTHS) {
		*x->out_len = n <= FX_ROOM ? n : FX_ROOM;
	} else if (n <= 1 || n > FX_ROOM) {
		x->n = n;
		if (n > FX_ROOM)
			x->a = (CK_ATTRIBUTE *)(uintptr_t)8;
	}
}

/* One call, spoiled in one way, with one operation under way. */
static void
abuse(const struct fx_call *call, enum fx_sort sort, size_t how)
{
	CK_SESSION_HANDLE s = fx_session(0);
	struct fx_args x = fx_sane(s, held.key);
	int ends;
	CK_RV rv;

	if (begin(s, sort) != CKR_OK)
		fail_msg("cannot begin %d before %s", (int)sort, call->name);
	spoil(&x, how);
	rv = call->call(&x);
	if (strcmp(call->name, "C_CloseSession") == 0)
		return;
	/* What failed has ended its operation and no other (5.2). */
	ends = call->sort == sort && rv != CKR_OK &&
	    rv != CKR_BUFFER_TOO_SMALL && rv != CKR_OPERATION_ACTIVE;
	if (strcmp(call->name, "C_SessionCancel") == 0)
		ends = 1;
	if (sort != FX_NO_OP && (ends || call->sort != sort) &&
	    under_way(s, sort) == ends)
		fail_msg("%s, spoiled by %zu, %#lx: operation %d is %s",
		    call->name, how, rv, (int)sort, ends ? "stuck" : "gone");
	assert_int_equal(C_CloseSession(s), CKR_OK);
}

/* A token, and its keys in held. */
static CK_SESSION_HANDLE
hold(void)
{
	CK_SESSION_HANDLE s = fx_token(NULL);

	held.key = fx_object(s, CKO_PRIVATE_KEY, FX_RSA);
	held.pub = fx_object(s, CKO_PUBLIC_KEY, FX_RSA);
	held.ec = fx_object(s, CKO_PRIVATE_KEY, FX_EC);
	return s;
}

static void
each_argument_wrong_with_each_operation_under_way(void **state)
{
	const struct fx_call *call;
	size_t i, how;
	int sort;

	(void)state;
	(void)hold();
	for (i = 0; i < fx_nsession_calls; i++) {
		call = &fx_session_calls[i];
		for (sort = FX_NO_OP; sort <= FX_DIGEST; sort++)
			for (how = 0; how < SPOILS; how++)
				abuse(call, (enum fx_sort)sort, how);
		still_works(call->name);
	}
}

static void
each_argument_of_a_slot_wrong(void **state)
{
	struct fx_args x;
	size_t i, how;

	(void)state;
	(void)hold();
	for (how = 0; how < SPOILS; how++) {
		for (i = 0; i < fx_nslot_calls; i++) {
			x = fx_sane(0, 0);
			spoil(&x, how);
			(void)fx_slot_calls[i].call(&x);
		}
		for (i = 0; i < fx_nmodule_calls; i++) {
			x = fx_sane(0, 0);
			spoil(&x, how);
			(void)fx_module_calls[i].call(&x);
		}
	}
	still_works("a slot");
}

/* All of a session's operations at once, and each can be finished. */
static void
operations_overlap(void **state)
{
	uint8_t in[256] = { 0 }, out[256];
	CK_OBJECT_HANDLE h;
	CK_SESSION_HANDLE s;
	CK_ULONG n = 0;
	int sort;

	(void)state;
	s = hold();
	fx_encrypt(FX_RSA, "message", 7, in);
	for (sort = FX_FIND; sort <= FX_DIGEST; sort++)
		assert_int_equal(begin(s, (enum fx_sort)sort), CKR_OK);
	for (sort = FX_DECRYPT; sort <= FX_DIGEST; sort++)
		assert_int_equal(begin(s, (enum fx_sort)sort),
		    CKR_OPERATION_ACTIVE);
	assert_int_equal(C_FindObjects(s, &h, 1, &n), CKR_OK);
	assert_int_equal(n, 1);
	n = sizeof(out);
	assert_int_equal(C_Decrypt(s, in, 256, out, &n), CKR_OK);
	assert_int_equal(n, 7);
	assert_memory_equal(out, "message", 7);
	n = sizeof(out);
	assert_int_equal(C_Encrypt(s, in, 9, out, &n), CKR_OK);
	assert_int_equal(C_DigestUpdate(s, in, 9), CKR_OK);
	n = sizeof(out);
	assert_int_equal(C_Sign(s, in, 9, out, &n), CKR_OK);
	assert_int_equal(n, 256);
	assert_int_equal(C_Verify(s, in, 9, out, n), CKR_OK);
	n = sizeof(out);
	assert_int_equal(C_DigestFinal(s, out, &n), CKR_OK);
	assert_int_equal(C_FindObjectsFinal(s), CKR_OK);
	for (sort = FX_FIND; sort <= FX_DIGEST; sort++)
		assert_false(under_way(s, (enum fx_sort)sort));
}

/* An operation belongs to one session, whatever the others do. */
static void
a_session_has_no_part_in_another(void **state)
{
	uint8_t in[16] = { 0 }, out[256];
	CK_SESSION_HANDLE s, other;
	CK_ULONG n = sizeof(out);

	(void)state;
	s = hold();
	other = fx_session(0);
	assert_int_equal(begin(s, FX_SIGN), CKR_OK);
	assert_int_equal(C_Sign(other, in, 16, out, &n),
	    CKR_OPERATION_NOT_INITIALIZED);
	assert_int_equal(C_SessionCancel(other, ~0ul), CKR_OK);
	assert_int_equal(C_CloseSession(other), CKR_OK);
	assert_int_equal(C_SignUpdate(other, in, 16),
	    CKR_SESSION_HANDLE_INVALID);
	n = sizeof(out);
	assert_int_equal(C_Sign(s, in, 16, out, &n), CKR_OK);
	assert_int_equal(n, 256);
}

#define MANY 10000

static void
ten_thousand_attributes(void **state)
{
	static CK_ATTRIBUTE a[MANY];
	CK_OBJECT_HANDLE h;
	CK_SESSION_HANDLE s;
	CK_ULONG size = 0, i;

	(void)state;
	s = hold();
	for (i = 0; i < MANY; i++)
		a[i].type = i % 2 != 0 ? CKA_LABEL : 0x7f000000u + i;
	assert_int_equal(C_GetAttributeValue(s, held.key, a, MANY),
	    CKR_ATTRIBUTE_TYPE_INVALID);
	for (i = 0; i < MANY; i += 2) {
		assert_int_equal(a[i].ulValueLen, CK_UNAVAILABLE_INFORMATION);
		assert_true(a[i + 1].ulValueLen > 0);
		assert_true(a[i + 1].ulValueLen < 100);
		a[i].ulValueLen = a[i + 1].ulValueLen = 0;
	}
	assert_int_equal(C_FindObjectsInit(s, a, MANY),
	    CKR_TEMPLATE_INCONSISTENT);
	assert_int_equal(C_CreateObject(s, a, MANY, &h),
	    CKR_TEMPLATE_INCOMPLETE);
	assert_int_equal(C_SetAttributeValue(s, held.key, a, MANY),
	    CKR_ACTION_PROHIBITED);
	assert_int_equal(C_GetObjectSize(s, held.key, &size), CKR_OK);
	still_works("10,000 attributes");
}

int
main(void)
{
#define T(f) cmocka_unit_test_teardown(f, down)
	const struct CMUnitTest tests[] = {
		T(each_argument_wrong_with_each_operation_under_way),
		T(each_argument_of_a_slot_wrong),
		T(operations_overlap),
		T(a_session_has_no_part_in_another),
		T(ten_thousand_attributes),
	};

	return FX_RUN(tests);
}
