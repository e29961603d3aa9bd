/*
 * lanyard enroll: find the service, make device keys, get certificates for
 * them, and only then become an account, by one rename. Every step can be
 * cut off anywhere; the same command again goes on from there.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "args.h"
#include "ask.h"
#include "cert.h"
#include "cli.h"
#include "client.h"
#include "compat.h"
#include "crypto.h"
#include "enroll.h"
#include "file.h"
#include "pkey.h"

#define SCHEME "https://"

/* "host:port" as well as "https://host:port/". */
static int
set_service(struct ly_enroll *e, const char *text, struct ly_why *why)
{
	const char *scheme = strstr(text, "://") == NULL ? SCHEME : "";
	char *url = e->account.service;
	int n;

	n = snprintf(url, LY_URL_MAX, "%s%s", scheme, text);
	if (n > 0 && n < LY_URL_MAX && url[n - 1] == '/')
		url[n - 1] = '\0';
	if (n < 0 || n >= LY_URL_MAX ||
	    strncmp(url, SCHEME, strlen(SCHEME)) != 0)
		return ly_fail(why, LY_ERR_ARG, "--service: it must look "
		    "like https://host or https://host:port");
	return 0;
}

static int
read_code(struct ly_enroll *e, const char *code_file, struct ly_why *why)
{
	int r;

	if (code_file != NULL)
		r = ly_ask_file(code_file, 0, &e->code, why);
	else
		r = ly_ask_secret("Enrolment code: ", "give --code-file FILE",
		    &e->code, why);
	if (r == 0 && (e->code.len == 0 || e->code.len >= LY_WIRE_CODE_MAX ||
	    memchr(e->code.data, '\0', e->code.len) != NULL))
		r = ly_fail(why, LY_ERR_ARG, "that is not an enrolment code: "
		    "\"lanyardd enroll-code\" prints one");
	return r;
}

/* Name and platform, which the owner will see in the list of devices. */
static void
describe(const struct ly_enroll *e, struct ly_wire_enroll *req)
{
	struct utsname u;

	memset(&u, 0, sizeof(u));
	(void)uname(&u);
	(void)snprintf(req->name, sizeof(req->name), "%.100s",
	    e->name != NULL ? e->name : u.nodename);
	(void)snprintf(req->platform, sizeof(req->platform), "%.40s %.40s",
	    u.sysname, u.machine);
}

/* Ask the service for certificates over our keys. */
static int
request(struct ly_enroll *e, struct ly_wire_enrolled *out,
    struct ly_why *why)
{
	struct ly_wire_enroll req;
	struct ly_client *c = NULL;
	int r;

	memset(&req, 0, sizeof(req));
	ly_buf_init(&req.auth_csr, LY_CERT_MAX);
	ly_buf_init(&req.recv_csr, LY_CERT_MAX);
	memcpy(req.address, e->account.address, sizeof(req.address));
	memcpy(req.code, e->code.data, e->code.len);
	describe(e, &req);
	if ((r = ly_csr_make(e->keys.auth, req.name, &req.auth_csr)) != 0 ||
	    (r = ly_csr_make(e->keys.recv, req.name, &req.recv_csr)) != 0)
		goto out;
	r = ly_client_new_anonymous(&e->conf, e->account.service,
	    e->ca.data, e->ca.len, &c, why);
	if (r == 0)
		r = ly_client_enroll(c, &req, out, why);
out:
	ly_client_free(&c);
	ly_buf_clear(&req.auth_csr);
	ly_buf_clear(&req.recv_csr);
	ly_wipe(&req, sizeof(req));
	return r;
}

/* Is cert issued by ca over the public half of key? */
static int
check_cert(const struct ly_buf *cert, const struct ly_buf *ca,
    const struct ly_pkey *key)
{
	struct ly_cert_info info;
	struct ly_buf spki;
	int r;

	ly_buf_init(&spki, LY_CERT_MAX);
	r = ly_cert_verify(cert->data, cert->len, ca->data, ca->len,
	    ly_time());
	if (r == 0)
		r = ly_cert_parse(cert->data, cert->len, &info);
	if (r == 0)
		r = ly_pkey_spki(key, &spki);
	if (r == 0 && (spki.len != info.spki.len ||
	    memcmp(spki.data, cert->data + info.spki.off, spki.len) != 0))
		r = LY_ERR_AUTH;
	ly_buf_clear(&spki);
	return r;
}

static int
check_answer(const struct ly_enroll *e, const struct ly_wire_enrolled *m,
    struct ly_why *why)
{
	int r = LY_ERR_AUTH;

