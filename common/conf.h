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

#include <stdint.h>

#include "file.h"

struct ly_why;

struct ly_conf {
	char data_dir[LY_PATH_MAX];	/* "data-dir": holds accounts/ */
	char log[LY_PATH_MAX];		/* "log": path, "-", or "" for off */
	int log_level;			/* "log-level": error .. debug */
	int timeout_ms;			/* "timeout": whole call, 10 s */
	int connect_ms;			/* "connect-timeout": 3 s */
	char account[256];		/* "account": only this one, "" all */
};

/*
 * Fill conf. init_args is the string of C_Initialize's pReserved, or NULL.
 * Absent files are fine. LY_ERR_FORMAT, LY_ERR_PERM, LY_ERR_IO, with why.
 * Uses no OpenSSL.
 */
int ly_conf_load(const char *init_args, struct ly_conf *conf,
    struct ly_why *why);

/* "10s", "500ms", "5m", "12h", "30d" to milliseconds. LY_ERR_FORMAT. */
int ly_duration_parse(const char *text, int64_t *ms);

#endif
