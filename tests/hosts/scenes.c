/*
 * The scenes of tests/hosts/README.md: "host_NAME SCENE MODULE DIR" plays
 * one and exits with 0 if all went well. A scene that hangs is ended by a
 * signal. What is decrypted and signed lies in DIR; the PIN is in $PIN.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <openssl/crypto.h>

#include "host.h"

#define DEADLINE 100	/* seconds; a minute is possible under valgrind */
#define RACERS 8
#define BUSY 4
#define FORKS 8
#define TRIES 2
#define MIXERS 16

const char *host_module, *host_pin;
static const char *dir;

size_t
host_file(const char *name, unsigned char *buf, size_t max)
{
	char path[4096];
	size_t n = 0;
	FILE *fp;

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	if ((fp = fopen(path, "rb")) != NULL) {
		n = fread(buf, 1, max, fp);
		(void)fclose(fp);
	}
	if (n == 0)
		(void)host_fails(path, 0);
	return n;
}

int
host_text(const char *name, char *buf, size_t max)
{
	size_t n = host_file(name, (unsigned char *)buf, max - 1);

	while (n > 0 && buf[n - 1] == '\n')
		n--;
	buf[n] = '\0';
	return n > 0 ? 0 : -1;
}

int
host_fails(const char *what, unsigned long code)
{
	fprintf(stderr, "%s: %s: %#lx\n", host.name, what, code);
	return -1;
}

int
host_same(const char *name, const unsigned char *got, size_t len)
{
	unsigned char want[1024];
	const size_t n = host_file(name, want, sizeof(want));

	if (n == 0 || n != len || memcmp(got, want, n) != 0)
		return host_fails(name, len);
	return 0;
}

/* A host that does its work and is gone; atexit handlers run. */
static int
play_exit(void)
{
	return host.load() != 0 ? -1 : host.work();
}

static int
play_cleanup(void)
{
	if (host.load() != 0 || host.work() != 0)
		return -1;
	OPENSSL_cleanup();
	return host.finalize();
}

/* Fork; the child works. Its result. */
static int
fork_works(void)
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0) {
		(void)alarm(DEADLINE);
		_exit(host.child() == 0 && host.work() == 0 ? 0 : 1);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid || status != 0)
		return host_fails("child", (unsigned long)status);
	return 0;
}

static int
play_fork(void)
{
	int i;

	if (host.load() != 0)
		return -1;
	for (i = 0; i < TRIES; i++)
		if (host.work() != 0 || fork_works() != 0 ||
		    host.work() != 0)
			return -1;
	return host.unload();
}

static atomic_int stop, wrong;
static atomic_uint worked;

static void *
busy(void *arg)
{
	int (*const fn)(void) = host.look_only ? host.look : host.work;

	(void)arg;
	while (!atomic_load(&stop) && !atomic_load(&wrong)) {
		if (fn() != 0)
			atomic_store(&wrong, 1);
		atomic_fetch_add(&worked, 1);
	}
	return NULL;
}

static int
play_threads(void)
{
	pthread_t t[BUSY];
	int i, r = 0;

	if (host.load() != 0 || host.work() != 0)
		return -1;
	for (i = 0; i < BUSY; i++)
		if (pthread_create(&t[i], NULL, busy, NULL) != 0)
			return -1;
	while (atomic_load(&worked) < BUSY && !atomic_load(&wrong))
		(void)sched_yield();
	for (i = 0; i < FORKS && r == 0; i++)
		r = fork_works();
	atomic_store(&stop, 1);
	for (i = 0; i < BUSY; i++)
		(void)pthread_join(t[i], NULL);
	return r != 0 || wrong ? -1 : host.work();
}

static int
play_reload(void)
{
	int i;

	for (i = 0; i < TRIES; i++)
		if (host.load() != 0 || host.work() != 0 ||
		    host.unload() != 0)
			return -1;
	return 0;
}

static pthread_barrier_t start;

static void *
racer(void *arg)
{
	(void)arg;
	(void)pthread_barrier_wait(&start);
	if (host.load() != 0 || host.work() != 0)
		atomic_store(&wrong, 1);
	return NULL;
}

static int
play_race(void)
{
	pthread_t t[RACERS];
	int i;

	if (!host.race)
		return host_fails("nothing to race for", 0);
	(void)pthread_barrier_init(&start, NULL, RACERS);
	for (i = 0; i < RACERS; i++)
		if (pthread_create(&t[i], NULL, racer, NULL) != 0)
			return -1;
	for (i = 0; i < RACERS; i++)
		(void)pthread_join(t[i], NULL);
	return wrong ? -1 : host.work();
}

static void *
mixer(void *arg)
{
	const size_t who = (size_t)(uintptr_t)arg;
	size_t i;

	for (i = 0; !atomic_load(&stop) && !atomic_load(&wrong); i++)
		if (((i + who) % 4 == 0 ? host.work() : host.look()) != 0)
			atomic_store(&wrong, 1);
	return NULL;
}

static int
play_mix(void)
{
	pthread_t t[MIXERS];
	size_t i;

	if (host.look == NULL || host.load() != 0)
		return -1;
	for (i = 0; i < MIXERS; i++)
		if (pthread_create(&t[i], NULL, mixer,
		    (void *)(uintptr_t)i) != 0)
			return -1;
	/* Whoever started this says when it has seen enough. */
	(void)getchar();
	atomic_store(&stop, 1);
	for (i = 0; i < MIXERS; i++)
		(void)pthread_join(t[i], NULL);
	return wrong ? -1 : host.unload();
}

static int
play_twice(void)
{
	return host.twice == NULL ? host_fails("no second way", 0) :
	    host.twice();
}

static const struct {
	const char *name;
	int (*play)(void);
} scenes[] = {
	{ "exit", play_exit },
	{ "cleanup", play_cleanup },
	{ "fork", play_fork },
	{ "threads", play_threads },
	{ "reload", play_reload },
	{ "race", play_race },
	{ "mix", play_mix },
	{ "twice", play_twice }
};

int
main(int argc, char **argv)
{
	size_t i;

	if (argc != 4) {
		fprintf(stderr, "usage: %s SCENE MODULE DIR\n", argv[0]);
		return 2;
	}
	host_module = argv[2];
	dir = argv[3];
	host_pin = getenv("PIN") != NULL ? getenv("PIN") : "";
	(void)alarm(DEADLINE);
	for (i = 0; i < sizeof(scenes) / sizeof(scenes[0]); i++)
		if (strcmp(scenes[i].name, argv[1]) == 0)
			return scenes[i].play() == 0 ? 0 : 1;
	return host_fails(argv[1], 0) == 0 ? 0 : 2;
}
