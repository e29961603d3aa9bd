/*
 * Bring an account's folder up to date with its service: the catalogue and
 * the sealed keys. Used by "lanyard sync" and by the module after an answer
 * that names a newer revision.
 */
#ifndef LY_SYNC_H
#define LY_SYNC_H

#include <stddef.h>
#include <stdint.h>

struct ly_account;
struct ly_client;
struct ly_why;

struct ly_sync_report {
	uint64_t revision;	/* of the catalogue now on disk */
	size_t keys;		/* keys in it */
	size_t added;		/* keys that are new */
	size_t sealed;		/* sealed keys fetched or renewed */
	size_t removed;		/* sealed keys removed: now remote-only */
};

/*
 * Fetch what changed after the revision on disk, replace the catalogue,
 * and with keys != 0 fetch, renew (when less than half of the lease is
 * left) and remove sealed keys. Holds the account's lock file, waiting at
 * most wait_ms for it: LY_ERR_BUSY. What was written before a failure
 * stays good. Errors of client.h and file.h.
 */
int ly_sync(struct ly_client *c, const struct ly_account *a, int keys,
    int wait_ms, struct ly_sync_report *report, struct ly_why *why);

#endif
