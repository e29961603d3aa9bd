/*
 * Implicit rejection for PKCS#1 v1.5. Nothing here branches on, or indexes
 * by, a byte of the decrypted block or what is derived from it: the length
 * leaves as a value, the message is shifted into place by masks.
 */
#include <openssl/evp.h>

#include "alg.h"
#include "crypto.h"
#include "err.h"
#include "secret.h"
#include "unpad.h"

#define BLOCK 64		/* SHA-256's input block */
#define MACLEN 32
#define CANDIDATES 128		/* lengths to choose from, 16 bits each */
#define PS_MIN 8		/* RFC 8017 7.2.1: bytes of padding string */
#define HEAD_LEN (2 + PS_MIN)	/* 00 02 PS, before the zero */

/* HMAC-SHA256 with one key; its contexts are made once for many blocks. */
struct mac {
	EVP_MD_CTX *ctx;
	uint8_t ipad[BLOCK], opad[BLOCK];
};

/* The compiler must not learn that x is 0 or all ones, and branch on it. */
static inline uint32_t
opaque(uint32_t x)
{
	__asm__("" : "+r"(x));
	return x;
}

/* All ones if the highest bit of x is set, else 0. */
static inline uint32_t
msb_mask(uint32_t x)
{
	return opaque(0u - (x >> 31));
}

static inline uint32_t
zero_mask(uint32_t x)
{
	return msb_mask(~x & (x - 1));
}

/* a < b, both below 2^31. */
static inline uint32_t
less_mask(uint32_t a, uint32_t b)
{
	return msb_mask(a - b);
}

static inline uint32_t
choose(uint32_t mask, uint32_t yes, uint32_t no)
{
	return (mask & yes) | (~mask & no);
}

static int
mac_init(struct mac *m, const uint8_t key[32])
{
	size_t i;

	if ((m->ctx = EVP_MD_CTX_new()) == NULL)
		return LY_ERR_NOMEM;
	for (i = 0; i < BLOCK; i++) {
		m->ipad[i] = (uint8_t)(0x36 ^ (i < 32 ? key[i] : 0));
		m->opad[i] = (uint8_t)(0x5c ^ (i < 32 ? key[i] : 0));
	}
	return 0;
}

static void
mac_clear(struct mac *m)
{
	EVP_MD_CTX_free(m->ctx);
	ly_wipe(m, sizeof(*m));
}

static int
mac_one(struct mac *m, const void *msg, size_t len, uint8_t out[MACLEN])
{
	const EVP_MD *md = ly_md(LY_SHA256);

	if (md == NULL ||
	    EVP_DigestInit_ex2(m->ctx, md, NULL) != 1 ||
	    EVP_DigestUpdate(m->ctx, m->ipad, BLOCK) != 1 ||
	    EVP_DigestUpdate(m->ctx, msg, len) != 1 ||
	    EVP_DigestFinal_ex(m->ctx, out, NULL) != 1 ||
	    EVP_DigestInit_ex2(m->ctx, md, NULL) != 1 ||
	    EVP_DigestUpdate(m->ctx, m->opad, BLOCK) != 1 ||
	    EVP_DigestUpdate(m->ctx, out, MACLEN) != 1 ||
	    EVP_DigestFinal_ex(m->ctx, out, NULL) != 1)
		return LY_ERR_CRYPTO;
	return 0;
}

/*
 * The draft's PRF: blocks of HMAC(key, I2OSP(i, 2) || label ||
 * I2OSP(8 * len, 2)). label is "length" or "message".
 */
