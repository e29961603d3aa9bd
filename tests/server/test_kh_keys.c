/*
 * Wrapping and its bindings, the cache of keys, and a hostile front that
 * speaks to ly_kh_answer directly.
 */
#include "unit.h"

#include "buf.h"
#include "cert.h"
#include "compat.h"
#include "crypto.h"
#include "keyholder.h"
#include "kh_keys.h"
#include "pkey.h"
#include "seal.h"
#include "secret.h"

struct world {
	struct ly_kh_keys *keys;
	struct ly_kh_service svc;
	struct ly_row_service row;
	struct ly_buf encoded;
	/* one user's key */
	struct ly_pkey *pkey;
	struct ly_buf spki, wrapped;
	struct ly_secret der;
	struct ly_kh_key key;
};

static struct ly_kh_keys *
new_keys(uint8_t fill, size_t max)
{
	struct ly_secret kek = LY_SECRET_INIT;
	struct ly_kh_keys *k = NULL;

	assert_int_equal(ly_secret_alloc(&kek, LY_AEAD_KEY_LEN), 0);
	memset(kek.data, fill, LY_AEAD_KEY_LEN);
	kek.len = LY_AEAD_KEY_LEN;
	assert_int_equal(ly_kh_keys_new(&kek, max, &k), 0);
	assert_null(kek.data);
	return k;
}

static void
set_views(struct world *w)
{
	w->key.spki.p = w->spki.data;
	w->key.spki.len = w->spki.len;
	w->key.wrapped.p = w->wrapped.data;
	w->key.wrapped.len = w->wrapped.len;
}

static int
setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	struct ly_view v;

	w->keys = new_keys(1, 2);
	ly_buf_init(&w->encoded, 65536);
	ly_buf_init(&w->spki, 4096);
	ly_buf_init(&w->wrapped, 4096);
	assert_int_equal(ly_kh_service_make(w->keys, "default", &w->row), 0);
	assert_int_equal(ly_kh_service_encode(&w->row, &w->encoded), 0);
	v.p = w->encoded.data;
	v.len = w->encoded.len;
	assert_int_equal(ly_kh_service_open(w->keys, &w->svc, &v), 0);
	assert_int_equal(ly_pkey_generate_p256(&w->pkey), 0);
	assert_int_equal(ly_pkey_spki(w->pkey, &w->spki), 0);
	assert_int_equal(ly_pkey_to_der(w->pkey, &w->der), 0);
	(void)snprintf(w->key.mailbox, sizeof(w->key.mailbox),
	    "a@example.com");
	w->key.use = LY_USE_SIGN | LY_USE_DERIVE;
	w->key.version = LY_WRAP_VERSION;
	set_views(w);
	assert_int_equal(ly_key_id(w->spki.data, w->spki.len, w->key.key_id),
	    0);
	assert_int_equal(ly_kh_wrap(&w->svc, &w->key, &w->der, &w->wrapped),
	    0);
	set_views(w);
	*state = w;
	return 0;
}

static int
teardown(void **state)
{
	struct world *w = *state;

	ly_kh_service_clear(&w->svc);
	ly_row_service_clear(&w->row);
	ly_kh_keys_free(&w->keys);
	ly_pkey_free(&w->pkey);
	ly_secret_clear(&w->der);
	ly_buf_clear(&w->encoded);
	ly_buf_clear(&w->spki);
	ly_buf_clear(&w->wrapped);
	free(w);
	return 0;
}

