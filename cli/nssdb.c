/*
 * Edits pkcs11.txt. Refuses a profile that is open: NSS writes its own list
 * over ours at times, and a program that runs would not see it anyway.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "buf.h"
#include "err.h"
#include "file.h"
#include "nssdb.h"

#define OUR_LIBRARY "lanyard-pkcs11"

/* A stanza: its lines with their ends, without the blank line after it. */
struct stanza {
	size_t off, len;
	size_t blank;	/* bytes of the blank line after it: 0, 1 */
	int named;	/* name=Lanyard */
	int ours;	/* and library=.../lanyard-pkcs11... */
};

static int
line_is(const char *line, size_t len, const char *text)
{
	return len == strlen(text) && memcmp(line, text, len) == 0;
}

/* Does a "library=" line name a file of ours? */
static int
is_our_library(const char *line, size_t len)
{
	const size_t key = strlen("library="), our = strlen(OUR_LIBRARY);
	size_t base;

	if (len < key || memcmp(line, "library=", key) != 0)
		return 0;
	for (base = len; base > key && line[base - 1] != '/'; base--)
		;
	return len - base >= our && memcmp(line + base, OUR_LIBRARY, our) == 0;
}

/* The stanza at or behind off; 0 if there is none. */
static int
next_stanza(const char *text, size_t size, size_t off, struct stanza *s)
{
	const char *line, *nl;
	size_t len, step;
	int library = 0;

	while (off < size && text[off] == '\n')
		off++;
	memset(s, 0, sizeof(*s));
	s->off = off;
	while (off < size && text[off] != '\n') {
		line = text + off;
		nl = memchr(line, '\n', size - off);
		len = nl != NULL ? (size_t)(nl - line) : size - off;
		step = nl != NULL ? len + 1 : len;
		s->named |= line_is(line, len, "name=" LY_NSS_MODULE);
		library |= is_our_library(line, len);
		off += step;
		s->len += step;
	}
	s->blank = off < size ? 1 : 0;
	s->ours = s->named && library;
	return s->len > 0;
}

/* The value of a "key=value" line, if it is one and fits. */
static void
take_value(const char *line, size_t len, const char *key, char *out,
    size_t cap)
{
	const size_t n = strlen(key);

	if (len <= n || memcmp(line, key, n) != 0 || len - n >= cap)
		return;
	memcpy(out, line + n, len - n);
	out[len - n] = '\0';
}

void
ly_nss_each(const struct ly_buf *text,
    void (*fn)(void *arg, const struct ly_nss_module *m), void *arg)
{
	const char *data = (const char *)text->data, *line, *end, *nl;
	struct ly_nss_module m;
	struct stanza s = { .len = 0 };

	while (next_stanza(data, text->len, s.off + s.len, &s)) {
		memset(&m, 0, sizeof(m));
		end = data + s.off + s.len;
		for (line = data + s.off; line < end; line = nl + 1) {
			nl = memchr(line, '\n', (size_t)(end - line));
			if (nl == NULL)
				nl = end;
			take_value(line, (size_t)(nl - line), "name=",
			    m.name, sizeof(m.name));
			take_value(line, (size_t)(nl - line), "library=",
			    m.library, sizeof(m.library));
			m.ours |= is_our_library(line, (size_t)(nl - line));
		}
		fn(arg, &m);
	}
}

/* Our stanza: 1 found, 0 not there, LY_ERR_EXISTS one of that name. */
static int
find_ours(const struct ly_buf *text, struct stanza *s)
{
	size_t off = 0;

	while (next_stanza((const char *)text->data, text->len, off, s)) {
		if (s->named)
			return s->ours ? 1 : LY_ERR_EXISTS;
		off = s->off + s->len;
	}
	return 0;
}

/*
 * Append. When a blank line ends the file, ours gets one, too; when none
 * does, it goes before ours and nothing comes after: removal can tell.
 */
static int
append(const struct ly_buf *old, const struct ly_buf *ours,
    struct ly_buf *new)
{
	const uint8_t *d = old->data;
	const size_t n = old->len;
	const int ended = n == 0 || (n >= 2 && d[n - 1] == '\n' &&
	    d[n - 2] == '\n') || (n == 1 && d[0] == '\n');

	(void)ly_buf_put(new, d, n);
	if (!ended && d[n - 1] != '\n')
		(void)ly_buf_put(new, "\n", 1);
	if (!ended)
		(void)ly_buf_put(new, "\n", 1);
	(void)ly_buf_put(new, ours->data, ours->len);
	if (ended)
		(void)ly_buf_put(new, "\n", 1);
	return new->err;
}

static int
cut(const struct ly_buf *old, const struct stanza *s, struct ly_buf *new)
{
	size_t from = s->off;
	const size_t to = s->off + s->len + s->blank;

	if (s->blank == 0 && from > 0)
		from--;		/* the blank line before it was ours */
	(void)ly_buf_put(new, old->data, from);
	(void)ly_buf_put(new, old->data + to, old->len - to);
	return new->err;
}

