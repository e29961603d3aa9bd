/*
 * What it costs a process to have a token: load and initialise it, or the
 * whole life of a client that lists all. Each measurement is a process of
 * its own; candidates take turns; a ratio is of neighbours, and the median
 * of them is printed.
 *
 *	bench_load init|list ROUNDS NAME MODULE PARAMS LABEL KEYS [NAME ...]
 *	bench_load memory 1 (the same, twice: a small token and a large one)
 */
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "bench_client.h"

#define ROUNDS_MAX 1001
#define CANDIDATES_MAX 8
#define FIELDS 5

extern char **environ;

struct candidate {
	char **field;			/* NAME MODULE PARAMS LABEL KEYS */
	double ms[ROUNDS_MAX], ratio[ROUNDS_MAX];
};

/* What a process held after it had listed and read all. */
struct held {
	double objects, cert_kib, rss, dirty;
};

static struct candidate candidates[CANDIDATES_MAX];

static double
now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1e3 + (double)ts.tv_nsec / 1e6;
}

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double
median(double *v, size_t n)
{
	qsort(v, n, sizeof *v, compare);
	return v[n / 2];
}

/*
 * The child's side.
 */

static size_t
list_class(struct bench_client *c, CK_OBJECT_CLASS class)
{
	struct bench_list l;

	bench_find_class(c, class, &l);
	free(l.h);
	return l.n;
}

/* Fail unless all are there; authorities may come on top. */
static void
expect(size_t got, const char *keys)
{
	const size_t want = strtoul(keys, NULL, 10);

	if (got < want || got > want + 1)
		bench_fail("not all objects were found", got);
}

/* KiB of a line of smaps_rollup. */
static double
kib(const char *name)
{
	FILE *fp = fopen("/proc/self/smaps_rollup", "r");
	char line[256];
	double sum = 0;

	if (fp == NULL)
		bench_fail("/proc/self/smaps_rollup", 0);
	while (fgets(line, sizeof line, fp) != NULL)
		if (strncmp(line, name, strlen(name)) == 0)
			sum += atof(line + strlen(name));
	fclose(fp);
	return sum;
}

/* Read the attributes that a mail client reads, of all objects of a class. */
static void
read_class(struct bench_client *c, CK_OBJECT_CLASS class, struct held *held)
{
	static const CK_ATTRIBUTE_TYPE types[] = { CKA_VALUE, CKA_LABEL,
	    CKA_ID, CKA_ISSUER, CKA_SERIAL_NUMBER, CKA_SUBJECT, CKA_KEY_TYPE,
	    CKA_MODULUS, CKA_PUBLIC_EXPONENT, CKA_TOKEN, CKA_PRIVATE };
	struct bench_list l;
	CK_ULONG len;
	size_t i, k;
	void *p;

	bench_find_class(c, class, &l);
	for (i = 0; i < l.n; i++) {
		for (k = 0; k < sizeof types / sizeof types[0]; k++) {
			p = bench_read(c, l.h[i], types[k], &len);
			if (p != NULL && types[k] == CKA_VALUE)
				held->cert_kib += (double)len / 1024;
			free(p);
		}
	}
	held->objects += (double)l.n;
	free(l.h);
}

/* MODE MODULE PARAMS LABEL KEYS: prints its figures for the parent. */
static int
child(char **a)
{
	struct held held = { 0, 0, 0, 0 };
	struct bench_client c;
	double start = now_ms();

	bench_load_module(&c, a[1], a[2]);
	if (strcmp(a[0], "init") == 0) {
		printf("%.6f 0 0 0\n", now_ms() - start);
		return 0;
	}
	bench_session(&c, a[3]);
	if (strcmp(a[0], "list") == 0) {
		expect(list_class(&c, CKO_CERTIFICATE), a[4]);
		expect(list_class(&c, CKO_PRIVATE_KEY), a[4]);
		return 0;
	}
	read_class(&c, CKO_CERTIFICATE, &held);
	read_class(&c, CKO_PRIVATE_KEY, &held);
	read_class(&c, CKO_PUBLIC_KEY, &held);
	printf("%.0f %.3f %.0f %.0f\n", held.objects, held.cert_kib,
	    kib("Rss:"), kib("Private_Dirty:") + kib("Private_Clean:"));
	return 0;
}

