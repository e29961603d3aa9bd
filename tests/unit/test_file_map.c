/* file_map.c: the same bytes, whether they are mapped or read. */
#include "unit.h"

#define LARGE ((size_t)1024 * 1024 + 1)

static char *
large(char c)
{
	char *text = malloc(LARGE + 1);

	assert_non_null(text);
	memset(text, c, LARGE);
	text[LARGE] = '\0';
	return text;
}

static void
test_a_small_file_is_read(void **state)
{
	struct ly_file_bytes b;

	scratch_write(*state, "f", "0123456789", 0600);
	assert_int_equal(ly_file_bytes(scratch_path(*state, "f"), 10,
	    LY_FILE_OWNED, &b, NULL), 0);
	assert_null(b.mapped);
	assert_int_equal(b.len, 10);
	assert_memory_equal(b.data, "0123456789", 10);
	ly_file_bytes_clear(&b);
	assert_null(b.data);
	ly_file_bytes_clear(&b);
	scratch_write(*state, "empty", "", 0600);
	assert_int_equal(ly_file_bytes(scratch_path(*state, "empty"), 10,
	    LY_FILE_OWNED, &b, NULL), 0);
	assert_int_equal(b.len, 0);
	ly_file_bytes_clear(&b);
}

/* Whoever holds the bytes keeps them when the file is replaced. */
static void
test_a_large_file_outlives_its_name(void **state)
{
	char *one = large('1'), *two = large('2');
	struct ly_file_bytes b, c;

	scratch_write(*state, "f", one, 0600);
	assert_int_equal(ly_file_bytes(scratch_path(*state, "f"), LARGE,
	    LY_FILE_OWNED, &b, NULL), 0);
	assert_int_equal(b.len, LARGE);
	assert_memory_equal(b.data, one, LARGE);
	assert_int_equal(ly_file_replace(scratch_path(*state, "f"), two,
	    LARGE, 0600, NULL), 0);
	assert_int_equal(ly_file_bytes(scratch_path(*state, "f"), LARGE,
	    LY_FILE_OWNED, &c, NULL), 0);
	assert_memory_equal(c.data, two, LARGE);
	assert_int_equal(ly_file_remove(scratch_path(*state, "f"), NULL), 0);
	assert_memory_equal(b.data, one, LARGE);
	ly_file_bytes_clear(&b);
	ly_file_bytes_clear(&c);
	free(one);
	free(two);
}

static void
test_what_a_read_refuses(void **state)
{
	char *text = large('x');
	struct ly_file_bytes b;
	struct ly_why why;

	scratch_write(*state, "f", text, 0600);
	assert_int_equal(ly_file_bytes(scratch_path(*state, "f"), LARGE - 1,
	    LY_FILE_OWNED, &b, &why), LY_ERR_TOOBIG);
	assert_has(why.text, "larger than");
	assert_null(b.data);
	scratch_write(*state, "g", text, 0622);
	assert_int_equal(ly_file_bytes(scratch_path(*state, "g"), LARGE,
	    LY_FILE_OWNED, &b, &why), LY_ERR_PERM);
	assert_int_equal(ly_file_bytes(scratch_path(*state, "none"), LARGE,
	    LY_FILE_OWNED, &b, &why), LY_ERR_NOTFOUND);
	assert_null(b.data);
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		unit_scratch_test(test_a_small_file_is_read),
		unit_scratch_test(test_a_large_file_outlives_its_name),
		unit_scratch_test(test_what_a_read_refuses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
