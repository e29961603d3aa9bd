/*
 * unpad.c: known answers made by a second implementation in Python
 * (tests/data/unpad_vectors.py), and, where valgrind's header is there,
 * blocks and keys marked undefined: under memcheck nothing may branch on
 * them. The last is run by tests/unit/unpad_ct.sh.
 */
#include "unit.h"

#ifdef HAVE_VALGRIND_MEMCHECK_H
#include <valgrind/memcheck.h>
#else
#define VALGRIND_MAKE_MEM_UNDEFINED(p, n) ((void)(p), (void)(n))
#define VALGRIND_MAKE_MEM_DEFINED(p, n) ((void)(p), (void)(n))
#endif

#include "alg.h"
#include "crypto.h"
#include "secret.h"
#include "unpad.h"

#define LINE_MAX_LEN 4096

/* The next line that starts with '=', as bytes; -1 at the end. */
static int
next_part(FILE *f, uint8_t *out, size_t cap)
{
	char line[LINE_MAX_LEN];
	size_t n;

	while (fgets(line, sizeof(line), f) != NULL) {
		if (line[0] != '=')
			continue;
		n = strcspn(line, "\n");
		line[n] = '\0';
		n = (n - 1) / 2;
		assert_true(n <= cap);
		assert_int_equal(ly_unhex(line + 1, out, n), 0);
		return (int)n;
	}
	return -1;
}

static void
test_known_answers(void **state)
{
	uint8_t dh[32], ct[1024], em[1024], want[1024], kdk[LY_KDK_LEN];
	struct ly_secret out = LY_SECRET_INIT;
	char path[4096];
	unsigned count = 0;
	int k, n;
	FILE *f;

	(void)state;
	assert_non_null(getenv("top_srcdir"));
	(void)snprintf(path, sizeof(path), "%s/tests/data/unpad_vectors.txt",
	    getenv("top_srcdir"));
	assert_non_null(f = fopen(path, "r"));
	while (next_part(f, dh, sizeof(dh)) == 32) {
		k = next_part(f, ct, sizeof(ct));
		assert_int_equal(next_part(f, em, sizeof(em)), k);
		n = next_part(f, want, sizeof(want));
		assert_true(n >= 0 && n <= k - 11);
		assert_int_equal(ly_unpad_kdk(dh, ct, (size_t)k, kdk), 0);
		assert_int_equal(ly_unpad_pkcs1(em, (size_t)k, kdk, &out), 0);
		assert_int_equal(out.len, n);
		assert_memory_equal(out.data, want, (size_t)n);
		count++;
	}
	(void)fclose(f);
	assert_int_equal(count, 4 * 13);
	ly_secret_clear(&out);
}

static void
trap_18_nothing_behind_the_message(void **state)
{
	struct ly_secret out = LY_SECRET_INIT;
	uint8_t em[256], kdk[LY_KDK_LEN] = { 5 };
	size_t i;

	(void)state;
	memset(em, 0xee, sizeof(em));
	em[0] = 0;
	em[1] = 2;
	em[200] = 0;
	assert_int_equal(ly_unpad_pkcs1(em, sizeof(em), kdk, &out), 0);
	assert_int_equal(out.len, 55);
	for (i = out.len; i < out.cap; i++)
		assert_int_equal(out.data[i], 0);
	ly_secret_clear(&out);
}

static void
test_sizes(void **state)
{
	static uint8_t em[LY_RSA_MAX_BYTES + 1];
	const uint8_t kdk[LY_KDK_LEN] = { 1 };
	struct ly_secret out = LY_SECRET_INIT;

	(void)state;
	assert_int_equal(ly_unpad_pkcs1(em, 63, kdk, &out), LY_ERR_LENGTH);
	assert_int_equal(ly_unpad_pkcs1(em, LY_RSA_MAX_BYTES + 1, kdk, &out),
	    LY_ERR_LENGTH);
	assert_null(out.data);
	assert_int_equal(ly_unpad_pkcs1(em, 64, kdk, &out), 0);
	assert_int_equal(ly_unpad_pkcs1(em, LY_RSA_MAX_BYTES, kdk, &out), 0);
	assert_true(out.len <= LY_RSA_MAX_BYTES - 11);
	ly_secret_clear(&out);
}

/* Good and bad blocks, undefined as a decryption's result would be. */
static void
trap_18_no_branch_on_secrets(void **state)
{
	struct ly_secret out = LY_SECRET_INIT;
	uint8_t em[256], kdk[LY_KDK_LEN], dh[32] = { 3 };
	int bad;

	(void)state;
	for (bad = 0; bad < 2; bad++) {
		memset(em, 0x77, sizeof(em));
		em[0] = 0;
		em[1] = bad ? 1 : 2;
		em[100] = 0;
		VALGRIND_MAKE_MEM_UNDEFINED(em, sizeof(em));
		VALGRIND_MAKE_MEM_UNDEFINED(dh, sizeof(dh));
		assert_int_equal(ly_unpad_kdk(dh, (const uint8_t *)
		    "0123456789012345678901234567890123456789", 40, kdk), 0);
		assert_int_equal(ly_unpad_pkcs1(em, sizeof(em), kdk, &out),
		    0);
		VALGRIND_MAKE_MEM_DEFINED(&out.len, sizeof(out.len));
		VALGRIND_MAKE_MEM_DEFINED(out.data, out.cap);
		VALGRIND_MAKE_MEM_DEFINED(dh, sizeof(dh));
		if (!bad)
			assert_int_equal(out.len, 155);
	}
	ly_secret_clear(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known_answers),
		cmocka_unit_test(trap_18_nothing_behind_the_message),
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(trap_18_no_branch_on_secrets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
