/*
 * Looks at who answers: for first contact, where a person compares a
 * fingerprint, and for a diagnosis of a connection. Each look has a handle,
 * and so a connection, of its own. Sends no key, no code, no certificate.
 */
#include <stdio.h>
#include <string.h>

#include "cert.h"
#include "compat.h"
#include "crypto.h"
#include "err.h"
#include "http.h"
#include "http_lib.h"
#include "http_peer.h"
#include "http_why.h"

#define ANSWER_MAX 65536	/* bytes of a probe's answer, not looked at */

/* One look. */
struct look {
	const struct ly_http_lib *lib;
	CURL *easy;
	const char *base;
	const struct ly_buf *ca;	/* PEM of the only anchor, or empty */
	int pinned;
	int connect_ms, timeout_ms;
	int checked;			/* 0: whoever answers */
	struct ly_http_probe *p;	/* NULL: certificates only */
	size_t taken;			/* bytes of the answer */
};

void
ly_http_probe_init(struct ly_http_probe *p)
{
	memset(p, 0, sizeof(*p));
	ly_buf_init(&p->cert, LY_CERT_MAX);
}

void
ly_http_probe_clear(struct ly_http_probe *p)
{
	ly_buf_clear(&p->cert);
	ly_http_probe_init(p);
}

/* The text behind "name:" among the lines about a certificate, or NULL. */
static const char *
cert_line(const struct curl_slist *l, const char *name)
{
	const size_t n = strlen(name);

	for (; l != NULL; l = l->next)
		if (strncmp(l->data, name, n) == 0)
			return l->data + n;
	return NULL;
}

/* What the connection under way is: libcurl knows only while it lives. */
static void
see_tls(struct look *k)
{
	struct curl_tlssessioninfo *info = NULL;
	const struct ssl_cipher_st *cipher;
	struct ly_http_probe *p = k->p;

	if (k->lib->getinfo(k->easy, CURLINFO_TLS_SSL_PTR, &info) !=
	    CURLE_OK || info == NULL || info->internals == NULL ||
	    info->backend != CURLSSLBACKEND_OPENSSL)
		return;
	(void)snprintf(p->protocol, sizeof(p->protocol), "%s",
	    k->lib->version(info->internals));
	if ((cipher = k->lib->cipher(info->internals)) != NULL)
		(void)snprintf(p->cipher, sizeof(p->cipher), "%s",
		    k->lib->cipher_name(cipher));
}

static size_t
on_header(char *line, size_t size, size_t n, void *arg)
{
	struct look *k = arg;
	char text[64];
	time_t t;

	n *= size;
	if (n >= 5 && memcmp(line, "HTTP/", 5) == 0) {
		k->p->at = ly_time();
		see_tls(k);
	}
	if (n > 5 && n < sizeof(text) && (line[0] | 0x20) == 'd' &&
	    memcmp(line + 1, "ate:", 4) == 0) {
		memcpy(text, line + 5, n - 5);
		text[n - 5] = '\0';
		t = k->lib->getdate(text, NULL);
		k->p->date = t > 0 ? (int64_t)t : 0;
	}
	return n;
}

/* The body is not looked at; one without an end is cut off. */
static size_t
on_body(char *data, size_t size, size_t n, void *arg)
{
	struct look *k = arg;

	(void)data;
	k->taken += n * size;
	return k->taken > ANSWER_MAX ? 0 : n * size;
}

