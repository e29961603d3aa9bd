/*
 * doctor: the service, step by step: name, TCP, TLS, answer, and whether
 * it takes this device. A connection that fails at its certificate is
 * looked at once more without any check, only to say who answers there.
 */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cert.h"
#include "client.h"
#include "compat.h"
#include "device.h"
#include "doctor.h"
#include "http.h"
#include "http_peer.h"

#define DAY 86400
#define SOON (14 * DAY)
#define SKEW_WARN 60	/* seconds */
#define SKEW_BAD 300	/* certificates are issued that much back */

/* "3 days", "5 hours", "70 seconds". */
static void
span_text(int64_t s, char *text, size_t cap)
{
	static const struct {
		int64_t s;
		const char *name;
	} units[] = {
		{ DAY, "days" }, { 3600, "hours" }, { 60, "minutes" },
	};
	size_t i;

	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (s < 2 * units[i].s)
			continue;
		(void)snprintf(text, cap, "%" PRId64 " %s",
		    s / units[i].s, units[i].name);
		return;
	}
	(void)snprintf(text, cap, "%" PRId64 " seconds", s);
}

static void
say_clock(struct ly_report *r, const struct ly_http_probe *p)
{
	const int64_t ahead = p->at - p->date;
	const int64_t skew = ahead < 0 ? -ahead : ahead;
	char span[40];

	if (p->date == 0)
		return;
	span_text(skew, span, sizeof(span));
	if (skew < SKEW_WARN)
		ly_report(r, LY_GOOD, "clock", "this computer's clock and "
		    "the service's differ by %s", span);
	else
		ly_report(r, skew < SKEW_BAD ? LY_WARN : LY_BAD, "clock",
		    "this computer's clock is %s %s the service's: set the "
		    "one that is wrong; certificates and leases go by it",
		    span, ahead > 0 ? "ahead of" : "behind");
}

/* Names in certificates are not for a bundle. */
static void
learn(struct ly_redact *r, const struct ly_http_probe *p,
    const struct ly_cert_info *info)
{
	if (strncmp(info->name, "127.", 4) != 0)
		(void)ly_redact_word(r, LY_REDACT_HOST, info->name);
	(void)ly_redact_word(r, LY_REDACT_HOST, p->issuer);
}

static void
say_certificate(struct ly_doctor *d, const struct ly_http_probe *p)
{
	struct ly_cert_info info;
	char day[LY_TIME_LEN];
	int soon;

	if (ly_cert_parse(p->cert.data, p->cert.len, &info) != 0)
		return;
	learn(d->redact, p, &info);
	ly_time_str(info.not_after, day);
	soon = info.not_after - ly_time() < SOON;
	ly_report(&d->report, soon ? LY_WARN : LY_GOOD, "certificate",
	    "certificate of %s, issued by \"%s\", valid until %.10s%s",
	    info.name, p->issuer, day, soon ? ": its operator must renew it" :
	    "");
}

/* Who answers instead: nothing of it is checked, and none of it used. */
static void
say_impostor(struct ly_doctor *d, const struct ly_http_opts *o)
{
	struct ly_report *r = &d->report;
	struct ly_http_probe p;
	struct ly_cert_info info;
	char from[LY_TIME_LEN], to[LY_TIME_LEN];

	ly_http_probe_init(&p);
	if (ly_http_insecure_probe(o, LY_DISCOVERY_PATH, &p, NULL) == 0 &&
	    ly_cert_parse(p.cert.data, p.cert.len, &info) == 0) {
		learn(d->redact, &p, &info);
		ly_time_str(info.not_before, from);
		ly_time_str(info.not_after, to);
		ly_report(r, LY_NOTE, "answers", "%s answers there, with a "
		    "certificate of %s, issued by \"%s\", valid from "
		    "%.10s to %.10s", p.address, info.name, p.issuer, from, to);
		say_clock(r, &p);
	}
	ly_http_probe_clear(&p);
}

/* What a probe saw before its end, good or not. */
static void
say_connection(struct ly_doctor *d, const struct ly_http_probe *p)
{
	const struct ly_step steps[] = {
		{ "name", p->name_us }, { "connect", p->connect_us },
		{ "tls", p->tls_us },
	};

	if (p->step < LY_HTTP_ANSWER)
		return;
	ly_report_steps(&d->report, LY_GOOD, "connection", steps, 3,
	    "address %s, %s, %s", p->address, p->protocol, p->cipher);
	say_certificate(d, p);
	say_clock(&d->report, p);
}

