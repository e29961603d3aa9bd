/* lanyard keys: what the catalogue on disk shows; asks nobody, needs no PIN. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "args.h"
#include "catalogue.h"
#include "cli.h"
#include "compat.h"
#include "crypto.h"
#include "table.h"
#include "wire.h"

static const struct ly_column columns[] = {
	{ "account", "ACCOUNT", LY_CELL_STR, 0 },
	{ "label", "LABEL", LY_CELL_STR, 0 },
	{ "algorithm", "ALGORITHM", LY_CELL_STR, 0 },
	{ "not_before", "FROM", LY_CELL_TIME, 0 },
	{ "not_after", "UNTIL", LY_CELL_TIME, 0 },
	{ "state", "STATE", LY_CELL_STR, 0 },
	{ "use", "USE", LY_CELL_STR, 0 },
	{ "", "WHERE", LY_CELL_STR, 1 },
	{ "delivery", NULL, LY_CELL_STR, 0 },
	{ "cached_until", NULL, LY_CELL_TIME, 0 },
	{ "key_id", NULL, LY_CELL_STR, 0 },
	{ "cka_id", NULL, LY_CELL_STR, 0 },
	{ "email", NULL, LY_CELL_STR, 0 },
};

static void
algorithm(const struct ly_entry *e, char *out, size_t cap)
{
	switch (e->key_type) {
	case LY_KEY_RSA:
		(void)snprintf(out, cap, "RSA-%u", e->bits);
		break;
	case LY_KEY_EC:
		(void)snprintf(out, cap, "EC P-%u", e->bits);
		break;
	case LY_KEY_ED25519:
		(void)snprintf(out, cap, "Ed25519");
		break;
	default:
		(void)snprintf(out, cap, "X25519");
		break;
	}
}

static const char *
state(const struct ly_entry *e)
{
	if (e->state == LY_KEY_CURRENT && e->not_after < ly_time())
		return "expired";
	return ly_key_state_name(e->state);
}

static void
uses(const struct ly_entry *e, char *out, size_t cap)
{
	(void)snprintf(out, cap, "%s%s%s",
	    e->use & LY_USE_SIGN ? "sign " : "",
	    e->use & LY_USE_DECRYPT ? "decrypt " : "",
	    e->use & LY_USE_DERIVE ? "derive " : "");
	if (out[0] != '\0')
		out[strlen(out) - 1] = '\0';
}

/* End of the lease of a copy that is here and good; 0 if there is none. */
static int64_t
cached_until(const struct ly_account *a, const struct ly_entry *e)
{
	struct ly_lease lease;
	struct ly_buf sealed;
	int r;

	if (e->delivery != LY_CACHED)
		return 0;
	ly_buf_init(&sealed, LY_SEALED_MAX);
	r = ly_account_sealed(a, e->key_id, &lease, &sealed, NULL);
	ly_buf_clear(&sealed);
	return r == 0 ? lease.not_after : 0;
}

static void
where(const struct ly_entry *e, int64_t until, char *out, size_t cap)
{
	char day[LY_TIME_LEN];

	if (e->delivery != LY_CACHED) {
		(void)snprintf(out, cap, "remote");
		return;
	}
	if (until == 0) {
		(void)snprintf(out, cap, "remote (to be cached: sync)");
		return;
	}
	ly_time_str(until, day);
	(void)snprintf(out, cap, "cached until %.10s%s", day,
	    until < ly_time() ? " (ended: sync)" : "");
}

/* A view as text in buf, cut if need be. */
static const char *
text_of(const struct ly_view *v, char *buf, size_t cap)
{
	const size_t n = v->len < cap ? v->len : cap - 1;

	if (n > 0)
		memcpy(buf, v->p, n);
	buf[n] = '\0';
	return buf;
}

static void
add_row(const struct ly_account *a, const struct ly_entry *e,
    struct ly_table *t)
{
	char text[LY_EMAIL_MAX], hex[2 * LY_CKA_ID_LEN + 1];
	const int64_t until = cached_until(a, e);

