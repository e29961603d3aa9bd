/*
 * What the files behind file.h share among themselves, and nobody else:
 * sentences for failed system calls, trust in owner and mode, durability.
 */
#ifndef LY_FILE_SYS_H
#define LY_FILE_SYS_H

#include <sys/types.h>

#include "err.h"
#include "file.h"

struct stat;

#define LY_SYS_QUOTED (4 * LY_PATH_MAX + 3)	/* bytes with the NUL */

/*
 * Fill why with "PATH: cannot WHAT: reason of errno" and return
 * LY_ERR_NOTFOUND, LY_ERR_NOMEM or LY_ERR_IO.
 */
int ly_sys_why(struct ly_why *why, const char *path, const char *what);

/*
 * Write path into out (LY_SYS_QUOTED bytes) so that a shell takes it as one
 * word.
 */
void ly_sys_quote(const char *path, char *out);

/*
 * 0 if the file belongs to us or root and has none of the forbidden mode
 * bits (022 or 077), else LY_ERR_PERM with the cure in why.
 */
int ly_sys_trust(const char *path, const struct stat *st, mode_t forbidden,
    struct ly_why *why);

/*
 * Open for reading what passes as a regular file under the trust rule; *st
 * is what it is. The caller closes *fd. LY_ERR_NOTFOUND, LY_ERR_PERM,
 * LY_ERR_IO.
 */
int ly_sys_open(const char *path, enum ly_file_trust trust, struct stat *st,
    int *fd, struct ly_why *why);

/* fsync the folder that path lies in. LY_ERR_IO. */
int ly_sys_sync_parent(const char *path, struct ly_why *why);

#endif
