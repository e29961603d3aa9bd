/*
 * Brings the catalogue and the sealed keys of an account up to date. Keeps
 * what an earlier sync wrote until something better is there; takes no
 * sealed key whose signature, issuer and key id it has not checked.
 */
#include <stdio.h>
#include <string.h>

#include "account.h"
#include "catalogue.h"
#include "client.h"
#include "compat.h"
#include "crypto.h"
#include "err.h"
#include "file.h"
#include "log.h"
#include "seal.h"
#include "sync.h"

#define PAGES_MAX 1024		/* of one sync: a cursor that runs in rings */
#define PAGES_PER_WRITE 16	/* what a failure can cost of a long sync */
#define SUFFIX ".cms"

struct sync {
	struct ly_client *client;
	const struct ly_account *a;
	struct ly_sync_report report;
	struct ly_catalogue *cat;
	struct ly_why *why;
	char path[LY_PATH_MAX];	/* of the catalogue */
};

static size_t
count_keys(const struct ly_catalogue *cat)
{
	struct ly_entry e;
	size_t n = 0;
	uint32_t i;

	for (i = 0; i < ly_catalogue_count(cat); i++)
		if (ly_catalogue_entry(cat, i, &e) == 0 &&
		    e.kind == LY_ENTRY_KEY)
			n++;
	return n;
}

/* What is on disk; a damaged one counts as none: it is made anew. */
static int
load_old(struct sync *s)
{
	int r;

	r = ly_catalogue_load(s->a->dir, &s->cat, s->why);
	if (r == 0 && ly_catalogue_verify(s->cat) != 0) {
		ly_catalogue_unref(&s->cat);
		r = LY_ERR_FORMAT;
	}
	if (r == LY_ERR_FORMAT)
		ly_log(LY_LOG_WARN, "%s: damaged: fetching all of it again",
		    s->path);
	return r == LY_ERR_NOTFOUND || r == LY_ERR_FORMAT ? 0 : r;
}

/* Apply one page to s->cat, and write the result if that is due. */
static int
apply_page(struct sync *s, const struct ly_wire_keys *keys, int write)
{
	struct ly_catalogue *cat = NULL;
	struct ly_buf file;
	uint64_t lineage = 0;
	int r;

	ly_buf_init(&file, LY_CATALOGUE_MAX);
	if (s->cat == NULL &&
	    (r = ly_random(&lineage, sizeof(lineage))) != 0)
		goto out;
	r = ly_catalogue_build(s->cat, keys, lineage, &file, s->why);
	if (r != 0)
		goto out;
	if (write && (r = ly_file_replace(s->path, file.data, file.len, 0600,
	    s->why)) != 0)
		goto out;
	if ((r = ly_catalogue_open(&file, &cat)) != 0)
		goto out;
	ly_catalogue_unref(&s->cat);
	s->cat = cat;
out:
	ly_buf_clear(&file);
	return r;
}

/*
 * One page behind *since. *more is 1 if others wait. A revision smaller
 * than ours is a service restored from a backup: read it from its start.
 */
static int
next_page(struct sync *s, uint64_t *since, int page, int *more)
{
	struct ly_wire_keys keys;
	int r, changed = 0;

	memset(&keys, 0, sizeof(keys));
	r = ly_client_keys(s->client, *since, &changed, &keys, s->why);
	if (r != 0)
		return r;
	*more = 0;
	if (!changed)
		return 0;
	if (keys.revision < *since) {
		*since = 0;
		*more = 1;
		goto out;
	}
	if (keys.more && keys.revision == *since) {
		r = ly_fail(s->why, LY_ERR_FORMAT, "%s: the service's list "
		    "of keys has no end: ask its operator", s->a->service);
		goto out;
	}
	r = apply_page(s, &keys, !keys.more ||
	    page % PAGES_PER_WRITE == PAGES_PER_WRITE - 1);
	if (r != 0)
		goto out;
	*since = keys.revision;
	*more = keys.more;
out:
	ly_wire_keys_clear(&keys);
	return r;
}

