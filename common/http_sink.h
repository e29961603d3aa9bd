/* What comes in of one answer. Internal to http.c. */
#ifndef LY_HTTP_SINK_H
#define LY_HTTP_SINK_H

#include "http.h"
#include "http_lib.h"

/* Where the callbacks of one request put things. */
struct ly_http_sink {
	const struct ly_http_lib *lib;
	CURL *easy;
	struct ly_http_res *res;
	size_t max;	/* bytes of body that are taken */
	size_t head;	/* bytes of header lines so far */
	int err;	/* why a callback stopped the transfer, or 0 */
};

/* CURLOPT_HEADERFUNCTION and CURLOPT_WRITEFUNCTION; arg is the sink. */
size_t ly_http_on_header(char *line, size_t size, size_t n, void *arg);
size_t ly_http_on_body(char *data, size_t size, size_t n, void *arg);

#endif
