/* Searches and attributes, as mail clients ask for them. */
#include "fixture.h"

#include "cert.h"
#include "crypto.h"

static CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
static CK_OBJECT_CLASS cert_class = CKO_CERTIFICATE;
static CK_OBJECT_CLASS private_class = CKO_PRIVATE_KEY;
static CK_OBJECT_CLASS public_class = CKO_PUBLIC_KEY;
static CK_OBJECT_CLASS profile_class = CKO_PROFILE;

static int
up(void **state)
{
	*state = (void *)(uintptr_t)fx_token(NULL);
	return 0;
}

static int
down(void **state)
{
	(void)state;
	fx_down();
	return 0;
}

#define SESSION(state) ((CK_SESSION_HANDLE)(uintptr_t)*(state))

static void
info_of(enum fx_key k, struct ly_cert_info *info)
{
	const struct ly_buf *c = fx_cert(k);

	assert_int_equal(ly_cert_parse(c->data, c->len, info), 0);
}

static CK_ATTRIBUTE
span(CK_ATTRIBUTE_TYPE type, enum fx_key k, const struct ly_span *s)
{
	CK_ATTRIBUTE a = { type, fx_cert(k)->data + s->off, s->len };

	return a;
}

static void
contract_14_17_everything_is_listed(void **state)
{
	CK_SESSION_HANDLE s = SESSION(state);
	CK_ATTRIBUTE cert[] = { FX_A(CKA_TOKEN, yes),
	    FX_A(CKA_CLASS, cert_class) };
	CK_ATTRIBUTE priv[] = { FX_A(CKA_CLASS, private_class) };
	CK_ATTRIBUTE pub[] = { FX_A(CKA_CLASS, public_class) };
	CK_ATTRIBUTE session[] = { FX_A(CKA_TOKEN, no) };

	assert_int_equal(fx_find(s, cert, 2, NULL, 0), FX_KEYS + 1);
	assert_int_equal(fx_find(s, priv, 1, NULL, 0), FX_KEYS);
	assert_int_equal(fx_find(s, pub, 1, NULL, 0), FX_KEYS);
	assert_int_equal(fx_find(s, session, 1, NULL, 0), 0);
	/* No template: all of it, and two profiles. */
	assert_int_equal(fx_find(s, NULL, 0, NULL, 0), 3 * FX_KEYS + 1 + 2);
	assert_int_equal(fx_find(s, cert, 1, NULL, 0), 3 * FX_KEYS + 1 + 2);
}

/* A list of one class has the order of the list of all: newest first. */
static void
one_class_is_listed_as_among_all(void **state)
{
	CK_OBJECT_CLASS classes[] = { CKO_CERTIFICATE, CKO_PRIVATE_KEY,
	    CKO_PUBLIC_KEY };
	CK_OBJECT_HANDLE all[64], one[64];
	CK_SESSION_HANDLE s = SESSION(state);
	CK_ULONG n, m, i, k, c;

	n = fx_find(s, NULL, 0, all, 64);
	assert_in_range(n, 3 * FX_KEYS, 64);
	for (c = 0; c < 3; c++) {
		CK_ATTRIBUTE t[] = { FX_A(CKA_CLASS, classes[c]) };

		m = fx_find(s, t, 1, one, 64);
		for (i = k = 0; i < n; i++)
			if (fx_ulong(s, all[i], CKA_CLASS) == classes[c]) {
				assert_in_range(k, 0, m - 1);
				assert_int_equal(one[k], all[i]);
				k++;
			}
		assert_int_equal(k, m);
	}
}

