/*
 * libcurl and the functions of libssl that go with it, found at run
 * time. Internal to http.c and http_peer.c.
 */
#ifndef LY_HTTP_LIB_H
#define LY_HTTP_LIB_H

#include <stddef.h>
#include <time.h>
#include <curl/curl.h>
#include <openssl/types.h>

struct ly_why;

/* The functions that we use, as libcurl and libssl declare them. */
struct ly_http_lib {
	CURL *(*init)(void);
	void (*cleanup)(CURL *easy);
	CURLcode (*setopt)(CURL *easy, CURLoption option, ...);
	CURLcode (*getinfo)(CURL *easy, CURLINFO info, ...);
	CURLcode (*perform)(CURL *easy);
	const char *(*strerror)(CURLcode code);
	struct curl_slist *(*slist_append)(struct curl_slist *list,
	    const char *text);
	void (*slist_free)(struct curl_slist *list);
	time_t (*getdate)(const char *text, const time_t *unused);
	int (*use_cert)(SSL_CTX *ctx, X509 *cert);
	int (*use_key)(SSL_CTX *ctx, EVP_PKEY *key);
	const char *(*version)(const SSL *ssl);
	const struct ssl_cipher_st *(*cipher)(const SSL *ssl);
	const char *(*cipher_name)(const struct ssl_cipher_st *cipher);
};

/*
 * Load the libraries and initialise libcurl, once in a process: later calls
 * give the same table. LY_ERR_UNSUPPORTED with the cure in why when there
 * is none, it is too old, or it does its TLS by something else.
 */
int ly_http_lib_load(const struct ly_http_lib **out, struct ly_why *why);

/*
 * Whether libcurl may look at the proxy variables for "host:port": not for
 * loopback, and not in a process with raised rights.
 */
int ly_http_want_proxy(const char *host);

#endif
