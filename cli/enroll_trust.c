/*
 * First contact with a service. Trusts nothing that neither the given
 * fingerprint, nor the system, nor the person at the terminal vouches for.
 */
#include "config.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "ask.h"
#include "client.h"
#include "crypto.h"
#include "enroll.h"
#include "err.h"
#include "http_peer.h"

/* "AB:CD ..." or "abcd..." to bytes. */
static int
parse_fingerprint(const char *text, uint8_t fp[LY_SHA256_LEN],
    struct ly_why *why)
{
	char hex[2 * LY_SHA256_LEN + 1];
	size_t n = 0;

	for (; *text != '\0'; text++) {
		if (*text == ':' || *text == ' ')
			continue;
		if (n == sizeof(hex) - 1)
			break;
		hex[n++] = (char)tolower((unsigned char)*text);
	}
	hex[n] = '\0';
	if (*text != '\0' || ly_unhex(hex, fp, LY_SHA256_LEN) != 0)
		return ly_fail(why, LY_ERR_ARG, "--fingerprint: it must have "
		    "64 hexadecimal digits, as \"lanyardd enroll-code\" "
		    "prints them");
	return 0;
}

/* Discover with a trust anchor (NULL: the system's). */
static int
discover(struct ly_enroll *e, const struct ly_buf *ca,
    struct ly_wire_discovery *d, struct ly_why *why)
{
	struct ly_client *c = NULL;
	int r;

	r = ly_client_new_anonymous(&e->conf, e->account.service,
	    ca != NULL ? ca->data : NULL, ca != NULL ? ca->len : 0, &c, why);
	if (r == 0)
		r = ly_client_discover(c, d, why);
	ly_client_free(&c);
	return r;
}

static int
buf_equal(const struct ly_buf *a, const struct ly_buf *b)
{
	return a->len == b->len && memcmp(a->data, b->data, a->len) == 0;
}

/* The service must name the CA that it is trusted by. */
static int
confirm(struct ly_enroll *e, struct ly_why *why)
{
	struct ly_wire_discovery d;
	int r;

	memset(&d, 0, sizeof(d));
	if ((r = discover(e, &e->ca, &d, why)) != 0)
		return r;
	if (!buf_equal(&d.ca, &e->ca))
		r = ly_fail(why, LY_ERR_AUTH, "%s: its certificate is not "
		    "from the CA that it names as its own: ask its operator",
		    e->account.service);
	ly_wire_discovery_clear(&d);
	return r;
}

/* Trusted by this system already? Then it says itself which CA it has. */
static int
ask_system(struct ly_enroll *e)
{
	struct ly_wire_discovery d;
	int r;

	memset(&d, 0, sizeof(d));
	if ((r = discover(e, NULL, &d, NULL)) != 0)
		return r;
	r = ly_buf_put(&e->ca, d.ca.data, d.ca.len);
	ly_wire_discovery_clear(&d);
	return r;
}

static int
ask_person(const struct ly_enroll *e, const uint8_t fp[LY_SHA256_LEN],
    struct ly_why *why)
{
	char hex[2 * LY_SHA256_LEN + 1], prompt[1024], line[16];
	int r;

	ly_hex(fp, LY_SHA256_LEN, hex);
	(void)snprintf(prompt, sizeof(prompt),
	    "%s has a CA that this computer does not know. "
	    "Its fingerprint is\n\n  %.32s\n  %s\n\nCompare it with the one "
	    "that came with your code. Is it the same (yes/no)? ",
	    e->account.service, hex, hex + 32);
	r = ly_ask_line(prompt, "give --fingerprint HEX, which "
	    "\"lanyardd enroll-code\" prints", line, sizeof(line), why);
	if (r == 0 && strcmp(line, "yes") != 0)
		r = ly_fail(why, LY_ERR_AUTH, "%s: not trusted",
		    e->account.service);
	return r;
}

int
ly_enroll_trust(struct ly_enroll *e, struct ly_why *why)
{
	uint8_t fp[LY_SHA256_LEN], given[LY_SHA256_LEN];
	int r;

	if (e->fingerprint != NULL &&
	    (r = parse_fingerprint(e->fingerprint, given, why)) != 0)
		return r;
	if (e->fingerprint == NULL && ask_system(e) == 0)
		return confirm(e, why);
	ly_buf_clear(&e->ca);
	r = ly_http_insecure_peer_ca(e->account.service,
	    e->conf.timeout_ms, &e->ca, why);
	if (r != 0)
		return r;
	if ((r = ly_digest(LY_SHA256, e->ca.data, e->ca.len, fp)) != 0)
		return r;
	if (e->fingerprint == NULL)
		r = ask_person(e, fp, why);
	else if (memcmp(fp, given, sizeof(fp)) != 0)
		r = ly_fail(why, LY_ERR_AUTH, "%s: its CA does not have the "
		    "fingerprint that you gave: do not go on, ask its "
		    "operator", e->account.service);
	return r == 0 ? confirm(e, why) : r;
}
