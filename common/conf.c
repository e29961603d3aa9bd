/*
 * Owns lanyard.conf and the string of C_Initialize: one row a key, one
 * parser a type of value. Refuses unknown sections, keys and values, a key
 * given twice, and paths that depend on the working folder.
 */
#include <stdio.h>
#include <string.h>

#include "account.h"
#include "buf.h"
#include "compat.h"
#include "conf.h"
#include "err.h"
#include "initext.h"
#include "log.h"

#define FILE_MAX ((size_t)256 * 1024)
#define FILE_SHOWN 160		/* bytes of a file's name in an error */
#define ARGS_MAX ((size_t)16384)
#define TIMEOUT_MIN 10		/* milliseconds */
#define TIMEOUT_MAX 600000
#define KEEP_MAX 3600000

/* Where a value stands, for its errors. */
struct place {
	const char *file;
	unsigned line;		/* 0: not in a file */
};

struct row {
	const char *key;
	int (*set)(struct ly_conf *conf, const char *value);
	const char *expected;	/* continues "bad value: expected ..." */
};

static int
set_data_dir(struct ly_conf *conf, const char *value)
{
	return ly_path_expand(value, conf->data_dir);
}

static int
set_log(struct ly_conf *conf, const char *value)
{
	if (value[0] != '\0' && strcmp(value, "-") != 0)
		return ly_path_expand(value, conf->log);
	(void)snprintf(conf->log, sizeof(conf->log), "%s", value);
	return 0;
}

static int
set_log_level(struct ly_conf *conf, const char *value)
{
	static const char *const levels[] = {
		"error", "warn", "info", "debug"
	};
	int i;

	for (i = 0; i < 4; i++) {
		if (strcmp(value, levels[i]) != 0)
			continue;
		conf->log_level = LY_LOG_ERROR + i;
		return 0;
	}
	return LY_ERR_FORMAT;
}

static int
set_ms(const char *value, int *out)
{
	int64_t ms;

	if (ly_duration_parse(value, &ms) != 0 || ms < TIMEOUT_MIN ||
	    ms > TIMEOUT_MAX)
		return LY_ERR_FORMAT;
	*out = (int)ms;
	return 0;
}

static int
set_timeout(struct ly_conf *conf, const char *value)
{
	return set_ms(value, &conf->timeout_ms);
}

static int
set_connect(struct ly_conf *conf, const char *value)
{
	return set_ms(value, &conf->connect_ms);
}

static int
set_keep(struct ly_conf *conf, const char *value)
{
	int64_t ms;

	if (ly_duration_parse(value, &ms) != 0 || ms > KEEP_MAX ||
	    ms % 1000 != 0)
		return LY_ERR_FORMAT;
	conf->keep_s = (int)(ms / 1000);
	return 0;
}

static int
set_account(struct ly_conf *conf, const char *value)
{
	char address[sizeof(conf->account)];

	if (strlen(value) >= sizeof(address))
		return LY_ERR_FORMAT;
	memcpy(address, value, strlen(value) + 1);
	if (address[0] != '\0' && !ly_address_ok(address))
		return LY_ERR_FORMAT;
	memcpy(conf->account, address, sizeof(address));
	return 0;
}

#define PATH_CURE "an absolute path, or one that begins with \"~/\""
#define TIME_CURE "10ms to 10m, such as \"10s\" or \"500ms\""
#define KEEP_CURE "0s to 1h, such as \"5m\""

static const struct row rows[] = {
	{ "data-dir", set_data_dir, PATH_CURE },
	{ "log", set_log, PATH_CURE ", or \"-\" for standard error" },
	{ "log-level", set_log_level, "error, warn, info or debug" },
	{ "timeout", set_timeout, TIME_CURE },
	{ "connect-timeout", set_connect, TIME_CURE },
	{ "keep-decrypted", set_keep, KEEP_CURE },
	{ "account", set_account, "an address such as alice@example.com" },
};

#define ROWS (sizeof(rows) / sizeof(rows[0]))

/* "FILE:LINE: WHAT", with the end of a long path only. */
static int
fail_at(struct ly_why *why, const struct place *at, const char *what)
{
	const size_t len = strlen(at->file);
	const char *file = at->file;
	const char *dots = "";

	if (len > FILE_SHOWN) {
		dots = "...";
		file += len - FILE_SHOWN;
	}
	if (at->line == 0)
		return ly_fail(why, LY_ERR_FORMAT, "%s%s: %s", dots, file,
		    what);
	return ly_fail(why, LY_ERR_FORMAT, "%s%s:%u: %s", dots, file,
	    at->line, what);
}

static int
fail_key(struct ly_why *why, const struct place *at, const char *key)
{
	char what[LY_WHY_MAX];
	size_t i, n;

	(void)snprintf(what, sizeof(what),
	    "unknown key \"%.48s\": known keys are ", key);
	for (i = 0; i < ROWS; i++) {
		n = strlen(what);
		(void)snprintf(what + n, sizeof(what) - n, "%s%s",
		    i > 0 ? ", " : "", rows[i].key);
	}
	n = strlen(what);
	if (at->line == 0)
		(void)snprintf(what + n, sizeof(what) - n, ", config");
	return fail_at(why, at, what);
}

