/*
 * The private library context and keyless cryptography. It refuses to load
 * a configuration file, and leaves the host's default context, error queue
 * and exit handlers as they were.
 */
#include <stdatomic.h>

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/provider.h>

#include "buf.h"
#include "compat.h"
#include "crypto.h"
#include "err.h"
#include "secret.h"

#define NONCE_LEN 12
#define TAG_LEN 16
#define KW_MAX 1024
#define KDF_OUT_MAX 1024

/* Guards the making of everything below; readers do without it. */
static struct ly_mutex making = LY_MUTEX_INIT;
static _Atomic(OSSL_LIB_CTX *) libctx;
static _Atomic(EVP_MD *) mds[LY_SHA512 + 1];
static _Atomic(EVP_CIPHER *) gcm;

/*
 * NO_ATEXIT: an unloaded module would crash its host at exit. A context made
 * by OSSL_LIB_CTX_new reads no configuration, but any look-up of an unknown
 * object identifier, and libcurl's start, would read the host's into the
 * default context, and that may load engines and providers that call us:
 * so NO_LOAD_CONFIG. A host that uses OpenSSL has read it before.
 */
int
ly_crypto_alive(void)
{
	return OPENSSL_init_crypto(OPENSSL_INIT_NO_ATEXIT |
	    OPENSSL_INIT_NO_LOAD_CONFIG, NULL) == 1;
}

static OSSL_LIB_CTX *
libctx_make(void)
{
	OSSL_LIB_CTX *ctx;

	if ((ctx = OSSL_LIB_CTX_new()) == NULL)
		return NULL;
	if (OSSL_PROVIDER_load(ctx, "default") == NULL) {
		OSSL_LIB_CTX_free(ctx);
		return NULL;
	}
	return ctx;
}

OSSL_LIB_CTX *
ly_libctx(void)
{
	OSSL_LIB_CTX *ctx;

	if (!ly_crypto_alive())
		return NULL;
	ctx = atomic_load_explicit(&libctx, memory_order_acquire);
	if (ctx != NULL)
		return ctx;
	ly_mutex_lock(&making);
	ctx = atomic_load_explicit(&libctx, memory_order_relaxed);
	if (ctx == NULL) {
		ctx = libctx_make();
		atomic_store_explicit(&libctx, ctx, memory_order_release);
	}
	ly_mutex_unlock(&making);
	return ctx;
}

OSSL_LIB_CTX *
ly_libctx_enter(OSSL_LIB_CTX *other)
{
	if (other == NULL)
		other = ly_libctx();
	(void)ERR_set_mark();
	return OSSL_LIB_CTX_set0_default(other);
}

void
ly_libctx_leave(OSSL_LIB_CTX *before)
{
	(void)OSSL_LIB_CTX_set0_default(before);
	(void)ERR_pop_to_mark();
}

const EVP_MD *
ly_md(enum ly_hash h)
{
	EVP_MD *md, *first = NULL;
	OSSL_LIB_CTX *ctx;

	if (ly_hash_len(h) == 0)
		return NULL;
	md = atomic_load_explicit(&mds[h], memory_order_acquire);
	if (md != NULL || (ctx = ly_libctx()) == NULL)
		return md;
	if ((md = EVP_MD_fetch(ctx, ly_hash_ossl(h), NULL)) == NULL)
		return NULL;
	if (!atomic_compare_exchange_strong(&mds[h], &first, md)) {
		EVP_MD_free(md);
		md = first;
	}
	return md;
}

const EVP_CIPHER *
ly_aes256_gcm(void)
{
	EVP_CIPHER *c, *first = NULL;
	OSSL_LIB_CTX *ctx;

	c = atomic_load_explicit(&gcm, memory_order_acquire);
	if (c != NULL || (ctx = ly_libctx()) == NULL)
		return c;
	if ((c = EVP_CIPHER_fetch(ctx, "AES-256-GCM", NULL)) == NULL)
		return NULL;
	if (!atomic_compare_exchange_strong(&gcm, &first, c)) {
		EVP_CIPHER_free(c);
		c = first;
	}
	return c;
}

