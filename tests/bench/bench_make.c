/*
 * An account of the zero-click kind with KEYS keys, and no service behind
 * it. Prints its data folder, which the caller moves to where he wants it.
 *
 *	bench_make KEYS
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "../pkcs11/fixture.h"
#include "../pkcs11/fixture_many.h"

#include <stdio.h>

int
main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: bench_make KEYS\n");
		return 2;
	}
	fx_up();
	fx_account(FX_ADDRESS, NULL);
	fx_many(FX_ADDRESS, strtoul(argv[1], NULL, 10));
	printf("%s\n", fx_dir());
	return 0;
}
