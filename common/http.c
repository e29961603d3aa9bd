/*
 * The pool of connections and the one request. The pool's lock is never
 * held while a request is under way; each request in flight has an easy
 * handle, and so a connection, of its own. Refuses every scheme but https,
 * every TLS before 1.3, redirects, cookies, and answers over the limit.
 * Whatever calls libcurl does so with our library context as the thread's:
 * TLS never runs through the providers and configuration of the host.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <openssl/x509.h>

#include "cert.h"
#include "compat.h"
#include "crypto.h"
#include "err.h"
#include "http.h"
#include "http_lib.h"
#include "http_sink.h"
#include "http_why.h"
#include "log.h"
#include "pkey.h"

#define BASE_MAX 512
#define PATH_MAX_LEN 1024
#define IDLE_MAX 8		/* connections kept open */
#define IDLE_SECONDS 110	/* by the wall clock: a laptop may sleep */
#define SLOW_WINDOW_MS 10000
#define SLOW_LIMIT_MS 1000

struct conn {
	struct conn *next;
	CURL *easy;
	int64_t last;	/* ly_time() of its last answer */
};

struct ly_http {
	struct ly_mutex lock;	/* guards the four below */
	struct conn *idle;
	size_t nidle;
	uint64_t pid;		/* the process that opened the idle ones */
	int64_t slow_until;	/* short deadlines until then, ly_now_ms() */

	char base[BASE_MAX];
	const char *host;	/* in base: "host:port" */
	int no_proxy;
	int pinned;
	struct ly_buf ca;	/* PEM; empty for the system's anchors */
	struct ly_buf cert;	/* DER; empty for none */
	const struct ly_pkey *key;
	int connect_ms, timeout_ms;
};

/* "https://host" or "https://host:port": nothing else may be in it. */
static int
base_ok(const char *base)
{
	const char *p;

	if (strncmp(base, "https://", 8) != 0 || base[8] == '\0')
		return 0;
	for (p = base + 8; *p != '\0'; p++)
		if ((unsigned char)*p <= ' ' || strchr("/\\@?#\x7f", *p))
			return 0;
	return 1;
}

static int
copy_base(struct ly_http *h, const char *base, struct ly_why *why)
{
	size_t len = strlen(base);

	if (len > 0 && base[len - 1] == '/')
		len--;
	if (len < sizeof(h->base))
		memcpy(h->base, base, len);
	if (len >= sizeof(h->base) || !base_ok(h->base))
		return ly_fail(why, LY_ERR_ARG, "the service's address must "
		    "look like https://host or https://host:port");
	h->host = h->base + 8;
	h->no_proxy = !ly_http_want_proxy(h->host);
	return 0;
}

int
ly_http_new(const struct ly_http_opts *opts, struct ly_http **out,
    struct ly_why *why)
{
	struct ly_http *h;
	int r;

	h = calloc(1, sizeof(*h));
	if (h == NULL)
		return LY_ERR_NOMEM;
	ly_mutex_init(&h->lock);
	ly_buf_init(&h->ca, LY_BUF_MAX);
	ly_buf_init(&h->cert, LY_CERT_MAX);
	h->pid = ly_process_id();
	h->connect_ms = opts->connect_ms;
	h->timeout_ms = opts->timeout_ms;
	if ((r = copy_base(h, opts->base, why)) != 0)
		goto out;
	if (opts->ca != NULL) {
		h->pinned = 1;
		r = ly_pem_encode("CERTIFICATE", opts->ca, opts->ca_len,
		    &h->ca);
		if (r != 0)
			goto out;
	}
	if (opts->cert != NULL) {
		h->key = opts->key;
		r = ly_buf_put(&h->cert, opts->cert, opts->cert_len);
		if (r != 0)
			goto out;
	}
	*out = h;
	h = NULL;
out:
	ly_http_free(&h);
	return r;
}

static void
conn_free(const struct ly_http_lib *lib, struct conn *c)
{
	if (c == NULL)
		return;
	if (c->easy != NULL)
		lib->cleanup(c->easy);
	free(c);
}

