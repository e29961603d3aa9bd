/*
 * Prints what the module really answers, in the form of the two tables of
 * doc/CONTRACT.md: a line for each mechanism, a line for each attribute.
 * tables.sh compares. Fails when the module has one that has no name here.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "fixture.h"

#include <stdio.h>

struct name {
	CK_ULONG value;
	const char *name;
};
#define N(x) { x, #x }

/* In the order of the page: what is there, and what is asked for in vain. */
static const struct name mechs[] = {
	N(CKM_RSA_PKCS), N(CKM_RSA_PKCS_OAEP), N(CKM_RSA_PKCS_PSS),
	N(CKM_ECDSA), N(CKM_EDDSA), N(CKM_ECDH1_DERIVE),
	N(CKM_ECDH1_COFACTOR_DERIVE), N(CKM_AES_KEY_WRAP),
	N(CKM_NSS_AES_KEY_WRAP), N(CKM_SHA1_RSA_PKCS),
	N(CKM_SHA224_RSA_PKCS), N(CKM_SHA256_RSA_PKCS),
	N(CKM_SHA384_RSA_PKCS), N(CKM_SHA512_RSA_PKCS),
	N(CKM_SHA1_RSA_PKCS_PSS), N(CKM_SHA224_RSA_PKCS_PSS),
	N(CKM_SHA256_RSA_PKCS_PSS), N(CKM_SHA384_RSA_PKCS_PSS),
	N(CKM_SHA512_RSA_PKCS_PSS), N(CKM_ECDSA_SHA1), N(CKM_ECDSA_SHA224),
	N(CKM_ECDSA_SHA256), N(CKM_ECDSA_SHA384), N(CKM_ECDSA_SHA512),
	N(CKM_SHA_1), N(CKM_SHA224), N(CKM_SHA256), N(CKM_SHA384),
	N(CKM_SHA512), N(CKM_RSA_X_509), N(CKM_AES_CBC), N(CKM_AES_GCM),
	N(CKM_DES3_CBC), N(CKM_AES_KEY_WRAP_PAD), N(CKM_MD5),
	N(CKM_MD5_RSA_PKCS), N(CKM_SHA256_HMAC),
	N(CKM_RSA_PKCS_KEY_PAIR_GEN), N(CKM_EC_KEY_PAIR_GEN),
	N(CKM_AES_KEY_GEN)
};

