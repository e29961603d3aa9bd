/*
 * Wrapping and the cache of unwrapped keys; see kh_keys.h. A cached key is
 * found by the digest of binding and wrapped bytes, all of which were
 * authenticated when it was unwrapped: another binding is another key.
 */
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "compat.h"
#include "crypto.h"
#include "err.h"
#include "kh_keys.h"
#include "pkey.h"

#define BUCKETS 1024		/* a power of two */
#define CA_YEARS 20
#define YEAR_S ((int64_t)31557600)

struct ly_kh_ref {
	uint8_t digest[LY_SHA256_LEN];
	struct ly_pkey *pkey;
	size_t refs;			/* users, and one for the cache */
	int64_t used_ms;
	struct ly_kh_ref *next;		/* in the bucket */
	struct ly_kh_ref *newer, *older;	/* by last use */
};

/* lock guards all below it; it is not held while a key works. */
struct ly_kh_keys {
	struct ly_secret kek;
	size_t max;
	struct ly_mutex lock;
	struct ly_kh_ref *bucket[BUCKETS];
	struct ly_kh_ref *newest, *oldest;
	size_t n;
};

int
ly_kh_keys_new(struct ly_secret *kek, size_t max, struct ly_kh_keys **out)
{
	struct ly_kh_keys *k;

	if (kek->len != LY_AEAD_KEY_LEN || max == 0)
		return LY_ERR_ARG;
	if ((k = calloc(1, sizeof(*k))) == NULL)
		return LY_ERR_NOMEM;
	ly_secret_move(&k->kek, kek);
	k->max = max;
	ly_mutex_init(&k->lock);
	*out = k;
	return 0;
}

static void
ref_free(struct ly_kh_ref *ref)
{
	ly_pkey_free(&ref->pkey);
	free(ref);
}

void
ly_kh_keys_free(struct ly_kh_keys **keys)
{
	struct ly_kh_ref *ref, *older;

	if (keys == NULL || *keys == NULL)
		return;
	for (ref = (*keys)->newest; ref != NULL; ref = older) {
		older = ref->older;
		ref_free(ref);
	}
	ly_secret_clear(&(*keys)->kek);
	free(*keys);
	*keys = NULL;
}

/* AAD of the tenant key: "lanyard tenant" || tenant. */
static int
tenant_aad(const char *tenant, struct ly_buf *aad)
{
	ly_buf_init(aad, 4096);
	(void)ly_buf_put_str(aad, "lanyard tenant");
	return ly_buf_put_str(aad, tenant);
}

/* AAD of an own key: "lanyard service" || tenant || role || certificate. */
static int
own_aad(const char *tenant, const char *role, const struct ly_buf *cert,
    struct ly_buf *aad)
{
	ly_buf_init(aad, LY_CERT_MAX + 4096);
	(void)ly_buf_put_str(aad, "lanyard service");
	(void)ly_buf_put_str(aad, tenant);
	(void)ly_buf_put_str(aad, role);
	return ly_buf_put_blob(aad, cert->data, cert->len);
}

/*
 * AAD of a user's key: "lanyard key" || tenant || mailbox || key id ||
 * SPKI || usage || version.
 */
static int
key_aad(const char *tenant, const struct ly_kh_key *key, struct ly_buf *aad)
{
	ly_buf_init(aad, LY_KH_SPKI_MAX + 4096);
	(void)ly_buf_put_str(aad, "lanyard key");
	(void)ly_buf_put_str(aad, tenant);
	(void)ly_buf_put_str(aad, key->mailbox);
	(void)ly_buf_put(aad, key->key_id, sizeof(key->key_id));
	(void)ly_buf_put_blob(aad, key->spki.p, key->spki.len);
	(void)ly_buf_put_u32(aad, key->use);
	return ly_buf_put_u32(aad, key->version);
}

/* What ly_kh_service_make makes for each role. */
struct own_make {
	const char *role, *name;
	enum ly_cert_kind kind;
};

/* One key of the service: made, certified, wrapped. ca NULL: itself. */
static int
own_make(const struct own_make *m, const struct ly_pkey *ca,
    const struct ly_buf *ca_cert, const char *tenant,
    const struct ly_secret *tenant_key, struct ly_row_own *own,
    struct ly_pkey **out)
{
	struct ly_secret der = LY_SECRET_INIT;
	struct ly_buf aad, spki;
	struct ly_pkey *key = NULL;
	int r;

