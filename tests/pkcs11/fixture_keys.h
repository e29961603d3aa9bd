/* The fixture's keys as the fake driver uses them. */
#ifndef LY_FIXTURE_KEYS_H
#define LY_FIXTURE_KEYS_H

#include <stdint.h>

struct ly_pkey;

/* The private key with that id, or NULL. */
const struct ly_pkey *fx_private(const uint8_t *id);

/* Let another thread run. */
void ly_yield_for_test(void);

#endif
