/*
 * The catalogue, read: straight out of the file's bytes, by byte reads that
 * need no alignment. Nothing is copied, parsed or allocated after the open,
 * OpenSSL is not used, and every offset is checked where it is used, after
 * it was read once: the file may be mapped.
 */
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "catalogue_impl.h"
#include "err.h"
#include "file.h"

struct ly_catalogue {
	atomic_uint refs;
	struct ly_file_bytes file;
	uint32_t count, nindex;
	const uint8_t *records, *order, *index, *heap;
	size_t heap_len;
	uint64_t revision, lineage;
};

static uint32_t
u32(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
	    (uint32_t)p[3] << 24;
}

static uint64_t
u64(const uint8_t *p)
{
	return (uint64_t)u32(p) | (uint64_t)u32(p + 4) << 32;
}

/* The sections of c; LY_ERR_FORMAT when they do not fit into its file. */
static int
sections(struct ly_catalogue *c)
{
	const uint8_t *p = c->file.data;
	uint64_t fixed;

	c->count = u32(p + LY_CAT_COUNT);
	c->nindex = u32(p + LY_CAT_NINDEX);
	if (c->count > LY_ENTRIES_MAX ||
	    c->nindex > (uint64_t)LY_INDEX_KINDS * c->count ||
	    u32(p + LY_CAT_LENGTH) != c->file.len)
		return LY_ERR_FORMAT;
	fixed = LY_CAT_HEADER +
	    (uint64_t)c->count * (LY_REC_SIZE + LY_ORDER_SIZE) +
	    (uint64_t)c->nindex * LY_INDEX_SIZE;
	if (fixed > c->file.len)
		return LY_ERR_FORMAT;
	c->records = p + LY_CAT_HEADER;
	c->order = c->records + (size_t)c->count * LY_REC_SIZE;
	c->index = c->order + (size_t)c->count * LY_ORDER_SIZE;
	c->heap = c->index + (size_t)c->nindex * LY_INDEX_SIZE;
	c->heap_len = c->file.len - (size_t)fixed;
	c->revision = u64(p + LY_CAT_REVISION);
	c->lineage = u64(p + LY_CAT_LINEAGE);
	return 0;
}

/* "LYCAT" and another digit is a version that we do not know. */
static int
magic(const struct ly_file_bytes *file)
{
	static const uint8_t ours[LY_CAT_MAGIC_LEN] = LY_CAT_MAGIC;

	if (file->len < LY_CAT_HEADER || file->len > LY_CATALOGUE_MAX)
		return LY_ERR_FORMAT;
	if (memcmp(file->data, ours, sizeof(ours)) == 0)
		return 0;
	if (memcmp(file->data, ours, 5) == 0 && file->data[5] > '1' &&
	    file->data[5] <= '9')
		return LY_ERR_UNSUPPORTED;
	return LY_ERR_FORMAT;
}

/* As ly_catalogue_open; b is taken over, or left as it is. */
static int
open_bytes(const struct ly_file_bytes *b, struct ly_catalogue **out)
{
	struct ly_catalogue *c = NULL;
	int r;

	if ((r = magic(b)) != 0)
		return r;
	if ((c = calloc(1, sizeof(*c))) == NULL)
		return LY_ERR_NOMEM;
	c->file = *b;
	if ((r = sections(c)) != 0) {
		free(c);
		return r;
	}
	atomic_init(&c->refs, 1);
	*out = c;
	return 0;
}

int
ly_catalogue_open(struct ly_buf *file, struct ly_catalogue **out)
{
	const struct ly_file_bytes b = {
		.data = file->data, .len = file->len, .read = *file
	};
	int r;

	if ((r = open_bytes(&b, out)) == 0)
		ly_buf_init(file, file->max);
	return r;
}

int
ly_catalogue_load(const char *dir, struct ly_catalogue **out,
    struct ly_why *why)
{
	char path[LY_PATH_MAX];
	struct ly_file_bytes b;
	int r;

