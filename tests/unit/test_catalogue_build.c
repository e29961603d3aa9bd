/* catalogue_build.c: what a sync adds, changes, keeps and refuses. */
#include "made_catalogue.h"

#include "catalogue_impl.h"
#include "crypto.h"

static EVP_PKEY *rsa, *ec, *other;
static long now;

static int
group_setup(void **state)
{
	(void)state;
	rsa = made_key("RSA");
	ec = made_key("EC");
	other = made_key("EC");
	now = (long)ly_time();
	return 0;
}

static int
group_teardown(void **state)
{
	(void)state;
	EVP_PKEY_free(rsa);
	EVP_PKEY_free(ec);
	EVP_PKEY_free(other);
	return 0;
}

static void
assert_label(struct ly_entry e, const char *text)
{
	assert_view(&e.label, text);
}

static struct made_spec
spec(EVP_PKEY *key, long from, long to, const char *ku, long serial)
{
	return (struct made_spec){ key, "Anna Meier", "anna@example.com",
	    from, to, ku, serial };
}

static void
test_a_mailbox(void **state)
{
	struct made_answer a;
	struct ly_catalogue *c;
	struct ly_entry e;

	(void)state;
	made_mailbox(&a);
	c = made_catalogue(NULL, &a);
	/* Entries are numbered as they came: EC key first. */
	e = made_entry(c, 0);
	assert_int_equal(e.kind, LY_ENTRY_KEY);
	assert_int_equal(e.key_type, LY_KEY_EC);
	assert_int_equal(e.use, LY_USE_DERIVE);
	assert_view(&e.label, "Alice Example S/MIME 2020-2022");
	e = made_entry(c, 2);
	assert_int_equal(e.key_type, LY_KEY_RSA);
	assert_int_equal(e.use, LY_USE_SIGN | LY_USE_DECRYPT);
	assert_int_equal(e.bits, 2048);
	assert_int_equal(e.modulus.len, 256);
	assert_int_not_equal(e.modulus.p[0], 0);
	e = made_entry(c, 4);
	assert_int_equal(e.kind, LY_ENTRY_CERT);
	assert_int_equal(e.use, LY_USE_DECRYPT);
	/* Listed: current ones, newest first, with their certificates. */
	assert_int_equal(made_listed(c, 0).key_type, LY_KEY_RSA);
	assert_int_equal(made_listed(c, 0).kind, LY_ENTRY_KEY);
	assert_int_equal(made_listed(c, 1).not_before,
	    made_listed(c, 0).not_before);
	assert_int_equal(made_listed(c, 2).not_before, 1700000000);
	assert_int_equal(made_listed(c, 3).key_type, LY_KEY_ED25519);
	assert_int_equal(made_listed(c, 3).delivery, LY_REMOTE);
	assert_int_equal(made_listed(c, 5).key_type, LY_KEY_X25519);
	assert_int_equal(made_listed(c, 7).key_type, LY_KEY_EC);
	assert_int_equal(made_listed(c, 9).kind, LY_ENTRY_CA);
	assert_label(made_listed(c, 9), "Test Authority");
	ly_catalogue_unref(&c);
	made_answer_clear(&a);
}

/* NSS: SHA-1 of the modulus without a leading zero, or of the raw point. */
static void
test_cka_ids(void **state)
{
	struct made_answer a;
	struct ly_catalogue *c;
	struct ly_entry e;
	uint8_t md[20];
	uint32_t n;

	(void)state;
	made_mailbox(&a);
	c = made_catalogue(NULL, &a);
	for (n = 0; n < ly_catalogue_count(c); n++) {
		const struct ly_view *v;

		e = made_entry(c, n);
		v = e.kind == LY_ENTRY_CA ? &e.spki :
		    e.key_type == LY_KEY_RSA ? &e.modulus : &e.point;
		assert_int_equal(ly_digest(LY_SHA1, v->p, v->len, md), 0);
		assert_memory_equal(e.cka_id, md, sizeof(md));
		if (e.kind == LY_ENTRY_KEY)
			continue;
		assert_int_equal(ly_digest(LY_SHA1, e.value.p, e.value.len,
		    md), 0);
		assert_memory_equal(e.check_value, md, 3);
	}
	ly_catalogue_unref(&c);
	made_answer_clear(&a);
}

