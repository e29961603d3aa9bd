/*
 * Enrolment; see enroll.h. A code is bound to the first device keys that
 * use it, so that a lost answer can be asked for again and nobody else can
 * use the code in between.
 */
#include <stdio.h>
#include <string.h>

#include "audit.h"
#include "compat.h"
#include "crypto.h"
#include "enroll.h"
#include "err.h"
#include "kh_client.h"
#include "log.h"
#include "secret.h"

#define CODE_CHARS 25		/* five bits each */
#define CODE_GROUP 5

static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/* 25 characters of random bits, in groups of five. */
static int
random_code(char *code)
{
	uint8_t rnd[CODE_CHARS];
	size_t i, n = 0;
	int r;

	if ((r = ly_random(rnd, sizeof(rnd))) != 0)
		return r;
	for (i = 0; i < CODE_CHARS; i++) {
		if (i > 0 && i % CODE_GROUP == 0)
			code[n++] = '-';
		code[n++] = alphabet[rnd[i] & 31];
	}
	code[n] = '\0';
	ly_wipe(rnd, sizeof(rnd));
	return 0;
}

/* One character as it is meant, or 0. */
static char
code_char(char c)
{
	if (c >= 'a' && c <= 'z')
		c = (char)(c - 'a' + 'A');
	if (c == 'O')
		return '0';
	if (c == 'I' || c == 'L')
		return '1';
	return c != '\0' && strchr(alphabet, c) != NULL ? c : 0;
}

int
ly_code_digest(const char *code, uint8_t digest[LY_SHA256_LEN])
{
	char plain[CODE_CHARS];
	size_t n = 0;
	int r;

	for (; *code != '\0'; code++) {
		if (*code == '-' || *code == ' ')
			continue;
		if (n == CODE_CHARS || (plain[n] = code_char(*code)) == 0)
			break;
		n++;
	}
	r = *code != '\0' || n != CODE_CHARS ? LY_ERR_AUTH :
	    ly_digest(LY_SHA256, plain, sizeof(plain), digest);
	ly_wipe(plain, sizeof(plain));
	return r;
}

int
ly_code_make(struct ly_store *store, const char *address, char *code,
    int64_t *expires)
{
	struct ly_row_mailbox mailbox;
	struct ly_row_audit record;
	struct ly_row_code row;
	int r;

	memset(&row, 0, sizeof(row));
	if ((r = random_code(code)) != 0 ||
	    (r = ly_code_digest(code, row.digest)) != 0 ||
	    (r = store->d->begin(store, 1)) != 0)
		return r;
	if ((r = store->d->mailbox_find(store, address, &mailbox)) != 0 ||
	    (r = store->d->code_expire(store, ly_time())) != 0)
		goto out;
	row.mailbox = mailbox.id;
	row.expires = ly_time() + LY_CODE_LIFE_S;
	ly_audit_fill(&record, "host", address, LY_EV_CODE, NULL, NULL);
	if ((r = store->d->code_add(store, &row)) != 0 ||
	    (r = ly_audit_append(store, &record)) != 0)
		goto out;
	if ((r = store->d->commit(store)) == 0)
		*expires = row.expires;
out:
	if (r != 0)
		store->d->rollback(store);
	return r;
}

/* Everything that an enrolment is made of. */
struct enrolment {
	const struct ly_wire_enroll *req;
	struct ly_row_mailbox mailbox;
	struct ly_row_code code;
	struct ly_row_device device;
	uint8_t keys[LY_SHA256_LEN];	/* of both SPKIs */
};

/* Check both requests: digests of the keys, and that they differ. */
static int
read_keys(struct enrolment *e)
{
	struct ly_buf spki, recv;
	int r;

	ly_buf_init(&spki, 2 * LY_KH_SPKI_MAX);
	ly_buf_init(&recv, LY_KH_SPKI_MAX);
	if ((r = ly_csr_open(e->req->auth_csr.data, e->req->auth_csr.len,
	    &spki)) != 0 ||
	    (r = ly_csr_open(e->req->recv_csr.data, e->req->recv_csr.len,
	    &recv)) != 0 ||
	    (r = ly_digest(LY_SHA256, spki.data, spki.len,
	    e->device.spki_digest)) != 0)
		goto out;
	if (spki.len == recv.len &&
	    memcmp(spki.data, recv.data, recv.len) == 0) {
		r = LY_ERR_FORMAT;
		goto out;
	}
	if ((r = ly_buf_put(&spki, recv.data, recv.len)) == 0)
		r = ly_digest(LY_SHA256, spki.data, spki.len, e->keys);
out:
	ly_buf_clear(&spki);
	ly_buf_clear(&recv);
	return r == 0 || r == LY_ERR_NOMEM ? r : LY_ERR_FORMAT;
}

/*
 * The code and the mailbox, when they fit together, are in time, and the
 * code is free or ours.
 */
static int
read_code(struct ly_store *s, struct enrolment *e)
{
	uint8_t digest[LY_SHA256_LEN];
	int r;

	if ((r = ly_code_digest(e->req->code, digest)) != 0)
		return r;
	r = s->d->code_find(s, digest, &e->code);
	if (r == LY_ERR_NOTFOUND)
		return LY_ERR_AUTH;
	if (r != 0 ||
	    (r = s->d->mailbox_get(s, e->code.mailbox, &e->mailbox)) != 0)
		return r;
	if (strcmp(e->mailbox.address, e->req->address) != 0)
		return LY_ERR_AUTH;
	if (e->code.expires < ly_time())
		return LY_ERR_EXPIRED;
	if (e->mailbox.disabled)
		return LY_ERR_DENIED;
	if (e->code.bound && memcmp(e->code.keys, e->keys,
	    sizeof(e->keys)) != 0)
		return LY_ERR_AUTH;
	return 0;
}

