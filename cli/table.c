/*
 * Tables. Widths count characters, not bytes; text of other people cannot
 * reach the terminal with its control characters.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "compat.h"
#include "err.h"
#include "json.h"
#include "table.h"

#define GAP 2	/* blanks between columns */

struct ly_value {
	char *s;
	int64_t v;
};

void
ly_table_init(struct ly_table *t, const struct ly_column *cols,
    size_t ncols)
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
		free(t->cells[i].s);
	free(t->cells);
	ly_table_init(t, t->cols, t->ncols);
}

static struct ly_value *
new_cell(struct ly_table *t)
{
	struct ly_value *p;
	size_t cap;

	if (t->err != 0)
		return NULL;
	if (t->n == t->cap) {
		cap = t->cap == 0 ? 64 : t->cap * 2;
		p = realloc(t->cells, cap * sizeof(*p));
		if (p == NULL) {
			t->err = LY_ERR_NOMEM;
			return NULL;
		}
		t->cells = p;
		t->cap = cap;
	}
	p = &t->cells[t->n++];
	memset(p, 0, sizeof(*p));
	return p;
}

void
ly_table_str(struct ly_table *t, const char *s)
{
	struct ly_value *c = new_cell(t);
	const size_t n = s == NULL ? 0 : strlen(s) + 1;

	if (c == NULL || s == NULL)
		return;
	c->s = malloc(n);
	if (c->s == NULL)
		t->err = LY_ERR_NOMEM;
	else
		memcpy(c->s, s, n);
}

void
ly_table_int(struct ly_table *t, int64_t v)
{
	struct ly_value *c = new_cell(t);

	if (c != NULL)
		c->v = v;
}

size_t
ly_table_rows(const struct ly_table *t)
{
	return t->ncols == 0 ? 0 : t->n / t->ncols;
}

/* What people see of a cell; numbers are written into tmp. */
static const char *
cell_text(const struct ly_column *col, const struct ly_value *c, char *tmp,
    size_t cap)
{
	switch (col->kind) {
	case LY_CELL_INT:
		(void)snprintf(tmp, cap, "%" PRId64, c->v);
		return tmp;
	case LY_CELL_BOOL:
		return c->v ? "yes" : "";
	case LY_CELL_TIME:
		if (c->v == 0)
			return "-";
		ly_time_str(c->v, tmp);
		tmp[10] = '\0';	/* the day */
		return tmp;
	default:
		return c->s != NULL ? c->s : "-";
	}
}

/* Print text (to nowhere if out is NULL); its width in characters. */
static size_t
put_text(FILE *out, const char *s)
{
	size_t n, width = 0;
	uint32_t cp;

	for (; *s != '\0'; s += n, width++) {
		n = ly_utf8_char(s, &cp);
		if (n == 0 || cp < 0x20 || (cp >= 0x7f && cp < 0xa0)) {
			n = n == 0 ? 1 : n;
			if (out != NULL)
				(void)fputc('?', out);
		} else if (out != NULL) {
			(void)fwrite(s, 1, n, out);
		}
	}
	return width;
}

static void
put_padded(FILE *out, const char *s, size_t width, int last)
{
	size_t n = put_text(out, s);

	for (; !last && n < width + GAP; n++)
		(void)fputc(' ', out);
	if (last)
		(void)fputc('\n', out);
}

static size_t
column_width(const struct ly_table *t, size_t col)
{
	char tmp[32];
	size_t i, w, width = put_text(NULL, t->cols[col].title);

	for (i = col; i < t->n; i += t->ncols) {
		w = put_text(NULL, cell_text(&t->cols[col], &t->cells[i],
		    tmp, sizeof(tmp)));
		if (w > width)
			width = w;
	}
	return width;
}

static int
print_text(const struct ly_table *t, FILE *out)
{
	char tmp[32];
	size_t *width, i, col, last = 0;

	width = calloc(t->ncols, sizeof(*width));
	if (width == NULL)
		return LY_ERR_NOMEM;
	for (col = 0; col < t->ncols; col++)
		if (t->cols[col].title != NULL) {
			width[col] = column_width(t, col);
			last = col;
		}
	for (col = 0; col <= last; col++)
		if (t->cols[col].title != NULL)
			put_padded(out, t->cols[col].title, width[col],
			    col == last);
	for (i = 0; i < ly_table_rows(t) * t->ncols; i++) {
		col = i % t->ncols;
		if (t->cols[col].title != NULL)
			put_padded(out, cell_text(&t->cols[col],
			    &t->cells[i], tmp, sizeof(tmp)), width[col],
			    col == last);
	}
	free(width);
	return 0;
}

static void
json_cell(struct ly_json *j, const struct ly_column *col,
    const struct ly_value *c)
{
	if (col->text_only)
		return;
	if (col->kind == LY_CELL_INT)
		ly_json_int(j, col->member, c->v);
	else if (col->kind == LY_CELL_BOOL)
		ly_json_bool(j, col->member, c->v != 0);
	else if (col->kind == LY_CELL_TIME)
		ly_json_time(j, col->member, c->v);
	else
		ly_json_str(j, col->member, c->s);
}

static void
print_json(const struct ly_table *t, FILE *out)
{
	struct ly_json j = { out, 0 };
	size_t i;

	ly_json_open(&j, NULL, '[');
	for (i = 0; i < ly_table_rows(t) * t->ncols; i++) {
		if (i % t->ncols == 0)
			ly_json_open(&j, NULL, '{');
		json_cell(&j, &t->cols[i % t->ncols], &t->cells[i]);
		if (i % t->ncols == t->ncols - 1)
			ly_json_close(&j, '}');
	}
	ly_json_close(&j, ']');
	(void)fputc('\n', out);
}

int
ly_table_print(const struct ly_table *t, int json, FILE *out)
{
	int r = 0;

	if (t->err != 0)
		return t->err;
	if (json)
		print_json(t, out);
	else
		r = print_text(t, out);
	if (r == 0 && (fflush(out) != 0 || ferror(out)))
		r = LY_ERR_IO;
	return r;
}
