/*
 * The targets of lanyard register and unregister. Each does its files, says
 * one line about every one, and takes note of what failed.
 */
#ifndef LY_REGISTER_H
#define LY_REGISTER_H

#include "err.h"
#include "nssdb.h"

/*
 * Programs that load the module by the list of modules of their NSS
 * database: p11-kit shall not load it once more into their process. The
 * names are those of the files that are run. config/lanyard.module.in has
 * the same.
 */
#define LY_REG_NSS_PROGRAMS \
	"thunderbird thunderbird-bin firefox firefox-bin firefox-esr " \
	"evolution soffice.bin"

struct ly_reg {
	const char *library;	/* its whole path; NULL: unregister */
	int dry_run;
	int changed;		/* what running programs have read already */
	int failed;
};

/* One line on standard error, and g->failed. */
void ly_reg_failed(struct ly_reg *g, int r, const struct ly_why *why);

/* One line on what became, or with a dry run would become, of file. */
void ly_reg_say(struct ly_reg *g, const char *file,
    enum ly_nss_change change);

/*
 * The targets. asked: the user named it, so that a profile that is missing
 * is an error, and a file with nothing to be undone is told.
 */
/* All profiles that are listed; unless asked, those that have been used. */
void ly_reg_thunderbird(struct ly_reg *g, int asked);
/* The same of Firefox. */
void ly_reg_firefox(struct ly_reg *g, int asked);
/* The user's own NSS databases, ~/.pki/nssdb and that of XDG. */
void ly_reg_nssdb(struct ly_reg *g, int asked);
/* p11-kit's file for the user, unless there is one for all users. */
void ly_reg_p11kit(struct ly_reg *g, int asked);
/* ~/.ssh/config, for all hosts. */
void ly_reg_ssh(struct ly_reg *g, int asked);
/* Files for OpenSSL, by libp11's engine and by pkcs11-provider. */
void ly_reg_openssl(struct ly_reg *g, int asked);
/* A file for Java's SunPKCS11. */
void ly_reg_java(struct ly_reg *g, int asked);
/* Thunderbird's policies.json for all users: root's to write. */
void ly_reg_policies(struct ly_reg *g, int asked);

/* The NSS database in a folder. */
void ly_reg_profile(struct ly_reg *g, const char *dir);
/* A policies.json anywhere. */
void ly_reg_policies_file(struct ly_reg *g, const char *path);

#endif
