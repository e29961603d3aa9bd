/*
 * lanyardd import: keys from PKCS#12 files. Each file is a transaction of
 * its own and a line of its own, printed once it is on the disk; one that
 * is refused does not stop the others.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cert.h"
#include "cmd.h"
#include "compat.h"
#include "crypto.h"
#include "err.h"
#include "file.h"
#include "import.h"
#include "kek.h"
#include "kh_client.h"
#include "p12.h"
#include "seal.h"
#include "secret.h"

#define PASSWORDS_MAX (1024 * 1024)	/* bytes of a password file */

/* Passwords: from a file (one line for all, or a line each), or asked. */
struct passwords {
	struct ly_secret file;
	size_t lines;
	int ask;
};

static size_t
count_lines(const struct ly_secret *s)
{
	size_t i, n = 0;

	for (i = 0; i < s->len; i++)
		n += s->data[i] == '\n';
	return s->len > 0 && s->data[s->len - 1] != '\n' ? n + 1 : n;
}

static int
passwords_open(const struct ly_opts *o, struct passwords *p,
    struct ly_why *why)
{
	int r;

	memset(p, 0, sizeof(*p));
	if (o->password_file == NULL) {
		p->ask = 1;
		return 0;
	}
	r = ly_file_read_secret(o->password_file, PASSWORDS_MAX,
	    LY_FILE_PRIVATE, &p->file, why);
	if (r != 0)
		return r;
	p->lines = count_lines(&p->file);
	if (p->lines != 1 && p->lines != (size_t)o->nargs) {
		ly_secret_clear(&p->file);
		return ly_fail(why, LY_ERR_FORMAT, "%s: has %zu lines: want "
		    "one for all files, or one for each of the %d",
		    o->password_file, p->lines, o->nargs);
	}
	return 0;
}

/* The password of the i-th file. */
static int
password_of(const struct passwords *p, size_t i, const char *file,
    struct ly_secret *out, struct ly_why *why)
{
	const uint8_t *at = p->file.data, *end, *nl;
	char prompt[256];
	size_t len;

	if (p->ask) {
		(void)snprintf(prompt, sizeof(prompt), "Password of %s",
		    file);
		return ly_passphrase_ask(prompt, 0, out, why);
	}
	end = at + p->file.len;
	for (i = p->lines == 1 ? 0 : i; i > 0; i--)
		at = (const uint8_t *)memchr(at, '\n', (size_t)(end - at)) + 1;
	nl = memchr(at, '\n', (size_t)(end - at));
	len = (size_t)((nl == NULL ? end : nl) - at);
	if (len > 0 && at[len - 1] == '\r')
		len--;
	return len == 0 ? ly_secret_alloc(out, 1) :
	    ly_secret_set(out, at, len);
}

/* One file on its way in. */
struct item {
	const char *file;
	struct ly_p12 p12;
	struct ly_wire_import req;	/* cert and chain: views of p12 */
	struct ly_cert_info info;
	struct ly_import_done done;
};

static int
open_file(struct item *it, const struct ly_secret *password,
    struct ly_why *why)
{
	struct ly_buf data;
	int r;

	ly_buf_init(&data, LY_P12_MAX);
	r = ly_file_read(it->file, LY_P12_MAX, LY_FILE_ANY, &data, why);
	if (r == 0)
		r = ly_p12_open(data.data, data.len, password, &it->p12,
		    why);
	if (r == 0)
		r = ly_cert_parse(it->p12.cert.data, it->p12.cert.len,
		    &it->info);
	ly_buf_clear(&data);
	return r;
}

/* Whose key it is: --user, or the certificate's address. */
static int
find_mailbox(struct ly_app *app, const struct ly_opts *o,
    const struct item *it, int64_t *id, struct ly_why *why)
{
	const char *address = o->user != NULL ? o->user : it->info.email;
	struct ly_row_mailbox row;
	int r;

	if (address[0] == '\0')
		return ly_fail(why, LY_ERR_NOTFOUND, "its certificate has no "
		    "mail address: say whose it is with --user");
	if ((r = ly_cmd_mailbox(app, address, &row, why)) == 0)
		*id = row.id;
	return r;
}

/* Seal the key to the keyholder and have it taken in. */
static int
take_in(struct ly_app *app, struct item *it, int64_t mailbox,
    enum ly_delivery delivery, struct ly_why *why)
{
	const struct ly_buf *to = &app->service.import.cert;
	struct ly_import im;
	size_t i;
	int r;

