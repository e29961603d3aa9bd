/* Folders, accounts, catalogues and sessions of the fixture. */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "fixture.h"

#include <stdio.h>
#include <unistd.h>

#include "account.h"
#include "device.h"
#include "err.h"
#include "file.h"
#include "fixture_keys.h"
#include "pkey.h"
#include "secret.h"
#include "wire.h"

static char root[64];

static void
must(int ok)
{
	if (!ok)
		abort();
}

const char *
fx_dir(void)
{
	return root;
}

static void
account_dir(const char *address, char *dir)
{
	char path[LY_PATH_MAX];

	must(ly_path_join(path, root, "accounts") == 0);
	must(ly_path_join(dir, path, address) == 0);
}

void
fx_up(void)
{
	memcpy(root, "/tmp/lanyard-test-XXXXXX", 25);
	must(mkdtemp(root) != NULL);
	must(setenv("HOME", root, 1) == 0);
	must(setenv("XDG_CONFIG_HOME", root, 1) == 0);
	must(setenv("XDG_DATA_HOME", root, 1) == 0);
	must(unsetenv("LANYARD_CONF") == 0);
	memset(&fx_fake, 0, sizeof(fx_fake));
}

void
fx_down(void)
{
	(void)C_Finalize(NULL);
	must(ly_dir_remove(root, NULL) == 0);
}

/* The device file costs a key derivation: one of each sort a process. */
static const struct ly_buf *
device_file(const char *pin)
{
	static struct ly_buf files[2];
	struct ly_buf *b = &files[pin != NULL];
	struct ly_secret s = LY_SECRET_INIT;
	const struct fx_device *d = fx_device();
	struct ly_device_keys keys = { d->auth, d->recv };

	if (b->len != 0)
		return b;
	ly_buf_init(b, LY_DEVICE_FILE_MAX);
	if (pin != NULL)
		must(ly_secret_set(&s, pin, strlen(pin)) == 0);
	must(ly_device_write(&keys, pin != NULL ? &s : NULL, b) == 0);
	ly_secret_clear(&s);
	return b;
}

static void
copy_buf(struct ly_buf *to, const struct ly_buf *from)
{
	ly_buf_init(to, LY_BUF_MAX);
	must(ly_buf_put(to, from->data, from->len) == 0);
}

void
fx_account(const char *address, const char *pin)
{
	const struct ly_buf *device = device_file(pin);
	char path[LY_PATH_MAX];
	struct ly_account a;

	memset(&a, 0, sizeof(a));
	account_dir(address, a.dir);
	must(ly_dir_make(a.dir, NULL) == 0);
	(void)snprintf(a.address, sizeof(a.address), "%s", address);
	(void)snprintf(a.service, sizeof(a.service), "https://127.0.0.1:1");
	(void)snprintf(a.device_id, sizeof(a.device_id), "%064d", 7);
	(void)snprintf(a.label, sizeof(a.label), "Lanyard %.24s", address);
	(void)snprintf(a.serial, sizeof(a.serial), "%08x%08x",
	    (unsigned)strlen(address), (unsigned)address[0]);
	a.unlock = pin != NULL ? LY_UNLOCK_PIN : LY_UNLOCK_NONE;
	copy_buf(&a.issuer, &fx_device()->ca_cert);
	copy_buf(&a.auth_cert, &fx_device()->auth_cert);
	copy_buf(&a.recv_cert, &fx_device()->recv_cert);
	must(ly_path_join(path, a.dir, "device") == 0);
	must(ly_file_replace(path, device->data, device->len, 0600,
	    NULL) == 0);
	must(ly_account_save(&a, NULL) == 0);
	ly_account_clear(&a);
}

void
fx_account_remove(const char *address)
{
	char dir[LY_PATH_MAX];

	account_dir(address, dir);
	must(ly_dir_remove(dir, NULL) == 0);
}

