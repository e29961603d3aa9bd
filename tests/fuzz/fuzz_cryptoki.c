/*
 * Random sequences of C_* calls, of every function, against a driver that
 * answers anything: every byte chooses a call, a session, an object, a
 * mechanism, a template or a length. Nothing may crash, run over a buffer,
 * or stay stuck.
 */
#include "../pkcs11/calls.h"
#include "../pkcs11/fixture.h"

#include "alg.h"
#include "driver.h"
#include "err.h"
#include "secret.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define SESSIONS 4
#define OBJECTS 16
#define ROOM 300		/* bytes of every output buffer */

/* The input, read as choices; zeros when it is used up. */
static const uint8_t *in;
static size_t left;
static CK_SESSION_HANDLE sessions[SESSIONS];
static CK_OBJECT_HANDLE objects[OBJECTS];
static size_t nobjects;

static unsigned
byte(void)
{
	if (left == 0)
		return 0;
	left--;
	return *in++;
}

/* The driver's answer comes out of the input as well. */
static int
any_open(const struct ly_driver_env *env, void **state, struct ly_why *why)
{
	(void)env;
	(void)why;
	*state = NULL;
	return byte() == 0xff ? LY_ERR_NOMEM : 0;
}

static int
any_serves(const struct ly_keyref *ref)
{
	(void)ref;
	return 1;
}

static int
any_run(void *state, const struct ly_keyref *ref, const struct ly_alg *alg,
    const uint8_t *data, size_t len, struct ly_secret *out,
    uint64_t *revision, struct ly_why *why)
{
	const unsigned how = byte();
	size_t n = ref->len;

	(void)state;
	(void)data;
	(void)len;
	(void)why;
	if (how < 32)
		return -(int)(how % 22);
	*revision = how & 3;
	if (alg->op == LY_OP_SIGN && (alg->scheme == LY_ECDSA ||
	    alg->scheme == LY_EDDSA))
		n = 2 * ref->len;
	if (how > 200 || (alg->op == LY_OP_DECRYPT && how > 64))
		n = 4 * byte();
	if (ly_secret_alloc(out, n + 1) != 0)
		return LY_ERR_NOMEM;
	memset(out->data, (int)how, n);
	out->len = n;
	return 0;
}

static int
any_sync(void *state, struct ly_why *why)
{
	(void)state;
	(void)why;
	return LY_ERR_NET;
}

static void
any_close(void *state)
{
	(void)state;
}

static const struct ly_driver any = {
	.name = "any",
	.open = any_open,
	.serves = any_serves,
	.run = any_run,
	.sync = any_sync,
	.close = any_close
};

const struct ly_driver *const ly_driver_table[] = { &any, NULL };

static CK_SESSION_HANDLE
session(void)
{
	const unsigned b = byte();

	return b > 250 ? b : sessions[b % SESSIONS];
}

static CK_OBJECT_HANDLE
object(void)
{
	const unsigned b = byte();

	if (b > 240 || nobjects == 0)
		return b * 0x1010101u;
	return objects[b % nobjects];
}

static void
remember(CK_OBJECT_HANDLE h)
{
	if (nobjects < OBJECTS)
		objects[nobjects++] = h;
	else
		objects[byte() % OBJECTS] = h;
}

static const CK_MECHANISM_TYPE types[] = { CKM_RSA_PKCS, CKM_RSA_PKCS_OAEP,
    CKM_RSA_PKCS_PSS, CKM_ECDSA, CKM_EDDSA, CKM_ECDH1_DERIVE,
    CKM_ECDH1_COFACTOR_DERIVE, CKM_AES_KEY_WRAP, CKM_NSS_AES_KEY_WRAP,
    CKM_SHA256_RSA_PKCS, CKM_SHA1_RSA_PKCS_PSS, CKM_ECDSA_SHA384, CKM_SHA256,
    CKM_SHA512, CKM_RSA_X_509, CKM_AES_CBC };

