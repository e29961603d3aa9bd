/*
 * Operations with a key: checks lengths before anything is sent, collects
 * parts, hashes and wraps in a DigestInfo where the plan says so, keeps a
 * result for a caller whose buffer was too small. Refuses to call a driver
 * twice for one operation.
 */
#include <stdlib.h>
#include <string.h>

#include "crypto.h"
#include "err.h"
#include "hasher.h"
#include "keyop.h"
#include "secret.h"

#define KW_MIN 24	/* bytes of an RFC 3394 wrap that we take */
#define KW_MAX 1024
#define BLANK_TAIL 16	/* zeros at its end that no ciphertext has */
#define DIGEST_INFO_MAX (19 + LY_HASH_MAX)

struct ly_keyop {
	struct ly_plan plan;
	struct ly_keyref ref;
	struct ly_secret kek;		/* of an unwrap; else empty */
	struct ly_hasher *hasher;	/* of a prehash; else NULL */
	struct ly_secret in;		/* parts, or the input of out */
	struct ly_secret out;		/* the kept result */
	int begun, done;
};

/* RFC 8017 9.2, notes: DigestInfo up to the digest. */
struct prefix {
	enum ly_hash hash;
	uint8_t len;
	uint8_t der[19];
};

static const struct prefix prefixes[] = {
	{ LY_SHA1, 15, { 0x30, 0x21, 0x30, 0x09, 0x06, 0x05, 0x2b, 0x0e,
	    0x03, 0x02, 0x1a, 0x05, 0x00, 0x04, 0x14 } },
	{ LY_SHA224, 19, { 0x30, 0x2d, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86,
	    0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x04, 0x05, 0x00, 0x04,
	    0x1c } },
	{ LY_SHA256, 19, { 0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86,
	    0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04,
	    0x20 } },
	{ LY_SHA384, 19, { 0x30, 0x41, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86,
	    0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02, 0x05, 0x00, 0x04,
	    0x30 } },
	{ LY_SHA512, 19, { 0x30, 0x51, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86,
	    0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x03, 0x05, 0x00, 0x04,
	    0x40 } },
};

int
ly_keyop_new(const struct ly_plan *plan, const struct ly_keyref *ref,
    struct ly_keyop **out)
{
	struct ly_keyop *op;
	int r;

	if ((op = calloc(1, sizeof(*op))) == NULL)
		return LY_ERR_NOMEM;
	op->plan = *plan;
	op->ref = *ref;
	if (plan->prehash != LY_HASH_NONE &&
	    (r = ly_hasher_new(plan->prehash, &op->hasher)) != 0) {
		ly_keyop_free(&op);
		return r;
	}
	*out = op;
	return 0;
}

int
ly_keyop_new_unwrap(const struct ly_secret *kek, struct ly_keyop **out)
{
	struct ly_keyop *op;
	int r;

	if ((op = calloc(1, sizeof(*op))) == NULL)
		return LY_ERR_NOMEM;
	if ((r = ly_secret_set(&op->kek, kek->data, kek->len)) != 0) {
		ly_keyop_free(&op);
		return r;
	}
	*out = op;
	return 0;
}

void
ly_keyop_free(struct ly_keyop **op)
{
	if (*op != NULL) {
		ly_secret_clear(&(*op)->kek);
		ly_secret_clear(&(*op)->in);
		ly_secret_clear(&(*op)->out);
		ly_hasher_free(&(*op)->hasher);
		free(*op);
	}
	*op = NULL;
}

int
ly_keyop_remote(const struct ly_keyop *op)
{
	return op->kek.len == 0;
}

size_t
ly_keyop_max(const struct ly_keyop *op, size_t inlen)
{
	if (!ly_keyop_remote(op))
		return inlen > 8 ? inlen - 8 : 0;
	if (op->plan.alg.op != LY_OP_SIGN)
		return op->ref.len;
	switch (op->plan.alg.scheme) {
	case LY_ECDSA:
	case LY_EDDSA:
		return 2 * op->ref.len;
	default:
		return op->ref.len;
	}
}

int
ly_keyop_exact(const struct ly_keyop *op)
{
	return ly_keyop_remote(op) && op->plan.alg.op != LY_OP_DECRYPT;
}

/* The most input that op can take, in bytes. */
static size_t
in_max(const struct ly_keyop *op)
{
	if (!ly_keyop_remote(op))
		return KW_MAX;
	if (op->plan.alg.op == LY_OP_DECRYPT)
		return op->ref.len;
	switch (op->plan.alg.scheme) {
	case LY_RSA_PKCS1:
		return op->ref.len > 11 ? op->ref.len - 11 : 0;
	case LY_EDDSA:
		return LY_OP_IN_MAX;
	default:
		return LY_HASH_MAX;
	}
}