/* Every part of the binding counts: a changed one does not open. */
static void
test_binding(void **state)
{
	struct ly_secret out = LY_SECRET_INIT;
	struct world *w = *state;
	struct ly_kh_key k = w->key;
	struct ly_kh_ref *ref = NULL;
	size_t i;

	assert_int_equal(ly_kh_unwrap(&w->svc, &k, &out), 0);
	assert_int_equal(out.len, w->der.len);
	assert_memory_equal(out.data, w->der.data, out.len);
	ly_secret_clear(&out);
	(void)snprintf(k.mailbox, sizeof(k.mailbox), "b@example.com");
	assert_int_equal(ly_kh_unwrap(&w->svc, &k, &out), LY_ERR_AUTH);
	k = w->key;
	k.use = LY_USE_ALL;
	assert_int_equal(ly_kh_unwrap(&w->svc, &k, &out), LY_ERR_AUTH);
	assert_int_equal(ly_kh_key_get(w->keys, &w->svc, &k, &ref),
	    LY_ERR_AUTH);
	k = w->key;
	k.version = 2;
	assert_int_equal(ly_kh_unwrap(&w->svc, &k, &out), LY_ERR_AUTH);
	k = w->key;
	k.key_id[0] ^= 1;
	assert_int_equal(ly_kh_unwrap(&w->svc, &k, &out), LY_ERR_AUTH);
	k = w->key;
	k.spki.len--;
	assert_int_equal(ly_kh_unwrap(&w->svc, &k, &out), LY_ERR_AUTH);
	for (i = 0; i < w->wrapped.len; i += 7) {
		w->wrapped.data[i] ^= 1;
		assert_int_equal(ly_kh_unwrap(&w->svc, &w->key, &out),
		    LY_ERR_AUTH);
		w->wrapped.data[i] ^= 1;
	}
	assert_null(out.data);
	assert_null(ref);
}

/* A service of another KEK, or with a part exchanged, does not open. */
static void
test_service(void **state)
{
	struct ly_kh_keys *other = new_keys(2, 1);
	struct world *w = *state;
	struct ly_kh_service svc;
	struct ly_row_own ca;
	struct ly_pkey *p = NULL;
	struct ly_view v = { w->encoded.data, w->encoded.len };

	memset(&svc, 0, sizeof(svc));
	assert_int_equal(ly_kh_service_open(other, &svc, &v), LY_ERR_AUTH);
	assert_null(svc.tenant_key.data);
	v.len--;
	assert_int_equal(ly_kh_service_open(w->keys, &svc, &v),
	    LY_ERR_FORMAT);
	v.len = 0;
	assert_int_equal(ly_kh_service_open(w->keys, &svc, &v),
	    LY_ERR_FORMAT);
	ly_kh_keys_free(&other);
	/* The sealer's key under the CA's certificate, and a wrong role. */
	ca = w->row.sealer;
	ca.cert = w->row.ca.cert;
	assert_int_equal(ly_kh_service_key(&w->svc, "sealer", &ca, &p),
	    LY_ERR_AUTH);
	assert_int_equal(ly_kh_service_key(&w->svc, "ca", &w->row.sealer,
	    &p), LY_ERR_AUTH);
	assert_int_equal(ly_kh_service_key(&w->svc, "ca", &w->row.ca, &p),
	    0);
	ly_pkey_free(&p);
}

static void
test_cache(void **state)
{
	struct ly_kh_ref *a = NULL, *b = NULL, *c = NULL;
	struct world *w = *state;
	struct ly_kh_key k = w->key;
	struct ly_buf wrapped[2];
	int i;

	assert_int_equal(ly_kh_key_get(w->keys, &w->svc, &k, &a), 0);
	assert_int_equal(ly_kh_key_get(w->keys, &w->svc, &k, &b), 0);
	assert_ptr_equal(ly_kh_ref_pkey(a), ly_kh_ref_pkey(b));
	ly_kh_key_put(w->keys, &b);
	assert_null(b);
	/* Two more push it out of a cache of two; it lives while in use. */
	for (i = 0; i < 2; i++) {
		ly_buf_init(&wrapped[i], 4096);
		assert_int_equal(ly_kh_wrap(&w->svc, &w->key, &w->der,
		    &wrapped[i]), 0);
		k.wrapped.p = wrapped[i].data;
		k.wrapped.len = wrapped[i].len;
		assert_int_equal(ly_kh_key_get(w->keys, &w->svc, &k, &b), 0);
		assert_ptr_not_equal(b, a);
		ly_kh_key_put(w->keys, &b);
		ly_buf_clear(&wrapped[i]);
	}
	assert_int_equal(ly_kh_key_get(w->keys, &w->svc, &w->key, &c), 0);
	assert_ptr_not_equal(c, a);
	assert_int_equal(ly_pkey_type(ly_kh_ref_pkey(a)), LY_KEY_EC);
	ly_kh_key_put(w->keys, &a);
	ly_kh_key_put(w->keys, &c);
}

