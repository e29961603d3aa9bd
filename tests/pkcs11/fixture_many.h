/* Tokens with any number of keys that nobody has, for sizes and costs. */
#ifndef LY_FIXTURE_MANY_H
#define LY_FIXTURE_MANY_H

#include <stddef.h>

/*
 * Write the catalogue of an account of the fixture: n RSA-2048 keys, each
 * with one S/MIME certificate of its own name, serial number and time, and
 * the authority that issued them. Each modulus is a number that was drawn.
 */
void fx_many(const char *address, size_t n);

#endif
