/*
 * An account: one mailbox at one key service, on this device. Its folder
 * <data-dir>/accounts/<address>/ holds
 *   account      INI text: see struct ly_account
 *   issuer.der, auth.der, recv.der   the certificates in it
 *   device       keyslots and device keys (device.h)
 *   catalogue    what the token shows (catalogue.h)
 *   keys/ID.cms  sealed keys with their leases (seal.h)
 *   lock         the lock of writers
 * A folder whose name ends in ".new" is an enrolment not yet finished.
 */
#ifndef LY_ACCOUNT_H
#define LY_ACCOUNT_H

#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "device.h"
#include "file.h"
#include "seal.h"

struct ly_conf;
struct ly_why;

#define LY_ADDRESS_MAX 255	/* bytes with the NUL */
#define LY_URL_MAX 512
#define LY_DEVICE_ID_MAX 65
#define LY_TOKEN_LABEL_MAX 33	/* PKCS#11: 32 bytes, padded */
#define LY_TOKEN_SERIAL_MAX 17	/* PKCS#11: 16 bytes */
#define LY_ACCOUNTS_MAX 16	/* slots of one module */

struct ly_account {
	char dir[LY_PATH_MAX];
	char address[LY_ADDRESS_MAX];
	char service[LY_URL_MAX];	/* https://host:port, no path */
	char device_id[LY_DEVICE_ID_MAX];
	char label[LY_TOKEN_LABEL_MAX];	/* no ':' */
	char serial[LY_TOKEN_SERIAL_MAX];
	enum ly_unlock unlock;
	struct ly_buf issuer;		/* DER: the service's CA, pinned */
	struct ly_buf auth_cert;	/* DER: ours for TLS */
	struct ly_buf recv_cert;	/* DER: ours for sealed keys */
};

/*
 * 1 if address is one we use as a folder name: one '@', no '/', '\\', ':',
 * control or leading '.', at most LY_ADDRESS_MAX - 1 bytes; lower-cased in
 * place first.
 */
int ly_address_ok(char *address);

/* <data-dir>/accounts/<address> into dir (LY_PATH_MAX). */
int ly_account_dir(const struct ly_conf *conf, const char *address,
    char *dir);

/*
 * Load an account from its folder. LY_ERR_NOTFOUND, LY_ERR_PERM,
 * LY_ERR_FORMAT with why. Uses no OpenSSL.
 */
int ly_account_load(const char *dir, struct ly_account *a,
    struct ly_why *why);

/*
 * Write the account file and the three certificates into a->dir, durably,
 * the account file last: a folder without one is not an account.
 */
int ly_account_save(const struct ly_account *a, struct ly_why *why);

void ly_account_clear(struct ly_account *a);

/*
 * Folder names of the finished accounts in byte order, at most
 * LY_ACCOUNTS_MAX; *n is 0 when there are none.
 */
int ly_account_list(const struct ly_conf *conf,
    char names[LY_ACCOUNTS_MAX][LY_ADDRESS_MAX], size_t *n,
    struct ly_why *why);

/* Read and open the device file (device.h for the errors). */
int ly_account_unlock(const struct ly_account *a,
    const struct ly_secret *pin, struct ly_device_keys *keys,
    struct ly_why *why);

/*
 * The sealed key id of the account: the checked lease and, still sealed,
 * the key. LY_ERR_NOTFOUND, LY_ERR_FORMAT, LY_ERR_AUTH, LY_ERR_PERM.
 */
int ly_account_sealed(const struct ly_account *a,
    const uint8_t id[LY_KEY_ID_LEN], struct ly_lease *lease,
    struct ly_buf *sealed, struct ly_why *why);

/* The file of a sealed key. */
int ly_account_sealed_path(const struct ly_account *a,
    const uint8_t id[LY_KEY_ID_LEN], char *path);

#endif
