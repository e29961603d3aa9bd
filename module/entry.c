/*
 * The module's state, its life and its tables. One lock guards the tables
 * and all counts of references; it is held for a look-up and never for
 * work. Refuses to touch anything of a parent process after a fork.
 */
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "account.h"
#include "compat.h"
#include "conf.h"
#include "entry.h"
#include "err.h"
#include "handle.h"
#include "log.h"
#include "rv.h"
#include "session.h"
#include "skey.h"
#include "token.h"

#define LOOK_MS 1000
#define SLOTS_MAX (LY_ACCOUNTS_MAX + 1)
#define SKEY_BIT (1ul << LY_HANDLE_BITS)	/* a key in memory */

struct ly_module {
	unsigned refs;
	struct ly_conf conf;
	int conf_ok;
	struct ly_token *token[SLOTS_MAX];	/* never shrinks */
	CK_ULONG ntokens;
	CK_ULONG nsessions[SLOTS_MAX];
	struct ly_mutex looking;	/* before lock: one look at once */
	int64_t looked_ms;		/* last look for accounts; 0 never */
	struct ly_handles sessions, skeys;
	struct ly_module *next_abandoned;
};

#define PID_NONE 0
#define PID_ADOPTING UINT64_MAX

static struct ly_mutex lock = LY_MUTEX_INIT;	/* of all below */
static struct ly_module *module;
static struct ly_module *abandoned;		/* of parent processes */
static _Atomic uint64_t owner_pid = PID_NONE;	/* whose state this is */
static atomic_uint starts;			/* modules made */
static _Thread_local int inside;

static void
module_free(struct ly_module *m)
{
	struct ly_session *s;
	struct ly_skey *k;
	uint32_t pos, h;
	CK_ULONG i;

	for (pos = 0; (s = ly_handles_next(&m->sessions, &pos, &h)) != NULL;)
		ly_session_free(&s);
	for (pos = 0; (k = ly_handles_next(&m->skeys, &pos, &h)) != NULL;)
		ly_skey_free(&k);
	ly_handles_clear(&m->sessions);
	ly_handles_clear(&m->skeys);
	for (i = 0; i < m->ntokens; i++)
		ly_token_free(&m->token[i]);
	free(m);
}

/*
 * After a fork the state is the parent's, and the lock may be held by a
 * thread that is not here. The first thread of the child that comes by
 * puts both aside.
 */
static void
adopt(void)
{
	uint64_t pid = ly_process_id(), seen = atomic_load(&owner_pid);

	while (seen != PID_NONE && seen != pid) {
		if (seen == PID_ADOPTING) {
			seen = atomic_load(&owner_pid);
			continue;
		}
		if (!atomic_compare_exchange_weak(&owner_pid, &seen,
		    PID_ADOPTING))
			continue;
		ly_mutex_init(&lock);
		if (module != NULL) {
			module->next_abandoned = abandoned;
			abandoned = module;
			module = NULL;
		}
		atomic_store(&owner_pid, PID_NONE);
		return;
	}
}

static int
conf_load(struct ly_module *m, const char *args)
{
	struct ly_why why = { "" };
	struct ly_conf plain;
	int r;

	if ((r = ly_conf_load(args, &m->conf, &why)) == 0) {
		m->conf_ok = 1;
		(void)ly_log_open(m->conf.log[0] != '\0' ? m->conf.log : NULL,
		    (enum ly_log_level)m->conf.log_level);
		return 0;
	}
	/* A bad string is the caller's; a bad file shows an empty token. */
	if (args != NULL && ly_conf_load(NULL, &plain, NULL) == 0)
		return r;
	ly_log(LY_LOG_ERROR, "configuration: %s", why.text);
	memset(&m->conf, 0, sizeof(m->conf));
	return 0;
}