static void
contract_11_43_trap_8_profiles_as_nss_looks_for_them(void **state)
{
	CK_SESSION_HANDLE s = SESSION(state), p;
	CK_ATTRIBUTE t[] = { FX_A(CKA_TOKEN, yes),
	    FX_A(CKA_CLASS, profile_class) };
	CK_ULONG id = CKP_PUBLIC_CERTIFICATES_TOKEN;
	CK_ATTRIBUTE four[] = { FX_A(CKA_PROFILE_ID, id) };
	CK_OBJECT_HANDLE h[4];

	assert_int_equal(fx_find(s, t, 2, h, 4), 2);
	assert_int_equal(fx_ulong(s, h[0], CKA_PROFILE_ID), 4);
	assert_int_equal(fx_ulong(s, h[1], CKA_PROFILE_ID), 1);
	assert_true(fx_bool(s, h[0], CKA_TOKEN));
	assert_false(fx_bool(s, h[0], CKA_PRIVATE));
	assert_int_equal(fx_find(s, four, 1, h, 4), 1);
	/* With a PIN there is a user to authenticate: profile 3. */
	fx_down();
	p = fx_token(FX_PIN);
	assert_int_equal(fx_find(p, t, 2, h, 4), 3);
	assert_int_equal(fx_ulong(p, h[1], CKA_PROFILE_ID), 3);
}

static void
contract_16_find_fills_up_and_init_replaces(void **state)
{
	CK_SESSION_HANDLE s = SESSION(state);
	CK_ATTRIBUTE cert[] = { FX_A(CKA_CLASS, cert_class) };
	CK_OBJECT_HANDLE h[64];
	CK_ULONG n;

	assert_int_equal(C_FindObjectsInit(s, NULL, 0), CKR_OK);
	assert_int_equal(C_FindObjects(s, h, 5, &n), CKR_OK);
	assert_int_equal(n, 5);
	/* NSS leaves searches behind: a new one replaces it. */
	assert_int_equal(C_FindObjectsInit(s, cert, 1), CKR_OK);
	assert_int_equal(C_FindObjects(s, h, 64, &n), CKR_OK);
	assert_int_equal(n, FX_KEYS + 1);
	assert_int_equal(C_FindObjects(s, h, 64, &n), CKR_OK);
	assert_int_equal(n, 0);
	/* An error ends the search. */
	assert_int_equal(C_FindObjects(s, NULL, 3, &n), CKR_ARGUMENTS_BAD);
	assert_int_equal(C_FindObjects(s, h, 3, &n),
	    CKR_OPERATION_NOT_INITIALIZED);
	assert_int_equal(C_FindObjectsFinal(s),
	    CKR_OPERATION_NOT_INITIALIZED);
	assert_int_equal(C_FindObjectsInit(s, cert, 1), CKR_OK);
	assert_int_equal(C_SessionCancel(s, CKF_FIND_OBJECTS), CKR_OK);
	assert_int_equal(C_FindObjects(s, h, 3, &n),
	    CKR_OPERATION_NOT_INITIALIZED);
}

static void
contract_15_issuer_and_serial_der_and_raw(void **state)
{
	CK_SESSION_HANDLE s = SESSION(state);
	struct ly_cert_info info;
	CK_ATTRIBUTE t[4] = { FX_A(CKA_TOKEN, yes),
	    FX_A(CKA_CLASS, cert_class) };
	CK_OBJECT_HANDLE h, want;
	int k;

	for (k = 0; k < FX_KEYS; k++) {
		info_of((enum fx_key)k, &info);
		want = fx_object(s, CKO_CERTIFICATE, (enum fx_key)k);
		t[2] = span(CKA_ISSUER, (enum fx_key)k, &info.issuer);
		t[3] = span(CKA_SERIAL_NUMBER, (enum fx_key)k, &info.serial);
		assert_int_equal(fx_find(s, t, 4, &h, 1), 1);
		assert_int_equal(h, want);
		/* NSS's second try: the content, without tag and length. */
		t[3].pValue = (uint8_t *)t[3].pValue + 2;
		t[3].ulValueLen -= 2;
		assert_int_equal(fx_find(s, t, 4, &h, 1), 1);
		assert_int_equal(h, want);
		t[3].ulValueLen -= 1;
		assert_int_equal(fx_find(s, t, 4, &h, 1), 0);
	}
}

