/*
 * http.c and its helpers against servers that misbehave: each failure has
 * its own sentence, every call ends, and a good connection is kept.
 */
#include "hostile.h"

#include <pthread.h>
#include <openssl/crypto.h>
#include <openssl/err.h>

#include "compat.h"
#include "crypto.h"
#include "http.h"
#include "http_peer.h"
#include "pkey.h"

static struct hostile server;
static struct ly_buf ca;

struct setting {
	const char *kind;
	int connect_ms, timeout_ms;
	const struct ly_buf *cert;
	const struct ly_pkey *key;
};

static struct ly_http *
open_pool(const struct setting *s)
{
	struct ly_http_opts o = {
		.base = hostile_url(&server, s->kind),
		.ca = ca.data,
		.ca_len = ca.len,
		.connect_ms = s->connect_ms ? s->connect_ms : 5000,
		.timeout_ms = s->timeout_ms ? s->timeout_ms : 20000,
	};
	struct ly_http *h = NULL;
	struct ly_why why = { "" };

	if (s->cert != NULL) {
		o.cert = s->cert->data;
		o.cert_len = s->cert->len;
		o.key = s->key;
	}
	if (ly_http_new(&o, &h, &why) != 0)
		fail_msg("%s", why.text);
	return h;
}

static struct ly_http *
open_kind(const char *kind)
{
	const struct setting s = { .kind = kind };

	return open_pool(&s);
}

static int
ask(struct ly_http *h, const char *path, struct ly_http_res *res,
    struct ly_why *why)
{
	const struct ly_http_req req = {
		.method = "GET", .path = path, .max = 4096,
	};

	memset(res, 0, sizeof(*res));
	why->text[0] = '\0';
	return ly_http_request(h, &req, res, why);
}

/* One GET that must succeed; gives new_connection. */
static int
get_ok(struct ly_http *h, const char *path)
{
	struct ly_http_res res;
	struct ly_why why;
	int fresh;

	if (ask(h, path, &res, &why) != 0)
		fail_msg("%s: %s", path, why.text);
	assert_int_equal(res.status, 200);
	fresh = res.new_connection;
	ly_http_res_clear(&res);
	return fresh;
}

static int
post_echo(struct ly_http *h)
{
	const struct ly_http_req req = {
		.method = "POST", .path = "/echo", .body = "{}",
		.body_len = 2, .max = 4096,
	};
	struct ly_http_res res = { 0 };
	struct ly_why why = { "" };
	int fresh;

	if (ly_http_request(h, &req, &res, &why) != 0)
		fail_msg("%s", why.text);
	assert_int_equal(res.body.len, 7);
	assert_memory_equal(res.body.data, "POST {}", 7);
	fresh = res.new_connection;
	ly_http_res_clear(&res);
	return fresh;
}

/* A GET that must fail with err and a sentence that has text in it. */
static void
get_fails(struct ly_http *h, const char *path, int err, const char *text)
{
	struct ly_http_res res;
	struct ly_why why;
	int r = ask(h, path, &res, &why);

	if (r != err || strstr(why.text, text) == NULL)
		fail_msg("%s: %d instead of %d, \"%s\" instead of \"%s\"",
		    path, r, err, why.text, text);
	/* Results stay untouched on failure. */
	assert_null(res.body.data);
	assert_int_equal(res.status, 0);
}

static void
test_answer_and_headers(void **state)
{
	struct ly_http *h = open_kind("good");
	struct ly_http_res res;
	struct ly_why why;

	(void)state;
	assert_int_equal(ask(h, "/ok", &res, &why), 0);
	assert_int_equal(res.status, 200);
	assert_string_equal(res.type, "application/json");
	assert_string_equal(res.etag, "\"7\"");
	assert_int_equal(res.retry_after, 0);
	assert_int_equal(res.body.len, 11);
	assert_memory_equal(res.body.data, "{\"ok\":true}", 11);
	ly_http_res_clear(&res);
	assert_int_equal(ask(h, "/busy", &res, &why), 0);
	assert_int_equal(res.status, 503);
	assert_int_equal(res.retry_after, 17);
	ly_http_res_clear(&res);
	/* What an interim answer says does not count. */
	assert_int_equal(ask(h, "/continue", &res, &why), 0);
	assert_string_equal(res.etag, "");
	ly_http_res_clear(&res);
	ly_http_free(&h);
	assert_null(h);
}