static CURLcode
set_options(struct look *k, const char *url, char *detail)
{
	const struct ly_http_lib *lib = k->lib;
	CURL *e = k->easy;
	CURLcode c = CURLE_OK;

#define SET(o, v) do { if (c == CURLE_OK) c = lib->setopt(e, (o), (v)); } \
	while (0)
	SET(CURLOPT_URL, url);
	SET(CURLOPT_PROTOCOLS_STR, "https");
	SET(CURLOPT_NOSIGNAL, 1L);
	SET(CURLOPT_QUICK_EXIT, 1L);
	SET(CURLOPT_CERTINFO, 1L);
	SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_3);
	SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	SET(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
	SET(CURLOPT_USERAGENT, "lanyard");
	SET(CURLOPT_TIMEOUT_MS, (long)k->timeout_ms);
	SET(CURLOPT_CONNECTTIMEOUT_MS, (long)k->connect_ms);
	SET(CURLOPT_ERRORBUFFER, detail);
	if (!ly_http_want_proxy(k->base + 8))
		SET(CURLOPT_PROXY, "");
	if (!k->checked) {
		SET(CURLOPT_SSL_VERIFYPEER, 0L);
		SET(CURLOPT_SSL_VERIFYHOST, 0L);
	} else if (k->pinned) {
		struct curl_blob ca = { k->ca->data, k->ca->len,
		    CURL_BLOB_COPY };

		/* Without the NULLs the system's anchors count as well. */
		SET(CURLOPT_CAINFO, NULL);
		SET(CURLOPT_CAPATH, NULL);
		SET(CURLOPT_CAINFO_BLOB, &ca);
	}
	if (k->p == NULL) {
		SET(CURLOPT_CONNECT_ONLY, 1L);
	} else {
		SET(CURLOPT_HEADERFUNCTION, on_header);
		SET(CURLOPT_HEADERDATA, k);
		SET(CURLOPT_WRITEFUNCTION, on_body);
		SET(CURLOPT_WRITEDATA, k);
	}
#undef SET
	return c;
}

/*
 * The step at which a transfer failed. libcurl's clock of TCP connections
 * does not stop before TLS is done: the local port says that TCP was there.
 */
static enum ly_http_step
failed_step(CURLcode code, const struct ly_http_probe *p, long port)
{
	switch (code) {
	case CURLE_OK:
		return LY_HTTP_DONE;
	case CURLE_COULDNT_RESOLVE_HOST:
	case CURLE_COULDNT_RESOLVE_PROXY:
		return LY_HTTP_NAME;
	case CURLE_COULDNT_CONNECT:
		return LY_HTTP_CONNECT;
	case CURLE_SSL_CONNECT_ERROR:
	case CURLE_PEER_FAILED_VERIFICATION:
		return LY_HTTP_TLS;
	default:
		return p->name_us == 0 ? LY_HTTP_NAME :
		    port == 0 ? LY_HTTP_CONNECT :
		    p->tls_us == 0 ? LY_HTTP_TLS : LY_HTTP_ANSWER;
	}
}

static int64_t
clock_of(const struct look *k, CURLINFO which)
{
	curl_off_t us = 0;

	(void)k->lib->getinfo(k->easy, which, &us);
	return (int64_t)us;
}

/* Each step by itself, at least 1 us when it was done. */
static int64_t
lap(int64_t before, int64_t at)
{
	return at == 0 ? 0 : at > before ? at - before : 1;
}

static void
see_transfer(struct look *k, CURLcode code)
{
	const int64_t name = clock_of(k, CURLINFO_NAMELOOKUP_TIME_T);
	const int64_t connect = clock_of(k, CURLINFO_CONNECT_TIME_T);
	const int64_t tls = clock_of(k, CURLINFO_APPCONNECT_TIME_T);
	const struct curl_certinfo *info = NULL;
	const char *address = NULL, *line;
	struct ly_http_probe *p = k->p;
	long status = 0, port = 0;

	p->name_us = lap(0, name);
	p->connect_us = lap(name, connect);
	p->tls_us = lap(connect, tls);
	p->answer_us = lap(tls, clock_of(k, CURLINFO_STARTTRANSFER_TIME_T));
	(void)k->lib->getinfo(k->easy, CURLINFO_LOCAL_PORT, &port);
	p->step = failed_step(code, p, port);
	if (k->lib->getinfo(k->easy, CURLINFO_PRIMARY_IP, &address) ==
	    CURLE_OK && address != NULL)
		(void)snprintf(p->address, sizeof(p->address), "%s",
		    address);
	(void)k->lib->getinfo(k->easy, CURLINFO_RESPONSE_CODE, &status);
	p->status = (int)status;
	if (k->lib->getinfo(k->easy, CURLINFO_CERTINFO, &info) != CURLE_OK ||
	    info == NULL || info->num_of_certs <= 0)
		return;
	if ((line = cert_line(info->certinfo[0], "Issuer:")) != NULL)
		(void)snprintf(p->issuer, sizeof(p->issuer), "%s", line);
	if ((line = cert_line(info->certinfo[0], "Cert:")) != NULL &&
	    ly_pem_decode("CERTIFICATE", line, strlen(line), &p->cert) != 0)
		ly_buf_clear(&p->cert);
}

