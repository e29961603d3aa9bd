/*
 * Writes JSON (RFC 8259) for scripts: objects, arrays, strings, integers,
 * booleans, null. For the command line's own output; the service's JSON is
 * common/wire.
 */
#ifndef LY_JSON_H
#define LY_JSON_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct ly_json {
	FILE *out;
	int comma;	/* a value stands before, at this level */
};

/*
 * Each writes one value. name is the member's name within an object, NULL
 * within an array or at the top.
 */
void ly_json_open(struct ly_json *j, const char *name, char bracket);
void ly_json_close(struct ly_json *j, char bracket);
/* s NULL writes null; bytes that are not UTF-8 become U+FFFD. */
void ly_json_str(struct ly_json *j, const char *name, const char *s);
void ly_json_int(struct ly_json *j, const char *name, int64_t v);
void ly_json_bool(struct ly_json *j, const char *name, int v);
/* A time as "2026-01-31T23:59:59Z"; 0 writes null. */
void ly_json_time(struct ly_json *j, const char *name, int64_t t);

/*
 * Length of the UTF-8 character at s (1 .. 4), 0 if it is not one: RFC 3629
 * with its ban on surrogates and overlong forms. *cp is the code point.
 */
size_t ly_utf8_char(const char *s, uint32_t *cp);

#endif