	ly_buf_init(&it->req.sealed, LY_SEALED_MAX);
	r = ly_seal(&it->p12.pkcs8, to->data, to->len, &it->req.sealed);
	ly_secret_clear(&it->p12.pkcs8);
	if (r != 0)
		return r;
	it->req.cert = it->p12.cert;
	it->req.nchain = it->p12.nchain;
	for (i = 0; i < it->p12.nchain; i++)
		it->req.chain[i] = it->p12.chain[i];
	memset(&im, 0, sizeof(im));
	im.store = app->store;
	im.kh = app->kh;
	im.actor = "host";
	im.mailbox = mailbox;
	im.req = &it->req;
	im.delivery = delivery;
	r = ly_import_key(&im, &it->done, why);
	ly_buf_clear(&it->req.sealed);
	return r;
}

static void
report(const struct item *it)
{
	char id[LY_KEY_ID_HEX], from[LY_TIME_LEN], to[LY_TIME_LEN];
	const char *what = !it->done.merged ? "imported" :
	    it->done.changed ? "merged" : "there already";

	ly_hex(it->done.key_id, LY_KEY_ID_LEN, id);
	ly_time_str(it->info.not_before, from);
	ly_time_str(it->info.not_after, to);
	(void)printf("%s: %s key=%s name=\"%s\" email=%s valid=%.10s..%.10s"
	    "%s\n", it->file, what, id, it->info.name,
	    it->info.email[0] == '\0' ? "-" : it->info.email, from, to,
	    it->info.not_after < ly_time() ? " (expired: reads only)" : "");
	(void)fflush(stdout);
}

static int
import_one(struct ly_app *app, const struct ly_opts *o,
    const struct passwords *p, size_t i, enum ly_delivery delivery)
{
	struct ly_secret password = LY_SECRET_INIT;
	struct ly_why why = { "" };
	struct item *it;
	int64_t mailbox = 0;
	int r;

	if ((it = calloc(1, sizeof(*it))) == NULL)
		return LY_ERR_NOMEM;
	it->file = o->args[i];
	if ((r = password_of(p, i, it->file, &password, &why)) == 0 &&
	    (r = open_file(it, &password, &why)) == 0 &&
	    (r = find_mailbox(app, o, it, &mailbox, &why)) == 0)
		r = take_in(app, it, mailbox, delivery, &why);
	if (r == 0)
		report(it);
	else
		(void)printf("%s: refused: %s\n", it->file,
		    why.text[0] != '\0' ? why.text : ly_strerror(r));
	(void)fflush(stdout);
	ly_secret_clear(&password);
	ly_p12_clear(&it->p12);
	free(it);
	return r;
}

/* All files; the number of those refused. */
static int
import_all(struct ly_app *app, const struct ly_opts *o,
    enum ly_delivery delivery, int *refused, struct ly_why *why)
{
	struct passwords p;
	int i, r;

	if ((r = passwords_open(o, &p, why)) != 0 ||
	    (r = ly_app_keyholder(app, o->passphrase_file, 1, why)) != 0)
		goto out;
	for (i = 0; i < o->nargs; i++)
		*refused += import_one(app, o, &p, (size_t)i, delivery) != 0;
out:
	ly_secret_clear(&p.file);
	return r;
}

int
ly_cmd_import(int argc, char **argv)
{
	enum ly_delivery delivery = 0;
	struct ly_why why = { "" };
	struct ly_opts o;
	struct ly_app app;
	int refused = 0, r;

	if (ly_opts_parse(argc, argv, LY_O_DIR | LY_O_USER | LY_O_PASSWORDS |
	    LY_O_DELIVERY | LY_O_PASSFILE, &o) != 0)
		return 2;
	if (o.nargs < 1)
		return ly_cmd_usage(argv[0], "want PKCS#12 files");
	if (o.delivery != NULL &&
	    ly_delivery_by_name(o.delivery, &delivery) != 0)
		return ly_cmd_usage(argv[0], "--delivery: remote or cached");
	if ((r = ly_app_open(o.dir, &app, &why)) != 0)
		return ly_cmd_fail(argv[0], r, &why);
	r = import_all(&app, &o, delivery, &refused, &why);
	ly_app_close(&app);
	if (r != 0)
		return ly_cmd_fail(argv[0], r, &why);
	if (refused > 0)
		(void)fprintf(stderr, "lanyardd import: %d of %d files were "
		    "refused\n", refused, o.nargs);
	return refused == 0 ? 0 : 1;
}
