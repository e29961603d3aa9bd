/*
 * The audit chain and its writer thread; see audit.h. While the database
 * takes no records, nothing more is queued: a key is not used unseen.
 */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "audit.h"
#include "buf.h"
#include "compat.h"
#include "crypto.h"
#include "err.h"
#include "log.h"

#define RETRY_MS 500		/* between tries of a commit that failed */

/* lock guards everything below it; the writer alone uses store. */
struct ly_audit {
	struct ly_store *store;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t work, done;
	struct ly_row_audit *queue, *spare;	/* LY_AUDIT_QUEUE_MAX rows */
	size_t n;			/* rows in queue */
	uint64_t queued, committed;	/* counters of rows */
	int urgent;			/* somebody waits for the commit */
	int failed;			/* the last commit did */
	int stop;
};

void
ly_audit_fill(struct ly_row_audit *row, const char *actor,
    const char *address, const char *event, const char *object,
    const char *detail)
{
	memset(row, 0, sizeof(*row));
	row->time = ly_time();
	(void)snprintf(row->actor, sizeof(row->actor), "%s", actor);
	(void)snprintf(row->address, sizeof(row->address), "%s",
	    address == NULL ? "" : address);
	(void)snprintf(row->event, sizeof(row->event), "%s", event);
	(void)snprintf(row->object, sizeof(row->object), "%s",
	    object == NULL ? "" : object);
	(void)snprintf(row->detail, sizeof(row->detail), "%s",
	    detail == NULL ? "" : detail);
}

int
ly_audit_hash(const struct ly_row_audit *row,
    const uint8_t prev[LY_SHA256_LEN], uint8_t hash[LY_SHA256_LEN])
{
	struct ly_buf b;
	int r;

	ly_buf_init(&b, 4096);
	(void)ly_buf_put(&b, prev, LY_SHA256_LEN);
	(void)ly_buf_put_u64(&b, row->seq);
	(void)ly_buf_put_u64(&b, (uint64_t)row->time);
	(void)ly_buf_put_str(&b, row->actor);
	(void)ly_buf_put_str(&b, row->address);
	(void)ly_buf_put_str(&b, row->event);
	(void)ly_buf_put_str(&b, row->object);
	(void)ly_buf_put_str(&b, row->detail);
	if ((r = b.err) == 0)
		r = ly_digest(LY_SHA256, b.data, b.len, hash);
	ly_buf_clear(&b);
	return r;
}

/* Chain row after last, and store it. */
static int
append_after(struct ly_store *s, const struct ly_row_audit *last,
    struct ly_row_audit *row)
{
	int r;

	row->seq = last->seq + 1;
	if ((r = ly_audit_hash(row, last->hash, row->hash)) != 0)
		return r;
	return s->d->audit_add(s, row);
}

static int
last_record(struct ly_store *s, struct ly_row_audit *last)
{
	int r;

	memset(last, 0, sizeof(*last));
	r = s->d->audit_last(s, last);
	return r == LY_ERR_NOTFOUND ? 0 : r;
}

int
ly_audit_append(struct ly_store *s, struct ly_row_audit *row)
{
	struct ly_row_audit last;
	int r;

	if ((r = last_record(s, &last)) != 0)
		return r;
	return append_after(s, &last, row);
}

struct verify {
	uint64_t n;
	uint8_t hash[LY_SHA256_LEN];
};

static int
verify_one(void *arg, const struct ly_row_audit *row)
{
	struct verify *v = arg;
	uint8_t hash[LY_SHA256_LEN];
	int r;

	if ((r = ly_audit_hash(row, v->hash, hash)) != 0)
		return r;
	if (row->seq != v->n + 1 || memcmp(hash, row->hash, sizeof(hash)) != 0)
		return LY_ERR_FORMAT;
	v->n++;
	memcpy(v->hash, hash, sizeof(hash));
	return 0;
}

int
ly_audit_verify(struct ly_store *s, uint64_t *n, struct ly_why *why)
{
	struct verify v;
	int r;

	memset(&v, 0, sizeof(v));
	r = s->d->audit_each(s, NULL, verify_one, &v);
	if (r == LY_ERR_FORMAT)
		return ly_fail(why, r, "audit: record %llu was changed, or "
		    "one before it removed", (unsigned long long)v.n + 1);
	if (r != 0)
		return ly_fail(why, r, "audit: %s", ly_strerror(r));
	*n = v.n;
	return 0;
}

/* One group in one transaction; touches the devices that acted. */
static int
commit_group(struct ly_store *s, struct ly_row_audit *rows, size_t n)
{
	struct ly_row_audit last;
	size_t i;
	int r;

	if ((r = s->d->begin(s, 1)) != 0)
		return r;
	r = last_record(s, &last);
	for (i = 0; i < n && r == 0; i++) {
		if (rows[i].event[0] != '\0') {
			r = append_after(s, &last, &rows[i]);
			last = rows[i];
		}
		if (r == 0 && (i == 0 || strcmp(rows[i].actor,
		    rows[i - 1].actor) != 0))
			r = s->d->device_touch(s, rows[i].actor,
			    rows[i].time);
	}
	if (r == 0)
		return s->d->commit(s);
	s->d->rollback(s);
	return r;
}

