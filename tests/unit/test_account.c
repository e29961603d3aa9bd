/*
 * account.c: what is saved is loaded, and what is missing, damaged, unsafe
 * or from a newer version is named with its cure.
 */
#include "unit.h"

#include "account.h"
#include "conf.h"

/* One DER SEQUENCE, which is all that is asked of a certificate here. */
static const uint8_t der[] = { 0x30, 3, 2, 1, 5 };

static void
account_make(struct ly_account *a, const char *dir)
{
	memset(a, 0, sizeof(*a));
	(void)snprintf(a->dir, sizeof(a->dir), "%s", dir);
	(void)snprintf(a->address, sizeof(a->address), "alice@example.com");
	(void)snprintf(a->service, sizeof(a->service),
	    "https://keys.example.com:8443");
	(void)snprintf(a->device_id, sizeof(a->device_id), "00ff");
	(void)snprintf(a->label, sizeof(a->label), "alice; at work");
	(void)snprintf(a->serial, sizeof(a->serial), "0123456789abcdef");
	a->unlock = LY_UNLOCK_PIN;
	ly_buf_init(&a->issuer, 1000);
	ly_buf_init(&a->auth_cert, 1000);
	ly_buf_init(&a->recv_cert, 1000);
	(void)ly_buf_put(&a->issuer, der, sizeof(der));
	(void)ly_buf_put(&a->auth_cert, der, sizeof(der));
	(void)ly_buf_put(&a->recv_cert, der, sizeof(der));
}

static void
assert_same(const struct ly_account *a, const struct ly_account *b)
{
	assert_string_equal(a->dir, b->dir);
	assert_string_equal(a->address, b->address);
	assert_string_equal(a->service, b->service);
	assert_string_equal(a->device_id, b->device_id);
	assert_string_equal(a->label, b->label);
	assert_string_equal(a->serial, b->serial);
	assert_int_equal(a->unlock, b->unlock);
	assert_int_equal(a->issuer.len, b->issuer.len);
	assert_memory_equal(a->issuer.data, b->issuer.data, b->issuer.len);
	assert_int_equal(a->recv_cert.len, b->recv_cert.len);
}

