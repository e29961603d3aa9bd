/*
 * What the benchmarks share: see bench.h. Bare operations keep their context,
 * which is the fastest that OpenSSL can do: no ratio is flattered by it.
 */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <openssl/bn.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/sha.h>

#include "bench.h"

static const char *const names[BENCH_OPS] = {
	"RSA-2048 sign", "RSA-2048 decrypt", "P-256 sign", "Ed25519 sign",
	"ECDH P-256",
};

static const CK_MECHANISM_TYPE mechs[BENCH_OPS] = {
	CKM_RSA_PKCS, CKM_RSA_PKCS, CKM_ECDSA, CKM_EDDSA, CKM_ECDH1_DERIVE,
};

const char *
bench_op_name(enum bench_op op)
{
	return names[op];
}

void
bench_die(const char *what)
{
	fprintf(stderr, "bench: %s\n", what);
	exit(1);
}

static EVP_PKEY *
key_load(const char *dir, const char *name)
{
	char path[4096];
	EVP_PKEY *key;
	FILE *fp;

	snprintf(path, sizeof path, "%s/%s.key", dir, name);
	if ((fp = fopen(path, "r")) == NULL ||
	    (key = PEM_read_PrivateKey(fp, NULL, NULL, NULL)) == NULL)
		bench_die(path);
	fclose(fp);
	return key;
}

void
bench_inputs_renew(struct bench_keys *k)
{
	static const uint8_t prefix[19] = {
		0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01,
		0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20
	};
	EVP_PKEY_CTX *ctx;
	size_t len = sizeof k->cipher;

	memcpy(k->digest, prefix, sizeof prefix);
	SHA256(prefix, sizeof prefix, k->digest + sizeof prefix);
	ctx = EVP_PKEY_CTX_new(k->key[BENCH_RSA_SIGN], NULL);
	if (EVP_PKEY_encrypt_init(ctx) != 1 ||
	    EVP_PKEY_encrypt(ctx, k->cipher, &len, k->digest, 32) != 1)
		bench_die("encrypt");
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(k->peer);
	if ((k->peer = EVP_EC_gen("P-256")) == NULL ||
	    EVP_PKEY_get_octet_string_param(k->peer, "encoded-pub-key",
	    k->point, sizeof k->point, &len) != 1)
		bench_die("peer");
}

void
bench_keys_load(const char *dir, struct bench_keys *k)
{
	memset(k, 0, sizeof *k);
	k->key[BENCH_RSA_SIGN] = key_load(dir, "rsa");
	k->key[BENCH_RSA_DECRYPT] = k->key[BENCH_RSA_SIGN];
	k->key[BENCH_P256_SIGN] = key_load(dir, "p256");
	k->key[BENCH_ED25519_SIGN] = key_load(dir, "ed25519");
	k->key[BENCH_ECDH] = k->key[BENCH_P256_SIGN];
	bench_inputs_renew(k);
}

static int
search(struct bench_token *t, CK_ATTRIBUTE *tmpl, CK_ULONG n,
    CK_OBJECT_HANDLE *found)
{
	CK_ULONG got = 0;

	if (t->f->C_FindObjectsInit(t->session[0], tmpl, n) != CKR_OK)
		return 0;
	(void)t->f->C_FindObjects(t->session[0], found, 1, &got);
	(void)t->f->C_FindObjectsFinal(t->session[0]);
	return got == 1;
}

/* The RSA key by its modulus, the P-256 key by its curve, Ed25519. */
static int
key_find(struct bench_token *t, const struct bench_keys *k, CK_KEY_TYPE type,
    CK_OBJECT_HANDLE *found)
{
	static const uint8_t p256[] = {
		0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07
	};
	CK_OBJECT_CLASS class = CKO_PRIVATE_KEY;
	uint8_t modulus[256];
	BIGNUM *n = NULL;
	CK_ATTRIBUTE tmpl[3] = {
		{ CKA_CLASS, &class, sizeof class },
		{ CKA_KEY_TYPE, &type, sizeof type },
		{ CKA_EC_PARAMS, (void *)(uintptr_t)p256, sizeof p256 },
	};

	if (type == CKK_RSA) {
		if (EVP_PKEY_get_bn_param(k->key[BENCH_RSA_SIGN], "n",
		    &n) != 1)
			bench_die("modulus");
		BN_bn2bin(n, modulus);
		BN_free(n);
		tmpl[2] = (CK_ATTRIBUTE){ CKA_MODULUS, modulus,
		    sizeof modulus };
	}
	return search(t, tmpl, type == CKK_EC_EDWARDS ? 2 : 3, found);
}

