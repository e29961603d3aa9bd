/* What "lanyard status" finds out about an account. */
#ifndef LY_STATUS_H
#define LY_STATUS_H

#include <stddef.h>
#include <stdint.h>

#include "account.h"
#include "conf.h"
#include "err.h"

#define LY_PROBLEMS_MAX 32

/* Sentences that name what is wrong, and the cure. */
struct ly_problems {
	char text[LY_PROBLEMS_MAX][LY_WHY_MAX];
	size_t n;	/* more than LY_PROBLEMS_MAX are only counted */
};

struct ly_status {
	char address[LY_ADDRESS_MAX];
	int loaded;			/* account is filled in */
	struct ly_account account;
	int64_t device_until;		/* end of the device certificate */
	int reachable;
	int64_t answer_ms;
	uint64_t revision;		/* 0: no catalogue */
	size_t keys, certs;
	size_t cacheable, cached;	/* keys that may be, and are, here */
	int64_t first_lease_end;	/* 0 none */
	struct ly_problems problems;
};

/* Add a sentence; printf form. */
void ly_problem(struct ly_problems *p, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * Look at everything that belongs to the account in the folder of that
 * name, and ask its service for a sign of life. Needs no PIN; never fails:
 * what is wrong is a problem. Clear with ly_account_clear(&s->account).
 */
void ly_status_look(const struct ly_conf *conf, const char *address,
    struct ly_status *s);

#endif
