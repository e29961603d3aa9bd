/* wire_ops.c: a batch, and which members belong to which scheme. */
#include "wire_test.h"

#include "wire.h"

#define ID "000102030405060708090a0b0c0d0e0f"
#define HEAD(ref, op, scheme) "{\"ref\":" ref ",\"key_id\":\"" ID \
	"\",\"op\":\"" op "\",\"scheme\":\"" scheme "\","
#define OAEP HEAD("4294967295", "decrypt", "rsa-oaep") \
	"\"hash\":\"sha256\",\"mgf\":\"sha1\",\"label\":\"bA==\"," \
	"\"data\":\"ZA==\"}"
#define OAEP_BARE HEAD("1", "decrypt", "rsa-oaep") \
	"\"hash\":\"sha256\",\"mgf\":\"sha256\",\"data\":\"ZA==\"}"
#define PKCS1 HEAD("2", "decrypt", "rsa-pkcs1") "\"data\":\"ZA==\"}"
#define PSS HEAD("3", "sign", "rsa-pss") \
	"\"hash\":\"sha384\",\"mgf\":\"sha384\",\"salt_len\":0," \
	"\"data\":\"ZA==\"}"
#define ECDSA HEAD("4", "sign", "ecdsa") "\"data\":\"ZA==\"}"
#define EDDSA HEAD("5", "sign", "eddsa") "\"data\":\"\"}"
#define ECDH HEAD("6", "derive", "ecdh") "\"data\":\"ZA==\"}"
#define ITEMS(list) "{\"items\":[" list "]}"
#define ALL ITEMS(OAEP "," OAEP_BARE "," PKCS1 "," PSS "," ECDSA "," EDDSA \
	"," ECDH)

static void
test_every_scheme_both_ways(void **state)
{
	struct ly_wire_ops m;
	struct ly_buf out;

	(void)state;
	ly_buf_init(&out, LY_WIRE_BODY_MAX);
	assert_int_equal(ly_wire_ops_decode(ALL, strlen(ALL), &m, NULL), 0);
	assert_int_equal(m.n, 7);
	assert_true(m.items[0].ref == UINT32_MAX);
	assert_int_equal(m.items[0].alg.op, LY_OP_DECRYPT);
	assert_int_equal(m.items[0].alg.scheme, LY_RSA_OAEP);
	assert_int_equal(m.items[0].alg.hash, LY_SHA256);
	assert_int_equal(m.items[0].alg.mgf, LY_SHA1);
	assert_int_equal(m.items[0].alg.label_len, 1);
	assert_int_equal(m.items[0].alg.label[0], 'l');
	assert_int_equal(m.items[1].alg.label_len, 0);
	assert_int_equal(m.items[3].alg.salt_len, 0);
	assert_int_equal(m.items[5].data.len, 0);
	assert_json(&m.items[6].data, "d");
	assert_int_equal(ly_wire_ops_encode(&m, &out), 0);
	assert_json(&out, ALL);
	ly_wire_ops_clear(&m);
	ly_buf_clear(&out);
}

static void
test_members_that_do_not_belong(void **state)
{
#define NO(json, err, needle) REFUSED(ly_wire_ops_decode, ly_wire_ops, \
	json, err, needle)
	(void)state;
	NO(ITEMS(HEAD("1", "decrypt", "rsa-pkcs1")
	    "\"hash\":\"sha256\",\"data\":\"ZA==\"}"), LY_ERR_FORMAT,
	    "\"hash\": not for this scheme");
	NO(ITEMS(HEAD("1", "sign", "ecdsa")
	    "\"salt_len\":0,\"data\":\"ZA==\"}"), LY_ERR_FORMAT,
	    "\"salt_len\": not for this scheme");
	NO(ITEMS(HEAD("1", "decrypt", "rsa-oaep") "\"hash\":\"sha256\","
	    "\"mgf\":\"sha256\",\"salt_len\":1,\"data\":\"ZA==\"}"),
	    LY_ERR_FORMAT, "\"salt_len\": not for this scheme");
	NO(ITEMS(HEAD("1", "sign", "rsa-pss") "\"hash\":\"sha256\","
	    "\"mgf\":\"sha256\",\"salt_len\":1,\"label\":\"bA==\","
	    "\"data\":\"ZA==\"}"), LY_ERR_FORMAT,
	    "\"label\": not for this scheme");
	NO(ITEMS(HEAD("1", "sign", "rsa-pss") "\"hash\":\"sha256\","
	    "\"mgf\":\"sha256\",\"data\":\"ZA==\"}"), LY_ERR_FORMAT,
	    "\"salt_len\": missing");
	NO(ITEMS(HEAD("1", "decrypt", "rsa-oaep")
	    "\"hash\":\"sha256\",\"data\":\"ZA==\"}"), LY_ERR_FORMAT,
	    "\"mgf\": missing");
	/* One spelling of the empty label, not two. */
	NO(ITEMS(HEAD("1", "decrypt", "rsa-oaep") "\"hash\":\"sha256\","
	    "\"mgf\":\"sha256\",\"label\":\"\",\"data\":\"ZA==\"}"),
	    LY_ERR_FORMAT, "\"label\": empty");
}

