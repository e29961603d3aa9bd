/*
 * The differential test of the unpadding: NSS's softoken has the same
 * implicit rejection (draft-irtf-cfrg-rsa-guidance), written by others. For
 * good and bad paddings alike, it and our ly_pkey_op give the same bytes.
 */
#include <stdio.h>
#include <string.h>

#include <keyhi.h>
#include <nss.h>
#include <pk11pub.h>
#include <secitem.h>

#include "../unit/keys.h"

#define ROUNDS 48

static unsigned tests, failed;

static void
report(int ok, const char *what)
{
	tests++;
	failed += !ok;
	printf("%sok %u - %s\n", ok ? "" : "not ", tests, what);
}

static SECKEYPrivateKey *
nss_import(EVP_PKEY *k)
{
	PK11SlotInfo *slot = PK11_GetInternalSlot();
	struct ly_secret der = LY_SECRET_INIT;
	SECKEYPrivateKey *key = NULL;
	SECItem item = { siBuffer, NULL, 0 };

	evp_pkcs8(k, &der);
	item.data = der.data;
	item.len = (unsigned)der.len;
	if (slot == NULL || PK11_ImportDERPrivateKeyInfoAndReturnKey(slot,
	    &item, NULL, NULL, PR_FALSE, PR_TRUE, KU_ALL, &key,
	    NULL) != SECSuccess)
		key = NULL;
	if (slot != NULL)
		PK11_FreeSlot(slot);
	ly_secret_clear(&der);
	return key;
}

/* em to the public exponent. */
static void
raw_encrypt(EVP_PKEY *k, const uint8_t *em, uint8_t *ct, size_t len)
{
	EVP_PKEY_CTX *c = EVP_PKEY_CTX_new_from_pkey(ly_libctx(), k, NULL);
	size_t n = len;

	must(c != NULL && EVP_PKEY_encrypt_init(c) == 1);
	must(EVP_PKEY_CTX_set_rsa_padding(c, RSA_NO_PADDING) == 1);
	must(EVP_PKEY_encrypt(c, ct, &n, em, len) == 1 && n == len);
	EVP_PKEY_CTX_free(c);
}

/* A block of each kind: good ones, and ones that are wrong somewhere. */
static void
make_block(int round, uint8_t *em, size_t k)
{
	size_t i;

	must(ly_random(em, k) == 0);
	for (i = 2; i < k; i++)
		em[i] = (uint8_t)(em[i] | (em[i] == 0));
	em[0] = 0;
	em[1] = 2;
	em[k - 1 - (size_t)round % 40] = 0;
	switch (round % 8) {
	case 1:
		em[1] = 1;
		break;
	case 2:
		em[1] = 0;
		break;
	case 3:
		em[2 + round / 8 % 8] = 0;	/* padding too short */
		break;
	case 4:
		em[k - 1 - (size_t)round % 40] = 0xff;	/* no zero */
		break;
	case 5:
		em[0] = 1;
		em[1] = (uint8_t)round;
		break;
	case 6:
		em[10] = 0;	/* the longest message */
		break;
	default:
		break;
	}
}

static int
same(EVP_PKEY *k, const struct ly_pkey *ours, SECKEYPrivateKey *theirs,
    int round)
{
	const struct ly_alg alg = { .op = LY_OP_DECRYPT,
	    .scheme = LY_RSA_PKCS1 };
	uint8_t em[LY_RSA_MAX_BYTES], ct[LY_RSA_MAX_BYTES];
	uint8_t out[LY_RSA_MAX_BYTES];
	struct ly_secret mine = LY_SECRET_INIT;
	size_t len = ly_pkey_out_len(ours);
	unsigned n = 0;
	int ok;

	make_block(round, em, len);
	raw_encrypt(k, em, ct, len);
	if (PK11_PrivDecryptPKCS1(theirs, out, &n, (unsigned)len, ct,
	    (unsigned)len) != SECSuccess) {
		printf("# NSS gave an error in round %d\n", round);
		return 0;
	}
	if (ly_pkey_op(ours, &alg, ct, len, &mine) != 0)
		return 0;
	ok = mine.len == n && memcmp(mine.data, out, n) == 0;
	if (!ok)
		printf("# round %d: %zu bytes, NSS has %u\n", round,
		    mine.len, n);
	ly_secret_clear(&mine);
	return ok;
}

static void
compare(unsigned bits)
{
	EVP_PKEY *k = make_rsa(bits);
	struct ly_pkey *ours = evp_ly(k);
	SECKEYPrivateKey *theirs = nss_import(k);
	char what[80];
	int i, ok = theirs != NULL;

	for (i = 0; i < ROUNDS && theirs != NULL; i++)
		ok &= same(k, ours, theirs, i);
	(void)snprintf(what, sizeof(what), "RSA-%u: NSS has the same bytes "
	    "for %d paddings", bits, ROUNDS);
	report(ok, what);
	if (theirs != NULL)
		SECKEY_DestroyPrivateKey(theirs);
	ly_pkey_free(&ours);
	EVP_PKEY_free(k);
}

int
main(void)
{
	if (NSS_NoDB_Init(NULL) != SECSuccess) {
		printf("Bail out! NSS does not start\n");
		return 1;
	}
	compare(1024);
	compare(1032);
	compare(2048);
	compare(3072);
	printf("1..%u\n", tests);
	if (NSS_Shutdown() != SECSuccess)
		printf("# NSS_Shutdown: something is still in use\n");
	return failed != 0;
}
