/* crypto.c: known answers, sealed bytes that changed, the host untouched. */
#include "unit.h"

#include <pthread.h>
#include <unistd.h>

#include <openssl/conf.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/objects.h>

#include "buf.h"
#include "crypto.h"
#include "secret.h"

static void
from_hex(const char *hex, uint8_t *out)
{
	assert_int_equal(ly_unhex(hex, out, strlen(hex) / 2), 0);
}

static void
assert_hex(const uint8_t *data, size_t len, const char *hex)
{
	char text[512];

	assert_true(2 * len < sizeof(text));
	ly_hex(data, len, text);
	assert_string_equal(text, hex);
}

static void *
get_ctx(void *arg)
{
	(void)arg;
	return ly_libctx();
}

/* First in the program, so that the threads race to make it. */
static void
test_one_context_for_all_threads(void **state)
{
	pthread_t t[8];
	void *ctx[8];
	size_t i;

	(void)state;
	for (i = 0; i < 8; i++)
		assert_int_equal(pthread_create(&t[i], NULL, get_ctx, NULL),
		    0);
	for (i = 0; i < 8; i++)
		assert_int_equal(pthread_join(t[i], &ctx[i]), 0);
	for (i = 0; i < 8; i++)
		assert_ptr_equal(ctx[i], ly_libctx());
	assert_non_null(ctx[0]);
}

static void
trap_2_guard_restores_the_host(void **state)
{
	OSSL_LIB_CTX *host = OSSL_LIB_CTX_new(), *before, *inner;

	(void)state;
	assert_non_null(OSSL_LIB_CTX_set0_default(host));
	ERR_clear_error();
	ERR_raise(ERR_LIB_USER, 1);
	before = ly_libctx_enter(NULL);
	assert_ptr_equal(OSSL_LIB_CTX_set0_default(NULL), ly_libctx());
	inner = ly_libctx_enter(NULL);
	ERR_raise(ERR_LIB_USER, 2);
	ly_libctx_leave(inner);
	ERR_raise(ERR_LIB_USER, 3);
	ly_libctx_leave(before);
	assert_ptr_equal(OSSL_LIB_CTX_set0_default(NULL), host);
	assert_int_equal(ERR_GET_REASON(ERR_get_error()), 1);
	assert_int_equal(ERR_get_error(), 0);
	(void)OSSL_LIB_CTX_set0_default(
	    OSSL_LIB_CTX_get0_global_default());
	OSSL_LIB_CTX_free(host);
}

static void
test_digests(void **state)
{
	uint8_t out[LY_HASH_MAX];
	int h;

	(void)state;
	/* FIPS 180-4, "abc" */
	assert_int_equal(ly_digest(LY_SHA256, "abc", 3, out), 0);
	assert_hex(out, 32, "ba7816bf8f01cfea414140de5dae2223"
	    "b00361a396177a9cb410ff61f20015ad");
	assert_int_equal(ly_digest(LY_SHA1, "abc", 3, out), 0);
	assert_hex(out, 20, "a9993e364706816aba3e25717850c26c9cd0d89d");
	for (h = LY_SHA1; h <= LY_SHA512; h++) {
		assert_non_null(ly_md((enum ly_hash)h));
		assert_ptr_equal(ly_md((enum ly_hash)h),
		    ly_md((enum ly_hash)h));
	}
	assert_null(ly_md(LY_HASH_NONE));
	assert_int_equal(ly_digest(LY_HASH_NONE, "", 0, out), LY_ERR_CRYPTO);
	assert_int_equal(ly_digest((enum ly_hash)99, "", 0, out),
	    LY_ERR_CRYPTO);
}

static void
test_hmac(void **state)
{
	uint8_t out[LY_HASH_MAX];

	(void)state;
	/* RFC 4231 4.3 */
	assert_int_equal(ly_hmac(LY_SHA256, "Jefe", 4,
	    "what do ya want for nothing?", 28, out), 0);
	assert_hex(out, 32, "5bdcc146bf60754e6a042426089575c7"
	    "5a003f089d2739839dec58b964ec3843");
	assert_int_equal(ly_hmac(LY_HASH_NONE, "k", 1, "", 0, out),
	    LY_ERR_CRYPTO);
}

static void
test_aead_there_and_back(void **state)
{
	const uint8_t key[LY_AEAD_KEY_LEN] = { 1, 2, 3 };
	struct ly_secret pt = LY_SECRET_INIT;
	struct ly_buf a, b;
	size_t len;

	(void)state;
	for (len = 0; len < 70; len += 23) {
		uint8_t in[70] = { 7, 8, 9 };

		ly_buf_init(&a, 1024);
		ly_buf_init(&b, 1024);
		assert_int_equal(ly_aead_seal(key, "aad", 3, in, len, &a), 0);
		assert_int_equal(ly_aead_seal(key, "aad", 3, in, len, &b), 0);
		assert_int_equal(a.len, len + LY_AEAD_OVERHEAD);
		assert_memory_not_equal(a.data, b.data, a.len);
		assert_int_equal(ly_aead_open(key, "aad", 3, a.data, a.len,
		    &pt), 0);
		assert_int_equal(pt.len, len);
		assert_memory_equal(pt.data, in, len);
		ly_buf_clear(&a);
		ly_buf_clear(&b);
	}
	ly_secret_clear(&pt);
}

