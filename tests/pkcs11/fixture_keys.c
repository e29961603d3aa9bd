/* Keys and certificates of the fixture, made by OpenSSL once a process. */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <sched.h>

#include "fixture.h"
#include "fixture_keys.h"

#include <openssl/ecdsa.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include "../unit/keys.h"

struct made {
	EVP_PKEY *evp;
	struct ly_pkey *pkey;
	struct ly_buf cert;
	uint8_t id[LY_KEY_ID_LEN];
};

static struct made made[FX_KEYS];
static EVP_PKEY *ca_key;
static X509 *ca_x;
static struct ly_buf ca;

static void
add_ext(X509 *x, int nid, const char *value)
{
	X509V3_CTX ctx;
	X509_EXTENSION *e;

	X509V3_set_ctx(&ctx, x, x, NULL, NULL, 0);
	e = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
	must(e != NULL && X509_add_ext(x, e, -1) == 1);
	X509_EXTENSION_free(e);
}

static X509 *
new_x509(EVP_PKEY *key, const char *cn, long serial, int64_t from,
    int64_t to)
{
	X509 *x = make_x509(key, cn);

	must(ASN1_INTEGER_set(X509_get_serialNumber(x), serial) == 1);
	must(ASN1_TIME_set(X509_getm_notBefore(x), (time_t)from) != NULL);
	must(ASN1_TIME_set(X509_getm_notAfter(x), (time_t)to) != NULL);
	return x;
}

static void
make_ca(void)
{
	ca_key = make_ec("P-256");
	ca_x = new_x509(ca_key, "Test CA", 1, ly_time() - 10 * 365 * DAY,
	    ly_time() + 365 * DAY);
	add_ext(ca_x, NID_basic_constraints, "critical,CA:TRUE");
	x509_sign(ca_x, ca_key, &ca);
}

static void
make_key(enum fx_key k, EVP_PKEY *evp, int64_t from, int64_t to)
{
	struct made *m = &made[k];
	struct ly_buf spki;
	X509 *x;

	m->evp = evp;
	m->pkey = evp_ly(evp);
	get_spki(m->pkey, &spki);
	must(ly_key_id(spki.data, spki.len, m->id) == 0);
	ly_buf_clear(&spki);
	/* A serial with its top bit set: its INTEGER has a zero in front. */
	x = new_x509(evp, "Alice", 0x8a00 + (long)k, from, to);
	must(X509_set_issuer_name(x, X509_get_subject_name(ca_x)) == 1);
	add_ext(x, NID_subject_alt_name, "email:" FX_ADDRESS);
	x509_sign(x, ca_key, &m->cert);
	X509_free(x);
}

static void
make_all(void)
{
	const int64_t now = ly_time();

	if (ca_x != NULL)
		return;
	make_ca();
	make_key(FX_RSA, make_rsa(2048), now - DAY, now + 300 * DAY);
	make_key(FX_EC, make_ec("P-256"), now - DAY, now + 299 * DAY);
	make_key(FX_ED, make_named("ED25519"), now - DAY, now + 298 * DAY);
	make_key(FX_X, make_named("X25519"), now - DAY, now + 297 * DAY);
	make_key(FX_OLD, make_rsa(2048), now - 900 * DAY, now - 365 * DAY);
	make_key(FX_REVOKED, make_ec("P-256"), now - 9 * DAY, now + 9 * DAY);
}

const struct fx_device *
fx_device(void)
{
	static struct fx_device d;

	if (d.ca != NULL)
		return &d;
	d.ca = make_p256();
	d.sealer = make_p256();
	d.auth = make_p256();
	d.recv = make_p256();
	make_cert(LY_CERT_CA, d.ca, NULL, "Service", d.ca, &d.ca_cert);
	make_cert(LY_CERT_SEALER, d.ca, &d.ca_cert, "Sealer", d.sealer,
	    &d.sealer_cert);
	make_cert(LY_CERT_DEVICE_AUTH, d.ca, &d.ca_cert, "Device", d.auth,
	    &d.auth_cert);
	make_cert(LY_CERT_DEVICE_RECV, d.ca, &d.ca_cert, "Device", d.recv,
	    &d.recv_cert);
	return &d;
}

