/*
 * conf.c: the order of the four sources, and for each thing that is wrong a
 * sentence with file, line and what was expected.
 */
#include "unit.h"

#include "conf.h"
#include "log.h"

/* The system's folder, by the linker's --wrap. */
const char *__wrap_ly_dir_system_config(void);

static char system_dir[LY_PATH_MAX];

const char *
__wrap_ly_dir_system_config(void)
{
	return system_dir;
}

static int
setup(void **state)
{
	struct scratch *s;

	if (scratch_setup(state) != 0)
		return -1;
	s = *state;
	(void)ly_path_join(system_dir, s->dir, "etc");
	return ly_dir_make(system_dir, NULL) != 0 ||
	    ly_dir_make(scratch_path(s, "home/.config/lanyard"), NULL) != 0 ||
	    setenv("HOME", scratch_path(s, "home"), 1) != 0 ||
	    unsetenv("XDG_CONFIG_HOME") != 0 ||
	    unsetenv("XDG_DATA_HOME") != 0 || unsetenv("LANYARD_CONF") != 0;
}

#define USER "home/.config/lanyard/lanyard.conf"
#define SYSTEM "etc/lanyard.conf"

static void
load(const char *args, struct ly_conf *conf)
{
	struct ly_why why = { "" };
	const int r = ly_conf_load(args, conf, &why);

	if (r != 0)
		fail_msg("%d: %s", r, why.text);
}

static void
test_nothing_configured(void **state)
{
	struct ly_conf conf;

	load(NULL, &conf);
	assert_string_equal(conf.data_dir,
	    scratch_path(*state, "home/.local/share/lanyard"));
	assert_string_equal(conf.log, "");
	assert_string_equal(conf.account, "");
	assert_int_equal(conf.log_level, LY_LOG_INFO);
	assert_int_equal(conf.timeout_ms, 10000);
	assert_int_equal(conf.connect_ms, 3000);
	assert_int_equal(conf.keep_s, 300);
	load("keep-decrypted=0s", &conf);
	assert_int_equal(conf.keep_s, 0);
	load("keep-decrypted=1h", &conf);
	assert_int_equal(conf.keep_s, 3600);
	load("", &conf);
	load(" \t\n", &conf);
	/* No home: no place for accounts, but no failure either. */
	assert_int_equal(unsetenv("HOME"), 0);
	load(NULL, &conf);
	assert_string_equal(conf.data_dir, "");
}

static void
test_each_source_over_the_one_before(void **state)
{
	struct scratch *s = *state;
	struct ly_conf conf;

	scratch_write(s, SYSTEM, "[defaults]\ntimeout = 1s\nlog = /s\n"
	    "connect-timeout = 1s\nlog-level = error\n"
	    "[fixed]\ndata-dir = /fixed\n", 0644);
	load(NULL, &conf);
	assert_int_equal(conf.timeout_ms, 1000);
	assert_string_equal(conf.log, "/s");
	assert_int_equal(conf.log_level, LY_LOG_ERROR);
	scratch_write(s, USER, "[lanyard]\ntimeout = 2s\nlog = /u\n"
	    "data-dir = /user\n", 0644);
	load(NULL, &conf);
	assert_int_equal(conf.timeout_ms, 2000);
	assert_string_equal(conf.log, "/u");
	load("timeout=3s data-dir=/args account=Bob@Example.com", &conf);
	assert_int_equal(conf.timeout_ms, 3000);
	assert_string_equal(conf.log, "/u");
	assert_int_equal(conf.connect_ms, 1000);
	assert_string_equal(conf.data_dir, "/fixed");
	assert_string_equal(conf.account, "bob@example.com");
}

static void
trap_15_where_the_users_file_is(void **state)
{
	struct scratch *s = *state;
	char args[LY_PATH_MAX + 20], path[LY_PATH_MAX];
	struct ly_conf conf;

	scratch_write(s, USER, "[lanyard]\nlog = /user\n", 0644);
	scratch_write(s, "env.conf", "[lanyard]\nlog = /env\n", 0644);
	scratch_write(s, "a b.conf", "[lanyard]\nlog = /args\n", 0644);
	load(NULL, &conf);
	assert_string_equal(conf.log, "/user");
	assert_int_equal(ly_conf_user_file(path, NULL), 0);
	assert_string_equal(path, scratch_path(s, USER));
	assert_int_equal(setenv("LANYARD_CONF", scratch_path(s, "env.conf"),
	    1), 0);
	assert_int_equal(ly_conf_user_file(path, NULL), 0);
	assert_string_equal(path, scratch_path(s, "env.conf"));
	load(NULL, &conf);
	assert_string_equal(conf.log, "/env");
	(void)snprintf(args, sizeof(args), "config='%s'",
	    scratch_path(s, "a b.conf"));
	load(args, &conf);
	assert_string_equal(conf.log, "/args");
	(void)snprintf(args, sizeof(args), "config=\"%s\" log=-", s->path);
	load(args, &conf);
	assert_string_equal(conf.log, "-");
	assert_int_equal(setenv("LANYARD_CONF", scratch_path(s, "none"),
	    1), 0);
	load(NULL, &conf);
	assert_string_equal(conf.log, "");
}