void
ly_http_free(struct ly_http **http)
{
	struct ly_http *h = *http;
	const struct ly_http_lib *lib = NULL;
	OSSL_LIB_CTX *host;
	struct conn *c;

	*http = NULL;
	if (h == NULL)
		return;
	/*
	 * A forked child leaves the sockets of its parent alone, and after
	 * OPENSSL_cleanup libcurl could not close its TLS any more.
	 */
	if (h->idle != NULL && h->pid == ly_process_id() &&
	    ly_crypto_alive() && ly_http_lib_load(&lib, NULL) == 0) {
		host = ly_libctx_enter(NULL);
		while ((c = h->idle) != NULL) {
			h->idle = c->next;
			conn_free(lib, c);
		}
		ly_libctx_leave(host);
	}
	ly_buf_clear(&h->ca);
	ly_buf_clear(&h->cert);
	free(h);
}

/* Give libssl our certificate and key: no key bytes leave their place. */
static CURLcode
on_ssl_ctx(CURL *easy, void *ctx, void *arg)
{
	const struct ly_http *h = arg;
	const struct ly_http_lib *lib = NULL;
	const unsigned char *p = h->cert.data;
	CURLcode code = CURLE_SSL_CERTPROBLEM;
	X509 *x;

	(void)easy;
	x = X509_new_ex(ly_libctx(), NULL);
	if (x != NULL && ly_http_lib_load(&lib, NULL) == 0 &&
	    d2i_X509(&x, &p, (long)h->cert.len) != NULL &&
	    lib->use_cert(ctx, x) == 1 &&
	    lib->use_key(ctx, ly_pkey_evp(h->key)) == 1)
		code = CURLE_OK;
	X509_free(x);
	return code;
}

/* The options of a handle's whole life. Returns CURLE_OK or the first no. */
static CURLcode
set_handle(const struct ly_http_lib *lib, struct ly_http *h, CURL *e)
{
	struct curl_blob ca = { h->ca.data, h->ca.len, CURL_BLOB_NOCOPY };
	CURLcode c = CURLE_OK;

#define SET(o, v) do { if (c == CURLE_OK) c = lib->setopt(e, (o), (v)); } \
	while (0)
	SET(CURLOPT_NOSIGNAL, 1L);
	SET(CURLOPT_QUICK_EXIT, 1L);
	SET(CURLOPT_PROTOCOLS_STR, "https");
	SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_3);
	SET(CURLOPT_SSL_SESSIONID_CACHE, 0L);
	SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	SET(CURLOPT_FOLLOWLOCATION, 0L);
	SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	SET(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
	SET(CURLOPT_MAXCONNECTS, 1L);
	SET(CURLOPT_TCP_KEEPALIVE, 1L);
	SET(CURLOPT_TCP_KEEPIDLE, 30L);
	SET(CURLOPT_TCP_KEEPINTVL, 10L);
	SET(CURLOPT_USERAGENT, "lanyard");
	if (h->no_proxy)
		SET(CURLOPT_PROXY, "");
	if (h->pinned) {
		/* Without the NULLs the system's anchors count as well. */
		SET(CURLOPT_CAINFO, NULL);
		SET(CURLOPT_CAPATH, NULL);
		SET(CURLOPT_CAINFO_BLOB, &ca);
	}
	if (h->cert.len > 0) {
		SET(CURLOPT_SSL_CTX_FUNCTION, on_ssl_ctx);
		SET(CURLOPT_SSL_CTX_DATA, h);
	}
	SET(CURLOPT_HEADERFUNCTION, ly_http_on_header);
	SET(CURLOPT_WRITEFUNCTION, ly_http_on_body);
	return c;
}

/* An idle connection that is fresh enough, or NULL. */
static struct conn *
pool_take(struct ly_http *h, struct conn **stale)
{
	const int64_t now = ly_time();
	struct conn *c;

	ly_mutex_lock(&h->lock);
	if (h->pid != ly_process_id()) {
		/* After a fork these are the parent's: forget them. */
		h->pid = ly_process_id();
		h->idle = NULL;
		h->nidle = 0;
	}
	c = h->idle;
	if (c != NULL && (now < c->last || now - c->last > IDLE_SECONDS)) {
		/* The most recent is too old: so are all the others. */
		*stale = c;
		h->idle = c = NULL;
		h->nidle = 0;
	}
	if (c != NULL) {
		h->idle = c->next;
		h->nidle--;
	}
	ly_mutex_unlock(&h->lock);
	return c;
}

