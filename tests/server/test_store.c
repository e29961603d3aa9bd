/* The store: rows in and out, constraints, transactions, two processes. */
#include "unit.h"

#include <pthread.h>
#include <sys/wait.h>

#include "buf.h"
#include "store.h"

static const struct ly_store_driver *const d = &ly_store_sqlite;

static struct ly_store *
open_new(struct scratch *s)
{
	const char *path = scratch_path(s, "db");
	struct ly_store *st = NULL;

	assert_int_equal(d->create(path, NULL), 0);
	assert_int_equal(d->open(path, &st, NULL), 0);
	return st;
}

static void
fill(struct ly_buf *b, const char *text)
{
	ly_buf_init(b, 1024);
	assert_int_equal(ly_buf_put(b, text, strlen(text)), 0);
}

static int64_t
mailbox(struct ly_store *st, const char *address)
{
	int64_t id = 0;

	assert_int_equal(d->mailbox_add(st, address, 1000, &id), 0);
	return id;
}

static void
put_key(struct ly_store *st, int64_t box, uint8_t id, uint64_t revision)
{
	struct ly_row_key k;

	memset(&k, 0, sizeof(k));
	k.mailbox = box;
	memset(k.key_id, id, sizeof(k.key_id));
	k.type = LY_KEY_RSA;
	k.bits = 2048;
	k.use = LY_USE_DECRYPT;
	k.cert_use = LY_USE_DECRYPT;
	k.version = 1;
	k.delivery = LY_CACHED;
	k.state = LY_KEY_CURRENT;
	k.not_after = 5000;
	k.revision = revision;
	k.created = 7;
	fill(&k.spki, "spki");
	fill(&k.wrapped, "wrapped");
	assert_int_equal(d->key_put(st, &k), 0);
	ly_row_key_clear(&k);
}

static void
test_open(void **state)
{
	struct scratch *s = *state;
	struct ly_store *st = NULL;
	struct ly_why why = { "" };

	assert_int_equal(d->open(scratch_path(s, "none"), &st, &why),
	    LY_ERR_IO);
	assert_null(st);
	assert_has(why.text, "none");
	scratch_write(s, "junk", "this is no database at all, just a text",
	    0600);
	assert_int_not_equal(d->open(scratch_path(s, "junk"), &st, &why), 0);
	assert_null(st);
	st = open_new(s);
	assert_int_equal(d->create(scratch_path(s, "db"), &why), LY_ERR_IO);
	d->close(&st);
	assert_null(st);
	d->close(&st);
}

static void
test_mailbox(void **state)
{
	struct ly_store *st = open_new(*state);
	struct ly_row_mailbox row;
	int64_t id, other;
	uint64_t rev = 0;

	id = mailbox(st, "alice@example.com");
	assert_int_equal(d->mailbox_add(st, "alice@example.com", 1, &other),
	    LY_ERR_EXISTS);
	assert_int_equal(d->mailbox_find(st, "bob@example.com", &row),
	    LY_ERR_NOTFOUND);
	assert_int_equal(d->mailbox_find(st, "alice@example.com", &row), 0);
	assert_int_equal(row.id, id);
	assert_int_equal(row.revision, 0);
	assert_int_equal(row.disabled, 0);
	assert_int_equal(d->mailbox_bump(st, id, &rev), 0);
	assert_int_equal(d->mailbox_bump(st, id, &rev), 0);
	assert_int_equal(rev, 2);
	assert_int_equal(d->mailbox_bump(st, 99, &rev), LY_ERR_NOTFOUND);
	assert_int_equal(rev, 2);
	assert_int_equal(d->mailbox_disable(st, id, 1), 0);
	assert_int_equal(d->mailbox_get(st, id, &row), 0);
	assert_int_equal(row.disabled, 1);
	assert_int_equal(row.revision, 2);
	d->close(&st);
}

struct seen {
	uint8_t id[8];
	size_t n;
};

static int
see(void *arg, const struct ly_row_key *row)
{
	struct seen *seen = arg;

	assert_memory_equal(row->wrapped.data, "wrapped", 7);
	seen->id[seen->n++] = row->key_id[0];
	return 0;
}

