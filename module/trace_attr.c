/*
 * Attributes and mechanisms in a trace. An attribute is shown only if it
 * is in the table, which holds no CKA_VALUE and no part of a private key;
 * of all others, and of a mechanism's buffers, the length.
 */
#include <string.h>

#include "trace.h"
#include "trace_names.h"

#define ATTRS_SHOWN 64
#define ATTRS_MAX 0x10000	/* more is a number gone wrong, */
#define VALUE_MAX 0x10000	/* and so is a longer value: not read */

enum show {
	SHOW_SIZE,
	SHOW_BOOL,
	SHOW_HEX,
	SHOW_TEXT,
	SHOW_NUMBER,
	SHOW_CLASS,
	SHOW_KEY_TYPE,
	SHOW_CERT_TYPE,
	SHOW_MECHANISM,
	SHOW_PROFILE
};

#define ROW(type, how) { type, #type, SHOW_ ## how }

static const struct attr {
	CK_ATTRIBUTE_TYPE type;
	const char *name;
	enum show how;
} attrs[] = {
	ROW(CKA_CLASS, CLASS),
	ROW(CKA_TOKEN, BOOL),
	ROW(CKA_PRIVATE, BOOL),
	ROW(CKA_LABEL, TEXT),
	ROW(CKA_UNIQUE_ID, TEXT),
	ROW(CKA_APPLICATION, TEXT),
	ROW(CKA_VALUE, SIZE),
	ROW(CKA_OBJECT_ID, HEX),
	ROW(CKA_CERTIFICATE_TYPE, CERT_TYPE),
	ROW(CKA_ISSUER, HEX),
	ROW(CKA_SERIAL_NUMBER, HEX),
	ROW(CKA_TRUSTED, BOOL),
	ROW(CKA_CERTIFICATE_CATEGORY, NUMBER),
	ROW(CKA_JAVA_MIDP_SECURITY_DOMAIN, NUMBER),
	ROW(CKA_URL, TEXT),
	ROW(CKA_HASH_OF_SUBJECT_PUBLIC_KEY, HEX),
	ROW(CKA_HASH_OF_ISSUER_PUBLIC_KEY, HEX),
	ROW(CKA_NAME_HASH_ALGORITHM, MECHANISM),
	ROW(CKA_CHECK_VALUE, SIZE),
	ROW(CKA_KEY_TYPE, KEY_TYPE),
	ROW(CKA_SUBJECT, HEX),
	ROW(CKA_ID, HEX),
	ROW(CKA_SENSITIVE, BOOL),
	ROW(CKA_ENCRYPT, BOOL),
	ROW(CKA_DECRYPT, BOOL),
	ROW(CKA_WRAP, BOOL),
	ROW(CKA_UNWRAP, BOOL),
	ROW(CKA_SIGN, BOOL),
	ROW(CKA_SIGN_RECOVER, BOOL),
	ROW(CKA_VERIFY, BOOL),
	ROW(CKA_VERIFY_RECOVER, BOOL),
	ROW(CKA_DERIVE, BOOL),
	ROW(CKA_START_DATE, TEXT),
	ROW(CKA_END_DATE, TEXT),
	ROW(CKA_MODULUS, HEX),
	ROW(CKA_MODULUS_BITS, NUMBER),
	ROW(CKA_PUBLIC_EXPONENT, HEX),
	ROW(CKA_PRIVATE_EXPONENT, SIZE),
	ROW(CKA_PRIME_1, SIZE),
	ROW(CKA_PRIME_2, SIZE),
	ROW(CKA_EXPONENT_1, SIZE),
	ROW(CKA_EXPONENT_2, SIZE),
	ROW(CKA_COEFFICIENT, SIZE),
	ROW(CKA_PUBLIC_KEY_INFO, HEX),
	ROW(CKA_PRIME, SIZE),
	ROW(CKA_SUBPRIME, SIZE),
	ROW(CKA_BASE, SIZE),
	ROW(CKA_VALUE_LEN, NUMBER),
	ROW(CKA_EXTRACTABLE, BOOL),
	ROW(CKA_LOCAL, BOOL),
	ROW(CKA_NEVER_EXTRACTABLE, BOOL),
	ROW(CKA_ALWAYS_SENSITIVE, BOOL),
	ROW(CKA_KEY_GEN_MECHANISM, MECHANISM),
	ROW(CKA_MODIFIABLE, BOOL),
	ROW(CKA_COPYABLE, BOOL),
	ROW(CKA_DESTROYABLE, BOOL),
	ROW(CKA_EC_PARAMS, HEX),
	ROW(CKA_EC_POINT, HEX),
	ROW(CKA_ALWAYS_AUTHENTICATE, BOOL),
	ROW(CKA_WRAP_WITH_TRUSTED, BOOL),
	ROW(CKA_WRAP_TEMPLATE, SIZE),
	ROW(CKA_UNWRAP_TEMPLATE, SIZE),
	ROW(CKA_DERIVE_TEMPLATE, SIZE),
	ROW(CKA_ALLOWED_MECHANISMS, SIZE),
	ROW(CKA_PROFILE_ID, PROFILE),
	ROW(CKA_NSS_EMAIL, TEXT)
};

static const struct attr *
attr_find(CK_ATTRIBUTE_TYPE type)
{
	size_t i;

	for (i = 0; i < sizeof(attrs) / sizeof(attrs[0]); i++)
		if (attrs[i].type == type)
			return &attrs[i];
	return NULL;
}