static void
by_subject_label_id_and_value(void **state)
{
	CK_SESSION_HANDLE s = SESSION(state);
	CK_OBJECT_HANDLE c = fx_object(s, CKO_CERTIFICATE, FX_EC), h[4];
	struct ly_cert_info info;
	CK_ATTRIBUTE t[2];
	uint8_t buf[64];
	CK_ULONG len = sizeof(buf);

	info_of(FX_EC, &info);
	t[0] = span(CKA_SUBJECT, FX_EC, &info.subject);
	/* All have the subject of Alice: certificates and keys. */
	assert_int_equal(fx_find(s, t, 1, h, 4), 3 * FX_KEYS);
	t[1].type = CKA_CLASS;
	t[1].pValue = &cert_class;
	t[1].ulValueLen = sizeof(cert_class);
	assert_int_equal(fx_find(s, t, 2, h, 4), FX_KEYS);
	assert_int_equal(fx_attr(s, c, CKA_LABEL, buf, &len), CKR_OK);
	t[0] = (CK_ATTRIBUTE){ CKA_LABEL, buf, len };
	assert_int_equal(fx_find(s, t, 1, h, 4), 3);
	len = sizeof(buf);
	assert_int_equal(fx_attr(s, c, CKA_ID, buf, &len), CKR_OK);
	assert_int_equal(len, 20);
	t[0] = (CK_ATTRIBUTE){ CKA_ID, buf, len };
	assert_int_equal(fx_find(s, t, 1, h, 4), 3);
	buf[0] ^= 1;
	assert_int_equal(fx_find(s, t, 1, h, 4), 0);
	t[0] = (CK_ATTRIBUTE){ CKA_VALUE, fx_cert(FX_EC)->data,
	    fx_cert(FX_EC)->len };
	assert_int_equal(fx_find(s, t, 1, h, 4), 1);
	assert_int_equal(h[0], c);
}

static void
contract_46_by_address_with_a_nul_and_in_capitals(void **state)
{
	CK_SESSION_HANDLE s = SESSION(state);
	char address[] = "ALICE@example.com";
	CK_ATTRIBUTE t[] = { { CKA_NSS_EMAIL, address, 17 },
	    FX_A(CKA_TOKEN, yes), FX_A(CKA_CLASS, cert_class) };

	assert_int_equal(fx_find(s, t, 3, NULL, 0), FX_KEYS);
	t[0].ulValueLen = 18;
	assert_int_equal(fx_find(s, t, 3, NULL, 0), FX_KEYS);
	address[16] = 'n';
	t[0].ulValueLen = 17;
	assert_int_equal(fx_find(s, t, 3, NULL, 0), 0);
	t[0].ulValueLen = 1;
	address[0] = '\0';
	assert_int_equal(fx_find(s, t, 3, NULL, 0), 0);
}

static void
contract_31_foreign_classes_and_attributes_are_nowhere(void **state)
{
	static const CK_OBJECT_CLASS foreign[] = { CKO_DATA, CKO_HW_FEATURE,
	    CKO_DOMAIN_PARAMETERS, CKO_MECHANISM, 0xb, 0xce534353,
	    0xce534354, 0xce534352, 0xffffffff };
	CK_SESSION_HANDLE s = SESSION(state);
	struct ly_cert_info info;
	CK_OBJECT_CLASS class;
	CK_ULONG v = 3;
	CK_ATTRIBUTE t[4] = { FX_A(CKA_TOKEN, yes), FX_A(CKA_CLASS, class) };
	CK_ATTRIBUTE unknown[] = { FX_A(0x7fff1234, v) };
	CK_ATTRIBUTE empty[] = { { CKA_LABEL, NULL, 0 } };
	CK_ATTRIBUTE wide[] = { { CKA_CLASS, &v, 2 } };
	size_t i;

	info_of(FX_RSA, &info);
	t[2] = span(CKA_ISSUER, FX_RSA, &info.issuer);
	t[3] = span(CKA_SERIAL_NUMBER, FX_RSA, &info.serial);
	for (i = 0; i < sizeof(foreign) / sizeof(foreign[0]); i++) {
		class = foreign[i];
		assert_int_equal(fx_find(s, t, 2, NULL, 0), 0);
		assert_int_equal(fx_find(s, t, 4, NULL, 0), 0);
	}
	assert_int_equal(fx_find(s, unknown, 1, NULL, 0), 0);
	assert_int_equal(fx_find(s, empty, 1, NULL, 0), 0);
	assert_int_equal(fx_find(s, wide, 1, NULL, 0), 0);
}

