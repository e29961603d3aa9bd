/* wire_get.c: every type of member, what it takes and what it refuses. */
#include <stdlib.h>

#include "wire_test.h"
#include "wire_sample.h"

static int
decode(const void *json, size_t len, struct sample *m, struct ly_why *why)
{
	return ly_wire_get(&sample, json, len, m, why);
}

static void
test_every_type(void **state)
{
	static const char json[] = " {\"text\":\"\xc3\xa4\\u00df\\\\\","
	    "\"id\":\"09af\",\"hex\":\"00ff\",\"bytes\":\"AAEC\","
	    "\"b64\":\"AAECAw==\",\"b64s\":[\"AA==\",\"AQ==\"],"
	    "\"u32\":4294967295,\"u64\":9007199254740991,\"when\":0,"
	    "\"number\":1000,\"yes\":true,\"delivery\":\"cached\","
	    "\"use\":[\"sign\",\"derive\"],"
	    "\"items\":[{\"n\":1},{\"n\":0}]}\r\n\t";
	struct sample m;

	(void)state;
	assert_int_equal(decode(json, strlen(json), &m, NULL), 0);
	assert_string_equal(m.text, "\xc3\xa4\xc3\x9f\\");
	assert_string_equal(m.id, "09af");
	assert_memory_equal(m.hex, "\0\xff", 2);
	assert_int_equal(m.nbytes, 3);
	assert_memory_equal(m.bytes, "\0\1\2", 3);
	assert_int_equal(m.b64.len, 4);
	assert_int_equal(m.nb64s, 2);
	assert_int_equal(m.b64s[1].data[0], 1);
	assert_true(m.u32 == UINT32_MAX);
	assert_true(m.u64 == LY_WIRE_INT_MAX - 1);
	assert_int_equal(m.when, 0);
	assert_int_equal(m.number, 1000);
	assert_int_equal(m.yes, 1);
	assert_int_equal(m.delivery, LY_CACHED);
	assert_int_equal(m.use, LY_USE_SIGN | LY_USE_DERIVE);
	assert_int_equal(m.nitems, 2);
	assert_int_equal(m.items[0].n, 1);
	ly_wire_free(&sample, &m);
	assert_null(m.items);
}

static void
test_absent_members_are_zero(void **state)
{
	static const struct sample zero;
	struct sample m;

	(void)state;
	memset(&m, 0xff, sizeof(m));
	assert_int_equal(decode("{}", 2, &m, NULL), 0);
	assert_memory_equal(&m, &zero, sizeof(m));
}

