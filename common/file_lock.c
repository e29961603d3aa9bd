/*
 * Owns lock files. A lock is flock(2) on a file of its own, so that nothing
 * is held on a file that gets replaced; waiting is by polling, because a
 * library has no business with its host's signals.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "compat.h"
#include "err.h"
#include "file.h"

#define LOCK_POLL_MS 10		/* between two tries for a lock */

struct ly_file_lock {
	int fd;
};

/* Outcome of one try. */
enum lock_try {
	LOCK_GOT,
	LOCK_HELD,	/* by another */
	LOCK_AGAIN,	/* interrupted, or the file lost its name */
	LOCK_FAILED	/* errno says why */
};

/* 1 if the locked file still bears its name: a removed one locks nothing. */
static int
lock_is_named(int fd, const char *path)
{
	struct stat a, b;

	return fstat(fd, &a) == 0 && stat(path, &b) == 0 &&
	    a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

static enum lock_try
lock_try(const char *path, int *out)
{
	enum lock_try t = LOCK_FAILED;
	int fd, e;

	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY,
	    0600);
	if (fd < 0)
		return errno == EINTR ? LOCK_AGAIN : LOCK_FAILED;
	if (flock(fd, LOCK_EX | LOCK_NB) == 0) {
		if (lock_is_named(fd, path)) {
			*out = fd;
			return LOCK_GOT;
		}
		t = LOCK_AGAIN;
	} else if (errno == EWOULDBLOCK) {
		t = LOCK_HELD;
	} else if (errno == EINTR) {
		t = LOCK_AGAIN;
	}
	e = errno;
	(void)close(fd);
	errno = e;
	return t;
}

int
ly_file_lock(const char *path, int wait_ms, struct ly_file_lock **lock,
    struct ly_why *why)
{
	const struct timespec nap = { 0, LOCK_POLL_MS * 1000000L };
	const int64_t end = ly_now_ms() + wait_ms;
	struct ly_file_lock *l;
	enum lock_try t;
	int fd = -1;

	while ((t = lock_try(path, &fd)) == LOCK_AGAIN ||
	    (t == LOCK_HELD && ly_now_ms() < end))
		if (t == LOCK_HELD)
			(void)nanosleep(&nap, NULL);
	if (t == LOCK_HELD)
		return ly_fail(why, LY_ERR_BUSY,
		    "%s: another process is at work here; try again", path);
	if (t == LOCK_FAILED)
		return ly_fail(why, LY_ERR_IO, "%s: cannot lock: %s", path,
		    strerror(errno));
	if ((l = malloc(sizeof(*l))) == NULL) {
		(void)close(fd);
		return ly_fail(why, LY_ERR_NOMEM, "%s: out of memory", path);
	}
	l->fd = fd;
	*lock = l;
	return 0;
}

void
ly_file_unlock(struct ly_file_lock **lock)
{
	if (lock == NULL || *lock == NULL)
		return;
	/* Also when a forked child still has the descriptor. */
	(void)flock((*lock)->fd, LOCK_UN);
	(void)close((*lock)->fd);
	free(*lock);
	*lock = NULL;
}
