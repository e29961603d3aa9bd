/*
 * The attributes of every class, as tables of small functions. Refuses to
 * show any part of a private key, and the value of a secret key unless it
 * is extractable and not sensitive.
 */
#include <stdio.h>
#include <string.h>

#include "acct.h"
#include "attr.h"
#include "compat.h"
#include "mech.h"
#include "object.h"
#include "skey.h"
#include "token.h"

typedef CK_RV (*getter)(const struct ly_object *o, struct ly_value *v);

struct row {
	CK_ATTRIBUTE_TYPE type;
	getter get;
};

static CK_RV
put_view(struct ly_value *v, const struct ly_view *view)
{
	v->p = view->p;
	v->len = view->len;
	return CKR_OK;
}

static CK_RV
put_bytes(struct ly_value *v, const uint8_t *p, size_t len)
{
	v->p = p;
	v->len = len;
	return CKR_OK;
}

static CK_RV
put_bool(struct ly_value *v, int b)
{
	v->tmp[0] = b ? CK_TRUE : CK_FALSE;
	return put_bytes(v, v->tmp, sizeof(CK_BBOOL));
}

static CK_RV
put_ulong(struct ly_value *v, CK_ULONG u)
{
	memcpy(v->tmp, &u, sizeof(u));
	return put_bytes(v, v->tmp, sizeof(u));
}

static CK_RV
put_flag(const struct ly_object *o, struct ly_value *v, unsigned flag)
{
	return put_bool(v, (o->skey->t.flags & flag) != 0);
}

#define BOOL(name, expr)						\
static CK_RV								\
get_ ## name(const struct ly_object *o, struct ly_value *v)		\
{									\
	(void)o;							\
	return put_bool(v, expr);					\
}
#define ULONG(name, expr)						\
static CK_RV								\
get_ ## name(const struct ly_object *o, struct ly_value *v)		\
{									\
	(void)o;							\
	return put_ulong(v, expr);					\
}
#define VIEW(name)							\
static CK_RV								\
get_ ## name(const struct ly_object *o, struct ly_value *v)		\
{									\
	return put_view(v, &o->e.name);					\
}
#define FLAG(name, flag)						\
static CK_RV								\
get_s_ ## name(const struct ly_object *o, struct ly_value *v)		\
{									\
	return put_flag(o, v, flag);					\
}

BOOL(yes, 1)
BOOL(no, 0)
BOOL(private_key, o->gen->pin)
BOOL(sign, (ly_object_use(o) & LY_USE_SIGN) != 0)
BOOL(decrypt, (ly_object_use(o) & LY_USE_DECRYPT) != 0)
BOOL(derive, (ly_object_use(o) & LY_USE_DERIVE) != 0)
ULONG(class, o->class)
ULONG(profile, o->profile)
ULONG(x509, CKC_X_509)
ULONG(category, o->e.kind == LY_ENTRY_CA ?
    CK_CERTIFICATE_CATEGORY_AUTHORITY : CK_CERTIFICATE_CATEGORY_TOKEN_USER)
ULONG(unavailable, CK_UNAVAILABLE_INFORMATION)
ULONG(bits, (CK_ULONG)o->e.bits)
VIEW(value)
VIEW(subject)
VIEW(issuer)
VIEW(serial)
VIEW(spki)
VIEW(modulus)
VIEW(exponent)
VIEW(label)
FLAG(encrypt, LY_SKEY_ENCRYPT)
FLAG(decrypt, LY_SKEY_DECRYPT)
FLAG(sign, LY_SKEY_SIGN)
FLAG(verify, LY_SKEY_VERIFY)
FLAG(wrap, LY_SKEY_WRAP)
FLAG(unwrap, LY_SKEY_UNWRAP)
FLAG(derive, LY_SKEY_DERIVE)
FLAG(sensitive, LY_SKEY_SENSITIVE)
FLAG(extractable, LY_SKEY_EXTRACTABLE)

static CK_RV
get_id(const struct ly_object *o, struct ly_value *v)
{
	return put_bytes(v, o->e.cka_id, sizeof(o->e.cka_id));
}

static CK_RV
get_check_value(const struct ly_object *o, struct ly_value *v)
{
	return put_bytes(v, o->e.check_value, sizeof(o->e.check_value));
}

static CK_RV
get_email(const struct ly_object *o, struct ly_value *v)
{
	if (o->e.email.len == 0)
		return CKR_ATTRIBUTE_TYPE_INVALID;
	return put_view(v, &o->e.email);
}

