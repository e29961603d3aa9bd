/*
 * Opens PKCS#12 files. What a file says about which certificate belongs to
 * which key is not believed: the pair is found by the public key and
 * proved. It refuses absurd iteration counts and deep nesting.
 */
#include <string.h>

#include <openssl/err.h>
#include <openssl/pkcs12.h>
#include <openssl/provider.h>

#include "cert.h"
#include "cert_int.h"
#include "crypto.h"
#include "err.h"
#include "p12.h"
#include "pkey.h"

#define KEYS_MAX 8
#define CERTS_MAX (1 + LY_P12_CHAIN_MAX)
#define DEPTH_MAX 4		/* bags within bags */
#ifdef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
#define ITER_MAX 1000
#else
#define ITER_MAX 5000000	/* programs use up to a million */
#endif

/* What a walk through the file has found. */
struct found {
	OSSL_LIB_CTX *ctx;
	const char *pass;	/* NULL and "" are two empty passwords */
	int passlen;
	int bad_decrypt;	/* error when something does not decrypt */
	int decrypted;		/* the password has decrypted something */
	struct ly_pkey *keys[KEYS_MAX];
	size_t nkeys;
	struct ly_buf certs[CERTS_MAX];
	size_t ncerts;
	int key_err;		/* why the last unusable key is unusable */
	struct ly_why *why;
};

static void
found_clear(struct found *f)
{
	while (f->nkeys > 0)
		ly_pkey_free(&f->keys[--f->nkeys]);
	while (f->ncerts > 0)
		ly_buf_clear(&f->certs[--f->ncerts]);
}

void
ly_p12_clear(struct ly_p12 *p12)
{
	size_t i;

	ly_secret_clear(&p12->pkcs8);
	ly_buf_clear(&p12->cert);
	for (i = 0; i < LY_P12_CHAIN_MAX; i++)
		ly_buf_clear(&p12->chain[i]);
	p12->nchain = 0;
}

static int
check_iter(const ASN1_INTEGER *iter)
{
	int64_t n;

	if (iter == NULL)
		return 0;
	if (ASN1_INTEGER_get_int64(&n, iter) != 1 || n < 1 || n > ITER_MAX)
		return LY_ERR_FORMAT;
	return 0;
}

/* PBES2 (RFC 8018 6.2): the cipher's NID, and a bearable PBKDF2. */
static int
pbes2_cipher(const X509_ALGOR *alg, int *cipher)
{
	PBE2PARAM *pbe = NULL;
	PBKDF2PARAM *kdf = NULL;
	int r = LY_ERR_FORMAT;

	pbe = ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(PBE2PARAM),
	    alg->parameter);
	if (pbe == NULL)
		goto out;
	*cipher = OBJ_obj2nid(pbe->encryption->algorithm);
	if (OBJ_obj2nid(pbe->keyfunc->algorithm) != NID_id_pbkdf2) {
		r = LY_ERR_UNSUPPORTED;
		goto out;
	}
	kdf = ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(PBKDF2PARAM),
	    pbe->keyfunc->parameter);
	if (kdf != NULL)
		r = check_iter(kdf->iter);
out:
	PBKDF2PARAM_free(kdf);
	PBE2PARAM_free(pbe);
	return r;
}

/* The older schemes (RFC 7292 appendix C). */
static int
pbes1_cipher(const X509_ALGOR *alg, int *cipher)
{
	PBEPARAM *pbe;
	int r;

	if (EVP_PBE_find(EVP_PBE_TYPE_OUTER, OBJ_obj2nid(alg->algorithm),
	    cipher, NULL, NULL) != 1)
		return LY_ERR_UNSUPPORTED;
	pbe = ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(PBEPARAM),
	    alg->parameter);
	if (pbe == NULL)
		return LY_ERR_FORMAT;
	r = check_iter(pbe->iter);
	PBEPARAM_free(pbe);
	return r;
}

/* 0 if what alg encrypted can be decrypted in this context at all. */
static int
check_alg(struct found *f, const X509_ALGOR *alg)
{
	int cipher = NID_undef, r;
	EVP_CIPHER *c;

	if (OBJ_obj2nid(alg->algorithm) == NID_pbes2)
		r = pbes2_cipher(alg, &cipher);
	else
		r = pbes1_cipher(alg, &cipher);
	if (r == LY_ERR_FORMAT)
		return ly_fail(f->why, r, "the parameters of its encryption "
		    "are malformed or absurd");
	c = r != 0 || cipher == NID_undef ? NULL :
	    EVP_CIPHER_fetch(f->ctx, OBJ_nid2sn(cipher), NULL);
	if (c == NULL)
		return ly_fail(f->why, LY_ERR_UNSUPPORTED,
		    "it is encrypted in a way that is not supported here");
	EVP_CIPHER_free(c);
	return 0;
}

