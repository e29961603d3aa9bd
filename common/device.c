/*
 * The device file, version 1, little-endian:
 *   "LYDEVICE", u32 version, u8 number of slots, slots, blob of keys under
 *   the device secret, SHA-256 of all before
 * where a slot is u8 kind, u8 logn, blob salt, blob wrapped device secret,
 * and the keys are the blobs of two PKCS#8. Every version keeps magic,
 * version and the digest at the end, which tells damage from a wrong PIN.
 */
#include <string.h>

#include "buf.h"
#include "compat.h"
#include "crypto.h"
#include "device.h"
#include "err.h"
#include "pkey.h"
#include "secret.h"

#define MAGIC "LYDEVICE"
#define MAGIC_LEN 8
#define VERSION 1
#define SALT_LEN 16
#define SECRET_LEN LY_AEAD_KEY_LEN
#define SLOTS_MAX 8
#define WRAPPED_MAX 256

struct slot {
	enum ly_unlock kind;
	uint8_t logn;
	const uint8_t *salt, *wrapped;
	size_t saltlen, wrappedlen;
};

/* What was found in a file; views into it. */
struct layout {
	struct slot slot;	/* the first of a kind we know */
	const uint8_t *head;	/* all up to the keys: their AAD */
	size_t headlen;
	const uint8_t *keys;
	size_t keyslen;
};

void
ly_device_keys_clear(struct ly_device_keys *keys)
{
	ly_pkey_free(&keys->auth);
	ly_pkey_free(&keys->recv);
}

/* What a wrapped device secret is bound to. */
static void
slot_aad(uint8_t kind, uint8_t logn, uint8_t aad[MAGIC_LEN + 3])
{
	memcpy(aad, MAGIC, MAGIC_LEN);
	aad[MAGIC_LEN] = VERSION;
	aad[MAGIC_LEN + 1] = kind;
	aad[MAGIC_LEN + 2] = logn;
}

static int
put_pin_slot(const struct ly_secret *secret, const struct ly_secret *pin,
    struct ly_buf *file)
{
	struct ly_secret key = LY_SECRET_INIT;
	uint8_t salt[SALT_LEN], aad[MAGIC_LEN + 3];
	struct ly_buf wrapped;
	int r;

	ly_buf_init(&wrapped, WRAPPED_MAX);
	slot_aad(LY_UNLOCK_PIN, LY_PIN_LOGN, aad);
	if ((r = ly_random(salt, sizeof(salt))) != 0)
		goto out;
	if ((r = ly_scrypt(pin, salt, sizeof(salt), LY_PIN_LOGN, &key)) != 0)
		goto out;
	if ((r = ly_aead_seal(key.data, aad, sizeof(aad), secret->data,
	    secret->len, &wrapped)) != 0)
		goto out;
	(void)ly_buf_put_u8(file, LY_UNLOCK_PIN);
	(void)ly_buf_put_u8(file, LY_PIN_LOGN);
	(void)ly_buf_put_blob(file, salt, sizeof(salt));
	r = ly_buf_put_blob(file, wrapped.data, wrapped.len);
out:
	ly_buf_clear(&wrapped);
	ly_secret_clear(&key);
	return r;
}

static int
put_none_slot(const struct ly_secret *secret, struct ly_buf *file)
{
	(void)ly_buf_put_u8(file, LY_UNLOCK_NONE);
	(void)ly_buf_put_u8(file, 0);
	(void)ly_buf_put_blob(file, NULL, 0);
	return ly_buf_put_blob(file, secret->data, secret->len);
}

static int
append_blob(struct ly_secret *s, const struct ly_secret *value)
{
	const uint8_t n[4] = { (uint8_t)value->len,
	    (uint8_t)(value->len >> 8), (uint8_t)(value->len >> 16),
	    (uint8_t)(value->len >> 24) };
	int r;

	if ((r = ly_secret_append(s, n, sizeof(n))) != 0)
		return r;
	return ly_secret_append(s, value->data, value->len);
}

/* The keys under the device secret, bound to all of the file before. */
static int
put_keys(const struct ly_device_keys *keys, const struct ly_secret *secret,
    struct ly_buf *file)
{
	struct ly_secret auth = LY_SECRET_INIT, recv = LY_SECRET_INIT;
	struct ly_secret both = LY_SECRET_INIT;
	struct ly_buf sealed;
	int r;

