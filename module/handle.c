/* Handles; see handle.h. Slots are reused in turn, oldest first. */
#include <stdlib.h>
#include <string.h>

#include "err.h"
#include "handle.h"

#define INDEX_BITS 16
#define GEN_MAX ((1u << (LY_HANDLE_BITS - INDEX_BITS)) - 1)

struct ly_handle_slot {
	void *obj;		/* NULL: free */
	uint32_t gen;
	uint32_t next_free;	/* 1 + index, 0 none */
};

#define SEED_STEP 331		/* generations between two tables' first */

void
ly_handles_init(struct ly_handles *t, uint32_t seed)
{
	memset(t, 0, sizeof(*t));
	t->gen0 = seed * SEED_STEP & GEN_MAX;
}

static int
grow(struct ly_handles *t)
{
	struct ly_handle_slot *slot;
	uint32_t cap = t->cap == 0 ? 16 : 2 * t->cap;

	if (t->n == LY_HANDLES_MAX)
		return LY_ERR_TOOBIG;
	if (t->n < t->cap)
		return 0;
	if (cap > LY_HANDLES_MAX)
		cap = LY_HANDLES_MAX;
	if ((slot = realloc(t->slot, cap * sizeof(*slot))) == NULL)
		return LY_ERR_NOMEM;
	memset(slot + t->cap, 0, (cap - t->cap) * sizeof(*slot));
	t->slot = slot;
	for (; t->cap < cap; t->cap++)
		slot[t->cap].gen = t->gen0;
	return 0;
}

int
ly_handles_add(struct ly_handles *t, void *obj, uint32_t *handle)
{
	uint32_t i;
	int r;

	if (t->free_first != 0) {
		i = t->free_first - 1;
		t->free_first = t->slot[i].next_free;
		if (t->free_first == 0)
			t->free_last = 0;
	} else {
		if ((r = grow(t)) != 0)
			return r;
		i = t->n++;
	}
	t->slot[i].obj = obj;
	t->slot[i].next_free = 0;
	*handle = t->slot[i].gen << INDEX_BITS | (i + 1);
	return 0;
}

/* The slot of a live handle, or NULL. */
static struct ly_handle_slot *
slot_of(const struct ly_handles *t, uint64_t handle)
{
	const uint32_t mask = (1u << INDEX_BITS) - 1;
	uint64_t i = handle & mask;

	if (i == 0 || i > t->n || handle >> LY_HANDLE_BITS != 0)
		return NULL;
	if (t->slot[i - 1].obj == NULL ||
	    t->slot[i - 1].gen != handle >> INDEX_BITS)
		return NULL;
	return &t->slot[i - 1];
}

void *
ly_handles_get(const struct ly_handles *t, uint64_t handle)
{
	struct ly_handle_slot *s = slot_of(t, handle);

	return s == NULL ? NULL : s->obj;
}

void *
ly_handles_remove(struct ly_handles *t, uint64_t handle)
{
	struct ly_handle_slot *s = slot_of(t, handle);
	uint32_t i;
	void *obj;

	if (s == NULL)
		return NULL;
	obj = s->obj;
	s->obj = NULL;
	s->gen = (s->gen + 1) & GEN_MAX;
	i = (uint32_t)(s - t->slot) + 1;
	if (t->free_last != 0)
		t->slot[t->free_last - 1].next_free = i;
	else
		t->free_first = i;
	t->free_last = i;
	return obj;
}

void *
ly_handles_next(const struct ly_handles *t, uint32_t *pos, uint32_t *handle)
{
	uint32_t i;

	while (*pos < t->n) {
		i = (*pos)++;
		if (t->slot[i].obj != NULL) {
			*handle = t->slot[i].gen << INDEX_BITS | (i + 1);
			return t->slot[i].obj;
		}
	}
	return NULL;
}

void
ly_handles_clear(struct ly_handles *t)
{
	free(t->slot);
	memset(t, 0, sizeof(*t));
}