static void
test_saved_is_loaded(void **state)
{
	struct scratch *s = *state;
	struct ly_account a, b;
	struct ly_why why = { "" };
	struct stat st;

	account_make(&a, s->dir);
	assert_int_equal(ly_account_save(&a, &why), 0);
	assert_int_equal(scratch_count(s->dir), 4);
	assert_int_equal(stat(scratch_path(s, "account"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(ly_account_load(s->dir, &b, &why), 0);
	assert_same(&a, &b);
	ly_account_clear(&b);
	/* All fields as long as they can be. */
	a.unlock = LY_UNLOCK_NONE;
	memset(a.address, 'a', LY_ADDRESS_MAX - 1);
	a.address[100] = '@';
	memset(a.service + 8, 's', LY_URL_MAX - 9);
	memset(a.device_id, 'd', LY_DEVICE_ID_MAX - 1);
	memset(a.label, 'l', LY_TOKEN_LABEL_MAX - 1);
	assert_int_equal(ly_account_save(&a, &why), 0);
	assert_int_equal(ly_account_load(s->dir, &b, &why), 0);
	assert_same(&a, &b);
	ly_account_clear(&b);
	ly_account_clear(&b);
	ly_account_clear(NULL);
	ly_account_clear(&a);
}

static void
check_unsaved(struct ly_account *a, char *field, const char *value,
    const char *name)
{
	struct ly_why why = { "" };
	char old[LY_URL_MAX];

	(void)snprintf(old, sizeof(old), "%s", field);
	memcpy(field, value, strlen(value) + 1);
	assert_int_equal(ly_account_save(a, &why), LY_ERR_ARG);
	assert_has(why.text, name);
	memcpy(field, old, strlen(old) + 1);
}

static void
test_what_is_not_saved(void **state)
{
	struct scratch *s = *state;
	struct ly_account a;
	struct ly_why why = { "" };

	account_make(&a, s->dir);
	check_unsaved(&a, a.address, "Alice@example.com", "address");
	check_unsaved(&a, a.address, "", "address");
	check_unsaved(&a, a.service, "http://example.com", "service");
	check_unsaved(&a, a.service, "https://", "service");
	check_unsaved(&a, a.service, "https://:1", "service");
	check_unsaved(&a, a.service, "https://example.com/", "service");
	check_unsaved(&a, a.service, "https://a@example.com", "service");
	check_unsaved(&a, a.service, "https://example.com ;x", "service");
	check_unsaved(&a, a.service, "https://exa\nmple.com", "service");
	check_unsaved(&a, a.device_id, "", "device-id");
	check_unsaved(&a, a.device_id, "../x", "device-id");
	check_unsaved(&a, a.label, "", "label");
	check_unsaved(&a, a.label, "a:b", "label");
	check_unsaved(&a, a.label, "a\nb", "label");
	check_unsaved(&a, a.label, " a", "label");
	check_unsaved(&a, a.label, "a ", "label");
	check_unsaved(&a, a.label, "a ;b", "label");
	check_unsaved(&a, a.label, ";b", "label");
	check_unsaved(&a, a.serial, "", "serial");
	check_unsaved(&a, a.serial, "a b", "serial");
	a.unlock = (enum ly_unlock)3;
	assert_int_equal(ly_account_save(&a, &why), LY_ERR_ARG);
	a.unlock = LY_UNLOCK_PIN;
	a.auth_cert.len--;
	assert_int_equal(ly_account_save(&a, &why), LY_ERR_ARG);
	assert_has(why.text, "auth.der");
	a.auth_cert.len++;
	assert_int_equal(scratch_count(s->dir), 0);
	(void)ly_path_join(a.dir, s->dir, "none");
	assert_int_equal(ly_account_save(&a, &why), LY_ERR_IO);
	assert_int_equal(scratch_count(s->dir), 0);
	ly_account_clear(&a);
}

/* Load what was saved and then spoiled: the code, and words of the cause. */
static void
check_load(struct scratch *s, int r, const char *words)
{
	struct ly_account b, before;
	struct ly_why why = { "" };

	memset(&b, 0x5a, sizeof(b));
	before = b;
	assert_int_equal(ly_account_load(s->dir, &b, &why), r);
	assert_has(why.text, words);
	assert_memory_equal(&b, &before, sizeof(b));
}

static void
account_saved(struct scratch *s)
{
	struct ly_account a;

	account_make(&a, s->dir);
	assert_int_equal(ly_account_save(&a, NULL), 0);
	ly_account_clear(&a);
}

static void
test_missing_files(void **state)
{
	static const char *const names[] = {
		"account", "issuer.der", "auth.der", "recv.der"
	};
	struct scratch *s = *state;
	struct ly_account b;
	struct ly_why why = { "" };
	size_t i;

	assert_int_equal(ly_account_load(scratch_path(s, "none"), &b, &why),
	    LY_ERR_NOTFOUND);
	assert_has(why.text, "none");
	for (i = 0; i < 4; i++) {
		account_saved(s);
		assert_int_equal(unlink(scratch_path(s, names[i])), 0);
		check_load(s, LY_ERR_NOTFOUND, names[i]);
	}
}

static void
test_unsafe_modes(void **state)
{
	struct scratch *s = *state;

	account_saved(s);
	assert_int_equal(chmod(scratch_path(s, "account"), 0640), 0);
	check_load(s, LY_ERR_PERM, "chmod go=");
	assert_int_equal(chmod(s->path, 0600), 0);
	assert_int_equal(chmod(scratch_path(s, "issuer.der"), 0666), 0);
	check_load(s, LY_ERR_PERM, "chmod go-w");
	assert_int_equal(chmod(s->path, 0644), 0);
	assert_int_equal(chmod(s->dir, 0777), 0);
	check_load(s, LY_ERR_PERM, "chmod go-w");
}

static void
test_damaged_certificates(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
	} bad[] = {
		{ "", 0 }, { "\x30", 1 }, { "\x31\x00", 2 },
		{ "\x30\x01", 2 }, { "\x30\x00\x00", 3 },
		{ "\x30\x80\x00\x00", 4 }, { "\x30\x81", 2 },
		{ "\x30\x82\x00", 3 }, { "\x30\x84\x00\x00\x00\x00", 6 },
		{ "-----BEGIN", 10 },
	};
	struct scratch *s = *state;
	size_t i;

	account_saved(s);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(ly_file_replace(scratch_path(s,
		    "recv.der"), bad[i].bytes, bad[i].len, 0600, NULL), 0);
		check_load(s, LY_ERR_FORMAT, "recv.der: damaged");
	}
	assert_int_equal(ly_file_replace(s->path, "\x30\x81\x01\x00", 4,
	    0600, NULL), 0);
	assert_int_equal(truncate(scratch_path(s, "auth.der"), 70000), 0);
	check_load(s, LY_ERR_TOOBIG, "auth.der");
}

#define REST "address = a@b.c\nservice = https://h\ndevice-id = 1\n" \
	"serial = 1\n"

static void
test_damaged_descriptions(void **state)
{
	static const struct {
		const char *text;
		int r;
		const char *words;
	} bad[] = {
		{ "", LY_ERR_FORMAT, "\"address\" is missing" },
		{ "\n", LY_ERR_FORMAT, "\"address\" is missing" },
		{ "[account]\n", LY_ERR_FORMAT, "\"address\" is missing" },
		{ "version = 1\n", LY_ERR_FORMAT, "account:1: expected "
		    "[account] only" },
		{ "[account]\nversion = 2\nnew = x\n", LY_ERR_UNSUPPORTED,
		    "newer" },
		{ "[account]\nversion =\n", LY_ERR_FORMAT, "version" },
		{ "[account]\nversion = 1a\n", LY_ERR_FORMAT, "version" },
		{ "[account]\n" REST, LY_ERR_FORMAT, "version" },
		{ "[account]\nversion = 1\ncolour = red\n", LY_ERR_FORMAT,
		    "account:3: bad \"colour\"" },
		{ "[account]\nversion = 1\nunlock = pin\nunlock = none\n",
		    LY_ERR_FORMAT, "account:4: bad \"unlock\"" },
		{ "[account]\nversion = 1\nunlock = face\n", LY_ERR_FORMAT,
		    "unlock" },
		{ "[account]\nversion = 1\nserial = 1\nserial = 1\n",
		    LY_ERR_FORMAT, "account:4: bad \"serial\"" },
		{ "[account]\nversion = 1\nserial = 12345678901234567\n",
		    LY_ERR_FORMAT, "account:3: bad \"serial\"" },
		{ "[account]\nversion = 1\n" REST "label = x\n",
		    LY_ERR_FORMAT, "\"unlock\" is missing" },
		{ "[account]\nversion = 1\n" REST "unlock = pin\n",
		    LY_ERR_FORMAT, "\"label\" is missing" },
		{ "[account]\nversion = 1\n" REST "unlock = pin\nlabel = "
		    "a:b\n", LY_ERR_FORMAT, "\"label\" is missing or" },
		{ "[account]\nversion = 1\nrubbish\n", LY_ERR_FORMAT,
		    "account:3:" },
	};
	struct scratch *s = *state;
	size_t i;

	account_saved(s);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		scratch_write(s, "account", bad[i].text, 0600);
		check_load(s, bad[i].r, bad[i].words);
	}
}

