/*
 * lanyard register and unregister: the module in NSS profiles and in
 * p11-kit. Says what it changes, one line a file; undoes exactly that.
 */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "buf.h"
#include "cli.h"
#include "compat.h"
#include "file.h"
#include "nssdb.h"
#include "profiles.h"

#define P11_FILE_MAX 65536
#define P11_NAME "lanyard.module"

struct reg {
	const char *library;	/* NULL: unregister */
	int dry_run;
	int changed, failed;
	struct ly_profiles found;
};

static void
failed(struct reg *g, int r, const struct ly_why *why)
{
	g->failed = 1;
	(void)ly_cli_failed(r, why);
}

static void
say(struct reg *g, const char *file, enum ly_nss_change change)
{
	static const char *const done[] = {
		[LY_NSS_ADDED] = "added",
		[LY_NSS_REPLACED] = "replaced",
		[LY_NSS_REMOVED] = "removed",
	};
	static const char *const would[] = {
		[LY_NSS_ADDED] = "would add",
		[LY_NSS_REPLACED] = "would replace",
		[LY_NSS_REMOVED] = "would remove",
	};

	if (change == LY_NSS_SAME) {
		(void)printf("%s: %s\n", file, g->library != NULL ?
		    "there already" : "nothing of ours in it");
		return;
	}
	g->changed = 1;
	(void)printf("%s: %s module " LY_NSS_MODULE "%s%s\n", file,
	    g->dry_run ? would[change] : done[change],
	    g->library != NULL ? ", " : "",
	    g->library != NULL ? g->library : "");
}

static void
do_profile(struct reg *g, const char *dir)
{
	char path[LY_PATH_MAX];
	enum ly_nss_change change = LY_NSS_SAME;
	struct ly_why why = { "" };
	int r;

	r = ly_nss_apply(dir, g->library, g->dry_run, &change, &why);
	if (r == 0)
		r = ly_path_join(path, dir, "pkcs11.txt");
	if (r != 0)
		failed(g, r, &why);
	else
		say(g, path, change);
}

/* The profiles of one program; asked: the user named it. */
static void
do_program(struct reg *g, const char *name, const char *base, int asked)
{
	char path[LY_PATH_MAX], txt[LY_PATH_MAX];
	struct ly_file_stamp stamp;
	struct ly_why why = { "" };
	size_t i;
	int r;

	g->found.n = 0;
	if ((r = ly_profiles_home(base, path, &why)) != 0 ||
	    (r = ly_profiles_read(path, &g->found, &why)) != 0) {
		failed(g, r, &why);
		return;
	}
	if (g->found.n == 0 && asked) {
		ly_fail(&why, 0, "no profile of %s in %.300s: start it once",
		    name, path);
		failed(g, 0, &why);
	}
	for (i = 0; i < g->found.n; i++) {
		/* A profile that was never started has no database. */
		if (!asked && ly_path_join(txt, g->found.dir[i],
		    "pkcs11.txt") == 0 && ly_file_stat(txt, &stamp) != 0)
			continue;
		do_profile(g, g->found.dir[i]);
	}
}

static void
do_nssdb(struct reg *g, int asked)
{
	char path[LY_PATH_MAX];
	struct ly_why why = { "" };
	int r;

	if ((r = ly_profiles_home(".pki/nssdb", path, &why)) != 0)
		failed(g, r, &why);
	else if (asked || ly_dir_is(path))
		do_profile(g, path);
}

static int
p11_path(char *path, struct ly_why *why)
{
	const char *xdg = ly_getenv("XDG_CONFIG_HOME");
	char base[LY_PATH_MAX], dir[LY_PATH_MAX];
	int r;

	if (xdg != NULL && xdg[0] == '/')
		r = ly_path_join(base, xdg, "");
	else
		r = ly_profiles_home(".config", base, why);
	if (r != 0 || (r = ly_path_join(dir, base, "pkcs11/modules")) != 0)
		return r;
	return ly_path_join(path, dir, P11_NAME);
}

/* What p11-kit shall read. NSS programs load the module by themselves. */
static int
p11_text(const char *library, struct ly_buf *text)
{
	static const char head[] =
	    "# Written by \"lanyard register\"; \"lanyard unregister\" "
	    "removes it.\nmodule: ";
	static const char tail[] = "\ncritical: no\n"
	    "disable-in: thunderbird thunderbird-bin firefox firefox-esr "
	    "firefox-bin\n";

	(void)ly_buf_put(text, head, strlen(head));
	(void)ly_buf_put(text, library, strlen(library));
	return ly_buf_put(text, tail, strlen(tail));
}

