/*
 * lanyardd serve: the front. Starts the keyholder while there is one
 * thread, then audit, pool and listener, and waits for a signal. When the
 * keyholder ends, so does the front: a supervisor starts both afresh.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "api.h"
#include "audit.h"
#include "buf.h"
#include "cmd.h"
#include "enroll.h"
#include "err.h"
#include "file.h"
#include "kh_client.h"
#include "listener.h"
#include "log.h"
#include "pool.h"
#include "secret.h"
#include "tls.h"
#include "wire.h"

struct run {
	struct ly_app app;
	struct ly_serve sv;
	struct ly_file_lock *lock;
	struct ly_pool *pool;
	struct ly_listener *listener;
	unsigned workers;
	sigset_t signals;
};

/* Threads that use keys: twice the processors, so that none idles. */
static unsigned
worker_count(const struct ly_sconf *conf)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	if (conf->workers > 0)
		return conf->workers;
	n = n < 1 ? 2 : 2 * n;
	return n < 4 ? 4 : n > 64 ? 64 : (unsigned)n;
}

/* All signals that end us are waited for, by this thread alone. */
static void
block_signals(struct run *run)
{
	(void)signal(SIGPIPE, SIG_IGN);
	(void)sigemptyset(&run->signals);
	(void)sigaddset(&run->signals, SIGTERM);
	(void)sigaddset(&run->signals, SIGINT);
	(void)sigaddset(&run->signals, SIGHUP);
	(void)sigaddset(&run->signals, SIGCHLD);
	(void)pthread_sigmask(SIG_BLOCK, &run->signals, NULL);
}

static int
prepare(struct run *run, const struct ly_opts *o, struct ly_why *why)
{
	struct ly_app *app = &run->app;
	char path[LY_PATH_MAX];
	int renewed = 0, r;

	if ((r = ly_app_open(o->dir, app, why)) != 0)
		return r;
	(void)ly_log_open("-", app->conf.log_level);
	if ((r = ly_app_path(app, LY_F_SERVE_LOCK, path)) != 0)
		return r;
	r = ly_file_lock(path, 0, &run->lock, NULL);
	if (r == LY_ERR_BUSY)
		return ly_fail(why, r, "%s: served already by another "
		    "lanyardd: stop that one first", app->dir);
	if (r != 0)
		return ly_fail(why, r, "%s: cannot lock: %s", path,
		    ly_strerror(r));
	run->workers = worker_count(&app->conf);
	r = ly_app_keyholder(app, o->passphrase_file, (int)run->workers,
	    why);
	if (r == 0)
		r = ly_tls_renew(app, &renewed, why);
	if (renewed)
		ly_log(LY_LOG_WARN, "renewed the TLS certificate");
	return r;
}

static int
start_listener(struct run *run, struct ly_why *why)
{
	struct ly_app *app = &run->app;
	struct ly_buf cert, key, ca;
	uint16_t port = 0;
	int fd = -1, r;

	ly_buf_init(&cert, 1);
	ly_buf_init(&key, 1);
	ly_buf_init(&ca, 1);
	if ((r = ly_tls_read(app, &cert, &key, &ca, why)) != 0 ||
	    (r = ly_listen_socket(&app->conf.listen, &fd, &port, why)) != 0)
		goto out;
	r = ly_listener_start(&run->sv, run->pool, fd,
	    (const char *)cert.data, (const char *)key.data,
	    (const char *)ca.data, &run->listener, why);
out:
	if (key.data != NULL)
		ly_wipe(key.data, key.len);
	ly_buf_clear(&cert);
	ly_buf_clear(&key);
	ly_buf_clear(&ca);
	return r;
}

static int
start(struct run *run, struct ly_why *why)
{
	struct ly_store *s = NULL;
	int r;

	run->sv.app = &run->app;
	ly_buf_init(&run->sv.discovery, LY_WIRE_BODY_MAX);
	if ((r = ly_limiter_new(&run->sv.limiter)) != 0 ||
	    (r = ly_api_discovery_make(&run->sv, &run->sv.discovery)) != 0 ||
	    (r = ly_app_store(&run->app, &s, why)) != 0 ||
	    (r = ly_audit_start(&s, &run->sv.audit)) != 0 ||
	    (r = ly_pool_start(&run->sv, run->workers, &run->pool,
	    why)) != 0)
		return r;
	return start_listener(run, why);
}

/* In reverse order: what is under way is finished first. */
static int
stop(struct run *run)
{
	int r, r2;

	ly_listener_stop(&run->listener);
	ly_pool_stop(&run->pool);
	r = ly_audit_stop(&run->sv.audit);
	if (r != 0)
		ly_log(LY_LOG_ERROR, "audit: the last records are lost");
	r2 = ly_kh_stop(&run->app.kh);
	ly_limiter_free(&run->sv.limiter);
	ly_buf_clear(&run->sv.discovery);
	ly_app_close(&run->app);
	ly_file_unlock(&run->lock);
	return r != 0 ? r : r2;
}

/* 1 if the keyholder has ended by itself; it is not reaped here. */
static int
keyholder_gone(const struct run *run)
{
	siginfo_t info;

	memset(&info, 0, sizeof(info));
	return waitid(P_PID, (id_t)ly_kh_pid(run->app.kh), &info,
	    WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid != 0;
}

/* Until a signal says so. 0, or LY_ERR_IO when the keyholder died. */
static int
wait_for_end(struct run *run)
{
	int sig = SIGCHLD;	/* it may have died before we blocked it */

	for (;; sig = sigwaitinfo(&run->signals, NULL)) {
		if (sig == SIGCHLD && keyholder_gone(run)) {
			ly_log(LY_LOG_ERROR, "the keyholder has ended: "
			    "stopping; start lanyardd again");
			return LY_ERR_IO;
		}
		if (sig == SIGHUP)
			ly_log(LY_LOG_WARN, "SIGHUP: nothing is reloaded; "
			    "start lanyardd again for a new configuration");
		if (sig == SIGTERM || sig == SIGINT) {
			ly_log(LY_LOG_INFO, "stopping");
			return 0;
		}
	}
}

int
ly_cmd_serve(int argc, char **argv)
{
	struct ly_why why = { "" };
	char url[LY_URL_MAX];
	struct ly_opts o;
	struct run run;
	int r, r2;

	if (ly_opts_parse(argc, argv, LY_O_DIR | LY_O_PASSFILE, &o) != 0)
		return 2;
	if (o.nargs != 0)
		return ly_cmd_usage(argv[0], "wants no arguments");
	memset(&run, 0, sizeof(run));
	if ((r = prepare(&run, &o, &why)) != 0)
		goto out;
	block_signals(&run);
	if ((r = start(&run, &why)) != 0)
		goto out;
	ly_sconf_url(&run.app.conf, url);
	ly_log(LY_LOG_INFO, "serving %s from %s, %u workers", url,
	    run.app.dir, run.workers);
	(void)printf("ready %s\n", url);
	(void)fflush(stdout);
	r = wait_for_end(&run);
	if (r != 0)
		(void)ly_fail(&why, r, "the keyholder has ended");
out:
	r2 = stop(&run);
	return r != 0 ? ly_cmd_fail(argv[0], r, &why) : r2 != 0 ? 1 : 0;
}
