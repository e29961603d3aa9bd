/* wire_keys.c: the list of keys, imports, and the names of two enums. */
#include "wire_test.h"

#include "wire.h"

#define ID "000102030405060708090a0b0c0d0e0f"
#define KEY "{\"key_id\":\"" ID "\",\"use\":[\"decrypt\",\"sign\"]," \
	"\"delivery\":\"cached\",\"state\":\"current\"," \
	"\"certs\":[\"Yg==\",\"YQ==\"]}"
#define KEYS "{\"revision\":12,\"more\":true,\"keys\":[" KEY "]," \
	"\"ca\":[\"Yw==\"]}"
#define IMPORT "{\"sealed\":\"cw==\",\"cert\":\"Yw==\",\"chain\":[]}"

static void
test_keys_both_ways(void **state)
{
	struct ly_wire_keys m;
	struct ly_buf out;
	size_t i;

	(void)state;
	ly_buf_init(&out, LY_WIRE_BODY_MAX);
	assert_int_equal(ly_wire_keys_decode(KEYS, strlen(KEYS), &m, NULL),
	    0);
	assert_int_equal(m.revision, 12);
	assert_int_equal(m.more, 1);
	assert_int_equal(m.nkeys, 1);
	for (i = 0; i < LY_KEY_ID_LEN; i++)
		assert_int_equal(m.keys[0].key_id[i], i);
	assert_int_equal(m.keys[0].use, LY_USE_DECRYPT | LY_USE_SIGN);
	assert_int_equal(m.keys[0].ncerts, 2);
	assert_json(&m.keys[0].certs[1], "a");
	assert_int_equal(m.nca, 1);
	assert_int_equal(ly_wire_keys_encode(&m, &out), 0);
	assert_json(&out, KEYS);
	ly_wire_keys_clear(&m);
	ly_buf_clear(&out);
}

static void
test_keys_may_be_none(void **state)
{
	static const char none[] =
	    "{\"revision\":0,\"more\":false,\"keys\":[],\"ca\":[]}";
	struct ly_wire_keys m;
	struct ly_buf out;

	(void)state;
	ly_buf_init(&out, LY_WIRE_BODY_MAX);
	assert_int_equal(ly_wire_keys_decode(none, strlen(none), &m, NULL),
	    0);
	assert_null(m.keys);
	assert_int_equal(ly_wire_keys_encode(&m, &out), 0);
	assert_json(&out, none);
	ly_wire_keys_clear(&m);
	ly_buf_clear(&out);
}

static void
test_keys_refusals(void **state)
{
#define NO(json, err, needle) REFUSED(ly_wire_keys_decode, ly_wire_keys, \
	json, err, needle)
	(void)state;
	NO("{\"more\":false}", LY_ERR_FORMAT, "\"revision\": missing");
	NO("{\"revision\":9007199254740992}", LY_ERR_FORMAT, "range");
	NO("{\"revision\":1,\"more\":0}", LY_ERR_FORMAT, "\"more\"");
	NO("{\"revision\":1,\"more\":false,\"keys\":[{\"key_id\":\"" ID
	    "0\"}]}", LY_ERR_FORMAT, "\"key_id\"");
	NO("{\"revision\":1,\"more\":false,\"keys\":[{\"key_id\":\"" ID
	    "\",\"use\":[],\"delivery\":\"none\"}]}", LY_ERR_FORMAT,
	    "\"delivery\"");
	NO("{\"revision\":1,\"more\":false,\"keys\":[{\"key_id\":\"" ID
	    "\",\"use\":[],\"delivery\":\"remote\",\"state\":\"held\"}]}",
	    LY_ERR_FORMAT, "\"state\"");
	NO("{\"revision\":1,\"more\":false,\"keys\":[{\"key_id\":\"" ID
	    "\",\"use\":[],\"delivery\":\"remote\",\"state\":\"revoked\","
	    "\"certs\":[]}]}", LY_ERR_FORMAT, "\"certs\": empty");
	NO("{\"revision\":1,\"more\":false,\"keys\":[" KEY "],\"ca\":[1]}",
	    LY_ERR_FORMAT, "\"ca\"");
