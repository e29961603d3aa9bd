/* The fixture's keys as the fake driver uses them. */
#ifndef LY_FIXTURE_KEYS_H
#define LY_FIXTURE_KEYS_H

#include <stdint.h>

#include "buf.h"

struct ly_driver;
struct ly_pkey;

/* The fake driver; the same, whose results are kept. */
extern const struct ly_driver fx_driver;
extern const struct ly_driver fx_far_driver;

/* The private key with that id, or NULL. */
const struct ly_pkey *fx_private(const uint8_t *id);

/* The device's keys and certificates, and the service's sealer. */
struct fx_device {
	struct ly_pkey *ca, *sealer, *auth, *recv;
	struct ly_buf ca_cert, sealer_cert, auth_cert, recv_cert;
};
const struct fx_device *fx_device(void);

/* Let another thread run. */
void ly_yield_for_test(void);

#endif