static int
count_active(void *arg, const struct ly_row_device *row,
    const char *address)
{
	(void)address;
	*(size_t *)arg += row->revoked == 0;
	return 0;
}

static int
issue(struct ly_kh *kh, struct enrolment *e)
{
	struct ly_row_device *d = &e->device;
	const int64_t until = ly_time() + LY_DEVICE_LIFE_S;
	uint8_t id[8];
	int r;

	if ((r = ly_random(id, sizeof(id))) != 0)
		return r;
	ly_hex(id, sizeof(id), d->id);
	ly_buf_init(&d->auth_cert, LY_CERT_MAX);
	ly_buf_init(&d->recv_cert, LY_CERT_MAX);
	r = ly_kh_issue(kh, LY_CERT_DEVICE_AUTH, d->id,
	    e->req->auth_csr.data, e->req->auth_csr.len, until,
	    &d->auth_cert);
	if (r == 0)
		r = ly_kh_issue(kh, LY_CERT_DEVICE_RECV, d->id,
		    e->req->recv_csr.data, e->req->recv_csr.len, until,
		    &d->recv_cert);
	return r;
}

/* Store the device, bind the code, record both. A transaction is open. */
static int
write_device(struct ly_store *s, struct enrolment *e)
{
	struct ly_row_device *d = &e->device;
	struct ly_row_audit record;
	size_t active = 0;
	int r;

	r = s->d->device_each(s, e->mailbox.id, count_active, &active);
	if (r != 0)
		return r;
	if (active >= LY_WIRE_DEVICES_MAX)
		return LY_ERR_TOOBIG;
	d->mailbox = e->mailbox.id;
	d->enrolled = ly_time();
	(void)snprintf(d->name, sizeof(d->name), "%s", e->req->name);
	(void)snprintf(d->platform, sizeof(d->platform), "%s",
	    e->req->platform);
	memcpy(e->code.keys, e->keys, sizeof(e->keys));
	memcpy(e->code.device, d->id, sizeof(e->code.device));
	if ((r = s->d->device_add(s, d)) == LY_ERR_EXISTS)
		return LY_ERR_AUTH;	/* these keys are enrolled already */
	ly_audit_fill(&record, d->id, e->mailbox.address, LY_EV_ENROLL,
	    d->id, NULL);
	if (r == 0)
		r = s->d->code_bind(s, &e->code);
	return r == 0 ? ly_audit_append(s, &record) : r;
}

/* In one transaction: the same device once more, or the new one. */
static int
settle(struct ly_store *s, struct enrolment *e)
{
	int r;

	if ((r = s->d->begin(s, 1)) != 0)
		return r;
	if ((r = read_code(s, e)) != 0)
		goto out;
	if (e->code.bound) {
		ly_row_device_clear(&e->device);
		r = s->d->device_get(s, e->code.device, &e->device);
		if (r == 0 && e->device.revoked != 0)
			r = LY_ERR_REVOKED;
		s->d->rollback(s);
		return r;
	}
	if ((r = write_device(s, e)) == 0)
		r = s->d->commit(s);
out:
	if (r != 0)
		s->d->rollback(s);
	return r;
}

static int
copy(struct ly_buf *to, const struct ly_buf *from)
{
	ly_buf_init(to, LY_CERT_MAX);
	return ly_buf_put(to, from->data, from->len);
}

static int
answer(const struct enrolment *e, const struct ly_row_service *service,
    struct ly_wire_enrolled *out)
{
	struct ly_wire_enrolled got;
	size_t cut;
	int r;

	memset(&got, 0, sizeof(got));
	(void)snprintf(got.device_id, sizeof(got.device_id), "%s",
	    e->device.id);
	(void)snprintf(got.address, sizeof(got.address), "%s",
	    e->mailbox.address);
	/* A token's label: the address, cut between two characters. */
	cut = strlen(e->mailbox.address);
	if (cut > sizeof(got.label) - 1)
		cut = sizeof(got.label) - 1;
	while (cut > 0 && (e->mailbox.address[cut] & 0xc0) == 0x80)
		cut--;
	(void)snprintf(got.label, sizeof(got.label), "%.*s", (int)cut,
	    e->mailbox.address);
	if ((r = copy(&got.ca, &service->ca.cert)) == 0 &&
	    (r = copy(&got.auth_cert, &e->device.auth_cert)) == 0)
		r = copy(&got.recv_cert, &e->device.recv_cert);
	if (r != 0)
		ly_wire_enrolled_clear(&got);
	else
		*out = got;
	return r;
}

int
ly_enroll(struct ly_store *store, struct ly_kh *kh,
    const struct ly_row_service *service, const struct ly_wire_enroll *req,
    struct ly_wire_enrolled *out)
{
	struct enrolment e;
	int r;

	memset(&e, 0, sizeof(e));
	e.req = req;
	if ((r = read_keys(&e)) != 0 || (r = read_code(store, &e)) != 0)
		goto out;
	if (!e.code.bound && (r = issue(kh, &e)) != 0)
		goto out;
	if ((r = settle(store, &e)) == 0)
		r = answer(&e, service, out);
out:
	ly_row_device_clear(&e.device);
	ly_wipe(&e.code, sizeof(e.code));
	return r;
}
