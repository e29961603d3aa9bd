/*
 * The keyholder's keys: wrapping under KEK and tenant key, and a bounded
 * cache of unwrapped ones. Used in the keyholder process alone.
 */
#ifndef LY_KH_KEYS_H
#define LY_KH_KEYS_H

#include <stddef.h>
#include <stdint.h>

#include "kh_proto.h"
#include "secret.h"

struct ly_pkey;
struct ly_kh_keys;

#define LY_KH_CACHE_MAX 4096	/* unwrapped keys kept */
#define LY_KH_CACHE_IDLE_MS 600000	/* and for how long without use */

/* The service's keys in clear; one holder a worker thread. */
struct ly_kh_service {
	struct ly_buf encoded;	/* the bytes that it was opened from */
	struct ly_row_service row;
	struct ly_secret tenant_key;
	struct ly_pkey *ca, *import, *sealer;	/* opened when needed */
};

/* Wrapping version 1: AES-256-GCM, AAD as in key_aad of kh_keys.c. */
#define LY_WRAP_VERSION 1

/* Make a cache of at most max keys that owns kek (moved from). */
int ly_kh_keys_new(struct ly_secret *kek, size_t max,
    struct ly_kh_keys **out);
void ly_kh_keys_free(struct ly_kh_keys **keys);

/*
 * Make the service's own keys for tenant: a random tenant key, and CA,
 * import and sealer with their certificates.
 */
int ly_kh_service_make(struct ly_kh_keys *keys, const char *tenant,
    struct ly_row_service *row);

/*
 * Have svc hold the service of the bytes encoded; does nothing when it
 * does already. LY_ERR_AUTH: not wrapped by our KEK. LY_ERR_FORMAT.
 */
int ly_kh_service_open(struct ly_kh_keys *keys, struct ly_kh_service *svc,
    const struct ly_view *encoded);
/* Open one of svc's own keys into its place, once. */
int ly_kh_service_key(struct ly_kh_service *svc, const char *role,
    const struct ly_row_own *own, struct ly_pkey **key);
void ly_kh_service_clear(struct ly_kh_service *svc);

/* Wrap a PKCS#8 for key's binding; appended to out. */
int ly_kh_wrap(const struct ly_kh_service *svc, const struct ly_kh_key *key,
    const struct ly_secret *pkcs8, struct ly_buf *out);

/* Unwrap to PKCS#8. LY_ERR_AUTH: another binding, or changed bytes. */
int ly_kh_unwrap(const struct ly_kh_service *svc,
    const struct ly_kh_key *key, struct ly_secret *pkcs8);

/*
 * The key for use, from the cache or unwrapped; *ref is given back with
 * ly_kh_key_put. Same errors, and those of ly_pkey_from_der.
 */
struct ly_kh_ref;
int ly_kh_key_get(struct ly_kh_keys *keys, const struct ly_kh_service *svc,
    const struct ly_kh_key *key, struct ly_kh_ref **ref);
const struct ly_pkey *ly_kh_ref_pkey(const struct ly_kh_ref *ref);
void ly_kh_key_put(struct ly_kh_keys *keys, struct ly_kh_ref **ref);

#endif
