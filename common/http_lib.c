/*
 * Finds libcurl (OpenSSL flavour) when the first request is made. Links
 * with none of it: libcurl brings thirty libraries, and costs more than all
 * else that a mail client's start has to load. Never unloads it and never
 * calls curl_global_cleanup: another user of libcurl in the host would
 * suffer.
 */
#include <stdio.h>
#include <string.h>

#include "compat.h"
#include "err.h"
#include "http_lib.h"

/*
 * Older ones write to sockets in a way that raises SIGPIPE (before 7.88),
 * and wait for the resolver's thread past the deadline (before 7.87).
 */
#define CURL_MIN 0x075800

struct globals {
	CURLcode (*init)(long flags);
	curl_version_info_data *(*version)(CURLversion age);
};

struct symbol {
	const char *name;
	size_t off;	/* of the pointer in its struct */
};

static const struct symbol global_symbols[] = {
	{ "curl_global_init", offsetof(struct globals, init) },
	{ "curl_version_info", offsetof(struct globals, version) },
};

static const struct symbol curl_symbols[] = {
	{ "curl_easy_init", offsetof(struct ly_http_lib, init) },
	{ "curl_easy_cleanup", offsetof(struct ly_http_lib, cleanup) },
	{ "curl_easy_setopt", offsetof(struct ly_http_lib, setopt) },
	{ "curl_easy_getinfo", offsetof(struct ly_http_lib, getinfo) },
	{ "curl_easy_perform", offsetof(struct ly_http_lib, perform) },
	{ "curl_easy_strerror", offsetof(struct ly_http_lib, strerror) },
	{ "curl_slist_append", offsetof(struct ly_http_lib, slist_append) },
	{ "curl_slist_free_all", offsetof(struct ly_http_lib, slist_free) },
	{ "curl_getdate", offsetof(struct ly_http_lib, getdate) },
};

static const struct symbol ssl_symbols[] = {
	{ "SSL_CTX_use_certificate", offsetof(struct ly_http_lib, use_cert) },
	{ "SSL_CTX_use_PrivateKey", offsetof(struct ly_http_lib, use_key) },
	{ "SSL_get_version", offsetof(struct ly_http_lib, version) },
	{ "SSL_get_current_cipher", offsetof(struct ly_http_lib, cipher) },
	{ "SSL_CIPHER_get_name", offsetof(struct ly_http_lib, cipher_name) },
};

static struct ly_mutex load_lock = LY_MUTEX_INIT;	/* of the two below */
static struct ly_http_lib loaded;
static int is_loaded;

/* Look up n functions and store them in table. */
static int
find_symbols(void *lib, const char *libname, const struct symbol *syms,
    size_t n, void *table, struct ly_why *why)
{
	void (*fn)(void);
	size_t i;

	for (i = 0; i < n; i++) {
		fn = ly_lib_sym(lib, syms[i].name);
		if (fn == NULL)
			return ly_fail(why, LY_ERR_UNSUPPORTED,
			    "%s has no %s: install the distribution's "
			    "libcurl (Debian: libcurl4)", libname,
			    syms[i].name);
		memcpy((char *)table + syms[i].off, &fn, sizeof(fn));
	}
	return 0;
}

static int
open_lib(const char *name, const char *package, void **lib,
    struct ly_why *why)
{
	*lib = ly_lib_open(name);
	if (*lib == NULL)
		return ly_fail(why, LY_ERR_UNSUPPORTED,
		    "cannot load %s, which talks to the key service: "
		    "install it (Debian: %s)", name, package);
	return 0;
}

/* The right age and flavour? curl_version_info needs no initialisation. */
static int
check_version(const struct globals *g, struct ly_why *why)
{
	const curl_version_info_data *v = g->version(CURLVERSION_NOW);

	if (v == NULL || v->version_num < CURL_MIN)
		return ly_fail(why, LY_ERR_UNSUPPORTED,
		    "libcurl.so.4 is too old (%s): install 7.88 or newer",
		    v == NULL ? "no version" : v->version);
	if (v->ssl_version == NULL ||
	    strncmp(v->ssl_version, "OpenSSL/", 8) != 0)
		return ly_fail(why, LY_ERR_UNSUPPORTED,
		    "libcurl.so.4 does its TLS by %s: install the OpenSSL "
		    "flavour (Debian: libcurl4)",
		    v->ssl_version == NULL ? "nothing" : v->ssl_version);
	return 0;
}

static int
load(struct ly_http_lib *lib, struct ly_why *why)
{
	struct globals g = { NULL, NULL };
	void *curl, *ssl;
	int r;

	if ((r = open_lib("libcurl.so.4", "libcurl4", &curl, why)) != 0)
		return r;
	if ((r = open_lib("libssl.so.3", "libssl3", &ssl, why)) != 0)
		return r;
	if ((r = find_symbols(curl, "libcurl.so.4", global_symbols,
	    sizeof(global_symbols) / sizeof(global_symbols[0]), &g,
	    why)) != 0)
		return r;
	if ((r = find_symbols(curl, "libcurl.so.4", curl_symbols,
	    sizeof(curl_symbols) / sizeof(curl_symbols[0]), lib, why)) != 0)
		return r;
	if ((r = find_symbols(ssl, "libssl.so.3", ssl_symbols,
	    sizeof(ssl_symbols) / sizeof(ssl_symbols[0]), lib, why)) != 0)
		return r;
	if ((r = check_version(&g, why)) != 0)
		return r;
	if (g.init(CURL_GLOBAL_ALL) != CURLE_OK)
		return ly_fail(why, LY_ERR_UNSUPPORTED,
		    "libcurl.so.4 does not start: check its installation");
	return 0;
}

int
ly_http_lib_load(const struct ly_http_lib **out, struct ly_why *why)
{
	struct ly_http_lib lib;
	int r = 0;

	ly_mutex_lock(&load_lock);
	if (!is_loaded) {
		memset(&lib, 0, sizeof(lib));
		r = load(&lib, why);
		if (r == 0) {
			loaded = lib;
			is_loaded = 1;
		}
	}
	ly_mutex_unlock(&load_lock);
	if (r == 0)
		*out = &loaded;
	return r;
}

static int
is_loopback(const char *host)
{
	return strncmp(host, "127.", 4) == 0 ||
	    strncmp(host, "[::1]", 5) == 0 ||
	    strcmp(host, "localhost") == 0 ||
	    strncmp(host, "localhost:", 10) == 0;
}

int
ly_http_want_proxy(const char *host)
{
	static const char *const names[] = {
		"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"
	};
	size_t i;

	if (is_loopback(host))
		return 0;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (ly_getenv(names[i]) != NULL)
			return 1;
	return 0;
}
