/* cert_issue.c: five profiles, requests, and what may not be asked for. */
#include "unit.h"

#include <openssl/x509v3.h>

#include "cert.h"
#include "keys.h"

static struct ly_pkey *ca, *key;
static struct ly_buf ca_der, spki;

static int
setup(void **state)
{
	(void)state;
	ca = make_p256();
	key = make_p256();
	make_cert(LY_CERT_CA, ca, NULL, "Test CA", ca, &ca_der);
	get_spki(key, &spki);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	ly_pkey_free(&ca);
	ly_pkey_free(&key);
	ly_buf_clear(&ca_der);
	ly_buf_clear(&spki);
	return 0;
}

static X509 *
to_x509(const struct ly_buf *der)
{
	const unsigned char *at = der->data;
	X509 *x = d2i_X509(NULL, &at, (long)der->len);

	must(x != NULL);
	return x;
}

/* The one extended usage in words of the standard, "" for none. */
static void
eku_text(X509 *x, char *text, int len)
{
	EXTENDED_KEY_USAGE *eku = X509_get_ext_d2i(x, NID_ext_key_usage,
	    NULL, NULL);

	text[0] = '\0';
	if (eku == NULL)
		return;
	assert_int_equal(sk_ASN1_OBJECT_num(eku), 1);
	(void)OBJ_obj2txt(text, len, sk_ASN1_OBJECT_value(eku, 0), 1);
	EXTENDED_KEY_USAGE_free(eku);
}

static void
test_profiles(void **state)
{
	static const struct {
		enum ly_cert_kind kind;
		uint32_t ku;
		const char *eku;
	} v[] = {
		{ LY_CERT_TLS_SERVER, KU_DIGITAL_SIGNATURE,
		    "1.3.6.1.5.5.7.3.1" },
		{ LY_CERT_DEVICE_AUTH, KU_DIGITAL_SIGNATURE,
		    "1.3.6.1.5.5.7.3.2" },
		{ LY_CERT_DEVICE_RECV, KU_KEY_AGREEMENT,
		    "2.25.321119210356699579861699178581069909220.4" },
		{ LY_CERT_SEALER, KU_DIGITAL_SIGNATURE,
		    "2.25.321119210356699579861699178581069909220.3" },
	};
	struct ly_cert_info info;
	struct ly_buf der;
	char text[100];
	size_t i;
	X509 *x;

	(void)state;
	for (i = 0; i < 4; i++) {
		make_cert(v[i].kind, ca, &ca_der, "host.example", key, &der);
		x = to_x509(&der);
		assert_int_equal(X509_get_version(x), X509_VERSION_3);
		assert_int_equal(X509_get_key_usage(x), v[i].ku);
		eku_text(x, text, sizeof(text));
		assert_string_equal(text, v[i].eku);
		assert_int_equal(X509_check_ca(x), 0);
		assert_non_null(X509_get0_subject_key_id(x));
		assert_non_null(X509_get0_authority_key_id(x));
		assert_int_equal(X509_get_ext_by_NID(x,
		    NID_subject_alt_name, -1) >= 0, i == 0);
		assert_int_equal(ly_cert_parse(der.data, der.len, &info), 0);
		assert_true(info.not_before <= ly_time() - 290);
		assert_int_equal(info.serial.len, 18);
		assert_string_equal(info.name, "host.example");
		assert_int_equal(ly_cert_verify(der.data, der.len,
		    ca_der.data, ca_der.len, ly_time()), 0);
		X509_free(x);
		ly_buf_clear(&der);
	}
}

static void
test_root(void **state)
{
	X509 *x = to_x509(&ca_der);
	struct ly_cert_info info;
	char text[100];

	(void)state;
	assert_int_equal(X509_check_ca(x), 1);
	assert_int_equal(X509_get_key_usage(x), KU_KEY_CERT_SIGN |
	    KU_CRL_SIGN);
	assert_int_equal(X509_get_pathlen(x), 0);
	eku_text(x, text, sizeof(text));
	assert_string_equal(text, "");
	assert_int_equal(ly_cert_parse(ca_der.data, ca_der.len, &info), 0);
	assert_int_equal(info.is_ca, 1);
	assert_int_equal(info.self_issued, 1);
	X509_free(x);
}

static void
test_serials_differ(void **state)
{
	struct ly_cert_info a, b;
	struct ly_buf one, two;

	(void)state;
	make_cert(LY_CERT_SEALER, ca, &ca_der, "s", key, &one);
	make_cert(LY_CERT_SEALER, ca, &ca_der, "s", key, &two);
	assert_int_equal(ly_cert_parse(one.data, one.len, &a), 0);
	assert_int_equal(ly_cert_parse(two.data, two.len, &b), 0);
	assert_memory_not_equal(one.data + a.serial.off,
	    two.data + b.serial.off, a.serial.len);
	ly_buf_clear(&one);
	ly_buf_clear(&two);
}

static void
test_host_names_and_addresses(void **state)
{
	static const char *const ips[] = { "127.0.0.1", "::1" };
	struct ly_buf der;
	X509 *x;
	size_t i;

	(void)state;
	for (i = 0; i < 2; i++) {
		make_cert(LY_CERT_TLS_SERVER, ca, &ca_der, ips[i], key, &der);
		x = to_x509(&der);
		assert_int_equal(X509_check_ip_asc(x, ips[i], 0), 1);
		assert_int_equal(X509_check_ip_asc(x, "10.0.0.1", 0), 0);
		X509_free(x);
		ly_buf_clear(&der);
	}
	make_cert(LY_CERT_TLS_SERVER, ca, &ca_der, "keys.example.com", key,
	    &der);
	x = to_x509(&der);
	assert_int_equal(X509_check_host(x, "keys.example.com", 0, 0, NULL),
	    1);
	assert_int_equal(X509_check_host(x, "example.com", 0, 0, NULL), 0);
	X509_free(x);
	ly_buf_clear(&der);
}

