/* recent.c: what is kept, for how long, of which operations, how many. */
#include "unit.h"

#include <sched.h>

#include "compat.h"
#include "secret.h"

#include "../../module/recent.h"

static const struct ly_keyref key = { .id = { 1 }, .type = LY_KEY_RSA };
static const struct ly_alg pkcs1 = { .op = LY_OP_DECRYPT,
    .scheme = LY_RSA_PKCS1 };

static void
put(struct ly_recent *k, const struct ly_alg *alg, uint8_t in,
    const char *result, size_t len)
{
	struct ly_secret s = LY_SECRET_INIT;

	assert_int_equal(ly_secret_set(&s, result, len), 0);
	ly_recent_put(k, &key, alg, &in, 1, &s);
	ly_secret_clear(&s);
}

/* Whether that is kept, and right. */
static int
has(struct ly_recent *k, const struct ly_keyref *ref,
    const struct ly_alg *alg, uint8_t in, const char *result, size_t len)
{
	struct ly_secret s = LY_SECRET_INIT;
	int r = ly_recent_get(k, ref, alg, &in, 1, &s);

	if (r == 0) {
		assert_int_equal(s.len, len);
		assert_memory_equal(s.data, result, len);
	} else {
		assert_int_equal(r, LY_ERR_NOTFOUND);
		assert_null(s.data);
	}
	ly_secret_clear(&s);
	return r == 0;
}

static void
test_the_same_question_only(void **state)
{
	struct ly_keyref other = key;
	struct ly_recent *k = NULL;
	struct ly_alg oaep = { .op = LY_OP_DECRYPT, .scheme = LY_RSA_OAEP,
	    .hash = LY_SHA256, .mgf = LY_SHA256, .label = "ab",
	    .label_len = 2 };

	(void)state;
	assert_int_equal(ly_recent_new(300, &k), 0);
	assert_false(has(k, &key, &pkcs1, 1, "cek", 3));
	put(k, &pkcs1, 1, "cek", 3);
	assert_true(has(k, &key, &pkcs1, 1, "cek", 3));
	assert_false(has(k, &key, &pkcs1, 2, "cek", 3));
	other.id[LY_KEY_ID_LEN - 1] = 1;
	assert_false(has(k, &other, &pkcs1, 1, "cek", 3));
	assert_false(has(k, &key, &oaep, 1, "cek", 3));
	put(k, &oaep, 1, "other", 5);
	assert_true(has(k, &key, &oaep, 1, "other", 5));
	oaep.mgf = LY_SHA1;
	assert_false(has(k, &key, &oaep, 1, "other", 5));
	oaep.mgf = LY_SHA256;
	oaep.label_len = 1;
	assert_false(has(k, &key, &oaep, 1, "other", 5));
	ly_recent_forget(k);
	assert_false(has(k, &key, &pkcs1, 1, "cek", 3));
	ly_recent_free(&k);
	assert_null(k);
	assert_false(has(k, &key, &pkcs1, 1, "cek", 3));
	ly_recent_forget(k);
	ly_recent_free(&k);
}

static void
test_neither_signatures_nor_long_results(void **state)
{
	const struct ly_alg sign = { .op = LY_OP_SIGN,
	    .scheme = LY_RSA_PKCS1 };
	const struct ly_alg ecdh = { .op = LY_OP_DERIVE,
	    .scheme = LY_ECDH };
	static const char result[LY_RECENT_LEN + 1] = { 1 };
	struct ly_recent *k = NULL;

	(void)state;
	assert_int_equal(ly_recent_new(300, &k), 0);
	put(k, &sign, 1, "signature", 9);
	assert_false(has(k, &key, &sign, 1, "signature", 9));
	put(k, &pkcs1, 1, result, sizeof(result));
	assert_false(has(k, &key, &pkcs1, 1, result, sizeof(result)));
	put(k, &pkcs1, 2, "", 0);
	assert_false(has(k, &key, &pkcs1, 2, "", 0));
	put(k, &ecdh, 1, result, LY_RECENT_LEN);
	assert_true(has(k, &key, &ecdh, 1, result, LY_RECENT_LEN));
	ly_recent_free(&k);
}

static void
test_the_oldest_makes_room(void **state)
{
	struct ly_recent *k = NULL;
	char cek[2];
	int i;

	(void)state;
	assert_int_equal(ly_recent_new(300, &k), 0);
	for (i = 0; i < LY_RECENT_MAX + 10; i++) {
		cek[0] = cek[1] = (char)i;
		put(k, &pkcs1, (uint8_t)i, cek, 2);
		/* Again: takes no second place. */
		put(k, &pkcs1, (uint8_t)i, cek, 2);
	}
	for (i = 0; i < LY_RECENT_MAX + 10; i++) {
		cek[0] = cek[1] = (char)i;
		assert_int_equal(has(k, &key, &pkcs1, (uint8_t)i, cek, 2),
		    i >= 10);
	}
	ly_recent_free(&k);
}

static void
test_being_used_keeps_nothing_longer(void **state)
{
	const int64_t begun = ly_time();
	struct ly_recent *k = NULL;

	(void)state;
	assert_int_equal(ly_recent_new(1, &k), 0);
	put(k, &pkcs1, 1, "cek", 3);
	while (has(k, &key, &pkcs1, 1, "cek", 3))
		(void)sched_yield();
	assert_true(ly_time() > begun);
	ly_recent_free(&k);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_same_question_only),
		cmocka_unit_test(test_neither_signatures_nor_long_results),
		cmocka_unit_test(test_the_oldest_makes_room),
		cmocka_unit_test(test_being_used_keeps_nothing_longer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