/* A renewed certificate, a new key: numbers and labels stay. */
static void
test_a_sync_keeps_numbers_and_labels(void **state)
{
	struct made_spec s = spec(rsa, now - 800 * MADE_DAY,
	    now - 70 * MADE_DAY, "digitalSignature,keyEncipherment", 1);
	struct made_answer a, b;
	struct ly_catalogue *old, *c;
	struct ly_wire_key *k;
	struct ly_entry before, e;
	uint32_t n;

	(void)state;
	made_answer_init(&a, 1);
	(void)made_answer_key(&a, &s);
	s.key = ec;
	(void)made_answer_key(&a, &s);
	old = made_catalogue(NULL, &a);
	assert_int_equal(ly_catalogue_count(old), 4);

	/* The answer: another key, and the RSA key with a second cert. */
	made_answer_init(&b, 2);
	s = spec(other, now - MADE_DAY, now + MADE_DAY, NULL, 5);
	(void)made_answer_key(&b, &s);
	s = spec(rsa, now - 10 * MADE_DAY, now + 700 * MADE_DAY,
	    "digitalSignature", 2);
	s.cn = "Anna Berger";
	k = made_answer_key(&b, &s);
	ly_buf_init(&k->certs[1], 65536);
	assert_int_equal(ly_buf_put(&k->certs[1], a.keys[0].certs[0].data,
	    a.keys[0].certs[0].len), 0);
	k->ncerts = 2;
	k->delivery = LY_REMOTE;
	c = made_catalogue(old, &b);
	assert_int_equal(ly_catalogue_revision(c), 2);
	assert_int_equal(ly_catalogue_lineage(c), 77);
	assert_int_equal(ly_catalogue_count(c), 7);
	for (n = 0; n < 4; n++) {
		before = made_entry(old, n);
		e = made_entry(c, n);
		assert_int_equal(e.kind, before.kind);
		assert_memory_equal(e.cka_id, before.cka_id, LY_CKA_ID_LEN);
		assert_int_equal(e.value.len, before.value.len);
		assert_int_equal(e.label.len, before.label.len);
		assert_memory_equal(e.label.p, before.label.p, e.label.len);
	}
	/* The key now speaks by its newest certificate. */
	e = made_entry(c, 0);
	assert_int_equal(e.use, LY_USE_SIGN);
	assert_int_equal(e.delivery, LY_REMOTE);
	assert_int_equal(e.not_after, now + 700 * MADE_DAY);
	assert_int_equal(made_entry(c, 1).use, LY_USE_SIGN | LY_USE_DECRYPT);
	assert_int_equal(made_entry(c, 4).kind, LY_ENTRY_KEY);
	assert_int_equal(made_entry(c, 6).kind, LY_ENTRY_CERT);
	assert_int_equal(made_entry(c, 6).label.len, e.label.len);
	assert_memory_equal(made_entry(c, 6).label.p, e.label.p,
	    e.label.len);
	ly_catalogue_unref(&old);
	ly_catalogue_unref(&c);
	made_answer_clear(&a);
	made_answer_clear(&b);
}