/* A name that is too long for a common name, cut between characters. */
static void
test_long_name(void **state)
{
	struct ly_cert_info info;
	struct ly_buf der;
	char name[200];
	int i;

	(void)state;
	name[0] = 'a';
	for (i = 1; i < 199; i += 2)
		memcpy(name + i, "\xc3\xa4", 3);
	make_cert(LY_CERT_DEVICE_AUTH, ca, &ca_der, name, key, &der);
	assert_int_equal(ly_cert_parse(der.data, der.len, &info), 0);
	assert_int_equal(strlen(info.name), 63);
	assert_memory_equal(info.name, name, 63);
	ly_buf_clear(&der);
}

static void
test_wrong_arguments(void **state)
{
	EVP_PKEY *rsa = make_rsa(2048);
	struct ly_pkey *other = evp_ly(rsa);
	struct ly_buf out, rsa_spki;
	const int64_t end = ly_time() + DAY;

	(void)state;
	ly_buf_init(&out, LY_CERT_MAX);
	get_spki(other, &rsa_spki);
	/* A root over a key that is not its own, or under another. */
	assert_int_equal(ly_cert_issue(LY_CERT_CA, ca, NULL, 0, "x",
	    spki.data, spki.len, end, &out), LY_ERR_ARG);
	assert_int_equal(ly_cert_issue(LY_CERT_CA, ca, ca_der.data,
	    ca_der.len, "x", spki.data, spki.len, end, &out), LY_ERR_ARG);
	assert_int_equal(ly_cert_issue(LY_CERT_SEALER, ca, NULL, 0, "x",
	    spki.data, spki.len, end, &out), LY_ERR_ARG);
	/* A CA key that is not the CA certificate's. */
	assert_int_equal(ly_cert_issue(LY_CERT_SEALER, key, ca_der.data,
	    ca_der.len, "x", spki.data, spki.len, end, &out), LY_ERR_ARG);
	assert_int_equal(ly_cert_issue(LY_CERT_SEALER, ca, ca_der.data,
	    ca_der.len, "", spki.data, spki.len, end, &out), LY_ERR_ARG);
	assert_int_equal(ly_cert_issue((enum ly_cert_kind)6, ca, ca_der.data,
	    ca_der.len, "x", spki.data, spki.len, end, &out), LY_ERR_ARG);
	assert_int_equal(ly_cert_issue(LY_CERT_SEALER, ca, ca_der.data,
	    ca_der.len - 1, "x", spki.data, spki.len, end, &out),
	    LY_ERR_FORMAT);
	assert_int_equal(ly_cert_issue(LY_CERT_SEALER, ca, ca_der.data,
	    ca_der.len, "x", spki.data, spki.len - 1, end, &out),
	    LY_ERR_FORMAT);
	assert_int_equal(ly_cert_issue(LY_CERT_DEVICE_RECV, ca, ca_der.data,
	    ca_der.len, "x", rsa_spki.data, rsa_spki.len, end, &out),
	    LY_ERR_UNSUPPORTED);
	assert_int_equal(out.len, 0);
	ly_buf_clear(&out);
	ly_buf_clear(&rsa_spki);
	ly_pkey_free(&other);
	EVP_PKEY_free(rsa);
}

static void
test_requests(void **state)
{
	struct ly_buf csr, got;
	size_t i;
	int r;

	(void)state;
	ly_buf_init(&csr, 4096);
	ly_buf_init(&got, 4096);
	assert_int_equal(ly_csr_make(key, "laptop", &csr), 0);
	assert_int_equal(ly_csr_open(csr.data, csr.len, &got), 0);
	assert_int_equal(got.len, spki.len);
	assert_memory_equal(got.data, spki.data, got.len);
	got.len = 0;
	for (i = 0; i < csr.len; i++) {
		csr.data[i] ^= 1;
		r = ly_csr_open(csr.data, csr.len, &got);
		assert_true(r == LY_ERR_FORMAT || r == LY_ERR_AUTH);
		csr.data[i] ^= 1;
		assert_int_equal(ly_csr_open(csr.data, i, &got),
		    LY_ERR_FORMAT);
	}
	csr.data[csr.len - 1] ^= 1;
	assert_int_equal(ly_csr_open(csr.data, csr.len, &got), LY_ERR_AUTH);
	csr.data[csr.len - 1] ^= 1;
	assert_int_equal(ly_buf_put_u8(&csr, 0), 0);
	assert_int_equal(ly_csr_open(csr.data, csr.len, &got),
	    LY_ERR_FORMAT);
	assert_int_equal(ly_csr_open(csr.data, 20000, &got), LY_ERR_FORMAT);
	assert_int_equal(got.len, 0);
	ly_buf_clear(&csr);
	ly_buf_clear(&got);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_profiles),
		cmocka_unit_test(test_root),
		cmocka_unit_test(test_serials_differ),
		cmocka_unit_test(test_host_names_and_addresses),
		cmocka_unit_test(test_long_name),
		cmocka_unit_test(test_wrong_arguments),
		cmocka_unit_test(test_requests),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
