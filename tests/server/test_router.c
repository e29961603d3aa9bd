/* The route table, and the policy that handlers ask. */
#include "unit.h"

#include "policy.h"
#include "router.h"

static void
test_routes(void **state)
{
	static const struct {
		const char *method, *path, *param, *allow;
		int found;
	} cases[] = {
		{ "GET", "/.well-known/lanyard", "", NULL, 1 },
		{ "POST", "/lanyard/1/enroll", "", NULL, 1 },
		{ "GET", "/lanyard/1/keys", "", NULL, 1 },
		{ "POST", "/lanyard/1/keys", "", NULL, 1 },
		{ "GET", "/lanyard/1/sealed/abc", "abc", NULL, 1 },
		{ "DELETE", "/lanyard/1/devices/0f", "0f", NULL, 1 },
		{ "GET", "/lanyard/1/sealed/", "", NULL, 0 },
		{ "GET", "/lanyard/1/sealed/a/b", "", NULL, 0 },
		{ "GET", "/lanyard/1/sealed", "", NULL, 0 },
		{ "GET", "/lanyard/1/keysx", "", NULL, 0 },
		{ "GET", "/lanyard/1/key", "", NULL, 0 },
		{ "GET", "", "", NULL, 0 },
		{ "PUT", "/lanyard/1/keys", "", "GET, POST", 0 },
		{ "get", "/lanyard/1/keys", "", "GET, POST", 0 },
		{ "GET", "/lanyard/1/ops", "", "POST", 0 },
		{ "POST", "/lanyard/1/devices/0f", "", "DELETE", 0 },
	};
	const struct ly_route *r;
	const char *param, *allow;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		r = ly_router_find(cases[i].method, cases[i].path, &param,
		    &allow);
		assert_int_equal(r != NULL, cases[i].found);
		assert_string_equal(param, cases[i].param);
		if (cases[i].allow == NULL)
			assert_null(allow);
		else
			assert_string_equal(allow, cases[i].allow);
	}
}

/* Only discovery and enrolment are for anyone; a body has its limit. */
static void
test_rights(void **state)
{
	const char *param, *allow;

	(void)state;
	assert_int_equal(ly_router_find("POST", "/lanyard/1/ops", &param,
	    &allow)->who, LY_WHO_DEVICE);
	assert_int_equal(ly_router_find("GET", "/lanyard/1/devices", &param,
	    &allow)->who, LY_WHO_DEVICE);
	assert_int_equal(ly_router_find("POST", "/lanyard/1/enroll", &param,
	    &allow)->who, LY_WHO_ANYONE);
	assert_int_equal(ly_router_find("POST", "/lanyard/1/enroll", &param,
	    &allow)->body_max, 65536);
	assert_int_equal(ly_router_find("GET", "/lanyard/1/keys", &param,
	    &allow)->body_max, 0);
}

static struct ly_row_key
key_of(enum ly_key_type type, unsigned bits)
{
	struct ly_row_key k;

	memset(&k, 0, sizeof(k));
	k.type = type;
	k.bits = bits;
	k.use = k.cert_use = LY_USE_ALL;
	k.state = LY_KEY_CURRENT;
	k.not_after = 1000;
	return k;
}

static int
ask(const struct ly_row_key *k, enum ly_op op, enum ly_scheme scheme,
    size_t len, int64_t now)
{
	struct ly_alg alg;

	memset(&alg, 0, sizeof(alg));
	alg.op = op;
	alg.scheme = scheme;
	if (scheme == LY_RSA_OAEP || scheme == LY_RSA_PSS)
		alg.hash = alg.mgf = LY_SHA256;
	return ly_policy_op(k, &alg, len, now);
}

