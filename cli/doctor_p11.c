/*
 * doctor: p11-kit's files, read as pkcs11.conf(5) says: a file of the
 * administrator or the user changes the package's file of the same name,
 * line by line.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "buf.h"
#include "compat.h"
#include "doctor.h"
#include "doctor_p11.h"
#include "profiles.h"

#define FILE_MAX_LEN 65536
#define ADMIN_DIR "/etc/pkcs11/modules"
#define OUR_LIBRARY "lanyard-pkcs11"

struct scan {
	struct ly_p11_list *p11;
	const char *dir;
};

/* Copy the value of "key: value" if the line is that. */
static int
take(const char *line, size_t len, const char *key, char *out, size_t cap)
{
	const size_t n = strlen(key);

	if (len < n || memcmp(line, key, n) != 0)
		return 0;
	for (line += n, len -= n; len > 0 && *line == ' '; line++)
		len--;
	while (len > 0 && (unsigned char)line[len - 1] <= ' ')
		len--;
	if (len >= cap)
		return 0;
	memcpy(out, line, len);
	out[len] = '\0';
	return 1;
}

/* A name without '/' is one in p11-kit's folder of modules: ours, too. */
static void
set_library(struct ly_p11_module *m, const char *value)
{
	char dir[LY_PATH_MAX] = LY_MODULE_PATH;
	char *slash = strrchr(dir, '/');

	if (slash != NULL)
		*slash = '\0';
	(void)ly_path_join(m->library, value[0] == '/' ? "" : dir, value);
}

static void
read_lines(struct ly_p11_module *m, const struct ly_buf *text)
{
	const char *line = (const char *)text->data;
	const char *end = line + text->len, *nl;
	char value[LY_PATH_MAX];
	size_t n;

	for (; line < end; line = nl + 1) {
		nl = memchr(line, '\n', (size_t)(end - line));
		if (nl == NULL)
			nl = end;
		n = (size_t)(nl - line);
		(void)take(line, n, "enable-in:", m->enable,
		    sizeof(m->enable));
		(void)take(line, n, "disable-in:", m->disable,
		    sizeof(m->disable));
		if (take(line, n, "module:", value, sizeof(value)))
			set_library(m, value);
	}
}

static int
on_file(void *arg, const char *name)
{
	struct scan *s = arg;
	struct ly_p11_list *p11 = s->p11;
	struct ly_p11_module *m = NULL, new;
	struct ly_buf text;
	const char *base;
	size_t i, n = strlen(name);

	if (n < 8 || n >= sizeof(new.name) ||
	    strcmp(name + n - 7, ".module") != 0)
		return 0;
	memset(&new, 0, sizeof(new));
	for (i = 0; i < p11->n && m == NULL; i++)
		if (strcmp(p11->list[i].name, name) == 0)
			m = &p11->list[i];
	if (m != NULL)
		new = *m;
	ly_buf_init(&text, FILE_MAX_LEN);
	memcpy(new.name, name, n + 1);
	if (ly_path_join(new.file, s->dir, name) == 0 && ly_file_read(
	    new.file, FILE_MAX_LEN, LY_FILE_ANY, &text, NULL) == 0) {
		read_lines(&new, &text);
		base = strrchr(new.library, '/');
		if (m != NULL)
			*m = new;
		else if (base != NULL && strncmp(base + 1, OUR_LIBRARY,
		    strlen(OUR_LIBRARY)) == 0 && p11->n < LY_P11_LIST_MAX)
			p11->list[p11->n++] = new;
	}
	ly_buf_clear(&text);
	return 0;
}

void
ly_p11_scan(struct ly_p11_list *p11, const char *dir)
{
	struct scan s = { p11, dir };

	(void)ly_dir_each(dir, on_file, &s);
}

static void
say_one(struct ly_doctor *d, const struct ly_p11_module *m)
{
	struct ly_report *r = &d->report;
	struct ly_file_stamp stamp;

	if (ly_file_stat(m->library, &stamp) != 0)
		ly_report(r, LY_BAD, "p11-kit", "%s: names %s, which is not "
		    "there: install Lanyard again, or run \"lanyard register "
		    "p11-kit\"", m->file, m->library);
	else if (!ly_doctor_same_file(m->library, d->module))
		ly_report(r, LY_WARN, "p11-kit", "%s: names %s, which is not "
		    "%s: run \"lanyard register p11-kit\"", m->file,
		    m->library, d->module);
	else
		ly_report(r, LY_GOOD, "p11-kit", "%s: registered", m->file);
}

void
ly_p11_look(struct ly_doctor *d, struct ly_p11_list *p11)
{
	const char *xdg = ly_getenv("XDG_CONFIG_HOME");
	char base[LY_PATH_MAX], user[LY_PATH_MAX];
	const struct ly_p11_module *a = &p11->list[0], *b = &p11->list[1];
	size_t i;
	int err;

	p11->n = 0;
	ly_p11_scan(p11, LY_P11_CONFIG_DIR);
	ly_p11_scan(p11, ADMIN_DIR);
	if (xdg != NULL && xdg[0] == '/')
		err = ly_path_join(base, xdg, "");
	else
		err = ly_profiles_home(".config", base, NULL);
	/* p11-kit does not read users' files in programs of root. */
	if (err == 0 && geteuid() != 0 &&
	    ly_path_join(user, base, "pkcs11/modules") == 0)
		ly_p11_scan(p11, user);
	for (i = 0; i < p11->n; i++)
		say_one(d, &p11->list[i]);
	if (p11->n == 0 && geteuid() == 0)
		ly_report(&d->report, LY_NOTE, "p11-kit", "p11-kit does not "
		    "know the module: programs of root read "
		    LY_P11_CONFIG_DIR " and " ADMIN_DIR " alone");
	else if (p11->n == 0)
		ly_report(&d->report, LY_NOTE, "p11-kit", "p11-kit does not "
		    "know the module: run \"lanyard register p11-kit\"");
	if (p11->n > 1)
		ly_report(&d->report, ly_doctor_same_file(a->library,
		    b->library) ? LY_WARN : LY_BAD, "p11-kit", "%s and %s: "
		    "p11-kit has the module twice: remove one of the files",
		    a->file, b->file);
}

/* Whether a list of programs, by commas or blanks, names one. */
static int
lists(const char *list, const char *program)
{
	const size_t n = strlen(program);
	size_t len;

	for (; *list != '\0'; list += len) {
		list += strspn(list, ", \t");
		len = strcspn(list, ", \t");
		if (len == n && memcmp(list, program, n) == 0)
			return 1;
	}
	return 0;
}

int
ly_p11_shows(const struct ly_p11_list *p11, const char *program)
{
	const struct ly_p11_module *m;
	size_t i;

	for (i = 0; i < p11->n; i++) {
		m = &p11->list[i];
		if (m->enable[0] != '\0' ? lists(m->enable, program) :
		    !lists(m->disable, program))
			return 1;
	}
	return 0;
}
