/* Hashing in parts; see hasher.h. Holds no secret. */
#include <stdlib.h>

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#include "crypto.h"
#include "err.h"
#include "hasher.h"

#define PART_MAX 0x7fffffffu	/* a length that was never set is more */

struct ly_hasher {
	enum ly_hash hash;
	EVP_MD_CTX *ctx;
};

int
ly_hasher_new(enum ly_hash hash, struct ly_hasher **out)
{
	OSSL_LIB_CTX *lib = ly_libctx();
	struct ly_hasher *h = NULL;
	EVP_MD *md = NULL;
	int r = LY_ERR_CRYPTO;

	if (ly_hash_ossl(hash) == NULL)
		return LY_ERR_UNSUPPORTED;
	(void)ERR_set_mark();
	if (lib == NULL || (md = EVP_MD_fetch(lib, ly_hash_ossl(hash),
	    NULL)) == NULL)
		goto out;
	if ((h = calloc(1, sizeof(*h))) == NULL ||
	    (h->ctx = EVP_MD_CTX_new()) == NULL) {
		r = LY_ERR_NOMEM;
		goto out;
	}
	h->hash = hash;
	if (EVP_DigestInit_ex(h->ctx, md, NULL) != 1)
		goto out;
	*out = h;
	h = NULL;
	r = 0;
out:
	(void)ERR_pop_to_mark();
	ly_hasher_free(&h);
	EVP_MD_free(md);
	return r;
}

int
ly_hasher_update(struct ly_hasher *h, const void *in, size_t len)
{
	if (len > PART_MAX)
		return LY_ERR_LENGTH;
	return EVP_DigestUpdate(h->ctx, in, len) == 1 ? 0 : LY_ERR_CRYPTO;
}

int
ly_hasher_final(struct ly_hasher *h, uint8_t *out, size_t *len)
{
	unsigned n = 0;

	if (EVP_DigestFinal_ex(h->ctx, out, &n) != 1)
		return LY_ERR_CRYPTO;
	*len = n;
	return 0;
}

enum ly_hash
ly_hasher_hash(const struct ly_hasher *h)
{
	return h->hash;
}

void
ly_hasher_free(struct ly_hasher **h)
{
	if (*h != NULL) {
		if (ly_crypto_alive())
			EVP_MD_CTX_free((*h)->ctx);
		free(*h);
	}
	*h = NULL;
}
