/* The plainest host: dlopen, C_GetFunctionList, C_*. */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <dlfcn.h>
#include <stdatomic.h>

#include "host.h"
#include "p11.h"

static void *_Atomic lib;
static CK_FUNCTION_LIST *_Atomic f;

static int
load(void)
{
	CK_FUNCTION_LIST *list;
	void *l;

	if ((list = p11_open(host_module, &l)) == NULL)
		return -1;
	atomic_store(&lib, l);
	atomic_store(&f, list);
	return p11_initialize(list);
}

static int
work(void)
{
	return p11_work(atomic_load(&f));
}

static int
look(void)
{
	return p11_look(atomic_load(&f));
}

static int
child(void)
{
	return p11_initialize(atomic_load(&f));
}

static int
finalize(void)
{
	CK_RV rv = atomic_load(&f)->C_Finalize(NULL);

	return rv == CKR_OK ? 0 : host_fails("C_Finalize", rv);
}

/* Every other time the module is dropped without C_Finalize. */
static int
unload(void)
{
	static int n;

	if (n++ % 2 == 0 && finalize() != 0)
		return -1;
	return dlclose(atomic_load(&lib)) == 0 ? 0 :
	    host_fails("dlclose", 0);
}

const struct host host = {
	.name = "plain",
	.load = load,
	.work = work,
	.look = look,
	.child = child,
	.finalize = finalize,
	.unload = unload,
	.race = 1
};
