/*
 * The unpadding against a plain model of the draft, which branches as it
 * likes. An input is 32 bytes of key and the block.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "alg.h"
#include "crypto.h"
#include "secret.h"
#include "unpad.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define K_MAX LY_RSA_MAX_BYTES

static void
must(int ok)
{
	if (!ok)
		abort();
}

static void
model_prf(const uint8_t *kdk, const char *label, uint8_t *out, size_t len)
{
	uint8_t msg[16], block[32];
	size_t n = strlen(label), i, take;

	for (i = 0; i * 32 < len; i++) {
		msg[0] = (uint8_t)(i >> 8);
		msg[1] = (uint8_t)i;
		memcpy(msg + 2, label, n);
		msg[2 + n] = (uint8_t)(len * 8 >> 8);
		msg[3 + n] = (uint8_t)(len * 8);
		must(ly_hmac(LY_SHA256, kdk, 32, msg, n + 4, block) == 0);
		take = len - i * 32 < 32 ? len - i * 32 : 32;
		memcpy(out + i * 32, block, take);
	}
}

/* Points out at the message; its length is the result. */
static size_t
model(const uint8_t *em, size_t k, const uint8_t *kdk, uint8_t am[K_MAX],
    const uint8_t **out)
{
	uint8_t cl[256];
	size_t i, c, len = 0, mask = 1;
	const uint8_t *zero = memchr(em + 2, 0, k - 2);

	if (em[0] == 0 && em[1] == 2 && zero != NULL && zero - em >= 10) {
		*out = zero + 1;
		return k - 1 - (size_t)(zero - em);
	}
	while (mask < k - 10)
		mask = mask * 2 + 1;
	model_prf(kdk, "length", cl, sizeof(cl));
	model_prf(kdk, "message", am, k);
	for (i = 0; i < sizeof(cl); i += 2) {
		c = ((size_t)cl[i] << 8 | cl[i + 1]) & mask;
		if (c < k - 10)
			len = c;
	}
	*out = am + k - len;
	return len;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ly_secret got = LY_SECRET_INIT;
	uint8_t am[K_MAX];
	const uint8_t *want;
	size_t k, len;

	if (size < LY_KDK_LEN + 64 || size > LY_KDK_LEN + K_MAX)
		return 0;
	k = size - LY_KDK_LEN;
	must(ly_unpad_pkcs1(data + LY_KDK_LEN, k, data, &got) == 0);
	len = model(data + LY_KDK_LEN, k, data, am, &want);
	must(got.len == len && memcmp(got.data, want, len) == 0);
	ly_secret_clear(&got);
	return 0;
}
