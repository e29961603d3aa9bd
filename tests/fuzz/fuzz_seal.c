/*
 * Leases and sealed keys, with the CA and recipient of the seeds (test keys
 * of no other use, made by make_seeds.c).
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "fuzz_seal_keys.h"
#include "pkey.h"
#include "seal.h"
#include "secret.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct ly_pkey *recv_key;

static void
unseal(const uint8_t *data, size_t size)
{
	struct ly_secret key = LY_SECRET_INIT;

	if (ly_unseal(data, size, recv_key, seed_recv, sizeof(seed_recv),
	    &key) == 0 && key.len == 0)
		abort();
	ly_secret_clear(&key);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ly_lease lease;
	struct ly_buf sealed;

	if (recv_key == NULL && ly_pkey_from_der(seed_recv_key,
	    sizeof(seed_recv_key), &recv_key) != 0)
		abort();
	ly_buf_init(&sealed, LY_SEALED_MAX);
	unseal(data, size);
	if (ly_lease_open(data, size, seed_ca, sizeof(seed_ca), &lease,
	    &sealed) == 0)
		unseal(sealed.data, sealed.len);
	ly_buf_clear(&sealed);
	return 0;
}
