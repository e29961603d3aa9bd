/* Enrolment codes as people type them, tries, the KEK's file. */
#include "unit.h"

#include "crypto.h"
#include "enroll.h"
#include "kek.h"
#include "secret.h"
#include "store.h"

static void
test_code(void **state)
{
	uint8_t a[LY_SHA256_LEN], b[LY_SHA256_LEN];
	static const char *const same[] = {
		"01234-56789-ABCDE-FGHJK-MNPQR", "0123456789ABCDEFGHJKMNPQR",
		"ol234 56789 abcde fghjk mnpqr",
		"OI234-56789-abcde--FGHJK-mnpqr ",
	};
	static const char *const bad[] = {
		"", "-", "01234-56789-ABCDE-FGHJK-MNPQ",
		"01234-56789-ABCDE-FGHJK-MNPQRS",
		"01234-56789-ABCDE-FGHJK-MNPQU", "01234.56789",
		"01234-56789-ABCDE-FGHJK-MNPQ\xc3\xa4",
	};
	size_t i;

	(void)state;
	assert_int_equal(ly_code_digest(same[0], a), 0);
	for (i = 1; i < sizeof(same) / sizeof(same[0]); i++) {
		memset(b, 0, sizeof(b));
		assert_int_equal(ly_code_digest(same[i], b), 0);
		assert_memory_equal(a, b, sizeof(a));
	}
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(ly_code_digest(bad[i], b), LY_ERR_AUTH);
	assert_int_equal(ly_code_digest("11234-56789-ABCDE-FGHJK-MNPQR", b),
	    0);
	assert_memory_not_equal(a, b, sizeof(a));
}

static void
test_make(void **state)
{
	const struct ly_store_driver *d = &ly_store_sqlite;
	char code[LY_CODE_TEXT], other[LY_CODE_TEXT];
	struct scratch *s = *state;
	uint8_t digest[LY_SHA256_LEN];
	struct ly_store *st = NULL;
	struct ly_row_code row;
	int64_t id, expires;

	assert_int_equal(d->create(scratch_path(s, "db"), NULL), 0);
	assert_int_equal(d->open(s->path, &st, NULL), 0);
	assert_int_equal(ly_code_make(st, "a@example.com", code, &expires),
	    LY_ERR_NOTFOUND);
	assert_int_equal(d->mailbox_add(st, "a@example.com", 1, &id), 0);
	assert_int_equal(ly_code_make(st, "a@example.com", code, &expires),
	    0);
	assert_int_equal(ly_code_make(st, "a@example.com", other, &expires),
	    0);
	assert_string_not_equal(code, other);
	assert_int_equal(ly_code_digest(code, digest), 0);
	assert_int_equal(d->code_find(st, digest, &row), 0);
	assert_int_equal(row.mailbox, id);
	assert_int_equal(row.bound, 0);
	d->close(&st);
}

static void
test_limiter(void **state)
{
	struct ly_limiter *l = NULL;
	int i, wait = 0;

	(void)state;
	assert_int_equal(ly_limiter_new(&l), 0);
	for (i = 0; i < LY_CODE_TRIES; i++) {
		assert_int_equal(ly_limiter_check(l, "a@b", &wait), 0);
		ly_limiter_fail(l, "a@b");
	}
	assert_int_equal(ly_limiter_check(l, "a@b", &wait), LY_ERR_BUSY);
	assert_in_range(wait, 1, 60);
	assert_int_equal(ly_limiter_check(l, "c@d", &wait), 0);
	ly_limiter_free(&l);
	assert_null(l);
}

static void
set(struct ly_secret *s, const char *text)
{
	assert_int_equal(ly_secret_set(s, text, strlen(text)), 0);
}

static void
test_kek(void **state)
{
	struct ly_secret pass = LY_SECRET_INIT, bad = LY_SECRET_INIT;
	struct ly_secret a = LY_SECRET_INIT, b = LY_SECRET_INIT;
	struct scratch *s = *state;
	struct ly_why why = { "" };
	int needed = 9;

	assert_int_equal(ly_kek_load(scratch_path(s, "k"), NULL, &a, &why),
	    LY_ERR_NOTFOUND);
	assert_int_equal(ly_kek_make(scratch_path(s, "k"), NULL, &why), 0);
	assert_int_equal(ly_kek_make(scratch_path(s, "k"), NULL, &why),
	    LY_ERR_EXISTS);
	assert_int_equal(ly_kek_passphrase_needed(s->path, &needed, &why),
	    0);
	assert_int_equal(needed, 0);
	assert_int_equal(ly_kek_load(s->path, NULL, &a, &why), 0);
	assert_int_equal(a.len, LY_AEAD_KEY_LEN);
	assert_int_equal(chmod(s->path, 0640), 0);
	assert_int_equal(ly_kek_load(s->path, NULL, &b, &why), LY_ERR_PERM);
	set(&pass, "correct horse");
	set(&bad, "correct house");
	assert_int_equal(ly_kek_make(scratch_path(s, "p"), &pass, &why), 0);
	assert_int_equal(ly_kek_passphrase_needed(s->path, &needed, &why),
	    0);
	assert_int_equal(needed, 1);
	assert_int_equal(ly_kek_load(s->path, NULL, &b, &why), LY_ERR_AUTH);
	assert_int_equal(ly_kek_load(s->path, &bad, &b, &why), LY_ERR_AUTH);
	assert_has(why.text, "wrong passphrase");
	assert_int_equal(ly_kek_load(s->path, &pass, &b, &why), 0);
	assert_int_equal(b.len, LY_AEAD_KEY_LEN);
	assert_memory_not_equal(a.data, b.data, b.len);
	assert_int_equal(truncate(s->path, 40), 0);
	assert_int_equal(ly_kek_load(s->path, &pass, &b, &why),
	    LY_ERR_FORMAT);
	scratch_write(s, "junk", "LYKEK2..........................", 0600);
	assert_int_equal(ly_kek_load(s->path, NULL, &b, &why),
	    LY_ERR_FORMAT);
	ly_secret_clear(&pass);
	ly_secret_clear(&bad);
	ly_secret_clear(&a);
	ly_secret_clear(&b);
}

static void
test_passphrase(void **state)
{
	struct ly_secret p = LY_SECRET_INIT;
	struct scratch *s = *state;
	struct ly_why why = { "" };

	scratch_write(s, "f", "one two\r\nmore\n", 0600);
	assert_int_equal(ly_passphrase_read(s->path, &p, &why), 0);
	assert_int_equal(p.len, 7);
	assert_memory_equal(p.data, "one two", 7);
	scratch_write(s, "f", "no line end", 0600);
	assert_int_equal(ly_passphrase_read(s->path, &p, &why), 0);
	assert_int_equal(p.len, 11);
	scratch_write(s, "f", "\nmore\n", 0600);
	assert_int_equal(ly_passphrase_read(s->path, &p, &why),
	    LY_ERR_FORMAT);
	scratch_write(s, "f", "open\n", 0644);
	assert_int_equal(ly_passphrase_read(s->path, &p, &why), LY_ERR_PERM);
	ly_secret_clear(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_code),
		unit_scratch_test(test_make),
		cmocka_unit_test(test_limiter),
		unit_scratch_test(test_kek),
		unit_scratch_test(test_passphrase),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