	if ((r = ly_path_join(path, dir, "catalogue")) != 0)
		return r;
	if ((r = ly_file_bytes(path, LY_CATALOGUE_MAX, LY_FILE_OWNED, &b,
	    why)) != 0)
		return r;
	if ((r = open_bytes(&b, out)) == 0)
		return 0;
	ly_file_bytes_clear(&b);
	if (r == LY_ERR_FORMAT)
		r = ly_fail(why, r, "%s is damaged: \"lanyard sync\" writes "
		    "a new one", path);
	else if (r == LY_ERR_UNSUPPORTED)
		r = ly_fail(why, r, "%s is of a newer version of Lanyard",
		    path);
	return r;
}

struct ly_catalogue *
ly_catalogue_ref(struct ly_catalogue *c)
{
	if (c != NULL)
		atomic_fetch_add_explicit(&c->refs, 1, memory_order_relaxed);
	return c;
}

void
ly_catalogue_unref(struct ly_catalogue **cp)
{
	struct ly_catalogue *c = *cp;

	*cp = NULL;
	if (c == NULL || atomic_fetch_sub_explicit(&c->refs, 1,
	    memory_order_acq_rel) != 1)
		return;
	ly_file_bytes_clear(&c->file);
	free(c);
}

uint64_t
ly_catalogue_revision(const struct ly_catalogue *c)
{
	return c->revision;
}

uint64_t
ly_catalogue_lineage(const struct ly_catalogue *c)
{
	return c->lineage;
}

size_t
ly_catalogue_count(const struct ly_catalogue *c)
{
	return c->count;
}

const uint8_t *
ly_catalogue_bytes(const struct ly_catalogue *c, size_t *len)
{
	*len = c->file.len;
	return c->file.data;
}

uint32_t
ly_catalogue_index_len(const struct ly_catalogue *c)
{
	return c->nindex;
}

uint64_t
ly_catalogue_index_hash(const struct ly_catalogue *c, size_t i)
{
	return u64(c->index + i * LY_INDEX_SIZE);
}

int
ly_catalogue_order(const struct ly_catalogue *c, size_t i, uint32_t *n)
{
	uint32_t v;

	if (i >= c->count)
		return LY_ERR_NOTFOUND;
	if ((v = u32(c->order + i * LY_ORDER_SIZE)) >= c->count)
		return LY_ERR_FORMAT;
	*n = v;
	return 0;
}

#define VIEW(name) offsetof(struct ly_entry, name)

struct ly_view *
ly_entry_view(struct ly_entry *e, size_t i)
{
	static const size_t at[LY_REC_NVIEWS] = {
		VIEW(value), VIEW(subject), VIEW(issuer), VIEW(serial),
		VIEW(spki), VIEW(modulus), VIEW(exponent), VIEW(point),
		VIEW(params), VIEW(label), VIEW(email)
	};

	return i < LY_REC_NVIEWS ?
	    (struct ly_view *)(void *)((char *)e + at[i]) : NULL;
}

static int
read_views(const struct ly_catalogue *c, const uint8_t *p,
    struct ly_entry *e)
{
	struct ly_view *v;
	uint32_t off, len;
	size_t i;

	for (i = 0; (v = ly_entry_view(e, i)) != NULL; i++, p += 8) {
		off = u32(p);
		len = u32(p + 4);
		if (off > c->heap_len || len > c->heap_len - off)
			return LY_ERR_FORMAT;
		v->p = c->heap + off;
		v->len = len;
	}
	return 0;
}

/* The enums and sizes that the module relies on, whoever wrote the file. */
static int
sane(const struct ly_entry *e)
{
	if (e->kind < LY_ENTRY_CERT || e->kind > LY_ENTRY_CA)
		return 0;
	if (e->key_type < LY_KEY_RSA || e->key_type > LY_KEY_X25519)
		return 0;
	if (e->kind != LY_ENTRY_CA &&
	    (e->state < LY_KEY_CURRENT || e->state > LY_KEY_REVOKED))
		return 0;
	if (e->kind == LY_ENTRY_KEY &&
	    e->delivery != LY_REMOTE && e->delivery != LY_CACHED)
		return 0;
	return (e->use & ~LY_USE_ALL) == 0;
}