/*
 * The parent's side.
 */

/* Run a child; its milliseconds, and what it printed. */
static double
run(char *mode, char **field, struct held *held)
{
	char self[] = "/proc/self/exe", word[] = "child", line[256] = "";
	char *args[] = { self, word, mode, field[1], field[2], field[3],
	    field[4], NULL };
	posix_spawn_file_actions_t actions;
	double start = now_ms(), ms;
	int fd[2], status;
	ssize_t n;
	pid_t pid;

	if (pipe(fd) != 0)
		bench_fail("pipe", 0);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, fd[1], 1);
	posix_spawn_file_actions_addclose(&actions, fd[0]);
	posix_spawn_file_actions_addclose(&actions, fd[1]);
	if (posix_spawn(&pid, self, &actions, NULL, args, environ) != 0)
		bench_fail("posix_spawn", 0);
	close(fd[1]);
	if (waitpid(pid, &status, 0) != pid || status != 0)
		bench_fail(field[0], (CK_RV)status);
	ms = now_ms() - start;
	if ((n = read(fd[0], line, sizeof line - 1)) > 0)
		(void)sscanf(line, "%lf %lf %lf %lf", &held->objects,
		    &held->cert_kib, &held->rss, &held->dirty);
	close(fd[0]);
	posix_spawn_file_actions_destroy(&actions);
	return strcmp(mode, "init") == 0 ? held->objects : ms;
}

static void
compare_all(char *mode, size_t n, size_t rounds)
{
	struct candidate *c;
	struct held held;
	size_t i, k;

	for (k = 0; k < n; k++)
		(void)run(mode, candidates[k].field, &held);
	for (i = 0; i < rounds; i++)
		for (k = 0; k < n; k++) {
			c = &candidates[k];
			c->ms[i] = run(mode, c->field, &held);
			c->ratio[i] = candidates[0].ms[i] / c->ms[i];
		}
	for (k = 0; k < n; k++) {
		c = &candidates[k];
		printf("%-24s %6s keys %9.2f ms", c->field[0], c->field[4],
		    median(c->ms, rounds));
		if (k > 0)
			printf("   %5.2f    1.00", median(c->ratio, rounds));
		printf("\n");
	}
}

static void
compare_memory(char *mode)
{
	struct held few, many;
	double objects, certs;

	(void)run(mode, candidates[0].field, &few);
	(void)run(mode, candidates[1].field, &many);
	objects = many.objects - few.objects;
	certs = many.cert_kib - few.cert_kib;
	printf("%-24s %6.0f objects more, %.0f KiB of certificates\n"
	    "  resident KiB an object beyond them  %6.3f   1.00\n"
	    "  private KiB an object beyond them   %6.3f   1.00\n",
	    candidates[1].field[0], objects, certs,
	    (many.rss - few.rss - certs) / objects,
	    (many.dirty - few.dirty - certs) / objects);
}

int
main(int argc, char **argv)
{
	size_t rounds, n = 0;
	int i;

	if (argc == 7 && strcmp(argv[1], "child") == 0)
		return child(argv + 2);
	if (argc < 3 + FIELDS || (argc - 3) % FIELDS != 0 ||
	    argc > 3 + FIELDS * CANDIDATES_MAX) {
		fprintf(stderr, "usage: bench_load init|list|memory ROUNDS "
		    "NAME MODULE PARAMS LABEL KEYS ...\n");
		return 2;
	}
	rounds = strtoul(argv[2], NULL, 10);
	if (rounds < 1 || rounds > ROUNDS_MAX)
		bench_fail("ROUNDS is 1 to 1001", 0);
	for (i = 3; i < argc; i += FIELDS)
		candidates[n++].field = argv + i;
	if (strcmp(argv[1], "memory") == 0 && n == 2)
		compare_memory(argv[1]);
	else
		compare_all(argv[1], n, rounds);
	return 0;
}
