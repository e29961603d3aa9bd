/*
 * The log. Off until ly_log_open; one line a call, with time, process and
 * level. A line never carries a payload, a PIN or a key.
 */
#ifndef LY_LOG_H
#define LY_LOG_H

enum ly_log_level {
	LY_LOG_ERROR = 1,
	LY_LOG_WARN = 2,
	LY_LOG_INFO = 3,
	LY_LOG_DEBUG = 4
};

/*
 * Log to path (appended, made 0600), or to standard error if path is "-",
 * or not at all if NULL. LY_ERR_IO. May be called again.
 */
int ly_log_open(const char *path, enum ly_log_level level);

/* Write one line if its level is on. Keeps errno. Control bytes become '?'. */
void ly_log(enum ly_log_level level, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* 1 if a line of that level would be written. */
int ly_log_on(enum ly_log_level level);

#endif
