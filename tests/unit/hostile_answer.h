/* Canned answers for the server "canned" of hostile.py. */
#ifndef LY_HOSTILE_ANSWER_H
#define LY_HOSTILE_ANSWER_H

#include "hostile.h"

/*
 * What METHOD_path shall answer: "GET_lanyard_1_keys", or with a query
 * "GET_lanyard_1_keys?since=4". A body of NULL takes the answer away.
 */
static inline void
answer_raw(const struct hostile *s, const char *name, const void *raw,
    size_t len)
{
	char path[512];
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/answers/%s", s->dir, name);
	if (raw == NULL) {
		(void)unlink(path);
		return;
	}
	f = fopen(path, "wb");
	assert_non_null(f);
	assert_int_equal(fwrite(raw, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
}

static inline void
answer(const struct hostile *s, const char *name, const char *status,
    const char *type, const void *body, size_t len)
{
	struct ly_buf raw;
	char head[256];

	(void)snprintf(head, sizeof(head), "HTTP/1.1 %s\r\n"
	    "Content-Type: %s\r\nContent-Length: %lu\r\n\r\n", status, type,
	    (unsigned long)len);
	ly_buf_init(&raw, LY_BUF_MAX);
	assert_int_equal(ly_buf_put(&raw, head, strlen(head)), 0);
	assert_int_equal(ly_buf_put(&raw, body, len), 0);
	answer_raw(s, name, raw.data, raw.len);
	ly_buf_clear(&raw);
}

/* The requests that "canned" got so far: "METHOD PATH ETAG" lines. */
static inline void
requests_take(const struct hostile *s, char *text, size_t cap)
{
	char path[512];
	size_t n = 0;
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/requests", s->dir);
	f = fopen(path, "rb");
	if (f != NULL) {
		n = fread(text, 1, cap - 1, f);
		(void)fclose(f);
	}
	text[n] = '\0';
	(void)unlink(path);
}

#endif
