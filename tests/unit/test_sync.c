/*
 * sync.c against canned answers: paging, sealed keys that are taken and
 * refused, renewal, removal, damage, and a service that breaks off.
 */
#include "hostile_answer.h"

#include <utime.h>

#include "account.h"
#include "catalogue.h"
#include "cert.h"
#include "client.h"
#include "compat.h"
#include "conf.h"
#include "crypto.h"
#include "pkey.h"
#include "seal.h"
#include "sync.h"

#define JSON "application/json"
#define SEALED "application/pkcs7-mime"
#define DAY 86400

static struct hostile server;
static struct ly_buf ca_tls;
static struct ly_client *client;
static char asked[4096];

/* A service's authority, and two keys of a mailbox. */
static struct ly_pkey *ca_key, *sealer, *user_key[2];
static struct ly_buf ca, sealer_cert, cert[2];
static uint8_t key_id[2][LY_KEY_ID_LEN];

struct env {
	struct ly_account a;
	struct ly_why why;
	struct ly_sync_report rep;
};

static void
issue(enum ly_cert_kind kind, const struct ly_pkey *key, const char *name,
    struct ly_buf *out)
{
	struct ly_buf spki;

	ly_buf_init(&spki, LY_CERT_MAX);
	ly_buf_init(out, LY_CERT_MAX);
	assert_int_equal(ly_pkey_spki(key, &spki), 0);
	assert_int_equal(ly_cert_issue(kind, ca_key,
	    kind == LY_CERT_CA ? NULL : ca.data,
	    kind == LY_CERT_CA ? 0 : ca.len, name, spki.data, spki.len,
	    ly_time() + 30 * DAY, out), 0);
	ly_buf_clear(&spki);
}

static int
make_authority(void)
{
	struct ly_buf spki;
	size_t i;

	if (ly_pkey_generate_p256(&ca_key) != 0 ||
	    ly_pkey_generate_p256(&sealer) != 0)
		return -1;
	issue(LY_CERT_CA, ca_key, "Test CA", &ca);
	issue(LY_CERT_SEALER, sealer, "Sealer", &sealer_cert);
	for (i = 0; i < 2; i++) {
		if (ly_pkey_generate_p256(&user_key[i]) != 0)
			return -1;
		issue(LY_CERT_DEVICE_RECV, user_key[i], "User", &cert[i]);
		ly_buf_init(&spki, LY_CERT_MAX);
		assert_int_equal(ly_pkey_spki(user_key[i], &spki), 0);
		assert_int_equal(ly_key_id(spki.data, spki.len, key_id[i]),
		    0);
		ly_buf_clear(&spki);
	}
	return 0;
}

/* The answer to since: key number i alone (or none if i < 0). */
static void
answer_keys(uint64_t since, uint64_t revision, int more, int i,
    enum ly_delivery delivery)
{
	struct ly_wire_keys k;
	struct ly_wire_key key;
	struct ly_buf json;
	char name[64];

	memset(&k, 0, sizeof(k));
	memset(&key, 0, sizeof(key));
	k.revision = revision;
	k.more = more;
	if (i >= 0) {
		k.keys = &key;
		k.nkeys = 1;
		memcpy(key.key_id, key_id[i], sizeof(key.key_id));
		key.use = LY_USE_DERIVE;
		key.delivery = delivery;
		key.state = LY_KEY_CURRENT;
		key.certs[0] = cert[i];
		key.ncerts = 1;
	}
	ly_buf_init(&json, 65536);
	assert_int_equal(ly_wire_keys_encode(&k, &json), 0);
	(void)snprintf(name, sizeof(name), "GET_lanyard_1_keys?since=%u",
	    (unsigned)since);
	answer(&server, name, "200 OK", JSON, json.data, json.len);
	ly_buf_clear(&json);
}

static void
answer_not_modified(unsigned since)
{
	static const char head[] = "HTTP/1.1 304 Not Modified\r\n\r\n";
	char name[64];

	(void)snprintf(name, sizeof(name), "GET_lanyard_1_keys?since=%u",
	    since);
	answer_raw(&server, name, head, strlen(head));
}

