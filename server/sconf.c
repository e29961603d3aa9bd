/* The service's configuration; see sconf.h. One parser for a value type. */
#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <ini.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "conf.h"
#include "err.h"
#include "file.h"
#include "sconf.h"

#define CONF_MAX 65536		/* bytes of a file we read */
#define DAY_S ((int64_t)86400)

void
ly_sconf_init(struct ly_sconf *conf)
{
	memset(conf, 0, sizeof(*conf));
	conf->lease_s = 30 * DAY_S;
	conf->idle_s = 120;
	conf->connections = 1000;
	conf->log_level = LY_LOG_INFO;
	(void)snprintf(conf->kek, sizeof(conf->kek), "file");
}

/* An unsigned number of at most max, with nothing around it. */
static int
parse_number(const char *text, unsigned long max, unsigned long *out)
{
	unsigned long v;
	char *end;

	if (!isdigit((unsigned char)text[0]))
		return LY_ERR_FORMAT;
	errno = 0;
	v = strtoul(text, &end, 10);
	if (errno != 0 || *end != '\0' || v > max)
		return LY_ERR_FORMAT;
	*out = v;
	return 0;
}

static int
is_ip(const char *host)
{
	struct in6_addr a6;
	struct in_addr a4;

	return inet_pton(AF_INET, host, &a4) == 1 ||
	    inet_pton(AF_INET6, host, &a6) == 1;
}

int
ly_host_ok(const char *name)
{
	size_t n = strlen(name);

	if (n == 0 || n >= LY_HOST_MAX)
		return 0;
	if (is_ip(name))
		return 1;
	return name[0] != '.' && name[0] != '-' && strspn(name,
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "0123456789-.") == n;
}

int
ly_listen_parse(const char *text, struct ly_listen *out, struct ly_why *why)
{
	const char *colon = strrchr(text, ':');
	struct ly_listen got;
	unsigned long port = 0;
	size_t n;

	memset(&got, 0, sizeof(got));
	if (colon == NULL || parse_number(colon + 1, 65535, &port) != 0)
		goto bad;
	n = (size_t)(colon - text);
	if (n >= 2 && text[0] == '[' && colon[-1] == ']') {
		text++;
		n -= 2;
	}
	if (n == 0 || n >= sizeof(got.host))
		goto bad;
	memcpy(got.host, text, n);
	if (!is_ip(got.host))
		goto bad;
	got.port = (uint16_t)port;
	*out = got;
	return 0;
bad:
	return ly_fail(why, LY_ERR_FORMAT, "listen: want ADDRESS:PORT with an "
	    "IP address, such as 127.0.0.1:8443 or [::]:8443");
}

static int
set_duration(const char *value, int64_t min, int64_t max, int64_t *out)
{
	int64_t ms;

	if (ly_duration_parse(value, &ms) != 0 || ms < min * 1000 ||
	    ms > max * 1000)
		return LY_ERR_FORMAT;
	*out = ms / 1000;
	return 0;
}

static int
set_level(const char *value, enum ly_log_level *out)
{
	static const char *const names[] = { "error", "warn", "info",
	    "debug" };
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(value, names[i]) == 0) {
			*out = (enum ly_log_level)(i + 1);
			return 0;
		}
	}
	return LY_ERR_FORMAT;
}

static int
set_count(const char *value, unsigned long max, unsigned *out)
{
	unsigned long v = 0;

	if (parse_number(value, max, &v) != 0)
		return LY_ERR_FORMAT;
	*out = (unsigned)v;
	return 0;
}

static int
set_kek(const char *value, char *out, size_t cap)
{
	if (strcmp(value, "file") != 0 && strcmp(value, "passphrase") != 0)
		return LY_ERR_FORMAT;
	(void)snprintf(out, cap, "%s", value);
	return 0;
}

static int
set_name(const char *value, char *out)
{
	if (!ly_host_ok(value))
		return LY_ERR_FORMAT;
	(void)snprintf(out, LY_HOST_MAX, "%s", value);
	return 0;
}

