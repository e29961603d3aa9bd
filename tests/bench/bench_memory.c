/*
 * Private memory of the module with its keys above its libraries, and its
 * growth over many operations.
 *
 *	bench_memory DATA MODULE LABEL PIN [OPERATIONS]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"

/* KiB of private pages of this process. */
static long
private_kib(void)
{
	FILE *fp = fopen("/proc/self/smaps_rollup", "r");
	char line[256];
	long sum = 0, one;

	if (fp == NULL)
		bench_die("/proc/self/smaps_rollup");
	while (fgets(line, sizeof line, fp) != NULL)
		if (sscanf(line, "Private_Dirty: %ld", &one) == 1 ||
		    sscanf(line, "Private_Clean: %ld", &one) == 1)
			sum += one;
	fclose(fp);
	return sum;
}

int
main(int argc, char **argv)
{
	static const enum bench_op ops[] = {
		BENCH_P256_SIGN, BENCH_RSA_DECRYPT, BENCH_ECDH
	};
	struct bench_keys keys;
	struct bench_token token;
	struct bench_bare bare;
	unsigned long i, n = 100000;
	long before, loaded, warm, after;

	if (argc < 5)
		bench_die("usage: bench_memory DATA MODULE LABEL PIN "
		    "[OPERATIONS]");
	if (argc > 5)
		n = strtoul(argv[5], NULL, 10);
	bench_keys_load(argv[1], &keys);
	for (i = 0; i < 3; i++) {
		bench_bare_init(&bare, ops[i], &keys);
		bench_bare_run(&bare, ops[i], &keys);
	}
	before = private_kib();
	bench_token_open(argv[2], argv[3], argv[4], &keys, &token);
	loaded = private_kib();
	for (i = 0; i < 300; i++)
		bench_token_run(&token, ops[i % 3], &keys, 0);
	warm = private_kib();
	for (i = 0; i < n; i++)
		bench_token_run(&token, ops[i % 3], &keys, 0);
	after = private_kib();
	printf("memory: private KiB above a process with OpenSSL in use\n"
	    "loaded, logged in        %6ld   target 2048\n"
	    "after 300 operations     %6ld   target 2048\n"
	    "growth over %lu more  %6ld   target 0\n",
	    loaded - before, warm - before, n, after - warm);
	return 0;
}
