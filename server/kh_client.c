/*
 * The front's side of the keyholder; see kh_client.h. It holds no key: what
 * it passes on is wrapped, sealed, or a result.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "buf.h"
#include "err.h"
#include "keyholder.h"
#include "kh_client.h"
#include "log.h"
#include "secret.h"

struct ly_kh {
	pid_t pid;
	struct ly_buf service;	/* encoded; constant while calls are made */
	pthread_mutex_t lock;	/* guards fds and n */
	pthread_cond_t free;
	int fds[LY_KH_CHANNELS_MAX];	/* those not in use */
	int n;
	int channels;
};

/*
 * In the child: the channels become descriptors LY_KH_FD and up. The ends
 * in theirs are all higher than that (see make_pairs), so none is hit.
 */
static void
exec_keyholder(const int *theirs, int n, char *const *argv)
{
	int i;

	for (i = 0; i < n; i++)
		if (dup2(theirs[i], LY_KH_FD + i) < 0)
			_exit(126);
	(void)execv("/proc/self/exe", argv);
	_exit(127);
}

/* Socket pairs, our ends in ours; the other ends above all targets. */
static int
make_pairs(int n, int *ours, int *theirs)
{
	int i, pair[2];

	for (i = 0; i < n; i++)
		ours[i] = theirs[i] = -1;
	for (i = 0; i < n; i++) {
		if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0,
		    pair) != 0)
			return LY_ERR_IO;
		ours[i] = pair[0];
		theirs[i] = fcntl(pair[1], F_DUPFD_CLOEXEC,
		    LY_KH_FD + LY_KH_CHANNELS_MAX);
		(void)close(pair[1]);
		if (theirs[i] < 0)
			return LY_ERR_IO;
	}
	return 0;
}

static void
close_all(int *fds, int n)
{
	int i;

	for (i = 0; i < n; i++)
		if (fds[i] >= 0)
			(void)close(fds[i]);
}

/* What the keyholder says first. */
static int
hear(int fd, struct ly_why *why)
{
	struct ly_secret hello = LY_SECRET_INIT;
	char text[LY_WHY_MAX] = "";
	struct ly_reader rd;
	int err = 0, r;

	if ((r = ly_kh_recv_secret(fd, &hello)) != 0) {
		r = ly_fail(why, LY_ERR_IO, "the keyholder did not start");
		goto out;
	}
	ly_reader_init(&rd, hello.data, hello.len);
	if ((r = ly_kh_get_err(&rd, &err)) == 0)
		r = ly_get_str(&rd, text, sizeof(text));
	if (r == 0 && err != 0)
		r = ly_fail(why, err, "%s", text);
out:
	ly_secret_clear(&hello);
	return r;
}

static int
spawn(const struct ly_kh_opts *opts, struct ly_kh *kh)
{
	int theirs[LY_KH_CHANNELS_MAX], r;
	const char *pass = opts->passphrase;
	char count[16];
	char *argv[7];

	(void)snprintf(count, sizeof(count), "%d", opts->channels);
	argv[0] = (char *)(uintptr_t)"lanyardd";
	argv[1] = (char *)(uintptr_t)"keyholder";
	argv[2] = (char *)(uintptr_t)opts->kek;
	argv[3] = count;
	argv[4] = (char *)(uintptr_t)(opts->make ? "make" : "load");
	argv[5] = (char *)(uintptr_t)(pass == NULL ? "" : pass);
	argv[6] = NULL;
	if ((r = make_pairs(opts->channels, kh->fds, theirs)) == 0) {
		if ((kh->pid = fork()) == 0)
			exec_keyholder(theirs, opts->channels, argv);
		if (kh->pid < 0)
			r = LY_ERR_IO;
	}
	close_all(theirs, opts->channels);
	return r;
}

int
ly_kh_start(const struct ly_kh_opts *opts, struct ly_kh **out,
    struct ly_why *why)
{
	struct ly_kh *kh;
	int r;