/* Policy narrows what the certificate allows; and can widen it again. */
static void
test_policy(void **state)
{
	struct made_spec s = spec(rsa, now - MADE_DAY, now + MADE_DAY,
	    "digitalSignature,keyEncipherment", 1);
	struct made_answer a;
	struct ly_catalogue *c, *next;

	(void)state;
	made_answer_init(&a, 1);
	(void)made_answer_key(&a, &s);
	s.serial = 2;
	s.from -= MADE_DAY;
	made_answer_cert(&a.keys[0], &s);
	a.keys[0].use = LY_USE_DECRYPT;
	c = made_catalogue(NULL, &a);
	assert_int_equal(made_entry(c, 0).use, LY_USE_DECRYPT);
	assert_int_equal(made_entry(c, 1).use, LY_USE_DECRYPT);
	/* Only one certificate comes along; the other keeps up. */
	ly_buf_clear(&a.keys[0].certs[--a.keys[0].ncerts]);
	a.keys[0].use = LY_USE_ALL;
	a.keys[0].state = LY_KEY_REVOKED;
	next = made_catalogue(c, &a);
	assert_int_equal(ly_catalogue_count(next), 3);
	assert_int_equal(made_entry(next, 0).use,
	    LY_USE_SIGN | LY_USE_DECRYPT);
	assert_int_equal(made_entry(next, 1).use,
	    LY_USE_SIGN | LY_USE_DECRYPT);
	assert_int_equal(made_entry(next, 2).use,
	    LY_USE_SIGN | LY_USE_DECRYPT);
	assert_int_equal(made_entry(next, 2).state, LY_KEY_REVOKED);
	ly_catalogue_unref(&c);
	ly_catalogue_unref(&next);
	made_answer_clear(&a);
}

static void
test_order_of_states(void **state)
{
	EVP_PKEY *third = made_key("EC");
	struct made_spec s = spec(ec, now - 10 * MADE_DAY,
	    now + 90 * MADE_DAY, NULL, 1);
	struct made_answer a;
	struct ly_catalogue *c;

	(void)state;
	made_answer_init(&a, 1);
	made_answer_key(&a, &s)->state = LY_KEY_RETIRED;
	s = spec(other, now - 400 * MADE_DAY, now + MADE_DAY, NULL, 2);
	(void)made_answer_key(&a, &s);		/* older, but current */
	s = spec(rsa, now + MADE_DAY, now + 90 * MADE_DAY, NULL, 3);
	(void)made_answer_key(&a, &s);		/* not yet valid */
	s = spec(third, now - 5 * MADE_DAY, now - MADE_DAY, NULL, 4);
	(void)made_answer_key(&a, &s);		/* expired */
	c = made_catalogue(NULL, &a);
	assert_memory_equal(made_listed(c, 0).key_id, a.keys[1].key_id, 16);
	assert_memory_equal(made_listed(c, 2).key_id, a.keys[2].key_id, 16);
	assert_memory_equal(made_listed(c, 4).key_id, a.keys[3].key_id, 16);
	assert_memory_equal(made_listed(c, 6).key_id, a.keys[0].key_id, 16);
	ly_catalogue_unref(&c);
	made_answer_clear(&a);
	EVP_PKEY_free(third);
}

static void
test_labels(void **state)
{
	struct made_spec s = spec(ec, 1704067200, 1704067200 + 300 * MADE_DAY,
	    NULL, 1);
	struct made_answer a;
	struct ly_catalogue *c;

	(void)state;
	made_answer_init(&a, 1);
	(void)made_answer_key(&a, &s);
	s.key = other;
	(void)made_answer_key(&a, &s);
	s.key = rsa;
	s.to += 300 * MADE_DAY;
	(void)made_answer_key(&a, &s);
	c = made_catalogue(NULL, &a);
	assert_label(made_entry(c, 0), "Anna Meier S/MIME 2024");
	assert_label(made_entry(c, 1), "Anna Meier S/MIME 2024");
	assert_label(made_entry(c, 2), "Anna Meier S/MIME 2024 (2)");
	assert_label(made_entry(c, 4), "Anna Meier S/MIME 2024-2025");
	ly_catalogue_unref(&c);
	made_answer_clear(&a);
}

