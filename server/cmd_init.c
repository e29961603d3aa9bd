/*
 * lanyardd init: make a complete service in a folder. A marker file stands
 * there while it is under way, so that one that was killed can be started
 * again, and a folder that is in use is never touched.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "audit.h"
#include "buf.h"
#include "cert.h"
#include "cmd.h"
#include "compat.h"
#include "conf.h"
#include "config.h"
#include "err.h"
#include "file.h"
#include "kh_client.h"
#include "listener.h"
#include "pkey.h"
#include "secret.h"
#include "tls.h"

#define LISTEN_DEFAULT "127.0.0.1:8443"
#define PORT_FIRST 10000	/* of those that init picks from: */
#define PORT_COUNT 20000	/* below the ephemeral ports */
#define PORT_TRIES 64
#define TENANT "default"
#define UNIT_PATH "/etc/systemd/system/lanyardd.service"

/* Every file that an init makes: what a repeated one may remove. */
static const char *const our_files[] = {
	LY_F_CONF, LY_F_DB, LY_F_DB "-wal", LY_F_DB "-shm",
	LY_F_DB "-journal", LY_F_KEK, LY_F_TLS_CERT, LY_F_TLS_KEY, LY_F_UNIT,
};

struct look {
	const struct ly_app *app;
	int pending, other;
	int clean;		/* remove what a killed init left */
};

/* Whether name is one of ours, or a temporary file on its way to be one. */
static int
is_ours(const char *name)
{
	size_t i, n;

	for (i = 0; i < sizeof(our_files) / sizeof(our_files[0]); i++) {
		n = strlen(our_files[i]);
		if (strncmp(name, our_files[i], n) == 0 && (name[n] == '\0' ||
		    (name[n] == '.' && strlen(name) > n + 4 &&
		    strcmp(name + strlen(name) - 4, ".tmp") == 0)))
			return 1;
	}
	return 0;
}

static int
remove_in(const struct ly_app *app, const char *name, struct ly_why *why)
{
	char path[LY_PATH_MAX];
	int r;

	if ((r = ly_app_path(app, name, path)) != 0)
		return r;
	return ly_file_remove(path, why);
}

static int
look_one(void *arg, const char *name)
{
	struct look *l = arg;

	if (strcmp(name, LY_F_PENDING) == 0)
		l->pending = 1;
	else if (strcmp(name, LY_F_LOCK) != 0)
		l->other = 1;
	return l->clean && is_ours(name) ? remove_in(l->app, name, NULL) : 0;
}

static int
write_in(const struct ly_app *app, const char *name, const void *data,
    size_t len, struct ly_why *why)
{
	char path[LY_PATH_MAX];
	int r;

	if ((r = ly_app_path(app, name, path)) != 0)
		return r;
	return ly_file_replace(path, data, len, 0600, why);
}

/* The marker is an empty file: it is there or it is not, never in between. */
static int
mark(const struct ly_app *app, struct ly_why *why)
{
	char path[LY_PATH_MAX];
	int dir = -1, fd, r;

	if ((r = ly_app_path(app, LY_F_PENDING, path)) != 0)
		return r;
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0 || (dir = open(app->dir, O_RDONLY | O_DIRECTORY |
	    O_CLOEXEC)) < 0 || fsync(dir) != 0)
		r = ly_fail(why, LY_ERR_IO, "%s: %s", path, strerror(errno));
	if (fd >= 0)
		(void)close(fd);
	if (dir >= 0)
		(void)close(dir);
	return r;
}

/* LY_ERR_EXISTS if the folder holds anything but an unfinished init. */
static int
refuse_used(const struct ly_app *app, struct ly_why *why)
{
	struct look look = { app, 0, 0, 0 };
	int r;

	if ((r = ly_dir_each(app->dir, look_one, &look)) != 0)
		return ly_fail(why, r, "%s: %s", app->dir, ly_strerror(r));
	if (look.other && !look.pending)
		return ly_fail(why, LY_ERR_EXISTS, "%s: in use: choose "
		    "another folder, or remove what is in it yourself",
		    app->dir);
	return 0;
}

/* An empty folder with the marker in it, or a refusal. */
static int
claim(const struct ly_app *app, struct ly_why *why)
{
	struct look look = { app, 0, 0, 1 };
	int r;

	if ((r = refuse_used(app, why)) != 0 || (r = mark(app, why)) != 0)
		return r;
	if ((r = ly_dir_each(app->dir, look_one, &look)) != 0)
		return ly_fail(why, r, "%s: cannot remove what an earlier "
		    "init left: %s", app->dir, ly_strerror(r));
	return 0;
}

/*
 * A port that is free now. Not one of those that the system hands out for
 * outgoing connections: the service has to find it free at each start.
 */
