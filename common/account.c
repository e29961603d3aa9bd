/*
 * Owns the folder of an account: its description, the certificates beside
 * it, and the paths of what else lies there. Refuses values that could not
 * be a folder, a URL of a service or a token's label; calls no OpenSSL.
 */
#include <stdio.h>
#include <string.h>

#include "account.h"
#include "buf.h"
#include "conf.h"
#include "err.h"
#include "file.h"
#include "initext.h"
#include "secret.h"

#define VERSION "1"
#define ACCOUNT_MAX ((size_t)16384)	/* bytes of the account file */
#define CERT_MAX ((size_t)65536)
#define SCHEME "https://"

static const char *const cert_names[] = {
	"issuer.der", "auth.der", "recv.der"
};

/* 1 for a character that some file system or shell cannot have in a name. */
static int
is_unsafe(unsigned char c)
{
	return c <= 0x20 || c == 0x7f || strchr("/\\:\"<>|?*", c) != NULL;
}

int
ly_address_ok(char *address)
{
	const size_t len = strlen(address);
	const char *at = strchr(address, '@');
	size_t i;

	for (i = 0; i < len; i++) {
		if (address[i] >= 'A' && address[i] <= 'Z')
			address[i] = (char)(address[i] - 'A' + 'a');
		if (is_unsafe((unsigned char)address[i]))
			return 0;
	}
	if (len >= LY_ADDRESS_MAX || address[0] == '.' || at == NULL)
		return 0;
	if (at == address || at[1] == '\0' || strchr(at + 1, '@') != NULL)
		return 0;
	/* Windows drops a last '.', and ".new" is an enrolment under way. */
	if (address[len - 1] == '.')
		return 0;
	return len < 4 || strcmp(address + len - 4, ".new") != 0;
}

/* 1 for https://host or https://host:port and nothing more. */
static int
service_ok(const char *url)
{
	const char *host = url + strlen(SCHEME);
	const char *p;

	if (strncmp(url, SCHEME, strlen(SCHEME)) != 0 || *host == '\0')
		return 0;
	for (p = host; *p != '\0'; p++)
		if ((unsigned char)*p <= 0x20 || (unsigned char)*p >= 0x7f ||
		    strchr("/\\@?#\"'<>;", *p) != NULL)
			return 0;
	return *host != ':';
}

/* 1 if s is a non-empty word of letters, digits, '-', '_' and '.'. */
static int
word_ok(const char *s)
{
	const char *chars = "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";

	return s[0] != '\0' && s[strspn(s, chars)] == '\0';
}

/* 1 if s can be a token's label: no ':', which ends it for NSS. */
static int
label_ok(const char *s)
{
	const char *p;

	for (p = s; *p != '\0'; p++)
		if ((unsigned char)*p < 0x20 || *p == 0x7f || *p == ':' ||
		    (*p == ';' && (p == s || p[-1] == ' ')))
			return 0;
	return s[0] != '\0' && s[0] != ' ' && p[-1] != ' ';
}

int
ly_account_dir(const struct ly_conf *conf, const char *address, char *dir)
{
	char accounts[LY_PATH_MAX];
	int r;

	if (conf->data_dir[0] == '\0')
		return LY_ERR_NOTFOUND;
	if ((r = ly_path_join(accounts, conf->data_dir, "accounts")) != 0)
		return r;
	return ly_path_join(dir, accounts, address);
}

/* A key of the account file, and where its text goes. */
struct field {
	const char *key;
	size_t off, cap;
};

#define FIELD(k, m) \
	{ k, offsetof(struct ly_account, m), \
	  sizeof(((struct ly_account *)0)->m) }

static const struct field fields[] = {
	FIELD("address", address),
	FIELD("service", service),
	FIELD("device-id", device_id),
	FIELD("label", label),
	FIELD("serial", serial),
};

#define FIELDS (sizeof(fields) / sizeof(fields[0]))

struct load {
	struct ly_account *a;
	unsigned seen;		/* a bit for each field */
	int version;		/* 1 once the version was seen to be ours */
};