static void
test_keys(void **state)
{
	struct ly_store *st = open_new(*state);
	int64_t box = mailbox(st, "a@example.com");
	uint8_t id[LY_KEY_ID_LEN];
	struct seen seen = { { 0 }, 0 };
	struct ly_row_key k;

	put_key(st, box, 1, 1);
	put_key(st, box, 2, 2);
	put_key(st, box, 3, 3);
	put_key(st, box, 1, 4);		/* changed last */
	assert_int_equal(d->key_each(st, box, 0, 0, see, &seen), 0);
	assert_int_equal(seen.n, 3);
	assert_memory_equal(seen.id, "\2\3\1", 3);
	seen.n = 0;
	assert_int_equal(d->key_each(st, box, 2, 1, see, &seen), 0);
	assert_int_equal(seen.n, 1);
	assert_int_equal(seen.id[0], 3);
	seen.n = 0;
	assert_int_equal(d->key_each(st, box, UINT64_MAX, 0, see, &seen), 0);
	assert_int_equal(seen.n, 0);
	memset(id, 1, sizeof(id));
	assert_int_equal(d->key_get(st, box, id, &k), 0);
	assert_int_equal(k.revision, 4);
	assert_int_equal(k.created, 7);
	/* Two keys never share a revision: a page could lose one of them. */
	k.revision = 2;
	assert_int_equal(d->key_put(st, &k), LY_ERR_EXISTS);
	/* A key belongs to a mailbox that is there. */
	k.mailbox = 99;
	assert_int_equal(d->key_put(st, &k), LY_ERR_EXISTS);
	ly_row_key_clear(&k);
	assert_int_equal(d->key_get(st, box + 1, id, &k), LY_ERR_NOTFOUND);
	d->close(&st);
}

static int
first_cert(void *arg, const struct ly_row_cert *row)
{
	*(int64_t *)arg = row->not_after;
	return LY_ERR_STATE;
}

static void
test_certs(void **state)
{
	struct ly_store *st = open_new(*state);
	int64_t box = mailbox(st, "a@example.com"), after = 0;
	uint8_t id[LY_KEY_ID_LEN];
	struct ly_row_cert c;

	memset(&c, 0, sizeof(c));
	memset(id, 1, sizeof(id));
	fill(&c.der, "der");
	c.not_after = 100;
	/* No certificate without its key. */
	assert_int_equal(d->cert_add(st, box, id, &c), LY_ERR_EXISTS);
	put_key(st, box, 1, 1);
	assert_int_equal(d->cert_add(st, box, id, &c), 0);
	assert_int_equal(d->cert_add(st, box, id, &c), LY_ERR_EXISTS);
	c.digest[0] = 1;
	c.not_after = 200;
	assert_int_equal(d->cert_add(st, box, id, &c), 0);
	/* Newest first; a visitor's answer ends the walk and comes back. */
	assert_int_equal(d->cert_each(st, box, id, first_cert, &after),
	    LY_ERR_STATE);
	assert_int_equal(after, 200);
	assert_int_equal(d->ca_add(st, box, &c), 0);
	assert_int_equal(d->ca_add(st, box, &c), LY_ERR_EXISTS);
	ly_row_cert_clear(&c);
	d->close(&st);
}

static void
device(struct ly_store *st, int64_t box, const char *id, uint8_t digest)
{
	struct ly_row_device row;

	memset(&row, 0, sizeof(row));
	(void)snprintf(row.id, sizeof(row.id), "%s", id);
	row.mailbox = box;
	memset(row.spki_digest, digest, sizeof(row.spki_digest));
	fill(&row.auth_cert, "auth");
	fill(&row.recv_cert, "recv");
	assert_int_equal(d->device_add(st, &row), 0);
	assert_int_equal(d->device_add(st, &row), LY_ERR_EXISTS);
	ly_row_device_clear(&row);
}

static void
test_devices(void **state)
{
	struct ly_store *st = open_new(*state);
	int64_t box = mailbox(st, "a@example.com");
	uint8_t digest[LY_SHA256_LEN];
	struct ly_row_mailbox mb;
	struct ly_row_device row;

	device(st, box, "aa", 7);
	memset(digest, 7, sizeof(digest));
	assert_int_equal(d->device_find(st, digest, &row, &mb), 0);
	assert_string_equal(row.id, "aa");
	assert_string_equal(mb.address, "a@example.com");
	assert_int_equal(row.revoked, 0);
	ly_row_device_clear(&row);
	assert_int_equal(d->device_touch(st, "aa", 50), 0);
	assert_int_equal(d->device_touch(st, "aa", 40), 0);
	assert_int_equal(d->device_revoke(st, "aa", 60), 0);
	assert_int_equal(d->device_revoke(st, "aa", 70), LY_ERR_NOTFOUND);
	assert_int_equal(d->device_get(st, "aa", &row), 0);
	assert_int_equal(row.last_used, 50);
	assert_int_equal(row.revoked, 60);
	assert_memory_equal(row.recv_cert.data, "recv", 4);
	ly_row_device_clear(&row);
	memset(digest, 8, sizeof(digest));
	assert_int_equal(d->device_find(st, digest, &row, &mb),
	    LY_ERR_NOTFOUND);
	d->close(&st);
}

