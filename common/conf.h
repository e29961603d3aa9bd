/*
 * lanyard.conf, for the module and the CLI. INI; unknown sections, keys and
 * values are errors that name file, line and cure.
 *
 * Read in this order, each over the one before:
 *   /etc/lanyard/lanyard.conf          sections [defaults] and [fixed]
 *   the user's lanyard.conf            section [lanyard]
 *   the string given to C_Initialize   "key=value key=value"
 *   section [fixed] of the system file, which always wins
 * The user's file is $LANYARD_CONF, else $XDG_CONFIG_HOME/lanyard/
 * lanyard.conf; the key "config" in the string names another one.
 */
#ifndef LY_CONF_H
#define LY_CONF_H

#include <stddef.h>
#include <stdint.h>

#include "file.h"

struct ly_why;

struct ly_conf {
	char data_dir[LY_PATH_MAX];	/* "data-dir": holds accounts/; "" */
					/* when unset and there is no home */
	char log[LY_PATH_MAX];		/* "log": path, "-", or "" for off */
	int log_level;			/* "log-level": error .. debug */
	int timeout_ms;			/* "timeout": whole call, 10 s */
	int connect_ms;			/* "connect-timeout": 3 s */
	int keep_s;			/* "keep-decrypted": 5 min, in s */
	char account[256];		/* "account": only this one, "" all */
};

/*
 * Fill conf. init_args is the string of C_Initialize's pReserved, or NULL.
 * Absent files are fine. LY_ERR_FORMAT, LY_ERR_PERM, LY_ERR_IO, with why.
 * Uses no OpenSSL.
 */
int ly_conf_load(const char *init_args, struct ly_conf *conf,
    struct ly_why *why);

/*
 * Where the user's file is looked for (LY_PATH_MAX bytes), whether there is
 * one or not; "" when there is no place for it. LY_ERR_FORMAT: LANYARD_CONF
 * is no path.
 */
int ly_conf_user_file(char *path, struct ly_why *why);

/* The values that hold when nothing is configured. */
void ly_conf_init(struct ly_conf *conf);

/* Which file a text comes from: decides the sections that it may have. */
enum ly_conf_kind {
	LY_CONF_DEFAULTS,	/* system file, [defaults] is applied */
	LY_CONF_FIXED,		/* system file, [fixed] is applied */
	LY_CONF_USER		/* user's file, [lanyard] is applied */
};

/*
 * Apply the text of a configuration file, named file in errors, to conf.
 * LY_ERR_FORMAT with why; conf may be changed in part then.
 */
int ly_conf_text(enum ly_conf_kind kind, const char *file, const void *text,
    size_t len, struct ly_conf *conf, struct ly_why *why);

/*
 * Apply a C_Initialize string to conf: "key=value key='a value'". The value
 * of "config" goes into config (LY_PATH_MAX bytes, "" when not given).
 * LY_ERR_FORMAT with why; conf may be changed in part then.
 */
int ly_conf_args(const char *args, struct ly_conf *conf, char *config,
    struct ly_why *why);

/* "10s", "500ms", "5m", "12h", "30d" to milliseconds. LY_ERR_FORMAT. */
int ly_duration_parse(const char *text, int64_t *ms);

#endif