int
ly_nss_edit(const struct ly_buf *old, const char *library,
    struct ly_buf *new, enum ly_nss_change *change)
{
	struct stanza s;
	struct ly_buf ours;
	int r, found;

	ly_buf_init(&ours, 2 * LY_PATH_MAX);
	if (library != NULL) {
		(void)ly_buf_put(&ours, "library=", 8);
		(void)ly_buf_put(&ours, library, strlen(library));
		(void)ly_buf_put(&ours, "\nname=" LY_NSS_MODULE "\n",
		    strlen("\nname=" LY_NSS_MODULE "\n"));
	}
	if ((r = ours.err) != 0)
		goto out;
	found = find_ours(old, &s);
	if (found < 0 && library == NULL)
		found = 0;	/* not ours: leave it alone */
	if (found < 0) {
		r = found;
		goto out;
	}
	if ((!found && library == NULL) || (found && library != NULL &&
	    s.len == ours.len &&
	    memcmp(old->data + s.off, ours.data, s.len) == 0)) {
		*change = LY_NSS_SAME;
	} else if (!found) {
		r = append(old, &ours, new);
		*change = LY_NSS_ADDED;
	} else if (library == NULL) {
		r = cut(old, &s, new);
		*change = LY_NSS_REMOVED;
	} else {
		(void)ly_buf_put(new, old->data, s.off);
		(void)ly_buf_put(new, ours.data, ours.len);
		r = ly_buf_put(new, old->data + s.off + s.len,
		    old->len - s.off - s.len);
		*change = LY_NSS_REPLACED;
	}
out:
	ly_buf_clear(&ours);
	return r;
}

/* The process that a profile's "lock" link names ("IP:+PID"); 0 none. */
static long
lock_owner(const char *dir)
{
	char path[LY_PATH_MAX], target[256];
	const char *plus;
	ssize_t n;
	long pid;

	if (ly_path_join(path, dir, "lock") != 0)
		return 0;
	n = readlink(path, target, sizeof(target) - 1);
	if (n <= 0)
		return 0;
	target[n] = '\0';
	plus = strstr(target, ":+");
	pid = plus != NULL ? strtol(plus + 2, NULL, 10) : 0;
	if (pid <= 0 || (kill((pid_t)pid, 0) != 0 && errno == ESRCH))
		return 0;	/* left behind by a crash */
	return pid;
}

/* The process that holds the lock on ".parentlock"; 0 none. */
static long
parent_lock_owner(const char *dir)
{
	char path[LY_PATH_MAX];
	struct flock fl;
	long pid = 0;
	int fd;

	if (ly_path_join(path, dir, ".parentlock") != 0)
		return 0;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	memset(&fl, 0, sizeof(fl));
	fl.l_type = F_WRLCK;
	fl.l_whence = SEEK_SET;
	if (fcntl(fd, F_GETLK, &fl) == 0 && fl.l_type != F_UNLCK)
		pid = fl.l_pid > 0 ? (long)fl.l_pid : 1;
	(void)close(fd);
	return pid;
}

static int
check_not_in_use(const char *dir, struct ly_why *why)
{
	long pid = parent_lock_owner(dir);

	if (pid == 0)
		pid = lock_owner(dir);
	if (pid == 0)
		return 0;
	return ly_fail(why, LY_ERR_BUSY, "%.300s: the profile is open in "
	    "process %ld: quit that program first", dir, pid);
}

int
ly_nss_apply(const char *dir, const char *library, int dry_run,
    enum ly_nss_change *change, struct ly_why *why)
{
	char path[LY_PATH_MAX];
	struct ly_buf old, new;
	struct stat st;
	int r;

	ly_buf_init(&old, LY_NSS_FILE_MAX);
	ly_buf_init(&new, 2 * LY_NSS_FILE_MAX);
	if ((r = ly_path_join(path, dir, "pkcs11.txt")) != 0)
		goto out;
	r = ly_file_read(path, LY_NSS_FILE_MAX, LY_FILE_OWNED, &old, why);
	if (r == LY_ERR_NOTFOUND)
		r = ly_fail(why, r, "%.300s: no NSS database there: start "
		    "the program once, or make one with \"certutil -N -d "
		    "sql:DIR\"", dir);
	if (r != 0)
		goto out;
	r = ly_nss_edit(&old, library, &new, change);
	if (r == LY_ERR_EXISTS)
		r = ly_fail(why, r, "%.300s: a module named " LY_NSS_MODULE
		    " that is not ours: remove it with \"modutil -delete "
		    LY_NSS_MODULE "\"", path);
	if (r != 0 || *change == LY_NSS_SAME)
		goto out;
	if ((r = check_not_in_use(dir, why)) != 0 || dry_run)
		goto out;
	if (stat(path, &st) != 0)
		st.st_mode = 0600;
	r = ly_file_replace(path, new.data, new.len, st.st_mode & 0777, why);
out:
	ly_buf_clear(&old);
	ly_buf_clear(&new);
	return r;
}