static int
fail_repeated(struct ly_why *why, const struct place *at, const char *key)
{
	char what[LY_WHY_MAX];

	(void)snprintf(what, sizeof(what),
	    "key \"%.48s\" is given twice: remove one", key);
	return fail_at(why, at, what);
}

static int
fail_value(struct ly_why *why, const struct place *at, const char *key,
    const char *expected)
{
	char what[LY_WHY_MAX];

	(void)snprintf(what, sizeof(what),
	    "bad value of \"%.48s\": expected %s", key, expected);
	return fail_at(why, at, what);
}

/* Apply one value; seen has a bit for each key given so far. */
static int
set_one(struct ly_conf *conf, const struct place *at, const char *key,
    const char *value, unsigned *seen, struct ly_why *why)
{
	size_t i;

	for (i = 0; i < ROWS && strcmp(rows[i].key, key) != 0; i++)
		continue;
	if (i == ROWS)
		return fail_key(why, at, key);
	if ((*seen & 1u << i) != 0)
		return fail_repeated(why, at, key);
	*seen |= 1u << i;
	if (rows[i].set(conf, value) != 0)
		return fail_value(why, at, key, rows[i].expected);
	return 0;
}

void
ly_conf_init(struct ly_conf *conf)
{
	memset(conf, 0, sizeof(*conf));
	conf->log_level = LY_LOG_INFO;
	conf->timeout_ms = 10000;
	conf->connect_ms = 3000;
	conf->keep_s = 300;
}

/* One text being applied. */
struct text {
	enum ly_conf_kind kind;
	struct ly_conf *conf;
	struct ly_conf unused;	/* takes the section that is not applied */
	unsigned seen[2];	/* for each section of the file */
};

/* The sections of a kind of file: [1] is NULL where there is one only. */
static const char *const *
sections_of(enum ly_conf_kind kind)
{
	static const char *const user[] = { "lanyard", NULL };
	static const char *const system[] = { "defaults", "fixed" };

	return kind == LY_CONF_USER ? user : system;
}

static int
fail_section(struct ly_why *why, const struct place *at,
    const char *const *known, const char *section)
{
	char what[LY_WHY_MAX];

	if (section[0] == '\0')
		(void)snprintf(what, sizeof(what),
		    "a key outside of a section: write [%s] above it",
		    known[0]);
	else
		(void)snprintf(what, sizeof(what),
		    "unknown section [%.48s]: expected [%s]%s%s%s", section,
		    known[0], known[1] != NULL ? " or [" : "",
		    known[1] != NULL ? known[1] : "",
		    known[1] != NULL ? "]" : "");
	return fail_at(why, at, what);
}

static int
text_item(void *arg, const struct ly_ini_item *item, struct ly_why *why)
{
	struct text *t = arg;
	const char *const *known = sections_of(t->kind);
	const struct place at = { item->file, item->line };
	const unsigned applied = t->kind == LY_CONF_FIXED;
	unsigned i;

	for (i = 0; i < 2; i++)
		if (known[i] != NULL && strcmp(item->section, known[i]) == 0)
			return set_one(i == applied ? t->conf : &t->unused,
			    &at, item->key, item->value, &t->seen[i], why);
	return fail_section(why, &at, known, item->section);
}

int
ly_conf_text(enum ly_conf_kind kind, const char *file, const void *text,
    size_t len, struct ly_conf *conf, struct ly_why *why)
{
	struct text t;

	ly_conf_init(&t.unused);
	t.kind = kind;
	t.conf = conf;
	t.seen[0] = 0;
	t.seen[1] = 0;
	return ly_ini_parse(file, text, len, text_item, &t, why);
}

static int
is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static const struct place init_place = { "string of C_Initialize", 0 };

/* Where the value at p ends, which begins after the quote, if any. */
static const char *
value_end(const char *p, char quote)
{
	if (quote != '\0')
		return strchr(p, quote);
	while (*p != '\0' && !is_space(*p))
		p++;
	return p;
}

/*
 * Take the next key=value of *args into key and value. 1 when there was
 * one, 0 at the end, LY_ERR_FORMAT.
 */
static int
next_arg(const char **args, char *key, size_t keycap, char *value,
    size_t cap, struct ly_why *why)
{
	const char *p = *args, *end;
	char quote = '\0';
	size_t n;

	while (is_space(*p))
		p++;
	if (*p == '\0')
		return 0;
	n = strcspn(p, "= \t\n\v\f\r");
	if (p[n] != '=' || n == 0 || n >= keycap)
		return fail_at(why, &init_place, "expected key=value");
	memcpy(key, p, n);
	key[n] = '\0';
	p += n + 1;
	if (*p == '\'' || *p == '"')
		quote = *p++;
	end = value_end(p, quote);
	if (end == NULL || (quote != '\0' && end[1] != '\0' &&
	    !is_space(end[1])))
		return fail_at(why, &init_place, "a quote is not closed");
	n = (size_t)(end - p);
	if (n >= cap)
		return fail_at(why, &init_place, "a value is too long");
	memcpy(value, p, n);
	value[n] = '\0';
	*args = end + (quote != '\0');
	return 1;
}