static void
wire_key(struct ly_wire_key *w, enum fx_key k)
{
	memcpy(w->key_id, fx_id(k), sizeof(w->key_id));
	w->use = LY_USE_ALL;
	w->delivery = fx_fake.remote ? LY_REMOTE : LY_CACHED;
	w->state = k == FX_REVOKED ? LY_KEY_REVOKED : k == FX_OLD ?
	    LY_KEY_RETIRED : LY_KEY_CURRENT;
	copy_buf(&w->certs[0], fx_cert(k));
	w->ncerts = 1;
}

void
fx_seal(const char *address, enum fx_key k, int64_t not_after)
{
	const struct fx_device *d = fx_device();
	struct ly_lease lease = { .not_after = not_after };
	struct ly_secret pkcs8 = LY_SECRET_INIT;
	struct ly_buf sealed, cms;
	char path[LY_PATH_MAX], keys[LY_PATH_MAX];
	struct ly_account a;

	account_dir(address, a.dir);
	memcpy(lease.key_id, fx_id(k), sizeof(lease.key_id));
	ly_buf_init(&sealed, LY_SEALED_MAX);
	ly_buf_init(&cms, LY_SEALED_MAX);
	must(ly_pkey_to_der(fx_private(fx_id(k)), &pkcs8) == 0);
	must(ly_seal(&pkcs8, d->recv_cert.data, d->recv_cert.len,
	    &sealed) == 0);
	must(ly_lease_sign(sealed.data, sealed.len, &lease, d->sealer,
	    d->sealer_cert.data, d->sealer_cert.len, &cms) == 0);
	must(ly_path_join(keys, a.dir, "keys") == 0);
	must(ly_dir_make(keys, NULL) == 0);
	must(ly_account_sealed_path(&a, lease.key_id, path) == 0);
	must(ly_file_replace(path, cms.data, cms.len, 0600, NULL) == 0);
	ly_buf_clear(&sealed);
	ly_buf_clear(&cms);
	ly_secret_clear(&pkcs8);
}

void
fx_catalogue(const char *address, uint64_t revision, unsigned mask,
    uint64_t lineage)
{
	struct ly_wire_keys *m = calloc(1, sizeof(*m));
	struct ly_wire_key *keys = calloc(FX_KEYS, sizeof(*keys));
	char dir[LY_PATH_MAX], path[LY_PATH_MAX];
	struct ly_catalogue *old = NULL;
	struct ly_buf file;
	int k;

	must(m != NULL && keys != NULL);
	m->keys = keys;
	m->revision = revision;
	for (k = 0; k < FX_KEYS; k++)
		if (mask & FX_BIT(k))
			wire_key(&keys[m->nkeys++], (enum fx_key)k);
	copy_buf(&m->ca[m->nca++], fx_ca());
	account_dir(address, dir);
	must(ly_path_join(path, dir, "catalogue") == 0);
	if (ly_catalogue_load(dir, &old, NULL) == 0 &&
	    ly_catalogue_lineage(old) != lineage)
		ly_catalogue_unref(&old);
	ly_buf_init(&file, LY_CATALOGUE_MAX);
	must(ly_catalogue_build(old, m, lineage, &file, NULL) == 0);
	must(ly_file_replace(path, file.data, file.len, 0600, NULL) == 0);
	ly_buf_clear(&file);
	ly_catalogue_unref(&old);
	for (k = 0; k < (int)m->nkeys; k++)
		ly_buf_clear(&keys[k].certs[0]);
	ly_buf_clear(&m->ca[0]);
	free(keys);
	free(m);
}

CK_RV
fx_initialize(void)
{
	CK_C_INITIALIZE_ARGS args;
	char params[128];

	memset(&args, 0, sizeof(args));
	(void)snprintf(params, sizeof(params), "data-dir=%s", root);
	args.flags = CKF_OS_LOCKING_OK;
	args.pReserved = params;
	return C_Initialize(&args);
}

void
fx_start(void)
{
	assert_int_equal(fx_initialize(), CKR_OK);
}

