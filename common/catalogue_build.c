/*
 * What a catalogue becomes when an answer of the service is applied: known
 * keys in place, new ones behind them. Nothing ever leaves: a mail of ten
 * years ago needs the certificate of ten years ago. catalogue_write.c makes
 * the bytes.
 */
#include <stdio.h>
#include <string.h>

#include "catalogue_impl.h"
#include "cert.h"
#include "compat.h"
#include "crypto.h"
#include "err.h"
#include "secret.h"
#include "wire.h"

static int
parse(const struct ly_buf *der, struct ly_cert_info *info, const char *what,
    struct ly_why *why)
{
	int r = ly_cert_parse(der->data, der->len, info);

	if (r != 0 && r != LY_ERR_UNSUPPORTED && r != LY_ERR_NOMEM)
		return ly_fail(why, LY_ERR_FORMAT, "certificate of %s: %s",
		    what, ly_strerror(r));
	return r;
}

/* The first row of a key, named after its newest certificate. */
static int
label_key(struct ly_cat_model *m, uint32_t key, const char *name)
{
	const struct ly_entry *e = &m->rows[key].e;
	char from[LY_TIME_LEN], to[LY_TIME_LEN], tail[32], id[9];

	ly_time_str(e->not_before, from);
	ly_time_str(e->not_after, to);
	if (strncmp(from, to, 4) == 0)
		(void)snprintf(tail, sizeof(tail), " S/MIME %.4s", from);
	else
		(void)snprintf(tail, sizeof(tail), " S/MIME %.4s-%.4s", from,
		    to);
	ly_hex(e->key_id, 4, id);
	return ly_cat_label(m, key, name[0] != '\0' ? name : id, tail);
}

/* What the service says of a key, to the key and all its certificates. */
static int
apply_policy(struct ly_cat_model *m, uint32_t key,
    const struct ly_wire_key *k)
{
	struct ly_cat_row *row = &m->rows[key], *c;
	struct ly_cert_info info;
	uint32_t n;
	int r;

	row->e.delivery = k->delivery;
	row->e.state = k->state;
	for (n = row->certs; n != LY_ROW_NONE; n = c->next) {
		c = &m->rows[n];
		if (!c->parsed) {
			if ((r = ly_cert_parse(c->e.value.p, c->e.value.len,
			    &info)) != 0)
				return r;
			c->ku = info.use;
			c->parsed = 1;
		}
		c->e.use = c->ku & k->use;
		c->e.state = k->state;
		memcpy(c->e.key_id, k->key_id, LY_KEY_ID_LEN);
	}
	ly_cat_refresh(m, key);
	return 0;
}

/* One certificate of a key; *key is made when it is the first. */
static int
apply_cert(struct ly_cat_model *m, const struct ly_wire_key *k,
    const struct ly_buf *der, uint32_t *key, struct ly_cert_info *info,
    struct ly_why *why)
{
	uint8_t id[LY_KEY_ID_LEN];
	char hex[LY_KEY_ID_HEX];
	uint32_t row;
	int r;

	ly_hex(k->key_id, LY_KEY_ID_LEN, hex);
	if ((r = parse(der, info, hex, why)) != 0)
		return r;
	if ((r = ly_key_id(der->data + info->spki.off, info->spki.len,
	    id)) != 0)
		return r;
	if (!ly_memeq(id, k->key_id, sizeof(id)))
		return ly_fail(why, LY_ERR_FORMAT,
		    "certificate of %s: of another key", hex);
	if (*key == LY_ROW_NONE) {
		if ((r = ly_cat_append(m, LY_ENTRY_KEY, key)) != 0)
			return r;
		memcpy(m->rows[*key].e.key_id, id, sizeof(id));
		if ((r = ly_cat_note_key(m, *key)) != 0)
			return r;
	}
	if (ly_cat_find_value(m, LY_ENTRY_CERT, der->data, der->len, &row)) {
		m->rows[row].ku = info->use;
		m->rows[row].parsed = 1;
		return 0;
	}
	if ((r = ly_cat_append(m, LY_ENTRY_CERT, &row)) != 0)
		return r;
	if ((r = ly_cat_fill(m, row, der->data, der->len, info)) != 0)
		return r;
	return ly_cat_link(m, *key, row);
}

