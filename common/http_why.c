/*
 * One sentence and one code for each way in which a request can fail. A
 * wrong sentence costs a user an afternoon: certificate trouble above all
 * is told apart here.
 */
#include <string.h>
#include <openssl/x509_vfy.h>

#include "err.h"
#include "http_why.h"

static int
why_timeout(const struct ly_http_lib *lib, CURL *easy,
    const struct ly_http_fail *f, struct ly_why *why)
{
	curl_off_t tls = 0;
	const char *what;

	(void)lib->getinfo(easy, CURLINFO_APPCONNECT_TIME_T, &tls);
	what = tls == 0 ? "secure connection" : "answer";
	return ly_fail(why, LY_ERR_TIMEOUT,
	    "%s: no %s in time (deadline %d ms): the service is down, or "
	    "the network is", f->host, what, f->limit_ms);
}

static int
why_certificate(const struct ly_http_lib *lib, CURL *easy,
    const struct ly_http_fail *f, struct ly_why *why)
{
	long v = X509_V_OK;

	(void)lib->getinfo(easy, CURLINFO_SSL_VERIFYRESULT, &v);
	switch (v) {
	case X509_V_OK:
	case X509_V_ERR_UNSPECIFIED:	/* the chain was found good */
		return ly_fail(why, LY_ERR_NET,
		    "%s: the service's certificate is for another host: use "
		    "the host name that is in it", f->host);
	case X509_V_ERR_CERT_HAS_EXPIRED:
		return ly_fail(why, LY_ERR_NET,
		    "%s: the service's certificate has expired: its operator "
		    "must renew it, or this computer's clock is wrong",
		    f->host);
	case X509_V_ERR_CERT_NOT_YET_VALID:
		return ly_fail(why, LY_ERR_NET,
		    "%s: the service's certificate is not valid yet: check "
		    "this computer's clock", f->host);
	default:
		return ly_fail(why, LY_ERR_NET,
		    "%s: the service's certificate was not issued by %s "
		    "(%s): another machine answers there", f->host,
		    f->pinned ? "the CA of this account" :
		    "a CA that this computer trusts",
		    X509_verify_cert_error_string(v));
	}
}

/* The phase of the failure for the codes that need no more than that. */
static const char *
phrase(CURLcode code)
{
	switch (code) {
	case CURLE_COULDNT_RESOLVE_HOST:
		return "no such host: check the service's address and the "
		    "network";
	case CURLE_COULDNT_RESOLVE_PROXY:
		return "no such proxy: check https_proxy";
	case CURLE_COULDNT_CONNECT:
		return "cannot connect: the service is not running, or the "
		    "address is wrong";
	case CURLE_SSL_CONNECT_ERROR:
		return "no TLS 1.3 with the service";
	case CURLE_SSL_CERTPROBLEM:
		return "the device certificate cannot be used: enrol again";
	case CURLE_GOT_NOTHING:
		return "the service closed the connection without an answer";
	case CURLE_PARTIAL_FILE:
		return "the answer was cut short";
	case CURLE_UNSUPPORTED_PROTOCOL:
	case CURLE_WEIRD_SERVER_REPLY:
		return "the answer is not HTTP: no key service there";
	case CURLE_RECV_ERROR:
	case CURLE_SEND_ERROR:
		return "the connection broke";
	default:
		return "the request failed";
	}
}

int
ly_http_why(const struct ly_http_lib *lib, CURL *easy,
    const struct ly_http_fail *f, struct ly_why *why)
{
	switch (f->code) {
	case CURLE_OUT_OF_MEMORY:
		return LY_ERR_NOMEM;
	case CURLE_OPERATION_TIMEDOUT:
		return why_timeout(lib, easy, f, why);
	case CURLE_PEER_FAILED_VERIFICATION:
		return why_certificate(lib, easy, f, why);
	default:
		return ly_fail(why, LY_ERR_NET, "%s: %s (%s)", f->host,
		    phrase(f->code), f->detail[0] != '\0' ? f->detail :
		    lib->strerror(f->code));
	}
}
