/*
 * A PKCS#11 host that does what standard input says, one command a line, and
 * prints one line for each: the command's name, then the return value. The
 * tests use it where one process has to live through something: an outage, a
 * new key, a lease's end. It knows nothing of Lanyard.
 *
 *	init [PARAMETERS]	open [SLOT]	login PIN	logout
 *	token		"token CKR_OK LABEL FLAGS"
 *	find		"find CKR_OK N": objects on the token
 *	list		"key ID LABEL" a private key, then "list CKR_OK N"
 *	sign ID MECH FILE OUT	decrypt ID MECH FILE OUT
 *	derive ID FILE OUT	FILE: the peer's point; OUT: the secret
 *	close	finalize	quit
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <p11-kit/pkcs11.h>

#define OUT_MAX 65536

static CK_FUNCTION_LIST *f;
static CK_SESSION_HANDLE session;

struct name {
	unsigned long value;
	const char *name;
};

static const struct name results[] = {
	{ CKR_OK, "CKR_OK" },
	{ CKR_ARGUMENTS_BAD, "CKR_ARGUMENTS_BAD" },
	{ CKR_CRYPTOKI_ALREADY_INITIALIZED,
	    "CKR_CRYPTOKI_ALREADY_INITIALIZED" },
	{ CKR_CRYPTOKI_NOT_INITIALIZED, "CKR_CRYPTOKI_NOT_INITIALIZED" },
	{ CKR_DATA_INVALID, "CKR_DATA_INVALID" },
	{ CKR_DATA_LEN_RANGE, "CKR_DATA_LEN_RANGE" },
	{ CKR_DEVICE_ERROR, "CKR_DEVICE_ERROR" },
	{ CKR_DEVICE_MEMORY, "CKR_DEVICE_MEMORY" },
	{ CKR_ENCRYPTED_DATA_INVALID, "CKR_ENCRYPTED_DATA_INVALID" },
	{ CKR_ENCRYPTED_DATA_LEN_RANGE, "CKR_ENCRYPTED_DATA_LEN_RANGE" },
	{ CKR_FUNCTION_FAILED, "CKR_FUNCTION_FAILED" },
	{ CKR_GENERAL_ERROR, "CKR_GENERAL_ERROR" },
	{ CKR_KEY_FUNCTION_NOT_PERMITTED, "CKR_KEY_FUNCTION_NOT_PERMITTED" },
	{ CKR_KEY_HANDLE_INVALID, "CKR_KEY_HANDLE_INVALID" },
	{ CKR_KEY_TYPE_INCONSISTENT, "CKR_KEY_TYPE_INCONSISTENT" },
	{ CKR_MECHANISM_INVALID, "CKR_MECHANISM_INVALID" },
	{ CKR_MECHANISM_PARAM_INVALID, "CKR_MECHANISM_PARAM_INVALID" },
	{ CKR_PIN_INCORRECT, "CKR_PIN_INCORRECT" },
	{ CKR_PIN_LOCKED, "CKR_PIN_LOCKED" },
	{ CKR_TOKEN_NOT_PRESENT, "CKR_TOKEN_NOT_PRESENT" },
	{ CKR_USER_ALREADY_LOGGED_IN, "CKR_USER_ALREADY_LOGGED_IN" },
	{ CKR_USER_NOT_LOGGED_IN, "CKR_USER_NOT_LOGGED_IN" },
	{ CKR_USER_PIN_NOT_INITIALIZED, "CKR_USER_PIN_NOT_INITIALIZED" },
};

static const struct name mechanisms[] = {
	{ CKM_RSA_PKCS, "RSA-PKCS" },
	{ CKM_RSA_PKCS_OAEP, "RSA-PKCS-OAEP" },
	{ CKM_SHA256_RSA_PKCS, "SHA256-RSA-PKCS" },
	{ CKM_ECDSA, "ECDSA" },
	{ CKM_EDDSA, "EDDSA" },
};

static void
say(const char *what, CK_RV rv)
{
	size_t i;

	for (i = 0; i < sizeof results / sizeof *results; i++) {
		if (results[i].value == rv) {
			printf("%s %s\n", what, results[i].name);
			return;
		}
	}
	printf("%s 0x%lx\n", what, rv);
}

/* Whole file into buf; its length, or 0. */
static size_t
slurp(const char *path, CK_BYTE *buf, size_t max)
{
	FILE *fp = fopen(path, "rb");
	size_t n;

	if (fp == NULL)
		return 0;
	n = fread(buf, 1, max, fp);
	fclose(fp);
	return n;
}

static void
spill(const char *path, const CK_BYTE *buf, size_t len)
{
	FILE *fp = fopen(path, "wb");

	if (fp == NULL)
		return;
	fwrite(buf, 1, len, fp);
	fclose(fp);
}

static size_t
unhex(const char *hex, CK_BYTE *out, size_t max)
{
	unsigned byte;
	size_t n;

	for (n = 0; n < max && sscanf(hex + 2 * n, "%2x", &byte) == 1; n++)
		out[n] = (CK_BYTE)byte;
	return n;
}