#undef NO
}

/* A certificate over its limit is refused before it is decoded. */
static void
test_a_long_certificate(void **state)
{
	struct ly_buf json;
	struct ly_wire_import m;
	size_t i;

	(void)state;
	ly_buf_init(&json, LY_WIRE_BODY_MAX);
	assert_int_equal(ly_buf_put(&json, "{\"cert\":\"", 9), 0);
	for (i = 0; i < 21846; i++)
		assert_int_equal(ly_buf_put(&json, "AAAA", 4), 0);
	assert_int_equal(ly_buf_put(&json,
	    "\",\"sealed\":\"AA==\",\"chain\":[]}", 29), 0);
	assert_int_equal(ly_wire_import_decode(json.data, json.len, &m,
	    NULL), LY_ERR_TOOBIG);
	ly_buf_clear(&json);
}

static void
test_import_both_ways(void **state)
{
	struct ly_wire_import m;
	struct ly_buf out;

	(void)state;
	ly_buf_init(&out, LY_WIRE_BODY_MAX);
	assert_int_equal(ly_wire_import_decode(IMPORT, strlen(IMPORT), &m,
	    NULL), 0);
	assert_json(&m.sealed, "s");
	assert_int_equal(ly_wire_import_encode(&m, &out), 0);
	assert_json(&out, IMPORT);
	ly_wire_import_clear(&m);
	ly_buf_clear(&out);
	REFUSED(ly_wire_import_decode, ly_wire_import,
	    "{\"sealed\":\"cw==\",\"cert\":\"Yw==\"}", LY_ERR_FORMAT,
	    "\"chain\": missing");
}

static void
test_imported_both_ways(void **state)
{
	static const char json[] =
	    "{\"key_id\":\"" ID "\",\"merged\":true,\"revision\":3}";
	struct ly_wire_imported m;
	struct ly_buf out;

	(void)state;
	ly_buf_init(&out, LY_WIRE_BODY_MAX);
	assert_int_equal(ly_wire_imported_decode(json, strlen(json), &m,
	    NULL), 0);
	assert_int_equal(m.merged, 1);
	assert_int_equal(m.revision, 3);
	assert_int_equal(ly_wire_imported_encode(&m, &out), 0);
	assert_json(&out, json);
	ly_buf_clear(&out);
}

static void
test_names(void **state)
{
	enum ly_delivery d;
	enum ly_key_state s;

	(void)state;
	for (d = LY_REMOTE; d <= LY_CACHED; d++) {
		enum ly_delivery again;

		assert_int_equal(ly_delivery_by_name(ly_delivery_name(d),
		    &again), 0);
		assert_int_equal(again, d);
	}
	for (s = LY_KEY_CURRENT; s <= LY_KEY_REVOKED; s++) {
		enum ly_key_state again;

		assert_int_equal(ly_key_state_by_name(ly_key_state_name(s),
		    &again), 0);
		assert_int_equal(again, s);
	}
	assert_null(ly_delivery_name(0));
	assert_null(ly_delivery_name(3));
	assert_null(ly_key_state_name(0));
	assert_null(ly_key_state_name(4));
	d = LY_CACHED;
	assert_int_equal(ly_delivery_by_name("", &d), LY_ERR_FORMAT);
	assert_int_equal(ly_delivery_by_name("cache", &d), LY_ERR_FORMAT);
	assert_int_equal(d, LY_CACHED);
	assert_int_equal(ly_key_state_by_name("current ", &s), LY_ERR_FORMAT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keys_both_ways),
		cmocka_unit_test(test_keys_may_be_none),
		cmocka_unit_test(test_keys_refusals),
		cmocka_unit_test(test_a_long_certificate),
		cmocka_unit_test(test_import_both_ways),
		cmocka_unit_test(test_imported_both_ways),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