static void
test_what_we_do_not_perform(void **state)
{
	(void)state;
	NO(ITEMS(HEAD("1", "decrypt", "rsa-raw") "\"data\":\"ZA==\"}"),
	    LY_ERR_UNSUPPORTED, "\"scheme\"");
	NO(ITEMS(HEAD("1", "export", "rsa-pkcs1") "\"data\":\"ZA==\"}"),
	    LY_ERR_UNSUPPORTED, "\"op\"");
	NO(ITEMS(HEAD("1", "sign", "ecdh") "\"data\":\"ZA==\"}"),
	    LY_ERR_UNSUPPORTED, "not supported");
	NO(ITEMS(HEAD("1", "derive", "rsa-pkcs1") "\"data\":\"ZA==\"}"),
	    LY_ERR_UNSUPPORTED, "not supported");
	NO(ITEMS(HEAD("1", "decrypt", "rsa-oaep") "\"hash\":\"md5\","
	    "\"mgf\":\"sha256\",\"data\":\"ZA==\"}"), LY_ERR_UNSUPPORTED,
	    "\"hash\"");
}

static void
test_refusals(void **state)
{
	(void)state;
	NO("{\"items\":[]}", LY_ERR_FORMAT, "\"items\": empty");
	NO(ITEMS(PKCS1 "," PKCS1), LY_ERR_FORMAT, "\"ref\": value twice");
	NO(ITEMS(HEAD("4294967296", "sign", "ecdsa") "\"data\":\"\"}"),
	    LY_ERR_FORMAT, "\"ref\"");
	NO(ITEMS(HEAD("1", "sign", "ecdsa") "\"data\":\"\",\"pin\":1}"),
	    LY_ERR_FORMAT, "unknown member \"pin\"");
	NO(ITEMS(HEAD("1", "sign", "rsa-pss") "\"hash\":\"sha256\","
	    "\"mgf\":\"sha256\",\"salt_len\":1025,\"data\":\"\"}"),
	    LY_ERR_FORMAT, "\"salt_len\": out of range");
	NO("{\"items\":[" PKCS1 "],\"nonce\":1}", LY_ERR_FORMAT, "nonce");
}
#undef NO

static void
test_the_most_items(void **state)
{
	struct ly_buf json = buf_of("{\"items\":[");
	struct ly_wire_ops m;
	char one[256];
	size_t i;

	(void)state;
	for (i = 0; i <= LY_WIRE_OPS_MAX; i++) {
		(void)snprintf(one, sizeof(one), "{\"ref\":%u,\"key_id\":\""
		    ID "\",\"op\":\"sign\",\"scheme\":\"ecdsa\","
		    "\"data\":\"AA==\"}%s", (unsigned)i,
		    i == LY_WIRE_OPS_MAX ? "]}" : ",");
		assert_int_equal(ly_buf_put(&json, one, strlen(one)), 0);
	}
	assert_int_equal(ly_wire_ops_decode(json.data, json.len, &m, NULL),
	    LY_ERR_TOOBIG);
	ly_buf_clear(&json);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_scheme_both_ways),
		cmocka_unit_test(test_members_that_do_not_belong),
		cmocka_unit_test(test_what_we_do_not_perform),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_the_most_items),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
