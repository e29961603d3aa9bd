/*
 * Secrets: key bytes, PINs, tokens and plaintext live in struct ly_secret
 * only. Its memory is locked, left out of core files, and wiped on release.
 */
#ifndef LY_SECRET_H
#define LY_SECRET_H

#include <stddef.h>
#include <stdint.h>

#define LY_SECRET_MAX (2 * 1024 * 1024)	/* bytes; a cap, not an allocation */

struct ly_secret {
	uint8_t *data;
	size_t len;	/* bytes in use */
	size_t cap;	/* bytes allocated */
};

#define LY_SECRET_INIT { NULL, 0, 0 }

/*
 * Make s an empty secret that can hold cap bytes (1 .. LY_SECRET_MAX); what
 * it held is wiped. len is 0 afterwards. LY_ERR_NOMEM, LY_ERR_TOOBIG.
 */
int ly_secret_alloc(struct ly_secret *s, size_t cap);

/* Make s a copy of len bytes of data. Same errors; s untouched on failure. */
int ly_secret_set(struct ly_secret *s, const void *data, size_t len);

/*
 * Append len bytes. Never reallocates: LY_ERR_TOOBIG when they do not fit
 * into cap.
 */
int ly_secret_append(struct ly_secret *s, const void *data, size_t len);

/* Move from's bytes into to (whose old bytes are wiped); from is empty then. */
void ly_secret_move(struct ly_secret *to, struct ly_secret *from);

/* Wipe and release. s may be NULL or empty; it is empty afterwards. */
void ly_secret_clear(struct ly_secret *s);

/* 1 if the len bytes are equal, else 0, in time that depends on len alone. */
int ly_memeq(const void *a, const void *b, size_t len);

/* Wipe len bytes in a way the compiler keeps. p may be NULL if len is 0. */
void ly_wipe(void *p, size_t len);

#endif