/* Authorities stay when the service no longer names them, and come once. */
static void
test_authorities(void **state)
{
	struct made_spec s = { made_authority(), "Root", NULL, 1500000000,
	    4000000000, "ca", 1 };
	struct made_answer a, b;
	struct ly_catalogue *c, *next;

	(void)state;
	made_answer_init(&a, 1);
	made_answer_ca(&a, &s);
	s.serial = 2;
	made_answer_ca(&a, &s);
	c = made_catalogue(NULL, &a);
	assert_int_equal(ly_catalogue_count(c), 2);
	assert_label(made_entry(c, 0), "Root");
	assert_label(made_entry(c, 1), "Root (2)");
	assert_int_equal(made_entry(c, 0).delivery, 0);
	made_answer_init(&b, 2);
	s.serial = 3;
	made_answer_ca(&b, &s);
	made_answer_ca(&b, &s);
	ly_buf_clear(&b.m.ca[1]);
	b.m.ca[1] = b.m.ca[0];
	next = made_catalogue(c, &b);
	assert_int_equal(ly_catalogue_count(next), 3);
	assert_label(made_entry(next, 2), "Root (3)");
	b.m.nca = 1;
	ly_catalogue_unref(&c);
	ly_catalogue_unref(&next);
	made_answer_clear(&a);
	made_answer_clear(&b);
}

/* Build must fail with err and say needle; file stays as it is. */
static void
refused(const struct ly_catalogue *old, const struct made_answer *a, int err,
    const char *needle)
{
	struct ly_why why = { "" };
	struct ly_buf file;

	ly_buf_init(&file, 100);
	assert_int_equal(ly_buf_put(&file, "kept", 4), 0);
	assert_int_equal(ly_catalogue_build(old, &a->m, 1, &file, &why), err);
	assert_has(why.text, needle);
	assert_int_equal(file.len, 4);
	ly_buf_clear(&file);
}

static void
test_answers_that_are_refused(void **state)
{
	struct made_spec s = spec(ec, now - MADE_DAY, now + MADE_DAY, NULL,
	    1);
	struct made_answer a;

	(void)state;
	made_answer_init(&a, 1);
	(void)made_answer_key(&a, &s);
	s.key = other;
	made_answer_cert(&a.keys[0], &s);
	refused(NULL, &a, LY_ERR_FORMAT, "of another key");
	a.keys[0].certs[1].data[0] = 0x31;
	refused(NULL, &a, LY_ERR_FORMAT, "certificate of");
	a.keys[0].certs[0].len--;
	refused(NULL, &a, LY_ERR_FORMAT, "certificate of");
	a.m.nkeys = 0;
	a.m.nca = 1;
	a.m.ca[0] = a.keys[0].certs[1];
	refused(NULL, &a, LY_ERR_FORMAT, "certificate of an authority");
	a.m.nca = 0;
	a.m.nkeys = 1;
	made_answer_clear(&a);
}

/* A key type of the future is left out and takes no other with it. */
static void
test_unknown_key_types(void **state)
{
	EVP_PKEY *ed448 = made_key("ED448");
	struct made_spec s = spec(ed448, now - MADE_DAY, now + MADE_DAY, NULL,
	    1);
	struct made_answer a;
	struct ly_catalogue *c;

	(void)state;
	made_answer_init(&a, 1);
	a.keys[0].certs[0] = made_cert(&s);
	a.keys[0].ncerts = 1;
	a.keys[0].delivery = LY_CACHED;
	a.keys[0].state = LY_KEY_CURRENT;
	a.m.nkeys = 1;
	made_answer_ca(&a, &s);
	s.key = ec;
	(void)made_answer_key(&a, &s);
	c = made_catalogue(NULL, &a);
	assert_int_equal(ly_catalogue_count(c), 2);
	assert_int_equal(made_entry(c, 0).key_type, LY_KEY_EC);
	ly_catalogue_unref(&c);
	made_answer_clear(&a);
	EVP_PKEY_free(ed448);
}