static const char *
sealed_name(int i)
{
	static char name[128];
	char hex[LY_KEY_ID_HEX];

	ly_hex(key_id[i], LY_KEY_ID_LEN, hex);
	(void)snprintf(name, sizeof(name), "GET_lanyard_1_sealed_%s", hex);
	return name;
}

/* The sealed key i says that it is key number as, until then. */
static void
answer_sealed_by(int i, int as, const struct ly_pkey *signer,
    const struct ly_buf *signer_cert, int64_t until)
{
	struct ly_lease lease = { .not_after = until };
	struct ly_buf cms;

	memcpy(lease.key_id, key_id[as], sizeof(lease.key_id));
	ly_buf_init(&cms, LY_SEALED_MAX);
	assert_int_equal(ly_lease_sign((const uint8_t *)"opaque", 6, &lease,
	    signer, signer_cert->data, signer_cert->len, &cms), 0);
	answer(&server, sealed_name(i), "200 OK", SEALED, cms.data, cms.len);
	ly_buf_clear(&cms);
}

static void
answer_sealed(int i, int as, int64_t until)
{
	answer_sealed_by(i, as, sealer, &sealer_cert, until);
}

static int
sync_now(struct env *e)
{
	int r;

	e->why.text[0] = '\0';
	memset(&e->rep, 0, sizeof(e->rep));
	r = ly_sync(client, &e->a, 1, 5000, &e->rep, &e->why);
	requests_take(&server, asked, sizeof(asked));
	return r;
}

static void
sync_ok(struct env *e)
{
	if (sync_now(e) != 0)
		fail_msg("%s", e->why.text);
}

static int
has_sealed(const struct env *e, int i)
{
	struct ly_file_stamp stamp;
	char path[LY_PATH_MAX];

	assert_int_equal(ly_account_sealed_path(&e->a, key_id[i], path), 0);
	return ly_file_stat(path, &stamp) == 0;
}

static uint64_t
lineage_on_disk(const struct env *e)
{
	struct ly_catalogue *c = NULL;
	uint64_t l;

	assert_int_equal(ly_catalogue_load(e->a.dir, &c, NULL), 0);
	l = ly_catalogue_lineage(c);
	ly_catalogue_unref(&c);
	return l;
}

static int
setup(void **state)
{
	struct env *e = calloc(1, sizeof(*e));

	if (e == NULL)
		return -1;
	memcpy(e->a.dir, "/tmp/lanyard-sync-XXXXXX", 25);
	if (mkdtemp(e->a.dir) == NULL)
		return -1;
	ly_buf_init(&e->a.issuer, LY_CERT_MAX);
	(void)ly_buf_put(&e->a.issuer, ca.data, ca.len);
	(void)snprintf(e->a.service, sizeof(e->a.service), "%s",
	    hostile_url(&server, "canned"));
	*state = e;
	return 0;
}

static int
teardown(void **state)
{
	struct env *e = *state;

	(void)ly_dir_remove(e->a.dir, NULL);
	ly_buf_clear(&e->a.issuer);
	free(e);
	return 0;
}

/* Both keys are there, on two pages, and the first may be cached. */
static void
first_sync(struct env *e)
{
	answer_keys(0, 3, 1, 0, LY_CACHED);
	answer_keys(3, 5, 0, 1, LY_REMOTE);
	answer_not_modified(5);
	answer_sealed(0, 0, ly_time() + 20 * DAY);
	sync_ok(e);
}

static void
test_first_sync_and_one_without_news(void **state)
{
	struct env *e = *state;
	uint64_t lineage;

	first_sync(e);
	assert_int_equal(e->rep.revision, 5);
	assert_int_equal(e->rep.keys, 2);
	assert_int_equal(e->rep.added, 2);
	assert_int_equal(e->rep.sealed, 1);
	assert_int_equal(e->rep.removed, 0);
	assert_true(has_sealed(e, 0));
	assert_false(has_sealed(e, 1));
	lineage = lineage_on_disk(e);
	assert_int_not_equal(lineage, 0);

	sync_ok(e);
	assert_string_equal(asked, "GET /lanyard/1/keys?since=5 \"5\"\n");
	assert_int_equal(e->rep.revision, 5);
	assert_int_equal(e->rep.keys, 2);
	assert_int_equal(e->rep.added + e->rep.sealed + e->rep.removed, 0);
	assert_true(lineage_on_disk(e) == lineage);
}

