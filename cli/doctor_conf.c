/* doctor: which configuration holds, and where it comes from. */
#include "config.h"

#include <string.h>

#include "buf.h"
#include "cli.h"
#include "compat.h"
#include "doctor.h"
#include "file.h"

#define FILE_MAX_LEN 262144	/* more than a configuration may have */

/* Whether a file is there, and read: the text of it is judged by load. */
static void
look_file(struct ly_report *r, const char *check, const char *who,
    const char *path)
{
	struct ly_why why = { "" };
	struct ly_buf text;
	int err;

	ly_buf_init(&text, FILE_MAX_LEN);
	err = ly_file_read(path, FILE_MAX_LEN, LY_FILE_OWNED, &text, &why);
	if (err == LY_ERR_NOTFOUND)
		ly_report(r, LY_GOOD, check, "%s: %s: not there, and need "
		    "not be", who, path);
	else if (err != 0)
		ly_report_why(r, LY_BAD, check, err, &why);
	else
		ly_report(r, LY_GOOD, check, "%s: %s: read", who, path);
	ly_buf_clear(&text);
}

static void
look_files(struct ly_report *r)
{
	const char *env = ly_getenv("LANYARD_CONF");
	char path[LY_PATH_MAX];
	struct ly_why why = { "" };
	int err;

	if (ly_path_join(path, ly_dir_system_config(), "lanyard.conf") == 0)
		look_file(r, "system-file", "the administrator's file", path);
	if ((err = ly_conf_user_file(path, &why)) != 0)
		ly_report_why(r, LY_BAD, "user-file", err, &why);
	else if (path[0] == '\0')
		ly_report(r, LY_WARN, "user-file", "HOME is not set: there "
		    "is no place for settings of your own");
	else
		look_file(r, "user-file", env != NULL ?
		    "your file, as LANYARD_CONF says" : "your file", path);
}

/* The values that decide most, whoever set them. */
static void
say_values(struct ly_doctor *d)
{
	const struct ly_conf *c = &d->conf;
	struct ly_report *r = &d->report;

	if (c->data_dir[0] == '\0')
		ly_report(r, LY_BAD, "data-dir", "no folder for accounts: "
		    "set HOME, or \"data-dir\" in lanyard.conf");
	else
		ly_report(r, LY_GOOD, "data-dir", "data-dir: %s",
		    c->data_dir);
	ly_report(r, LY_GOOD, "values", "timeout %d ms, to connect %d ms; "
	    "log: %s", c->timeout_ms, c->connect_ms, c->log[0] != '\0' ?
	    c->log : "off");
	if (c->account[0] != '\0')
		ly_report(r, LY_NOTE, "account", "only %s is shown to "
		    "clients: \"account\" in lanyard.conf says so",
		    c->account);
}

/* The accounts that we are asked about. */
static void
find_accounts(struct ly_doctor *d)
{
	struct ly_report *r = &d->report;
	struct ly_why why = { "" };
	size_t i;
	int err;

	err = ly_account_list(&d->conf, d->names, &d->n, &why);
	if (err != 0) {
		ly_report_why(r, LY_BAD, "accounts", err, &why);
	} else if (d->account != NULL) {
		for (i = 0; i < d->n && strcmp(d->names[i], d->account); i++)
			continue;
		if (i == d->n)
			ly_report(r, LY_BAD, "accounts", "%s is not enrolled "
			    "here: run \"lanyard enroll %s --service URL\"",
			    d->account, d->account);
		else
			memmove(d->names[0], d->names[i], LY_ADDRESS_MAX);
		d->n = i < d->n;
	} else if (d->n == 0) {
		ly_report(r, LY_BAD, "accounts", "not enrolled: run "
		    "\"lanyard enroll ADDRESS --service URL\"");
	} else {
		ly_report(r, LY_GOOD, "accounts", "%lu account%s",
		    (unsigned long)d->n, d->n == 1 ? "" : "s");
	}
}

void
ly_doctor_conf(struct ly_doctor *d)
{
	struct ly_why why = { "" };
	int err;

	ly_report_section(&d->report, "configuration", "");
	look_files(&d->report);
	ly_conf_init(&d->conf);
	err = ly_cli_conf(&d->conf, &why);
	/* A log that cannot be written is no obstacle to the rest. */
	d->conf_ok = err == 0 || d->conf.log[0] != '\0';
	/* A file that may not be read was named above. */
	if (err != 0 && (d->conf_ok || err != LY_ERR_PERM))
		ly_report_why(&d->report, LY_BAD, d->conf_ok ? "log" :
		    "settings", err, &why);
	if (!d->conf_ok) {
		ly_report(&d->report, LY_NOTE, "accounts", "clients see no "
		    "keys, and accounts are not looked at, until that is "
		    "cured");
		return;
	}
	say_values(d);
	find_accounts(d);
}
