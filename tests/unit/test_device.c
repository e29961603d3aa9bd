/* device.c: right PIN, wrong PIN, no PIN, and damage told from both. */
#include "unit.h"

#include "device.h"
#include "keys.h"

static struct ly_device_keys keys;
static struct ly_secret pin, wrong;
static struct ly_buf with_pin, with_none;

static int
setup(void **state)
{
	(void)state;
	keys.auth = make_p256();
	keys.recv = make_p256();
	must(ly_secret_set(&pin, "1234", 4) == 0);
	must(ly_secret_set(&wrong, "1235", 4) == 0);
	ly_buf_init(&with_pin, LY_DEVICE_FILE_MAX);
	ly_buf_init(&with_none, LY_DEVICE_FILE_MAX);
	must(ly_device_write(&keys, &pin, &with_pin) == 0);
	must(ly_device_write(&keys, NULL, &with_none) == 0);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	ly_device_keys_clear(&keys);
	ly_device_keys_clear(&keys);
	ly_secret_clear(&pin);
	ly_secret_clear(&wrong);
	ly_buf_clear(&with_pin);
	ly_buf_clear(&with_none);
	return 0;
}

static void
assert_same(const struct ly_pkey *a, const struct ly_pkey *b)
{
	struct ly_buf spki;

	get_spki(b, &spki);
	assert_int_equal(ly_pkey_prove(a, spki.data, spki.len), 0);
	ly_buf_clear(&spki);
}

static int
dev_open(const struct ly_buf *f, const struct ly_secret *p)
{
	struct ly_device_keys k = { NULL, NULL };
	int r = ly_device_open(f->data, f->len, p, &k);

	if (r == 0) {
		assert_same(k.auth, keys.auth);
		assert_same(k.recv, keys.recv);
	} else {
		assert_null(k.auth);
		assert_null(k.recv);
	}
	ly_device_keys_clear(&k);
	return r;
}

/* Put the digest right again after a change. */
static void
redigest(struct ly_buf *f)
{
	must(ly_digest(LY_SHA256, f->data, f->len - 32,
	    f->data + f->len - 32) == 0);
}

static void
copy(struct ly_buf *to, const struct ly_buf *from)
{
	ly_buf_init(to, LY_DEVICE_FILE_MAX);
	must(ly_buf_put(to, from->data, from->len) == 0);
}

static void
test_pins(void **state)
{
	struct ly_secret none = LY_SECRET_INIT, longer = LY_SECRET_INIT;
	enum ly_unlock mode;

	(void)state;
	assert_int_equal(ly_device_unlock_mode(with_pin.data, with_pin.len,
	    &mode), 0);
	assert_int_equal(mode, LY_UNLOCK_PIN);
	assert_int_equal(dev_open(&with_pin, &pin), 0);
	assert_int_equal(dev_open(&with_pin, &wrong), LY_ERR_AUTH);
	assert_int_equal(dev_open(&with_pin, NULL), LY_ERR_AUTH);
	assert_int_equal(dev_open(&with_pin, &none), LY_ERR_AUTH);
	must(ly_secret_set(&longer, "12340", 5) == 0);
	assert_int_equal(dev_open(&with_pin, &longer), LY_ERR_AUTH);
	ly_secret_clear(&longer);
}

static void
test_none(void **state)
{
	enum ly_unlock mode;

	(void)state;
	assert_int_equal(ly_device_unlock_mode(with_none.data, with_none.len,
	    &mode), 0);
	assert_int_equal(mode, LY_UNLOCK_NONE);
	assert_int_equal(dev_open(&with_none, NULL), 0);
	assert_int_equal(dev_open(&with_none, &wrong), 0);
}

static void
test_pin_lengths(void **state)
{
	static const uint8_t digits[LY_PIN_MAX + 1] = "0";
	struct ly_secret p = LY_SECRET_INIT;
	struct ly_buf f;

	(void)state;
	ly_buf_init(&f, LY_DEVICE_FILE_MAX);
	must(ly_secret_set(&p, digits, LY_PIN_MIN - 1) == 0);
	assert_int_equal(ly_device_write(&keys, &p, &f), LY_ERR_LENGTH);
	must(ly_secret_set(&p, digits, LY_PIN_MAX + 1) == 0);
	assert_int_equal(ly_device_write(&keys, &p, &f), LY_ERR_LENGTH);
	assert_int_equal(f.len, 0);
	must(ly_secret_set(&p, digits, LY_PIN_MAX) == 0);
	assert_int_equal(ly_device_write(&keys, &p, &f), 0);
	assert_int_equal(dev_open(&f, &p), 0);
	ly_buf_clear(&f);
	ly_secret_clear(&p);
}

