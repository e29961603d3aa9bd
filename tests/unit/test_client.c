/*
 * client.c against canned answers: what is asked for, what becomes of it,
 * and which LY_ERR_ code each refusal is.
 */
#include "hostile_answer.h"

#include "client.h"
#include "conf.h"

#define PROBLEM "application/problem+json"
#define JSON "application/json"

static struct hostile server;
static struct ly_buf ca;
static struct ly_client *client;
static char asked[4096];

static void
answer_text(const char *name, const char *status, const char *type,
    const char *body)
{
	answer(&server, name, status, type, body, strlen(body));
}

/* Head lines alone. */
static void
answer_bare(const char *name, const char *head)
{
	answer_raw(&server, name, head, strlen(head));
}

static void
answer_problem(const char *name, int status, const char *code)
{
	char text[300], line[64];

	(void)snprintf(text, sizeof(text), "{\"type\":\"about:blank\","
	    "\"status\":%d,\"code\":\"%s\",\"title\":\"Title\\u0007 of it\"}",
	    status, code);
	(void)snprintf(line, sizeof(line), "%d Some", status);
	answer_text(name, line, PROBLEM, text);
}

/* A problem as the wire writes it: its members are the wire's business. */
static void
answer_wire_problem(const char *name, int status, const char *code)
{
	struct ly_wire_problem p = { .status = status };
	struct ly_buf json;
	char line[64];

	(void)snprintf(p.code, sizeof(p.code), "%s", code);
	(void)snprintf(p.title, sizeof(p.title), "Title of it");
	ly_buf_init(&json, 65536);
	assert_int_equal(ly_wire_problem_encode(&p, &json), 0);
	(void)snprintf(line, sizeof(line), "%d Some", status);
	answer(&server, name, line, PROBLEM, json.data, json.len);
	ly_buf_clear(&json);
}

static void
test_discover(void **state)
{
	struct ly_wire_discovery d, got;
	struct ly_why why = { "" };
	struct ly_buf json;

	(void)state;
	memset(&d, 0, sizeof(d));
	memset(&got, 0, sizeof(got));
	(void)snprintf(d.issuer, sizeof(d.issuer), "https://keys.example");
	(void)snprintf(d.api, sizeof(d.api), LY_API_PATH);
	hostile_file(&server, "ca.der", &d.ca);
	hostile_file(&server, "ca.der", &d.import_cert);
	ly_buf_init(&json, 65536);
	assert_int_equal(ly_wire_discovery_encode(&d, &json), 0);
	answer(&server, "GET_.well-known_lanyard", "200 OK", JSON, json.data,
	    json.len);
	if (ly_client_discover(client, &got, &why) != 0)
		fail_msg("%s", why.text);
	assert_string_equal(got.issuer, d.issuer);
	assert_int_equal(got.ca.len, ca.len);
	ly_wire_discovery_clear(&got);

	/* Another version of the protocol than ours. */
	(void)snprintf(d.api, sizeof(d.api), "/lanyard/2");
	ly_buf_clear(&json);
	assert_int_equal(ly_wire_discovery_encode(&d, &json), 0);
	answer(&server, "GET_.well-known_lanyard", "200 OK", JSON, json.data,
	    json.len);
	assert_int_not_equal(ly_client_discover(client, &got, &why), 0);
	ly_buf_clear(&json);
	ly_wire_discovery_clear(&d);
}

