/*
 * A module that does what BAD says: "crash", "hang" or "exit" when it is
 * loaded, "init" hangs in C_Initialize; else C_GetFunctionList fails.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <p11-kit/pkcs11.h>

#define SHOWN __attribute__((visibility("default")))

static CK_RV
hang(void *args)
{
	do
		(void)pause();
	while (args == NULL || getenv("BAD") != NULL);
	return CKR_OK;
}

__attribute__((constructor)) static void
loaded(void)
{
	const char *how = getenv("BAD");

	if (how != NULL && strcmp(how, "crash") == 0)
		abort();
	if (how != NULL && strcmp(how, "exit") == 0)
		_exit(3);
	if (how != NULL && strcmp(how, "hang") == 0)
		(void)hang(NULL);
}

SHOWN CK_RV
C_GetFunctionList(CK_FUNCTION_LIST **list)
{
	static CK_FUNCTION_LIST f;
	const char *how = getenv("BAD");

	if (how == NULL || strcmp(how, "init") != 0)
		return CKR_GENERAL_ERROR;
	f.C_Initialize = hang;
	*list = &f;
	return CKR_OK;
}
