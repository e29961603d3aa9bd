/*
 * doctor, in the child: what NSS, libp11, GnuTLS, Java and OpenSSH look for
 * on a token, in their order and with their templates. No private-key
 * operation here.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "doctor_replay_impl.h"

#define CKO_PROFILE_30 9UL		/* PKCS#11 v3.0 */
#define CKO_TRUST_32 0xbUL		/* v3.2 */
#define CKO_NSS_TRUST_VALUE 0xce534353UL	/* NSS: pkcs11n.h */
#define CKO_NSS_BUILTIN_ROOTS 0xce534354UL
#define CKK_EC_EDWARDS_30 0x40UL	/* v3.0 */
#define CKK_EC_MONTGOMERY_30 0x41UL

#define ID_MAX 64

typedef int on_object(struct ly_replay *r, CK_SESSION_HANDLE session,
    CK_OBJECT_HANDLE object);

/* Do something with each object of a class on every token, and count. */
static int
each(struct ly_replay *r, CK_OBJECT_CLASS class, CK_ULONG batch,
    const char *count, on_object *fn)
{
	static CK_OBJECT_HANDLE all[LY_REPLAY_OBJECTS];
	CK_BBOOL yes = CK_TRUE;
	CK_ATTRIBUTE t[2] = {
		{ CKA_CLASS, &class, sizeof(class) },
		{ CKA_TOKEN, &yes, sizeof(yes) },
	};
	CK_ULONG i, k, n, sum = 0;

	for (i = 0; i < r->ntokens; i++) {
		if (ly_replay_find(r, r->tokens[i].session, t, 2, batch,
		    &n) != 0)
			return -1;
		sum += n;
		if (n > LY_REPLAY_OBJECTS)
			n = LY_REPLAY_OBJECTS;
		memcpy(all, r->found, n * sizeof(all[0]));
		for (k = 0; fn != NULL && k < n; k++)
			if (fn(r, r->tokens[i].session, all[k]) != 0)
				return -1;
	}
	if (count != NULL)
		ly_replay_say(r, "count", "%s %lu", count, sum);
	return 0;
}

/* Read each of n attributes. */
static int
get_all(struct ly_replay *r, CK_SESSION_HANDLE session,
    CK_OBJECT_HANDLE object, const CK_ATTRIBUTE_TYPE *types, size_t n)
{
	CK_ULONG len;
	size_t i;

	for (i = 0; i < n; i++)
		if (ly_replay_get(r, session, object, types[i], r->value,
		    sizeof(r->value), &len) != 0)
			return -1;
	return 0;
}

#define GET_ALL(r, session, object, types) \
	get_all(r, session, object, types, sizeof(types) / sizeof(types[0]))

/* Classes that we do not have, as NSS asks every token for them. */
static int
nss_foreign(struct ly_replay *r)
{
	if (each(r, CKO_PROFILE_30, 16, NULL, NULL) != 0 ||
	    each(r, CKO_NSS_BUILTIN_ROOTS, 16, NULL, NULL) != 0 ||
	    each(r, CKO_TRUST_32, 16, NULL, NULL) != 0)
		return -1;
	return each(r, CKO_NSS_TRUST_VALUE, 16, NULL, NULL);
}

static int
nss_certificate(struct ly_replay *r, CK_SESSION_HANDLE session,
    CK_OBJECT_HANDLE object)
{
	static const CK_ATTRIBUTE_TYPE types[] = {
		CKA_TOKEN, CKA_LABEL, CKA_CERTIFICATE_TYPE, CKA_ID,
		CKA_VALUE, CKA_ISSUER, CKA_SERIAL_NUMBER, CKA_SUBJECT
	};

	return GET_ALL(r, session, object, types);
}

static int
nss_certificates(struct ly_replay *r)
{
	return each(r, CKO_CERTIFICATE, 16, "certificates", nss_certificate);
}

