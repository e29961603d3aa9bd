/*
 * Makes the seeds of the harnesses of keys and certificates by the real
 * code, and fuzz_seal_keys.h that goes with them: "make_seeds DIR" writes
 * DIR/NAME/SEED and the header in DIR. The keys are test keys.
 */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <openssl/pkcs12.h>

#include "../unit/keys.h"
#include "device.h"
#include "seal.h"

#define CRYPTOKI_CALLS 87	/* of tests/pkcs11/calls.c */

static const char *root;

static void
put(const char *name, const char *seed, const void *data, size_t len)
{
	char path[4096];
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/%s", root, name);
	(void)mkdir(path, 0755);
	(void)snprintf(path, sizeof(path), "%s/%s/%s", root, name, seed);
	must((f = fopen(path, "wb")) != NULL);
	must(fwrite(data, 1, len, f) == len && fclose(f) == 0);
}

static void
put_array(FILE *f, const char *name, const uint8_t *data, size_t len)
{
	size_t i;

	(void)fprintf(f, "static const uint8_t %s[] = {", name);
	for (i = 0; i < len; i++)
		(void)fprintf(f, "%s0x%02x,", i % 12 == 0 ? "\n\t" : " ",
		    data[i]);
	(void)fprintf(f, "\n};\n");
}

static void
seal_seeds(void)
{
	struct ly_pkey *ca = make_p256(), *sealer = make_p256(),
	    *recv = make_p256();
	struct ly_lease lease = { { 1, 2, 3 }, 2000000000 };
	struct ly_secret key = LY_SECRET_INIT;
	struct ly_buf ca_der, sealer_der, recv_der, sealed, out;
	char path[4096];
	FILE *f;

	make_cert(LY_CERT_CA, ca, NULL, "Seed CA", ca, &ca_der);
	make_cert(LY_CERT_SEALER, ca, &ca_der, "sealer", sealer,
	    &sealer_der);
	make_cert(LY_CERT_DEVICE_RECV, ca, &ca_der, "seed", recv, &recv_der);
	must(ly_pkey_to_der(sealer, &key) == 0);
	ly_buf_init(&sealed, LY_SEALED_MAX);
	ly_buf_init(&out, LY_SEALED_MAX);
	must(ly_seal(&key, recv_der.data, recv_der.len, &sealed) == 0);
	must(ly_lease_sign(sealed.data, sealed.len, &lease, sealer,
	    sealer_der.data, sealer_der.len, &out) == 0);
	put("seal", "sealed", sealed.data, sealed.len);
	put("seal", "lease", out.data, out.len);
	put("cert", "ca", ca_der.data, ca_der.len);
	put("cert", "sealer", sealer_der.data, sealer_der.len);
	out.len = 0;
	must(ly_pem_encode("CERTIFICATE", ca_der.data, ca_der.len,
	    &out) == 0);
	put("cert", "pem", out.data, out.len);
	out.len = 0;
	must(ly_csr_make(recv, "laptop", &out) == 0);
	put("cert", "request", out.data, out.len);
	must(ly_pkey_to_der(recv, &key) == 0);
	(void)snprintf(path, sizeof(path), "%s/fuzz_seal_keys.h", root);
	must((f = fopen(path, "w")) != NULL);
	(void)fprintf(f, "/* Test keys, made by make_seeds.c. */\n"
	    "#ifndef FUZZ_SEAL_KEYS_H\n#define FUZZ_SEAL_KEYS_H\n\n"
	    "#include <stdint.h>\n\n");
	put_array(f, "seed_ca", ca_der.data, ca_der.len);
	put_array(f, "seed_recv", recv_der.data, recv_der.len);
	put_array(f, "seed_recv_key", key.data, key.len);
	(void)fprintf(f, "\n#endif\n");
	must(fclose(f) == 0);
}