static void
test_keys_and_their_etag(void **state)
{
	struct ly_wire_keys k, got;
	struct ly_why why = { "" };
	struct ly_buf json;
	int changed = 9;

	(void)state;
	memset(&k, 0, sizeof(k));
	memset(&got, 0, sizeof(got));
	k.revision = 12;
	ly_buf_init(&json, 65536);
	assert_int_equal(ly_wire_keys_encode(&k, &json), 0);
	answer(&server, "GET_lanyard_1_keys", "200 OK", JSON, json.data,
	    json.len);
	ly_buf_clear(&json);
	requests_take(&server, asked, sizeof(asked));
	assert_int_equal(ly_client_keys(client, 0, &changed, &got, &why), 0);
	assert_int_equal(changed, 1);
	assert_int_equal(got.revision, 12);
	ly_wire_keys_clear(&got);
	answer_bare("GET_lanyard_1_keys?since=12",
	    "HTTP/1.1 304 Not Modified\r\nETag: \"12\"\r\n\r\n");
	assert_int_equal(ly_client_keys(client, 12, &changed, &got, &why),
	    0);
	assert_int_equal(changed, 0);
	requests_take(&server, asked, sizeof(asked));
	assert_string_equal(asked, "GET /lanyard/1/keys?since=0 -\n"
	    "GET /lanyard/1/keys?since=12 \"12\"\n");
}

static int
keys_error(struct ly_why *why)
{
	struct ly_wire_keys got;
	int changed = 9, r;

	memset(&got, 0, sizeof(got));
	why->text[0] = '\0';
	r = ly_client_keys(client, 0, &changed, &got, why);
	assert_int_not_equal(r, 0);
	assert_int_equal(changed, 9);
	assert_null(got.keys);
	return r;
}

static void
test_refusals(void **state)
{
	static const struct {
		int status;
		const char *code;
		int err;
	} t[] = {
		{ 400, "bad_request", LY_ERR_FORMAT },
		{ 401, "no_certificate", LY_ERR_REVOKED },
		{ 401, "device_unknown", LY_ERR_REVOKED },
		{ 403, "device_revoked", LY_ERR_REVOKED },
		{ 403, "mailbox_disabled", LY_ERR_REVOKED },
		{ 403, "code_invalid", LY_ERR_AUTH },
		{ 403, "code_expired", LY_ERR_EXPIRED },
		{ 403, "denied", LY_ERR_DENIED },
		{ 404, "not_found", LY_ERR_NOTFOUND },
		{ 409, "conflict", LY_ERR_EXISTS },
		{ 413, "too_large", LY_ERR_TOOBIG },
		{ 429, "too_many", LY_ERR_BUSY },
		{ 503, "busy", LY_ERR_BUSY },
		{ 500, "internal", LY_ERR_NET },
	};
	struct ly_why why;
	size_t i;
	int r;

	(void)state;
	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		answer_wire_problem("GET_lanyard_1_keys", t[i].status,
		    t[i].code);
		r = keys_error(&why);
		if (r != t[i].err)
			fail_msg("%d %s: %d", t[i].status, t[i].code, r);
		assert_has(why.text, "Title of it");
		assert_has(why.text, "127.0.0.1:");
	}
	/* The service's words cannot steer a terminal. */
	answer_problem("GET_lanyard_1_keys", 403, "denied");
	(void)keys_error(&why);
	assert_null(strchr(why.text, 7));
}

static void
test_answers_that_are_not_ours(void **state)
{
	struct ly_why why;

	(void)state;
	/* A captive portal. */
	answer_text("GET_lanyard_1_keys", "200 OK", "text/html",
	    "<html>log in</html>");
	assert_int_equal(keys_error(&why), LY_ERR_FORMAT);
	assert_has(why.text, "text/html");
	answer_text("GET_lanyard_1_keys", "302 Found", "text/html", "");
	assert_int_equal(keys_error(&why), LY_ERR_FORMAT);
	assert_has(why.text, "302");
	answer_text("GET_lanyard_1_keys", "404 Not Found", "text/html", "");
	assert_int_equal(keys_error(&why), LY_ERR_FORMAT);
	answer_text("GET_lanyard_1_keys", "502 Bad", "text/html", "");
	assert_int_equal(keys_error(&why), LY_ERR_NET);
	assert_has(why.text, "502");
	/* Of our type, and garbage all the same. */
	answer_text("GET_lanyard_1_keys", "200 OK", JSON, "{\"a\":");
	assert_int_equal(keys_error(&why), LY_ERR_FORMAT);
	assert_has(why.text, "malformed");
	answer_text("GET_lanyard_1_keys", "200 OK", JSON, "");
	assert_int_equal(keys_error(&why), LY_ERR_FORMAT);
	answer_text("GET_lanyard_1_keys", "403 No", PROBLEM, "{\"co");
	assert_int_equal(keys_error(&why), LY_ERR_FORMAT);
	/* Nobody asked for a 304. */
	answer_bare("GET_lanyard_1_keys",
	    "HTTP/1.1 304 Not Modified\r\n\r\n");
	assert_int_equal(keys_error(&why), LY_ERR_FORMAT);
	answer_raw(&server, "GET_lanyard_1_keys", NULL, 0);
}

