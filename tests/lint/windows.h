/*
 * What configure would put into config.h on Windows, for the syntax check.
 */
#define PACKAGE_NAME "lanyard"
#define PACKAGE_VERSION "0"
#define PACKAGE_STRING "lanyard 0"