static int
sync_catalogue(struct sync *s)
{
	uint64_t since = 0;
	size_t before = 0;
	int r, page, more = 1;

	if ((r = load_old(s)) != 0)
		return r;
	if (s->cat != NULL) {
		since = ly_catalogue_revision(s->cat);
		before = count_keys(s->cat);
	}
	for (page = 0; more; page++) {
		if (page == PAGES_MAX)
			return ly_fail(s->why, LY_ERR_TOOBIG, "%s: the list "
			    "of keys has too many pages", s->a->service);
		if ((r = next_page(s, &since, page, &more)) != 0)
			return r;
	}
	if (s->cat == NULL)
		return ly_fail(s->why, LY_ERR_FORMAT, "%s: the service gave "
		    "no list of keys", s->a->service);
	s->report.revision = ly_catalogue_revision(s->cat);
	s->report.keys = count_keys(s->cat);
	if (s->report.keys > before)
		s->report.added = s->report.keys - before;
	return 0;
}

/* Whether what is in the key's file is good for more than half its lease. */
static int
lease_is_fresh(const struct sync *s, const uint8_t *id, const char *path)
{
	struct ly_file_stamp stamp;
	struct ly_lease lease;
	struct ly_buf sealed;
	int64_t from, now = ly_time();
	int r;

	ly_buf_init(&sealed, LY_SEALED_MAX);
	r = ly_account_sealed(s->a, id, &lease, &sealed, NULL);
	ly_buf_clear(&sealed);
	if (r != 0 || ly_file_stat(path, &stamp) != 0)
		return 0;
	from = stamp.mtime_ns / 1000000000;
	return from <= now && lease.not_after > now &&
	    lease.not_after - now > now - from;
}

/* Fetch one sealed key, check it, and put it in its place. */
static int
fetch_sealed(struct sync *s, const uint8_t *id, const char *path)
{
	struct ly_lease lease;
	struct ly_buf cms, sealed;
	char hex[LY_KEY_ID_HEX];
	int r;

	ly_hex(id, LY_KEY_ID_LEN, hex);
	ly_buf_init(&cms, LY_SEALED_MAX);
	ly_buf_init(&sealed, LY_SEALED_MAX);
	if ((r = ly_client_sealed(s->client, id, &cms, s->why)) != 0)
		goto out;
	r = ly_lease_open(cms.data, cms.len, s->a->issuer.data,
	    s->a->issuer.len, &lease, &sealed);
	if (r == 0 && memcmp(lease.key_id, id, LY_KEY_ID_LEN) != 0)
		r = LY_ERR_AUTH;
	if (r != 0) {
		r = ly_fail(s->why, r == LY_ERR_NOMEM ? r : LY_ERR_AUTH,
		    "%s: the sealed key %s is not one that the account's "
		    "service signed: refused", s->a->service, hex);
		goto out;
	}
	r = ly_file_replace(path, cms.data, cms.len, 0600, s->why);
	if (r == 0)
		s->report.sealed++;
out:
	ly_buf_clear(&sealed);
	ly_buf_clear(&cms);
	return r;
}

static int
remove_sealed(struct sync *s, const char *path)
{
	struct ly_file_stamp stamp;
	int r;

	if (ly_file_stat(path, &stamp) != 0)
		return 0;
	if ((r = ly_file_remove(path, s->why)) == 0)
		s->report.removed++;
	return r;
}

/* A failure that the next key would meet as well. */
static int
is_general(int r)
{
	return r != LY_ERR_AUTH && r != LY_ERR_NOTFOUND &&
	    r != LY_ERR_FORMAT && r != LY_ERR_TOOBIG;
}

