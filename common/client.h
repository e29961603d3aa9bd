/*
 * The client of the key service: the API calls of PROTOCOL.md as functions.
 * HTTP statuses and problem codes become LY_ERR_ codes here.
 */
#ifndef LY_CLIENT_H
#define LY_CLIENT_H

#include <stddef.h>
#include <stdint.h>

#include "account.h"
#include "wire.h"

struct ly_conf;
struct ly_pkey;
struct ly_why;
struct ly_client;

/*
 * A client for an account that presents its device certificate; a and auth
 * must outlive it. No network is used yet.
 */
int ly_client_new(const struct ly_conf *conf, const struct ly_account *a,
    const struct ly_pkey *auth, struct ly_client **out, struct ly_why *why);

/* A client without a device certificate, for discovery and enrolment. */
int ly_client_new_anonymous(const struct ly_conf *conf, const char *service,
    const uint8_t *ca, size_t ca_len, struct ly_client **out,
    struct ly_why *why);

void ly_client_free(struct ly_client **c);

/*
 * The calls. Common errors: LY_ERR_NET, LY_ERR_TIMEOUT, LY_ERR_REVOKED
 * (device or mailbox no longer accepted), LY_ERR_DENIED, LY_ERR_BUSY (429
 * or 503), LY_ERR_FORMAT (an answer that is not ours), LY_ERR_NOTFOUND.
 */
int ly_client_discover(struct ly_client *c, struct ly_wire_discovery *out,
    struct ly_why *why);
int ly_client_enroll(struct ly_client *c, const struct ly_wire_enroll *req,
    struct ly_wire_enrolled *out, struct ly_why *why);

/* One page. *changed is 0 and out untouched when since is up to date. */
int ly_client_keys(struct ly_client *c, uint64_t since, int *changed,
    struct ly_wire_keys *out, struct ly_why *why);
int ly_client_ops(struct ly_client *c, const struct ly_wire_ops *req,
    struct ly_wire_results *out, struct ly_why *why);

/* The sealed key (seal.h, ly_lease_open). LY_ERR_DENIED if remote-only. */
int ly_client_sealed(struct ly_client *c, const uint8_t id[LY_KEY_ID_LEN],
    struct ly_buf *cms, struct ly_why *why);
int ly_client_import(struct ly_client *c, const struct ly_wire_import *req,
    struct ly_wire_imported *out, struct ly_why *why);
int ly_client_devices(struct ly_client *c, struct ly_wire_devices *out,
    struct ly_why *why);
int ly_client_device_revoke(struct ly_client *c, const char *device_id,
    struct ly_why *why);

#endif
