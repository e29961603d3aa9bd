/*
 * The threads that answer requests. Each has its own connection to the
 * database; the queue in front of them is bounded.
 */
#ifndef LY_POOL_H
#define LY_POOL_H

#include <stddef.h>

#include "call.h"

struct ly_pool;
struct ly_why;

#define LY_POOL_QUEUE_MAX 1024	/* requests that wait for a thread */

struct ly_job {
	struct ly_call call;
	struct ly_job *next;
	void (*done)(struct ly_job *job);	/* called by the thread */
};

/* n threads (1 .. 64), each with a store. LY_ERR_NOMEM, or the store's. */
int ly_pool_start(struct ly_serve *sv, unsigned n, struct ly_pool **out,
    struct ly_why *why);

/*
 * Have a job's call answered: job->done is called after that. LY_ERR_BUSY
 * when too many wait; the job stays the caller's then.
 */
int ly_pool_submit(struct ly_pool *p, struct ly_job *job);

/* Answer what waits, end the threads, release. NULL is fine. */
void ly_pool_stop(struct ly_pool **p);

#endif
