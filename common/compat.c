/*
 * The POSIX side of compat.h: locks, clocks, process, environment, random
 * bytes and late loading. Nothing here keeps a thread, a signal handler or
 * an atfork handler. Locked memory is in compat_mem.c.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "compat.h"
#include "err.h"

#define DAY 86400

void
ly_mutex_init(struct ly_mutex *m)
{
	(void)pthread_mutex_init(&m->m, NULL);
}

void
ly_mutex_lock(struct ly_mutex *m)
{
	(void)pthread_mutex_lock(&m->m);
}

void
ly_mutex_unlock(struct ly_mutex *m)
{
	(void)pthread_mutex_unlock(&m->m);
}

int64_t
ly_now_ms(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

int64_t
ly_time(void)
{
	return (int64_t)time(NULL);
}

/* Days from 1970-01-01 to the first of March of a year, Gregorian. */
static int64_t
days_to_march(int64_t year)
{
	const int64_t era = (year >= 0 ? year : year - 399) / 400;
	const int64_t yoe = year - era * 400;	/* 0 .. 399 */

	/* 719468 days lie between 0000-03-01 and 1970-01-01. */
	return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 - 719468;
}

int64_t
ly_time_utc(int year, int mon, int day, int hour, int min, int sec)
{
	/* Years that start in March put the leap day last. */
	const int64_t y = (int64_t)year - (mon <= 2);
	const int64_t m = mon + (mon > 2 ? -3 : 9);	/* March is 0 */
	const int64_t days = days_to_march(y) + (153 * m + 2) / 5 + day - 1;

	return days * DAY + (int64_t)hour * 3600 + (int64_t)min * 60 + sec;
}

void
ly_time_str(int64_t t, char *buf)
{
	int64_t days, sec, year, doy, m;

	if (t < ly_time_utc(0, 1, 1, 0, 0, 0) ||
	    t > ly_time_utc(9999, 12, 31, 23, 59, 59)) {
		memcpy(buf, "-", 2);
		return;
	}
	days = t / DAY - (t % DAY < 0);
	sec = t - days * DAY;
	/* 400 years are 146097 days; then correct by one where needed. */
	year = (days + 719468) * 400 / 146097;
	while (days_to_march(year) > days)
		year--;
	while (days_to_march(year + 1) <= days)
		year++;
	doy = days - days_to_march(year);
	m = (5 * doy + 2) / 153;
	(void)snprintf(buf, LY_TIME_LEN, "%04u-%02u-%02uT%02u:%02u:%02uZ",
	    (unsigned)(year + (m >= 10)) % 10000,
	    (unsigned)(m < 10 ? m + 3 : m - 9) % 100,
	    (unsigned)(doy - (153 * m + 2) / 5 + 1) % 100,
	    (unsigned)(sec / 3600) % 100, (unsigned)(sec / 60 % 60) % 100,
	    (unsigned)(sec % 60) % 100);
}

uint64_t
ly_process_id(void)
{
	return (uint64_t)getpid();
}

int
ly_random(void *buf, size_t len)
{
	uint8_t *p = buf;
	ssize_t n;

	while (len > 0) {
		n = getrandom(p, len, 0);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return LY_ERR_IO;
		p += n;
		len -= (size_t)n;
	}
	return 0;
}

const char *
ly_getenv(const char *name)
{
	const char *v = secure_getenv(name);

	return v != NULL && v[0] != '\0' ? v : NULL;
}

void *
ly_lib_open(const char *name)
{
	return dlopen(name, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
}

void (*ly_lib_sym(void *lib, const char *name))(void)
{
	void (*fn)(void) = NULL;
	void *p = dlsym(lib, name);

	/* ISO C has no cast from an object pointer to a function pointer. */
	memcpy(&fn, &p, sizeof(fn));
	return fn;
}
