/*
 * pkcs11-provider, by the file that "lanyard register openssl" writes, whose
 * name is in $PROVIDER_CONF. Each load is a library context of its own, so
 * that contexts race for the module and go with it.
 */
#include <stdatomic.h>
#include <stdlib.h>

#include <openssl/provider.h>
#include <openssl/store.h>

#include "host.h"
#include "host_evp.h"

static OSSL_LIB_CTX *_Atomic shared;
static _Thread_local OSSL_LIB_CTX *mine;	/* of a thread that races */

static int
load(void)
{
	const char *conf = getenv("PROVIDER_CONF");
	OSSL_LIB_CTX *ctx = OSSL_LIB_CTX_new();

	if (ctx == NULL || conf == NULL ||
	    OSSL_LIB_CTX_load_config(ctx, conf) != 1 ||
	    OSSL_PROVIDER_available(ctx, "pkcs11") != 1)
		return evp_fails("pkcs11-provider");
	mine = ctx;
	atomic_store(&shared, ctx);
	return 0;
}

static OSSL_LIB_CTX *
context(void)
{
	return mine != NULL ? mine : atomic_load(&shared);
}

static EVP_PKEY *
key(const char *uri)
{
	OSSL_STORE_CTX *s = OSSL_STORE_open_ex(uri, context(), NULL, NULL,
	    NULL, NULL, NULL, NULL);
	OSSL_STORE_INFO *info;
	EVP_PKEY *k = NULL;

	if (s == NULL || OSSL_STORE_expect(s, OSSL_STORE_INFO_PKEY) != 1)
		goto out;
	while (k == NULL && !OSSL_STORE_eof(s)) {
		if ((info = OSSL_STORE_load(s)) == NULL)
			break;
		k = OSSL_STORE_INFO_get1_PKEY(info);
		OSSL_STORE_INFO_free(info);
	}
out:
	(void)OSSL_STORE_close(s);
	return k;
}

static int
work(void)
{
	return evp_work(context(), key);
}

/* The provider sees by itself that it is in a child. */
static int
child(void)
{
	return 0;
}

static int
unload(void)
{
	OSSL_LIB_CTX_free(atomic_exchange(&shared, NULL));
	mine = NULL;
	return 0;
}

const struct host host = {
	.name = "provider",
	.load = load,
	.work = work,
	.look = p11_past,
	.look_only = 1,
	.child = child,
	.finalize = evp_finalize,
	.unload = unload,
	.race = 1
};
