/* Answers of a service, and the catalogues made from them, for tests. */
#ifndef LY_MADE_CATALOGUE_H
#define LY_MADE_CATALOGUE_H

#include "unit.h"

#include "catalogue.h"
#include "cert.h"
#include "compat.h"
#include "made_cert.h"
#include "wire.h"

#define MADE_KEYS_MAX 8

/* Room for an answer; empty it with made_answer_clear. */
struct made_answer {
	struct ly_wire_keys m;
	struct ly_wire_key keys[MADE_KEYS_MAX];
};

static inline void
made_answer_init(struct made_answer *a, uint64_t revision)
{
	memset(a, 0, sizeof(*a));
	a->m.revision = revision;
	a->m.keys = a->keys;
}

static inline void
made_answer_clear(struct made_answer *a)
{
	size_t i, k;

	for (i = 0; i < a->m.nkeys; i++)
		for (k = 0; k < a->keys[i].ncerts; k++)
			ly_buf_clear(&a->keys[i].certs[k]);
	for (i = 0; i < a->m.nca; i++)
		ly_buf_clear(&a->m.ca[i]);
}

static inline void
made_key_id(const struct ly_buf *der, uint8_t id[LY_KEY_ID_LEN])
{
	struct ly_cert_info info;

	assert_int_equal(ly_cert_parse(der->data, der->len, &info), 0);
	assert_int_equal(ly_key_id(der->data + info.spki.off, info.spki.len,
	    id), 0);
}

/* A further key, current, cached, all uses; its certificates follow. */
static inline struct ly_wire_key *
made_answer_key(struct made_answer *a, const struct made_spec *s)
{
	struct ly_wire_key *k = &a->keys[a->m.nkeys++];

	k->use = LY_USE_ALL;
	k->delivery = LY_CACHED;
	k->state = LY_KEY_CURRENT;
	k->certs[0] = made_cert(s);
	k->ncerts = 1;
	made_key_id(&k->certs[0], k->key_id);
	return k;
}

static inline void
made_answer_cert(struct ly_wire_key *k, const struct made_spec *s)
{
	k->certs[k->ncerts++] = made_cert(s);
}

static inline void
made_answer_ca(struct made_answer *a, const struct made_spec *s)
{
	a->m.ca[a->m.nca++] = made_cert(s);
}

/* The catalogue that old becomes; the caller drops it. */
static inline struct ly_catalogue *
made_catalogue(const struct ly_catalogue *old, const struct made_answer *a)
{
	struct ly_catalogue *c = NULL;
	struct ly_why why = { "" };
	struct ly_buf file;

	ly_buf_init(&file, LY_CATALOGUE_MAX);
	if (ly_catalogue_build(old, &a->m, 77, &file, &why) != 0)
		fail_msg("build: %s", why.text);
	assert_int_equal(ly_catalogue_open(&file, &c), 0);
	assert_null(file.data);
	assert_int_equal(ly_catalogue_verify(c), 0);
	return c;
}

static inline struct ly_entry
made_entry(const struct ly_catalogue *c, uint32_t n)
{
	struct ly_entry e;

	assert_int_equal(ly_catalogue_entry(c, n, &e), 0);
	return e;
}

/* The n-th in the order of listing. */
static inline struct ly_entry
made_listed(const struct ly_catalogue *c, size_t i)
{
	uint32_t n;

	assert_int_equal(ly_catalogue_order(c, i, &n), 0);
	return made_entry(c, n);
}

static inline void
assert_view(const struct ly_view *v, const char *text)
{
	if (v->len != strlen(text) || memcmp(v->p, text, v->len) != 0)
		fail_msg("\"%.*s\" is not \"%s\"", (int)v->len,
		    (const char *)v->p, text);
}

/*
 * A usual mailbox: an RSA key of today with two certificates, an old EC key,
 * an Ed25519 key to sign with, an X25519 key, an authority.
 */
static inline void
made_mailbox(struct made_answer *a)
{
	const long now = (long)ly_time();
	EVP_PKEY *rsa = made_key("RSA"), *ec = made_key("EC");
	EVP_PKEY *ed = made_key("ED25519"), *x = made_key("X25519");
	struct made_spec s = { ec, "Alice Example", "Alice@Example.com",
	    1600000000, 1650000000, "keyAgreement", 11 };
	struct ly_wire_key *k;

	made_answer_init(a, 5);
	(void)made_answer_key(a, &s);
	s = (struct made_spec){ rsa, "Alice Example", "alice@example.com",
	    now - 10 * MADE_DAY, now + 300 * MADE_DAY,
	    "digitalSignature,keyEncipherment", 13 };
	k = made_answer_key(a, &s);
	s.from = 1700000000;
	s.to = 1700000000 + 700 * MADE_DAY;
	s.serial = 12;
	s.ku = "keyEncipherment";
	made_answer_cert(k, &s);
	s = (struct made_spec){ ed, "Alice Example", "alice@example.com",
	    now - 20 * MADE_DAY, now + 20 * MADE_DAY, "digitalSignature",
	    14 };
	made_answer_key(a, &s)->delivery = LY_REMOTE;
	s.key = x;
	s.from = now - 30 * MADE_DAY;
	s.ku = NULL;
	s.email = NULL;
	s.serial = 15;
	(void)made_answer_key(a, &s);
	s = (struct made_spec){ made_authority(), "Test Authority", NULL,
	    1500000000, now + 9000 * MADE_DAY, "ca", 1 };
	made_answer_ca(a, &s);
	EVP_PKEY_free(rsa);
	EVP_PKEY_free(ec);
	EVP_PKEY_free(ed);
	EVP_PKEY_free(x);
}

#endif
