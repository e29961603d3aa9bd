/*
 * p11-kit's proxy and the module itself in one process, as when GnuTLS
 * brings p11-kit into a program that also loads the module. Both work, and
 * neither ends the other.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <dlfcn.h>
#include <stdatomic.h>
#include <unistd.h>

#include "host.h"
#include "p11.h"

static void *_Atomic libs[2];
static CK_FUNCTION_LIST *_Atomic direct, *_Atomic proxy;

static int
load(void)
{
	CK_FUNCTION_LIST *d, *p;
	void *l;

	/* p11-kit does not look into root's own folders. */
	if (getuid() == 0 && setreuid(65534, (uid_t)-1) != 0)
		return host_fails("setreuid", 0);
	if ((d = p11_open(host_module, &l)) == NULL)
		return -1;
	atomic_store(&libs[0], l);
	if ((p = p11_open(P11_KIT_PROXY, &l)) == NULL)
		return -1;
	atomic_store(&libs[1], l);
	atomic_store(&direct, d);
	atomic_store(&proxy, p);
	return p11_initialize(d) != 0 ? -1 : p11_initialize(p);
}

static int
work(void)
{
	return p11_work(atomic_load(&direct)) != 0 ? -1 :
	    p11_work(atomic_load(&proxy));
}

static int
child(void)
{
	return p11_initialize(atomic_load(&direct)) != 0 ? -1 :
	    p11_initialize(atomic_load(&proxy));
}

static int
end(CK_FUNCTION_LIST *f)
{
	CK_RV rv = f->C_Finalize(NULL);

	return rv == CKR_OK || rv == CKR_CRYPTOKI_NOT_INITIALIZED ? 0 :
	    host_fails("C_Finalize", rv);
}

static int
finalize(void)
{
	return end(proxy) != 0 ? -1 : end(direct);
}

static int
unload(void)
{
	if (finalize() != 0)
		return -1;
	return dlclose(libs[1]) == 0 && dlclose(libs[0]) == 0 ? 0 :
	    host_fails("dlclose", 0);
}

/* The proxy ends; whoever was here first does not notice. */
static int
proxy_goes(void)
{
	CK_SESSION_INFO info;
	CK_SESSION_HANDLE s;
	CK_RV rv;

	if ((rv = direct->C_OpenSession(0, CKF_SERIAL_SESSION, NULL, NULL,
	    &s)) != CKR_OK)
		return host_fails("C_OpenSession", rv);
	if (end(proxy) != 0)
		return -1;
	if ((rv = direct->C_GetSessionInfo(s, &info)) != CKR_OK)
		return host_fails("the session that was open", rv);
	return p11_work(direct) != 0 ? -1 : p11_initialize(proxy);
}

/* The first one ends: an error for the proxy, cured by beginning again. */
static int
first_goes(void)
{
	CK_SLOT_ID slots[32];
	CK_SESSION_HANDLE s;
	CK_ULONG n = 32;
	CK_RV rv;

	if (proxy->C_GetSlotList(CK_TRUE, slots, &n) != CKR_OK || n == 0)
		return host_fails("C_GetSlotList", 0);
	if (end(direct) != 0)
		return -1;
	rv = proxy->C_OpenSession(slots[n - 1], CKF_SERIAL_SESSION, NULL,
	    NULL, &s);
	if (rv != CKR_CRYPTOKI_NOT_INITIALIZED)
		return host_fails("C_OpenSession of nothing", rv);
	if (end(proxy) != 0 || p11_initialize(proxy) != 0)
		return -1;
	return p11_work(proxy);
}

static int
twice(void)
{
	CK_RV rv;

	if (load() != 0 || work() != 0)
		return -1;
	rv = direct->C_Initialize(NULL);
	if (rv != CKR_CRYPTOKI_ALREADY_INITIALIZED)
		return host_fails("second C_Initialize", rv);
	return proxy_goes() != 0 || work() != 0 ? -1 : first_goes();
}

const struct host host = {
	.name = "p11-kit",
	.load = load,
	.work = work,
	.child = child,
	.finalize = finalize,
	.unload = unload,
	.race = 1,
	.twice = twice
};
