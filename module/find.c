/*
 * Searches; see find.h. Owns the list of handles found. Refuses templates
 * with more attributes than any object has.
 */
#include <stdlib.h>
#include <string.h>

#include "attr.h"
#include "catalogue.h"
#include "cert.h"
#include "compat.h"
#include "entry.h"
#include "find.h"
#include "object.h"
#include "skey.h"
#include "token.h"

#define ATTRS_MAX 128
#define INLINE 16		/* handles without a further allocation */
#define SERIAL_MAX 127		/* content bytes of a serial number */

struct ly_search {
	CK_OBJECT_HANDLE *h;	/* fixed, or allocated */
	CK_ULONG n, cap, pos;
	CK_OBJECT_HANDLE fixed[INLINE];
};

/* A search under way. */
struct finder {
	struct ly_call *c;
	struct ly_gen *g;
	const CK_ATTRIBUTE *a;
	CK_ULONG n;
	unsigned classes;	/* bits 1 << enum ly_object_kind */
	int secrets;		/* 1: keys in memory may match */
	int hides;		/* 1: private keys are hidden */
	struct ly_search *s;
};

#define KIND(k) (1u << (k))
#define KIND_KEYS (KIND(LY_OBJ_PRIVATE) | KIND(LY_OBJ_PUBLIC))
#define KIND_ALL (KIND(LY_OBJ_CERT) | KIND_KEYS | KIND(LY_OBJ_PROFILE))

static CK_RV
found(struct ly_search *s, CK_OBJECT_HANDLE h)
{
	CK_OBJECT_HANDLE *p;
	CK_ULONG i, cap;

	/* Two ways of writing a serial number may find one object twice. */
	for (i = s->n; i > 0 && i + 4 > s->n; i--)
		if (s->h[i - 1] == h)
			return CKR_OK;
	if (s->n == s->cap) {
		cap = 4 * s->cap;
		p = s->h == s->fixed ? malloc(cap * sizeof(*p)) :
		    realloc(s->h, cap * sizeof(*p));
		if (p == NULL)
			return CKR_HOST_MEMORY;
		if (s->h == s->fixed)
			memcpy(p, s->fixed, sizeof(s->fixed));
		s->h = p;
		s->cap = cap;
	}
	s->h[s->n++] = h;
	return CKR_OK;
}

static int
matches(const struct finder *f, struct ly_object *o)
{
	CK_ULONG i;

	for (i = 0; i < f->n; i++)
		if (!ly_attr_match(o, &f->a[i]))
			return 0;
	return 1;
}

/* Try the objects of one entry. */
static CK_RV
try_entry(const struct finder *f, uint32_t n, unsigned kinds, int64_t now)
{
	static const enum ly_object_kind order[] = { LY_OBJ_CERT,
	    LY_OBJ_PRIVATE, LY_OBJ_PUBLIC, LY_OBJ_PROFILE };
	struct ly_object o;
	size_t i;
	int hit;
	CK_RV rv;

	for (i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		if ((kinds & KIND(order[i])) == 0 ||
		    ly_object_view(f->g, n, order[i], now, &o) != 0)
			continue;
		o.gen = f->g;
		hit = matches(f, &o);
		if (hit && (rv = found(f->s, o.handle)) != CKR_OK)
			return rv;
	}
	return CKR_OK;
}

static const CK_ATTRIBUTE *
attr_of(const struct finder *f, CK_ATTRIBUTE_TYPE type)
{
	CK_ULONG i;

	for (i = 0; i < f->n; i++)
		if (f->a[i].type == type && f->a[i].ulValueLen != 0 &&
		    f->a[i].ulValueLen <= LY_CERT_MAX)
			return &f->a[i];
	return NULL;
}

/* Try what the index has for a value. */
static CK_RV
try_index(const struct finder *f, enum ly_index kind,
    const struct ly_view *a, const struct ly_view *b)
{
	const unsigned kinds = f->classes & ~KIND(LY_OBJ_PROFILE);
	int64_t now = ly_time();
	size_t first = 0, n = 0, i;
	uint32_t entry;
	CK_RV rv;

	if (f->g->cat == NULL)
		return CKR_OK;
	ly_catalogue_find(f->g->cat, kind, a, b, &first, &n);
	for (i = 0; i < n; i++) {
		if (ly_catalogue_hit(f->g->cat, first + i, &entry) != 0)
			continue;
		if ((rv = try_entry(f, entry, kinds, now)) != CKR_OK)
			return rv;
	}
	return CKR_OK;
}

static struct ly_view
view_of(const CK_ATTRIBUTE *a)
{
	struct ly_view v = { a->pValue, (size_t)a->ulValueLen };

	return v;
}