CK_RV
ly_module_start(const char *args)
{
	struct ly_module *m = NULL;
	CK_RV rv = CKR_OK;
	unsigned seed;

	if (inside)
		return CKR_FUNCTION_FAILED;
	adopt();
	if ((m = calloc(1, sizeof(*m))) == NULL)
		return CKR_HOST_MEMORY;
	m->refs = 1;
	ly_mutex_init(&m->looking);
	seed = atomic_fetch_add(&starts, 1);
	ly_handles_init(&m->sessions, seed);
	ly_handles_init(&m->skeys, seed);
	if (conf_load(m, args) != 0)
		rv = CKR_ARGUMENTS_BAD;
	ly_mutex_lock(&lock);
	if (module != NULL) {
		rv = CKR_CRYPTOKI_ALREADY_INITIALIZED;
	} else if (rv == CKR_OK) {
		module = m;
		m = NULL;
		atomic_store(&owner_pid, ly_process_id());
	}
	ly_mutex_unlock(&lock);
	free(m);
	return rv;
}

/* Enter with a reference on the module, the lock held, on CKR_OK. */
static CK_RV
enter(struct ly_call *c)
{
	memset(c, 0, sizeof(*c));
	if (atomic_load(&owner_pid) != ly_process_id())
		return CKR_CRYPTOKI_NOT_INITIALIZED;
	if (inside)
		return CKR_FUNCTION_FAILED;
	ly_mutex_lock(&lock);
	if (module == NULL) {
		ly_mutex_unlock(&lock);
		return CKR_CRYPTOKI_NOT_INITIALIZED;
	}
	c->m = module;
	c->m->refs++;
	inside = 1;
	return CKR_OK;
}

CK_RV
ly_module_stop(void)
{
	struct ly_call c;
	CK_RV rv;

	if ((rv = enter(&c)) != CKR_OK)
		return rv;
	module = NULL;
	c.m->refs--;
	ly_mutex_unlock(&lock);
	ly_call_end(&c);
	return CKR_OK;
}

CK_RV
ly_call_module(struct ly_call *c)
{
	CK_RV rv;

	if ((rv = enter(c)) != CKR_OK)
		return rv;
	ly_mutex_unlock(&lock);
	return CKR_OK;
}

CK_RV
ly_call_slot(struct ly_call *c, CK_SLOT_ID slot)
{
	CK_ULONG n;
	CK_RV rv;

	if ((rv = ly_call_module(c)) != CKR_OK)
		return rv;
	n = ly_slots_count(c, 0);
	if (slot >= n) {
		ly_call_end(c);
		return CKR_SLOT_ID_INVALID;
	}
	ly_mutex_lock(&lock);
	c->t = c->m->token[slot];
	ly_mutex_unlock(&lock);
	return CKR_OK;
}

CK_RV
ly_call_session(struct ly_call *c, CK_SESSION_HANDLE h)
{
	CK_RV rv;

	if ((rv = enter(c)) != CKR_OK)
		return rv;
	if ((c->s = ly_handles_get(&c->m->sessions, h)) != NULL) {
		c->s->refs++;
		c->t = c->s->token;
	}
	ly_mutex_unlock(&lock);
	if (c->s == NULL) {
		ly_call_end(c);
		return CKR_SESSION_HANDLE_INVALID;
	}
	return CKR_OK;
}

void
ly_call_end(struct ly_call *c)
{
	struct ly_session *s = NULL;
	struct ly_module *m = NULL;

	ly_mutex_lock(&lock);
	if (c->s != NULL && --c->s->refs == 0)
		s = c->s;
	if (--c->m->refs == 0)
		m = c->m;
	ly_mutex_unlock(&lock);
	ly_session_free(&s);
	if (m != NULL)
		module_free(m);
	memset(c, 0, sizeof(*c));
	inside = 0;
}

/* The slot with that folder, or the one without any; SLOTS_MAX: none. */
static CK_ULONG
slot_of(const struct ly_module *m, const char *dir)
{
	CK_ULONG i;

	for (i = 0; i < m->ntokens; i++)
		if (ly_token_is(m->token[i], dir))
			return i;
	return SLOTS_MAX;
}

/* Make a slot for the folder, or give it to the empty one. Lock held. */
static void
slot_add(struct ly_module *m, const char *dir)
{
	CK_ULONG empty;

	if (dir != NULL && slot_of(m, dir) != SLOTS_MAX)
		return;
	empty = slot_of(m, NULL);
	if (dir != NULL && empty != SLOTS_MAX)
		ly_token_adopt(m->token[empty], dir);
	else if (m->ntokens < SLOTS_MAX && ly_token_new(&m->conf, dir,
	    &m->token[m->ntokens]) == 0)
		m->ntokens++;
}