/* Every beginning of a good file is refused, and none crashes. */
static void
test_torn_descriptions(void **state)
{
	struct scratch *s = *state;
	struct ly_account b;
	struct ly_buf text;
	size_t len;

	ly_buf_init(&text, 10000);
	account_saved(s);
	assert_int_equal(ly_file_read(scratch_path(s, "account"), 10000,
	    LY_FILE_PRIVATE, &text, NULL), 0);
	/* The last line may lose its end, and its value some digits. */
	for (len = 0; len < text.len - 17; len++) {
		assert_int_equal(ly_file_replace(s->path, text.data, len,
		    0600, NULL), 0);
		assert_int_equal(ly_account_load(s->dir, &b, NULL),
		    LY_ERR_FORMAT);
	}
	ly_buf_clear(&text);
}

static void
check_address(const char *given, const char *expected)
{
	char address[400];

	(void)snprintf(address, sizeof(address), "%s", given);
	assert_int_equal(ly_address_ok(address), expected != NULL);
	if (expected != NULL)
		assert_string_equal(address, expected);
}

static void
test_addresses(void **state)
{
	static const char *const bad[] = {
		"", "@", "a", "@b", "a@", "a@b@c", ".a@b", "a@b.", "a@b.new",
		"../a@b", "a/b@c", "a\\b@c", "a:b@c", "a b@c", "a@b\n",
		"a\x01@b", "a\x7f@b", "a@b*", "a?@b", "<a@b>", "\"a\"@b",
		"a@b|c", "a@\tb", "C:a@b"
	};
	char big[400];
	size_t i;

	(void)state;
	check_address("a@b", "a@b");
	check_address("Alice.Smith+mail@EXAMPLE.com",
	    "alice.smith+mail@example.com");
	check_address("\xc3\xa9@example.com", "\xc3\xa9@example.com");
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		check_address(bad[i], NULL);
	memset(big, 'x', sizeof(big));
	big[9] = '@';
	big[LY_ADDRESS_MAX - 1] = '\0';
	check_address(big, big);
	big[LY_ADDRESS_MAX - 1] = 'x';
	big[LY_ADDRESS_MAX] = '\0';
	check_address(big, NULL);
}

static void
test_folder_of_an_account(void **state)
{
	struct ly_conf conf;
	char dir[LY_PATH_MAX];

	(void)state;
	ly_conf_init(&conf);
	assert_int_equal(ly_account_dir(&conf, "a@b", dir),
	    LY_ERR_NOTFOUND);
	(void)snprintf(conf.data_dir, sizeof(conf.data_dir), "/d");
	assert_int_equal(ly_account_dir(&conf, "a@b", dir), 0);
	assert_string_equal(dir, "/d/accounts/a@b");
	memset(conf.data_dir, 'x', LY_PATH_MAX - 10);
	conf.data_dir[LY_PATH_MAX - 10] = '\0';
	assert_int_equal(ly_account_dir(&conf, "a@b", dir), LY_ERR_TOOBIG);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		unit_scratch_test(test_saved_is_loaded),
		unit_scratch_test(test_what_is_not_saved),
		unit_scratch_test(test_missing_files),
		unit_scratch_test(test_unsafe_modes),
		unit_scratch_test(test_damaged_certificates),
		unit_scratch_test(test_damaged_descriptions),
		unit_scratch_test(test_torn_descriptions),
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_folder_of_an_account),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