static void
test_a_damaged_old_catalogue(void **state)
{
	struct made_answer a;
	struct ly_catalogue *c;
	struct ly_buf file;

	(void)state;
	made_mailbox(&a);
	ly_buf_init(&file, LY_CATALOGUE_MAX);
	assert_int_equal(ly_catalogue_build(NULL, &a.m, 1, &file, NULL), 0);
	file.data[file.len - 1] ^= 1;
	assert_int_equal(ly_catalogue_open(&file, &c), 0);
	refused(c, &a, LY_ERR_FORMAT, "old catalogue");
	ly_catalogue_unref(&c);
	made_answer_clear(&a);
}

/* The same answer again changes nothing but the revision. */
static void
test_again(void **state)
{
	struct made_answer a;
	struct ly_catalogue *c, *next;
	const uint8_t *p, *q;
	size_t len, again;

	(void)state;
	made_mailbox(&a);
	c = made_catalogue(NULL, &a);
	next = made_catalogue(c, &a);
	p = ly_catalogue_bytes(c, &len);
	q = ly_catalogue_bytes(next, &again);
	assert_int_equal(len, again);
	assert_memory_equal(p, q, len);
	ly_catalogue_unref(&c);
	ly_catalogue_unref(&next);
	made_answer_clear(&a);
}

/* Two thousand keys of one name, in two answers. */
static void
test_many_keys(void **state)
{
	enum { N = 2000 };
	struct ly_wire_key *keys = calloc(N, sizeof(*keys));
	struct ly_catalogue *c = NULL, *next = NULL;
	struct ly_wire_keys m;
	struct made_spec s = spec(NULL, now - MADE_DAY, now + MADE_DAY, NULL,
	    1);
	struct ly_buf file;
	struct ly_view v;
	size_t i, first, n;

	(void)state;
	assert_non_null(keys);
	memset(&m, 0, sizeof(m));
	m.keys = keys;
	for (i = 0; i < N; i++) {
		s.key = made_key("EC");
		s.serial = (long)i + 1;
		keys[i].certs[0] = made_cert(&s);
		keys[i].ncerts = 1;
		keys[i].use = LY_USE_ALL;
		keys[i].delivery = LY_CACHED;
		keys[i].state = LY_KEY_CURRENT;
		made_key_id(&keys[i].certs[0], keys[i].key_id);
		EVP_PKEY_free(s.key);
	}
	ly_buf_init(&file, LY_CATALOGUE_MAX);
	m.nkeys = N / 2;
	assert_int_equal(ly_catalogue_build(NULL, &m, 1, &file, NULL), 0);
	assert_int_equal(ly_catalogue_open(&file, &c), 0);
	m.keys += N / 2;
	assert_int_equal(ly_catalogue_build(c, &m, 1, &file, NULL), 0);
	assert_int_equal(ly_catalogue_open(&file, &next), 0);
	assert_int_equal(ly_catalogue_verify(next), 0);
	assert_int_equal(ly_catalogue_count(next), 2 * N);
	for (i = 0; i < N; i++) {
		v = (struct ly_view){ keys[i].key_id, LY_KEY_ID_LEN };
		ly_catalogue_find(next, LY_IX_KEY_ID, &v, NULL, &first, &n);
		assert_int_equal(n, 2);
		ly_buf_clear(&keys[i].certs[0]);
	}
	v = made_entry(next, 2 * N - 1).label;
	ly_catalogue_find(next, LY_IX_LABEL, &v, NULL, &first, &n);
	assert_int_equal(n, 2);
	ly_catalogue_unref(&c);
	ly_catalogue_unref(&next);
	free(keys);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_mailbox),
		cmocka_unit_test(test_cka_ids),
		cmocka_unit_test(test_a_sync_keeps_numbers_and_labels),
		cmocka_unit_test(test_policy),
		cmocka_unit_test(test_order_of_states),
		cmocka_unit_test(test_labels),
		cmocka_unit_test(test_authorities),
		cmocka_unit_test(test_answers_that_are_refused),
		cmocka_unit_test(test_unknown_key_types),
		cmocka_unit_test(test_a_damaged_old_catalogue),
		cmocka_unit_test(test_again),
		cmocka_unit_test(test_many_keys),
	};

	return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
