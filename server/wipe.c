/*
 * The JSON library's memory: requests hold enrolment codes and data to be
 * signed, so what it releases is wiped. Each block is preceded by its size.
 */
#include <jansson.h>
#include <stddef.h>
#include <stdlib.h>

#include "secret.h"
#include "wipe.h"

union head {
	size_t len;
	max_align_t align;
};

static void *
wiping_malloc(size_t len)
{
	union head *h;

	if (len > SIZE_MAX - sizeof(*h))
		return NULL;
	if ((h = malloc(sizeof(*h) + len)) == NULL)
		return NULL;
	h->len = len;
	return h + 1;
}

static void
wiping_free(void *p)
{
	union head *h = p;

	if (p == NULL)
		return;
	h--;
	ly_wipe(p, h->len);
	free(h);
}

void
ly_wipe_heap(void)
{
	json_set_alloc_funcs(wiping_malloc, wiping_free);
}
