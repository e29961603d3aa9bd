/* Where mail clients keep their NSS databases. */
#ifndef LY_PROFILES_H
#define LY_PROFILES_H

#include <stddef.h>

#include "file.h"

struct ly_why;

#define LY_PROFILES_MAX 64

struct ly_profiles {
	char dir[LY_PROFILES_MAX][LY_PATH_MAX];
	size_t n;
};

/*
 * Add the profile folders that profiles.ini in base lists, and which exist.
 * An absent profiles.ini adds none. LY_ERR_TOOBIG, LY_ERR_PERM, LY_ERR_IO.
 */
int ly_profiles_read(const char *base, struct ly_profiles *p,
    struct ly_why *why);

/* Below the user's home: its path and name, joined. LY_ERR_NOTFOUND. */
int ly_profiles_home(const char *name, char *path, struct ly_why *why);

#endif
