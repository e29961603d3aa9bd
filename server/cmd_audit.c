/* lanyardd audit: show the records, and verify their chain. */
#include <stdio.h>
#include <string.h>

#include "audit.h"
#include "cmd.h"
#include "compat.h"
#include "crypto.h"
#include "err.h"
#include "table.h"

static const struct ly_col cols[] = {
	{ "SEQ", "seq", LY_COL_NUMBER },
	{ "TIME", "time", LY_COL_TEXT },
	{ "ACTOR", "actor", LY_COL_TEXT },
	{ "ADDRESS", "address", LY_COL_TEXT },
	{ "EVENT", "event", LY_COL_TEXT },
	{ "OBJECT", "object", LY_COL_TEXT },
	{ "DETAIL", "detail", LY_COL_TEXT },
	{ "HASH", "hash", LY_COL_TEXT },
};

struct listing {
	struct ly_table t;
	int json;
};

static const char *
or_dash(const struct listing *l, const char *text)
{
	return text[0] == '\0' && !l->json ? "-" : text;
}

static int
list_one(void *arg, const struct ly_row_audit *row)
{
	char when[LY_TIME_LEN], hash[2 * LY_SHA256_LEN + 1];
	struct listing *l = arg;
	int r;

	ly_time_str(row->time, when);
	ly_hex(row->hash, l->json ? LY_SHA256_LEN : 4, hash);
	if ((r = ly_table_addn(&l->t, (long long)row->seq)) != 0 ||
	    (r = ly_table_add(&l->t, when)) != 0 ||
	    (r = ly_table_add(&l->t, row->actor)) != 0 ||
	    (r = ly_table_add(&l->t, or_dash(l, row->address))) != 0 ||
	    (r = ly_table_add(&l->t, row->event)) != 0 ||
	    (r = ly_table_add(&l->t, or_dash(l, row->object))) != 0 ||
	    (r = ly_table_add(&l->t, or_dash(l, row->detail))) != 0)
		return r;
	return ly_table_add(&l->t, hash);
}

static int
list(struct ly_app *app, const char *address, int json, struct ly_why *why)
{
	struct ly_row_mailbox row;
	struct listing l;
	int r;

	memset(&row, 0, sizeof(row));
	if (address != NULL &&
	    (r = ly_cmd_mailbox(app, address, &row, why)) != 0)
		return r;
	l.json = json;
	ly_table_init(&l.t, cols, sizeof(cols) / sizeof(cols[0]));
	r = app->store->d->audit_each(app->store, address == NULL ? NULL :
	    row.address, list_one, &l);
	if (r == 0)
		r = ly_table_print(&l.t, json);
	ly_table_clear(&l.t);
	return r;
}

static int
verify(struct ly_app *app, struct ly_why *why)
{
	char hash[2 * LY_SHA256_LEN + 1] = "-";
	struct ly_row_audit last;
	uint64_t n = 0;
	int r;

	if ((r = app->store->d->begin(app->store, 0)) != 0)
		return r;
	r = ly_audit_verify(app->store, &n, why);
	if (r == 0 && app->store->d->audit_last(app->store, &last) == 0)
		ly_hex(last.hash, sizeof(last.hash), hash);
	app->store->d->rollback(app->store);
	if (r == 0)
		(void)printf("%llu records, unbroken; head %s\n",
		    (unsigned long long)n, hash);
	return r;
}

int
ly_cmd_audit(int argc, char **argv)
{
	struct ly_why why = { "" };
	struct ly_opts o;
	struct ly_app app;
	int r, is_list;

	if (ly_opts_parse(argc, argv, LY_O_DIR | LY_O_JSON, &o) != 0)
		return 2;
	is_list = o.nargs >= 1 && strcmp(o.args[0], "list") == 0;
	if (is_list ? o.nargs > 2 : o.nargs != 1 ||
	    strcmp(o.args[0], "verify") != 0)
		return ly_cmd_usage(argv[0], "want \"list\" or \"verify\"");
	if ((r = ly_app_open(o.dir, &app, &why)) != 0)
		return ly_cmd_fail(argv[0], r, &why);
	if (is_list)
		r = list(&app, o.nargs == 2 ? o.args[1] : NULL, o.json,
		    &why);
	else
		r = verify(&app, &why);
	ly_app_close(&app);
	return r == 0 ? 0 : ly_cmd_fail(argv[0], r, &why);
}