	ly_buf_init(&sealed, LY_DEVICE_FILE_MAX);
	if ((r = ly_pkey_to_der(keys->auth, &auth)) != 0 ||
	    (r = ly_pkey_to_der(keys->recv, &recv)) != 0)
		goto out;
	if ((r = ly_secret_alloc(&both, auth.len + recv.len + 8)) != 0 ||
	    (r = append_blob(&both, &auth)) != 0 ||
	    (r = append_blob(&both, &recv)) != 0)
		goto out;
	if ((r = ly_aead_seal(secret->data, file->data, file->len, both.data,
	    both.len, &sealed)) != 0)
		goto out;
	r = ly_buf_put_blob(file, sealed.data, sealed.len);
out:
	ly_buf_clear(&sealed);
	ly_secret_clear(&auth);
	ly_secret_clear(&recv);
	ly_secret_clear(&both);
	return r;
}

int
ly_device_write(const struct ly_device_keys *keys,
    const struct ly_secret *pin, struct ly_buf *file)
{
	struct ly_secret secret = LY_SECRET_INIT;
	uint8_t digest[LY_SHA256_LEN];
	struct ly_buf b;
	int r;

	if (pin != NULL && (pin->len < LY_PIN_MIN || pin->len > LY_PIN_MAX))
		return LY_ERR_LENGTH;
	ly_buf_init(&b, LY_DEVICE_FILE_MAX);
	if ((r = ly_secret_alloc(&secret, SECRET_LEN)) != 0 ||
	    (r = ly_random(secret.data, SECRET_LEN)) != 0)
		goto out;
	secret.len = SECRET_LEN;
	(void)ly_buf_put(&b, MAGIC, MAGIC_LEN);
	(void)ly_buf_put_u32(&b, VERSION);
	(void)ly_buf_put_u8(&b, 1);
	r = pin != NULL ? put_pin_slot(&secret, pin, &b) :
	    put_none_slot(&secret, &b);
	if (r != 0)
		goto out;
	if ((r = put_keys(keys, &secret, &b)) != 0)
		goto out;
	if ((r = ly_digest(LY_SHA256, b.data, b.len, digest)) != 0)
		goto out;
	if ((r = ly_buf_put(&b, digest, sizeof(digest))) != 0)
		goto out;
	r = ly_buf_put(file, b.data, b.len);
out:
	if (b.data != NULL)
		ly_wipe(b.data, b.len);	/* holds the secret of "none" */
	ly_buf_clear(&b);
	ly_secret_clear(&secret);
	return r;
}

static int
get_slot(struct ly_reader *r, struct layout *l)
{
	uint8_t kind, logn;
	struct slot s;

	if (ly_get_u8(r, &kind) != 0 || ly_get_u8(r, &logn) != 0 ||
	    ly_get_blob(r, WRAPPED_MAX, &s.salt, &s.saltlen) != 0 ||
	    ly_get_blob(r, WRAPPED_MAX, &s.wrapped, &s.wrappedlen) != 0)
		return LY_ERR_FORMAT;
	if (l->slot.kind != 0 ||
	    (kind != LY_UNLOCK_PIN && kind != LY_UNLOCK_NONE))
		return 0;
	/* A guess may cost what ours costs, not what a file asks for. */
	if (kind == LY_UNLOCK_PIN && (logn < 10 || logn > 18))
		return LY_ERR_FORMAT;
	if (kind == LY_UNLOCK_NONE && s.wrappedlen != SECRET_LEN)
		return LY_ERR_FORMAT;
	s.kind = (enum ly_unlock)kind;
	s.logn = logn;
	l->slot = s;
	return 0;
}

/* Magic, digest and version: in this order, so that damage is FORMAT. */
static int
check_frame(const uint8_t *file, size_t len)
{
	const size_t least = MAGIC_LEN + 4 + LY_SHA256_LEN;
	uint8_t digest[LY_SHA256_LEN];
	struct ly_reader r;
	uint32_t version;
	int e;

	if (len < least || len > LY_DEVICE_FILE_MAX ||
	    memcmp(file, MAGIC, MAGIC_LEN) != 0)
		return LY_ERR_FORMAT;
	len -= LY_SHA256_LEN;
	if ((e = ly_digest(LY_SHA256, file, len, digest)) != 0)
		return e;
	if (!ly_memeq(digest, file + len, LY_SHA256_LEN))
		return LY_ERR_FORMAT;
	ly_reader_init(&r, file + MAGIC_LEN, 4);
	if ((e = ly_get_u32(&r, &version)) != 0)
		return e;
	return version == VERSION ? 0 : LY_ERR_UNSUPPORTED;
}