/* The certificate at the end of the chain. */
static int
last_cert(const struct look *k, struct ly_buf *ca)
{
	const struct curl_certinfo *info = NULL;
	const char *pem;

	(void)k->lib->getinfo(k->easy, CURLINFO_CERTINFO, &info);
	if (info == NULL || info->num_of_certs <= 0)
		return LY_ERR_NOTFOUND;
	pem = cert_line(info->certinfo[info->num_of_certs - 1], "Cert:");
	return pem == NULL ? LY_ERR_NOTFOUND :
	    ly_pem_decode("CERTIFICATE", pem, strlen(pem), ca);
}

/* Perform it; top takes the topmost certificate if it is not NULL. */
static int
transfer(struct look *k, const char *url, struct ly_buf *top,
    struct ly_why *why)
{
	char detail[CURL_ERROR_SIZE] = "";
	struct ly_http_fail f = { k->base + 8, CURLE_OK, detail,
	    k->timeout_ms, k->pinned };

	f.code = set_options(k, url, detail);
	if (f.code == CURLE_OK)
		f.code = k->lib->perform(k->easy);
	if (k->p != NULL)
		see_transfer(k, f.code);
	if (f.code != CURLE_OK)
		return ly_http_why(k->lib, k->easy, &f, why);
	if (top != NULL && last_cert(k, top) != 0)
		return ly_fail(why, LY_ERR_NET,
		    "%s: the service shows no certificate", f.host);
	return 0;
}

/* Everything that stands between entering and leaving the guard. */
static int
look(struct look *k, const char *url, struct ly_buf *top,
    struct ly_why *why)
{
	OSSL_LIB_CTX *host;
	int r;

	if (strncmp(k->base, "https://", 8) != 0)
		return LY_ERR_ARG;
	if ((r = ly_http_lib_load(&k->lib, why)) != 0)
		return r;
	if (ly_libctx() == NULL)
		return LY_ERR_CRYPTO;
	host = ly_libctx_enter(NULL);
	k->easy = k->lib->init();
	r = LY_ERR_NOMEM;
	if (k->easy != NULL)
		r = transfer(k, url, top, why);
	if (k->easy != NULL)
		k->lib->cleanup(k->easy);
	ly_libctx_leave(host);
	return r;
}

static int
probe(const struct ly_http_opts *opts, const char *path, int checked,
    struct ly_http_probe *p, struct ly_why *why)
{
	struct look k = {
		.base = opts->base,
		.pinned = checked && opts->ca != NULL,
		.connect_ms = opts->connect_ms,
		.timeout_ms = opts->timeout_ms,
		.checked = checked,
		.p = p,
	};
	struct ly_buf ca;
	char url[1024];
	int r = 0;

	ly_buf_init(&ca, LY_BUF_MAX);
	k.ca = &ca;
	if ((size_t)snprintf(url, sizeof(url), "%s%s", opts->base, path) >=
	    sizeof(url))
		return LY_ERR_TOOBIG;
	if (k.pinned)
		r = ly_pem_encode("CERTIFICATE", opts->ca, opts->ca_len,
		    &ca);
	if (r == 0)
		r = look(&k, url, NULL, why);
	ly_buf_clear(&ca);
	return r;
}

int
ly_http_probe(const struct ly_http_opts *opts, const char *path,
    struct ly_http_probe *p, struct ly_why *why)
{
	return probe(opts, path, 1, p, why);
}

int
ly_http_insecure_probe(const struct ly_http_opts *opts, const char *path,
    struct ly_http_probe *p, struct ly_why *why)
{
	return probe(opts, path, 0, p, why);
}

int
ly_http_insecure_peer_ca(const char *base, int timeout_ms,
    struct ly_buf *ca, struct ly_why *why)
{
	struct look k = {
		.base = base,
		.connect_ms = timeout_ms,
		.timeout_ms = timeout_ms,
	};

	return look(&k, base, ca, why);
}
