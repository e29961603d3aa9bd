/*
 * lanyard import: opens PKCS#12 files here, seals each key to the service's
 * keyholder, and sends it. One bad file is named and does not keep the
 * others from it; done twice, it changes nothing.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "args.h"
#include "ask.h"
#include "cert.h"
#include "cli.h"
#include "client.h"
#include "compat.h"
#include "crypto.h"
#include "file.h"
#include "p12.h"
#include "seal.h"
#include "table.h"

struct import {
	struct ly_cli_account c;
	struct ly_wire_discovery d;	/* for its import_cert */
	const char *password_file;
	size_t nlines;			/* of that file */
	int json;
	struct ly_table table;
	size_t done, refused;
};

static const struct ly_column columns[] = {
	{ "file", "FILE", LY_CELL_STR, 0 },
	{ "result", "RESULT", LY_CELL_STR, 0 },
	{ "key_id", "KEY", LY_CELL_STR, 0 },
	{ "reason", "REASON", LY_CELL_STR, 0 },
};

/* A line for people at once, a row for scripts at the end. */
static void
report(struct import *im, const char *file, const char *result,
    const char *key_id, const char *reason)
{
	if (im->json) {
		ly_table_str(&im->table, file);
		ly_table_str(&im->table, result);
		ly_table_str(&im->table, key_id);
		ly_table_str(&im->table, reason);
	} else if (key_id != NULL) {
		(void)printf("%s: %s, key %s\n", file, result, key_id);
	}
	if (reason != NULL)
		(void)fprintf(stderr, "lanyard: %s: %s: %s\n", file, result,
		    reason);
}

/* The certificate that keys are sealed to: the account's CA vouches for it. */
static int
find_import_cert(struct import *im, struct ly_why *why)
{
	const struct ly_account *a = &im->c.account;
	int r;

	if ((r = ly_client_discover(im->c.client, &im->d, why)) != 0)
		return r;
	r = ly_cert_verify(im->d.import_cert.data, im->d.import_cert.len,
	    a->issuer.data, a->issuer.len, ly_time());
	if (r != 0)
		r = ly_fail(why, LY_ERR_AUTH, "%s: the certificate for "
		    "imports is not from the CA of this account (%s): ask "
		    "its operator", a->service, ly_strerror(r));
	return r;
}

static int
get_password(const struct import *im, const char *file, size_t n,
    struct ly_secret *pw, struct ly_why *why)
{
	char prompt[512];

	if (im->password_file != NULL)
		return ly_ask_file(im->password_file,
		    im->nlines == 1 ? 0 : n, pw, why);
	(void)snprintf(prompt, sizeof(prompt), "Password of %.400s: ", file);
	return ly_ask_secret(prompt, "give --password-file FILE", pw, why);
}

static int
open_file(const struct import *im, const char *file, size_t n,
    struct ly_p12 *p12, struct ly_why *why)
{
	struct ly_secret pw = LY_SECRET_INIT;
	struct ly_buf data;
	int r;

	ly_buf_init(&data, LY_P12_MAX);
	if ((r = ly_file_read(file, LY_P12_MAX, LY_FILE_ANY, &data,
	    why)) != 0)
		goto out;
	if ((r = get_password(im, file, n, &pw, why)) != 0)
		goto out;
	r = ly_p12_open(data.data, data.len, &pw, p12, why);
out:
	ly_secret_clear(&pw);
	ly_buf_clear(&data);
	return r;
}

/* Seal the key and send it with its certificates. */
static int
send_key(struct import *im, const struct ly_p12 *p12,
    struct ly_wire_imported *out, struct ly_why *why)
{
	struct ly_wire_import req;
	size_t i;
	int r;

	memset(&req, 0, sizeof(req));
	ly_buf_init(&req.sealed, LY_SEALED_MAX);
	req.cert = p12->cert;	/* lent, as are those of the chain */
	for (i = 0; i < p12->nchain && i < LY_WIRE_CERTS_MAX; i++)
		req.chain[req.nchain++] = p12->chain[i];
	r = ly_seal(&p12->pkcs8, im->d.import_cert.data,
	    im->d.import_cert.len, &req.sealed);
	if (r == 0)
		r = ly_client_import(im->c.client, &req, out, why);
	ly_buf_clear(&req.sealed);
	return r;
}

