/*
 * Subcommands of lanyardd: one function each, in a file of its own, and
 * what they share. A command gets its own argv (argv[0] is its name) and
 * returns the exit status: 0, 1 (refused or failed), 2 (usage).
 */
#ifndef LY_CMD_H
#define LY_CMD_H

#include "app.h"

struct ly_why;

int ly_cmd_init(int argc, char **argv);	/* make a service */
int ly_cmd_serve(int argc, char **argv);	/* run it */
int ly_cmd_user(int argc, char **argv);	/* mailboxes */
int ly_cmd_enroll_code(int argc, char **argv);	/* a code for a device */
int ly_cmd_import(int argc, char **argv);	/* keys from PKCS#12 */
int ly_cmd_keys(int argc, char **argv);	/* list keys */
int ly_cmd_key(int argc, char **argv);	/* change one */
int ly_cmd_device(int argc, char **argv);	/* list or revoke devices */
int ly_cmd_audit(int argc, char **argv);	/* list or verify records */

/* What getopt found; unset values are NULL or 0. */
struct ly_opts {
	const char *dir;	/* --dir, never NULL */
	int json;
	const char *listen, *name, *lease;
	const char *passphrase_file;
	int passphrase;
	const char *user, *password_file, *delivery, *state;
	char **args;		/* what is not an option */
	int nargs;
};

/* Options that a command may take, as bits for ly_opts_parse. */
#define LY_O_DIR	0x001u
#define LY_O_JSON	0x002u
#define LY_O_LISTEN	0x004u
#define LY_O_NAME	0x008u
#define LY_O_LEASE	0x010u
#define LY_O_PASSPHRASE	0x020u
#define LY_O_PASSFILE	0x040u
#define LY_O_USER	0x080u
#define LY_O_PASSWORDS	0x100u
#define LY_O_DELIVERY	0x200u
#define LY_O_STATE	0x400u

/*
 * Parse argv. 0, or 2 after a line on standard error that names the
 * option and shows the command's usage.
 */
int ly_opts_parse(int argc, char **argv, unsigned allowed,
    struct ly_opts *o);

/* Say "lanyardd COMMAND: text", or what r means; returns 1. */
int ly_cmd_fail(const char *command, int r, const struct ly_why *why);

/* Say what is wrong with the arguments, and the usage; returns 2. */
int ly_cmd_usage(const char *command, const char *what);

/*
 * A mailbox by its address, which is lower-cased into row. LY_ERR_NOTFOUND,
 * LY_ERR_FORMAT, with why and the cure.
 */
int ly_cmd_mailbox(struct ly_app *app, const char *address,
    struct ly_row_mailbox *row, struct ly_why *why);

/* "2026-01-31 23:59" or "-" for 0; LY_TIME_LEN bytes. */
void ly_cmd_time(int64_t t, char *buf);

#endif