/* Ask as a front would; the error that comes back. */
static int
ask(struct world *w, const struct ly_kh_req *q, struct ly_secret *answer)
{
	struct ly_reader rd;
	struct ly_buf b;
	int err = 1;

	ly_buf_init(&b, LY_KH_REQUEST_MAX);
	assert_int_equal(ly_kh_req_encode(q, &b), 0);
	assert_int_equal(ly_kh_answer(w->keys, &w->svc, &b, answer), 0);
	ly_reader_init(&rd, answer->data, answer->len);
	assert_int_equal(ly_kh_get_err(&rd, &err), 0);
	ly_buf_clear(&b);
	return err;
}

static struct ly_kh_req
blank(struct world *w, enum ly_kh_type type)
{
	struct ly_kh_req q;

	memset(&q, 0, sizeof(q));
	q.type = type;
	q.service.p = w->encoded.data;
	q.service.len = w->encoded.len;
	q.key = w->key;
	q.not_after = ly_time() + 100;
	return q;
}

/* Error of the first item of a batch of one. */
static int
item_error(const struct ly_secret *answer)
{
	struct ly_reader rd;
	int err = 1;

	ly_reader_init(&rd, answer->data, answer->len);
	assert_int_equal(ly_kh_get_err(&rd, &err), 0);
	assert_int_equal(err, 0);
	assert_int_equal(ly_kh_get_err(&rd, &err), 0);
	return err;
}

static void
test_hostile_ops(void **state)
{
	struct ly_secret answer = LY_SECRET_INIT;
	struct world *w = *state;
	struct ly_kh_req q = blank(w, LY_KH_OPS);
	struct ly_kh_op op;

	memset(&op, 0, sizeof(op));
	op.key = w->key;
	op.alg.op = LY_OP_SIGN;
	op.alg.scheme = LY_ECDSA;
	op.data.p = (const uint8_t *)"0123456789abcdef0123456789abcdef";
	op.data.len = 32;
	q.ops = &op;
	q.nops = 1;
	assert_int_equal(ask(w, &q, &answer), 0);
	assert_int_equal(item_error(&answer), 0);
	ly_secret_clear(&answer);
	/* A usage that the key was not wrapped for. */
	op.key.use = LY_USE_DERIVE;
	assert_int_equal(ask(w, &q, &answer), 0);
	assert_int_equal(item_error(&answer), LY_ERR_DENIED);
	ly_secret_clear(&answer);
	op.key.use = LY_USE_ALL;
	assert_int_equal(ask(w, &q, &answer), 0);
	assert_int_equal(item_error(&answer), LY_ERR_AUTH);
	ly_secret_clear(&answer);
	op.key = w->key;
	op.alg.scheme = (enum ly_scheme)77;
	assert_int_equal(ask(w, &q, &answer), 0);
	assert_int_equal(item_error(&answer), LY_ERR_UNSUPPORTED);
	ly_secret_clear(&answer);
	q.service.len = 0;
	assert_int_equal(ask(w, &q, &answer), LY_ERR_FORMAT);
	ly_secret_clear(&answer);
}

