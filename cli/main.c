/* lanyard: the user's tool. A table of subcommands, one file for each. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "cli.h"

struct command {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *summary;
};

static const struct command commands[] = {
	{ "enroll", ly_cmd_enroll, "make this computer a device" },
	{ "status", ly_cmd_status, "show accounts, and what is wrong" },
	{ "doctor", ly_cmd_doctor, "examine everything, and say the cure" },
	{ "keys", ly_cmd_keys, "list the keys of the mailbox" },
	{ "sync", ly_cmd_sync, "fetch the list of keys and the sealed keys" },
	{ "import", ly_cmd_import, "put PKCS#12 keys into the service" },
	{ "register", ly_cmd_register, "show the keys to mail clients" },
	{ "unregister", ly_cmd_unregister, "undo what register did" },
	{ "device", ly_cmd_device, "list and revoke devices" },
	{ "logout", ly_cmd_logout, "remove an account from this computer" },
};

#define NCOMMANDS (sizeof(commands) / sizeof(commands[0]))

static void
print_usage(FILE *out)
{
	size_t i;

	(void)fprintf(out, "usage: lanyard COMMAND [options]\n\n");
	for (i = 0; i < NCOMMANDS; i++)
		(void)fprintf(out, "  %-12s %s\n", commands[i].name,
		    commands[i].summary);
	(void)fprintf(out, "\n\"lanyard COMMAND --help\" says more.\n");
}

int
main(int argc, char **argv)
{
	size_t i;

	if (argc < 2) {
		print_usage(stderr);
		return LY_EXIT_USAGE;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0) {
		print_usage(stdout);
		return 0;
	}
	if (strcmp(argv[1], "--version") == 0) {
		(void)printf("lanyard %s\n", PACKAGE_VERSION);
		return 0;
	}
	for (i = 0; i < NCOMMANDS; i++)
		if (strcmp(argv[1], commands[i].name) == 0)
			return commands[i].run(argc - 1, argv + 1);
	(void)fprintf(stderr, "lanyard: no command \"%.40s\": see "
	    "\"lanyard --help\"\n", argv[1]);
	return LY_EXIT_USAGE;
}
