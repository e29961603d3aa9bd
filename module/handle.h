/*
 * A table of handles: numbers that never are pointers, looked up in
 * constant time. A handle is an index and a generation, so that one that
 * was closed is not mistaken for its successor. Not locked: the owner is.
 */
#ifndef LY_HANDLE_H
#define LY_HANDLE_H

#include <stddef.h>
#include <stdint.h>

#define LY_HANDLES_MAX 65535	/* live ones in a table */
#define LY_HANDLE_BITS 30	/* a handle is below 2^30, and never 0 */

struct ly_handle_slot;

struct ly_handles {
	struct ly_handle_slot *slot;
	uint32_t n;		/* slots ever used */
	uint32_t cap;
	uint32_t free_first, free_last;	/* queue of free slots; 0 none */
	uint32_t gen0;		/* generation that slots begin with */
};

/*
 * An empty table, the seed-th of its sort: its first handles are not those
 * of the tables before.
 */
void ly_handles_init(struct ly_handles *t, uint32_t seed);

/* Give obj a handle. LY_ERR_NOMEM, LY_ERR_TOOBIG. */
int ly_handles_add(struct ly_handles *t, void *obj, uint32_t *handle);

/* What a handle stands for, or NULL. */
void *ly_handles_get(const struct ly_handles *t, uint64_t handle);

/* Forget a handle; gives what it stood for, or NULL. */
void *ly_handles_remove(struct ly_handles *t, uint64_t handle);

/* The next object from position *pos (0 at first), or NULL at the end. */
void *ly_handles_next(const struct ly_handles *t, uint32_t *pos,
    uint32_t *handle);

/* Release the table, not the objects. */
void ly_handles_clear(struct ly_handles *t);

#endif