static const struct name attrs[] = {
	N(CKA_CLASS), N(CKA_TOKEN), N(CKA_PRIVATE), N(CKA_LABEL), N(CKA_ID),
	N(CKA_UNIQUE_ID), N(CKA_MODIFIABLE), N(CKA_COPYABLE),
	N(CKA_DESTROYABLE), N(CKA_CERTIFICATE_TYPE),
	N(CKA_CERTIFICATE_CATEGORY), N(CKA_TRUSTED), N(CKA_VALUE),
	N(CKA_SUBJECT), N(CKA_ISSUER), N(CKA_SERIAL_NUMBER),
	N(CKA_NSS_EMAIL), N(CKA_CHECK_VALUE), N(CKA_START_DATE),
	N(CKA_END_DATE), N(CKA_PUBLIC_KEY_INFO), N(CKA_KEY_TYPE),
	N(CKA_MODULUS), N(CKA_MODULUS_BITS), N(CKA_PUBLIC_EXPONENT),
	N(CKA_EC_PARAMS), N(CKA_EC_POINT), N(CKA_VALUE_LEN), N(CKA_SIGN),
	N(CKA_SIGN_RECOVER), N(CKA_DECRYPT), N(CKA_UNWRAP), N(CKA_DERIVE),
	N(CKA_VERIFY), N(CKA_VERIFY_RECOVER), N(CKA_ENCRYPT), N(CKA_WRAP),
	N(CKA_WRAP_WITH_TRUSTED), N(CKA_SENSITIVE), N(CKA_EXTRACTABLE),
	N(CKA_ALWAYS_SENSITIVE), N(CKA_NEVER_EXTRACTABLE), N(CKA_LOCAL),
	N(CKA_KEY_GEN_MECHANISM), N(CKA_ALWAYS_AUTHENTICATE),
	N(CKA_ALLOWED_MECHANISMS), N(CKA_PRIVATE_EXPONENT), N(CKA_PRIME_1),
	N(CKA_PRIME_2), N(CKA_EXPONENT_1), N(CKA_EXPONENT_2),
	N(CKA_COEFFICIENT), N(CKA_PROFILE_ID),
	N(CKA_HASH_OF_SUBJECT_PUBLIC_KEY), N(CKA_HASH_OF_ISSUER_PUBLIC_KEY)
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const CK_OBJECT_CLASS classes[] = { CKO_CERTIFICATE,
    CKO_PRIVATE_KEY, CKO_PUBLIC_KEY, CKO_SECRET_KEY, CKO_PROFILE };

#define CLASSES COUNT(classes)
#define SEEN_MAX 128
#define VENDOR 0xCE534350UL	/* NSS's numbers */

/* What has been seen of an attribute in the objects of a class. */
struct seen {
	unsigned absent, hidden, no, yes, value;
};

static struct seen seen[COUNT(attrs)][CLASSES];

static void
die(const char *what, CK_ULONG number)
{
	(void)fprintf(stderr, "tables: %s: %#lx\n", what, number);
	exit(1);
}

struct flag {
	CK_FLAGS flag;
	const char *word;
};

static const struct flag flags[] = {
	{ CKF_SIGN, "sign" }, { CKF_VERIFY, "verify" },
	{ CKF_DECRYPT, "decrypt" }, { CKF_UNWRAP, "unwrap" },
	{ CKF_ENCRYPT, "encrypt" }, { CKF_WRAP, "wrap" },
	{ CKF_DERIVE, "derive" }, { CKF_DIGEST, "digest" },
	{ CKF_GENERATE, "generate" },
	{ CKF_GENERATE_KEY_PAIR, "generate pair" }
};

static void
print_info(const CK_MECHANISM_INFO *info)
{
	const char *comma = "";
	size_t i;

	for (i = 0; i < COUNT(flags); i++) {
		if ((info->flags & flags[i].flag) == 0)
			continue;
		(void)printf("%s%s", comma, flags[i].word);
		comma = ", ";
	}
	if (info->ulMaxKeySize == 0)
		(void)printf(" | -");
	else
		(void)printf(" | %lu-%lu", info->ulMinKeySize,
		    info->ulMaxKeySize);
}

/* A parameter that the mechanism cannot object to, if it wants one. */
static CK_MECHANISM
with_parameter(CK_MECHANISM_TYPE type)
{
	static CK_RSA_PKCS_PSS_PARAMS pss = { 0, CKG_MGF1_SHA256, 20 };
	CK_MECHANISM m = { type, NULL, 0 };

	switch (type) {
	case CKM_SHA1_RSA_PKCS_PSS:
		pss.hashAlg = CKM_SHA_1;
		break;
	case CKM_SHA224_RSA_PKCS_PSS:
		pss.hashAlg = CKM_SHA224;
		break;
	case CKM_SHA256_RSA_PKCS_PSS:
		pss.hashAlg = CKM_SHA256;
		break;
	case CKM_SHA384_RSA_PKCS_PSS:
		pss.hashAlg = CKM_SHA384;
		break;
	case CKM_SHA512_RSA_PKCS_PSS:
		pss.hashAlg = CKM_SHA512;
		break;
	default:
		return m;
	}
	m.pParameter = &pss;
	m.ulParameterLen = sizeof(pss);
	return m;
}

/* Which operation takes a mechanism that is on no list. */
static const char *
accepted(CK_SESSION_HANDLE s, CK_MECHANISM_TYPE type)
{
	CK_MECHANISM m = with_parameter(type);
	CK_OBJECT_HANDLE k[] = { fx_object(s, CKO_PRIVATE_KEY, FX_RSA),
	    fx_object(s, CKO_PRIVATE_KEY, FX_EC) };
	const char *word = NULL;
	size_t i;

	for (i = 0; i < 2 && word == NULL; i++)
		if (C_SignInit(s, &m, k[i]) == CKR_OK)
			word = "sign, verify | -";
	if (word == NULL && C_DecryptInit(s, &m, k[0]) == CKR_OK)
		word = "decrypt | -";
	if (word == NULL && C_DigestInit(s, &m) == CKR_OK)
		word = "digest | -";
	(void)C_SessionCancel(s, CKF_SIGN | CKF_DECRYPT | CKF_DIGEST);
	return word;
}

static int
listed(const CK_MECHANISM_TYPE *list, CK_ULONG n, CK_MECHANISM_TYPE type)
{
	CK_ULONG i;

	for (i = 0; i < n; i++)
		if (list[i] == type)
			return 1;
	return 0;
}

static int
named(const struct name *names, size_t n, CK_ULONG value)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (names[i].value == value)
			return 1;
	return 0;
}

static void
print_mechanisms(CK_SESSION_HANDLE s)
{
	CK_MECHANISM_TYPE list[64];
	CK_MECHANISM_INFO info;
	CK_ULONG n = COUNT(list);
	const char *word;
	size_t i;

	if (C_GetMechanismList(0, list, &n) != CKR_OK)
		die("C_GetMechanismList", n);
	for (i = 0; i < n; i++)
		if (!named(mechs, COUNT(mechs), list[i]))
			die("a mechanism without a name here", list[i]);
	for (i = 0; i < COUNT(mechs); i++) {
		(void)printf("%s | ", mechs[i].name);
		if (C_GetMechanismInfo(0, mechs[i].value, &info) == CKR_OK) {
			(void)printf("%s | ", listed(list, n,
			    mechs[i].value) ? "listed" : "accepted");
			print_info(&info);
		} else if ((word = accepted(s, mechs[i].value)) != NULL) {
			(void)printf("accepted | %s", word);
		} else {
			(void)printf("no | - | -");
		}
		(void)printf("\n");
	}
}

