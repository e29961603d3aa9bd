/*
 * A table, filled cell by cell, printed for people as aligned columns or
 * for scripts as an array of JSON objects.
 */
#ifndef LY_TABLE_H
#define LY_TABLE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum ly_cell {
	LY_CELL_STR,
	LY_CELL_INT,
	LY_CELL_BOOL,	/* people see "yes" or nothing */
	LY_CELL_TIME	/* people see the day; "-" for none */
};

struct ly_column {
	const char *member;	/* JSON name; stable */
	const char *title;	/* heading; NULL: in JSON only */
	enum ly_cell kind;
	int text_only;		/* 1: not in JSON */
};

struct ly_table {
	const struct ly_column *cols;
	size_t ncols;
	struct ly_value *cells;
	size_t n, cap;		/* cells */
	int err;		/* first failure, sticky */
};

void ly_table_init(struct ly_table *t, const struct ly_column *cols,
    size_t ncols);
void ly_table_clear(struct ly_table *t);

/*
 * The next cell of the row; rows follow each other. str copies; NULL is
 * null. int takes INT, BOOL and TIME columns (seconds since 1970, 0 none).
 */
void ly_table_str(struct ly_table *t, const char *s);
void ly_table_int(struct ly_table *t, int64_t v);

/* Rows that are complete. */
size_t ly_table_rows(const struct ly_table *t);

/*
 * Print the table; json: as an array. Control characters are shown as '?'.
 * LY_ERR_NOMEM when a cell was lost, LY_ERR_IO when out did not take it.
 */
int ly_table_print(const struct ly_table *t, int json, FILE *out);

#endif