int
ly_digest(enum ly_hash h, const void *in, size_t len, uint8_t *out)
{
	const EVP_MD *md = ly_md(h);

	if (md == NULL || EVP_Digest(in, len, out, NULL, md, NULL) != 1)
		return LY_ERR_CRYPTO;
	return 0;
}

int
ly_hmac(enum ly_hash h, const void *key, size_t keylen, const void *in,
    size_t len, uint8_t *out)
{
	uint8_t mac[LY_HASH_MAX];
	size_t n = 0;

	if (ly_libctx() == NULL || ly_hash_len(h) == 0)
		return LY_ERR_CRYPTO;
	if (EVP_Q_mac(ly_libctx(), "HMAC", NULL, ly_hash_ossl(h), NULL, key,
	    keylen, in, len, mac, sizeof(mac), &n) == NULL)
		return LY_ERR_CRYPTO;
	for (size_t i = 0; i < n; i++)
		out[i] = mac[i];
	ly_wipe(mac, sizeof(mac));
	return 0;
}

/* dst: nonce || ciphertext || tag, whose nonce is there already. */
static int
gcm_encrypt(const uint8_t *key, const void *aad, int aadlen, const void *in,
    int inlen, uint8_t *dst)
{
	EVP_CIPHER_CTX *ctx = NULL;
	uint8_t *ct = dst + NONCE_LEN;
	int r = LY_ERR_CRYPTO, n;

	if (ly_aes256_gcm() == NULL || (ctx = EVP_CIPHER_CTX_new()) == NULL)
		goto out;
	if (EVP_EncryptInit_ex2(ctx, ly_aes256_gcm(), key, dst, NULL) != 1)
		goto out;
	if (aadlen > 0 && EVP_EncryptUpdate(ctx, NULL, &n, aad, aadlen) != 1)
		goto out;
	if (inlen > 0 && EVP_EncryptUpdate(ctx, ct, &n, in, inlen) != 1)
		goto out;
	if (EVP_EncryptFinal_ex(ctx, ct + inlen, &n) != 1)
		goto out;
	if (EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, TAG_LEN,
	    ct + inlen) != 1)
		goto out;
	r = 0;
out:
	EVP_CIPHER_CTX_free(ctx);
	return r;
}

int
ly_aead_seal(const uint8_t key[LY_AEAD_KEY_LEN], const void *aad,
    size_t aadlen, const void *in, size_t inlen, struct ly_buf *out)
{
	uint8_t *dst = NULL;
	int r;

	if (aadlen > LY_SECRET_MAX || inlen > LY_SECRET_MAX)
		return LY_ERR_TOOBIG;
	dst = OPENSSL_malloc(inlen + LY_AEAD_OVERHEAD);
	if (dst == NULL)
		return LY_ERR_NOMEM;
	if ((r = ly_random(dst, NONCE_LEN)) != 0)
		goto out;
	if ((r = gcm_encrypt(key, aad, (int)aadlen, in, (int)inlen, dst)) != 0)
		goto out;
	r = ly_buf_put(out, dst, inlen + LY_AEAD_OVERHEAD);
out:
	OPENSSL_free(dst);
	return r;
}

static int
gcm_decrypt(const uint8_t *key, const void *aad, int aadlen,
    const uint8_t *in, int ctlen, uint8_t *pt)
{
	EVP_CIPHER_CTX *ctx = NULL;
	const uint8_t *ct = in + NONCE_LEN;
	uint8_t tag[TAG_LEN], none[1];
	int r = LY_ERR_CRYPTO, n;

	for (n = 0; n < TAG_LEN; n++)
		tag[n] = ct[ctlen + n];
	if (ly_aes256_gcm() == NULL || (ctx = EVP_CIPHER_CTX_new()) == NULL)
		goto out;
	if (EVP_DecryptInit_ex2(ctx, ly_aes256_gcm(), key, in, NULL) != 1)
		goto out;
	if (EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, TAG_LEN, tag) != 1)
		goto out;
	if (aadlen > 0 && EVP_DecryptUpdate(ctx, NULL, &n, aad, aadlen) != 1)
		goto out;
	if (ctlen > 0 && EVP_DecryptUpdate(ctx, pt, &n, ct, ctlen) != 1)
		goto out;
	r = EVP_DecryptFinal_ex(ctx, none, &n) == 1 ? 0 : LY_ERR_AUTH;
