/* file_dir.c: folders made, checked, listed in order, and removed safely. */
#include "unit.h"

static void
test_make(void **state)
{
	struct scratch *s = *state;
	struct ly_why why = { "" };
	struct stat st;

	assert_int_equal(ly_dir_make(scratch_path(s, "a//b/c/"), NULL), 0);
	assert_int_equal(ly_dir_is(scratch_path(s, "a/b/c")), 1);
	assert_int_equal(stat(scratch_path(s, "a/b"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	assert_int_equal(ly_dir_make(s->path, NULL), 0);
	scratch_write(s, "f", "x", 0600);
	assert_int_equal(ly_dir_make(s->path, &why), LY_ERR_IO);
	assert_has(why.text, s->path);
	assert_int_equal(ly_dir_make(scratch_path(s, "f/g"), &why),
	    LY_ERR_IO);
	assert_int_equal(ly_dir_make("", &why), LY_ERR_IO);
	assert_int_equal(ly_dir_is(scratch_path(s, "f")), 0);
	assert_int_equal(ly_dir_is(scratch_path(s, "none")), 0);
}

static void
test_check(void **state)
{
	struct scratch *s = *state;
	struct ly_why why = { "" };

	assert_int_equal(ly_dir_check(s->dir, &why), 0);
	assert_int_equal(chmod(s->dir, 0755), 0);
	assert_int_equal(ly_dir_check(s->dir, &why), 0);
	assert_int_equal(chmod(s->dir, 0770), 0);
	assert_int_equal(ly_dir_check(s->dir, &why), LY_ERR_PERM);
	assert_has(why.text, "0770");
	assert_has(why.text, "chmod go-w");
	assert_int_equal(chmod(s->dir, 01777), 0);
	assert_int_equal(ly_dir_check(s->dir, &why), LY_ERR_PERM);
	assert_int_equal(chmod(s->dir, 0700), 0);
	assert_int_equal(ly_dir_check(scratch_path(s, "none"), &why),
	    LY_ERR_NOTFOUND);
	scratch_write(s, "f", "x", 0600);
	assert_int_equal(ly_dir_check(s->path, &why), LY_ERR_NOTFOUND);
	assert_has(why.text, "not a folder");
	if (geteuid() != 0)
		return;
	assert_int_equal(ly_dir_make(scratch_path(s, "d"), NULL), 0);
	assert_int_equal(chown(s->path, 12345, 0), 0);
	assert_int_equal(ly_dir_check(s->path, &why), LY_ERR_PERM);
	assert_has(why.text, "uid 12345");
}

struct seen {
	char text[200];
	int stop_at;
};

static int
see(void *arg, const char *name)
{
	struct seen *seen = arg;

	(void)strncat(seen->text, name,
	    sizeof(seen->text) - strlen(seen->text) - 1);
	return --seen->stop_at == 0 ? -99 : 0;
}

static void
test_each_in_byte_order(void **state)
{
	struct seen all = { "", 0 }, some = { "", 2 }, none = { "", 0 };
	struct scratch *s = *state;
	const char *names[] = { "c", "B", "a", ".d", "\xc3\xa9" };
	size_t i;

	assert_int_equal(ly_dir_each(s->dir, see, &none), 0);
	for (i = 0; i < 5; i++)
		scratch_write(s, names[i], "x", 0600);
	assert_int_equal(ly_dir_each(s->dir, see, &all), 0);
	assert_string_equal(all.text, ".dBac\xc3\xa9");
	assert_int_equal(ly_dir_each(s->dir, see, &some), -99);
	assert_string_equal(some.text, ".dB");
	assert_int_equal(ly_dir_each(scratch_path(s, "none"), see, &none),
	    LY_ERR_NOTFOUND);
	assert_int_equal(ly_dir_each(scratch_path(s, "a"), see, &none),
	    LY_ERR_NOTFOUND);
	assert_string_equal(none.text, "");
}

static void
test_each_of_many(void **state)
{
	struct scratch *s = *state;
	char name[16];
	unsigned i;

	for (i = 0; i < 300; i++) {
		(void)snprintf(name, sizeof(name), "%u", i);
		scratch_write(s, name, "", 0600);
	}
	assert_int_equal(scratch_count(s->dir), 300);
}

static void
test_remove_follows_no_link(void **state)
{
	struct scratch *s = *state;
	struct ly_why why = { "" };
	char keep[LY_PATH_MAX];

	assert_int_equal(ly_dir_make(scratch_path(s, "keep"), NULL), 0);
	memcpy(keep, s->path, sizeof(keep));
	scratch_write(s, "keep/f", "x", 0600);
	assert_int_equal(ly_dir_make(scratch_path(s, "d/e/f"), NULL), 0);
	scratch_write(s, "d/e/g", "x", 0400);
	scratch_write(s, "d/.h", "x", 0);
	assert_int_equal(symlink(keep, scratch_path(s, "d/e/link")), 0);
	assert_int_equal(symlink(keep, scratch_path(s, "link")), 0);
	assert_int_equal(ly_dir_remove(s->path, &why), LY_ERR_IO);
	assert_has(why.text, "link");
	assert_int_equal(ly_dir_remove(scratch_path(s, "d"), &why), 0);
	assert_int_equal(ly_dir_is(scratch_path(s, "d")), 0);
	assert_int_equal(scratch_count(keep), 1);
	assert_int_equal(ly_dir_remove(scratch_path(s, "d"), &why), 0);
	assert_int_equal(ly_dir_remove(scratch_path(s, "keep/f"), &why),
	    LY_ERR_IO);
	assert_int_equal(scratch_count(keep), 1);
}

static void
test_remove_has_a_depth(void **state)
{
	struct scratch *s = *state;
	char path[LY_PATH_MAX];
	int i;

	(void)ly_path_join(path, s->dir, "deep");
	for (i = 0; i < 40; i++)
		assert_int_equal(ly_path_join(path, path, "d"), 0);
	assert_int_equal(ly_dir_make(path, NULL), 0);
	assert_int_equal(ly_dir_remove(scratch_path(s, "deep"), NULL),
	    LY_ERR_IO);
	/* By halves it goes. */
	(void)ly_path_join(path, s->dir, "deep");
	for (i = 0; i < 20; i++)
		assert_int_equal(ly_path_join(path, path, "d"), 0);
	assert_int_equal(ly_dir_remove(path, NULL), 0);
	assert_int_equal(ly_dir_remove(scratch_path(s, "deep"), NULL), 0);
}

static void
test_user_folders(void **state)
{
	char path[LY_PATH_MAX];

	(void)state;
	assert_int_equal(setenv("HOME", "/home/a", 1), 0);
	assert_int_equal(setenv("XDG_CONFIG_HOME", "/conf", 1), 0);
	assert_int_equal(setenv("XDG_DATA_HOME", "/data", 1), 0);
	assert_int_equal(ly_dir_user_config(path), 0);
	assert_string_equal(path, "/conf/lanyard");
	assert_int_equal(ly_dir_user_data(path), 0);
	assert_string_equal(path, "/data/lanyard");
	/* Relative values are to be ignored, says the specification. */
	assert_int_equal(setenv("XDG_CONFIG_HOME", "conf", 1), 0);
	assert_int_equal(unsetenv("XDG_DATA_HOME"), 0);
	assert_int_equal(ly_dir_user_config(path), 0);
	assert_string_equal(path, "/home/a/.config/lanyard");
	assert_int_equal(ly_dir_user_data(path), 0);
	assert_string_equal(path, "/home/a/.local/share/lanyard");
	assert_int_equal(unsetenv("HOME"), 0);
	assert_int_equal(ly_dir_user_config(path), LY_ERR_NOTFOUND);
	assert_int_equal(setenv("HOME", "here", 1), 0);
	assert_int_equal(ly_dir_user_data(path), LY_ERR_NOTFOUND);
	assert_string_equal(ly_dir_system_config(), "/etc/lanyard");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		unit_scratch_test(test_make),
		unit_scratch_test(test_check),
		unit_scratch_test(test_each_in_byte_order),
		unit_scratch_test(test_each_of_many),
		unit_scratch_test(test_remove_follows_no_link),
		unit_scratch_test(test_remove_has_a_depth),
		cmocka_unit_test(test_user_folders),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