	ly_buf_init(&aad, 1);
	ly_buf_init(&spki, LY_KH_SPKI_MAX);
	ly_buf_init(&own->cert, LY_CERT_MAX);
	ly_buf_init(&own->wrapped, LY_WRAPPED_MAX);
	if ((r = ly_pkey_generate_p256(&key)) != 0 ||
	    (r = ly_pkey_spki(key, &spki)) != 0 ||
	    (r = ly_pkey_to_der(key, &der)) != 0)
		goto out;
	r = ly_cert_issue(m->kind, ca == NULL ? key : ca,
	    ca == NULL ? NULL : ca_cert->data, ca == NULL ? 0 : ca_cert->len,
	    m->name, spki.data, spki.len, ly_time() + CA_YEARS * YEAR_S,
	    &own->cert);
	if (r != 0 ||
	    (r = own_aad(tenant, m->role, &own->cert, &aad)) != 0)
		goto out;
	r = ly_aead_seal(tenant_key->data, aad.data, aad.len, der.data,
	    der.len, &own->wrapped);
	if (r == 0) {
		*out = key;
		key = NULL;
	}
out:
	ly_pkey_free(&key);
	ly_secret_clear(&der);
	ly_buf_clear(&aad);
	ly_buf_clear(&spki);
	return r;
}

int
ly_kh_service_make(struct ly_kh_keys *keys, const char *tenant,
    struct ly_row_service *row)
{
	static const struct own_make ca = { "ca", "Lanyard key service CA",
	    LY_CERT_CA };
	static const struct own_make imp = { "import", "Lanyard key import",
	    LY_CERT_DEVICE_RECV };
	static const struct own_make sealer = { "sealer",
	    "Lanyard key sealer", LY_CERT_SEALER };
	struct ly_secret tk = LY_SECRET_INIT;
	struct ly_pkey *ca_key = NULL, *other = NULL;
	struct ly_row_service got;
	struct ly_buf aad;
	int r;

	memset(&got, 0, sizeof(got));
	ly_buf_init(&got.tenant_key.wrapped, LY_WRAPPED_MAX);
	ly_buf_init(&aad, 1);
	memcpy(got.tenant, tenant, strlen(tenant) + 1);
	if ((r = ly_secret_alloc(&tk, LY_AEAD_KEY_LEN)) != 0 ||
	    (r = ly_random(tk.data, LY_AEAD_KEY_LEN)) != 0 ||
	    (r = tenant_aad(tenant, &aad)) != 0)
		goto out;
	tk.len = LY_AEAD_KEY_LEN;
	r = ly_aead_seal(keys->kek.data, aad.data, aad.len, tk.data, tk.len,
	    &got.tenant_key.wrapped);
	if (r != 0 || (r = own_make(&ca, NULL, NULL, tenant, &tk, &got.ca,
	    &ca_key)) != 0)
		goto out;
	r = own_make(&imp, ca_key, &got.ca.cert, tenant, &tk, &got.import,
	    &other);
	ly_pkey_free(&other);
	if (r == 0)
		r = own_make(&sealer, ca_key, &got.ca.cert, tenant, &tk,
		    &got.sealer, &other);
	if (r == 0) {
		*row = got;
		memset(&got, 0, sizeof(got));
	}
out:
	ly_pkey_free(&other);
	ly_pkey_free(&ca_key);
	ly_row_service_clear(&got);
	ly_secret_clear(&tk);
	ly_buf_clear(&aad);
	return r;
}

void
ly_kh_service_clear(struct ly_kh_service *svc)
{
	ly_buf_clear(&svc->encoded);
	ly_row_service_clear(&svc->row);
	ly_secret_clear(&svc->tenant_key);
	ly_pkey_free(&svc->ca);
	ly_pkey_free(&svc->import);
	ly_pkey_free(&svc->sealer);
	memset(svc, 0, sizeof(*svc));
}

