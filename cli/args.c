/*
 * Parses "--name value", "--name=value", flags, and "--" before names that
 * begin with a dash. Refuses what is not in the table, and an option that
 * comes twice.
 */
#include <stdio.h>
#include <string.h>

#include "args.h"

static enum ly_args_end
usage_error(const struct ly_args *a, const char *what, const char *name,
    int len)
{
	(void)fprintf(stderr, "lanyard: %s %.*s\nusage: lanyard %s\n", what,
	    len, name, a->usage);
	return LY_ARGS_USAGE;
}

static void
print_help(const struct ly_args *a)
{
	char left[48];
	size_t i;

	(void)printf("usage: lanyard %s\n\n%s\n", a->usage, a->about);
	if (a->nopts > 0)
		(void)printf("\n");
	for (i = 0; i < a->nopts; i++) {
		(void)snprintf(left, sizeof(left), "--%s %s",
		    a->opts[i].name,
		    a->opts[i].metavar != NULL ? a->opts[i].metavar : "");
		(void)printf("  %-24s %s\n", left, a->opts[i].help);
	}
	(void)printf("  %-24s %s\n", "--help", "print this");
}

static const struct ly_arg *
find_opt(const struct ly_args *a, const char *name, size_t len)
{
	size_t i;

	for (i = 0; i < a->nopts; i++)
		if (strlen(a->opts[i].name) == len &&
		    memcmp(a->opts[i].name, name, len) == 0)
			return &a->opts[i];
	return NULL;
}

/* The option at argv[*i]; moves *i to the last element that it took. */
static enum ly_args_end
take_opt(struct ly_args *a, int argc, char **argv, int *i)
{
	const char *name = argv[*i] + 2;
	const char *eq = strchr(name, '=');
	const size_t len = eq != NULL ? (size_t)(eq - name) : strlen(name);
	const struct ly_arg *o = find_opt(a, name, len);

	if (o == NULL || argv[*i][1] != '-')
		return usage_error(a, "unknown option", argv[*i],
		    eq != NULL ? (int)len + 2 : (int)strlen(argv[*i]));
	if (o->metavar == NULL) {
		if (eq != NULL)
			return usage_error(a, "no value belongs to", argv[*i],
			    (int)len + 2);
		*o->flag = 1;
		return LY_ARGS_GO;
	}
	if (*o->value != NULL)
		return usage_error(a, "given twice:", argv[*i],
		    (int)len + 2);
	if (eq == NULL && *i + 1 >= argc)
		return usage_error(a, "a value is missing after", argv[*i],
		    (int)len + 2);
	*o->value = eq != NULL ? eq + 1 : argv[++*i];
	return LY_ARGS_GO;
}

enum ly_args_end
ly_args_parse(struct ly_args *a, int argc, char **argv)
{
	enum ly_args_end end;
	int i, n = 1, plain = 0;

	for (i = 1; i < argc; i++) {
		if (!plain && strcmp(argv[i], "--help") == 0) {
			print_help(a);
			return LY_ARGS_HELP;
		}
		if (!plain && strcmp(argv[i], "--") == 0) {
			plain = 1;
			continue;
		}
		if (plain || argv[i][0] != '-' || argv[i][1] == '\0') {
			argv[n++] = argv[i];
			continue;
		}
		end = take_opt(a, argc, argv, &i);
		if (end != LY_ARGS_GO)
			return end;
	}
	a->argv = argv + 1;
	a->argc = (size_t)n - 1;
	if (a->argc < a->min)
		return usage_error(a, "an argument is missing after", argv[0],
		    (int)strlen(argv[0]));
	if (a->argc > a->max)
		return usage_error(a, "too many arguments:",
		    a->argv[a->max], (int)strlen(a->argv[a->max]));
	return LY_ARGS_GO;
}