/* Slots for what lies in the accounts' folder. */
static void
look(struct ly_module *m)
{
	char names[LY_ACCOUNTS_MAX][LY_ADDRESS_MAX], dir[LY_PATH_MAX];
	struct ly_why why = { "" };
	size_t i, n = 0;
	int r;

	if (m->conf_ok && (r = ly_account_list(&m->conf, names, &n,
	    &why)) != 0) {
		ly_log(LY_LOG_ERROR, "accounts: %s", why.text);
		n = 0;
	}
	for (i = 0; i < n; i++) {
		if (m->conf.account[0] != '\0' &&
		    strcmp(m->conf.account, names[i]) != 0)
			continue;
		if (ly_account_dir(&m->conf, names[i], dir) != 0)
			continue;
		ly_mutex_lock(&lock);
		slot_add(m, dir);
		ly_mutex_unlock(&lock);
	}
	ly_mutex_lock(&lock);
	if (m->ntokens == 0)
		slot_add(m, NULL);
	ly_mutex_unlock(&lock);
}

/* Whether it is time to look for accounts; the slots there are. */
static int
look_due(struct ly_module *m, int again, int64_t now, CK_ULONG *n)
{
	int due;

	ly_mutex_lock(&lock);
	due = m->looked_ms == 0 || (again && now - m->looked_ms >= LOOK_MS);
	*n = m->ntokens;
	ly_mutex_unlock(&lock);
	return due;
}

CK_ULONG
ly_slots_count(struct ly_call *c, int again)
{
	const int64_t now = ly_now_ms();
	struct ly_module *m = c->m;
	CK_ULONG n;

	if (!look_due(m, again, now, &n))
		return n;
	/* Whoever is first looks; the others wait for it, and are done. */
	ly_mutex_lock(&m->looking);
	if (look_due(m, again, now, &n)) {
		look(m);
		ly_mutex_lock(&lock);
		m->looked_ms = now != 0 ? now : 1;
		n = m->ntokens;
		ly_mutex_unlock(&lock);
	}
	ly_mutex_unlock(&m->looking);
	return n;
}

void
ly_call_fresh(struct ly_call *c)
{
	if (ly_token_is(c->t, NULL))
		(void)ly_slots_count(c, 1);
	ly_token_check(c->t, 0);
}

CK_RV
ly_session_open(struct ly_call *c, CK_SLOT_ID slot, CK_FLAGS flags,
    CK_SESSION_HANDLE *h)
{
	struct ly_session *s;
	uint32_t handle;
	int r;

	if ((s = ly_session_new(c->t, slot, flags)) == NULL)
		return CKR_HOST_MEMORY;
	ly_mutex_lock(&lock);
	if ((r = ly_handles_add(&c->m->sessions, s, &handle)) == 0) {
		s->handle = handle;
		c->m->nsessions[slot]++;
		*h = handle;
		s = NULL;
	}
	ly_mutex_unlock(&lock);
	ly_session_free(&s);
	if (r == LY_ERR_TOOBIG)
		return CKR_SESSION_COUNT;
	return ly_rv(LY_DOING_ANY, r);
}

/* Drop the keys that die with a session. Lock held. */
static void
drop_skeys(struct ly_module *m, CK_SESSION_HANDLE owner)
{
	struct ly_skey *k;
	uint32_t pos = 0, h;

	while ((k = ly_handles_next(&m->skeys, &pos, &h)) != NULL) {
		if (k->owner != owner)
			continue;
		(void)ly_handles_remove(&m->skeys, h);
		if (--k->refs == 0)
			ly_skey_free(&k);
	}
}

/* Take a session out; 1 if it was the token's last one. Lock held. */
static int
drop_session(struct ly_module *m, struct ly_session *s)
{
	if (ly_handles_remove(&m->sessions, s->handle) == NULL)
		return 0;
	s->refs--;
	if (s->nskeys != 0)
		drop_skeys(m, s->handle);
	return --m->nsessions[s->slot] == 0;
}

