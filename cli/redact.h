/*
 * Takes names out of a text that is to be mailed. Each name becomes a
 * stand-in, the same one each time, so that a reader still sees what
 * belongs together:
 *
 *	<mail-1>	an address of mail, known or not
 *	<host-1>	a known host or domain; <ip-1> an address that is not
 *			loopback
 *	<name-1>	a known word: user name, token label, device
 *	<hex-1>		16 or more hexadecimal digits: key ids, serials
 */
#ifndef LY_REDACT_H
#define LY_REDACT_H

#include <stddef.h>

struct ly_buf;
struct ly_redact;

enum ly_redact_kind {
	LY_REDACT_MAIL,
	LY_REDACT_HOST,		/* also within a word; the others by itself */
	LY_REDACT_NAME,
	LY_REDACT_HEX,
	LY_REDACT_IP
};

int ly_redact_new(struct ly_redact **out);
void ly_redact_free(struct ly_redact **r);

/*
 * From now on word is taken out; case is ignored. One that is shorter than
 * three bytes is left alone: it would take the text to pieces.
 */
int ly_redact_word(struct ly_redact *r, enum ly_redact_kind kind,
    const char *word);

/* word becomes the text "as" itself: the home folder becomes "~". */
int ly_redact_as(struct ly_redact *r, const char *word, const char *as);

/* Append the text of len bytes to out without what is to be taken out. */
int ly_redact_text(struct ly_redact *r, const char *text, size_t len,
    struct ly_buf *out);

#endif