out:
	EVP_CIPHER_CTX_free(ctx);
	return r;
}

int
ly_aead_open(const uint8_t key[LY_AEAD_KEY_LEN], const void *aad,
    size_t aadlen, const void *in, size_t inlen, struct ly_secret *out)
{
	struct ly_secret pt = LY_SECRET_INIT;
	size_t n;
	int r;

	if (inlen < LY_AEAD_OVERHEAD)
		return LY_ERR_AUTH;
	n = inlen - LY_AEAD_OVERHEAD;
	if (aadlen > LY_SECRET_MAX || n > LY_SECRET_MAX)
		return LY_ERR_TOOBIG;
	(void)ERR_set_mark();
	if ((r = ly_secret_alloc(&pt, n == 0 ? 1 : n)) != 0)
		goto out;
	if ((r = gcm_decrypt(key, aad, (int)aadlen, in, (int)n, pt.data)) != 0)
		goto out;
	pt.len = n;
	ly_secret_move(out, &pt);
out:
	(void)ERR_pop_to_mark();
	ly_secret_clear(&pt);
	return r;
}

int
ly_scrypt(const struct ly_secret *pass, const uint8_t *salt,
    size_t saltlen, unsigned logn, struct ly_secret *key)
{
	struct ly_secret k = LY_SECRET_INIT;
	EVP_KDF_CTX *ctx = NULL;
	EVP_KDF *kdf = NULL;
	uint64_t n = (uint64_t)1 << (logn & 31), mem;
	uint32_t rr = 8, p = 1;
	uint8_t none = 0;
	OSSL_PARAM params[7];
	int r = LY_ERR_CRYPTO;

	if (logn < 10 || logn > 20)
		return LY_ERR_ARG;
	mem = n * 128 * rr + 1024 * 1024;
	params[0] = OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_PASSWORD,
	    pass->len > 0 ? pass->data : &none, pass->len);
	params[1] = OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT,
	    (void *)(uintptr_t)salt, saltlen);
	params[2] = OSSL_PARAM_construct_uint64(OSSL_KDF_PARAM_SCRYPT_N, &n);
	params[3] = OSSL_PARAM_construct_uint32(OSSL_KDF_PARAM_SCRYPT_R, &rr);
	params[4] = OSSL_PARAM_construct_uint32(OSSL_KDF_PARAM_SCRYPT_P, &p);
	params[5] = OSSL_PARAM_construct_uint64(OSSL_KDF_PARAM_SCRYPT_MAXMEM,
	    &mem);
	params[6] = OSSL_PARAM_construct_end();
	(void)ERR_set_mark();
	if ((kdf = EVP_KDF_fetch(ly_libctx(), "SCRYPT", NULL)) == NULL ||
	    (ctx = EVP_KDF_CTX_new(kdf)) == NULL)
		goto out;
	if ((r = ly_secret_alloc(&k, LY_AEAD_KEY_LEN)) != 0)
		goto out;
	r = LY_ERR_CRYPTO;
	if (EVP_KDF_derive(ctx, k.data, LY_AEAD_KEY_LEN, params) != 1)
		goto out;
	k.len = LY_AEAD_KEY_LEN;
	ly_secret_move(key, &k);
	r = 0;
out:
	(void)ERR_pop_to_mark();
	ly_secret_clear(&k);
	EVP_KDF_CTX_free(ctx);
	EVP_KDF_free(kdf);
	return r;
}

