/*
 * nssdb.c and profiles.c: what is added can be taken away so that the file
 * is what it was; what is not ours stays; what is open is left alone.
 */
#include "unit.h"

#include <fcntl.h>
#include <sys/wait.h>

#include "buf.h"
#include "nssdb.h"
#include "profiles.h"

#define INTERNAL "library=\nname=NSS Internal PKCS #11 Module\nNSS=x\n"
#define OTHER "library=/usr/lib/other.so\nname=Other\n"
#define OURS "library=/l/lanyard-pkcs11.so\nname=Lanyard\n"
#define LIBRARY "/l/lanyard-pkcs11.so"

static void
load(struct ly_buf *b, const char *text)
{
	ly_buf_init(b, LY_NSS_FILE_MAX);
	assert_int_equal(ly_buf_put(b, text, strlen(text)), 0);
}

/* Edit text; expect that change and that result. */
static void
edit(const char *text, const char *library, enum ly_nss_change change,
    const char *result)
{
	enum ly_nss_change got = 0;
	struct ly_buf old, new;

	load(&old, text);
	ly_buf_init(&new, LY_NSS_FILE_MAX);
	assert_int_equal(ly_nss_edit(&old, library, &new, &got), 0);
	assert_int_equal(got, change);
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
test_add_and_remove(void **state)
{
	static const char *const before[] = {
		INTERNAL "\n",
		INTERNAL "\n" OTHER "\n",
		INTERNAL,
		INTERNAL "\n" OTHER,
		INTERNAL "\n\n\n",
		"",
		"\n",
	};
	enum ly_nss_change change;
	struct ly_buf old, with, without;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(before) / sizeof(before[0]); i++) {
		load(&old, before[i]);
		ly_buf_init(&with, LY_NSS_FILE_MAX);
		ly_buf_init(&without, LY_NSS_FILE_MAX);
		assert_int_equal(ly_nss_edit(&old, LIBRARY, &with, &change),
		    0);
		assert_int_equal(change, LY_NSS_ADDED);
		assert_non_null(memmem(with.data, with.len, OURS,
		    strlen(OURS)));
		assert_int_equal(ly_nss_edit(&with, NULL, &without, &change),
		    0);
		assert_int_equal(change, LY_NSS_REMOVED);
		assert_int_equal(without.len, old.len);
		assert_memory_equal(without.data, old.data, old.len);
		ly_buf_clear(&old);
		ly_buf_clear(&with);
		ly_buf_clear(&without);
	}
	edit(INTERNAL "\n", LIBRARY, LY_NSS_ADDED, INTERNAL "\n" OURS "\n");
	edit(INTERNAL, LIBRARY, LY_NSS_ADDED, INTERNAL "\n" OURS);
	edit("no end", LIBRARY, LY_NSS_ADDED, "no end\n\n" OURS);
}

static void
test_nothing_to_do(void **state)
{
	(void)state;
	edit(INTERNAL "\n" OURS "\n", LIBRARY, LY_NSS_SAME, NULL);
	edit(INTERNAL "\n" OTHER "\n", NULL, LY_NSS_SAME, NULL);
	edit("", NULL, LY_NSS_SAME, NULL);
	/* Another's module that has our name is not ours to remove. */
	edit(INTERNAL "\nlibrary=/x/other.so\nname=Lanyard\n\n", NULL,
	    LY_NSS_SAME, NULL);
	edit("library=/x/lanyard-pkcs11.so\nname=Lanyard Two\n", NULL,
	    LY_NSS_SAME, NULL);
}

static void
test_another_path_and_what_nss_added(void **state)
{
	(void)state;
	edit(INTERNAL "\nlibrary=/old/lanyard-pkcs11.so\nname=Lanyard\n"
	    "NSS=slotParams\n\n" OTHER "\n", LIBRARY, LY_NSS_REPLACED,
	    INTERNAL "\n" OURS "\n" OTHER "\n");
	edit(INTERNAL "\nlibrary=/old/lanyard-pkcs11.so\nname=Lanyard\n"
	    "NSS=slotParams\n\n" OTHER "\n", NULL, LY_NSS_REMOVED,
	    INTERNAL "\n" OTHER "\n");
	edit(OURS "\n" INTERNAL "\n", NULL, LY_NSS_REMOVED, INTERNAL "\n");
}

static void
test_a_foreign_module_of_our_name(void **state)
{
	enum ly_nss_change change = 0;
	struct ly_buf old, new;

	(void)state;
	load(&old, INTERNAL "\nlibrary=/x/other.so\nname=Lanyard\n\n");
	ly_buf_init(&new, LY_NSS_FILE_MAX);
	assert_int_equal(ly_nss_edit(&old, LIBRARY, &new, &change),
	    LY_ERR_EXISTS);
	ly_buf_clear(&old);
	ly_buf_clear(&new);
}

static void
expect_file(struct scratch *s, const char *name, const char *text)
{
	struct ly_buf b;

	ly_buf_init(&b, 65536);
	assert_int_equal(ly_file_read(scratch_path(s, name), 65536,
	    LY_FILE_ANY, &b, NULL), 0);
	assert_int_equal(b.len, strlen(text));
	assert_memory_equal(b.data, text, b.len);
	ly_buf_clear(&b);
}

