/*
 * Drivers: who performs an operation with a private key. A driver is a
 * table of functions; driver_table.c lists them in the order of trying:
 * cached, then remote. The tests link a table of their own. Nothing here
 * or below knows Cryptoki.
 */
#ifndef LY_DRIVER_H
#define LY_DRIVER_H

#include <stddef.h>
#include <stdint.h>

#include "alg.h"
#include "catalogue.h"
#include "seal.h"

struct ly_acct;
struct ly_conf;
struct ly_device_keys;
struct ly_secret;
struct ly_why;

/* Which key; all that a driver needs to know of a catalogue entry. */
struct ly_keyref {
	uint8_t id[LY_KEY_ID_LEN];
	enum ly_key_type type;
	enum ly_delivery delivery;
	size_t len;		/* bytes: modulus, or coordinate */
};

/* What the drivers of an account work with; outlives them. */
struct ly_driver_env {
	const struct ly_conf *conf;
	const struct ly_account *account;
	const struct ly_device_keys *keys;
};

struct ly_driver {
	const char *name;
	/* Make the driver's state. No network, no key operation. */
	int (*open)(const struct ly_driver_env *env, void **state,
	    struct ly_why *why);
	/* 1: results may be kept for a while (recent.h). */
	int keeps;
	/* Whether the driver may perform operations with this key. */
	int (*serves)(const struct ly_keyref *ref);
	/*
	 * One operation (alg.h); out is replaced. *revision is set when the
	 * service named the mailbox's revision. Called by many threads at
	 * once. LY_ERR_NOTFOUND, _EXPIRED, _FORMAT, _AUTH, _PERM, _IO: this
	 * driver cannot, the next one is asked.
	 */
	int (*run)(void *state, const struct ly_keyref *ref,
	    const struct ly_alg *alg, const uint8_t *in, size_t inlen,
	    struct ly_secret *out, uint64_t *revision, struct ly_why *why);
	/* Bring the account's folder up to date; NULL if it cannot. */
	int (*sync)(void *state, struct ly_why *why);
	/* Release the state; no call is under way. */
	void (*close)(void *state);
};

#define LY_DRIVERS_MAX 4
extern const struct ly_driver *const ly_driver_table[];	/* NULL at the end */

/* The drivers in driver_table.c. */
extern const struct ly_driver ly_driver_cached;
extern const struct ly_driver ly_driver_remote;

/* The open drivers of one account, with its device keys; counted. */
struct ly_drivers;

/*
 * Open the device keys of acct (pin may be NULL where none is needed) and
 * the drivers on them; one reference. LY_ERR_AUTH: wrong PIN; errors of
 * account.h with why. Expensive (a key derivation): no lock may be held.
 */
int ly_drivers_open(const struct ly_conf *conf, struct ly_acct *acct,
    const struct ly_secret *pin, struct ly_drivers **out,
    struct ly_why *why);

struct ly_drivers *ly_drivers_ref(struct ly_drivers *d);
void ly_drivers_unref(struct ly_drivers **d);

/*
 * Let go without releasing anything: after a fork, or when the host's
 * OpenSSL has been cleaned up. The memory stays reachable.
 */
void ly_drivers_abandon(struct ly_drivers **d);

/*
 * Perform one operation with the first driver that can; the result of a
 * decryption or key agreement may be a recent one. *revision is 0
 * unless the service was asked. LY_ERR_EXPIRED when a local copy's lease
 * has ended and the service cannot be asked; *renew is set to 1 if a lease
 * had ended, whatever the result.
 */
int ly_drivers_run(struct ly_drivers *d, const struct ly_keyref *ref,
    const struct ly_alg *alg, const uint8_t *in, size_t inlen,
    struct ly_secret *out, uint64_t *revision, int *renew);

/* Wipe what was kept of earlier results. d may be NULL. */
void ly_drivers_forget(struct ly_drivers *d);

/* Bring the account's folder up to date, bounded by the deadline. */
int ly_drivers_sync(struct ly_drivers *d, struct ly_why *why);

#endif