/* The first object that matches, in *found; its number, or 0. */
static CK_ULONG
search(CK_ATTRIBUTE *t, CK_ULONG nt, CK_OBJECT_HANDLE *found, CK_ULONG max,
    CK_RV *rv)
{
	CK_ULONG n = 0;

	if ((*rv = f->C_FindObjectsInit(session, t, nt)) != CKR_OK)
		return 0;
	*rv = f->C_FindObjects(session, found, max, &n);
	(void)f->C_FindObjectsFinal(session);
	return *rv == CKR_OK ? n : 0;
}

static int
find_key(const char *hex, CK_OBJECT_HANDLE *key)
{
	CK_OBJECT_CLASS class = CKO_PRIVATE_KEY;
	CK_BYTE id[64];
	CK_ATTRIBUTE t[2] = {
		{ CKA_CLASS, &class, sizeof class },
		{ CKA_ID, id, unhex(hex, id, sizeof id) },
	};
	CK_RV rv;

	return search(t, 2, key, 1, &rv) == 1;
}

static int
mechanism(const char *name, CK_MECHANISM *m)
{
	static CK_RSA_PKCS_OAEP_PARAMS oaep = {
		.hashAlg = CKM_SHA256, .mgf = CKG_MGF1_SHA256,
		.source = CKZ_DATA_SPECIFIED
	};
	size_t i;

	memset(m, 0, sizeof *m);
	for (i = 0; i < sizeof mechanisms / sizeof *mechanisms; i++) {
		if (strcmp(mechanisms[i].name, name) == 0) {
			m->mechanism = mechanisms[i].value;
			if (m->mechanism == CKM_RSA_PKCS_OAEP) {
				m->pParameter = &oaep;
				m->ulParameterLen = sizeof oaep;
			}
			return 1;
		}
	}
	return 0;
}

static void
do_token(void)
{
	CK_SESSION_INFO si;
	CK_TOKEN_INFO ti;
	CK_RV rv;

	if ((rv = f->C_GetSessionInfo(session, &si)) == CKR_OK)
		rv = f->C_GetTokenInfo(si.slotID, &ti);
	if (rv != CKR_OK) {
		say("token", rv);
		return;
	}
	printf("token CKR_OK %.32s 0x%lx\n", (const char *)ti.label, ti.flags);
}

static void
do_find(void)
{
	static CK_OBJECT_HANDLE found[16384];
	CK_RV rv;
	CK_ULONG n = search(NULL, 0, found, 16384, &rv);

	if (rv == CKR_OK)
		printf("find CKR_OK %lu\n", n);
	else
		say("find", rv);
}

static void
print_key(CK_OBJECT_HANDLE key)
{
	CK_BYTE id[64];
	char label[256];
	CK_ATTRIBUTE t[2] = {
		{ CKA_ID, id, sizeof id },
		{ CKA_LABEL, label, sizeof label },
	};
	CK_ULONG i;

	if (f->C_GetAttributeValue(session, key, t, 2) != CKR_OK)
		return;
	printf("key ");
	for (i = 0; i < t[0].ulValueLen; i++)
		printf("%02x", id[i]);
	printf(" %.*s\n", (int)t[1].ulValueLen, label);
}

static void
do_list(void)
{
	static CK_OBJECT_HANDLE found[16384];
	CK_OBJECT_CLASS class = CKO_PRIVATE_KEY;
	CK_ATTRIBUTE t = { CKA_CLASS, &class, sizeof class };
	CK_ULONG i, n;
	CK_RV rv;

	n = search(&t, 1, found, 16384, &rv);
	for (i = 0; i < n; i++)
		print_key(found[i]);
	if (rv == CKR_OK)
		printf("list CKR_OK %lu\n", n);
	else
		say("list", rv);
}

static CK_RV
do_sign(const char *id, const char *mech, const char *in, const char *out)
{
	static CK_BYTE data[OUT_MAX], sig[OUT_MAX];
	CK_OBJECT_HANDLE key;
	CK_ULONG len = sizeof sig;
	CK_MECHANISM m;
	CK_RV rv;

	if (!find_key(id, &key) || !mechanism(mech, &m))
		return CKR_KEY_HANDLE_INVALID;
	if ((rv = f->C_SignInit(session, &m, key)) != CKR_OK)
		return rv;
	rv = f->C_Sign(session, data, slurp(in, data, sizeof data), sig, &len);
	if (rv == CKR_OK)
		spill(out, sig, len);
	return rv;
}

static CK_RV
do_decrypt(const char *id, const char *mech, const char *in, const char *out)
{
	static CK_BYTE data[OUT_MAX], plain[OUT_MAX];
	CK_OBJECT_HANDLE key;
	CK_ULONG len = sizeof plain;
	CK_MECHANISM m;
	CK_RV rv;

	if (!find_key(id, &key) || !mechanism(mech, &m))
		return CKR_KEY_HANDLE_INVALID;
	if ((rv = f->C_DecryptInit(session, &m, key)) != CKR_OK)
		return rv;
	rv = f->C_Decrypt(session, data, slurp(in, data, sizeof data), plain,
	    &len);
	if (rv == CKR_OK)
		spill(out, plain, len);
	return rv;
}

