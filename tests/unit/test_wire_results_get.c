/* wire_results_get.c: the answer to a batch, read without a JSON library. */
#include "wire_test.h"

#include "wire_impl.h"

static void
test_read(void **state)
{
	static const char json[] = " { \"items\" : [ {\"result\":\"eHl6\", "
	    "\"ref\": 4294967295}\n,{\"ref\":0,\"error\":\"denied\"},"
	    "{\"ref\":9,\"result\":\"\"}\t],\r\"revision\":"
	    "9007199254740991}   ";
	struct ly_wire_results m;

	(void)state;
	assert_int_equal(ly_wire_results_decode(json, strlen(json), &m,
	    NULL), 0);
	assert_true(m.revision == LY_WIRE_INT_MAX - 1);
	assert_int_equal(m.n, 3);
	assert_true(m.items[0].ref == UINT32_MAX);
	assert_int_equal(m.items[0].err, 0);
	assert_int_equal(m.items[0].data.len, 3);
	assert_memory_equal(m.items[0].data.data, "xyz", 3);
	assert_int_equal(m.items[1].err, LY_ERR_DENIED);
	assert_int_equal(m.items[1].data.len, 0);
	assert_int_equal(m.items[2].err, 0);
	assert_int_equal(m.items[2].data.len, 0);
	ly_wire_results_clear(&m);
	ly_wire_results_clear(&m);
	ly_wire_results_clear(NULL);
}

static void
test_both_ways(void **state)
{
	struct ly_wire_result items[LY_WIRE_OPS_MAX];
	const struct ly_wire_results m = { 42, items, LY_WIRE_OPS_MAX };
	struct ly_wire_results back;
	size_t out_max[LY_WIRE_OPS_MAX], i, k;
	struct ly_secret json = LY_SECRET_INIT;
	uint8_t data[LY_WIRE_OPS_MAX];

	(void)state;
	for (i = 0; i < LY_WIRE_OPS_MAX; i++) {
		for (k = 0; k < i; k++)
			data[k] = (uint8_t)(5 * i + 31 * k);
		items[i] = (struct ly_wire_result){ (uint32_t)i, 0,
		    LY_SECRET_INIT };
		if (i > 0)
			assert_int_equal(ly_secret_set(&items[i].data, data,
			    i), 0);
		out_max[i] = LY_OP_OUT_MAX;
	}
	assert_int_equal(ly_wire_results_encode(&m, out_max, &json), 0);
	assert_int_equal(ly_wire_results_decode(json.data, json.len, &back,
	    NULL), 0);
	assert_int_equal(back.n, m.n);
	assert_int_equal(back.revision, 42);
	for (i = 0; i < m.n; i++) {
		assert_int_equal(back.items[i].ref, i);
		assert_int_equal(back.items[i].data.len, i);
		if (i > 0)
			assert_memory_equal(back.items[i].data.data,
			    items[i].data.data, i);
		ly_secret_clear(&items[i].data);
	}
	ly_wire_results_clear(&back);
	ly_secret_clear(&json);
}

#define ITEM "{\"ref\":1,\"result\":\"AA==\"}"
#define OK "{\"revision\":1,\"items\":[" ITEM "]}"