/* Issuer and serial: as given, and as the content of a DER INTEGER. */
static CK_RV
try_issuer(const struct finder *f, const CK_ATTRIBUTE *issuer,
    const CK_ATTRIBUTE *serial)
{
	uint8_t der[SERIAL_MAX + 2];
	struct ly_view a = view_of(issuer), b = view_of(serial);
	CK_RV rv;

	if ((rv = try_index(f, LY_IX_ISSUER, &a, &b)) != CKR_OK)
		return rv;
	if (b.len > SERIAL_MAX)
		return CKR_OK;
	der[0] = 0x02;
	der[1] = (uint8_t)b.len;
	memcpy(der + 2, b.p, b.len);
	b.p = der;
	b.len += 2;
	return try_index(f, LY_IX_ISSUER, &a, &b);
}

/* An address: lower case, without a NUL behind it. */
static CK_RV
try_email(const struct finder *f, const CK_ATTRIBUTE *email)
{
	uint8_t low[LY_EMAIL_MAX];
	struct ly_view v = view_of(email);
	size_t i;

	if (v.p[v.len - 1] == 0)
		v.len--;
	if (v.len == 0 || v.len > sizeof(low))
		return CKR_OK;
	for (i = 0; i < v.len; i++)
		low[i] = v.p[i] >= 'A' && v.p[i] <= 'Z' ?
		    (uint8_t)(v.p[i] + 32) : v.p[i];
	v.p = low;
	return try_index(f, LY_IX_EMAIL, &v, NULL);
}

struct indexed {
	CK_ATTRIBUTE_TYPE type;
	enum ly_index kind;
};

static const struct indexed indexed[] = {
	{ CKA_VALUE, LY_IX_VALUE },
	{ CKA_ID, LY_IX_ID },
	{ CKA_SUBJECT, LY_IX_SUBJECT },
	{ CKA_LABEL, LY_IX_LABEL }
};

/* By the most selective index; *done is 0 if the template has none. */
static CK_RV
by_index(const struct finder *f, int *done)
{
	const CK_ATTRIBUTE *a, *b;
	struct ly_view v;
	size_t i;

	*done = 1;
	if ((a = attr_of(f, CKA_ISSUER)) != NULL &&
	    (b = attr_of(f, CKA_SERIAL_NUMBER)) != NULL)
		return try_issuer(f, a, b);
	for (i = 0; i < sizeof(indexed) / sizeof(indexed[0]); i++) {
		if ((a = attr_of(f, indexed[i].type)) == NULL)
			continue;
		v = view_of(a);
		return try_index(f, indexed[i].kind, &v, NULL);
	}
	if ((a = attr_of(f, CKA_NSS_EMAIL)) != NULL)
		return try_email(f, a);
	*done = 0;
	return CKR_OK;
}

/* One kind of entries: from the index of kinds, in the order of listing. */
static CK_RV
by_kind(const struct finder *f, enum ly_entry_kind kind)
{
	const uint8_t byte = (uint8_t)kind;
	const struct ly_view v = { &byte, 1 };

	return try_index(f, LY_IX_KIND, &v, NULL);
}

/* All entries in the order of listing, where authorities are the last. */
static CK_RV
by_order(const struct finder *f)
{
	const unsigned kinds = f->classes & ~KIND(LY_OBJ_PROFILE);
	int64_t now = ly_time();
	size_t i, n;
	uint32_t entry;
	CK_RV rv;

	if (f->g->cat == NULL)
		return CKR_OK;
	if (kinds == KIND(LY_OBJ_CERT)) {
		rv = by_kind(f, LY_ENTRY_CERT);
		return rv != CKR_OK ? rv : by_kind(f, LY_ENTRY_CA);
	}
	if (kinds != 0 && (kinds & KIND(LY_OBJ_CERT)) == 0)
		return by_kind(f, LY_ENTRY_KEY);
	n = ly_catalogue_count(f->g->cat);
	for (i = 0; i < n; i++) {
		if (ly_catalogue_order(f->g->cat, i, &entry) != 0)
			continue;
		if ((rv = try_entry(f, entry, kinds, now)) != CKR_OK)
			return rv;
	}
	return CKR_OK;
}

static CK_RV
by_profile(const struct finder *f)
{
	static const uint32_t ids[] = { CKP_PUBLIC_CERTIFICATES_TOKEN,
	    CKP_AUTHENTICATION_TOKEN, CKP_BASELINE_PROVIDER };
	size_t i;
	CK_RV rv;

	for (i = 0; i < sizeof(ids) / sizeof(ids[0]); i++)
		if ((rv = try_entry(f, ids[i], KIND(LY_OBJ_PROFILE),
		    0)) != CKR_OK)
			return rv;
	return CKR_OK;
}

