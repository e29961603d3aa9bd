/*
 * The catalogue's bytes: heap, order and index of a finished model. The
 * same model gives the same bytes.
 */
#include <stdlib.h>
#include <string.h>

#include "catalogue_impl.h"
#include "crypto.h"
#include "err.h"

struct index_row {
	uint64_t hash;
	uint32_t entry, seq;	/* seq keeps the order of listing */
};

struct writer {
	const struct ly_cat_model *m;
	uint32_t *values;	/* heap offset of each row's certificate */
	uint32_t *order;
	struct index_row *index;
	size_t nindex;
	struct ly_buf heap;
	struct ly_cat_map texts;	/* text -> heap offset */
};

/* A text's place in the heap, shared by all that have the same. */
static int
put_text(struct writer *w, const struct ly_view *v, uint32_t *off)
{
	const uint64_t h = ly_catalogue_hash(LY_IX_LABEL, v, NULL);
	size_t pos = 0;
	int r;

	while (ly_cat_map_get(&w->texts, h, &pos, off))
		if (w->heap.len - *off >= v->len &&
		    memcmp(w->heap.data + *off, v->p, v->len) == 0)
			return 0;
	*off = (uint32_t)w->heap.len;
	if ((r = ly_buf_put(&w->heap, v->p, v->len)) != 0)
		return r;
	return ly_cat_map_put(&w->texts, h, *off);
}

static int
put_values(struct writer *w)
{
	const struct ly_view *v;
	size_t i;
	int r;

	for (i = 0; i < w->m->n; i++) {
		v = &w->m->rows[i].e.value;
		w->values[i] = (uint32_t)w->heap.len;
		if (v->len > 0 &&
		    (r = ly_buf_put(&w->heap, v->p, v->len)) != 0)
			return r;
	}
	return 0;
}

/* Newest first; what is usable now before what is not; CAs last. */
struct sortable {
	int rank;
	int64_t not_before;
	uint32_t row;
};

static int
compare_listing(const void *pa, const void *pb)
{
	const struct sortable *a = pa, *b = pb;

	if (a->rank != b->rank)
		return a->rank < b->rank ? -1 : 1;
	if (a->not_before != b->not_before)
		return a->not_before > b->not_before ? -1 : 1;
	return a->row < b->row ? -1 : a->row > b->row;
}

static int
rank(const struct ly_cat_model *m, const struct ly_entry *e)
{
	if (e->kind == LY_ENTRY_CA)
		return 2;
	return e->state != LY_KEY_CURRENT || m->now < e->not_before ||
	    m->now > e->not_after;
}

static size_t
list_certs(const struct writer *w, uint32_t key, struct sortable *tmp,
    size_t at)
{
	const struct ly_cat_row *rows = w->m->rows;
	size_t i, n = 0;
	uint32_t c;

	for (c = rows[key].certs; c != LY_ROW_NONE; c = rows[c].next)
		tmp[n++] = (struct sortable){ 0, rows[c].e.not_before, c };
	qsort(tmp, n, sizeof(*tmp), compare_listing);
	for (i = 0; i < n; i++)
		w->order[at + i] = tmp[i].row;
	return n;
}

static int
make_order(struct writer *w)
{
	const struct ly_cat_model *m = w->m;
	struct sortable *s = NULL, *tmp = NULL;
	size_t i, n = 0, at = 0;
	int r = LY_ERR_NOMEM;

	s = calloc(m->n + 1, sizeof(*s));
	tmp = calloc(m->n + 1, sizeof(*tmp));
	if (s == NULL || tmp == NULL)
		goto out;
	for (i = 0; i < m->n; i++) {
		const struct ly_entry *e = &m->rows[i].e;

		if (e->kind == LY_ENTRY_CERT)
			continue;
		s[n++] = (struct sortable){ rank(m, e),
		    e->kind == LY_ENTRY_CA ? 0 : e->not_before, (uint32_t)i };
	}
	qsort(s, n, sizeof(*s), compare_listing);
	for (i = 0; i < n; i++) {
		w->order[at++] = s[i].row;
		if (m->rows[s[i].row].e.kind == LY_ENTRY_KEY)
			at += list_certs(w, s[i].row, tmp, at);
	}
	r = at == m->n ? 0 : LY_ERR_FORMAT;
out:
	free(s);
	free(tmp);
	return r;
}

static void
add_index(struct writer *w, enum ly_index kind, uint32_t row,
    const void *p, size_t len, const struct ly_view *b)
{
	const struct ly_view a = { p, len };

	if (len == 0)
		return;
	w->index[w->nindex] = (struct index_row){
	    ly_catalogue_hash(kind, &a, b), row, (uint32_t)w->nindex };
	w->nindex++;
}

static int
compare_index(const void *pa, const void *pb)
{
	const struct index_row *a = pa, *b = pb;

	if (a->hash != b->hash)
		return a->hash < b->hash ? -1 : 1;
	return a->seq < b->seq ? -1 : a->seq > b->seq;
}

static void
make_index(struct writer *w)
{
	const struct ly_entry *e;
	uint8_t kind;
	uint32_t row;
	size_t i;

	for (i = 0; i < w->m->n; i++) {
		row = w->order[i];
		e = &w->m->rows[row].e;
		kind = (uint8_t)e->kind;
		add_index(w, LY_IX_KIND, row, &kind, 1, NULL);
		add_index(w, LY_IX_ID, row, e->cka_id, LY_CKA_ID_LEN, NULL);
		add_index(w, LY_IX_SUBJECT, row, e->subject.p,
		    e->subject.len, NULL);
		add_index(w, LY_IX_LABEL, row, e->label.p, e->label.len,
		    NULL);
		if (e->kind != LY_ENTRY_CA)
			add_index(w, LY_IX_KEY_ID, row, e->key_id,
			    LY_KEY_ID_LEN, NULL);
		if (e->kind == LY_ENTRY_KEY)
			continue;
		add_index(w, LY_IX_ISSUER, row, e->issuer.p, e->issuer.len,
		    &e->serial);
		add_index(w, LY_IX_VALUE, row, e->value.p, e->value.len,
		    NULL);
		add_index(w, LY_IX_EMAIL, row, e->email.p, e->email.len,
		    NULL);
	}
	qsort(w->index, w->nindex, sizeof(*w->index), compare_index);
}

