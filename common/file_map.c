/*
 * Owns the mapping of files. Refuses to map what could be taken away under
 * the host's feet: a page that cannot be fetched ends the process.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <linux/magic.h>

#include "err.h"
#include "file.h"
#include "file_sys.h"

#define MAP_FROM ((size_t)256 * 1024)	/* bytes; a smaller file is read */
#define XFS_MAGIC 0x58465342
#define ZFS_MAGIC 0x2fc12fc1

/* 1 if the file lies on a disk of this machine, as far as we know. */
static int
is_local(int fd)
{
	static const unsigned long known[] = {
		BTRFS_SUPER_MAGIC, EXT4_SUPER_MAGIC, F2FS_SUPER_MAGIC,
		OVERLAYFS_SUPER_MAGIC, TMPFS_MAGIC, XFS_MAGIC, ZFS_MAGIC
	};
	struct statfs fs;
	size_t i;

	if (fstatfs(fd, &fs) != 0)
		return 0;
	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if ((unsigned long)fs.f_type == known[i])
			return 1;
	return 0;
}

/* 1 if it was mapped; 0 leaves it to be read, and every error to that. */
static int
map(int fd, const struct stat *st, size_t max, struct ly_file_bytes *b)
{
	void *p;

	if (st->st_size < (off_t)MAP_FROM || (uint64_t)st->st_size > max ||
	    !is_local(fd))
		return 0;
	p = mmap(NULL, (size_t)st->st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (p == MAP_FAILED)
		return 0;
	b->data = b->mapped = p;
	b->len = (size_t)st->st_size;
	return 1;
}

int
ly_file_bytes(const char *path, size_t max, enum ly_file_trust trust,
    struct ly_file_bytes *b, struct ly_why *why)
{
	struct stat st;
	int fd, mapped, r;

	memset(b, 0, sizeof(*b));
	ly_buf_init(&b->read, max);
	if ((r = ly_sys_open(path, trust, &st, &fd, why)) != 0)
		return r;
	mapped = map(fd, &st, max, b);
	(void)close(fd);
	if (mapped)
		return 0;
	if ((r = ly_file_read(path, max, trust, &b->read, why)) != 0)
		return r;
	b->data = b->read.data;
	b->len = b->read.len;
	return 0;
}

void
ly_file_bytes_clear(struct ly_file_bytes *b)
{
	if (b->mapped != NULL)
		(void)munmap(b->mapped, b->len);
	ly_buf_clear(&b->read);
	memset(b, 0, sizeof(*b));
}
