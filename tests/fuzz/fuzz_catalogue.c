/*
 * A catalogue from anywhere: opened, walked in every way, verified, and
 * used as the old one of the next; then once more with the digest put
 * right, to get behind it.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "catalogue_impl.h"
#include "crypto.h"
#include "wire.h"

#define HITS_MAX 2000	/* looked at in one walk */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned hits;
static volatile unsigned sink;		/* keeps reads from being left out */

/* Every byte of a view must be there. */
static unsigned
touch(const struct ly_view *v)
{
	unsigned sum = 0;
	size_t i;

	for (i = 0; i < v->len; i += v->len > 64 ? v->len / 16 : 1)
		sum += v->p[i];
	return v->len > 0 ? sum + v->p[v->len - 1] : sum;
}

static void
find(const struct ly_catalogue *c, enum ly_index kind,
    const struct ly_view *a, const struct ly_view *b)
{
	size_t first, n, i;
	struct ly_entry e;
	uint32_t hit;

	ly_catalogue_find(c, kind, a, b, &first, &n);
	if (n > ly_catalogue_index_len(c) ||
	    first > ly_catalogue_index_len(c) - n)
		abort();
	for (i = first; i < first + n && hits < HITS_MAX; i++, hits++)
		if (ly_catalogue_hit(c, i, &hit) == 0)
			(void)ly_catalogue_entry(c, hit, &e);
}

static void
walk_entry(const struct ly_catalogue *c, struct ly_entry *e)
{
	const struct ly_view id = { e->cka_id, LY_CKA_ID_LEN };
	const struct ly_view key_id = { e->key_id, LY_KEY_ID_LEN };
	const struct ly_view *v;
	size_t i;

	for (i = 0; (v = ly_entry_view(e, i)) != NULL; i++)
		sink += touch(v);
	find(c, LY_IX_ID, &id, NULL);
	find(c, LY_IX_KEY_ID, &key_id, NULL);
	find(c, LY_IX_ISSUER, &e->issuer, &e->serial);
	find(c, LY_IX_SUBJECT, &e->subject, NULL);
	find(c, LY_IX_LABEL, &e->label, NULL);
	find(c, LY_IX_VALUE, &e->value, NULL);
	find(c, LY_IX_EMAIL, &e->email, NULL);
}

static void
walk(const struct ly_catalogue *c)
{
	const size_t n = ly_catalogue_count(c);
	struct ly_entry e;
	uint8_t kind;
	uint32_t k;
	size_t i;

	hits = 0;
	for (i = 0; i < n; i++)
		if (ly_catalogue_order(c, i, &k) == 0 &&
		    ly_catalogue_entry(c, k, &e) == 0)
			walk_entry(c, &e);
	for (kind = 0; kind < 5; kind++) {
		const struct ly_view v = { &kind, 1 };

		find(c, LY_IX_KIND, &v, NULL);
	}
}

/* The next catalogue, made of this one alone, must be a good one. */
static void
rebuild(const struct ly_catalogue *c)
{
	static const struct ly_wire_keys none;
	struct ly_catalogue *next = NULL;
	struct ly_buf file;

	ly_buf_init(&file, LY_CATALOGUE_MAX);
	if (ly_catalogue_build(c, &none, 1, &file, NULL) == 0) {
		if (ly_catalogue_open(&file, &next) != 0 ||
		    ly_catalogue_verify(next) != 0 ||
		    ly_catalogue_count(next) != ly_catalogue_count(c))
			abort();
		walk(next);
	}
	ly_catalogue_unref(&next);
	ly_buf_clear(&file);
}

static void
run(const uint8_t *data, size_t size, int seal)
{
	struct ly_catalogue *c = NULL;
	struct ly_buf file;

	ly_buf_init(&file, LY_CATALOGUE_MAX);
	if (ly_buf_put(&file, data, size) != 0)
		return;
	if (seal && size >= LY_CAT_HEADER)
		(void)ly_digest(LY_SHA256, file.data + LY_CAT_COVERED,
		    size - LY_CAT_COVERED, file.data + LY_CAT_DIGEST);
	if (ly_catalogue_open(&file, &c) == 0) {
		walk(c);
		if (ly_catalogue_verify(c) == 0)
			rebuild(c);
	}
	ly_catalogue_unref(&c);
	ly_buf_clear(&file);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	run(data, size, 0);
	run(data, size, 1);
	return 0;
}
