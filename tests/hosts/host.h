/*
 * A host of the module: one way in which real programs load and use it.
 * scenes.c puts each of them through the same scenes.
 */
#ifndef LY_HOST_H
#define LY_HOST_H

#include <stddef.h>

/*
 * Each function gives 0, or -1 after having said why on standard error.
 * load may be called by many threads at once where race is set.
 */
struct host {
	const char *name;
	int (*load)(void);
	int (*work)(void);	/* decrypts and signs, checks both */
	int (*look)(void);		/* searches, past the host; or NULL */
	int look_only;		/* 1: threads do no more; see README.md */
	int (*child)(void);	/* what a forked child does before it works */
	int (*finalize)(void);	/* C_Finalize; the host's OpenSSL is gone */
	int (*unload)(void);	/* to the end, so that load may follow */
	int race;		/* 1: nothing but us serialises C_Initialize */
	int (*twice)(void);	/* the module loaded in two ways, or NULL */
};

extern const struct host host;

/* What the scene was started with: the module, and a folder of files. */
extern const char *host_module, *host_pin;

/*
 * p11.c: a search in the module past the host, for threads that fill a
 * process: what lies between keeps locks of its own in its calls, which a
 * child would find held for ever.
 */
int p11_past(void);

/* A file of the folder: its length, at most max, or 0 with a complaint. */
size_t host_file(const char *name, unsigned char *buf, size_t max);

/* The same as a text without its newline. */
int host_text(const char *name, char *buf, size_t max);

/* -1, after saying what went wrong and with which code. */
int host_fails(const char *what, unsigned long code);

/* 0 if got is what the file holds. */
int host_same(const char *name, const unsigned char *got, size_t len);

#endif