static int
undecryptable(struct found *f)
{
	if (f->bad_decrypt == LY_ERR_AUTH)
		return ly_fail(f->why, LY_ERR_AUTH, "the password is wrong");
	return ly_fail(f->why, LY_ERR_FORMAT, "it is damaged");
}

static int
take_key(struct found *f, const PKCS8_PRIV_KEY_INFO *p8)
{
	struct ly_secret der = LY_SECRET_INIT;
	unsigned char *at;
	int r, n;

	if (f->nkeys == KEYS_MAX)
		return ly_fail(f->why, LY_ERR_FORMAT,
		    "it holds more than %d private keys", KEYS_MAX);
	if ((n = i2d_PKCS8_PRIV_KEY_INFO(p8, NULL)) <= 0)
		return LY_ERR_CRYPTO;
	if ((r = ly_secret_alloc(&der, (size_t)n)) != 0)
		return r;
	at = der.data;
	(void)i2d_PKCS8_PRIV_KEY_INFO(p8, &at);
	r = ly_pkey_from_der(der.data, (size_t)n, &f->keys[f->nkeys]);
	ly_secret_clear(&der);
	if (r == LY_ERR_NOMEM)
		return r;
	if (r == 0)
		f->nkeys++;
	else
		f->key_err = r;
	return 0;
}

static int
take_shrouded(struct found *f, const PKCS12_SAFEBAG *bag)
{
	const X509_SIG *sig = PKCS12_SAFEBAG_get0_pkcs8(bag);
	const X509_ALGOR *alg;
	PKCS8_PRIV_KEY_INFO *p8;
	int r;

	X509_SIG_get0(sig, &alg, NULL);
	if ((r = check_alg(f, alg)) != 0)
		return r;
	p8 = PKCS12_decrypt_skey(bag, f->pass, f->passlen);
	if (p8 == NULL)
		return undecryptable(f);
	f->decrypted = 1;
	r = take_key(f, p8);
	PKCS8_PRIV_KEY_INFO_free(p8);
	return r;
}

static int
take_cert(struct found *f, const PKCS12_SAFEBAG *bag)
{
	struct ly_buf *b = &f->certs[f->ncerts];
	X509 *x;
	int r;

	if (PKCS12_SAFEBAG_get_bag_nid(bag) != NID_x509Certificate)
		return 0;
	if (f->ncerts == CERTS_MAX)
		return ly_fail(f->why, LY_ERR_FORMAT,
		    "it holds more than %d certificates", CERTS_MAX);
	if ((x = PKCS12_SAFEBAG_get1_cert(bag)) == NULL)
		return ly_fail(f->why, LY_ERR_FORMAT,
		    "a certificate in it is malformed");
	ly_buf_init(b, LY_CERT_MAX);
	if ((r = ly_x509_save(x, b)) == 0)
		f->ncerts++;
	else
		ly_buf_clear(b);
	X509_free(x);
	return r;
}

static int walk_bags(struct found *f, const STACK_OF(PKCS12_SAFEBAG) *bags,
    int depth);

static int
walk_bag(struct found *f, const PKCS12_SAFEBAG *bag, int depth)
{
	switch (PKCS12_SAFEBAG_get_nid(bag)) {
	case NID_keyBag:
		return take_key(f, PKCS12_SAFEBAG_get0_p8inf(bag));
	case NID_pkcs8ShroudedKeyBag:
		return take_shrouded(f, bag);
	case NID_certBag:
		return take_cert(f, bag);
	case NID_safeContentsBag:
		if (depth == DEPTH_MAX)
			return ly_fail(f->why, LY_ERR_FORMAT,
			    "it is nested too deeply");
		return walk_bags(f, PKCS12_SAFEBAG_get0_safes(bag),
		    depth + 1);
	default:
		return 0;
	}
}

static int
walk_bags(struct found *f, const STACK_OF(PKCS12_SAFEBAG) *bags, int depth)
{
	int i, r = 0;

	for (i = 0; i < sk_PKCS12_SAFEBAG_num(bags) && r == 0; i++)
		r = walk_bag(f, sk_PKCS12_SAFEBAG_value(bags, i), depth);
	return r;
}

