/*
 * Tables on standard output; see table.h. What comes from outside is
 * printed without control characters, so that it cannot play with the
 * terminal. The few members of --json are written here, not by the wire's
 * code: they are no part of the protocol.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "err.h"
#include "table.h"

void
ly_table_init(struct ly_table *t, const struct ly_col *cols, size_t ncols)
{
	memset(t, 0, sizeof(*t));
	t->cols = cols;
	t->ncols = ncols;
}

void
ly_table_clear(struct ly_table *t)
{
	size_t i;

	for (i = 0; i < t->n; i++)
		free(t->cells[i]);
	free(t->cells);
	t->cells = NULL;
	t->n = t->cap = 0;
}

static int
grow(struct ly_table *t)
{
	size_t cap = t->cap == 0 ? 64 : 2 * t->cap;
	char **cells;

	if (t->n < t->cap)
		return 0;
	if ((cells = calloc(cap, sizeof(*cells))) == NULL)
		return LY_ERR_NOMEM;
	if (t->n > 0)
		memcpy(cells, t->cells, t->n * sizeof(*cells));
	free(t->cells);
	t->cells = cells;
	t->cap = cap;
	return 0;
}

int
ly_table_add(struct ly_table *t, const char *text)
{
	int r;

	if ((r = grow(t)) != 0)
		return r;
	if ((t->cells[t->n] = strdup(text)) == NULL)
		return LY_ERR_NOMEM;
	t->n++;
	return 0;
}

int
ly_table_addn(struct ly_table *t, long long number)
{
	char text[32];

	(void)snprintf(text, sizeof(text), "%lld", number);
	return ly_table_add(t, text);
}

/* Columns that a text takes up: bytes that are no continuation (UTF-8). */
static size_t
width(const char *s)
{
	size_t n = 0;

	for (; *s != '\0'; s++)
		n += (*s & 0xc0) != 0x80;
	return n;
}

static void
print_plain(const char *s)
{
	for (; *s != '\0'; s++)
		(void)putchar((unsigned char)*s < ' ' || *s == 0x7f ? '?' :
		    *s);
}

static void
print_text(const struct ly_table *t)
{
	size_t w[LY_COLS_MAX] = { 0 }, i, c, pad;
	const char *cell;

	for (c = 0; c < t->ncols; c++)
		w[c] = width(t->cols[c].title);
	for (i = 0; i < t->n; i++)
		if (width(t->cells[i]) > w[i % t->ncols])
			w[i % t->ncols] = width(t->cells[i]);
	for (i = 0; i < t->n + t->ncols; i++) {
		c = i % t->ncols;
		cell = i < t->ncols ? t->cols[c].title :
		    t->cells[i - t->ncols];
		print_plain(cell);
		pad = c + 1 < t->ncols ? w[c] + 2 - width(cell) : 0;
		(void)printf("%*s%s", (int)pad, "",
		    c + 1 < t->ncols ? "" : "\n");
	}
}

static void
print_string(const char *s)
{
	(void)putchar('"');
	for (; *s != '\0'; s++) {
		if (*s == '"' || *s == '\\')
			(void)printf("\\%c", *s);
		else if ((unsigned char)*s < ' ' || *s == 0x7f)
			(void)printf("\\u%04x", (unsigned)*s);
		else
			(void)putchar(*s);
	}
	(void)putchar('"');
}

static void
print_value(enum ly_col_kind kind, const char *cell)
{
	if (kind == LY_COL_NUMBER)
		(void)fputs(cell, stdout);
	else if (kind == LY_COL_BOOL)
		(void)fputs(strcmp(cell, "yes") == 0 ? "true" : "false",
		    stdout);
	else
		print_string(cell);
}

static void
print_json(const struct ly_table *t)
{
	size_t i, c;

	(void)fputs("[", stdout);
	for (i = 0; i < t->n; i++) {
		c = i % t->ncols;
		(void)fputs(c > 0 ? ", " : i > 0 ? ",\n {" : "\n {", stdout);
		print_string(t->cols[c].name);
		(void)fputs(": ", stdout);
		print_value(t->cols[c].kind, t->cells[i]);
		if (c + 1 == t->ncols)
			(void)putchar('}');
	}
	(void)fputs("\n]\n", stdout);
}

int
ly_table_print(const struct ly_table *t, int json)
{
	if (json)
		print_json(t);
	else
		print_text(t);
	return fflush(stdout) == 0 && !ferror(stdout) ? 0 : LY_ERR_IO;
}

int
ly_print_object(const char *name, ...)
{
	const char *value, *sep = "{";
	va_list ap;

	va_start(ap, name);
	for (; name != NULL; name = va_arg(ap, const char *)) {
		value = va_arg(ap, const char *);
		(void)fputs(sep, stdout);
		print_string(name);
		(void)fputs(": ", stdout);
		print_string(value);
		sep = ",\n ";
	}
	va_end(ap);
	(void)fputs("}\n", stdout);
	return fflush(stdout) == 0 && !ferror(stdout) ? 0 : LY_ERR_IO;
}