static CK_RV
do_derive(const char *id, const char *in, const char *out)
{
	static CK_BYTE point[OUT_MAX], secret[256];
	CK_OBJECT_CLASS class = CKO_SECRET_KEY;
	CK_KEY_TYPE type = CKK_GENERIC_SECRET;
	CK_BBOOL no = CK_FALSE, yes = CK_TRUE;
	CK_ECDH1_DERIVE_PARAMS p = { .kdf = CKD_NULL, .pPublicData = point };
	CK_MECHANISM m = { CKM_ECDH1_DERIVE, &p, sizeof p };
	CK_ATTRIBUTE t[] = {
		{ CKA_TOKEN, &no, sizeof no },
		{ CKA_CLASS, &class, sizeof class },
		{ CKA_KEY_TYPE, &type, sizeof type },
		{ CKA_SENSITIVE, &no, sizeof no },
		{ CKA_EXTRACTABLE, &yes, sizeof yes },
	};
	CK_ATTRIBUTE value = { CKA_VALUE, secret, sizeof secret };
	CK_OBJECT_HANDLE key, z;
	CK_RV rv;

	if (!find_key(id, &key))
		return CKR_KEY_HANDLE_INVALID;
	p.ulPublicDataLen = slurp(in, point, sizeof point);
	if ((rv = f->C_DeriveKey(session, &m, key, t, 5, &z)) != CKR_OK)
		return rv;
	if ((rv = f->C_GetAttributeValue(session, z, &value, 1)) == CKR_OK)
		spill(out, secret, value.ulValueLen);
	(void)f->C_DestroyObject(session, z);
	return rv;
}

static CK_RV
do_init(char *parameters)
{
	CK_C_INITIALIZE_ARGS args = { .flags = CKF_OS_LOCKING_OK };

	args.pReserved = *parameters != '\0' ? parameters : NULL;
	return f->C_Initialize(&args);
}

static CK_RV
do_open(const char *number)
{
	CK_SLOT_ID slots[32];
	CK_ULONG n = 32, at = strtoul(number, NULL, 10);
	CK_RV rv;

	if ((rv = f->C_GetSlotList(CK_TRUE, slots, &n)) != CKR_OK)
		return rv;
	if (at >= n)
		return CKR_SLOT_ID_INVALID;
	return f->C_OpenSession(slots[at], CKF_SERIAL_SESSION, NULL, NULL,
	    &session);
}

/* A command that gives a return value and nothing more; 0 when unknown. */
static int
call(char **w, CK_RV *rv)
{
	if (strcmp(w[0], "init") == 0)
		*rv = do_init(w[1]);
	else if (strcmp(w[0], "open") == 0)
		*rv = do_open(w[1]);
	else if (strcmp(w[0], "login") == 0)
		*rv = f->C_Login(session, CKU_USER, (CK_BYTE *)w[1],
		    strlen(w[1]));
	else if (strcmp(w[0], "logout") == 0)
		*rv = f->C_Logout(session);
	else if (strcmp(w[0], "sign") == 0)
		*rv = do_sign(w[1], w[2], w[3], w[4]);
	else if (strcmp(w[0], "decrypt") == 0)
		*rv = do_decrypt(w[1], w[2], w[3], w[4]);
	else if (strcmp(w[0], "derive") == 0)
		*rv = do_derive(w[1], w[2], w[3]);
	else if (strcmp(w[0], "close") == 0)
		*rv = f->C_CloseSession(session);
	else if (strcmp(w[0], "finalize") == 0)
		*rv = f->C_Finalize(NULL);
	else
		return 0;
	return 1;
}

/* One command; 0 when it is "quit". */
static int
run(char *line)
{
	char none[] = "";
	char *w[5] = { none, none, none, none, none };
	char *save = NULL, *word;
	size_t n = 0;
	CK_RV rv;

	for (word = strtok_r(line, " \n", &save); word != NULL && n < 5;
	    word = strtok_r(NULL, " \n", &save))
		w[n++] = word;
	if (strcmp(w[0], "quit") == 0)
		return 0;
	if (strcmp(w[0], "token") == 0)
		do_token();
	else if (strcmp(w[0], "find") == 0)
		do_find();
	else if (strcmp(w[0], "list") == 0)
		do_list();
	else if (call(w, &rv))
		say(w[0], rv);
	else
		printf("%s unknown\n", w[0]);
	return 1;
}

int
main(int argc, char **argv)
{
	CK_C_GetFunctionList get;
	char line[4096];
	void *lib, *sym;

	setvbuf(stdout, NULL, _IOLBF, 0);
	lib = argc == 2 ? dlopen(argv[1], RTLD_NOW | RTLD_LOCAL) : NULL;
	sym = lib != NULL ? dlsym(lib, "C_GetFunctionList") : NULL;
	if (sym == NULL) {
		fprintf(stderr, "usage: p11shell MODULE.so: %s\n", dlerror());
		return 2;
	}
	memcpy(&get, &sym, sizeof get);
	if (get(&f) != CKR_OK)
		return 2;
	while (fgets(line, sizeof line, stdin) != NULL)
		if (!run(line))
			break;
	return 0;
}
