/* A loaded account, shared and counted; see acct.h. Refuses no one. */
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "acct.h"
#include "err.h"

struct ly_acct {
	atomic_uint refs;
	struct ly_account a;
};

int
ly_acct_load(const char *dir, struct ly_acct **out, struct ly_why *why)
{
	struct ly_acct *a;
	int r;

	if ((a = calloc(1, sizeof(*a))) == NULL)
		return ly_fail(why, LY_ERR_NOMEM, "out of memory");
	if ((r = ly_account_load(dir, &a->a, why)) != 0) {
		free(a);
		return r;
	}
	atomic_init(&a->refs, 1);
	*out = a;
	return 0;
}

struct ly_acct *
ly_acct_ref(struct ly_acct *a)
{
	if (a != NULL)
		atomic_fetch_add(&a->refs, 1);
	return a;
}

void
ly_acct_unref(struct ly_acct **a)
{
	if (*a != NULL && atomic_fetch_sub(&(*a)->refs, 1) == 1) {
		ly_account_clear(&(*a)->a);
		free(*a);
	}
	*a = NULL;
}

const struct ly_account *
ly_acct_get(const struct ly_acct *a)
{
	return &a->a;
}

static int
same_bytes(const struct ly_buf *a, const struct ly_buf *b)
{
	return a->len == b->len &&
	    (a->len == 0 || memcmp(a->data, b->data, a->len) == 0);
}

int
ly_acct_same(const struct ly_acct *a, const struct ly_acct *b)
{
	if (a == NULL || b == NULL)
		return a == b;
	return strcmp(a->a.device_id, b->a.device_id) == 0 &&
	    strcmp(a->a.service, b->a.service) == 0 &&
	    strcmp(a->a.label, b->a.label) == 0 &&
	    strcmp(a->a.serial, b->a.serial) == 0 &&
	    a->a.unlock == b->a.unlock &&
	    same_bytes(&a->a.issuer, &b->a.issuer) &&
	    same_bytes(&a->a.auth_cert, &b->a.auth_cert) &&
	    same_bytes(&a->a.recv_cert, &b->a.recv_cert);
}