static CK_SLOT_ID
slot_find(struct bench_token *t, const char *label)
{
	CK_SLOT_ID slots[64];
	CK_TOKEN_INFO info;
	CK_ULONG i, n = 64;

	if (t->f->C_GetSlotList(CK_TRUE, slots, &n) != CKR_OK)
		bench_die("C_GetSlotList");
	for (i = 0; i < n; i++)
		if (t->f->C_GetTokenInfo(slots[i], &info) == CKR_OK &&
		    memcmp(info.label, label, strlen(label)) == 0)
			return slots[i];
	bench_die("no token with that label");
	return 0;
}

/* softhsm2-util imports EC keys that may not derive. */
static int
derive_allowed(struct bench_token *t, CK_OBJECT_HANDLE key)
{
	CK_BBOOL derive = CK_FALSE;
	CK_ATTRIBUTE a = { CKA_DERIVE, &derive, sizeof derive };

	return t->f->C_GetAttributeValue(t->session[0], key, &a, 1) ==
	    CKR_OK && derive == CK_TRUE;
}

void
bench_token_open(const char *module, const char *label, const char *pin,
    const struct bench_keys *k, struct bench_token *t)
{
	CK_C_INITIALIZE_ARGS args = { .flags = CKF_OS_LOCKING_OK };
	CK_C_GetFunctionList get;
	CK_SLOT_ID slot;
	void *lib, *sym;
	int i;

	memset(t, 0, sizeof *t);
	if ((lib = dlopen(module, RTLD_NOW | RTLD_LOCAL)) == NULL ||
	    (sym = dlsym(lib, "C_GetFunctionList")) == NULL)
		bench_die(dlerror());
	memcpy(&get, &sym, sizeof get);
	if (get(&t->f) != CKR_OK || t->f->C_Initialize(&args) != CKR_OK)
		bench_die("C_Initialize");
	slot = slot_find(t, label);
	for (i = 0; i < BENCH_THREADS; i++)
		if (t->f->C_OpenSession(slot, CKF_SERIAL_SESSION, NULL, NULL,
		    &t->session[i]) != CKR_OK)
			bench_die("C_OpenSession");
	if (*pin != '\0' && t->f->C_Login(t->session[0], CKU_USER,
	    (CK_BYTE *)(uintptr_t)pin, strlen(pin)) != CKR_OK)
		bench_die("C_Login");
	t->has[BENCH_RSA_SIGN] = key_find(t, k, CKK_RSA,
	    &t->key[BENCH_RSA_SIGN]);
	t->has[BENCH_P256_SIGN] = key_find(t, k, CKK_EC,
	    &t->key[BENCH_P256_SIGN]);
	t->has[BENCH_ED25519_SIGN] = key_find(t, k, CKK_EC_EDWARDS,
	    &t->key[BENCH_ED25519_SIGN]);
	t->has[BENCH_RSA_DECRYPT] = t->has[BENCH_RSA_SIGN];
	t->key[BENCH_RSA_DECRYPT] = t->key[BENCH_RSA_SIGN];
	t->has[BENCH_ECDH] = t->has[BENCH_P256_SIGN] &&
	    derive_allowed(t, t->key[BENCH_P256_SIGN]);
	t->key[BENCH_ECDH] = t->key[BENCH_P256_SIGN];
}

