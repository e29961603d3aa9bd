/*
 * The operating system, but for files (file.h): locks, time, process and
 * environment, random bytes, locked memory, late loading of a library.
 * The one place, with compat.c, for platform headers and conditionals.
 */
#ifndef LY_COMPAT_H
#define LY_COMPAT_H

#include <stddef.h>
#include <stdint.h>

/* A mutex that needs no destruction and may be initialised statically. */
#ifdef _WIN32
struct ly_mutex { void *srw; };
#define LY_MUTEX_INIT { NULL }
#else
#include <pthread.h>
struct ly_mutex { pthread_mutex_t m; };
#define LY_MUTEX_INIT { PTHREAD_MUTEX_INITIALIZER }
#endif

void ly_mutex_init(struct ly_mutex *m);
void ly_mutex_lock(struct ly_mutex *m);
void ly_mutex_unlock(struct ly_mutex *m);

/* Milliseconds of a clock that never goes back; its zero has no meaning. */
int64_t ly_now_ms(void);

/* Seconds since 1970-01-01T00:00:00Z. */
int64_t ly_time(void);

/*
 * Write t (as ly_time) as "2026-01-31T23:59:59Z" into buf of at least 21
 * bytes. Years 0000-9999; others give "-".
 */
#define LY_TIME_LEN 21
void ly_time_str(int64_t t, char *buf);

/* Seconds since 1970 of a UTC calendar time (proleptic Gregorian). */
int64_t ly_time_utc(int year, int mon, int day, int hour, int min, int sec);

/* This process's id: changes in a forked child. */
uint64_t ly_process_id(void);

/*
 * len random bytes from the operating system's generator.
 * LY_ERR_IO if there is none.
 */
int ly_random(void *buf, size_t len);

/*
 * An environment variable, or NULL if unset, empty, or if this process runs
 * with raised rights (secure_getenv). The string is the environment's.
 */
const char *ly_getenv(const char *name);

/*
 * len bytes of memory, zeroed, locked against paging where the limits
 * allow it and left out of core files; released (and wiped) by
 * ly_locked_free with the same len. NULL when there is none.
 */
void *ly_locked_alloc(size_t len);
void ly_locked_free(void *p, size_t len);

/*
 * A forked child finds zeros in this memory, which has to be longer than a
 * page; best effort.
 */
void ly_locked_private(void *p, size_t len);

/*
 * Load a shared library by name, with its symbols kept to itself, and look
 * up functions in it. It is never unloaded. NULL on failure.
 */
void *ly_lib_open(const char *name);
void (*ly_lib_sym(void *lib, const char *name))(void);

#endif
