/*
 * The terminal. Reads byte by byte into locked memory with line editing of
 * its own, so that no secret passes through a stdio buffer; puts the
 * terminal back before it returns, whatever happened.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "ask.h"
#include "err.h"
#include "file.h"

#define KEY_BREAK 3	/* ^C */
#define KEY_EOF 4	/* ^D */
#define KEY_ERASE 21	/* ^U: all of it */

static void
put(int fd, const char *s)
{
	ssize_t n = write(fd, s, strlen(s));

	(void)n;	/* a prompt that is not seen cannot be helped */
}

/* One key of a line being typed: 0 go on, 1 the line is complete. */
static int
take_key(struct ly_secret *line, unsigned char c)
{
	if (c == '\r' || c == '\n' || (c == KEY_EOF && line->len > 0))
		return 1;
	if (c == KEY_BREAK || c == KEY_EOF)
		return LY_ERR_DENIED;
	if (c == KEY_ERASE) {
		ly_wipe(line->data, line->len);
		line->len = 0;
		return 0;
	}
	if (c == 8 || c == 127) {
		/* One character, not one byte of it. */
		while (line->len > 0 &&
		    (line->data[--line->len] & 0xc0) == 0x80)
			;
		return 0;
	}
	return ly_secret_append(line, &c, 1);
}

static int
read_keys(int fd, struct ly_secret *line)
{
	unsigned char c;
	ssize_t n;
	int r = 0;

	while (r == 0) {
		n = read(fd, &c, 1);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			r = LY_ERR_DENIED;
		else
			r = take_key(line, c);
	}
	ly_wipe(&c, sizeof(c));
	return r > 0 ? 0 : r;
}

/*
 * Read a line with the terminal set to give us each key at once. The prompt
 * comes after that: what is typed when it is seen is never echoed.
 */
static int
read_hidden(int fd, const char *prompt, struct ly_secret *line)
{
	struct termios old, raw;
	int r;

	if (tcgetattr(fd, &old) != 0)
		return LY_ERR_STATE;
	raw = old;
	raw.c_lflag &= ~(tcflag_t)(ECHO | ICANON | ISIG | IEXTEN);
	raw.c_cc[VMIN] = 1;
	raw.c_cc[VTIME] = 0;
	if (tcsetattr(fd, TCSAFLUSH, &raw) != 0)
		return LY_ERR_STATE;
	put(fd, prompt);
	r = read_keys(fd, line);
	(void)tcsetattr(fd, TCSAFLUSH, &old);
	return r;
}

static int
open_terminal(const char *cure, int *fd, struct ly_why *why)
{
	*fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	if (*fd < 0)
		return ly_fail(why, LY_ERR_STATE,
		    "there is no terminal to ask at: %s", cure);
	return 0;
}

int
ly_ask_secret(const char *prompt, const char *cure, struct ly_secret *out,
    struct ly_why *why)
{
	struct ly_secret line = LY_SECRET_INIT;
	int fd = -1, r;

	if ((r = open_terminal(cure, &fd, why)) != 0)
		return r;
	if ((r = ly_secret_alloc(&line, LY_ASK_MAX)) != 0)
		goto out;
	r = read_hidden(fd, prompt, &line);
	put(fd, "\n");
	if (r == LY_ERR_DENIED)
		r = ly_fail(why, r, "broken off at the terminal");
	if (r != 0)
		goto out;
	ly_secret_move(out, &line);
out:
	ly_secret_clear(&line);
	(void)close(fd);
	return r;
}

int
ly_ask_line(const char *prompt, const char *cure, char *buf, size_t cap,
    struct ly_why *why)
{
	size_t len = 0;
	ssize_t n = 0;
	char c = 0;
	int fd = -1, r;

	if ((r = open_terminal(cure, &fd, why)) != 0)
		return r;
	put(fd, prompt);
	while ((n = read(fd, &c, 1)) == 1 && c != '\n')
		if (len < cap - 1)
			buf[len++] = c;
	buf[len] = '\0';
	(void)close(fd);
	return n == 1 ? 0 : ly_fail(why, LY_ERR_DENIED,
	    "broken off at the terminal");
}

/* The first line of standard input. */
static int
read_stdin(struct ly_secret *out, struct ly_why *why)
{
	struct ly_secret line = LY_SECRET_INIT;
	int r;

	if ((r = ly_secret_alloc(&line, LY_ASK_MAX)) != 0)
		return r;
	if (isatty(STDIN_FILENO))
		r = read_hidden(STDIN_FILENO, "", &line);
	else
		r = read_keys(STDIN_FILENO, &line);
	if (r == LY_ERR_DENIED && line.len > 0)
		r = 0;	/* no line end before the end of the input */
	if (r == 0)
		ly_secret_move(out, &line);
	else
		r = ly_fail(why, LY_ERR_NOTFOUND,
		    "standard input has no line to read");
	ly_secret_clear(&line);
	return r;
}

/* Find line n of the text: its start and length. */
static int
find_line(const struct ly_secret *text, size_t n, size_t *off, size_t *len)
{
	const uint8_t *p = text->data, *end = text->data + text->len, *nl;

	for (; p < end; n--) {
		nl = memchr(p, '\n', (size_t)(end - p));
		if (nl == NULL)
			nl = end;
		if (n == 0) {
			*off = (size_t)(p - text->data);
			*len = (size_t)(nl - p);
			if (*len > 0 && nl[-1] == '\r')
				(*len)--;
			return 0;
		}
		p = nl + 1;
	}
	return LY_ERR_NOTFOUND;
}

int
ly_ask_file(const char *path, size_t n, struct ly_secret *out,
    struct ly_why *why)
{
	struct ly_secret text = LY_SECRET_INIT;
	size_t off = 0, len = 0;
	int r;

	if (strcmp(path, "-") == 0)
		return n == 0 ? read_stdin(out, why) : LY_ERR_NOTFOUND;
	r = ly_file_read_secret(path, LY_SECRET_MAX / 2, LY_FILE_PRIVATE,
	    &text, why);
	if (r != 0)
		return r;
	r = find_line(&text, n, &off, &len);
	if (r != 0)
		r = ly_fail(why, r, "%s: it has no line %lu", path,
		    (unsigned long)n + 1);
	else
		r = ly_secret_set(out, text.data + off, len);
	ly_secret_clear(&text);
	return r;
}

int
ly_ask_file_lines(const char *path, size_t *n, struct ly_why *why)
{
	struct ly_secret text = LY_SECRET_INIT;
	size_t off, len;
	int r;

	*n = 1;
	if (strcmp(path, "-") == 0)
		return 0;
	r = ly_file_read_secret(path, LY_SECRET_MAX / 2, LY_FILE_PRIVATE,
	    &text, why);
	if (r != 0)
		return r;
	for (*n = 0; find_line(&text, *n, &off, &len) == 0; (*n)++)
		;
	ly_secret_clear(&text);
	return 0;
}
