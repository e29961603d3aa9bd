/* PKCS#11 v3.0 5.5: slots and tokens. Local memory only, never an error. */
#include <string.h>

#include "acct.h"
#include "c_util.h"
#include "device.h"
#include "mech.h"
#include "token.h"

CK_RV
C_GetSlotList(CK_BBOOL present, CK_SLOT_ID *list, CK_ULONG *count)
{
	CK_ULONG n, room, i;
	struct ly_call c;
	CK_RV rv;

	(void)present;		/* a token is in every slot, always */
	if ((rv = ly_call_module(&c)) != CKR_OK)
		return rv;
	if (count == NULL) {
		ly_call_end(&c);
		return CKR_ARGUMENTS_BAD;
	}
	room = *count;
	n = ly_slots_count(&c, list == NULL);
	*count = n;
	if (list != NULL && room < n)
		rv = CKR_BUFFER_TOO_SMALL;
	for (i = 0; list != NULL && rv == CKR_OK && i < n; i++)
		list[i] = i;
	ly_call_end(&c);
	return rv;
}

CK_RV
C_GetSlotInfo(CK_SLOT_ID slot, CK_SLOT_INFO *info)
{
	struct ly_call c;
	CK_RV rv;

	if ((rv = ly_call_slot(&c, slot)) != CKR_OK)
		return rv;
	if (info == NULL) {
		rv = CKR_ARGUMENTS_BAD;
	} else {
		memset(info, 0, sizeof(*info));
		ly_pad(info->slotDescription, sizeof(info->slotDescription),
		    "Lanyard key service");
		ly_pad(info->manufacturerID, sizeof(info->manufacturerID),
		    LY_MANUFACTURER);
		info->flags = CKF_TOKEN_PRESENT;
		info->hardwareVersion.major = LY_VERSION_MAJOR;
		info->hardwareVersion.minor = LY_VERSION_MINOR;
		info->firmwareVersion = info->hardwareVersion;
	}
	ly_call_end(&c);
	return rv;
}

static void
token_info(const struct ly_gen *g, CK_TOKEN_INFO *info)
{
	const struct ly_account *a = g->acct != NULL ?
	    ly_acct_get(g->acct) : NULL;

	memset(info, 0, sizeof(*info));
	ly_pad(info->label, sizeof(info->label), a != NULL ? a->label :
	    "Lanyard");
	ly_pad(info->manufacturerID, sizeof(info->manufacturerID),
	    LY_MANUFACTURER);
	ly_pad(info->model, sizeof(info->model), "Lanyard");
	ly_pad(info->serialNumber, sizeof(info->serialNumber), a != NULL ?
	    a->serial : "not enrolled");
	info->flags = CKF_TOKEN_INITIALIZED | CKF_USER_PIN_INITIALIZED |
	    CKF_WRITE_PROTECTED;
	if (g->pin)
		info->flags |= CKF_LOGIN_REQUIRED;
	info->ulMaxSessionCount = CK_EFFECTIVELY_INFINITE;
	info->ulSessionCount = CK_UNAVAILABLE_INFORMATION;
	info->ulMaxRwSessionCount = CK_EFFECTIVELY_INFINITE;
	info->ulRwSessionCount = CK_UNAVAILABLE_INFORMATION;
	info->ulMaxPinLen = LY_PIN_MAX;
	info->ulMinPinLen = LY_PIN_MIN;
	info->ulTotalPublicMemory = CK_UNAVAILABLE_INFORMATION;
	info->ulFreePublicMemory = CK_UNAVAILABLE_INFORMATION;
	info->ulTotalPrivateMemory = CK_UNAVAILABLE_INFORMATION;
	info->ulFreePrivateMemory = CK_UNAVAILABLE_INFORMATION;
	info->hardwareVersion.major = LY_VERSION_MAJOR;
	info->hardwareVersion.minor = LY_VERSION_MINOR;
	info->firmwareVersion = info->hardwareVersion;
	memset(info->utcTime, '0', sizeof(info->utcTime));
}

