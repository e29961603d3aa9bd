/* Secret keys in memory; see skey.h. Refuses everything on the token. */
#include <stdlib.h>
#include <string.h>

#include "attr.h"
#include "skey.h"

struct flag_row {
	CK_ATTRIBUTE_TYPE type;
	unsigned flag;
};

static const struct flag_row flag_rows[] = {
	{ CKA_ENCRYPT, LY_SKEY_ENCRYPT },
	{ CKA_DECRYPT, LY_SKEY_DECRYPT },
	{ CKA_SIGN, LY_SKEY_SIGN },
	{ CKA_VERIFY, LY_SKEY_VERIFY },
	{ CKA_WRAP, LY_SKEY_WRAP },
	{ CKA_UNWRAP, LY_SKEY_UNWRAP },
	{ CKA_DERIVE, LY_SKEY_DERIVE },
	{ CKA_SENSITIVE, LY_SKEY_SENSITIVE },
	{ CKA_EXTRACTABLE, LY_SKEY_EXTRACTABLE },
	{ CKA_PRIVATE, LY_SKEY_PRIVATE }
};

static CK_RV
read_bool(const CK_ATTRIBUTE *a, int *v)
{
	if (a->ulValueLen != sizeof(CK_BBOOL) || a->pValue == NULL)
		return CKR_ATTRIBUTE_VALUE_INVALID;
	*v = *(const CK_BBOOL *)a->pValue != CK_FALSE;
	return CKR_OK;
}

static CK_RV
read_ulong(const CK_ATTRIBUTE *a, CK_ULONG *v)
{
	if (a->ulValueLen != sizeof(*v) || a->pValue == NULL)
		return CKR_ATTRIBUTE_VALUE_INVALID;
	memcpy(v, a->pValue, sizeof(*v));
	return CKR_OK;
}

static CK_RV
read_bytes(const CK_ATTRIBUTE *a, uint8_t *to, size_t *len)
{
	if (a->ulValueLen > LY_SKEY_TEXT ||
	    (a->ulValueLen != 0 && a->pValue == NULL))
		return CKR_ATTRIBUTE_VALUE_INVALID;
	if (a->ulValueLen != 0)
		memcpy(to, a->pValue, (size_t)a->ulValueLen);
	*len = (size_t)a->ulValueLen;
	return CKR_OK;
}

static CK_RV
read_type(const CK_ATTRIBUTE *a, struct ly_skey_tmpl *t)
{
	CK_RV rv;

	if ((rv = read_ulong(a, &t->type)) != CKR_OK)
		return rv;
	if (t->type != CKK_GENERIC_SECRET && t->type != CKK_AES &&
	    t->type != CKK_DES3 && t->type != CKK_DES2)
		return CKR_TEMPLATE_INCONSISTENT;
	t->has_type = 1;
	return CKR_OK;
}

static CK_RV
read_class(const CK_ATTRIBUTE *a, struct ly_skey_tmpl *t)
{
	CK_ULONG v;
	CK_RV rv;

	if ((rv = read_ulong(a, &v)) != CKR_OK)
		return rv;
	t->has_class = 1;
	return v == CKO_SECRET_KEY ? CKR_OK : CKR_TEMPLATE_INCONSISTENT;
}

static CK_RV
read_token(const CK_ATTRIBUTE *a, int rw)
{
	CK_RV rv;
	int v;

	if ((rv = read_bool(a, &v)) != CKR_OK)
		return rv;
	if (!v)
		return CKR_OK;
	return rw ? CKR_TOKEN_WRITE_PROTECTED : CKR_SESSION_READ_ONLY;
}

static CK_RV
read_value(const CK_ATTRIBUTE *a, struct ly_skey_tmpl *t)
{
	if (a->pValue == NULL || a->ulValueLen == 0 ||
	    a->ulValueLen > LY_SKEY_MAX)
		return CKR_ATTRIBUTE_VALUE_INVALID;
	t->value = a->pValue;
	t->value_bytes = (size_t)a->ulValueLen;
	return CKR_OK;
}

static CK_RV
read_value_len(const CK_ATTRIBUTE *a, struct ly_skey_tmpl *t)
{
	CK_ULONG v;
	CK_RV rv;

	if ((rv = read_ulong(a, &v)) != CKR_OK)
		return rv;
	if (v > LY_SKEY_MAX)
		return CKR_ATTRIBUTE_VALUE_INVALID;
	t->value_len = (size_t)v;
	return CKR_OK;
}

static CK_RV
read_flag(const CK_ATTRIBUTE *a, struct ly_skey_tmpl *t)
{
	size_t i;
	CK_RV rv;
	int v;

	for (i = 0; i < sizeof(flag_rows) / sizeof(flag_rows[0]); i++) {
		if (flag_rows[i].type != a->type)
			continue;
		if ((rv = read_bool(a, &v)) != CKR_OK)
			return rv;
		t->flags &= ~flag_rows[i].flag;
		if (v)
			t->flags |= flag_rows[i].flag;
		break;
	}
	return CKR_OK;
}

static CK_RV
read_one(const CK_ATTRIBUTE *a, int rw, struct ly_skey_tmpl *t)
{
	switch (a->type) {
	case CKA_CLASS:
		return read_class(a, t);
	case CKA_KEY_TYPE:
		return read_type(a, t);
	case CKA_TOKEN:
		return read_token(a, rw);
	case CKA_VALUE:
		return read_value(a, t);
	case CKA_VALUE_LEN:
		return read_value_len(a, t);
	case CKA_LABEL:
		return read_bytes(a, t->label, &t->label_len);
	case CKA_ID:
		return read_bytes(a, t->id, &t->id_len);
	default:
		return read_flag(a, t);
	}
}

CK_RV
ly_skey_template(const CK_ATTRIBUTE *a, CK_ULONG n, int rw,
    struct ly_skey_tmpl *t)
{
	CK_ULONG i;
	CK_RV rv;

	memset(t, 0, sizeof(*t));
	t->type = CKK_GENERIC_SECRET;
	t->flags = LY_SKEY_EXTRACTABLE;
	if ((n != 0 && a == NULL) || n > LY_ATTRS_MAX)
		return CKR_ARGUMENTS_BAD;
	for (i = 0; i < n; i++)
		if ((rv = read_one(&a[i], rw, t)) != CKR_OK)
			return rv;
	return CKR_OK;
}

/* Whether a key of that type may be len bytes long. */
static int
len_ok(CK_KEY_TYPE type, size_t len)
{
	switch (type) {
	case CKK_AES:
		return len == 16 || len == 24 || len == 32;
	case CKK_DES3:
		return len == 24;
	case CKK_DES2:
		return len == 16;
	default:
		return len >= 1 && len <= LY_SKEY_MAX;
	}
}

CK_RV
ly_skey_new(const struct ly_skey_tmpl *t, struct ly_secret *value,
    struct ly_skey **out)
{
	struct ly_skey *k;

	if (t->value_len != 0 && t->value_len != value->len)
		return CKR_TEMPLATE_INCONSISTENT;
	if (!len_ok(t->type, value->len))
		return CKR_KEY_SIZE_RANGE;
	if ((k = calloc(1, sizeof(*k))) == NULL)
		return CKR_HOST_MEMORY;
	k->refs = 1;
	k->t = *t;
	k->t.value = NULL;
	ly_secret_move(&k->value, value);
	*out = k;
	return CKR_OK;
}

void
ly_skey_free(struct ly_skey **k)
{
	if (*k != NULL) {
		ly_secret_clear(&(*k)->value);
		free(*k);
	}
	*k = NULL;
}
