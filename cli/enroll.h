/* An enrolment: what its steps hand to one another. */
#ifndef LY_ENROLL_H
#define LY_ENROLL_H

#include "account.h"
#include "buf.h"
#include "conf.h"
#include "device.h"
#include "secret.h"

struct ly_why;

struct ly_enroll {
	/* what the user said */
	const char *fingerprint;	/* hex, or NULL */
	const char *pin_file;		/* or NULL */
	const char *name;		/* of this device, or NULL */
	int no_pin;			/* --unlock none */
	struct ly_secret code;

	/* what was found out */
	struct ly_conf conf;
	char dir[LY_PATH_MAX];		/* of the account to be */
	char staging[LY_PATH_MAX];	/* what is built, and then renamed */
	struct ly_account account;	/* address and service are set first */
	struct ly_buf ca;		/* the service's, and vouched for */
	struct ly_device_keys keys;
};

/* The staging folder that belongs to an account's folder (LY_PATH_MAX). */
int ly_enroll_staging(const char *dir, char *staging);

/*
 * Find out whether the service at e->account.service can be trusted: by the
 * fingerprint given, else by the system's trust store, else by asking the
 * person. Fills e->ca.
 */
int ly_enroll_trust(struct ly_enroll *e, struct ly_why *why);

/*
 * The device keys: those that an earlier attempt left in the staging
 * folder, or new ones, which are on disk when this returns 0.
 */
int ly_enroll_keys(struct ly_enroll *e, struct ly_why *why);

#endif