/* Keep c for the next request, unless there are enough: 1 if kept. */
static int
pool_put(struct ly_http *h, struct conn *c)
{
	int kept = 0;

	c->last = ly_time();
	ly_mutex_lock(&h->lock);
	if (h->nidle < IDLE_MAX && h->pid == ly_process_id()) {
		c->next = h->idle;
		h->idle = c;
		h->nidle++;
		kept = 1;
	}
	ly_mutex_unlock(&h->lock);
	return kept;
}

static int
conn_get(const struct ly_http_lib *lib, struct ly_http *h, struct conn **out,
    struct ly_why *why)
{
	struct conn *c, *stale = NULL, *next;

	c = pool_take(h, &stale);
	for (; stale != NULL; stale = next) {
		next = stale->next;
		conn_free(lib, stale);
	}
	if (c != NULL) {
		*out = c;
		return 0;
	}
	c = calloc(1, sizeof(*c));
	if (c == NULL)
		return LY_ERR_NOMEM;
	c->easy = lib->init();
	if (c->easy == NULL || set_handle(lib, h, c->easy) != CURLE_OK) {
		conn_free(lib, c);
		return ly_fail(why, LY_ERR_UNSUPPORTED, "libcurl.so.4 lacks "
		    "something that we need: install the distribution's");
	}
	*out = c;
	return 0;
}

static int
make_headers(const struct ly_http_lib *lib, const struct ly_http_req *req,
    struct curl_slist **list)
{
	struct curl_slist *l = NULL, *n;
	char etag[128];
	const char *lines[4] = { "Expect:", "Accept:" };
	size_t i, nlines = 2;

	if (req->body != NULL)
		lines[nlines++] = "Content-Type: application/json";
	if (req->if_none_match != NULL) {
		(void)snprintf(etag, sizeof(etag), "If-None-Match: %s",
		    req->if_none_match);
		lines[nlines++] = etag;
	}
	for (i = 0; i < nlines; i++) {
		n = lib->slist_append(l, lines[i]);
		if (n == NULL) {
			lib->slist_free(l);
			return LY_ERR_NOMEM;
		}
		l = n;
	}
	*list = l;
	return 0;
}

/* The options of this request alone. */
static CURLcode
set_request(const struct ly_http_lib *lib, CURL *e, const char *url,
    const struct ly_http_req *req)
{
	const int post = strcmp(req->method, "POST") == 0;
	const int get = strcmp(req->method, "GET") == 0;
	CURLcode c = CURLE_OK;

	SET(CURLOPT_URL, url);
	if (post) {
		SET(CURLOPT_POST, 1L);
		SET(CURLOPT_POSTFIELDS, req->body != NULL ? req->body : "");
		SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)req->body_len);
	} else {
		/* In this order: POSTFIELDS makes it a POST, even with NULL. */
		SET(CURLOPT_POSTFIELDS, NULL);
		SET(CURLOPT_HTTPGET, 1L);
	}
	SET(CURLOPT_CUSTOMREQUEST, post || get ? NULL : req->method);
	return c;
}

static int
limit_get(struct ly_http *h)
{
	int limit = h->timeout_ms;

	ly_mutex_lock(&h->lock);
	if (ly_now_ms() < h->slow_until && limit > SLOW_LIMIT_MS)
		limit = SLOW_LIMIT_MS;
	ly_mutex_unlock(&h->lock);
	return limit;
}

/* Remember a full timeout for a while; a success ends that. */
static void
limit_note(struct ly_http *h, int limit, int r)
{
	ly_mutex_lock(&h->lock);
	if (r == 0)
		h->slow_until = 0;
	else if (r == LY_ERR_TIMEOUT && limit == h->timeout_ms)
		h->slow_until = ly_now_ms() + SLOW_WINDOW_MS;
	ly_mutex_unlock(&h->lock);
}

