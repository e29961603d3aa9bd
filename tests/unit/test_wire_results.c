/* wire_results.c: codes, and a size that says nothing about the results. */
#include "wire_test.h"

#include "wire_impl.h"

static size_t
encoded(int err, const char *data, size_t out_max, uint64_t revision,
    uint32_t ref, struct ly_secret *json)
{
	struct ly_wire_result item = { ref, err, LY_SECRET_INIT };
	const struct ly_wire_results m = { revision, &item, 1 };

	if (data[0] != '\0')
		assert_int_equal(ly_secret_set(&item.data, data,
		    strlen(data)), 0);
	assert_int_equal(ly_wire_results_encode(&m, &out_max, json), 0);
	ly_secret_clear(&item.data);
	return json->len;
}

static void
test_bytes(void **state)
{
	static const char expect[] = "{\"revision\":7,\"items\":["
	    "{\"ref\":1,\"result\":\"eHl6\"},{\"ref\":2,\"error\":\"failed\"},"
	    "{\"ref\":3,\"result\":\"\"}]}";
	struct ly_wire_result items[3] = { { 1, 0, LY_SECRET_INIT },
	    { 2, LY_ERR_LENGTH, LY_SECRET_INIT },
	    { 3, 0, LY_SECRET_INIT } };
	const struct ly_wire_results m = { 7, items, 3 };
	const size_t out_max[3] = { 245, 256, 0 };
	struct ly_secret json = LY_SECRET_INIT;
	size_t i;

	(void)state;
	assert_int_equal(ly_secret_set(&items[0].data, "xyz", 3), 0);
	assert_int_equal(ly_wire_results_encode(&m, out_max, &json), 0);
	assert_int_equal(json.len, 64 + 3 * 64 + 328 + 344);
	assert_memory_equal(json.data, expect, strlen(expect));
	for (i = strlen(expect); i < json.len; i++)
		assert_int_equal(json.data[i], ' ');
	ly_secret_clear(&json);
	ly_secret_clear(&items[0].data);
}

/* Length by length, and every error: the size is always the same. */
static void
test_the_size_is_that_of_the_request(void **state)
{
	struct ly_secret json = LY_SECRET_INIT;
	char data[246];
	size_t i, size;
	int err;

	(void)state;
	memset(data, 'd', sizeof(data));
	size = encoded(0, "", 245, 0, 0, &json);
	for (i = 1; i <= 245; i++) {
		data[i] = '\0';
		assert_int_equal(encoded(0, data, 245, 0, 0, &json), size);
		data[i] = 'd';
	}
	for (err = LY_ERR_STATE; err < 0; err++)
		assert_int_equal(encoded(err, "", 245, 0, 0, &json), size);
	assert_int_equal(encoded(LY_ERR_UNSUPPORTED, "", 245,
	    LY_WIRE_INT_MAX - 1, UINT32_MAX, &json), size);
	ly_secret_clear(&json);
}

/* The shortest body that has to hold the longest words. */
static void
test_the_worst_case_fits(void **state)
{
	struct ly_wire_result items[LY_WIRE_OPS_MAX];
	const struct ly_wire_results m = { LY_WIRE_INT_MAX - 1, items,
	    LY_WIRE_OPS_MAX };
	size_t out_max[LY_WIRE_OPS_MAX], i;
	struct ly_secret json = LY_SECRET_INIT;

	(void)state;
	for (i = 0; i < LY_WIRE_OPS_MAX; i++) {
		items[i] = (struct ly_wire_result){
		    UINT32_MAX - (uint32_t)i, LY_ERR_UNSUPPORTED,
		    LY_SECRET_INIT };
		out_max[i] = 0;
	}
	assert_int_equal(ly_wire_results_encode(&m, out_max, &json), 0);
	assert_int_equal(json.len, 64 + 64 * LY_WIRE_OPS_MAX);
	for (i = 0; i < LY_WIRE_OPS_MAX; i++)
		out_max[i] = LY_OP_OUT_MAX;
	assert_int_equal(ly_wire_results_encode(&m, out_max, &json), 0);
	ly_secret_clear(&json);
}

/* Whatever went wrong once the key was touched is one code. */
static void
test_codes(void **state)
{
	static const struct {
		int err;
		const char *code;
	} rows[] = {
		{ LY_ERR_NOTFOUND, "not_found" },
		{ LY_ERR_DENIED, "denied" },
		{ LY_ERR_EXPIRED, "expired" },
		{ LY_ERR_UNSUPPORTED, "unsupported" },
		{ LY_ERR_FORMAT, "bad_request" },
		{ LY_ERR_BUSY, "busy" },
		{ LY_ERR_CRYPTO, "failed" },
		{ LY_ERR_LENGTH, "failed" }, { LY_ERR_NOMEM, "failed" },
		{ LY_ERR_AUTH, "failed" }, { LY_ERR_SHORT, "failed" },
		{ LY_ERR_ARG, "failed" }, { LY_ERR_TOOBIG, "failed" },
		{ LY_ERR_STATE, "failed" }, { LY_ERR_IO, "failed" },
		{ -1000, "failed" },
	};
	struct ly_secret json = LY_SECRET_INIT;
	char expect[64];
	size_t i;
	int err;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		(void)encoded(rows[i].err, "", 0, 0, 0, &json);
		(void)snprintf(expect, sizeof(expect), "{\"revision\":0,"
		    "\"items\":[{\"ref\":0,\"error\":\"%s\"}]}",
		    rows[i].code);
		assert_memory_equal(json.data, expect, strlen(expect));
		assert_int_equal(ly_wire_code_err(rows[i].code,
		    strlen(rows[i].code), &err), 0);
		if (strcmp(rows[i].code, "failed") != 0)
			assert_int_equal(err, rows[i].err);
		else
			assert_int_equal(err, LY_ERR_CRYPTO);
	}
	assert_int_equal(ly_wire_code_err("fail", 4, &err), LY_ERR_FORMAT);
	assert_int_equal(ly_wire_code_err("", 0, &err), LY_ERR_FORMAT);
	ly_secret_clear(&json);
}

static void
test_limits(void **state)
{
	struct ly_wire_result item = { 0, 0, LY_SECRET_INIT };
	struct ly_wire_results m = { 0, &item, 1 };
	struct ly_secret json = LY_SECRET_INIT;
	size_t out_max = 3;

	(void)state;
	assert_int_equal(ly_secret_set(&item.data, "1234", 4), 0);
	assert_int_equal(ly_wire_results_encode(&m, &out_max, &json),
	    LY_ERR_ARG);
	out_max = LY_OP_OUT_MAX + 1;
	assert_int_equal(ly_wire_results_encode(&m, &out_max, &json),
	    LY_ERR_ARG);
	out_max = 4;
	m.n = 0;
	assert_int_equal(ly_wire_results_encode(&m, &out_max, &json),
	    LY_ERR_ARG);
	m.n = 1;
	m.revision = LY_WIRE_INT_MAX;
	assert_int_equal(ly_wire_results_encode(&m, &out_max, &json),
	    LY_ERR_ARG);
	assert_null(json.data);
	ly_secret_clear(&item.data);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_the_size_is_that_of_the_request),
		cmocka_unit_test(test_the_worst_case_fits),
		cmocka_unit_test(test_codes),
		cmocka_unit_test(test_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
