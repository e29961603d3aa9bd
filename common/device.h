/*
 * The device file: the device's private keys under a random device secret,
 * and that secret in one or more keyslots. "pin" wraps it by scrypt of the
 * PIN, "none" leaves it to the file's permissions. Further kinds (a service
 * guarded PIN, a secret store, a TPM) are further slots.
 */
#ifndef LY_DEVICE_H
#define LY_DEVICE_H

#include <stddef.h>
#include <stdint.h>

struct ly_buf;
struct ly_pkey;
struct ly_secret;

#define LY_DEVICE_FILE_MAX 65536
#define LY_PIN_MIN 4		/* bytes of UTF-8 */
#define LY_PIN_MAX 64
#define LY_PIN_LOGN 16		/* scrypt: 64 MiB for one guess */

enum ly_unlock {
	LY_UNLOCK_PIN = 1,
	LY_UNLOCK_NONE = 2
};

/* The device's keys in clear; owned by whoever opened them. */
struct ly_device_keys {
	struct ly_pkey *auth;	/* TLS client authentication */
	struct ly_pkey *recv;	/* receives sealed keys */
};

void ly_device_keys_clear(struct ly_device_keys *keys);

/*
 * Write a device file for keys, unlocked by pin, or, with pin NULL, by
 * nothing. LY_ERR_LENGTH for a PIN outside LY_PIN_MIN .. LY_PIN_MAX.
 */
int ly_device_write(const struct ly_device_keys *keys,
    const struct ly_secret *pin, struct ly_buf *file);

/* How a device file is unlocked. LY_ERR_FORMAT, LY_ERR_UNSUPPORTED. */
int ly_device_unlock_mode(const uint8_t *file, size_t len,
    enum ly_unlock *mode);

/*
 * Open it. pin is ignored (may be NULL) for LY_UNLOCK_NONE. LY_ERR_AUTH:
 * wrong PIN; LY_ERR_FORMAT: damaged; LY_ERR_UNSUPPORTED: a newer version.
 */
int ly_device_open(const uint8_t *file, size_t len,
    const struct ly_secret *pin, struct ly_device_keys *keys);

#endif
