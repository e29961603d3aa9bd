/* catalogue_label.c: labels are cut at characters and unlike one another. */
#include "unit.h"

#include "catalogue_impl.h"
#include "wire_impl.h"

#define ROWS 3000

static struct ly_cat_model m;

static int
setup(void **state)
{
	static const struct ly_wire_keys none;

	(void)state;
	memset(&m, 0, sizeof(m));
	if (ly_cat_model_init(&m, NULL, &none) != 0)
		return -1;
	free(m.rows);
	ly_cat_map_clear(&m.labels);
	ly_cat_map_clear(&m.bases);
	m.cap = ROWS;
	m.rows = calloc(ROWS, sizeof(*m.rows));
	return m.rows == NULL || ly_cat_map_init(&m.labels, ROWS) != 0 ||
	    ly_cat_map_init(&m.bases, ROWS) != 0;
}

static int
teardown(void **state)
{
	(void)state;
	ly_cat_model_clear(&m);
	return 0;
}

static const char *
label(const char *name, const char *tail)
{
	static char text[LY_ENTRY_LABEL_MAX + 1];
	const struct ly_view *v;
	uint32_t row;

	assert_int_equal(ly_cat_append(&m, LY_ENTRY_KEY, &row), 0);
	assert_int_equal(ly_cat_label(&m, row, name, tail), 0);
	v = &m.rows[row].e.label;
	assert_true(v->len > 0 && v->len <= LY_ENTRY_LABEL_MAX);
	memcpy(text, v->p, v->len);
	text[v->len] = '\0';
	return text;
}

static void
test_numbers(void **state)
{
	(void)state;
	assert_string_equal(label("Anna", " 2024"), "Anna 2024");
	assert_string_equal(label("Anna", " 2024"), "Anna 2024 (2)");
	assert_string_equal(label("Anna", " 2025"), "Anna 2025");
	assert_string_equal(label("Anna", " 2024"), "Anna 2024 (3)");
	/* A name that looks like a numbered one. */
	assert_string_equal(label("Anna 2025 (2)", ""), "Anna 2025 (2)");
	assert_string_equal(label("Anna", " 2025"), "Anna 2025 (3)");
	assert_string_equal(label("Anna 2024 (2)", ""), "Anna 2024 (2) (2)");
}

static void
test_known_labels_are_kept_apart(void **state)
{
	uint32_t row;

	(void)state;
	assert_int_equal(ly_cat_append(&m, LY_ENTRY_KEY, &row), 0);
	m.rows[row].e.label = (struct ly_view){
	    (const uint8_t *)"Anna 2024", 9 };
	assert_int_equal(ly_cat_label_known(&m, row), 0);
	assert_string_equal(label("Anna", " 2024"), "Anna 2024 (2)");
}

/* Cut: never in the middle of a character, and still unique. */
static void
test_cut(void **state)
{
	char name[129];
	const char *l;
	size_t i, k;

	(void)state;
	for (i = 0; i < 40; i++)
		memcpy(name + 3 * i, "\xe2\x82\xac", 3);
	name[120] = '\0';
	for (k = 0; k < 12; k++) {
		l = label(name, " S/MIME 2024-2026");
		assert_true(strlen(l) <= LY_ENTRY_LABEL_MAX);
		for (i = 0; l[i] != '\0' && l[i] != ' '; i += 3)
			assert_int_equal(ly_wire_utf8((const uint8_t *)l + i,
			    strlen(l + i)), 3);
		assert_has(l, " S/MIME 2024-2026");
		if (k > 0)
			assert_has(l, "(");
	}
	assert_has(l, " (12)");
	/* Two long names that differ behind the cut. */
	memset(name, 'n', 128);
	name[128] = '\0';
	assert_int_equal(strlen(label(name, " 2024")), LY_ENTRY_LABEL_MAX);
	name[127] = 'm';
	assert_has(label(name, " 2024"), " 2024 (2)");
}

/* Thousands of one name: each number is tried once. */
static void
test_many(void **state)
{
	char expect[32];
	unsigned i;

	(void)state;
	assert_string_equal(label("A", ""), "A");
	for (i = 2; i < ROWS; i++) {
		(void)snprintf(expect, sizeof(expect), "A (%u)", i);
		assert_string_equal(label("A", ""), expect);
	}
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_numbers),
		TEST(test_known_labels_are_kept_apart),
		TEST(test_cut),
		TEST(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
