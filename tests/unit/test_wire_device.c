/* wire_device.c: the list of devices. */
#include "wire_test.h"

#include "wire.h"

#define ONE "{\"device_id\":\"a1\",\"name\":\"desk\",\"platform\":\"Linux\"," \
	"\"enrolled\":1790000000,\"last_used\":0,\"revoked\":false," \
	"\"self\":true}"

static void
test_both_ways(void **state)
{
	static const char json[] = "{\"devices\":[" ONE "]}";
	struct ly_wire_devices m;
	struct ly_buf out;

	(void)state;
	ly_buf_init(&out, LY_WIRE_BODY_MAX);
	assert_int_equal(ly_wire_devices_decode(json, strlen(json), &m,
	    NULL), 0);
	assert_int_equal(m.n, 1);
	assert_int_equal(m.items[0].enrolled, 1790000000);
	assert_int_equal(m.items[0].self, 1);
	assert_int_equal(ly_wire_devices_encode(&m, &out), 0);
	assert_json(&out, json);
	ly_wire_devices_clear(&m);
	out.len = 0;
	assert_int_equal(ly_wire_devices_encode(&m, &out), 0);
	assert_json(&out, "{\"devices\":[]}");
	ly_buf_clear(&out);
}

static void
test_the_most(void **state)
{
	static const char one[] = ONE ",";
	struct ly_wire_devices m;
	struct ly_buf json = buf_of("{\"devices\":[");
	size_t i;

	(void)state;
	for (i = 0; i < LY_WIRE_DEVICES_MAX; i++)
		assert_int_equal(ly_buf_put(&json, one, strlen(one)), 0);
	json.len--;
	assert_int_equal(ly_buf_put(&json, "]}", 2), 0);
	assert_int_equal(ly_wire_devices_decode(json.data, json.len, &m,
	    NULL), 0);
	assert_int_equal(m.n, LY_WIRE_DEVICES_MAX);
	ly_wire_devices_clear(&m);
	json.len -= 2;
	assert_int_equal(ly_buf_put(&json, "," ONE "]}",
	    strlen("," ONE "]}")), 0);
	assert_int_equal(ly_wire_devices_decode(json.data, json.len, &m,
	    NULL), LY_ERR_TOOBIG);
	ly_buf_clear(&json);
}

static void
test_refusals(void **state)
{
#define NO(json, err, needle) REFUSED(ly_wire_devices_decode, \
	ly_wire_devices, json, err, needle)
	(void)state;
	NO("{}", LY_ERR_FORMAT, "\"devices\": missing");
	NO("{\"devices\":null}", LY_ERR_FORMAT, "not an array");
	NO("{\"devices\":[null]}", LY_ERR_FORMAT, "not a JSON object");
	NO("{\"devices\":[{\"device_id\":\"\"}]}", LY_ERR_FORMAT, "empty");
	NO("{\"devices\":[" ONE ",{\"device_id\":\"a/b\"}]}", LY_ERR_FORMAT,
	    "lower-case");
#undef NO
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_both_ways),
		cmocka_unit_test(test_the_most),
		cmocka_unit_test(test_refusals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