CK_SESSION_HANDLE
fx_session(CK_SLOT_ID slot)
{
	CK_SESSION_HANDLE s = 0;

	assert_int_equal(C_OpenSession(slot, CKF_SERIAL_SESSION, NULL, NULL,
	    &s), CKR_OK);
	return s;
}

void
fx_login(CK_SESSION_HANDLE s, const char *pin)
{
	assert_int_equal(C_Login(s, CKU_USER, (CK_UTF8CHAR *)(uintptr_t)pin,
	    strlen(pin)), CKR_OK);
}

CK_SESSION_HANDLE
fx_token(const char *pin)
{
	CK_SESSION_HANDLE s;

	fx_up();
	fx_account(FX_ADDRESS, pin);
	fx_catalogue(FX_ADDRESS, 1, FX_ALL, 77);
	fx_start();
	s = fx_session(0);
	if (pin != NULL)
		fx_login(s, pin);
	return s;
}

CK_ULONG
fx_find(CK_SESSION_HANDLE s, CK_ATTRIBUTE *a, CK_ULONG n,
    CK_OBJECT_HANDLE *h, CK_ULONG max)
{
	CK_OBJECT_HANDLE some[8];
	CK_ULONG got, total = 0, i;

	assert_int_equal(C_FindObjectsInit(s, a, n), CKR_OK);
	do {
		assert_int_equal(C_FindObjects(s, some, 8, &got), CKR_OK);
		for (i = 0; i < got; i++, total++)
			if (total < max)
				h[total] = some[i];
	} while (got == 8);
	assert_int_equal(C_FindObjectsFinal(s), CKR_OK);
	return total;
}

CK_RV
fx_attr(CK_SESSION_HANDLE s, CK_OBJECT_HANDLE o, CK_ATTRIBUTE_TYPE type,
    void *value, CK_ULONG *len)
{
	CK_ATTRIBUTE a = { type, value, *len };
	CK_RV rv = C_GetAttributeValue(s, o, &a, 1);

	*len = a.ulValueLen;
	return rv;
}

int
fx_bool(CK_SESSION_HANDLE s, CK_OBJECT_HANDLE o, CK_ATTRIBUTE_TYPE type)
{
	CK_ULONG len = sizeof(CK_BBOOL);
	CK_BBOOL b = 2;

	assert_int_equal(fx_attr(s, o, type, &b, &len), CKR_OK);
	assert_int_equal(len, sizeof(b));
	assert_in_range(b, 0, 1);
	return b;
}

CK_ULONG
fx_ulong(CK_SESSION_HANDLE s, CK_OBJECT_HANDLE o, CK_ATTRIBUTE_TYPE type)
{
	CK_ULONG v = 0, len = sizeof(v);

	assert_int_equal(fx_attr(s, o, type, &v, &len), CKR_OK);
	assert_int_equal(len, sizeof(v));
	return v;
}

CK_OBJECT_HANDLE
fx_object(CK_SESSION_HANDLE s, CK_OBJECT_CLASS class, enum fx_key k)
{
	const struct ly_buf *cert = fx_cert(k);
	CK_OBJECT_CLASS cert_class = CKO_CERTIFICATE;
	CK_ATTRIBUTE by_value[] = { FX_A(CKA_CLASS, cert_class),
	    { CKA_VALUE, cert->data, cert->len } };
	CK_OBJECT_HANDLE h = 0, found = 0;
	uint8_t id[64];
	CK_ULONG len = sizeof(id);
	CK_ATTRIBUTE by_id[] = { FX_A(CKA_CLASS, class),
	    { CKA_ID, id, 0 } };

	assert_int_equal(fx_find(s, by_value, 2, &h, 1), 1);
	if (class == CKO_CERTIFICATE)
		return h;
	assert_int_equal(fx_attr(s, h, CKA_ID, id, &len), CKR_OK);
	by_id[1].ulValueLen = len;
	assert_int_equal(fx_find(s, by_id, 2, &found, 1), 1);
	return found;
}