int
ly_conf_args(const char *args, struct ly_conf *conf, char *config,
    struct ly_why *why)
{
	char key[LY_INI_NAME_MAX], value[LY_PATH_MAX];
	unsigned seen = 0;
	int r;

	config[0] = '\0';
	if (memchr(args, '\0', ARGS_MAX) == NULL)
		return fail_at(why, &init_place, "too long");
	while ((r = next_arg(&args, key, sizeof(key), value, sizeof(value),
	    why)) == 1) {
		if (strcmp(key, "config") != 0) {
			r = set_one(conf, &init_place, key, value, &seen, why);
			if (r != 0)
				return r;
			continue;
		}
		if (config[0] != '\0')
			return fail_repeated(why, &init_place, key);
		if (ly_path_expand(value, config) != 0)
			return fail_value(why, &init_place, key, PATH_CURE);
	}
	return r;
}

/* Read a configuration file; one that is absent is empty. */
static int
read_conf(const char *path, struct ly_buf *b, struct ly_why *why)
{
	const int r = ly_file_read(path, FILE_MAX, LY_FILE_OWNED, b, why);

	if (r == LY_ERR_NOTFOUND)
		return 0;
	if (r == LY_ERR_TOOBIG)
		return LY_ERR_FORMAT;
	return r;
}

/* Where the user's file is; "" if there is no place for one. */
static int
user_file(const char *config, char *path, struct ly_why *why)
{
	static const struct place env = { "LANYARD_CONF", 0 };
	const char *v = ly_getenv("LANYARD_CONF");
	char dir[LY_PATH_MAX];

	path[0] = '\0';
	if (config[0] != '\0')
		return ly_path_join(path, "", config);
	if (v != NULL && ly_path_expand(v, path) != 0)
		return fail_at(why, &env, "expected " PATH_CURE);
	if (v != NULL || ly_dir_user_config(dir) != 0)
		return 0;
	return ly_path_join(path, dir, "lanyard.conf");
}

int
ly_conf_user_file(char *path, struct ly_why *why)
{
	return user_file("", path, why);
}

/* The user's file, and then what C_Initialize said. */
static int
load_user(const char *init_args, struct ly_conf *conf, struct ly_why *why)
{
	char config[LY_PATH_MAX] = "", path[LY_PATH_MAX];
	struct ly_conf before = *conf;
	struct ly_buf b;
	int r = 0;

	ly_buf_init(&b, FILE_MAX);
	/* Once for the name of the file, and once to be over its values. */
	if (init_args != NULL)
		r = ly_conf_args(init_args, &before, config, why);
	if (r != 0 || (r = user_file(config, path, why)) != 0)
		goto out;
	if (path[0] != '\0') {
		if ((r = read_conf(path, &b, why)) != 0)
			goto out;
		r = ly_conf_text(LY_CONF_USER, path, b.data, b.len, conf,
		    why);
	}
	if (r == 0 && init_args != NULL)
		r = ly_conf_args(init_args, conf, config, why);
out:
	ly_buf_clear(&b);
	return r;
}

int
ly_conf_load(const char *init_args, struct ly_conf *conf,
    struct ly_why *why)
{
	char path[LY_PATH_MAX];
	struct ly_conf new;
	struct ly_buf sys;
	int r;

	ly_buf_init(&sys, FILE_MAX);
	ly_conf_init(&new);
	(void)ly_dir_user_data(new.data_dir);
	r = ly_path_join(path, ly_dir_system_config(), "lanyard.conf");
	if (r != 0 || (r = read_conf(path, &sys, why)) != 0)
		goto out;
	if ((r = ly_conf_text(LY_CONF_DEFAULTS, path, sys.data, sys.len,
	    &new, why)) != 0)
		goto out;
	if ((r = load_user(init_args, &new, why)) != 0)
		goto out;
	if ((r = ly_conf_text(LY_CONF_FIXED, path, sys.data, sys.len, &new,
	    why)) != 0)
		goto out;
	if (new.connect_ms > new.timeout_ms)
		new.connect_ms = new.timeout_ms;
	*conf = new;
out:
	ly_buf_clear(&sys);
	return r;
}

int
ly_duration_parse(const char *text, int64_t *ms)
{
	static const struct {
		const char *unit;
		int64_t ms;
	} units[] = {
		{ "ms", 1 }, { "s", 1000 }, { "m", 60000 },
		{ "h", 3600000 }, { "d", 86400000 },
	};
	int64_t n = 0;
	size_t i;

	if (*text < '0' || *text > '9')
		return LY_ERR_FORMAT;
	for (; *text >= '0' && *text <= '9'; text++) {
		if (n > (INT64_MAX - (*text - '0')) / 10)
			return LY_ERR_FORMAT;
		n = n * 10 + (*text - '0');
	}
	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (strcmp(text, units[i].unit) != 0)
			continue;
		if (n > INT64_MAX / units[i].ms)
			return LY_ERR_FORMAT;
		*ms = n * units[i].ms;
		return 0;
	}
	return LY_ERR_FORMAT;
}
