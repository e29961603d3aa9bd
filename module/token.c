/*
 * Tokens: the account's files as generations, and the login state. Owns
 * both under the token's lock, which is never held while a file is read, a
 * PIN is tried or the network is used. Refuses to fail for a damaged
 * account: the token is empty then, and the log says why.
 */
#include <stdlib.h>
#include <string.h>

#include "account.h"
#include "acct.h"
#include "catalogue.h"
#include "compat.h"
#include "conf.h"
#include "driver.h"
#include "err.h"
#include "file.h"
#include "keyop.h"
#include "log.h"
#include "secret.h"
#include "token.h"

#define LOOK_MS 1000		/* between two looks at the files */
#define LOGIN_SYNC_AGE 21600	/* seconds: C_Login fetches after that */
#define LOGIN_SYNC_MS 3600000	/* between two such fetches */
#define SYNC_RETRY_MS 30000	/* after a failed sync */

struct ly_token {
	const struct ly_conf *conf;
	struct ly_mutex loading;	/* before lock: one load at once */
	struct ly_mutex lock;		/* of all below */
	char dir[LY_PATH_MAX];		/* "": no account yet */
	struct ly_file_stamp account, catalogue;
	int64_t looked_ms;		/* 0: never */
	int loaded;			/* 1 after the first look */
	int64_t login_sync_ms, sync_ms;	/* last tries; 0: never */
	uint64_t synced;		/* revision last tried for */
	struct ly_gen *gen;
	struct ly_drivers *drivers;	/* NULL: device keys locked */
	int logged_in;
};

static struct ly_gen *
gen_new(void)
{
	struct ly_gen *g = calloc(1, sizeof(*g));

	if (g != NULL)
		atomic_init(&g->refs, 1);
	return g;
}

void
ly_gen_unref(struct ly_gen **g)
{
	if (*g != NULL && atomic_fetch_sub(&(*g)->refs, 1) == 1) {
		ly_acct_unref(&(*g)->acct);
		ly_catalogue_unref(&(*g)->cat);
		free(*g);
	}
	*g = NULL;
}

int
ly_token_new(const struct ly_conf *conf, const char *dir,
    struct ly_token **out)
{
	struct ly_token *t;

	if ((t = calloc(1, sizeof(*t))) == NULL)
		return LY_ERR_NOMEM;
	t->conf = conf;
	ly_mutex_init(&t->lock);
	ly_mutex_init(&t->loading);
	if ((t->gen = gen_new()) == NULL) {
		free(t);
		return LY_ERR_NOMEM;
	}
	if (dir != NULL)
		ly_token_adopt(t, dir);
	*out = t;
	return 0;
}

void
ly_token_free(struct ly_token **t)
{
	if (*t != NULL) {
		ly_drivers_unref(&(*t)->drivers);
		ly_gen_unref(&(*t)->gen);
		free(*t);
	}
	*t = NULL;
}

int
ly_token_is(struct ly_token *t, const char *dir)
{
	int same;

	ly_mutex_lock(&t->lock);
	same = strcmp(t->dir, dir == NULL ? "" : dir) == 0;
	ly_mutex_unlock(&t->lock);
	return same;
}

void
ly_token_adopt(struct ly_token *t, const char *dir)
{
	size_t len = strlen(dir);

	ly_mutex_lock(&t->lock);
	if (t->dir[0] == '\0' && len < sizeof(t->dir)) {
		memcpy(t->dir, dir, len + 1);
		t->looked_ms = 0;
		t->loaded = 0;
	}
	ly_mutex_unlock(&t->lock);
}

/* Stamps of the two files; an absent or unreadable one is all zero. */
static void
stamp(const char *dir, const char *name, struct ly_file_stamp *s)
{
	char path[LY_PATH_MAX];

	memset(s, 0, sizeof(*s));
	if (ly_path_join(path, dir, name) != 0 ||
	    ly_file_stat(path, s) != 0)
		memset(s, 0, sizeof(*s));
}

static int
stamp_same(const struct ly_file_stamp *a, const struct ly_file_stamp *b)
{
	return a->dev == b->dev && a->ino == b->ino && a->size == b->size &&
	    a->mtime_ns == b->mtime_ns;
}

/* What the folder holds now; always a generation, or NULL without memory. */
static struct ly_gen *
load(const char *dir)
{
	struct ly_why why = { "" };
	struct ly_gen *g;
	int r;

	if ((g = gen_new()) == NULL)
		return NULL;
	if ((r = ly_acct_load(dir, &g->acct, &why)) != 0) {
		if (r != LY_ERR_NOTFOUND)
			ly_log(LY_LOG_ERROR, "account in %s: %s", dir,
			    why.text);
		return g;
	}
	g->pin = ly_acct_get(g->acct)->unlock == LY_UNLOCK_PIN;
	if ((r = ly_catalogue_load(dir, &g->cat, &why)) != 0 &&
	    r != LY_ERR_NOTFOUND)
		ly_log(LY_LOG_ERROR, "catalogue in %s: %s", dir, why.text);
	return g;
}