static void
test_methods_and_request_headers(void **state)
{
	struct ly_http *h = open_kind("good");
	struct ly_http_req req = { .method = "DELETE", .path = "/echo",
	    .max = 4096 };
	struct ly_http_res res = { 0 };
	struct ly_why why;

	(void)state;
	assert_int_equal(ly_http_request(h, &req, &res, &why), 0);
	assert_memory_equal(res.body.data, "DELETE ", 7);
	ly_http_res_clear(&res);
	(void)post_echo(h);
	/* A GET after a POST is a GET again, without its body and type. */
	req.method = "GET";
	req.path = "/headers";
	req.if_none_match = "\"12\"";
	assert_int_equal(ly_http_request(h, &req, &res, &why), 0);
	assert_int_equal(ly_secret_append(&res.body, "", 0), 0);
	assert_non_null(memmem(res.body.data, res.body.len,
	    "('if-none-match', '\"12\"')", 25));
	assert_null(memmem(res.body.data, res.body.len, "content-", 8));
	assert_null(memmem(res.body.data, res.body.len, "expect", 6));
	ly_http_res_clear(&res);
	ly_http_free(&h);
}

static void
contract_30_connection_is_kept(void **state)
{
	struct ly_http *h = open_kind("good");
	int i;

	(void)state;
	assert_int_equal(get_ok(h, "/ok"), 1);
	for (i = 0; i < 20; i++) {
		assert_int_equal(get_ok(h, "/ok"), 0);
		assert_int_equal(post_echo(h), 0);
	}
	ly_http_free(&h);
}

static void
test_closed_connection_is_replaced(void **state)
{
	struct ly_http *h = open_kind("good");

	(void)state;
	/* Closed after its last answer. */
	(void)get_ok(h, "/bye");
	assert_int_equal(post_echo(h), 1);
	/* Closed when it had the next request already. */
	(void)get_ok(h, "/drop-next");
	assert_int_equal(post_echo(h), 1);
	assert_int_equal(post_echo(h), 0);
	ly_http_free(&h);
}

static void
test_broken_answers(void **state)
{
	struct ly_http *h = open_kind("good");
	struct ly_http_res res;
	struct ly_why why;

	(void)state;
	get_fails(h, "/cut", LY_ERR_NET, "cut short");
	get_fails(h, "/none", LY_ERR_NET, "without an answer");
	get_fails(h, "/garbage", LY_ERR_NET, "not HTTP");
	get_fails(h, "/big", LY_ERR_TOOBIG, "longer than");
	get_fails(h, "/endless", LY_ERR_TOOBIG, "longer than");
	get_fails(h, "/head-endless", LY_ERR_TOOBIG, "longer than");
	/* Never followed. */
	assert_int_equal(ask(h, "/redirect", &res, &why), 0);
	assert_int_equal(res.status, 302);
	ly_http_res_clear(&res);
	assert_int_equal(ask(h, "/broken", &res, &why), 0);
	assert_int_equal(res.status, 500);
	ly_http_res_clear(&res);
	/* And the next call works. */
	(void)get_ok(h, "/ok");
	ly_http_free(&h);
}

static void
test_certificates(void **state)
{
	struct ly_http *h;

	(void)state;
	h = open_kind("expired");
	get_fails(h, "/ok", LY_ERR_NET, "has expired");
	ly_http_free(&h);
	h = open_kind("alien");
	get_fails(h, "/ok", LY_ERR_NET, "not issued by the CA of this acc");
	ly_http_free(&h);
	h = open_kind("elsewhere");
	get_fails(h, "/ok", LY_ERR_NET, "for another host");
	ly_http_free(&h);
	h = open_kind("tls12");
	get_fails(h, "/ok", LY_ERR_NET, "no TLS 1.3");
	ly_http_free(&h);
	h = open_kind("nonsense");
	get_fails(h, "/ok", LY_ERR_NET, "no TLS 1.3");
	ly_http_free(&h);
}

static void
test_the_systems_anchors_know_nothing_of_it(void **state)
{
	const struct ly_http_opts o = {
		.base = hostile_url(&server, "good"),
		.connect_ms = 5000,
		.timeout_ms = 20000,
	};
	struct ly_http *h = NULL;

	(void)state;
	assert_int_equal(ly_http_new(&o, &h, NULL), 0);
	get_fails(h, "/ok", LY_ERR_NET, "that this computer trusts");
	ly_http_free(&h);
}