static int
sync_one(struct sync *s, const struct ly_entry *e)
{
	char path[LY_PATH_MAX];
	int r;

	r = ly_account_sealed_path(s->a, e->key_id, path);
	if (r != 0)
		return r;
	if (e->delivery != LY_CACHED)
		return 0;	/* remove_stale takes care of it */
	if (lease_is_fresh(s, e->key_id, path))
		return 0;
	r = fetch_sealed(s, e->key_id, path);
	/* The policy changed between the list and this request. */
	return r == LY_ERR_DENIED ? remove_sealed(s, path) : r;
}

static int
fetch_missing(struct sync *s)
{
	struct ly_entry e;
	char dir[LY_PATH_MAX];
	uint32_t i;
	int r, first = 0;

	if ((r = ly_path_join(dir, s->a->dir, "keys")) != 0 ||
	    (r = ly_dir_make(dir, s->why)) != 0)
		return r;
	for (i = 0; i < ly_catalogue_count(s->cat); i++) {
		if ((r = ly_catalogue_entry(s->cat, i, &e)) != 0)
			return r;
		if (e.kind != LY_ENTRY_KEY)
			continue;
		r = sync_one(s, &e);
		if (first == 0)
			first = r;
		if (r != 0 && is_general(r))
			break;
	}
	return first;
}

/* Whether the catalogue allows a copy of the key here. */
static int
may_be_here(const struct ly_catalogue *cat, const uint8_t *id)
{
	const struct ly_view view = { id, LY_KEY_ID_LEN };
	struct ly_entry e;
	size_t i, first, n;
	uint32_t num;

	ly_catalogue_find(cat, LY_IX_KEY_ID, &view, NULL, &first, &n);
	for (i = first; i < first + n; i++)
		if (ly_catalogue_hit(cat, i, &num) == 0 &&
		    ly_catalogue_entry(cat, num, &e) == 0 &&
		    e.kind == LY_ENTRY_KEY && e.delivery == LY_CACHED &&
		    memcmp(e.key_id, id, LY_KEY_ID_LEN) == 0)
			return 1;
	return 0;
}

static int
remove_stale(void *arg, const char *name)
{
	struct sync *s = arg;
	char hex[LY_KEY_ID_HEX], path[LY_PATH_MAX];
	uint8_t id[LY_KEY_ID_LEN];
	int r;

	if (strlen(name) != sizeof(hex) - 1 + strlen(SUFFIX) ||
	    strcmp(name + sizeof(hex) - 1, SUFFIX) != 0)
		return 0;
	memcpy(hex, name, sizeof(hex) - 1);
	hex[sizeof(hex) - 1] = '\0';
	if (ly_unhex(hex, id, sizeof(id)) != 0 || may_be_here(s->cat, id))
		return 0;
	if ((r = ly_account_sealed_path(s->a, id, path)) != 0)
		return r;
	return remove_sealed(s, path);
}

static int
sync_keys(struct sync *s)
{
	char dir[LY_PATH_MAX];
	int r, first;

	first = fetch_missing(s);
	if ((r = ly_path_join(dir, s->a->dir, "keys")) != 0)
		return r;
	r = ly_dir_each(dir, remove_stale, s);
	if (r == LY_ERR_NOTFOUND)
		r = 0;
	return first != 0 ? first : r;
}

int
ly_sync(struct ly_client *c, const struct ly_account *a, int keys,
    int wait_ms, struct ly_sync_report *report, struct ly_why *why)
{
	struct sync s = { .client = c, .a = a, .why = why };
	struct ly_file_lock *lock = NULL;
	char path[LY_PATH_MAX];
	int r;

	if ((r = ly_path_join(path, a->dir, "lock")) != 0 ||
	    (r = ly_path_join(s.path, a->dir, "catalogue")) != 0)
		return r;
	if ((r = ly_file_lock(path, wait_ms, &lock, why)) != 0)
		return r;
	if ((r = sync_catalogue(&s)) != 0)
		goto out;
	if (keys && (r = sync_keys(&s)) != 0)
		goto out;
	*report = s.report;
out:
	ly_catalogue_unref(&s.cat);
	ly_file_unlock(&lock);
	return r;
}
