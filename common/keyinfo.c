/*
 * Key containers, read and written without OpenSSL. It refuses explicit
 * curve parameters, other curves, compressed points, RSA moduli outside our
 * limits, multi-prime RSA, and bytes left over anywhere.
 */
#include <string.h>

#include "der.h"
#include "err.h"
#include "keyinfo.h"
#include "secret.h"

#define CURVE25519_LEN 32

/* Orders: SP 800-186 3.2.1. */
static const struct ly_curve curves[] = {
	{ "P-256", 32, 256, { 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03,
	    0x01, 0x07 }, 10, { 0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00,
	    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6, 0xfa,
	    0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63,
	    0x25, 0x51 } },
	{ "P-384", 48, 384, { 0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22 }, 7,
	    { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	    0xff, 0xff, 0xff, 0xff, 0xc7, 0x63, 0x4d, 0x81, 0xf4, 0x37,
	    0x2d, 0xdf, 0x58, 0x1a, 0x0d, 0xb2, 0x48, 0xb0, 0xa7, 0x7a,
	    0xec, 0xec, 0x19, 0x6a, 0xcc, 0xc5, 0x29, 0x73 } },
	{ "P-521", 66, 521, { 0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x23 }, 7,
	    { 0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	    0xff, 0xff, 0xff, 0xfa, 0x51, 0x86, 0x87, 0x83, 0xbf, 0x2f,
	    0x96, 0x6b, 0x7f, 0xcc, 0x01, 0x48, 0xf7, 0x09, 0xa5, 0xd0,
	    0x3b, 0xb5, 0xc9, 0xb8, 0x89, 0x9c, 0x47, 0xae, 0xbb, 0x6f,
	    0xb7, 0x1e, 0x91, 0x38, 0x64, 0x09 } },
};

/* Object identifiers, without tag and length. */
static const uint8_t oid_rsa[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01,
	0x01, 0x01 };
static const uint8_t oid_ec[] = { 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01 };
static const uint8_t oid_x25519[] = { 0x2b, 0x65, 0x6e };
static const uint8_t oid_ed25519[] = { 0x2b, 0x65, 0x70 };

struct algid {
	enum ly_key_type type;
	const struct ly_curve *curve;
	struct ly_reader params;	/* EC: DER OID */
};

static int
curve_find(struct ly_reader *r, struct algid *a)
{
	struct ly_reader v;
	size_t i;

	if (!ly_der_is(r, LY_DER_OID))
		return LY_ERR_UNSUPPORTED;	/* explicit or implicit */
	if (ly_der_get(r, LY_DER_OID, &v, &a->params) != 0)
		return LY_ERR_FORMAT;
	for (i = 0; i < sizeof(curves) / sizeof(curves[0]); i++) {
		if (ly_der_eq(&a->params, curves[i].oid, curves[i].oid_len)) {
			a->curve = &curves[i];
			return ly_reader_end(r);
		}
	}
	return LY_ERR_UNSUPPORTED;
}

/* Take an AlgorithmIdentifier. */
static int
algid_get(struct ly_reader *in, struct algid *a)
{
	struct ly_reader seq, oid, null;

	memset(a, 0, sizeof(*a));
	if (ly_der_get(in, LY_DER_SEQ, &seq, NULL) != 0 ||
	    ly_der_get(&seq, LY_DER_OID, &oid, NULL) != 0)
		return LY_ERR_FORMAT;
	if (ly_der_eq(&oid, oid_ec, sizeof(oid_ec))) {
		a->type = LY_KEY_EC;
		return curve_find(&seq, a);
	}
	if (ly_der_eq(&oid, oid_rsa, sizeof(oid_rsa))) {
		a->type = LY_KEY_RSA;
		if (seq.left > 0 && (ly_der_get(&seq, 0x05, &null, NULL) != 0 ||
		    null.left != 0))
			return LY_ERR_FORMAT;
	} else if (ly_der_eq(&oid, oid_ed25519, sizeof(oid_ed25519))) {
		a->type = LY_KEY_ED25519;
	} else if (ly_der_eq(&oid, oid_x25519, sizeof(oid_x25519))) {
		a->type = LY_KEY_X25519;
	} else {
		return LY_ERR_UNSUPPORTED;
	}
	return ly_reader_end(&seq);
}

