/*
 * A client that is being replayed: what its steps share. Internal to
 * doctor_replay*.c, the only files of this folder that speak Cryptoki: they
 * play the module's callers, by p11-kit's header and nothing of module/.
 */
#ifndef LY_DOCTOR_REPLAY_IMPL_H
#define LY_DOCTOR_REPLAY_IMPL_H

#include <stddef.h>
#include <p11-kit/pkcs11.h>

#include "doctor_replay.h"

#define LY_REPLAY_TOKENS 17	/* slots that are looked at */
#define LY_REPLAY_OBJECTS 4096	/* of a search that are looked at */

struct ly_replay_token {
	CK_SLOT_ID slot;
	CK_SESSION_HANDLE session;
	CK_FLAGS flags;
	char serial[17];	/* without padding */
};

struct ly_replay {
	const struct ly_replay_client *client;
	const char *library, *serial;
	const struct ly_secret *pin;
	int fd;
	void *lib;
	CK_FUNCTION_LIST *f;
	int initialized;
	struct ly_replay_token tokens[LY_REPLAY_TOKENS];
	CK_ULONG ntokens;
	CK_OBJECT_HANDLE found[LY_REPLAY_OBJECTS];
	CK_BYTE value[65536];
};

/* A line: word, blank, sentence. */
void ly_replay_say(struct ly_replay *r, const char *word, const char *fmt,
    ...) __attribute__((format(printf, 3, 4)));

/* A call that failed: said as bad. Gives -1. */
int ly_replay_failed(struct ly_replay *r, const char *call, CK_RV rv);

/*
 * All objects that match, into r->found (the first LY_REPLAY_OBJECTS of
 * them), at most batch by one call; their number in *n. 0 or -1.
 */
int ly_replay_find(struct ly_replay *r, CK_SESSION_HANDLE session,
    CK_ATTRIBUTE *template, CK_ULONG ntemplate, CK_ULONG batch, CK_ULONG *n);

/*
 * Read an attribute as a client does, length first, into buf of cap bytes;
 * *len gets its length. 0 or -1.
 */
int ly_replay_get(struct ly_replay *r, CK_SESSION_HANDLE session,
    CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type, void *buf, size_t cap,
    CK_ULONG *len);

/* The common steps: doctor_replay.c says of each what it calls. */
ly_replay_fn ly_replay_load, ly_replay_initialize, ly_replay_slots,
    ly_replay_sessions, ly_replay_login, ly_replay_finalize;

/* One operation for each kind of key, and its reverse. */
ly_replay_fn ly_replay_operations;

#endif
