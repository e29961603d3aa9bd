/*
 * Owns the way INI text takes into inih. A line that is too long for inih's
 * buffer is given to it in pieces, the later ones indented, which it reports
 * as further values of the same key; they are joined here. inih's settings
 * are globals that belong to the host: none is changed or trusted.
 */
#include <ini.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "err.h"
#include "initext.h"

#define NUM_MIN 16	/* bytes of inih's buffer, below which we give up */

struct source {
	const char *p, *end;	/* text not yet read */
	const char *rest;	/* of the line in pieces, or NULL */
	const char *rest_end;
	unsigned line;		/* number of the line last read */
	int num;		/* bytes of inih's buffer */
	int joined;		/* the piece last given continues a line */
	int stuck;		/* a line that cannot be cut */
};

struct parse {
	struct source src;
	const char *file;
	ly_ini_fn *fn;
	void *arg;
	struct ly_why *why;
	int r;			/* first error */
	unsigned line;		/* of the pending item; 0: there is none */
	char section[LY_INI_NAME_MAX];
	char key[LY_INI_NAME_MAX];
	char value[LY_INI_VALUE_MAX];
	size_t len;		/* of value */
};

static int
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Where the line from p to e ends without its comment and blanks. */
static const char *
line_end(const char *p, const char *e)
{
	const char *c;

	if (p < e && (*p == ';' || *p == '#'))
		return p;
	for (c = p; c < e; c++)
		if (*c == ';' && is_blank(c[-1]))
			e = c;
	while (e > p && is_blank(e[-1]))
		e--;
	return e;
}

/* The next line without indent, comment and end. 0 when there is none. */
static int
next_line(struct source *s, const char **from, const char **to)
{
	const char *p = s->p, *e, *nl;

	if (p == s->end)
		return 0;
	nl = memchr(p, '\n', (size_t)(s->end - p));
	e = nl != NULL ? nl : s->end;
	s->p = nl != NULL ? nl + 1 : s->end;
	s->line++;
	if (e > p && e[-1] == '\r')
		e--;
	while (p < e && is_blank(*p))
		p++;
	*from = p;
	*to = line_end(p, e);
	return 1;
}

/*
 * Where to cut a line so that at most max bytes come before: not at a blank,
 * which inih would strip, nor before what it would take for a comment.
 */
static const char *
cut_at(const char *from, const char *to, size_t max)
{
	const char *p;

	if ((size_t)(to - from) <= max)
		return to;
	for (p = from + max; p > from + 1; p--)
		if (!is_blank(p[-1]) && !is_blank(*p) && *p != ';' &&
		    *p != '#')
			return p;
	return NULL;
}

/* The start of the piece after the one at from; NULL when it was the last. */
static const char *
cut_next(const char *from, const char *to, int num)
{
	const char *cut = cut_at(from, to, (size_t)num - 3);

	return cut == NULL || cut == to ? NULL : cut;
}

/* inih's reader, like fgets: a line, or a piece of one, of num - 1 bytes. */
static char *
read_piece(char *str, int num, void *stream)
{
	struct source *s = stream;
	const char *from = s->rest, *to = s->rest_end, *cut;
	size_t n = 0;

	s->num = num;
	s->joined = from != NULL;
	if (from == NULL && !next_line(s, &from, &to))
		return NULL;
	/* Room for an indent, the end of the line and the NUL. */
	cut = num < NUM_MIN ? NULL : cut_at(from, to, (size_t)num - 3);
	if (cut == NULL) {
		s->stuck = 1;
		return NULL;
	}
	if (s->joined)
		str[n++] = ' ';
	memcpy(str + n, from, (size_t)(cut - from));
	n += (size_t)(cut - from);
	str[n++] = '\n';
	str[n] = '\0';
	s->rest = cut < to ? cut : NULL;
	s->rest_end = to;
	return str;
}