static int
pick_port(struct ly_listen *listen, struct ly_why *why)
{
	int fd = -1, i, r = LY_ERR_EXISTS;
	uint16_t x;

	for (i = 0; i < PORT_TRIES && r == LY_ERR_EXISTS; i++) {
		if ((r = ly_random(&x, sizeof(x))) != 0)
			return r;
		listen->port = (uint16_t)(PORT_FIRST + x % PORT_COUNT);
		r = ly_listen_socket(listen, &fd, &listen->port, why);
	}
	if (r == 0)
		(void)close(fd);
	return r;
}

/* Address, port and name from the options. */
static int
set_conf(const struct ly_opts *o, struct ly_sconf *conf, struct ly_why *why)
{
	const char *listen = o->listen != NULL ? o->listen : LISTEN_DEFAULT;
	int64_t ms = 0;
	int r;

	ly_sconf_init(conf);
	if ((r = ly_listen_parse(listen, &conf->listen, why)) != 0)
		return r;
	if (conf->listen.port == 0 &&
	    (r = pick_port(&conf->listen, why)) != 0)
		return r;
	if (o->name == NULL && (strcmp(conf->listen.host, "0.0.0.0") == 0 ||
	    strcmp(conf->listen.host, "::") == 0))
		return ly_fail(why, LY_ERR_FORMAT, "--name: needed when "
		    "listening on all addresses: the host name that users "
		    "will reach the service by");
	(void)snprintf(conf->name, sizeof(conf->name), "%s",
	    o->name != NULL ? o->name : conf->listen.host);
	if (!ly_host_ok(conf->name))
		return ly_fail(why, LY_ERR_FORMAT, "--name: want a host name "
		    "or an IP address");
	if (o->lease != NULL) {
		if (ly_duration_parse(o->lease, &ms) != 0 || ms < 1000)
			return ly_fail(why, LY_ERR_FORMAT, "--lease: want a "
			    "duration such as 30d or 12h");
		conf->lease_s = ms / 1000;
	}
	(void)snprintf(conf->kek, sizeof(conf->kek), "%s",
	    o->passphrase || o->passphrase_file != NULL ? "passphrase" :
	    "file");
	return 0;
}

static int
write_conf(const struct ly_app *app, struct ly_why *why)
{
	const struct ly_sconf *c = &app->conf;
	int v6 = strchr(c->listen.host, ':') != NULL;
	char text[2048];
	int n;

	n = snprintf(text, sizeof(text),
	    "# The key service in this folder; see lanyardd.conf(5).\n"
	    "[lanyardd]\n"
	    "# Where to listen, and the name that users reach it by.\n"
	    "listen = %s%s%s:%u\n"
	    "name = %s\n"
	    "# How long a device may use a cached key without asking again.\n"
	    "lease = %llds\n"
	    "# What opens the keys: \"file\" (kek) or \"passphrase\".\n"
	    "kek = %s\n"
	    "#log-level = info\n"
	    "#connections = 1000\n"
	    "#idle-timeout = 120s\n"
	    "#workers = 0\n",
	    v6 ? "[" : "", c->listen.host, v6 ? "]" : "",
	    (unsigned)c->listen.port, c->name, (long long)c->lease_s,
	    c->kek);
	return write_in(app, LY_F_CONF, text, (size_t)n, why);
}

/* A unit to copy; it runs as the folder's owner. */
static int
write_unit(const struct ly_app *app, struct ly_why *why)
{
	char exe[LY_PATH_MAX], *text = NULL;
	ssize_t len;
	int n, r;

	len = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
	if (len <= 0)
		return ly_fail(why, LY_ERR_IO, "/proc/self/exe: %s",
		    strerror(errno));
	exe[len] = '\0';
	n = asprintf(&text,
	    "# Copy to " UNIT_PATH ".\n"
	    "[Unit]\n"
	    "Description=Lanyard key service in %s\n"
	    "After=network-online.target\n"
	    "Wants=network-online.target\n\n"
	    "[Service]\n"
	    "ExecStart=\"%s\" serve --dir \"%s\"\n"
	    "User=%u\n"
	    "UMask=0077\n"
	    "Restart=on-failure\n"
	    "KillMode=mixed\n"
	    "TimeoutStopSec=20\n"
	    "LimitCORE=0\n"
	    "NoNewPrivileges=yes\n"
	    "PrivateTmp=yes\n"
	    "ProtectSystem=strict\n"
	    "ReadWritePaths=%s\n\n"
	    "[Install]\n"
	    "WantedBy=multi-user.target\n", app->dir, exe, app->dir,
	    (unsigned)geteuid(), app->dir);
	if (n < 0)
		return LY_ERR_NOMEM;
	r = write_in(app, LY_F_UNIT, text, (size_t)n, why);
	free(text);
	return r;
}

