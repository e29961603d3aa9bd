/* wire.c: discovery, enrolment and problems; what each of them refuses. */
#include "wire_test.h"

#include "wire.h"

#define DISCOVERY "{\"issuer\":\"https://keys.example:8443\"," \
	"\"api\":\"/lanyard/1\",\"ca\":\"Y2E=\",\"import_cert\":\"aW1wb3J0\"}"
#define ENROLL "{\"address\":\"alice@example.com\",\"code\":\"SECRET-CODE\"," \
	"\"name\":\"desk \\\"1\\\"\",\"platform\":\"\"," \
	"\"auth_csr\":\"YQ==\",\"recv_csr\":\"cg==\"}"
#define ENROLLED "{\"device_id\":\"0af9\",\"address\":\"a@b\"," \
	"\"label\":\"Alice\",\"ca\":\"YQ==\",\"auth_cert\":\"Yg==\"," \
	"\"recv_cert\":\"Yw==\"}"

static void
test_discovery_both_ways(void **state)
{
	struct ly_wire_discovery m;
	struct ly_buf json;

	(void)state;
	ly_buf_init(&json, LY_WIRE_BODY_MAX);
	assert_int_equal(ly_wire_discovery_decode(DISCOVERY,
	    strlen(DISCOVERY), &m, NULL), 0);
	assert_string_equal(m.issuer, "https://keys.example:8443");
	assert_string_equal(m.api, LY_API_PATH);
	assert_json(&m.ca, "ca");
	assert_json(&m.import_cert, "import");
	assert_int_equal(ly_wire_discovery_encode(&m, &json), 0);
	assert_json(&json, DISCOVERY);
	ly_buf_clear(&json);
	ly_wire_discovery_clear(&m);
	assert_null(m.ca.data);
	ly_wire_discovery_clear(&m);
	ly_wire_discovery_clear(NULL);
}

static void
test_discovery_refusals(void **state)
{
#define NO(json, err, needle) REFUSED(ly_wire_discovery_decode, \
	ly_wire_discovery, json, err, needle)
	(void)state;
	NO("", LY_ERR_FORMAT, "not JSON");
	NO("{", LY_ERR_FORMAT, "not JSON");
	NO("[]", LY_ERR_FORMAT, "not a JSON object");
	NO("null", LY_ERR_FORMAT, "");
	NO("{}", LY_ERR_FORMAT, "\"issuer\": missing");
	NO(DISCOVERY "x", LY_ERR_FORMAT, "not JSON");
	NO(DISCOVERY DISCOVERY, LY_ERR_FORMAT, "not JSON");
	NO("{\"issuer\":\"h\",\"issuer\":\"h\"}", LY_ERR_FORMAT, "twice");
	NO("{\"issuer\":\"h\",\"x\":1}", LY_ERR_FORMAT,
	    "unknown member \"x\"");
	NO("{\"issuer\":\"h\",\"\\u0007\":1}", LY_ERR_FORMAT,
	    "unknown member");
	NO("{\"issuer\":7}", LY_ERR_FORMAT, "\"issuer\": not a string");
	NO("{\"issuer\":\"\"}", LY_ERR_FORMAT, "\"issuer\": empty");
	NO("{\"issuer\":\"a\\u0000b\"}", LY_ERR_FORMAT, "not JSON");
	NO("{\"issuer\":\"a\\nb\"}", LY_ERR_FORMAT, "control character");
	NO("{\"issuer\":\"h\",\"api\":\"/\",\"ca\":\"YQ\","
	    "\"import_cert\":\"YQ==\"}", LY_ERR_FORMAT,
	    "\"ca\": not base64");
	NO("{\"issuer\":\"h\",\"api\":\"/\",\"ca\":\"\","
	    "\"import_cert\":\"YQ==\"}", LY_ERR_FORMAT, "\"ca\": empty");
#undef NO
}

static void
test_enroll_both_ways(void **state)
{
	struct ly_wire_enroll m;
	struct ly_buf json;
	char zero[sizeof(m.code)] = { 0 };

	(void)state;
	ly_buf_init(&json, LY_WIRE_BODY_MAX);
	assert_int_equal(ly_wire_enroll_decode(ENROLL, strlen(ENROLL), &m,
	    NULL), 0);
	assert_string_equal(m.code, "SECRET-CODE");
	assert_string_equal(m.name, "desk \"1\"");
	assert_int_equal(ly_wire_enroll_encode(&m, &json), 0);
	assert_json(&json, ENROLL);
	ly_wire_enroll_clear(&m);
	assert_memory_equal(m.code, zero, sizeof(zero));
	ly_buf_clear(&json);
}

/* A text of an error may be logged: it never holds the code. */
static void
test_enroll_errors_keep_the_code_to_themselves(void **state)
{
	static const char *const bodies[] = {
		"{\"address\":\"a\",\"code\":\"SECRET-CODE\"",
		"{\"code\":SECRET-CODE}",
		"{\"address\":\"a\",\"code\":\"SECRET-CODE\\n\"}",
		"{\"address\":\"a\",\"code\":[\"SECRET-CODE\"]}",
	};
	struct ly_wire_enroll m;
	struct ly_why why;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
		why.text[0] = '\0';
		assert_int_equal(ly_wire_enroll_decode(bodies[i],
		    strlen(bodies[i]), &m, &why), LY_ERR_FORMAT);
		assert_string_not_equal(why.text, "");
		assert_null(strstr(why.text, "SECRET"));
	}
}