void
ly_session_close(struct ly_call *c)
{
	int last;

	ly_mutex_lock(&lock);
	last = drop_session(c->m, c->s);
	ly_mutex_unlock(&lock);
	/* PKCS#11 v3.0 5.6.2: without a session, nobody is logged in. */
	if (last)
		(void)ly_token_logout(c->t);
}

void
ly_session_close_all(struct ly_call *c)
{
	struct ly_session *s, *dead;
	uint32_t pos = 0, h;
	int last = 0;

	for (;;) {
		dead = NULL;
		ly_mutex_lock(&lock);
		while ((s = ly_handles_next(&c->m->sessions, &pos,
		    &h)) != NULL) {
			if (s->token != c->t)
				continue;
			last |= drop_session(c->m, s);
			if (s->refs == 0)
				dead = s;
			break;
		}
		ly_mutex_unlock(&lock);
		ly_session_free(&dead);
		if (s == NULL)
			break;
	}
	if (last)
		(void)ly_token_logout(c->t);
}

CK_RV
ly_skey_add(struct ly_call *c, struct ly_skey **k, CK_OBJECT_HANDLE *h)
{
	uint32_t handle;
	CK_RV rv = CKR_OK;
	int r;

	(*k)->owner = c->s->handle;
	(*k)->slot = c->s->slot;
	ly_mutex_lock(&lock);
	if (ly_handles_get(&c->m->sessions, c->s->handle) == NULL)
		rv = CKR_SESSION_CLOSED;
	else if ((r = ly_handles_add(&c->m->skeys, *k, &handle)) != 0)
		rv = r == LY_ERR_TOOBIG ? CKR_DEVICE_MEMORY : CKR_HOST_MEMORY;
	else
		c->s->nskeys++;
	ly_mutex_unlock(&lock);
	if (rv != CKR_OK)
		return rv;
	*k = NULL;
	*h = handle | SKEY_BIT;
	return CKR_OK;
}

/* The key of a handle if it is one of the call's token. Lock held. */
static struct ly_skey *
skey_of(struct ly_call *c, CK_OBJECT_HANDLE h)
{
	struct ly_skey *k;

	if ((h & SKEY_BIT) == 0 ||
	    (k = ly_handles_get(&c->m->skeys, h & ~SKEY_BIT)) == NULL ||
	    k->slot != c->s->slot)
		return NULL;
	return k;
}

struct ly_skey *
ly_skey_get(struct ly_call *c, CK_OBJECT_HANDLE h)
{
	struct ly_skey *k;

	ly_mutex_lock(&lock);
	if ((k = skey_of(c, h)) != NULL)
		k->refs++;
	ly_mutex_unlock(&lock);
	return k;
}

void
ly_skey_put(struct ly_call *c, struct ly_skey **k)
{
	struct ly_skey *dead = NULL;

	(void)c;
	if (*k == NULL)
		return;
	ly_mutex_lock(&lock);
	if (--(*k)->refs == 0)
		dead = *k;
	ly_mutex_unlock(&lock);
	ly_skey_free(&dead);
	*k = NULL;
}

CK_RV
ly_skey_destroy(struct ly_call *c, CK_OBJECT_HANDLE h)
{
	struct ly_skey *k;

	ly_mutex_lock(&lock);
	if ((k = skey_of(c, h)) != NULL)
		(void)ly_handles_remove(&c->m->skeys, h & ~SKEY_BIT);
	ly_mutex_unlock(&lock);
	if (k == NULL)
		return CKR_OBJECT_HANDLE_INVALID;
	ly_skey_put(c, &k);
	return CKR_OK;
}

struct ly_skey *
ly_skey_next(struct ly_call *c, uint32_t *pos, CK_OBJECT_HANDLE *h)
{
	struct ly_skey *k;
	uint32_t handle;

	ly_mutex_lock(&lock);
	while ((k = ly_handles_next(&c->m->skeys, pos, &handle)) != NULL)
		if (k->slot == c->s->slot)
			break;
	if (k != NULL) {
		k->refs++;
		*h = handle | SKEY_BIT;
	}
	ly_mutex_unlock(&lock);
	return k;
}
