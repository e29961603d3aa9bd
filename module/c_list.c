/*
 * The function tables of 2.40 and 3.0 and the three exported functions
 * that give them, or those that trace. They work before C_Initialize and
 * touch nothing but the environment, once.
 */
#include <string.h>

#include "functions.h"
#include "cryptoki.h"
#include "trace.h"

#define ONE(name, ...) + 1
_Static_assert(0 LY_FUNCTIONS_2_40(ONE) == 67, "68 with C_GetFunctionList");
_Static_assert(0 LY_FUNCTIONS_3_0(ONE) == 22, "92 in all");

#define MEMBER(name, ...) .name = name,

static CK_FUNCTION_LIST list_2_40 = {
	.version = { 2, 40 },
	LY_FUNCTIONS_2_40(MEMBER)
	.C_GetFunctionList = C_GetFunctionList
};

static CK_FUNCTION_LIST_3_0 list_3_0 = {
	.version = { 3, 0 },
	LY_FUNCTIONS_2_40(MEMBER)
	LY_FUNCTIONS_3_0(MEMBER)
	LY_FUNCTIONS_TABLES(MEMBER)
};

static CK_UTF8CHAR name[] = "PKCS 11";

#define NINTERFACES 2

/*
 * Without and with tracing; the default first (PKCS#11 v3.0 5.4.5). Not
 * fork-safe: see entry.c.
 */
static CK_INTERFACE interfaces[2][NINTERFACES] = {
	{ { (void *)name, &list_3_0, 0 }, { (void *)name, &list_2_40, 0 } },
	{ { (void *)name, &ly_traced_3_0, 0 },
	    { (void *)name, &ly_traced_2_40, 0 } }
};

CK_RV
ly_give_C_GetFunctionList(CK_FUNCTION_LIST **list)
{
	if (list == NULL)
		return CKR_ARGUMENTS_BAD;
	*list = ly_trace_on() ? &ly_traced_2_40 : &list_2_40;
	return CKR_OK;
}

CK_RV
ly_give_C_GetInterfaceList(CK_INTERFACE *list, CK_ULONG *count)
{
	CK_ULONG room;

	if (count == NULL)
		return CKR_ARGUMENTS_BAD;
	room = *count;
	*count = NINTERFACES;
	if (list == NULL)
		return CKR_OK;
	if (room < NINTERFACES)
		return CKR_BUFFER_TOO_SMALL;
	memcpy(list, interfaces[ly_trace_on()], sizeof(interfaces[0]));
	return CKR_OK;
}

/*
 * Names and versions have to be exactly what we offer: clients cast what
 * they get (NSS's FIPS interface, libp11's 3.2).
 */
CK_RV
ly_give_C_GetInterface(CK_UTF8CHAR *want, CK_VERSION *version,
    CK_INTERFACE **out, CK_FLAGS flags)
{
	CK_INTERFACE *offer = interfaces[ly_trace_on()];
	const CK_VERSION *v;
	size_t i;

	if (out == NULL)
		return CKR_ARGUMENTS_BAD;
	for (i = 0; i < NINTERFACES; i++) {
		v = offer[i].pFunctionList;
		if (want != NULL && strcmp((const char *)want,
		    (const char *)name) != 0)
			continue;
		if (version != NULL && (version->major != v->major ||
		    version->minor != v->minor))
			continue;
		if ((flags & ~offer[i].flags) != 0)
			continue;
		*out = &offer[i];
		return CKR_OK;
	}
	return CKR_ARGUMENTS_BAD;
}

LY_EXPORT CK_RV
C_GetFunctionList(CK_FUNCTION_LIST **list)
{
	return ly_trace_on() ? ly_traced_C_GetFunctionList(list) :
	    ly_give_C_GetFunctionList(list);
}

LY_EXPORT CK_RV
C_GetInterfaceList(CK_INTERFACE *list, CK_ULONG *count)
{
	return ly_trace_on() ? ly_traced_C_GetInterfaceList(list, count) :
	    ly_give_C_GetInterfaceList(list, count);
}

LY_EXPORT CK_RV
C_GetInterface(CK_UTF8CHAR *want, CK_VERSION *version, CK_INTERFACE **out,
    CK_FLAGS flags)
{
	return ly_trace_on() ? ly_traced_C_GetInterface(want, version, out,
	    flags) : ly_give_C_GetInterface(want, version, out, flags);
}
