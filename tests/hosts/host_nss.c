/*
 * NSS, as in Thunderbird, without a database. It is NSS that calls
 * C_Initialize, under a lock of its own: threads cannot race for it.
 */
#include <stdio.h>
#include <string.h>

#include <keyhi.h>
#include <nss.h>
#include <pk11pub.h>
#include <secerr.h>
#include <secmod.h>

#include "host.h"

static SECMODModule *module;

static int
complain(const char *what)
{
	return host_fails(what, (unsigned long)PORT_GetError());
}

static char *
give_pin(PK11SlotInfo *slot, PRBool retry, void *arg)
{
	(void)slot;
	(void)arg;
	return retry ? NULL : PORT_Strdup(host_pin);
}

static int
load(void)
{
	char spec[4096];

	if (!NSS_IsInitialized() && NSS_NoDB_Init(NULL) != SECSuccess)
		return complain("NSS_NoDB_Init");
	PK11_SetPasswordFunc(give_pin);
	(void)snprintf(spec, sizeof(spec), "library=\"%s\" name=Lanyard",
	    host_module);
	module = SECMOD_LoadUserModule(spec, NULL, PR_FALSE);
	if (module == NULL || !module->loaded || module->slotCount < 1)
		return complain("SECMOD_LoadUserModule");
	return 0;
}

static SECKEYPrivateKey *
find(const char *name)
{
	PK11SlotInfo *slot = module->slots[0];
	unsigned char id[64];
	SECItem item = { siBuffer, id, 0 };

	item.len = (unsigned)host_file(name, id, sizeof(id));
	if (PK11_NeedLogin(slot) &&
	    PK11_Authenticate(slot, PR_TRUE, NULL) != SECSuccess)
		return NULL;
	return PK11_FindKeyByKeyID(slot, &item, NULL);
}

static int
decrypts(void)
{
	SECKEYPrivateKey *key = find("rsa.id");
	unsigned char in[512], out[512];
	unsigned n = 0;
	int r = -1;

	if (key == NULL || PK11_PrivDecryptPKCS1(key, out, &n, sizeof(out),
	    in, (unsigned)host_file("cipher", in, sizeof(in))) != SECSuccess)
		(void)complain("decrypting");
	else
		r = host_same("plain", out, n);
	if (key != NULL)
		SECKEY_DestroyPrivateKey(key);
	return r;
}

static int
signs(void)
{
	SECKEYPrivateKey *key = find("signer.id");
	unsigned char in[128], out[512];
	SECItem hash = { siBuffer, in, 0 };
	SECItem sig = { siBuffer, out, sizeof(out) };
	int r = -1;

	hash.len = (unsigned)host_file("digestinfo", in, sizeof(in));
	if (key == NULL || PK11_Sign(key, &sig, &hash) != SECSuccess)
		(void)complain("signing");
	else
		r = host_same("sig", out, sig.len);
	if (key != NULL)
		SECKEY_DestroyPrivateKey(key);
	return r;
}

static int
work(void)
{
	return decrypts() != 0 ? -1 : signs();
}

static int
child(void)
{
	return SECMOD_RestartModules(PR_FALSE) == SECSuccess ? 0 :
	    complain("SECMOD_RestartModules");
}

static int
unload(void)
{
	if (SECMOD_UnloadUserModule(module) != SECSuccess)
		return complain("SECMOD_UnloadUserModule");
	SECMOD_DestroyModule(module);
	module = NULL;
	return 0;
}

static int
finalize(void)
{
	if (unload() != 0)
		return -1;
	return NSS_Shutdown() == SECSuccess ? 0 : complain("NSS_Shutdown");
}

const struct host host = {
	.name = "NSS",
	.load = load,
	.work = work,
	.look = p11_past,
	.look_only = 1,
	.child = child,
	.finalize = finalize,
	.unload = unload
};
