/* lanyard device list | revoke: the devices that hold this mailbox. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "args.h"
#include "cli.h"
#include "client.h"
#include "table.h"

static const struct ly_column columns[] = {
	{ "device_id", "DEVICE", LY_CELL_STR, 0 },
	{ "name", "NAME", LY_CELL_STR, 0 },
	{ "platform", "PLATFORM", LY_CELL_STR, 0 },
	{ "enrolled", "ENROLLED", LY_CELL_TIME, 0 },
	{ "last_used", "LAST USED", LY_CELL_TIME, 0 },
	{ "revoked", "REVOKED", LY_CELL_BOOL, 0 },
	{ "self", "THIS ONE", LY_CELL_BOOL, 0 },
};

static int
list_devices(struct ly_cli_account *c, int json, struct ly_why *why)
{
	struct ly_wire_devices d;
	struct ly_table t;
	size_t i;
	int r;

	memset(&d, 0, sizeof(d));
	if ((r = ly_client_devices(c->client, &d, why)) != 0)
		return r;
	ly_table_init(&t, columns, sizeof(columns) / sizeof(columns[0]));
	for (i = 0; i < d.n; i++) {
		ly_table_str(&t, d.items[i].device_id);
		ly_table_str(&t, d.items[i].name);
		ly_table_str(&t, d.items[i].platform);
		ly_table_int(&t, d.items[i].enrolled);
		ly_table_int(&t, d.items[i].last_used);
		ly_table_int(&t, d.items[i].revoked);
		ly_table_int(&t, d.items[i].self);
	}
	r = ly_table_print(&t, json, stdout);
	ly_table_clear(&t);
	ly_wire_devices_clear(&d);
	return r;
}

static int
revoke_device(struct ly_cli_account *c, const char *id, struct ly_why *why)
{
	int r;

	r = ly_client_device_revoke(c->client, id, why);
	if (r == LY_ERR_NOTFOUND)
		r = ly_fail(why, r, "%.64s: no such device of %s: see "
		    "\"lanyard device list\"", id, c->account.address);
	if (r == 0)
		(void)printf("revoked: %s\n", id);
	return r;
}

/* "list" or "revoke ID", rightly spelt? */
static int
is_usage(const struct ly_args *a)
{
	if (strcmp(a->argv[0], "list") == 0)
		return a->argc == 1;
	return strcmp(a->argv[0], "revoke") == 0 && a->argc == 2;
}

int
ly_cmd_device(int argc, char **argv)
{
	const char *account = NULL, *pin_file = NULL;
	int r, json = 0;
	const struct ly_arg opts[] = {
		{ "account", "ADDRESS", "this account", &account, NULL },
		{ "pin-file", "FILE", "read the PIN from its first line",
		    &pin_file, NULL },
		{ "json", NULL, "print JSON (list)", NULL, &json },
	};
	struct ly_args args = {
		.usage = "device list | device revoke DEVICE [options]",
		.about = "Lists the devices that may use the mailbox's keys, "
		    "or ends a device's rights at\nonce: do that with one "
		    "that was lost.",
		.opts = opts,
		.nopts = sizeof(opts) / sizeof(opts[0]),
		.min = 1,
		.max = 2,
	};
	struct ly_cli_account c;
	struct ly_why why = { "" };
	enum ly_args_end end;

	if ((end = ly_args_parse(&args, argc, argv)) != LY_ARGS_GO)
		return (int)end;
	if (!is_usage(&args)) {
		(void)fprintf(stderr, "lanyard: usage: lanyard %s\n",
		    args.usage);
		return LY_EXIT_USAGE;
	}
	memset(&c, 0, sizeof(c));
	if ((r = ly_cli_open(account, &c, &why)) != 0 ||
	    (r = ly_cli_unlock(&c, pin_file, &why)) != 0)
		goto out;
	if (args.argc == 1)
		r = list_devices(&c, json, &why);
	else
		r = revoke_device(&c, args.argv[1], &why);
out:
	ly_cli_close(&c);
	return r == 0 ? 0 : ly_cli_failed(r, &why);
}