static unsigned
bit_length(const struct ly_reader *v)
{
	unsigned bits = (unsigned)(8 * v->left);
	uint8_t top = v->left > 0 ? v->p[0] : 0;

	if (v->left == 0)
		return 0;
	for (; (top & 0x80) == 0 && bits > 0; top = (uint8_t)(top << 1))
		bits--;
	return bits;
}

/* A modulus we take: within the limits, and odd (Montgomery needs it). */
static int
modulus_check(const struct ly_reader *n)
{
	if (n->left == 0 || n->left > LY_RSA_MAX_BYTES ||
	    bit_length(n) < LY_RSA_MIN_BITS)
		return LY_ERR_UNSUPPORTED;
	return (n->p[n->left - 1] & 1) != 0 ? 0 : LY_ERR_FORMAT;
}

static int
rsa_public(struct ly_reader *bits, struct ly_spki *k)
{
	struct ly_reader seq;
	int r;

	if (ly_der_get(bits, LY_DER_SEQ, &seq, NULL) != 0 ||
	    ly_reader_end(bits) != 0 ||
	    ly_der_uint(&seq, &k->modulus) != 0 ||
	    ly_der_uint(&seq, &k->exponent) != 0 || ly_reader_end(&seq) != 0)
		return LY_ERR_FORMAT;
	if ((r = modulus_check(&k->modulus)) != 0)
		return r;
	k->bits = bit_length(&k->modulus);
	return 0;
}

static int
point_public(struct ly_reader *bits, struct ly_spki *k)
{
	size_t want = CURVE25519_LEN;

	if (k->type == LY_KEY_EC) {
		if (bits->left > 0 && (bits->p[0] == 2 || bits->p[0] == 3))
			return LY_ERR_UNSUPPORTED;
		want = 1 + 2 * k->curve->size;
	}
	if (bits->left != want || (k->curve != NULL && bits->p[0] != 4))
		return LY_ERR_FORMAT;
	k->point = *bits;
	k->bits = k->curve != NULL ? k->curve->bits : 8 * CURVE25519_LEN;
	return 0;
}

int
ly_spki_parse(const struct ly_reader *in, struct ly_spki *spki)
{
	struct ly_reader all = *in, seq, bits;
	struct ly_spki k;
	struct algid a;
	int r;

	if (ly_der_get(&all, LY_DER_SEQ, &seq, NULL) != 0 ||
	    ly_reader_end(&all) != 0)
		return LY_ERR_FORMAT;
	if ((r = algid_get(&seq, &a)) != 0)
		return r;
	if (ly_der_get(&seq, LY_DER_BITS, &bits, NULL) != 0 ||
	    ly_reader_end(&seq) != 0 || bits.left < 2 || bits.p[0] != 0)
		return LY_ERR_FORMAT;
	bits.p++;
	bits.left--;
	memset(&k, 0, sizeof(k));
	k.type = a.type;
	k.curve = a.curve;
	k.params = a.params;
	if (k.type == LY_KEY_RSA)
		r = rsa_public(&bits, &k);
	else
		r = point_public(&bits, &k);
	if (r == 0)
		*spki = k;
	return r;
}

/* RSAPrivateKey (RFC 8017 A.1.2): two primes, all nine numbers there. */
static int
rsa_private(struct ly_pki *k)
{
	struct ly_reader in = k->key, seq, v[9];
	size_t i;

	if (ly_der_get(&in, LY_DER_SEQ, &seq, NULL) != 0 ||
	    ly_reader_end(&in) != 0)
		return LY_ERR_FORMAT;
	for (i = 0; i < 9; i++)
		if (ly_der_uint(&seq, &v[i]) != 0)
			return LY_ERR_FORMAT;
	if (v[0].left != 1 || v[0].p[0] != 0)
		return LY_ERR_UNSUPPORTED;
	for (i = 1; i < 9; i++)
		if (v[i].left == 1 && v[i].p[0] == 0)
			return LY_ERR_UNSUPPORTED;
	if (ly_reader_end(&seq) != 0 || v[3].left > v[1].left)
		return LY_ERR_FORMAT;
	k->n = v[1];
	k->d = v[3];
	return modulus_check(&k->n);
}