	if (opts->channels < 1 || opts->channels > LY_KH_CHANNELS_MAX)
		return LY_ERR_ARG;
	if ((kh = calloc(1, sizeof(*kh))) == NULL)
		return LY_ERR_NOMEM;
	pthread_mutex_init(&kh->lock, NULL);
	pthread_cond_init(&kh->free, NULL);
	kh->channels = opts->channels;
	kh->pid = -1;
	if ((r = spawn(opts, kh)) != 0)
		r = ly_fail(why, r, "cannot start the keyholder: %s",
		    strerror(errno));
	kh->n = kh->channels;
	if (r == 0)
		r = hear(kh->fds[0], why);
	if (r != 0) {
		(void)ly_kh_stop(&kh);
		return r;
	}
	*out = kh;
	return 0;
}

int
ly_kh_stop(struct ly_kh **kh)
{
	struct ly_kh *k;
	int status = 0, r = 0;

	if (kh == NULL || *kh == NULL)
		return 0;
	k = *kh;
	close_all(k->fds, k->n);
	if (k->pid > 0) {
		while (waitpid(k->pid, &status, 0) < 0 && errno == EINTR)
			;
		if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
			r = LY_ERR_IO;
	}
	ly_buf_clear(&k->service);
	pthread_cond_destroy(&k->free);
	pthread_mutex_destroy(&k->lock);
	free(k);
	*kh = NULL;
	return r;
}

pid_t
ly_kh_pid(const struct ly_kh *kh)
{
	return kh->pid;
}

int
ly_kh_use(struct ly_kh *kh, const struct ly_row_service *row)
{
	ly_buf_clear(&kh->service);
	ly_buf_init(&kh->service, LY_KH_REQUEST_MAX);
	return ly_kh_service_encode(row, &kh->service);
}

static int
take(struct ly_kh *kh, int *fd)
{
	int r = 0;

	pthread_mutex_lock(&kh->lock);
	while (kh->n == 0 && kh->channels > 0)
		pthread_cond_wait(&kh->free, &kh->lock);
	if (kh->n > 0)
		*fd = kh->fds[--kh->n];
	else
		r = LY_ERR_IO;
	pthread_mutex_unlock(&kh->lock);
	return r;
}

/* Give a channel back; one that failed is closed for good. */
static void
give(struct ly_kh *kh, int fd, int ok)
{
	pthread_mutex_lock(&kh->lock);
	if (ok)
		kh->fds[kh->n++] = fd;
	else
		kh->channels--;
	pthread_cond_signal(&kh->free);
	if (kh->channels == 0)
		pthread_cond_broadcast(&kh->free);
	pthread_mutex_unlock(&kh->lock);
	if (!ok)
		(void)close(fd);
}

/*
 * One exchange. The answer's error is the result; rd is left behind it, and
 * reads from answer.
 */
static int
ask(struct ly_kh *kh, struct ly_kh_req *q, struct ly_secret *answer,
    struct ly_reader *rd)
{
	struct ly_buf frame;
	int fd = -1, err = 0, r;

	ly_buf_init(&frame, LY_KH_REQUEST_MAX);
	q->service.p = kh->service.data;
	q->service.len = kh->service.len;
	if ((r = ly_kh_req_encode(q, &frame)) != 0 ||
	    (r = take(kh, &fd)) != 0)
		goto out;
	r = ly_kh_send(fd, frame.data, frame.len);
	if (r == 0)
		r = ly_kh_recv_secret(fd, answer);
	give(kh, fd, r == 0);
	if (r != 0) {
		ly_log(LY_LOG_ERROR, "keyholder: no answer");
		r = LY_ERR_IO;
		goto out;
	}
	ly_reader_init(rd, answer->data, answer->len);
	if ((r = ly_kh_get_err(rd, &err)) == 0)
		r = err;
out:
	ly_buf_clear(&frame);
	return r;
}

