/*
 * Owns folders: making, checking, listing and removing them, and where the
 * user's and the administrator's lie. Removal never follows a symbolic link.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "buf.h"
#include "compat.h"
#include "err.h"
#include "file.h"
#include "file_sys.h"

#define DEPTH_MAX 32		/* folders in folders that we remove */
#define NAMES_MAX 1000000	/* entries of a folder that we list */

int
ly_sys_sync_parent(const char *path, struct ly_why *why)
{
	char dir[LY_PATH_MAX];
	size_t n = strlen(path);
	int fd, r = 0;

	while (n > 1 && path[n - 1] == '/')
		n--;
	while (n > 0 && path[n - 1] != '/')
		n--;
	while (n > 1 && path[n - 1] == '/')
		n--;
	if (n >= LY_PATH_MAX)
		return ly_fail(why, LY_ERR_IO, "%s: path too long", path);
	memcpy(dir, path, n);
	dir[n] = '\0';
	fd = open(n > 0 ? dir : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	/* EINVAL: a file system that cannot; then there is no more to do. */
	if (fd < 0 || (fsync(fd) != 0 && errno != EINVAL))
		r = ly_fail(why, LY_ERR_IO, "%s: cannot sync its folder: %s",
		    path, strerror(errno));
	if (fd >= 0)
		(void)close(fd);
	return r;
}

int
ly_dir_is(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static int
make_one(const char *path, struct ly_why *why)
{
	if (mkdir(path, 0700) == 0)
		return ly_sys_sync_parent(path, why);
	if (errno == EEXIST && ly_dir_is(path))
		return 0;
	return ly_fail(why, LY_ERR_IO, "%s: cannot make this folder: %s",
	    path, strerror(errno));
}

int
ly_dir_make(const char *path, struct ly_why *why)
{
	char part[LY_PATH_MAX];
	const size_t len = strlen(path);
	size_t i;
	int r;

	if (len == 0 || len >= LY_PATH_MAX)
		return ly_fail(why, LY_ERR_IO, "%s: not a usable path", path);
	if (ly_dir_is(path))
		return 0;
	memcpy(part, path, len + 1);
	for (i = 1; i < len; i++) {
		if (part[i] != '/' || part[i - 1] == '/')
			continue;
		part[i] = '\0';
		if ((r = make_one(part, why)) != 0)
			return r;
		part[i] = '/';
	}
	return make_one(part, why);
}

int
ly_dir_check(const char *path, struct ly_why *why)
{
	struct stat st;

	if (stat(path, &st) != 0)
		return ly_sys_why(why, path, "look at this folder");
	if (!S_ISDIR(st.st_mode))
		return ly_fail(why, LY_ERR_NOTFOUND, "%s: not a folder",
		    path);
	return ly_sys_trust(path, &st, 022, why);
}

/* Names of a folder's entries: a buffer of pointers, each string ours. */
struct names {
	struct ly_buf v;
	size_t n;
};

static void
names_init(struct names *names)
{
	ly_buf_init(&names->v, NAMES_MAX * sizeof(char *));
	names->n = 0;
}

static char **
names_get(const struct names *names)
{
	return (char **)(void *)names->v.data;
}

static void
names_clear(struct names *names)
{
	while (names->n > 0)
		free(names_get(names)[--names->n]);
	ly_buf_clear(&names->v);
}

static int
names_add(struct names *names, const char *name)
{
	char *copy;
	int r;

	if ((copy = strdup(name)) == NULL)
		return LY_ERR_NOMEM;
	if ((r = ly_buf_put(&names->v, &copy, sizeof(copy))) != 0) {
		free(copy);
		return r;
	}
	names->n++;
	return 0;
}

static int
names_cmp(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int
is_dots(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* All names of an open folder; errno is only set by a failing readdir. */
static int
names_read(DIR *d, struct names *names)
{
	struct dirent *e;
	int r;

	for (;;) {
		errno = 0;
		if ((e = readdir(d)) == NULL)
			return errno == 0 ? 0 : LY_ERR_IO;
		if (is_dots(e->d_name))
			continue;
		if ((r = names_add(names, e->d_name)) != 0)
			return r;
	}
}

int
ly_dir_each(const char *path, int (*fn)(void *arg, const char *name),
    void *arg)
{
	struct names names;
	DIR *d = NULL;
	size_t i;
	int r;

	names_init(&names);
	if ((d = opendir(path)) == NULL)
		return ly_sys_why(NULL, path, "list");
	if ((r = names_read(d, &names)) != 0)
		goto out;
	if (names.n > 0)
		qsort(names.v.data, names.n, sizeof(char *), names_cmp);
	for (i = 0; i < names.n && r == 0; i++)
		r = fn(arg, names_get(&names)[i]);
out:
	(void)closedir(d);
	names_clear(&names);
	return r;
}

static int remove_below(int fd, unsigned depth);

/* Remove one entry of the folder dir: 0, or -1 with errno. */
static int
remove_entry(int dir, const char *name, unsigned depth)
{
	int fd;

	if (unlinkat(dir, name, 0) == 0 || errno == ENOENT)
		return 0;
	if (errno != EISDIR && errno != EPERM)
		return -1;
	fd = openat(dir, name,
	    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -1;
	if (remove_below(fd, depth + 1) != 0)
		return -1;
	return unlinkat(dir, name, AT_REMOVEDIR);
}

/* Empty the folder fd, which is closed: 0, or -1 with errno. */
static int
remove_below(int fd, unsigned depth)
{
	struct names names;
	DIR *d = NULL;
	size_t i;
	int e = 0;

	names_init(&names);
	if (depth > DEPTH_MAX || (d = fdopendir(fd)) == NULL) {
		e = depth > DEPTH_MAX ? ELOOP : errno;
		(void)close(fd);
	} else if (names_read(d, &names) != 0) {
		e = errno != 0 ? errno : ENOMEM;
	}
	for (i = 0; i < names.n && e == 0; i++)
		if (remove_entry(dirfd(d), names_get(&names)[i], depth) != 0)
			e = errno;
	if (d != NULL)
		(void)closedir(d);
	names_clear(&names);
	errno = e;
	return e == 0 ? 0 : -1;
}

int
ly_dir_remove(const char *path, struct ly_why *why)
{
	int fd;

	fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT)
		return 0;
	if (fd < 0 || remove_below(fd, 0) != 0 || rmdir(path) != 0)
		return ly_fail(why, LY_ERR_IO, "%s: cannot remove: %s", path,
		    strerror(errno));
	return ly_sys_sync_parent(path, why);
}

/* $var/lanyard, or $HOME/fallback/lanyard; relative values do not count. */
static int
user_dir(const char *var, const char *fallback, char *path)
{
	const char *v = ly_getenv(var);
	char base[LY_PATH_MAX];

	if (v != NULL && v[0] == '/')
		return ly_path_join(path, v, "lanyard");
	if ((v = ly_getenv("HOME")) == NULL || v[0] != '/')
		return LY_ERR_NOTFOUND;
	if (ly_path_join(base, v, fallback) != 0)
		return LY_ERR_TOOBIG;
	return ly_path_join(path, base, "lanyard");
}

int
ly_dir_user_config(char *path)
{
	return user_dir("XDG_CONFIG_HOME", ".config", path);
}

int
ly_dir_user_data(char *path)
{
	return user_dir("XDG_DATA_HOME", ".local/share", path);
}

const char *
ly_dir_system_config(void)
{
	return LY_SYSCONFDIR "/lanyard";
}
