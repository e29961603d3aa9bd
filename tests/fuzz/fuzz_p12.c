/* PKCS#12 files; the password is "secret". What opens is a proved pair. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "cert.h"
#include "err.h"
#include "p12.h"
#include "pkey.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_pair(const struct ly_p12 *p12)
{
	struct ly_cert_info info;
	struct ly_pkey *p = NULL;

	if (ly_cert_parse(p12->cert.data, p12->cert.len, &info) != 0 ||
	    ly_pkey_from_der(p12->pkcs8.data, p12->pkcs8.len, &p) != 0 ||
	    ly_pkey_prove(p, p12->cert.data + info.spki.off,
	    info.spki.len) != 0)
		abort();
	ly_pkey_free(&p);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ly_secret pass = LY_SECRET_INIT;
	struct ly_why why = { "" };
	struct ly_p12 p12;

	memset(&p12, 0, sizeof(p12));
	if (ly_secret_set(&pass, "secret", 6) != 0)
		return 0;
	if (ly_p12_open(data, size, &pass, &p12, &why) == 0)
		check_pair(&p12);
	ly_p12_clear(&p12);
	ly_secret_clear(&pass);
	return 0;
}
