/*
 * Who may do what with a key: the rules that the service enforces before a
 * key is touched. Pure functions on rows.
 */
#ifndef LY_POLICY_H
#define LY_POLICY_H

#include <stddef.h>
#include <stdint.h>

#include "alg.h"
#include "store.h"

/* LY_USE_ bits that the key has now, by certificate and policy. */
unsigned ly_policy_use(const struct ly_row_key *key);

/* Longest result of an operation with the key in bytes. */
size_t ly_policy_out_max(const struct ly_row_key *key,
    const struct ly_alg *alg);

/*
 * 0 if the operation may be done: LY_ERR_UNSUPPORTED (does not fit the
 * key), LY_ERR_DENIED (usage; signing with a key that is expired, retired
 * or revoked), LY_ERR_FORMAT (an input of impossible length).
 */
int ly_policy_op(const struct ly_row_key *key, const struct ly_alg *alg,
    size_t inlen, int64_t now);

/* The delivery a key gets when nobody says otherwise. */
enum ly_delivery ly_policy_delivery(unsigned use);

#endif
