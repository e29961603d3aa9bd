/*
 * For the tests: seal a PKCS#8 key (DER file) to a certificate (DER file),
 * as a program that uploads a key does; the sealed key goes to standard
 * output.
 */
#include <stdio.h>

#include "buf.h"
#include "cert.h"
#include "err.h"
#include "file.h"
#include "pkey.h"
#include "seal.h"
#include "secret.h"

int
main(int argc, char **argv)
{
	struct ly_secret der = LY_SECRET_INIT;
	struct ly_buf cert, out;
	int r;

	ly_buf_init(&cert, LY_CERT_MAX);
	ly_buf_init(&out, LY_SEALED_MAX);
	if (argc != 3)
		return 2;
	if ((r = ly_file_read_secret(argv[1], LY_PKEY_DER_MAX, LY_FILE_ANY,
	    &der, NULL)) == 0 &&
	    (r = ly_file_read(argv[2], LY_CERT_MAX, LY_FILE_ANY, &cert,
	    NULL)) == 0 &&
	    (r = ly_seal(&der, cert.data, cert.len, &out)) == 0 &&
	    fwrite(out.data, 1, out.len, stdout) != out.len)
		r = LY_ERR_IO;
	if (r != 0)
		(void)fprintf(stderr, "sealer: %s\n", ly_strerror(r));
	ly_secret_clear(&der);
	ly_buf_clear(&cert);
	ly_buf_clear(&out);
	return r == 0 ? 0 : 1;
}