static int
walk_safe(struct found *f, PKCS7 *p7)
{
	STACK_OF(PKCS12_SAFEBAG) *bags;
	int r;

	if (PKCS7_type_is_data(p7)) {
		if ((bags = PKCS12_unpack_p7data(p7)) == NULL)
			return ly_fail(f->why, LY_ERR_FORMAT,
			    "it is damaged");
	} else if (PKCS7_type_is_encrypted(p7) && p7->d.encrypted != NULL) {
		r = check_alg(f, p7->d.encrypted->enc_data->algorithm);
		if (r != 0)
			return r;
		bags = PKCS12_unpack_p7encdata(p7, f->pass, f->passlen);
		if (bags == NULL)
			return undecryptable(f);
		f->decrypted = 1;
	} else {
		return ly_fail(f->why, LY_ERR_UNSUPPORTED,
		    "a part of it is not under a password");
	}
	r = walk_bags(f, bags, 0);
	sk_PKCS12_SAFEBAG_pop_free(bags, PKCS12_SAFEBAG_free);
	return r;
}

static int
walk(struct found *f, PKCS12 *p12)
{
	STACK_OF(PKCS7) *safes = PKCS12_unpack_authsafes(p12);
	int i, r = 0;

	if (safes == NULL)
		return ly_fail(f->why, LY_ERR_FORMAT,
		    "it is not PKCS#12 under a password");
	for (i = 0; i < sk_PKCS7_num(safes) && r == 0; i++)
		r = walk_safe(f, sk_PKCS7_value(safes, i));
	sk_PKCS7_pop_free(safes, PKCS7_free);
	return r;
}

/* Whether the MAC fits; sets which of the empty passwords it is. */
static int
mac_fits(struct found *f, PKCS12 *p12)
{
	if (PKCS12_verify_mac(p12, f->pass, f->passlen) == 1)
		return 1;
	if (f->passlen > 0)
		return 0;
	f->pass = NULL;
	return PKCS12_verify_mac(p12, NULL, 0) == 1;
}

static int
check_mac_alg(struct found *f, const PKCS12 *p12)
{
	const ASN1_INTEGER *iter = NULL;
	const X509_ALGOR *alg = NULL;

	PKCS12_get0_mac(NULL, &alg, NULL, &iter, p12);
	if (alg == NULL || EVP_get_digestbyobj(alg->algorithm) == NULL)
		return ly_fail(f->why, LY_ERR_UNSUPPORTED,
		    "its integrity check is of a kind not supported here");
	if (check_iter(iter) != 0)
		return ly_fail(f->why, LY_ERR_FORMAT,
		    "its iteration count is absurd");
	return 0;
}

/*
 * A MAC that does not fit means a wrong password or a damaged file. If the
 * password decrypts a part of it all the same, it is the file.
 */
static int
read_safes(struct found *f, PKCS12 *p12)
{
	int r;

	if (PKCS12_mac_present(p12) != 1) {
		f->bad_decrypt = LY_ERR_AUTH;
		return walk(f, p12);
	}
	if ((r = check_mac_alg(f, p12)) != 0)
		return r;
	if (mac_fits(f, p12)) {
		f->bad_decrypt = LY_ERR_FORMAT;
		return walk(f, p12);
	}
	f->bad_decrypt = LY_ERR_AUTH;
	r = walk(f, p12);
	if (r == LY_ERR_UNSUPPORTED)
		return r;
	if (f->decrypted)
		return ly_fail(f->why, LY_ERR_FORMAT, "it is damaged: the "
		    "password is right, but its checksum does not fit");
	return ly_fail(f->why, LY_ERR_AUTH, "the password is wrong");
}

/* -1 if the certificate is not the key's, else when it ends. */
static int64_t
pair_rank(const struct ly_pkey *key, const struct ly_buf *cert)
{
	struct ly_cert_info info;

	if (ly_cert_parse(cert->data, cert->len, &info) != 0 ||
	    ly_pkey_prove(key, cert->data + info.spki.off,
	    info.spki.len) != 0)
		return -1;
	return info.not_after < 0 ? 0 : info.not_after;
}

