/*
 * doctor: the lists of modules of NSS programs. Our module has to be in a
 * list once, by a file that is there, and not come a second time into the
 * same process by p11-kit.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "doctor.h"
#include "doctor_p11.h"
#include "file.h"
#include "nssdb.h"
#include "profiles.h"

#define TEXT_MAX 1048576	/* bytes of a text that is looked through */
#define PROXY "p11-kit-proxy.so"

/* A list of modules, as it is read. */
struct list {
	size_t ours;
	int proxy;		/* p11-kit's modules come with it */
	struct ly_nss_module first, second;	/* of ours */
};

/* A place that such a list is looked for in. */
struct place {
	const char *target;	/* of "lanyard register" */
	const char *program;	/* as p11-kit calls it */
	const char *dir;
	int expected;		/* not being in it is worth a warning */
};

static void
on_module(void *arg, const struct ly_nss_module *m)
{
	const size_t n = strlen(m->library), tail = strlen(PROXY);
	struct list *l = arg;

	if (m->ours && l->ours == 0)
		l->first = *m;
	else if (m->ours && l->ours == 1)
		l->second = *m;
	l->ours += (size_t)m->ours;
	if (n >= tail && strcmp(m->library + n - tail, PROXY) == 0)
		l->proxy = 1;
}

int
ly_doctor_same_file(const char *a, const char *b)
{
	struct ly_file_stamp sa, sb;

	return ly_file_stat(a, &sa) == 0 && ly_file_stat(b, &sb) == 0 &&
	    sa.dev == sb.dev && sa.ino == sb.ino;
}

/* How often our module comes into a program that uses this list. */
static void
say_list(struct ly_doctor *d, const struct place *p, const char *file,
    const struct list *l, const struct ly_p11_list *p11)
{
	struct ly_report *r = &d->report;
	struct ly_file_stamp stamp;

	if (l->ours == 0 && l->proxy && ly_p11_shows(p11, p->program))
		ly_report(r, LY_GOOD, p->target, "%s: registered, by "
		    "p11-kit", file);
	else if (l->ours == 0)
		ly_report(r, p->expected ? LY_WARN : LY_NOTE, p->target,
		    "%s: not registered: run \"lanyard register %s\"", file,
		    p->target);
	else if (l->ours > 1)
		ly_report(r, LY_BAD, p->target, "%s: the module is in it "
		    "twice: run \"modutil -dbdir sql:%s -delete %s\"", file,
		    p->dir, strcmp(l->second.name, LY_NSS_MODULE) == 0 ?
		    l->first.name : l->second.name);
	else if (l->proxy && ly_p11_shows(p11, p->program))
		ly_report(r, LY_BAD, p->target, "%s: the module comes twice, "
		    "by itself and by p11-kit: run \"lanyard unregister "
		    "%s\"", file, p->dir);
	else if (ly_file_stat(l->first.library, &stamp) != 0)
		ly_report(r, LY_BAD, p->target, "%s: names %s, which is not "
		    "there: run \"lanyard register %s\"", file,
		    l->first.library, p->target);
	else if (!ly_doctor_same_file(l->first.library, d->module))
		ly_report(r, LY_WARN, p->target, "%s: names %s, which is not "
		    "%s: run \"lanyard register %s\"", file,
		    l->first.library, d->module, p->target);
	else
		ly_report(r, LY_GOOD, p->target, "%s: registered", file);
}

static void
look_place(struct ly_doctor *d, const struct place *p,
    const struct ly_p11_list *p11)
{
	char file[LY_PATH_MAX];
	struct ly_report *r = &d->report;
	struct ly_why why = { "" };
	struct list l;
	struct ly_buf text;
	int err;

	memset(&l, 0, sizeof(l));
	ly_buf_init(&text, LY_NSS_FILE_MAX);
	if (ly_path_join(file, p->dir, "pkcs11.txt") != 0)
		return;
	err = ly_file_read(file, LY_NSS_FILE_MAX, LY_FILE_ANY, &text, &why);
	if (err == LY_ERR_NOTFOUND) {
		ly_report(r, LY_NOTE, p->target, "%s: never used: start the "
		    "program once, then run \"lanyard register %s\"", p->dir,
		    p->target);
	} else if (err != 0) {
		ly_report_why(r, LY_BAD, p->target, err, &why);
	} else {
		ly_nss_each(&text, on_module, &l);
		say_list(d, p, file, &l, p11);
	}
	ly_buf_clear(&text);
}

