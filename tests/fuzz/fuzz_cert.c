/*
 * Certificates, requests and PEM from outside. Places lie inside the
 * certificate, and texts end.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "cert.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(int ok)
{
	if (!ok)
		abort();
}

static void
check_span(struct ly_span s, size_t size)
{
	must(s.off <= size && s.len <= size - s.off);
}

static void
check_info(const struct ly_cert_info *c, size_t size)
{
	check_span(c->subject, size);
	check_span(c->issuer, size);
	check_span(c->serial, size);
	check_span(c->spki, size);
	check_span(c->modulus, size);
	check_span(c->exponent, size);
	check_span(c->point, size);
	check_span(c->params, size);
	must(memchr(c->email, '\0', sizeof(c->email)) != NULL);
	must(memchr(c->name, '\0', sizeof(c->name)) != NULL);
	must(strpbrk(c->email, "\n\r\x1b ") == NULL);
	must(strpbrk(c->name, "\n\r\x1b") == NULL);
	must(c->bits >= 255 && c->bits <= LY_RSA_MAX_BITS);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ly_cert_info info;
	struct ly_buf b;

	ly_buf_init(&b, LY_CERT_MAX);
	if (ly_cert_parse(data, size, &info) == 0) {
		check_info(&info, size);
		if (info.email[0] != '\0')
			must(ly_cert_has_email(data, size, info.email));
		(void)ly_cert_verify(data, size, data, size,
		    info.not_before);
	}
	(void)ly_csr_open(data, size, &b);
	(void)ly_pem_decode("CERTIFICATE", (const char *)data, size, &b);
	ly_buf_clear(&b);
	return 0;
}
