/*
 * Cached keys: operations per second of the module over bare OpenSSL with
 * the same key in memory, and of SoftHSM in the same run. Slices of 0.1 s
 * take turns; each ratio is of neighbours; the median of them is printed.
 *
 *	bench_cached DATA MODULE LABEL PIN SOFTHSM LABEL PIN [ROUNDS]
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"

#define SLICE 0.1
#define ROUNDS_MAX 101

static struct bench_keys keys;
static struct bench_token ours, softhsm;
static struct bench_bare bare[BENCH_OPS][BENCH_THREADS];

/* Of the issue: 1 thread; 4 threads may be 0.05 less. */
static const double target[BENCH_OPS] = { 0.95, 0.87, 0.85, 0.85, 0.80 };

struct job {
	struct bench_token *token;	/* NULL: bare */
	enum bench_op op;
	int thread;
	double rate;
};

static void *
work(void *arg)
{
	struct job *j = arg;
	double start = bench_now(), now;
	unsigned long n = 0;

	do {
		if (j->token != NULL)
			bench_token_run(j->token, j->op, &keys, j->thread);
		else
			bench_bare_run(&bare[j->op][j->thread], j->op, &keys);
		n++;
		now = bench_now();
	} while (now - start < SLICE);
	j->rate = (double)n / (now - start);
	return NULL;
}

/* Operations per second of all threads in one slice. */
static double
slice(struct bench_token *t, enum bench_op op, int threads)
{
	struct job jobs[BENCH_THREADS];
	pthread_t ids[BENCH_THREADS];
	double sum = 0;
	int i;

	for (i = 0; i < threads; i++) {
		jobs[i] = (struct job){ t, op, i, 0 };
		if (threads == 1)
			work(&jobs[i]);
		else if (pthread_create(&ids[i], NULL, work, &jobs[i]) != 0)
			bench_die("pthread_create");
	}
	for (i = 0; i < threads; i++) {
		if (threads > 1)
			pthread_join(ids[i], NULL);
		sum += jobs[i].rate;
	}
	return sum;
}

static void
measure(enum bench_op op, int threads, size_t rounds)
{
	double a[ROUNDS_MAX], h[ROUNDS_MAX], speed[ROUNDS_MAX], b;
	size_t i;

	(void)slice(NULL, op, threads);
	(void)slice(&ours, op, threads);
	for (i = 0; i < rounds; i++) {
		speed[i] = b = slice(NULL, op, threads);
		a[i] = slice(&ours, op, threads) / b;
		h[i] = softhsm.has[op] ? slice(&softhsm, op, threads) / b : 0;
	}
	printf("%-18s %d  %9.0f   %5.3f   %5.2f   ", bench_op_name(op),
	    threads, bench_median(speed, rounds), bench_median(a, rounds),
	    target[op] - (threads > 1 ? 0.05 : 0));
	if (softhsm.has[op])
		printf("%5.3f\n", bench_median(h, rounds));
	else
		printf("    -\n");
	fflush(stdout);
}

int
main(int argc, char **argv)
{
	size_t rounds = 31;
	int op, i;

	if (argc < 8)
		bench_die("usage: bench_cached DATA MODULE LABEL PIN "
		    "SOFTHSM LABEL PIN [ROUNDS]");
	if (argc > 8)
		rounds = strtoul(argv[8], NULL, 10);
	if (rounds < 1 || rounds > ROUNDS_MAX)
		bench_die("ROUNDS is 1 to 101");
	bench_keys_load(argv[1], &keys);
	bench_token_open(argv[2], argv[3], argv[4], &keys, &ours);
	if (*argv[5] != '\0')
		bench_token_open(argv[5], argv[6], argv[7], &keys, &softhsm);
	for (op = 0; op < BENCH_OPS; op++)
		for (i = 0; i < BENCH_THREADS; i++)
			bench_bare_init(&bare[op][i], (enum bench_op)op,
			    &keys);
	printf("cached: operations per second over bare OpenSSL\n"
	    "operation   threads    bare/s   ratio  target   SoftHSM\n");
	for (op = 0; op < BENCH_OPS; op++) {
		if (!ours.has[op]) {
			printf("%-18s -  no such key\n",
			    bench_op_name((enum bench_op)op));
			continue;
		}
		measure((enum bench_op)op, 1, rounds);
		measure((enum bench_op)op, BENCH_THREADS, rounds);
	}
	return 0;
}
