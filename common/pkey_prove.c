/*
 * Proof that a private key and a public one belong together: same public
 * half, and an operation of the one is undone by the other.
 */
#include <openssl/err.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "compat.h"
#include "crypto.h"
#include "err.h"
#include "pkey_int.h"
#include "secret.h"

#define MSG_LEN 32

/* Sign random bytes, and verify them. EC and Ed25519. */
static int
prove_sign(const struct ly_pkey *p, EVP_PKEY *pub)
{
	const char *md = p->type == LY_KEY_ED25519 ? NULL : "SHA2-256";
	EVP_MD_CTX *s = NULL, *v = NULL;
	uint8_t msg[MSG_LEN], sig[256];
	size_t n = sizeof(sig);
	int r;

	if ((r = ly_random(msg, sizeof(msg))) != 0)
		goto out;
	r = LY_ERR_DENIED;
	if ((s = EVP_MD_CTX_new()) == NULL || (v = EVP_MD_CTX_new()) == NULL)
		goto out;
	if (EVP_DigestSignInit_ex(s, NULL, md, ly_libctx(), NULL, p->evp,
	    NULL) != 1 ||
	    EVP_DigestSign(s, sig, &n, msg, sizeof(msg)) != 1)
		goto out;
	if (EVP_DigestVerifyInit_ex(v, NULL, md, ly_libctx(), NULL, pub,
	    NULL) != 1 ||
	    EVP_DigestVerify(v, sig, n, msg, sizeof(msg)) != 1)
		goto out;
	r = 0;
out:
	EVP_MD_CTX_free(s);
	EVP_MD_CTX_free(v);
	return r;
}

/* Encrypt random bytes, and decrypt them as for any mail. RSA. */
static int
prove_decrypt(const struct ly_pkey *p, EVP_PKEY *pub)
{
	const struct ly_alg alg = { .op = LY_OP_DECRYPT,
	    .scheme = LY_RSA_PKCS1 };
	struct ly_secret back = LY_SECRET_INIT;
	EVP_PKEY_CTX *ctx = NULL;
	uint8_t msg[MSG_LEN], ct[LY_RSA_MAX_BYTES];
	size_t n = sizeof(ct);
	int r;

	if ((r = ly_random(msg, sizeof(msg))) != 0)
		goto out;
	r = LY_ERR_DENIED;
	ctx = EVP_PKEY_CTX_new_from_pkey(ly_libctx(), pub, NULL);
	if (ctx == NULL || EVP_PKEY_encrypt_init(ctx) != 1 ||
	    EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) != 1 ||
	    EVP_PKEY_encrypt(ctx, ct, &n, msg, sizeof(msg)) != 1)
		goto out;
	if (ly_pkey_op(p, &alg, ct, n, &back) != 0)
		goto out;
	if (back.len == MSG_LEN && ly_memeq(back.data, msg, MSG_LEN))
		r = 0;
out:
	EVP_PKEY_CTX_free(ctx);
	ly_secret_clear(&back);
	return r;
}

/* Agree with a fresh key from both sides. X25519. */
static int
prove_agree(const struct ly_pkey *p, EVP_PKEY *pub)
{
	const struct ly_alg alg = { .op = LY_OP_DERIVE, .scheme = LY_ECDH };
	struct ly_secret ours = LY_SECRET_INIT;
	EVP_PKEY_CTX *ctx = NULL;
	EVP_PKEY *eph = NULL;
	uint8_t point[32], z[32];
	size_t n = sizeof(point), m = sizeof(z);
	int r = LY_ERR_DENIED;

	eph = EVP_PKEY_Q_keygen(ly_libctx(), NULL, "X25519");
	if (eph == NULL ||
	    EVP_PKEY_get_raw_public_key(eph, point, &n) != 1 ||
	    ly_pkey_op(p, &alg, point, n, &ours) != 0)
		goto out;
	ctx = EVP_PKEY_CTX_new_from_pkey(ly_libctx(), eph, NULL);
	if (ctx == NULL || EVP_PKEY_derive_init(ctx) != 1 ||
	    EVP_PKEY_derive_set_peer(ctx, pub) != 1 ||
	    EVP_PKEY_derive(ctx, z, &m) != 1)
		goto out;
	if (ours.len == m && ly_memeq(ours.data, z, m))
		r = 0;
out:
	ly_wipe(z, sizeof(z));
	ly_secret_clear(&ours);
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(eph);
	return r;
}

int
ly_pkey_prove(const struct ly_pkey *p, const uint8_t *spki, size_t len)
{
	const unsigned char *at = spki;
	EVP_PKEY *pub = NULL;
	int r = LY_ERR_DENIED;

	(void)ERR_set_mark();
	pub = d2i_PUBKEY_ex(NULL, &at, (long)len, ly_libctx(), NULL);
	if (pub == NULL || at != spki + len || EVP_PKEY_eq(pub, p->evp) != 1)
		goto out;
	if (p->type == LY_KEY_RSA)
		r = prove_decrypt(p, pub);
	else if (p->type == LY_KEY_X25519)
		r = prove_agree(p, pub);
	else
		r = prove_sign(p, pub);
out:
	(void)ERR_pop_to_mark();
	EVP_PKEY_free(pub);
	return r;
}
