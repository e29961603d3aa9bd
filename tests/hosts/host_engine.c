/*
 * libp11's engine, made the default for everything as "openssl -engine
 * pkcs11" does: OpenSSL calls of the module's own are turned on it as well.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <pthread.h>
#include <stdatomic.h>

#include <openssl/engine.h>

#include "host.h"
#include "host_evp.h"

static ENGINE *_Atomic shared;

/* libp11 0.4.12 crashes when threads load keys at once; they use them so. */
static pthread_mutex_t loading = PTHREAD_MUTEX_INITIALIZER;

static int
load_engine(void)
{
	ENGINE *e;

	ENGINE_load_builtin_engines();
	if ((e = ENGINE_by_id("pkcs11")) == NULL ||
	    ENGINE_ctrl_cmd_string(e, "MODULE_PATH", host_module, 0) != 1 ||
	    (*host_pin != '\0' &&
	    ENGINE_ctrl_cmd_string(e, "PIN", host_pin, 0) != 1) ||
	    ENGINE_init(e) != 1 ||
	    ENGINE_set_default(e, ENGINE_METHOD_ALL) != 1)
		return evp_fails("engine");
	atomic_store(&shared, e);
	return 0;
}

/*
 * OpenSSL's own loading of engines is not for more threads than one, and a
 * second MODULE_PATH would free the path that a thread is loading from.
 */
static int
load(void)
{
	int r = 0;

	(void)pthread_mutex_lock(&loading);
	if (atomic_load(&shared) == NULL)
		r = load_engine();
	(void)pthread_mutex_unlock(&loading);
	return r;
}

static EVP_PKEY *
key(const char *uri)
{
	EVP_PKEY *k;

	(void)pthread_mutex_lock(&loading);
	k = ENGINE_load_private_key(atomic_load(&shared), uri, NULL, NULL);
	(void)pthread_mutex_unlock(&loading);
	return k;
}

static int
work(void)
{
	return evp_work(NULL, key);
}

/* libp11 sees by itself that it is in a child. */
static int
child(void)
{
	return 0;
}

/* The engine is no longer the default, and its library can go. */
static int
unload(void)
{
	ENGINE *e = atomic_load(&shared);

	ENGINE_unregister_RSA(e);
	ENGINE_unregister_DSA(e);
	ENGINE_unregister_DH(e);
	ENGINE_unregister_EC(e);
	ENGINE_unregister_RAND(e);
	ENGINE_unregister_ciphers(e);
	ENGINE_unregister_digests(e);
	ENGINE_unregister_pkey_meths(e);
	ENGINE_unregister_pkey_asn1_meths(e);
	atomic_store(&shared, NULL);
	if (ENGINE_finish(e) != 1 || ENGINE_free(e) != 1)
		return host_fails("ENGINE_finish", 0);
	return 0;
}

const struct host host = {
	.name = "engine",
	.load = load,
	.work = work,
	.look = p11_past,
	.look_only = 1,
	.child = child,
	.finalize = evp_finalize,
	.unload = unload,
	.race = 1
};
