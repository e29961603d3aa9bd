/* catalogue.c: reading, finding, and bytes that somebody changed. */
#include "made_catalogue.h"

#include "catalogue_impl.h"

static struct made_answer box;
static struct ly_catalogue *cat;

static int
group_setup(void **state)
{
	(void)state;
	made_mailbox(&box);
	cat = made_catalogue(NULL, &box);
	return 0;
}

static int
group_teardown(void **state)
{
	(void)state;
	ly_catalogue_unref(&cat);
	made_answer_clear(&box);
	return 0;
}

/* The file's bytes, to be changed. */
static struct ly_buf
bytes(void)
{
	struct ly_buf b;
	const uint8_t *p;
	size_t len;

	p = ly_catalogue_bytes(cat, &len);
	ly_buf_init(&b, LY_CATALOGUE_MAX);
	assert_int_equal(ly_buf_put(&b, p, len), 0);
	return b;
}

static void
test_header(void **state)
{
	(void)state;
	assert_int_equal(ly_catalogue_revision(cat), 5);
	assert_int_equal(ly_catalogue_lineage(cat), 77);
	assert_int_equal(ly_catalogue_count(cat), 10);
}

/* Open f must answer err and leave the bytes to the caller. */
static void
refused(struct ly_buf *f, int err)
{
	struct ly_catalogue *c = NULL;
	uint8_t *data = f->data;

	assert_int_equal(ly_catalogue_open(f, &c), err);
	assert_null(c);
	assert_ptr_equal(f->data, data);
	ly_buf_clear(f);
}

static void
test_open_refuses(void **state)
{
	struct ly_buf f;
	size_t i;

	(void)state;
	ly_buf_init(&f, 100);
	refused(&f, LY_ERR_FORMAT);
	f = bytes();
	f.len = LY_CAT_HEADER - 1;
	refused(&f, LY_ERR_FORMAT);
	for (i = 0; i < LY_CAT_MAGIC_LEN; i++) {
		f = bytes();
		f.data[i] ^= 0x80;
		refused(&f, LY_ERR_FORMAT);
	}
	f = bytes();
	f.data[5] = '2';
	refused(&f, LY_ERR_UNSUPPORTED);
	f = bytes();
	f.data[LY_CAT_LENGTH]++;
	refused(&f, LY_ERR_FORMAT);
	f = bytes();
	assert_int_equal(ly_buf_put_u8(&f, 0), 0);
	refused(&f, LY_ERR_FORMAT);
}

/* Counts that would put a table past the end of the file. */
static void
test_open_checks_counts(void **state)
{
	struct ly_buf f;
	size_t i;

	(void)state;
	for (i = 0; i < 4; i++) {
		f = bytes();
		f.data[LY_CAT_COUNT + i] = 0xff;
		refused(&f, LY_ERR_FORMAT);
		f = bytes();
		f.data[LY_CAT_NINDEX + i] = 0xff;
		refused(&f, LY_ERR_FORMAT);
	}
	f = bytes();
	memset(f.data + LY_CAT_COUNT, 0xff, 8);
	refused(&f, LY_ERR_FORMAT);
}

static void
test_order_and_entries_past_the_end(void **state)
{
	struct ly_entry e;
	uint32_t n;

	(void)state;
	assert_int_equal(ly_catalogue_entry(cat, 10, &e), LY_ERR_NOTFOUND);
	assert_int_equal(ly_catalogue_entry(cat, UINT32_MAX, &e),
	    LY_ERR_NOTFOUND);
	assert_int_equal(ly_catalogue_order(cat, 10, &n), LY_ERR_NOTFOUND);
	assert_int_equal(ly_catalogue_hit(cat, SIZE_MAX, &n),
	    LY_ERR_NOTFOUND);
	assert_int_equal(ly_catalogue_hit(cat,
	    ly_catalogue_index_len(cat), &n), LY_ERR_NOTFOUND);
}

/* Change one byte of record 0 (an EC key) and read it. */
static void
damaged(size_t at, uint8_t value)
{
	struct ly_catalogue *c;
	struct ly_entry e;
	struct ly_buf f = bytes();

	f.data[LY_CAT_HEADER + at] = value;
	assert_int_equal(ly_catalogue_open(&f, &c), 0);
	assert_int_equal(ly_catalogue_entry(c, 0, &e), LY_ERR_FORMAT);
	ly_catalogue_unref(&c);
}