/* The recipient of a mail: issuer and serial, then the key by CKA_ID. */
static int
nss_recipient(struct ly_replay *r, CK_SESSION_HANDLE session,
    CK_OBJECT_HANDLE object)
{
	CK_OBJECT_CLASS class = CKO_CERTIFICATE, private = CKO_PRIVATE_KEY;
	CK_BYTE issuer[4096], serial[256], id[ID_MAX];
	CK_BBOOL yes = CK_TRUE;
	CK_ATTRIBUTE t[4] = {
		{ CKA_TOKEN, &yes, sizeof(yes) },
		{ CKA_CLASS, &class, sizeof(class) },
		{ CKA_ISSUER, issuer, 0 }, { CKA_SERIAL_NUMBER, serial, 0 },
	};
	CK_ATTRIBUTE k[2] = {
		{ CKA_ID, id, 0 }, { CKA_CLASS, &private, sizeof(private) },
	};
	CK_ULONG n;

	if (ly_replay_get(r, session, object, CKA_ISSUER, issuer,
	    sizeof(issuer), &t[2].ulValueLen) != 0 ||
	    ly_replay_get(r, session, object, CKA_SERIAL_NUMBER, serial,
	    sizeof(serial), &t[3].ulValueLen) != 0 ||
	    ly_replay_get(r, session, object, CKA_ID, id, sizeof(id),
	    &k[0].ulValueLen) != 0 ||
	    ly_replay_find(r, session, t, 4, 1, &n) != 0)
		return -1;
	if (n == 0) {
		ly_replay_say(r, "bad", "a certificate is listed, and not "
		    "found by issuer and serial number: run \"lanyard "
		    "sync\"");
		return -1;
	}
	return ly_replay_find(r, session, k, 2, 1, &n);
}

static int
nss_recipients(struct ly_replay *r)
{
	return each(r, CKO_CERTIFICATE, 16, NULL, nss_recipient);
}

static int
nss_keys(struct ly_replay *r)
{
	if (each(r, CKO_PUBLIC_KEY, 16, "public", NULL) != 0)
		return -1;
	return each(r, CKO_PRIVATE_KEY, 16, "private", NULL);
}

static int
key_type(struct ly_replay *r, CK_SESSION_HANDLE session,
    CK_OBJECT_HANDLE object, CK_KEY_TYPE *type)
{
	CK_ULONG len = 0;

	if (ly_replay_get(r, session, object, CKA_KEY_TYPE, type,
	    sizeof(*type), &len) != 0)
		return -1;
	return len == sizeof(*type) ? 0 :
	    ly_replay_failed(r, "CKA_KEY_TYPE", CKR_GENERAL_ERROR);
}

/* A key as libp11 reads it; EC keys need their point from somewhere. */
static int
libp11_key(struct ly_replay *r, CK_SESSION_HANDLE session,
    CK_OBJECT_HANDLE object)
{
	static const CK_ATTRIBUTE_TYPE any[] = {
		CKA_CLASS, CKA_ID, CKA_LABEL
	};
	static const CK_ATTRIBUTE_TYPE rsa[] = {
		CKA_MODULUS, CKA_PUBLIC_EXPONENT
	};
	static const CK_ATTRIBUTE_TYPE ec[] = { CKA_EC_PARAMS, CKA_EC_POINT };
	CK_KEY_TYPE type = 0;

	if (key_type(r, session, object, &type) != 0 ||
	    GET_ALL(r, session, object, any) != 0)
		return -1;
	if (type == CKK_RSA)
		return GET_ALL(r, session, object, rsa);
	if (type == CKK_EC)
		return GET_ALL(r, session, object, ec);
	if (type == CKK_EC_EDWARDS_30 || type == CKK_EC_MONTGOMERY_30)
		ly_replay_say(r, "count", "strange 1");
	return 0;
}

static int
libp11_keys(struct ly_replay *r)
{
	if (each(r, CKO_PUBLIC_KEY, 1, "public", libp11_key) != 0)
		return -1;
	return each(r, CKO_PRIVATE_KEY, 1, "private", libp11_key);
}

static int
value_and_label(struct ly_replay *r, CK_SESSION_HANDLE session,
    CK_OBJECT_HANDLE object)
{
	static const CK_ATTRIBUTE_TYPE types[] = {
		CKA_LABEL, CKA_ID, CKA_SUBJECT, CKA_VALUE
	};

	return GET_ALL(r, session, object, types);
}

static int
libp11_certificates(struct ly_replay *r)
{
	return each(r, CKO_CERTIFICATE, 1, "certificates", value_and_label);
}

/* GnuTLS looks for the token, and logs in, again for each operation. */
static int
gnutls_again(struct ly_replay *r)
{
	CK_SLOT_ID slots[48];	/* its limit */
	CK_ULONG n = 48, i;
	CK_RV rv;

	if ((rv = r->f->C_GetSlotList(CK_TRUE, slots, &n)) != CKR_OK)
		return ly_replay_failed(r, "C_GetSlotList", rv);
	for (i = 0; i < r->ntokens && r->pin != NULL; i++) {
		if (strcmp(r->tokens[i].serial, r->serial) != 0 ||
		    (r->tokens[i].flags & CKF_LOGIN_REQUIRED) == 0)
			continue;
		rv = r->f->C_Login(r->tokens[i].session, CKU_USER, NULL, 0);
		if (rv != CKR_USER_ALREADY_LOGGED_IN)
			return ly_replay_failed(r, "a second C_Login", rv);
	}
	return 0;
}

