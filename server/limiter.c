/*
 * How often an enrolment for an address may fail; see enroll.h. A table of
 * fixed size: addresses that share a place share their tries, so a flood of
 * made-up addresses costs no memory.
 */
#include <stdlib.h>
#include <string.h>

#include "compat.h"
#include "crypto.h"
#include "enroll.h"
#include "err.h"

#define PLACES 4096
#define WINDOW_MS 60000

/* lock guards both arrays. */
struct ly_limiter {
	struct ly_mutex lock;
	uint8_t salt[16];	/* so that nobody can aim at a place */
	struct {
		int64_t at[LY_CODE_TRIES];	/* 0: free */
	} place[PLACES];
};

int
ly_limiter_new(struct ly_limiter **out)
{
	struct ly_limiter *l;
	int r;

	if ((l = calloc(1, sizeof(*l))) == NULL)
		return LY_ERR_NOMEM;
	ly_mutex_init(&l->lock);
	if ((r = ly_random(l->salt, sizeof(l->salt))) != 0) {
		free(l);
		return r;
	}
	*out = l;
	return 0;
}

void
ly_limiter_free(struct ly_limiter **l)
{
	free(*l);
	*l = NULL;
}

static int64_t *
place_of(struct ly_limiter *l, const char *address)
{
	uint8_t h[LY_SHA256_LEN] = { 0 };

	(void)ly_hmac(LY_SHA256, l->salt, sizeof(l->salt), address,
	    strlen(address), h);
	return l->place[((size_t)h[0] << 8 | h[1]) % PLACES].at;
}

/* The slot that is free longest, or becomes so first. */
static size_t
oldest(const int64_t *at)
{
	size_t i, best = 0;

	for (i = 1; i < LY_CODE_TRIES; i++)
		if (at[i] < at[best])
			best = i;
	return best;
}

int
ly_limiter_check(struct ly_limiter *l, const char *address, int *wait_s)
{
	int64_t *at = place_of(l, address), left;

	ly_mutex_lock(&l->lock);
	left = at[oldest(at)];
	left = left == 0 ? 0 : left + WINDOW_MS - ly_now_ms();
	ly_mutex_unlock(&l->lock);
	if (left <= 0)
		return 0;
	*wait_s = (int)((left + 999) / 1000);
	return LY_ERR_BUSY;
}

void
ly_limiter_fail(struct ly_limiter *l, const char *address)
{
	int64_t *at = place_of(l, address);

	ly_mutex_lock(&l->lock);
	at[oldest(at)] = ly_now_ms();
	ly_mutex_unlock(&l->lock);
}
