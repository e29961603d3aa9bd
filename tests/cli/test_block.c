/*
 * block.c: our part of a text goes in and out without a trace, survives what
 * others write around it, and is replaced where it stands.
 */
#include "unit.h"

#include "block.h"
#include "buf.h"

#define MAX 65536
#define BEGIN "# lanyard register: begin\n"
#define BEGIN_NEW "# lanyard register: begin, new file\n"
#define END "# lanyard register: end"

static void
load(struct ly_buf *b, const char *text)
{
	ly_buf_init(b, MAX);
	assert_int_equal(ly_buf_put(b, text, strlen(text)), 0);
}

/* Edit text (NULL: no file); expect that change, result and *gone. */
static void
edit(const char *text, const char *body, enum ly_nss_change change,
    const char *result, int gone)
{
	enum ly_nss_change got = 0;
	struct ly_buf old, new;
	int got_gone = 7;

	load(&old, text != NULL ? text : "");
	ly_buf_init(&new, MAX);
	assert_int_equal(ly_block_edit(text != NULL ? &old : NULL, body, &new,
	    &got, &got_gone), 0);
	assert_int_equal(got, change);
	assert_int_equal(got_gone, gone);
	if (result != NULL) {
		assert_int_equal(ly_buf_put_u8(&new, 0), 0);
		assert_string_equal((const char *)new.data, result);
	} else {
		assert_int_equal(new.len, 0);
	}
	ly_buf_clear(&old);
	ly_buf_clear(&new);
}

static void
test_in_and_out(void **state)
{
	static const char *const before[] = {
		"", "\n", "a", "a\n", "a\n\n\n", "\n\na",
		"# lanyard register: begins\n", END "\n",
	};
	enum ly_nss_change change;
	struct ly_buf old, with, after;
	size_t i;
	int gone;

	(void)state;
	for (i = 0; i < sizeof(before) / sizeof(before[0]); i++) {
		load(&old, before[i]);
		ly_buf_init(&with, MAX);
		ly_buf_init(&after, MAX);
		assert_int_equal(ly_block_edit(&old, "x\ny\n", &with, &change,
		    &gone), 0);
		assert_int_equal(change, LY_NSS_ADDED);
		assert_true(ly_block_has(&with));
		assert_int_equal(ly_block_edit(&with, NULL, &after, &change,
		    &gone), 0);
		assert_int_equal(change, LY_NSS_REMOVED);
		assert_int_equal(gone, 0);
		assert_int_equal(after.len, old.len);
		if (old.len > 0)
			assert_memory_equal(after.data, old.data, old.len);
		ly_buf_clear(&old);
		ly_buf_clear(&with);
		ly_buf_clear(&after);
	}
}

static void
test_what_it_writes(void **state)
{
	(void)state;
	edit("a", "x\n", LY_NSS_ADDED, "a\n" BEGIN "x\n" END, 0);
	edit("a\n", "x\n", LY_NSS_ADDED, "a\n" BEGIN "x\n" END "\n", 0);
	edit(NULL, "x\n", LY_NSS_ADDED, BEGIN_NEW "x\n" END "\n", 0);
	edit(NULL, NULL, LY_NSS_SAME, NULL, 0);
	edit("a\n", NULL, LY_NSS_SAME, NULL, 0);
}

static void
test_again(void **state)
{
	(void)state;
	edit("a\n" BEGIN "x\n" END "\nb\n", "x\n", LY_NSS_SAME, NULL, 0);
	edit("a\n" BEGIN "x\n" END "\nb\n", "yy\n", LY_NSS_REPLACED,
	    "a\n" BEGIN "yy\n" END "\nb\n", 0);
	edit("a\n" BEGIN "x\n" END, "y\n", LY_NSS_REPLACED,
	    "a\n" BEGIN "y\n" END, 0);
	edit(BEGIN_NEW "x\n" END "\n", "y\n", LY_NSS_REPLACED,
	    BEGIN_NEW "y\n" END "\n", 0);
	edit(BEGIN END "\n", "y\n", LY_NSS_REPLACED,
	    BEGIN "y\n" END "\n", 0);
}

static void
test_edited_between(void **state)
{
	(void)state;
	/* Before, after, within; and an editor that ended the last line. */
	edit("a\nb\n" BEGIN "x\n" END "\nc\n", NULL, LY_NSS_REMOVED,
	    "a\nb\nc\n", 0);
	edit("a\n" BEGIN "x\nhis\n" END "\n", NULL, LY_NSS_REMOVED, "a\n", 0);
	edit("a\n" BEGIN "x\n" END "\n", NULL, LY_NSS_REMOVED, "a\n", 0);
	/* A file of ours goes, but not with what others put in it. */
	edit(BEGIN_NEW "x\n" END "\n", NULL, LY_NSS_REMOVED, NULL, 1);
	edit(BEGIN "x\n" END "\n", NULL, LY_NSS_REMOVED, NULL, 0);
	edit(BEGIN_NEW "x\n" END "\nhis\n", NULL, LY_NSS_REMOVED, "his\n", 0);
}

static void
test_without_end(void **state)
{
	static const char text[] = "a\n" BEGIN "x\n";
	enum ly_nss_change change = LY_NSS_REPLACED;
	struct ly_buf old, new;
	int gone;

	(void)state;
	load(&old, text);
	ly_buf_init(&new, MAX);
	assert_true(ly_block_has(&old));
	assert_int_equal(ly_block_edit(&old, NULL, &new, &change, &gone),
	    LY_ERR_FORMAT);
	assert_int_equal(ly_block_edit(&old, "y\n", &new, &change, &gone),
	    LY_ERR_FORMAT);
	assert_int_equal(new.len, 0);
	assert_int_equal(change, LY_NSS_REPLACED);
	ly_buf_clear(&old);
	ly_buf_clear(&new);
}

static void
test_too_big(void **state)
{
	enum ly_nss_change change;
	struct ly_buf old, new;
	int gone;

	(void)state;
	load(&old, "a\n");
	ly_buf_init(&new, 8);
	assert_int_equal(ly_block_edit(&old, "x\n", &new, &change, &gone),
	    LY_ERR_TOOBIG);
	ly_buf_clear(&old);
	ly_buf_clear(&new);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_in_and_out),
		cmocka_unit_test(test_what_it_writes),
		cmocka_unit_test(test_again),
		cmocka_unit_test(test_edited_between),
		cmocka_unit_test(test_without_end),
		cmocka_unit_test(test_too_big),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
