/*
 * The call patterns of clients, replayed in a process of their own: it may
 * crash and hang. What it finds goes through a pipe, one line each:
 *
 *	begin STEP		end STEP MICROSECONDS
 *	count WHAT N		version MAJOR.MINOR
 *	good, note, warn or bad, then a sentence
 *	done			the last line: the process ends well
 */
#ifndef LY_DOCTOR_REPLAY_H
#define LY_DOCTOR_REPLAY_H

#include <stddef.h>
#include <stdint.h>

struct ly_replay;
struct ly_secret;

/* A step of a client; -1 ends the client, and was said why. */
typedef int ly_replay_fn(struct ly_replay *r);

struct ly_replay_step {
	const char *name;
	ly_replay_fn *run;
};

#define LY_REPLAY_STEPS 12

enum ly_replay_init {
	LY_INIT_NULL,		/* C_Initialize(NULL) */
	LY_INIT_OS,		/* CKF_OS_LOCKING_OK */
	LY_INIT_NO_THREADS,	/* and CKF_LIBRARY_CANT_CREATE_OS_THREADS */
	LY_INIT_CALLBACKS	/* and four functions for mutexes */
};

struct ly_replay_client {
	const char *check;	/* stable in JSON */
	const char *title;
	enum ly_replay_init init;
	int interface;		/* asks C_GetInterface first */
	int rw;			/* opens read-write sessions */
	struct ly_replay_step steps[LY_REPLAY_STEPS];	/* ends with NULL */
};

/* The clients, by number from 0; NULL behind the last one. */
const struct ly_replay_client *ly_replay_client(size_t i);

/* As a client: one operation with a key of each kind, and back. */
const struct ly_replay_client *ly_replay_keys(void);

/*
 * Be the client, and write to fd. serial and pin (NULL: none) are those of
 * the token to log in to.
 */
void ly_replay_run(const struct ly_replay_client *client,
    const char *library, const char *serial, const struct ly_secret *pin,
    int fd);

#endif
