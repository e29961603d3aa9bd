/* doctor_p11.c: p11-kit's files, one folder over the other. */
#include "unit.h"

#include "doctor_p11.h"

static struct ly_p11_list p11;

static void
test_folders(void **state)
{
	struct scratch *s = *state;
	char system[LY_PATH_MAX], user[LY_PATH_MAX];

	(void)snprintf(system, sizeof(system), "%s", scratch_path(s, "sys"));
	(void)snprintf(user, sizeof(user), "%s", scratch_path(s, "user"));
	assert_int_equal(ly_dir_make(system, NULL), 0);
	assert_int_equal(ly_dir_make(user, NULL), 0);
	scratch_write(s, "sys/other.module", "module: /usr/lib/opensc.so\n",
	    0644);
	scratch_write(s, "sys/lanyard.txt", "module: /l/lanyard-pkcs11.so\n",
	    0644);
	p11.n = 0;
	ly_p11_scan(&p11, system);
	ly_p11_scan(&p11, scratch_path(s, "none"));
	assert_int_equal(p11.n, 0);
	assert_int_equal(ly_p11_shows(&p11, "thunderbird"), 0);
	scratch_write(s, "sys/lanyard.module", "# ours\n"
	    "module:  /l/lanyard-pkcs11.so \r\n"
	    "disable-in: thunderbird, firefox\n", 0644);
	ly_p11_scan(&p11, system);
	assert_int_equal(p11.n, 1);
	assert_string_equal(p11.list[0].library, "/l/lanyard-pkcs11.so");
	assert_int_equal(ly_p11_shows(&p11, "thunderbird"), 0);
	assert_int_equal(ly_p11_shows(&p11, "firefox"), 0);
	assert_int_equal(ly_p11_shows(&p11, "thunder"), 1);
	/* The user's file of that name changes a line; another is another. */
	scratch_write(s, "user/lanyard.module", "enable-in: p11tool\n", 0644);
	scratch_write(s, "user/mine.module", "module: lanyard-pkcs11.so\n",
	    0644);
	ly_p11_scan(&p11, user);
	assert_int_equal(p11.n, 2);
	assert_string_equal(p11.list[0].library, "/l/lanyard-pkcs11.so");
	assert_string_equal(p11.list[0].enable, "p11tool");
	assert_has(p11.list[0].file, "/user/lanyard.module");
	assert_int_equal(p11.list[1].library[0], '/');
	assert_has(p11.list[1].library, "/lanyard-pkcs11.so");
	assert_int_equal(ly_p11_shows(&p11, "thunderbird"), 1);
	p11.n = 1;
	assert_int_equal(ly_p11_shows(&p11, "firefox"), 0);
	assert_int_equal(ly_p11_shows(&p11, "p11tool"), 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		unit_scratch_test(test_folders),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
