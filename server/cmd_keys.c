/* lanyardd keys: list keys. lanyardd key set: change delivery or state. */
#include <stdio.h>
#include <string.h>

#include "audit.h"
#include "cert.h"
#include "cmd.h"
#include "compat.h"
#include "crypto.h"
#include "err.h"
#include "policy.h"
#include "table.h"

static const struct ly_col cols[] = {
	{ "ADDRESS", "address", LY_COL_TEXT },
	{ "KEY", "key_id", LY_COL_TEXT },
	{ "NAME", "name", LY_COL_TEXT },
	{ "ALGORITHM", "algorithm", LY_COL_TEXT },
	{ "USE", "use", LY_COL_TEXT },
	{ "FROM", "not_before", LY_COL_TEXT },
	{ "TO", "not_after", LY_COL_TEXT },
	{ "STATE", "state", LY_COL_TEXT },
	{ "DELIVERY", "delivery", LY_COL_TEXT },
};

struct listing {
	struct ly_table t;
	struct ly_store *s;
	const char *address;
	int json;
	/* of the key at hand, by its newest certificate */
	char name[128];
	int64_t not_before;
};

static int
newest_cert(void *arg, const struct ly_row_cert *row)
{
	struct listing *l = arg;
	struct ly_cert_info info;

	l->not_before = row->not_before;
	if (ly_cert_parse(row->der.data, row->der.len, &info) == 0)
		(void)snprintf(l->name, sizeof(l->name), "%s", info.name);
	return LY_ERR_STATE;	/* one is enough */
}

static const char *
use_text(unsigned use)
{
	static const char *const texts[LY_USE_ALL + 1] = {
		"-", "sign", "decrypt", "sign,decrypt", "derive",
		"sign,derive", "decrypt,derive", "sign,decrypt,derive",
	};

	return texts[use & LY_USE_ALL];
}

static const char *
state_text(const struct ly_row_key *row)
{
	if (row->state == LY_KEY_CURRENT && row->not_after < ly_time())
		return "expired";
	return ly_key_state_name(row->state);
}

static void
alg_text(const struct ly_row_key *row, char *out, size_t cap)
{
	const char *name = ly_key_type_name(row->type);

	if (row->type == LY_KEY_RSA || row->type == LY_KEY_EC)
		(void)snprintf(out, cap, "%s-%u", name, row->bits);
	else
		(void)snprintf(out, cap, "%s", name);
}

static int
list_key(void *arg, const struct ly_row_key *row)
{
	char id[LY_KEY_ID_HEX], alg[32], from[LY_TIME_LEN], to[LY_TIME_LEN];
	struct listing *l = arg;
	int r;

	l->name[0] = '\0';
	l->not_before = 0;
	r = l->s->d->cert_each(l->s, row->mailbox, row->key_id, newest_cert,
	    l);
	if (r != 0 && r != LY_ERR_STATE)
		return r;
	ly_hex(row->key_id, LY_KEY_ID_LEN, id);
	alg_text(row, alg, sizeof(alg));
	ly_cmd_time(l->not_before, from);
	ly_cmd_time(row->not_after, to);
	if (!l->json)
		from[10] = to[10] = '\0';
	if ((r = ly_table_add(&l->t, l->address)) != 0 ||
	    (r = ly_table_add(&l->t, id)) != 0 ||
	    (r = ly_table_add(&l->t, l->name)) != 0 ||
	    (r = ly_table_add(&l->t, alg)) != 0 ||
	    (r = ly_table_add(&l->t, use_text(ly_policy_use(row)))) != 0 ||
	    (r = ly_table_add(&l->t, from)) != 0 ||
	    (r = ly_table_add(&l->t, to)) != 0 ||
	    (r = ly_table_add(&l->t, state_text(row))) != 0)
		return r;
	return ly_table_add(&l->t, ly_delivery_name(row->delivery));
}

static int
list_mailbox(void *arg, const struct ly_row_mailbox *row)
{
	struct listing *l = arg;

	l->address = row->address;
	return l->s->d->key_each(l->s, row->id, 0, 0, list_key, l);
}

