/*
 * doctor, in the child: one operation with a private key of each kind, and
 * its reverse with the public key. What is signed and decrypted was made
 * here a moment ago; the service records the use of the keys that it keeps.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "doctor_replay_impl.h"

#define CKK_EC_EDWARDS_30 0x40UL	/* PKCS#11 v3.0 */
#define CKK_EC_MONTGOMERY_30 0x41UL
#define CKM_EDDSA_30 0x1057UL
#define OUT_MAX 2048

/* A key and what to try with it. */
struct trial {
	CK_SESSION_HANDLE session;
	CK_OBJECT_HANDLE private, public;
	CK_MECHANISM_TYPE mech;
};

typedef CK_RV try_fn(struct ly_replay *r, const struct trial *t);

/* SHA-256's DigestInfo (RFC 8017 9.2) of the digest 01 02 ... 20. */
static const CK_BYTE digest_info[] = {
	0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65,
	0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20,
	1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16,
	17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32
};

static CK_RV
try_sign(struct ly_replay *r, const struct trial *t)
{
	CK_MECHANISM m = { t->mech, NULL, 0 };
	/* RSA takes it whole, the others the digest alone. */
	const CK_ULONG skip = t->mech == CKM_RSA_PKCS ? 0 :
	    sizeof(digest_info) - 32;
	CK_BYTE in[sizeof(digest_info)], out[OUT_MAX];
	CK_ULONG len = sizeof(out), inlen = sizeof(in) - skip;
	CK_RV rv;

	memcpy(in, digest_info + skip, inlen);
	if ((rv = r->f->C_SignInit(t->session, &m, t->private)) != CKR_OK ||
	    (rv = r->f->C_Sign(t->session, in, inlen, out, &len)) !=
	    CKR_OK || (rv = r->f->C_VerifyInit(t->session, &m, t->public)) !=
	    CKR_OK)
		return rv;
	return r->f->C_Verify(t->session, in, inlen, out, len);
}

static CK_RV
try_decrypt(struct ly_replay *r, const struct trial *t)
{
	CK_MECHANISM m = { t->mech, NULL, 0 };
	CK_BYTE in[] = "sixteen byte key", ct[OUT_MAX], out[OUT_MAX];
	CK_ULONG ctlen = sizeof(ct), len = sizeof(out);
	CK_RV rv;

	if ((rv = r->f->C_EncryptInit(t->session, &m, t->public)) !=
	    CKR_OK || (rv = r->f->C_Encrypt(t->session, in, 16, ct,
	    &ctlen)) != CKR_OK || (rv = r->f->C_DecryptInit(t->session, &m,
	    t->private)) != CKR_OK ||
	    (rv = r->f->C_Decrypt(t->session, ct, ctlen, out, &len)) !=
	    CKR_OK)
		return rv;
	return len == 16 && memcmp(in, out, 16) == 0 ? CKR_OK :
	    CKR_ENCRYPTED_DATA_INVALID;
}

/* Our own public point is as good as a sender's. */
static CK_RV
try_derive(struct ly_replay *r, const struct trial *t)
{
	CK_OBJECT_CLASS class = CKO_SECRET_KEY;
	CK_KEY_TYPE generic = CKK_GENERIC_SECRET;
	CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
	CK_ATTRIBUTE template[] = {
		{ CKA_TOKEN, &no, sizeof(no) },
		{ CKA_CLASS, &class, sizeof(class) },
		{ CKA_KEY_TYPE, &generic, sizeof(generic) },
		{ CKA_SENSITIVE, &no, sizeof(no) },
		{ CKA_EXTRACTABLE, &yes, sizeof(yes) },
	};
	CK_ECDH1_DERIVE_PARAMS p = { CKD_NULL, 0, NULL, 0, NULL };
	CK_MECHANISM m = { t->mech, &p, sizeof(p) };
	CK_BYTE point[512];
	CK_OBJECT_HANDLE secret;
	CK_RV rv;

	if (ly_replay_get(r, t->session, t->public, CKA_EC_POINT, point,
	    sizeof(point), &p.ulPublicDataLen) != 0)
		return CKR_ATTRIBUTE_TYPE_INVALID;
	p.pPublicData = point;
	rv = r->f->C_DeriveKey(t->session, &m, t->private, template,
	    sizeof(template) / sizeof(template[0]), &secret);
	if (rv == CKR_OK)
		rv = r->f->C_DestroyObject(t->session, secret);
	return rv;
}