static void
test_files(void **state)
{
	struct scratch *s = *state;
	enum ly_nss_change change = 0;
	struct ly_why why = { "" };
	struct stat st;

	assert_int_equal(ly_nss_apply(s->dir, LIBRARY, 0, &change, &why),
	    LY_ERR_NOTFOUND);
	assert_has(why.text, "start the program once");
	scratch_write(s, "pkcs11.txt", INTERNAL "\n", 0640);
	assert_int_equal(ly_nss_apply(s->dir, LIBRARY, 1, &change, &why), 0);
	assert_int_equal(change, LY_NSS_ADDED);
	expect_file(s, "pkcs11.txt", INTERNAL "\n");
	assert_int_equal(ly_nss_apply(s->dir, LIBRARY, 0, &change, &why), 0);
	expect_file(s, "pkcs11.txt", INTERNAL "\n" OURS "\n");
	assert_int_equal(stat(scratch_path(s, "pkcs11.txt"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0640);
	assert_int_equal(ly_nss_apply(s->dir, NULL, 0, &change, &why), 0);
	expect_file(s, "pkcs11.txt", INTERNAL "\n");
	assert_int_equal(scratch_count(s->dir), 1);
}

static void
test_open_profile(void **state)
{
	struct scratch *s = *state;
	enum ly_nss_change change = 0;
	struct ly_why why = { "" };
	char target[64];

	scratch_write(s, "pkcs11.txt", INTERNAL "\n", 0600);
	(void)snprintf(target, sizeof(target), "127.0.1.1:+%ld",
	    (long)getpid());
	assert_int_equal(symlink(target, scratch_path(s, "lock")), 0);
	assert_int_equal(ly_nss_apply(s->dir, LIBRARY, 0, &change, &why),
	    LY_ERR_BUSY);
	assert_has(why.text, "quit that program first");
	expect_file(s, "pkcs11.txt", INTERNAL "\n");
	/* Left behind by a program that crashed: no such process. */
	assert_int_equal(unlink(scratch_path(s, "lock")), 0);
	assert_int_equal(symlink("127.0.1.1:+4194305",
	    scratch_path(s, "lock")), 0);
	assert_int_equal(ly_nss_apply(s->dir, LIBRARY, 0, &change, &why), 0);
	assert_int_equal(change, LY_NSS_ADDED);
}

static void
test_parent_lock(void **state)
{
	struct scratch *s = *state;
	struct flock fl = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	enum ly_nss_change change = 0;
	struct ly_why why = { "" };
	int locked[2], done[2], fd, status;
	char c = 0;
	pid_t pid;

	scratch_write(s, "pkcs11.txt", INTERNAL "\n", 0600);
	scratch_write(s, ".parentlock", "", 0600);
	assert_int_equal(pipe(locked), 0);
	assert_int_equal(pipe(done), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		fd = open(scratch_path(s, ".parentlock"), O_RDWR);
		if (fd < 0 || fcntl(fd, F_SETLK, &fl) != 0)
			_exit(1);
		(void)close(done[1]);
		if (write(locked[1], "x", 1) != 1)
			_exit(1);
		(void)!read(done[0], &c, 1);
		_exit(0);
	}
	(void)close(done[0]);
	(void)close(locked[1]);
	assert_int_equal(read(locked[0], &c, 1), 1);
	assert_int_equal(ly_nss_apply(s->dir, LIBRARY, 0, &change, &why),
	    LY_ERR_BUSY);
	(void)close(done[1]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(ly_nss_apply(s->dir, LIBRARY, 0, &change, &why), 0);
	(void)close(locked[0]);
}

static void
test_profiles_ini(void **state)
{
	struct scratch *s = *state;
	static struct ly_profiles p;
	char text[LY_PATH_MAX + 400], absolute[LY_PATH_MAX];

	p.n = 0;
	assert_int_equal(ly_profiles_read(s->dir, &p, NULL), 0);
	assert_int_equal(p.n, 0);
	(void)snprintf(absolute, sizeof(absolute), "%.4000s/abs", s->dir);
	assert_int_equal(mkdir(absolute, 0700), 0);
	assert_int_equal(mkdir(scratch_path(s, "rel 1"), 0700), 0);
	(void)snprintf(text, sizeof(text),
	    "[General]\nPath=rel 1\n\n[Profile0]\r\nName=x\r\nIsRelative=1\r\n"
	    "Path=rel 1\r\n\n[Profile1]\nPath=%s\nIsRelative=0\n"
	    "[Profile2]\nIsRelative=1\nPath=gone\n[Install1]\nPath=rel 1\n",
	    absolute);
	scratch_write(s, "profiles.ini", text, 0600);
	assert_int_equal(ly_profiles_read(s->dir, &p, NULL), 0);
	assert_int_equal(p.n, 2);
	assert_has(p.dir[0], "/rel 1");
	assert_string_equal(p.dir[1], absolute);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_add_and_remove),
		cmocka_unit_test(test_nothing_to_do),
		cmocka_unit_test(test_another_path_and_what_nss_added),
		cmocka_unit_test(test_a_foreign_module_of_our_name),
		unit_scratch_test(test_files),
		unit_scratch_test(test_open_profile),
		unit_scratch_test(test_parent_lock),
		unit_scratch_test(test_profiles_ini),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