static CK_RV
put_date(struct ly_value *v, int64_t t)
{
	char text[LY_TIME_LEN];

	ly_time_str(t, text);
	if (text[0] == '-')
		return put_bytes(v, v->tmp, 0);
	memcpy(v->tmp, text, 4);
	memcpy(v->tmp + 4, text + 5, 2);
	memcpy(v->tmp + 6, text + 8, 2);
	return put_bytes(v, v->tmp, sizeof(CK_DATE));
}

static CK_RV
get_start_date(const struct ly_object *o, struct ly_value *v)
{
	return put_date(v, o->e.not_before);
}

static CK_RV
get_end_date(const struct ly_object *o, struct ly_value *v)
{
	return put_date(v, o->e.not_after);
}

static CK_RV
get_key_type(const struct ly_object *o, struct ly_value *v)
{
	switch (o->e.key_type) {
	case LY_KEY_RSA:
		return put_ulong(v, CKK_RSA);
	case LY_KEY_EC:
		return put_ulong(v, CKK_EC);
	case LY_KEY_ED25519:
		return put_ulong(v, CKK_EC_EDWARDS);
	case LY_KEY_X25519:
		return put_ulong(v, CKK_EC_MONTGOMERY);
	}
	return CKR_ATTRIBUTE_TYPE_INVALID;
}

/* RFC 8410: the OID names the curve where the key has no parameters. */
static const uint8_t oid_x25519[] = { 0x06, 0x03, 0x2b, 0x65, 0x6e };
static const uint8_t oid_ed25519[] = { 0x06, 0x03, 0x2b, 0x65, 0x70 };

static CK_RV
get_params(const struct ly_object *o, struct ly_value *v)
{
	switch (o->e.key_type) {
	case LY_KEY_EC:
		return put_view(v, &o->e.params);
	case LY_KEY_ED25519:
		return put_bytes(v, oid_ed25519, sizeof(oid_ed25519));
	case LY_KEY_X25519:
		return put_bytes(v, oid_x25519, sizeof(oid_x25519));
	case LY_KEY_RSA:
		break;
	}
	return CKR_ATTRIBUTE_TYPE_INVALID;
}

/* PKCS#11 v3.0 6.3.3: the point in a DER OCTET STRING. */
static CK_RV
get_point(const struct ly_object *o, struct ly_value *v)
{
	size_t len = o->e.point.len, off = 0;

	if (len == 0 || len > 0xff || len + 3 > sizeof(v->tmp))
		return CKR_ATTRIBUTE_TYPE_INVALID;
	v->tmp[off++] = 0x04;
	if (len >= 0x80)
		v->tmp[off++] = 0x81;
	v->tmp[off++] = (uint8_t)len;
	memcpy(v->tmp + off, o->e.point.p, len);
	return put_bytes(v, v->tmp, off + len);
}

/* The mechanisms that take this key and do what its usage allows. */
static CK_RV
get_mechanisms(const struct ly_object *o, struct ly_value *v)
{
	const struct ly_mech *m;
	unsigned use = ly_object_use(o);
	CK_FLAGS flags = 0;
	size_t i, len = 0;

	if (use & LY_USE_SIGN)
		flags |= CKF_SIGN;
	if (use & LY_USE_DECRYPT)
		flags |= CKF_DECRYPT;
	if (use & LY_USE_DERIVE)
		flags |= CKF_DERIVE;
	for (i = 0; (m = ly_mech_at(i)) != NULL; i++) {
		if ((m->keys & LY_MECH_KEY(o->e.key_type)) == 0 ||
		    (m->flags & flags) == 0)
			continue;
		if (len + sizeof(m->type) > sizeof(v->tmp))
			break;
		memcpy(v->tmp + len, &m->type, sizeof(m->type));
		len += sizeof(m->type);
	}
	return put_bytes(v, v->tmp, len);
}

/* PKCS#11 v3.0 4.4.1: unique on the token and never used again. */
static CK_RV
get_unique_id(const struct ly_object *o, struct ly_value *v)
{
	uint64_t lineage = 0;
	int n;

	if (o->gen != NULL && o->gen->cat != NULL)
		lineage = ly_catalogue_lineage(o->gen->cat);
	n = snprintf((char *)v->tmp, sizeof(v->tmp), "%016llx-%08lx",
	    (unsigned long long)lineage, (unsigned long)o->handle);
	return put_bytes(v, v->tmp, n > 0 ? (size_t)n : 0);
}

