/*
 * A token without a network: real account folders with a real catalogue
 * and device file, in a temporary folder, and a fake driver that holds the
 * private keys in memory. Any failure to set up aborts the test.
 */
#ifndef LY_FIXTURE_H
#define LY_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/evp.h>

#include "buf.h"
#include "catalogue.h"
#include "cryptoki.h"
#include "seal.h"

/* The keys of the fixture, in the order of the service's answer. */
enum fx_key {
	FX_RSA,			/* current, signs and decrypts */
	FX_EC,			/* P-256, current */
	FX_ED,			/* Ed25519, current */
	FX_X,			/* X25519, current */
	FX_OLD,			/* RSA, expired for a year */
	FX_REVOKED,		/* P-256, revoked */
	FX_KEYS
};
#define FX_BIT(k) (1u << (k))
#define FX_ALL ((1u << FX_KEYS) - 1)

#define FX_ADDRESS "alice@example.com"
#define FX_PIN "123456"

/* What the fake driver was asked, and how it shall answer. */
struct fx_fake {
	atomic_uint runs;	/* operations begun */
	atomic_uint opens;	/* drivers opened */
	atomic_uint syncs;	/* calls of sync */
	atomic_int fail;	/* LY_ERR_ to answer with, 0 none */
	atomic_int hold;	/* 1: operations wait until it is 0 */
	atomic_uint waiting;	/* operations that wait */
	atomic_uint overlong;	/* 1: answer a byte too many */
	int remote;		/* 1: catalogues say "remote" of keys */
	atomic_uint_least64_t revision;	/* that the "service" names */
	void (*on_sync)(void);	/* what a sync does, or NULL */
};
extern struct fx_fake fx_fake;

/* Keys and certificates, made once in a process. */
EVP_PKEY *fx_evp(enum fx_key k);
const struct ly_buf *fx_cert(enum fx_key k);
const struct ly_buf *fx_ca(void);
const uint8_t *fx_id(enum fx_key k);

/* A fresh folder; fx_down removes it and ends the module. */
void fx_up(void);
void fx_down(void);
const char *fx_dir(void);

/* An account, unlocked by pin or (NULL) by nothing, without a catalogue. */
void fx_account(const char *address, const char *pin);
void fx_account_remove(const char *address);

/*
 * Write its catalogue with the keys of mask. The same lineage updates the
 * one that is there.
 */
void fx_catalogue(const char *address, uint64_t revision, unsigned mask,
    uint64_t lineage);

/* Put a sealed copy of a key into the account's folder. */
void fx_seal(const char *address, enum fx_key k, int64_t not_after);

/* C_Initialize with the folder as a parameter; must succeed. */
void fx_start(void);
CK_RV fx_initialize(void);

/* fx_up, an account with all keys, fx_start, a session. */
CK_SESSION_HANDLE fx_token(const char *pin);

CK_SESSION_HANDLE fx_session(CK_SLOT_ID slot);
void fx_login(CK_SESSION_HANDLE s, const char *pin);

/* Search: how many there are; the first max handles into h. */
CK_ULONG fx_find(CK_SESSION_HANDLE s, CK_ATTRIBUTE *a, CK_ULONG n,
    CK_OBJECT_HANDLE *h, CK_ULONG max);

/* The object of that class that belongs to the key; it must be there. */
CK_OBJECT_HANDLE fx_object(CK_SESSION_HANDLE s, CK_OBJECT_CLASS class,
    enum fx_key k);

/* An attribute's value, or CK_UNAVAILABLE_INFORMATION, with its code. */
CK_RV fx_attr(CK_SESSION_HANDLE s, CK_OBJECT_HANDLE o,
    CK_ATTRIBUTE_TYPE type, void *value, CK_ULONG *len);
int fx_bool(CK_SESSION_HANDLE s, CK_OBJECT_HANDLE o, CK_ATTRIBUTE_TYPE type);
CK_ULONG fx_ulong(CK_SESSION_HANDLE s, CK_OBJECT_HANDLE o,
    CK_ATTRIBUTE_TYPE type);

/* Shorthand for attributes of a template. */
#define FX_A(type, v) { type, &(v), sizeof(v) }

/* PKCS #1 v1.5 encryption of in to the key's public half: 256 bytes. */
void fx_encrypt(enum fx_key k, const void *in, size_t len, uint8_t *ct);

/* Whether sig over digest (raw, r||s for EC) is the key's. */
int fx_verify(enum fx_key k, const uint8_t *tbs, size_t len,
    const uint8_t *sig, size_t siglen);

/* The raw point of a fresh peer key on the same curve, and Z with k. */
size_t fx_peer(enum fx_key k, uint8_t *point, uint8_t *z, size_t *zlen);

#define FX_RUN(tests) cmocka_run_group_tests(tests, NULL, NULL)

#endif