int
ly_kh_service_open(struct ly_kh_keys *keys, struct ly_kh_service *svc,
    const struct ly_view *encoded)
{
	struct ly_buf aad;
	int r;

	if (encoded->len == 0)
		return LY_ERR_FORMAT;
	if (svc->encoded.len == encoded->len &&
	    memcmp(svc->encoded.data, encoded->p, encoded->len) == 0)
		return 0;
	ly_kh_service_clear(svc);
	ly_buf_init(&aad, 1);
	ly_buf_init(&svc->encoded, LY_KH_REQUEST_MAX);
	r = ly_kh_service_decode(encoded->p, encoded->len, &svc->row);
	if (r != 0 || (r = tenant_aad(svc->row.tenant, &aad)) != 0)
		goto out;
	r = ly_aead_open(keys->kek.data, aad.data, aad.len,
	    svc->row.tenant_key.wrapped.data,
	    svc->row.tenant_key.wrapped.len, &svc->tenant_key);
	if (r == 0 && svc->tenant_key.len != LY_AEAD_KEY_LEN)
		r = LY_ERR_FORMAT;
	if (r == 0)
		r = ly_buf_put(&svc->encoded, encoded->p, encoded->len);
out:
	ly_buf_clear(&aad);
	if (r != 0)
		ly_kh_service_clear(svc);
	return r;
}

int
ly_kh_service_key(struct ly_kh_service *svc, const char *role,
    const struct ly_row_own *own, struct ly_pkey **key)
{
	struct ly_secret der = LY_SECRET_INIT;
	struct ly_buf aad;
	int r;

	if (*key != NULL)
		return 0;
	if ((r = own_aad(svc->row.tenant, role, &own->cert, &aad)) != 0)
		goto out;
	r = ly_aead_open(svc->tenant_key.data, aad.data, aad.len,
	    own->wrapped.data, own->wrapped.len, &der);
	if (r == 0)
		r = ly_pkey_from_der(der.data, der.len, key);
out:
	ly_secret_clear(&der);
	ly_buf_clear(&aad);
	return r;
}

int
ly_kh_wrap(const struct ly_kh_service *svc, const struct ly_kh_key *key,
    const struct ly_secret *pkcs8, struct ly_buf *out)
{
	struct ly_buf aad;
	int r;

	if ((r = key_aad(svc->row.tenant, key, &aad)) == 0)
		r = ly_aead_seal(svc->tenant_key.data, aad.data, aad.len,
		    pkcs8->data, pkcs8->len, out);
	ly_buf_clear(&aad);
	return r;
}

int
ly_kh_unwrap(const struct ly_kh_service *svc, const struct ly_kh_key *key,
    struct ly_secret *pkcs8)
{
	struct ly_buf aad;
	int r;

	if ((r = key_aad(svc->row.tenant, key, &aad)) == 0)
		r = ly_aead_open(svc->tenant_key.data, aad.data, aad.len,
		    key->wrapped.p, key->wrapped.len, pkcs8);
	ly_buf_clear(&aad);
	return r;
}

static int
cache_digest(const struct ly_kh_service *svc, const struct ly_kh_key *key,
    uint8_t digest[LY_SHA256_LEN])
{
	struct ly_buf all;
	int r;

	r = key_aad(svc->row.tenant, key, &all);
	all.max += LY_WRAPPED_MAX;
	if (r == 0)
		r = ly_buf_put(&all, key->wrapped.p, key->wrapped.len);
	if (r == 0)
		r = ly_digest(LY_SHA256, all.data, all.len, digest);
	ly_buf_clear(&all);
	return r;
}

static size_t
bucket_of(const uint8_t digest[LY_SHA256_LEN])
{
	return ((size_t)digest[0] << 8 | digest[1]) & (BUCKETS - 1);
}

static void
lru_unlink(struct ly_kh_keys *k, struct ly_kh_ref *ref)
{
	if (ref->newer != NULL)
		ref->newer->older = ref->older;
	else
		k->newest = ref->older;
	if (ref->older != NULL)
		ref->older->newer = ref->newer;
	else
		k->oldest = ref->newer;
	ref->newer = ref->older = NULL;
}

static void
lru_push(struct ly_kh_keys *k, struct ly_kh_ref *ref)
{
	ref->older = k->newest;
	ref->newer = NULL;
	if (k->newest != NULL)
		k->newest->newer = ref;
	else
		k->oldest = ref;
	k->newest = ref;
}

