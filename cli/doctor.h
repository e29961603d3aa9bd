/*
 * "lanyard doctor": the patient, and the examinations. Each writes its own
 * sections into the report and never fails: what is wrong is a finding.
 */
#ifndef LY_DOCTOR_H
#define LY_DOCTOR_H

#include <stddef.h>
#include <stdint.h>

#include "account.h"
#include "conf.h"
#include "redact.h"
#include "report.h"
#include "secret.h"
#include "status.h"

struct ly_doctor {
	struct ly_report report;
	struct ly_redact *redact;	/* learns each name that is seen */
	struct ly_conf conf;
	int conf_ok;
	const char *account;	/* only this one; NULL: all */
	const char *module;	/* the library that is meant */
	struct ly_secret pin;	/* empty: none was given */
	char names[LY_ACCOUNTS_MAX][LY_ADDRESS_MAX];
	size_t n;
	struct ly_status status[LY_ACCOUNTS_MAX];	/* of names */
	int pin_ok[LY_ACCOUNTS_MAX];	/* the PIN opens this one */
};

/* Which files were looked for and what they say. Fills conf and names. */
void ly_doctor_conf(struct ly_doctor *d);

/* Account i: device, keys, dates, leases, PIN. Fills status and pin_ok. */
void ly_doctor_account(struct ly_doctor *d, size_t i);

/* Owner and modes of its folders and files, where no error says so yet. */
void ly_doctor_files(struct ly_doctor *d, size_t i);

/* The service of account i, step by step, and the two clocks. */
void ly_doctor_service(struct ly_doctor *d, size_t i);

/* Where the module is registered; what would load it twice, or not at all. */
void ly_doctor_clients(struct ly_doctor *d);

/* The module in the hands of each kind of client. */
void ly_doctor_module(struct ly_doctor *d);

/*
 * Write the report, and what else helps a stranger to help, into a new file
 * of mode 0600, without names of people, machines and keys. LY_ERR_EXISTS,
 * LY_ERR_IO, with why.
 */
int ly_doctor_bundle(struct ly_doctor *d, const char *path,
    struct ly_why *why);

#endif