/* A key leaves only to a certificate of our own CA. */
static void
test_hostile_seal(void **state)
{
	struct ly_secret answer = LY_SECRET_INIT;
	struct world *w = *state;
	struct ly_kh_req q = blank(w, LY_KH_SEAL);
	struct ly_pkey *mine = NULL;
	struct ly_buf spki, ca, rcpt;

	ly_buf_init(&spki, 4096);
	ly_buf_init(&ca, 4096);
	ly_buf_init(&rcpt, 4096);
	assert_int_equal(ly_pkey_generate_p256(&mine), 0);
	assert_int_equal(ly_pkey_spki(mine, &spki), 0);
	assert_int_equal(ly_cert_issue(LY_CERT_CA, mine, NULL, 0, "Lanyard "
	    "key service CA", spki.data, spki.len, ly_time() + 1000, &ca),
	    0);
	assert_int_equal(ly_cert_issue(LY_CERT_DEVICE_RECV, mine, ca.data,
	    ca.len, "thief", spki.data, spki.len, ly_time() + 1000, &rcpt),
	    0);
	q.blob.p = rcpt.data;
	q.blob.len = rcpt.len;
	assert_int_equal(ask(w, &q, &answer), LY_ERR_AUTH);
	assert_int_equal(answer.len, 4);	/* and nothing else */
	ly_secret_clear(&answer);
	/* No CA for anybody, and no certificate that signs leases. */
	q = blank(w, LY_KH_ISSUE);
	q.blob.p = rcpt.data;
	q.blob.len = rcpt.len;
	q.kind = LY_CERT_CA;
	assert_int_equal(ask(w, &q, &answer), LY_ERR_DENIED);
	ly_secret_clear(&answer);
	q.kind = LY_CERT_SEALER;
	assert_int_equal(ask(w, &q, &answer), LY_ERR_DENIED);
	ly_secret_clear(&answer);
	ly_pkey_free(&mine);
	ly_buf_clear(&spki);
	ly_buf_clear(&ca);
	ly_buf_clear(&rcpt);
}

static void
test_import(void **state)
{
	struct ly_secret answer = LY_SECRET_INIT, other = LY_SECRET_INIT;
	struct world *w = *state;
	struct ly_kh_req q = blank(w, LY_KH_IMPORT);
	struct ly_row_service row;
	struct ly_pkey *mine = NULL;
	struct ly_buf sealed;

	q.key.wrapped.len = 0;
	ly_buf_init(&sealed, LY_SEALED_MAX);
	assert_int_equal(ly_seal(&w->der, w->row.import.cert.data,
	    w->row.import.cert.len, &sealed), 0);
	q.blob.p = sealed.data;
	q.blob.len = sealed.len;
	assert_int_equal(ask(w, &q, &answer), 0);
	ly_secret_clear(&answer);
	q.key.key_id[0] ^= 1;
	assert_int_equal(ask(w, &q, &answer), LY_ERR_ARG);
	ly_secret_clear(&answer);
	q.key = w->key;
	/* Another key than the certificate's. */
	ly_buf_clear(&sealed);
	assert_int_equal(ly_pkey_generate_p256(&mine), 0);
	assert_int_equal(ly_pkey_to_der(mine, &other), 0);
	assert_int_equal(ly_seal(&other, w->row.import.cert.data,
	    w->row.import.cert.len, &sealed), 0);
	q.blob.p = sealed.data;
	q.blob.len = sealed.len;
	assert_int_equal(ask(w, &q, &answer), LY_ERR_DENIED);
	ly_secret_clear(&answer);
	/* Sealed to somebody else: another service. */
	ly_buf_clear(&sealed);
	memset(&row, 0, sizeof(row));
	assert_int_equal(ly_kh_service_make(w->keys, "other", &row), 0);
	assert_int_equal(ly_seal(&w->der, row.import.cert.data,
	    row.import.cert.len, &sealed), 0);
	ly_row_service_clear(&row);
	q.blob.p = sealed.data;
	q.blob.len = sealed.len;
	assert_int_not_equal(ask(w, &q, &answer), 0);
	ly_secret_clear(&answer);
	ly_secret_clear(&other);
	ly_pkey_free(&mine);
	ly_buf_clear(&sealed);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_binding), T(test_service), T(test_cache),
		T(test_hostile_ops), T(test_hostile_seal), T(test_import),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