static CK_RV
get_hidden(const struct ly_object *o, struct ly_value *v)
{
	(void)o;
	(void)v;
	return CKR_ATTRIBUTE_SENSITIVE;
}

static CK_RV
get_s_type(const struct ly_object *o, struct ly_value *v)
{
	return put_ulong(v, o->skey->t.type);
}

static CK_RV
get_s_label(const struct ly_object *o, struct ly_value *v)
{
	return put_bytes(v, o->skey->t.label, o->skey->t.label_len);
}

static CK_RV
get_s_id(const struct ly_object *o, struct ly_value *v)
{
	return put_bytes(v, o->skey->t.id, o->skey->t.id_len);
}

static CK_RV
get_s_len(const struct ly_object *o, struct ly_value *v)
{
	return put_ulong(v, (CK_ULONG)o->skey->value.len);
}

static CK_RV
get_s_value(const struct ly_object *o, struct ly_value *v)
{
	if ((o->skey->t.flags & LY_SKEY_EXTRACTABLE) == 0 ||
	    (o->skey->t.flags & LY_SKEY_SENSITIVE) != 0)
		return CKR_ATTRIBUTE_SENSITIVE;
	return put_bytes(v, o->skey->value.data, o->skey->value.len);
}

static const struct row cert_rows[] = {
	{ CKA_CLASS, get_class },
	{ CKA_TOKEN, get_yes },
	{ CKA_ID, get_id },
	{ CKA_LABEL, get_label },
	{ CKA_VALUE, get_value },
	{ CKA_CERTIFICATE_TYPE, get_x509 },
	{ CKA_ISSUER, get_issuer },
	{ CKA_SERIAL_NUMBER, get_serial },
	{ CKA_SUBJECT, get_subject },
	{ CKA_PRIVATE, get_no },
	{ CKA_MODIFIABLE, get_no },
	{ CKA_COPYABLE, get_no },
	{ CKA_DESTROYABLE, get_no },
	{ CKA_TRUSTED, get_no },
	{ CKA_CERTIFICATE_CATEGORY, get_category },
	{ CKA_START_DATE, get_start_date },
	{ CKA_END_DATE, get_end_date },
	{ CKA_CHECK_VALUE, get_check_value },
	{ CKA_PUBLIC_KEY_INFO, get_spki },
	{ CKA_NSS_EMAIL, get_email },
	{ CKA_UNIQUE_ID, get_unique_id },
	{ 0, NULL }
};

static const struct row private_rows[] = {
	{ CKA_CLASS, get_class },
	{ CKA_TOKEN, get_yes },
	{ CKA_ID, get_id },
	{ CKA_LABEL, get_label },
	{ CKA_KEY_TYPE, get_key_type },
	{ CKA_PRIVATE, get_private_key },
	{ CKA_SIGN, get_sign },
	{ CKA_DECRYPT, get_decrypt },
	{ CKA_UNWRAP, get_decrypt },
	{ CKA_DERIVE, get_derive },
	{ CKA_SIGN_RECOVER, get_no },
	{ CKA_SENSITIVE, get_yes },
	{ CKA_EXTRACTABLE, get_no },
	{ CKA_ALWAYS_SENSITIVE, get_no },
	{ CKA_NEVER_EXTRACTABLE, get_no },
	{ CKA_LOCAL, get_no },
	{ CKA_ALWAYS_AUTHENTICATE, get_no },
	{ CKA_WRAP_WITH_TRUSTED, get_no },
	{ CKA_KEY_GEN_MECHANISM, get_unavailable },
	{ CKA_MODIFIABLE, get_no },
	{ CKA_COPYABLE, get_no },
	{ CKA_DESTROYABLE, get_no },
	{ CKA_SUBJECT, get_subject },
	{ CKA_START_DATE, get_start_date },
	{ CKA_END_DATE, get_end_date },
	{ CKA_PUBLIC_KEY_INFO, get_spki },
	{ CKA_ALLOWED_MECHANISMS, get_mechanisms },
	{ CKA_UNIQUE_ID, get_unique_id },
	{ CKA_PRIVATE_EXPONENT, get_hidden },
	{ CKA_PRIME_1, get_hidden },
	{ CKA_PRIME_2, get_hidden },
	{ CKA_EXPONENT_1, get_hidden },
	{ CKA_EXPONENT_2, get_hidden },
	{ CKA_COEFFICIENT, get_hidden },
	{ CKA_VALUE, get_hidden },
	{ 0, NULL }
};

