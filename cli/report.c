/*
 * Prints findings: a word in a column of its own, and the sentence beside
 * it, broken at blanks. What stands in quotes is to be typed: never broken.
 */
#include "config.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "report.h"

#define WIDTH 79
#define INDENT 8

static const char *const words[] = { "ok", "-", "warn", "FAIL" };
static const char *const names[] = { "ok", "note", "warn", "fail" };

static const struct {
	const char *section, *title;
} titles[] = {
	{ "configuration", "Configuration" },
	{ "account", "Account" },
	{ "service", "Service" },
	{ "clients", "Registration in clients" },
	{ "module", "Module" },
};

void
ly_report_init(struct ly_report *r, FILE *out)
{
	memset(r, 0, sizeof(*r));
	r->out = out;
}

void
ly_report_clear(struct ly_report *r)
{
	free(r->list);
	ly_report_init(r, r->out);
}

/* Characters, not bytes. */
static size_t
width_of(const char *s, size_t n)
{
	size_t i, width = 0;

	for (i = 0; i < n; i++)
		width += ((unsigned char)s[i] & 0xc0) != 0x80;
	return width;
}

/* The piece at s that is not broken: a word, or words in quotes. */
static size_t
piece(const char *s)
{
	size_t n;
	int quoted = 0;

	for (n = 0; s[n] != '\0' && (quoted || s[n] != ' '); n++)
		if (s[n] == '"')
			quoted = !quoted && strchr(s + n + 1, '"') != NULL;
	return n;
}

/* Control characters are not for the terminal. */
static void
put(FILE *out, const char *s, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		(void)fputc((unsigned char)s[i] < ' ' || s[i] == 0x7f ? '?' :
		    s[i], out);
}

/* Print text behind what takes up column columns of the line already. */
static void
put_wrapped(FILE *out, size_t column, const char *text)
{
	size_t n, width, begin = column;

	for (; *text != '\0'; text += n) {
		while (*text == ' ')
			text++;
		n = piece(text);
		width = width_of(text, n);
		if (column > begin && column + 1 + width > WIDTH) {
			(void)fprintf(out, "\n%*s", INDENT, "");
			column = begin = INDENT;
		} else if (column > begin) {
			(void)fputc(' ', out);
			column++;
		}
		put(out, text, n);
		column += width;
	}
	(void)fputc('\n', out);
}

static void
print_section(FILE *out, const char *section, const char *about, int first)
{
	const char *title = section;
	size_t i;

	for (i = 0; i < sizeof(titles) / sizeof(titles[0]); i++)
		if (strcmp(titles[i].section, section) == 0)
			title = titles[i].title;
	(void)fprintf(out, "%s%s%s%s\n", first ? "" : "\n", title,
	    about[0] != '\0' ? " " : "", about);
}

static void
print_finding(FILE *out, const struct ly_finding *f)
{
	(void)fprintf(out, "  %-*s", INDENT - 2, words[f->verdict]);
	put_wrapped(out, INDENT, f->text);
	(void)fflush(out);
}

void
ly_report_section(struct ly_report *r, const char *section,
    const char *about)
{
	r->section = section;
	(void)snprintf(r->about, sizeof(r->about), "%s", about);
	if (r->out != NULL)
		print_section(r->out, section, about, r->n == 0);
}

static struct ly_finding *
new_finding(struct ly_report *r)
{
	struct ly_finding *p;
	size_t cap;

	if (r->n == r->cap) {
		cap = r->cap == 0 ? 32 : r->cap * 2;
		p = realloc(r->list, cap * sizeof(*p));
		if (p == NULL) {
			r->err = LY_ERR_NOMEM;
			return NULL;
		}
		r->list = p;
		r->cap = cap;
	}
	p = &r->list[r->n++];
	memset(p, 0, sizeof(*p));
	return p;
}

/* Behind the text: "; load 1.94 ms, slots 0.12". */
static void
append_steps(struct ly_finding *f)
{
	size_t i, n;

	for (i = 0; i < f->nsteps; i++) {
		n = strlen(f->text);
		(void)snprintf(f->text + n, sizeof(f->text) - n,
		    "%s%s %" PRId64 ".%02" PRId64 "%s", i == 0 ? "; " : ", ",
		    f->steps[i].name, f->steps[i].us / 1000,
		    f->steps[i].us % 1000 / 10, i == 0 ? " ms" : "");
	}
}