static void
test_aead_refuses_any_change(void **state)
{
	uint8_t key[LY_AEAD_KEY_LEN] = { 1 };
	struct ly_secret pt = LY_SECRET_INIT;
	struct ly_buf a;
	size_t i;

	(void)state;
	ly_buf_init(&a, 1024);
	assert_int_equal(ly_aead_seal(key, "aad", 3, "payload", 7, &a), 0);
	assert_int_equal(ly_secret_set(&pt, "kept", 4), 0);
	ERR_clear_error();
	for (i = 0; i < a.len; i++) {
		a.data[i] ^= 0x10;
		assert_int_equal(ly_aead_open(key, "aad", 3, a.data, a.len,
		    &pt), LY_ERR_AUTH);
		a.data[i] ^= 0x10;
	}
	for (i = 0; i < a.len; i++)
		assert_int_equal(ly_aead_open(key, "aad", 3, a.data, i, &pt),
		    LY_ERR_AUTH);
	assert_int_equal(ly_aead_open(key, "aaD", 3, a.data, a.len, &pt),
	    LY_ERR_AUTH);
	assert_int_equal(ly_aead_open(key, NULL, 0, a.data, a.len, &pt),
	    LY_ERR_AUTH);
	key[31] ^= 1;
	assert_int_equal(ly_aead_open(key, "aad", 3, a.data, a.len, &pt),
	    LY_ERR_AUTH);
	assert_int_equal(pt.len, 4);
	assert_memory_equal(pt.data, "kept", 4);
	assert_int_equal(ERR_get_error(), 0);
	ly_buf_clear(&a);
	ly_secret_clear(&pt);
}

static void
test_scrypt(void **state)
{
	struct ly_secret pass = LY_SECRET_INIT, key = LY_SECRET_INIT;

	(void)state;
	/* By Python: hashlib.scrypt(b"pleaseletmein", salt=b"SodiumChloride",
	 * n=16384, r=8, p=1, dklen=32); RFC 7914 12 begins alike. */
	assert_int_equal(ly_secret_set(&pass, "pleaseletmein", 13), 0);
	assert_int_equal(ly_scrypt(&pass, (const uint8_t *)"SodiumChloride",
	    14, 14, &key), 0);
	assert_hex(key.data, key.len, "7023bdcb3afd7348461c06cd81fd38eb"
	    "fda8fbba904f8e3ea9b543f6545da1f2");
	/* The cost of a PIN needs more than OpenSSL's default of memory. */
	assert_int_equal(ly_scrypt(&pass, (const uint8_t *)"salt", 4, 16,
	    &key), 0);
	assert_int_equal(ly_scrypt(&pass, NULL, 0, 9, &key), LY_ERR_ARG);
	assert_int_equal(ly_scrypt(&pass, NULL, 0, 21, &key), LY_ERR_ARG);
	assert_int_equal(ly_scrypt(&pass, NULL, 0, 64 + 14, &key),
	    LY_ERR_ARG);
	ly_secret_clear(&pass);
	ly_secret_clear(&key);
}

static void
test_x963(void **state)
{
	struct ly_secret z = LY_SECRET_INIT, k = LY_SECRET_INIT;
	uint8_t buf[64], info[16];

	(void)state;
	/* CAVS 12.0 "ansx963_2001", SHA-256 */
	from_hex("96c05619d56c328ab95fe84b18264b08725b85e33fd34f08", buf);
	assert_int_equal(ly_secret_set(&z, buf, 24), 0);
	assert_int_equal(ly_x963_kdf(LY_SHA256, &z, NULL, 0, 16, &k), 0);
	assert_hex(k.data, k.len, "443024c3dae66b95e6f5670601558f71");
	from_hex("22518b10e70f2a3f243810ae3254139efbee04aa57c7af7d", buf);
	from_hex("75eef81aa3041e33b80971203d2c0c52", info);
	assert_int_equal(ly_secret_set(&z, buf, 24), 0);
	assert_int_equal(ly_x963_kdf(LY_SHA256, &z, info, 16, 128, &k), 0);
	assert_hex(k.data, k.len, "c498af77161cc59f2962b9a713e2b215"
	    "152d139766ce34a776df11866a69bf2e52a13d9c7c6fc878c50c5ea0bc7b00e0"
	    "da2447cfd874f6cf92f30d0097111485500c90c3af8b487872d04685d14c8d1d"
	    "c8d7fa08beb0ce0ababc11f0bd496269142d43525a78e5bc79a17f59676a5706"
	    "dc54d54d4d1f0bd7e386128ec26afc21");
	assert_int_equal(ly_x963_kdf(LY_SHA256, &z, NULL, 0, 0, &k),
	    LY_ERR_LENGTH);
	assert_int_equal(ly_x963_kdf(LY_SHA256, &z, NULL, 0, 1025, &k),
	    LY_ERR_LENGTH);
	assert_int_equal(ly_x963_kdf(LY_HASH_NONE, &z, NULL, 0, 16, &k),
	    LY_ERR_UNSUPPORTED);
	assert_int_equal(k.len, 128);
	ly_secret_clear(&z);
	ly_secret_clear(&k);
}

