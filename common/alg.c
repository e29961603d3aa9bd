/*
 * The tables of names: hashes, operations, schemes, key types. It refuses
 * whatever is not in them, and combinations that mean nothing.
 */
#include <string.h>

#include "alg.h"
#include "err.h"

struct name {
	const char *text;
	int value;
};

struct hash_row {
	const char *name;	/* on the wire */
	const char *ossl;	/* to EVP_MD_fetch */
	size_t len;
};

static const struct hash_row hashes[] = {
	[LY_SHA1] = { "sha1", "SHA1", 20 },
	[LY_SHA224] = { "sha224", "SHA2-224", 28 },
	[LY_SHA256] = { "sha256", "SHA2-256", 32 },
	[LY_SHA384] = { "sha384", "SHA2-384", 48 },
	[LY_SHA512] = { "sha512", "SHA2-512", 64 },
};

static const struct name ops[] = {
	{ "decrypt", LY_OP_DECRYPT },
	{ "sign", LY_OP_SIGN },
	{ "derive", LY_OP_DERIVE },
	{ NULL, 0 }
};

static const struct name schemes[] = {
	{ "rsa-pkcs1", LY_RSA_PKCS1 },
	{ "rsa-oaep", LY_RSA_OAEP },
	{ "rsa-pss", LY_RSA_PSS },
	{ "ecdsa", LY_ECDSA },
	{ "eddsa", LY_EDDSA },
	{ "ecdh", LY_ECDH },
	{ NULL, 0 }
};

static const struct name key_types[] = {
	{ "rsa", LY_KEY_RSA },
	{ "ec", LY_KEY_EC },
	{ "ed25519", LY_KEY_ED25519 },
	{ "x25519", LY_KEY_X25519 },
	{ NULL, 0 }
};

static const char *
name_of(const struct name *t, int value)
{
	for (; t->text != NULL; t++)
		if (t->value == value)
			return t->text;
	return NULL;
}

static int
value_of(const struct name *t, const char *text, int *value)
{
	for (; t->text != NULL; t++) {
		if (strcmp(t->text, text) == 0) {
			*value = t->value;
			return 0;
		}
	}
	return LY_ERR_UNSUPPORTED;
}

static const struct hash_row *
hash_row(enum ly_hash h)
{
	size_t i = (size_t)h;

	if (i >= sizeof(hashes) / sizeof(hashes[0]) || hashes[i].len == 0)
		return NULL;
	return &hashes[i];
}

size_t
ly_hash_len(enum ly_hash h)
{
	const struct hash_row *row = hash_row(h);

	return row == NULL ? 0 : row->len;
}

const char *
ly_hash_name(enum ly_hash h)
{
	const struct hash_row *row = hash_row(h);

	return row == NULL ? NULL : row->name;
}

const char *
ly_hash_ossl(enum ly_hash h)
{
	const struct hash_row *row = hash_row(h);

	return row == NULL ? NULL : row->ossl;
}

int
ly_hash_by_name(const char *name, enum ly_hash *h)
{
	int i;

	for (i = LY_SHA1; i <= LY_SHA512; i++) {
		if (strcmp(hashes[i].name, name) == 0) {
			*h = (enum ly_hash)i;
			return 0;
		}
	}
	return LY_ERR_UNSUPPORTED;
}

const char *
ly_op_name(enum ly_op op)
{
	return name_of(ops, (int)op);
}

int
ly_op_by_name(const char *name, enum ly_op *op)
{
	int r, v;

	if ((r = value_of(ops, name, &v)) == 0)
		*op = (enum ly_op)v;
	return r;
}

const char *
ly_scheme_name(enum ly_scheme s)
{
	return name_of(schemes, (int)s);
}

int
ly_scheme_by_name(const char *name, enum ly_scheme *s)
{
	int r, v;

	if ((r = value_of(schemes, name, &v)) == 0)
		*s = (enum ly_scheme)v;
	return r;
}

const char *
ly_key_type_name(enum ly_key_type t)
{
	return name_of(key_types, (int)t);
}

/* Parameters that the scheme does not use are zero. */
static int
plain(const struct ly_alg *a)
{
	return a->hash == LY_HASH_NONE && a->mgf == LY_HASH_NONE &&
	    a->salt_len == 0 && a->label_len == 0;
}

int
ly_alg_check(const struct ly_alg *a)
{
	int ok = 0;

	switch (a->scheme) {
	case LY_RSA_PKCS1:
		ok = (a->op == LY_OP_DECRYPT || a->op == LY_OP_SIGN) &&
		    plain(a);
		break;
	case LY_RSA_OAEP:
		ok = a->op == LY_OP_DECRYPT && ly_hash_len(a->hash) != 0 &&
		    ly_hash_len(a->mgf) != 0 && a->salt_len == 0 &&
		    a->label_len <= LY_LABEL_MAX;
		break;
	case LY_RSA_PSS:
		ok = a->op == LY_OP_SIGN && ly_hash_len(a->hash) != 0 &&
		    ly_hash_len(a->mgf) != 0 && a->label_len == 0 &&
		    a->salt_len <= LY_RSA_MAX_BYTES;
		break;
	case LY_ECDSA:
	case LY_EDDSA:
		ok = a->op == LY_OP_SIGN && plain(a);
		break;
	case LY_ECDH:
		ok = a->op == LY_OP_DERIVE && plain(a);
		break;
	}
	return ok ? 0 : LY_ERR_UNSUPPORTED;
}

unsigned
ly_op_use(enum ly_op op)
{
	switch (op) {
	case LY_OP_DECRYPT:
		return LY_USE_DECRYPT;
	case LY_OP_SIGN:
		return LY_USE_SIGN;
	case LY_OP_DERIVE:
		return LY_USE_DERIVE;
	}
	return 0;
}