static void
test_nobody_there(void **state)
{
	struct ly_http *h;
	struct ly_http_opts o = { .base = "https://nowhere.invalid",
	    .connect_ms = 5000, .timeout_ms = 20000 };

	(void)state;
	h = open_kind("refused");
	get_fails(h, "/ok", LY_ERR_NET, "cannot connect");
	ly_http_free(&h);
	assert_int_equal(ly_http_new(&o, &h, NULL), 0);
	get_fails(h, "/ok", LY_ERR_NET, "no such host");
	ly_http_free(&h);
}

static void
test_proxy_but_not_for_loopback(void **state)
{
	const struct ly_http_opts o = { .base = "https://nowhere.invalid",
	    .connect_ms = 5000, .timeout_ms = 20000 };
	struct ly_http *h;

	(void)state;
	assert_int_equal(setenv("https_proxy", "http://127.0.0.1:1", 1), 0);
	h = open_kind("good");
	(void)get_ok(h, "/ok");
	ly_http_free(&h);
	assert_int_equal(ly_http_new(&o, &h, NULL), 0);
	get_fails(h, "/ok", LY_ERR_NET, "cannot connect");
	ly_http_free(&h);
	assert_int_equal(unsetenv("https_proxy"), 0);
}

static void
contract_27_trap_5_deadlines(void **state)
{
	const struct setting mute = { .kind = "mute", .timeout_ms = 1200 };
	const struct setting good = { .kind = "good", .timeout_ms = 1200 };
	const int64_t start = ly_now_ms();
	struct ly_http *h;

	(void)state;
	h = open_pool(&mute);
	get_fails(h, "/ok", LY_ERR_TIMEOUT, "no secure connection in time "
	    "(deadline 1200 ms)");
	/* The next ones are quick about it. */
	get_fails(h, "/ok", LY_ERR_TIMEOUT, "(deadline 1000 ms)");
	ly_http_free(&h);
	h = open_pool(&good);
	get_fails(h, "/silent", LY_ERR_TIMEOUT, "no answer in time");
	get_fails(h, "/stall", LY_ERR_TIMEOUT, "(deadline 1000 ms)");
	/* One that succeeds ends that. */
	(void)get_ok(h, "/ok");
	get_fails(h, "/silent", LY_ERR_TIMEOUT, "(deadline 1200 ms)");
	ly_http_free(&h);
	/* Five deadlines, and no more than machines may add to them. */
	assert_in_range(ly_now_ms() - start, 5000, 60000);
}

static void
load_device(struct ly_buf *cert, struct ly_pkey **key)
{
	struct ly_buf p8;

	hostile_file(&server, "device.der", cert);
	hostile_file(&server, "device.p8", &p8);
	assert_int_equal(ly_pkey_from_der(p8.data, p8.len, key), 0);
	ly_buf_clear(&p8);
}

static void
test_device_certificate(void **state)
{
	struct setting s = { .kind = "good" };
	struct ly_http_res res;
	struct ly_pkey *key = NULL;
	struct ly_why why;
	struct ly_buf cert;
	struct ly_http *h;

	(void)state;
	load_device(&cert, &key);
	h = open_kind("good");
	assert_int_equal(ask(h, "/cert", &res, &why), 0);
	assert_memory_equal(res.body.data, "None", 4);
	ly_http_res_clear(&res);
	ly_http_free(&h);
	s.cert = &cert;
	s.key = key;
	h = open_pool(&s);
	assert_int_equal(ask(h, "/cert", &res, &why), 0);
	assert_non_null(memmem(res.body.data, res.body.len, "'device'", 8));
	ly_http_res_clear(&res);
	ly_http_free(&h);
	ly_pkey_free(&key);
	ly_buf_clear(&cert);
}

static void *
ask_often(void *arg)
{
	struct ly_http_res res;
	struct ly_why why;
	size_t i, failures = 0;

	for (i = 0; i < 25; i++) {
		if (ask(arg, "/ok", &res, &why) != 0 || res.status != 200)
			failures++;
		ly_http_res_clear(&res);
	}
	return (void *)failures;
}

static void
test_many_threads(void **state)
{
	struct ly_http *h = open_kind("good");
	pthread_t t[4];
	void *failures;
	size_t i;

	(void)state;
	for (i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&t[i], NULL, ask_often, h),
		    0);
	for (i = 0; i < 4; i++) {
		assert_int_equal(pthread_join(t[i], &failures), 0);
		assert_null(failures);
	}
	assert_int_equal(get_ok(h, "/ok"), 0);
	ly_http_free(&h);
}

