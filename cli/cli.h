/* What the subcommands share: how they report, and how they open accounts. */
#ifndef LY_CLI_H
#define LY_CLI_H

#include <stddef.h>

#include "account.h"
#include "conf.h"
#include "device.h"
#include "err.h"

struct ly_client;

#define LY_EXIT_FAILED 1
#define LY_EXIT_USAGE 2

/* The subcommands: argv[0] is the name; they return the exit code. */
int ly_cmd_device(int argc, char **argv);
int ly_cmd_doctor(int argc, char **argv);
int ly_cmd_enroll(int argc, char **argv);
int ly_cmd_import(int argc, char **argv);
int ly_cmd_keys(int argc, char **argv);
int ly_cmd_logout(int argc, char **argv);
int ly_cmd_register(int argc, char **argv);
int ly_cmd_status(int argc, char **argv);
int ly_cmd_sync(int argc, char **argv);
int ly_cmd_unregister(int argc, char **argv);

/* One line on standard error; r when why is empty. Gives LY_EXIT_FAILED. */
int ly_cli_failed(int r, const struct ly_why *why);

/* Configuration of the user, and the log that it asks for. */
int ly_cli_conf(struct ly_conf *conf, struct ly_why *why);

/* Copy text, checked and in lower case, to address (LY_ADDRESS_MAX). */
int ly_cli_address(const char *text, char *address, struct ly_why *why);

/* An account of this user, step by step. Zeroed at first. */
struct ly_cli_account {
	struct ly_conf conf;
	struct ly_account account;
	struct ly_device_keys keys;
	struct ly_client *client;
};

/*
 * Load the account of address, or with NULL the only one there is:
 * LY_ERR_NOTFOUND names "lanyard enroll", or --account when there are more.
 */
int ly_cli_open(const char *address, struct ly_cli_account *c,
    struct ly_why *why);

/*
 * Unlock the device keys (PIN by file, or asked for at the terminal) and
 * make the client. pin_file may be NULL.
 */
int ly_cli_unlock(struct ly_cli_account *c, const char *pin_file,
    struct ly_why *why);

void ly_cli_close(struct ly_cli_account *c);

/* Sync, waiting for other writers; prints one line when it is done. */
int ly_cli_sync(struct ly_cli_account *c, int quiet, struct ly_why *why);

#endif
