/* See p11.h. Knows of the module only that its token's model is Lanyard. */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <dlfcn.h>
#include <stdatomic.h>
#include <string.h>

#include "host.h"
#include "p11.h"

CK_FUNCTION_LIST *
p11_open(const char *path, void **lib)
{
	CK_C_GetFunctionList get;
	CK_FUNCTION_LIST *f = NULL;
	void *sym;

	*lib = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	sym = *lib != NULL ? dlsym(*lib, "C_GetFunctionList") : NULL;
	if (sym == NULL) {
		(void)host_fails(dlerror(), 0);
		return NULL;
	}
	memcpy(&get, &sym, sizeof(get));
	return get(&f) == CKR_OK ? f : NULL;
}

int
p11_initialize(CK_FUNCTION_LIST *f)
{
	CK_C_INITIALIZE_ARGS args = { .flags = CKF_OS_LOCKING_OK };
	CK_RV rv = f->C_Initialize(&args);

	return rv == CKR_OK || rv == CKR_CRYPTOKI_ALREADY_INITIALIZED ? 0 :
	    host_fails("C_Initialize", rv);
}

/* The slot of our token; *login if it wants a PIN. */
static CK_RV
find_slot(CK_FUNCTION_LIST *f, CK_SLOT_ID *slot, int *login)
{
	CK_SLOT_ID list[32];
	CK_TOKEN_INFO info;
	CK_ULONG n = 32, i;
	CK_RV rv;

	if ((rv = f->C_GetSlotList(CK_TRUE, list, &n)) != CKR_OK)
		return rv;
	for (i = 0; i < n; i++) {
		if (f->C_GetTokenInfo(list[i], &info) != CKR_OK ||
		    memcmp(info.model, "Lanyard ", 8) != 0)
			continue;
		*slot = list[i];
		*login = (info.flags & CKF_LOGIN_REQUIRED) != 0;
		return CKR_OK;
	}
	return CKR_TOKEN_NOT_PRESENT;
}

static CK_RV
find_key(CK_FUNCTION_LIST *f, CK_SESSION_HANDLE s, const char *name,
    CK_OBJECT_HANDLE *key)
{
	CK_OBJECT_CLASS class = CKO_PRIVATE_KEY;
	unsigned char id[64];
	CK_ATTRIBUTE a[2] = {
		{ CKA_CLASS, &class, sizeof(class) },
		{ CKA_ID, id, host_file(name, id, sizeof(id)) }
	};
	CK_ULONG n = 0;
	CK_RV rv;

	if ((rv = f->C_FindObjectsInit(s, a, 2)) != CKR_OK ||
	    (rv = f->C_FindObjects(s, key, 1, &n)) != CKR_OK ||
	    (rv = f->C_FindObjectsFinal(s)) != CKR_OK)
		return rv;
	return n == 1 ? CKR_OK : CKR_KEY_HANDLE_INVALID;
}

static int
decrypts(CK_FUNCTION_LIST *f, CK_SESSION_HANDLE s)
{
	CK_MECHANISM m = { CKM_RSA_PKCS, NULL, 0 };
	unsigned char in[512], out[512];
	CK_ULONG n = sizeof(out);
	CK_OBJECT_HANDLE key;
	CK_RV rv;

	if ((rv = find_key(f, s, "rsa.id", &key)) != CKR_OK ||
	    (rv = f->C_DecryptInit(s, &m, key)) != CKR_OK ||
	    (rv = f->C_Decrypt(s, in, host_file("cipher", in, sizeof(in)),
	    out, &n)) != CKR_OK)
		return host_fails("decrypting", rv);
	return host_same("plain", out, n);
}

static int
signs(CK_FUNCTION_LIST *f, CK_SESSION_HANDLE s)
{
	CK_MECHANISM m = { CKM_RSA_PKCS, NULL, 0 };
	unsigned char in[128], out[512];
	CK_ULONG n = sizeof(out);
	CK_OBJECT_HANDLE key;
	CK_RV rv;

	if ((rv = find_key(f, s, "signer.id", &key)) != CKR_OK ||
	    (rv = f->C_SignInit(s, &m, key)) != CKR_OK ||
	    (rv = f->C_Sign(s, in, host_file("digestinfo", in, sizeof(in)),
	    out, &n)) != CKR_OK)
		return host_fails("signing", rv);
	return host_same("sig", out, n);
}

static int
works(CK_FUNCTION_LIST *f, CK_SESSION_HANDLE s)
{
	return decrypts(f, s) != 0 ? -1 : signs(f, s);
}

static int
looks(CK_FUNCTION_LIST *f, CK_SESSION_HANDLE s)
{
	char label[256];
	unsigned char value[4096];
	CK_ATTRIBUTE a[2] = {
		{ CKA_LABEL, label, sizeof(label) },
		{ CKA_MODULUS, value, sizeof(value) }
	};
	CK_OBJECT_HANDLE key;
	CK_RV rv;

	if ((rv = find_key(f, s, "rsa.id", &key)) != CKR_OK ||
	    (rv = f->C_GetAttributeValue(s, key, a, 2)) != CKR_OK)
		return host_fails("searching", rv);
	return a[0].ulValueLen != 0 && a[1].ulValueLen == 256 ? 0 :
	    host_fails("attributes", a[1].ulValueLen);
}

static int
with_session(CK_FUNCTION_LIST *f,
    int (*use)(CK_FUNCTION_LIST *, CK_SESSION_HANDLE))
{
	CK_SESSION_HANDLE s;
	CK_SLOT_ID slot;
	int login = 0, r = -1;
	CK_RV rv;

	if ((rv = find_slot(f, &slot, &login)) != CKR_OK ||
	    (rv = f->C_OpenSession(slot, CKF_SERIAL_SESSION, NULL, NULL,
	    &s)) != CKR_OK)
		return host_fails("a session", rv);
	if (login && (rv = f->C_Login(s, CKU_USER, (CK_UTF8CHAR *)host_pin,
	    strlen(host_pin))) != CKR_OK && rv != CKR_USER_ALREADY_LOGGED_IN)
		(void)host_fails("C_Login", rv);
	else
		r = use(f, s);
	if ((rv = f->C_CloseSession(s)) != CKR_OK)
		r = host_fails("C_CloseSession", rv);
	return r;
}

int
p11_work(CK_FUNCTION_LIST *f)
{
	return with_session(f, works);
}

int
p11_look(CK_FUNCTION_LIST *f)
{
	return with_session(f, looks);
}

int
p11_past(void)
{
	static CK_FUNCTION_LIST *_Atomic f;
	CK_FUNCTION_LIST *list = atomic_load(&f);
	void *lib;

	if (list == NULL && (list = p11_open(host_module, &lib)) == NULL)
		return -1;
	atomic_store(&f, list);
	return p11_look(list);
}
