/*
 * The list of keys page by page: nothing is lost or seen twice, also when
 * keys change between two pages, and no page is too long to be sent.
 */
#include "unit.h"

#include "api.h"
#include "call.h"
#include "reply.h"
#include "store.h"
#include "wire.h"

static const struct ly_store_driver *const d = &ly_store_sqlite;

struct world {
	struct scratch *scratch;
	struct ly_store *store;
	int64_t mailbox;
};

static void
put(struct world *w, unsigned n, size_t der_len)
{
	struct ly_row_cert c;
	struct ly_row_key k;
	uint8_t *der;
	int r;

	memset(&k, 0, sizeof(k));
	memset(&c, 0, sizeof(c));
	k.mailbox = w->mailbox;
	k.key_id[0] = (uint8_t)(n >> 8);
	k.key_id[1] = (uint8_t)n;
	k.use = k.cert_use = LY_USE_SIGN;
	k.delivery = LY_REMOTE;
	k.state = LY_KEY_CURRENT;
	assert_int_equal(d->begin(w->store, 1), 0);
	assert_int_equal(d->mailbox_bump(w->store, w->mailbox, &k.revision),
	    0);
	assert_int_equal(d->key_put(w->store, &k), 0);
	assert_non_null(der = calloc(1, der_len));
	der[0] = 0x30;
	ly_buf_init(&c.der, der_len);
	assert_int_equal(ly_buf_put(&c.der, der, der_len), 0);
	free(der);
	/* A key that is put again has its certificate already. */
	r = d->cert_add(w->store, w->mailbox, k.key_id, &c);
	assert_true(r == 0 || r == LY_ERR_EXISTS);
	assert_int_equal(d->commit(w->store), 0);
	ly_row_cert_clear(&c);
}

static struct world
world(void **state)
{
	struct world w = { .scratch = *state };

	assert_int_equal(d->create(scratch_path(w.scratch, "db"), NULL), 0);
	assert_int_equal(d->open(w.scratch->path, &w.store, NULL), 0);
	assert_int_equal(d->mailbox_add(w.store, "a@example.com", 1,
	    &w.mailbox), 0);
	return w;
}

/* One page; seen counts each key. Returns whether more wait. */
static int
page(struct world *w, uint64_t *since, unsigned *seen)
{
	struct ly_wire_keys m;
	struct ly_call c;
	size_t i;
	int more;

	memset(&c, 0, sizeof(c));
	c.store = w->store;
	c.since = *since;
	assert_int_equal(d->mailbox_get(w->store, w->mailbox, &c.mailbox), 0);
	assert_int_equal(ly_api_keys(&c), 0);
	assert_int_equal(c.reply.status, 200);
	assert_true(c.reply.text.len <= LY_WIRE_BODY_MAX);
	assert_int_equal(ly_wire_keys_decode(c.reply.text.data,
	    c.reply.text.len, &m, NULL), 0);
	assert_true(m.nkeys <= LY_WIRE_PAGE_MAX);
	for (i = 0; i < m.nkeys; i++)
		seen[m.keys[i].key_id[0] << 8 | m.keys[i].key_id[1]]++;
	assert_true(!m.more || m.revision > *since);
	*since = m.revision;
	more = m.more;
	ly_wire_keys_clear(&m);
	ly_call_clear(&c);
	return more;
}

static void
test_pages(void **state)
{
	struct world w = world(state);
	static unsigned seen[1024];
	uint64_t since = 0;
	unsigned n, pages = 0;

	memset(seen, 0, sizeof(seen));
	for (n = 0; n < 600; n++)
		put(&w, n, 100);
	while (page(&w, &since, seen))
		pages++;
	assert_int_equal(pages, 2);
	for (n = 0; n < 600; n++)
		assert_int_equal(seen[n], 1);
	assert_int_equal(page(&w, &since, seen), 0);
	assert_int_equal(seen[599], 1);
	d->close(&w.store);
}

/* Keys that change in between come again; none is left out. */
static void
test_changes_between(void **state)
{
	struct world w = world(state);
	static unsigned seen[1024];
	uint64_t since = 0;
	unsigned n;

	memset(seen, 0, sizeof(seen));
	for (n = 0; n < 300; n++)
		put(&w, n, 100);
	assert_int_equal(page(&w, &since, seen), 1);
	assert_int_equal(since, 256);
	put(&w, 0, 100);	/* seen before, changes */
	put(&w, 299, 100);	/* not seen yet, changes */
	put(&w, 300, 100);	/* new */
	while (page(&w, &since, seen))
		;
	assert_int_equal(seen[0], 2);
	for (n = 1; n < 301; n++)
		assert_int_equal(seen[n], 1);
	d->close(&w.store);
}

/* Long certificates: the page ends early. */
static void
test_long(void **state)
{
	struct world w = world(state);
	static unsigned seen[1024];
	uint64_t since = 0;
	unsigned n, pages = 1;

	memset(seen, 0, sizeof(seen));
	for (n = 0; n < 120; n++)
		put(&w, n, 16000);
	while (page(&w, &since, seen))
		pages++;
	assert_true(pages >= 3);
	for (n = 0; n < 120; n++)
		assert_int_equal(seen[n], 1);
	d->close(&w.store);
}

static void
test_not_modified(void **state)
{
	struct world w = world(state);
	struct ly_call c;

	put(&w, 1, 100);
	memset(&c, 0, sizeof(c));
	c.store = w.store;
	c.since = 1;
	(void)snprintf(c.etag, sizeof(c.etag), "\"1\"");
	assert_int_equal(d->mailbox_get(w.store, w.mailbox, &c.mailbox), 0);
	assert_int_equal(ly_api_keys(&c), 0);
	assert_int_equal(c.reply.status, 304);
	/* An ETag that is not the cursor's is no excuse. */
	c.since = 0;
	assert_int_equal(ly_api_keys(&c), 0);
	assert_int_equal(c.reply.status, 200);
	ly_call_clear(&c);
	d->close(&w.store);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		unit_scratch_test(test_pages),
		unit_scratch_test(test_changes_between),
		unit_scratch_test(test_long),
		unit_scratch_test(test_not_modified),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
