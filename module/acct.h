/*
 * A loaded account that generations and drivers share: immutable, counted.
 */
#ifndef LY_ACCT_H
#define LY_ACCT_H

#include "account.h"

struct ly_acct;

/* Load the account in dir; one reference. Errors of ly_account_load. */
int ly_acct_load(const char *dir, struct ly_acct **out, struct ly_why *why);

struct ly_acct *ly_acct_ref(struct ly_acct *a);
void ly_acct_unref(struct ly_acct **a);

/* The account inside; valid as long as the reference. */
const struct ly_account *ly_acct_get(const struct ly_acct *a);

/* 1 if both are the same device with the same certificates and unlock. */
int ly_acct_same(const struct ly_acct *a, const struct ly_acct *b);

#endif
