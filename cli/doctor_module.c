/*
 * doctor: the module's file, and the module in the hands of each client.
 * A client is a child process: what crashes or hangs there is a finding
 * here. Its words arrive line by line (doctor_replay.h).
 */
#include "config.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <fcntl.h>
#include <unistd.h>

#include "compat.h"
#include "doctor.h"
#include "doctor_replay.h"
#include "file.h"

#define LIMIT_MIN 3000		/* ms, for calls that wait for no network */
#define KEYS_OPS 6		/* operations that may wait for one */
#define SLOW_US 250000		/* a client's window stands still so long */

/* What a child said. */
struct told {
	struct ly_report *r;
	const struct ly_replay_client *client;
	struct ly_step steps[LY_STEPS_MAX];
	size_t nsteps;
	char now[24];		/* the step under way */
	unsigned long tokens, certificates, public, private, locked, strange;
	char version[16];
	int done, bad;
};

static void
take_count(struct told *t, const char *what)
{
	static const struct {
		const char *name;
		size_t off;
	} counts[] = {
		{ "tokens ", offsetof(struct told, tokens) },
		{ "certificates ", offsetof(struct told, certificates) },
		{ "public ", offsetof(struct told, public) },
		{ "private ", offsetof(struct told, private) },
		{ "locked ", offsetof(struct told, locked) },
		{ "strange ", offsetof(struct told, strange) },
	};
	unsigned long *p;
	size_t i, n;

	for (i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		n = strlen(counts[i].name);
		if (strncmp(what, counts[i].name, n) != 0)
			continue;
		p = (unsigned long *)(void *)((char *)t + counts[i].off);
		*p += strtoul(what + n, NULL, 10);
	}
}

static void
take_end(struct told *t, const char *text)
{
	struct ly_step *s = &t->steps[t->nsteps];
	const char *blank = strrchr(text, ' ');

	if (blank == NULL || t->nsteps == LY_STEPS_MAX)
		return;
	(void)snprintf(s->name, sizeof(s->name), "%s", t->now);
	s->us = strtoll(blank, NULL, 10);
	t->nsteps++;
}

static void
take_sentence(struct told *t, enum ly_verdict v, const char *text)
{
	t->bad |= v == LY_BAD;
	ly_report(t->r, v, t->client->check, "%s: %s", t->client->title,
	    text);
}

static void
take_line(struct told *t, char *line)
{
	static const char *const words[] = { "good", "note", "warn", "bad" };
	char *text = strchr(line, ' ');
	size_t i;

	if (text == NULL)
		return;
	*text++ = '\0';
	if (strcmp(line, "begin") == 0)
		(void)snprintf(t->now, sizeof(t->now), "%s", text);
	else if (strcmp(line, "end") == 0)
		take_end(t, text);
	else if (strcmp(line, "count") == 0)
		take_count(t, text);
	else if (strcmp(line, "version") == 0)
		(void)snprintf(t->version, sizeof(t->version), "%s", text);
	else if (strcmp(line, "done") == 0)
		t->done = 1;
	for (i = 0; i < 4; i++)
		if (strcmp(line, words[i]) == 0)
			take_sentence(t, (enum ly_verdict)i, text);
}

