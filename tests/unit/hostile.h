/*
 * Starts hostile.py and reads which port is what. One server for a whole
 * group of tests; it ends when its standard input does, at the latest with
 * this process.
 */
#ifndef LY_HOSTILE_H
#define LY_HOSTILE_H

#include "unit.h"

#include <sys/wait.h>

#include "buf.h"

#define HOSTILE_KINDS 16

struct hostile {
	char dir[64];
	pid_t pid;
	int in;			/* its standard input */
	size_t n;
	struct {
		char name[16];
		int port;
	} kinds[HOSTILE_KINDS];
	char url[64];		/* of the last hostile_url */
};

static inline int
hostile_read_ports(struct hostile *s, int fd)
{
	FILE *f = fdopen(fd, "r");
	char line[64], name[16];
	int port, ready = 0;

	while (f != NULL && !ready && fgets(line, sizeof(line), f) != NULL) {
		ready = strcmp(line, "ready\n") == 0;
		if (ready || s->n == HOSTILE_KINDS ||
		    sscanf(line, "%15s %d", name, &port) != 2)
			continue;
		memcpy(s->kinds[s->n].name, name, sizeof(name));
		s->kinds[s->n++].port = port;
	}
	if (f != NULL)
		(void)fclose(f);
	return ready ? 0 : -1;
}

static inline int
hostile_start(struct hostile *s)
{
	const char *src = getenv("top_srcdir");
	char script[512];
	int in[2], out[2];

	memset(s, 0, sizeof(*s));
	(void)snprintf(script, sizeof(script), "%s/tests/unit/hostile.py",
	    src != NULL ? src : ".");
	memcpy(s->dir, "/tmp/lanyard-hostile-XXXXXX", 28);
	if (mkdtemp(s->dir) == NULL || pipe(in) != 0 || pipe(out) != 0)
		return -1;
	s->pid = fork();
	if (s->pid == 0) {
		(void)dup2(in[0], STDIN_FILENO);
		(void)dup2(out[1], STDOUT_FILENO);
		(void)close(in[1]);
		(void)close(out[0]);
		(void)execlp("python3", "python3", script, s->dir,
		    (char *)NULL);
		_exit(127);
	}
	(void)close(in[0]);
	(void)close(out[1]);
	s->in = in[1];
	return hostile_read_ports(s, out[0]);
}

static inline void
hostile_stop(struct hostile *s)
{
	int status;

	(void)close(s->in);
	(void)waitpid(s->pid, &status, 0);
	(void)ly_dir_remove(s->dir, NULL);
}

/* "https://127.0.0.1:PORT" of a kind of server. */
static inline const char *
hostile_url(struct hostile *s, const char *kind)
{
	size_t i;

	for (i = 0; i < s->n; i++)
		if (strcmp(s->kinds[i].name, kind) == 0) {
			(void)snprintf(s->url, sizeof(s->url),
			    "https://127.0.0.1:%d", s->kinds[i].port);
			return s->url;
		}
	fail_msg("no server of kind %s", kind);
	return NULL;
}

/* A file that the server made, such as "ca.der". */
static inline void
hostile_file(const struct hostile *s, const char *name, struct ly_buf *b)
{
	char path[512];
	struct ly_why why = { "" };

	(void)snprintf(path, sizeof(path), "%s/%s", s->dir, name);
	ly_buf_init(b, 65536);
	if (ly_file_read(path, 65536, LY_FILE_ANY, b, &why) != 0)
		fail_msg("%s", why.text);
}

#endif
