/*
 * TLS and HTTP; see listener.h. A connection is suspended while the pool
 * answers its request, so that a slow one delays no other. Bodies have a
 * cap, are wiped, and are never logged.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "cert.h"
#include "compat.h"
#include "crypto.h"
#include "err.h"
#include "listener.h"
#include "log.h"
#include "reply.h"
#include "router.h"

#define PRIORITIES "NORMAL:-VERS-ALL:+VERS-TLS1.3:-GROUP-ALL:" \
    "+GROUP-X25519:+GROUP-SECP256R1:+GROUP-SECP384R1"
#define BACKLOG 1024
#define PATH_MAX_LEN 256	/* bytes of a path that we look at */
#define DRAIN_MAX ((size_t)16 * 1024 * 1024)	/* body read, to refuse it */
#define CONNECTION_MEMORY ((size_t)32 * 1024)
#define STOP_WAIT_MS 10000
#define PEER_MAX 64

/* lock guards active and stop. */
struct ly_listener {
	struct ly_serve *sv;
	struct ly_pool *pool;
	struct MHD_Daemon *daemon;
	pthread_mutex_t lock;
	pthread_cond_t idle;
	unsigned active;	/* requests under way */
	int stop;
	uint64_t connections;	/* numbers given out */
};

/* One connection; what TLS says of it is looked up at its first request. */
struct conn {
	uint64_t number;
	char peer[PEER_MAX];	/* "127.0.0.1:1234" */
	int known;
	enum ly_peer kind;
	uint8_t digest[LY_SHA256_LEN];
	int64_t not_after;
};

enum stage {
	STAGE_BODY = 0,
	STAGE_POOL,
	STAGE_ANSWER
};

/* One request. job is first: the pool gives it back by that address. */
struct request {
	struct ly_job job;
	struct ly_listener *l;
	struct MHD_Connection *connection;
	struct conn *conn;
	enum stage stage;
	size_t body_max, body_seen;
	int64_t start_ms;
	int logged;
	char method[16];
	char path[PATH_MAX_LEN];
};

int
ly_listen_socket(const struct ly_listen *where, int *fd, uint16_t *port,
    struct ly_why *why)
{
	struct sockaddr_storage sa;
	struct sockaddr_in *a4 = (struct sockaddr_in *)&sa;
	struct sockaddr_in6 *a6 = (struct sockaddr_in6 *)&sa;
	socklen_t len = sizeof(*a4);
	const int one = 1;
	int s, e;

	memset(&sa, 0, sizeof(sa));
	if (inet_pton(AF_INET, where->host, &a4->sin_addr) == 1) {
		a4->sin_family = AF_INET;
		a4->sin_port = htons(where->port);
	} else if (inet_pton(AF_INET6, where->host, &a6->sin6_addr) == 1) {
		a6->sin6_family = AF_INET6;
		a6->sin6_port = htons(where->port);
		len = sizeof(*a6);
	} else {
		return ly_fail(why, LY_ERR_FORMAT, "listen: not an IP "
		    "address");
	}
	s = socket(sa.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
	    0);
	if (s >= 0 && setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &one,
	    sizeof(one)) == 0 && bind(s, (struct sockaddr *)&sa, len) == 0 &&
	    listen(s, BACKLOG) == 0 &&
	    getsockname(s, (struct sockaddr *)&sa, &len) == 0) {
		*port = ntohs(sa.ss_family == AF_INET ? a4->sin_port :
		    a6->sin6_port);
		*fd = s;
		return 0;
	}
	e = errno;
	if (s >= 0)
		(void)close(s);
	return ly_fail(why, e == EADDRINUSE ? LY_ERR_EXISTS : LY_ERR_IO,
	    "cannot listen on %s port %u: %s: %s", where->host,
	    (unsigned)where->port, strerror(e), e == EADDRINUSE ?
	    "stop the other program, or set another \"listen\" in "
	    "lanyardd.conf" : "check \"listen\" in lanyardd.conf");
}

static void
peer_text(const struct sockaddr *sa, char *out)
{
	const struct sockaddr_in6 *a6 = (const void *)sa;
	const struct sockaddr_in *a4 = (const void *)sa;
	char host[INET6_ADDRSTRLEN] = "?";

	if (sa->sa_family == AF_INET) {
		(void)inet_ntop(AF_INET, &a4->sin_addr, host, sizeof(host));
		(void)snprintf(out, PEER_MAX, "%s:%u", host,
		    (unsigned)ntohs(a4->sin_port));
	} else {
		(void)inet_ntop(AF_INET6, &a6->sin6_addr, host,
		    sizeof(host));
		(void)snprintf(out, PEER_MAX, "[%s]:%u", host,
		    (unsigned)ntohs(a6->sin6_port));
	}
}