/* Run a request that is set up. */
static int
run(const struct ly_http_lib *lib, struct ly_http *h, struct ly_http_sink *s,
    int limit, struct ly_why *why)
{
	char detail[CURL_ERROR_SIZE] = "";
	struct ly_http_fail f = { h->host, CURLE_OK, detail, limit,
	    h->pinned };
	const int connect = h->connect_ms < limit ? h->connect_ms : limit;
	CURL *e = s->easy;
	CURLcode c = CURLE_OK;
	long status = 0, connects = 0;

	SET(CURLOPT_TIMEOUT_MS, (long)limit);
	SET(CURLOPT_CONNECTTIMEOUT_MS, (long)connect);
	SET(CURLOPT_ERRORBUFFER, detail);
	SET(CURLOPT_HEADERDATA, s);
	SET(CURLOPT_WRITEDATA, s);
	if (c == CURLE_OK)
		c = lib->perform(e);
	(void)lib->setopt(e, CURLOPT_ERRORBUFFER, NULL);
	if (s->err == LY_ERR_TOOBIG)
		return ly_fail(why, s->err,
		    "%s: the answer is longer than the %lu bytes allowed",
		    h->host, (unsigned long)s->max);
	if (s->err != 0)
		return s->err;
	f.code = c;
	if (c != CURLE_OK)
		return ly_http_why(lib, e, &f, why);
	(void)lib->getinfo(e, CURLINFO_RESPONSE_CODE, &status);
	(void)lib->getinfo(e, CURLINFO_NUM_CONNECTS, &connects);
	s->res->status = (int)status;
	s->res->new_connection = connects > 0;
	return 0;
}
#undef SET

/* Everything that stands between entering and leaving the guard. */
static int
request(const struct ly_http_lib *lib, struct ly_http *h,
    const struct ly_http_req *req, struct ly_http_res *res,
    struct ly_why *why)
{
	char url[BASE_MAX + PATH_MAX_LEN];
	struct ly_http_sink s = { lib, NULL, res, req->max, 0, 0 };
	struct curl_slist *headers = NULL;
	struct conn *c = NULL;
	const int limit = limit_get(h);
	int r;

	if (s.max > LY_SECRET_MAX)
		s.max = LY_SECRET_MAX;
	(void)snprintf(url, sizeof(url), "%s%s", h->base, req->path);
	if ((r = conn_get(lib, h, &c, why)) != 0)
		goto out;
	if ((r = make_headers(lib, req, &headers)) != 0)
		goto out;
	s.easy = c->easy;
	r = LY_ERR_NOMEM;
	if (set_request(lib, c->easy, url, req) != CURLE_OK ||
	    lib->setopt(c->easy, CURLOPT_HTTPHEADER, headers) != CURLE_OK)
		goto out;
	r = run(lib, h, &s, limit, why);
	limit_note(h, limit, r);
	/* Nothing of this request stays with the handle. */
	(void)lib->setopt(c->easy, CURLOPT_HTTPHEADER, NULL);
	(void)lib->setopt(c->easy, CURLOPT_POSTFIELDS, NULL);
	if (r == 0 && pool_put(h, c))
		c = NULL;
out:
	conn_free(lib, c);
	lib->slist_free(headers);
	return r;
}

int
ly_http_request(struct ly_http *h, const struct ly_http_req *req,
    struct ly_http_res *res, struct ly_why *why)
{
	const struct ly_http_lib *lib = NULL;
	OSSL_LIB_CTX *host;
	struct ly_http_res got;
	int r;

	memset(&got, 0, sizeof(got));
	if (strlen(req->path) >= PATH_MAX_LEN)
		return LY_ERR_TOOBIG;
	if ((r = ly_http_lib_load(&lib, why)) != 0)
		return r;
	if (ly_libctx() == NULL)
		return LY_ERR_CRYPTO;
	host = ly_libctx_enter(NULL);
	r = request(lib, h, req, &got, why);
	ly_libctx_leave(host);
	ly_log(LY_LOG_DEBUG, "%s %s%s: %d", req->method, h->host, req->path,
	    r == 0 ? got.status : r);
	if (r != 0) {
		ly_http_res_clear(&got);
		return r;
	}
	*res = got;
	return 0;
}

void
ly_http_res_clear(struct ly_http_res *res)
{
	if (res == NULL)
		return;
	ly_secret_clear(&res->body);
	memset(res, 0, sizeof(*res));
}
