/* Sessions; see session.h. Owns the operations under the session's lock. */
#include <stdlib.h>

#include "find.h"
#include "hasher.h"
#include "keyop.h"
#include "pubop.h"
#include "session.h"

struct ly_session *
ly_session_new(struct ly_token *t, CK_SLOT_ID slot, CK_FLAGS flags)
{
	struct ly_session *s;

	if ((s = calloc(1, sizeof(*s))) == NULL)
		return NULL;
	s->refs = 1;
	s->token = t;
	s->slot = slot;
	s->flags = flags;
	ly_mutex_init(&s->lock);
	return s;
}

void
ly_session_op_free(enum ly_session_op which, void **op)
{
	struct ly_search *search;
	struct ly_keyop *keyop;
	struct ly_hasher *hasher;
	struct ly_pubop *pubop;

	switch (which) {
	case LY_SES_FIND:
		search = *op;
		ly_search_free(&search);
		break;
	case LY_SES_DECRYPT:
	case LY_SES_SIGN:
		keyop = *op;
		ly_keyop_free(&keyop);
		break;
	case LY_SES_DIGEST:
		hasher = *op;
		ly_hasher_free(&hasher);
		break;
	case LY_SES_ENCRYPT:
	case LY_SES_VERIFY:
		pubop = *op;
		ly_pubop_free(&pubop);
		break;
	case LY_SES_OPS:
		break;
	}
	*op = NULL;
}

void
ly_session_free(struct ly_session **s)
{
	int i;

	if (*s != NULL) {
		for (i = 0; i < LY_SES_OPS; i++)
			ly_session_op_free((enum ly_session_op)i,
			    &(*s)->op[i]);
		free(*s);
	}
	*s = NULL;
}

int
ly_session_active(struct ly_session *s, enum ly_session_op which)
{
	int active;

	ly_mutex_lock(&s->lock);
	active = s->op[which] != NULL;
	ly_mutex_unlock(&s->lock);
	return active;
}

CK_RV
ly_session_begin(struct ly_session *s, enum ly_session_op which, void **op)
{
	CK_RV rv = CKR_OPERATION_ACTIVE;

	ly_mutex_lock(&s->lock);
	if (s->op[which] == NULL) {
		s->op[which] = *op;
		*op = NULL;
		rv = CKR_OK;
	}
	ly_mutex_unlock(&s->lock);
	return rv;
}

void *
ly_session_take(struct ly_session *s, enum ly_session_op which)
{
	void *op;

	ly_mutex_lock(&s->lock);
	op = s->op[which];
	s->op[which] = NULL;
	ly_mutex_unlock(&s->lock);
	return op;
}

void
ly_session_put(struct ly_session *s, enum ly_session_op which, void **op)
{
	ly_mutex_lock(&s->lock);
	if (s->op[which] == NULL) {
		s->op[which] = *op;
		*op = NULL;
	}
	ly_mutex_unlock(&s->lock);
	ly_session_op_free(which, op);
}
