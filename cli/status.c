/*
 * Looks at an account as a stranger would: each file on its own, so that
 * one that is damaged is named and does not hide the next.
 */
#include "config.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "catalogue.h"
#include "cert.h"
#include "client.h"
#include "compat.h"
#include "crypto.h"
#include "device.h"
#include "file.h"
#include "secret.h"
#include "status.h"

void
ly_problem(struct ly_problems *p, const char *fmt, ...)
{
	va_list ap;

	if (p->n < LY_PROBLEMS_MAX) {
		va_start(ap, fmt);
		(void)vsnprintf(p->text[p->n], sizeof(p->text[0]), fmt, ap);
		va_end(ap);
	}
	p->n++;
}

/* What failed, as a problem; the phrase of r when there is no sentence. */
static void
add(struct ly_status *s, const char *path, int r, const struct ly_why *why)
{
	if (why->text[0] != '\0')
		ly_problem(&s->problems, "%s", why->text);
	else
		ly_problem(&s->problems, "%.300s: %s", path, ly_strerror(r));
}

static void
look_device(struct ly_status *s)
{
	char path[LY_PATH_MAX];
	struct ly_why why = { "" };
	enum ly_unlock mode = LY_UNLOCK_PIN;
	struct ly_buf file;
	int r;

	ly_buf_init(&file, LY_DEVICE_FILE_MAX);
	if (ly_path_join(path, s->account.dir, "device") != 0)
		return;
	r = ly_file_read(path, LY_DEVICE_FILE_MAX, LY_FILE_PRIVATE, &file,
	    &why);
	if (r == LY_ERR_NOTFOUND)
		ly_problem(&s->problems, "%.300s: the device keys are gone: "
		    "run \"lanyard logout --local %s\", then enrol again",
		    path, s->address);
	else if (r != 0)
		add(s, path, r, &why);
	else if (ly_device_unlock_mode(file.data, file.len, &mode) != 0)
		ly_problem(&s->problems, "%.300s: damaged: run \"lanyard "
		    "logout --local %s\", then enrol again", path,
		    s->address);
	else if (mode != s->account.unlock)
		ly_problem(&s->problems, "%.300s: unlocked otherwise than the "
		    "account says: run \"lanyard logout --local %s\", then "
		    "enrol again", path, s->address);
	if (file.len > 0)
		ly_wipe(file.data, file.len);
	ly_buf_clear(&file);
}

static void
look_certificates(struct ly_status *s)
{
	const struct ly_account *a = &s->account;
	const struct ly_buf *certs[] = { &a->auth_cert, &a->recv_cert };
	struct ly_cert_info info;
	size_t i;
	int r;

	for (i = 0; i < 2; i++) {
		r = ly_cert_verify(certs[i]->data, certs[i]->len,
		    a->issuer.data, a->issuer.len, ly_time());
		if (r == LY_ERR_EXPIRED)
			ly_problem(&s->problems, "the device certificate is "
			    "not valid today: check the clock, or run "
			    "\"lanyard logout %s\" and enrol again",
			    s->address);
		else if (r != 0)
			ly_problem(&s->problems, "%.300s: the device "
			    "certificates are damaged: run \"lanyard logout "
			    "--local %s\", then enrol again", a->dir,
			    s->address);
		if (r != 0)
			return;
	}
	if (ly_cert_parse(a->auth_cert.data, a->auth_cert.len, &info) == 0)
		s->device_until = info.not_after;
}

/* Who wants to hear of each key. */
struct listener {
	ly_status_key *fn;	/* NULL: nobody */
	void *arg;
};

static void
tell(const struct listener *l, const struct ly_entry *e, int64_t lease_end)
{
	if (l->fn != NULL)
		l->fn(l->arg, e, lease_end);
}