/*
 * Swap the generation for g. The device keys stay open if it is the same
 * device, handles stay good if it is the same lineage. The lock is held;
 * *g and *drivers are left to the caller to release.
 */
static void
swap(struct ly_token *t, struct ly_gen **g, struct ly_drivers **drivers)
{
	struct ly_gen *new = *g, *old = t->gen;

	new->epoch = old->epoch;
	if (old->cat != NULL && (new->cat == NULL ||
	    ly_catalogue_lineage(new->cat) !=
	    ly_catalogue_lineage(old->cat)))
		new->epoch++;
	if (ly_acct_same(old->acct, new->acct)) {
		ly_acct_unref(&new->acct);
		new->acct = ly_acct_ref(old->acct);
	} else {
		*drivers = t->drivers;
		t->drivers = NULL;
		t->logged_in = 0;
	}
	t->gen = new;
	*g = old;
}

/* Whether it is time to look. The lock is held. */
static int
due(const struct ly_token *t, int force, int64_t now)
{
	return t->dir[0] != '\0' && (force || !t->loaded ||
	    now - t->looked_ms >= LOOK_MS);
}

/* Look at the files, and load what has changed. t->loading is held. */
static void
look(struct ly_token *t)
{
	struct ly_file_stamp seen[2], now[2];
	struct ly_drivers *drivers = NULL;
	struct ly_gen *g = NULL;
	char dir[LY_PATH_MAX];

	ly_mutex_lock(&t->lock);
	memcpy(dir, t->dir, strlen(t->dir) + 1);
	seen[0] = t->account;
	seen[1] = t->catalogue;
	ly_mutex_unlock(&t->lock);
	stamp(dir, "account", &now[0]);
	stamp(dir, "catalogue", &now[1]);
	if (!stamp_same(&now[0], &seen[0]) || !stamp_same(&now[1], &seen[1]))
		g = load(dir);
	ly_mutex_lock(&t->lock);
	t->looked_ms = ly_now_ms();
	t->loaded = 1;
	if (g != NULL) {
		t->account = now[0];
		t->catalogue = now[1];
		swap(t, &g, &drivers);
	}
	ly_mutex_unlock(&t->lock);
	ly_gen_unref(&g);
	ly_drivers_unref(&drivers);
}

void
ly_token_check(struct ly_token *t, int force)
{
	const int64_t now = ly_now_ms();
	int want;

	ly_mutex_lock(&t->lock);
	want = due(t, force, now);
	ly_mutex_unlock(&t->lock);
	if (!want)
		return;
	/* Whoever is first loads; the others wait for it, and are done. */
	ly_mutex_lock(&t->loading);
	ly_mutex_lock(&t->lock);
	want = due(t, force, now);
	ly_mutex_unlock(&t->lock);
	if (want)
		look(t);
	ly_mutex_unlock(&t->loading);
}

struct ly_gen *
ly_token_gen(struct ly_token *t)
{
	struct ly_gen *g;

	ly_mutex_lock(&t->lock);
	g = t->gen;
	atomic_fetch_add(&g->refs, 1);
	ly_mutex_unlock(&t->lock);
	return g;
}

int
ly_token_hides(struct ly_token *t)
{
	int hides;

	ly_mutex_lock(&t->lock);
	hides = t->gen->pin && t->drivers == NULL;
	ly_mutex_unlock(&t->lock);
	return hides;
}

int
ly_token_logged_in(struct ly_token *t)
{
	int in;

	ly_mutex_lock(&t->lock);
	in = t->logged_in;
	ly_mutex_unlock(&t->lock);
	return in;
}

/*
 * Open the drivers of generation g and install them, unless another thread
 * was faster or the account has changed meanwhile.
 */
static int
unlock(struct ly_token *t, struct ly_gen *g, const struct ly_secret *pin,
    int login)
{
	struct ly_drivers *d = NULL;
	struct ly_why why = { "" };
	int r;

	if ((r = ly_drivers_open(t->conf, g->acct, pin, &d, &why)) != 0) {
		ly_log(LY_LOG_WARN, "device keys of %s: %s: %s",
		    ly_acct_get(g->acct)->address, ly_strerror(r), why.text);
		return r;
	}
	ly_mutex_lock(&t->lock);
	if (t->gen->acct != g->acct) {
		r = LY_ERR_STATE;
	} else if (t->drivers == NULL) {
		t->drivers = d;
		d = NULL;
	} else if (login && t->logged_in) {
		r = LY_ERR_EXISTS;
	}
	if (r == 0 && login)
		t->logged_in = 1;
	ly_mutex_unlock(&t->lock);
	ly_drivers_unref(&d);
	return r;
}

