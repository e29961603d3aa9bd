/*
 * PKCS#12 files (RFC 7292) as users have them: one private key with its
 * certificate, and perhaps the chain.
 */
#ifndef LY_P12_H
#define LY_P12_H

#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "secret.h"

struct ly_why;

#define LY_P12_MAX (1024 * 1024)	/* bytes of a file we accept */
#define LY_P12_CHAIN_MAX 16

struct ly_p12 {
	struct ly_secret pkcs8;		/* the private key */
	struct ly_buf cert;		/* DER of the key's certificate */
	struct ly_buf chain[LY_P12_CHAIN_MAX];	/* DER of the others */
	size_t nchain;
};

/*
 * Open data with password (UTF-8, may be empty). LY_ERR_AUTH: wrong
 * password; LY_ERR_NOTFOUND: no private key, or no certificate;
 * LY_ERR_DENIED: the key does not belong to the certificate;
 * LY_ERR_FORMAT: not PKCS#12; LY_ERR_UNSUPPORTED: its ciphers, or its key.
 * Files with old ciphers (RC2, 3DES) are read where OpenSSL's legacy
 * provider can be loaded. why names the reason without the file's name.
 */
int ly_p12_open(const uint8_t *data, size_t len,
    const struct ly_secret *password, struct ly_p12 *p12,
    struct ly_why *why);

/* Release all that ly_p12_open filled in. Fine on a zeroed struct. */
void ly_p12_clear(struct ly_p12 *p12);

#endif