/* The sealed copy of one key. */
static void
look_sealed(struct ly_status *s, const struct ly_entry *e,
    const struct listener *l)
{
	char path[LY_PATH_MAX];
	struct ly_why why = { "" };
	struct ly_lease lease;
	struct ly_buf sealed;
	int r;

	s->cacheable++;
	ly_buf_init(&sealed, LY_SEALED_MAX);
	r = ly_account_sealed(&s->account, e->key_id, &lease, &sealed, &why);
	ly_buf_clear(&sealed);
	if (r == LY_ERR_NOTFOUND) {
		tell(l, e, 0);
		return;
	}
	if (ly_account_sealed_path(&s->account, e->key_id, path) != 0)
		return;
	if (r == LY_ERR_FORMAT || r == LY_ERR_AUTH) {
		ly_problem(&s->problems, "%.300s: damaged: run \"lanyard "
		    "sync\"", path);
		return;
	}
	if (r != 0) {
		add(s, path, r, &why);
		return;
	}
	tell(l, e, lease.not_after);
	if (lease.not_after < ly_time()) {
		ly_problem(&s->problems, "%.300s: its lease has ended: run "
		    "\"lanyard sync\"", path);
		return;
	}
	s->cached++;
	if (s->first_lease_end == 0 || lease.not_after < s->first_lease_end)
		s->first_lease_end = lease.not_after;
}

static void
look_entries(struct ly_status *s, const struct ly_catalogue *cat,
    const struct listener *l)
{
	struct ly_entry e;
	uint32_t i;

	s->revision = ly_catalogue_revision(cat);
	for (i = 0; i < ly_catalogue_count(cat); i++) {
		if (ly_catalogue_entry(cat, i, &e) != 0)
			continue;
		if (e.kind == LY_ENTRY_CERT)
			s->certs++;
		if (e.kind != LY_ENTRY_KEY)
			continue;
		s->keys++;
		if (e.delivery == LY_CACHED)
			look_sealed(s, &e, l);
	}
}

static void
look_catalogue(struct ly_status *s, const struct listener *l)
{
	char path[LY_PATH_MAX];
	struct ly_catalogue *cat = NULL;
	struct ly_why why = { "" };
	int r;

	if (ly_path_join(path, s->account.dir, "catalogue") != 0)
		return;
	r = ly_catalogue_load(s->account.dir, &cat, &why);
	if (r == 0 && ly_catalogue_verify(cat) != 0)
		r = LY_ERR_FORMAT;
	if (r == LY_ERR_NOTFOUND)
		ly_problem(&s->problems, "%s: no list of keys here yet: run "
		    "\"lanyard sync\"", s->address);
	else if (r == LY_ERR_FORMAT)
		ly_problem(&s->problems, "%.300s: damaged: run \"lanyard "
		    "sync\"", path);
	else if (r != 0)
		add(s, path, r, &why);
	else
		look_entries(s, cat, l);
	ly_catalogue_unref(&cat);
}

static void
look_service(const struct ly_conf *conf, struct ly_status *s)
{
	const struct ly_account *a = &s->account;
	struct ly_wire_discovery d;
	struct ly_client *c = NULL;
	struct ly_why why = { "" };
	int64_t start = ly_now_ms();
	int r;

	memset(&d, 0, sizeof(d));
	r = ly_client_new_anonymous(conf, a->service, a->issuer.data,
	    a->issuer.len, &c, &why);
	if (r == 0)
		r = ly_client_discover(c, &d, &why);
	if (r == 0) {
		s->reachable = 1;
		s->answer_ms = ly_now_ms() - start;
		ly_wire_discovery_clear(&d);
	} else {
		add(s, a->service, r, &why);
	}
	ly_client_free(&c);
}

void
ly_status_files(const struct ly_conf *conf, const char *address,
    ly_status_key *on_key, void *arg, struct ly_status *s)
{
	const struct listener l = { on_key, arg };
	char dir[LY_PATH_MAX];
	struct ly_why why = { "" };
	int r;

	memset(s, 0, sizeof(*s));
	(void)snprintf(s->address, sizeof(s->address), "%.254s", address);
	if (ly_account_dir(conf, address, dir) != 0)
		return;
	if ((r = ly_dir_check(dir, &why)) != 0)
		add(s, dir, r, &why);
	why.text[0] = '\0';
	if ((r = ly_account_load(dir, &s->account, &why)) != 0) {
		add(s, dir, r, &why);
		return;
	}
	s->loaded = 1;
	look_device(s);
	look_certificates(s);
	look_catalogue(s, &l);
}

void
ly_status_look(const struct ly_conf *conf, const char *address,
    struct ly_status *s)
{
	ly_status_files(conf, address, NULL, NULL, s);
	if (s->loaded)
		look_service(conf, s);
}
