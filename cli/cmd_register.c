/*
 * lanyard register and unregister: the module in the lists and settings of
 * the programs that shall use it. Says what it changes, one line a file;
 * undoes exactly that.
 */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "cli.h"
#include "file.h"
#include "profiles.h"
#include "register.h"

/* When a target is done without being named. */
enum when {
	NAMED = 0,
	UNDO = 1,		/* by unregister */
	BOTH = 2
};

static const struct target {
	const char *name;
	void (*run)(struct ly_reg *g, int asked);
	enum when when;
} targets[] = {
	{ "thunderbird", ly_reg_thunderbird, BOTH },
	{ "firefox", ly_reg_firefox, BOTH },
	{ "nssdb", ly_reg_nssdb, BOTH },
	{ "p11-kit", ly_reg_p11kit, BOTH },
	{ "ssh", ly_reg_ssh, UNDO },
	{ "openssl", ly_reg_openssl, UNDO },
	{ "java", ly_reg_java, UNDO },
	{ "policies", ly_reg_policies, NAMED },
};
#define TARGETS (sizeof(targets) / sizeof(targets[0]))
#define TARGET_NAMES \
	"thunderbird, firefox, nssdb, p11-kit, ssh, openssl, java, policies"

void
ly_reg_failed(struct ly_reg *g, int r, const struct ly_why *why)
{
	g->failed = 1;
	(void)ly_cli_failed(r, why);
}

void
ly_reg_say(struct ly_reg *g, const char *file, enum ly_nss_change change)
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

/* Is it, by its name, a file of policies? */
static int
is_policies(const char *path)
{
	const char *name = strrchr(path, '/');

	return name != NULL && strcmp(name, "/policies.json") == 0;
}

static void
do_target(struct ly_reg *g, const char *name)
{
	struct ly_why why = { "" };
	size_t i;

	for (i = 0; i < TARGETS; i++)
		if (strcmp(name, targets[i].name) == 0)
			break;
	if (i < TARGETS) {
		targets[i].run(g, 1);
	} else if (ly_dir_is(name)) {
		ly_reg_profile(g, name);
	} else if (is_policies(name)) {
		ly_reg_policies_file(g, name);
	} else {
		ly_fail(&why, 0, "%.250s: neither the folder of a profile, "
		    "nor .../policies.json, nor one of " TARGET_NAMES, name);
		ly_reg_failed(g, 0, &why);
	}
}

static int
run(struct ly_reg *g, const struct ly_args *args)
{
	const enum when at_least = g->library != NULL ? BOTH : UNDO;
	size_t i;

	for (i = 0; i < args->argc; i++)
		do_target(g, args->argv[i]);
	for (i = 0; i < TARGETS && args->argc == 0; i++)
		if (targets[i].when >= at_least)
			targets[i].run(g, 0);
	if (g->changed && !g->dry_run)
		(void)printf("A program that is running sees this when it is "
		    "started again.\n");
	return g->failed ? LY_EXIT_FAILED : 0;
}

/* The whole path of the module, for files that outlive this folder. */
static int
find_library(const char *given, char *library, struct ly_why *why)
{
	const char *name = given != NULL ? given : LY_MODULE_PATH;
	static const char unsafe[] = " \t\r\n\"'`\\$#;%<>&|*?";
	char *real = realpath(name, NULL);
	int r;

	if (real == NULL)
		return ly_fail(why, LY_ERR_NOTFOUND, "%.300s: %s: install "
		    "Lanyard, or give --module FILE", name, strerror(errno));
	if (strlen(real) >= LY_PATH_MAX || strcspn(real, unsafe) !=
	    strlen(real)) {
		r = ly_fail(why, LY_ERR_ARG, "%.300s: a path with a blank or "
		    "a quote cannot be told to all programs: move the module",
		    real);
		free(real);
		return r;
	}
	memcpy(library, real, strlen(real) + 1);
	free(real);
	return 0;
}

static const char about_register[] =
    "Shows the module to programs. A target is thunderbird, firefox, nssdb\n"
    "(~/.pki/nssdb), p11-kit, ssh, openssl, java, policies (for all users),\n"
    "the folder of a profile, or the path of a policies.json. Without one:\n"
    "the first four, all profiles that are found.";

int
ly_cmd_register(int argc, char **argv)
{
	const char *module = NULL;
	char library[LY_PATH_MAX];
	struct ly_why why = { "" };
	struct ly_reg *g;
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
	struct ly_reg *g;
	int r, dry_run = 0;
	const struct ly_arg opts[] = {
		{ "dry-run", NULL, "only show what would be changed", NULL,
		    &dry_run },
	};
	struct ly_args args = {
		.usage = "unregister [TARGET ...] [options]",
		.about = "Undoes what register did, with the same targets. "
		    "Without one: all but policies.",
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
