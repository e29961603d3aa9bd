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

/* A program, and below HOME where it keeps its profiles. */
struct ly_program {
	const char *name;
	const char *bases[2];	/* folders with a profiles.ini */
	const char *boxes[2];	/* of a Flatpak, of a Snap */
};

extern const struct ly_program ly_program_thunderbird, ly_program_firefox;

/* Add all profiles of a program; errors as ly_profiles_read. */
int ly_profiles_find(const struct ly_program *program, struct ly_profiles *p,
    struct ly_why *why);

/*
 * The user's own NSS database: 0 ~/.pki/nssdb, 1 where newer programs of
 * GNOME put it. LY_ERR_NOTFOUND without a home; it need not be there.
 */
int ly_profiles_nssdb(int newer, char *path, struct ly_why *why);

/*
 * Add the profile folders that profiles.ini in base lists, and which exist.
 * An absent profiles.ini adds none. LY_ERR_TOOBIG, LY_ERR_PERM, LY_ERR_IO.
 */
int ly_profiles_read(const char *base, struct ly_profiles *p,
    struct ly_why *why);

/* Below the user's home: its path and name, joined. LY_ERR_NOTFOUND. */
int ly_profiles_home(const char *name, char *path, struct ly_why *why);

#endif