static void
look(CK_SESSION_HANDLE s, CK_OBJECT_HANDLE o, CK_ATTRIBUTE_TYPE type,
    struct seen *to)
{
	uint8_t value[8192];
	CK_ULONG len = sizeof(value);
	CK_RV rv = fx_attr(s, o, type, value, &len);

	if (rv == CKR_ATTRIBUTE_SENSITIVE)
		to->hidden++;
	else if (rv == CKR_ATTRIBUTE_TYPE_INVALID)
		to->absent++;
	else if (rv != CKR_OK)
		die("C_GetAttributeValue", rv);
	else if (len == sizeof(CK_BBOOL) && value[0] <= 1)
		(*(value[0] ? &to->yes : &to->no))++;
	else
		to->value++;
}

/* No attribute that the table does not know. */
static void
look_for_others(CK_SESSION_HANDLE s, CK_OBJECT_HANDLE o)
{
	struct seen one;
	CK_ULONG i, type;

	for (i = 0; i < 0x800 + 0x40; i++) {
		type = i < 0x800 ? i : VENDOR + (i - 0x800);
		memset(&one, 0, sizeof(one));
		look(s, o, type, &one);
		if (!one.absent && !named(attrs, COUNT(attrs), type))
			die("an attribute without a name here", type);
	}
	if (!named(attrs, COUNT(attrs), CKA_ALLOWED_MECHANISMS))
		die("no name", CKA_ALLOWED_MECHANISMS);
}

static void
look_at_class(CK_SESSION_HANDLE s, size_t class)
{
	CK_OBJECT_CLASS value = classes[class];
	CK_ATTRIBUTE t[] = { FX_A(CKA_CLASS, value) };
	CK_OBJECT_HANDLE h[SEEN_MAX];
	CK_ULONG n = fx_find(s, t, 1, h, SEEN_MAX), i;
	size_t a;

	if (n == 0 || n > SEEN_MAX)
		die("objects of a class", n);
	for (i = 0; i < n; i++) {
		for (a = 0; a < COUNT(attrs); a++)
			look(s, h[i], attrs[a].value, &seen[a][class]);
		look_for_others(s, h[i]);
	}
}

/* Two keys in memory: nothing asked for, and everything. */
static void
make_secrets(CK_SESSION_HANDLE s)
{
	CK_OBJECT_CLASS class = CKO_SECRET_KEY;
	CK_KEY_TYPE type = CKK_AES;
	CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
	uint8_t value[16] = { 7 };
	CK_ATTRIBUTE t[] = { FX_A(CKA_CLASS, class), FX_A(CKA_KEY_TYPE, type),
	    FX_A(CKA_VALUE, value), FX_A(CKA_SENSITIVE, yes),
	    FX_A(CKA_EXTRACTABLE, no), FX_A(CKA_SIGN, yes),
	    FX_A(CKA_VERIFY, yes), FX_A(CKA_ENCRYPT, yes),
	    FX_A(CKA_DECRYPT, yes), FX_A(CKA_WRAP, yes),
	    FX_A(CKA_UNWRAP, yes), FX_A(CKA_DERIVE, yes),
	    FX_A(CKA_PRIVATE, yes) };
	CK_OBJECT_HANDLE h;

	if (C_CreateObject(s, t, 3, &h) != CKR_OK ||
	    C_CreateObject(s, t, COUNT(t), &h) != CKR_OK)
		die("C_CreateObject", 0);
}

/* One cell: true, false, hidden, "-" for absent, "*" for what differs. */
static const char *
cell(const struct seen *c)
{
	const unsigned all = c->absent + c->hidden + c->no + c->yes + c->value;

	if (c->absent == all)
		return "-";
	if (c->hidden == all)
		return "hidden";
	if (c->yes == all)
		return "true";
	return c->no == all ? "false" : "*";
}

static void
print_attributes(void)
{
	size_t a, c;

	for (a = 0; a < COUNT(attrs); a++) {
		(void)printf("%s", attrs[a].name);
		for (c = 0; c < CLASSES; c++)
			(void)printf(" | %s", cell(&seen[a][c]));
		(void)printf("\n");
	}
}

int
main(void)
{
	static const char *const pins[] = { NULL, FX_PIN };
	CK_SESSION_HANDLE s;
	size_t i, c;

	for (i = 0; i < 2; i++) {
		s = fx_token(pins[i]);
		make_secrets(s);
		if (i == 0)
			print_mechanisms(s);
		for (c = 0; c < CLASSES; c++)
			look_at_class(s, c);
		fx_down();
	}
	print_attributes();
	return 0;
}