/* The first key that has a certificate, with its newest one. */
static int
find_pair(const struct found *f, size_t *key, size_t *cert)
{
	int64_t best = -1, rank;
	size_t k, c;

	for (k = 0; k < f->nkeys && best < 0; k++) {
		for (c = 0; c < f->ncerts; c++) {
			rank = pair_rank(f->keys[k], &f->certs[c]);
			if (rank > best) {
				best = rank;
				*key = k;
				*cert = c;
			}
		}
	}
	return best >= 0 ? 0 : LY_ERR_DENIED;
}

static int
choose(struct found *f, struct ly_p12 *p12)
{
	struct ly_secret der = LY_SECRET_INIT;
	size_t key, cert, i;
	int r;

	if (f->nkeys == 0 && f->key_err != 0)
		return ly_fail(f->why, f->key_err, "its private key is of a "
		    "kind not supported, or malformed");
	if (f->nkeys == 0)
		return ly_fail(f->why, LY_ERR_NOTFOUND,
		    "it holds no private key");
	if (f->ncerts == 0)
		return ly_fail(f->why, LY_ERR_NOTFOUND,
		    "it holds no certificate");
	if (find_pair(f, &key, &cert) != 0)
		return ly_fail(f->why, LY_ERR_DENIED, "its private key does "
		    "not belong to any certificate in it");
	if ((r = ly_pkey_to_der(f->keys[key], &der)) != 0)
		return r;
	memset(p12, 0, sizeof(*p12));
	p12->pkcs8 = der;
	for (i = 0; i < f->ncerts; i++) {
		if (i == cert)
			p12->cert = f->certs[i];
		else
			p12->chain[p12->nchain++] = f->certs[i];
	}
	f->ncerts = 0;
	return 0;
}

/* One attempt with the ciphers of ctx. */
static int
attempt(OSSL_LIB_CTX *ctx, const uint8_t *data, size_t len,
    const struct ly_secret *password, struct ly_p12 *out,
    struct ly_why *why)
{
	const unsigned char *at = data;
	OSSL_LIB_CTX *before;
	PKCS12 *p12 = NULL;
	struct found f;
	int r;

	memset(&f, 0, sizeof(f));
	f.ctx = ctx;
	f.pass = password->len > 0 ? (const char *)password->data : "";
	f.passlen = (int)password->len;
	f.why = why;
	before = ly_libctx_enter(ctx);
	if ((p12 = d2i_PKCS12(NULL, &at, (long)len)) == NULL) {
		r = ly_fail(why, LY_ERR_FORMAT, "it is not a PKCS#12 file");
		goto out;
	}
	if ((r = read_safes(&f, p12)) != 0)
		goto out;
	r = choose(&f, out);
out:
	found_clear(&f);
	PKCS12_free(p12);
	ly_libctx_leave(before);
	return r;
}

/*
 * Once more, in a context for this file alone, with the ciphers of the last
 * century. r is what the first attempt gave, and stands if there are none.
 */
static int
attempt_legacy(int r, const uint8_t *data, size_t len,
    const struct ly_secret *password, struct ly_p12 *p12,
    struct ly_why *why)
{
	OSSL_PROVIDER *base = NULL, *legacy = NULL;
	OSSL_LIB_CTX *ctx;

	(void)ERR_set_mark();
	if ((ctx = OSSL_LIB_CTX_new()) == NULL)
		goto out;
	if ((base = OSSL_PROVIDER_load(ctx, "default")) == NULL ||
	    (legacy = OSSL_PROVIDER_load(ctx, "legacy")) == NULL)
		goto out;
	r = attempt(ctx, data, len, password, p12, why);
out:
	/* A context does not let go of its providers by itself. */
	if (legacy != NULL)
		(void)OSSL_PROVIDER_unload(legacy);
	if (base != NULL)
		(void)OSSL_PROVIDER_unload(base);
	OSSL_LIB_CTX_free(ctx);
	(void)ERR_pop_to_mark();
	return r;
}

int
ly_p12_open(const uint8_t *data, size_t len,
    const struct ly_secret *password, struct ly_p12 *p12,
    struct ly_why *why)
{
	int r;

	if (ly_libctx() == NULL)
		return LY_ERR_CRYPTO;
	if (len > LY_P12_MAX)
		return ly_fail(why, LY_ERR_FORMAT,
		    "it is larger than a PKCS#12 file of one key can be");
	r = attempt(ly_libctx(), data, len, password, p12, why);
	if (r == LY_ERR_UNSUPPORTED)
		r = attempt_legacy(r, data, len, password, p12, why);
	return r;
}
