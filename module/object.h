/*
 * Objects: what a handle stands for. Token objects are views of catalogue
 * entries, and their handles are made of the entry's number, so that they
 * outlive a sync; secret keys in memory have handles of a table.
 */
#ifndef LY_OBJECT_H
#define LY_OBJECT_H

#include "catalogue.h"
#include "cryptoki.h"
#include "driver.h"

struct ly_call;
struct ly_gen;
struct ly_skey;

/* A view; between ly_object_get and ly_object_end. */
struct ly_object {
	CK_OBJECT_CLASS class;
	CK_OBJECT_HANDLE handle;
	struct ly_gen *gen;	/* held; NULL for a secret key */
	struct ly_skey *skey;	/* held; NULL for a token object */
	CK_ULONG profile;	/* of a CKO_PROFILE */
	struct ly_entry e;	/* of the others */
	int64_t now;		/* seconds since 1970 */
};

/* Which object of an entry a handle means. */
enum ly_object_kind {
	LY_OBJ_CERT = 1,
	LY_OBJ_PRIVATE = 2,
	LY_OBJ_PUBLIC = 3,
	LY_OBJ_PROFILE = 4
};

CK_OBJECT_HANDLE ly_object_handle(const struct ly_gen *g, uint32_t n,
    enum ly_object_kind kind);

/*
 * Fill a view of entry n of a generation that the caller holds (o->gen
 * stays NULL). 0, LY_ERR_NOTFOUND if the entry has no such object.
 */
int ly_object_view(struct ly_gen *g, uint32_t n, enum ly_object_kind kind,
    int64_t now, struct ly_object *o);

/*
 * The object of a handle as this session sees it.
 * CKR_OBJECT_HANDLE_INVALID, also for one that is hidden until login.
 */
CK_RV ly_object_get(struct ly_call *c, CK_OBJECT_HANDLE h,
    struct ly_object *o);

/*
 * The key of a handle: CKR_KEY_HANDLE_INVALID, and CKR_USER_NOT_LOGGED_IN
 * for a private key that is hidden until login.
 */
CK_RV ly_object_key(struct ly_call *c, CK_OBJECT_HANDLE h,
    struct ly_object *o);

/* Let go of what the view holds. */
void ly_object_end(struct ly_call *c, struct ly_object *o);

/* Uses (LY_USE_) that the key has today: expired ones no longer sign. */
unsigned ly_object_use(const struct ly_object *o);

/* The reference that a driver needs. */
void ly_object_keyref(const struct ly_object *o, struct ly_keyref *ref);

#endif
