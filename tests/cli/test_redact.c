/* redact.c: what goes, what stays, and that one thing has one stand-in. */
#include "unit.h"

#include "buf.h"
#include "redact.h"

static void
check(struct ly_redact *r, const char *text, const char *expected)
{
	struct ly_buf out;

	ly_buf_init(&out, 65536);
	assert_int_equal(ly_redact_text(r, text, strlen(text), &out), 0);
	assert_int_equal(ly_buf_put_u8(&out, 0), 0);
	assert_string_equal((const char *)out.data, expected);
	ly_buf_clear(&out);
}

static void
test_patterns(void **state)
{
	struct ly_redact *r = NULL;

	(void)state;
	assert_int_equal(ly_redact_new(&r), 0);
	check(r, "", "");
	check(r, "to bob@example.org, cc Carol.X+1@a-b.example; "
	    "BOB@example.org", "to <mail-1>, cc <mail-2>; <mail-1>");
	check(r, "/var/accounts/bob@example.org/keys",
	    "/var/accounts/<mail-1>/keys");
	check(r, "keys/0123456789abcdef0123.cms 0123456789abcde",
	    "keys/<hex-1>.cms 0123456789abcde");
	check(r, "10.1.2.3:8443 127.0.0.1:1 10.1.2.30 [2001:db8::1]:8443 "
	    "[::1]", "<ip-1>:8443 127.0.0.1:1 <ip-2> <ip-3>:8443 [::1]");
	check(r, "release 0.4.12, 3.0.19. user @ host", "release 0.4.12, "
	    "3.0.19. user @ host");
	ly_redact_free(&r);
	ly_redact_free(&r);
}

static void
test_words(void **state)
{
	struct ly_redact *r = NULL;

	(void)state;
	assert_int_equal(ly_redact_new(&r), 0);
	assert_int_equal(ly_redact_word(r, LY_REDACT_MAIL,
	    "alice@example.com"), 0);
	assert_int_equal(ly_redact_word(r, LY_REDACT_HOST, "example.com"), 0);
	assert_int_equal(ly_redact_word(r, LY_REDACT_HOST,
	    "keys.example.com"), 0);
	assert_int_equal(ly_redact_word(r, LY_REDACT_NAME, "alice"), 0);
	assert_int_equal(ly_redact_word(r, LY_REDACT_NAME, "ab"), 0);
	assert_int_equal(ly_redact_as(r, "/home/alice", "~"), 0);
	check(r, "/home/alice/x: alice@example.com at KEYS.example.com:1",
	    "~/x: <mail-1> at <host-2>:1");
	check(r, "alice%40example.com, Alice's malice; ab",
	    "<name-1>%40<host-1>, <name-1>'s malice; ab");
	check(r, "mail.example.com", "mail.<host-1>");
	ly_redact_free(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_patterns),
		cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
