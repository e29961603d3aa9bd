/*
 * lanyard logout: revoke this device and remove the account's folder. A
 * crash in the middle leaves no account, and what is left over goes at the
 * next logout or enrolment.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "args.h"
#include "cli.h"
#include "client.h"
#include "enroll.h"
#include "file.h"

/* Tell the service, as far as it can be told: its silence is no obstacle. */
static int
revoke_self(struct ly_cli_account *c, const char *pin_file,
    struct ly_why *why)
{
	struct ly_why net = { "" };
	int r;

	if ((r = ly_cli_unlock(c, pin_file, why)) != 0)
		return r;
	r = ly_client_device_revoke(c->client, c->account.device_id, &net);
	if (r == 0) {
		(void)printf("%s: device revoked at %s\n",
		    c->account.address, c->account.service);
		return 0;
	}
	if (r == LY_ERR_REVOKED || r == LY_ERR_NOTFOUND)
		return 0;	/* it is already */
	(void)fprintf(stderr, "lanyard: the device is NOT revoked: %s\n"
	    "lanyard: revoke %s from another device or at the service\n",
	    net.text, c->account.device_id);
	return 0;
}

/* The account file first: without it the folder is no account any more. */
static int
remove_account(const char *dir, struct ly_why *why)
{
	char path[LY_PATH_MAX];
	int r;

	if ((r = ly_path_join(path, dir, "account")) != 0 ||
	    (r = ly_file_remove(path, why)) != 0)
		return r;
	return ly_dir_remove(dir, why);
}

/* An enrolment that was not finished, of the same address. */
static int
remove_staging(const char *dir, struct ly_why *why)
{
	char path[LY_PATH_MAX];
	int r;

	if ((r = ly_enroll_staging(dir, path)) != 0)
		return r;
	return ly_dir_is(path) ? ly_dir_remove(path, why) : 0;
}

/* Whatever is there of the address, damaged or half removed. */
static int
logout_local(const struct ly_conf *conf, const char *address,
    struct ly_why *why)
{
	char name[LY_ADDRESS_MAX], dir[LY_PATH_MAX];
	int r;

	if ((r = ly_cli_address(address, name, why)) != 0 ||
	    (r = ly_account_dir(conf, name, dir)) != 0 ||
	    (r = remove_staging(dir, why)) != 0)
		return r;
	return ly_dir_is(dir) ? remove_account(dir, why) : 0;
}

static int
logout(struct ly_cli_account *c, const char *address, const char *pin_file,
    int local, struct ly_why *why)
{
	int r;

	r = ly_cli_open(address, c, why);
	if (r != 0 && local && address != NULL)
		return logout_local(&c->conf, address, why);
	if (r != 0)
		return r;
	if (!local && (r = revoke_self(c, pin_file, why)) != 0)
		return r;
	return logout_local(&c->conf, c->account.address, why);
}

int
ly_cmd_logout(int argc, char **argv)
{
	const char *pin_file = NULL, *address;
	int r, local = 0;
	const struct ly_arg opts[] = {
		{ "pin-file", "FILE", "read the PIN from its first line",
		    &pin_file, NULL },
		{ "local", NULL, "do not tell the service; needs no PIN",
		    NULL, &local },
	};
	struct ly_args args = {
		.usage = "logout [ADDRESS] [options]",
		.about = "Removes the account and its keys from this "
		    "computer, and revokes this device at\nthe service. The "
		    "keys of the mailbox stay in the service.",
		.opts = opts,
		.nopts = sizeof(opts) / sizeof(opts[0]),
		.max = 1,
	};
	struct ly_cli_account c;
	struct ly_why why = { "" };
	enum ly_args_end end;

	if ((end = ly_args_parse(&args, argc, argv)) != LY_ARGS_GO)
		return (int)end;
	memset(&c, 0, sizeof(c));
	address = args.argc > 0 ? args.argv[0] : NULL;
	r = logout(&c, address, pin_file, local, &why);
	if (r == LY_ERR_STATE)
		(void)fprintf(stderr, "lanyard: to revoke this device its "
		    "PIN is needed; --local goes without\n");
	if (r == 0)
		(void)printf("%s: removed from this computer\n",
		    address != NULL ? address : c.account.address);
	ly_cli_close(&c);
	return r == 0 ? 0 : ly_cli_failed(r, &why);
}