int
ly_cmd_keys(int argc, char **argv)
{
	struct ly_why why = { "" };
	struct ly_row_mailbox row;
	struct listing l;
	struct ly_opts o;
	struct ly_app app;
	int r;

	if (ly_opts_parse(argc, argv, LY_O_DIR | LY_O_JSON, &o) != 0)
		return 2;
	if (o.nargs > 1)
		return ly_cmd_usage(argv[0], "want at most one address");
	if ((r = ly_app_open(o.dir, &app, &why)) != 0)
		return ly_cmd_fail(argv[0], r, &why);
	memset(&l, 0, sizeof(l));
	ly_table_init(&l.t, cols, sizeof(cols) / sizeof(cols[0]));
	l.s = app.store;
	l.json = o.json;
	if (o.nargs == 0)
		r = l.s->d->mailbox_each(l.s, list_mailbox, &l);
	else if ((r = ly_cmd_mailbox(&app, o.args[0], &row, &why)) == 0)
		r = list_mailbox(&l, &row);
	if (r == 0)
		r = ly_table_print(&l.t, o.json);
	ly_table_clear(&l.t);
	ly_app_close(&app);
	return r == 0 ? 0 : ly_cmd_fail(argv[0], r, &why);
}

/* The change of "key set": 0 leaves a value as it is. */
struct change {
	uint8_t id[LY_KEY_ID_LEN];
	char hex[LY_KEY_ID_HEX];
	enum ly_delivery delivery;
	enum ly_key_state state;
};

/* In a transaction: change the row, count the revision up, record it. */
static int
set_rows(struct ly_store *s, const struct ly_row_mailbox *mailbox,
    const struct change *ch)
{
	struct ly_row_audit record;
	char detail[64];
	struct ly_row_key row;
	int r;

	if ((r = s->d->key_get(s, mailbox->id, ch->id, &row)) != 0)
		return r;
	if (ch->delivery != 0)
		row.delivery = ch->delivery;
	if (ch->state != 0)
		row.state = ch->state;
	(void)snprintf(detail, sizeof(detail), "%s %s",
	    ly_delivery_name(row.delivery), ly_key_state_name(row.state));
	ly_audit_fill(&record, "host", mailbox->address, LY_EV_KEY_SET,
	    ch->hex, detail);
	if ((r = s->d->mailbox_bump(s, mailbox->id, &row.revision)) == 0 &&
	    (r = s->d->key_put(s, &row)) == 0)
		r = ly_audit_append(s, &record);
	ly_row_key_clear(&row);
	return r;
}

static int
set(struct ly_app *app, const char *user, const struct change *ch,
    struct ly_why *why)
{
	struct ly_store *s = app->store;
	struct ly_row_mailbox mailbox;
	int r;

	if ((r = ly_cmd_mailbox(app, user, &mailbox, why)) != 0 ||
	    (r = s->d->begin(s, 1)) != 0)
		return r;
	if ((r = set_rows(s, &mailbox, ch)) == 0)
		r = s->d->commit(s);
	if (r == LY_ERR_NOTFOUND)
		(void)ly_fail(why, r, "%s has no key %s: see \"lanyardd keys "
		    "%s\"", mailbox.address, ch->hex, mailbox.address);
	if (r != 0)
		s->d->rollback(s);
	else
		(void)printf("changed %s of %s\n", ch->hex, mailbox.address);
	return r;
}

int
ly_cmd_key(int argc, char **argv)
{
	struct ly_why why = { "" };
	struct change ch;
	struct ly_opts o;
	struct ly_app app;
	int r;

	if (ly_opts_parse(argc, argv, LY_O_DIR | LY_O_USER | LY_O_DELIVERY |
	    LY_O_STATE, &o) != 0)
		return 2;
	memset(&ch, 0, sizeof(ch));
	if (o.nargs != 2 || strcmp(o.args[0], "set") != 0 || o.user == NULL)
		return ly_cmd_usage(argv[0], "want \"set\", a key id and "
		    "--user");
	if (ly_unhex(o.args[1], ch.id, sizeof(ch.id)) != 0)
		return ly_cmd_usage(argv[0], "not a key id (32 digits)");
	ly_hex(ch.id, sizeof(ch.id), ch.hex);
	if (o.delivery == NULL && o.state == NULL)
		return ly_cmd_usage(argv[0], "want --delivery or --state");
	if (o.delivery != NULL &&
	    ly_delivery_by_name(o.delivery, &ch.delivery) != 0)
		return ly_cmd_usage(argv[0], "--delivery: remote or cached");
	if (o.state != NULL && ly_key_state_by_name(o.state, &ch.state) != 0)
		return ly_cmd_usage(argv[0], "--state: current, retired or "
		    "revoked");
	if ((r = ly_app_open(o.dir, &app, &why)) != 0)
		return ly_cmd_fail(argv[0], r, &why);
	r = set(&app, o.user, &ch, &why);
	ly_app_close(&app);
	return r == 0 ? 0 : ly_cmd_fail(argv[0], r, &why);
}