static int
gnutls_list(struct ly_replay *r)
{
	if (each(r, CKO_CERTIFICATE, 32, "certificates",
	    value_and_label) != 0 ||
	    each(r, CKO_PUBLIC_KEY, 32, "public", NULL) != 0)
		return -1;
	return each(r, CKO_PRIVATE_KEY, 32, "private", NULL);
}

/* Java's KeyStore refuses a token on which two private keys share an id. */
static CK_BYTE ids[LY_REPLAY_OBJECTS][ID_MAX + 1];
static size_t nids;

static int
java_key(struct ly_replay *r, CK_SESSION_HANDLE session,
    CK_OBJECT_HANDLE object)
{
	static const CK_ATTRIBUTE_TYPE types[] = {
		CKA_TOKEN, CKA_SENSITIVE, CKA_EXTRACTABLE, CKA_LABEL
	};
	CK_ULONG len = 0;
	size_t i;

	if (GET_ALL(r, session, object, types) != 0 ||
	    nids == LY_REPLAY_OBJECTS)
		return -1;
	if (ly_replay_get(r, session, object, CKA_ID, ids[nids] + 1, ID_MAX,
	    &len) != 0)
		return -1;
	ids[nids][0] = (CK_BYTE)len;
	for (i = 0; i < nids; i++)
		if (memcmp(ids[i], ids[nids], len + 1) == 0) {
			ly_replay_say(r, "bad", "two private keys have one "
			    "CKA_ID, which Java refuses: run \"lanyard "
			    "sync\"");
			return -1;
		}
	nids++;
	return 0;
}

static int
java_keystore(struct ly_replay *r)
{
	nids = 0;
	if (each(r, CKO_PRIVATE_KEY, 32, "private", java_key) != 0 ||
	    each(r, CKO_CERTIFICATE, 32, "certificates",
	    value_and_label) != 0 ||
	    each(r, CKO_PUBLIC_KEY, 32, "public", NULL) != 0)
		return -1;
	return each(r, CKO_SECRET_KEY, 32, NULL, NULL);
}

/* ssh gives up on a token with a label longer than its buffer. */
static int
ssh_key(struct ly_replay *r, CK_SESSION_HANDLE session,
    CK_OBJECT_HANDLE object)
{
	CK_BYTE label[255];
	CK_KEY_TYPE type = 0;
	CK_ULONG len;

	if (key_type(r, session, object, &type) != 0)
		return -1;
	return ly_replay_get(r, session, object, CKA_LABEL, label,
	    sizeof(label), &len);
}

static int
ssh_identities(struct ly_replay *r)
{
	if (each(r, CKO_PUBLIC_KEY, 1, "public", ssh_key) != 0)
		return -1;
	return each(r, CKO_CERTIFICATE, 1, "certificates", value_and_label);
}

#define BEGIN { "load", ly_replay_load }, { "start", ly_replay_initialize }, \
	{ "slots", ly_replay_slots }, { "sessions", ly_replay_sessions }
#define LOGIN { "login", ly_replay_login }
#define END { "end", ly_replay_finalize }, { NULL, NULL }

static const struct ly_replay_client clients[] = {
	{ "nss", "NSS (Thunderbird, Evolution)", LY_INIT_CALLBACKS, 1, 0,
	    { BEGIN, { "foreign", nss_foreign },
	    { "certificates", nss_certificates }, LOGIN,
	    { "recipients", nss_recipients }, { "keys", nss_keys }, END } },
	{ "libp11", "OpenSSL (libp11)", LY_INIT_OS, 0, 0,
	    { BEGIN, LOGIN, { "keys", libp11_keys },
	    { "certificates", libp11_certificates }, END } },
	{ "gnutls", "GnuTLS", LY_INIT_NO_THREADS, 0, 0,
	    { BEGIN, LOGIN, { "again", gnutls_again },
	    { "list", gnutls_list }, END } },
	{ "java", "Java", LY_INIT_OS, 1, 0,
	    { BEGIN, LOGIN, { "keystore", java_keystore }, END } },
	{ "openssh", "OpenSSH", LY_INIT_NULL, 0, 1,
	    { BEGIN, LOGIN, { "identities", ssh_identities }, END } },
};

const struct ly_replay_client *
ly_replay_client(size_t i)
{
	return i < sizeof(clients) / sizeof(clients[0]) ? &clients[i] : NULL;
}

const struct ly_replay_client *
ly_replay_keys(void)
{
	static const struct ly_replay_client keys = { "keys", "Keys",
	    LY_INIT_OS, 0, 0, { BEGIN, LOGIN,
	    { "operations", ly_replay_operations }, END } };

	return &keys;
}
