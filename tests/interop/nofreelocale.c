/*
 * Preloaded into GnuTLS's tools beside the sanitizer's library: p11-kit frees
 * its locale in a destructor, where glibc's lock, with that library in the
 * process, is never released again. So it is not freed. With SoftHSM the same.
 */
#include <locale.h>

void freelocale(locale_t locale);

__attribute__((visibility("default"))) void
freelocale(locale_t locale)
{
	(void)locale;
}
