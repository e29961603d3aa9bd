/*
 * A session: one operation of each sort at a time, and one search. An
 * operation is taken out while it runs, so that no lock is held meanwhile.
 */
#ifndef LY_SESSION_H
#define LY_SESSION_H

#include "compat.h"
#include "cryptoki.h"

struct ly_token;

enum ly_session_op {
	LY_SES_FIND,		/* struct ly_search */
	LY_SES_DECRYPT,		/* struct ly_keyop */
	LY_SES_SIGN,		/* struct ly_keyop */
	LY_SES_DIGEST,		/* struct ly_hasher */
	LY_SES_ENCRYPT,		/* struct ly_pubop */
	LY_SES_VERIFY,		/* struct ly_pubop */
	LY_SES_OPS
};

struct ly_session {
	unsigned refs;			/* under the module's lock */
	unsigned nskeys;		/* keys it ever made; same lock */
	CK_SESSION_HANDLE handle;
	CK_SLOT_ID slot;
	struct ly_token *token;
	CK_FLAGS flags;
	struct ly_mutex lock;		/* of op */
	void *op[LY_SES_OPS];
};

struct ly_session *ly_session_new(struct ly_token *t, CK_SLOT_ID slot,
    CK_FLAGS flags);
void ly_session_free(struct ly_session **s);

/* Free an operation of that sort; *op may be NULL. */
void ly_session_op_free(enum ly_session_op which, void **op);

/* 1 if there is an operation of that sort. */
int ly_session_active(struct ly_session *s, enum ly_session_op which);

/* Install *op (NULL afterwards); CKR_OPERATION_ACTIVE if there is one. */
CK_RV ly_session_begin(struct ly_session *s, enum ly_session_op which,
    void **op);

/* Take the operation out, or NULL; ly_session_put gives it back. */
void *ly_session_take(struct ly_session *s, enum ly_session_op which);
void ly_session_put(struct ly_session *s, enum ly_session_op which,
    void **op);

#endif
