/*
 * Helpers of the catalogue's writer: a hash map of a fixed size and an
 * arena. Both exist so that thousands of keys cost no quadratic search.
 */
#include <stdlib.h>
#include <string.h>

#include "catalogue_impl.h"
#include "err.h"

struct ly_cat_slot {
	uint64_t hash;
	uint32_t value;
	uint32_t used;
};

int
ly_cat_map_init(struct ly_cat_map *m, size_t n)
{
	size_t cap = 16;

	while (cap < 2 * n)
		cap *= 2;
	if ((m->slots = calloc(cap, sizeof(*m->slots))) == NULL)
		return LY_ERR_NOMEM;
	m->cap = cap;
	m->n = 0;
	return 0;
}

void
ly_cat_map_clear(struct ly_cat_map *m)
{
	free(m->slots);
	memset(m, 0, sizeof(*m));
}

int
ly_cat_map_put(struct ly_cat_map *m, uint64_t hash, uint32_t value)
{
	size_t i;

	if (m->n >= m->cap / 2)
		return LY_ERR_TOOBIG;
	for (i = (size_t)hash & (m->cap - 1); m->slots[i].used;
	    i = (i + 1) & (m->cap - 1))
		continue;
	m->slots[i] = (struct ly_cat_slot){ hash, value, 1 };
	m->n++;
	return 0;
}

int
ly_cat_map_set(struct ly_cat_map *m, uint64_t hash, uint32_t value)
{
	const size_t mask = m->cap - 1;
	size_t i;

	for (i = (size_t)hash & mask; m->slots[i].used; i = (i + 1) & mask) {
		if (m->slots[i].hash != hash)
			continue;
		m->slots[i].value = value;
		return 0;
	}
	return ly_cat_map_put(m, hash, value);
}

int
ly_cat_map_get(const struct ly_cat_map *m, uint64_t hash, size_t *pos,
    uint32_t *value)
{
	const struct ly_cat_slot *s;

	while (*pos < m->cap) {
		s = &m->slots[((size_t)hash + *pos) & (m->cap - 1)];
		if (!s->used)
			return 0;
		++*pos;
		if (s->hash != hash)
			continue;
		*value = s->value;
		return 1;
	}
	return 0;
}

#define BLOCK_SIZE 65536
#define KEEP_MAX 4096

struct ly_cat_block {
	struct ly_cat_block *next;
	size_t used;
	uint8_t bytes[BLOCK_SIZE];
};

const uint8_t *
ly_cat_keep(struct ly_cat_arena *a, const void *p, size_t len)
{
	struct ly_cat_block *b = a->head;
	uint8_t *dst;

	if (len > KEEP_MAX)
		return NULL;
	if (b == NULL || BLOCK_SIZE - b->used < len) {
		if ((b = malloc(sizeof(*b))) == NULL)
			return NULL;
		b->next = a->head;
		b->used = 0;
		a->head = b;
	}
	dst = b->bytes + b->used;
	if (len > 0)
		memcpy(dst, p, len);
	b->used += len;
	return dst;
}

void
ly_cat_arena_clear(struct ly_cat_arena *a)
{
	struct ly_cat_block *b;

	while ((b = a->head) != NULL) {
		a->head = b->next;
		free(b);
	}
}