/* 1 if the file serves that module (NULL: any of ours), 0 if not. */
static int
p11_names(const struct ly_buf *text, const char *library)
{
	const char *p = (const char *)text->data;
	const char *end = p + text->len, *nl;
	size_t n;

	for (; p < end; p = nl + 1) {
		nl = memchr(p, '\n', (size_t)(end - p));
		if (nl == NULL)
			nl = end;
		n = (size_t)(nl - p);
		if (n < 8 || memcmp(p, "module: ", 8) != 0)
			continue;
		if (library == NULL)
			return memmem(p, n, "/lanyard-pkcs11", 15) != NULL;
		return n - 8 == strlen(library) &&
		    memcmp(p + 8, library, n - 8) == 0;
	}
	return 0;
}

/* Whether the administrator's file serves this module for everybody. */
static int
p11_system_has(const char *library)
{
	struct ly_buf text;
	int r;

	ly_buf_init(&text, P11_FILE_MAX);
	r = ly_file_read(LY_P11_CONFIG_DIR "/" P11_NAME, P11_FILE_MAX,
	    LY_FILE_ANY, &text, NULL);
	r = r == 0 && p11_names(&text, library);
	ly_buf_clear(&text);
	return r;
}

static int
p11_write(struct reg *g, const char *path, const struct ly_buf *text,
    struct ly_why *why)
{
	char dir[LY_PATH_MAX];
	int r;

	if (g->dry_run)
		return 0;
	memcpy(dir, path, sizeof(dir));
	*strrchr(dir, '/') = '\0';
	if ((r = ly_dir_make(dir, why)) != 0)
		return r;
	return ly_file_replace(path, text->data, text->len, 0644, why);
}

/* The edit of p11-kit's file: old is what is there (empty: nothing). */
static int
p11_edit(struct reg *g, const char *path, const struct ly_buf *old,
    struct ly_why *why)
{
	enum ly_nss_change change = LY_NSS_SAME;
	struct ly_buf text;
	int r = 0;

	ly_buf_init(&text, P11_FILE_MAX);
	if (old->len > 0 && !p11_names(old, NULL)) {
		if (g->library != NULL)
			r = ly_fail(why, LY_ERR_EXISTS, "%.300s: not a file "
			    "of ours: move it away", path);
	} else if (g->library == NULL) {
		if (old->len > 0)
			change = LY_NSS_REMOVED;
		if (old->len > 0 && !g->dry_run)
			r = ly_file_remove(path, why);
	} else if ((r = p11_text(g->library, &text)) == 0 &&
	    (text.len != old->len ||
	    memcmp(text.data, old->data, old->len) != 0)) {
		change = old->len > 0 ? LY_NSS_REPLACED : LY_NSS_ADDED;
		r = p11_write(g, path, &text, why);
	}
	ly_buf_clear(&text);
	if (r == 0)
		say(g, path, change);
	return r;
}

static void
do_p11kit(struct reg *g)
{
	char path[LY_PATH_MAX];
	struct ly_why why = { "" };
	struct ly_buf old;
	int r;

	if (g->library != NULL && p11_system_has(g->library)) {
		(void)printf("%s: there already, for all users\n",
		    LY_P11_CONFIG_DIR "/" P11_NAME);
		return;
	}
	ly_buf_init(&old, P11_FILE_MAX);
	r = p11_path(path, &why);
	if (r == 0)
		r = ly_file_read(path, P11_FILE_MAX, LY_FILE_OWNED, &old,
		    &why);
	if (r == LY_ERR_NOTFOUND)
		r = 0;
	if (r == 0)
		r = p11_edit(g, path, &old, &why);
	if (r != 0)
		failed(g, r, &why);
	ly_buf_clear(&old);
}