static const struct row public_rows[] = {
	{ CKA_CLASS, get_class },
	{ CKA_TOKEN, get_yes },
	{ CKA_ID, get_id },
	{ CKA_LABEL, get_label },
	{ CKA_KEY_TYPE, get_key_type },
	{ CKA_PRIVATE, get_no },
	{ CKA_VERIFY, get_sign },
	{ CKA_ENCRYPT, get_decrypt },
	{ CKA_WRAP, get_decrypt },
	{ CKA_DERIVE, get_derive },
	{ CKA_VERIFY_RECOVER, get_no },
	{ CKA_TRUSTED, get_no },
	{ CKA_LOCAL, get_no },
	{ CKA_KEY_GEN_MECHANISM, get_unavailable },
	{ CKA_MODIFIABLE, get_no },
	{ CKA_COPYABLE, get_no },
	{ CKA_DESTROYABLE, get_no },
	{ CKA_SUBJECT, get_subject },
	{ CKA_START_DATE, get_start_date },
	{ CKA_END_DATE, get_end_date },
	{ CKA_PUBLIC_KEY_INFO, get_spki },
	{ CKA_UNIQUE_ID, get_unique_id },
	{ 0, NULL }
};

/* Of private and public keys, by type. */
static const struct row rsa_rows[] = {
	{ CKA_MODULUS, get_modulus },
	{ CKA_PUBLIC_EXPONENT, get_exponent },
	{ 0, NULL }
};

static const struct row rsa_public_rows[] = {
	{ CKA_MODULUS_BITS, get_bits },
	{ 0, NULL }
};

static const struct row ec_rows[] = {
	{ CKA_EC_PARAMS, get_params },
	{ CKA_EC_POINT, get_point },
	{ 0, NULL }
};

static const struct row secret_rows[] = {
	{ CKA_CLASS, get_class },
	{ CKA_TOKEN, get_no },
	{ CKA_KEY_TYPE, get_s_type },
	{ CKA_VALUE, get_s_value },
	{ CKA_VALUE_LEN, get_s_len },
	{ CKA_LABEL, get_s_label },
	{ CKA_ID, get_s_id },
	{ CKA_PRIVATE, get_no },
	{ CKA_SENSITIVE, get_s_sensitive },
	{ CKA_EXTRACTABLE, get_s_extractable },
	{ CKA_ALWAYS_SENSITIVE, get_no },
	{ CKA_NEVER_EXTRACTABLE, get_no },
	{ CKA_LOCAL, get_no },
	{ CKA_ENCRYPT, get_s_encrypt },
	{ CKA_DECRYPT, get_s_decrypt },
	{ CKA_SIGN, get_s_sign },
	{ CKA_VERIFY, get_s_verify },
	{ CKA_WRAP, get_s_wrap },
	{ CKA_UNWRAP, get_s_unwrap },
	{ CKA_DERIVE, get_s_derive },
	{ CKA_TRUSTED, get_no },
	{ CKA_WRAP_WITH_TRUSTED, get_no },
	{ CKA_KEY_GEN_MECHANISM, get_unavailable },
	{ CKA_MODIFIABLE, get_no },
	{ CKA_COPYABLE, get_no },
	{ CKA_DESTROYABLE, get_yes },
	{ CKA_UNIQUE_ID, get_unique_id },
	{ 0, NULL }
};

static const struct row profile_rows[] = {
	{ CKA_CLASS, get_class },
	{ CKA_TOKEN, get_yes },
	{ CKA_PROFILE_ID, get_profile },
	{ CKA_PRIVATE, get_no },
	{ CKA_MODIFIABLE, get_no },
	{ CKA_COPYABLE, get_no },
	{ CKA_DESTROYABLE, get_no },
	{ CKA_UNIQUE_ID, get_unique_id },
	{ 0, NULL }
};

/* The tables of an object: at most three. */
static void
tables(const struct ly_object *o, const struct row *t[3])
{
	const int rsa = o->e.key_type == LY_KEY_RSA;

	memset(t, 0, 3 * sizeof(t[0]));
	switch (o->class) {
	case CKO_CERTIFICATE:
		t[0] = cert_rows;
		break;
	case CKO_PRIVATE_KEY:
		t[0] = private_rows;
		t[1] = rsa ? rsa_rows : ec_rows;
		break;
	case CKO_PUBLIC_KEY:
		t[0] = public_rows;
		t[1] = rsa ? rsa_rows : ec_rows;
		t[2] = rsa ? rsa_public_rows : NULL;
		break;
	case CKO_SECRET_KEY:
		t[0] = secret_rows;
		break;
	default:
		t[0] = profile_rows;
		break;
	}
}