/* Lines until the end, or the deadline: 0, or LY_ERR_TIMEOUT. */
static int
listen_to(struct told *t, int fd, int64_t until)
{
	struct pollfd p = { fd, POLLIN, 0 };
	char buf[4096], *nl;
	size_t len = 0;
	ssize_t n;
	int64_t left;

	for (;;) {
		left = until - ly_now_ms();
		if (left <= 0 || poll(&p, 1, (int)left) == 0)
			return LY_ERR_TIMEOUT;
		n = read(fd, buf + len, sizeof(buf) - 1 - len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return 0;
		len += (size_t)n;
		buf[len] = '\0';
		while ((nl = strchr(buf, '\n')) != NULL) {
			*nl = '\0';
			take_line(t, buf);
			len -= (size_t)(nl + 1 - buf);
			memmove(buf, nl + 1, len + 1);
		}
		if (len == sizeof(buf) - 1)
			len = 0;	/* no line of ours is that long */
	}
}

/* The child: leaves no core, outlives no parent, prints nothing. */
static void
be_child(const struct ly_replay_client *client, const struct ly_doctor *d,
    const char *serial, const struct ly_secret *pin, int fd)
{
	const struct rlimit none = { 0, 0 };
	const int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	(void)setrlimit(RLIMIT_CORE, &none);
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (null >= 0) {
		(void)dup2(null, STDIN_FILENO);
		(void)dup2(null, STDOUT_FILENO);
		(void)dup2(null, STDERR_FILENO);
	}
	ly_replay_run(client, d->module, serial, pin, fd);
	_exit(0);
}

static void
say_end(struct told *t, int late, int status)
{
	const char *title = t->client->title;

	if (late)
		ly_report(t->r, LY_BAD, t->client->check, "%s: the module "
		    "hangs in the step \"%s\": quit the programs that use "
		    "it, install Lanyard again, and mail a --bundle", title,
		    t->now);
	else if (!t->done && WIFSIGNALED(status))
		ly_report(t->r, LY_BAD, t->client->check, "%s: the module "
		    "crashes (signal %d) in the step \"%s\": install Lanyard "
		    "again, and mail a --bundle", title, WTERMSIG(status),
		    t->now);
	else if (!t->done)
		ly_report(t->r, LY_BAD, t->client->check, "%s: the module "
		    "ends its host (status %d) in the step \"%s\": install "
		    "Lanyard again, and mail a --bundle", title,
		    WEXITSTATUS(status), t->now);
}

/* Run a client. LY_ERR_TIMEOUT when it hung. */
static int
replay(struct ly_doctor *d, const struct ly_replay_client *client,
    const char *serial, const struct ly_secret *pin, int64_t limit,
    struct told *t)
{
	int fds[2], status = 0, r;
	pid_t pid;

	memset(t, 0, sizeof(*t));
	t->r = &d->report;
	t->client = client;
	(void)fflush(NULL);
	if (pipe2(fds, O_CLOEXEC) != 0)
		return LY_ERR_IO;
	pid = fork();
	if (pid == 0) {
		(void)close(fds[0]);
		be_child(client, d, serial, pin, fds[1]);
	}
	(void)close(fds[1]);
	r = pid < 0 ? LY_ERR_IO : listen_to(t, fds[0], ly_now_ms() + limit);
	(void)close(fds[0]);
	if (pid < 0)
		return r;
	if (r != 0)
		(void)kill(pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		continue;
	say_end(t, r == LY_ERR_TIMEOUT, status);
	return r;
}

/* A step that takes longer than a person wants to wait; NULL none. */
static const struct ly_step *
slow_step(const struct told *t)
{
	size_t i;

	for (i = 0; i < t->nsteps; i++)
		if (t->steps[i].us > SLOW_US &&
		    strcmp(t->steps[i].name, "login") != 0)
			return &t->steps[i];
	return NULL;
}

static void
say_client(const struct told *t)
{
	const struct ly_step *slow = slow_step(t);
	char keys[96];

	if (t->bad || !t->done)
		return;
	if (t->private > 0 || t->locked == 0)
		(void)snprintf(keys, sizeof(keys), "%lu keys",
		    t->private > 0 ? t->private : t->public);
	else
		(void)snprintf(keys, sizeof(keys), "%lu keys behind the PIN",
		    t->public);
	ly_report_steps(t->r, slow == NULL ? LY_GOOD : LY_WARN,
	    t->client->check, t->steps, t->nsteps, "%s: %lu certificates, "
	    "%s%s%s%s", t->client->title, t->certificates, keys,
	    slow != NULL ? "; slow in the step \"" : "",
	    slow != NULL ? slow->name : "",
	    slow != NULL ? "\": keep the data folder on a local disk" : "");
	if (t->strange > 0 && strcmp(t->client->check, "libp11") == 0)
		ly_report(t->r, LY_NOTE, t->client->check, "%s: release "
		    "0.4.12, as in Debian 12, does not open a token that has "
		    "Ed25519 or X25519 keys", t->client->title);
}

/* The file by itself. 0 when it can be tried. */
static int
look_file(struct ly_doctor *d)
{
	struct ly_report *r = &d->report;
	struct stat st;

	if (stat(d->module, &st) != 0) {
		ly_report(r, LY_BAD, "file", "%s: %s: install Lanyard, or "
		    "give --module FILE", d->module, strerror(errno));
		return -1;
	}
	if ((st.st_mode & 022) != 0 || (st.st_uid != 0 &&
	    st.st_uid != geteuid()))
		ly_report(r, LY_BAD, "file", "%s: others can change it: run: "
		    "chown root %s; chmod go-w %s", d->module, d->module,
		    d->module);
	else
		ly_report(r, LY_GOOD, "file", "%s", d->module);
	return 0;
}

/* Module and tool are of one release, by the numbers that both have. */
static void
say_version(struct ly_doctor *d, const char *version)
{
	const size_t n = strlen(version);

	if (n > 0 && (strncmp(PACKAGE_VERSION, version, n) != 0 ||
	    PACKAGE_VERSION[n] != '.'))
		ly_report(&d->report, LY_WARN, "version", "the module is of "
		    "release %s, this tool of %s: install both anew, and "
		    "start mail clients again", version, PACKAGE_VERSION);
}

/* The account whose keys can be tried; -1 none. */
static int
open_account(const struct ly_doctor *d)
{
	size_t i;

	for (i = 0; i < d->n; i++)
		if (d->status[i].loaded && (d->pin_ok[i] ||
		    d->status[i].account.unlock == LY_UNLOCK_NONE))
			return (int)i;
	return -1;
}

/* How long a client may take that waits for n calls: as settings say. */
static int64_t
limit_of(const struct ly_doctor *d, int n)
{
	const int64_t one = d->conf.timeout_ms;

	return n * (one > LIMIT_MIN ? one : LIMIT_MIN);
}

static void
try_keys(struct ly_doctor *d, int i)
{
	struct told t;

	if (i < 0) {
		ly_report(&d->report, LY_NOTE, "keys", "Keys were not tried: "
		    "give --pin-file FILE");
		return;
	}
	(void)replay(d, ly_replay_keys(), d->status[i].account.serial,
	    d->pin_ok[i] ? &d->pin : NULL, limit_of(d, KEYS_OPS), &t);
}

void
ly_doctor_module(struct ly_doctor *d)
{
	const struct ly_replay_client *c;
	const int open = open_account(d);
	const char *serial = "";
	const struct ly_secret *pin = NULL;
	struct told t;
	size_t i;

	ly_report_section(&d->report, "module", "");
	if (look_file(d) != 0)
		return;
	if (open >= 0) {
		serial = d->status[open].account.serial;
		pin = d->pin_ok[open] ? &d->pin : NULL;
	}
	for (i = 0; (c = ly_replay_client(i)) != NULL; i++) {
		/* What hangs once hangs again: once is enough to wait. */
		if (replay(d, c, serial, pin, limit_of(d, 1), &t) != 0)
			return;
		say_client(&t);
		if (i == 0)
			say_version(d, t.version);
	}
	try_keys(d, open);
}
