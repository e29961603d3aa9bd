/* lanyardd enroll-code: a code that enrols one device of a mailbox. */
#include <stdio.h>

#include "cmd.h"
#include "compat.h"
#include "enroll.h"
#include "err.h"
#include "secret.h"
#include "table.h"
#include "tls.h"

static int
print(const struct ly_app *app, const char *address, const char *code,
    int64_t expires, int json)
{
	char url[LY_URL_MAX], fp[2 * LY_SHA256_LEN + 1], until[LY_TIME_LEN];
	int r;

	ly_sconf_url(&app->conf, url);
	if ((r = ly_tls_fingerprint(app, fp)) != 0)
		return r;
	ly_time_str(expires, until);
	if (json)
		return ly_print_object("address", address, "code", code,
		    "service", url, "fingerprint", fp, "expires", until,
		    (char *)NULL);
	(void)printf("Code for one device of %s, until %s:\n\n"
	    "  %s\n\n"
	    "Give it to the user apart from this line, which asks for it:\n\n"
	    "  lanyard enroll %s --service %s \\\n"
	    "      --fingerprint %s\n", address, until, code, address, url,
	    fp);
	return fflush(stdout) == 0 ? 0 : LY_ERR_IO;
}

int
ly_cmd_enroll_code(int argc, char **argv)
{
	struct ly_why why = { "" };
	struct ly_row_mailbox row;
	char code[LY_CODE_TEXT];
	int64_t expires = 0;
	struct ly_opts o;
	struct ly_app app;
	int r;

	if (ly_opts_parse(argc, argv, LY_O_DIR | LY_O_JSON, &o) != 0)
		return 2;
	if (o.nargs != 1)
		return ly_cmd_usage(argv[0], "want one address");
	if ((r = ly_app_open(o.dir, &app, &why)) != 0)
		return ly_cmd_fail(argv[0], r, &why);
	r = ly_cmd_mailbox(&app, o.args[0], &row, &why);
	if (r == 0 && row.disabled)
		r = ly_fail(&why, LY_ERR_DENIED, "%s is disabled: enable it "
		    "with \"lanyardd user enable %s\"", row.address,
		    row.address);
	if (r == 0)
		r = ly_code_make(app.store, row.address, code, &expires);
	if (r == 0)
		r = print(&app, row.address, code, expires, o.json);
	ly_wipe(code, sizeof(code));
	ly_app_close(&app);
	return r == 0 ? 0 : ly_cmd_fail(argv[0], r, &why);
}