	if (strcmp(m->address, e->account.address) == 0 &&
	    m->ca.len == e->ca.len &&
	    memcmp(m->ca.data, e->ca.data, m->ca.len) == 0)
		r = check_cert(&m->auth_cert, &m->ca, e->keys.auth);
	if (r == 0)
		r = check_cert(&m->recv_cert, &m->ca, e->keys.recv);
	if (r != 0)
		r = ly_fail(why, r, "%s: the certificates that it gave are "
		    "not for this device (%s): check this computer's clock, "
		    "or ask its operator", e->account.service,
		    ly_strerror(r));
	return r;
}

/* A serial that no other account of this user has. */
static int
make_serial(struct ly_account *a)
{
	uint8_t hash[LY_HASH_MAX];
	char text[LY_URL_MAX + LY_ADDRESS_MAX + LY_DEVICE_ID_MAX + 4];
	char hex[2 * LY_SHA256_LEN + 1];
	int n, r;

	n = snprintf(text, sizeof(text), "%s\n%s\n%s", a->service,
	    a->address, a->device_id);
	if (n < 0 || (r = ly_digest(LY_SHA256, text, (size_t)n, hash)) != 0)
		return LY_ERR_CRYPTO;
	ly_hex(hash, LY_SHA256_LEN, hex);
	memcpy(a->serial, hex, sizeof(a->serial) - 1);
	a->serial[sizeof(a->serial) - 1] = '\0';
	return 0;
}

/* Write what the service gave into the staging folder. */
static int
save(struct ly_enroll *e, struct ly_wire_enrolled *m, struct ly_why *why)
{
	struct ly_account *a = &e->account;
	int r;

	memcpy(a->dir, e->staging, sizeof(a->dir));
	memcpy(a->device_id, m->device_id, sizeof(a->device_id));
	memcpy(a->label, m->label, sizeof(a->label));
	a->unlock = e->no_pin ? LY_UNLOCK_NONE : LY_UNLOCK_PIN;
	a->issuer = m->ca;
	a->auth_cert = m->auth_cert;
	a->recv_cert = m->recv_cert;
	memset(&m->ca, 0, sizeof(m->ca));
	memset(&m->auth_cert, 0, sizeof(m->auth_cert));
	memset(&m->recv_cert, 0, sizeof(m->recv_cert));
	if ((r = make_serial(a)) != 0)
		return r;
	return ly_account_save(a, why);
}

/* Make the staging folder the account's. */
static int
finish(struct ly_enroll *e, struct ly_why *why)
{
	int r;

	/* What a broken logout left: a folder without an account file. */
	if (ly_dir_is(e->dir) && (r = ly_dir_remove(e->dir, why)) != 0)
		return r;
	if ((r = ly_file_rename(e->staging, e->dir, why)) != 0)
		return r;
	memcpy(e->account.dir, e->dir, sizeof(e->account.dir));
	return 0;
}

static int
run_locked(struct ly_enroll *e, struct ly_why *why)
{
	struct ly_wire_enrolled m;
	int r;

	memset(&m, 0, sizeof(m));
	if ((r = ly_enroll_trust(e, why)) != 0)
		return r;
	if ((r = ly_enroll_keys(e, why)) != 0)
		return r;
	if ((r = request(e, &m, why)) != 0)
		return r;
	if ((r = check_answer(e, &m, why)) == 0 &&
	    (r = save(e, &m, why)) == 0)
		r = finish(e, why);
	ly_wire_enrolled_clear(&m);
	return r;
}

static int
run(struct ly_enroll *e, struct ly_why *why)
{
	struct ly_file_lock *lock = NULL;
	char path[LY_PATH_MAX];
	int r;

	if ((r = ly_enroll_staging(e->dir, e->staging)) != 0 ||
	    (r = ly_dir_make(e->staging, why)) != 0 ||
	    (r = ly_path_join(path, e->staging, "lock")) != 0)
		return r;
	r = ly_file_lock(path, 0, &lock, why);
	if (r == LY_ERR_BUSY)
		return ly_fail(why, r, "%s: an enrolment is under way in "
		    "another window", e->account.address);
	if (r != 0)
		return r;
	r = run_locked(e, why);
	ly_file_unlock(&lock);
	return r;
}

/* Fetch the keys, and say what is there. */
static int
first_sync(struct ly_cli_account *c, struct ly_why *why)
{
	int r;

	if ((r = ly_cli_sync(c, 0, why)) != 0) {
		(void)fprintf(stderr, "lanyard: the device is enrolled, but "
		    "the keys are not here yet: run \"lanyard sync\"\n");
		return r;
	}
	(void)printf("See them with \"lanyard keys\", show them to mail "
	    "clients with \"lanyard register\".\n");
	return 0;
}

