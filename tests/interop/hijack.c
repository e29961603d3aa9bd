/*
 * A host whose default ENGINE for everything is libp11's, as in
 * "openssl cms -engine pkcs11": all that the module does with keys must
 * work in it. Objects are made before, as making keys is not the module's.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "../unit/unit.h"

#include <openssl/engine.h>

#include "../unit/keys.h"
#include "device.h"
#include "seal.h"
#include "unpad.h"

static struct {
	struct ly_secret rsa, ec, ed, x, user;
	uint8_t ct_pkcs1[256], ct_oaep[256];
	uint8_t point_ec[65], point_x[32];
	uint8_t z_ec[32], z_x[32];
	struct ly_buf ca, sealer, recv, lease, device, none;
	struct ly_secret recv_key, pin;
	struct ly_lease in;
} d;

static const uint8_t msg[] = "sixteen byte key";

static void
encrypt(EVP_PKEY *k, int padding, uint8_t ct[256])
{
	EVP_PKEY_CTX *c = EVP_PKEY_CTX_new_from_pkey(ly_libctx(), k, NULL);
	size_t n = 256;

	must(EVP_PKEY_encrypt_init(c) == 1);
	must(EVP_PKEY_CTX_set_rsa_padding(c, padding) == 1);
	if (padding == RSA_PKCS1_OAEP_PADDING)
		must(EVP_PKEY_CTX_set_rsa_oaep_md(c, ly_md(LY_SHA256)) == 1);
	must(EVP_PKEY_encrypt(c, ct, &n, msg, sizeof(msg)) == 1 && n == 256);
	EVP_PKEY_CTX_free(c);
}

/* The shared secret of key with a fresh peer, whose point is kept. */
static void
agree(EVP_PKEY *key, EVP_PKEY *peer, uint8_t *point, size_t len, uint8_t *z)
{
	EVP_PKEY_CTX *c = EVP_PKEY_CTX_new_from_pkey(ly_libctx(), peer, NULL);
	unsigned char *p = NULL;
	size_t n = 32;

	must(EVP_PKEY_get1_encoded_public_key(peer, &p) == len);
	memcpy(point, p, len);
	OPENSSL_free(p);
	must(EVP_PKEY_derive_init(c) == 1);
	must(EVP_PKEY_derive_set_peer(c, key) == 1);
	must(EVP_PKEY_derive(c, z, &n) == 1 && n == 32);
	EVP_PKEY_CTX_free(c);
	EVP_PKEY_free(peer);
}

static void
prepare_keys(void)
{
	EVP_PKEY *rsa = make_rsa(2048), *ec = make_ec("P-256");
	EVP_PKEY *ed = make_named("ED25519"), *x = make_named("X25519");

	encrypt(rsa, RSA_PKCS1_PADDING, d.ct_pkcs1);
	encrypt(rsa, RSA_PKCS1_OAEP_PADDING, d.ct_oaep);
	agree(ec, make_ec("P-256"), d.point_ec, 65, d.z_ec);
	agree(x, make_named("X25519"), d.point_x, 32, d.z_x);
	evp_pkcs8(rsa, &d.rsa);
	evp_pkcs8(ec, &d.ec);
	evp_pkcs8(ed, &d.ed);
	evp_pkcs8(x, &d.x);
	EVP_PKEY_free(rsa);
	EVP_PKEY_free(ec);
	EVP_PKEY_free(ed);
	EVP_PKEY_free(x);
}