static void
test_damaged_records(void **state)
{
	size_t i;

	(void)state;
	damaged(LY_REC_KIND, 0);
	damaged(LY_REC_KIND, 4);
	damaged(LY_REC_KIND, LY_ENTRY_CERT);	/* without a value */
	damaged(LY_REC_KEY_TYPE, 0);
	damaged(LY_REC_KEY_TYPE, 5);
	damaged(LY_REC_KEY_TYPE, LY_KEY_RSA);	/* without a modulus */
	damaged(LY_REC_DELIVERY, 0);
	damaged(LY_REC_DELIVERY, 3);
	damaged(LY_REC_STATE, 0);
	damaged(LY_REC_STATE, 4);
	damaged(LY_REC_USE, 8);
	damaged(LY_REC_USE + 3, 1);
	for (i = 0; i < LY_REC_NVIEWS; i++) {
		damaged(LY_REC_VIEWS + 8 * i + 3, 0xff);
		damaged(LY_REC_VIEWS + 8 * i + 7, 0xff);
	}
	damaged(LY_REC_VIEWS + 8 * LY_VIEW_LABEL + 4, 65);
}

static void
test_damaged_order_and_index(void **state)
{
	const size_t order = LY_CAT_HEADER + 10 * LY_REC_SIZE;
	struct ly_catalogue *c;
	struct ly_buf f = bytes();
	uint32_t n;

	(void)state;
	f.data[order] = 10;
	f.data[order + 10 * LY_ORDER_SIZE + 8] = 10;
	assert_int_equal(ly_catalogue_open(&f, &c), 0);
	assert_int_equal(ly_catalogue_order(c, 0, &n), LY_ERR_FORMAT);
	assert_int_equal(ly_catalogue_hit(c, 0, &n), LY_ERR_FORMAT);
	ly_catalogue_unref(&c);
}

/* Whether a find of the view gives entry n among its candidates. */
static int
finds(enum ly_index kind, const struct ly_view *a, const struct ly_view *b,
    uint32_t n)
{
	size_t first, count, i;
	uint32_t hit;
	int found = 0;

	ly_catalogue_find(cat, kind, a, b, &first, &count);
	for (i = first; i < first + count; i++) {
		assert_int_equal(ly_catalogue_hit(cat, i, &hit), 0);
		found |= hit == n;
	}
	return found;
}

static void
test_find_every_entry_by_everything(void **state)
{
	struct ly_view v;
	struct ly_entry e;
	uint8_t kind;
	uint32_t n;

	(void)state;
	for (n = 0; n < ly_catalogue_count(cat); n++) {
		e = made_entry(cat, n);
		kind = (uint8_t)e.kind;
		v = (struct ly_view){ &kind, 1 };
		assert_true(finds(LY_IX_KIND, &v, NULL, n));
		v = (struct ly_view){ e.cka_id, LY_CKA_ID_LEN };
		assert_true(finds(LY_IX_ID, &v, NULL, n));
		assert_true(finds(LY_IX_SUBJECT, &e.subject, NULL, n));
		assert_true(finds(LY_IX_LABEL, &e.label, NULL, n));
		v = (struct ly_view){ e.key_id, LY_KEY_ID_LEN };
		assert_int_equal(finds(LY_IX_KEY_ID, &v, NULL, n),
		    e.kind != LY_ENTRY_CA);
		assert_int_equal(finds(LY_IX_ISSUER, &e.issuer, &e.serial,
		    n), e.kind != LY_ENTRY_KEY);
		assert_int_equal(finds(LY_IX_VALUE, &e.value, NULL, n),
		    e.kind != LY_ENTRY_KEY);
		assert_int_equal(finds(LY_IX_EMAIL, &e.email, NULL, n),
		    e.kind != LY_ENTRY_KEY && e.email.len > 0);
	}
}

static void
test_find_misses(void **state)
{
	static const uint8_t zero[64];
	const struct ly_entry e = made_listed(cat, 1);
	struct ly_view v = { zero, 20 }, serial;
	enum ly_index kind;
	size_t first, n;

	(void)state;
	for (kind = LY_IX_ID; kind <= LY_IX_KIND; kind++) {
		ly_catalogue_find(cat, kind, &v, NULL, &first, &n);
		assert_int_equal(n, 0);
	}
	/* The right bytes under the wrong kind, or not all of them. */
	ly_catalogue_find(cat, LY_IX_LABEL, &e.subject, NULL, &first, &n);
	assert_int_equal(n, 0);
	ly_catalogue_find(cat, LY_IX_ISSUER, &e.issuer, NULL, &first, &n);
	assert_int_equal(n, 0);
	serial = (struct ly_view){ e.serial.p, e.serial.len - 1 };
	ly_catalogue_find(cat, LY_IX_ISSUER, &e.issuer, &serial, &first, &n);
	assert_int_equal(n, 0);
	v = (struct ly_view){ e.value.p, e.value.len - 1 };
	ly_catalogue_find(cat, LY_IX_VALUE, &v, NULL, &first, &n);
	assert_int_equal(n, 0);
	v = (struct ly_view){ NULL, 0 };
	ly_catalogue_find(cat, LY_IX_EMAIL, &v, NULL, &first, &n);
	assert_int_equal(n, 0);
}

