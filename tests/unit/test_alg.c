/* alg.c: names there and back, and which combinations mean something. */
#include "unit.h"

#include "alg.h"

static void
test_hashes(void **state)
{
	static const size_t lens[] = { 0, 20, 28, 32, 48, 64 };
	enum ly_hash back;
	int h;

	(void)state;
	for (h = LY_SHA1; h <= LY_SHA512; h++) {
		assert_int_equal(ly_hash_len((enum ly_hash)h), lens[h]);
		assert_non_null(ly_hash_ossl((enum ly_hash)h));
		assert_int_equal(ly_hash_by_name(
		    ly_hash_name((enum ly_hash)h), &back), 0);
		assert_int_equal(back, h);
	}
	back = LY_SHA384;
	assert_int_equal(ly_hash_len(LY_HASH_NONE), 0);
	assert_null(ly_hash_name(LY_HASH_NONE));
	assert_null(ly_hash_ossl((enum ly_hash)77));
	assert_null(ly_hash_name((enum ly_hash)-1));
	assert_int_equal(ly_hash_by_name("md5", &back), LY_ERR_UNSUPPORTED);
	assert_int_equal(ly_hash_by_name("", &back), LY_ERR_UNSUPPORTED);
	assert_int_equal(ly_hash_by_name("SHA256", &back),
	    LY_ERR_UNSUPPORTED);
	assert_int_equal(back, LY_SHA384);
}

static void
test_names(void **state)
{
	enum ly_scheme scheme = LY_ECDH;
	enum ly_op op = LY_OP_SIGN;
	int i;

	(void)state;
	for (i = LY_OP_DECRYPT; i <= LY_OP_DERIVE; i++) {
		assert_int_equal(ly_op_by_name(ly_op_name((enum ly_op)i),
		    &op), 0);
		assert_int_equal(op, i);
	}
	for (i = LY_RSA_PKCS1; i <= LY_ECDH; i++) {
		assert_int_equal(ly_scheme_by_name(
		    ly_scheme_name((enum ly_scheme)i), &scheme), 0);
		assert_int_equal(scheme, i);
	}
	assert_int_equal(ly_op_by_name("encrypt", &op), LY_ERR_UNSUPPORTED);
	assert_int_equal(op, LY_OP_DERIVE);
	assert_int_equal(ly_scheme_by_name("rsa-x509", &scheme),
	    LY_ERR_UNSUPPORTED);
	assert_null(ly_op_name((enum ly_op)0));
	assert_null(ly_scheme_name((enum ly_scheme)9));
	assert_string_equal(ly_key_type_name(LY_KEY_ED25519), "ed25519");
	assert_null(ly_key_type_name((enum ly_key_type)0));
}

static void
test_combinations(void **state)
{
	static const unsigned allowed[] = { 0, 1 << LY_OP_DECRYPT |
	    1 << LY_OP_SIGN, 1 << LY_OP_DECRYPT, 1 << LY_OP_SIGN,
	    1 << LY_OP_SIGN, 1 << LY_OP_SIGN, 1 << LY_OP_DERIVE };
	struct ly_alg a;
	int s, op, want;

	(void)state;
	for (s = 0; s <= LY_ECDH + 1; s++) {
		for (op = 0; op <= LY_OP_DERIVE + 1; op++) {
			memset(&a, 0, sizeof(a));
			a.scheme = (enum ly_scheme)s;
			a.op = (enum ly_op)op;
			if (s == LY_RSA_OAEP || s == LY_RSA_PSS)
				a.hash = a.mgf = LY_SHA256;
			want = s <= LY_ECDH && (allowed[s] >> op & 1) != 0 ?
			    0 : LY_ERR_UNSUPPORTED;
			assert_int_equal(ly_alg_check(&a), want);
		}
	}
}

static void
test_stray_parameters(void **state)
{
	struct ly_alg a = { .op = LY_OP_DECRYPT, .scheme = LY_RSA_OAEP };

	(void)state;
	assert_int_equal(ly_alg_check(&a), LY_ERR_UNSUPPORTED);
	a.hash = LY_SHA1;
	assert_int_equal(ly_alg_check(&a), LY_ERR_UNSUPPORTED);
	a.mgf = LY_SHA512;
	assert_int_equal(ly_alg_check(&a), 0);
	a.label_len = LY_LABEL_MAX;
	assert_int_equal(ly_alg_check(&a), 0);
	a.label_len++;
	assert_int_equal(ly_alg_check(&a), LY_ERR_UNSUPPORTED);
	a.label_len = 0;
	a.salt_len = 1;
	assert_int_equal(ly_alg_check(&a), LY_ERR_UNSUPPORTED);
	a.op = LY_OP_SIGN;
	a.scheme = LY_RSA_PSS;
	assert_int_equal(ly_alg_check(&a), 0);
	a.salt_len = LY_RSA_MAX_BYTES + 1;
	assert_int_equal(ly_alg_check(&a), LY_ERR_UNSUPPORTED);
	a.scheme = LY_RSA_PKCS1;
	a.salt_len = 0;
	assert_int_equal(ly_alg_check(&a), LY_ERR_UNSUPPORTED);
	a.hash = a.mgf = LY_HASH_NONE;
	assert_int_equal(ly_alg_check(&a), 0);
}

static void
test_usage(void **state)
{
	(void)state;
	assert_int_equal(ly_op_use(LY_OP_SIGN), LY_USE_SIGN);
	assert_int_equal(ly_op_use(LY_OP_DECRYPT), LY_USE_DECRYPT);
	assert_int_equal(ly_op_use(LY_OP_DERIVE), LY_USE_DERIVE);
	assert_int_equal(ly_op_use((enum ly_op)0), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hashes),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_combinations),
		cmocka_unit_test(test_stray_parameters),
		cmocka_unit_test(test_usage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