/* Parameters lie in static storage; one mechanism is in use at a time. */
static CK_MECHANISM *
mechanism(void)
{
	static const CK_MECHANISM_TYPE hashes[] = { CKM_SHA_1, CKM_SHA224,
	    CKM_SHA256, CKM_SHA384, CKM_SHA512, CKM_MD5 };
	static CK_RSA_PKCS_OAEP_PARAMS oaep;
	static CK_RSA_PKCS_PSS_PARAMS pss;
	static CK_ECDH1_DERIVE_PARAMS ecdh;
	static uint8_t point[160];
	static CK_MECHANISM m;
	const unsigned b = byte();

	if (b == 0xff)
		return NULL;
	memset(&m, 0, sizeof(m));
	m.mechanism = types[b % (sizeof(types) / sizeof(types[0]))];
	switch (byte() % 4) {
	case 0:
		break;
	case 1:
		oaep.hashAlg = hashes[byte() % 6];
		oaep.mgf = byte() % 7;
		oaep.source = byte() % 3;
		oaep.pSourceData = point;
		oaep.ulSourceDataLen = byte() % 80;
		m.pParameter = &oaep;
		m.ulParameterLen = sizeof(oaep);
		break;
	case 2:
		pss.hashAlg = hashes[byte() % 6];
		pss.mgf = byte() % 7;
		pss.sLen = byte();
		m.pParameter = &pss;
		m.ulParameterLen = sizeof(pss);
		break;
	default:
		point[0] = 4;
		point[1] = (uint8_t)byte();
		ecdh.kdf = byte() % 10;
		ecdh.pPublicData = point;
		ecdh.ulPublicDataLen = byte() % sizeof(point);
		ecdh.pSharedData = byte() & 1 ? point : NULL;
		ecdh.ulSharedDataLen = byte() % 32;
		m.pParameter = &ecdh;
		m.ulParameterLen = sizeof(ecdh);
		break;
	}
	/* Odd: a length of no parameters, so that none are made up. */
	if (byte() == 0xff)
		m.ulParameterLen = byte() | 1u;
	return &m;
}

static const CK_ATTRIBUTE_TYPE attrs[] = { CKA_CLASS, CKA_TOKEN, CKA_PRIVATE,
    CKA_LABEL, CKA_VALUE, CKA_ID, CKA_ISSUER, CKA_SERIAL_NUMBER, CKA_SUBJECT,
    CKA_KEY_TYPE, CKA_VALUE_LEN, CKA_SENSITIVE, CKA_EXTRACTABLE, CKA_DECRYPT,
    CKA_WRAP, CKA_MODULUS, CKA_EC_POINT, CKA_PRIVATE_EXPONENT,
    CKA_ALLOWED_MECHANISMS, CKA_NSS_EMAIL, CKA_PROFILE_ID, CKA_UNIQUE_ID,
    0x7fffffff };

/* A template; values have room for what their length says. */
static CK_ULONG
template(CK_ATTRIBUTE *a, uint8_t values[8][ROOM])
{
	CK_ULONG n = byte() % 8, i, u;

	for (i = 0; i < n; i++) {
		a[i].type = attrs[byte() % (sizeof(attrs) /
		    sizeof(attrs[0]))];
		a[i].pValue = values[i];
		memset(values[i], (int)byte(), ROOM);
		switch (byte() % 4) {
		case 0:
			u = byte() % 40;
			memcpy(values[i], &u, sizeof(u));
			a[i].ulValueLen = sizeof(u);
			break;
		case 1:
			a[i].ulValueLen = 1;
			values[i][0] &= 1;
			break;
		case 2:
			a[i].ulValueLen = byte() % ROOM;
			break;
		default:
			a[i].pValue = NULL;
			a[i].ulValueLen = byte() & 1;
			break;
		}
	}
	return n;
}

/* Output buffers, allocated to the byte so that an overrun is seen. */
struct outbuf {
	CK_BYTE *p;
	CK_ULONG len, had;
};

static void
out_make(struct outbuf *o)
{
	o->had = o->len = byte() % 4 == 0 ? byte() : 256;
	o->p = byte() % 8 == 0 ? NULL : malloc(o->len != 0 ? o->len : 1);
}

static void
out_done(struct outbuf *o, CK_RV rv)
{
	if (rv == CKR_OK && o->p != NULL && o->len > o->had)
		abort();
	free(o->p);
}

