/* Options of a subcommand: a table is parsed, and printed for --help. */
#ifndef LY_ARGS_H
#define LY_ARGS_H

#include <stddef.h>

/* One option. Of value and flag, one is set. */
struct ly_arg {
	const char *name;	/* "pin-file", without the dashes */
	const char *metavar;	/* "FILE"; NULL for a flag */
	const char *help;
	const char **value;	/* gets the text that followed */
	int *flag;		/* gets 1 */
};

struct ly_args {
	const char *usage;	/* "enroll ADDRESS --service URL [options]" */
	const char *about;	/* sentences for --help */
	const struct ly_arg *opts;
	size_t nopts;
	size_t min, max;	/* how many plain arguments */
	/* filled in: */
	char **argv;		/* the plain arguments, argc of them */
	size_t argc;
};

/* What ly_args_parse found. */
enum ly_args_end {
	LY_ARGS_GO = -1,	/* run the command */
	LY_ARGS_HELP = 0,	/* help was printed: exit with 0 */
	LY_ARGS_USAGE = 2	/* an error was printed: exit with 2 */
};

/*
 * Parse argv (the subcommand's name first) by the table. argv is reordered:
 * the plain arguments come to stand behind its first element.
 */
enum ly_args_end ly_args_parse(struct ly_args *a, int argc, char **argv);

#endif
