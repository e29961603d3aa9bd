/*
 * The open drivers of an account: owns the device keys and the drivers'
 * states, decides which driver answers, and logs why none did. Refuses to
 * know what a driver does.
 */
#include <stdatomic.h>
#include <stdlib.h>

#include "account.h"
#include "acct.h"
#include "compat.h"
#include "conf.h"
#include "crypto.h"
#include "device.h"
#include "driver.h"
#include "err.h"
#include "log.h"
#include "recent.h"
#include "secret.h"

struct ly_drivers {
	atomic_uint refs;
	struct ly_conf conf;
	struct ly_acct *acct;
	struct ly_device_keys keys;
	struct ly_recent *recent;	/* NULL: nothing is kept */
	size_t n;
	void *state[LY_DRIVERS_MAX];
	struct ly_drivers *next_abandoned;
};

/* What was let go by ly_drivers_abandon, kept reachable. */
static _Atomic(struct ly_drivers *) abandoned;

static void
drivers_free(struct ly_drivers *d)
{
	while (d->n > 0) {
		d->n--;
		ly_driver_table[d->n]->close(d->state[d->n]);
	}
	ly_recent_free(&d->recent);
	ly_device_keys_clear(&d->keys);
	ly_acct_unref(&d->acct);
	free(d);
}

int
ly_drivers_open(const struct ly_conf *conf, struct ly_acct *acct,
    const struct ly_secret *pin, struct ly_drivers **out, struct ly_why *why)
{
	struct ly_drivers *d;
	struct ly_driver_env env;
	int r;

	if ((d = calloc(1, sizeof(*d))) == NULL)
		return ly_fail(why, LY_ERR_NOMEM, "out of memory");
	atomic_init(&d->refs, 1);
	d->conf = *conf;
	d->acct = ly_acct_ref(acct);
	if ((r = ly_account_unlock(ly_acct_get(acct), pin, &d->keys,
	    why)) != 0)
		goto out;
	if (conf->keep_s != 0 && (r = ly_recent_new(conf->keep_s,
	    &d->recent)) != 0)
		goto out;
	env.conf = &d->conf;
	env.account = ly_acct_get(d->acct);
	env.keys = &d->keys;
	while (d->n < LY_DRIVERS_MAX && ly_driver_table[d->n] != NULL) {
		if ((r = ly_driver_table[d->n]->open(&env,
		    &d->state[d->n], why)) != 0)
			goto out;
		d->n++;
	}
	*out = d;
	d = NULL;
out:
	if (d != NULL)
		drivers_free(d);
	return r;
}

struct ly_drivers *
ly_drivers_ref(struct ly_drivers *d)
{
	if (d != NULL)
		atomic_fetch_add(&d->refs, 1);
	return d;
}

void
ly_drivers_unref(struct ly_drivers **d)
{
	if (*d != NULL && atomic_fetch_sub(&(*d)->refs, 1) == 1)
		drivers_free(*d);
	*d = NULL;
}

void
ly_drivers_abandon(struct ly_drivers **d)
{
	if (*d != NULL) {
		(*d)->next_abandoned = atomic_load(&abandoned);
		while (!atomic_compare_exchange_weak(&abandoned,
		    &(*d)->next_abandoned, *d))
			continue;
	}
	*d = NULL;
}

/* Errors after which another driver may still have the answer. */
static int
try_next(int r)
{
	switch (r) {
	case LY_ERR_NOTFOUND:
	case LY_ERR_EXPIRED:
	case LY_ERR_FORMAT:
	case LY_ERR_AUTH:
	case LY_ERR_PERM:
	case LY_ERR_IO:
		return 1;
	default:
		return 0;
	}
}

static void
log_failure(const struct ly_driver *drv, const struct ly_keyref *ref,
    const struct ly_alg *alg, int r, const struct ly_why *why)
{
	char hex[LY_KEY_ID_HEX];

	if (!ly_log_on(LY_LOG_WARN))
		return;
	ly_hex(ref->id, sizeof(ref->id), hex);
	ly_log(LY_LOG_WARN, "%s: %s with key %s failed: %s%s%s", drv->name,
	    ly_op_name(alg->op), hex, ly_strerror(r),
	    why->text[0] != '\0' ? ": " : "", why->text);
}

/* One driver's answer, or a recent one of its. */
static int
run_one(struct ly_drivers *d, size_t i, const struct ly_keyref *ref,
    const struct ly_alg *alg, const uint8_t *in, size_t inlen,
    struct ly_secret *out, uint64_t *revision, struct ly_why *why)
{
	const struct ly_driver *drv = ly_driver_table[i];
	struct ly_recent *recent = drv->keeps ? d->recent : NULL;
	int r;

	if (ly_recent_get(recent, ref, alg, in, inlen, out) == 0)
		return 0;
	if ((r = drv->run(d->state[i], ref, alg, in, inlen, out, revision,
	    why)) == 0)
		ly_recent_put(recent, ref, alg, in, inlen, out);
	return r;
}

int
ly_drivers_run(struct ly_drivers *d, const struct ly_keyref *ref,
    const struct ly_alg *alg, const uint8_t *in, size_t inlen,
    struct ly_secret *out, uint64_t *revision, int *renew)
{
	struct ly_why why;
	int first = 0, r = LY_ERR_NOTFOUND;
	size_t i;

	*revision = 0;
	*renew = 0;
	for (i = 0; i < d->n; i++) {
		const struct ly_driver *drv = ly_driver_table[i];

		if (!drv->serves(ref))
			continue;
		why.text[0] = '\0';
		if ((r = run_one(d, i, ref, alg, in, inlen, out, revision,
		    &why)) == 0)
			return 0;
		log_failure(drv, ref, alg, r, &why);
		if (r == LY_ERR_EXPIRED)
			*renew = 1;
		if (first == 0)
			first = r;
		if (!try_next(r))
			break;
	}
	/* An ended lease explains more than the lost network behind it. */
	return first == LY_ERR_EXPIRED ? first : r;
}

void
ly_drivers_forget(struct ly_drivers *d)
{
	if (d != NULL)
		ly_recent_forget(d->recent);
}

int
ly_drivers_sync(struct ly_drivers *d, struct ly_why *why)
{
	size_t i;

	for (i = 0; i < d->n; i++)
		if (ly_driver_table[i]->sync != NULL)
			return ly_driver_table[i]->sync(d->state[i], why);
	return LY_ERR_UNSUPPORTED;
}