static CK_RV (*const one_shot[])(CK_SESSION_HANDLE, CK_BYTE *, CK_ULONG,
    CK_BYTE *, CK_ULONG *) = { C_Decrypt, C_Sign, C_Encrypt, C_Digest,
    C_DecryptUpdate, C_EncryptUpdate };
static CK_RV (*const update[])(CK_SESSION_HANDLE, CK_BYTE *, CK_ULONG) = {
    C_SignUpdate, C_VerifyUpdate, C_DigestUpdate };
static CK_RV (*const final[])(CK_SESSION_HANDLE, CK_BYTE *, CK_ULONG *) = {
    C_SignFinal, C_DecryptFinal, C_EncryptFinal, C_DigestFinal };
static CK_RV (*const init[])(CK_SESSION_HANDLE, CK_MECHANISM *,
    CK_OBJECT_HANDLE) = { C_SignInit, C_DecryptInit, C_VerifyInit,
    C_EncryptInit };

static uint8_t input[512];

static CK_ULONG
in_len(void)
{
	static const CK_ULONG lens[] = { 256, 32, 0, 40, 51, 64, 255, 257 };
	const unsigned b = byte();

	return b < 200 ? lens[b % 8] : b;
}

static void
do_data(void)
{
	struct outbuf o;
	CK_RV rv;

	switch (byte() % 5) {
	case 0:
		out_make(&o);
		rv = one_shot[byte() % 6](session(), input, in_len(), o.p,
		    &o.len);
		out_done(&o, rv);
		break;
	case 1:
		(void)update[byte() % 3](session(), input, in_len());
		break;
	case 2:
		out_make(&o);
		rv = final[byte() % 4](session(), o.p, &o.len);
		out_done(&o, rv);
		break;
	case 3:
		(void)C_Verify(session(), input, in_len(), input, in_len());
		break;
	default:
		(void)C_VerifyFinal(session(), input, in_len());
		break;
	}
}

static void
do_object(void)
{
	uint8_t values[8][ROOM];
	CK_ATTRIBUTE a[8];
	CK_ULONG n = template(a, values);
	CK_OBJECT_HANDLE h = 0;
	CK_RV rv = CKR_GENERAL_ERROR;

	switch (byte() % 7) {
	case 0:
		rv = C_CreateObject(session(), a, n, &h);
		break;
	case 1:
		rv = C_DeriveKey(session(), mechanism(), object(), a, n, &h);
		break;
	case 2:
		rv = C_UnwrapKey(session(), mechanism(), object(), input,
		    in_len(), a, n, &h);
		break;
	case 3:
		(void)C_GetAttributeValue(session(), object(), a, n);
		break;
	case 4:
		(void)C_FindObjectsInit(session(), a, n);
		break;
	case 5:
		(void)C_DestroyObject(session(), object());
		break;
	default:
		(void)C_GetObjectSize(session(), object(), &n);
		break;
	}
	if (rv == CKR_OK)
		remember(h);
}

static void
do_find(void)
{
	CK_OBJECT_HANDLE h[OBJECTS];
	CK_ULONG n = 0, max = byte() % (OBJECTS + 1), i;

	if (C_FindObjects(session(), h, max, &n) != CKR_OK)
		return;
	if (n > max)
		abort();
	for (i = 0; i < n; i++)
		remember(h[i]);
}

static void
do_session(void)
{
	const unsigned i = byte() % SESSIONS;

	switch (byte() % 8) {
	case 0:
		(void)C_OpenSession(byte() % 2, CKF_SERIAL_SESSION |
		    (byte() & 1 ? CKF_RW_SESSION : 0), NULL, NULL,
		    &sessions[i]);
		break;
	case 1:
		(void)C_CloseSession(session());
		break;
	case 2:
		(void)C_CloseAllSessions(byte() % 2);
		break;
	case 3:
		(void)C_Login(session(), byte() % 3, input, byte() % 8);
		break;
	case 4:
		(void)C_Logout(session());
		break;
	case 5:
		(void)C_SessionCancel(session(), byte() * 0x101ul);
		break;
	case 6:
		(void)C_FindObjectsFinal(session());
		break;
	default:
		if (byte() > 200) {
			(void)C_Finalize(NULL);
			(void)fx_initialize();
		}
		break;
	}
}