static void
templates_that_cannot_be(void **state)
{
	CK_SESSION_HANDLE s = SESSION(state);
	CK_ATTRIBUTE null[] = { { CKA_LABEL, NULL, 5 } };
	CK_ATTRIBUTE huge[] = { { CKA_VALUE, &yes, (CK_ULONG)-1 } };
	CK_ATTRIBUTE both[] = { FX_A(CKA_CLASS, cert_class),
	    FX_A(CKA_CLASS, private_class) };
	static CK_ATTRIBUTE many[10000];
	size_t i;

	assert_int_equal(C_FindObjectsInit(s, null, 1), CKR_ARGUMENTS_BAD);
	assert_int_equal(C_FindObjectsInit(s, NULL, 1), CKR_ARGUMENTS_BAD);
	assert_int_equal(fx_find(s, huge, 1, NULL, 0), 0);
	assert_int_equal(fx_find(s, both, 2, NULL, 0), 0);
	for (i = 0; i < 10000; i++)
		many[i] = (CK_ATTRIBUTE)FX_A(CKA_TOKEN, yes);
	assert_int_equal(C_FindObjectsInit(s, many, 10000),
	    CKR_TEMPLATE_INCONSISTENT);
	assert_int_equal(fx_find(s, many, 100, NULL, 0), 3 * FX_KEYS + 3);
}

static void
trap_13_all_entries_of_a_template_count(void **state)
{
	CK_SESSION_HANDLE s = SESSION(state);
	CK_OBJECT_HANDLE key = fx_object(s, CKO_PRIVATE_KEY, FX_RSA);
	uint8_t small[2], id[20], label[80];
	CK_ATTRIBUTE a[] = { { CKA_ID, id, sizeof(id) },
	    { 0x7fff1234, NULL, 0 }, { CKA_PRIVATE_EXPONENT, NULL, 0 },
	    { CKA_MODULUS, small, sizeof(small) },
	    { CKA_LABEL, label, sizeof(label) }, { CKA_SUBJECT, NULL, 0 } };
	static CK_ATTRIBUTE many[10000];
	size_t i;

	assert_int_equal(C_GetAttributeValue(s, key, a, 6),
	    CKR_ATTRIBUTE_SENSITIVE);
	assert_int_equal(a[0].ulValueLen, 20);
	assert_int_equal(a[1].ulValueLen, CK_UNAVAILABLE_INFORMATION);
	assert_int_equal(a[2].ulValueLen, CK_UNAVAILABLE_INFORMATION);
	assert_int_equal(a[3].ulValueLen, CK_UNAVAILABLE_INFORMATION);
	assert_in_range(a[4].ulValueLen, 1, 64);
	assert_in_range(a[5].ulValueLen, 1, 100);
	a[2].type = CKA_CLASS;
	a[3].ulValueLen = sizeof(small);
	assert_int_equal(C_GetAttributeValue(s, key, a, 6),
	    CKR_ATTRIBUTE_TYPE_INVALID);
	a[1].type = CKA_CLASS;
	a[3].ulValueLen = sizeof(small);
	assert_int_equal(C_GetAttributeValue(s, key, a, 4),
	    CKR_BUFFER_TOO_SMALL);
	for (i = 0; i < 10000; i++)
		many[i] = (CK_ATTRIBUTE){ i, NULL, 0 };
	assert_int_equal(C_GetAttributeValue(s, key, many, 10000),
	    CKR_ATTRIBUTE_SENSITIVE);
	assert_int_equal(many[CKA_ID].ulValueLen, 20);
}

static void
expect(CK_SESSION_HANDLE s, CK_OBJECT_HANDLE o, CK_ATTRIBUTE_TYPE type,
    const void *want, size_t len)
{
	uint8_t buf[4096];
	CK_ULONG n = sizeof(buf);

	assert_int_equal(fx_attr(s, o, type, buf, &n), CKR_OK);
	assert_int_equal(n, len);
	assert_memory_equal(buf, want, len);
}