static void
wait_ms(struct ly_audit *a, pthread_cond_t *cond, int ms)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	t.tv_sec += ms / 1000;
	t.tv_nsec += (long)(ms % 1000) * 1000000;
	if (t.tv_nsec >= 1000000000) {
		t.tv_sec++;
		t.tv_nsec -= 1000000000;
	}
	(void)pthread_cond_timedwait(cond, &a->lock, &t);
}

/* Commit a group until it is on the disk, or we are to stop. */
static int
commit_until(struct ly_audit *a, struct ly_row_audit *rows, size_t n)
{
	int stop, r;

	for (;;) {
		r = commit_group(a->store, rows, n);
		pthread_mutex_lock(&a->lock);
		if (r == 0)
			a->committed += n;
		if (r == 0 && a->failed)
			ly_log(LY_LOG_WARN, "audit: records are written again");
		if (r != 0 && !a->failed)
			ly_log(LY_LOG_ERROR, "audit: cannot write records "
			    "(%s); keys are refused until it can",
			    ly_strerror(r));
		a->failed = r != 0;
		pthread_cond_broadcast(&a->done);
		stop = a->stop;
		if (r != 0 && !stop)
			wait_ms(a, &a->work, RETRY_MS);
		pthread_mutex_unlock(&a->lock);
		if (r == 0 || stop)
			return r;
	}
}

/* Wait for work, and then a little for more of it. Called with the lock. */
static void
gather(struct ly_audit *a)
{
	const int64_t step = LY_AUDIT_GROUP_MS;
	int64_t until;

	while (a->n == 0 && !a->stop)
		pthread_cond_wait(&a->work, &a->lock);
	until = ly_now_ms() + step;
	while (!a->urgent && !a->stop && a->n < LY_AUDIT_QUEUE_MAX / 2 &&
	    ly_now_ms() < until)
		wait_ms(a, &a->work, LY_AUDIT_GROUP_MS);
	a->urgent = 0;
}

static void *
writer(void *arg)
{
	struct ly_audit *a = arg;
	struct ly_row_audit *rows;
	size_t n;
	int r = 0;

	pthread_mutex_lock(&a->lock);
	while (r == 0 && (!a->stop || a->n > 0)) {
		gather(a);
		if (a->n == 0)
			break;
		rows = a->queue;
		n = a->n;
		a->queue = a->spare;
		a->spare = rows;
		a->n = 0;
		pthread_mutex_unlock(&a->lock);
		r = commit_until(a, rows, n);
		pthread_mutex_lock(&a->lock);
	}
	pthread_mutex_unlock(&a->lock);
	return NULL;
}

static void
audit_free(struct ly_audit *a)
{
	a->store->d->close(&a->store);
	pthread_cond_destroy(&a->work);
	pthread_cond_destroy(&a->done);
	pthread_mutex_destroy(&a->lock);
	free(a->queue);
	free(a->spare);
	free(a);
}

int
ly_audit_start(struct ly_store **s, struct ly_audit **out)
{
	pthread_condattr_t attr;
	struct ly_audit *a;

	if ((a = calloc(1, sizeof(*a))) == NULL)
		return LY_ERR_NOMEM;
	a->queue = calloc(LY_AUDIT_QUEUE_MAX, sizeof(*a->queue));
	a->spare = calloc(LY_AUDIT_QUEUE_MAX, sizeof(*a->spare));
	pthread_mutex_init(&a->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&a->work, &attr);
	pthread_cond_init(&a->done, &attr);
	pthread_condattr_destroy(&attr);
	a->store = *s;
	*s = NULL;
	if (a->queue == NULL || a->spare == NULL ||
	    pthread_create(&a->thread, NULL, writer, a) != 0) {
		audit_free(a);
		return LY_ERR_NOMEM;
	}
	*out = a;
	return 0;
}

int
ly_audit_queue(struct ly_audit *a, const struct ly_row_audit *rows, size_t n,
    int wait)
{
	uint64_t mine;
	int r = 0;

	pthread_mutex_lock(&a->lock);
	if (a->failed || a->stop || n > LY_AUDIT_QUEUE_MAX - a->n) {
		pthread_mutex_unlock(&a->lock);
		return LY_ERR_BUSY;
	}
	memcpy(a->queue + a->n, rows, n * sizeof(*rows));
	a->n += n;
	a->queued += n;
	mine = a->queued;
	a->urgent |= wait;
	if (wait || a->n == n || a->n >= LY_AUDIT_QUEUE_MAX / 2)
		pthread_cond_signal(&a->work);
	while (wait && a->committed < mine && !a->failed)
		pthread_cond_wait(&a->done, &a->lock);
	if (wait && a->committed < mine)
		r = LY_ERR_IO;
	pthread_mutex_unlock(&a->lock);
	return r;
}

void
ly_audit_touch(struct ly_audit *a, const char *device)
{
	struct ly_row_audit row;

	ly_audit_fill(&row, device, NULL, "", NULL, NULL);
	(void)ly_audit_queue(a, &row, 1, 0);
}

int
ly_audit_stop(struct ly_audit **a)
{
	int failed;

	if (a == NULL || *a == NULL)
		return 0;
	pthread_mutex_lock(&(*a)->lock);
	(*a)->stop = 1;
	pthread_cond_signal(&(*a)->work);
	pthread_mutex_unlock(&(*a)->lock);
	pthread_join((*a)->thread, NULL);
	failed = (*a)->failed;
	audit_free(*a);
	*a = NULL;
	return failed ? LY_ERR_IO : 0;
}
