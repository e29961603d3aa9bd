/*
 * Where a trace goes: each record in one append, so that threads and
 * processes do not mix. No lock and no descriptor is held, so a fork
 * disturbs nothing. Refuses to fail a call because of its trace.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compat.h"
#include "err.h"
#include "file.h"
#include "log.h"
#include "trace.h"
#include "trace_names.h"

#define RECORD_MAX ((size_t)64 * 1024)
#define FILE_MAX_LEN ((uint64_t)64 * 1024 * 1024)
#define SHOWN_MAX 48	/* bytes of a value before it is cut */

static char off[] = "";
static char *_Atomic path;		/* off, or allocated and kept */
static atomic_ullong calls;
static atomic_int complained;

/* What LANYARD_TRACE says; a path that cannot be used is kept to be named. */
static char *
path_read(void)
{
	const char *given = ly_getenv("LANYARD_TRACE");
	char full[LY_PATH_MAX], *p;
	size_t len;

	if (given == NULL)
		return off;
	if (ly_path_expand(given, full) == 0)
		given = full;
	len = strlen(given) + 1;
	if ((p = malloc(len)) == NULL)
		return off;
	memcpy(p, given, len);
	return p;
}

int
ly_trace_on(void)
{
	char *p = atomic_load(&path), *mine;

	if (p == NULL) {
		mine = path_read();
		if (atomic_compare_exchange_strong(&path, &p, mine))
			p = mine;
		else if (mine != off)
			free(mine);
	}
	return p != off;
}

static int
append(const struct ly_buf *b, struct ly_why *why)
{
	const char *p = atomic_load(&path);
	struct ly_file_stamp st;

	if (p[0] != '/')
		return ly_fail(why, LY_ERR_FORMAT,
		    "%s: expected an absolute path, or ~/...", p);
	if (ly_file_stat(p, &st) == 0 && st.size >= FILE_MAX_LEN)
		return ly_fail(why, LY_ERR_TOOBIG,
		    "%s: has reached its limit; move it away", p);
	return ly_file_append(p, b->data, b->len, why);
}

void
ly_trace_begin(struct ly_trace *t, const struct ly_trace_call *call,
    const uintptr_t *arg)
{
	const int saved = errno;
	char when[LY_TIME_LEN];

	t->call = call;
	t->arg = arg;
	ly_buf_init(&t->text, RECORD_MAX);
	ly_time_str(ly_time(), when);
	ly_trace_put(&t->text, "%llu: %s\n%s pid %llu\n",
	    atomic_fetch_add(&calls, 1), call->name, when,
	    (unsigned long long)ly_process_id());
	ly_trace_args_in(t);
	t->began_ms = ly_now_ms();
	errno = saved;
}

void
ly_trace_end(struct ly_trace *t, CK_RV rv)
{
	const int64_t took = ly_now_ms() - t->began_ms;
	const int saved = errno;
	struct ly_why why = { "" };
	char name[LY_TRACE_NAME];

	ly_trace_args_out(t, rv);
	ly_trace_put(&t->text, "Returned: %s in %lld ms\n\n",
	    ly_trace_name(LY_NAMES_CKR, rv, name), (long long)took);
	if (t->text.err == 0 && append(&t->text, &why) != 0 &&
	    ly_log_on(LY_LOG_WARN) && !atomic_exchange(&complained, 1))
		ly_log(LY_LOG_WARN, "LANYARD_TRACE: %s", why.text);
	ly_buf_clear(&t->text);
	errno = saved;
}

void
ly_trace_put(struct ly_buf *b, const char *fmt, ...)
{
	char text[256];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	(void)ly_buf_put(b, text, strlen(text));
}

void
ly_trace_hex(struct ly_buf *b, const void *p, size_t len)
{
	const unsigned char *bytes = p;
	size_t i;

	for (i = 0; i < len && i < SHOWN_MAX; i++)
		ly_trace_put(b, "%02x", bytes[i]);
	ly_trace_put(b, "%s (%lu)", len > SHOWN_MAX ? "..." : "",
	    (unsigned long)len);
}

/* Others' text must not forge a line or drive a terminal. */
void
ly_trace_text(struct ly_buf *b, const void *p, size_t len)
{
	const unsigned char *bytes = p;
	size_t i;

	ly_trace_put(b, "\"");
	for (i = 0; i < len && i < SHOWN_MAX; i++)
		ly_trace_put(b, "%c", bytes[i] < 0x20 || bytes[i] == 0x7f ?
		    '?' : bytes[i]);
	ly_trace_put(b, "\"%s (%lu)", len > SHOWN_MAX ? "..." : "",
	    (unsigned long)len);
}