static int
make_database(struct ly_app *app, struct ly_why *why)
{
	struct ly_row_audit record;
	char path[LY_PATH_MAX];
	struct ly_store *s;
	int r;

	if ((r = ly_app_path(app, LY_F_DB, path)) != 0 ||
	    (r = ly_store_sqlite.create(path, why)) != 0 ||
	    (r = ly_app_store(app, &app->store, why)) != 0)
		return r;
	s = app->store;
	ly_audit_fill(&record, "host", NULL, LY_EV_INIT, NULL,
	    PACKAGE_VERSION);
	if ((r = s->d->begin(s, 1)) == 0 &&
	    (r = s->d->service_put(s, &app->service)) == 0 &&
	    (r = ly_audit_append(s, &record)) == 0)
		r = s->d->commit(s);
	if (r != 0) {
		s->d->rollback(s);
		r = ly_fail(why, r, "%s: cannot write: %s", path,
		    ly_strerror(r));
	}
	return r;
}

static int
start_keyholder(struct ly_app *app, const struct ly_opts *o,
    struct ly_why *why)
{
	char kek[LY_PATH_MAX];
	struct ly_kh_opts opts;
	int r;

	if ((r = ly_app_path(app, LY_F_KEK, kek)) != 0)
		return r;
	memset(&opts, 0, sizeof(opts));
	opts.kek = kek;
	opts.make = 1;
	opts.passphrase = o->passphrase_file != NULL ? o->passphrase_file :
	    o->passphrase ? "?" : NULL;
	opts.channels = 1;
	return ly_kh_start(&opts, &app->kh, why);
}

/* Everything but the folder itself, between claim and release. */
static int
build(struct ly_app *app, const struct ly_opts *o, struct ly_why *why)
{
	int r;

	if ((r = start_keyholder(app, o, why)) != 0)
		return r;
	if ((r = ly_kh_make(app->kh, TENANT, &app->service)) != 0 ||
	    (r = ly_kh_use(app->kh, &app->service)) != 0)
		return ly_fail(why, r, "cannot make the service's keys: %s",
		    ly_strerror(r));
	if ((r = make_database(app, why)) != 0 ||
	    (r = ly_tls_make(app, why)) != 0 ||
	    (r = write_unit(app, why)) != 0 ||
	    (r = write_conf(app, why)) != 0)
		return r;
	return remove_in(app, LY_F_PENDING, why);
}

static void
say_next(const struct ly_app *app)
{
	char url[LY_URL_MAX], fp[2 * LY_SHA256_LEN + 1] = "";

	ly_sconf_url(&app->conf, url);
	(void)ly_tls_fingerprint(app, fp);
	(void)printf("A key service is ready in %s\n"
	    "  url          %s\n"
	    "  fingerprint  %s\n"
	    "  keep a copy of %s/kek apart from the database's backups\n\n"
	    "Next:\n"
	    "  lanyardd user add ADDRESS --dir %s\n"
	    "  lanyardd import --dir %s FILE.p12 ...\n"
	    "  lanyardd serve --dir %s\n"
	    "  lanyardd enroll-code ADDRESS --dir %s\n",
	    app->dir, url, fp, app->dir, app->dir, app->dir, app->dir,
	    app->dir);
}

/* The folder as an absolute path, made when absent. */
static int
make_dir(const char *given, struct ly_app *app, struct ly_why *why)
{
	char *real;
	int r;

	if ((r = ly_dir_make(given, why)) != 0)
		return r;
	if ((real = realpath(given, NULL)) == NULL)
		return ly_fail(why, LY_ERR_IO, "%s: %s", given,
		    strerror(errno));
	r = strlen(real) >= sizeof(app->dir) ? LY_ERR_TOOBIG : 0;
	if (r == 0)
		memcpy(app->dir, real, strlen(real) + 1);
	free(real);
	return r == 0 ? ly_dir_check(app->dir, why) : r;
}

int
ly_cmd_init(int argc, char **argv)
{
	struct ly_file_lock *lock = NULL;
	struct ly_why why = { "" };
	char path[LY_PATH_MAX];
	struct ly_opts o;
	struct ly_app app;
	int r;

	if (ly_opts_parse(argc, argv, LY_O_LISTEN | LY_O_NAME | LY_O_LEASE |
	    LY_O_PASSPHRASE | LY_O_PASSFILE, &o) != 0)
		return 2;
	if (o.nargs != 1)
		return ly_cmd_usage(argv[0], "want one folder");
	memset(&app, 0, sizeof(app));
	if ((r = set_conf(&o, &app.conf, &why)) != 0 ||
	    (r = make_dir(o.args[0], &app, &why)) != 0 ||
	    (r = refuse_used(&app, &why)) != 0 ||
	    (r = ly_app_path(&app, LY_F_LOCK, path)) != 0 ||
	    (r = ly_file_lock(path, 0, &lock, &why)) != 0 ||
	    (r = claim(&app, &why)) != 0 ||
	    (r = build(&app, &o, &why)) != 0)
		goto out;
	say_next(&app);
out:
	ly_app_close(&app);
	ly_file_unlock(&lock);
	return r == 0 ? 0 : ly_cmd_fail(argv[0], r, &why);
}