static void
test_policy_state(void **state)
{
	struct ly_row_key k = key_of(LY_KEY_RSA, 2048);

	(void)state;
	assert_int_equal(ask(&k, LY_OP_SIGN, LY_RSA_PKCS1, 51, 1000), 0);
	/* A second after the end it signs no more, and reads for ever. */
	assert_int_equal(ask(&k, LY_OP_SIGN, LY_RSA_PKCS1, 51, 1001),
	    LY_ERR_DENIED);
	assert_int_equal(ask(&k, LY_OP_DECRYPT, LY_RSA_PKCS1, 256,
	    INT64_MAX), 0);
	k.state = LY_KEY_RETIRED;
	assert_int_equal(ask(&k, LY_OP_SIGN, LY_RSA_PSS, 32, 0),
	    LY_ERR_DENIED);
	k.state = LY_KEY_REVOKED;
	assert_int_equal(ask(&k, LY_OP_SIGN, LY_RSA_PSS, 32, 0),
	    LY_ERR_DENIED);
	assert_int_equal(ask(&k, LY_OP_DECRYPT, LY_RSA_OAEP, 256, 0), 0);
	/* Both the binding and the certificates must allow it. */
	k.state = LY_KEY_CURRENT;
	k.use = LY_USE_DECRYPT;
	assert_int_equal(ask(&k, LY_OP_SIGN, LY_RSA_PSS, 32, 0),
	    LY_ERR_DENIED);
	k.use = LY_USE_ALL;
	k.cert_use = LY_USE_SIGN;
	assert_int_equal(ask(&k, LY_OP_DECRYPT, LY_RSA_PKCS1, 256, 0),
	    LY_ERR_DENIED);
}

static void
test_policy_shape(void **state)
{
	struct ly_row_key rsa = key_of(LY_KEY_RSA, 2048);
	struct ly_row_key ec = key_of(LY_KEY_EC, 521);
	struct ly_row_key ed = key_of(LY_KEY_ED25519, 256);
	struct ly_row_key x = key_of(LY_KEY_X25519, 256);
	struct ly_alg alg;

	(void)state;
	assert_int_equal(ask(&rsa, LY_OP_DECRYPT, LY_RSA_PKCS1, 255, 0),
	    LY_ERR_FORMAT);
	assert_int_equal(ask(&rsa, LY_OP_SIGN, LY_RSA_PKCS1, 246, 0),
	    LY_ERR_FORMAT);
	assert_int_equal(ask(&rsa, LY_OP_SIGN, LY_RSA_PSS, 31, 0),
	    LY_ERR_FORMAT);
	assert_int_equal(ask(&rsa, LY_OP_SIGN, LY_ECDSA, 32, 0),
	    LY_ERR_UNSUPPORTED);
	assert_int_equal(ask(&rsa, LY_OP_DERIVE, LY_ECDH, 65, 0),
	    LY_ERR_UNSUPPORTED);
	assert_int_equal(ask(&rsa, LY_OP_DECRYPT, LY_RSA_PSS, 256, 0),
	    LY_ERR_UNSUPPORTED);
	assert_int_equal(ask(&ec, LY_OP_DERIVE, LY_ECDH, 133, 0), 0);
	assert_int_equal(ask(&ec, LY_OP_DERIVE, LY_ECDH, 65, 0),
	    LY_ERR_FORMAT);
	assert_int_equal(ask(&ec, LY_OP_SIGN, LY_ECDSA, 65, 0),
	    LY_ERR_FORMAT);
	assert_int_equal(ask(&ec, LY_OP_SIGN, LY_EDDSA, 32, 0),
	    LY_ERR_UNSUPPORTED);
	assert_int_equal(ask(&ed, LY_OP_SIGN, LY_EDDSA, 0, 0), 0);
	assert_int_equal(ask(&x, LY_OP_DERIVE, LY_ECDH, 32, 0), 0);
	memset(&alg, 0, sizeof(alg));
	alg.op = LY_OP_SIGN;
	assert_int_equal(ly_policy_out_max(&rsa, &alg), 256);
	assert_int_equal(ly_policy_out_max(&ec, &alg), 132);
	assert_int_equal(ly_policy_out_max(&ed, &alg), 64);
	alg.op = LY_OP_DERIVE;
	assert_int_equal(ly_policy_out_max(&ec, &alg), 66);
	assert_int_equal(ly_policy_delivery(LY_USE_SIGN), LY_REMOTE);
	assert_int_equal(ly_policy_delivery(LY_USE_SIGN | LY_USE_DERIVE),
	    LY_CACHED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_routes),
		cmocka_unit_test(test_rights),
		cmocka_unit_test(test_policy_state),
		cmocka_unit_test(test_policy_shape),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
