/*
 * Preloaded: the host's wall clock is LATER seconds ahead, to see what a
 * certificate that has run out does. Durations stay true. libfaketime would
 * do, but not beside the sanitizer's library.
 */
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define SHOWN __attribute__((visibility("default")))

static time_t
ahead(void)
{
	const char *text = getenv("LATER");

	return text != NULL ? (time_t)strtol(text, NULL, 10) : 0;
}

SHOWN int
clock_gettime(clockid_t clock, struct timespec *ts)
{
	int r = (int)syscall(SYS_clock_gettime, clock, ts);

	if (r == 0 && clock == CLOCK_REALTIME)
		ts->tv_sec += ahead();
	return r;
}

SHOWN int
gettimeofday(struct timeval *restrict tv, void *restrict zone)
{
	int r = (int)syscall(SYS_gettimeofday, tv, zone);

	if (r == 0)
		tv->tv_sec += ahead();
	return r;
}

SHOWN time_t
time(time_t *out)
{
	struct timespec ts = { 0, 0 };

	(void)clock_gettime(CLOCK_REALTIME, &ts);
	if (out != NULL)
		*out = ts.tv_sec;
	return ts.tv_sec;
}
