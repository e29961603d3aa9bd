/* See host_evp.h. */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <string.h>

#include <dlfcn.h>

#include <openssl/err.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "host.h"
#include "host_evp.h"
#include "p11.h"

int
evp_fails(const char *what)
{
	ERR_print_errors_fp(stderr);
	return host_fails(what, 0);
}

static int
decrypts(OSSL_LIB_CTX *lib, EVP_PKEY *key)
{
	EVP_PKEY_CTX *c = EVP_PKEY_CTX_new_from_pkey(lib, key, NULL);
	unsigned char in[512], out[512];
	const size_t len = host_file("cipher", in, sizeof(in));
	size_t n = sizeof(out);
	int r = -1;

	if (c == NULL || EVP_PKEY_decrypt_init(c) != 1 ||
	    EVP_PKEY_CTX_set_rsa_padding(c, RSA_PKCS1_PADDING) != 1 ||
	    EVP_PKEY_decrypt(c, out, &n, in, len) != 1)
		(void)evp_fails("decrypting");
	else
		r = host_same("plain", out, n);
	EVP_PKEY_CTX_free(c);
	return r;
}

/*
 * The hash is made here: pkcs11-provider 1.0 forgets the DigestInfo when it
 * hashes itself, which it does for a token that lists no such mechanism.
 */
static int
signs(OSSL_LIB_CTX *lib, EVP_PKEY *key)
{
	EVP_PKEY_CTX *c = EVP_PKEY_CTX_new_from_pkey(lib, key, NULL);
	unsigned char in[4096], hash[EVP_MAX_MD_SIZE], out[512];
	const size_t len = host_file("data", in, sizeof(in));
	size_t n = sizeof(out);
	unsigned hlen = 0;
	int r = -1;

	if (c == NULL ||
	    EVP_Digest(in, len, hash, &hlen, EVP_sha256(), NULL) != 1 ||
	    EVP_PKEY_sign_init(c) != 1 ||
	    EVP_PKEY_CTX_set_rsa_padding(c, RSA_PKCS1_PADDING) != 1 ||
	    EVP_PKEY_CTX_set_signature_md(c, EVP_sha256()) != 1 ||
	    EVP_PKEY_sign(c, out, &n, hash, hlen) != 1)
		(void)evp_fails("signing");
	else
		r = host_same("sig", out, n);
	EVP_PKEY_CTX_free(c);
	return r;
}

static EVP_PKEY *
public_key(OSSL_LIB_CTX *lib, const char *name)
{
	unsigned char der[512];
	const unsigned char *p = der;
	const size_t len = host_file(name, der, sizeof(der));

	return d2i_PUBKEY_ex(NULL, &p, (long)len, lib, NULL);
}

/* By EC; openssl's own verification uses what is the default as well. */
static int
signs_ec(OSSL_LIB_CTX *lib, EVP_PKEY *key)
{
	EVP_PKEY *pub = public_key(lib, "p256.pub");
	EVP_PKEY_CTX *c = EVP_PKEY_CTX_new_from_pkey(lib, key, NULL);
	EVP_PKEY_CTX *v = NULL;
	unsigned char hash[32] = { 1, 2, 3 }, out[160];
	size_t n = sizeof(out);
	int r = 0;

	if (pub != NULL)
		v = EVP_PKEY_CTX_new_from_pkey(lib, pub, NULL);
	if (c == NULL || v == NULL || EVP_PKEY_sign_init(c) != 1 ||
	    EVP_PKEY_sign(c, out, &n, hash, sizeof(hash)) != 1 ||
	    EVP_PKEY_verify_init(v) != 1 ||
	    EVP_PKEY_verify(v, out, n, hash, sizeof(hash)) != 1)
		r = evp_fails("signing by EC");
	EVP_PKEY_CTX_free(c);
	EVP_PKEY_CTX_free(v);
	EVP_PKEY_free(pub);
	return r;
}

static int
agrees(OSSL_LIB_CTX *lib, EVP_PKEY *key)
{
	EVP_PKEY *peer = public_key(lib, "peer.pub");
	EVP_PKEY_CTX *c = EVP_PKEY_CTX_new_from_pkey(lib, key, NULL);
	unsigned char out[66];
	size_t n = sizeof(out);
	int r = -1;

	if (c == NULL || peer == NULL || EVP_PKEY_derive_init(c) != 1 ||
	    EVP_PKEY_derive_set_peer(c, peer) != 1 ||
	    EVP_PKEY_derive(c, NULL, &n) != 1 || n > sizeof(out) ||
	    EVP_PKEY_derive(c, out, &n) != 1)
		(void)evp_fails("ECDH");
	else
		r = host_same("secret", out, n);
	EVP_PKEY_CTX_free(c);
	EVP_PKEY_free(peer);
	return r;
}

static int
uses_ec(OSSL_LIB_CTX *lib, EVP_PKEY *key)
{
	return signs_ec(lib, key) != 0 ? -1 : agrees(lib, key);
}

static int
with(OSSL_LIB_CTX *lib, const char *name, EVP_PKEY *(*get)(const char *),
    int (*use)(OSSL_LIB_CTX *, EVP_PKEY *))
{
	char uri[1024];
	EVP_PKEY *key;
	int r;

	if (host_text(name, uri, sizeof(uri)) != 0)
		return -1;
	if ((key = get(uri)) == NULL)
		return evp_fails(name);
	r = use(lib, key);
	EVP_PKEY_free(key);
	return r;
}

int
evp_work(OSSL_LIB_CTX *lib, EVP_PKEY *(*key)(const char *uri))
{
	return with(lib, "rsa.uri", key, decrypts) != 0 ||
	    with(lib, "signer.uri", key, signs) != 0 ? -1 :
	    with(lib, "p256.uri", key, uses_ec);
}

int
evp_finalize(void)
{
	CK_FUNCTION_LIST *f;
	void *lib;
	CK_RV rv;

	if ((f = p11_open(host_module, &lib)) == NULL)
		return -1;
	rv = f->C_Finalize(NULL);
	return rv == CKR_OK ? 0 : host_fails("C_Finalize", rv);
}