/* One block: Hash(Z || counter || info). */
static int
x963_block(EVP_MD_CTX *ctx, const EVP_MD *md, const struct ly_secret *z,
    uint32_t counter, const void *info, size_t infolen, uint8_t *block)
{
	const uint8_t c[4] = { (uint8_t)(counter >> 24),
	    (uint8_t)(counter >> 16), (uint8_t)(counter >> 8),
	    (uint8_t)counter };

	if (EVP_DigestInit_ex2(ctx, md, NULL) != 1 ||
	    EVP_DigestUpdate(ctx, z->data, z->len) != 1 ||
	    EVP_DigestUpdate(ctx, c, sizeof(c)) != 1 ||
	    EVP_DigestUpdate(ctx, info, infolen) != 1 ||
	    EVP_DigestFinal_ex(ctx, block, NULL) != 1)
		return LY_ERR_CRYPTO;
	return 0;
}

int
ly_x963_kdf(enum ly_hash h, const struct ly_secret *z, const void *info,
    size_t infolen, size_t outlen, struct ly_secret *out)
{
	struct ly_secret k = LY_SECRET_INIT;
	const EVP_MD *md = ly_md(h);
	EVP_MD_CTX *ctx = NULL;
	uint8_t block[LY_HASH_MAX];
	size_t hlen = ly_hash_len(h), n;
	uint32_t counter = 1;
	int r;

	if (outlen < 1 || outlen > KDF_OUT_MAX)
		return LY_ERR_LENGTH;
	if (md == NULL)
		return LY_ERR_UNSUPPORTED;
	if ((r = ly_secret_alloc(&k, outlen)) != 0)
		goto out;
	if ((ctx = EVP_MD_CTX_new()) == NULL) {
		r = LY_ERR_NOMEM;
		goto out;
	}
	for (; k.len < outlen; counter++) {
		if ((r = x963_block(ctx, md, z, counter, info, infolen,
		    block)) != 0)
			goto out;
		n = outlen - k.len < hlen ? outlen - k.len : hlen;
		if ((r = ly_secret_append(&k, block, n)) != 0)
			goto out;
	}
	ly_secret_move(out, &k);
out:
	ly_wipe(block, sizeof(block));
	EVP_MD_CTX_free(ctx);
	ly_secret_clear(&k);
	return r;
}

static const char *
kw_name(size_t keklen)
{
	switch (keklen) {
	case 16:
		return "AES-128-WRAP";
	case 24:
		return "AES-192-WRAP";
	case 32:
		return "AES-256-WRAP";
	default:
		return NULL;
	}
}

int
ly_aes_kw_unwrap(const struct ly_secret *kek, const uint8_t *in,
    size_t inlen, struct ly_secret *out)
{
	struct ly_secret k = LY_SECRET_INIT;
	EVP_CIPHER_CTX *ctx = NULL;
	EVP_CIPHER *c = NULL;
	const char *name = kw_name(kek->len);
	int r, n = 0;

	if (name == NULL || inlen < 24 || inlen > KW_MAX || inlen % 8 != 0)
		return LY_ERR_LENGTH;
	(void)ERR_set_mark();
	if ((r = ly_secret_alloc(&k, inlen)) != 0)
		goto out;
	r = LY_ERR_CRYPTO;
	if ((c = EVP_CIPHER_fetch(ly_libctx(), name, NULL)) == NULL ||
	    (ctx = EVP_CIPHER_CTX_new()) == NULL)
		goto out;
	EVP_CIPHER_CTX_set_flags(ctx, EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
	if (EVP_DecryptInit_ex2(ctx, c, kek->data, NULL, NULL) != 1)
		goto out;
	r = LY_ERR_AUTH;
	if (EVP_DecryptUpdate(ctx, k.data, &n, in, (int)inlen) != 1 ||
	    n != (int)inlen - 8)
		goto out;
	k.len = (size_t)n;
	ly_secret_move(out, &k);
	r = 0;
out:
	(void)ERR_pop_to_mark();
	ly_secret_clear(&k);
	EVP_CIPHER_CTX_free(ctx);
	EVP_CIPHER_free(c);
	return r;
}
