/*
 * Private keys from outside: what parses is written anew, and parses again
 * to the same; what OpenSSL then takes has a public half that we parse.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "keyinfo.h"
#include "pkey.h"
#include "secret.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(int ok)
{
	if (!ok)
		abort();
}

static void
check_key(const struct ly_pkey *p)
{
	struct ly_reader in;
	struct ly_spki spki;
	struct ly_buf b;

	ly_buf_init(&b, LY_PKEY_DER_MAX);
	must(ly_pkey_spki(p, &b) == 0);
	ly_reader_init(&in, b.data, b.len);
	must(ly_spki_parse(&in, &spki) == 0);
	must(spki.type == ly_pkey_type(p));
	ly_buf_clear(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ly_secret a = LY_SECRET_INIT, b = LY_SECRET_INIT;
	struct ly_pkey *p = NULL;
	struct ly_reader in;
	struct ly_spki spki;
	struct ly_pki pki;

	ly_reader_init(&in, data, size);
	(void)ly_spki_parse(&in, &spki);
	if (ly_pki_parse(data, size, &pki) == 0) {
		must(ly_pki_write(&pki, &a) == 0);
		must(ly_pki_parse(a.data, a.len, &pki) == 0);
		must(ly_pki_write(&pki, &b) == 0);
		must(a.len == b.len && memcmp(a.data, b.data, a.len) == 0);
	}
	if (ly_pkey_from_der(data, size, &p) == 0)
		check_key(p);
	ly_pkey_free(&p);
	ly_secret_clear(&a);
	ly_secret_clear(&b);
	return 0;
}