static int
set_unlock(struct ly_account *a, const char *value)
{
	if (strcmp(value, "pin") == 0)
		a->unlock = LY_UNLOCK_PIN;
	else if (strcmp(value, "none") == 0)
		a->unlock = LY_UNLOCK_NONE;
	else
		return LY_ERR_FORMAT;
	return 0;
}

static int
set_field(struct load *l, const char *key, const char *value)
{
	char *dst;
	size_t i;

	if (strcmp(key, "unlock") == 0)
		return l->a->unlock != 0 ? LY_ERR_FORMAT :
		    set_unlock(l->a, value);
	for (i = 0; i < FIELDS && strcmp(fields[i].key, key) != 0; i++)
		continue;
	if (i == FIELDS || (l->seen & 1u << i) != 0 ||
	    strlen(value) >= fields[i].cap)
		return LY_ERR_FORMAT;
	l->seen |= 1u << i;
	dst = (char *)l->a + fields[i].off;
	memcpy(dst, value, strlen(value) + 1);
	return 0;
}

static int
load_version(struct load *l, const struct ly_ini_item *item,
    struct ly_why *why)
{
	const char *v = item->value;

	if (v[0] == '\0' || v[strspn(v, "0123456789")] != '\0')
		return ly_fail(why, LY_ERR_FORMAT, "%s:%u: bad \"version\"",
		    item->file, item->line);
	if (strcmp(v, VERSION) != 0)
		return ly_fail(why, LY_ERR_UNSUPPORTED,
		    "%s:%u: written by a newer lanyard: update this one",
		    item->file, item->line);
	l->version = 1;
	return 0;
}

static int
load_item(void *arg, const struct ly_ini_item *item, struct ly_why *why)
{
	struct load *l = arg;

	if (strcmp(item->section, "account") != 0)
		return ly_fail(why, LY_ERR_FORMAT,
		    "%s:%u: expected [account] only", item->file, item->line);
	if (strcmp(item->key, "version") == 0)
		return load_version(l, item, why);
	if (!l->version)
		return ly_fail(why, LY_ERR_FORMAT,
		    "%s:%u: the version must come first", item->file,
		    item->line);
	if (set_field(l, item->key, item->value) != 0)
		return ly_fail(why, LY_ERR_FORMAT,
		    "%s:%u: bad \"%.48s\"", item->file, item->line,
		    item->key);
	return 0;
}

/* The name of the first field that is missing or wrong, NULL if none is. */
static const char *
account_bad(const struct ly_account *a)
{
	char address[LY_ADDRESS_MAX];

	memcpy(address, a->address, sizeof(address));
	if (!ly_address_ok(address) || strcmp(address, a->address) != 0)
		return "address";
	if (!service_ok(a->service))
		return "service";
	if (!word_ok(a->device_id))
		return "device-id";
	if (!label_ok(a->label))
		return "label";
	if (!word_ok(a->serial))
		return "serial";
	if (a->unlock != LY_UNLOCK_PIN && a->unlock != LY_UNLOCK_NONE)
		return "unlock";
	return NULL;
}

static struct ly_buf *
cert_of(struct ly_account *a, size_t i)
{
	return i == 0 ? &a->issuer : i == 1 ? &a->auth_cert : &a->recv_cert;
}

/* 1 if the bytes are one DER SEQUENCE, which ends where they end. */
static int
der_ok(const struct ly_buf *b)
{
	size_t len = 0, n, i;

	if (b->len < 2 || b->data[0] != 0x30)
		return 0;
	if (b->data[1] < 0x80)
		return b->len - 2 == b->data[1];
	n = b->data[1] & 0x7fu;
	if (n == 0 || n > 3 || b->len < 2 + n)
		return 0;
	for (i = 0; i < n; i++)
		len = len << 8 | b->data[2 + i];
	return b->len - 2 - n == len;
}

static int
load_text(const char *dir, struct ly_account *a, struct ly_why *why)
{
	struct load l = { a, 0, 0 };
	char path[LY_PATH_MAX];
	const char *bad;
	struct ly_buf b;
	int r;

	ly_buf_init(&b, ACCOUNT_MAX);
	if ((r = ly_path_join(path, dir, "account")) != 0)
		goto out;
	if ((r = ly_file_read(path, ACCOUNT_MAX, LY_FILE_PRIVATE, &b,
	    why)) != 0)
		goto out;
	if ((r = ly_ini_parse(path, b.data, b.len, load_item, &l, why)) != 0)
		goto out;
	if ((bad = account_bad(a)) != NULL)
		r = ly_fail(why, LY_ERR_FORMAT, "%s: damaged: \"%s\" is "
		    "missing or wrong; enrol this account again", path, bad);
out:
	ly_buf_clear(&b);
	return r;
}

