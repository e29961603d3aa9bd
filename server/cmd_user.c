/* lanyardd user: add, list, disable and enable mailboxes. */
#include <stdio.h>
#include <string.h>

#include "audit.h"
#include "cmd.h"
#include "compat.h"
#include "err.h"
#include "table.h"

static int
add(struct ly_app *app, const char *given, struct ly_why *why)
{
	struct ly_store *s = app->store;
	struct ly_row_audit record;
	char address[LY_ADDRESS_MAX];
	int64_t id;
	int r;

	if (strlen(given) >= sizeof(address))
		return ly_fail(why, LY_ERR_FORMAT, "address: too long");
	memcpy(address, given, strlen(given) + 1);
	if (!ly_address_ok(address))
		return ly_fail(why, LY_ERR_FORMAT, "not a mail address: want "
		    "something like alice@example.com");
	if ((r = s->d->begin(s, 1)) != 0)
		return r;
	r = s->d->mailbox_add(s, address, ly_time(), &id);
	if (r == LY_ERR_EXISTS)
		(void)ly_fail(why, r, "%s: there already", address);
	ly_audit_fill(&record, "host", address, LY_EV_MAILBOX_ADD, NULL,
	    NULL);
	if (r == 0)
		r = ly_audit_append(s, &record);
	if (r == 0)
		r = s->d->commit(s);
	if (r == 0)
		(void)printf("added %s\n", address);
	else
		s->d->rollback(s);
	return r;
}

static int
set_disabled(struct ly_app *app, const char *address, int disabled,
    struct ly_why *why)
{
	struct ly_store *s = app->store;
	struct ly_row_mailbox row;
	struct ly_row_audit record;
	int r;

	if ((r = ly_cmd_mailbox(app, address, &row, why)) != 0)
		return r;
	ly_audit_fill(&record, "host", row.address, disabled ?
	    LY_EV_MAILBOX_DISABLE : LY_EV_MAILBOX_ENABLE, NULL, NULL);
	if ((r = s->d->begin(s, 1)) != 0)
		return r;
	if ((r = s->d->mailbox_disable(s, row.id, disabled)) == 0 &&
	    (r = ly_audit_append(s, &record)) == 0)
		r = s->d->commit(s);
	if (r == 0)
		(void)printf("%s %s\n", disabled ? "disabled" : "enabled",
		    row.address);
	else
		s->d->rollback(s);
	return r;
}

static int
list_one(void *arg, const struct ly_row_mailbox *row)
{
	char created[LY_TIME_LEN];
	struct ly_table *t = arg;
	int r;

	ly_cmd_time(row->created, created);
	if ((r = ly_table_add(t, row->address)) != 0 ||
	    (r = ly_table_addn(t, row->nkeys)) != 0 ||
	    (r = ly_table_addn(t, row->ndevices)) != 0 ||
	    (r = ly_table_add(t, row->disabled ? "yes" : "no")) != 0)
		return r;
	return ly_table_add(t, created);
}

static int
list(struct ly_app *app, int json)
{
	static const struct ly_col cols[] = {
		{ "ADDRESS", "address", LY_COL_TEXT },
		{ "KEYS", "keys", LY_COL_NUMBER },
		{ "DEVICES", "devices", LY_COL_NUMBER },
		{ "DISABLED", "disabled", LY_COL_BOOL },
		{ "CREATED", "created", LY_COL_TEXT },
	};
	struct ly_table t;
	int r;

	ly_table_init(&t, cols, sizeof(cols) / sizeof(cols[0]));
	r = app->store->d->mailbox_each(app->store, list_one, &t);
	if (r == 0)
		r = ly_table_print(&t, json);
	ly_table_clear(&t);
	return r;
}

/* Which of the actions text names; ACT_NONE: none of them. */
enum act {
	ACT_NONE = 0,
	ACT_LIST,
	ACT_ADD,
	ACT_DISABLE,
	ACT_ENABLE
};

static enum act
action(const char *text)
{
	static const char *const names[] = { "list", "add", "disable",
	    "enable" };
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(text, names[i]) == 0)
			return (enum act)(i + 1);
	return ACT_NONE;
}

int
ly_cmd_user(int argc, char **argv)
{
	enum act act = ACT_NONE;
	struct ly_why why = { "" };
	struct ly_opts o;
	struct ly_app app;
	int r;

	if (ly_opts_parse(argc, argv, LY_O_DIR | LY_O_JSON, &o) != 0)
		return 2;
	if (o.nargs > 0)
		act = action(o.args[0]);
	if (act == ACT_NONE || o.nargs != (act == ACT_LIST ? 1 : 2))
		return ly_cmd_usage(argv[0], "want an action, and an address");
	if ((r = ly_app_open(o.dir, &app, &why)) != 0)
		return ly_cmd_fail(argv[0], r, &why);
	if (act == ACT_LIST)
		r = list(&app, o.json);
	else if (act == ACT_ADD)
		r = add(&app, o.args[1], &why);
	else
		r = set_disabled(&app, o.args[1], act == ACT_DISABLE, &why);
	ly_app_close(&app);
	return r == 0 ? 0 : ly_cmd_fail(argv[0], r, &why);
}
