/*
 * Handles and views. A handle of a token object is epoch, entry number and
 * kind; refuses handles of another epoch, which is another enrolment.
 */
#include <string.h>

#include "compat.h"
#include "entry.h"
#include "err.h"
#include "handle.h"
#include "object.h"
#include "session.h"
#include "skey.h"
#include "token.h"

/* Below LY_HANDLE_BITS, so that no such handle is one of the table's. */
#define KIND_BITS 3
#define ENTRY_BITS 18		/* LY_ENTRIES_MAX and one fit */
#define EPOCH_BITS 8

_Static_assert(LY_ENTRIES_MAX + 1 < 1 << ENTRY_BITS, "entries fit");

CK_OBJECT_HANDLE
ly_object_handle(const struct ly_gen *g, uint32_t n,
    enum ly_object_kind kind)
{
	const CK_OBJECT_HANDLE epoch = kind == LY_OBJ_PROFILE ? 0 :
	    g->epoch & ((1u << EPOCH_BITS) - 1);

	return epoch << (ENTRY_BITS + KIND_BITS) |
	    (CK_OBJECT_HANDLE)(n + 1) << KIND_BITS | (CK_OBJECT_HANDLE)kind;
}

/* Whether the token shows that profile. */
static int
profile_shown(const struct ly_gen *g, uint32_t id)
{
	switch (id) {
	case CKP_BASELINE_PROVIDER:
	case CKP_PUBLIC_CERTIFICATES_TOKEN:
		return 1;
	case CKP_AUTHENTICATION_TOKEN:
		return g->pin;
	default:
		return 0;
	}
}

static const CK_OBJECT_CLASS classes[] = {
	[LY_OBJ_CERT] = CKO_CERTIFICATE,
	[LY_OBJ_PRIVATE] = CKO_PRIVATE_KEY,
	[LY_OBJ_PUBLIC] = CKO_PUBLIC_KEY,
	[LY_OBJ_PROFILE] = CKO_PROFILE
};

int
ly_object_view(struct ly_gen *g, uint32_t n, enum ly_object_kind kind,
    int64_t now, struct ly_object *o)
{
	int key, r;

	o->class = classes[kind];
	o->handle = ly_object_handle(g, n, kind);
	o->gen = NULL;
	o->skey = NULL;
	o->now = now;
	if (kind == LY_OBJ_PROFILE) {
		o->profile = n;
		o->e.key_type = 0;
		return profile_shown(g, n) ? 0 : LY_ERR_NOTFOUND;
	}
	if (g->cat == NULL)
		return LY_ERR_NOTFOUND;
	if ((r = ly_catalogue_entry(g->cat, n, &o->e)) != 0)
		return r;
	key = o->e.kind == LY_ENTRY_KEY;
	return key == (kind != LY_OBJ_CERT) ? 0 : LY_ERR_NOTFOUND;
}

static CK_RV
get_skey(struct ly_call *c, CK_OBJECT_HANDLE h, struct ly_object *o)
{
	memset(o, 0, sizeof(*o));
	if ((o->skey = ly_skey_get(c, h)) == NULL)
		return CKR_OBJECT_HANDLE_INVALID;
	o->class = CKO_SECRET_KEY;
	o->handle = h;
	return CKR_OK;
}

/* The object, hidden or not. */
static CK_RV
get_any(struct ly_call *c, CK_OBJECT_HANDLE h, struct ly_object *o)
{
	const CK_OBJECT_HANDLE kind = h & ((1u << KIND_BITS) - 1);
	const CK_OBJECT_HANDLE n = h >> KIND_BITS & ((1u << ENTRY_BITS) - 1);
	struct ly_gen *g;

	if (h >> (KIND_BITS + ENTRY_BITS + EPOCH_BITS) != 0)
		return get_skey(c, h, o);
	if (kind < LY_OBJ_CERT || kind > LY_OBJ_PROFILE || n == 0)
		return CKR_OBJECT_HANDLE_INVALID;
	g = ly_token_gen(c->t);
	if (h != ly_object_handle(g, (uint32_t)(n - 1),
	    (enum ly_object_kind)kind) || ly_object_view(g,
	    (uint32_t)(n - 1), (enum ly_object_kind)kind, ly_time(),
	    o) != 0) {
		ly_gen_unref(&g);
		return CKR_OBJECT_HANDLE_INVALID;
	}
	o->gen = g;
	return CKR_OK;
}

CK_RV
ly_object_get(struct ly_call *c, CK_OBJECT_HANDLE h, struct ly_object *o)
{
	CK_RV rv;

	if ((rv = get_any(c, h, o)) != CKR_OK)
		return rv;
	if (o->class == CKO_PRIVATE_KEY && ly_token_hides(c->t)) {
		ly_object_end(c, o);
		return CKR_OBJECT_HANDLE_INVALID;
	}
	return CKR_OK;
}

CK_RV
ly_object_key(struct ly_call *c, CK_OBJECT_HANDLE h, struct ly_object *o)
{
	if (get_any(c, h, o) != CKR_OK)
		return CKR_KEY_HANDLE_INVALID;
	if (o->class == CKO_CERTIFICATE || o->class == CKO_PROFILE) {
		ly_object_end(c, o);
		return CKR_KEY_HANDLE_INVALID;
	}
	if (o->class == CKO_PRIVATE_KEY && ly_token_hides(c->t)) {
		ly_object_end(c, o);
		return CKR_USER_NOT_LOGGED_IN;
	}
	return CKR_OK;
}

void
ly_object_end(struct ly_call *c, struct ly_object *o)
{
	ly_gen_unref(&o->gen);
	ly_skey_put(c, &o->skey);
}

unsigned
ly_object_use(const struct ly_object *o)
{
	unsigned use = o->e.use;

	if (o->e.state != LY_KEY_CURRENT || o->now > o->e.not_after)
		use &= ~LY_USE_SIGN;
	return use;
}

void
ly_object_keyref(const struct ly_object *o, struct ly_keyref *ref)
{
	memcpy(ref->id, o->e.key_id, sizeof(ref->id));
	ref->type = o->e.key_type;
	ref->delivery = o->e.delivery;
	switch (o->e.key_type) {
	case LY_KEY_RSA:
		ref->len = o->e.modulus.len;
		break;
	case LY_KEY_EC:
		ref->len = (o->e.bits + 7) / 8;
		break;
	case LY_KEY_ED25519:
	case LY_KEY_X25519:
		ref->len = 32;
		break;
	}
}