static void
import_file(struct import *im, const char *file, size_t n)
{
	struct ly_wire_imported got;
	struct ly_why why = { "" };
	struct ly_p12 p12;
	char hex[LY_KEY_ID_HEX];
	int r;

	memset(&p12, 0, sizeof(p12));
	memset(&got, 0, sizeof(got));
	r = open_file(im, file, n, &p12, &why);
	if (r == 0)
		r = send_key(im, &p12, &got, &why);
	ly_p12_clear(&p12);
	if (r != 0) {
		im->refused++;
		report(im, file, "refused", NULL,
		    why.text[0] != '\0' ? why.text : ly_strerror(r));
		return;
	}
	im->done++;
	ly_hex(got.key_id, LY_KEY_ID_LEN, hex);
	report(im, file, got.merged ? "there already" : "imported", hex,
	    NULL);
}

static int
count_passwords(struct import *im, size_t nfiles, struct ly_why *why)
{
	int r;

	if (im->password_file == NULL)
		return 0;
	r = ly_ask_file_lines(im->password_file, &im->nlines, why);
	if (r == 0 && im->nlines != 1 && im->nlines != nfiles)
		r = ly_fail(why, LY_ERR_ARG, "%s: it has %lu lines: give one "
		    "for all files, or one for each of the %lu",
		    im->password_file, (unsigned long)im->nlines,
		    (unsigned long)nfiles);
	return r;
}

static int
run(struct import *im, const struct ly_args *args, const char *account,
    const char *pin_file, struct ly_why *why)
{
	size_t i;
	int r;

	if ((r = count_passwords(im, args->argc, why)) != 0 ||
	    (r = ly_cli_open(account, &im->c, why)) != 0 ||
	    (r = ly_cli_unlock(&im->c, pin_file, why)) != 0 ||
	    (r = find_import_cert(im, why)) != 0)
		return r;
	for (i = 0; i < args->argc; i++)
		import_file(im, args->argv[i], i);
	if (im->json &&
	    (r = ly_table_print(&im->table, 1, stdout)) != 0)
		return r;
	return im->done == 0 ? 0 : ly_cli_sync(&im->c, im->json, why);
}

int
ly_cmd_import(int argc, char **argv)
{
	const char *account = NULL, *pin_file = NULL;
	struct import im;
	const struct ly_arg opts[] = {
		{ "account", "ADDRESS", "to this account", &account, NULL },
		{ "password-file", "FILE", "passwords: a line for all files, "
		    "or one for each", &im.password_file, NULL },
		{ "pin-file", "FILE", "read the PIN from its first line",
		    &pin_file, NULL },
		{ "json", NULL, "print JSON", NULL, &im.json },
	};
	struct ly_args args = {
		.usage = "import FILE.p12 ... [options]",
		.about = "Puts keys into the key service. A file is opened "
		    "here; its key travels sealed to\nthe service's "
		    "keyholder.",
		.opts = opts,
		.nopts = sizeof(opts) / sizeof(opts[0]),
		.min = 1,
		.max = 10000,
	};
	struct ly_why why = { "" };
	enum ly_args_end end;
	int r;

	memset(&im, 0, sizeof(im));
	ly_table_init(&im.table, columns,
	    sizeof(columns) / sizeof(columns[0]));
	if ((end = ly_args_parse(&args, argc, argv)) != LY_ARGS_GO)
		return (int)end;
	r = run(&im, &args, account, pin_file, &why);
	ly_table_clear(&im.table);
	ly_wire_discovery_clear(&im.d);
	ly_cli_close(&im.c);
	if (r != 0)
		return ly_cli_failed(r, &why);
	return im.refused > 0 ? LY_EXIT_FAILED : 0;
}
