/* A client of any module; see bench_client.h. */
#include <ctype.h>
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench_client.h"

#define AT_ONCE 64
#define SLOTS 16

void
bench_fail(const char *what, CK_RV rv)
{
	fprintf(stderr, "bench: %s: 0x%lx\n", what, rv);
	exit(1);
}

void
bench_load_module(struct bench_client *c, const char *module,
    const char *params)
{
	/* The string follows the flags for NSS, as pReserved for others. */
	CK_C_INITIALIZE_ARGS args[2];
	char *string = strdup(params);
	CK_C_GetFunctionList get;
	void *lib, *sym;
	CK_RV rv;

	memset(args, 0, sizeof args);
	args[0].flags = CKF_OS_LOCKING_OK;
	if (isupper((unsigned char)*params))
		putenv(string);
	else if (*params != '\0')
		args[0].pReserved = string;
	if ((lib = dlopen(module, RTLD_NOW | RTLD_LOCAL)) == NULL ||
	    (sym = dlsym(lib, "C_GetFunctionList")) == NULL)
		bench_fail(dlerror(), 0);
	memcpy(&get, &sym, sizeof get);
	if ((rv = get(&c->f)) != CKR_OK)
		bench_fail("C_GetFunctionList", rv);
	if ((rv = c->f->C_Initialize(args)) != CKR_OK)
		bench_fail("C_Initialize", rv);
}

void
bench_session(struct bench_client *c, const char *label)
{
	CK_SLOT_ID slots[SLOTS], slot = 0;
	CK_ULONG i, n = SLOTS;
	CK_SLOT_INFO info;
	CK_TOKEN_INFO token;
	int found = 0;
	CK_RV rv;

	if ((rv = c->f->C_GetSlotList(CK_TRUE, slots, &n)) != CKR_OK)
		bench_fail("C_GetSlotList", rv);
	for (i = 0; i < n; i++) {
		if ((rv = c->f->C_GetSlotInfo(slots[i], &info)) != CKR_OK)
			bench_fail("C_GetSlotInfo", rv);
		if ((rv = c->f->C_GetTokenInfo(slots[i], &token)) != CKR_OK)
			bench_fail("C_GetTokenInfo", rv);
		if ((token.flags & CKF_TOKEN_INITIALIZED) == 0 ||
		    memcmp(token.label, label, strlen(label)) != 0)
			continue;
		slot = slots[i];
		found = 1;
	}
	if (!found)
		bench_fail("no token with that label", 0);
	if ((rv = c->f->C_OpenSession(slot, CKF_SERIAL_SESSION, NULL, NULL,
	    &c->session)) != CKR_OK)
		bench_fail("C_OpenSession", rv);
}

void
bench_find_all(struct bench_client *c, CK_ATTRIBUTE *t, CK_ULONG n,
    struct bench_list *out)
{
	size_t cap = 0;
	CK_ULONG got;
	CK_RV rv;

	out->h = NULL;
	out->n = 0;
	if ((rv = c->f->C_FindObjectsInit(c->session, t, n)) != CKR_OK)
		bench_fail("C_FindObjectsInit", rv);
	do {
		if (cap - out->n < AT_ONCE) {
			cap = 2 * cap + AT_ONCE;
			out->h = realloc(out->h, cap * sizeof *out->h);
			if (out->h == NULL)
				bench_fail("memory", 0);
		}
		if ((rv = c->f->C_FindObjects(c->session, out->h + out->n,
		    AT_ONCE, &got)) != CKR_OK)
			bench_fail("C_FindObjects", rv);
		out->n += got;
	} while (got == AT_ONCE);
	if ((rv = c->f->C_FindObjectsFinal(c->session)) != CKR_OK)
		bench_fail("C_FindObjectsFinal", rv);
}

void
bench_find_class(struct bench_client *c, CK_OBJECT_CLASS class,
    struct bench_list *out)
{
	CK_BBOOL yes = CK_TRUE;
	CK_ATTRIBUTE t[] = {
		{ CKA_TOKEN, &yes, sizeof yes },
		{ CKA_CLASS, &class, sizeof class },
	};

	bench_find_all(c, t, 2, out);
}

void *
bench_read(struct bench_client *c, CK_OBJECT_HANDLE o,
    CK_ATTRIBUTE_TYPE type, CK_ULONG *len)
{
	CK_ATTRIBUTE a = { type, NULL, 0 };
	void *p;

	if (c->f->C_GetAttributeValue(c->session, o, &a, 1) != CKR_OK ||
	    a.ulValueLen == CK_UNAVAILABLE_INFORMATION)
		return NULL;
	if ((p = malloc(a.ulValueLen + 1)) == NULL)
		bench_fail("memory", 0);
	a.pValue = p;
	if (c->f->C_GetAttributeValue(c->session, o, &a, 1) != CKR_OK) {
		free(p);
		return NULL;
	}
	*len = a.ulValueLen;
	return p;
}