/* A key service, and one that we can talk to? */
static int
say_discovery(struct ly_doctor *d, const struct ly_account *a,
    const struct ly_http_probe *p)
{
	const struct ly_step answer = { "answer", p->answer_us };
	struct ly_wire_discovery doc;
	struct ly_client *c = NULL;
	struct ly_why why = { "" };
	int err;

	memset(&doc, 0, sizeof(doc));
	err = ly_client_new_anonymous(&d->conf, a->service, a->issuer.data,
	    a->issuer.len, &c, &why);
	if (err == 0)
		err = ly_client_discover(c, &doc, &why);
	if (err == 0)
		ly_report_steps(&d->report, LY_GOOD, "answer", &answer, 1,
		    "it is a key service and speaks %s", doc.api);
	else
		ly_report_why(&d->report, LY_BAD, "answer", err, &why);
	if (err == 0)
		ly_wire_discovery_clear(&doc);
	ly_client_free(&c);
	return err;
}

/* Ask for what is new, as the device that we are. */
static int
ask(struct ly_doctor *d, size_t i, int *changed, struct ly_why *why)
{
	const struct ly_status *s = &d->status[i];
	struct ly_device_keys keys;
	struct ly_wire_keys news;
	struct ly_client *c = NULL;
	int r;

	memset(&keys, 0, sizeof(keys));
	memset(&news, 0, sizeof(news));
	r = ly_account_unlock(&s->account, &d->pin, &keys, why);
	if (r == 0)
		r = ly_client_new(&d->conf, &s->account, keys.auth, &c, why);
	if (r == 0)
		r = ly_client_keys(c, s->revision, changed, &news, why);
	if (r == 0 && *changed)
		ly_wire_keys_clear(&news);
	ly_client_free(&c);
	ly_device_keys_clear(&keys);
	return r;
}

static void
say_device(struct ly_doctor *d, size_t i)
{
	const struct ly_status *s = &d->status[i];
	struct ly_report *r = &d->report;
	struct ly_why why = { "" };
	int err, changed = 0;

	if (s->account.unlock == LY_UNLOCK_PIN && !d->pin_ok[i]) {
		ly_report(r, LY_NOTE, "accepted", "whether it accepts this "
		    "device was not asked: give --pin-file FILE");
		return;
	}
	err = ask(d, i, &changed, &why);
	if (err == LY_ERR_REVOKED)
		ly_report(r, LY_BAD, "accepted", "%s: run \"lanyard logout "
		    "--local %s\", then enrol again", why.text, s->address);
	else if (err != 0)
		ly_report_why(r, LY_BAD, "accepted", err, &why);
	else if (changed)
		ly_report(r, LY_WARN, "accepted", "it accepts this device, "
		    "and has a newer list of keys: run \"lanyard sync\"");
	else
		ly_report(r, LY_GOOD, "accepted", "it accepts this device, "
		    "and has no newer list of keys");
}

static const char *
step_name(enum ly_http_step step)
{
	switch (step) {
	case LY_HTTP_NAME:
		return "name";
	case LY_HTTP_CONNECT:
		return "connect";
	case LY_HTTP_TLS:
		return "tls";
	default:
		return "answer";
	}
}

void
ly_doctor_service(struct ly_doctor *d, size_t i)
{
	const struct ly_account *a = &d->status[i].account;
	const struct ly_http_opts o = {
		.base = a->service,
		.ca = a->issuer.data,
		.ca_len = a->issuer.len,
		.connect_ms = d->conf.connect_ms,
		.timeout_ms = d->conf.timeout_ms,
	};
	struct ly_http_probe p;
	struct ly_why why = { "" };
	int err;

	if (!d->status[i].loaded)
		return;
	ly_report_section(&d->report, "service", a->service);
	ly_http_probe_init(&p);
	err = ly_http_probe(&o, LY_DISCOVERY_PATH, &p, &why);
	say_connection(d, &p);
	if (err != 0)
		ly_report_why(&d->report, LY_BAD, step_name(p.step), err,
		    &why);
	else if (say_discovery(d, a, &p) == 0)
		say_device(d, i);
	if (err != 0 && p.step == LY_HTTP_TLS)
		say_impostor(d, &o);
	ly_http_probe_clear(&p);
}