static int
prf(struct mac *m, const char *label, size_t labellen, uint8_t *out,
    size_t len)
{
	uint8_t msg[2 + 8 + 2], t[MACLEN];
	size_t i, n, done;
	int r = 0;

	for (i = 0; i < labellen; i++)
		msg[2 + i] = (uint8_t)label[i];
	msg[2 + labellen] = (uint8_t)(len * 8 >> 8);
	msg[3 + labellen] = (uint8_t)(len * 8);
	for (done = 0; done < len; done += n) {
		n = done / MACLEN;
		msg[0] = (uint8_t)(n >> 8);
		msg[1] = (uint8_t)n;
		if ((r = mac_one(m, msg, labellen + 4, t)) != 0)
			goto out;
		n = len - done < MACLEN ? len - done : MACLEN;
		for (i = 0; i < n; i++)
			out[done + i] = t[i];
	}
out:
	ly_wipe(t, sizeof(t));
	return r;
}

/* The last of the candidates that is a possible length (below k - 10). */
static uint32_t
synthetic_length(const uint8_t cl[2 * CANDIDATES], uint32_t k)
{
	const uint32_t max = k - HEAD_LEN;
	uint32_t mask = max, len = 0, c, i;

	for (i = 1; i < 16; i *= 2)
		mask |= mask >> i;
	for (i = 0; i < CANDIDATES; i++) {
		c = ((uint32_t)cl[2 * i] << 8 | cl[2 * i + 1]) & mask;
		len = choose(less_mask(c, max), c, len);
	}
	return len;
}

/* Where the message starts; good says whether the padding is well formed. */
static uint32_t
message_start(const uint8_t *em, uint32_t k, uint32_t *good)
{
	uint32_t found = 0, at = 0, zero, ok, i;

	ok = zero_mask(em[0]) & zero_mask(em[1] ^ 2u);
	for (i = 2; i < k; i++) {
		zero = zero_mask(em[i]);
		at = choose(zero & ~found, i, at);
		found |= zero;
	}
	*good = ok & found & ~less_mask(at, HEAD_LEN);
	return at + 1;
}

/* Move buf[start ..] to its front and put zeros behind it. */
static void
shift_left(uint8_t *buf, uint32_t k, uint32_t start)
{
	uint32_t step, i, m;

	for (step = 1; step <= k; step *= 2) {
		m = ~zero_mask(start & step);
		for (i = 0; i + step < k; i++)
			buf[i] = (uint8_t)choose(m, buf[i + step], buf[i]);
	}
	for (i = 0; i < k; i++)
		buf[i] &= (uint8_t)less_mask(i, k - start);
}

int
ly_unpad_kdk(const uint8_t dh[32], const uint8_t *ct, size_t k,
    uint8_t kdk[LY_KDK_LEN])
{
	struct mac m;
	int r;

	if ((r = mac_init(&m, dh)) != 0)
		return r;
	r = mac_one(&m, ct, k, kdk);
	mac_clear(&m);
	return r;
}

int
ly_unpad_pkcs1(const uint8_t *em, size_t k, const uint8_t kdk[LY_KDK_LEN],
    struct ly_secret *out)
{
	struct ly_secret am = LY_SECRET_INIT;
	const uint32_t n = (uint32_t)k;
	struct mac m = { .ctx = NULL };
	uint8_t cl[2 * CANDIDATES];
	uint32_t good, start, synth, i;
	int r;

	if (k < 64 || k > LY_RSA_MAX_BYTES)
		return LY_ERR_LENGTH;
	if ((r = ly_secret_alloc(&am, k)) != 0)
		goto out;
	if ((r = mac_init(&m, kdk)) != 0)
		goto out;
	if ((r = prf(&m, "length", 6, cl, sizeof(cl))) != 0)
		goto out;
	if ((r = prf(&m, "message", 7, am.data, k)) != 0)
		goto out;
	synth = n - synthetic_length(cl, n);
	start = message_start(em, n, &good);
	start = choose(good, start, synth);
	for (i = 0; i < n; i++)
		am.data[i] = (uint8_t)choose(good, em[i], am.data[i]);
	shift_left(am.data, n, start);
	am.len = n - start;
	ly_secret_move(out, &am);
out:
	mac_clear(&m);
	ly_wipe(cl, sizeof(cl));
	ly_secret_clear(&am);
	return r;
}
