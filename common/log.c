/*
 * Owns the log's destination and the form of a line. The destination is an
 * immutable struct behind an atomic pointer: no lock, so a fork or a thread
 * that was cut off cannot block the next line. Refuses to fail its caller.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compat.h"
#include "err.h"
#include "file.h"
#include "log.h"

#define LINE_MAX_LEN 1024	/* bytes of a line with its end */

/* Never freed once shown: another thread may be writing to it. */
struct dest {
	struct dest *next;	/* older ones */
	char path[LY_PATH_MAX];	/* "-" is standard error */
};

static struct dest *_Atomic dests;
static struct dest *_Atomic current;
static atomic_int max_level;

static const char *const names[] = { "", "error", "warn", "info", "debug" };

/* An existing destination of that path, or NULL. */
static struct dest *
dest_find(const char *path)
{
	struct dest *d;

	for (d = atomic_load(&dests); d != NULL; d = d->next)
		if (strcmp(d->path, path) == 0)
			return d;
	return NULL;
}

static int
dest_get(const char *path, struct dest **out)
{
	struct dest *d;

	if ((d = dest_find(path)) != NULL) {
		*out = d;
		return 0;
	}
	if (strlen(path) >= sizeof(d->path))
		return LY_ERR_IO;
	if ((d = malloc(sizeof(*d))) == NULL)
		return LY_ERR_NOMEM;
	memcpy(d->path, path, strlen(path) + 1);
	d->next = atomic_load(&dests);
	while (!atomic_compare_exchange_weak(&dests, &d->next, d))
		continue;
	*out = d;
	return 0;
}

int
ly_log_open(const char *path, enum ly_log_level level)
{
	struct dest *d = NULL;
	int r;

	if (path == NULL) {
		atomic_store(&max_level, 0);
		atomic_store(&current, NULL);
		return 0;
	}
	if (strcmp(path, "-") != 0 &&
	    ly_file_append(path, "", 0, NULL) != 0)
		return LY_ERR_IO;
	if ((r = dest_get(path, &d)) != 0)
		return r;
	atomic_store(&current, d);
	atomic_store(&max_level, (int)level);
	return 0;
}

int
ly_log_on(enum ly_log_level level)
{
	return level >= LY_LOG_ERROR && level <= LY_LOG_DEBUG &&
	    (int)level <= atomic_load(&max_level);
}

/* Other people's text must not forge a line or drive a terminal. */
static void
clean(char *s)
{
	for (; *s != '\0'; s++)
		if ((unsigned char)*s < 0x20 || *s == 0x7f)
			*s = '?';
}

void
ly_log(enum ly_log_level level, const char *fmt, ...)
{
	const int saved = errno;
	struct dest *d = atomic_load(&current);
	char line[LINE_MAX_LEN], when[LY_TIME_LEN];
	size_t len;
	va_list ap;

	if (d == NULL || !ly_log_on(level))
		return;
	ly_time_str(ly_time(), when);
	(void)snprintf(line, sizeof(line), "%s lanyard[%llu] %s: ", when,
	    (unsigned long long)ly_process_id(), names[level]);
	len = strlen(line);
	/* One byte less: it is for the end of the line. */
	va_start(ap, fmt);
	(void)vsnprintf(line + len, sizeof(line) - 1 - len, fmt, ap);
	va_end(ap);
	clean(line + len);
	len = strlen(line);
	line[len++] = '\n';
	if (strcmp(d->path, "-") == 0)
		(void)fwrite(line, 1, len, stderr);
	else
		(void)ly_file_append(d->path, line, len, NULL);
	errno = saved;
}
