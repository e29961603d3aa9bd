/*
 * A token: one account as PKCS#11 shows it. Its generation (account and
 * catalogue) is replaced as a whole when the files are; readers hold a
 * reference. Its login state is the open drivers.
 */
#ifndef LY_TOKEN_H
#define LY_TOKEN_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

struct ly_acct;
struct ly_catalogue;
struct ly_conf;
struct ly_drivers;
struct ly_ran;
struct ly_secret;
struct ly_token;
struct ly_why;

/* What the token shows at one time. Immutable, counted. */
struct ly_gen {
	atomic_uint refs;
	struct ly_acct *acct;		/* NULL: not enrolled */
	struct ly_catalogue *cat;	/* NULL: nothing to show */
	uint32_t epoch;			/* changes with the lineage */
	int pin;			/* 1: C_Login is needed for keys */
};

/*
 * A token for the account folder dir, or for none yet (dir NULL). conf must
 * outlive it. Nothing is read. LY_ERR_NOMEM.
 */
int ly_token_new(const struct ly_conf *conf, const char *dir,
    struct ly_token **out);
void ly_token_free(struct ly_token **t);

/* 1 if the token is for this folder; dir NULL: for none yet. */
int ly_token_is(struct ly_token *t, const char *dir);

/* Give a token that has no folder one. */
void ly_token_adopt(struct ly_token *t, const char *dir);

/*
 * Notice replaced files: a look at most once a second (always with force),
 * one or two system calls; loads what has changed. Failures are logged.
 */
void ly_token_check(struct ly_token *t, int force);

/* The generation now, referenced; never NULL. */
struct ly_gen *ly_token_gen(struct ly_token *t);
void ly_gen_unref(struct ly_gen **g);

/* 1 if private objects are hidden for now. */
int ly_token_hides(struct ly_token *t);

/* 1 after C_Login, until C_Logout. */
int ly_token_logged_in(struct ly_token *t);

/*
 * Log in. pin may be NULL (no PIN given). LY_ERR_EXISTS: already logged
 * in; LY_ERR_AUTH; errors of ly_drivers_open. Fetches a newer catalogue
 * when one is due; that failing is no failure.
 */
int ly_token_login(struct ly_token *t, const struct ly_secret *pin);

/* Log out: keys opened by a PIN are dropped. LY_ERR_STATE: not logged in. */
int ly_token_logout(struct ly_token *t);

/*
 * The drivers, referenced; opened now where no PIN is needed.
 * LY_ERR_LOCKED, LY_ERR_NOTFOUND (not enrolled), errors of ly_drivers_open.
 */
int ly_token_drivers(struct ly_token *t, struct ly_drivers **d);

/*
 * After an operation that took ms milliseconds: sync if the service named
 * a newer revision, or a lease had ended, and there is time left.
 */
void ly_token_after(struct ly_token *t, struct ly_drivers *d,
    const struct ly_ran *ran, int64_t ms);

#endif