static void
test_refusals(void **state)
{
	static const struct {
		const char *json;
		const char *needle;
	} rows[] = {
		{ "", "object is missing" },
		{ "{}", "string is missing" },
		{ "[]", "object is missing" },
		{ OK "x", "one too many" },
		{ OK OK, "one too many" },
		{ "{\"revision\":1}", "a member is missing" },
		{ "{\"items\":[" ITEM "]}", "a member is missing" },
		{ "{\"revision\":1,\"items\":[]}", "object is missing" },
		{ "{\"revision\":1,\"items\":[" ITEM ",]}", "missing" },
		{ "{\"revision\":1,\"items\":[" ITEM "],}", "missing" },
		{ "{\"revision\":1,\"items\":[" ITEM "}", "']' is missing" },
		{ "{\"revision\":1,\"revision\":1}", "twice" },
		{ "{\"revision\":1,\"items\":[" ITEM "],\"items\":[" ITEM
		    "]}", "twice" },
		{ "{\"revision\":1,\"x\":1}", "unknown member" },
		{ "{\"revision\":-1}", "not a number" },
		{ "{\"revision\":01}", "not a number" },
		{ "{\"revision\":1.0}", "'}' is missing" },
		{ "{\"revision\":1e3}", "'}' is missing" },
		{ "{\"revision\":\"1\"}", "not a number" },
		{ "{\"revision\":9007199254740992}", "out of range" },
		{ "{\"revision\":99999999999999999999999}", "out of range" },
		{ "{\"rev\\u0069sion\":1}", "escape" },
		{ "{\"revision\":1,\"items\":[{\"ref\":1}]}", "missing" },
		{ "{\"revision\":1,\"items\":[{\"result\":\"\"}]}",
		    "missing" },
		{ "{\"revision\":1,\"items\":[{\"ref\":4294967296}]}",
		    "out of range" },
		{ "{\"revision\":1,\"items\":[{\"ref\":1,\"ref\":1}]}",
		    "unknown member" },
		{ "{\"revision\":1,\"items\":[{\"ref\":1,\"result\":\"\","
		    "\"error\":\"failed\"}]}", "twice" },
		{ "{\"revision\":1,\"items\":[{\"ref\":1,\"error\":\"x\"}]}",
		    "unknown error code" },
		{ "{\"revision\":1,\"items\":[{\"ref\":1,\"error\":1}]}",
		    "string is missing" },
		{ "{\"revision\":1,\"items\":[{\"ref\":1,\"result\":\"AB==\""
		    "}]}", "not base64" },
		{ "{\"revision\":1,\"items\":[{\"ref\":1,\"result\":\"A\"}]}",
		    "not base64" },
		{ "{\"revision\":1,\"items\":[{\"ref\":1,\"result\":"
		    "\"\\/\\/\\/\\/\"}]}", "escape" },
		{ "{\"revision\":1,\"items\":[" ITEM "," ITEM "]}",
		    "ref twice" },
		{ "{\"revision\":1,\"items\":[{\"ref\":1,\"result\":\"AA==",
		    "cut short" },
		{ "{\"revision\" 1}", "':' is missing" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		REFUSED(ly_wire_results_decode, ly_wire_results,
		    rows[i].json, LY_ERR_FORMAT, rows[i].needle);
}

static void
test_every_beginning_is_refused(void **state)
{
	struct ly_wire_results m;
	size_t i;

	(void)state;
	for (i = 0; i < strlen(OK); i++)
		assert_int_equal(ly_wire_results_decode(OK, i, &m, NULL),
		    LY_ERR_FORMAT);
	assert_int_equal(ly_wire_results_decode(OK, i, &m, NULL), 0);
	ly_wire_results_clear(&m);
}

static void
test_limits(void **state)
{
	struct ly_buf json = buf_of("{\"revision\":1,\"items\":[");
	struct ly_wire_results m;
	char one[64];
	size_t i;

	(void)state;
	for (i = 0; i <= LY_WIRE_OPS_MAX; i++) {
		(void)snprintf(one, sizeof(one),
		    "{\"ref\":%u,\"result\":\"\"},", (unsigned)i);
		assert_int_equal(ly_buf_put(&json, one, strlen(one)), 0);
	}
	assert_int_equal(ly_wire_results_decode(json.data, json.len, &m,
	    NULL), LY_ERR_TOOBIG);
	ly_buf_clear(&json);
	json = buf_of("{\"revision\":1,\"items\":[{\"ref\":1,\"result\":\"");
	for (i = 0; i <= LY_OP_OUT_MAX / 3 + 1; i++)
		assert_int_equal(ly_buf_put(&json, "AAAA", 4), 0);
	assert_int_equal(ly_buf_put(&json, "\"}]}", 4), 0);
	assert_int_equal(ly_wire_results_decode(json.data, json.len, &m,
	    NULL), LY_ERR_TOOBIG);
	ly_buf_clear(&json);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_both_ways),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_every_beginning_is_refused),
		cmocka_unit_test(test_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
