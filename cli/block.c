/* Finds, puts and takes away our block of a text; see block.h. */
#include "config.h"

#include <string.h>

#include "block.h"
#include "buf.h"
#include "err.h"

#define BEGIN "# lanyard register: begin"
#define NEW_FILE ", new file"
#define END "# lanyard register: end"

/* Where the block lies, with the end of its last line. */
struct block {
	size_t off, len;
	size_t body;		/* where its second line begins */
	size_t body_len;
	int new_file;		/* the file was made for it */
	int ended;		/* its last line has an end */
};

/* The line at off: its length, and with its end in *step. */
static size_t
line_at(const struct ly_buf *b, size_t off, size_t *step)
{
	const uint8_t *p = b->data + off;
	const uint8_t *nl = memchr(p, '\n', b->len - off);
	const size_t len = nl != NULL ? (size_t)(nl - p) : b->len - off;

	*step = nl != NULL ? len + 1 : len;
	return len;
}

static int
line_is(const struct ly_buf *b, size_t off, size_t len, const char *text)
{
	return len == strlen(text) && memcmp(b->data + off, text, len) == 0;
}

/* 1 found, 0 not there, LY_ERR_FORMAT: no end. */
static int
find(const struct ly_buf *b, struct block *k)
{
	size_t off, len, step;
	int within = 0;

	memset(k, 0, sizeof(*k));
	for (off = 0; off < b->len; off += step) {
		len = line_at(b, off, &step);
		if (!within && (line_is(b, off, len, BEGIN) ||
		    line_is(b, off, len, BEGIN NEW_FILE))) {
			within = 1;
			k->off = off;
			k->body = off + step;
			k->new_file = len > strlen(BEGIN);
		} else if (within && line_is(b, off, len, END)) {
			k->body_len = off - k->body;
			k->len = off + step - k->off;
			k->ended = step > len;
			return 1;
		}
	}
	return within ? LY_ERR_FORMAT : 0;
}

static void
put_str(struct ly_buf *b, const char *s)
{
	(void)ly_buf_put(b, s, strlen(s));
}

/* The block; the file's last line gets no end if the last had none. */
static int
put_block(struct ly_buf *new, const char *body, int new_file, int ended)
{
	put_str(new, new_file ? BEGIN NEW_FILE "\n" : BEGIN "\n");
	put_str(new, body);
	put_str(new, ended ? END "\n" : END);
	return new->err;
}

/* At the end. The line before may want an end first: ours then has none. */
static int
append(const struct ly_buf *old, const char *body, struct ly_buf *new)
{
	int ended = 1;

	if (old != NULL && old->len > 0) {
		(void)ly_buf_put(new, old->data, old->len);
		ended = old->data[old->len - 1] == '\n';
		if (!ended)
			put_str(new, "\n");
	}
	return put_block(new, body, old == NULL, ended);
}

static int
cut(const struct ly_buf *old, const struct block *k, struct ly_buf *new,
    int *gone)
{
	const size_t from = k->off, to = k->off + k->len;
	/* The end of the line before was ours, too: see append. */
	const int too = !k->ended && from > 0;

	(void)ly_buf_put(new, old->data, too ? from - 1 : from);
	(void)ly_buf_put(new, old->data + to, old->len - to);
	*gone = k->new_file && new->len == 0;
	return new->err;
}

static int
replace(const struct ly_buf *old, const struct block *k, const char *body,
    struct ly_buf *new)
{
	(void)ly_buf_put(new, old->data, k->off);
	(void)put_block(new, body, k->new_file, k->ended);
	return ly_buf_put(new, old->data + k->off + k->len,
	    old->len - k->off - k->len);
}

int
ly_block_edit(const struct ly_buf *old, const char *body,
    struct ly_buf *new, enum ly_nss_change *change, int *gone)
{
	struct block k;
	const int found = old != NULL ? find(old, &k) : 0;
	int r;

	*gone = 0;
	if (found < 0)
		return found;
	if (found == 0 && body == NULL) {
		*change = LY_NSS_SAME;
		return 0;
	}
	if (found == 0) {
		*change = LY_NSS_ADDED;
		return append(old, body, new);
	}
	if (body == NULL) {
		*change = LY_NSS_REMOVED;
		return cut(old, &k, new, gone);
	}
	if (k.body_len == strlen(body) &&
	    memcmp(old->data + k.body, body, k.body_len) == 0) {
		*change = LY_NSS_SAME;
		return 0;
	}
	r = replace(old, &k, body, new);
	*change = LY_NSS_REPLACED;
	return r;
}

int
ly_block_has(const struct ly_buf *text)
{
	struct block k;

	return find(text, &k) != 0;
}