static int
fail_at(struct parse *ps, unsigned line, const char *what)
{
	if (ps->r == 0)
		ps->r = ly_fail(ps->why, LY_ERR_FORMAT, "%s:%u: %s",
		    ps->file, line, what);
	return 0;
}

/* Hand out the item that is complete now. */
static void
flush(struct parse *ps)
{
	struct ly_ini_item item;

	if (ps->r == 0 && ps->line != 0) {
		item.file = ps->file;
		item.line = ps->line;
		item.section = ps->section;
		item.key = ps->key;
		item.value = ps->value;
		ps->r = ps->fn(ps->arg, &item, ps->why);
	}
	ps->line = 0;
}

static int
append(struct parse *ps, const char *value)
{
	const size_t n = strlen(value);

	if (n >= sizeof(ps->value) - ps->len)
		return fail_at(ps, ps->src.line, "the value is too long");
	memcpy(ps->value + ps->len, value, n + 1);
	ps->len += n;
	return 1;
}

/* inih's handler: 1, or 0 once there is an error. */
static int
handle(void *user, const char *section, const char *name, const char *value)
{
	struct parse *ps = user;

	if (ps->r != 0)
		return 0;
	if (name == NULL || value == NULL)
		return 1;
	if (ps->src.joined) {
		if (ps->line == ps->src.line && strcmp(name, ps->key) == 0)
			return append(ps, value);
		return fail_at(ps, ps->src.line, "the line is too long");
	}
	flush(ps);
	if (ps->r != 0)
		return 0;
	if (strlen(section) >= sizeof(ps->section) ||
	    strlen(name) >= sizeof(ps->key))
		return fail_at(ps, ps->src.line, "the name is too long");
	(void)snprintf(ps->section, sizeof(ps->section), "%s", section);
	(void)snprintf(ps->key, sizeof(ps->key), "%s", name);
	ps->line = ps->src.line;
	ps->len = 0;
	return append(ps, value);
}

static struct source
source_of(const char *text, size_t len)
{
	struct source s = { text, text + len, NULL, NULL, 0, 0, 0, 0 };

	return s;
}

/* Refuse what an editor would not show and a string cannot hold. */
static void
check_bytes(struct parse *ps, const char *text, size_t len)
{
	unsigned line = 1;
	size_t i;

	for (i = 0; i < len; i++) {
		if (text[i] == '\n')
			line++;
		else if (text[i] == '\r' && i + 1 < len && text[i + 1] == '\n')
			continue;
		else if (((unsigned char)text[i] < 0x20 && text[i] != '\t') ||
		    text[i] == 0x7f) {
			(void)fail_at(ps, line, "a control character");
			return;
		}
	}
}

/* The number of the line that inih's n-th line is a piece of. */
static unsigned
line_of_piece(const char *text, size_t len, int num, int n)
{
	struct source s = source_of(text, len);
	const char *from, *to;

	while (n > 0 && next_line(&s, &from, &to))
		for (; n > 0 && from != NULL; n--)
			from = cut_next(from, to, num);
	return s.line;
}

int
ly_ini_parse(const char *file, const void *text, size_t len, ly_ini_fn *fn,
    void *arg, struct ly_why *why)
{
	struct parse ps;
	int bad;

	if (len == 0)
		return 0;
	memset(&ps, 0, sizeof(ps));
	ps.src = source_of(text, len);
	ps.file = file;
	ps.fn = fn;
	ps.arg = arg;
	ps.why = why;
	check_bytes(&ps, text, len);
	if (ps.r != 0)
		return ps.r;
	bad = ini_parse_stream(read_piece, &ps.src, handle, &ps);
	if (ps.src.stuck)
		(void)fail_at(&ps, ps.src.line, "the line is too long");
	if (bad == 0 && ps.r == 0)
		flush(&ps);
	if (ps.r == 0 && bad != 0)
		(void)fail_at(&ps, bad > 0 ? line_of_piece(text, len,
		    ps.src.num, bad) : 1,
		    "not a [section], \"key = value\" or a comment");
	return ps.r;
}