/* 1 if 0 < d < order; in time that depends on the length alone. */
static int
scalar_valid(const struct ly_reader *d, const struct ly_curve *c)
{
	const size_t pad = c->size - d->left;
	unsigned borrow = 0, any = 0, byte;
	size_t i;

	if (d->left > c->size)
		return 0;
	for (i = c->size; i-- > 0; ) {
		byte = i >= pad ? d->p[i - pad] : 0;
		any |= byte;
		borrow = (byte - c->order[i] - borrow) >> 31;
	}
	return any != 0 && borrow == 1;
}

/* What may follow the scalar: parameters and the public key, both unused. */
static int
ec_private_rest(struct ly_reader *seq)
{
	struct ly_reader v, oid;

	if (ly_der_is(seq, LY_DER_CTX(0)) &&
	    (ly_der_get(seq, LY_DER_CTX(0), &v, NULL) != 0 ||
	    ly_der_get(&v, LY_DER_OID, &oid, &oid) != 0 ||
	    ly_reader_end(&v) != 0))
		return LY_ERR_FORMAT;
	if (ly_der_is(seq, LY_DER_CTX(1)) && ly_der_skip(seq) != 0)
		return LY_ERR_FORMAT;
	return ly_reader_end(seq);
}

/* ECPrivateKey (RFC 5915); its copy of the public key is not used. */
static int
ec_private(struct ly_pki *k)
{
	struct ly_reader in = k->key, seq, one, scalar;

	if (ly_der_get(&in, LY_DER_SEQ, &seq, NULL) != 0 ||
	    ly_reader_end(&in) != 0 || ly_der_uint(&seq, &one) != 0 ||
	    one.left != 1 || one.p[0] != 1 ||
	    ly_der_get(&seq, LY_DER_OCTETS, &scalar, NULL) != 0)
		return LY_ERR_FORMAT;
	if (ec_private_rest(&seq) != 0)
		return LY_ERR_FORMAT;
	while (scalar.left > k->curve->size && scalar.p[0] == 0) {
		scalar.p++;
		scalar.left--;
	}
	if (!scalar_valid(&scalar, k->curve))
		return LY_ERR_FORMAT;
	k->key = scalar;
	return 0;
}

/* CurvePrivateKey (RFC 8410 7). */
static int
curve_private(struct ly_pki *k)
{
	struct ly_reader in = k->key, v;

	if (ly_der_get(&in, LY_DER_OCTETS, &v, NULL) != 0 ||
	    ly_reader_end(&in) != 0 || v.left != CURVE25519_LEN)
		return LY_ERR_FORMAT;
	k->key = v;
	return 0;
}

int
ly_pki_parse(const uint8_t *der, size_t len, struct ly_pki *pki)
{
	struct ly_reader all, seq, version;
	struct ly_pki k;
	struct algid a;
	int r;

	memset(&k, 0, sizeof(k));
	ly_reader_init(&all, der, len);
	if (ly_der_get(&all, LY_DER_SEQ, &seq, NULL) != 0 ||
	    ly_reader_end(&all) != 0 || ly_der_uint(&seq, &version) != 0)
		return LY_ERR_FORMAT;
	if (version.left != 1 || version.p[0] > 1)
		return LY_ERR_UNSUPPORTED;
	if ((r = algid_get(&seq, &a)) != 0)
		return r;
	if (ly_der_get(&seq, LY_DER_OCTETS, &k.key, NULL) != 0)
		return LY_ERR_FORMAT;
	/* [0] attributes and [1] public key say nothing we rely on. */
	while (seq.left > 0 && (seq.p[0] & 0xc0) == 0x80)
		if (ly_der_skip(&seq) != 0)
			return LY_ERR_FORMAT;
	if (ly_reader_end(&seq) != 0)
		return LY_ERR_FORMAT;
	k.type = a.type;
	k.curve = a.curve;
	if (k.type == LY_KEY_RSA)
		r = rsa_private(&k);
	else if (k.type == LY_KEY_EC)
		r = ec_private(&k);
	else
		r = curve_private(&k);
	if (r == 0)
		*pki = k;
	return r;
}

