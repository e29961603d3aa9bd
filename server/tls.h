/*
 * The front's own TLS key and certificate: files of the folder, the
 * certificate issued by the service's CA.
 */
#ifndef LY_TLS_H
#define LY_TLS_H

#include "app.h"

struct ly_buf;
struct ly_why;

#define LY_TLS_LIFE_S ((int64_t)2 * 365 * 86400)	/* certificate */
#define LY_TLS_RENEW_S ((int64_t)60 * 86400)	/* renewed when less is left */

/*
 * Make tls.key and have tls.crt issued by the keyholder, for the name in
 * the configuration. Errors of file and keyholder.
 */
int ly_tls_make(struct ly_app *app, struct ly_why *why);

/*
 * Renew tls.crt, with the same key, when it ends soon or is for another
 * name than the configuration's. *renewed says whether it was.
 */
int ly_tls_renew(struct ly_app *app, int *renewed, struct ly_why *why);

/* The PEM texts, NUL-terminated, for the listener. key is wiped by caller. */
int ly_tls_read(struct ly_app *app, struct ly_buf *cert,
    struct ly_buf *key, struct ly_buf *ca, struct ly_why *why);

/* Hex SHA-256 of the CA's certificate: what users compare. */
int ly_tls_fingerprint(const struct ly_app *app,
    char text[2 * LY_SHA256_LEN + 1]);

#endif