static void
test_policy_takes_the_copy_away(void **state)
{
	struct env *e = *state;

	first_sync(e);
	answer_keys(5, 6, 0, 0, LY_REMOTE);
	sync_ok(e);
	assert_int_equal(e->rep.removed, 1);
	assert_false(has_sealed(e, 0));
	/* Policy may also have changed between the list and the request. */
	answer_keys(6, 7, 0, 0, LY_CACHED);
	answer(&server, sealed_name(0), "403 No", "application/problem+json",
	    "{}", 2);
	assert_int_not_equal(sync_now(e), 0);
	assert_false(has_sealed(e, 0));
}

static void
test_renewal_when_half_is_over(void **state)
{
	struct env *e = *state;
	const time_t now = time(NULL);
	struct utimbuf old;
	char path[LY_PATH_MAX];

	first_sync(e);
	assert_int_equal(ly_account_sealed_path(&e->a, key_id[0], path), 0);
	old.actime = old.modtime = now - 19 * DAY;
	assert_int_equal(utime(path, &old), 0);
	sync_ok(e);
	assert_int_equal(e->rep.sealed, 0);
	old.actime = old.modtime = now - 21 * DAY;
	assert_int_equal(utime(path, &old), 0);
	sync_ok(e);
	assert_int_equal(e->rep.sealed, 1);
	/* Ended, or damaged: fetched anew as well. */
	answer_sealed(0, 0, ly_time() - 1);
	assert_int_equal(unlink(path), 0);
	sync_ok(e);
	answer_sealed(0, 0, ly_time() + 20 * DAY);
	sync_ok(e);
	assert_int_equal(e->rep.sealed, 1);
	assert_int_equal(ly_file_replace(path, "junk", 4, 0600, NULL), 0);
	sync_ok(e);
	assert_int_equal(e->rep.sealed, 1);
}

/* A sealer under a CA of the same name and another key. */
static void
alien_sealer(struct ly_pkey **key, struct ly_buf *der)
{
	struct ly_pkey *ours = ca_key;
	struct ly_buf our_ca = ca;

	ca_key = NULL;
	assert_int_equal(ly_pkey_generate_p256(&ca_key), 0);
	assert_int_equal(ly_pkey_generate_p256(key), 0);
	issue(LY_CERT_CA, ca_key, "Test CA", &ca);
	issue(LY_CERT_SEALER, *key, "Sealer", der);
	ly_buf_clear(&ca);
	ly_pkey_free(&ca_key);
	ca = our_ca;
	ca_key = ours;
}

static void
test_sealed_keys_that_are_refused(void **state)
{
	struct env *e = *state;
	struct ly_pkey *alien = NULL;
	struct ly_buf alien_cert;

	first_sync(e);
	answer_keys(5, 6, 0, 1, LY_CACHED);
	answer_not_modified(6);
	/* Another key's, under this one's name. */
	answer_sealed(1, 0, ly_time() + 20 * DAY);
	assert_int_equal(sync_now(e), LY_ERR_AUTH);
	assert_has(e->why.text, "refused");
	assert_false(has_sealed(e, 1));
	/* Signed by a device of the service, which is no sealer. */
	answer_sealed_by(1, 1, user_key[0], &cert[0], ly_time() + 20 * DAY);
	assert_int_equal(sync_now(e), LY_ERR_AUTH);
	assert_false(has_sealed(e, 1));
	/* Signed by another service's sealer. */
	alien_sealer(&alien, &alien_cert);
	answer_sealed_by(1, 1, alien, &alien_cert, ly_time() + 20 * DAY);
	assert_int_equal(sync_now(e), LY_ERR_AUTH);
	ly_pkey_free(&alien);
	ly_buf_clear(&alien_cert);
	assert_false(has_sealed(e, 1));
	answer(&server, sealed_name(1), "200 OK", SEALED, "garbage", 7);
	assert_int_equal(sync_now(e), LY_ERR_AUTH);
	assert_false(has_sealed(e, 1));
	/* One bad key is no obstacle for another. */
	assert_true(has_sealed(e, 0));
	answer_sealed(1, 1, ly_time() + 20 * DAY);
	sync_ok(e);
	assert_true(has_sealed(e, 1));
}