/* The inner structure up to where the key's bytes go. */
static size_t
inner_head(const struct ly_pki *k, size_t keylen, uint8_t out[16])
{
	static const uint8_t one[] = { LY_DER_INT, 1, 1 };
	uint8_t octets[LY_DER_HEAD_MAX];
	size_t n, m;

	if (k->type == LY_KEY_RSA)
		return 0;
	m = ly_der_head(LY_DER_OCTETS, keylen, octets);
	if (k->type == LY_KEY_EC) {
		n = ly_der_head(LY_DER_SEQ, sizeof(one) + m + keylen, out);
		memcpy(out + n, one, sizeof(one));
		n += sizeof(one);
	} else {
		n = 0;
	}
	memcpy(out + n, octets, m);
	return n + m;
}

/* Version 0 and the AlgorithmIdentifier. */
static size_t
outer_head(const struct ly_pki *k, uint8_t out[40])
{
	static const uint8_t version[] = { LY_DER_INT, 1, 0 };
	static const uint8_t null[] = { 0x05, 0 };
	const uint8_t *oid = oid_rsa, *params = null;
	size_t oidlen = sizeof(oid_rsa), plen = sizeof(null), n;

	if (k->type == LY_KEY_EC) {
		oid = oid_ec;
		oidlen = sizeof(oid_ec);
		params = k->curve->oid;
		plen = k->curve->oid_len;
	} else if (k->type != LY_KEY_RSA) {
		oid = k->type == LY_KEY_ED25519 ? oid_ed25519 : oid_x25519;
		oidlen = sizeof(oid_ed25519);
		plen = 0;
	}
	memcpy(out, version, sizeof(version));
	n = sizeof(version);
	n += ly_der_head(LY_DER_SEQ, 2 + oidlen + plen, out + n);
	n += ly_der_head(LY_DER_OID, oidlen, out + n);
	memcpy(out + n, oid, oidlen);
	n += oidlen;
	memcpy(out + n, params, plen);
	return n + plen;
}

int
ly_pki_write(const struct ly_pki *k, struct ly_secret *der)
{
	static const uint8_t zeros[66];
	struct ly_secret s = LY_SECRET_INIT;
	uint8_t outer[40], inner[16], octets[LY_DER_HEAD_MAX];
	uint8_t seq[LY_DER_HEAD_MAX];
	size_t keylen = k->curve != NULL ? k->curve->size : k->key.left;
	size_t olen, ilen, octlen, seqlen, total;
	int r;

	olen = outer_head(k, outer);
	ilen = inner_head(k, keylen, inner);
	octlen = ly_der_head(LY_DER_OCTETS, ilen + keylen, octets);
	total = olen + octlen + ilen + keylen;
	seqlen = ly_der_head(LY_DER_SEQ, total, seq);
	if ((r = ly_secret_alloc(&s, seqlen + total)) != 0)
		goto out;
	if ((r = ly_secret_append(&s, seq, seqlen)) != 0 ||
	    (r = ly_secret_append(&s, outer, olen)) != 0 ||
	    (r = ly_secret_append(&s, octets, octlen)) != 0 ||
	    (r = ly_secret_append(&s, inner, ilen)) != 0 ||
	    (r = ly_secret_append(&s, zeros, keylen - k->key.left)) != 0 ||
	    (r = ly_secret_append(&s, k->key.p, k->key.left)) != 0)
		goto out;
	ly_secret_move(der, &s);
out:
	ly_secret_clear(&s);
	return r;
}