static void
test_aes_unwrap(void **state)
{
	struct ly_secret kek = LY_SECRET_INIT, k = LY_SECRET_INIT;
	uint8_t buf[64];
	size_t i;

	(void)state;
	/* RFC 3394 4.1 and 4.6 */
	from_hex("000102030405060708090a0b0c0d0e0f", buf);
	assert_int_equal(ly_secret_set(&kek, buf, 16), 0);
	from_hex("1fa68b0a8112b447aef34bd8fb5a7b829d3e862371d2cfe5", buf);
	assert_int_equal(ly_aes_kw_unwrap(&kek, buf, 24, &k), 0);
	assert_hex(k.data, k.len, "00112233445566778899aabbccddeeff");
	for (i = 0; i < 24; i++) {
		buf[i] ^= 1;
		assert_int_equal(ly_aes_kw_unwrap(&kek, buf, 24, &k),
		    LY_ERR_AUTH);
		buf[i] ^= 1;
	}
	from_hex("000102030405060708090a0b0c0d0e0f"
	    "101112131415161718191a1b1c1d1e1f", buf);
	assert_int_equal(ly_secret_set(&kek, buf, 32), 0);
	from_hex("28c9f404c4b810f4cbccb35cfb87f8263f5786e2d80ed326"
	    "cbc7f0e71a99f43bfb988b9b7a02dd21", buf);
	assert_int_equal(ly_aes_kw_unwrap(&kek, buf, 40, &k), 0);
	assert_hex(k.data, k.len, "00112233445566778899aabbccddeeff"
	    "000102030405060708090a0b0c0d0e0f");
	assert_int_equal(ly_aes_kw_unwrap(&kek, buf, 16, &k), LY_ERR_LENGTH);
	assert_int_equal(ly_aes_kw_unwrap(&kek, buf, 39, &k), LY_ERR_LENGTH);
	assert_int_equal(ly_aes_kw_unwrap(&kek, buf, 1032, &k),
	    LY_ERR_LENGTH);
	kek.len = 31;
	assert_int_equal(ly_aes_kw_unwrap(&kek, buf, 40, &k), LY_ERR_LENGTH);
	ly_secret_clear(&kek);
	ly_secret_clear(&k);
}

static int conf_reads;

static int
conf_probe(CONF_IMODULE *md, const CONF *cnf)
{
	(void)md;
	(void)cnf;
	conf_reads++;
	return 1;
}

/*
 * main has set OPENSSL_CONF to a file that calls conf_probe. It runs last:
 * nothing before may have read it, nor what libcurl does at its start.
 */
static void
trap_3_no_configuration_is_read(void **state)
{
	(void)state;
	assert_int_equal(conf_reads, 0);
	assert_int_equal(OBJ_sn2nid("noSuchObject"), NID_undef);
	assert_int_equal(OPENSSL_init_crypto(OPENSSL_INIT_LOAD_CONFIG, NULL),
	    1);
	assert_int_equal(conf_reads, 0);
	/* The probe itself works. */
	assert_int_equal(CONF_modules_load_file(getenv("OPENSSL_CONF"), NULL,
	    0), 1);
	assert_int_equal(conf_reads, 1);
}

static const char conf[] =
    "openssl_conf = top\n[top]\nlanyard_probe = x\n[x]\na = b\n";

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_context_for_all_threads),
		cmocka_unit_test(trap_2_guard_restores_the_host),
		cmocka_unit_test(test_digests),
		cmocka_unit_test(test_hmac),
		cmocka_unit_test(test_aead_there_and_back),
		cmocka_unit_test(test_aead_refuses_any_change),
		cmocka_unit_test(test_scrypt),
		cmocka_unit_test(test_x963),
		cmocka_unit_test(test_aes_unwrap),
		cmocka_unit_test(trap_3_no_configuration_is_read),
	};
	char path[] = "/tmp/lanyard-conf-XXXXXX";
	int fd = mkstemp(path), r;

	if (fd < 0 || write(fd, conf, sizeof(conf) - 1) < 0 ||
	    close(fd) != 0 || setenv("OPENSSL_CONF", path, 1) != 0)
		return 1;
	if (CONF_module_add("lanyard_probe", conf_probe, NULL) != 1)
		return 1;
	r = cmocka_run_group_tests(tests, NULL, NULL);
	(void)unlink(path);
	return r;
}
