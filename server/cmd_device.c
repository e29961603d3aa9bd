/* lanyardd device: list and revoke devices. */
#include <stdio.h>
#include <string.h>

#include "audit.h"
#include "cmd.h"
#include "compat.h"
#include "err.h"
#include "table.h"

static const struct ly_col cols[] = {
	{ "ADDRESS", "address", LY_COL_TEXT },
	{ "DEVICE", "device_id", LY_COL_TEXT },
	{ "NAME", "name", LY_COL_TEXT },
	{ "PLATFORM", "platform", LY_COL_TEXT },
	{ "ENROLLED", "enrolled", LY_COL_TEXT },
	{ "LAST USED", "last_used", LY_COL_TEXT },
	{ "REVOKED", "revoked", LY_COL_BOOL },
};

static int
list_one(void *arg, const struct ly_row_device *row, const char *address)
{
	char enrolled[LY_TIME_LEN], used[LY_TIME_LEN];
	struct ly_table *t = arg;
	int r;

	ly_cmd_time(row->enrolled, enrolled);
	ly_cmd_time(row->last_used, used);
	if ((r = ly_table_add(t, address)) != 0 ||
	    (r = ly_table_add(t, row->id)) != 0 ||
	    (r = ly_table_add(t, row->name)) != 0 ||
	    (r = ly_table_add(t, row->platform)) != 0 ||
	    (r = ly_table_add(t, enrolled)) != 0 ||
	    (r = ly_table_add(t, used)) != 0)
		return r;
	return ly_table_add(t, row->revoked != 0 ? "yes" : "no");
}

static int
list(struct ly_app *app, const char *address, int json, struct ly_why *why)
{
	struct ly_row_mailbox row;
	struct ly_table t;
	int r;

	memset(&row, 0, sizeof(row));
	if (address != NULL &&
	    (r = ly_cmd_mailbox(app, address, &row, why)) != 0)
		return r;
	ly_table_init(&t, cols, sizeof(cols) / sizeof(cols[0]));
	r = app->store->d->device_each(app->store, row.id, list_one, &t);
	if (r == 0)
		r = ly_table_print(&t, json);
	ly_table_clear(&t);
	return r;
}

/* In a transaction; a device that is revoked already stays so. */
static int
revoke_rows(struct ly_store *s, const struct ly_row_device *device)
{
	struct ly_row_mailbox mailbox;
	struct ly_row_audit record;
	int r;

	r = s->d->device_revoke(s, device->id, ly_time());
	if (r != 0)
		return r == LY_ERR_NOTFOUND ? 0 : r;
	if ((r = s->d->mailbox_get(s, device->mailbox, &mailbox)) != 0)
		return r;
	ly_audit_fill(&record, "host", mailbox.address, LY_EV_REVOKE,
	    device->id, NULL);
	return ly_audit_append(s, &record);
}

static int
revoke(struct ly_app *app, const char *id, struct ly_why *why)
{
	struct ly_store *s = app->store;
	struct ly_row_device device;
	int r;

	r = s->d->device_get(s, id, &device);
	if (r == LY_ERR_NOTFOUND)
		return ly_fail(why, r, "no device %s: see \"lanyardd device "
		    "list\"", id);
	if (r != 0)
		return r;
	if ((r = s->d->begin(s, 1)) == 0) {
		if ((r = revoke_rows(s, &device)) == 0)
			r = s->d->commit(s);
		if (r != 0)
			s->d->rollback(s);
	}
	if (r == 0)
		(void)printf("revoked %s (%s)\n", device.id, device.name);
	ly_row_device_clear(&device);
	return r;
}

int
ly_cmd_device(int argc, char **argv)
{
	struct ly_why why = { "" };
	struct ly_opts o;
	struct ly_app app;
	int r, is_list;

	if (ly_opts_parse(argc, argv, LY_O_DIR | LY_O_JSON, &o) != 0)
		return 2;
	is_list = o.nargs >= 1 && strcmp(o.args[0], "list") == 0;
	if (is_list ? o.nargs > 2 : o.nargs != 2 ||
	    strcmp(o.args[0], "revoke") != 0)
		return ly_cmd_usage(argv[0], "want \"list\", or \"revoke\" "
		    "and a device id");
	if ((r = ly_app_open(o.dir, &app, &why)) != 0)
		return ly_cmd_fail(argv[0], r, &why);
	if (is_list)
		r = list(&app, o.nargs == 2 ? o.args[1] : NULL, o.json,
		    &why);
	else
		r = revoke(&app, o.args[1], &why);
	ly_app_close(&app);
	return r == 0 ? 0 : ly_cmd_fail(argv[0], r, &why);
}