/* The views that an entry of its kind and key type has. */
static int
complete(const struct ly_entry *e)
{
	if ((e->kind == LY_ENTRY_KEY) != (e->value.len == 0))
		return 0;
	if (e->label.len > LY_ENTRY_LABEL_MAX)
		return 0;
	if (e->key_type != LY_KEY_RSA)
		return e->point.len > 0;
	return e->modulus.len > 0 && e->exponent.len > 0 &&
	    e->modulus.len <= LY_RSA_MAX_BYTES;
}

int
ly_catalogue_entry(const struct ly_catalogue *c, uint32_t n,
    struct ly_entry *e)
{
	const uint8_t *p;
	struct ly_entry tmp;

	if (n >= c->count)
		return LY_ERR_NOTFOUND;
	p = c->records + (size_t)n * LY_REC_SIZE;
	tmp.kind = (enum ly_entry_kind)p[LY_REC_KIND];
	tmp.key_type = (enum ly_key_type)p[LY_REC_KEY_TYPE];
	tmp.delivery = (enum ly_delivery)p[LY_REC_DELIVERY];
	tmp.state = (enum ly_key_state)p[LY_REC_STATE];
	tmp.use = u32(p + LY_REC_USE);
	tmp.bits = u32(p + LY_REC_BITS);
	tmp.not_before = (int64_t)u64(p + LY_REC_NOT_BEFORE);
	tmp.not_after = (int64_t)u64(p + LY_REC_NOT_AFTER);
	memcpy(tmp.key_id, p + LY_REC_KEY_ID, sizeof(tmp.key_id));
	memcpy(tmp.cka_id, p + LY_REC_CKA_ID, sizeof(tmp.cka_id));
	memcpy(tmp.check_value, p + LY_REC_CHECK, sizeof(tmp.check_value));
	if (!sane(&tmp) || read_views(c, p + LY_REC_VIEWS, &tmp) != 0 ||
	    !complete(&tmp))
		return LY_ERR_FORMAT;
	*e = tmp;
	return 0;
}

#define MULTIPLIER UINT64_C(0x9e3779b97f4a7c15)

static uint64_t
stir(uint64_t h, uint64_t word)
{
	h = (h ^ word) * MULTIPLIER;
	return h ^ h >> 32;
}

static uint64_t
hash_view(uint64_t h, const struct ly_view *v)
{
	const uint8_t *p = v->p;
	size_t left = v->len;
	uint64_t tail = 0;

	for (; left >= 8; p += 8, left -= 8)
		h = stir(h, u64(p));
	while (left > 0)
		tail = tail << 8 | p[--left];
	return stir(stir(h, tail), v->len);
}

uint64_t
ly_catalogue_hash(enum ly_index kind, const struct ly_view *a,
    const struct ly_view *b)
{
	uint64_t h = stir((uint64_t)kind, MULTIPLIER);

	h = hash_view(h, a);
	if (b != NULL)
		h = hash_view(h, b);
	h *= UINT64_C(0xd6e8feb86659fd93);
	return h ^ h >> 29;
}

/* First row in [lo, hi) whose hash is not below h. */
static size_t
bound(const struct ly_catalogue *c, size_t lo, size_t hi, uint64_t h)
{
	size_t mid;

	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		if (ly_catalogue_index_hash(c, mid) < h)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

void
ly_catalogue_find(const struct ly_catalogue *c, enum ly_index kind,
    const struct ly_view *a, const struct ly_view *b, size_t *first,
    size_t *n)
{
	const uint64_t h = ly_catalogue_hash(kind, a, b);
	size_t lo, hi, step;

	lo = hi = bound(c, 0, c->nindex, h);
	for (step = 1; hi < c->nindex && ly_catalogue_index_hash(c, hi) == h;
	    step *= 2)
		hi = c->nindex - hi > step ? hi + step : c->nindex;
	*first = lo;
	*n = h == UINT64_MAX ? hi - lo : bound(c, lo, hi, h + 1) - lo;
}

int
ly_catalogue_hit(const struct ly_catalogue *c, size_t i, uint32_t *n)
{
	uint32_t v;

	if (i >= c->nindex)
		return LY_ERR_NOTFOUND;
	v = u32(c->index + i * LY_INDEX_SIZE + 8);
	if (v >= c->count)
		return LY_ERR_FORMAT;
	*n = v;
	return 0;
}