static void
prepare_sealed(void)
{
	struct ly_pkey *ca = make_p256(), *sealer = make_p256();
	struct ly_device_keys keys = { make_p256(), make_p256() };
	struct ly_buf sealed;

	make_cert(LY_CERT_CA, ca, NULL, "ca", ca, &d.ca);
	make_cert(LY_CERT_SEALER, ca, &d.ca, "sealer", sealer, &d.sealer);
	make_cert(LY_CERT_DEVICE_RECV, ca, &d.ca, "device", keys.recv,
	    &d.recv);
	ly_buf_init(&sealed, LY_SEALED_MAX);
	must(ly_seal(&d.rsa, d.recv.data, d.recv.len, &sealed) == 0);
	d.in.not_after = ly_time() + DAY;
	memset(d.in.key_id, 0x5a, sizeof(d.in.key_id));
	ly_buf_init(&d.lease, 2 * LY_SEALED_MAX);
	must(ly_lease_sign(sealed.data, sealed.len, &d.in, sealer,
	    d.sealer.data, d.sealer.len, &d.lease) == 0);
	must(ly_pkey_to_der(keys.recv, &d.recv_key) == 0);
	must(ly_secret_set(&d.pin, "123456", 6) == 0);
	ly_buf_init(&d.device, LY_DEVICE_FILE_MAX);
	must(ly_device_write(&keys, &d.pin, &d.device) == 0);
	ly_buf_init(&d.none, LY_DEVICE_FILE_MAX);
	must(ly_device_write(&keys, NULL, &d.none) == 0);
	ly_buf_clear(&sealed);
	ly_device_keys_clear(&keys);
	ly_pkey_free(&ca);
	ly_pkey_free(&sealer);
}

static struct ly_pkey *
load(const struct ly_secret *der)
{
	struct ly_pkey *p = NULL;

	assert_int_equal(ly_pkey_from_der(der->data, der->len, &p), 0);
	return p;
}

static void
op(const struct ly_pkey *p, struct ly_alg alg, const void *in, size_t len,
    struct ly_secret *out)
{
	assert_int_equal(ly_pkey_op(p, &alg, in, len, out), 0);
	/* Again, on the context that was kept. */
	assert_int_equal(ly_pkey_op(p, &alg, in, len, out), 0);
}

static void
trap_1_is_live(void **state)
{
	(void)state;
	if (EVP_PKEY_Q_keygen(ly_libctx(), NULL, "EC", "P-256") != NULL)
		print_message("# this OpenSSL does not ask engines here\n");
}

static void
trap_1_rsa(void **state)
{
	struct ly_secret out = LY_SECRET_INIT;
	struct ly_pkey *p = load(&d.rsa);
	struct ly_buf spki;

	(void)state;
	op(p, (struct ly_alg){ .op = LY_OP_DECRYPT, .scheme = LY_RSA_PKCS1 },
	    d.ct_pkcs1, 256, &out);
	assert_int_equal(out.len, sizeof(msg));
	assert_memory_equal(out.data, msg, sizeof(msg));
	op(p, (struct ly_alg){ .op = LY_OP_DECRYPT, .scheme = LY_RSA_OAEP,
	    .hash = LY_SHA256, .mgf = LY_SHA256 }, d.ct_oaep, 256, &out);
	assert_int_equal(out.len, sizeof(msg));
	assert_memory_equal(out.data, msg, sizeof(msg));
	op(p, (struct ly_alg){ .op = LY_OP_SIGN, .scheme = LY_RSA_PKCS1 },
	    msg, sizeof(msg), &out);
	assert_int_equal(out.len, 256);
	op(p, (struct ly_alg){ .op = LY_OP_SIGN, .scheme = LY_RSA_PSS,
	    .hash = LY_SHA256, .mgf = LY_SHA256, .salt_len = 32 }, d.ct_oaep,
	    32, &out);
	assert_int_equal(out.len, 256);
	get_spki(p, &spki);
	assert_int_equal(ly_pkey_prove(p, spki.data, spki.len), 0);
	ly_buf_clear(&spki);
	ly_secret_clear(&out);
	ly_pkey_free(&p);
}

static void
prove_and_free(struct ly_pkey **p)
{
	struct ly_buf spki;

	get_spki(*p, &spki);
	assert_int_equal(ly_pkey_prove(*p, spki.data, spki.len), 0);
	ly_buf_clear(&spki);
	ly_pkey_free(p);
}

static void
trap_1_curves(void **state)
{
	const struct ly_alg derive = { .op = LY_OP_DERIVE,
	    .scheme = LY_ECDH };
	struct ly_secret out = LY_SECRET_INIT;
	struct ly_pkey *p = load(&d.ec);

	(void)state;
	op(p, (struct ly_alg){ .op = LY_OP_SIGN, .scheme = LY_ECDSA },
	    d.ct_oaep, 32, &out);
	assert_int_equal(out.len, 64);
	op(p, derive, d.point_ec, 65, &out);
	assert_memory_equal(out.data, d.z_ec, 32);
	prove_and_free(&p);
	p = load(&d.ed);
	op(p, (struct ly_alg){ .op = LY_OP_SIGN, .scheme = LY_EDDSA }, msg,
	    sizeof(msg), &out);
	assert_int_equal(out.len, 64);
	prove_and_free(&p);
	p = load(&d.x);
	op(p, derive, d.point_x, 32, &out);
	assert_memory_equal(out.data, d.z_x, 32);
	prove_and_free(&p);
	ly_secret_clear(&out);
}

