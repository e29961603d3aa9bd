/*
 * INI text in memory: inih with lines of any length (its own buffer ends at
 * 200 bytes), exact line numbers, and sentences for what does not parse.
 *
 *   [section]
 *   key = value	; a comment after a blank, or a line of ; or #
 *
 * An indented line is an ordinary line, not a continuation. Control bytes
 * but tab are refused, and so is a value over LY_INI_VALUE_MAX.
 */
#ifndef LY_INITEXT_H
#define LY_INITEXT_H

#include <stddef.h>

struct ly_why;

#define LY_INI_VALUE_MAX 8192	/* bytes with the NUL */
#define LY_INI_NAME_MAX 48	/* of a section or key, with the NUL */

/* One "key = value". The strings are valid during the call. */
struct ly_ini_item {
	const char *file;	/* as named in errors */
	unsigned line;		/* from 1 */
	const char *section;	/* "" above the first one */
	const char *key;
	const char *value;
};

/* 0, or an error that ends the parse; why is the caller's of ly_ini_parse. */
typedef int ly_ini_fn(void *arg, const struct ly_ini_item *item,
    struct ly_why *why);

/*
 * Call fn for each item of text, in order. The first error of fn is
 * returned; LY_ERR_FORMAT with "FILE:LINE: ..." for text that does not
 * parse. Uses no OpenSSL.
 */
int ly_ini_parse(const char *file, const void *text, size_t len,
    ly_ini_fn *fn, void *arg, struct ly_why *why);

#endif
