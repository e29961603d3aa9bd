/*
 * The model of a catalogue while the next one is made: rows, each with an
 * entry, and the maps that find them. Takes over the old catalogue, which
 * has to pass the whole check first.
 */
#include <stdlib.h>
#include <string.h>

#include "catalogue_impl.h"
#include "cert.h"
#include "crypto.h"
#include "err.h"
#include "wire.h"

static uint64_t
hash_value(enum ly_index kind, const void *p, size_t len)
{
	const struct ly_view v = { p, len };

	return ly_catalogue_hash(kind, &v, NULL);
}

int
ly_cat_append(struct ly_cat_model *m, enum ly_entry_kind kind, uint32_t *row)
{
	struct ly_cat_row *r;

	if (m->n >= m->cap || m->n >= LY_ENTRIES_MAX)
		return LY_ERR_TOOBIG;
	r = &m->rows[m->n];
	memset(r, 0, sizeof(*r));
	r->e.kind = kind;
	r->certs = r->next = r->top = LY_ROW_NONE;
	*row = (uint32_t)m->n++;
	return 0;
}

int
ly_cat_find_key(const struct ly_cat_model *m, const uint8_t *id,
    uint32_t *row)
{
	const uint64_t h = hash_value(LY_IX_KEY_ID, id, LY_KEY_ID_LEN);
	size_t pos = 0;
	uint32_t n;

	while (ly_cat_map_get(&m->keys, h, &pos, &n)) {
		if (memcmp(m->rows[n].e.key_id, id, LY_KEY_ID_LEN) != 0)
			continue;
		*row = n;
		return 1;
	}
	return 0;
}

int
ly_cat_find_value(const struct ly_cat_model *m, enum ly_entry_kind kind,
    const void *p, size_t len, uint32_t *row)
{
	const uint64_t h = hash_value(LY_IX_VALUE, p, len);
	const struct ly_entry *e;
	size_t pos = 0;
	uint32_t n;

	while (ly_cat_map_get(&m->values, h, &pos, &n)) {
		e = &m->rows[n].e;
		if (e->kind != kind || e->value.len != len ||
		    memcmp(e->value.p, p, len) != 0)
			continue;
		*row = n;
		return 1;
	}
	return 0;
}

int
ly_cat_note_key(struct ly_cat_model *m, uint32_t row)
{
	return ly_cat_map_put(&m->keys, hash_value(LY_IX_KEY_ID,
	    m->rows[row].e.key_id, LY_KEY_ID_LEN), row);
}

int
ly_cat_note_value(struct ly_cat_model *m, uint32_t row)
{
	const struct ly_view *v = &m->rows[row].e.value;

	return ly_cat_map_put(&m->values, ly_catalogue_hash(LY_IX_VALUE, v,
	    NULL), row);
}

int
ly_cat_link(struct ly_cat_model *m, uint32_t key, uint32_t cert)
{
	struct ly_cat_row *c = &m->rows[cert];

	c->next = m->rows[key].certs;
	m->rows[key].certs = cert;
	return ly_cat_note_value(m, cert);
}

static struct ly_view
view(const uint8_t *der, struct ly_span s)
{
	return (struct ly_view){ der + s.off, s.len };
}

static int
cka_id(struct ly_entry *e)
{
	const struct ly_view *v = &e->spki;

	if (e->kind != LY_ENTRY_CA)
		v = e->key_type == LY_KEY_RSA ? &e->modulus : &e->point;
	return ly_digest(LY_SHA1, v->p, v->len, e->cka_id);
}

int
ly_cat_fill(struct ly_cat_model *m, uint32_t row, const uint8_t *der,
    size_t len, const struct ly_cert_info *info)
{
	struct ly_cat_row *r = &m->rows[row];
	struct ly_entry *e = &r->e;
	uint8_t md[LY_HASH_MAX];
	int err;

	e->key_type = info->key_type;
	e->bits = info->bits;
	e->not_before = info->not_before;
	e->not_after = info->not_after;
	e->value = (struct ly_view){ der, len };
	e->subject = view(der, info->subject);
	e->issuer = view(der, info->issuer);
	e->serial = view(der, info->serial);
	e->spki = view(der, info->spki);
	e->modulus = view(der, info->modulus);
	e->exponent = view(der, info->exponent);
	e->point = view(der, info->point);
	e->params = view(der, info->params);
	e->email.len = strlen(info->email);
	e->email.p = ly_cat_keep(&m->arena, info->email, e->email.len);
	if (e->email.p == NULL)
		return LY_ERR_NOMEM;
	e->use = r->ku = info->use;
	r->parsed = 1;
	if ((err = ly_digest(LY_SHA1, der, len, md)) != 0)
		return err;
	memcpy(e->check_value, md, sizeof(e->check_value));
	return cka_id(e);
}