CK_RV
C_GetTokenInfo(CK_SLOT_ID slot, CK_TOKEN_INFO *info)
{
	struct ly_call c;
	struct ly_gen *g;
	CK_RV rv;

	if ((rv = ly_call_slot(&c, slot)) != CKR_OK)
		return rv;
	if (info == NULL) {
		rv = CKR_ARGUMENTS_BAD;
	} else {
		ly_call_fresh(&c);
		g = ly_token_gen(c.t);
		token_info(g, info);
		ly_gen_unref(&g);
	}
	ly_call_end(&c);
	return rv;
}

CK_RV
C_GetMechanismList(CK_SLOT_ID slot, CK_MECHANISM_TYPE *list, CK_ULONG *count)
{
	const struct ly_mech *m;
	struct ly_call c;
	CK_ULONG n = 0;
	size_t i;
	CK_RV rv;

	if ((rv = ly_call_slot(&c, slot)) != CKR_OK)
		return rv;
	if (count == NULL) {
		ly_call_end(&c);
		return CKR_ARGUMENTS_BAD;
	}
	for (i = 0; (m = ly_mech_at(i)) != NULL; i++) {
		if (!m->listed)
			continue;
		if (list != NULL && n < *count)
			list[n] = m->type;
		n++;
	}
	if (list != NULL && n > *count)
		rv = CKR_BUFFER_TOO_SMALL;
	*count = n;
	ly_call_end(&c);
	return rv;
}

/*
 * Hashes are not listed, or NSS would hash here; but they are there, and Java
 * signs RSA-PSS only when the token knows the hash. Nothing is known of what
 * is only accepted otherwise: NSS probes for it and must go on.
 */
static CK_RV
mechanism_info(CK_MECHANISM_TYPE type, CK_MECHANISM_INFO *info)
{
	const struct ly_mech *m = ly_mech_find(type);

	memset(info, 0, sizeof(*info));
	if (ly_mech_digest(type) != LY_HASH_NONE) {
		info->flags = CKF_DIGEST;
		return CKR_OK;
	}
	if (m == NULL || (!m->listed && m->keys != LY_MECH_SECRET))
		return CKR_MECHANISM_INVALID;
	info->ulMinKeySize = m->min;
	info->ulMaxKeySize = m->max;
	info->flags = m->flags;
	return CKR_OK;
}

CK_RV
C_GetMechanismInfo(CK_SLOT_ID slot, CK_MECHANISM_TYPE type,
    CK_MECHANISM_INFO *info)
{
	CK_MECHANISM_INFO found;
	struct ly_call c;
	CK_RV rv;

	if ((rv = ly_call_slot(&c, slot)) != CKR_OK)
		return rv;
	if ((rv = mechanism_info(type, &found)) == CKR_OK && info == NULL)
		rv = CKR_ARGUMENTS_BAD;
	if (rv == CKR_OK)
		*info = found;
	ly_call_end(&c);
	return rv;
}

/* Slots never change by themselves; blocking is not offered. */
CK_RV
C_WaitForSlotEvent(CK_FLAGS flags, CK_SLOT_ID *slot, void *reserved)
{
	struct ly_call c;
	CK_RV rv;

	if ((rv = ly_call_module(&c)) != CKR_OK)
		return rv;
	if (slot == NULL || reserved != NULL)
		rv = CKR_ARGUMENTS_BAD;
	else if ((flags & CKF_DONT_BLOCK) != 0)
		rv = CKR_NO_EVENT;
	else
		rv = CKR_FUNCTION_NOT_SUPPORTED;
	ly_call_end(&c);
	return rv;
}

/* The token is written to by the service alone. */
CK_RV
C_InitToken(CK_SLOT_ID slot, CK_UTF8CHAR *pin, CK_ULONG pin_len,
    CK_UTF8CHAR *label)
{
	struct ly_call c;
	CK_RV rv;

	if ((rv = ly_call_slot(&c, slot)) != CKR_OK)
		return rv;
	rv = (pin == NULL && pin_len != 0) || label == NULL ?
	    CKR_ARGUMENTS_BAD : CKR_TOKEN_WRITE_PROTECTED;
	ly_call_end(&c);
	return rv;
}