/*
 * One record. Views point into the row's own certificate, or, for a key,
 * into its newest one; labels and addresses stand in the heap once.
 */
static int
put_record(struct writer *w, uint32_t row, struct ly_buf *file)
{
	const struct ly_cat_row *r = &w->m->rows[row];
	const uint32_t base = r->e.kind == LY_ENTRY_KEY ? r->top : row;
	const struct ly_view *value = &w->m->rows[base].e.value, *v;
	struct ly_entry e = r->e;
	uint32_t off;
	size_t i;
	int err;

	(void)ly_buf_put_u8(file, (uint8_t)e.kind);
	(void)ly_buf_put_u8(file, (uint8_t)e.key_type);
	(void)ly_buf_put_u8(file, (uint8_t)e.delivery);
	(void)ly_buf_put_u8(file, (uint8_t)e.state);
	(void)ly_buf_put_u32(file, e.use);
	(void)ly_buf_put_u32(file, e.bits);
	(void)ly_buf_put_u64(file, (uint64_t)e.not_before);
	(void)ly_buf_put_u64(file, (uint64_t)e.not_after);
	(void)ly_buf_put(file, e.key_id, sizeof(e.key_id));
	(void)ly_buf_put(file, e.cka_id, sizeof(e.cka_id));
	(void)ly_buf_put(file, e.check_value, sizeof(e.check_value));
	(void)ly_buf_put_u8(file, 0);
	for (i = 0; (v = ly_entry_view(&e, i)) != NULL; i++) {
		if (v->len == 0)
			off = 0;
		else if (i != LY_VIEW_LABEL && i != LY_VIEW_EMAIL)
			off = w->values[base] + (uint32_t)(v->p - value->p);
		else if ((err = put_text(w, v, &off)) != 0)
			return err;
		(void)ly_buf_put_u32(file, off);
		(void)ly_buf_put_u32(file, (uint32_t)v->len);
	}
	return file->err;
}

static int
put_file(struct writer *w, struct ly_buf *file)
{
	const uint8_t zero[LY_SHA256_LEN] = { 0 };
	size_t i;
	int r;

	(void)ly_buf_put(file, LY_CAT_MAGIC, LY_CAT_MAGIC_LEN);
	(void)ly_buf_put(file, zero, sizeof(zero));
	(void)ly_buf_put_u32(file, 0);
	(void)ly_buf_put_u32(file, (uint32_t)w->m->n);
	(void)ly_buf_put_u32(file, (uint32_t)w->nindex);
	(void)ly_buf_put_u64(file, w->m->revision);
	(void)ly_buf_put_u64(file, w->m->lineage);
	for (i = 0; i < w->m->n; i++)
		if ((r = put_record(w, (uint32_t)i, file)) != 0)
			return r;
	for (i = 0; i < w->m->n; i++)
		(void)ly_buf_put_u32(file, w->order[i]);
	for (i = 0; i < w->nindex; i++) {
		(void)ly_buf_put_u64(file, w->index[i].hash);
		(void)ly_buf_put_u32(file, w->index[i].entry);
	}
	return ly_buf_put(file, w->heap.data, w->heap.len);
}

/* The length and the digest, which cover what is written by now. */
static int
finish(struct ly_buf *file)
{
	size_t i;

	for (i = 0; i < 4; i++)
		file->data[LY_CAT_LENGTH + i] = (uint8_t)(file->len >> 8 * i);
	return ly_digest(LY_SHA256, file->data + LY_CAT_COVERED,
	    file->len - LY_CAT_COVERED, file->data + LY_CAT_DIGEST);
}

static int
writer_init(struct writer *w, const struct ly_cat_model *m)
{
	memset(w, 0, sizeof(*w));
	w->m = m;
	ly_buf_init(&w->heap, LY_CATALOGUE_MAX);
	w->values = calloc(m->n + 1, sizeof(*w->values));
	w->order = calloc(m->n + 1, sizeof(*w->order));
	w->index = calloc(LY_INDEX_KINDS * m->n + 1, sizeof(*w->index));
	if (w->values == NULL || w->order == NULL || w->index == NULL)
		return LY_ERR_NOMEM;
	return ly_cat_map_init(&w->texts, 2 * m->n);
}

int
ly_cat_write(const struct ly_cat_model *m, struct ly_buf *file)
{
	struct ly_buf out;
	struct writer w;
	int r;

	ly_buf_init(&out, LY_CATALOGUE_MAX);
	if ((r = writer_init(&w, m)) != 0)
		goto out;
	if ((r = make_order(&w)) != 0)
		goto out;
	make_index(&w);
	if ((r = put_values(&w)) != 0)
		goto out;
	if ((r = put_file(&w, &out)) != 0)
		goto out;
	if ((r = finish(&out)) != 0)
		goto out;
	ly_buf_clear(file);
	*file = out;
	ly_buf_init(&out, LY_CATALOGUE_MAX);
out:
	ly_buf_clear(&w.heap);
	ly_buf_clear(&out);
	ly_cat_map_clear(&w.texts);
	free(w.values);
	free(w.order);
	free(w.index);
	return r;
}