static void
test_forked_child_leaves_the_parents_connection_alone(void **state)
{
	struct ly_http *h = open_kind("good");
	struct ly_http_res res;
	struct ly_why why;
	int status = -1;
	pid_t pid;

	(void)state;
	assert_int_equal(get_ok(h, "/ok"), 1);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		if (ask(h, "/ok", &res, &why) != 0 || !res.new_connection)
			_exit(1);
		ly_http_res_clear(&res);
		ly_http_free(&h);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_int_equal(get_ok(h, "/ok"), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		ly_http_free(&h);	/* says nothing on the socket */
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(get_ok(h, "/ok"), 0);
	ly_http_free(&h);
}

static void
test_first_contact(void **state)
{
	struct ly_why why = { "" };
	struct ly_buf got;

	(void)state;
	ly_buf_init(&got, 65536);
	assert_int_equal(ly_http_insecure_peer_ca(hostile_url(&server,
	    "good"), 20000, &got, &why), 0);
	assert_int_equal(got.len, ca.len);
	assert_memory_equal(got.data, ca.data, ca.len);
	ly_buf_clear(&got);
	assert_int_equal(ly_http_insecure_peer_ca(hostile_url(&server,
	    "refused"), 20000, &got, &why), LY_ERR_NET);
	assert_non_null(strstr(why.text, "cannot connect"));
	assert_int_equal(ly_http_insecure_peer_ca("http://127.0.0.1:1",
	    1000, &got, &why), LY_ERR_ARG);
	assert_int_equal(got.len, 0);
}

static int
probe_kind(const char *kind, int insecure, struct ly_http_probe *p,
    struct ly_why *why)
{
	const struct ly_http_opts o = {
		.base = hostile_url(&server, kind),
		.ca = ca.data,
		.ca_len = ca.len,
		.connect_ms = 5000,
		.timeout_ms = 20000,
	};

	ly_http_probe_init(p);
	return insecure ? ly_http_insecure_probe(&o, "/dated", p, why) :
	    ly_http_probe(&o, "/dated", p, why);
}

static void
test_probe(void **state)
{
	struct ly_why why = { "" };
	const int64_t begun = ly_time();
	struct ly_http_probe p;

	(void)state;
	assert_int_equal(probe_kind("good", 0, &p, &why), 0);
	assert_int_equal(p.step, LY_HTTP_DONE);
	assert_string_equal(p.address, "127.0.0.1");
	assert_string_equal(p.protocol, "TLSv1.3");
	assert_memory_equal(p.cipher, "TLS_", 4);
	assert_true(p.cert.len > 0 && p.issuer[0] != '\0');
	assert_int_equal(p.status, 200);
	assert_int_equal(p.date, 1795547673);
	assert_true(p.at >= begun && p.at <= ly_time());
	assert_true(p.name_us > 0 && p.connect_us > 0 && p.tls_us > 0 &&
	    p.answer_us > 0);
	ly_http_probe_clear(&p);
	assert_int_equal(p.cert.len, 0);
}

/* The step that failed, and what was seen before it. */
static void
test_probe_fails(void **state)
{
	static const struct {
		const char *kind;
		enum ly_http_step step;
		const char *text;
	} rows[] = {
		{ "refused", LY_HTTP_CONNECT, "cannot connect" },
		{ "alien", LY_HTTP_TLS, "not issued by the CA" },
		{ "expired", LY_HTTP_TLS, "has expired" },
		{ "elsewhere", LY_HTTP_TLS, "for another host" },
		{ "tls12", LY_HTTP_TLS, "no TLS 1.3" },
	};
	struct ly_why why;
	struct ly_http_probe p;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(probe_kind(rows[i].kind, 0, &p, &why),
		    LY_ERR_NET);
		assert_int_equal(p.step, rows[i].step);
		assert_non_null(strstr(why.text, rows[i].text));
		assert_int_equal(p.status, 0);
		ly_http_probe_clear(&p);
	}
}

static void
test_probe_has_a_deadline(void **state)
{
	const struct ly_http_opts o = {
		.base = hostile_url(&server, "mute"),
		.connect_ms = 100,
		.timeout_ms = 200,
	};
	struct ly_why why = { "" };
	struct ly_http_probe p;

	(void)state;
	ly_http_probe_init(&p);
	assert_int_equal(ly_http_probe(&o, "/dated", &p, &why),
	    LY_ERR_TIMEOUT);
	assert_int_equal(p.step, LY_HTTP_TLS);
	assert_non_null(strstr(why.text, "no secure connection in time"));
	ly_http_probe_clear(&p);
}