	ly_table_str(t, a->address);
	ly_table_str(t, text_of(&e->label, text, sizeof(text)));
	algorithm(e, text, sizeof(text));
	ly_table_str(t, text);
	ly_table_int(t, e->not_before);
	ly_table_int(t, e->not_after);
	ly_table_str(t, state(e));
	uses(e, text, sizeof(text));
	ly_table_str(t, text);
	where(e, until, text, sizeof(text));
	ly_table_str(t, text);
	ly_table_str(t, ly_delivery_name(e->delivery));
	ly_table_int(t, until);
	ly_hex(e->key_id, LY_KEY_ID_LEN, hex);
	ly_table_str(t, hex);
	ly_hex(e->cka_id, LY_CKA_ID_LEN, hex);
	ly_table_str(t, hex);
	ly_table_str(t, text_of(&e->email, text, sizeof(text)));
}

static int
list_account(const char *address, struct ly_table *t, struct ly_why *why)
{
	struct ly_cli_account c;
	struct ly_catalogue *cat = NULL;
	struct ly_entry e;
	uint32_t n;
	size_t i;
	int r;

	memset(&c, 0, sizeof(c));
	if ((r = ly_cli_open(address, &c, why)) != 0)
		goto out;
	r = ly_catalogue_load(c.account.dir, &cat, why);
	if (r == LY_ERR_NOTFOUND)
		r = ly_fail(why, r, "%s: no list of keys here yet: run "
		    "\"lanyard sync\"", c.account.address);
	if (r != 0)
		goto out;
	for (i = 0; i < ly_catalogue_count(cat); i++) {
		if ((r = ly_catalogue_order(cat, i, &n)) != 0 ||
		    (r = ly_catalogue_entry(cat, n, &e)) != 0) {
			r = ly_fail(why, r, "%s: the list of keys is "
			    "damaged: run \"lanyard sync\"",
			    c.account.address);
			goto out;
		}
		if (e.kind == LY_ENTRY_KEY)
			add_row(&c.account, &e, t);
	}
out:
	ly_catalogue_unref(&cat);
	ly_cli_close(&c);
	return r;
}

static int
list_all(struct ly_table *t, struct ly_why *why)
{
	char names[LY_ACCOUNTS_MAX][LY_ADDRESS_MAX];
	struct ly_conf conf;
	size_t i, n = 0;
	int r;

	if ((r = ly_cli_conf(&conf, why)) != 0 ||
	    (r = ly_account_list(&conf, names, &n, why)) != 0)
		return r;
	if (n == 0)
		return list_account(NULL, t, why);
	for (i = 0; i < n; i++)
		if ((r = list_account(names[i], t, why)) != 0)
			return r;
	return 0;
}

int
ly_cmd_keys(int argc, char **argv)
{
	const char *account = NULL;
	int r, json = 0;
	const struct ly_arg opts[] = {
		{ "account", "ADDRESS", "only this account", &account, NULL },
		{ "json", NULL, "print JSON", NULL, &json },
	};
	struct ly_args args = {
		.usage = "keys [options]",
		.about = "Lists the keys that mail clients see. An expired "
		    "key still decrypts.\nA key that is cached works without "
		    "the service until the day shown.",
		.opts = opts,
		.nopts = sizeof(opts) / sizeof(opts[0]),
	};
	struct ly_why why = { "" };
	enum ly_args_end end;
	struct ly_table t;

	if ((end = ly_args_parse(&args, argc, argv)) != LY_ARGS_GO)
		return (int)end;
	ly_table_init(&t, columns, sizeof(columns) / sizeof(columns[0]));
	r = account != NULL ? list_account(account, &t, &why) :
	    list_all(&t, &why);
	if (r == 0)
		r = ly_table_print(&t, json, stdout);
	ly_table_clear(&t);
	return r == 0 ? 0 : ly_cli_failed(r, &why);
}