void
ly_cat_refresh(struct ly_cat_model *m, uint32_t key)
{
	struct ly_cat_row *k = &m->rows[key];
	const struct ly_entry *e, *best = NULL;
	struct ly_entry old = k->e;
	uint32_t c;

	for (c = k->certs; c != LY_ROW_NONE; c = m->rows[c].next) {
		e = &m->rows[c].e;
		if (best != NULL && (e->not_before < best->not_before ||
		    (e->not_before == best->not_before && c > k->top)))
			continue;
		best = e;
		k->top = c;
	}
	if (best == NULL)
		return;
	k->e = *best;
	k->e.kind = LY_ENTRY_KEY;
	k->e.value = (struct ly_view){ NULL, 0 };
	memset(k->e.check_value, 0, sizeof(k->e.check_value));
	k->e.delivery = old.delivery;
	k->e.state = old.state;
	k->e.label = old.label;
}

/* A certificate of the old catalogue, whose keys are all taken by now. */
static int
take_cert(struct ly_cat_model *m, uint32_t row)
{
	uint32_t key;

	if (!ly_cat_find_key(m, m->rows[row].e.key_id, &key))
		return LY_ERR_FORMAT;
	return ly_cat_link(m, key, row);
}

/*
 * Whether all that a certificate's entry points at lies in the certificate:
 * the writer copies nothing else.
 */
static int
self_contained(struct ly_entry *e)
{
	const struct ly_view *v;
	size_t i;

	for (i = 0; (v = ly_entry_view(e, i)) != NULL; i++) {
		if (i == LY_VIEW_LABEL || i == LY_VIEW_EMAIL || v->len == 0)
			continue;
		if (v->p < e->value.p || v->len > e->value.len ||
		    (size_t)(v->p - e->value.p) > e->value.len - v->len)
			return 0;
	}
	return 1;
}

static int
take_entry(struct ly_cat_model *m, const struct ly_catalogue *old, uint32_t i)
{
	struct ly_entry e;
	uint32_t row, other;
	int r;

	if ((r = ly_catalogue_entry(old, i, &e)) != 0)
		return r;
	if (e.kind != LY_ENTRY_KEY && !self_contained(&e))
		return LY_ERR_FORMAT;
	if ((r = ly_cat_append(m, e.kind, &row)) != 0)
		return r;
	m->rows[row].e = e;
	if (e.kind == LY_ENTRY_CERT)
		return 0;
	if ((r = ly_cat_label_known(m, row)) != 0)
		return r;
	if (e.kind == LY_ENTRY_CA)
		return ly_cat_note_value(m, row);
	if (ly_cat_find_key(m, e.key_id, &other))
		return LY_ERR_FORMAT;
	return ly_cat_note_key(m, row);
}

int
ly_cat_take(struct ly_cat_model *m, const struct ly_catalogue *old)
{
	uint32_t i;
	int r;

	if ((r = ly_catalogue_verify(old)) != 0)
		return r;
	for (i = 0; i < ly_catalogue_count(old); i++)
		if ((r = take_entry(m, old, i)) != 0)
			return r;
	for (i = 0; i < m->n; i++)
		if (m->rows[i].e.kind == LY_ENTRY_CERT &&
		    (r = take_cert(m, i)) != 0)
			return r;
	for (i = 0; i < m->n; i++) {
		if (m->rows[i].e.kind != LY_ENTRY_KEY)
			continue;
		if (m->rows[i].certs == LY_ROW_NONE)
			return LY_ERR_FORMAT;
		ly_cat_refresh(m, i);
	}
	m->lineage = ly_catalogue_lineage(old);
	return 0;
}

int
ly_cat_model_init(struct ly_cat_model *m, const struct ly_catalogue *old,
    const struct ly_wire_keys *keys)
{
	size_t i, n = keys->nca;
	int r;

	if (old != NULL)
		n += ly_catalogue_count(old);
	for (i = 0; i < keys->nkeys && n < LY_ENTRIES_MAX; i++)
		n += 1 + keys->keys[i].ncerts;
	m->cap = n;
	if ((m->rows = calloc(n + 1, sizeof(*m->rows))) == NULL)
		return LY_ERR_NOMEM;
	if ((r = ly_cat_map_init(&m->keys, n)) != 0)
		return r;
	if ((r = ly_cat_map_init(&m->values, n)) != 0)
		return r;
	if ((r = ly_cat_map_init(&m->labels, n)) != 0)
		return r;
	return ly_cat_map_init(&m->bases, n);
}

void
ly_cat_model_clear(struct ly_cat_model *m)
{
	free(m->rows);
	ly_cat_map_clear(&m->keys);
	ly_cat_map_clear(&m->values);
	ly_cat_map_clear(&m->labels);
	ly_cat_map_clear(&m->bases);
	ly_cat_arena_clear(&m->arena);
	memset(m, 0, sizeof(*m));
}