static void
test_damage_is_not_a_wrong_pin(void **state)
{
	const struct ly_buf *files[] = { &with_pin, &with_none };
	enum ly_unlock mode;
	struct ly_buf f;
	size_t i, k;

	(void)state;
	for (k = 0; k < 2; k++) {
		copy(&f, files[k]);
		for (i = 0; i < f.len; i++) {
			f.data[i] ^= 0x40;
			assert_int_equal(dev_open(&f, &pin), LY_ERR_FORMAT);
			assert_int_equal(ly_device_unlock_mode(f.data, f.len,
			    &mode), LY_ERR_FORMAT);
			f.data[i] ^= 0x40;
			assert_int_equal(ly_device_unlock_mode(f.data, i,
			    &mode), LY_ERR_FORMAT);
		}
		assert_int_equal(ly_buf_put_u8(&f, 0), 0);
		assert_int_equal(dev_open(&f, &pin), LY_ERR_FORMAT);
		ly_buf_clear(&f);
	}
	assert_int_equal(ly_device_unlock_mode(with_pin.data,
	    LY_DEVICE_FILE_MAX + 1, &mode), LY_ERR_FORMAT);
}

static void
test_newer_version_and_unknown_slot(void **state)
{
	enum ly_unlock mode;
	struct ly_buf f;

	(void)state;
	copy(&f, &with_none);
	f.data[8] = 2;
	redigest(&f);
	assert_int_equal(dev_open(&f, NULL), LY_ERR_UNSUPPORTED);
	f.data[8] = 1;
	f.data[13] = 3;		/* a kind of slot to come */
	redigest(&f);
	assert_int_equal(ly_device_unlock_mode(f.data, f.len, &mode),
	    LY_ERR_UNSUPPORTED);
	assert_int_equal(dev_open(&f, NULL), LY_ERR_UNSUPPORTED);
	ly_buf_clear(&f);
}

/* A change by somebody who mends the digest: the AEAD sees it. */
static void
test_forged(void **state)
{
	struct ly_buf f;
	size_t i;
	int r;

	(void)state;
	copy(&f, &with_none);
	for (i = 8; i < f.len - 32; i++) {
		f.data[i] ^= 1;
		redigest(&f);
		r = dev_open(&f, NULL);
		assert_true(r == LY_ERR_FORMAT || r == LY_ERR_UNSUPPORTED ||
		    r == LY_ERR_AUTH);
		f.data[i] ^= 1;
	}
	ly_buf_clear(&f);
	/* A file may not ask for a gigabyte of memory. */
	copy(&f, &with_pin);
	assert_int_equal(f.data[14], LY_PIN_LOGN);
	f.data[14] = 20;
	redigest(&f);
	assert_int_equal(dev_open(&f, &pin), LY_ERR_FORMAT);
	/* Nor for a cheaper guess. */
	f.data[14] = 10;
	redigest(&f);
	assert_int_equal(dev_open(&f, &pin), LY_ERR_AUTH);
	ly_buf_clear(&f);
}

static void
test_never_twice_the_same(void **state)
{
	struct ly_buf f;

	(void)state;
	ly_buf_init(&f, LY_DEVICE_FILE_MAX);
	must(ly_device_write(&keys, NULL, &f) == 0);
	assert_int_equal(f.len, with_none.len);
	assert_memory_not_equal(f.data + 23, with_none.data + 23, 32);
	ly_buf_clear(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pins),
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_pin_lengths),
		cmocka_unit_test(test_damage_is_not_a_wrong_pin),
		cmocka_unit_test(test_newer_version_and_unknown_slot),
		cmocka_unit_test(test_forged),
		cmocka_unit_test(test_never_twice_the_same),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