static void
test_paths_of_the_home(void **state)
{
	struct ly_conf conf;

	load("data-dir=~/d log='~/a b'", &conf);
	assert_string_equal(conf.data_dir, scratch_path(*state, "home/d"));
	assert_string_equal(conf.log, scratch_path(*state, "home/a b"));
}

static void
test_long_paths_in_a_file(void **state)
{
	struct ly_conf conf;
	char text[4200];

	memset(text, 'x', sizeof(text));
	memcpy(text, "[lanyard]\nlog = /", 17);
	memcpy(text + 17 + 4094, "\n", 2);
	scratch_write(*state, USER, text, 0644);
	load(NULL, &conf);
	assert_int_equal(strlen(conf.log), 4095);
}

static void
check_bad(const char *args, const char *expected)
{
	struct ly_conf conf, before;
	struct ly_why why = { "" };

	memset(&conf, 0x5a, sizeof(conf));
	before = conf;
	assert_int_equal(ly_conf_load(args, &conf, &why), LY_ERR_FORMAT);
	assert_has(why.text, expected);
	assert_memory_equal(&conf, &before, sizeof(conf));
}

static void
test_bad_strings(void **state)
{
	static char big[20000];

	(void)state;
	check_bad("x", "expected key=value");
	check_bad("log", "expected key=value");
	check_bad("=x", "expected key=value");
	check_bad("log = /x", "expected key=value");
	check_bad("colour=red", "unknown key \"colour\": known keys are "
	    "data-dir, log, log-level, timeout, connect-timeout, "
	    "keep-decrypted, account, config");
	check_bad("log='/x", "a quote is not closed");
	check_bad("log=\"/x'", "a quote is not closed");
	check_bad("log='", "a quote is not closed");
	check_bad("log='/x'y", "a quote is not closed");
	check_bad("log=/x log=/y", "\"log\" is given twice");
	check_bad("config=/x config=/y", "\"config\" is given twice");
	check_bad("config=lanyard.conf", "absolute path");
	check_bad("data-dir=keys", "bad value of \"data-dir\": expected an "
	    "absolute path");
	check_bad("data-dir=", "data-dir");
	check_bad("log=log.txt", "bad value of \"log\"");
	check_bad("log-level=loud", "error, warn, info or debug");
	check_bad("log-level=", "error, warn, info or debug");
	check_bad("timeout=10", "such as \"10s\"");
	check_bad("timeout=0s", "10ms to 10m");
	check_bad("timeout=11m", "10ms to 10m");
	check_bad("timeout=-1s", "timeout");
	check_bad("connect-timeout=fast", "connect-timeout");
	check_bad("keep-decrypted=2h", "0s to 1h");
	check_bad("keep-decrypted=100ms", "0s to 1h");
	check_bad("keep-decrypted=0", "such as \"5m\"");
	check_bad("account=alice", "alice@example.com");
	check_bad("account=../../x@y", "account");
	memset(big, ' ', sizeof(big) - 1);
	check_bad(big, "too long");
	memset(big, 'x', 8000);
	big[8000] = '\0';
	check_bad(big, "expected key=value");
	memcpy(big, "log=/", 5);
	check_bad(big, "a value is too long");
}

static void
test_bad_users_files(void **state)
{
	struct scratch *s = *state;

	scratch_write(s, USER, "[lanyard]\n\ncolor = red\n", 0644);
	check_bad(NULL, "lanyard.conf:3: unknown key \"color\": known keys "
	    "are data-dir, log");
	scratch_write(s, USER, "[lanyard]\ntimeout = soon\n", 0644);
	check_bad(NULL, "lanyard.conf:2: bad value of \"timeout\"");
	scratch_write(s, USER, "[defaults]\ntimeout = 1s\n", 0644);
	check_bad(NULL, "lanyard.conf:2: unknown section [defaults]: "
	    "expected [lanyard]");
	scratch_write(s, USER, "timeout = 1s\n", 0644);
	check_bad(NULL, "lanyard.conf:1: a key outside of a section: write "
	    "[lanyard]");
	scratch_write(s, USER, "[lanyard]\ntimeout = 1s\ntimeout = 1s\n",
	    0644);
	check_bad(NULL, "lanyard.conf:3: key \"timeout\" is given twice");
	scratch_write(s, USER, "[lanyard]\nconfig = /x\n", 0644);
	check_bad(NULL, "unknown key \"config\"");
	scratch_write(s, USER, "[lanyard]\nlog\n", 0644);
	check_bad(NULL, "lanyard.conf:2: not a [section]");
	scratch_write(s, USER, "", 0644);
	assert_int_equal(setenv("LANYARD_CONF", "lanyard.conf", 1), 0);
	check_bad(NULL, "LANYARD_CONF: expected an absolute path");
}

