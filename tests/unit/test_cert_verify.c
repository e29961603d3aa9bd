/* cert_verify.c: one CA is trusted and nothing else; PEM there and back. */
#include "unit.h"

#include <openssl/pem.h>

#include "cert.h"
#include "keys.h"

static void
test_verify(void **state)
{
	struct ly_pkey *ca = make_p256(), *ca2 = make_p256(),
	    *key = make_p256();
	struct ly_buf root, root2, same_name, leaf, below;
	const int64_t now = ly_time(), late = now + 4000 * (int64_t)DAY;
	size_t i;
	int r;

	(void)state;
	make_cert(LY_CERT_CA, ca, NULL, "CA", ca, &root);
	make_cert(LY_CERT_CA, ca2, NULL, "Other", ca2, &root2);
	make_cert(LY_CERT_CA, ca2, NULL, "CA", ca2, &same_name);
	make_cert(LY_CERT_DEVICE_AUTH, ca, &root, "dev", key, &leaf);
	assert_int_equal(ly_cert_verify(leaf.data, leaf.len, root.data,
	    root.len, now), 0);
	assert_int_equal(ly_cert_verify(leaf.data, leaf.len, root2.data,
	    root2.len, now), LY_ERR_AUTH);
	assert_int_equal(ly_cert_verify(leaf.data, leaf.len, same_name.data,
	    same_name.len, now), LY_ERR_AUTH);
	assert_int_equal(ly_cert_verify(leaf.data, leaf.len, root.data,
	    root.len, late), LY_ERR_EXPIRED);
	assert_int_equal(ly_cert_verify(leaf.data, leaf.len, root.data,
	    root.len, now - DAY), LY_ERR_EXPIRED);
	assert_int_equal(ly_cert_verify(leaf.data, leaf.len, leaf.data,
	    leaf.len, now), LY_ERR_AUTH);
	assert_int_equal(ly_cert_verify(leaf.data, leaf.len - 1, root.data,
	    root.len, now), LY_ERR_AUTH);
	assert_int_equal(ly_cert_verify(leaf.data, leaf.len, root.data,
	    root.len - 1, now), LY_ERR_AUTH);
	/* A leaf that issues is no CA. */
	make_cert(LY_CERT_DEVICE_AUTH, key, &leaf, "below", ca2, &below);
	assert_int_equal(ly_cert_verify(below.data, below.len, leaf.data,
	    leaf.len, now), LY_ERR_AUTH);
	for (i = 0; i < leaf.len; i += 3) {
		leaf.data[i] ^= 4;
		r = ly_cert_verify(leaf.data, leaf.len, root.data, root.len,
		    now);
		assert_int_equal(r, LY_ERR_AUTH);
		leaf.data[i] ^= 4;
	}
	ly_buf_clear(&root);
	ly_buf_clear(&root2);
	ly_buf_clear(&same_name);
	ly_buf_clear(&leaf);
	ly_buf_clear(&below);
	ly_pkey_free(&ca);
	ly_pkey_free(&ca2);
	ly_pkey_free(&key);
}

/* A CA that has ended ends what it issued. */
static void
test_expired_ca(void **state)
{
	struct ly_pkey *ca = make_p256(), *key = make_p256();
	struct ly_buf root, leaf, spki;
	const int64_t now = ly_time();

	(void)state;
	get_spki(ca, &spki);
	ly_buf_init(&root, LY_CERT_MAX);
	must(ly_cert_issue(LY_CERT_CA, ca, NULL, 0, "CA", spki.data,
	    spki.len, now + 100, &root) == 0);
	make_cert(LY_CERT_DEVICE_AUTH, ca, &root, "dev", key, &leaf);
	assert_int_equal(ly_cert_verify(leaf.data, leaf.len, root.data,
	    root.len, now + 50), 0);
	assert_int_equal(ly_cert_verify(leaf.data, leaf.len, root.data,
	    root.len, now + 150), LY_ERR_EXPIRED);
	ly_buf_clear(&root);
	ly_buf_clear(&leaf);
	ly_buf_clear(&spki);
	ly_pkey_free(&ca);
	ly_pkey_free(&key);
}

static void
test_pem(void **state)
{
	struct ly_pkey *ca = make_p256();
	struct ly_buf root, pem, der;
	char *text = NULL;
	X509 *x = NULL;
	BIO *b;
	size_t n;

	(void)state;
	make_cert(LY_CERT_CA, ca, NULL, "CA", ca, &root);
	ly_buf_init(&pem, 100000);
	ly_buf_init(&der, 100000);
	assert_int_equal(ly_pem_encode("CERTIFICATE", root.data, root.len,
	    &pem), 0);
	assert_int_equal(ly_pem_decode("CERTIFICATE", (char *)pem.data,
	    pem.len, &der), 0);
	assert_int_equal(der.len, root.len);
	assert_memory_equal(der.data, root.data, der.len);
	/* As OpenSSL writes it, byte for byte, and with text around. */
	b = BIO_new(BIO_s_mem());
	must(BIO_puts(b, "subject=CN = CA\r\n") > 0);
	x = d2i_X509(NULL, (const unsigned char *[]){ root.data },
	    (long)root.len);
	must(PEM_write_bio_X509(b, x) == 1);
	must(BIO_puts(b, "trailer\n") > 0);
	n = (size_t)BIO_get_mem_data(b, &text);
	assert_int_equal(n, pem.len + 17 + 8);
	assert_memory_equal(text + 17, pem.data, pem.len);
	der.len = 0;
	assert_int_equal(ly_pem_decode("CERTIFICATE", text, n, &der), 0);
	assert_int_equal(der.len, root.len);
	assert_int_equal(ly_pem_decode("PRIVATE KEY", text, n, &der),
	    LY_ERR_FORMAT);
	for (n = 0; n < pem.len - 2; n += 5)
		assert_int_equal(ly_pem_decode("CERTIFICATE",
		    (char *)pem.data, n, &der), LY_ERR_FORMAT);
	pem.data[60] = '*';
	assert_int_equal(ly_pem_decode("CERTIFICATE", (char *)pem.data,
	    pem.len, &der), LY_ERR_FORMAT);
	pem.data[60] = '\0';
	assert_int_equal(ly_pem_decode("CERTIFICATE", (char *)pem.data,
	    pem.len, &der), LY_ERR_FORMAT);
	assert_int_equal(der.len, root.len);
	BIO_free(b);
	X509_free(x);
	ly_buf_clear(&root);
	ly_buf_clear(&pem);
	ly_buf_clear(&der);
	ly_pkey_free(&ca);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_verify),
		cmocka_unit_test(test_expired_ca),
		cmocka_unit_test(test_pem),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
