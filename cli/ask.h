/*
 * Asks the person at the terminal, or reads what a file says in his place.
 * PINs and passwords are never echoed and never in an argument.
 */
#ifndef LY_ASK_H
#define LY_ASK_H

#include <stddef.h>

#include "secret.h"

struct ly_why;

#define LY_ASK_MAX 1024	/* bytes of an answer */

/*
 * Show prompt on the terminal and read a line without echo. cure names what
 * to do when there is no terminal ("give --pin-file"): LY_ERR_STATE then;
 * LY_ERR_DENIED if the person breaks off.
 */
int ly_ask_secret(const char *prompt, const char *cure,
    struct ly_secret *out, struct ly_why *why);

/* The same with echo: for "yes" and the like. buf has cap bytes. */
int ly_ask_line(const char *prompt, const char *cure, char *buf, size_t cap,
    struct ly_why *why);

/*
 * Line number n (from 0) of a file that nobody else can read, without its
 * line end; "-" is standard input (line 0 only). LY_ERR_NOTFOUND when there
 * are fewer lines.
 */
int ly_ask_file(const char *path, size_t n, struct ly_secret *out,
    struct ly_why *why);

/* Number of lines in it; an unfinished last line counts. */
int ly_ask_file_lines(const char *path, size_t *n, struct ly_why *why);

#endif