static void
trap_1_lease_and_unseal(void **state)
{
	struct ly_secret key = LY_SECRET_INIT;
	struct ly_pkey *recv = load(&d.recv_key);
	struct ly_lease lease;
	struct ly_buf sealed;

	(void)state;
	ly_buf_init(&sealed, LY_SEALED_MAX);
	assert_int_equal(ly_lease_open(d.lease.data, d.lease.len, d.ca.data,
	    d.ca.len, &lease, &sealed), 0);
	assert_int_equal(lease.not_after, d.in.not_after);
	assert_int_equal(ly_unseal(sealed.data, sealed.len, recv, d.recv.data,
	    d.recv.len, &key), 0);
	assert_int_equal(key.len, d.rsa.len);
	assert_memory_equal(key.data, d.rsa.data, key.len);
	ly_secret_clear(&key);
	ly_buf_clear(&sealed);
	ly_pkey_free(&recv);
}

static void
trap_1_device_and_certificates(void **state)
{
	struct ly_device_keys keys = { NULL, NULL };
	struct ly_cert_info info;

	(void)state;
	assert_int_equal(ly_device_open(d.device.data, d.device.len, &d.pin,
	    &keys), 0);
	ly_device_keys_clear(&keys);
	assert_int_equal(ly_device_open(d.none.data, d.none.len, NULL,
	    &keys), 0);
	ly_device_keys_clear(&keys);
	assert_int_equal(ly_cert_parse(d.recv.data, d.recv.len, &info), 0);
	assert_int_equal(ly_cert_verify(d.recv.data, d.recv.len, d.ca.data,
	    d.ca.len, ly_time()), 0);
}

static void
trap_1_keyless(void **state)
{
	struct ly_secret k = LY_SECRET_INIT, pt = LY_SECRET_INIT;
	uint8_t mac[32];
	struct ly_buf b;

	(void)state;
	ly_buf_init(&b, 1024);
	assert_int_equal(ly_scrypt(&d.pin, msg, 16, 10, &k), 0);
	assert_int_equal(ly_aead_seal(k.data, "a", 1, msg, 16, &b), 0);
	assert_int_equal(ly_aead_open(k.data, "a", 1, b.data, b.len, &pt), 0);
	assert_int_equal(ly_hmac(LY_SHA256, msg, 16, msg, 16, mac), 0);
	assert_int_equal(ly_digest(LY_SHA512, msg, 16, (uint8_t[64]){ 0 }), 0);
	assert_int_equal(ly_x963_kdf(LY_SHA256, &k, "", 0, 16, &pt), 0);
	assert_int_equal(ly_aes_kw_unwrap(&k, d.ct_oaep, 24, &pt),
	    LY_ERR_AUTH);
	ly_buf_clear(&b);
	ly_secret_clear(&k);
	ly_secret_clear(&pt);
}

/* 0 if libp11's engine is now the default for all. */
static int
take_over(void)
{
	ENGINE *e;

	ENGINE_load_builtin_engines();
	if ((e = ENGINE_by_id("pkcs11")) == NULL)
		return -1;
	return ENGINE_set_default(e, ENGINE_METHOD_ALL) == 1 ? 0 : -1;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(trap_1_is_live),
		cmocka_unit_test(trap_1_rsa),
		cmocka_unit_test(trap_1_curves),
		cmocka_unit_test(trap_1_lease_and_unseal),
		cmocka_unit_test(trap_1_device_and_certificates),
		cmocka_unit_test(trap_1_keyless),
	};

	prepare_keys();
	prepare_sealed();
	if (take_over() != 0) {
		printf("1..0 # SKIP libp11's engine is not installed\n");
		return 0;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