/* Derive the shared secret, read it, throw it away: as libp11 does. */
static CK_RV
token_derive(struct bench_token *t, const struct bench_keys *k, int i)
{
	CK_OBJECT_CLASS class = CKO_SECRET_KEY;
	CK_KEY_TYPE type = CKK_GENERIC_SECRET;
	CK_ULONG len = 32;
	CK_BBOOL no = CK_FALSE, yes = CK_TRUE;
	CK_ECDH1_DERIVE_PARAMS p = { CKD_NULL, 0, NULL, sizeof k->point,
	    (CK_BYTE *)(uintptr_t)k->point };
	CK_MECHANISM m = { CKM_ECDH1_DERIVE, &p, sizeof p };
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_TOKEN, &no, sizeof no },
		{ CKA_CLASS, &class, sizeof class },
		{ CKA_KEY_TYPE, &type, sizeof type },
		{ CKA_SENSITIVE, &no, sizeof no },
		{ CKA_EXTRACTABLE, &yes, sizeof yes },
		{ CKA_VALUE_LEN, &len, sizeof len },
	};
	uint8_t z[32];
	CK_ATTRIBUTE value = { CKA_VALUE, z, sizeof z };
	CK_OBJECT_HANDLE key;
	CK_RV rv;

	rv = t->f->C_DeriveKey(t->session[i], &m, t->key[BENCH_ECDH], tmpl, 6,
	    &key);
	if (rv == CKR_OK)
		rv = t->f->C_GetAttributeValue(t->session[i], key, &value, 1);
	if (rv == CKR_OK)
		rv = t->f->C_DestroyObject(t->session[i], key);
	return rv;
}

void
bench_token_run(struct bench_token *t, enum bench_op op,
    const struct bench_keys *k, int i)
{
	CK_MECHANISM m = { mechs[op], NULL, 0 };
	CK_BYTE *data = (CK_BYTE *)(uintptr_t)k->digest;
	CK_BYTE out[512];
	CK_ULONG len = sizeof out;
	CK_RV rv;

	if (op == BENCH_ECDH) {
		rv = token_derive(t, k, i);
	} else if (op == BENCH_RSA_DECRYPT) {
		rv = t->f->C_DecryptInit(t->session[i], &m, t->key[op]);
		if (rv == CKR_OK)
			rv = t->f->C_Decrypt(t->session[i],
			    (CK_BYTE *)(uintptr_t)k->cipher,
			    sizeof k->cipher, out, &len);
	} else {
		rv = t->f->C_SignInit(t->session[i], &m, t->key[op]);
		if (rv == CKR_OK)
			rv = t->f->C_Sign(t->session[i], data,
			    op == BENCH_RSA_SIGN ? sizeof k->digest : 32, out,
			    &len);
	}
	if (rv != CKR_OK) {
		fprintf(stderr, "bench: %s: 0x%lx\n", names[op], rv);
		exit(1);
	}
}

void
bench_bare_init(struct bench_bare *b, enum bench_op op,
    const struct bench_keys *k)
{
	int r;

	memset(b, 0, sizeof *b);
	if (op == BENCH_ED25519_SIGN) {
		b->md = EVP_MD_CTX_new();
		return;
	}
	b->ctx = EVP_PKEY_CTX_new(k->key[op], NULL);
	if (op == BENCH_ECDH)
		r = EVP_PKEY_derive_init(b->ctx);
	else if (op == BENCH_RSA_DECRYPT)
		r = EVP_PKEY_decrypt_init(b->ctx);
	else
		r = EVP_PKEY_sign_init(b->ctx);
	if (r != 1)
		bench_die("bare init");
}

void
bench_bare_run(struct bench_bare *b, enum bench_op op,
    const struct bench_keys *k)
{
	uint8_t out[512];
	size_t len = sizeof out;
	int r;

	if (op == BENCH_ED25519_SIGN) {
		r = EVP_DigestSignInit(b->md, NULL, NULL, NULL, k->key[op]);
		if (r == 1)
			r = EVP_DigestSign(b->md, out, &len, k->digest, 32);
	} else if (op == BENCH_ECDH) {
		r = EVP_PKEY_derive_set_peer(b->ctx, k->peer);
		if (r == 1)
			r = EVP_PKEY_derive(b->ctx, out, &len);
	} else if (op == BENCH_RSA_DECRYPT) {
		r = EVP_PKEY_decrypt(b->ctx, out, &len, k->cipher,
		    sizeof k->cipher);
	} else {
		r = EVP_PKEY_sign(b->ctx, out, &len, k->digest,
		    op == BENCH_RSA_SIGN ? sizeof k->digest : 32);
	}
	if (r != 1)
		bench_die("bare operation");
}

double
bench_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

double
bench_median(double *v, size_t n)
{
	qsort(v, n, sizeof *v, compare);
	return v[n / 2];
}
