/*
 * One pass over the text: at each place the longest known word, or a
 * pattern, or the byte as it is. What a pattern finds becomes a known word.
 */
#include "config.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "buf.h"
#include "err.h"
#include "redact.h"

#define WORD_MIN 3
#define HEX_MIN 16
#define STAND_IN 24

struct word {
	char *text;
	size_t len;
	int whole;		/* no letter or digit may touch it */
	char as[STAND_IN];
};

struct ly_redact {
	struct word *words;	/* longest first */
	size_t n, cap;
	unsigned count[LY_REDACT_IP + 1];
};

int
ly_redact_new(struct ly_redact **out)
{
	*out = calloc(1, sizeof(**out));
	return *out == NULL ? LY_ERR_NOMEM : 0;
}

void
ly_redact_free(struct ly_redact **r)
{
	size_t i;

	if (*r == NULL)
		return;
	for (i = 0; i < (*r)->n; i++)
		free((*r)->words[i].text);
	free((*r)->words);
	free(*r);
	*r = NULL;
}

static const struct word *
known(const struct ly_redact *r, const char *text, size_t len)
{
	size_t i;

	for (i = 0; i < r->n; i++)
		if (r->words[i].len == len &&
		    strncasecmp(r->words[i].text, text, len) == 0)
			return &r->words[i];
	return NULL;
}

/* A new word, put where its length belongs; as is its stand-in. */
static int
insert(struct ly_redact *r, const char *text, size_t len, int whole,
    const char *as)
{
	struct word *p;
	char *copy;
	size_t i, cap;

	if (r->n == r->cap) {
		cap = r->cap == 0 ? 32 : r->cap * 2;
		p = realloc(r->words, cap * sizeof(*p));
		if (p == NULL)
			return LY_ERR_NOMEM;
		r->words = p;
		r->cap = cap;
	}
	if ((copy = strndup(text, len)) == NULL)
		return LY_ERR_NOMEM;
	for (i = r->n; i > 0 && r->words[i - 1].len < len; i--)
		r->words[i] = r->words[i - 1];
	p = &r->words[i];
	p->text = copy;
	p->len = len;
	p->whole = whole;
	(void)snprintf(p->as, sizeof(p->as), "%s", as);
	r->n++;
	return 0;
}

static int
add(struct ly_redact *r, enum ly_redact_kind kind, const char *text,
    size_t len)
{
	static const char *const names[] = { "mail", "host", "name", "hex",
	    "ip" };
	char as[STAND_IN];

	if (len < WORD_MIN || known(r, text, len) != NULL)
		return 0;
	(void)snprintf(as, sizeof(as), "<%s-%u>", names[kind],
	    ++r->count[kind]);
	return insert(r, text, len, kind != LY_REDACT_HOST, as);
}

int
ly_redact_word(struct ly_redact *r, enum ly_redact_kind kind,
    const char *word)
{
	return add(r, kind, word, strlen(word));
}

int
ly_redact_as(struct ly_redact *r, const char *word, const char *as)
{
	const size_t len = strlen(word);

	if (len < WORD_MIN || known(r, word, len) != NULL)
		return 0;
	return insert(r, word, len, 0, as);
}

static int
is_word(char c)
{
	return isalnum((unsigned char)c) || (unsigned char)c >= 0x80;
}

/* Does the word stand at text + at, by itself if it must? */
static int
stands(const struct word *w, const char *text, size_t len, size_t at)
{
	if (w->len > len - at || strncasecmp(text + at, w->text, w->len) != 0)
		return 0;
	return !w->whole || ((at == 0 || !is_word(text[at - 1])) &&
	    (at + w->len == len || !is_word(text[at + w->len])));
}

static const struct word *
word_at(const struct ly_redact *r, const char *text, size_t len, size_t at)
{
	size_t i;

	for (i = 0; i < r->n; i++)
		if (stands(&r->words[i], text, len, at))
			return &r->words[i];
	return NULL;
}

/* How many bytes of set begin at p. */
static size_t
run_of(const char *p, size_t left, const char *more)
{
	size_t n;

	for (n = 0; n < left && (is_word(p[n]) || (p[n] != '\0' &&
	    strchr(more, p[n]) != NULL)); n++)
		continue;
	return n;
}

/* An address of mail: its length, or 0. */
static size_t
mail_at(const char *p, size_t left)
{
	const size_t local = run_of(p, left, "._%+&~-");
	size_t domain;

	if (local == 0 || local == left || p[local] != '@')
		return 0;
	domain = run_of(p + local + 1, left - local - 1, ".-");
	return domain == 0 ? 0 : local + 1 + domain;
}

static size_t
hex_at(const char *p, size_t left)
{
	size_t n, digits = 0;

	for (n = 0; n < left && isalnum((unsigned char)p[n]); n++)
		digits += isxdigit((unsigned char)p[n]) != 0;
	return n >= HEX_MIN && digits == n ? n : 0;
}

/* An IPv6 address in brackets, but loopback. */
static size_t
ip6_at(const char *p, size_t left)
{
	size_t n, colons = 0;

	if (p[0] != '[')
		return 0;
	for (n = 1; n < left && p[n] != '\0' &&
	    strchr("0123456789abcdefABCDEF:.%", p[n]) != NULL; n++)
		colons += p[n] == ':';
	return n < left && p[n] == ']' && colons >= 2 &&
	    strncmp(p, "[::1]", 5) != 0 ? n + 1 : 0;
}

/* An IPv4 address, but loopback. */
static size_t
ip4_at(const char *p, size_t left)
{
	size_t n, dots = 0;

	for (n = 0; n < left && (isdigit((unsigned char)p[n]) ||
	    p[n] == '.'); n++)
		dots += p[n] == '.';
	if (n > 0 && p[n - 1] == '.') {
		n--;
		dots--;
	}
	return dots == 3 && n >= 7 && strncmp(p, "127.", 4) != 0 ? n : 0;
}

/* What a pattern finds here becomes a word: its length, 0 none, -1 error. */
static long
learn(struct ly_redact *r, const char *text, size_t len, size_t at)
{
	static const struct {
		enum ly_redact_kind kind;
		size_t (*at)(const char *p, size_t left);
	} patterns[] = {
		{ LY_REDACT_MAIL, mail_at }, { LY_REDACT_HEX, hex_at },
		{ LY_REDACT_IP, ip4_at }, { LY_REDACT_IP, ip6_at },
	};
	size_t i, n;

	if (at > 0 && is_word(text[at - 1]))
		return 0;
	for (i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++) {
		n = patterns[i].at(text + at, len - at);
		if (n == 0)
			continue;
		if (add(r, patterns[i].kind, text + at, n) != 0)
			return -1;
		return (long)n;
	}
	return 0;
}

int
ly_redact_text(struct ly_redact *r, const char *text, size_t len,
    struct ly_buf *out)
{
	const struct word *w;
	size_t at = 0;

	while (at < len) {
		w = word_at(r, text, len, at);
		if (w == NULL && learn(r, text, len, at) < 0)
			return LY_ERR_NOMEM;
		if (w == NULL)
			w = word_at(r, text, len, at);
		if (w != NULL) {
			(void)ly_buf_put(out, w->as, strlen(w->as));
			at += w->len;
		} else {
			(void)ly_buf_put(out, text + at++, 1);
		}
	}
	return out->err;
}
