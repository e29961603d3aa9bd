/*
 * lanyardd: the key service. The table of subcommands, their options, and
 * what holds for every process of the service.
 */
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "compat.h"
#include "config.h"
#include "err.h"
#include "harden.h"
#include "keyholder.h"
#include "log.h"
#include "wipe.h"

static const struct ly_cmd {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *summary;
	const char *usage;
} commands[] = {
	{ "init", ly_cmd_init, "make a key service in a folder",
	    "DIR [--listen ADDRESS:PORT] [--name HOST] [--lease DURATION] "
	    "[--passphrase | --passphrase-file FILE]" },
	{ "serve", ly_cmd_serve, "run the key service",
	    "[--dir DIR] [--passphrase-file FILE]" },
	{ "user", ly_cmd_user, "add, list, disable or enable mailboxes",
	    "add|disable|enable ADDRESS | list [--json] [--dir DIR]" },
	{ "enroll-code", ly_cmd_enroll_code,
	    "make a code that enrols one device",
	    "ADDRESS [--json] [--dir DIR]" },
	{ "import", ly_cmd_import, "take keys from PKCS#12 files",
	    "[--user ADDRESS] [--password-file FILE] "
	    "[--delivery remote|cached] [--passphrase-file FILE] "
	    "[--dir DIR] FILE.p12 ..." },
	{ "keys", ly_cmd_keys, "list keys",
	    "[ADDRESS] [--json] [--dir DIR]" },
	{ "key", ly_cmd_key, "change a key's delivery or state",
	    "set KEYID --user ADDRESS [--delivery remote|cached] "
	    "[--state current|retired|revoked] [--dir DIR]" },
	{ "device", ly_cmd_device, "list or revoke devices",
	    "list [ADDRESS] [--json] | revoke DEVICEID [--dir DIR]" },
	{ "audit", ly_cmd_audit, "show or verify the audit",
	    "list [ADDRESS] [--json] | verify [--dir DIR]" },
};
#define NCOMMANDS (sizeof(commands) / sizeof(commands[0]))

static const struct ly_cmd *
find_command(const char *name)
{
	size_t i;

	for (i = 0; i < NCOMMANDS; i++)
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	return NULL;
}

int
ly_cmd_usage(const char *command, const char *what)
{
	const struct ly_cmd *c = find_command(command);

	if (what != NULL)
		(void)fprintf(stderr, "lanyardd %s: %s\n", command, what);
	(void)fprintf(stderr, "usage: lanyardd %s %s\n", command,
	    c == NULL ? "" : c->usage);
	return 2;
}

int
ly_cmd_fail(const char *command, int r, const struct ly_why *why)
{
	const char *text = why != NULL && why->text[0] != '\0' ? why->text :
	    ly_strerror(r);

	(void)fprintf(stderr, "lanyardd %s: %s\n", command, text);
	return 1;
}

static const struct option options[] = {
	{ "dir", required_argument, NULL, (int)LY_O_DIR },
	{ "json", no_argument, NULL, (int)LY_O_JSON },
	{ "listen", required_argument, NULL, (int)LY_O_LISTEN },
	{ "name", required_argument, NULL, (int)LY_O_NAME },
	{ "lease", required_argument, NULL, (int)LY_O_LEASE },
	{ "passphrase", no_argument, NULL, (int)LY_O_PASSPHRASE },
	{ "passphrase-file", required_argument, NULL, (int)LY_O_PASSFILE },
	{ "user", required_argument, NULL, (int)LY_O_USER },
	{ "password-file", required_argument, NULL, (int)LY_O_PASSWORDS },
	{ "delivery", required_argument, NULL, (int)LY_O_DELIVERY },
	{ "state", required_argument, NULL, (int)LY_O_STATE },
	{ NULL, 0, NULL, 0 },
};