/* The entries of one kind come in the order of listing. */
static void
test_kinds_keep_the_order(void **state)
{
	uint8_t kind;
	size_t first, n, i, k, count;
	uint32_t hit, listed;

	(void)state;
	for (kind = LY_ENTRY_CERT; kind <= LY_ENTRY_CA; kind++) {
		const struct ly_view v = { &kind, 1 };

		ly_catalogue_find(cat, LY_IX_KIND, &v, NULL, &first, &n);
		for (i = 0, k = 0; i < ly_catalogue_count(cat); i++) {
			assert_int_equal(ly_catalogue_order(cat, i, &listed),
			    0);
			if (made_entry(cat, listed).kind != kind)
				continue;
			assert_true(k < n);
			assert_int_equal(ly_catalogue_hit(cat, first + k,
			    &hit), 0);
			assert_int_equal(hit, listed);
			k++;
		}
		assert_int_equal(k, n);
		count = kind == LY_ENTRY_CERT ? 5 :
		    kind == LY_ENTRY_KEY ? 4 : 1;
		assert_int_equal(n, count);
	}
}

static void
test_an_empty_catalogue(void **state)
{
	struct made_answer a;
	struct ly_catalogue *c;
	uint8_t kind = LY_ENTRY_KEY;
	const struct ly_view v = { &kind, 1 };
	size_t first, n;

	(void)state;
	made_answer_init(&a, 0);
	c = made_catalogue(NULL, &a);
	assert_int_equal(ly_catalogue_count(c), 0);
	ly_catalogue_find(c, LY_IX_KIND, &v, NULL, &first, &n);
	assert_int_equal(n, 0);
	ly_catalogue_unref(&c);
	ly_catalogue_unref(&c);
}

static void
test_references(void **state)
{
	struct ly_catalogue *a, *b;

	(void)state;
	a = ly_catalogue_ref(cat);
	b = ly_catalogue_ref(a);
	assert_ptr_equal(a, b);
	ly_catalogue_unref(&a);
	assert_null(a);
	assert_int_equal(ly_catalogue_count(b), 10);
	ly_catalogue_unref(&b);
	assert_null(ly_catalogue_ref(NULL));
}

static void
test_load(void **state)
{
	struct scratch *s = *state;
	struct ly_catalogue *c = NULL;
	struct ly_why why = { "" };
	struct ly_buf f = bytes();
	const char *path = scratch_path(s, "catalogue");

	assert_int_equal(ly_catalogue_load(s->dir, &c, &why),
	    LY_ERR_NOTFOUND);
	assert_int_equal(ly_file_replace(path, f.data, f.len, 0600, &why),
	    0);
	assert_int_equal(ly_catalogue_load(s->dir, &c, &why), 0);
	assert_int_equal(ly_catalogue_count(c), 10);
	ly_catalogue_unref(&c);
	assert_int_equal(chmod(path, 0666), 0);
	assert_int_equal(ly_catalogue_load(s->dir, &c, &why), LY_ERR_PERM);
	assert_has(why.text, path);
	assert_int_equal(ly_file_replace(path, f.data, f.len - 1, 0600,
	    &why), 0);
	assert_int_equal(ly_catalogue_load(s->dir, &c, &why), LY_ERR_FORMAT);
	assert_has(why.text, path);
	assert_has(why.text, "lanyard sync");
	f.data[5] = '2';
	assert_int_equal(ly_file_replace(path, f.data, f.len, 0600, &why),
	    0);
	assert_int_equal(ly_catalogue_load(s->dir, &c, &why),
	    LY_ERR_UNSUPPORTED);
	assert_has(why.text, "newer");
	assert_null(c);
	ly_buf_clear(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_header),
		cmocka_unit_test(test_open_refuses),
		cmocka_unit_test(test_open_checks_counts),
		cmocka_unit_test(test_order_and_entries_past_the_end),
		cmocka_unit_test(test_damaged_records),
		cmocka_unit_test(test_damaged_order_and_index),
		cmocka_unit_test(test_find_every_entry_by_everything),
		cmocka_unit_test(test_find_misses),
		cmocka_unit_test(test_kinds_keep_the_order),
		cmocka_unit_test(test_an_empty_catalogue),
		cmocka_unit_test(test_references),
		unit_scratch_test(test_load),
	};

	return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
