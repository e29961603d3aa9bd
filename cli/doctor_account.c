/*
 * doctor: an account and its dates. What is wrong is found by status.c, as
 * "lanyard status" says it; here is also said what is good, key by key.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "catalogue.h"
#include "compat.h"
#include "crypto.h"
#include "device.h"
#include "doctor.h"

#define SHOWN_MAX 12	/* keys that are named one by one */
#define DAY 86400
#define SOON_LEASE (3 * DAY)	/* a timer that works renews long before */
#define SOON_DEVICE (14 * DAY)

struct lease {
	char label[65];
	int64_t end;
};

struct leases {
	struct ly_redact *redact;
	struct lease list[SHOWN_MAX];
	size_t n, absent;
};

static void
on_key(void *arg, const struct ly_entry *e, int64_t lease_end)
{
	struct leases *l = arg;
	struct lease *p;

	l->absent += lease_end == 0;
	l->n++;
	if (l->n > SHOWN_MAX)
		return;
	p = &l->list[l->n - 1];
	(void)snprintf(p->label, sizeof(p->label), "%.*s",
	    (int)e->label.len, (const char *)e->label.p);
	p->end = lease_end;
	(void)ly_redact_word(l->redact, LY_REDACT_NAME, p->label);
}

static void
say_lease(struct ly_report *r, const struct lease *p, int64_t now)
{
	char day[LY_TIME_LEN];

	ly_time_str(p->end, day);
	if (p->end == 0)
		ly_report(r, LY_WARN, "lease", "%s: may be kept here for "
		    "offline use and is not: run \"lanyard sync\"", p->label);
	else if (p->end >= now)
		ly_report(r, p->end - now < SOON_LEASE ? LY_WARN : LY_GOOD,
		    "lease", "%s: works offline until %.10s%s", p->label,
		    day, p->end - now < SOON_LEASE ? ": run \"lanyard "
		    "sync\", and see that lanyard-sync.timer runs" : "");
}

static void
say_leases(struct ly_report *r, const struct leases *l,
    const struct ly_status *s)
{
	const int64_t now = ly_time();
	char day[LY_TIME_LEN];
	size_t i;

	for (i = 0; l->n <= SHOWN_MAX && i < l->n; i++)
		say_lease(r, &l->list[i], now);
	if (l->n <= SHOWN_MAX)
		return;
	ly_time_str(s->first_lease_end, day);
	ly_report(r, s->cached == s->cacheable ? LY_GOOD : LY_WARN, "lease",
	    "%lu of %lu keys work offline, the first until %.10s%s",
	    (unsigned long)s->cached, (unsigned long)s->cacheable,
	    s->cached > 0 ? day : "-", s->cached == s->cacheable ? "" :
	    ": run \"lanyard sync\"");
}

static void
say_device(struct ly_report *r, const struct ly_status *s)
{
	char day[LY_TIME_LEN];
	int soon;

	if (s->device_until == 0)
		return;		/* a problem says why */
	soon = s->device_until - ly_time() < SOON_DEVICE;
	ly_time_str(s->device_until, day);
	ly_report(r, soon ? LY_WARN : LY_GOOD, "device", "device %s, "
	    "unlocked by %s, its certificate is valid until %.10s%s%s%s",
	    s->account.device_id, s->account.unlock == LY_UNLOCK_NONE ?
	    "nothing" : "PIN", day, soon ? ": run \"lanyard logout " : "",
	    soon ? s->address : "", soon ? "\" and enrol again" : "");
}

static void
say_keys(struct ly_report *r, const struct ly_status *s)
{
	if (s->revision == 0)
		return;
	ly_report(r, s->keys > 0 ? LY_GOOD : LY_WARN, "keys", "list of keys: "
	    "revision %llu, %lu keys, %lu certificates%s",
	    (unsigned long long)s->revision, (unsigned long)s->keys,
	    (unsigned long)s->certs, s->keys > 0 ? "" : ": have the operator "
	    "import some, or run \"lanyard import FILE.p12\"");
}

/* Whether the PIN that we were given is this account's. */
static void
try_pin(struct ly_doctor *d, size_t i)
{
	const struct ly_account *a = &d->status[i].account;
	struct ly_device_keys keys;
	struct ly_why why = { "" };
	struct ly_step step = { "unlock", 0 };
	int64_t start;
	int r;

	if (a->unlock != LY_UNLOCK_PIN || d->pin.len == 0)
		return;
	memset(&keys, 0, sizeof(keys));
	start = ly_now_ms();
	r = ly_account_unlock(a, &d->pin, &keys, &why);
	step.us = 1000 * (ly_now_ms() - start);
	ly_device_keys_clear(&keys);
	d->pin_ok[i] = r == 0;
	if (r == 0)
		ly_report_steps(&d->report, LY_GOOD, "pin", &step, 1,
		    "the PIN opens the device keys");
	else if (r == LY_ERR_AUTH && d->n > 1)
		ly_report(&d->report, LY_NOTE, "pin", "the PIN that was "
		    "given is not this account's: give --account ADDRESS");
	else if (r == LY_ERR_AUTH)
		ly_report(&d->report, LY_BAD, "pin", "wrong PIN: try again, "
		    "or enrol anew after \"lanyard logout --local %s\"",
		    a->address);
	else
		ly_report_why(&d->report, LY_BAD, "pin", r, &why);
}

/* Names that a bundle leaves out: of the account, its mailbox, its host. */
static void
learn(struct ly_redact *r, const struct ly_account *a)
{
	const char *at = strchr(a->address, '@');
	const char *host = a->service + strlen("https://");
	char word[LY_URL_MAX];

	(void)ly_redact_word(r, LY_REDACT_MAIL, a->address);
	(void)ly_redact_word(r, LY_REDACT_NAME, a->label);
	(void)ly_redact_word(r, LY_REDACT_HEX, a->serial);
	(void)ly_redact_word(r, LY_REDACT_HEX, a->device_id);
	(void)ly_redact_word(r, LY_REDACT_HOST, at + 1);
	(void)snprintf(word, sizeof(word), "%.*s", (int)(at - a->address),
	    a->address);
	(void)ly_redact_word(r, LY_REDACT_NAME, word);
	(void)snprintf(word, sizeof(word), "%.*s",
	    (int)strcspn(host, ":"), host);
	if (host[0] != '[' && strncmp(host, "127.", 4) != 0)
		(void)ly_redact_word(r, LY_REDACT_HOST, word);
}

void
ly_doctor_account(struct ly_doctor *d, size_t i)
{
	struct ly_status *s = &d->status[i];
	struct ly_report *r = &d->report;
	struct leases leases = { .redact = d->redact };
	size_t n;

	ly_report_section(r, "account", d->names[i]);
	ly_status_files(&d->conf, d->names[i], on_key, &leases, s);
	for (n = 0; n < s->problems.n && n < LY_PROBLEMS_MAX; n++)
		ly_report(r, LY_BAD, "file", "%s", s->problems.text[n]);
	if (s->problems.n > LY_PROBLEMS_MAX)
		ly_report(r, LY_BAD, "file", "and %lu more like these",
		    (unsigned long)(s->problems.n - LY_PROBLEMS_MAX));
	if (s->loaded) {
		learn(d->redact, &s->account);
		say_device(r, s);
		say_keys(r, s);
		say_leases(r, &leases, s);
		try_pin(d, i);
	}
	ly_doctor_files(d, i);
}