/*
 * One key of the answer. A key of a type that this version does not know
 * is left out, so that it takes no other with it.
 */
static int
apply_key(struct ly_cat_model *m, const struct ly_wire_key *k,
    struct ly_why *why)
{
	struct ly_cert_info info, newest;
	uint32_t key = LY_ROW_NONE, c;
	size_t i;
	int r;

	(void)ly_cat_find_key(m, k->key_id, &key);
	newest.not_before = INT64_MIN;
	for (i = 0; i < k->ncerts; i++) {
		r = apply_cert(m, k, &k->certs[i], &key, &info, why);
		if (r == LY_ERR_UNSUPPORTED)
			continue;
		if (r != 0)
			return r;
		if (info.not_before > newest.not_before)
			newest = info;
	}
	if (key == LY_ROW_NONE)
		return 0;
	if ((r = apply_policy(m, key, k)) != 0)
		return r;
	if (m->rows[key].e.label.len == 0 &&
	    (r = label_key(m, key, newest.name)) != 0)
		return r;
	for (c = m->rows[key].certs; c != LY_ROW_NONE; c = m->rows[c].next)
		m->rows[c].e.label = m->rows[key].e.label;
	return 0;
}

static int
apply_ca(struct ly_cat_model *m, const struct ly_buf *der,
    struct ly_why *why)
{
	struct ly_cert_info info;
	uint32_t row;
	int r;

	if (ly_cat_find_value(m, LY_ENTRY_CERT, der->data, der->len, &row) ||
	    ly_cat_find_value(m, LY_ENTRY_CA, der->data, der->len, &row))
		return 0;
	if ((r = parse(der, &info, "an authority", why)) != 0)
		return r == LY_ERR_UNSUPPORTED ? 0 : r;
	if ((r = ly_cat_append(m, LY_ENTRY_CA, &row)) != 0)
		return r;
	if ((r = ly_cat_fill(m, row, der->data, der->len, &info)) != 0)
		return r;
	if ((r = ly_cat_note_value(m, row)) != 0)
		return r;
	return ly_cat_label(m, row, info.name[0] != '\0' ? info.name : "CA",
	    "");
}

static int
apply(struct ly_cat_model *m, const struct ly_wire_keys *keys,
    struct ly_why *why)
{
	size_t i;
	int r;

	for (i = 0; i < keys->nkeys; i++)
		if ((r = apply_key(m, &keys->keys[i], why)) != 0)
			return r;
	for (i = 0; i < keys->nca; i++)
		if ((r = apply_ca(m, &keys->ca[i], why)) != 0)
			return r;
	return 0;
}

int
ly_catalogue_build(const struct ly_catalogue *old,
    const struct ly_wire_keys *keys, uint64_t lineage, struct ly_buf *file,
    struct ly_why *why)
{
	struct ly_cat_model m;
	int r;

	memset(&m, 0, sizeof(m));
	m.lineage = lineage;
	m.revision = keys->revision;
	m.now = ly_time();
	if ((r = ly_cat_model_init(&m, old, keys)) != 0)
		goto out;
	if (old != NULL && (r = ly_cat_take(&m, old)) != 0) {
		r = ly_fail(why, r, "the old catalogue: %s", ly_strerror(r));
		goto out;
	}
	if ((r = apply(&m, keys, why)) != 0)
		goto out;
	r = ly_cat_write(&m, file);
out:
	if (r == LY_ERR_TOOBIG)
		r = ly_fail(why, r, "more certificates than a catalogue "
		    "can hold");
	ly_cat_model_clear(&m);
	return r;
}
