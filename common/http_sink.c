/*
 * Takes an answer in: the few header lines that we look at, and the body
 * into locked memory, which may hold a content-encryption key. Both have a
 * limit that stops the transfer.
 */
#include <string.h>

#include "err.h"
#include "http_sink.h"

#define HEAD_MAX 65536	/* bytes of all header lines */
#define BODY_FIRST 4096	/* bytes to begin with, when no length is given */

/* Value of the header name in the line, its length in *len; or NULL. */
static const char *
header_value(const char *line, size_t n, const char *name, size_t *len)
{
	size_t i, nl = strlen(name);

	if (n <= nl || line[nl] != ':')
		return NULL;
	for (i = 0; i < nl; i++)
		if ((line[i] | 0x20) != name[i])
			return NULL;
	for (i = nl + 1; i < n && (line[i] == ' ' || line[i] == '\t'); i++)
		;
	while (n > i && (unsigned char)line[n - 1] <= ' ')
		n--;
	*len = n - i;
	return line + i;
}

/* Copy what fits; a value that does not fit is as good as none. */
static void
header_copy(char *dst, size_t cap, const char *v, size_t len)
{
	dst[0] = '\0';
	if (len < cap && memchr(v, '\0', len) == NULL) {
		memcpy(dst, v, len);
		dst[len] = '\0';
	}
}

static void
take_type(struct ly_http_res *res, const char *v, size_t len)
{
	const char *semi = memchr(v, ';', len);
	char *p;

	if (semi != NULL)
		len = (size_t)(semi - v);
	while (len > 0 && v[len - 1] == ' ')
		len--;
	header_copy(res->type, sizeof(res->type), v, len);
	for (p = res->type; *p != '\0'; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p | 0x20);
}

static int
take_seconds(const char *v, size_t len)
{
	int n = 0;
	size_t i;

	for (i = 0; i < len && v[i] >= '0' && v[i] <= '9' && n < 100000; i++)
		n = n * 10 + (v[i] - '0');
	return i == len ? n : 0;
}

size_t
ly_http_on_header(char *line, size_t size, size_t n, void *arg)
{
	struct ly_http_sink *s = arg;
	const char *v;
	size_t len;

	n *= size;
	s->head += n;
	if (s->head > HEAD_MAX) {
		s->err = LY_ERR_TOOBIG;
		return 0;
	}
	if (n >= 5 && memcmp(line, "HTTP/", 5) == 0) {
		s->res->type[0] = s->res->etag[0] = '\0';
		s->res->retry_after = 0;
	} else if ((v = header_value(line, n, "content-type", &len))) {
		take_type(s->res, v, len);
	} else if ((v = header_value(line, n, "etag", &len))) {
		header_copy(s->res->etag, sizeof(s->res->etag), v, len);
	} else if ((v = header_value(line, n, "retry-after", &len))) {
		s->res->retry_after = take_seconds(v, len);
	}
	return n;
}

/* Room for n more bytes, by a new and larger secret when there is none. */
static int
sink_room(struct ly_http_sink *s, size_t n)
{
	struct ly_secret *body = &s->res->body, big = LY_SECRET_INIT;
	curl_off_t announced = -1;
	size_t want;
	int r;

	if (n > s->max - body->len)
		return LY_ERR_TOOBIG;
	if (n <= body->cap - body->len)
		return 0;
	if (body->cap == 0)
		(void)s->lib->getinfo(s->easy,
		    CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &announced);
	if (announced > (curl_off_t)s->max)
		return LY_ERR_TOOBIG;
	want = body->cap == 0 ? BODY_FIRST : body->cap * 2;
	if (announced > 0)
		want = (size_t)announced;
	if (want < body->len + n)
		want = body->len + n;
	if (want > s->max)
		want = s->max;
	if ((r = ly_secret_alloc(&big, want)) != 0)
		return r;
	if (body->len > 0)
		(void)ly_secret_append(&big, body->data, body->len);
	ly_secret_move(body, &big);
	return 0;
}

size_t
ly_http_on_body(char *data, size_t size, size_t n, void *arg)
{
	struct ly_http_sink *s = arg;

	n *= size;
	s->err = sink_room(s, n);
	if (s->err == 0)
		s->err = ly_secret_append(&s->res->body, data, n);
	return s->err == 0 ? n : 0;
}