static const struct kind {
	const char *name;
	CK_KEY_TYPE type;
	CK_ATTRIBUTE_TYPE usage;
	CK_MECHANISM_TYPE mech;
	const char *did;
	try_fn *fn;
} kinds[] = {
	{ "RSA", CKK_RSA, CKA_DECRYPT, CKM_RSA_PKCS, "decrypts",
	    try_decrypt },
	{ "RSA", CKK_RSA, CKA_SIGN, CKM_RSA_PKCS, "signs", try_sign },
	{ "EC", CKK_EC, CKA_DERIVE, CKM_ECDH1_DERIVE, "agrees on a secret",
	    try_derive },
	{ "EC", CKK_EC, CKA_SIGN, CKM_ECDSA, "signs", try_sign },
	{ "Ed25519", CKK_EC_EDWARDS_30, CKA_SIGN, CKM_EDDSA_30, "signs",
	    try_sign },
	{ "X25519", CKK_EC_MONTGOMERY_30, CKA_DERIVE, CKM_ECDH1_DERIVE,
	    "agrees on a secret", try_derive },
};

/* The first private key of that kind and use, and its public key. */
static int
find_pair(struct ly_replay *r, const struct kind *k, struct trial *t)
{
	CK_OBJECT_CLASS class = CKO_PRIVATE_KEY;
	CK_KEY_TYPE type = k->type;
	CK_BBOOL yes = CK_TRUE;
	CK_BYTE id[64];
	CK_ATTRIBUTE private[] = {
		{ CKA_CLASS, &class, sizeof(class) },
		{ CKA_KEY_TYPE, &type, sizeof(type) },
		{ k->usage, &yes, sizeof(yes) },
	};
	CK_ATTRIBUTE public[] = {
		{ CKA_CLASS, &class, sizeof(class) }, { CKA_ID, id, 0 },
	};
	CK_ULONG n = 0;

	if (ly_replay_find(r, t->session, private, 3, 16, &n) != 0 || n == 0)
		return 0;
	t->private = r->found[0];
	class = CKO_PUBLIC_KEY;
	if (ly_replay_get(r, t->session, t->private, CKA_ID, id, sizeof(id),
	    &public[1].ulValueLen) != 0 || ly_replay_find(r, t->session,
	    public, 2, 16, &n) != 0 || n == 0)
		return 0;
	t->public = r->found[0];
	return 1;
}

static void
try_kind(struct ly_replay *r, const struct kind *k, struct trial *t)
{
	struct timespec a, b;
	CK_RV rv;

	t->mech = k->mech;
	(void)clock_gettime(CLOCK_MONOTONIC, &a);
	rv = k->fn(r, t);
	(void)clock_gettime(CLOCK_MONOTONIC, &b);
	if (rv == CKR_OK)
		ly_replay_say(r, "good", "%s key %s; %.1f ms",
		    k->name, k->did, (double)(b.tv_sec - a.tv_sec) * 1e3 +
		    (double)(b.tv_nsec - a.tv_nsec) / 1e6);
	else
		ly_replay_say(r, "bad", "%s key does not do its work "
		    "(0x%lx): cure what is said of the service and of "
		    "the leases, or set \"log\" in lanyard.conf and run this "
		    "again", k->name, rv);
}

/* Tokens that are open to us: by our PIN, or without one. */
int
ly_replay_operations(struct ly_replay *r)
{
	const struct ly_replay_token *tok;
	struct trial t;
	CK_ULONG i;
	size_t k;

	for (i = 0; i < r->ntokens; i++) {
		tok = &r->tokens[i];
		if (strcmp(tok->serial, r->serial) != 0)
			continue;
		for (k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
			memset(&t, 0, sizeof(t));
			t.session = tok->session;
			if (find_pair(r, &kinds[k], &t))
				try_kind(r, &kinds[k], &t);
		}
	}
	return 0;
}