static int
read_layout(const uint8_t *file, size_t len, struct layout *l)
{
	struct ly_reader r;
	uint8_t slots;
	int e;

	memset(l, 0, sizeof(*l));
	if ((e = check_frame(file, len)) != 0)
		return e;
	ly_reader_init(&r, file + MAGIC_LEN + 4,
	    len - MAGIC_LEN - 4 - LY_SHA256_LEN);
	if (ly_get_u8(&r, &slots) != 0 || slots < 1 || slots > SLOTS_MAX)
		return LY_ERR_FORMAT;
	for (; slots > 0; slots--)
		if ((e = get_slot(&r, l)) != 0)
			return e;
	l->head = file;
	l->headlen = (size_t)(r.p - file);
	if (ly_get_blob(&r, LY_DEVICE_FILE_MAX, &l->keys, &l->keyslen) != 0 ||
	    ly_reader_end(&r) != 0)
		return LY_ERR_FORMAT;
	return l->slot.kind != 0 ? 0 : LY_ERR_UNSUPPORTED;
}

int
ly_device_unlock_mode(const uint8_t *file, size_t len, enum ly_unlock *mode)
{
	struct layout l;
	int r;

	if ((r = read_layout(file, len, &l)) == 0)
		*mode = l.slot.kind;
	return r;
}

/* The device secret out of its slot; a failing tag is a wrong PIN. */
static int
open_slot(const struct slot *s, const struct ly_secret *pin,
    struct ly_secret *secret)
{
	struct ly_secret key = LY_SECRET_INIT;
	uint8_t aad[MAGIC_LEN + 3];
	int r;

	if (s->kind == LY_UNLOCK_NONE)
		return ly_secret_set(secret, s->wrapped, s->wrappedlen);
	if (pin == NULL || pin->len < 1 || pin->len > LY_PIN_MAX)
		return LY_ERR_AUTH;
	slot_aad(LY_UNLOCK_PIN, s->logn, aad);
	if ((r = ly_scrypt(pin, s->salt, s->saltlen, s->logn, &key)) != 0)
		goto out;
	if ((r = ly_aead_open(key.data, aad, sizeof(aad), s->wrapped,
	    s->wrappedlen, secret)) != 0)
		goto out;
	r = secret->len == SECRET_LEN ? 0 : LY_ERR_FORMAT;
out:
	ly_secret_clear(&key);
	return r;
}

static int
load_keys(const struct ly_secret *both, struct ly_device_keys *keys)
{
	struct ly_device_keys k = { NULL, NULL };
	const uint8_t *auth, *recv;
	size_t alen, rlen;
	struct ly_reader r;
	int e = LY_ERR_FORMAT;

	ly_reader_init(&r, both->data, both->len);
	if (ly_get_blob(&r, LY_PKEY_DER_MAX, &auth, &alen) != 0 ||
	    ly_get_blob(&r, LY_PKEY_DER_MAX, &recv, &rlen) != 0 ||
	    ly_reader_end(&r) != 0)
		goto out;
	if ((e = ly_pkey_from_der(auth, alen, &k.auth)) != 0 ||
	    (e = ly_pkey_from_der(recv, rlen, &k.recv)) != 0)
		goto out;
	*keys = k;
	k.auth = k.recv = NULL;
out:
	ly_device_keys_clear(&k);
	return e;
}

int
ly_device_open(const uint8_t *file, size_t len, const struct ly_secret *pin,
    struct ly_device_keys *keys)
{
	struct ly_secret secret = LY_SECRET_INIT, both = LY_SECRET_INIT;
	struct layout l;
	int r;

	if ((r = read_layout(file, len, &l)) != 0)
		return r;
	if ((r = open_slot(&l.slot, pin, &secret)) != 0)
		goto out;
	r = ly_aead_open(secret.data, l.head, l.headlen, l.keys, l.keyslen,
	    &both);
	if (r != 0) {
		r = r == LY_ERR_AUTH ? LY_ERR_FORMAT : r;
		goto out;
	}
	r = load_keys(&both, keys);
out:
	ly_secret_clear(&secret);
	ly_secret_clear(&both);
	return r;
}
