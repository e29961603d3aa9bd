/*
 * doctor: the support bundle, one text file. Holds the report, settings,
 * the names and modes of files, and the end of the log; never reads a file
 * that has a key, sealed or not. The whole text passes through redact.c
 * before any of it is written.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>
#include <openssl/crypto.h>

#include "buf.h"
#include "compat.h"
#include "doctor.h"
#include "file.h"

#define BUNDLE_MAX ((size_t)4 * 1024 * 1024)
#define CONF_MAX ((size_t)65536)
#define LOG_END 65536	/* bytes of the log's end */

static const char head[] =
    "Support bundle of lanyard " PACKAGE_VERSION ", %s\n\n"
    "Left out: keys, PINs, codes, certificates, mail. Stand-ins, the same "
    "for the\nsame thing: <mail-1> address, <host-1> host or domain, <ip-1> "
    "address not of\nthis computer, <name-1> user, token or key, <hex-1> id "
    "or serial number, ~ home.\nKept as it is: paths, times, versions, "
    "modes, settings, messages.\n\n";

static void
title(FILE *out, const char *text)
{
	(void)fprintf(out, "\n==== %s\n", text);
}

static void
put_system(FILE *out)
{
	static const char *const names[] = {
		"LANYARD_CONF", "XDG_CONFIG_HOME", "XDG_DATA_HOME",
		"https_proxy", "all_proxy", "no_proxy", "OPENSSL_CONF",
		"LD_PRELOAD", "LD_LIBRARY_PATH"
	};
	struct utsname u;
	size_t i;

	title(out, "system");
	if (uname(&u) == 0)
		(void)fprintf(out, "%s %s %s\n", u.sysname, u.release,
		    u.machine);
	(void)fprintf(out, "%s\n", OpenSSL_version(OPENSSL_VERSION));
	(void)fprintf(out, "user id %lu\nenvironment:",
	    (unsigned long)geteuid());
	/* Whether, not what: a proxy's address may hold a password. */
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (ly_getenv(names[i]) != NULL)
			(void)fprintf(out, " %s", names[i]);
	(void)fputc('\n', out);
}

/* A text file, the last max bytes of it; nothing if it is not there. */
static void
put_file(FILE *out, const char *path, long max)
{
	char block[4096];
	FILE *in = fopen(path, "re");
	struct stat st;
	size_t n;

	if (in == NULL)
		return;
	title(out, path);
	if (fstat(fileno(in), &st) == 0 && S_ISREG(st.st_mode)) {
		if (st.st_size > max)
			(void)fseek(in, -max, SEEK_END);
		while ((n = fread(block, 1, sizeof(block), in)) > 0)
			(void)fwrite(block, 1, n, out);
	}
	(void)fclose(in);
}

static void
put_settings(FILE *out)
{
	char path[LY_PATH_MAX];

	if (ly_path_join(path, ly_dir_system_config(), "lanyard.conf") == 0)
		put_file(out, path, (long)CONF_MAX);
	if (ly_conf_user_file(path, NULL) == 0 && path[0] != '\0')
		put_file(out, path, (long)CONF_MAX);
}

/* A folder's entries, for put_dir. */
struct listing {
	FILE *out;
	const char *dir;
};

static int
put_entry(void *arg, const char *name)
{
	const struct listing *l = arg;
	char path[LY_PATH_MAX], when[LY_TIME_LEN];
	struct stat st;

	if (ly_path_join(path, l->dir, name) != 0 || lstat(path, &st) != 0)
		return 0;
	ly_time_str((int64_t)st.st_mtim.tv_sec, when);
	(void)fprintf(l->out, "%06o %5lu %9lld %s %s\n",
	    (unsigned)st.st_mode, (unsigned long)st.st_uid,
	    (long long)st.st_size, when, name);
	return 0;
}

static void
put_dir(FILE *out, const char *dir)
{
	struct listing l = { out, dir };

	if (!ly_dir_is(dir))
		return;
	title(out, dir);
	(void)ly_dir_each(dir, put_entry, &l);
}

static void
put_account(FILE *out, const struct ly_conf *conf, const char *name)
{
	char dir[LY_PATH_MAX], keys[LY_PATH_MAX];

	if (ly_account_dir(conf, name, dir) != 0 ||
	    ly_path_join(keys, dir, "keys") != 0)
		return;
	put_dir(out, dir);
	put_dir(out, keys);
}