#define PART(k, info, name) fx_cert(k)->data + (info).name.off, \
    (info).name.len

static void
contract_12_15_38_certificates(void **state)
{
	CK_SESSION_HANDLE s = SESSION(state);
	CK_ATTRIBUTE ca[] = { FX_A(CKA_CLASS, cert_class),
	    { CKA_VALUE, fx_ca()->data, fx_ca()->len } };
	static const CK_ATTRIBUTE_TYPE falses[] = { CKA_PRIVATE,
	    CKA_MODIFIABLE, CKA_COPYABLE, CKA_DESTROYABLE, CKA_TRUSTED };
	struct ly_cert_info info;
	CK_OBJECT_HANDLE c, a;
	uint8_t sha1[20];
	CK_ULONG len = 0;
	size_t i;
	int k;

	for (k = 0; k < FX_KEYS; k++) {
		c = fx_object(s, CKO_CERTIFICATE, (enum fx_key)k);
		info_of((enum fx_key)k, &info);
		expect(s, c, CKA_VALUE, fx_cert((enum fx_key)k)->data,
		    fx_cert((enum fx_key)k)->len);
		expect(s, c, CKA_ISSUER, PART((enum fx_key)k, info, issuer));
		expect(s, c, CKA_SUBJECT, PART((enum fx_key)k, info,
		    subject));
		expect(s, c, CKA_SERIAL_NUMBER, PART((enum fx_key)k, info,
		    serial));
		expect(s, c, CKA_PUBLIC_KEY_INFO, PART((enum fx_key)k, info,
		    spki));
		expect(s, c, CKA_NSS_EMAIL, FX_ADDRESS, strlen(FX_ADDRESS));
		assert_int_equal(ly_digest(LY_SHA1,
		    fx_cert((enum fx_key)k)->data,
		    fx_cert((enum fx_key)k)->len, sha1), 0);
		expect(s, c, CKA_CHECK_VALUE, sha1, 3);
		assert_int_equal(fx_ulong(s, c, CKA_CERTIFICATE_TYPE),
		    CKC_X_509);
		assert_int_equal(fx_ulong(s, c, CKA_CERTIFICATE_CATEGORY), 1);
		assert_true(fx_bool(s, c, CKA_TOKEN));
		for (i = 0; i < sizeof(falses) / sizeof(falses[0]); i++)
			assert_false(fx_bool(s, c, falses[i]));
		assert_int_equal(fx_attr(s, c, CKA_START_DATE, NULL, &len),
		    CKR_OK);
		assert_int_equal(len, 8);
		assert_int_equal(fx_attr(s, c, CKA_HASH_OF_ISSUER_PUBLIC_KEY,
		    NULL, &len), CKR_ATTRIBUTE_TYPE_INVALID);
	}
	assert_int_equal(fx_find(s, ca, 2, &a, 1), 1);
	assert_int_equal(fx_ulong(s, a, CKA_CERTIFICATE_CATEGORY), 2);
	assert_int_equal(fx_attr(s, a, CKA_LABEL, NULL, &len), CKR_OK);
	assert_true(len > 0);
}