static void
key_seeds(void)
{
	static const char *const names[] = { "rsa", "p256", "p521",
		"ed25519", "x25519" };
	EVP_PKEY *keys[] = { make_rsa(1024), make_ec("P-256"),
		make_ec("P-521"), make_named("ED25519"),
		make_named("X25519") };
	struct ly_secret der = LY_SECRET_INIT;
	struct ly_buf spki, cert;
	struct ly_pkey *p;
	char name[32];
	X509 *x;
	size_t i;

	for (i = 0; i < 5; i++) {
		evp_pkcs8(keys[i], &der);
		put("pkey", names[i], der.data, der.len);
		p = evp_ly(keys[i]);
		get_spki(p, &spki);
		(void)snprintf(name, sizeof(name), "%s-public", names[i]);
		put("pkey", name, spki.data, spki.len);
		x = make_x509(keys[i], "Seed \xc3\xa4");
		must(X509_NAME_add_entry_by_txt(X509_get_subject_name(x),
		    "emailAddress", MBSTRING_ASC,
		    (const unsigned char *)"seed@example.com", -1, -1,
		    0) == 1);
		x509_sign(x, keys[i < 3 ? i : 1], &cert);
		put("cert", names[i], cert.data, cert.len);
	}
}

static void
device_seeds(void)
{
	struct ly_device_keys keys = { make_p256(), make_p256() };
	struct ly_secret pin = LY_SECRET_INIT;
	struct ly_buf f;

	must(ly_secret_set(&pin, "1234", 4) == 0);
	ly_buf_init(&f, LY_DEVICE_FILE_MAX);
	must(ly_device_write(&keys, &pin, &f) == 0);
	put("device", "pin", f.data, f.len);
	f.len = 0;
	must(ly_device_write(&keys, NULL, &f) == 0);
	put("device", "none", f.data, f.len);
}

static void
p12_seed(const char *name, int key_nid, int cert_nid, int mac)
{
	EVP_PKEY *k = make_ec("P-256");
	X509 *x = make_x509(k, "Seed");
	unsigned char *der = NULL;
	PKCS12 *p12;
	int n;

	must(X509_sign(x, k, ly_md(LY_SHA256)) > 0);
	p12 = PKCS12_create_ex("secret", "seed", k, x, NULL, key_nid,
	    cert_nid, 10, mac, 0, ly_libctx(), NULL);
	must(p12 != NULL && (n = i2d_PKCS12(p12, &der)) > 0);
	put("p12", name, der, (size_t)n);
}

static void
unpad_seeds(void)
{
	uint8_t b[32 + 128];

	memset(b, 0x5a, sizeof(b));
	put("unpad", "bad", b, sizeof(b));
	b[32] = 0;
	b[33] = 2;
	b[32 + 100] = 0;
	put("unpad", "good", b, sizeof(b));
	b[32 + 9] = 0;
	put("unpad", "short-padding", b, 32 + 64);
}

/* fuzz_cryptoki.c's do_any, once for each function of tests/pkcs11/calls.c. */
static void
cryptoki_seeds(void)
{
	uint8_t b[] = { 16, 0, 5, 0, 0, 0, 4, 0xff, 0, 5, 0 };
	char name[32];
	uint8_t i;

	for (i = 0; i < CRYPTOKI_CALLS; i++) {
		b[sizeof(b) - 1] = i;
		(void)snprintf(name, sizeof(name), "function-%02u", i);
		put("cryptoki", name, b, sizeof(b));
	}
}

int
main(int argc, char **argv)
{
	if (argc != 2)
		return 2;
	root = argv[1];
	seal_seeds();
	key_seeds();
	device_seeds();
	p12_seed("aes", NID_aes_256_cbc, NID_aes_256_cbc, 10);
	p12_seed("3des", NID_pbe_WithSHA1And3_Key_TripleDES_CBC,
	    NID_pbe_WithSHA1And3_Key_TripleDES_CBC, 10);
	p12_seed("clear", -1, -1, 10);
	p12_seed("no-mac", NID_aes_128_cbc, NID_aes_128_cbc, -1);
	unpad_seeds();
	cryptoki_seeds();
	return 0;
}
