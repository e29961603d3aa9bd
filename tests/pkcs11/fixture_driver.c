/*
 * The fake driver: the fixture's private keys, in memory. The table of
 * drivers is fixture_table.c, or a test's own.
 */
#include "fixture.h"

#include "compat.h"
#include "device.h"
#include "driver.h"
#include "err.h"
#include "fixture_keys.h"
#include "pkey.h"
#include "secret.h"

struct fx_fake fx_fake;

static int
fake_open(const struct ly_driver_env *env, void **state, struct ly_why *why)
{
	(void)why;
	/* The device keys are what the token unlocked. */
	if (env->keys->auth == NULL || env->keys->recv == NULL)
		return LY_ERR_STATE;
	atomic_fetch_add(&fx_fake.opens, 1);
	*state = malloc(1);
	return *state != NULL ? 0 : LY_ERR_NOMEM;
}

static int
fake_serves(const struct ly_keyref *ref)
{
	(void)ref;
	return 1;
}

static void
fake_hold(void)
{
	atomic_fetch_add(&fx_fake.waiting, 1);
	while (atomic_load(&fx_fake.hold))
		ly_yield_for_test();
	atomic_fetch_sub(&fx_fake.waiting, 1);
}

static int
fake_run(void *state, const struct ly_keyref *ref, const struct ly_alg *alg,
    const uint8_t *in, size_t inlen, struct ly_secret *out,
    uint64_t *revision, struct ly_why *why)
{
	const struct ly_pkey *key = NULL;
	int r;

	(void)state;
	(void)why;
	atomic_fetch_add(&fx_fake.runs, 1);
	*revision = atomic_load(&fx_fake.revision);
	if (atomic_load(&fx_fake.hold))
		fake_hold();
	if ((r = atomic_load(&fx_fake.fail)) != 0)
		return r;
	if ((key = fx_private(ref->id)) == NULL)
		return LY_ERR_NOTFOUND;
	if ((r = ly_pkey_op(key, alg, in, inlen, out)) != 0)
		return r;
	if (atomic_load(&fx_fake.overlong)) {
		struct ly_secret big = LY_SECRET_INIT;

		if ((r = ly_secret_alloc(&big, 2048)) != 0)
			return r;
		memset(big.data, 7, 2048);
		big.len = 2048;
		ly_secret_move(out, &big);
	}
	return 0;
}

static int
fake_sync(void *state, struct ly_why *why)
{
	(void)state;
	(void)why;
	atomic_fetch_add(&fx_fake.syncs, 1);
	if (fx_fake.on_sync != NULL)
		fx_fake.on_sync();
	return 0;
}

static void
fake_close(void *state)
{
	free(state);
}

/* The same, of a service far away: its results are kept for a while. */
const struct ly_driver fx_far_driver = {
	.name = "far",
	.keeps = 1,
	.open = fake_open,
	.serves = fake_serves,
	.run = fake_run,
	.sync = fake_sync,
	.close = fake_close
};

const struct ly_driver fx_driver = {
	.name = "fake",
	.open = fake_open,
	.serves = fake_serves,
	.run = fake_run,
	.sync = fake_sync,
	.close = fake_close
};