/* A sync whose failure is logged and forgotten; then look at the files. */
static void
sync_now(struct ly_token *t, struct ly_drivers *d)
{
	struct ly_why why = { "" };
	int r;

	if ((r = ly_drivers_sync(d, &why)) != 0)
		ly_log(LY_LOG_INFO, "sync: %s: %s", ly_strerror(r),
		    why.text);
	ly_token_check(t, 1);
}

/* After a login: fetch what is new if the catalogue has become old. */
static void
login_sync(struct ly_token *t)
{
	struct ly_drivers *d = NULL;
	int64_t now = ly_now_ms();

	ly_mutex_lock(&t->lock);
	if (t->drivers != NULL && ly_time() - t->catalogue.mtime_ns /
	    1000000000 > LOGIN_SYNC_AGE && (t->login_sync_ms == 0 ||
	    now - t->login_sync_ms > LOGIN_SYNC_MS)) {
		t->login_sync_ms = now != 0 ? now : 1;
		d = ly_drivers_ref(t->drivers);
	}
	ly_mutex_unlock(&t->lock);
	if (d != NULL)
		sync_now(t, d);
	ly_drivers_unref(&d);
}

int
ly_token_login(struct ly_token *t, const struct ly_secret *pin)
{
	struct ly_gen *g;
	int r = 0;

	ly_token_check(t, 1);
	if (ly_token_logged_in(t))
		return LY_ERR_EXISTS;
	g = ly_token_gen(t);
	if (g->pin) {
		r = pin == NULL ? LY_ERR_AUTH : unlock(t, g, pin, 1);
	} else {
		ly_mutex_lock(&t->lock);
		t->logged_in = 1;
		ly_mutex_unlock(&t->lock);
	}
	ly_gen_unref(&g);
	if (r == 0)
		login_sync(t);
	return r;
}

int
ly_token_logout(struct ly_token *t)
{
	struct ly_drivers *d = NULL;
	int r = 0;

	ly_mutex_lock(&t->lock);
	if (!t->logged_in)
		r = LY_ERR_STATE;
	t->logged_in = 0;
	d = ly_drivers_ref(t->drivers);
	if (t->gen->pin)
		ly_drivers_unref(&t->drivers);
	ly_mutex_unlock(&t->lock);
	/* Another call may hold them: what was kept goes now. */
	ly_drivers_forget(d);
	ly_drivers_unref(&d);
	return r;
}

/* The drivers if they are open; *g is the generation when they are not. */
static struct ly_drivers *
drivers_get(struct ly_token *t, struct ly_gen **g)
{
	struct ly_drivers *d;

	ly_mutex_lock(&t->lock);
	if ((d = ly_drivers_ref(t->drivers)) == NULL) {
		*g = t->gen;
		atomic_fetch_add(&(*g)->refs, 1);
	}
	ly_mutex_unlock(&t->lock);
	return d;
}

int
ly_token_drivers(struct ly_token *t, struct ly_drivers **d)
{
	struct ly_gen *g = NULL;
	int r = 0;

	if ((*d = drivers_get(t, &g)) != NULL)
		return 0;
	if (g->acct == NULL)
		r = LY_ERR_NOTFOUND;
	else if (g->pin)
		r = LY_ERR_LOCKED;
	else
		r = unlock(t, g, NULL, 0);
	ly_gen_unref(&g);
	if (r != 0)
		return r;
	if ((*d = drivers_get(t, &g)) == NULL)
		r = LY_ERR_LOCKED;
	ly_gen_unref(&g);
	return r;
}

void
ly_token_after(struct ly_token *t, struct ly_drivers *d,
    const struct ly_ran *ran, int64_t ms)
{
	int64_t now;
	int due = 0;

	if (ran->revision == 0 && !ran->renew)
		return;
	now = ly_now_ms();
	ly_mutex_lock(&t->lock);
	if (ms < t->conf->timeout_ms / 2 && ran->revision != 0) {
		due = ran->renew || (t->gen->cat != NULL && ran->revision >
		    ly_catalogue_revision(t->gen->cat));
		if (t->sync_ms != 0 && now - t->sync_ms < SYNC_RETRY_MS &&
		    t->synced == ran->revision)
			due = 0;
	}
	if (due) {
		t->sync_ms = now != 0 ? now : 1;
		t->synced = ran->revision;
	}
	ly_mutex_unlock(&t->lock);
	if (due)
		sync_now(t, d);
}