static void
on_connection(void *cls, struct MHD_Connection *connection, void **ctx,
    enum MHD_ConnectionNotificationCode code)
{
	const union MHD_ConnectionInfo *info;
	struct ly_listener *l = cls;
	struct conn *c;

	if (code == MHD_CONNECTION_NOTIFY_CLOSED) {
		free(*ctx);
		*ctx = NULL;
		return;
	}
	if ((c = calloc(1, sizeof(*c))) == NULL)
		return;
	pthread_mutex_lock(&l->lock);
	c->number = ++l->connections;
	pthread_mutex_unlock(&l->lock);
	info = MHD_get_connection_info(connection,
	    MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	if (info != NULL)
		peer_text(info->client_addr, c->peer);
	*ctx = c;
}

/* Who is at the other end, by the certificate of the TLS session. */
static void
look_at_peer(struct request *rq)
{
	const struct ly_buf *ca = &rq->l->sv->app->service.ca.cert;
	const union MHD_ConnectionInfo *info;
	struct conn *c = rq->conn;
	const gnutls_datum_t *chain = NULL;
	struct ly_cert_info cert;
	unsigned n = 0;
	int r;

	c->known = 1;
	info = MHD_get_connection_info(rq->connection,
	    MHD_CONNECTION_INFO_GNUTLS_SESSION);
	if (info != NULL)
		chain = gnutls_certificate_get_peers(
		    (gnutls_session_t)info->tls_session, &n);
	if (chain == NULL || n == 0)
		return;
	c->kind = LY_PEER_FOREIGN;
	r = ly_cert_verify(chain[0].data, chain[0].size, ca->data, ca->len,
	    ly_time());
	if ((r != 0 && r != LY_ERR_EXPIRED) ||
	    ly_cert_parse(chain[0].data, chain[0].size, &cert) != 0)
		return;
	if (ly_digest(LY_SHA256, chain[0].data + cert.spki.off,
	    cert.spki.len, c->digest) != 0)
		return;
	/* One that has not begun counts as ended. */
	c->not_after = r == LY_ERR_EXPIRED ? 0 : cert.not_after;
	c->kind = LY_PEER_OURS;
}

static const char *
header(struct MHD_Connection *connection, const char *name)
{
	return MHD_lookup_connection_value(connection, MHD_HEADER_KIND,
	    name);
}

/* A decimal number, or 0. */
static uint64_t
number(const char *text)
{
	uint64_t v = 0;

	if (text == NULL || strlen(text) > 18)
		return 0;
	for (; *text >= '0' && *text <= '9'; text++)
		v = v * 10 + (uint64_t)(*text - '0');
	return *text == '\0' ? v : 0;
}

static int
is_json(const char *type)
{
	static const char json[] = "application/json";
	const size_t n = sizeof(json) - 1;

	return type != NULL && strncasecmp(type, json, n) == 0 &&
	    (type[n] == '\0' || type[n] == ';' || type[n] == ' ');
}

/* What the pool needs of the request's head. */
static void
fill_call(struct request *rq)
{
	struct ly_call *c = &rq->job.call;
	const char *v;

	if (!rq->conn->known)
		look_at_peer(rq);
	c->sv = rq->l->sv;
	c->method = rq->method;
	c->path = rq->path;
	c->since = number(MHD_lookup_connection_value(rq->connection,
	    MHD_GET_ARGUMENT_KIND, "since"));
	if ((v = header(rq->connection, "If-None-Match")) != NULL)
		(void)snprintf(c->etag, sizeof(c->etag), "%s", v);
	c->json = is_json(header(rq->connection, "Content-Type"));
	c->peer = rq->conn->kind;
	memcpy(c->peer_digest, rq->conn->digest, sizeof(c->peer_digest));
	c->peer_not_after = rq->conn->not_after;
}

static void
begin_request(struct ly_listener *l)
{
	pthread_mutex_lock(&l->lock);
	l->active++;
	pthread_mutex_unlock(&l->lock);
}

static void
end_request(struct ly_listener *l)
{
	pthread_mutex_lock(&l->lock);
	if (--l->active == 0)
		pthread_cond_broadcast(&l->idle);
	pthread_mutex_unlock(&l->lock);
}

static int
stopping(struct ly_listener *l)
{
	int stop;

	pthread_mutex_lock(&l->lock);
	stop = l->stop;
	pthread_mutex_unlock(&l->lock);
	return stop;
}

/* A path for the log: nothing that could look like another field. */
static void
copy_path(char *dst, size_t cap, const char *src)
{
	size_t i;

	for (i = 0; i < cap - 1 && src[i] != '\0'; i++)
		dst[i] = src[i] > ' ' && src[i] < 0x7f ? src[i] : '?';
	dst[i] = '\0';
}

static struct request *
request_new(struct ly_listener *l, struct MHD_Connection *connection,
    const char *url, const char *method)
{
	const union MHD_ConnectionInfo *info;
	const char *param, *allow;
	const struct ly_route *route;
	struct request *rq;

	info = MHD_get_connection_info(connection,
	    MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	if (info == NULL || info->socket_context == NULL)
		return NULL;
	if ((rq = calloc(1, sizeof(*rq))) == NULL)
		return NULL;
	rq->l = l;
	rq->connection = connection;
	rq->conn = info->socket_context;
	rq->start_ms = ly_now_ms();
	copy_path(rq->path, sizeof(rq->path), url);
	copy_path(rq->method, sizeof(rq->method), method);
	route = ly_router_find(rq->method, rq->path, &param, &allow);
	rq->body_max = route == NULL ? 0 : route->body_max;
	ly_buf_init(&rq->job.call.body, rq->body_max + 1);
	begin_request(l);
	return rq;
}

static void
log_request(const struct request *rq)
{
	const struct ly_call *c = &rq->job.call;

	ly_log(LY_LOG_INFO, "request peer=%s conn=%llu device=%s method=%s "
	    "path=%s status=%d items=%zu ms=%lld", rq->conn->peer,
	    (unsigned long long)rq->conn->number,
	    c->device.id[0] == '\0' ? "-" : c->device.id, rq->method,
	    rq->path, c->reply.status, c->items,
	    (long long)(ly_now_ms() - rq->start_ms));
}

static enum MHD_Result
send_answer(struct request *rq)
{
	int closing = stopping(rq->l) || rq->body_seen > DRAIN_MAX;

	if (!rq->logged)
		log_request(rq);
	rq->logged = 1;
	return ly_reply_queue(rq->connection, &rq->job.call.reply, closing) ?
	    MHD_YES : MHD_NO;
}

static enum MHD_Result
send_problem(struct request *rq, enum ly_problem problem)
{
	ly_reply_problem(&rq->job.call.reply, problem);
	rq->stage = STAGE_ANSWER;
	return send_answer(rq);
}

/* Called by a thread of the pool: the answer is there. */
static void
on_done(struct ly_job *job)
{
	struct request *rq = (struct request *)job;

	rq->stage = STAGE_ANSWER;
	MHD_resume_connection(rq->connection);
}

/* A part of the body. What is over the limit is read and dropped. */
static enum MHD_Result
take_body(struct request *rq, const char *data, size_t len)
{
	struct ly_buf *body = &rq->job.call.body;

	rq->body_seen += len;
	if (rq->body_seen > DRAIN_MAX)
		return MHD_NO;
	if (rq->body_seen <= rq->body_max &&
	    ly_buf_put(body, data, len) != 0)
		return MHD_NO;
	return MHD_YES;
}

static enum MHD_Result
dispatch(struct request *rq)
{
	if (rq->body_seen > rq->body_max)
		return send_problem(rq, rq->body_max == 0 ?
		    LY_P_BAD_REQUEST : LY_P_TOO_LARGE);
	if (stopping(rq->l))
		return send_problem(rq, LY_P_BUSY);
	fill_call(rq);
	rq->job.done = on_done;
	rq->stage = STAGE_POOL;
	MHD_suspend_connection(rq->connection);
	if (ly_pool_submit(rq->l->pool, &rq->job) == 0)
		return MHD_YES;
	ly_reply_problem(&rq->job.call.reply, LY_P_BUSY);
	on_done(&rq->job);
	return MHD_YES;
}

static enum MHD_Result
on_request(void *cls, struct MHD_Connection *connection, const char *url,
    const char *method, const char *version, const char *data, size_t *len,
    void **ctx)
{
	struct request *rq = *ctx;
	const char *announced;

	(void)version;
	if (rq == NULL) {
		if ((rq = request_new(cls, connection, url, method)) == NULL)
			return MHD_NO;
		*ctx = rq;
		announced = header(connection, "Content-Length");
		if (number(announced) > DRAIN_MAX ||
		    (announced != NULL && strlen(announced) > 18)) {
			rq->body_seen = DRAIN_MAX + 1;
			return send_problem(rq, LY_P_TOO_LARGE);
		}
		return MHD_YES;
	}
	if (rq->stage == STAGE_ANSWER)
		return send_answer(rq);
	if (*len > 0) {
		size_t n = *len;

		*len = 0;
		return take_body(rq, data, n);
	}
	return dispatch(rq);
}

static void
on_completed(void *cls, struct MHD_Connection *connection, void **ctx,
    enum MHD_RequestTerminationCode code)
{
	struct ly_listener *l = cls;
	struct request *rq = *ctx;
	struct ly_buf *body;

	(void)connection;
	(void)code;
	if (rq == NULL)
		return;
	*ctx = NULL;
	body = &rq->job.call.body;
	if (body->data != NULL)
		ly_wipe(body->data, body->len);
	ly_buf_clear(body);
	ly_call_clear(&rq->job.call);
	free(rq);
	end_request(l);
}

static void
on_library_log(void *cls, const char *fmt, va_list ap)
{
	char text[256];

	(void)cls;
	if (!ly_log_on(LY_LOG_DEBUG))
		return;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	(void)vsnprintf(text, sizeof(text), fmt, ap);
#pragma GCC diagnostic pop
	ly_log(LY_LOG_DEBUG, "http: %s", text);
}

int
ly_listener_start(struct ly_serve *sv, struct ly_pool *pool, int fd,
    const char *cert, const char *key, const char *ca,
    struct ly_listener **out, struct ly_why *why)
{
	const struct ly_sconf *conf = &sv->app->conf;
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	unsigned threads = cpus < 2 ? 2 : cpus > 16 ? 16 : (unsigned)cpus;
	struct ly_listener *l;

	if ((l = calloc(1, sizeof(*l))) == NULL) {
		(void)close(fd);
		return LY_ERR_NOMEM;
	}
	l->sv = sv;
	l->pool = pool;
	pthread_mutex_init(&l->lock, NULL);
	pthread_cond_init(&l->idle, NULL);
	l->daemon = MHD_start_daemon(MHD_USE_POLL_INTERNAL_THREAD |
	    MHD_USE_TLS | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG,
	    0, NULL, NULL, on_request, l,
	    MHD_OPTION_EXTERNAL_LOGGER, on_library_log, NULL,
	    MHD_OPTION_LISTEN_SOCKET, fd,
	    MHD_OPTION_THREAD_POOL_SIZE, threads,
	    MHD_OPTION_CONNECTION_LIMIT, conf->connections < threads ?
	    threads : conf->connections,
	    MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)conf->idle_s,
	    MHD_OPTION_CONNECTION_MEMORY_LIMIT, CONNECTION_MEMORY,
	    MHD_OPTION_HTTPS_MEM_CERT, cert,
	    MHD_OPTION_HTTPS_MEM_KEY, key,
	    MHD_OPTION_HTTPS_MEM_TRUST, ca,
	    MHD_OPTION_HTTPS_PRIORITIES, PRIORITIES,
	    MHD_OPTION_NOTIFY_CONNECTION, on_connection, l,
	    MHD_OPTION_NOTIFY_COMPLETED, on_completed, l,
	    MHD_OPTION_END);
	if (l->daemon == NULL) {
		(void)close(fd);
		pthread_mutex_destroy(&l->lock);
		pthread_cond_destroy(&l->idle);
		free(l);
		return ly_fail(why, LY_ERR_IO, "cannot start TLS: check "
		    "tls.crt and tls.key");
	}
	*out = l;
	return 0;
}

/* Wait until nothing is under way, or for too long. */
static void
wait_idle(struct ly_listener *l)
{
	struct timespec until;

	(void)clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += STOP_WAIT_MS / 1000;
	pthread_mutex_lock(&l->lock);
	l->stop = 1;
	while (l->active > 0)
		if (pthread_cond_timedwait(&l->idle, &l->lock, &until) != 0)
			break;
	pthread_mutex_unlock(&l->lock);
}

void
ly_listener_stop(struct ly_listener **listener)
{
	struct ly_listener *l;
	int fd;

	if (listener == NULL || *listener == NULL)
		return;
	l = *listener;
	fd = MHD_quiesce_daemon(l->daemon);
	wait_idle(l);
	MHD_stop_daemon(l->daemon);
	if (fd >= 0)
		(void)close(fd);
	pthread_mutex_destroy(&l->lock);
	pthread_cond_destroy(&l->idle);
	free(l);
	*listener = NULL;
}
