/* The front's TLS key and certificate; see tls.h. */
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <arpa/inet.h>
#include <string.h>

#include "buf.h"
#include "cert.h"
#include "compat.h"
#include "crypto.h"
#include "err.h"
#include "kh_client.h"
#include "pkey.h"
#include "secret.h"
#include "tls.h"

#define PEM_MAX 65536

static void
wipe_buf(struct ly_buf *b)
{
	if (b->data != NULL)
		ly_wipe(b->data, b->len);
	ly_buf_clear(b);
}

/* Have the certificate issued over key, and write it. */
static int
issue(struct ly_app *app, const struct ly_pkey *key, struct ly_why *why)
{
	struct ly_buf csr, cert, pem;
	char path[LY_PATH_MAX];
	int r;

	ly_buf_init(&csr, LY_CERT_MAX);
	ly_buf_init(&cert, LY_CERT_MAX);
	ly_buf_init(&pem, PEM_MAX);
	if ((r = ly_app_path(app, LY_F_TLS_CERT, path)) != 0 ||
	    (r = ly_csr_make(key, app->conf.name, &csr)) != 0 ||
	    (r = ly_kh_issue(app->kh, LY_CERT_TLS_SERVER, app->conf.name,
	    csr.data, csr.len, ly_time() + LY_TLS_LIFE_S, &cert)) != 0 ||
	    (r = ly_pem_encode("CERTIFICATE", cert.data, cert.len,
	    &pem)) != 0) {
		r = ly_fail(why, r, "cannot make the TLS certificate: %s",
		    ly_strerror(r));
		goto out;
	}
	r = ly_file_replace(path, pem.data, pem.len, 0600, why);
out:
	ly_buf_clear(&csr);
	ly_buf_clear(&cert);
	ly_buf_clear(&pem);
	return r;
}

/* GnuTLS reads no EC key that comes without its public part. */
static int
with_public(const struct ly_pkey *key)
{
	return EVP_PKEY_set_int_param(ly_pkey_evp(key),
	    OSSL_PKEY_PARAM_EC_INCLUDE_PUBLIC, 1) == 1 ? 0 : LY_ERR_CRYPTO;
}

int
ly_tls_make(struct ly_app *app, struct ly_why *why)
{
	struct ly_secret der = LY_SECRET_INIT;
	struct ly_pkey *key = NULL;
	char path[LY_PATH_MAX];
	struct ly_buf pem;
	int r;

	ly_buf_init(&pem, PEM_MAX);
	if ((r = ly_app_path(app, LY_F_TLS_KEY, path)) != 0 ||
	    (r = ly_pkey_generate_p256(&key)) != 0 ||
	    (r = with_public(key)) != 0 ||
	    (r = ly_pkey_to_der(key, &der)) != 0 ||
	    (r = ly_pem_encode("PRIVATE KEY", der.data, der.len,
	    &pem)) != 0) {
		r = ly_fail(why, r, "cannot make the TLS key: %s",
		    ly_strerror(r));
		goto out;
	}
	r = ly_file_replace(path, pem.data, pem.len, 0600, why);
	if (r == 0)
		r = issue(app, key, why);
out:
	ly_pkey_free(&key);
	ly_secret_clear(&der);
	wipe_buf(&pem);
	return r;
}

static int
read_pem(const struct ly_app *app, const char *name,
    enum ly_file_trust trust, struct ly_buf *b, struct ly_why *why)
{
	char path[LY_PATH_MAX];
	int r;

	ly_buf_init(b, PEM_MAX + 1);
	if ((r = ly_app_path(app, name, path)) != 0 ||
	    (r = ly_file_read(path, PEM_MAX, trust, b, why)) != 0)
		return r;
	return ly_buf_put_u8(b, 0);
}

int
ly_tls_read(struct ly_app *app, struct ly_buf *cert, struct ly_buf *key,
    struct ly_buf *ca, struct ly_why *why)
{
	const struct ly_buf *der = &app->service.ca.cert;
	int r;

	if ((r = read_pem(app, LY_F_TLS_CERT, LY_FILE_OWNED, cert,
	    why)) != 0 ||
	    (r = read_pem(app, LY_F_TLS_KEY, LY_FILE_PRIVATE, key,
	    why)) != 0)
		return r;
	/* The CA goes along: a client that knows none yet can show it. */
	cert->len--;
	ly_buf_init(ca, PEM_MAX);
	if ((r = ly_pem_encode("CERTIFICATE", der->data, der->len,
	    ca)) != 0 || (r = ly_buf_put(cert, ca->data, ca->len)) != 0 ||
	    (r = ly_buf_put_u8(cert, 0)) != 0)
		return r;
	return ly_buf_put_u8(ca, 0);
}

/* Whether the certificate in pem must be made anew. */
static int
is_stale(const struct ly_app *app, const struct ly_buf *pem)
{
	const char *name = app->conf.name;
	const unsigned char *p;
	struct ly_cert_info info;
	struct ly_buf der;
	X509 *x = NULL;
	int stale = 1;

	ly_buf_init(&der, LY_CERT_MAX);
	if (ly_pem_decode("CERTIFICATE", (const char *)pem->data,
	    pem->len - 1, &der) != 0 ||
	    ly_cert_parse(der.data, der.len, &info) != 0)
		goto out;
	p = der.data;
	if ((x = d2i_X509(NULL, &p, (long)der.len)) == NULL)
		goto out;
	stale = info.not_after - ly_time() < LY_TLS_RENEW_S ||
	    ly_cert_verify(der.data, der.len, app->service.ca.cert.data,
	    app->service.ca.cert.len, ly_time()) != 0 ||
	    (X509_check_host(x, name, 0, 0, NULL) != 1 &&
	    X509_check_ip_asc(x, name, 0) != 1);
out:
	X509_free(x);
	ly_buf_clear(&der);
	return stale;
}

int
ly_tls_renew(struct ly_app *app, int *renewed, struct ly_why *why)
{
	struct ly_pkey *key = NULL;
	struct ly_buf pem, der;
	int r;

	ly_buf_init(&der, LY_PKEY_DER_MAX);
	*renewed = 0;
	r = read_pem(app, LY_F_TLS_CERT, LY_FILE_OWNED, &pem, why);
	if (r == LY_ERR_NOTFOUND)
		r = 0;
	else if (r == 0 && !is_stale(app, &pem))
		goto out;
	ly_buf_clear(&pem);
	if (r != 0 || (r = read_pem(app, LY_F_TLS_KEY, LY_FILE_PRIVATE, &pem,
	    why)) != 0)
		goto out;
	r = ly_pem_decode("PRIVATE KEY", (const char *)pem.data, pem.len - 1,
	    &der);
	if (r == 0)
		r = ly_pkey_from_der(der.data, der.len, &key);
	if (r != 0)
		r = ly_fail(why, r, "%s/" LY_F_TLS_KEY ": damaged: restore "
		    "it from your backup", app->dir);
	else
		r = issue(app, key, why);
	*renewed = r == 0;
out:
	ly_pkey_free(&key);
	wipe_buf(&pem);
	wipe_buf(&der);
	return r;
}

int
ly_tls_fingerprint(const struct ly_app *app,
    char text[2 * LY_SHA256_LEN + 1])
{
	const struct ly_buf *ca = &app->service.ca.cert;
	uint8_t digest[LY_SHA256_LEN];
	int r;

	if ((r = ly_digest(LY_SHA256, ca->data, ca->len, digest)) == 0)
		ly_hex(digest, sizeof(digest), text);
	return r;
}