static void
test_enrolled_both_ways(void **state)
{
	struct ly_wire_enrolled m;
	struct ly_buf json;

	(void)state;
	ly_buf_init(&json, LY_WIRE_BODY_MAX);
	assert_int_equal(ly_wire_enrolled_decode(ENROLLED, strlen(ENROLLED),
	    &m, NULL), 0);
	assert_string_equal(m.device_id, "0af9");
	assert_int_equal(ly_wire_enrolled_encode(&m, &json), 0);
	assert_json(&json, ENROLLED);
	ly_wire_enrolled_clear(&m);
	ly_buf_clear(&json);
}

static void
test_enrolled_refusals(void **state)
{
#define NO(json, err, needle) REFUSED(ly_wire_enrolled_decode, \
	ly_wire_enrolled, json, err, needle)
	(void)state;
	NO("{\"device_id\":\"0AF9\"}", LY_ERR_FORMAT, "lower-case");
	NO("{\"device_id\":\"../x\"}", LY_ERR_FORMAT, "lower-case");
	NO("{\"device_id\":\"ab\",\"address\":\"a@b\",\"label\":"
	    "\"123456789012345678901234567890123\"}", LY_ERR_TOOBIG,
	    "\"label\"");
#undef NO
}

static void
test_problem_both_ways(void **state)
{
	static const char plain[] = "{\"status\":403,\"code\":"
	    "\"device_revoked\",\"title\":\"gone\"}";
	static const char later[] = "{\"status\":429,\"code\":\"busy\","
	    "\"title\":\"\",\"retry_after\":30}";
	struct ly_wire_problem m;
	struct ly_buf json;

	(void)state;
	ly_buf_init(&json, LY_WIRE_BODY_MAX);
	assert_int_equal(ly_wire_problem_decode(plain, strlen(plain), &m,
	    NULL), 0);
	assert_int_equal(m.status, 403);
	assert_int_equal(m.retry_after, 0);
	assert_int_equal(ly_wire_problem_encode(&m, &json), 0);
	assert_json(&json, plain);
	json.len = 0;
	assert_int_equal(ly_wire_problem_decode(later, strlen(later), &m,
	    NULL), 0);
	assert_int_equal(m.retry_after, 30);
	assert_int_equal(ly_wire_problem_encode(&m, &json), 0);
	assert_json(&json, later);
	ly_buf_clear(&json);
}

/* RFC 9457 3.2: extensions are skipped, what we need is not. */
static void
test_problem_of_somebody_else(void **state)
{
	static const char proxy[] = "{\"type\":\"about:blank\","
	    "\"status\":502,\"title\":\"Bad Gateway\",\"detail\":{\"a\":[]},"
	    "\"code\":\"x\"}";
	struct ly_wire_problem m;

	(void)state;
	assert_int_equal(ly_wire_problem_decode(proxy, strlen(proxy), &m,
	    NULL), 0);
	assert_int_equal(m.status, 502);
	REFUSED(ly_wire_problem_decode, ly_wire_problem,
	    "{\"status\":502,\"title\":\"t\"}", LY_ERR_FORMAT, "\"code\"");
	REFUSED(ly_wire_problem_decode, ly_wire_problem,
	    "{\"status\":99,\"code\":\"c\",\"title\":\"t\"}", LY_ERR_FORMAT,
	    "out of range");
	REFUSED(ly_wire_problem_decode, ly_wire_problem,
	    "{\"status\":-1,\"code\":\"c\",\"title\":\"t\"}", LY_ERR_FORMAT,
	    "negative");
	REFUSED(ly_wire_problem_decode, ly_wire_problem,
	    "{\"status\":502.0,\"code\":\"c\",\"title\":\"t\"}",
	    LY_ERR_FORMAT, "not an integer");
}

/* Cut anywhere, a message is refused and leaks nothing. */
static void
test_every_beginning_is_refused(void **state)
{
	struct ly_wire_enroll e;
	struct ly_wire_discovery d;
	size_t i;

	(void)state;
	for (i = 0; i < strlen(ENROLL); i++)
		assert_int_equal(ly_wire_enroll_decode(ENROLL, i, &e, NULL),
		    LY_ERR_FORMAT);
	for (i = 0; i < strlen(DISCOVERY); i++)
		assert_int_equal(ly_wire_discovery_decode(DISCOVERY, i, &d,
		    NULL), LY_ERR_FORMAT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_discovery_both_ways),
		cmocka_unit_test(test_discovery_refusals),
		cmocka_unit_test(test_enroll_both_ways),
		cmocka_unit_test(
		    test_enroll_errors_keep_the_code_to_themselves),
		cmocka_unit_test(test_enrolled_both_ways),
		cmocka_unit_test(test_enrolled_refusals),
		cmocka_unit_test(test_problem_both_ways),
		cmocka_unit_test(test_problem_of_somebody_else),
		cmocka_unit_test(test_every_beginning_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
