/* The fake driver alone. */
#include "fixture.h"

#include "driver.h"
#include "fixture_keys.h"

const struct ly_driver *const ly_driver_table[] = { &fx_driver, NULL };
