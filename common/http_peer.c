/*
 * First contact: looks at the certificates of a service that nobody has
 * vouched for yet, so that a person can compare a fingerprint. Sends no
 * request and checks nothing; no key and no code goes this way.
 */
#include <string.h>

#include "cert.h"
#include "crypto.h"
#include "err.h"
#include "http.h"
#include "http_lib.h"
#include "http_why.h"

/* The DER of the "Cert:" line of the last certificate of the chain. */
static int
last_cert(const struct curl_certinfo *info, struct ly_buf *ca)
{
	const struct curl_slist *l;

	if (info == NULL || info->num_of_certs <= 0)
		return LY_ERR_NOTFOUND;
	for (l = info->certinfo[info->num_of_certs - 1]; l; l = l->next)
		if (strncmp(l->data, "Cert:", 5) == 0)
			return ly_pem_decode("CERTIFICATE", l->data + 5,
			    strlen(l->data + 5), ca);
	return LY_ERR_NOTFOUND;
}

static int
look(const struct ly_http_lib *lib, CURL *e, const char *base,
    int timeout_ms, struct ly_buf *ca, struct ly_why *why)
{
	char detail[CURL_ERROR_SIZE] = "";
	struct ly_http_fail f = { base + 8, CURLE_OK, detail, timeout_ms, 0 };
	struct curl_certinfo *info = NULL;
	CURLcode c = CURLE_OK;

#define SET(o, v) do { if (c == CURLE_OK) c = lib->setopt(e, (o), (v)); } \
	while (0)
	SET(CURLOPT_URL, base);
	SET(CURLOPT_PROTOCOLS_STR, "https");
	SET(CURLOPT_NOSIGNAL, 1L);
	SET(CURLOPT_QUICK_EXIT, 1L);
	SET(CURLOPT_CONNECT_ONLY, 1L);
	SET(CURLOPT_CERTINFO, 1L);
	SET(CURLOPT_SSL_VERIFYPEER, 0L);
	SET(CURLOPT_SSL_VERIFYHOST, 0L);
	SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_3);
	SET(CURLOPT_TIMEOUT_MS, (long)timeout_ms);
	SET(CURLOPT_ERRORBUFFER, detail);
	if (!ly_http_want_proxy(f.host))
		SET(CURLOPT_PROXY, "");
#undef SET
	if (c == CURLE_OK)
		c = lib->perform(e);
	f.code = c;
	if (c != CURLE_OK)
		return ly_http_why(lib, e, &f, why);
	(void)lib->getinfo(e, CURLINFO_CERTINFO, &info);
	if (last_cert(info, ca) != 0)
		return ly_fail(why, LY_ERR_NET,
		    "%s: the service shows no certificate", f.host);
	return 0;
}

int
ly_http_insecure_peer_ca(const char *base, int timeout_ms,
    struct ly_buf *ca, struct ly_why *why)
{
	const struct ly_http_lib *lib = NULL;
	OSSL_LIB_CTX *host;
	CURL *e = NULL;
	int r;

	if (strncmp(base, "https://", 8) != 0)
		return LY_ERR_ARG;
	if ((r = ly_http_lib_load(&lib, why)) != 0)
		return r;
	if (ly_libctx() == NULL)
		return LY_ERR_CRYPTO;
	host = ly_libctx_enter(NULL);
	e = lib->init();
	r = LY_ERR_NOMEM;
	if (e != NULL)
		r = look(lib, e, base, timeout_ms, ca, why);
	if (e != NULL)
		lib->cleanup(e);
	ly_libctx_leave(host);
	return r;
}