/* The same command again, after all was done: only the sync is repeated. */
static int
again(struct ly_enroll *e, struct ly_why *why)
{
	struct ly_cli_account c;
	int r;

	memset(&c, 0, sizeof(c));
	if ((r = ly_cli_open(e->account.address, &c, why)) != 0)
		goto out;
	if (strcmp(c.account.service, e->account.service) != 0) {
		r = ly_fail(why, LY_ERR_EXISTS, "%s is enrolled at %s: run "
		    "\"lanyard logout %s\" first", c.account.address,
		    c.account.service, c.account.address);
		goto out;
	}
	(void)printf("%s: enrolled already, device %s; for another device "
	    "identity run \"lanyard logout\" first\n", c.account.address,
	    c.account.device_id);
	if ((r = ly_cli_unlock(&c, e->pin_file, why)) == 0)
		r = first_sync(&c, why);
out:
	ly_cli_close(&c);
	return r;
}

/* Hand the new account over to a client, and sync. */
static int
after(struct ly_enroll *e, struct ly_why *why)
{
	struct ly_cli_account c;
	int r;

	memset(&c, 0, sizeof(c));
	c.conf = e->conf;
	c.account = e->account;
	c.keys = e->keys;
	memset(&e->account, 0, sizeof(e->account));
	memset(&e->keys, 0, sizeof(e->keys));
	(void)printf("%s: enrolled at %s, device %s\n", c.account.address,
	    c.account.service, c.account.device_id);
	r = ly_client_new(&c.conf, &c.account, c.keys.auth, &c.client, why);
	if (r == 0)
		r = first_sync(&c, why);
	ly_cli_close(&c);
	return r;
}

static int
enroll(struct ly_enroll *e, struct ly_why *why)
{
	char account[LY_PATH_MAX];
	struct ly_file_stamp stamp;
	int r;

	if ((r = ly_cli_conf(&e->conf, why)) != 0 ||
	    (r = ly_account_dir(&e->conf, e->account.address, e->dir)) != 0 ||
	    (r = ly_path_join(account, e->dir, "account")) != 0)
		return r;
	if (ly_file_stat(account, &stamp) == 0)
		return again(e, why);
	if ((r = run(e, why)) != 0)
		return r;
	return after(e, why);
}

/* The options that must be there, or may not stand together. */
static const char *
missing(const char *service, const char *unlock)
{
	if (service == NULL)
		return "--service URL is missing";
	if (unlock != NULL && strcmp(unlock, "none") != 0 &&
	    strcmp(unlock, "pin") != 0)
		return "--unlock is \"pin\" or \"none\"";
	return NULL;
}

static void
enroll_clear(struct ly_enroll *e)
{
	ly_secret_clear(&e->code);
	ly_buf_clear(&e->ca);
	ly_device_keys_clear(&e->keys);
	ly_account_clear(&e->account);
}

int
ly_cmd_enroll(int argc, char **argv)
{
	const char *service = NULL, *code_file = NULL;
	const char *unlock = NULL, *wrong;
	struct ly_enroll e;
	const struct ly_arg opts[] = {
		{ "service", "URL", "where the key service is", &service,
		    NULL },
		{ "code-file", "FILE", "read the code from its first line",
		    &code_file, NULL },
		{ "fingerprint", "HEX", "SHA-256 of the service's CA",
		    &e.fingerprint, NULL },
		{ "pin-file", "FILE", "read the PIN from its first line",
		    &e.pin_file, NULL },
		{ "unlock", "MODE", "\"pin\", or \"none\": no PIN is needed",
		    &unlock, NULL },
		{ "name", "NAME", "of this device in lists [host name]",
		    &e.name, NULL },
	};
	struct ly_args args = {
		.usage = "enroll ADDRESS --service URL [options]",
		.about = "Makes this computer a device of the mailbox. "
		    "Interrupted, the same command again\ngoes on where it "
		    "was. The code, and twice the PIN, are asked for at the "
		    "terminal.",
		.opts = opts,
		.nopts = sizeof(opts) / sizeof(opts[0]),
		.min = 1,
		.max = 1,
	};
	struct ly_why why = { "" };
	enum ly_args_end end;
	int r;

	memset(&e, 0, sizeof(e));
	ly_buf_init(&e.ca, LY_CERT_MAX);
	if ((end = ly_args_parse(&args, argc, argv)) != LY_ARGS_GO)
		return (int)end;
	wrong = missing(service, unlock);
	if (wrong != NULL) {
		(void)fprintf(stderr, "lanyard: %s\nusage: lanyard %s\n",
		    wrong, args.usage);
		return LY_EXIT_USAGE;
	}
	e.no_pin = unlock != NULL && strcmp(unlock, "none") == 0;
	r = ly_cli_address(args.argv[0], e.account.address, &why);
	if (r == 0)
		r = set_service(&e, service, &why);
	if (r == 0)
		r = read_code(&e, code_file, &why);
	if (r == 0)
		r = enroll(&e, &why);
	enroll_clear(&e);
	return r == 0 ? 0 : ly_cli_failed(r, &why);
}
