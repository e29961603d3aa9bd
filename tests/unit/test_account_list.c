/*
 * account_list.c: which folders are accounts, and the device file and the
 * sealed keys that lie in one, good, wrong and damaged.
 */
#include "unit.h"

#include "account.h"
#include "cert.h"
#include "compat.h"
#include "conf.h"
#include "pkey.h"
#include "secret.h"

static char names[LY_ACCOUNTS_MAX][LY_ADDRESS_MAX];

static void
conf_of(struct scratch *s, struct ly_conf *conf)
{
	ly_conf_init(conf);
	memcpy(conf->data_dir, s->dir, sizeof(conf->data_dir));
}

/* A folder below accounts/, with an account file or without. */
static void
folder(struct scratch *s, const char *name, int file)
{
	char path[LY_PATH_MAX];

	(void)snprintf(path, sizeof(path), "accounts/%s", name);
	assert_int_equal(ly_dir_make(scratch_path(s, path), NULL), 0);
	(void)snprintf(path, sizeof(path), "accounts/%s/account", name);
	if (file)
		scratch_write(s, path, "not even INI", 0600);
}

static void
test_finished_accounts_only(void **state)
{
	struct scratch *s = *state;
	struct ly_conf conf;
	size_t n = 99;

	conf_of(s, &conf);
	assert_int_equal(ly_account_list(&conf, names, &n, NULL), 0);
	assert_int_equal(n, 0);
	folder(s, "b@example.com", 1);
	folder(s, "a@example.com", 1);
	folder(s, "c@example.com.new", 1);
	folder(s, "d@example.com", 0);
	folder(s, "Upper@example.com", 1);
	folder(s, ".hidden@example.com", 1);
	folder(s, "noaddress", 1);
	scratch_write(s, "accounts/e@example.com", "a file", 0600);
	assert_int_equal(ly_account_list(&conf, names, &n, NULL), 0);
	assert_int_equal(n, 2);
	assert_string_equal(names[0], "a@example.com");
	assert_string_equal(names[1], "b@example.com");
	(void)snprintf(conf.account, sizeof(conf.account), "b@example.com");
	assert_int_equal(ly_account_list(&conf, names, &n, NULL), 0);
	assert_int_equal(n, 1);
	assert_string_equal(names[0], "b@example.com");
	conf.data_dir[0] = '\0';
	assert_int_equal(ly_account_list(&conf, names, &n, NULL), 0);
	assert_int_equal(n, 0);
}

static void
test_no_more_than_there_are_slots(void **state)
{
	struct scratch *s = *state;
	struct ly_conf conf;
	char name[32];
	size_t i, n = 0;

	conf_of(s, &conf);
	for (i = 0; i < LY_ACCOUNTS_MAX + 5; i++) {
		(void)snprintf(name, sizeof(name), "u%02zu@example.com", i);
		folder(s, name, 1);
	}
	assert_int_equal(ly_account_list(&conf, names, &n, NULL), 0);
	assert_int_equal(n, LY_ACCOUNTS_MAX);
	assert_string_equal(names[LY_ACCOUNTS_MAX - 1], "u15@example.com");
}

/* An account with its keys, a CA, and a sealer of that CA. */
struct fixture {
	struct ly_account a;
	struct ly_device_keys keys;
	struct ly_pkey *ca_key, *sealer;
	struct ly_buf sealer_cert;
};

static void
spki_of(const struct ly_pkey *key, struct ly_buf *spki)
{
	ly_buf_init(spki, 1000);
	assert_int_equal(ly_pkey_spki(key, spki), 0);
}

static void
issue(const struct fixture *f, enum ly_cert_kind kind,
    const struct ly_pkey *key, struct ly_buf *out)
{
	const struct ly_buf *ca = &f->a.issuer;
	struct ly_buf spki;

	spki_of(key, &spki);
	ly_buf_init(out, LY_CERT_MAX);
	assert_int_equal(ly_cert_issue(kind, f->ca_key,
	    kind == LY_CERT_CA ? NULL : ca->data,
	    kind == LY_CERT_CA ? 0 : ca->len, "unit", spki.data, spki.len,
	    ly_time() + 86400, out), 0);
	ly_buf_clear(&spki);
}

