/*
 * The keyholder process: KEK in, hardening, one thread a channel. It has no
 * network, no database, and no files after its start; see keyholder.h.
 */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "buf.h"
#include "compat.h"
#include "crypto.h"
#include "err.h"
#include "harden.h"
#include "kek.h"
#include "keyholder.h"
#include "log.h"
#include "pkey.h"
#include "secret.h"

#define STACK_BYTES (1024 * 1024)

struct start {
	const char *kek_path, *mode, *passphrase;
	int channels;
};

struct worker {
	pthread_t thread;
	struct ly_kh_keys *keys;
	int fd;
	struct ly_mutex *gate;	/* held until the process is hardened */
};

static void *
work(void *arg)
{
	struct ly_secret answer = LY_SECRET_INIT;
	struct ly_kh_service svc;
	struct worker *w = arg;
	struct ly_buf request;
	int r;

	memset(&svc, 0, sizeof(svc));
	ly_buf_init(&request, LY_KH_REQUEST_MAX);
	ly_mutex_lock(w->gate);
	ly_mutex_unlock(w->gate);
	do {
		request.len = 0;
		if ((r = ly_kh_recv(w->fd, &request)) != 0)
			break;
		if ((r = ly_kh_answer(w->keys, &svc, &request, &answer)) == 0)
			r = ly_kh_send(w->fd, answer.data, answer.len);
		ly_secret_clear(&answer);
	} while (r == 0);
	(void)close(w->fd);
	ly_kh_service_clear(&svc);
	ly_buf_clear(&request);
	return NULL;
}

static int
get_passphrase(const struct start *st, int make, struct ly_secret *pass,
    struct ly_why *why)
{
	if (strcmp(st->passphrase, "?") == 0 || st->passphrase[0] == '\0')
		return ly_passphrase_ask("Passphrase of the key service",
		    make, pass, why);
	return ly_passphrase_read(st->passphrase, pass, why);
}

/* Make the KEK's file when told to, and load it. */
static int
get_kek(const struct start *st, struct ly_secret *kek, struct ly_why *why)
{
	struct ly_secret pass = LY_SECRET_INIT;
	int make = strcmp(st->mode, "make") == 0, needed = 0, r;

	if (make) {
		needed = st->passphrase[0] != '\0';
		if (needed && (r = get_passphrase(st, 1, &pass, why)) != 0)
			goto out;
		r = ly_kek_make(st->kek_path, needed ? &pass : NULL, why);
		if (r != 0)
			goto out;
	} else {
		r = ly_kek_passphrase_needed(st->kek_path, &needed, why);
		if (r == 0 && needed)
			r = get_passphrase(st, 0, &pass, why);
		if (r != 0)
			goto out;
	}
	r = ly_kek_load(st->kek_path, needed ? &pass : NULL, kek, why);
out:
	ly_secret_clear(&pass);
	return r;
}

/*
 * Have the libraries load, now, what they load from files at first use:
 * time zone, configuration, algorithms.
 */
static int
warm_up(void)
{
	struct ly_pkey *key = NULL;
	struct ly_buf spki;
	int r;

	tzset();
	ly_buf_init(&spki, LY_KH_SPKI_MAX);
	if ((r = ly_pkey_generate_p256(&key)) == 0 &&
	    (r = ly_pkey_spki(key, &spki)) == 0)
		r = ly_pkey_prove(key, spki.data, spki.len);
	ly_pkey_free(&key);
	ly_buf_clear(&spki);
	return r;
}

static int
start_workers(struct worker *w, int n, struct ly_kh_keys *keys,
    struct ly_mutex *gate)
{
	pthread_attr_t attr;
	int i, rc = 0;

	pthread_attr_init(&attr);
	(void)pthread_attr_setstacksize(&attr, STACK_BYTES);
	for (i = 0; i < n && rc == 0; i++) {
		w[i].keys = keys;
		w[i].fd = LY_KH_FD + i;
		w[i].gate = gate;
		rc = pthread_create(&w[i].thread, &attr, work, &w[i]);
	}
	pthread_attr_destroy(&attr);
	return rc == 0 ? 0 : LY_ERR_NOMEM;
}

/* Tell the front that we are ready, or why not. */
static int
say(int err, const struct ly_why *why)
{
	struct ly_secret hello = LY_SECRET_INIT;
	int r;

	if ((r = ly_secret_alloc(&hello, sizeof(why->text) + 16)) == 0 &&
	    (r = ly_kh_put_err(&hello, err)) == 0 &&
	    (r = ly_kh_put_blob(&hello, why->text,
	    strlen(why->text))) == 0)
		r = ly_kh_send(LY_KH_FD, hello.data, hello.len);
	ly_secret_clear(&hello);
	return r;
}

static int
run(const struct start *st)
{
	static struct worker workers[LY_KH_CHANNELS_MAX];
	static struct ly_mutex gate = LY_MUTEX_INIT;
	struct ly_secret kek = LY_SECRET_INIT;
	struct ly_kh_keys *keys = NULL;
	struct ly_why why = { "" };
	int i, r;

	if ((r = get_kek(st, &kek, &why)) != 0 || (r = warm_up()) != 0 ||
	    (r = ly_kh_keys_new(&kek, LY_KH_CACHE_MAX, &keys)) != 0)
		goto out;
	ly_harden_memory();
	ly_mutex_lock(&gate);
	/* A thread that could not be made ends the process: no join. */
	if ((r = start_workers(workers, st->channels, keys, &gate)) != 0)
		goto out;
	if ((r = ly_harden_calls()) != 0) {
		r = ly_fail(&why, r, "keyholder: this kernel has no seccomp "
		    "filter");
		goto out;
	}
	if ((r = say(0, &why)) != 0)
		goto out;
	ly_mutex_unlock(&gate);
	for (i = 0; i < st->channels; i++)
		pthread_join(workers[i].thread, NULL);
	ly_kh_keys_free(&keys);
	return 0;
out:
	if (why.text[0] == '\0')
		(void)ly_fail(&why, r, "keyholder: %s", ly_strerror(r));
	(void)say(r, &why);
	ly_secret_clear(&kek);
	return r;
}

int
ly_keyholder_main(int argc, char **argv)
{
	struct start st;

	if (argc != 5) {
		(void)fprintf(stderr, "lanyardd keyholder: started by "
		    "lanyardd itself only\n");
		return 2;
	}
	st.kek_path = argv[1];
	st.channels = (int)strtol(argv[2], NULL, 10);
	st.mode = argv[3];
	st.passphrase = argv[4];
	if (st.channels < 1 || st.channels > LY_KH_CHANNELS_MAX)
		return 2;
	/* A ^C at the terminal is the front's: we end when it has. */
	(void)signal(SIGINT, SIG_IGN);
	(void)signal(SIGTERM, SIG_IGN);
	(void)signal(SIGHUP, SIG_IGN);
	(void)signal(SIGPIPE, SIG_IGN);
	ly_harden_basic();
	return run(&st) == 0 ? 0 : 1;
}