static int
set_value(struct ly_sconf *c, const char *key, const char *value)
{
	if (strcmp(key, "listen") == 0)
		return ly_listen_parse(value, &c->listen, NULL);
	if (strcmp(key, "name") == 0)
		return set_name(value, c->name);
	if (strcmp(key, "lease") == 0)
		return set_duration(value, 1, 3650 * DAY_S, &c->lease_s);
	if (strcmp(key, "idle-timeout") == 0)
		return set_duration(value, 1, DAY_S, &c->idle_s);
	if (strcmp(key, "workers") == 0)
		return set_count(value, 64, &c->workers);
	if (strcmp(key, "connections") == 0)
		return set_count(value, 100000, &c->connections);
	if (strcmp(key, "log-level") == 0)
		return set_level(value, &c->log_level);
	if (strcmp(key, "kek") == 0)
		return set_kek(value, c->kek, sizeof(c->kek));
	return LY_ERR_NOTFOUND;
}

struct parse {
	struct ly_sconf *conf;
	char bad[96];		/* what is wrong, of the first error */
};

/* inih's handler: 1 goes on, 0 is an error. */
static int
handler(void *arg, const char *section, const char *name, const char *value)
{
	struct parse *p = arg;
	int r;

	if (p->bad[0] != '\0')
		return 0;
	if (strcmp(section, "lanyardd") != 0) {
		(void)snprintf(p->bad, sizeof(p->bad), "unknown section "
		    "[%.40s]", section);
		return 0;
	}
	if ((r = set_value(p->conf, name, value)) == 0)
		return 1;
	(void)snprintf(p->bad, sizeof(p->bad), r == LY_ERR_NOTFOUND ?
	    "unknown key \"%.40s\"" : "bad value of \"%.40s\"", name);
	return 0;
}

int
ly_sconf_parse(const char *path, const char *text, size_t len,
    struct ly_sconf *conf, struct ly_why *why)
{
	struct parse p = { conf, "" };
	char *copy;
	int line;

	if (memchr(text, '\0', len) != NULL)
		return ly_fail(why, LY_ERR_FORMAT, "%s: not a text", path);
	if ((copy = strndup(text, len)) == NULL)
		return LY_ERR_NOMEM;
	line = ini_parse_string(copy, handler, &p);
	free(copy);
	if (line > 0)
		return ly_fail(why, LY_ERR_FORMAT, "%s:%d: %s: see "
		    "lanyardd.conf(5)", path, line, p.bad[0] == '\0' ?
		    "not \"key = value\"" : p.bad);
	if (line < 0)
		return LY_ERR_NOMEM;
	if (conf->listen.port == 0 || conf->name[0] == '\0')
		return ly_fail(why, LY_ERR_FORMAT, "%s: \"listen\" and "
		    "\"name\" must be there", path);
	if (conf->connections == 0)
		return ly_fail(why, LY_ERR_FORMAT, "%s: \"connections\" must "
		    "not be 0", path);
	return 0;
}

int
ly_sconf_load(const char *dir, struct ly_sconf *conf, struct ly_why *why)
{
	char path[LY_PATH_MAX];
	struct ly_buf b;
	int r;

	ly_sconf_init(conf);
	ly_buf_init(&b, CONF_MAX);
	if ((r = ly_path_join(path, dir, "lanyardd.conf")) != 0)
		goto out;
	r = ly_file_read(path, CONF_MAX, LY_FILE_OWNED, &b, why);
	if (r == LY_ERR_NOTFOUND)
		r = ly_fail(why, r, "%s: no key service here: make one with "
		    "\"lanyardd init %s\", or name its folder with --dir",
		    path, dir);
	if (r == 0)
		r = ly_sconf_parse(path, b.len == 0 ? "" :
		    (const char *)b.data, b.len, conf, why);
out:
	ly_buf_clear(&b);
	return r;
}

void
ly_sconf_url(const struct ly_sconf *conf, char *url)
{
	int v6 = strchr(conf->name, ':') != NULL;

	(void)snprintf(url, LY_URL_MAX, "https://%s%s%s:%u", v6 ? "[" : "",
	    conf->name, v6 ? "]" : "", (unsigned)conf->listen.port);
}