static void
fixture_make(struct fixture *f, struct scratch *s)
{
	memset(f, 0, sizeof(*f));
	memcpy(f->a.dir, s->dir, sizeof(f->a.dir));
	assert_int_equal(ly_pkey_generate_p256(&f->ca_key), 0);
	assert_int_equal(ly_pkey_generate_p256(&f->sealer), 0);
	assert_int_equal(ly_pkey_generate_p256(&f->keys.auth), 0);
	assert_int_equal(ly_pkey_generate_p256(&f->keys.recv), 0);
	issue(f, LY_CERT_CA, f->ca_key, &f->a.issuer);
	issue(f, LY_CERT_SEALER, f->sealer, &f->sealer_cert);
	issue(f, LY_CERT_DEVICE_RECV, f->keys.recv, &f->a.recv_cert);
	assert_int_equal(ly_dir_make(scratch_path(s, "keys"), NULL), 0);
}

static void
fixture_clear(struct fixture *f)
{
	ly_account_clear(&f->a);
	ly_device_keys_clear(&f->keys);
	ly_pkey_free(&f->ca_key);
	ly_pkey_free(&f->sealer);
	ly_buf_clear(&f->sealer_cert);
}

static void
device_write(struct fixture *f, struct scratch *s, const char *pin)
{
	struct ly_secret p = LY_SECRET_INIT;
	struct ly_buf b;

	ly_buf_init(&b, LY_DEVICE_FILE_MAX);
	if (pin != NULL)
		assert_int_equal(ly_secret_set(&p, pin, strlen(pin)), 0);
	assert_int_equal(ly_device_write(&f->keys, pin != NULL ? &p : NULL,
	    &b), 0);
	assert_int_equal(ly_file_replace(scratch_path(s, "device"), b.data,
	    b.len, 0600, NULL), 0);
	ly_secret_clear(&p);
	ly_buf_clear(&b);
}

static int
unlock(struct fixture *f, const char *pin, struct ly_why *why)
{
	struct ly_secret p = LY_SECRET_INIT;
	struct ly_device_keys keys = { NULL, NULL };
	int r;

	if (pin != NULL)
		assert_int_equal(ly_secret_set(&p, pin, strlen(pin)), 0);
	why->text[0] = '\0';
	r = ly_account_unlock(&f->a, pin != NULL ? &p : NULL, &keys, why);
	if (r == 0)
		assert_true(keys.auth != NULL && keys.recv != NULL);
	else
		assert_true(keys.auth == NULL && keys.recv == NULL);
	ly_device_keys_clear(&keys);
	ly_secret_clear(&p);
	return r;
}

static void
test_unlock(void **state)
{
	struct scratch *s = *state;
	struct ly_why why;
	struct fixture f;

	fixture_make(&f, s);
	assert_int_equal(unlock(&f, "1234", &why), LY_ERR_NOTFOUND);
	assert_has(why.text, "device");
	device_write(&f, s, "123456");
	assert_int_equal(unlock(&f, "123456", &why), 0);
	assert_int_equal(unlock(&f, "123457", &why), LY_ERR_AUTH);
	assert_has(why.text, "wrong PIN");
	assert_null(strstr(why.text, "123457"));
	assert_int_not_equal(unlock(&f, NULL, &why), 0);
	device_write(&f, s, NULL);
	assert_int_equal(unlock(&f, NULL, &why), 0);
	assert_int_equal(chmod(scratch_path(s, "device"), 0644), 0);
	assert_int_equal(unlock(&f, NULL, &why), LY_ERR_PERM);
	assert_has(why.text, "chmod go=");
	scratch_write(s, "device", "rubbish", 0600);
	assert_int_equal(unlock(&f, NULL, &why), LY_ERR_FORMAT);
	assert_has(why.text, "damaged");
	fixture_clear(&f);
}

static void
test_path_of_a_sealed_key(void **state)
{
	static const uint8_t id[LY_KEY_ID_LEN] = {
		0x00, 0x1f, 0xff, 0xa0, 0x5c
	};
	struct scratch *s = *state;
	struct ly_account a;
	char path[LY_PATH_MAX];

	memset(&a, 0, sizeof(a));
	memcpy(a.dir, s->dir, sizeof(a.dir));
	assert_int_equal(ly_account_sealed_path(&a, id, path), 0);
	assert_string_equal(path, scratch_path(s,
	    "keys/001fffa05c0000000000000000000000.cms"));
	memset(a.dir, 'x', LY_PATH_MAX - 1);
	assert_int_equal(ly_account_sealed_path(&a, id, path),
	    LY_ERR_TOOBIG);
}

