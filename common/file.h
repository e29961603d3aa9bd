/*
 * Files: the only place that opens, locks, replaces or lists them, and that
 * joins paths. All reads have a cap; all replacements are write, fsync,
 * rename, fsync of the folder, so that a reader or a crash sees the old
 * file or the new one, never a mixture.
 */
#ifndef LY_FILE_H
#define LY_FILE_H

#include <stddef.h>
#include <stdint.h>

#include "buf.h"

struct ly_secret;
struct ly_why;

#define LY_PATH_MAX 4096	/* bytes with the NUL */

/* How careful a read is about who else could touch the file. */
enum ly_file_trust {
	LY_FILE_ANY,		/* certificates, PKCS#12 from the user */
	LY_FILE_OWNED,		/* ours or root's, not group/world writable */
	LY_FILE_PRIVATE		/* ours, and 0600 or stricter: key files */
};

/* What is compared to notice that a file was replaced; all zero = absent. */
struct ly_file_stamp {
	uint64_t dev, ino, size;
	int64_t mtime_ns;
};

/*
 * Join dir and name into path (LY_PATH_MAX bytes). LY_ERR_TOOBIG if it does
 * not fit.
 */
int ly_path_join(char *path, const char *dir, const char *name);

/*
 * Write a path that a user gave into path (LY_PATH_MAX bytes): absolute, or
 * "~/..." for one below $HOME. Never relative to the working folder, which
 * is the host's: LY_ERR_FORMAT. LY_ERR_NOTFOUND without a home,
 * LY_ERR_TOOBIG.
 */
int ly_path_expand(const char *given, char *path);

/*
 * Read a whole regular file of at most max bytes into b (cleared first,
 * and its cap raised to max if it is lower).
 * LY_ERR_NOTFOUND, LY_ERR_PERM (why names owner or mode, and the chmod or
 * chown that cures it), LY_ERR_TOOBIG, LY_ERR_IO, LY_ERR_NOMEM.
 */
int ly_file_read(const char *path, size_t max, enum ly_file_trust trust,
    struct ly_buf *b, struct ly_why *why);

/* The bytes of a file, mapped or read: its user need not know which. */
struct ly_file_bytes {
	const uint8_t *data;
	size_t len;
	struct ly_buf read;	/* owns them when they were read */
	void *mapped;		/* or they are mapped here; else NULL */
};

/*
 * The same for a file that is only ever replaced, never written in place: a
 * large one on a local disk is mapped, which costs nothing for what is not
 * looked at, and one copy for all processes. Over a network a page can get
 * lost, and the host with it; so such a file is read. b is overwritten.
 */
int ly_file_bytes(const char *path, size_t max, enum ly_file_trust trust,
    struct ly_file_bytes *b, struct ly_why *why);
void ly_file_bytes_clear(struct ly_file_bytes *b);

/* The same as ly_file_read, into locked memory. */
int ly_file_read_secret(const char *path, size_t max,
    enum ly_file_trust trust, struct ly_secret *s, struct ly_why *why);

/*
 * Replace path by len bytes with the given mode (0600, 0644), atomically
 * and durably. The temporary file is removed on failure. LY_ERR_IO.
 */
int ly_file_replace(const char *path, const void *data, size_t len,
    unsigned mode, struct ly_why *why);

/* The same, but LY_ERR_EXISTS if path is there already (also durable). */
int ly_file_create(const char *path, const void *data, size_t len,
    unsigned mode, struct ly_why *why);

/*
 * Append len bytes to path, made 0600 when absent. Opened for each call, so
 * that no descriptor of ours lives in the host. Not durable: for the log.
 * LY_ERR_IO, LY_ERR_PERM, LY_ERR_NOTFOUND.
 */
int ly_file_append(const char *path, const void *data, size_t len,
    struct ly_why *why);

/* Remove a file; one that is absent is a success. */
int ly_file_remove(const char *path, struct ly_why *why);

/* Rename a file or folder and make that durable. */
int ly_file_rename(const char *from, const char *to, struct ly_why *why);

/*
 * 0 and the stamp if path is there, LY_ERR_NOTFOUND if not, LY_ERR_IO. One
 * system call, no open: cheap enough for every second.
 */
int ly_file_stat(const char *path, struct ly_file_stamp *stamp);

/* 1 if path is a folder, else 0. */
int ly_dir_is(const char *path);

/* Make a folder of mode 0700 with its missing parents; there already is 0. */
int ly_dir_make(const char *path, struct ly_why *why);

/*
 * Check that a folder of ours is owned by us (or root) and not writable by
 * others. LY_ERR_PERM with the cure in why, LY_ERR_NOTFOUND.
 */
int ly_dir_check(const char *path, struct ly_why *why);

/*
 * Call fn(arg, name) for each entry but "." and "..", in byte order of the
 * names; stops at the first non-zero return and returns it.
 * LY_ERR_NOTFOUND, LY_ERR_IO.
 */
int ly_dir_each(const char *path, int (*fn)(void *arg, const char *name),
    void *arg);

/* Remove a folder and all below it; never follows a symbolic link. */
int ly_dir_remove(const char *path, struct ly_why *why);

/*
 * Take the exclusive lock that the lock file path stands for (made when
 * absent), waiting at most wait_ms milliseconds: LY_ERR_BUSY after that.
 * *lock is released by ly_file_unlock, and by the end of the process.
 */
struct ly_file_lock;
int ly_file_lock(const char *path, int wait_ms, struct ly_file_lock **lock,
    struct ly_why *why);
void ly_file_unlock(struct ly_file_lock **lock);

/*
 * The user's configuration and data folders for Lanyard
 * (XDG Base Directory Specification: $XDG_CONFIG_HOME/lanyard,
 * $XDG_DATA_HOME/lanyard, with their defaults below $HOME) and the
 * administrator's (/etc/lanyard). LY_ERR_NOTFOUND without a home.
 */
int ly_dir_user_config(char *path);
int ly_dir_user_data(char *path);
const char *ly_dir_system_config(void);

#endif