CK_RV
ly_attr_get(const struct ly_object *o, CK_ATTRIBUTE_TYPE type,
    struct ly_value *v)
{
	const struct row *t[3], *row;
	size_t i;

	tables(o, t);
	for (i = 0; i < 3 && t[i] != NULL; i++)
		for (row = t[i]; row->get != NULL; row++)
			if (row->type == type)
				return row->get(o, v);
	return CKR_ATTRIBUTE_TYPE_INVALID;
}

static CK_RV
fill_one(const struct ly_object *o, CK_ATTRIBUTE *a)
{
	struct ly_value v;
	CK_RV rv;

	if ((rv = ly_attr_get(o, a->type, &v)) != CKR_OK) {
		a->ulValueLen = CK_UNAVAILABLE_INFORMATION;
		return rv;
	}
	if (a->pValue == NULL) {
		a->ulValueLen = (CK_ULONG)v.len;
		return CKR_OK;
	}
	if (a->ulValueLen < v.len) {
		a->ulValueLen = CK_UNAVAILABLE_INFORMATION;
		return CKR_BUFFER_TOO_SMALL;
	}
	if (v.len != 0)
		memcpy(a->pValue, v.p, v.len);
	a->ulValueLen = (CK_ULONG)v.len;
	return CKR_OK;
}

/* Which of two failures is told: the rarer news first. */
static CK_RV
worse(CK_RV a, CK_RV b)
{
	static const CK_RV order[] = { CKR_ATTRIBUTE_SENSITIVE,
	    CKR_ATTRIBUTE_TYPE_INVALID, CKR_BUFFER_TOO_SMALL };
	size_t i;

	for (i = 0; i < sizeof(order) / sizeof(order[0]); i++)
		if (a == order[i] || b == order[i])
			return order[i];
	return a != CKR_OK ? a : b;
}

CK_RV
ly_attr_fill(const struct ly_object *o, CK_ATTRIBUTE *a, CK_ULONG n)
{
	CK_RV rv = CKR_OK;
	CK_ULONG i;

	for (i = 0; i < n; i++)
		rv = worse(rv, fill_one(o, &a[i]));
	return rv;
}

/* The content of a DER INTEGER with a short length. */
static int
same_serial(const struct ly_value *v, const CK_ATTRIBUTE *a)
{
	return v->len > 2 && v->p[1] == v->len - 2 &&
	    a->ulValueLen == v->len - 2 &&
	    memcmp(v->p + 2, a->pValue, v->len - 2) == 0;
}

static int
same_email(const struct ly_value *v, const CK_ATTRIBUTE *a)
{
	const uint8_t *p = a->pValue;
	size_t len = (size_t)a->ulValueLen, i;
	uint8_t c;

	if (len == v->len + 1 && p[v->len] == 0)
		len--;
	if (len != v->len)
		return 0;
	for (i = 0; i < len; i++) {
		c = p[i] >= 'A' && p[i] <= 'Z' ? (uint8_t)(p[i] + 32) : p[i];
		if (c != v->p[i])
			return 0;
	}
	return 1;
}

int
ly_attr_match(const struct ly_object *o, const CK_ATTRIBUTE *a)
{
	struct ly_value v;

	if (ly_attr_get(o, a->type, &v) != CKR_OK)
		return 0;
	if (a->ulValueLen == v.len &&
	    (v.len == 0 || memcmp(v.p, a->pValue, v.len) == 0))
		return 1;
	if (a->ulValueLen == 0)
		return 0;
	if (a->type == CKA_SERIAL_NUMBER)
		return same_serial(&v, a);
	if (a->type == CKA_NSS_EMAIL)
		return same_email(&v, a);
	return 0;
}

size_t
ly_attr_size(const struct ly_object *o)
{
	const struct row *t[3], *row;
	struct ly_value v;
	size_t i, n = 0;

	tables(o, t);
	for (i = 0; i < 3 && t[i] != NULL; i++)
		for (row = t[i]; row->get != NULL; row++)
			if (row->get(o, &v) == CKR_OK)
				n += v.len;
	return n;
}
