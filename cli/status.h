/* What "lanyard status" and "lanyard doctor" find out about an account. */
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

struct ly_entry;

/* A key that may be here; lease_end 0: it is not. Damaged ones are problems. */
typedef void ly_status_key(void *arg, const struct ly_entry *e,
    int64_t lease_end);

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
 * name. Needs no PIN and no network; never fails: what is wrong is a
 * problem. on_key (NULL: none) sees each key that may be cached, one whose
 * lease has ended too. Clear with ly_account_clear(&s->account).
 */
void ly_status_files(const struct ly_conf *conf, const char *address,
    ly_status_key *on_key, void *arg, struct ly_status *s);

/* The same, and ask its service for a sign of life. */
void ly_status_look(const struct ly_conf *conf, const char *address,
    struct ly_status *s);

#endif