static void
contract_12_13_34_private_keys(void **state)
{
	static const CK_ATTRIBUTE_TYPE falses[] = { CKA_PRIVATE,
	    CKA_EXTRACTABLE, CKA_ALWAYS_SENSITIVE, CKA_NEVER_EXTRACTABLE,
	    CKA_LOCAL, CKA_ALWAYS_AUTHENTICATE, CKA_MODIFIABLE, CKA_COPYABLE,
	    CKA_DESTROYABLE, CKA_SIGN_RECOVER, CKA_WRAP_WITH_TRUSTED };
	static const uint8_t ed_oid[] = { 6, 3, 0x2b, 0x65, 0x70 };
	CK_SESSION_HANDLE s = SESSION(state);
	CK_OBJECT_HANDLE key, cert, pub;
	struct ly_cert_info info;
	uint8_t point[67] = { 4, 65 }, id[20], zero[20] = { 0 };
	CK_ULONG len;
	size_t i;
	int k;

	for (k = 0; k < FX_KEYS; k++) {
		key = fx_object(s, CKO_PRIVATE_KEY, (enum fx_key)k);
		pub = fx_object(s, CKO_PUBLIC_KEY, (enum fx_key)k);
		cert = fx_object(s, CKO_CERTIFICATE, (enum fx_key)k);
		len = sizeof(id);
		assert_int_equal(fx_attr(s, cert, CKA_ID, id, &len), CKR_OK);
		assert_memory_not_equal(id, zero, 20);
		expect(s, key, CKA_ID, id, 20);
		expect(s, pub, CKA_ID, id, 20);
		for (i = 0; i < sizeof(falses) / sizeof(falses[0]); i++)
			assert_false(fx_bool(s, key, falses[i]));
		assert_true(fx_bool(s, key, CKA_TOKEN));
		assert_true(fx_bool(s, key, CKA_SENSITIVE));
		assert_int_equal(fx_attr(s, key, CKA_VALUE, NULL, &len),
		    CKR_ATTRIBUTE_SENSITIVE);
		assert_false(fx_bool(s, pub, CKA_PRIVATE));
	}
	key = fx_object(s, CKO_PRIVATE_KEY, FX_RSA);
	pub = fx_object(s, CKO_PUBLIC_KEY, FX_RSA);
	info_of(FX_RSA, &info);
	expect(s, key, CKA_MODULUS, PART(FX_RSA, info, modulus));
	expect(s, key, CKA_PUBLIC_EXPONENT, PART(FX_RSA, info, exponent));
	assert_int_equal(info.modulus.len, 256);
	assert_int_equal(fx_ulong(s, key, CKA_KEY_TYPE), CKK_RSA);
	assert_int_equal(fx_ulong(s, pub, CKA_MODULUS_BITS), 2048);
	key = fx_object(s, CKO_PRIVATE_KEY, FX_EC);
	info_of(FX_EC, &info);
	expect(s, key, CKA_EC_PARAMS, PART(FX_EC, info, params));
	memcpy(point + 2, fx_cert(FX_EC)->data + info.point.off, 65);
	expect(s, key, CKA_EC_POINT, point, 67);
	assert_int_equal(fx_ulong(s, key, CKA_KEY_TYPE), CKK_EC);
	len = 0;
	assert_int_equal(fx_attr(s, key, CKA_MODULUS, NULL, &len),
	    CKR_ATTRIBUTE_TYPE_INVALID);
	key = fx_object(s, CKO_PRIVATE_KEY, FX_ED);
	expect(s, key, CKA_EC_PARAMS, ed_oid, sizeof(ed_oid));
	assert_int_equal(fx_ulong(s, key, CKA_KEY_TYPE), CKK_EC_EDWARDS);
	assert_int_equal(fx_ulong(s, fx_object(s, CKO_PRIVATE_KEY, FX_X),
	    CKA_KEY_TYPE), CKK_EC_MONTGOMERY);
}

static void
contract_48_49_ids_and_allowed_mechanisms(void **state)
{
	CK_SESSION_HANDLE s = SESSION(state);
	CK_OBJECT_HANDLE key = fx_object(s, CKO_PRIVATE_KEY, FX_RSA);
	CK_OBJECT_HANDLE all[64];
	struct ly_cert_info info;
	CK_MECHANISM_TYPE m[32];
	char unique[64][40];
	uint8_t sha1[20];
	CK_ULONG len = sizeof(m), i, k, n;

	info_of(FX_RSA, &info);
	assert_int_equal(ly_digest(LY_SHA1, PART(FX_RSA, info, modulus),
	    sha1), 0);
	expect(s, key, CKA_ID, sha1, 20);
	info_of(FX_EC, &info);
	assert_int_equal(ly_digest(LY_SHA1, PART(FX_EC, info, point), sha1),
	    0);
	expect(s, fx_object(s, CKO_CERTIFICATE, FX_EC), CKA_ID, sha1, 20);
	assert_int_equal(fx_attr(s, key, CKA_ALLOWED_MECHANISMS, m, &len),
	    CKR_OK);
	assert_int_equal(m[0], CKM_RSA_PKCS);
	assert_int_equal(m[1], CKM_RSA_PKCS_OAEP);
	/* An expired key is not allowed what only signs. */
	len = sizeof(m);
	assert_int_equal(fx_attr(s, fx_object(s, CKO_PRIVATE_KEY, FX_OLD),
	    CKA_ALLOWED_MECHANISMS, m, &len), CKR_OK);
	assert_int_equal(len, 2 * sizeof(m[0]));
	n = fx_find(s, NULL, 0, all, 64);
	for (i = 0; i < n; i++) {
		len = sizeof(unique[i]);
		memset(unique[i], 0, sizeof(unique[i]));
		assert_int_equal(fx_attr(s, all[i], CKA_UNIQUE_ID, unique[i],
		    &len), CKR_OK);
		for (k = 0; k < i; k++)
			assert_string_not_equal(unique[i], unique[k]);
	}
}