/* LY_ERR_LENGTH if an input of len bytes cannot be right. */
static int
check_len(const struct ly_keyop *op, size_t len)
{
	int ok;

	if (!ly_keyop_remote(op))
		ok = len >= KW_MIN && len <= KW_MAX && len % 8 == 0;
	else if (op->plan.alg.op == LY_OP_DERIVE)
		ok = 1;
	else if (op->plan.alg.op == LY_OP_DECRYPT)
		ok = len == op->ref.len;
	else if (op->plan.alg.scheme == LY_RSA_PSS)
		ok = len == ly_hash_len(op->plan.alg.hash);
	else if (op->plan.alg.scheme == LY_EDDSA)
		ok = len <= LY_OP_IN_MAX;
	else
		ok = len >= 1 && len <= in_max(op);
	return ok ? 0 : LY_ERR_LENGTH;
}

/*
 * Java cancels a decryption by running it on a buffer that was not filled, or
 * not to its end. One in 2^128 true ciphertexts ends like that, so this is a
 * cancellation, and nothing to ask a service for.
 */
static int
check_filled(const struct ly_keyop *op, const uint8_t *in, size_t len)
{
	static const uint8_t blank[BLANK_TAIL];

	if (!ly_keyop_remote(op) || op->plan.alg.op != LY_OP_DECRYPT ||
	    len < BLANK_TAIL)
		return 0;
	return memcmp(in + len - BLANK_TAIL, blank, BLANK_TAIL) == 0 ?
	    LY_ERR_AUTH : 0;
}

int
ly_keyop_update(struct ly_keyop *op, const uint8_t *in, size_t len)
{
	int r;

	op->begun = 1;
	if (len == 0)
		return 0;
	if (op->hasher != NULL)
		return ly_hasher_update(op->hasher, in, len);
	if (len > in_max(op) || op->in.len > in_max(op) - len)
		return LY_ERR_LENGTH;
	if (op->in.data == NULL &&
	    (r = ly_secret_alloc(&op->in, in_max(op))) != 0)
		return r;
	return ly_secret_append(&op->in, in, len);
}

int
ly_keyop_begun(const struct ly_keyop *op)
{
	return op->begun;
}

/* The digest of the input, in a DigestInfo if PKCS #1 v1.5 wants one. */
static int
finish_hash(struct ly_keyop *op, uint8_t *buf, size_t *len)
{
	size_t i, n, off = 0;
	int r;

	if (op->plan.alg.scheme == LY_RSA_PKCS1) {
		for (i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++)
			if (prefixes[i].hash == op->plan.prehash)
				break;
		if (i == sizeof(prefixes) / sizeof(prefixes[0]))
			return LY_ERR_UNSUPPORTED;
		off = prefixes[i].len;
		memcpy(buf, prefixes[i].der, off);
	}
	if ((r = ly_hasher_final(op->hasher, buf + off, &n)) != 0)
		return r;
	*len = off + n;
	return 0;
}

/* The driver, or the unwrap, on the final input. */
static int
perform(struct ly_keyop *op, struct ly_drivers *drivers, const uint8_t *in,
    size_t len, struct ly_ran *ran)
{
	size_t max;
	int r;

	if ((r = check_len(op, len)) != 0 ||
	    (r = check_filled(op, in, len)) != 0)
		return r;
	if (!ly_keyop_remote(op))
		return ly_aes_kw_unwrap(&op->kek, in, len, &op->out);
	if ((r = ly_drivers_run(drivers, &op->ref, &op->plan.alg, in, len,
	    &op->out, &ran->revision, &ran->renew)) != 0)
		return r;
	/* An answer from outside: never longer or shorter than it can be. */
	max = ly_keyop_max(op, len);
	if (op->out.len > max || (ly_keyop_exact(op) && op->out.len != max))
		return LY_ERR_FORMAT;
	return 0;
}

int
ly_keyop_keep(struct ly_keyop *op, const uint8_t *in, size_t inlen)
{
	return in == NULL ? 0 : ly_secret_set(&op->in, in, inlen);
}

/* 1 if in is what the kept result was made of. */
static int
same_input(const struct ly_keyop *op, const uint8_t *in, size_t len)
{
	if (in == NULL)
		return 1;
	return len == op->in.len &&
	    (len == 0 || memcmp(in, op->in.data, len) == 0);
}

int
ly_keyop_run(struct ly_keyop *op, struct ly_drivers *drivers,
    const uint8_t *in, size_t inlen, const uint8_t **res, size_t *reslen,
    struct ly_ran *ran)
{
	uint8_t digest[DIGEST_INFO_MAX];
	const uint8_t *p = in;
	size_t len = inlen;
	int r;

	if (op->done && same_input(op, in, inlen))
		goto out;
	op->done = 0;
	if (in == NULL) {
		p = op->in.data;
		len = op->in.len;
	}
	if (op->hasher != NULL) {
		if (in != NULL && (r = ly_hasher_update(op->hasher, in,
		    inlen)) != 0)
			return r;
		if ((r = finish_hash(op, digest, &len)) != 0)
			return r;
		p = digest;
	}
	if ((r = perform(op, drivers, p, len, ran)) != 0)
		return r;
	op->done = 1;
out:
	*res = op->out.data;
	*reslen = op->out.len;
	return 0;
}
