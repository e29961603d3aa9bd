/*
 * The cached driver: operations on keys that policy lets this device hold.
 * Owns the keys in clear (one small object a key, made when it is first
 * used) and looks at the lease each time; refuses a key whose lease has
 * ended until a sync has brought a newer one.
 */
#include <stdlib.h>
#include <string.h>

#include "account.h"
#include "buf.h"
#include "compat.h"
#include "crypto.h"
#include "device.h"
#include "driver.h"
#include "err.h"
#include "file.h"
#include "pkey.h"
#include "seal.h"
#include "secret.h"

#define BUCKETS 256

struct cached_key {
	uint8_t id[LY_KEY_ID_LEN];
	struct ly_pkey *pkey;		/* never changes */
	int64_t not_after;		/* of the lease; under the lock */
	int64_t looked_ms;		/* last look for a newer lease */
	struct cached_key *next;
};

struct cached {
	const struct ly_account *account;
	const struct ly_device_keys *keys;
	struct ly_mutex lock;		/* of the buckets and the leases */
	struct cached_key *bucket[BUCKETS];
};

static int
cached_open(const struct ly_driver_env *env, void **state,
    struct ly_why *why)
{
	struct cached *c;

	if ((c = calloc(1, sizeof(*c))) == NULL)
		return ly_fail(why, LY_ERR_NOMEM, "out of memory");
	c->account = env->account;
	c->keys = env->keys;
	ly_mutex_init(&c->lock);
	*state = c;
	return 0;
}

static int
cached_serves(const struct ly_keyref *ref)
{
	return ref->delivery == LY_CACHED;
}

static void
key_free(struct cached_key *k)
{
	if (k == NULL)
		return;
	ly_pkey_free(&k->pkey);
	free(k);
}

/* The key in the table, or NULL. The lock is held. */
static struct cached_key *
lookup(struct cached *c, const uint8_t *id)
{
	struct cached_key *k;

	for (k = c->bucket[id[0] % BUCKETS]; k != NULL; k = k->next)
		if (memcmp(k->id, id, sizeof(k->id)) == 0)
			return k;
	return NULL;
}

static int
expired(const uint8_t *id, int64_t not_after, struct ly_why *why)
{
	char hex[LY_KEY_ID_HEX], when[LY_TIME_LEN];

	ly_hex(id, LY_KEY_ID_LEN, hex);
	ly_time_str(not_after, when);
	return ly_fail(why, LY_ERR_EXPIRED, "the lease of the local copy of "
	    "key %s ended at %s; \"lanyard sync\" renews it", hex, when);
}

/* That the key inside is the one that the lease speaks of. */
static int
check_id(const struct ly_pkey *pkey, const uint8_t *id, struct ly_why *why)
{
	uint8_t own[LY_KEY_ID_LEN];
	struct ly_buf spki;
	int r;

	ly_buf_init(&spki, LY_PKEY_DER_MAX);
	if ((r = ly_pkey_spki(pkey, &spki)) == 0 &&
	    (r = ly_key_id(spki.data, spki.len, own)) == 0 &&
	    memcmp(own, id, sizeof(own)) != 0)
		r = ly_fail(why, LY_ERR_FORMAT, "another key is inside");
	ly_buf_clear(&spki);
	return r;
}

/* Read and open the sealed key of the account; its lease is not over. */
static int
unseal(const struct cached *c, const uint8_t *id, struct cached_key **out,
    struct ly_why *why)
{
	struct ly_secret pkcs8 = LY_SECRET_INIT;
	struct cached_key *k = NULL;
	struct ly_lease lease;
	struct ly_buf sealed;
	int r;

	ly_buf_init(&sealed, LY_SEALED_MAX);
	if ((r = ly_account_sealed(c->account, id, &lease, &sealed,
	    why)) != 0)
		goto out;
	if (memcmp(lease.key_id, id, LY_KEY_ID_LEN) != 0) {
		r = ly_fail(why, LY_ERR_FORMAT, "a lease for another key");
		goto out;
	}
	if (ly_time() > lease.not_after) {
		r = expired(id, lease.not_after, why);
		goto out;
	}
	if ((k = calloc(1, sizeof(*k))) == NULL) {
		r = LY_ERR_NOMEM;
		goto out;
	}
	memcpy(k->id, id, LY_KEY_ID_LEN);
	k->not_after = lease.not_after;
	if ((r = ly_unseal(sealed.data, sealed.len, c->keys->recv,
	    c->account->recv_cert.data, c->account->recv_cert.len,
	    &pkcs8)) != 0)
		goto out;
	if ((r = ly_pkey_from_der(pkcs8.data, pkcs8.len, &k->pkey)) != 0)
		goto out;
	if ((r = check_id(k->pkey, id, why)) != 0)
		goto out;
	*out = k;
	k = NULL;
out:
	key_free(k);
	ly_secret_clear(&pkcs8);
	ly_buf_clear(&sealed);
	return r;
}

/* Put a key into the table unless another thread was faster. */
static const struct ly_pkey *
insert(struct cached *c, struct cached_key *k)
{
	struct cached_key *old;

	ly_mutex_lock(&c->lock);
	if ((old = lookup(c, k->id)) == NULL) {
		k->next = c->bucket[k->id[0] % BUCKETS];
		c->bucket[k->id[0] % BUCKETS] = k;
		old = k;
		k = NULL;
	} else if (k->not_after > old->not_after) {
		old->not_after = k->not_after;
	}
	ly_mutex_unlock(&c->lock);
	key_free(k);
	return old->pkey;
}

/*
 * The key ready for use. Entries stay as long as the driver, so that the
 * pointer is good without the lock. An ended lease is looked up again, at
 * most once a second.
 */
static int
cached_key(struct cached *c, const uint8_t *id, const struct ly_pkey **pkey,
    struct ly_why *why)
{
	const struct ly_pkey *found = NULL;
	struct cached_key *k;
	int64_t not_after = 0, now;
	int look = 1, r;

	ly_mutex_lock(&c->lock);
	if ((k = lookup(c, id)) != NULL) {
		not_after = k->not_after;
		if (ly_time() <= not_after) {
			found = k->pkey;
		} else {
			now = ly_now_ms();
			look = k->looked_ms == 0 ||
			    now - k->looked_ms >= 1000;
			if (look)
				k->looked_ms = now;
		}
	}
	ly_mutex_unlock(&c->lock);
	if (found == NULL) {
		if (!look)
			return expired(id, not_after, why);
		if ((r = unseal(c, id, &k, why)) != 0)
			return r;
		found = insert(c, k);
	}
	*pkey = found;
	return 0;
}

static int
cached_run(void *state, const struct ly_keyref *ref,
    const struct ly_alg *alg, const uint8_t *in, size_t inlen,
    struct ly_secret *out, uint64_t *revision, struct ly_why *why)
{
	const struct ly_pkey *pkey = NULL;
	int r;

	(void)revision;
	if ((r = cached_key(state, ref->id, &pkey, why)) != 0)
		return r;
	return ly_pkey_op(pkey, alg, in, inlen, out);
}

static void
cached_close(void *state)
{
	struct cached *c = state;
	struct cached_key *k;
	size_t i;

	for (i = 0; i < BUCKETS; i++) {
		while ((k = c->bucket[i]) != NULL) {
			c->bucket[i] = k->next;
			key_free(k);
		}
	}
	free(c);
}

const struct ly_driver ly_driver_cached = {
	.name = "cached",
	.open = cached_open,
	.serves = cached_serves,
	.run = cached_run,
	.sync = NULL,
	.close = cached_close
};