/* Redact text in place. */
static int
redact(struct ly_redact *red, char *text, size_t cap)
{
	struct ly_buf b;
	int r;

	ly_buf_init(&b, BUNDLE_MAX);
	if ((r = ly_redact_text(red, text, strlen(text), &b)) == 0)
		(void)snprintf(text, cap, "%.*s", (int)b.len,
		    (const char *)b.data);
	ly_buf_clear(&b);
	return r;
}

/* Redacted before it is broken into lines, which would part a name. */
static int
put_report(const struct ly_doctor *d, FILE *out)
{
	struct ly_report copy = d->report;
	size_t i;
	int r = d->report.err;

	copy.list = calloc(copy.n + 1, sizeof(copy.list[0]));
	if (copy.list == NULL)
		return LY_ERR_NOMEM;
	for (i = 0; i < copy.n && r == 0; i++) {
		copy.list[i] = d->report.list[i];
		r = redact(d->redact, copy.list[i].text, LY_REPORT_TEXT);
		if (r == 0)
			r = redact(d->redact, copy.list[i].about,
			    sizeof(copy.list[i].about));
	}
	if (r == 0)
		r = ly_report_print(&copy, out);
	free(copy.list);
	return r;
}

static int
put_all(const struct ly_doctor *d, FILE *out)
{
	char now[LY_TIME_LEN], accounts[LY_PATH_MAX];
	size_t i;
	int r;

	ly_time_str(ly_time(), now);
	(void)fprintf(out, head, now);
	if ((r = put_report(d, out)) != 0)
		return r;
	put_system(out);
	put_settings(out);
	if (d->conf_ok && ly_path_join(accounts, d->conf.data_dir,
	    "accounts") == 0) {
		put_dir(out, d->conf.data_dir);
		put_dir(out, accounts);
	}
	for (i = 0; i < d->n; i++)
		put_account(out, &d->conf, d->names[i]);
	if (d->conf_ok && d->conf.log[0] == '/')
		put_file(out, d->conf.log, LOG_END);
	return ferror(out) ? LY_ERR_NOMEM : 0;
}

/* Names that are this computer's, and not an account's. */
static void
learn(const struct ly_doctor *d)
{
	static const char *const vars[] = { "USER", "LOGNAME" };
	const char *home = ly_getenv("HOME"), *v;
	struct utsname u;
	size_t i;

	if (home != NULL && strcmp(home, "/root") != 0)
		(void)ly_redact_as(d->redact, home, "~");
	if (uname(&u) == 0 && strcmp(u.nodename, "localhost") != 0)
		(void)ly_redact_word(d->redact, LY_REDACT_HOST, u.nodename);
	for (i = 0; i < 2; i++) {
		v = ly_getenv(vars[i]);
		if (v != NULL && strcmp(v, "root") != 0)
			(void)ly_redact_word(d->redact, LY_REDACT_NAME, v);
	}
	for (i = 0; i < d->n; i++)
		(void)ly_redact_word(d->redact, LY_REDACT_MAIL, d->names[i]);
}

/* What is no text goes, too. */
static void
make_text(char *s, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (((unsigned char)s[i] < ' ' && s[i] != '\n' &&
		    s[i] != '\t') || s[i] == 0x7f)
			s[i] = '?';
}

int
ly_doctor_bundle(struct ly_doctor *d, const char *path, struct ly_why *why)
{
	struct ly_buf clean;
	FILE *out;
	char *text = NULL;
	size_t len = 0;
	int r;

	ly_buf_init(&clean, BUNDLE_MAX);
	if ((out = open_memstream(&text, &len)) == NULL)
		return LY_ERR_NOMEM;
	learn(d);
	r = put_all(d, out);
	if (fclose(out) != 0)
		r = LY_ERR_NOMEM;
	if (r != 0)
		goto out;
	make_text(text, len);
	if ((r = ly_redact_text(d->redact, text, len, &clean)) == 0)
		r = ly_file_create(path, clean.data, clean.len, 0600, why);
out:
	ly_buf_clear(&clean);
	free(text);
	return r;
}
