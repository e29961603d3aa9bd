/*
 * Owns reading of files, the judging of owner and mode, and the joining of
 * paths. Refuses what is not a regular file, is over the caller's cap, or
 * could be changed or read by somebody else.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "buf.h"
#include "compat.h"
#include "err.h"
#include "file.h"
#include "file_sys.h"
#include "secret.h"

#define READ_MORE 65536	/* bytes, when a file is longer than it said */

int
ly_path_join(char *path, const char *dir, const char *name)
{
	const size_t d = strlen(dir), n = strlen(name);
	const size_t slash = d > 0 && dir[d - 1] != '/';

	if (d >= LY_PATH_MAX || n >= LY_PATH_MAX ||
	    d + slash + n >= LY_PATH_MAX)
		return LY_ERR_TOOBIG;
	memmove(path, dir, d);
	if (slash)
		path[d] = '/';
	memcpy(path + d + slash, name, n + 1);
	return 0;
}

int
ly_path_expand(const char *given, char *path)
{
	const char *home;

	if (given[0] == '/')
		return ly_path_join(path, "", given);
	if (strncmp(given, "~/", 2) != 0)
		return LY_ERR_FORMAT;
	if ((home = ly_getenv("HOME")) == NULL || home[0] != '/')
		return LY_ERR_NOTFOUND;
	return ly_path_join(path, home, given + 2);
}

int
ly_sys_why(struct ly_why *why, const char *path, const char *what)
{
	const int e = errno;
	const int r = e == ENOENT || e == ENOTDIR ? LY_ERR_NOTFOUND :
	    e == ENOMEM ? LY_ERR_NOMEM : LY_ERR_IO;

	return ly_fail(why, r, "%s: cannot %s: %s", path, what, strerror(e));
}

void
ly_sys_quote(const char *path, char *out)
{
	const char *plain = "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+@%,:=";
	size_t n = 0;

	if (path[0] != '\0' && path[strspn(path, plain)] == '\0') {
		(void)snprintf(out, LY_SYS_QUOTED, "%s", path);
		return;
	}
	out[n++] = '\'';
	for (; *path != '\0' && n + 6 < LY_SYS_QUOTED; path++) {
		if (*path == '\'') {
			memcpy(out + n, "'\\'", 3);
			n += 3;
		}
		out[n++] = *path;
	}
	out[n++] = '\'';
	out[n] = '\0';
}

int
ly_sys_trust(const char *path, const struct stat *st, mode_t forbidden,
    struct ly_why *why)
{
	const unsigned mode = (unsigned)st->st_mode & 07777;
	const uid_t me = geteuid();
	char q[LY_SYS_QUOTED];

	ly_sys_quote(path, q);
	if (st->st_uid != me && st->st_uid != 0)
		return ly_fail(why, LY_ERR_PERM,
		    "%s: belongs to uid %lu, not to uid %lu or root; "
		    "if it is yours, run: chown %lu %s", path,
		    (unsigned long)st->st_uid, (unsigned long)me,
		    (unsigned long)me, q);
	if ((mode & forbidden) != 0)
		return ly_fail(why, LY_ERR_PERM,
		    "%s: mode %04o lets others %s it; run: chmod %s %s",
		    path, mode, (mode & forbidden & 022) ? "change" : "read",
		    (forbidden & 044) ? "go=" : "go-w", q);
	return 0;
}

/* The failure of an open; a file that we may not read gets its cure. */
static int
open_why(struct ly_why *why, const char *path)
{
	char q[LY_SYS_QUOTED];
	struct stat st;

	if (errno != EACCES)
		return ly_sys_why(why, path, "open");
	ly_sys_quote(path, q);
	if (stat(path, &st) != 0)
		return ly_fail(why, LY_ERR_PERM,
		    "%s: a folder above it may not be searched", path);
	if (st.st_uid != geteuid())
		return ly_fail(why, LY_ERR_PERM,
		    "%s: may not be read; it belongs to uid %lu; "
		    "if it is yours, run: chown %lu %s", path,
		    (unsigned long)st.st_uid, (unsigned long)geteuid(), q);
	return ly_fail(why, LY_ERR_PERM,
	    "%s: mode %04o lets nobody read it; run: chmod u+r %s", path,
	    (unsigned)st.st_mode & 07777, q);
}