static void __attribute__((format(printf, 6, 0)))
add(struct ly_report *r, enum ly_verdict v, const char *check,
    const struct ly_step *steps, size_t n, const char *fmt, va_list ap)
{
	struct ly_finding *f;

	r->count[v]++;
	if ((f = new_finding(r)) == NULL)
		return;
	f->section = r->section;
	memcpy(f->about, r->about, sizeof(f->about));
	f->check = check;
	f->verdict = v;
	(void)vsnprintf(f->text, sizeof(f->text), fmt, ap);
	f->nsteps = n < LY_STEPS_MAX ? n : LY_STEPS_MAX;
	if (f->nsteps > 0)
		memcpy(f->steps, steps, f->nsteps * sizeof(*steps));
	append_steps(f);
	if (r->out != NULL)
		print_finding(r->out, f);
}

void
ly_report(struct ly_report *r, enum ly_verdict v, const char *check,
    const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add(r, v, check, NULL, 0, fmt, ap);
	va_end(ap);
}

void
ly_report_steps(struct ly_report *r, enum ly_verdict v, const char *check,
    const struct ly_step *steps, size_t n, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add(r, v, check, steps, n, fmt, ap);
	va_end(ap);
}

void
ly_report_why(struct ly_report *r, enum ly_verdict v, const char *check,
    int err, const struct ly_why *why)
{
	ly_report(r, v, check, "%s", why->text[0] != '\0' ? why->text :
	    ly_strerror(err));
}

size_t
ly_report_bad(const struct ly_report *r)
{
	return r->count[LY_BAD];
}

/* The first bad one; a wrong clock comes first, it explains others. */
static void
print_end(const struct ly_report *r, FILE *out)
{
	const enum ly_verdict worst = r->count[LY_BAD] > 0 ? LY_BAD :
	    LY_WARN;
	const struct ly_finding *f, *first = NULL;
	size_t i;

	if (r->count[LY_BAD] == 0 && r->count[LY_WARN] == 0) {
		(void)fprintf(out, "\nNothing is wrong: %lu checks are "
		    "good.\n", (unsigned long)r->count[LY_GOOD]);
		return;
	}
	(void)fprintf(out, "\n%lu FAIL, %lu warn, %lu ok. The first:\n",
	    (unsigned long)r->count[LY_BAD], (unsigned long)r->count[LY_WARN],
	    (unsigned long)r->count[LY_GOOD]);
	for (i = 0; i < r->n; i++) {
		f = &r->list[i];
		if (f->verdict != worst)
			continue;
		if (first == NULL || strcmp(f->check, "clock") == 0)
			first = f;
	}
	if (first != NULL)
		print_finding(out, first);
}

void
ly_report_end(struct ly_report *r)
{
	if (r->out != NULL)
		print_end(r, r->out);
}

int
ly_report_print(const struct ly_report *r, FILE *out)
{
	const struct ly_finding *f, *before;
	size_t i;

	for (i = 0; i < r->n; i++) {
		f = &r->list[i];
		before = i > 0 ? f - 1 : NULL;
		if (before == NULL || before->section != f->section ||
		    strcmp(before->about, f->about) != 0)
			print_section(out, f->section, f->about, i == 0);
		print_finding(out, f);
	}
	print_end(r, out);
	return r->err != 0 ? r->err : ferror(out) ? LY_ERR_IO : 0;
}

static void
json_finding(struct ly_json *j, const struct ly_finding *f)
{
	size_t i;

	ly_json_open(j, NULL, '{');
	ly_json_str(j, "section", f->section);
	ly_json_str(j, "about", f->about[0] != '\0' ? f->about : NULL);
	ly_json_str(j, "check", f->check);
	ly_json_str(j, "verdict", names[f->verdict]);
	ly_json_str(j, "text", f->text);
	if (f->nsteps > 0) {
		ly_json_open(j, "microseconds", '{');
		for (i = 0; i < f->nsteps; i++)
			ly_json_int(j, f->steps[i].name, f->steps[i].us);
		ly_json_close(j, '}');
	}
	ly_json_close(j, '}');
}

int
ly_report_json(const struct ly_report *r, FILE *out)
{
	struct ly_json j = { out, 0 };
	size_t i;

	ly_json_open(&j, NULL, '{');
	ly_json_str(&j, "version", PACKAGE_VERSION);
	ly_json_int(&j, "fail", (int64_t)r->count[LY_BAD]);
	ly_json_int(&j, "warn", (int64_t)r->count[LY_WARN]);
	ly_json_open(&j, "checks", '[');
	for (i = 0; i < r->n; i++)
		json_finding(&j, &r->list[i]);
	ly_json_close(&j, ']');
	ly_json_close(&j, '}');
	(void)fputc('\n', out);
	return r->err != 0 ? r->err : ferror(out) ? LY_ERR_IO : 0;
}
