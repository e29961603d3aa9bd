/*
 * For the tests, by LD_PRELOAD: a process dies, or its disk is full, at the
 * N-th call that changes a file. LY_FAULT=kill=N: SIGKILL before the call
 * is done. LY_FAULT=full=N: writes fail with ENOSPC from then on. Calls are
 * counted in each process.
 */
#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))

static atomic_long calls;

static long
wanted(const char *kind)
{
	const char *s = getenv("LY_FAULT");
	size_t n = strlen(kind);

	if (s == NULL || strncmp(s, kind, n) != 0 || s[n] != '=')
		return 0;
	return strtol(s + n + 1, NULL, 10);
}

/* Count a call; 1 if it must fail for want of space. */
static int
fault(int is_write)
{
	long n = atomic_fetch_add(&calls, 1) + 1, at;

	if ((at = wanted("kill")) != 0 && n >= at)
		(void)kill(getpid(), SIGKILL);
	at = wanted("full");
	if (!is_write || at == 0 || n < at)
		return 0;
	errno = ENOSPC;
	return 1;
}

static int
is_file(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && fd > 2;
}

EXPORT ssize_t
write(int fd, const void *p, size_t len)
{
	static ssize_t (*real)(int, const void *, size_t);

	if (real == NULL)
		*(void **)&real = dlsym(RTLD_NEXT, "write");
	return is_file(fd) && fault(1) ? -1 : real(fd, p, len);
}

EXPORT ssize_t
pwrite64(int fd, const void *p, size_t len, off64_t off)
{
	static ssize_t (*real)(int, const void *, size_t, off64_t);

	if (real == NULL)
		*(void **)&real = dlsym(RTLD_NEXT, "pwrite64");
	return fault(1) ? -1 : real(fd, p, len, off);
}

EXPORT int
fsync(int fd)
{
	static int (*real)(int);

	if (real == NULL)
		*(void **)&real = dlsym(RTLD_NEXT, "fsync");
	return fault(0) ? -1 : real(fd);
}

EXPORT int
fdatasync(int fd)
{
	static int (*real)(int);

	if (real == NULL)
		*(void **)&real = dlsym(RTLD_NEXT, "fdatasync");
	return fault(0) ? -1 : real(fd);
}

EXPORT int
rename(const char *from, const char *to)
{
	static int (*real)(const char *, const char *);

	if (real == NULL)
		*(void **)&real = dlsym(RTLD_NEXT, "rename");
	return fault(0) ? -1 : real(from, to);
}

EXPORT int
unlink(const char *path)
{
	static int (*real)(const char *);

	if (real == NULL)
		*(void **)&real = dlsym(RTLD_NEXT, "unlink");
	return fault(0) ? -1 : real(path);
}