int
ly_sys_open(const char *path, enum ly_file_trust trust, struct stat *st,
    int *out, struct ly_why *why)
{
	int fd, r = 0;

	/* Without O_NONBLOCK the open of a FIFO would wait for a writer. */
	do
		fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	while (fd < 0 && errno == EINTR);
	if (fd < 0)
		return open_why(why, path);
	if (fstat(fd, st) != 0)
		r = ly_sys_why(why, path, "read");
	else if (!S_ISREG(st->st_mode))
		r = ly_fail(why, LY_ERR_IO, "%s: not a regular file", path);
	else if (trust == LY_FILE_OWNED)
		r = ly_sys_trust(path, st, 022, why);
	else if (trust == LY_FILE_PRIVATE)
		r = ly_sys_trust(path, st, 077, why);
	if (r != 0) {
		(void)close(fd);
		return r;
	}
	*out = fd;
	return 0;
}

static ssize_t
read_some(int fd, void *p, size_t len)
{
	ssize_t n;

	do
		n = read(fd, p, len);
	while (n < 0 && errno == EINTR);
	return n;
}

static int
too_big(const char *path, size_t max, struct ly_why *why)
{
	return ly_fail(why, LY_ERR_TOOBIG, "%s: larger than %zu bytes", path,
	    max);
}

/* Read to the end, straight into a buffer that has room for size bytes. */
static int
read_all(int fd, uint64_t size, struct ly_buf *b)
{
	/* One byte more, to meet the end of the file in it. */
	size_t room = size < b->max ? (size_t)size + 1 : b->max;
	ssize_t n;
	int r;

	for (;;) {
		if ((r = ly_buf_room(b, room)) != 0)
			return r;
		n = read_some(fd, b->data + b->len, b->cap - b->len);
		if (n <= 0)
			return n == 0 ? 0 : LY_ERR_IO;
		b->len += (size_t)n;
		if (b->len == b->max)
			return LY_ERR_TOOBIG;
		room = b->cap - b->len;
		if (room == 0)
			room = b->max - b->len < READ_MORE ?
			    b->max - b->len : READ_MORE;
	}
}

int
ly_file_read(const char *path, size_t max, enum ly_file_trust trust,
    struct ly_buf *b, struct ly_why *why)
{
	struct ly_buf got;
	struct stat st;
	int fd = -1, r;

	ly_buf_clear(b);
	if (b->max < max)
		ly_buf_init(b, max);
	ly_buf_init(&got, max + 1);
	if ((r = ly_sys_open(path, trust, &st, &fd, why)) != 0)
		goto out;
	r = read_all(fd, (uint64_t)st.st_size, &got);
	if (r == LY_ERR_IO)
		r = ly_sys_why(why, path, "read");
	else if (r == LY_ERR_TOOBIG)
		r = too_big(path, max, why);
	else if (r != 0)
		r = ly_fail(why, r, "%s: %s", path, ly_strerror(r));
	if (r != 0)
		goto out;
	got.max = b->max;
	*b = got;
	ly_buf_init(&got, 0);
out:
	if (fd >= 0)
		(void)close(fd);
	ly_buf_clear(&got);
	return r;
}

int
ly_file_read_secret(const char *path, size_t max, enum ly_file_trust trust,
    struct ly_secret *s, struct ly_why *why)
{
	struct ly_secret got = LY_SECRET_INIT;
	struct stat st;
	ssize_t n = 0;
	int fd = -1, r;

	if (max > LY_SECRET_MAX - 1)
		max = LY_SECRET_MAX - 1;
	if ((r = ly_sys_open(path, trust, &st, &fd, why)) != 0)
		return r;
	if (st.st_size < 0 || (uint64_t)st.st_size > max) {
		r = too_big(path, max, why);
		goto out;
	}
	/* One byte more than it has, to see that it did not grow. */
	if ((r = ly_secret_alloc(&got, (size_t)st.st_size + 1)) != 0) {
		ly_fail(why, r, "%s: %s", path, ly_strerror(r));
		goto out;
	}
	while (got.len < got.cap && (n = read_some(fd, got.data + got.len,
	    got.cap - got.len)) > 0)
		got.len += (size_t)n;
	if (n < 0)
		r = ly_sys_why(why, path, "read");
	else if (got.len == got.cap)
		r = ly_fail(why, LY_ERR_IO, "%s: grew while it was read",
		    path);
	else
		ly_secret_move(s, &got);
out:
	(void)close(fd);
	ly_secret_clear(&got);
	return r;
}

int
ly_file_stat(const char *path, struct ly_file_stamp *stamp)
{
	struct stat st;

	if (stat(path, &st) != 0)
		return ly_sys_why(NULL, path, "stat");
	stamp->dev = (uint64_t)st.st_dev;
	stamp->ino = (uint64_t)st.st_ino;
	stamp->size = (uint64_t)st.st_size;
	stamp->mtime_ns = (int64_t)st.st_mtim.tv_sec * 1000000000 +
	    st.st_mtim.tv_nsec;
	return 0;
}
