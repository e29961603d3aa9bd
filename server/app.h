/*
 * The key service as a program has it open: its folder, configuration,
 * database, own certificates, and, when keys are to be used, its keyholder.
 * Host commands and "serve" alike start with this.
 */
#ifndef LY_APP_H
#define LY_APP_H

#include "file.h"
#include "sconf.h"
#include "store.h"

struct ly_kh;
struct ly_why;

#define LY_DIR_DEFAULT "/var/lib/lanyard"

/* Files of the folder. */
#define LY_F_CONF "lanyardd.conf"
#define LY_F_DB "service.db"
#define LY_F_KEK "kek"
#define LY_F_TLS_CERT "tls.crt"
#define LY_F_TLS_KEY "tls.key"
#define LY_F_UNIT "lanyardd.service"
#define LY_F_PENDING "init.pending"
#define LY_F_LOCK "init.lock"
#define LY_F_SERVE_LOCK "serve.lock"

struct ly_app {
	char dir[LY_PATH_MAX];
	struct ly_sconf conf;
	struct ly_store *store;
	struct ly_row_service service;
	struct ly_kh *kh;	/* NULL until ly_app_keyholder */
};

/*
 * Open the service in dir. Errors with why: none there, a folder that is
 * not ours, an init that was not finished, a database that cannot be read.
 */
int ly_app_open(const char *dir, struct ly_app *app, struct ly_why *why);

/* A further connection to the database. */
int ly_app_store(const struct ly_app *app, struct ly_store **out,
    struct ly_why *why);

/* Start the keyholder; passphrase as in struct ly_kh_opts. */
int ly_app_keyholder(struct ly_app *app, const char *passphrase,
    int channels, struct ly_why *why);

/* End the keyholder, close the database. A zeroed app is fine. */
void ly_app_close(struct ly_app *app);

/* DIR/name into path (LY_PATH_MAX bytes). */
int ly_app_path(const struct ly_app *app, const char *name, char *path);

#endif
