/*
 * The answer to a batch, written: the one message that carries secrets.
 * It is written into locked memory without the JSON library, which would
 * leave copies in the heap, and its size tells nothing: see "Sizes" in
 * PROTOCOL.md. wire_results_get.c reads it.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto.h"
#include "err.h"
#include "wire_impl.h"

#define RESULTS_BASE 64		/* bytes around all items */
#define RESULTS_ITEM 64		/* bytes of an item but for its base64 */

/*
 * What is decided before a key is touched has a code of its own; all else
 * is the last row.
 */
static const struct {
	int err;
	const char *code;
} codes[] = {
	{ LY_ERR_NOTFOUND, "not_found" },
	{ LY_ERR_DENIED, "denied" },
	{ LY_ERR_EXPIRED, "expired" },
	{ LY_ERR_UNSUPPORTED, "unsupported" },
	{ LY_ERR_FORMAT, "bad_request" },
	{ LY_ERR_BUSY, "busy" },
	{ LY_ERR_CRYPTO, "failed" },
};
#define NCODES (sizeof(codes) / sizeof(codes[0]))

static const char *
code_of(int err)
{
	size_t i;

	for (i = 0; i < NCODES - 1; i++)
		if (codes[i].err == err)
			break;
	return codes[i].code;
}

int
ly_wire_code_err(const char *code, size_t len, int *err)
{
	size_t i;

	for (i = 0; i < NCODES; i++) {
		if (strlen(codes[i].code) != len ||
		    memcmp(codes[i].code, code, len) != 0)
			continue;
		*err = codes[i].err;
		return 0;
	}
	return LY_ERR_FORMAT;
}

static int
put(struct ly_secret *s, const char *text)
{
	return ly_secret_append(s, text, strlen(text));
}

static int
put_item(struct ly_secret *s, const struct ly_wire_result *item)
{
	char head[40];
	int r;

	(void)snprintf(head, sizeof(head), "{\"ref\":%" PRIu32 ",", item->ref);
	if ((r = put(s, head)) != 0)
		return r;
	if (item->err == 0) {
		if ((r = put(s, "\"result\":\"")) == 0)
			r = ly_b64_encode_secret(item->data.data,
			    item->data.len, s);
	} else {
		if ((r = put(s, "\"error\":\"")) == 0)
			r = put(s, code_of(item->err));
	}
	return r != 0 ? r : put(s, "\"}");
}

/* The whole size, or 0 for a batch that breaks a limit. */
static size_t
size_of(const struct ly_wire_results *m, const size_t *out_max)
{
	size_t i, size = RESULTS_BASE;

	if (m->n < 1 || m->n > LY_WIRE_OPS_MAX ||
	    m->revision >= LY_WIRE_INT_MAX)
		return 0;
	for (i = 0; i < m->n; i++) {
		if (out_max[i] > LY_OP_OUT_MAX ||
		    m->items[i].data.len > out_max[i])
			return 0;
		size += RESULTS_ITEM + LY_B64_LEN(out_max[i]);
	}
	return size;
}

int
ly_wire_results_encode(const struct ly_wire_results *m,
    const size_t *out_max, struct ly_secret *json)
{
	const size_t size = size_of(m, out_max);
	struct ly_secret s = LY_SECRET_INIT;
	char head[64];
	size_t i;
	int r;

	if (size == 0)
		return LY_ERR_ARG;
	if ((r = ly_secret_alloc(&s, size)) != 0)
		goto out;
	(void)snprintf(head, sizeof(head),
	    "{\"revision\":%" PRIu64 ",\"items\":[", m->revision);
	if ((r = put(&s, head)) != 0)
		goto out;
	for (i = 0; i < m->n; i++) {
		if (i > 0 && (r = put(&s, ",")) != 0)
			goto out;
		if ((r = put_item(&s, &m->items[i])) != 0)
			goto out;
	}
	if ((r = put(&s, "]}")) != 0)
		goto out;
	memset(s.data + s.len, ' ', size - s.len);
	s.len = size;
	ly_secret_move(json, &s);
out:
	ly_secret_clear(&s);
	return r;
}

void
ly_wire_results_clear(struct ly_wire_results *m)
{
	size_t i;

	if (m == NULL)
		return;
	for (i = 0; m->items != NULL && i < m->n; i++)
		ly_secret_clear(&m->items[i].data);
	free(m->items);
	memset(m, 0, sizeof(*m));
}