/* Take ref out of the cache; it lives on while somebody uses it. */
static void
cache_drop(struct ly_kh_keys *k, struct ly_kh_ref *ref)
{
	struct ly_kh_ref **at = &k->bucket[bucket_of(ref->digest)];

	while (*at != ref)
		at = &(*at)->next;
	*at = ref->next;
	lru_unlink(k, ref);
	k->n--;
	if (--ref->refs == 0)
		ref_free(ref);
}

/* Find by digest and count a user. The lock is held. */
static struct ly_kh_ref *
cache_find(struct ly_kh_keys *k, const uint8_t digest[LY_SHA256_LEN])
{
	struct ly_kh_ref *ref;

	for (ref = k->bucket[bucket_of(digest)]; ref != NULL; ref = ref->next)
		if (memcmp(ref->digest, digest, LY_SHA256_LEN) == 0)
			break;
	if (ref == NULL)
		return NULL;
	ref->refs++;
	ref->used_ms = ly_now_ms();
	lru_unlink(k, ref);
	lru_push(k, ref);
	return ref;
}

/* Keep at most max keys, and none that idled too long. The lock is held. */
static void
cache_trim(struct ly_kh_keys *k, size_t max)
{
	int64_t now = ly_now_ms();

	while (k->oldest != NULL && (k->n > max ||
	    now - k->oldest->used_ms > LY_KH_CACHE_IDLE_MS))
		cache_drop(k, k->oldest);
}

/* Add ref with one user, and make room. The lock is held. */
static void
cache_add(struct ly_kh_keys *k, struct ly_kh_ref *ref)
{
	struct ly_kh_ref **at = &k->bucket[bucket_of(ref->digest)];

	cache_trim(k, k->max - 1);
	ref->used_ms = ly_now_ms();
	ref->refs = 2;
	ref->next = *at;
	*at = ref;
	lru_push(k, ref);
	k->n++;
}

static int
unwrap_ref(const struct ly_kh_service *svc, const struct ly_kh_key *key,
    const uint8_t digest[LY_SHA256_LEN], struct ly_kh_ref **out)
{
	struct ly_secret der = LY_SECRET_INIT;
	struct ly_kh_ref *ref = NULL;
	int r;

	if ((r = ly_kh_unwrap(svc, key, &der)) != 0)
		goto out;
	if ((ref = calloc(1, sizeof(*ref))) == NULL) {
		r = LY_ERR_NOMEM;
		goto out;
	}
	memcpy(ref->digest, digest, sizeof(ref->digest));
	if ((r = ly_pkey_from_der(der.data, der.len, &ref->pkey)) != 0)
		goto out;
	*out = ref;
	ref = NULL;
out:
	free(ref);
	ly_secret_clear(&der);
	return r;
}

int
ly_kh_key_get(struct ly_kh_keys *keys, const struct ly_kh_service *svc,
    const struct ly_kh_key *key, struct ly_kh_ref **out)
{
	struct ly_kh_ref *ref = NULL, *mine = NULL;
	uint8_t digest[LY_SHA256_LEN];
	int r;

	if ((r = cache_digest(svc, key, digest)) != 0)
		return r;
	ly_mutex_lock(&keys->lock);
	ref = cache_find(keys, digest);
	cache_trim(keys, keys->max);
	ly_mutex_unlock(&keys->lock);
	if (ref == NULL) {
		if ((r = unwrap_ref(svc, key, digest, &mine)) != 0)
			return r;
		ly_mutex_lock(&keys->lock);
		ref = cache_find(keys, digest);	/* a racer was faster? */
		if (ref == NULL) {
			cache_add(keys, mine);
			ref = mine;
			mine = NULL;
		}
		ly_mutex_unlock(&keys->lock);
	}
	if (mine != NULL)
		ref_free(mine);
	*out = ref;
	return 0;
}

const struct ly_pkey *
ly_kh_ref_pkey(const struct ly_kh_ref *ref)
{
	return ref->pkey;
}

void
ly_kh_key_put(struct ly_kh_keys *keys, struct ly_kh_ref **ref)
{
	if (*ref == NULL)
		return;
	ly_mutex_lock(&keys->lock);
	if (--(*ref)->refs == 0)
		ref_free(*ref);
	ly_mutex_unlock(&keys->lock);
	*ref = NULL;
}
