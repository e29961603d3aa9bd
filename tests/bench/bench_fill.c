/*
 * Give another module's token the objects of ours: each certificate, and for
 * each private key one with its CKA_ID. NSS checks the numbers of an RSA key,
 * which would have to be computed; so the other's private keys are of P-256,
 * smaller than the RSA keys that they stand for.
 *
 *	bench_fill OURS PARAMS MODULE PARAMS LABEL PIN
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "bench_client.h"

static struct bench_client from, to;
static CK_BBOOL yes = CK_TRUE, no = CK_FALSE;

#define ROOM 16
#define CKA_NSS_DB 0xd5a0db00

/*
 * Each object is a transaction of its own for the other module. What is made
 * here need not outlive a power failure: these stand in for the C library's.
 */
int
fsync(int fd)
{
	(void)fd;
	return 0;
}

int
fdatasync(int fd)
{
	(void)fd;
	return 0;
}

/* An attribute of ours, for the other token. */
static CK_ATTRIBUTE
copy(CK_OBJECT_HANDLE o, CK_ATTRIBUTE_TYPE type)
{
	CK_ATTRIBUTE a = { type, NULL, 0 };

	if ((a.pValue = bench_read(&from, o, type, &a.ulValueLen)) == NULL)
		bench_fail("an attribute is missing", type);
	return a;
}

static void
create(CK_ATTRIBUTE *t, CK_ULONG n, CK_ULONG first)
{
	CK_OBJECT_HANDLE h;
	CK_RV rv;

	if ((rv = to.f->C_CreateObject(to.session, t, n, &h)) != CKR_OK)
		bench_fail("C_CreateObject", rv);
	while (n > first)
		free(t[--n].pValue);
}

static void
certificate(CK_OBJECT_HANDLE o)
{
	CK_OBJECT_CLASS class = CKO_CERTIFICATE;
	CK_CERTIFICATE_TYPE x509 = CKC_X_509;
	CK_ATTRIBUTE t[ROOM] = {
		{ CKA_CLASS, &class, sizeof class },
		{ CKA_TOKEN, &yes, sizeof yes },
		{ CKA_PRIVATE, &no, sizeof no },
		{ CKA_CERTIFICATE_TYPE, &x509, sizeof x509 },
	};

	t[4] = copy(o, CKA_ID);
	t[5] = copy(o, CKA_LABEL);
	t[6] = copy(o, CKA_SUBJECT);
	t[7] = copy(o, CKA_ISSUER);
	t[8] = copy(o, CKA_SERIAL_NUMBER);
	t[9] = copy(o, CKA_VALUE);
	create(t, 10, 4);
}

/* private: what the module needs to show the key without a login. */
static void
private_key(CK_OBJECT_HANDLE o, CK_BBOOL private)
{
	static unsigned char p256[] = {
		0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07
	};
	CK_OBJECT_CLASS class = CKO_PRIVATE_KEY;
	CK_KEY_TYPE ec = CKK_EC;
	unsigned char d[32];
	CK_ATTRIBUTE t[ROOM] = {
		{ CKA_CLASS, &class, sizeof class },
		{ CKA_TOKEN, &yes, sizeof yes },
		{ CKA_PRIVATE, &private, sizeof private },
		{ CKA_SENSITIVE, &private, sizeof private },
		{ CKA_KEY_TYPE, &ec, sizeof ec },
		{ CKA_SIGN, &yes, sizeof yes },
		{ CKA_DERIVE, &yes, sizeof yes },
		{ CKA_EC_PARAMS, p256, sizeof p256 },
		{ CKA_VALUE, d, sizeof d },
	};

	if (getrandom(d, sizeof d, 0) != (ssize_t)sizeof d)
		bench_fail("getrandom", 0);
	d[0] &= 0x7f;
	t[9] = copy(o, CKA_ID);
	t[10] = copy(o, CKA_LABEL);
	t[11] = copy(o, CKA_SUBJECT);
	/* NSS keeps what finds the public key in an attribute of its own. */
	t[12] = copy(o, CKA_ID);
	t[12].type = CKA_NSS_DB;
	create(t, private == CK_TRUE ? 13 : 12, 9);
}

/* A session that may write, logged in when there is a PIN. */
static void
writable(const char *label, const char *pin)
{
	CK_SESSION_INFO info;
	CK_RV rv;

	bench_session(&to, label);
	if ((rv = to.f->C_GetSessionInfo(to.session, &info)) != CKR_OK)
		bench_fail("C_GetSessionInfo", rv);
	if ((rv = to.f->C_OpenSession(info.slotID, CKF_SERIAL_SESSION |
	    CKF_RW_SESSION, NULL, NULL, &to.session)) != CKR_OK)
		bench_fail("C_OpenSession", rv);
	if (*pin == '\0')
		return;
	if ((rv = to.f->C_Login(to.session, CKU_USER,
	    (CK_UTF8CHAR *)(size_t)pin, strlen(pin))) != CKR_OK)
		bench_fail("C_Login", rv);
}

int
main(int argc, char **argv)
{
	struct bench_list l;
	size_t i;

	if (argc != 7) {
		fprintf(stderr, "usage: bench_fill OURS PARAMS MODULE PARAMS "
		    "LABEL PIN\n");
		return 2;
	}
	bench_load_module(&from, argv[1], argv[2]);
	bench_session(&from, "");
	bench_load_module(&to, argv[3], argv[4]);
	writable(argv[5], argv[6]);
	bench_find_class(&from, CKO_CERTIFICATE, &l);
	for (i = 0; i < l.n; i++)
		certificate(l.h[i]);
	free(l.h);
	bench_find_class(&from, CKO_PRIVATE_KEY, &l);
	for (i = 0; i < l.n; i++)
		private_key(l.h[i], *argv[6] == '\0' ? CK_TRUE : CK_FALSE);
	free(l.h);
	return to.f->C_Finalize(NULL) != CKR_OK;
}