static void
test_refusals(void **state)
{
	static const struct {
		const char *json;
		int err;
		const char *needle;
	} rows[] = {
		{ "{\"text\":null}", LY_ERR_FORMAT, "\"text\"" },
		{ "{\"text\":\"123456789\"}", LY_ERR_TOOBIG, "\"text\"" },
		{ "{\"text\":\"\xc3\"}", LY_ERR_FORMAT, "not JSON" },
		{ "{\"text\":\"\\u007f\"}", LY_ERR_FORMAT, "control" },
		{ "{\"text\":\"\\ud800\"}", LY_ERR_FORMAT, "not JSON" },
		{ "{\"id\":\"A\"}", LY_ERR_FORMAT, "\"id\"" },
		{ "{\"id\":\"g\"}", LY_ERR_FORMAT, "\"id\"" },
		{ "{\"hex\":\"00FF\"}", LY_ERR_FORMAT, "\"hex\"" },
		{ "{\"hex\":\"00f\"}", LY_ERR_FORMAT, "\"hex\"" },
		{ "{\"hex\":\"00ff0\"}", LY_ERR_FORMAT, "\"hex\"" },
		{ "{\"hex\":1}", LY_ERR_FORMAT, "\"hex\"" },
		{ "{\"bytes\":\"AAECAwQ=\"}", LY_ERR_TOOBIG, "\"bytes\"" },
		{ "{\"bytes\":\"A A=\"}", LY_ERR_FORMAT, "not base64" },
		{ "{\"b64\":\"AAECAwQ=\"}", LY_ERR_TOOBIG, "\"b64\"" },
		{ "{\"b64\":\"AAECAwQFBgcICQ==\"}", LY_ERR_TOOBIG, "b64" },
		{ "{\"b64\":\"-_==\"}", LY_ERR_FORMAT, "not base64" },
		{ "{\"b64\":\"AB==\"}", LY_ERR_FORMAT, "not base64" },
		{ "{\"b64\":\"AA\"}", LY_ERR_FORMAT, "not base64" },
		{ "{\"b64\":\"AA==\\n\"}", LY_ERR_FORMAT, "" },
		{ "{\"b64\":[]}", LY_ERR_FORMAT, "not a string" },
		{ "{\"b64s\":{}}", LY_ERR_FORMAT, "not an array" },
		{ "{\"b64s\":[\"AA==\",\"\"]}", LY_ERR_FORMAT, "empty" },
		{ "{\"b64s\":[\"AA==\",1]}", LY_ERR_FORMAT, "\"b64s\"" },
		{ "{\"b64s\":[\"AA==\",\"AA==\",\"AA==\"]}", LY_ERR_TOOBIG,
		    "\"b64s\"" },
		{ "{\"b64s\":[\"AAECAwQ=\"]}", LY_ERR_TOOBIG, "\"b64s\"" },
		{ "{\"u32\":4294967296}", LY_ERR_FORMAT, "range" },
		{ "{\"u32\":-1}", LY_ERR_FORMAT, "negative" },
		{ "{\"u32\":1e3}", LY_ERR_FORMAT, "not an integer" },
		{ "{\"u32\":\"1\"}", LY_ERR_FORMAT, "not an integer" },
		{ "{\"u32\":01}", LY_ERR_FORMAT, "not JSON" },
		{ "{\"u64\":9007199254740992}", LY_ERR_FORMAT, "range" },
		{ "{\"u64\":18446744073709551616}", LY_ERR_FORMAT, "" },
		{ "{\"when\":-1}", LY_ERR_FORMAT, "negative" },
		{ "{\"number\":1001}", LY_ERR_FORMAT, "range" },
		{ "{\"yes\":1}", LY_ERR_FORMAT, "not true or false" },
		{ "{\"yes\":\"true\"}", LY_ERR_FORMAT, "not true or false" },
		{ "{\"delivery\":\"Cached\"}", LY_ERR_FORMAT, "unknown" },
		{ "{\"delivery\":2}", LY_ERR_FORMAT, "not a string" },
		{ "{\"use\":\"sign\"}", LY_ERR_FORMAT, "not an array" },
		{ "{\"use\":[\"sign\",\"sign\"]}", LY_ERR_FORMAT, "twice" },
		{ "{\"use\":[\"export\"]}", LY_ERR_FORMAT, "unknown" },
		{ "{\"use\":[1]}", LY_ERR_FORMAT, "unknown" },
		{ "{\"items\":[]}", LY_ERR_FORMAT, "empty" },
		{ "{\"items\":{}}", LY_ERR_FORMAT, "not an array" },
		{ "{\"items\":[1]}", LY_ERR_FORMAT, "not a JSON object" },
		{ "{\"items\":[{}]}", LY_ERR_FORMAT, "\"n\": missing" },
		{ "{\"items\":[{\"n\":1,\"m\":1}]}", LY_ERR_FORMAT, "\"m\"" },
		{ "{\"items\":[{\"n\":1},{\"n\":1},{\"n\":1},{\"n\":1}]}",
		    LY_ERR_TOOBIG, "\"items\"" },
		{ "{\"b64s\":[\"AA==\"],\"items\":[{\"n\":1}],\"x\":0}",
		    LY_ERR_FORMAT, "unknown member \"x\"" },
		{ "{\"b64s\":[\"AA==\"],\"items\":[{\"n\":1},{\"n\":-1}]}",
		    LY_ERR_FORMAT, "negative" },
		{ "{\"b64\":\"AA==\",\"b64\":\"AA==\"}", LY_ERR_FORMAT,
		    "twice" },
		{ "[[[[[[[[[", LY_ERR_TOOBIG, "deep" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		REFUSED(decode, sample, rows[i].json, rows[i].err,
		    rows[i].needle);
}

/* A name from outside is cut, and shown only if it is printable. */
static void
test_names_of_unknown_members(void **state)
{
	char json[256], name[101];
	struct ly_why why;
	struct sample m;

	(void)state;
	memset(name, 'n', 100);
	name[100] = '\0';
	(void)snprintf(json, sizeof(json), "{\"%s\":1}", name);
	assert_int_equal(decode(json, strlen(json), &m, &why), LY_ERR_FORMAT);
	name[64] = '\0';
	assert_non_null(strstr(why.text, name));
	name[64] = 'n';
	assert_null(strstr(why.text, name));
	REFUSED(decode, sample, "{\"a\\u001b[2J\":1}", LY_ERR_FORMAT,
	    "unknown member");
	assert_int_equal(decode("{\"a\\u001b\":1}", 13, &m, &why),
	    LY_ERR_FORMAT);
	assert_string_equal(why.text, "unknown member");
}

/* A NUL byte in the text is not the end of it. */
static void
test_nul_byte(void **state)
{
	struct sample m;

	(void)state;
	assert_int_equal(decode("{}\0", 3, &m, NULL), LY_ERR_FORMAT);
	assert_int_equal(decode("{}\0{}", 5, &m, NULL), LY_ERR_FORMAT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_type),
		cmocka_unit_test(test_absent_members_are_zero),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_names_of_unknown_members),
		cmocka_unit_test(test_nul_byte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
