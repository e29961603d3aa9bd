/*
 * The list of modules of an NSS database, pkcs11.txt: stanzas of "name=value"
 * lines with a blank line after each. We append one stanza, and take it away
 * again so that the file is what it was.
 */
#ifndef LY_NSSDB_H
#define LY_NSSDB_H

struct ly_buf;
struct ly_why;

#define LY_NSS_MODULE "Lanyard"		/* name= of our stanza */
#define LY_NSS_FILE_MAX 1048576		/* bytes of a pkcs11.txt we accept */

/* What became, or with a dry run would become, of the file. */
enum ly_nss_change {
	LY_NSS_SAME = 1,	/* there already; or not there at all */
	LY_NSS_ADDED,
	LY_NSS_REPLACED,	/* another library of ours was there */
	LY_NSS_REMOVED
};

/*
 * The text that old becomes with our stanza for library, or, with library
 * NULL, without it. LY_ERR_EXISTS: a module of that name that is not ours.
 * Nothing is put into new when *change is LY_NSS_SAME.
 */
int ly_nss_edit(const struct ly_buf *old, const char *library,
    struct ly_buf *new, enum ly_nss_change *change);

/* A module of an NSS database; strings without the keys of their lines. */
struct ly_nss_module {
	char name[128];
	char library[4096];	/* "": built in */
	int ours;		/* the library's name is that of our module */
};

/* Call fn for each module of a pkcs11.txt, in order. */
void ly_nss_each(const struct ly_buf *text,
    void (*fn)(void *arg, const struct ly_nss_module *m), void *arg);

/*
 * ly_nss_edit to the file in dir, replaced at once; not written with dry_run.
 * LY_ERR_NOTFOUND (dir is no database), LY_ERR_BUSY (a program has the
 * profile open), with the cure in why.
 */
int ly_nss_apply(const char *dir, const char *library, int dry_run,
    enum ly_nss_change *change, struct ly_why *why);

#endif