static void
test_sealed(void **state)
{
	static const uint8_t id[LY_KEY_ID_LEN] = { 0xab, 1, 2 };
	struct ly_why why = { "" };
	struct ly_buf cms;

	(void)state;
	ly_buf_init(&cms, LY_SEALED_MAX);
	answer_text("GET_lanyard_1_sealed_ab010200000000000000000000000000",
	    "200 OK", "application/pkcs7-mime", "sealed");
	assert_int_equal(ly_client_sealed(client, id, &cms, &why), 0);
	assert_int_equal(cms.len, 6);
	ly_buf_clear(&cms);
	answer_text("GET_lanyard_1_sealed_ab010200000000000000000000000000",
	    "200 OK", JSON, "sealed");
	assert_int_equal(ly_client_sealed(client, id, &cms, &why),
	    LY_ERR_FORMAT);
	assert_int_equal(cms.len, 0);
}

static void
test_devices(void **state)
{
	struct ly_wire_device one = { .enrolled = 5, .self = 1 };
	struct ly_wire_devices d = { &one, 1 }, got = { NULL, 0 };
	struct ly_why why = { "" };
	struct ly_buf json;

	(void)state;
	(void)snprintf(one.device_id, sizeof(one.device_id), "abc");
	(void)snprintf(one.name, sizeof(one.name), "laptop");
	(void)snprintf(one.platform, sizeof(one.platform), "Linux");
	ly_buf_init(&json, 65536);
	assert_int_equal(ly_wire_devices_encode(&d, &json), 0);
	answer(&server, "GET_lanyard_1_devices", "200 OK", JSON, json.data,
	    json.len);
	ly_buf_clear(&json);
	assert_int_equal(ly_client_devices(client, &got, &why), 0);
	assert_int_equal(got.n, 1);
	assert_string_equal(got.items[0].name, "laptop");
	ly_wire_devices_clear(&got);

	answer_bare("DELETE_lanyard_1_devices_abc",
	    "HTTP/1.1 204 No Content\r\n\r\n");
	assert_int_equal(ly_client_device_revoke(client, "abc", &why), 0);
	/* An id is never more than one element of the path. */
	requests_take(&server, asked, sizeof(asked));
	assert_int_equal(ly_client_device_revoke(client, "../keys", &why),
	    LY_ERR_NOTFOUND);
	assert_int_equal(ly_client_device_revoke(client, "", &why),
	    LY_ERR_NOTFOUND);
	assert_int_equal(ly_client_device_revoke(client, "a?b", &why),
	    LY_ERR_NOTFOUND);
	requests_take(&server, asked, sizeof(asked));
	assert_string_equal(asked, "");
}

static int
group_setup(void **state)
{
	struct ly_conf conf;

	(void)state;
	if (hostile_start(&server) != 0)
		return -1;
	hostile_file(&server, "ca.der", &ca);
	memset(&conf, 0, sizeof(conf));
	conf.connect_ms = 5000;
	conf.timeout_ms = 20000;
	return ly_client_new_anonymous(&conf, hostile_url(&server, "canned"),
	    ca.data, ca.len, &client, NULL);
}

static int
group_teardown(void **state)
{
	(void)state;
	ly_client_free(&client);
	ly_buf_clear(&ca);
	hostile_stop(&server);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_discover),
		cmocka_unit_test(test_keys_and_their_etag),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_answers_that_are_not_ours),
		cmocka_unit_test(test_sealed),
		cmocka_unit_test(test_devices),
	};

	return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