/* Those of do_any that the corpus has called: replay.c asks at its end. */
static uint8_t reached[256];

int replay_reached(void);

int
replay_reached(void)
{
	const size_t n = fx_nsession_calls + fx_nslot_calls +
	    fx_nmodule_calls;
	size_t i;
	int r = 0;

	for (i = 0; i < n; i++) {
		if (reached[i])
			continue;
		printf("# no seed calls function %zu of tests/pkcs11/calls.c; "
		    "make_seeds.c has their number\n", i);
		r = -1;
	}
	return r;
}

/* Any function at all, most of its arguments sane. */
static void
do_any(void)
{
	struct fx_args x = fx_sane(session(), object());
	uint8_t values[8][ROOM];
	CK_ATTRIBUTE a[8];
	CK_ULONG i;

	x.slot = byte() % 3;
	x.in_len = byte();
	*x.out_len = byte();
	if (byte() & 1) {
		x.m = mechanism();
		x.n = template(a, values);
		x.a = a;
	}
	switch (byte() % 16) {
	case 0:
		x.in = NULL;
		break;
	case 1:
		x.out = NULL;
		break;
	case 2:
		x.out_len = NULL;
		break;
	case 3:
		x.a = NULL;
		break;
	case 4:
		x.h = NULL;
		break;
	default:
		break;
	}
	i = byte() % (fx_nsession_calls + fx_nslot_calls + fx_nmodule_calls);
	reached[i] = 1;
	if (i < fx_nsession_calls) {
		(void)fx_session_calls[i].call(&x);
		return;
	}
	i -= fx_nsession_calls;
	if (i < fx_nslot_calls)
		(void)fx_slot_calls[i].call(&x);
	else
		(void)fx_module_calls[i - fx_nslot_calls].call(&x);
}

static void
do_interface(void)
{
	static CK_UTF8CHAR ours[] = "PKCS 11", none[] = "";
	CK_VERSION v = { (CK_BYTE)(byte() % 4), (CK_BYTE)(byte() % 41) };
	CK_INTERFACE *i, list[2];
	CK_FUNCTION_LIST *f;
	CK_ULONG n = byte() % 3;
	const unsigned b = byte();

	(void)C_GetFunctionList(b & 1 ? &f : NULL);
	(void)C_GetInterface(b & 2 ? ours : b & 4 ? none : NULL,
	    b & 8 ? &v : NULL, b & 16 ? NULL : &i, b >> 6);
	(void)C_GetInterfaceList(b & 32 ? NULL : list, &n);
}

static void
setup(void)
{
	static int done;

	if (done)
		return;
	done = 1;
	fx_up();
	fx_account(FX_ADDRESS, NULL);
	fx_catalogue(FX_ADDRESS, 1, FX_ALL, 77);
	(void)atexit(fx_down);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CK_SESSION_HANDLE s;
	size_t i;

	setup();
	in = data;
	left = size;
	nobjects = 0;
	if (fx_initialize() != CKR_OK)
		abort();
	for (i = 0; i < SESSIONS; i++)
		if (C_OpenSession(0, CKF_SERIAL_SESSION, NULL, NULL,
		    &sessions[i]) != CKR_OK)
			abort();
	if (C_FindObjectsInit(sessions[0], NULL, 0) != CKR_OK)
		abort();
	do_find();
	while (left > 0) {
		switch (byte() % 8) {
		case 0:
			do_session();
			break;
		case 1:
			do_find();
			break;
		case 2:
			do_object();
			break;
		case 3:
			(void)init[byte() % 4](session(), mechanism(),
			    object());
			break;
		case 4:
			(void)C_DigestInit(session(), mechanism());
			break;
		case 5:
			do_any();
			break;
		case 6:
			do_interface();
			break;
		default:
			do_data();
			break;
		}
	}
	/* Whatever has happened: a new session works. */
	if (C_OpenSession(0, CKF_SERIAL_SESSION, NULL, NULL, &s) != CKR_OK ||
	    C_FindObjectsInit(s, NULL, 0) != CKR_OK)
		abort();
	if (C_Finalize(NULL) != CKR_OK)
		abort();
	return 0;
}
