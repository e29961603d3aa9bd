/*
 * DIR/lanyardd.conf: INI, section [lanyardd]; unknown sections, keys and
 * values are errors that name file and line. lanyardd.conf(5).
 */
#ifndef LY_SCONF_H
#define LY_SCONF_H

#include <stddef.h>
#include <stdint.h>

#include "account.h"
#include "log.h"

struct ly_why;

#define LY_HOST_MAX 256		/* bytes of a host name with the NUL */

/* Where to listen. */
struct ly_listen {
	char host[LY_HOST_MAX];	/* an IP address, without brackets */
	uint16_t port;		/* 0 only before init has picked one */
};

struct ly_sconf {
	struct ly_listen listen;	/* "listen": ADDRESS:PORT */
	char name[LY_HOST_MAX];		/* "name": DNS name or IP address */
	int64_t lease_s;		/* "lease": of sealed keys, 30d */
	int64_t idle_s;			/* "idle-timeout": 120s */
	unsigned workers;		/* "workers": 0: by processors */
	unsigned connections;		/* "connections": 1000 */
	enum ly_log_level log_level;	/* "log-level": info */
	char kek[16];			/* "kek": file, passphrase (note) */
};

/* The values that hold without a file; listen and name are empty. */
void ly_sconf_init(struct ly_sconf *conf);

/*
 * Apply the text of a file named path (in sentences). LY_ERR_FORMAT with
 * why; conf may be changed in part then. listen and name must be there.
 */
int ly_sconf_parse(const char *path, const char *text, size_t len,
    struct ly_sconf *conf, struct ly_why *why);

/* Read DIR/lanyardd.conf. Errors of ly_file_read and ly_sconf_parse. */
int ly_sconf_load(const char *dir, struct ly_sconf *conf,
    struct ly_why *why);

/* "127.0.0.1:8443", "[::1]:8443"; LY_ERR_FORMAT with why. */
int ly_listen_parse(const char *text, struct ly_listen *out,
    struct ly_why *why);

/* The service's URL, "https://name:port", into url (LY_URL_MAX bytes). */
void ly_sconf_url(const struct ly_sconf *conf, char *url);

/* 1 if name may stand in a certificate and a URL: a DNS name or an IP. */
int ly_host_ok(const char *name);

#endif