static void
set_option(struct ly_opts *o, unsigned bit, const char *value)
{
	switch (bit) {
	case LY_O_DIR:
		o->dir = value;
		break;
	case LY_O_JSON:
		o->json = 1;
		break;
	case LY_O_LISTEN:
		o->listen = value;
		break;
	case LY_O_NAME:
		o->name = value;
		break;
	case LY_O_LEASE:
		o->lease = value;
		break;
	case LY_O_PASSPHRASE:
		o->passphrase = 1;
		break;
	case LY_O_PASSFILE:
		o->passphrase_file = value;
		break;
	case LY_O_USER:
		o->user = value;
		break;
	case LY_O_PASSWORDS:
		o->password_file = value;
		break;
	case LY_O_DELIVERY:
		o->delivery = value;
		break;
	default:
		o->state = value;
		break;
	}
}

int
ly_opts_parse(int argc, char **argv, unsigned allowed, struct ly_opts *o)
{
	int c;

	memset(o, 0, sizeof(*o));
	o->dir = LY_DIR_DEFAULT;
	opterr = 0;
	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (c == '?')
			return ly_cmd_usage(argv[0], "unknown option, or one "
			    "without its value");
		if ((allowed & (unsigned)c) == 0)
			return ly_cmd_usage(argv[0], "an option that this "
			    "command does not have");
		set_option(o, (unsigned)c, optarg);
	}
	o->args = argv + optind;
	o->nargs = argc - optind;
	return 0;
}

int
ly_cmd_mailbox(struct ly_app *app, const char *address,
    struct ly_row_mailbox *row, struct ly_why *why)
{
	char lower[LY_ADDRESS_MAX];
	int r;

	if (strlen(address) >= sizeof(lower))
		return ly_fail(why, LY_ERR_FORMAT, "address: too long");
	memcpy(lower, address, strlen(address) + 1);
	if (!ly_address_ok(lower))
		return ly_fail(why, LY_ERR_FORMAT, "not a mail address: want "
		    "something like alice@example.com");
	r = app->store->d->mailbox_find(app->store, lower, row);
	if (r == LY_ERR_NOTFOUND)
		return ly_fail(why, r, "no mailbox %s: add it with \"lanyardd "
		    "user add %s --dir %s\"", lower, lower, app->dir);
	return r;
}

void
ly_cmd_time(int64_t t, char *buf)
{
	if (t == 0) {
		memcpy(buf, "-", 2);
		return;
	}
	ly_time_str(t, buf);
}

static int
help(FILE *out)
{
	size_t i;

	(void)fprintf(out, "lanyardd " PACKAGE_VERSION ": a key service for "
	    "mail keys\n\n");
	for (i = 0; i < NCOMMANDS; i++)
		(void)fprintf(out, "  %-12s %s\n", commands[i].name,
		    commands[i].summary);
	(void)fprintf(out, "\nEach command takes --dir DIR (%s); "
	    "\"lanyardd COMMAND --help\" shows more.\nSee lanyardd(8).\n",
	    LY_DIR_DEFAULT);
	return out == stdout ? 0 : 2;
}

int
main(int argc, char **argv)
{
	const struct ly_cmd *c;

	/* A file that may not grow is an error like a full disk. */
	(void)signal(SIGXFSZ, SIG_IGN);
	ly_harden_basic();
	ly_wipe_heap();
	if (argc < 2)
		return help(stderr);
	if (strcmp(argv[1], "keyholder") == 0)
		return ly_keyholder_main(argc - 1, argv + 1);
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0)
		return help(stdout);
	if (strcmp(argv[1], "--version") == 0) {
		(void)printf("lanyardd " PACKAGE_VERSION "\n");
		return 0;
	}
	if ((c = find_command(argv[1])) == NULL) {
		(void)fprintf(stderr, "lanyardd: no such command: %s\n",
		    argv[1]);
		return help(stderr);
	}
	if (argc == 3 && strcmp(argv[2], "--help") == 0) {
		(void)printf("lanyardd %s: %s\nusage: lanyardd %s %s\n",
		    c->name, c->summary, c->name, c->usage);
		return 0;
	}
	(void)ly_log_open("-", LY_LOG_WARN);
	return c->run(argc - 1, argv + 1);
}
