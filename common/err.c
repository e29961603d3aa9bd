/* Error phrases and the text of a failure; see err.h. */
#include <stdarg.h>
#include <stdio.h>

#include "err.h"

static const char *const phrases[] = {
	[-LY_OK] = "no error",
	[-LY_ERR_NOMEM] = "out of memory",
	[-LY_ERR_ARG] = "invalid argument",
	[-LY_ERR_FORMAT] = "malformed data",
	[-LY_ERR_TOOBIG] = "too large",
	[-LY_ERR_IO] = "input/output error",
	[-LY_ERR_NOTFOUND] = "not found",
	[-LY_ERR_EXISTS] = "exists already",
	[-LY_ERR_PERM] = "unsafe owner or mode",
	[-LY_ERR_AUTH] = "authentication failed",
	[-LY_ERR_DENIED] = "not permitted",
	[-LY_ERR_EXPIRED] = "expired",
	[-LY_ERR_UNSUPPORTED] = "not supported",
	[-LY_ERR_CRYPTO] = "cryptographic operation failed",
	[-LY_ERR_NET] = "service not reachable",
	[-LY_ERR_TIMEOUT] = "deadline passed",
	[-LY_ERR_LOCKED] = "device keys locked",
	[-LY_ERR_REVOKED] = "device not accepted by the service",
	[-LY_ERR_LENGTH] = "wrong length",
	[-LY_ERR_SHORT] = "buffer too small",
	[-LY_ERR_BUSY] = "busy",
	[-LY_ERR_STATE] = "called in the wrong order",
};

const char *
ly_strerror(int err)
{
	const int n = (int)(sizeof(phrases) / sizeof(phrases[0]));

	if (err > 0 || err <= -n)
		return "unknown error";
	return phrases[-err];
}

int
ly_fail(struct ly_why *why, int err, const char *fmt, ...)
{
	va_list ap;

	if (why == NULL)
		return err;
	va_start(ap, fmt);
	(void)vsnprintf(why->text, sizeof(why->text), fmt, ap);
	va_end(ap);
	return err;
}
