/* args.c: the forms of an option, and every way to get one wrong. */
#include "unit.h"

#include "args.h"

static const char *file_value;
static int flag_value;

static const struct ly_arg opts[] = {
	{ "file", "FILE", "a file", &file_value, NULL },
	{ "flag", NULL, "a flag", NULL, &flag_value },
};

/* Parse up to five arguments behind the command's name. */
static enum ly_args_end
parse(struct ly_args *a, char **argv, const char *a1, const char *a2,
    const char *a3, const char *a4, const char *a5)
{
	const char *const args[] = { "cmd", a1, a2, a3, a4, a5 };
	const struct ly_args fresh = {
		.usage = "cmd [options]", .about = "About.", .opts = opts,
		.nopts = 2, .min = 0, .max = 2,
	};
	int n = 0;

	file_value = NULL;
	flag_value = 0;
	*a = fresh;
	while (n < 6 && args[n] != NULL) {
		argv[n] = (char *)(uintptr_t)args[n];
		n++;
	}
	argv[n] = NULL;
	return ly_args_parse(a, n, argv);
}

static void
test_forms(void **state)
{
	struct ly_args a;
	char *argv[7];

	(void)state;
	assert_int_equal(parse(&a, argv, "x", "--file", "f", "--flag", "y"),
	    LY_ARGS_GO);
	assert_string_equal(file_value, "f");
	assert_int_equal(flag_value, 1);
	assert_int_equal(a.argc, 2);
	assert_string_equal(a.argv[0], "x");
	assert_string_equal(a.argv[1], "y");
	assert_int_equal(parse(&a, argv, "--file=a=b", NULL, NULL, NULL,
	    NULL), LY_ARGS_GO);
	assert_string_equal(file_value, "a=b");
	assert_int_equal(a.argc, 0);
	assert_int_equal(parse(&a, argv, "--file=", "-", NULL, NULL, NULL),
	    LY_ARGS_GO);
	assert_string_equal(file_value, "");
	assert_string_equal(a.argv[0], "-");
	/* A value may look like an option; behind "--" all is plain. */
	assert_int_equal(parse(&a, argv, "--file", "--flag", "--", "--flag",
	    "--help"), LY_ARGS_GO);
	assert_string_equal(file_value, "--flag");
	assert_int_equal(flag_value, 0);
	assert_int_equal(a.argc, 2);
}

static void
test_errors(void **state)
{
	struct ly_args a;
	char *argv[7];

	(void)state;
	assert_int_equal(parse(&a, argv, "--fil", "x", NULL, NULL, NULL),
	    LY_ARGS_USAGE);
	assert_int_equal(parse(&a, argv, "--files", "x", NULL, NULL, NULL),
	    LY_ARGS_USAGE);
	assert_int_equal(parse(&a, argv, "-flag", NULL, NULL, NULL, NULL),
	    LY_ARGS_USAGE);
	assert_int_equal(parse(&a, argv, "-f", NULL, NULL, NULL, NULL),
	    LY_ARGS_USAGE);
	assert_int_equal(parse(&a, argv, "--flag=1", NULL, NULL, NULL, NULL),
	    LY_ARGS_USAGE);
	assert_int_equal(parse(&a, argv, "--file", NULL, NULL, NULL, NULL),
	    LY_ARGS_USAGE);
	assert_int_equal(parse(&a, argv, "--file", "a", "--file", "b",
	    NULL), LY_ARGS_USAGE);
	assert_int_equal(parse(&a, argv, "x", "y", "z", NULL, NULL),
	    LY_ARGS_USAGE);
	assert_int_equal(parse(&a, argv, "--help", "--nonsense", NULL, NULL,
	    NULL), LY_ARGS_HELP);
}

static void
test_too_few(void **state)
{
	char cmd[] = "cmd", *argv[] = { cmd, NULL };
	struct ly_args a = { .usage = "cmd X", .about = "", .min = 1,
	    .max = 1 };

	(void)state;
	assert_int_equal(ly_args_parse(&a, 1, argv), LY_ARGS_USAGE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_forms),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_too_few),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
