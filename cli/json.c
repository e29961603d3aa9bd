/*
 * Writes JSON. Whatever a string holds, what comes out is valid: a device's
 * name or a certificate's subject is other people's text.
 */
#include <inttypes.h>
#include <string.h>

#include "compat.h"
#include "json.h"

size_t
ly_utf8_char(const char *s, uint32_t *cp)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *u = (const unsigned char *)s;
	size_t i, n;
	uint32_t c = u[0];

	if (c < 0x80) {
		*cp = c;
		return 1;
	}
	n = c >= 0xf0 && c <= 0xf4 ? 4 : c >= 0xe0 && c < 0xf0 ? 3 :
	    c >= 0xc2 && c < 0xe0 ? 2 : 0;
	if (n == 0)
		return 0;
	c &= 0x7fu >> n;
	for (i = 1; i < n; i++) {
		if ((u[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (u[i] & 0x3fu);
	}
	if (c < least[n] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return 0;
	*cp = c;
	return n;
}

static void
put_string(FILE *out, const char *s)
{
	uint32_t cp;
	size_t n;

	(void)fputc('"', out);
	for (; *s != '\0'; s += n) {
		n = ly_utf8_char(s, &cp);
		if (n == 0) {
			(void)fputs("\\ufffd", out);
			n = 1;
		} else if (*s == '"' || *s == '\\') {
			(void)fprintf(out, "\\%c", *s);
		} else if (cp < 0x20 || (cp >= 0x7f && cp < 0xa0)) {
			(void)fprintf(out, "\\u%04" PRIx32, cp);
		} else {
			(void)fwrite(s, 1, n, out);
		}
	}
	(void)fputc('"', out);
}

static void
before(struct ly_json *j, const char *name)
{
	if (j->comma)
		(void)fputc(',', j->out);
	if (name != NULL) {
		put_string(j->out, name);
		(void)fputc(':', j->out);
	}
	j->comma = 1;
}

void
ly_json_open(struct ly_json *j, const char *name, char bracket)
{
	before(j, name);
	(void)fputc(bracket, j->out);
	j->comma = 0;
}

void
ly_json_close(struct ly_json *j, char bracket)
{
	(void)fputc(bracket, j->out);
	j->comma = 1;
}

void
ly_json_str(struct ly_json *j, const char *name, const char *s)
{
	before(j, name);
	if (s == NULL)
		(void)fputs("null", j->out);
	else
		put_string(j->out, s);
}

void
ly_json_int(struct ly_json *j, const char *name, int64_t v)
{
	before(j, name);
	(void)fprintf(j->out, "%" PRId64, v);
}

void
ly_json_bool(struct ly_json *j, const char *name, int v)
{
	before(j, name);
	(void)fputs(v ? "true" : "false", j->out);
}

void
ly_json_time(struct ly_json *j, const char *name, int64_t t)
{
	char text[LY_TIME_LEN];

	ly_time_str(t, text);
	ly_json_str(j, name, t != 0 ? text : NULL);
}