static void
test_service_breaks_off(void **state)
{
	struct env *e = *state;

	answer_keys(0, 3, 1, 0, LY_CACHED);
	answer(&server, "GET_lanyard_1_keys?since=3", "500 Broken",
	    "text/html", "", 0);
	assert_int_equal(sync_now(e), LY_ERR_NET);
	/* Going on completes it. */
	first_sync(e);
	assert_int_equal(e->rep.keys, 2);
	answer(&server, "GET_lanyard_1_keys?since=5", "500 Broken",
	    "text/html", "", 0);
	assert_int_equal(sync_now(e), LY_ERR_NET);
	assert_true(has_sealed(e, 0));
	assert_int_not_equal(lineage_on_disk(e), 0);
}

static void
test_lists_without_an_end(void **state)
{
	struct env *e = *state;

	answer_keys(0, 3, 1, 0, LY_CACHED);
	answer_keys(3, 3, 1, 0, LY_CACHED);
	assert_int_equal(sync_now(e), LY_ERR_FORMAT);
	assert_has(e->why.text, "no end");
}

static void
test_damage_and_restored_backups(void **state)
{
	struct env *e = *state;
	char path[LY_PATH_MAX];
	uint64_t lineage;

	first_sync(e);
	lineage = lineage_on_disk(e);
	/* The service knows less than we do: all of it again, same handles. */
	answer_keys(5, 4, 0, -1, LY_REMOTE);
	answer_keys(3, 4, 0, 1, LY_REMOTE);
	answer_not_modified(4);
	sync_ok(e);
	assert_int_equal(e->rep.revision, 4);
	assert_int_equal(e->rep.keys, 2);
	assert_true(lineage_on_disk(e) == lineage);

	assert_int_equal(ly_path_join(path, e->a.dir, "catalogue"), 0);
	assert_int_equal(ly_file_replace(path, "LYCAT1 junk", 11, 0600,
	    NULL), 0);
	sync_ok(e);
	assert_int_equal(e->rep.keys, 2);
	assert_true(lineage_on_disk(e) != lineage);
}

static void
test_two_writers(void **state)
{
	struct env *e = *state;
	struct ly_file_lock *lock = NULL;
	char path[LY_PATH_MAX];

	first_sync(e);
	assert_int_equal(ly_path_join(path, e->a.dir, "lock"), 0);
	assert_int_equal(ly_file_lock(path, 0, &lock, NULL), 0);
	assert_int_equal(ly_sync(client, &e->a, 1, 0, &e->rep, &e->why),
	    LY_ERR_BUSY);
	ly_file_unlock(&lock);
	sync_ok(e);
}

static int
group_setup(void **state)
{
	struct ly_conf conf;

	(void)state;
	if (hostile_start(&server) != 0 || make_authority() != 0)
		return -1;
	hostile_file(&server, "ca.der", &ca_tls);
	memset(&conf, 0, sizeof(conf));
	conf.connect_ms = 5000;
	conf.timeout_ms = 20000;
	return ly_client_new_anonymous(&conf, hostile_url(&server, "canned"),
	    ca_tls.data, ca_tls.len, &client, NULL);
}

static int
group_teardown(void **state)
{
	size_t i;

	(void)state;
	ly_client_free(&client);
	for (i = 0; i < 2; i++) {
		ly_pkey_free(&user_key[i]);
		ly_buf_clear(&cert[i]);
	}
	ly_pkey_free(&ca_key);
	ly_pkey_free(&sealer);
	ly_buf_clear(&ca);
	ly_buf_clear(&sealer_cert);
	ly_buf_clear(&ca_tls);
	hostile_stop(&server);
	return 0;
}

#define env_test(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		env_test(test_first_sync_and_one_without_news),
		env_test(test_policy_takes_the_copy_away),
		env_test(test_renewal_when_half_is_over),
		env_test(test_sealed_keys_that_are_refused),
		env_test(test_service_breaks_off),
		env_test(test_lists_without_an_end),
		env_test(test_damage_and_restored_backups),
		env_test(test_two_writers),
	};

	return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
