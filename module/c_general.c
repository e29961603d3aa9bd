/* PKCS#11 v3.0 5.4: general-purpose functions, and version numbers. */
#include <stddef.h>
#include <string.h>

#include "c_util.h"
#include "cryptoki.h"
#include "entry.h"

/*
 * Our locks are the system's whatever the arguments say, and we make no
 * threads, so that every combination is fine; all four callbacks are given
 * or none. pReserved is a string of parameters (NSS, p11-kit, libp11).
 */
CK_RV
C_Initialize(void *init_args)
{
	CK_C_INITIALIZE_ARGS args;
	int n;

	if (init_args == NULL)
		return ly_module_start(NULL);
	memcpy(&args, init_args, sizeof(args));
	n = (args.CreateMutex != NULL) + (args.DestroyMutex != NULL) +
	    (args.LockMutex != NULL) + (args.UnlockMutex != NULL);
	if (n != 0 && n != 4)
		return CKR_ARGUMENTS_BAD;
	return ly_module_start(args.pReserved);
}

CK_RV
C_Finalize(void *reserved)
{
	if (reserved != NULL)
		return CKR_ARGUMENTS_BAD;
	return ly_module_stop();
}

CK_RV
C_GetInfo(CK_INFO *info)
{
	struct ly_call c;
	CK_RV rv;

	if ((rv = ly_call_module(&c)) != CKR_OK)
		return rv;
	if (info == NULL) {
		rv = CKR_ARGUMENTS_BAD;
	} else {
		memset(info, 0, sizeof(*info));
		info->cryptokiVersion.major = 3;
		info->cryptokiVersion.minor = 0;
		ly_pad(info->manufacturerID, sizeof(info->manufacturerID),
		    LY_MANUFACTURER);
		ly_pad(info->libraryDescription,
		    sizeof(info->libraryDescription), "Lanyard keys");
		info->libraryVersion.major = LY_VERSION_MAJOR;
		info->libraryVersion.minor = LY_VERSION_MINOR;
	}
	ly_call_end(&c);
	return rv;
}
