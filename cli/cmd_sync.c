/* lanyard sync: catalogue and sealed keys of one account or of all. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "args.h"
#include "cli.h"
#include "sync.h"
#include "table.h"

#define LOCK_WAIT_MS 30000

static const struct ly_column columns[] = {
	{ "account", "ACCOUNT", LY_CELL_STR, 0 },
	{ "revision", "REVISION", LY_CELL_INT, 0 },
	{ "keys", "KEYS", LY_CELL_INT, 0 },
	{ "added", "NEW", LY_CELL_INT, 0 },
	{ "sealed_fetched", "SEALED FETCHED", LY_CELL_INT, 0 },
	{ "sealed_removed", "SEALED REMOVED", LY_CELL_INT, 0 },
};

/* One account; a row of the table if it succeeds. */
static int
sync_one(const char *address, const char *pin_file, struct ly_table *t)
{
	struct ly_cli_account c;
	struct ly_sync_report rep;
	struct ly_why why = { "" };
	int r;

	memset(&c, 0, sizeof(c));
	memset(&rep, 0, sizeof(rep));
	if ((r = ly_cli_open(address, &c, &why)) != 0)
		goto out;
	if ((r = ly_cli_unlock(&c, pin_file, &why)) != 0)
		goto out;
	r = ly_sync(c.client, &c.account, 1, LOCK_WAIT_MS, &rep, &why);
	if (r != 0)
		goto out;
	ly_table_str(t, c.account.address);
	ly_table_int(t, (int64_t)rep.revision);
	ly_table_int(t, (int64_t)rep.keys);
	ly_table_int(t, (int64_t)rep.added);
	ly_table_int(t, (int64_t)rep.sealed);
	ly_table_int(t, (int64_t)rep.removed);
out:
	if (r != 0)
		(void)ly_cli_failed(r, &why);
	ly_cli_close(&c);
	return r;
}

/* All accounts; a failure of one does not keep the others from it. */
static int
sync_all(const char *pin_file, struct ly_table *t)
{
	char names[LY_ACCOUNTS_MAX][LY_ADDRESS_MAX];
	struct ly_why why = { "" };
	struct ly_conf conf;
	size_t i, n = 0;
	int r, one;

	if ((r = ly_cli_conf(&conf, &why)) != 0 ||
	    (r = ly_account_list(&conf, names, &n, &why)) != 0) {
		(void)ly_cli_failed(r, &why);
		return r;
	}
	if (n == 0)
		return sync_one(NULL, pin_file, t);
	for (i = 0; i < n; i++)
		if ((one = sync_one(names[i], pin_file, t)) != 0)
			r = one;
	return r;
}

int
ly_cmd_sync(int argc, char **argv)
{
	const char *pin_file = NULL, *account = NULL;
	int r, json = 0;
	const struct ly_arg opts[] = {
		{ "account", "ADDRESS", "only this account", &account, NULL },
		{ "pin-file", "FILE", "read the PIN from its first line",
		    &pin_file, NULL },
		{ "json", NULL, "print JSON", NULL, &json },
	};
	struct ly_args args = {
		.usage = "sync [options]",
		.about = "Fetches the list of keys, and renews the sealed "
		    "keys that may be used here\nwithout the service.",
		.opts = opts,
		.nopts = sizeof(opts) / sizeof(opts[0]),
	};
	enum ly_args_end end;
	struct ly_table t;

	if ((end = ly_args_parse(&args, argc, argv)) != LY_ARGS_GO)
		return (int)end;
	ly_table_init(&t, columns, sizeof(columns) / sizeof(columns[0]));
	r = account != NULL ? sync_one(account, pin_file, &t) :
	    sync_all(pin_file, &t);
	if (json || ly_table_rows(&t) > 0)
		if (ly_table_print(&t, json, stdout) != 0)
			r = ly_cli_failed(LY_ERR_IO, NULL);
	ly_table_clear(&t);
	return r == 0 ? 0 : LY_EXIT_FAILED;
}
