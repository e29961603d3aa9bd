/*
 * Entry: what every C_* function does first and last. The module's state
 * (slots, sessions, keys in memory) is one counted object; a call holds a
 * reference, so that C_Finalize never pulls the floor from under it, and a
 * forked child sees none until it calls C_Initialize.
 */
#ifndef LY_ENTRY_H
#define LY_ENTRY_H

#include "cryptoki.h"

struct ly_module;
struct ly_session;
struct ly_skey;
struct ly_token;

struct ly_call {
	struct ly_module *m;
	struct ly_session *s;	/* NULL for calls on a slot */
	struct ly_token *t;	/* of the session or slot */
};

/* C_Initialize and C_Finalize. init_args is pReserved, or NULL. */
CK_RV ly_module_start(const char *init_args);
CK_RV ly_module_stop(void);

/*
 * Begin a call: on the module, on a slot, on a session.
 * CKR_CRYPTOKI_NOT_INITIALIZED, CKR_SLOT_ID_INVALID,
 * CKR_SESSION_HANDLE_INVALID; CKR_FUNCTION_FAILED when the thread is in a
 * call of ours already (a host's OpenSSL that came back to us). On CKR_OK
 * ly_call_end has to follow.
 */
CK_RV ly_call_module(struct ly_call *c);
CK_RV ly_call_slot(struct ly_call *c, CK_SLOT_ID slot);
CK_RV ly_call_session(struct ly_call *c, CK_SESSION_HANDLE h);
void ly_call_end(struct ly_call *c);

/* Look for new accounts, at most once a second; the number of slots. */
CK_ULONG ly_slots_count(struct ly_call *c, int look);

/*
 * Let the call's token notice what has changed on disk, at most once a
 * second; a slot without an account also looks for one.
 */
void ly_call_fresh(struct ly_call *c);

/* Give a session of c->t; the count of sessions of the token goes up. */
CK_RV ly_session_open(struct ly_call *c, CK_SLOT_ID slot, CK_FLAGS flags,
    CK_SESSION_HANDLE *h);

/* Close the call's session, or all of the call's token. */
void ly_session_close(struct ly_call *c);
void ly_session_close_all(struct ly_call *c);

/* Keys in memory. add takes the key over; get holds it until put. */
CK_RV ly_skey_add(struct ly_call *c, struct ly_skey **k,
    CK_OBJECT_HANDLE *h);
struct ly_skey *ly_skey_get(struct ly_call *c, CK_OBJECT_HANDLE h);
void ly_skey_put(struct ly_call *c, struct ly_skey **k);
CK_RV ly_skey_destroy(struct ly_call *c, CK_OBJECT_HANDLE h);

/* The next key of the call's token from *pos (0 at first), held, or NULL. */
struct ly_skey *ly_skey_next(struct ly_call *c, uint32_t *pos,
    CK_OBJECT_HANDLE *h);

#endif
