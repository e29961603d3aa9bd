/* What libcurl's failures mean to a person. Internal to http.c. */
#ifndef LY_HTTP_WHY_H
#define LY_HTTP_WHY_H

#include "http_lib.h"

/* Where a request was when it failed, as far as we know. */
struct ly_http_fail {
	const char *host;	/* "host:port" */
	CURLcode code;
	const char *detail;	/* libcurl's error buffer */
	int limit_ms;		/* the deadline that was set */
	int pinned;		/* the account's own anchor was used */
};

/*
 * The LY_ERR_ code of a failed request, with a sentence that names the
 * service, what was wrong, and the cure: LY_ERR_NET, LY_ERR_TIMEOUT,
 * LY_ERR_NOMEM.
 */
int ly_http_why(const struct ly_http_lib *lib, CURL *easy,
    const struct ly_http_fail *f, struct ly_why *why);

#endif