static CK_RV
by_secret(const struct finder *f)
{
	struct ly_object o;
	uint32_t pos = 0;
	CK_RV rv = CKR_OK;

	memset(&o, 0, sizeof(o));
	o.class = CKO_SECRET_KEY;
	while (rv == CKR_OK && (o.skey = ly_skey_next(f->c, &pos,
	    &o.handle)) != NULL) {
		if (matches(f, &o))
			rv = found(f->s, o.handle);
		ly_skey_put(f->c, &o.skey);
	}
	return rv;
}

static unsigned
kind_of_class(CK_ULONG class)
{
	switch (class) {
	case CKO_CERTIFICATE:
		return KIND(LY_OBJ_CERT);
	case CKO_PRIVATE_KEY:
		return KIND(LY_OBJ_PRIVATE);
	case CKO_PUBLIC_KEY:
		return KIND(LY_OBJ_PUBLIC);
	case CKO_PROFILE:
		return KIND(LY_OBJ_PROFILE);
	default:
		return 0;
	}
}

/* What CKA_CLASS and CKA_TOKEN rule out from the start. */
static void
narrow(struct finder *f)
{
	const CK_ATTRIBUTE *a;
	CK_ULONG class;
	CK_BBOOL token;
	CK_ULONG i;

	f->classes = KIND_ALL;
	f->secrets = 1;
	for (i = 0; i < f->n; i++) {
		a = &f->a[i];
		if (a->type == CKA_CLASS && a->ulValueLen == sizeof(class)) {
			memcpy(&class, a->pValue, sizeof(class));
			f->classes &= kind_of_class(class);
			f->secrets &= class == CKO_SECRET_KEY;
		} else if (a->type == CKA_TOKEN &&
		    a->ulValueLen == sizeof(token)) {
			memcpy(&token, a->pValue, sizeof(token));
			if (token != CK_FALSE)
				f->secrets = 0;
			else
				f->classes = 0;
		}
	}
	if (f->hides)
		f->classes &= ~KIND(LY_OBJ_PRIVATE);
}

static CK_RV
search(struct finder *f)
{
	CK_RV rv = CKR_OK;
	int done = 0;

	narrow(f);
	if ((f->classes & ~KIND(LY_OBJ_PROFILE)) != 0)
		rv = by_index(f, &done);
	if (rv == CKR_OK && !done && (f->classes &
	    ~KIND(LY_OBJ_PROFILE)) != 0)
		rv = by_order(f);
	if (rv == CKR_OK && (f->classes & KIND(LY_OBJ_PROFILE)) != 0)
		rv = by_profile(f);
	if (rv == CKR_OK && f->secrets)
		rv = by_secret(f);
	return rv;
}

static CK_RV
check(const CK_ATTRIBUTE *a, CK_ULONG n)
{
	CK_ULONG i;

	if (n != 0 && a == NULL)
		return CKR_ARGUMENTS_BAD;
	if (n > ATTRS_MAX)
		return CKR_TEMPLATE_INCONSISTENT;
	for (i = 0; i < n; i++)
		if (a[i].pValue == NULL && a[i].ulValueLen != 0)
			return CKR_ARGUMENTS_BAD;
	return CKR_OK;
}

CK_RV
ly_search_new(struct ly_call *c, const CK_ATTRIBUTE *a, CK_ULONG n,
    struct ly_search **out)
{
	struct finder f = { .c = c, .a = a, .n = n };
	struct ly_search *s;
	CK_RV rv;

	if ((rv = check(a, n)) != CKR_OK)
		return rv;
	if ((s = calloc(1, sizeof(*s))) == NULL)
		return CKR_HOST_MEMORY;
	s->h = s->fixed;
	s->cap = INLINE;
	ly_call_fresh(c);
	f.s = s;
	f.hides = ly_token_hides(c->t);
	f.g = ly_token_gen(c->t);
	rv = search(&f);
	ly_gen_unref(&f.g);
	if (rv != CKR_OK)
		ly_search_free(&s);
	else
		*out = s;
	return rv;
}

CK_ULONG
ly_search_next(struct ly_search *s, CK_OBJECT_HANDLE *h, CK_ULONG max)
{
	CK_ULONG n = s->n - s->pos < max ? s->n - s->pos : max;

	if (n != 0)
		memcpy(h, s->h + s->pos, n * sizeof(*h));
	s->pos += n;
	return n;
}

void
ly_search_free(struct ly_search **s)
{
	if (*s != NULL) {
		if ((*s)->h != (*s)->fixed)
			free((*s)->h);
		free(*s);
	}
	*s = NULL;
}