static void
test_codes(void **state)
{
	struct ly_store *st = open_new(*state);
	struct ly_row_code code, got;

	memset(&code, 0, sizeof(code));
	code.mailbox = mailbox(st, "a@example.com");
	code.expires = 100;
	device(st, code.mailbox, "aa", 7);
	assert_int_equal(d->code_add(st, &code), 0);
	assert_int_equal(d->code_find(st, code.digest, &got), 0);
	assert_int_equal(got.bound, 0);
	memset(code.keys, 9, sizeof(code.keys));
	(void)snprintf(code.device, sizeof(code.device), "aa");
	assert_int_equal(d->code_bind(st, &code), 0);
	assert_int_equal(d->code_find(st, code.digest, &got), 0);
	assert_int_equal(got.bound, 1);
	assert_string_equal(got.device, "aa");
	assert_memory_equal(got.keys, code.keys, sizeof(code.keys));
	assert_int_equal(d->code_expire(st, 100), 0);
	assert_int_equal(d->code_find(st, code.digest, &got), 0);
	assert_int_equal(d->code_expire(st, 101), 0);
	assert_int_equal(d->code_find(st, code.digest, &got),
	    LY_ERR_NOTFOUND);
	d->close(&st);
}

static void
test_transactions(void **state)
{
	struct scratch *s = *state;
	struct ly_store *st = open_new(s), *other = NULL;
	struct ly_row_mailbox row;
	int64_t id;

	assert_int_equal(d->open(scratch_path(s, "db"), &other, NULL), 0);
	assert_int_equal(d->begin(st, 1), 0);
	id = mailbox(st, "a@example.com");
	/* Nobody else sees it before the commit. */
	assert_int_equal(d->mailbox_get(other, id, &row), LY_ERR_NOTFOUND);
	d->rollback(st);
	d->rollback(st);
	assert_int_equal(d->mailbox_get(st, id, &row), LY_ERR_NOTFOUND);
	assert_int_equal(d->begin(st, 1), 0);
	id = mailbox(st, "a@example.com");
	assert_int_equal(d->commit(st), 0);
	assert_int_equal(d->mailbox_get(other, id, &row), 0);
	/* A reader keeps its view while another writes. */
	assert_int_equal(d->begin(other, 0), 0);
	assert_int_equal(d->mailbox_get(other, id, &row), 0);
	assert_int_equal(d->mailbox_disable(st, id, 1), 0);
	assert_int_equal(d->mailbox_get(other, id, &row), 0);
	assert_int_equal(row.disabled, 0);
	d->rollback(other);
	assert_int_equal(d->mailbox_get(other, id, &row), 0);
	assert_int_equal(row.disabled, 1);
	d->close(&st);
	d->close(&other);
}

/* Each of many processes counts the revision up, 20 times. */
static void
test_processes(void **state)
{
	struct scratch *s = *state;
	struct ly_store *st = open_new(s);
	int64_t id = mailbox(st, "a@example.com");
	struct ly_row_mailbox row;
	int i, n, status;
	uint64_t rev;
	pid_t pids[4];

	d->close(&st);
	for (i = 0; i < 4; i++) {
		if ((pids[i] = fork()) != 0)
			continue;
		if (d->open(scratch_path(s, "db"), &st, NULL) != 0)
			_exit(1);
		for (n = 0; n < 20; n++)
			if (d->begin(st, 1) != 0 ||
			    d->mailbox_bump(st, id, &rev) != 0 ||
			    d->commit(st) != 0)
				_exit(2);
		d->close(&st);
		_exit(0);
	}
	for (i = 0; i < 4; i++) {
		assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
		assert_int_equal(status, 0);
	}
	assert_int_equal(d->open(scratch_path(s, "db"), &st, NULL), 0);
	assert_int_equal(d->mailbox_get(st, id, &row), 0);
	assert_int_equal(row.revision, 80);
	d->close(&st);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		unit_scratch_test(test_open),
		unit_scratch_test(test_mailbox),
		unit_scratch_test(test_keys),
		unit_scratch_test(test_certs),
		unit_scratch_test(test_devices),
		unit_scratch_test(test_codes),
		unit_scratch_test(test_transactions),
		unit_scratch_test(test_processes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