EVP_PKEY *
fx_evp(enum fx_key k)
{
	make_all();
	return made[k].evp;
}

const struct ly_buf *
fx_cert(enum fx_key k)
{
	make_all();
	return &made[k].cert;
}

const struct ly_buf *
fx_ca(void)
{
	make_all();
	return &ca;
}

const uint8_t *
fx_id(enum fx_key k)
{
	make_all();
	return made[k].id;
}

const struct ly_pkey *
fx_private(const uint8_t *id)
{
	int k;

	for (k = 0; k < FX_KEYS; k++)
		if (memcmp(made[k].id, id, LY_KEY_ID_LEN) == 0)
			return made[k].pkey;
	return NULL;
}

void
ly_yield_for_test(void)
{
	(void)sched_yield();
}

void
fx_encrypt(enum fx_key k, const void *in, size_t len, uint8_t *ct)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(ly_libctx(),
	    fx_evp(k), NULL);
	size_t n = 256;

	must(ctx != NULL && EVP_PKEY_encrypt_init(ctx) == 1);
	must(EVP_PKEY_encrypt(ctx, ct, &n, in, len) == 1 && n == 256);
	EVP_PKEY_CTX_free(ctx);
}

static int
verify_ed(EVP_PKEY *key, const uint8_t *tbs, size_t len, const uint8_t *sig,
    size_t siglen)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	int ok;

	must(ctx != NULL && EVP_DigestVerifyInit_ex(ctx, NULL, NULL,
	    ly_libctx(), NULL, key, NULL) == 1);
	ok = EVP_DigestVerify(ctx, sig, siglen, tbs, len) == 1;
	EVP_MD_CTX_free(ctx);
	return ok;
}

int
fx_verify(enum fx_key k, const uint8_t *tbs, size_t len, const uint8_t *sig,
    size_t siglen)
{
	EVP_PKEY *key = fx_evp(k);
	EVP_PKEY_CTX *ctx;
	unsigned char *der = NULL;
	ECDSA_SIG *s;
	int n, ok;

	if (EVP_PKEY_is_a(key, "ED25519"))
		return verify_ed(key, tbs, len, sig, siglen);
	ctx = EVP_PKEY_CTX_new_from_pkey(ly_libctx(), key, NULL);
	must(ctx != NULL && EVP_PKEY_verify_init(ctx) == 1);
	if (EVP_PKEY_is_a(key, "EC")) {
		s = ECDSA_SIG_new();
		must(ECDSA_SIG_set0(s, BN_bin2bn(sig, (int)siglen / 2, NULL),
		    BN_bin2bn(sig + siglen / 2, (int)siglen / 2, NULL)) == 1);
		must((n = i2d_ECDSA_SIG(s, &der)) > 0);
		ECDSA_SIG_free(s);
		ok = EVP_PKEY_verify(ctx, der, (size_t)n, tbs, len) == 1;
		OPENSSL_free(der);
	} else {
		must(EVP_PKEY_CTX_set_rsa_padding(ctx,
		    RSA_PKCS1_PADDING) == 1);
		ok = EVP_PKEY_verify(ctx, sig, siglen, tbs, len) == 1;
	}
	EVP_PKEY_CTX_free(ctx);
	return ok;
}

size_t
fx_peer(enum fx_key k, uint8_t *point, uint8_t *z, size_t *zlen)
{
	EVP_PKEY *peer = k == FX_X ? make_named("X25519") : make_ec("P-256");
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(ly_libctx(),
	    peer, NULL);
	size_t n = 133;

	must(EVP_PKEY_get_octet_string_param(peer, "encoded-pub-key",
	    point, n, &n) == 1);
	must(ctx != NULL && EVP_PKEY_derive_init(ctx) == 1);
	must(EVP_PKEY_derive_set_peer(ctx, fx_evp(k)) == 1);
	must(EVP_PKEY_derive(ctx, z, zlen) == 1);
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(peer);
	return n;
}
