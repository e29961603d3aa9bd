/* log.c: off by default, one clean line a call, and never a trap. */
#include "unit.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>

#include "buf.h"
#include "log.h"

/* The whole log as a string; the caller frees it. */
static char *
log_text(const char *path)
{
	struct ly_buf b;

	ly_buf_init(&b, 10000000);
	assert_int_equal(ly_file_read(path, 9999999, LY_FILE_ANY, &b, NULL),
	    0);
	assert_int_equal(ly_buf_put_u8(&b, 0), 0);
	return (char *)b.data;
}

static unsigned
count_lines(const char *text)
{
	unsigned n = 0;

	for (; *text != '\0'; text++)
		n += *text == '\n';
	return n;
}

static void
test_off_until_opened(void **state)
{
	struct scratch *s = *state;

	assert_int_equal(ly_log_on(LY_LOG_ERROR), 0);
	ly_log(LY_LOG_ERROR, "nobody hears %d", 1);
	assert_int_equal(ly_log_open(scratch_path(s, "log"), LY_LOG_DEBUG),
	    0);
	assert_int_equal(ly_log_on(LY_LOG_DEBUG), 1);
	assert_int_equal(ly_log_on((enum ly_log_level)5), 0);
	assert_int_equal(ly_log_on((enum ly_log_level)0), 0);
	assert_int_equal(ly_log_open(NULL, LY_LOG_DEBUG), 0);
	assert_int_equal(ly_log_on(LY_LOG_ERROR), 0);
	ly_log(LY_LOG_ERROR, "nobody hears");
	assert_int_equal(scratch_count(s->dir), 1);
}

