/*
 * Searches: C_FindObjectsInit, C_FindObjects and C_FindObjectsFinal, for one
 * object in the middle of the list and for one that is not there. The tokens
 * take turns; median of ROUNDS slices, in processor time: nothing waits here.
 *
 *	bench_find NAME MODULE LABEL KEYS PARAMS [KEYS PARAMS ...]
 *	bench_find count NUMBER MODULE PARAMS
 *
 * The second form does NUMBER times every search, for who counts
 * instructions.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bench_client.h"

#define ROUNDS 21
#define SLICE_NS 2e6
#define TOKENS_MAX 4

static CK_BBOOL yes = CK_TRUE;
static CK_OBJECT_CLASS cert = CKO_CERTIFICATE, private = CKO_PRIVATE_KEY;
static CK_OBJECT_CLASS trust = 0xce534353;	/* CKO_NSS_TRUST */

enum search { ISSUER, ID, LABEL, SUBJECT, VALUE, TRUST, SEARCHES };

static const char *const names[SEARCHES] = {
	"issuer and serial", "CKA_ID, private key", "label", "subject",
	"value", "CKO_NSS_TRUST"
};

/* A template of at most four attributes, and what it shall find. */
struct question {
	CK_ATTRIBUTE t[4];
	CK_ULONG n, want;
};

/* The values of one certificate: in hits as they are, in misses changed. */
struct token {
	const char *keys, *params;
	struct question q[SEARCHES][2];
	double us[SEARCHES][2][ROUNDS];
};

static struct token tokens[TOKENS_MAX];

static double
now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return (double)ts.tv_sec * 1e9 + (double)ts.tv_nsec;
}

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* An attribute of the object; miss: with another byte in the middle. */
static void
add(struct bench_client *c, CK_OBJECT_HANDLE o, CK_ATTRIBUTE_TYPE type,
    int miss, struct question *q)
{
	CK_ATTRIBUTE *a = &q->t[q->n++];
	unsigned char *p;

	a->type = type;
	if ((p = bench_read(c, o, type, &a->ulValueLen)) == NULL)
		bench_fail("an attribute is missing", type);
	if (miss)
		p[a->ulValueLen / 2] ^= 0x80;
	a->pValue = p;
}

static void
ask(struct bench_client *c, CK_OBJECT_HANDLE o, enum search s, int miss,
    struct question *q)
{
	static const CK_ATTRIBUTE_TYPE by[SEARCHES] = { CKA_SERIAL_NUMBER,
	    CKA_ID, CKA_LABEL, CKA_SUBJECT, CKA_VALUE, CKA_SERIAL_NUMBER };
	CK_OBJECT_CLASS *class = s == ID ? &private : s == TRUST ? &trust :
	    &cert;

	q->t[0] = (CK_ATTRIBUTE){ CKA_TOKEN, &yes, sizeof yes };
	q->t[1] = (CK_ATTRIBUTE){ CKA_CLASS, class, sizeof *class };
	q->n = 2;
	q->want = !miss && s != TRUST;
	if (s == ISSUER || s == TRUST)
		add(c, o, CKA_ISSUER, 0, q);
	add(c, o, by[s], miss, q);
}

static void
run(struct bench_client *c, struct question *q)
{
	CK_OBJECT_HANDLE h[2];
	CK_ULONG n = 0;

	if (c->f->C_FindObjectsInit(c->session, q->t, q->n) != CKR_OK ||
	    c->f->C_FindObjects(c->session, h, 2, &n) != CKR_OK ||
	    c->f->C_FindObjectsFinal(c->session) != CKR_OK)
		bench_fail("search", 0);
	if (n != q->want)
		bench_fail("a search found another number of objects", n);
}

/* The questions, about the certificate in the middle of the list. */
static void
prepare(struct bench_client *c, struct token *t)
{
	CK_OBJECT_HANDLE o;
	struct bench_list l;
	int s;

	bench_find_class(c, CKO_CERTIFICATE, &l);
	if (l.n == 0)
		bench_fail("no certificates", 0);
	o = l.h[l.n / 2];
	free(l.h);
	for (s = 0; s < SEARCHES; s++) {
		ask(c, o, (enum search)s, 0, &t->q[s][0]);
		ask(c, o, (enum search)s, 1, &t->q[s][1]);
	}
}

static double
slice(struct bench_client *c, struct question *q)
{
	double start = now_ns(), now = start;
	unsigned long n = 0;

	/* The clock of the processor's time costs as much as a search. */
	do {
		run(c, q);
		if (++n % 32 == 0)
			now = now_ns();
	} while (now - start < SLICE_NS);
	return (now - start) / (double)n / 1e3;
}

static void
measure(struct bench_client *c, struct token *t, int round)
{
	int s, miss;

	for (s = 0; s < SEARCHES; s++)
		for (miss = 0; miss < 2; miss++)
			t->us[s][miss][round] = slice(c, &t->q[s][miss]);
}

static void
print(const char *name, int n)
{
	int s, miss, i;

	printf("%-12s us at keys  ", name);
	for (i = 0; i < n; i++)
		printf("%9s", tokens[i].keys);
	printf("   target\n");
	for (s = 0; s < SEARCHES; s++)
		for (miss = 0; miss < 2; miss++) {
			if (s == TRUST && miss)
				continue;
			printf("%-19s %-5s", names[s],
			    miss || s == TRUST ? "miss" : "hit");
			for (i = 0; i < n; i++) {
				qsort(tokens[i].us[s][miss], ROUNDS,
				    sizeof(double), compare);
				printf("%9.2f",
				    tokens[i].us[s][miss][ROUNDS / 2]);
			}
			printf("     5.00\n");
		}
}

static int
count(char **a)
{
	unsigned long n = strtoul(a[0], NULL, 10);
	struct bench_client c;
	int s;

	bench_load_module(&c, a[1], a[2]);
	bench_session(&c, "");
	prepare(&c, &tokens[0]);
	for (; n > 0; n--)
		for (s = 0; s < SEARCHES; s++) {
			run(&c, &tokens[0].q[s][0]);
			run(&c, &tokens[0].q[s][1]);
		}
	return 0;
}

int
main(int argc, char **argv)
{
	struct bench_client c;
	int i, n, round;

	if (argc == 5 && strcmp(argv[1], "count") == 0)
		return count(argv + 2);
	if (argc < 6 || argc % 2 != 0 || argc > 4 + 2 * TOKENS_MAX) {
		fprintf(stderr, "usage: bench_find NAME MODULE LABEL KEYS "
		    "PARAMS [KEYS PARAMS ...]\n"
		    "       bench_find count NUMBER MODULE PARAMS\n");
		return 2;
	}
	n = (argc - 4) / 2;
	for (i = 0; i < n; i++) {
		tokens[i].keys = argv[4 + 2 * i];
		tokens[i].params = argv[5 + 2 * i];
	}
	for (round = -1; round < ROUNDS; round++)
		for (i = 0; i < n; i++) {
			bench_load_module(&c, argv[2], tokens[i].params);
			bench_session(&c, argv[3]);
			if (round < 0)
				prepare(&c, &tokens[i]);
			else
				measure(&c, &tokens[i], round);
			if (c.f->C_Finalize(NULL) != CKR_OK)
				bench_fail("C_Finalize", 0);
		}
	print(argv[1], n);
	return 0;
}
