/*
 * Taking a key into a mailbox: one path for uploads by a device and for
 * imports on the host. The key arrives sealed to the keyholder.
 */
#ifndef LY_IMPORT_H
#define LY_IMPORT_H

#include "app.h"
#include "wire.h"

struct ly_kh;
struct ly_why;

#define LY_IMPORT_CERT_MAX 16384	/* bytes of one certificate */

struct ly_import {
	struct ly_store *store;
	struct ly_kh *kh;
	const char *actor;	/* for the audit: "host" or a device's id */
	int64_t mailbox;
	const struct ly_wire_import *req;
	enum ly_delivery delivery;	/* 0: by policy */
};

struct ly_import_done {
	uint8_t key_id[LY_KEY_ID_LEN];
	int merged;		/* the key was there already */
	int changed;		/* something is new: key or certificate */
	uint64_t revision;
};

/*
 * Check, unseal, prove, wrap and store one key with its certificates, and
 * the record of it, in one transaction: on return 0 it is on the disk, on
 * any other return nothing has changed. A key that is there already gets
 * the certificate if that is new. LY_ERR_FORMAT, LY_ERR_UNSUPPORTED,
 * LY_ERR_DENIED (key and certificate do not belong together),
 * LY_ERR_AUTH, LY_ERR_TOOBIG (too many certificates), LY_ERR_NOTFOUND (no
 * such mailbox), those of store and keyholder.
 */
int ly_import_key(const struct ly_import *im, struct ly_import_done *done,
    struct ly_why *why);

#endif