static void
test_bad_system_files(void **state)
{
	struct scratch *s = *state;

	scratch_write(s, SYSTEM, "[defaults]\nlog = /x\n[fixed]\nlog = x\n",
	    0644);
	check_bad(NULL, "lanyard.conf:4: bad value of \"log\"");
	scratch_write(s, SYSTEM, "[fixed]\nlog = /x\n[defaults]\nx = y\n",
	    0644);
	check_bad(NULL, "lanyard.conf:4: unknown key");
	scratch_write(s, SYSTEM, "[lanyard]\nlog = /x\n", 0644);
	check_bad(NULL, "expected [defaults] or [fixed]");
	/* A wrong string is an error, even when all of it is fixed. */
	scratch_write(s, SYSTEM, "[fixed]\nlog = /x\n", 0644);
	check_bad("log=x", "bad value of \"log\"");
}

static void
test_files_that_others_may_write(void **state)
{
	struct scratch *s = *state;
	struct ly_why why = { "" };
	struct ly_conf conf;

	scratch_write(s, USER, "[lanyard]\nlog = /x\n", 0666);
	assert_int_equal(ly_conf_load(NULL, &conf, &why), LY_ERR_PERM);
	assert_has(why.text, "chmod go-w /");
	assert_int_equal(chmod(s->path, 0644), 0);
	scratch_write(s, SYSTEM, "", 0664);
	assert_int_equal(ly_conf_load(NULL, &conf, &why), LY_ERR_PERM);
	assert_int_equal(unlink(s->path), 0);
	assert_int_equal(ly_dir_make(s->path, NULL), 0);
	assert_int_equal(ly_conf_load(NULL, &conf, &why), LY_ERR_IO);
}

static void
test_connecting_is_part_of_the_whole(void **state)
{
	struct ly_conf conf;

	(void)state;
	load("timeout=1s", &conf);
	assert_int_equal(conf.connect_ms, 1000);
	load("timeout=10ms connect-timeout=10m", &conf);
	assert_int_equal(conf.timeout_ms, 10);
	assert_int_equal(conf.connect_ms, 10);
}

static void
check_duration(const char *text, int64_t expected)
{
	int64_t ms = -5;
	const int r = ly_duration_parse(text, &ms);

	assert_int_equal(r, expected == -5 ? LY_ERR_FORMAT : 0);
	assert_true(ms == expected);
}

static void
test_durations(void **state)
{
	(void)state;
	check_duration("0s", 0);
	check_duration("500ms", 500);
	check_duration("10s", 10000);
	check_duration("5m", 300000);
	check_duration("12h", 43200000);
	check_duration("30d", 2592000000);
	check_duration("007s", 7000);
	check_duration("9223372036854775800ms", 9223372036854775800);
	check_duration("9223372036854775807ms", INT64_MAX);
	check_duration("9223372036854775808ms", -5);
	check_duration("9223372036854775800s", -5);
	check_duration("106751991168d", -5);
	check_duration("99999999999999999999ms", -5);
	check_duration("", -5);
	check_duration("10", -5);
	check_duration("s", -5);
	check_duration("-1s", -5);
	check_duration("+1s", -5);
	check_duration(" 1s", -5);
	check_duration("1s ", -5);
	check_duration("1 s", -5);
	check_duration("1.5s", -5);
	check_duration("1S", -5);
	check_duration("1sec", -5);
	check_duration("0x1s", -5);
}

#define conf_test(f) \
	cmocka_unit_test_setup_teardown(f, setup, scratch_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		conf_test(test_nothing_configured),
		conf_test(test_each_source_over_the_one_before),
		conf_test(trap_15_where_the_users_file_is),
		conf_test(test_paths_of_the_home),
		conf_test(test_long_paths_in_a_file),
		conf_test(test_bad_strings),
		conf_test(test_bad_users_files),
		conf_test(test_bad_system_files),
		conf_test(test_files_that_others_may_write),
		conf_test(test_connecting_is_part_of_the_whole),
		cmocka_unit_test(test_durations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