/* All profiles of one program, and what lives in a container of its own. */
static void
look_program(struct ly_doctor *d, struct place p,
    const struct ly_program *program, const struct ly_p11_list *p11)
{
	struct ly_profiles *found = calloc(1, sizeof(*found));
	char path[LY_PATH_MAX];
	struct ly_why why = { "" };
	size_t i;
	int err;

	err = found == NULL ? LY_ERR_NOMEM :
	    ly_profiles_find(program, found, &why);
	if (err != 0)
		ly_report_why(&d->report, LY_BAD, p.target, err, &why);
	else if (found->n == 0 && p.expected)
		ly_report(&d->report, LY_NOTE, p.target, "no profile of %s "
		    "is here: start it once, then run \"lanyard register "
		    "%s\"", program->name, p.target);
	for (i = 0; err == 0 && i < found->n; i++) {
		p.dir = found->dir[i];
		look_place(d, &p, p11);
	}
	for (i = 0; i < 2 && p.expected; i++)
		if (ly_profiles_home(program->boxes[i], path, NULL) == 0 &&
		    ly_dir_is(path))
			ly_report(&d->report, LY_WARN, "container", "%s: a "
			    "%s cannot load a module of this computer: use "
			    "the distribution's package", path, i == 0 ?
			    "Flatpak" : "Snap");
	free(found);
}

/* Each path of our module in a text must lead to a file. */
static void
look_text(struct ly_doctor *d, const char *file)
{
	char path[LY_PATH_MAX];
	struct ly_file_stamp stamp;
	struct ly_buf text;
	const char *p, *from;
	size_t n;

	ly_buf_init(&text, TEXT_MAX);
	if (ly_file_read(file, TEXT_MAX, LY_FILE_ANY, &text, NULL) != 0 ||
	    ly_buf_put_u8(&text, 0) != 0)
		goto out;
	p = (const char *)text.data;
	while ((p = strstr(p, "/lanyard-pkcs11")) != NULL) {
		for (from = p; from > (const char *)text.data &&
		    strchr(" \t\n\"'=", from[-1]) == NULL; from--)
			continue;
		n = strcspn(from, " \t\n\"'");
		p++;
		if (n >= sizeof(path))
			continue;
		memcpy(path, from, n);
		path[n] = '\0';
		if (ly_file_stat(path, &stamp) == 0)
			ly_report(&d->report, LY_GOOD, "text", "%s: "
			    "registered", file);
		else
			ly_report(&d->report, LY_BAD, "text", "%s: names %s, "
			    "which is not there: give the \"lanyard "
			    "register\" command for it again", file, path);
	}
out:
	ly_buf_clear(&text);
}

/* What "lanyard register" writes for programs without NSS and p11-kit. */
static void
look_texts(struct ly_doctor *d)
{
	static const char *const ours[] = {
		"pkcs11.cfg", "openssl-engine.cnf", "openssl-provider.cnf"
	};
	char dir[LY_PATH_MAX], path[LY_PATH_MAX];
	size_t i;

	look_text(d, "/etc/thunderbird/policies/policies.json");
	if (ly_profiles_home(".ssh/config", path, NULL) == 0)
		look_text(d, path);
	for (i = 0; ly_dir_user_config(dir) == 0 &&
	    i < sizeof(ours) / sizeof(ours[0]); i++)
		if (ly_path_join(path, dir, ours[i]) == 0)
			look_text(d, path);
}

void
ly_doctor_clients(struct ly_doctor *d)
{
	const struct place tb = { "thunderbird", "thunderbird", NULL, 1 };
	const struct place fx = { "firefox", "firefox", NULL, 0 };
	struct place db = { "nssdb", "evolution", NULL, 0 };
	char path[LY_PATH_MAX];
	static struct ly_p11_list p11;
	int newer;

	ly_report_section(&d->report, "clients", "");
	ly_p11_look(d, &p11);
	look_program(d, tb, &ly_program_thunderbird, &p11);
	look_program(d, fx, &ly_program_firefox, &p11);
	db.dir = path;
	for (newer = 0; newer < 2; newer++)
		if (ly_profiles_nssdb(newer, path, NULL) == 0 &&
		    ly_dir_is(path))
			look_place(d, &db, &p11);
	look_texts(d);
}
