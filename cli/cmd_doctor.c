/* lanyard doctor: everything that can be wrong, looked at in turn. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "ask.h"
#include "cli.h"
#include "doctor.h"
#include "file.h"

/* Options of the command line. */
struct options {
	const char *account, *bundle, *module, *pin_file;
	int json;
};

static void
examine(struct ly_doctor *d)
{
	size_t i;

	ly_doctor_conf(d);
	for (i = 0; i < d->n; i++) {
		ly_doctor_account(d, i);
		ly_doctor_service(d, i);
	}
	ly_doctor_clients(d);
	ly_doctor_module(d);
}

static int
run(struct ly_doctor *d, const struct options *o, struct ly_why *why)
{
	int r;

	examine(d);
	if (o->json) {
		if ((r = ly_report_json(&d->report, stdout)) != 0)
			return r;
	} else {
		ly_report_end(&d->report);
	}
	if (o->bundle == NULL)
		return 0;
	if ((r = ly_doctor_bundle(d, o->bundle, why)) == 0 && !o->json)
		(void)printf("Written: %s. Read it before you send it.\n",
		    o->bundle);
	return r;
}

static int
prepare(struct ly_doctor *d, const struct options *o, char *address,
    struct ly_why *why)
{
	struct ly_file_stamp stamp;
	int r;

	ly_report_init(&d->report, o->json ? NULL : stdout);
	if ((r = ly_redact_new(&d->redact)) != 0)
		return r;
	/* Said now, and not when all is done. */
	if (o->bundle != NULL && ly_file_stat(o->bundle, &stamp) == 0)
		return ly_fail(why, LY_ERR_EXISTS, "%s: is there already: "
		    "name a new file", o->bundle);
	d->module = o->module != NULL ? o->module : LY_MODULE_PATH;
	if (o->account != NULL) {
		if ((r = ly_cli_address(o->account, address, why)) != 0)
			return r;
		d->account = address;
	}
	return o->pin_file == NULL ? 0 :
	    ly_ask_file(o->pin_file, 0, &d->pin, why);
}

static void
doctor_free(struct ly_doctor *d)
{
	size_t i;

	for (i = 0; i < d->n; i++)
		if (d->status[i].loaded)
			ly_account_clear(&d->status[i].account);
	ly_secret_clear(&d->pin);
	ly_redact_free(&d->redact);
	ly_report_clear(&d->report);
	free(d);
}

static const char about[] =
    "Looks at everything: settings, accounts, files, the service, the "
    "clients' lists of\nmodules, and the module as each kind of client uses "
    "it. Says what is wrong, and\nthe cure. Changes nothing. With a PIN, "
    "keys are tried as well.\nExit status 1 if there is something to be "
    "cured.";

int
ly_cmd_doctor(int argc, char **argv)
{
	struct options o = { NULL, NULL, NULL, NULL, 0 };
	const struct ly_arg opts[] = {
		{ "account", "ADDRESS", "only this account", &o.account,
		    NULL },
		{ "bundle", "FILE", "write a report without names, to mail",
		    &o.bundle, NULL },
		{ "json", NULL, "print JSON", NULL, &o.json },
		{ "module", "FILE", "the module [" LY_MODULE_PATH "]",
		    &o.module, NULL },
		{ "pin-file", "FILE", "read the PIN from it, and try keys",
		    &o.pin_file, NULL },
	};
	struct ly_args args = {
		.usage = "doctor [options]",
		.about = about,
		.opts = opts,
		.nopts = sizeof(opts) / sizeof(opts[0]),
	};
	char address[LY_ADDRESS_MAX];
	struct ly_why why = { "" };
	enum ly_args_end end;
	struct ly_doctor *d;
	int r;

	if ((end = ly_args_parse(&args, argc, argv)) != LY_ARGS_GO)
		return (int)end;
	d = calloc(1, sizeof(*d));
	if (d == NULL)
		return ly_cli_failed(LY_ERR_NOMEM, NULL);
	if ((r = prepare(d, &o, address, &why)) == 0)
		r = run(d, &o, &why);
	if (r != 0)
		r = ly_cli_failed(r, &why);
	else
		r = ly_report_bad(&d->report) > 0 ? LY_EXIT_FAILED : 0;
	doctor_free(d);
	return r;
}
