/* The threads that answer requests; see pool.h. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "err.h"
#include "log.h"
#include "pool.h"
#include "router.h"

#define THREADS_MAX 64

struct thread {
	struct ly_pool *pool;
	struct ly_store *store;
	pthread_t id;
};

/* lock guards the queue. */
struct ly_pool {
	struct thread threads[THREADS_MAX];
	unsigned n;
	pthread_mutex_t lock;
	pthread_cond_t work;
	struct ly_job *first, **last;
	size_t waiting;
	int stop;
};

/* The next job, or NULL when there is none and the pool ends. */
static struct ly_job *
next_job(struct ly_pool *p)
{
	struct ly_job *job;

	pthread_mutex_lock(&p->lock);
	while (p->first == NULL && !p->stop)
		pthread_cond_wait(&p->work, &p->lock);
	if ((job = p->first) != NULL) {
		p->first = job->next;
		if (p->first == NULL)
			p->last = &p->first;
		p->waiting--;
	}
	pthread_mutex_unlock(&p->lock);
	return job;
}

static void *
work(void *arg)
{
	struct thread *t = arg;
	struct ly_job *job;

	while ((job = next_job(t->pool)) != NULL) {
		job->call.store = t->store;
		ly_router_answer(&job->call);
		job->call.store = NULL;
		job->done(job);
	}
	return NULL;
}

static int
start_thread(struct ly_serve *sv, struct ly_pool *p, struct ly_why *why)
{
	struct thread *t = &p->threads[p->n];
	int r;

	t->pool = p;
	if ((r = ly_app_store(sv->app, &t->store, why)) != 0)
		return r;
	if (pthread_create(&t->id, NULL, work, t) != 0) {
		t->store->d->close(&t->store);
		return ly_fail(why, LY_ERR_NOMEM, "cannot start a thread");
	}
	p->n++;
	return 0;
}

int
ly_pool_start(struct ly_serve *sv, unsigned n, struct ly_pool **out,
    struct ly_why *why)
{
	struct ly_pool *p;
	int r = 0;

	if (n == 0 || n > THREADS_MAX)
		return LY_ERR_ARG;
	if ((p = calloc(1, sizeof(*p))) == NULL)
		return LY_ERR_NOMEM;
	p->last = &p->first;
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->work, NULL);
	while (p->n < n && r == 0)
		r = start_thread(sv, p, why);
	if (r != 0)
		ly_pool_stop(&p);
	else
		*out = p;
	return r;
}

int
ly_pool_submit(struct ly_pool *p, struct ly_job *job)
{
	int r = 0;

	job->next = NULL;
	pthread_mutex_lock(&p->lock);
	if (p->stop || p->waiting >= LY_POOL_QUEUE_MAX) {
		r = LY_ERR_BUSY;
	} else {
		*p->last = job;
		p->last = &job->next;
		p->waiting++;
		pthread_cond_signal(&p->work);
	}
	pthread_mutex_unlock(&p->lock);
	return r;
}

void
ly_pool_stop(struct ly_pool **pool)
{
	struct ly_pool *p;
	unsigned i;

	if (pool == NULL || *pool == NULL)
		return;
	p = *pool;
	pthread_mutex_lock(&p->lock);
	p->stop = 1;
	pthread_cond_broadcast(&p->work);
	pthread_mutex_unlock(&p->lock);
	for (i = 0; i < p->n; i++) {
		pthread_join(p->threads[i].id, NULL);
		p->threads[i].store->d->close(&p->threads[i].store);
	}
	pthread_cond_destroy(&p->work);
	pthread_mutex_destroy(&p->lock);
	free(p);
	*pool = NULL;
}