/* An exchange whose answer is one blob, appended to out. */
static int
ask_blob(struct ly_kh *kh, struct ly_kh_req *q, struct ly_buf *out)
{
	struct ly_secret answer = LY_SECRET_INIT;
	const uint8_t *p = NULL;
	struct ly_reader rd;
	size_t len = 0;
	int r;

	if ((r = ask(kh, q, &answer, &rd)) == 0 &&
	    (r = ly_get_blob(&rd, LY_KH_ANSWER_MAX, &p, &len)) == 0 &&
	    (r = ly_reader_end(&rd)) == 0)
		r = ly_buf_put(out, p, len);
	ly_secret_clear(&answer);
	return r;
}

int
ly_kh_make(struct ly_kh *kh, const char *tenant, struct ly_row_service *row)
{
	struct ly_kh_req q;
	struct ly_buf b;
	int r;

	memset(&q, 0, sizeof(q));
	ly_buf_init(&b, LY_KH_ANSWER_MAX);
	q.type = LY_KH_MAKE;
	(void)snprintf(q.name, LY_TENANT_MAX, "%s", tenant);
	if ((r = ask_blob(kh, &q, &b)) == 0)
		r = ly_kh_service_decode(b.data, b.len, row);
	ly_buf_clear(&b);
	return r;
}

/* One result of a batch. */
static int
read_result(struct ly_reader *rd, struct ly_kh_result *res)
{
	const uint8_t *p = NULL;
	size_t len = 0;
	int r;

	if ((r = ly_kh_get_err(rd, &res->err)) != 0 ||
	    (r = ly_get_blob(rd, LY_OP_OUT_MAX, &p, &len)) != 0)
		return r;
	if (res->err != 0)
		return 0;
	if (len > 0)
		return ly_secret_set(&res->data, p, len);
	return ly_secret_alloc(&res->data, 1);
}

int
ly_kh_ops(struct ly_kh *kh, struct ly_kh_op *ops, size_t n,
    struct ly_kh_result *result)
{
	struct ly_secret answer = LY_SECRET_INIT;
	struct ly_reader rd;
	struct ly_kh_req q;
	size_t i;
	int r;

	memset(&q, 0, sizeof(q));
	q.type = LY_KH_OPS;
	q.ops = ops;
	q.nops = n;
	r = ask(kh, &q, &answer, &rd);
	for (i = 0; i < n && r == 0; i++)
		r = read_result(&rd, &result[i]);
	if (r == 0)
		r = ly_reader_end(&rd);
	ly_secret_clear(&answer);
	return r;
}

int
ly_kh_import(struct ly_kh *kh, const struct ly_kh_key *key,
    const uint8_t *sealed, size_t len, struct ly_buf *wrapped)
{
	struct ly_kh_req q;

	memset(&q, 0, sizeof(q));
	q.type = LY_KH_IMPORT;
	q.key = *key;
	q.blob.p = sealed;
	q.blob.len = len;
	return ask_blob(kh, &q, wrapped);
}

int
ly_kh_seal(struct ly_kh *kh, const struct ly_kh_key *key,
    const uint8_t *rcpt, size_t len, int64_t not_after, struct ly_buf *cms)
{
	struct ly_kh_req q;

	memset(&q, 0, sizeof(q));
	q.type = LY_KH_SEAL;
	q.key = *key;
	q.blob.p = rcpt;
	q.blob.len = len;
	q.not_after = not_after;
	return ask_blob(kh, &q, cms);
}

int
ly_kh_issue(struct ly_kh *kh, enum ly_cert_kind kind, const char *name,
    const uint8_t *csr, size_t len, int64_t not_after, struct ly_buf *cert)
{
	struct ly_kh_req q;

	memset(&q, 0, sizeof(q));
	q.type = LY_KH_ISSUE;
	q.kind = (uint8_t)kind;
	(void)snprintf(q.name, sizeof(q.name), "%s", name);
	q.blob.p = csr;
	q.blob.len = len;
	q.not_after = not_after;
	return ask_blob(kh, &q, cert);
}
