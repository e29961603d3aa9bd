/*
 * Remote keys: the median time of C_Sign and C_Decrypt over that of a small
 * POST on a TLS connection to the same service that stays open, plus the bare
 * operation. The POST carries no client certificate, so that the service
 * refuses it at once: what is left is the connection and its HTTP.
 *
 *	bench_remote DATA MODULE LABEL PIN HOST:PORT [ROUNDS]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/bio.h>
#include <openssl/ssl.h>

#include "bench.h"

#define ROUNDS_MAX 10000

static struct bench_keys keys;
static struct bench_token token;

static BIO *
connect_to(const char *where)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
	BIO *bio = BIO_new_ssl_connect(ctx);

	BIO_set_conn_hostname(bio, where);
	if (BIO_do_connect(bio) != 1 || BIO_do_handshake(bio) != 1)
		bench_die("cannot connect to the service");
	return bio;
}

/* Read one answer with a Content-Length. */
static void
answer_read(BIO *bio)
{
	static char buf[65536];
	size_t have = 0, want = 0;
	char *head, *length;
	int n;

	for (;;) {
		n = BIO_read(bio, buf + have, (int)(sizeof buf - 1 - have));
		if (n <= 0)
			bench_die("the service closed the connection");
		have += (size_t)n;
		buf[have] = '\0';
		if (want == 0) {
			if ((head = strstr(buf, "\r\n\r\n")) == NULL)
				continue;
			if ((length = strcasestr(buf, "content-length:")) ==
			    NULL)
				bench_die("no Content-Length");
			want = (size_t)(head - buf) + 4 +
			    strtoul(length + 15, NULL, 10);
		}
		if (have >= want)
			return;
	}
}

static void
post(BIO *bio, const char *host)
{
	static char request[2048], body[501];

	if (request[0] == '\0') {
		memset(body, 'x', sizeof body - 1);
		snprintf(request, sizeof request,
		    "POST /lanyard/1/ops HTTP/1.1\r\nHost: %s\r\n"
		    "Content-Type: application/json\r\n"
		    "Content-Length: %zu\r\n\r\n%s",
		    host, sizeof body - 1, body);
	}
	if (BIO_write(bio, request, (int)strlen(request)) <= 0)
		bench_die("write");
	answer_read(bio);
}

static void
measure(enum bench_op op, BIO *bio, const char *host, size_t rounds)
{
	static double a[ROUNDS_MAX], b[ROUNDS_MAX], p[ROUNDS_MAX];
	struct bench_bare bare;
	double t, ours, floor_;
	size_t i;

	bench_bare_init(&bare, op, &keys);
	for (i = 0; i < rounds; i++) {
		bench_inputs_renew(&keys);
		t = bench_now();
		post(bio, host);
		p[i] = bench_now() - t;
		t = bench_now();
		bench_bare_run(&bare, op, &keys);
		b[i] = bench_now() - t;
		t = bench_now();
		bench_token_run(&token, op, &keys, 0);
		a[i] = bench_now() - t;
	}
	ours = bench_median(a, rounds);
	floor_ = bench_median(p, rounds) + bench_median(b, rounds);
	printf("%-18s %8.0f %8.0f %8.0f   %5.3f    1.35\n", bench_op_name(op),
	    1e6 * bench_median(p, rounds), 1e6 * bench_median(b, rounds),
	    1e6 * ours, ours / floor_);
}

int
main(int argc, char **argv)
{
	size_t rounds = 501;
	BIO *bio;
	int op;

	if (argc < 6)
		bench_die("usage: bench_remote DATA MODULE LABEL PIN "
		    "HOST:PORT [ROUNDS]");
	if (argc > 6)
		rounds = strtoul(argv[6], NULL, 10);
	if (rounds < 1 || rounds > ROUNDS_MAX)
		bench_die("ROUNDS is 1 to 10000");
	bench_keys_load(argv[1], &keys);
	bench_token_open(argv[2], argv[3], argv[4], &keys, &token);
	bio = connect_to(argv[5]);
	printf("remote: median microseconds\n"
	    "operation              POST     bare     C_*    ratio  target\n");
	for (op = 0; op < BENCH_OPS; op++)
		if (token.has[op])
			measure((enum bench_op)op, bio, argv[5], rounds);
	return 0;
}
