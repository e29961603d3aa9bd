/* doc/PROTOCOL.md: each of its examples is decoded by the code it is for. */
#include "unit.h"

#include "wire.h"

#define DOC_MAX ((size_t)1024 * 1024)

static struct ly_buf doc;

static int
group_setup(void **state)
{
	const char *top = getenv("top_srcdir");
	char path[LY_PATH_MAX];

	(void)state;
	if (ly_path_join(path, top != NULL ? top : ".",
	    "doc/PROTOCOL.md") != 0)
		return -1;
	return ly_file_read(path, DOC_MAX, LY_FILE_ANY, &doc, NULL) != 0 ||
	    ly_buf_put_u8(&doc, 0) != 0;
}

static int
group_teardown(void **state)
{
	(void)state;
	ly_buf_clear(&doc);
	return 0;
}

/*
 * The example of a message, without the line breaks that the page adds. To
 * be released by free.
 */
static char *
example(const char *name)
{
	char mark[64];
	const char *from, *to;
	char *json;
	size_t n = 0;

	(void)snprintf(mark, sizeof(mark), "<!-- %s -->\n```json\n", name);
	from = strstr((const char *)doc.data, mark);
	assert_non_null(from);
	from += strlen(mark);
	to = strstr(from, "\n```");
	assert_non_null(to);
	assert_non_null(json = malloc((size_t)(to - from) + 1));
	for (; from < to; from++)
		if (*from != '\n')
			json[n++] = *from;
	json[n] = '\0';
	return json;
}

#define EXAMPLE(name, m, check) do {					\
	struct ly_why why_ = { "" };					\
	char *json_ = example(#name);					\
									\
	if (ly_wire_##name##_decode(json_, strlen(json_), m,		\
	    &why_) != 0)						\
		fail_msg(#name ": %s", why_.text);			\
	free(json_);							\
	assert_true(check);						\
} while (0)

static void
test_examples(void **state)
{
	struct ly_wire_discovery discovery;
	struct ly_wire_enroll enroll;
	struct ly_wire_enrolled enrolled;
	struct ly_wire_keys keys;
	struct ly_wire_import import;
	struct ly_wire_imported imported;
	struct ly_wire_devices devices;
	struct ly_wire_problem problem;

	(void)state;
	EXAMPLE(discovery, &discovery, discovery.ca.len > 0);
	ly_wire_discovery_clear(&discovery);
	EXAMPLE(enroll, &enroll, enroll.auth_csr.len > 0);
	ly_wire_enroll_clear(&enroll);
	EXAMPLE(enrolled, &enrolled, enrolled.auth_cert.len > 0);
	ly_wire_enrolled_clear(&enrolled);
	EXAMPLE(keys, &keys, keys.nkeys == 1);
	ly_wire_keys_clear(&keys);
	EXAMPLE(import, &import, import.sealed.len > 0);
	ly_wire_import_clear(&import);
	EXAMPLE(imported, &imported, imported.merged == 0);
	EXAMPLE(devices, &devices, devices.n == 2);
	ly_wire_devices_clear(&devices);
	EXAMPLE(problem, &problem, problem.status == 403);
}

/* The batch and its answer belong together, and have the size that is said. */
static void
test_the_batch_and_its_answer(void **state)
{
	const size_t out_max[3] = { 64, 256, 0 };
	struct ly_wire_results results;
	struct ly_secret json = LY_SECRET_INIT;
	struct ly_wire_ops ops;
	char said[64];
	size_t i;

	(void)state;
	EXAMPLE(ops, &ops, ops.n == 3);
	EXAMPLE(results, &results, results.n == ops.n);
	for (i = 0; i < ops.n; i++)
		assert_int_equal(ops.items[i].ref, results.items[i].ref);
	assert_int_equal(results.items[0].data.len, 64);
	assert_int_equal(results.items[2].err, LY_ERR_NOTFOUND);
	assert_int_equal(ly_wire_results_encode(&results, out_max, &json),
	    0);
	(void)snprintf(said, sizeof(said), "this answer has %u bytes",
	    (unsigned)json.len);
	assert_has((const char *)doc.data, said);
	ly_secret_clear(&json);
	ly_wire_ops_clear(&ops);
	ly_wire_results_clear(&results);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_examples),
		cmocka_unit_test(test_the_batch_and_its_answer),
	};

	return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
