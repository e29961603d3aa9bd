/*
 * Labels: what a person sees in a list of certificates. Unique within the
 * catalogue, because programs find keys by them, and never changed once
 * given.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "catalogue_impl.h"
#include "err.h"

#define TAIL_MAX 48	/* bytes of a tail with its number */

static uint64_t
hash_of(const char *label)
{
	const struct ly_view v = { (const uint8_t *)label, strlen(label) };

	return ly_catalogue_hash(LY_IX_LABEL, &v, NULL);
}

/* name, cut at a character so that tail fits behind it, and tail. */
static void
compose(char label[LY_ENTRY_LABEL_MAX + 1], const char *name,
    const char *tail)
{
	const size_t room = LY_ENTRY_LABEL_MAX - strlen(tail);
	size_t len = strlen(name);

	if (len > room) {
		len = room;
		while (len > 0 && ((uint8_t)name[len] & 0xc0) == 0x80)
			len--;
	}
	(void)snprintf(label, LY_ENTRY_LABEL_MAX + 1, "%.*s%s", (int)len,
	    name, tail);
}

static int
taken(const struct ly_cat_model *m, const char *label)
{
	const uint64_t h = hash_of(label);
	const struct ly_view *v;
	uint32_t row;
	size_t pos = 0;

	while (ly_cat_map_get(&m->labels, h, &pos, &row)) {
		v = &m->rows[row].e.label;
		if (v->len == strlen(label) &&
		    memcmp(v->p, label, v->len) == 0)
			return 1;
	}
	return 0;
}

int
ly_cat_label_known(struct ly_cat_model *m, uint32_t row)
{
	return ly_cat_map_put(&m->labels, ly_catalogue_hash(LY_IX_LABEL,
	    &m->rows[row].e.label, NULL), row);
}

int
ly_cat_label(struct ly_cat_model *m, uint32_t row, const char *name,
    const char *tail)
{
	char label[LY_ENTRY_LABEL_MAX + 1], full[TAIL_MAX];
	struct ly_view *v = &m->rows[row].e.label;
	uint64_t base;
	uint32_t n = 1;
	size_t pos = 0;
	int r;

	compose(label, name, tail);
	base = hash_of(label);
	(void)ly_cat_map_get(&m->bases, base, &pos, &n);
	while (n > 1 || taken(m, label)) {
		(void)snprintf(full, sizeof(full), "%s (%" PRIu32 ")", tail,
		    ++n);
		compose(label, name, full);
		if (!taken(m, label))
			break;
	}
	if (n > 1 && (r = ly_cat_map_set(&m->bases, base, n)) != 0)
		return r;
	v->len = strlen(label);
	if ((v->p = ly_cat_keep(&m->arena, label, v->len)) == NULL)
		return LY_ERR_NOMEM;
	return ly_cat_label_known(m, row);
}
