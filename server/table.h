/*
 * A table on standard output: aligned columns for people, or, with --json,
 * an array of objects for programs.
 */
#ifndef LY_TABLE_H
#define LY_TABLE_H

#include <stddef.h>

enum ly_col_kind {
	LY_COL_TEXT = 1,
	LY_COL_NUMBER = 2,	/* already decimal */
	LY_COL_BOOL = 3		/* "yes" or "no" */
};

struct ly_col {
	const char *title;	/* for people: "ADDRESS" */
	const char *name;	/* the JSON member: "address" */
	enum ly_col_kind kind;
};

#define LY_COLS_MAX 12

struct ly_table {
	const struct ly_col *cols;
	size_t ncols;
	char **cells;		/* row by row */
	size_t n, cap;		/* of cells */
};

/* An empty table with these columns (kept by reference). */
void ly_table_init(struct ly_table *t, const struct ly_col *cols,
    size_t ncols);
void ly_table_clear(struct ly_table *t);

/* Add the next cell of a row (copied). LY_ERR_NOMEM. */
int ly_table_add(struct ly_table *t, const char *text);
int ly_table_addn(struct ly_table *t, long long number);

/* Print it. LY_ERR_IO if standard output takes no more. */
int ly_table_print(const struct ly_table *t, int json);

/* Print one object of members name, value in turn, up to a NULL name. */
int ly_print_object(const char *name, ...) __attribute__((sentinel));

#endif