static void
test_levels_and_form(void **state)
{
	struct scratch *s = *state;
	unsigned year, pid;
	char level[8], *text;
	struct stat st;

	assert_int_equal(ly_log_open(scratch_path(s, "log"), LY_LOG_WARN),
	    0);
	assert_int_equal(stat(s->path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	ly_log(LY_LOG_INFO, "too much");
	ly_log(LY_LOG_WARN, "key %s", "ab12");
	text = log_text(s->path);
	assert_int_equal(count_lines(text), 1);
	assert_int_equal(sscanf(text,
	    "%4u-%*2u-%*2uT%*2u:%*2u:%*2uZ lanyard[%u] %7[a-z]: key ab12",
	    &year, &pid, level), 3);
	assert_int_equal(pid, getpid());
	assert_string_equal(level, "warn");
	free(text);
	/* Appended, not overwritten, when opened again. */
	assert_int_equal(ly_log_open(s->path, LY_LOG_ERROR), 0);
	ly_log(LY_LOG_WARN, "too much now");
	ly_log(LY_LOG_ERROR, "second");
	text = log_text(s->path);
	assert_int_equal(count_lines(text), 2);
	assert_has(text, "error: second\n");
	free(text);
	assert_int_equal(ly_log_open(NULL, LY_LOG_ERROR), 0);
}

static void
test_lines_cannot_be_forged(void **state)
{
	struct scratch *s = *state;
	char *text;

	assert_int_equal(ly_log_open(scratch_path(s, "log"), LY_LOG_INFO),
	    0);
	ly_log(LY_LOG_INFO, "name=%s", "a\nb\r\x1b[2J\x7f\tend \xc3\xa9");
	text = log_text(s->path);
	assert_int_equal(count_lines(text), 1);
	assert_has(text, "name=a?b??[2J??end \xc3\xa9\n");
	free(text);
	assert_int_equal(ly_log_open(NULL, LY_LOG_INFO), 0);
}

static void
test_long_lines_are_cut(void **state)
{
	struct scratch *s = *state;
	char big[5000], *text;

	memset(big, 'x', sizeof(big) - 1);
	big[sizeof(big) - 1] = '\0';
	assert_int_equal(ly_log_open(scratch_path(s, "log"), LY_LOG_INFO),
	    0);
	ly_log(LY_LOG_INFO, "%s", big);
	ly_log(LY_LOG_INFO, "next");
	text = log_text(s->path);
	assert_int_equal(count_lines(text), 2);
	assert_int_equal(strchr(text, '\n') - text, 1022);
	assert_has(text, "info: next\n");
	free(text);
	assert_int_equal(ly_log_open(NULL, LY_LOG_INFO), 0);
}

static void
test_errno_is_kept(void **state)
{
	struct scratch *s = *state;

	assert_int_equal(ly_log_open(scratch_path(s, "log"), LY_LOG_INFO),
	    0);
	errno = EXDEV;
	ly_log(LY_LOG_INFO, "x");
	assert_int_equal(errno, EXDEV);
	/* Also when the line cannot be written: the folder is gone. */
	assert_int_equal(ly_file_remove(s->path, NULL), 0);
	assert_int_equal(chmod(s->dir, 0), 0);
	errno = EXDEV;
	ly_log(LY_LOG_INFO, "x");
	assert_int_equal(errno, EXDEV);
	assert_int_equal(chmod(s->dir, 0700), 0);
	assert_int_equal(ly_log_open(NULL, LY_LOG_INFO), 0);
}

static void
test_bad_destinations(void **state)
{
	struct scratch *s = *state;
	char big[LY_PATH_MAX + 100], *text;

	assert_int_equal(ly_log_open(scratch_path(s, "log"), LY_LOG_INFO),
	    0);
	memset(big, '/', sizeof(big) - 1);
	big[sizeof(big) - 1] = '\0';
	assert_int_equal(ly_log_open(scratch_path(s, "no/log"),
	    LY_LOG_DEBUG), LY_ERR_IO);
	assert_int_equal(ly_log_open(s->dir, LY_LOG_DEBUG), LY_ERR_IO);
	assert_int_equal(ly_log_open("/dev/full", LY_LOG_DEBUG), LY_ERR_IO);
	assert_int_equal(ly_log_open(big, LY_LOG_DEBUG), LY_ERR_IO);
	/* What was open before still is, at its level. */
	ly_log(LY_LOG_INFO, "still");
	assert_int_equal(ly_log_on(LY_LOG_DEBUG), 0);
	text = log_text(scratch_path(s, "log"));
	assert_int_equal(count_lines(text), 1);
	free(text);
	assert_int_equal(ly_log_open(NULL, LY_LOG_INFO), 0);
}

static void
test_standard_error(void **state)
{
	struct scratch *s = *state;
	const int saved = dup(STDERR_FILENO);
	char *text;
	int fd;

	fd = open(scratch_path(s, "err"), O_WRONLY | O_CREAT | O_APPEND,
	    0600);
	assert_true(fd >= 0 && saved >= 0);
	assert_true(dup2(fd, STDERR_FILENO) >= 0);
	assert_int_equal(ly_log_open("-", LY_LOG_INFO), 0);
	ly_log(LY_LOG_INFO, "to the terminal");
	assert_int_equal(ly_log_open(NULL, LY_LOG_INFO), 0);
	assert_true(dup2(saved, STDERR_FILENO) >= 0);
	(void)close(saved);
	(void)close(fd);
	text = log_text(s->path);
	assert_has(text, "info: to the terminal\n");
	assert_int_equal(count_lines(text), 1);
	free(text);
}

static void *
write_lines(void *arg)
{
	int i;

	for (i = 0; i < 200; i++)
		ly_log(LY_LOG_INFO, "thread %p line %d end", arg, i);
	return NULL;
}

static void
test_threads_write_whole_lines(void **state)
{
	struct scratch *s = *state;
	char *text, *line, *save = NULL;
	pthread_t t[4];
	unsigned n = 0;
	size_t i;

	assert_int_equal(ly_log_open(scratch_path(s, "log"), LY_LOG_INFO),
	    0);
	for (i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&t[i], NULL, write_lines,
		    NULL), 0);
	for (i = 0; i < 4; i++)
		assert_int_equal(pthread_join(t[i], NULL), 0);
	assert_int_equal(ly_log_open(NULL, LY_LOG_INFO), 0);
	text = log_text(s->path);
	for (line = strtok_r(text, "\n", &save); line != NULL;
	    line = strtok_r(NULL, "\n", &save), n++) {
		assert_true(isdigit((unsigned char)line[0]));
		assert_string_equal(line + strlen(line) - 4, " end");
	}
	assert_int_equal(n, 800);
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		unit_scratch_test(test_off_until_opened),
		unit_scratch_test(test_levels_and_form),
		unit_scratch_test(test_lines_cannot_be_forged),
		unit_scratch_test(test_long_lines_are_cut),
		unit_scratch_test(test_errno_is_kept),
		unit_scratch_test(test_bad_destinations),
		unit_scratch_test(test_standard_error),
		unit_scratch_test(test_threads_write_whole_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
