/* err.c: phrases for every code, and sentences that are cut, not overrun. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "err.h"

static void
test_every_code_has_its_own_phrase(void **state)
{
	int a, b;

	(void)state;
	for (a = LY_ERR_STATE; a <= LY_OK; a++) {
		assert_string_not_equal(ly_strerror(a), "unknown error");
		for (b = LY_ERR_STATE; b < a; b++)
			assert_string_not_equal(ly_strerror(a),
			    ly_strerror(b));
	}
	assert_string_equal(ly_strerror(1), "unknown error");
	assert_string_equal(ly_strerror(LY_ERR_STATE - 1), "unknown error");
}

static void
test_fail_returns_the_code_and_cuts_the_text(void **state)
{
	struct ly_why why;
	char big[2 * LY_WHY_MAX];

	(void)state;
	memset(big, 'x', sizeof(big) - 1);
	big[sizeof(big) - 1] = '\0';
	assert_int_equal(ly_fail(NULL, LY_ERR_IO, "%s", big), LY_ERR_IO);
	assert_int_equal(ly_fail(&why, LY_ERR_IO, "%s", big), LY_ERR_IO);
	assert_int_equal(strlen(why.text), LY_WHY_MAX - 1);
	assert_int_equal(ly_fail(&why, LY_ERR_PERM, "%d", 7), LY_ERR_PERM);
	assert_string_equal(why.text, "7");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_code_has_its_own_phrase),
		cmocka_unit_test(test_fail_returns_the_code_and_cuts_the_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
