/* lanyardd.conf: values, refusals with file and line, addresses. */
#include "unit.h"

#include "sconf.h"

#define HEAD "[lanyardd]\nlisten = 127.0.0.1:8443\nname = localhost\n"

static int
parse(const char *text, struct ly_sconf *c, struct ly_why *why)
{
	ly_sconf_init(c);
	return ly_sconf_parse("F", text, strlen(text), c, why);
}

static void
test_good(void **state)
{
	struct ly_why why = { "" };
	char url[LY_URL_MAX];
	struct ly_sconf c;

	(void)state;
	assert_int_equal(parse(HEAD, &c, &why), 0);
	assert_int_equal(c.lease_s, 30 * 86400);
	assert_int_equal(c.listen.port, 8443);
	ly_sconf_url(&c, url);
	assert_string_equal(url, "https://localhost:8443");
	assert_int_equal(parse("# note\n[lanyardd]\nlisten = [::1]:1\n"
	    "name = ::1\nlease = 12h\nidle-timeout = 5s\nworkers = 3\n"
	    "connections = 7\nlog-level = debug\nkek = passphrase\n", &c,
	    &why), 0);
	assert_string_equal(c.listen.host, "::1");
	assert_int_equal(c.lease_s, 43200);
	assert_int_equal(c.idle_s, 5);
	assert_int_equal(c.workers, 3);
	assert_int_equal(c.connections, 7);
	assert_int_equal(c.log_level, LY_LOG_DEBUG);
	ly_sconf_url(&c, url);
	assert_string_equal(url, "https://[::1]:1");
}

static void
test_bad(void **state)
{
	static const struct {
		const char *text, *said;
	} bad[] = {
		{ "", "must be there" },
		{ "[lanyardd]\nname = x\n", "must be there" },
		{ HEAD "colour = red\n", "F:4: unknown key \"colour\"" },
		{ HEAD "[more]\nx = y\n", "F:5: unknown section [more]" },
		{ HEAD "lease = soon\n", "F:4: bad value of \"lease\"" },
		{ HEAD "lease = 0s\n", "F:4: bad value" },
		{ HEAD "workers = 65\n", "F:4: bad value" },
		{ HEAD "workers = -1\n", "F:4: bad value" },
		{ HEAD "workers = 1x\n", "F:4: bad value" },
		{ HEAD "connections = 0\n", "must not be 0" },
		{ HEAD "log-level = loud\n", "F:4: bad value" },
		{ HEAD "kek = none\n", "F:4: bad value" },
		{ HEAD "listen = localhost:1\n", "F:4: bad value" },
		{ HEAD "name = a/b\n", "F:4: bad value" },
		{ HEAD "just words\n", "F:4: " },
		{ "listen = 127.0.0.1:1\n", "F:1: unknown section" },
	};
	struct ly_sconf c;
	struct ly_why why;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		why.text[0] = '\0';
		assert_int_equal(parse(bad[i].text, &c, &why), LY_ERR_FORMAT);
		assert_has(why.text, bad[i].said);
	}
	ly_sconf_init(&c);
	assert_int_equal(ly_sconf_parse("F", "[lany\0ardd]\n", 12, &c, &why),
	    LY_ERR_FORMAT);
}

static void
test_listen(void **state)
{
	static const char *const bad[] = {
		"", ":", ":80", "1.2.3.4", "1.2.3.4:", "1.2.3.4:65536",
		"1.2.3.4:-1", "1.2.3.4:80x", "::1", "[::1]", "[]:1",
		"host:80", "1.2.3:80", "1.2.3.4 :80",
	};
	struct ly_listen l;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(ly_listen_parse(bad[i], &l, NULL),
		    LY_ERR_FORMAT);
	assert_int_equal(ly_listen_parse("0.0.0.0:0", &l, NULL), 0);
	assert_int_equal(l.port, 0);
	assert_int_equal(ly_host_ok("keys.example.com"), 1);
	assert_int_equal(ly_host_ok("fe80::1"), 1);
	assert_int_equal(ly_host_ok("-x"), 0);
	assert_int_equal(ly_host_ok("a b"), 0);
	assert_int_equal(ly_host_ok(""), 0);
}

static void
test_load(void **state)
{
	struct scratch *s = *state;
	struct ly_why why = { "" };
	struct ly_sconf c;

	assert_int_equal(ly_sconf_load(s->dir, &c, &why), LY_ERR_NOTFOUND);
	assert_has(why.text, "lanyardd init");
	scratch_write(s, "lanyardd.conf", HEAD, 0666);
	assert_int_equal(ly_sconf_load(s->dir, &c, &why), LY_ERR_PERM);
	assert_has(why.text, "chmod");
	scratch_write(s, "lanyardd.conf", "", 0600);
	assert_int_equal(ly_sconf_load(s->dir, &c, &why), LY_ERR_FORMAT);
	scratch_write(s, "lanyardd.conf", HEAD, 0600);
	assert_int_equal(ly_sconf_load(s->dir, &c, &why), 0);
	assert_string_equal(c.name, "localhost");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_listen),
		unit_scratch_test(test_load),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