/* Write a sealed key for the id, under the name of the id or another. */
static void
sealed_write(struct fixture *f, const struct ly_lease *lease,
    const uint8_t *name)
{
	struct ly_secret pkcs8 = LY_SECRET_INIT;
	char path[LY_PATH_MAX];
	struct ly_buf in, out;

	ly_buf_init(&in, LY_SEALED_MAX);
	ly_buf_init(&out, LY_SEALED_MAX);
	assert_int_equal(ly_pkey_to_der(f->keys.auth, &pkcs8), 0);
	assert_int_equal(ly_seal(&pkcs8, f->a.recv_cert.data,
	    f->a.recv_cert.len, &in), 0);
	assert_int_equal(ly_lease_sign(in.data, in.len, lease, f->sealer,
	    f->sealer_cert.data, f->sealer_cert.len, &out), 0);
	assert_int_equal(ly_account_sealed_path(&f->a, name, path), 0);
	assert_int_equal(ly_file_replace(path, out.data, out.len, 0600,
	    NULL), 0);
	ly_secret_clear(&pkcs8);
	ly_buf_clear(&in);
	ly_buf_clear(&out);
}

static void
check_sealed(struct fixture *f, const uint8_t *id, int r, const char *words)
{
	struct ly_lease lease = { { 0 }, -1 };
	struct ly_why why = { "" };
	struct ly_buf sealed;

	ly_buf_init(&sealed, 10);
	(void)ly_buf_put(&sealed, "old", 3);
	assert_int_equal(ly_account_sealed(&f->a, id, &lease, &sealed,
	    &why), r);
	if (r != 0) {
		assert_has(why.text, words);
		assert_true(lease.not_after == -1);
		assert_int_equal(sealed.len, 3);
	}
	ly_buf_clear(&sealed);
}

static void
test_sealed_keys(void **state)
{
	struct ly_lease lease = { { 7, 7 }, 2000000000 }, got;
	struct ly_secret pkcs8 = LY_SECRET_INIT;
	uint8_t other[LY_KEY_ID_LEN] = { 8 };
	struct scratch *s = *state;
	char path[LY_PATH_MAX];
	struct ly_buf sealed;
	struct fixture f;

	fixture_make(&f, s);
	check_sealed(&f, lease.key_id, LY_ERR_NOTFOUND, ".cms");
	sealed_write(&f, &lease, lease.key_id);
	ly_buf_init(&sealed, 0);
	assert_int_equal(ly_account_sealed(&f.a, lease.key_id, &got,
	    &sealed, NULL), 0);
	assert_memory_equal(got.key_id, lease.key_id, LY_KEY_ID_LEN);
	assert_true(got.not_after == 2000000000);
	assert_int_equal(ly_unseal(sealed.data, sealed.len, f.keys.recv,
	    f.a.recv_cert.data, f.a.recv_cert.len, &pkcs8), 0);
	ly_buf_clear(&sealed);
	/* The same key under the name of another one. */
	sealed_write(&f, &lease, other);
	check_sealed(&f, other, LY_ERR_AUTH, "another key");
	assert_int_equal(ly_account_sealed_path(&f.a, lease.key_id, path),
	    0);
	assert_int_equal(chmod(path, 0644), 0);
	check_sealed(&f, lease.key_id, LY_ERR_PERM, "chmod go=");
	assert_int_equal(ly_file_replace(path, "rubbish", 7, 0600, NULL), 0);
	check_sealed(&f, lease.key_id, LY_ERR_FORMAT, "lanyard sync");
	ly_secret_clear(&pkcs8);
	fixture_clear(&f);
}

static void
test_sealed_keys_of_another_service(void **state)
{
	struct ly_lease lease = { { 7, 7 }, 2000000000 };
	struct scratch *s = *state;
	struct fixture f, other;

	fixture_make(&f, s);
	fixture_make(&other, s);
	sealed_write(&other, &lease, lease.key_id);
	check_sealed(&f, lease.key_id, LY_ERR_AUTH, "lanyard sync");
	fixture_clear(&f);
	fixture_clear(&other);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		unit_scratch_test(test_finished_accounts_only),
		unit_scratch_test(test_no_more_than_there_are_slots),
		unit_scratch_test(test_unlock),
		unit_scratch_test(test_path_of_a_sealed_key),
		unit_scratch_test(test_sealed_keys),
		unit_scratch_test(test_sealed_keys_of_another_service),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