static void
contract_37_labels_fit_and_are_shared(void **state)
{
	CK_SESSION_HANDLE s = SESSION(state);
	uint8_t label[64];
	CK_ULONG len;
	int k;

	for (k = 0; k < FX_KEYS; k++) {
		len = sizeof(label);
		assert_int_equal(fx_attr(s, fx_object(s, CKO_CERTIFICATE,
		    (enum fx_key)k), CKA_LABEL, label, &len), CKR_OK);
		assert_in_range(len, 1, 64);
		expect(s, fx_object(s, CKO_PRIVATE_KEY, (enum fx_key)k),
		    CKA_LABEL, label, len);
		expect(s, fx_object(s, CKO_PUBLIC_KEY, (enum fx_key)k),
		    CKA_LABEL, label, len);
	}
}

static void
contract_34_token_objects_cannot_be_changed(void **state)
{
	CK_SESSION_HANDLE s = SESSION(state);
	CK_OBJECT_HANDLE key = fx_object(s, CKO_PRIVATE_KEY, FX_RSA), copy;
	CK_ATTRIBUTE t[] = { FX_A(CKA_TOKEN, no) };
	CK_ULONG size = 0;

	assert_int_equal(C_CopyObject(s, key, t, 1, &copy),
	    CKR_ACTION_PROHIBITED);
	assert_int_equal(C_SetAttributeValue(s, key, t, 1),
	    CKR_ACTION_PROHIBITED);
	assert_int_equal(C_DestroyObject(s, key), CKR_ACTION_PROHIBITED);
	assert_int_equal(C_GetObjectSize(s, key, &size), CKR_OK);
	assert_in_range(size, 300, 3000);
	assert_int_equal(C_GetObjectSize(s, fx_object(s, CKO_CERTIFICATE,
	    FX_RSA), &size), CKR_OK);
	assert_true(size > fx_cert(FX_RSA)->len);
}

static void
contract_7_searching_and_reading_open_no_driver(void **state)
{
	contract_12_15_38_certificates(state);
	contract_12_13_34_private_keys(state);
	assert_int_equal(fx_fake.opens, 0);
	assert_int_equal(fx_fake.runs, 0);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, up, down)
	const struct CMUnitTest tests[] = {
		T(contract_14_17_everything_is_listed),
		T(one_class_is_listed_as_among_all),
		T(contract_11_43_trap_8_profiles_as_nss_looks_for_them),
		T(contract_16_find_fills_up_and_init_replaces),
		T(contract_15_issuer_and_serial_der_and_raw),
		T(by_subject_label_id_and_value),
		T(contract_46_by_address_with_a_nul_and_in_capitals),
		T(contract_31_foreign_classes_and_attributes_are_nowhere),
		T(templates_that_cannot_be),
		T(trap_13_all_entries_of_a_template_count),
		T(contract_12_15_38_certificates),
		T(contract_12_13_34_private_keys),
		T(contract_48_49_ids_and_allowed_mechanisms),
		T(contract_37_labels_fit_and_are_shared),
		T(contract_34_token_objects_cannot_be_changed),
		T(contract_7_searching_and_reading_open_no_driver),
	};

	return FX_RUN(tests);
}