static void
do_target(struct reg *g, const char *target)
{
	struct ly_why why = { "" };

	if (strcmp(target, "thunderbird") == 0) {
		do_program(g, "Thunderbird", ".thunderbird", 1);
	} else if (strcmp(target, "firefox") == 0) {
		do_program(g, "Firefox", ".mozilla/firefox", 1);
	} else if (strcmp(target, "nssdb") == 0) {
		do_nssdb(g, 1);
	} else if (strcmp(target, "p11-kit") == 0) {
		do_p11kit(g);
	} else if (ly_dir_is(target)) {
		do_profile(g, target);
	} else {
		ly_fail(&why, 0, "%.300s: neither a profile folder nor one "
		    "of thunderbird, firefox, nssdb, p11-kit", target);
		failed(g, 0, &why);
	}
}

static void
do_all(struct reg *g)
{
	do_program(g, "Thunderbird", ".thunderbird", 0);
	if (g->library == NULL)
		do_program(g, "Firefox", ".mozilla/firefox", 0);
	do_nssdb(g, 0);
	do_p11kit(g);
}

static int
run(struct reg *g, const struct ly_args *args)
{
	size_t i;

	for (i = 0; i < args->argc; i++)
		do_target(g, args->argv[i]);
	if (args->argc == 0)
		do_all(g);
	if (g->changed && !g->dry_run)
		(void)printf("Start your mail client again to see the "
		    "change.\n");
	return g->failed ? LY_EXIT_FAILED : 0;
}

/* The whole path of the module, for files that outlive this folder. */
static int
find_library(const char *given, char *library, struct ly_why *why)
{
	const char *name = given != NULL ? given : LY_MODULE_PATH;
	char *real = realpath(name, NULL);

	if (real == NULL)
		return ly_fail(why, LY_ERR_NOTFOUND, "%.300s: %s: install "
		    "Lanyard, or give --module FILE", name, strerror(errno));
	if (strlen(real) >= LY_PATH_MAX || strchr(real, '\n') != NULL) {
		free(real);
		return ly_fail(why, LY_ERR_ARG, "--module: a strange path");
	}
	memcpy(library, real, strlen(real) + 1);
	free(real);
	return 0;
}

static const char about_register[] =
    "Adds the module to mail clients: thunderbird, firefox, nssdb "
    "(~/.pki/nssdb), p11-kit,\nor the profile in a folder. Without a target: "
    "all profiles of Thunderbird that are\nfound, nssdb, and p11-kit.";

int
ly_cmd_register(int argc, char **argv)
{
	const char *module = NULL;
	char library[LY_PATH_MAX];
	struct ly_why why = { "" };
	struct reg *g;
	int r, dry_run = 0;
	const struct ly_arg opts[] = {
		{ "dry-run", NULL, "only show what would be changed", NULL,
		    &dry_run },
		{ "module", "FILE", "the module [" LY_MODULE_PATH "]",
		    &module, NULL },
	};
	struct ly_args args = {
		.usage = "register [TARGET ...] [options]",
		.about = about_register,
		.opts = opts,
		.nopts = sizeof(opts) / sizeof(opts[0]),
		.max = LY_PROFILES_MAX,
	};
	enum ly_args_end end;

	if ((end = ly_args_parse(&args, argc, argv)) != LY_ARGS_GO)
		return (int)end;
	if ((r = find_library(module, library, &why)) != 0)
		return ly_cli_failed(r, &why);
	g = calloc(1, sizeof(*g));
	if (g == NULL)
		return ly_cli_failed(LY_ERR_NOMEM, NULL);
	g->library = library;
	g->dry_run = dry_run;
	r = run(g, &args);
	free(g);
	return r;
}

int
ly_cmd_unregister(int argc, char **argv)
{
	struct reg *g;
	int r, dry_run = 0;
	const struct ly_arg opts[] = {
		{ "dry-run", NULL, "only show what would be changed", NULL,
		    &dry_run },
	};
	struct ly_args args = {
		.usage = "unregister [TARGET ...] [options]",
		.about = "Undoes what register did, with the same targets; "
		    "without one, everywhere.",
		.opts = opts,
		.nopts = sizeof(opts) / sizeof(opts[0]),
		.max = LY_PROFILES_MAX,
	};
	enum ly_args_end end;

	if ((end = ly_args_parse(&args, argc, argv)) != LY_ARGS_GO)
		return (int)end;
	g = calloc(1, sizeof(*g));
	if (g == NULL)
		return ly_cli_failed(LY_ERR_NOMEM, NULL);
	g->dry_run = dry_run;
	r = run(g, &args);
	free(g);
	return r;
}
