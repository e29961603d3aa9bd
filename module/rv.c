/*
 * The only place where an LY_ERR code becomes a CK_RV. A failure behind a
 * private key is CKR_DEVICE_ERROR: NSS then asks once, not three times.
 */
#include "err.h"
#include "rv.h"

static CK_RV
rv_length(enum ly_doing doing)
{
	switch (doing) {
	case LY_DOING_LOGIN:
		return CKR_PIN_INCORRECT;
	case LY_DOING_DECRYPT:
		return CKR_ENCRYPTED_DATA_LEN_RANGE;
	case LY_DOING_UNWRAP:
		return CKR_WRAPPED_KEY_LEN_RANGE;
	case LY_DOING_DERIVE:
		return CKR_MECHANISM_PARAM_INVALID;
	case LY_DOING_SIGN:
	case LY_DOING_VERIFY:
	case LY_DOING_ANY:
		break;
	}
	return CKR_DATA_LEN_RANGE;
}

static CK_RV
rv_auth(enum ly_doing doing)
{
	switch (doing) {
	case LY_DOING_LOGIN:
		return CKR_PIN_INCORRECT;
	case LY_DOING_VERIFY:
		return CKR_SIGNATURE_INVALID;
	case LY_DOING_DECRYPT:
	case LY_DOING_UNWRAP:
	case LY_DOING_DERIVE:
	case LY_DOING_SIGN:
	case LY_DOING_ANY:
		break;
	}
	return CKR_DEVICE_ERROR;
}

CK_RV
ly_rv(enum ly_doing doing, int err)
{
	switch (err) {
	case LY_OK:
		return CKR_OK;
	case LY_ERR_NOMEM:
		return CKR_HOST_MEMORY;
	case LY_ERR_ARG:
		return CKR_ARGUMENTS_BAD;
	case LY_ERR_LENGTH:
		return rv_length(doing);
	case LY_ERR_AUTH:
		return rv_auth(doing);
	case LY_ERR_LOCKED:
		return CKR_USER_NOT_LOGGED_IN;
	case LY_ERR_SHORT:
		return CKR_BUFFER_TOO_SMALL;
	default:
		return CKR_DEVICE_ERROR;
	}
}