/* Whoever answers is shown, and no more than shown. */
static void
test_insecure_probe(void **state)
{
	struct ly_why why = { "" };
	struct ly_http_probe p;

	(void)state;
	assert_int_equal(probe_kind("alien", 1, &p, &why), 0);
	assert_int_equal(p.step, LY_HTTP_DONE);
	assert_true(p.cert.len > 0 && p.date > 0);
	ly_http_probe_clear(&p);
	assert_int_equal(probe_kind("refused", 1, &p, &why), LY_ERR_NET);
	assert_int_equal(p.step, LY_HTTP_CONNECT);
	assert_int_equal(p.cert.len, 0);
}

static void
test_addresses_that_are_refused(void **state)
{
	static const char *const bad[] = {
		"", "https://", "http://a", "ftp://a", "https:/a",
		"https://a/b", "https://u@h", "https://a b", "https://a\n",
		"https://a?b", "https://a#b", "HTTPS://a"
	};
	struct ly_http_opts o = { .connect_ms = 1, .timeout_ms = 1 };
	struct ly_http *h = NULL;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		o.base = bad[i];
		assert_int_equal(ly_http_new(&o, &h, NULL), LY_ERR_ARG);
		assert_null(h);
	}
	ly_http_free(&h);
}

static void
test_paths_that_are_too_long(void **state)
{
	struct ly_http *h = open_kind("good");
	struct ly_http_res res;
	struct ly_why why;
	char path[2000];

	(void)state;
	memset(path, 'a', sizeof(path));
	path[0] = '/';
	path[sizeof(path) - 1] = '\0';
	assert_int_equal(ask(h, path, &res, &why), LY_ERR_TOOBIG);
	ly_http_free(&h);
}

static void
trap_2_the_hosts_openssl_is_as_before(void **state)
{
	OSSL_LIB_CTX *theirs = OSSL_LIB_CTX_new(), *before;
	struct ly_http *h = open_kind("good");

	(void)state;
	before = OSSL_LIB_CTX_set0_default(theirs);
	ERR_raise(ERR_LIB_USER, 7);
	(void)get_ok(h, "/ok");
	get_fails(h, "/none", LY_ERR_NET, "without");
	assert_ptr_equal(OSSL_LIB_CTX_set0_default(before), theirs);
	/* None of our errors is left in the thread's queue. */
	while (ERR_peek_error() != 0)
		assert_int_equal(ERR_GET_REASON(ERR_get_error()), 7);
	ly_http_free(&h);
	OSSL_LIB_CTX_free(theirs);
}

static int
group_setup(void **state)
{
	(void)state;
	if (hostile_start(&server) != 0)
		return -1;
	hostile_file(&server, "ca.der", &ca);
	return 0;
}

static int
group_teardown(void **state)
{
	(void)state;
	ly_buf_clear(&ca);
	hostile_stop(&server);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_answer_and_headers),
		cmocka_unit_test(test_methods_and_request_headers),
		cmocka_unit_test(contract_30_connection_is_kept),
		cmocka_unit_test(test_closed_connection_is_replaced),
		cmocka_unit_test(test_broken_answers),
		cmocka_unit_test(test_certificates),
		cmocka_unit_test(test_the_systems_anchors_know_nothing_of_it),
		cmocka_unit_test(test_nobody_there),
		cmocka_unit_test(test_proxy_but_not_for_loopback),
		cmocka_unit_test(contract_27_trap_5_deadlines),
		cmocka_unit_test(test_device_certificate),
		cmocka_unit_test(test_many_threads),
		cmocka_unit_test(
		    test_forked_child_leaves_the_parents_connection_alone),
		cmocka_unit_test(test_first_contact),
		cmocka_unit_test(test_probe),
		cmocka_unit_test(test_probe_fails),
		cmocka_unit_test(test_probe_has_a_deadline),
		cmocka_unit_test(test_insecure_probe),
		cmocka_unit_test(test_addresses_that_are_refused),
		cmocka_unit_test(test_paths_that_are_too_long),
		cmocka_unit_test(trap_2_the_hosts_openssl_is_as_before),
	};

	return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
