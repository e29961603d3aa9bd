/*
 * Checks that a certificate was issued by a CA, and PEM armour; as cert.h
 * declares. The CA given is the only anchor: no trust store, no file.
 */
#include <string.h>

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "buf.h"
#include "cert.h"
#include "cert_int.h"
#include "crypto.h"
#include "err.h"
#include "secret.h"

#define PEM_LINE 48		/* bytes of DER on a line of 64 digits */
#define LABEL_MAX 40

static int
verify_result(X509_STORE_CTX *ctx)
{
	switch (X509_STORE_CTX_get_error(ctx)) {
	case X509_V_ERR_CERT_HAS_EXPIRED:
	case X509_V_ERR_CERT_NOT_YET_VALID:
		return LY_ERR_EXPIRED;
	default:
		return LY_ERR_AUTH;
	}
}

static int
verify(X509 *x, X509 *ca, int64_t now)
{
	X509_VERIFY_PARAM *param;
	X509_STORE_CTX *ctx = NULL;
	X509_STORE *store = NULL;
	int r = LY_ERR_CRYPTO;

	if ((store = X509_STORE_new()) == NULL ||
	    X509_STORE_add_cert(store, ca) != 1 ||
	    (ctx = X509_STORE_CTX_new_ex(ly_libctx(), NULL)) == NULL ||
	    X509_STORE_CTX_init(ctx, store, x, NULL) != 1)
		goto out;
	param = X509_STORE_CTX_get0_param(ctx);
	X509_VERIFY_PARAM_set_time(param, (time_t)now);
	if (X509_VERIFY_PARAM_set_flags(param,
	    X509_V_FLAG_PARTIAL_CHAIN) != 1)
		goto out;
	r = X509_verify_cert(ctx) == 1 ? 0 : verify_result(ctx);
out:
	X509_STORE_CTX_free(ctx);
	X509_STORE_free(store);
	return r;
}

int
ly_cert_verify(const uint8_t *der, size_t len, const uint8_t *ca,
    size_t ca_len, int64_t now)
{
	OSSL_LIB_CTX *before;
	X509 *x = NULL, *c = NULL;
	int r = LY_ERR_AUTH;

	if (len > LY_CERT_MAX || ca_len > LY_CERT_MAX)
		return LY_ERR_AUTH;
	before = ly_libctx_enter(NULL);
	if ((x = ly_x509_load(der, len)) == NULL ||
	    (c = ly_x509_load(ca, ca_len)) == NULL)
		goto out;
	/* A trusted leaf is no issuer, and trust in itself is not enough. */
	if (X509_check_ca(c) != 1 ||
	    X509_NAME_cmp(X509_get_issuer_name(x),
	    X509_get_subject_name(c)) != 0 ||
	    X509_verify(x, X509_get0_pubkey(c)) != 1)
		goto out;
	r = verify(x, c, now);
out:
	X509_free(x);
	X509_free(c);
	ly_libctx_leave(before);
	return r;
}

static void
put_mark(struct ly_buf *pem, const char *what, const char *label)
{
	(void)ly_buf_put(pem, "-----", 5);
	(void)ly_buf_put(pem, what, strlen(what));
	(void)ly_buf_put(pem, label, strlen(label));
	(void)ly_buf_put(pem, "-----\n", 6);
}

int
ly_pem_encode(const char *label, const uint8_t *der, size_t len,
    struct ly_buf *pem)
{
	size_t n;

	put_mark(pem, "BEGIN ", label);
	for (; len > 0; der += n, len -= n) {
		n = len < PEM_LINE ? len : PEM_LINE;
		(void)ly_b64_encode(der, n, pem);
		(void)ly_buf_put_u8(pem, '\n');
	}
	put_mark(pem, "END ", label);
	return pem->err;
}

/* Where a mark starts in the text, or NULL. */
static const char *
find_mark(const char *text, size_t len, const char *what, const char *label,
    size_t *marklen)
{
	char mark[LABEL_MAX + 16];
	size_t n = 0, i;

	if (strlen(label) > LABEL_MAX)
		return NULL;
	memcpy(mark, "-----", 5);
	n = 5;
	memcpy(mark + n, what, strlen(what));
	n += strlen(what);
	memcpy(mark + n, label, strlen(label));
	n += strlen(label);
	memcpy(mark + n, "-----", 5);
	n += 5;
	for (i = 0; i + n <= len; i++) {
		if (memcmp(text + i, mark, n) == 0 &&
		    (i == 0 || text[i - 1] == '\n')) {
			*marklen = n;
			return text + i;
		}
	}
	return NULL;
}

/* The base64 between the marks, without its white space. */
static int
decode_body(const char *p, size_t len, struct ly_buf *der)
{
	struct ly_buf text;
	size_t i;
	int r;

	ly_buf_init(&text, len + 1);
	for (i = 0; i < len; i++)
		if (strchr(" \t\r\n", p[i]) == NULL || p[i] == '\0')
			(void)ly_buf_put_u8(&text, (uint8_t)p[i]);
	if ((r = text.err) != 0)
		goto out;
	if (text.len == 0) {
		r = LY_ERR_FORMAT;
		goto out;
	}
	r = ly_b64_decode((const char *)text.data, text.len, der);
out:
	if (text.data != NULL)
		ly_wipe(text.data, text.len);	/* may be a key */
	ly_buf_clear(&text);
	return r;
}

int
ly_pem_decode(const char *label, const char *pem, size_t len,
    struct ly_buf *der)
{
	const char *begin, *end;
	size_t blen = 0, elen = 0;

	begin = find_mark(pem, len, "BEGIN ", label, &blen);
	if (begin == NULL)
		return LY_ERR_FORMAT;
	begin += blen;
	end = find_mark(begin, len - (size_t)(begin - pem), "END ", label,
	    &elen);
	if (end == NULL)
		return LY_ERR_FORMAT;
	return decode_body(begin, (size_t)(end - begin), der);
}