static int
load_certs(const char *dir, struct ly_account *a, struct ly_why *why)
{
	char path[LY_PATH_MAX];
	size_t i;
	int r;

	for (i = 0; i < 3; i++) {
		if ((r = ly_path_join(path, dir, cert_names[i])) != 0)
			return r;
		if ((r = ly_file_read(path, CERT_MAX, LY_FILE_OWNED,
		    cert_of(a, i), why)) != 0)
			return r;
		if (!der_ok(cert_of(a, i)))
			return ly_fail(why, LY_ERR_FORMAT,
			    "%s: damaged: not a certificate; enrol this "
			    "account again", path);
	}
	return 0;
}

static void
account_init(struct ly_account *a)
{
	size_t i;

	memset(a, 0, sizeof(*a));
	for (i = 0; i < 3; i++)
		ly_buf_init(cert_of(a, i), CERT_MAX);
}

int
ly_account_load(const char *dir, struct ly_account *a, struct ly_why *why)
{
	struct ly_account new;
	int r;

	account_init(&new);
	if ((r = ly_path_join(new.dir, "", dir)) != 0)
		goto out;
	if ((r = ly_dir_check(dir, why)) != 0)
		goto out;
	if ((r = load_text(dir, &new, why)) != 0)
		goto out;
	if ((r = load_certs(dir, &new, why)) != 0)
		goto out;
	*a = new;
	account_init(&new);
out:
	ly_account_clear(&new);
	return r;
}

/* The account file's text: fields in the order of the table. */
static int
account_text(const struct ly_account *a, struct ly_buf *b)
{
	const char *const unlock = a->unlock == LY_UNLOCK_PIN ? "pin" :
	    "none";
	char line[LY_URL_MAX + 32];
	size_t i;
	int n;

	n = snprintf(line, sizeof(line),
	    "[account]\nversion = %s\nunlock = %s\n", VERSION, unlock);
	(void)ly_buf_put(b, line, (size_t)n);
	for (i = 0; i < FIELDS; i++) {
		n = snprintf(line, sizeof(line), "%s = %s\n", fields[i].key,
		    (const char *)a + fields[i].off);
		(void)ly_buf_put(b, line, (size_t)n);
	}
	return b->err;
}

static int
save_one(const struct ly_account *a, const char *name,
    const struct ly_buf *b, struct ly_why *why)
{
	char path[LY_PATH_MAX];
	int r;

	if ((r = ly_path_join(path, a->dir, name)) != 0)
		return r;
	return ly_file_replace(path, b->data, b->len, 0600, why);
}

int
ly_account_save(const struct ly_account *a, struct ly_why *why)
{
	const struct ly_buf *const certs[] = {
		&a->issuer, &a->auth_cert, &a->recv_cert
	};
	struct ly_buf b;
	const char *bad;
	size_t i;
	int r = 0;

	ly_buf_init(&b, ACCOUNT_MAX);
	if ((bad = account_bad(a)) != NULL)
		r = ly_fail(why, LY_ERR_ARG, "\"%s\" cannot be saved", bad);
	for (i = 0; i < 3 && r == 0; i++)
		if (!der_ok(certs[i]))
			r = ly_fail(why, LY_ERR_ARG,
			    "%s: not a certificate", cert_names[i]);
	for (i = 0; i < 3 && r == 0; i++)
		r = save_one(a, cert_names[i], certs[i], why);
	if (r == 0 && (r = account_text(a, &b)) == 0)
		r = save_one(a, "account", &b, why);
	ly_buf_clear(&b);
	return r;
}

void
ly_account_clear(struct ly_account *a)
{
	size_t i;

	if (a == NULL)
		return;
	for (i = 0; i < 3; i++)
		ly_buf_clear(cert_of(a, i));
	account_init(a);
}
