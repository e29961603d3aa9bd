/*
 * Recent results; see recent.h. Owns one piece of locked memory for all of
 * them. A result is found by the SHA-256 of what was asked and is not kept
 * longer for being found. Refuses to extend a result's time, and uses none
 * when the clock has gone back.
 */
#include <stdlib.h>
#include <string.h>

#include "compat.h"
#include "err.h"
#include "hasher.h"
#include "recent.h"
#include "secret.h"

struct slot {
	uint8_t of[LY_HASH_MAX];	/* digest of what was asked */
	int64_t since;			/* ly_time(): a laptop may sleep */
	size_t len;			/* of the result; 0: empty */
};

struct ly_recent {
	struct ly_mutex lock;		/* of all below */
	int seconds;
	size_t next;			/* the oldest slot */
	struct slot slot[LY_RECENT_MAX];
	struct ly_secret results;	/* LY_RECENT_LEN bytes a slot */
};

int
ly_recent_new(int seconds, struct ly_recent **out)
{
	struct ly_recent *k;
	int r;

	if ((k = calloc(1, sizeof(*k))) == NULL)
		return LY_ERR_NOMEM;
	if ((r = ly_secret_alloc(&k->results, LY_RECENT_MAX *
	    LY_RECENT_LEN)) != 0) {
		free(k);
		return r;
	}
	ly_locked_private(k->results.data, k->results.cap);
	ly_mutex_init(&k->lock);
	k->seconds = seconds;
	*out = k;
	return 0;
}

void
ly_recent_free(struct ly_recent **k)
{
	if (*k != NULL) {
		ly_secret_clear(&(*k)->results);
		free(*k);
	}
	*k = NULL;
}

static uint8_t *
result_of(struct ly_recent *k, size_t i)
{
	return k->results.data + i * LY_RECENT_LEN;
}

static void
wipe(struct ly_recent *k, size_t i)
{
	ly_wipe(result_of(k, i), LY_RECENT_LEN);
	k->slot[i].len = 0;
}

void
ly_recent_forget(struct ly_recent *k)
{
	size_t i;

	if (k == NULL)
		return;
	ly_mutex_lock(&k->lock);
	for (i = 0; i < LY_RECENT_MAX; i++)
		wipe(k, i);
	ly_mutex_unlock(&k->lock);
}

/* Wipe what has been there for long enough. The lock is held. */
static void
expire(struct ly_recent *k)
{
	const int64_t now = ly_time();
	size_t i;

	for (i = 0; i < LY_RECENT_MAX; i++)
		if (k->slot[i].len != 0 && (now < k->slot[i].since ||
		    now - k->slot[i].since >= k->seconds))
			wipe(k, i);
}

/* The digest of what was asked. */
static int
digest_of(const struct ly_keyref *ref, const struct ly_alg *alg,
    const uint8_t *in, size_t inlen, uint8_t *of)
{
	/* Field by field: a struct has bytes between them. */
	const uint32_t what[] = { (uint32_t)alg->op, (uint32_t)alg->scheme,
	    (uint32_t)alg->hash, (uint32_t)alg->mgf,
	    (uint32_t)alg->label_len };
	struct ly_hasher *h = NULL;
	size_t len = 0;
	int r;

	if ((r = ly_hasher_new(LY_SHA256, &h)) != 0)
		return r;
	if ((r = ly_hasher_update(h, ref->id, sizeof(ref->id))) == 0 &&
	    (r = ly_hasher_update(h, what, sizeof(what))) == 0 &&
	    (r = ly_hasher_update(h, alg->label, alg->label_len)) == 0 &&
	    (r = ly_hasher_update(h, in, inlen)) == 0)
		r = ly_hasher_final(h, of, &len);
	ly_hasher_free(&h);
	return r;
}

/* The slot of a digest, or LY_RECENT_MAX. The lock is held. */
static size_t
slot_of(const struct ly_recent *k, const uint8_t *of)
{
	size_t i;

	for (i = 0; i < LY_RECENT_MAX; i++)
		if (k->slot[i].len != 0 && memcmp(k->slot[i].of, of,
		    LY_HASH_MAX) == 0)
			break;
	return i;
}

int
ly_recent_get(struct ly_recent *k, const struct ly_keyref *ref,
    const struct ly_alg *alg, const uint8_t *in, size_t inlen,
    struct ly_secret *out)
{
	uint8_t of[LY_HASH_MAX] = { 0 };
	int r = LY_ERR_NOTFOUND;
	size_t i;

	if (k == NULL || alg->op == LY_OP_SIGN ||
	    digest_of(ref, alg, in, inlen, of) != 0)
		return LY_ERR_NOTFOUND;
	ly_mutex_lock(&k->lock);
	expire(k);
	if ((i = slot_of(k, of)) != LY_RECENT_MAX)
		r = ly_secret_set(out, result_of(k, i), k->slot[i].len);
	ly_mutex_unlock(&k->lock);
	return r == 0 ? 0 : LY_ERR_NOTFOUND;
}

void
ly_recent_put(struct ly_recent *k, const struct ly_keyref *ref,
    const struct ly_alg *alg, const uint8_t *in, size_t inlen,
    const struct ly_secret *result)
{
	uint8_t of[LY_HASH_MAX] = { 0 };
	size_t i;

	if (k == NULL || alg->op == LY_OP_SIGN || result->len == 0 ||
	    result->len > LY_RECENT_LEN ||
	    digest_of(ref, alg, in, inlen, of) != 0)
		return;
	ly_mutex_lock(&k->lock);
	expire(k);
	if (slot_of(k, of) == LY_RECENT_MAX) {
		i = k->next;
		k->next = (i + 1) % LY_RECENT_MAX;
		wipe(k, i);
		memcpy(k->slot[i].of, of, sizeof(of));
		memcpy(result_of(k, i), result->data, result->len);
		k->slot[i].since = ly_time();
		k->slot[i].len = result->len;
	}
	ly_mutex_unlock(&k->lock);
}
