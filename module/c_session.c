/* PKCS#11 v3.0 5.6: sessions, login, cancelling. */
#include <string.h>

#include "c_util.h"
#include "err.h"
#include "secret.h"
#include "token.h"

CK_RV
C_OpenSession(CK_SLOT_ID slot, CK_FLAGS flags, void *application,
    CK_NOTIFY notify, CK_SESSION_HANDLE *session)
{
	struct ly_call c;
	CK_RV rv;

	(void)application;
	(void)notify;
	if ((rv = ly_call_slot(&c, slot)) != CKR_OK)
		return rv;
	if (session == NULL) {
		rv = CKR_ARGUMENTS_BAD;
	} else if ((flags & CKF_SERIAL_SESSION) == 0) {
		rv = CKR_SESSION_PARALLEL_NOT_SUPPORTED;
	} else {
		ly_call_fresh(&c);
		rv = ly_session_open(&c, slot, flags & (CKF_RW_SESSION |
		    CKF_SERIAL_SESSION), session);
	}
	ly_call_end(&c);
	return rv;
}

CK_RV
C_CloseSession(CK_SESSION_HANDLE h)
{
	struct ly_call c;
	CK_RV rv;

	if ((rv = ly_call_session(&c, h)) != CKR_OK)
		return rv;
	ly_session_close(&c);
	ly_call_end(&c);
	return CKR_OK;
}

CK_RV
C_CloseAllSessions(CK_SLOT_ID slot)
{
	struct ly_call c;
	CK_RV rv;

	if ((rv = ly_call_slot(&c, slot)) != CKR_OK)
		return rv;
	ly_session_close_all(&c);
	ly_call_end(&c);
	return CKR_OK;
}

CK_RV
C_GetSessionInfo(CK_SESSION_HANDLE h, CK_SESSION_INFO *info)
{
	struct ly_call c;
	int in, rw;
	CK_RV rv;

	if ((rv = ly_call_session(&c, h)) != CKR_OK)
		return rv;
	if (info == NULL) {
		rv = CKR_ARGUMENTS_BAD;
	} else {
		in = ly_token_logged_in(c.t);
		rw = (c.s->flags & CKF_RW_SESSION) != 0;
		memset(info, 0, sizeof(*info));
		info->slotID = c.s->slot;
		info->flags = c.s->flags;
		if (in)
			info->state = rw ? CKS_RW_USER_FUNCTIONS :
			    CKS_RO_USER_FUNCTIONS;
		else
			info->state = rw ? CKS_RW_PUBLIC_SESSION :
			    CKS_RO_PUBLIC_SESSION;
	}
	ly_call_end(&c);
	return rv;
}

static CK_RV
login(struct ly_call *c, CK_USER_TYPE user, const CK_UTF8CHAR *pin,
    CK_ULONG pin_len)
{
	struct ly_secret s = LY_SECRET_INIT;
	int r = 0;

	if (pin == NULL && pin_len != 0)
		return CKR_ARGUMENTS_BAD;
	if (user == CKU_CONTEXT_SPECIFIC)
		return CKR_OPERATION_NOT_INITIALIZED;
	if (user != CKU_USER)
		return CKR_USER_TYPE_INVALID;
	if (pin_len > LY_SECRET_MAX)
		return CKR_PIN_INCORRECT;
	if (pin_len != 0)
		r = ly_secret_set(&s, pin, (size_t)pin_len);
	if (r == 0)
		r = ly_token_login(c->t, pin_len != 0 ? &s : NULL);
	ly_secret_clear(&s);
	return r == LY_ERR_EXISTS ? CKR_USER_ALREADY_LOGGED_IN :
	    ly_rv(LY_DOING_LOGIN, r);
}

CK_RV
C_Login(CK_SESSION_HANDLE h, CK_USER_TYPE user, CK_UTF8CHAR *pin,
    CK_ULONG pin_len)
{
	struct ly_call c;
	CK_RV rv;

	if ((rv = ly_call_session(&c, h)) != CKR_OK)
		return rv;
	rv = login(&c, user, pin, pin_len);
	ly_call_end(&c);
	return rv;
}

/* A token has one user: a name has to be absent. */
CK_RV
C_LoginUser(CK_SESSION_HANDLE h, CK_USER_TYPE user, CK_UTF8CHAR *pin,
    CK_ULONG pin_len, CK_UTF8CHAR *name, CK_ULONG name_len)
{
	if (name != NULL && name_len != 0) {
		struct ly_call c;
		CK_RV rv;

		if ((rv = ly_call_session(&c, h)) != CKR_OK)
			return rv;
		ly_call_end(&c);
		return CKR_ARGUMENTS_BAD;
	}
	return C_Login(h, user, pin, pin_len);
}

CK_RV
C_Logout(CK_SESSION_HANDLE h)
{
	struct ly_call c;
	CK_RV rv;

	if ((rv = ly_call_session(&c, h)) != CKR_OK)
		return rv;
	rv = ly_token_logout(c.t) == 0 ? CKR_OK : CKR_USER_NOT_LOGGED_IN;
	ly_call_end(&c);
	return rv;
}

struct cancel_row {
	CK_FLAGS flag;
	enum ly_session_op op;
};

static const struct cancel_row cancel_rows[] = {
	{ CKF_FIND_OBJECTS, LY_SES_FIND },
	{ CKF_DECRYPT, LY_SES_DECRYPT },
	{ CKF_SIGN, LY_SES_SIGN },
	{ CKF_DIGEST, LY_SES_DIGEST },
	{ CKF_ENCRYPT, LY_SES_ENCRYPT },
	{ CKF_VERIFY, LY_SES_VERIFY }
};

/* PKCS#11 v3.0 5.6.8. What is not under way is cancelled already. */
CK_RV
C_SessionCancel(CK_SESSION_HANDLE h, CK_FLAGS flags)
{
	struct ly_call c;
	size_t i;
	void *op;
	CK_RV rv;

	if ((rv = ly_call_session(&c, h)) != CKR_OK)
		return rv;
	for (i = 0; i < sizeof(cancel_rows) / sizeof(cancel_rows[0]); i++) {
		if ((flags & cancel_rows[i].flag) == 0)
			continue;
		op = ly_session_take(c.s, cancel_rows[i].op);
		ly_session_op_free(cancel_rows[i].op, &op);
	}
	ly_call_end(&c);
	return CKR_OK;
}