/* A number, by name where it has one. */
static void
number(struct ly_buf *b, enum show how, const CK_ATTRIBUTE *a)
{
	char name[LY_TRACE_NAME];
	enum ly_names which;
	CK_ULONG v;

	if (a->ulValueLen != sizeof(v)) {
		ly_trace_put(b, "(%lu)", (unsigned long)a->ulValueLen);
		return;
	}
	memcpy(&v, a->pValue, sizeof(v));
	switch (how) {
	case SHOW_CLASS:
		which = LY_NAMES_CKO;
		break;
	case SHOW_KEY_TYPE:
		which = LY_NAMES_CKK;
		break;
	case SHOW_CERT_TYPE:
		which = LY_NAMES_CKC;
		break;
	case SHOW_MECHANISM:
		which = LY_NAMES_CKM;
		break;
	case SHOW_PROFILE:
		which = LY_NAMES_CKP;
		break;
	default:
		ly_trace_put(b, "%lu", (unsigned long)v);
		return;
	}
	ly_trace_put(b, "%s", ly_trace_name(which, v, name));
}

static void
value(struct ly_buf *b, enum show how, const CK_ATTRIBUTE *a)
{
	const CK_BBOOL *bool = a->pValue;

	if (a->ulValueLen == CK_UNAVAILABLE_INFORMATION) {
		ly_trace_put(b, "unavailable");
	} else if (a->pValue == NULL) {
		ly_trace_put(b, "NULL (%lu)", (unsigned long)a->ulValueLen);
	} else if (how == SHOW_SIZE || a->ulValueLen > VALUE_MAX) {
		ly_trace_put(b, "not shown (%lu)",
		    (unsigned long)a->ulValueLen);
	} else if (how == SHOW_HEX) {
		ly_trace_hex(b, a->pValue, a->ulValueLen);
	} else if (how == SHOW_TEXT) {
		ly_trace_text(b, a->pValue, a->ulValueLen);
	} else if (how == SHOW_BOOL && a->ulValueLen == sizeof(*bool)) {
		ly_trace_put(b, "%s", *bool ? "true" : "false");
	} else {
		number(b, how, a);
	}
}

void
ly_trace_template(struct ly_buf *b, const CK_ATTRIBUTE *a, CK_ULONG n,
    int filled)
{
	const struct attr *row;
	CK_ULONG i;

	if (n > ATTRS_MAX)
		return;
	for (i = 0; i < n && i < ATTRS_SHOWN; i++) {
		if ((row = attr_find(a[i].type)) != NULL)
			ly_trace_put(b, "    %s = ", row->name);
		else
			ly_trace_put(b, "    CKA_0x%lx = ",
			    (unsigned long)a[i].type);
		if (filled)
			value(b, row != NULL ? row->how : SHOW_SIZE, &a[i]);
		else
			ly_trace_put(b, "%s(%lu)", a[i].pValue == NULL ?
			    "NULL " : "", (unsigned long)a[i].ulValueLen);
		ly_trace_put(b, "\n");
	}
	if (n > i)
		ly_trace_put(b, "    and %lu more\n",
		    (unsigned long)(n - i));
}

static void
oaep(struct ly_buf *b, const void *param)
{
	char name[LY_TRACE_NAME];
	CK_RSA_PKCS_OAEP_PARAMS p;

	memcpy(&p, param, sizeof(p));
	ly_trace_put(b, ", hashAlg %s, mgf %lu, label (%lu)",
	    ly_trace_name(LY_NAMES_CKM, p.hashAlg, name),
	    (unsigned long)p.mgf, (unsigned long)p.ulSourceDataLen);
}

static void
pss(struct ly_buf *b, const void *param)
{
	char name[LY_TRACE_NAME];
	CK_RSA_PKCS_PSS_PARAMS p;

	memcpy(&p, param, sizeof(p));
	ly_trace_put(b, ", hashAlg %s, mgf %lu, sLen %lu",
	    ly_trace_name(LY_NAMES_CKM, p.hashAlg, name),
	    (unsigned long)p.mgf, (unsigned long)p.sLen);
}

static void
ecdh(struct ly_buf *b, const void *param)
{
	char name[LY_TRACE_NAME];
	CK_ECDH1_DERIVE_PARAMS p;

	memcpy(&p, param, sizeof(p));
	ly_trace_put(b, ", kdf %s, shared (%lu), public (%lu)",
	    ly_trace_name(LY_NAMES_CKD, p.kdf, name),
	    (unsigned long)p.ulSharedDataLen,
	    (unsigned long)p.ulPublicDataLen);
}

void
ly_trace_mechanism(struct ly_buf *b, const CK_MECHANISM *m)
{
	const CK_ULONG len = m->ulParameterLen;
	char name[LY_TRACE_NAME];

	ly_trace_put(b, "%s, parameter %s(%lu)",
	    ly_trace_name(LY_NAMES_CKM, m->mechanism, name),
	    m->pParameter == NULL ? "NULL " : "", (unsigned long)len);
	if (m->pParameter == NULL)
		return;
	switch (m->mechanism) {
	case CKM_RSA_PKCS_OAEP:
		if (len == sizeof(CK_RSA_PKCS_OAEP_PARAMS))
			oaep(b, m->pParameter);
		break;
	case CKM_ECDH1_DERIVE:
	case CKM_ECDH1_COFACTOR_DERIVE:
		if (len == sizeof(CK_ECDH1_DERIVE_PARAMS))
			ecdh(b, m->pParameter);
		break;
	case CKM_RSA_PKCS_PSS:
	case CKM_SHA1_RSA_PKCS_PSS:
	case CKM_SHA224_RSA_PKCS_PSS:
	case CKM_SHA256_RSA_PKCS_PSS:
	case CKM_SHA384_RSA_PKCS_PSS:
	case CKM_SHA512_RSA_PKCS_PSS:
		if (len == sizeof(CK_RSA_PKCS_PSS_PARAMS))
			pss(b, m->pParameter);
		break;
	}
}
