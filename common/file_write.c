/*
 * Owns the changing of files: write to a temporary file in the same folder,
 * fsync, rename, fsync of the folder. A failure leaves no file behind.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "compat.h"
#include "err.h"
#include "file.h"
#include "file_sys.h"

/* path + "." + random + ".tmp", in the same folder by construction. */
static int
temp_name(const char *path, char *temp, struct ly_why *why)
{
	uint64_t x;
	int n;

	if (ly_random(&x, sizeof(x)) != 0)
		return ly_fail(why, LY_ERR_IO, "%s: no random bytes", path);
	n = snprintf(temp, LY_PATH_MAX, "%s.%016llx.tmp", path,
	    (unsigned long long)x);
	if (n < 0 || n >= LY_PATH_MAX)
		return ly_fail(why, LY_ERR_IO, "%s: path too long", path);
	return 0;
}

static int
write_all(int fd, const uint8_t *p, size_t len)
{
	ssize_t n;

	while (len > 0) {
		n = write(fd, p, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return -1;
		p += n;
		len -= (size_t)n;
	}
	return 0;
}

/* A new file of that content on the disk; nothing is left on failure. */
static int
temp_write(const char *temp, const void *data, size_t len, unsigned mode)
{
	int fd, e, bad;

	fd = open(temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
	    0600);
	if (fd < 0)
		return -1;
	/* fchmod, because the umask is the host's and cannot be trusted. */
	bad = write_all(fd, data, len) != 0 || fchmod(fd, mode) != 0 ||
	    fsync(fd) != 0;
	e = errno;
	if (close(fd) != 0 && !bad) {
		bad = 1;
		e = errno;
	}
	if (!bad)
		return 0;
	(void)unlink(temp);
	errno = e;
	return -1;
}

/* Failures of a write are LY_ERR_IO, a missing folder included. */
static int
write_why(struct ly_why *why, const char *path, int e)
{
	return ly_fail(why, LY_ERR_IO, "%s: cannot write: %s", path,
	    strerror(e));
}

int
ly_file_replace(const char *path, const void *data, size_t len,
    unsigned mode, struct ly_why *why)
{
	char temp[LY_PATH_MAX];
	int e, r;

	if ((r = temp_name(path, temp, why)) != 0)
		return r;
	if (temp_write(temp, data, len, mode) != 0)
		return write_why(why, path, errno);
	if (rename(temp, path) != 0) {
		e = errno;
		(void)unlink(temp);
		return write_why(why, path, e);
	}
	return ly_sys_sync_parent(path, why);
}

/* Give temp its final name, unless that exists; errno on failure. */
static int
rename_new(const char *temp, const char *path)
{
	int e;

	if (renameat2(AT_FDCWD, temp, AT_FDCWD, path, RENAME_NOREPLACE) == 0)
		return 0;
	/* NFS knows no such rename, but hard links. */
	if (errno == EINVAL || errno == ENOSYS) {
		if (link(temp, path) == 0) {
			(void)unlink(temp);
			return 0;
		}
	}
	e = errno;
	(void)unlink(temp);
	errno = e;
	return -1;
}

int
ly_file_create(const char *path, const void *data, size_t len,
    unsigned mode, struct ly_why *why)
{
	char temp[LY_PATH_MAX];
	struct stat st;
	int r;

	if (lstat(path, &st) == 0)
		return ly_fail(why, LY_ERR_EXISTS, "%s: exists already",
		    path);
	if ((r = temp_name(path, temp, why)) != 0)
		return r;
	if (temp_write(temp, data, len, mode) != 0)
		return write_why(why, path, errno);
	if (rename_new(temp, path) == 0)
		return ly_sys_sync_parent(path, why);
	if (errno == EEXIST)
		return ly_fail(why, LY_ERR_EXISTS, "%s: exists already",
		    path);
	return write_why(why, path, errno);
}

int
ly_file_append(const char *path, const void *data, size_t len,
    struct ly_why *why)
{
	struct stat st;
	int fd, r = 0;

	fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC |
	    O_NOFOLLOW | O_NOCTTY | O_NONBLOCK, 0600);
	if (fd < 0)
		return ly_sys_why(why, path, "open");
	if (fstat(fd, &st) != 0)
		r = ly_sys_why(why, path, "write");
	else if (!S_ISREG(st.st_mode))
		r = ly_fail(why, LY_ERR_IO, "%s: not a regular file", path);
	else
		r = ly_sys_trust(path, &st, 022, why);
	if (r == 0 && write_all(fd, data, len) != 0)
		r = write_why(why, path, errno);
	(void)close(fd);
	return r;
}

int
ly_file_remove(const char *path, struct ly_why *why)
{
	if (unlink(path) == 0)
		return ly_sys_sync_parent(path, why);
	if (errno == ENOENT || errno == ENOTDIR)
		return 0;
	return ly_sys_why(why, path, "remove");
}

int
ly_file_rename(const char *from, const char *to, struct ly_why *why)
{
	int r;

	if (rename(from, to) != 0)
		return ly_sys_why(why, from, "rename");
	if ((r = ly_sys_sync_parent(to, why)) != 0)
		return r;
	return ly_sys_sync_parent(from, why);
}
