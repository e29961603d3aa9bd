/*
 * Owns the life of a secret: taken from locked memory, never reallocated,
 * wiped before it is released. Refuses anything over LY_SECRET_MAX.
 */
#include <string.h>

#include "compat.h"
#include "err.h"
#include "secret.h"

void
ly_wipe(void *p, size_t len)
{
	if (len == 0)
		return;
	memset(p, 0, len);
	/* The compiler must believe that somebody reads the zeros. */
	__asm__ __volatile__("" : : "r"(p) : "memory");
}

int
ly_memeq(const void *a, const void *b, size_t len)
{
	const volatile uint8_t *x = a, *y = b;
	unsigned diff = 0;
	size_t i;

	for (i = 0; i < len; i++)
		diff |= (unsigned)(x[i] ^ y[i]);
	return (int)(1 & ((diff - 1) >> 8));
}

/* A new secret of cap bytes; s is only written on success. */
static int
secret_new(size_t cap, struct ly_secret *s)
{
	uint8_t *p;

	if (cap == 0)
		return LY_ERR_ARG;
	if (cap > LY_SECRET_MAX)
		return LY_ERR_TOOBIG;
	if ((p = ly_locked_alloc(cap)) == NULL)
		return LY_ERR_NOMEM;
	s->data = p;
	s->len = 0;
	s->cap = cap;
	return 0;
}

int
ly_secret_alloc(struct ly_secret *s, size_t cap)
{
	struct ly_secret new = LY_SECRET_INIT;
	int r;

	if ((r = secret_new(cap, &new)) != 0)
		return r;
	ly_secret_move(s, &new);
	return 0;
}

int
ly_secret_set(struct ly_secret *s, const void *data, size_t len)
{
	struct ly_secret new = LY_SECRET_INIT;
	int r;

	/* An empty secret still has memory: empty is not the same as none. */
	if ((r = secret_new(len > 0 ? len : 1, &new)) != 0)
		return r;
	if (len > 0)
		memcpy(new.data, data, len);
	new.len = len;
	ly_secret_move(s, &new);
	return 0;
}

int
ly_secret_append(struct ly_secret *s, const void *data, size_t len)
{
	if (len > s->cap - s->len)
		return LY_ERR_TOOBIG;
	if (len > 0)
		memcpy(s->data + s->len, data, len);
	s->len += len;
	return 0;
}

void
ly_secret_move(struct ly_secret *to, struct ly_secret *from)
{
	if (to == from)
		return;
	ly_secret_clear(to);
	*to = *from;
	from->data = NULL;
	from->len = 0;
	from->cap = 0;
}

void
ly_secret_clear(struct ly_secret *s)
{
	if (s == NULL)
		return;
	if (s->data != NULL)
		ly_locked_free(s->data, s->cap);
	s->data = NULL;
	s->len = 0;
	s->cap = 0;
}
