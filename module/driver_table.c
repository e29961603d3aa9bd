/* The drivers of the module, in the order of trying; see driver.h. */
#include "driver.h"

const struct ly_driver *const ly_driver_table[] = {
	&ly_driver_cached,
	&ly_driver_remote,
	NULL
};
