/*
 * Frames between front and keyholder; see kh_proto.h. Both ends use this
 * code. It refuses what is longer than its limits, left over or unknown.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "buf.h"
#include "err.h"
#include "kh_proto.h"
#include "secret.h"

static void
put_view(struct ly_buf *b, const struct ly_view *v)
{
	(void)ly_buf_put_blob(b, v->p, v->len);
}

static void
put_key(struct ly_buf *b, const struct ly_kh_key *k)
{
	(void)ly_buf_put_str(b, k->mailbox);
	(void)ly_buf_put(b, k->key_id, sizeof(k->key_id));
	(void)ly_buf_put_u32(b, k->use);
	(void)ly_buf_put_u32(b, k->version);
	put_view(b, &k->spki);
	put_view(b, &k->wrapped);
}

static void
put_alg(struct ly_buf *b, const struct ly_alg *a)
{
	(void)ly_buf_put_u8(b, (uint8_t)a->op);
	(void)ly_buf_put_u8(b, (uint8_t)a->scheme);
	(void)ly_buf_put_u8(b, (uint8_t)a->hash);
	(void)ly_buf_put_u8(b, (uint8_t)a->mgf);
	(void)ly_buf_put_u32(b, a->salt_len);
	(void)ly_buf_put_blob(b, a->label, a->label_len);
}

int
ly_kh_req_encode(const struct ly_kh_req *q, struct ly_buf *b)
{
	size_t i;

	(void)ly_buf_put_u8(b, (uint8_t)q->type);
	put_view(b, &q->service);
	switch (q->type) {
	case LY_KH_MAKE:
		(void)ly_buf_put_str(b, q->name);
		break;
	case LY_KH_OPS:
		(void)ly_buf_put_u32(b, (uint32_t)q->nops);
		for (i = 0; i < q->nops; i++) {
			put_key(b, &q->ops[i].key);
			put_alg(b, &q->ops[i].alg);
			put_view(b, &q->ops[i].data);
		}
		break;
	case LY_KH_IMPORT:
		put_key(b, &q->key);
		put_view(b, &q->blob);
		break;
	case LY_KH_SEAL:
		put_key(b, &q->key);
		put_view(b, &q->blob);
		(void)ly_buf_put_u64(b, (uint64_t)q->not_after);
		break;
	case LY_KH_ISSUE:
		(void)ly_buf_put_u8(b, q->kind);
		(void)ly_buf_put_str(b, q->name);
		put_view(b, &q->blob);
		(void)ly_buf_put_u64(b, (uint64_t)q->not_after);
		break;
	default:
		return LY_ERR_ARG;
	}
	return b->err;
}

static int
get_view(struct ly_reader *rd, size_t max, struct ly_view *v)
{
	return ly_get_blob(rd, max, &v->p, &v->len);
}

static int
get_key(struct ly_reader *rd, struct ly_kh_key *k)
{
	const uint8_t *id = NULL;
	int r;

	if ((r = ly_get_str(rd, k->mailbox, sizeof(k->mailbox))) != 0 ||
	    (r = ly_get_bytes(rd, sizeof(k->key_id), &id)) != 0 ||
	    (r = ly_get_u32(rd, &k->use)) != 0 ||
	    (r = ly_get_u32(rd, &k->version)) != 0 ||
	    (r = get_view(rd, LY_KH_SPKI_MAX, &k->spki)) != 0)
		return r;
	memcpy(k->key_id, id, sizeof(k->key_id));
	return get_view(rd, LY_WRAPPED_MAX, &k->wrapped);
}

static int
get_alg(struct ly_reader *rd, struct ly_alg *a)
{
	const uint8_t *label = NULL;
	uint8_t op = 0, scheme = 0, hash = 0, mgf = 0;
	int r;

	if ((r = ly_get_u8(rd, &op)) != 0 ||
	    (r = ly_get_u8(rd, &scheme)) != 0 ||
	    (r = ly_get_u8(rd, &hash)) != 0 ||
	    (r = ly_get_u8(rd, &mgf)) != 0 ||
	    (r = ly_get_u32(rd, &a->salt_len)) != 0 ||
	    (r = ly_get_blob(rd, sizeof(a->label), &label,
	    &a->label_len)) != 0)
		return r;
	a->op = (enum ly_op)op;
	a->scheme = (enum ly_scheme)scheme;
	a->hash = (enum ly_hash)hash;
	a->mgf = (enum ly_hash)mgf;
	if (a->label_len > 0)
		memcpy(a->label, label, a->label_len);
	return 0;
}

static int
get_ops(struct ly_reader *rd, struct ly_kh_req *q)
{
	uint32_t n = 0;
	size_t i;
	int r;

	if ((r = ly_get_u32(rd, &n)) != 0)
		return r;
	if (n == 0 || n > LY_WIRE_OPS_MAX)
		return LY_ERR_TOOBIG;
	if ((q->ops = calloc(n, sizeof(*q->ops))) == NULL)
		return LY_ERR_NOMEM;
	q->nops = n;
	for (i = 0; i < n; i++) {
		if ((r = get_key(rd, &q->ops[i].key)) != 0 ||
		    (r = get_alg(rd, &q->ops[i].alg)) != 0 ||
		    (r = get_view(rd, LY_OP_IN_MAX, &q->ops[i].data)) != 0)
			return r;
	}
	return 0;
}

static int
get_time(struct ly_reader *rd, int64_t *t)
{
	uint64_t v = 0;
	int r;

	if ((r = ly_get_u64(rd, &v)) != 0)
		return r;
	if (v > INT64_MAX)
		return LY_ERR_FORMAT;
	*t = (int64_t)v;
	return 0;
}

static int
get_body(struct ly_reader *rd, struct ly_kh_req *q)
{
	int r;

	switch (q->type) {
	case LY_KH_MAKE:
		return ly_get_str(rd, q->name, LY_TENANT_MAX);
	case LY_KH_OPS:
		return get_ops(rd, q);
	case LY_KH_IMPORT:
		if ((r = get_key(rd, &q->key)) != 0)
			return r;
		return get_view(rd, LY_SEALED_MAX, &q->blob);
	case LY_KH_SEAL:
		if ((r = get_key(rd, &q->key)) != 0 ||
		    (r = get_view(rd, LY_CERT_MAX, &q->blob)) != 0)
			return r;
		return get_time(rd, &q->not_after);
	case LY_KH_ISSUE:
		if ((r = ly_get_u8(rd, &q->kind)) != 0 ||
		    (r = ly_get_str(rd, q->name, sizeof(q->name))) != 0 ||
		    (r = get_view(rd, LY_CERT_MAX, &q->blob)) != 0)
			return r;
		return get_time(rd, &q->not_after);
	default:
		return LY_ERR_FORMAT;
	}
}

int
ly_kh_req_decode(const void *data, size_t len, struct ly_kh_req *q)
{
	struct ly_kh_req got;
	struct ly_reader rd;
	uint8_t type = 0;
	int r;

	memset(&got, 0, sizeof(got));
	ly_reader_init(&rd, data, len);
	if ((r = ly_get_u8(&rd, &type)) != 0)
		goto out;
	got.type = (enum ly_kh_type)type;
	if ((r = get_view(&rd, LY_KH_REQUEST_MAX, &got.service)) != 0 ||
	    (r = get_body(&rd, &got)) != 0 ||
	    (r = ly_reader_end(&rd)) != 0)
		goto out;
	*q = got;
	memset(&got, 0, sizeof(got));
out:
	ly_kh_req_clear(&got);
	return r;
}

void
ly_kh_req_clear(struct ly_kh_req *q)
{
	free(q->ops);
	memset(q, 0, sizeof(*q));
}

int
ly_kh_service_encode(const struct ly_row_service *row, struct ly_buf *b)
{
	const struct ly_row_own *own[] = {
		&row->tenant_key, &row->ca, &row->import, &row->sealer,
	};
	size_t i;

	(void)ly_buf_put_str(b, row->tenant);
	for (i = 0; i < sizeof(own) / sizeof(own[0]); i++) {
		(void)ly_buf_put_blob(b, own[i]->cert.data,
		    own[i]->cert.len);
		(void)ly_buf_put_blob(b, own[i]->wrapped.data,
		    own[i]->wrapped.len);
	}
	return b->err;
}

static int
get_copy(struct ly_reader *rd, size_t max, struct ly_buf *b)
{
	const uint8_t *p = NULL;
	size_t len = 0;
	int r;

	ly_buf_init(b, max);
	if ((r = ly_get_blob(rd, max, &p, &len)) != 0)
		return r;
	return ly_buf_put(b, p, len);
}

int
ly_kh_service_decode(const void *data, size_t len,
    struct ly_row_service *row)
{
	struct ly_row_service got;
	struct ly_row_own *own[4];
	struct ly_reader rd;
	size_t i;
	int r;

	memset(&got, 0, sizeof(got));
	own[0] = &got.tenant_key;
	own[1] = &got.ca;
	own[2] = &got.import;
	own[3] = &got.sealer;
	ly_reader_init(&rd, data, len);
	r = ly_get_str(&rd, got.tenant, sizeof(got.tenant));
	for (i = 0; i < 4 && r == 0; i++) {
		r = get_copy(&rd, LY_CERT_MAX, &own[i]->cert);
		if (r == 0)
			r = get_copy(&rd, LY_WRAPPED_MAX, &own[i]->wrapped);
	}
	if (r == 0)
		r = ly_reader_end(&rd);
	if (r != 0) {
		ly_row_service_clear(&got);
		return r;
	}
	*row = got;
	return 0;
}

static int
secret_put_u32(struct ly_secret *s, uint32_t v)
{
	uint8_t b[4];
	size_t i;

	for (i = 0; i < sizeof(b); i++)
		b[i] = (uint8_t)(v >> (8 * i));
	return ly_secret_append(s, b, sizeof(b));
}

int
ly_kh_put_err(struct ly_secret *s, int err)
{
	return secret_put_u32(s, (uint32_t)-err);
}

int
ly_kh_put_blob(struct ly_secret *s, const void *data, size_t len)
{
	int r;

	if (len > UINT32_MAX)
		return LY_ERR_TOOBIG;
	if ((r = secret_put_u32(s, (uint32_t)len)) != 0)
		return r;
	return len == 0 ? 0 : ly_secret_append(s, data, len);
}

int
ly_kh_get_err(struct ly_reader *rd, int *err)
{
	uint32_t v = 0;
	int r;

	if ((r = ly_get_u32(rd, &v)) != 0)
		return r;
	if (v > (uint32_t)-LY_ERR_STATE)
		return LY_ERR_FORMAT;
	*err = -(int)v;
	return 0;
}

int
ly_kh_send(int fd, const void *data, size_t len)
{
	uint8_t head[4];
	struct iovec iov[2];
	struct msghdr msg;
	ssize_t n;
	size_t i, done;

	if (len > LY_KH_REQUEST_MAX)
		return LY_ERR_TOOBIG;
	for (i = 0; i < sizeof(head); i++)
		head[i] = (uint8_t)(len >> (8 * i));
	memset(&msg, 0, sizeof(msg));
	for (done = 0; done < sizeof(head) + len; done += (size_t)n) {
		size_t h = done < sizeof(head) ? done : sizeof(head);

		iov[0].iov_base = head + h;
		iov[0].iov_len = sizeof(head) - h;
		iov[1].iov_base = (uint8_t *)(uintptr_t)data + (done - h);
		iov[1].iov_len = sizeof(head) + len - done - iov[0].iov_len;
		msg.msg_iov = iov;
		msg.msg_iovlen = 2;
		n = sendmsg(fd, &msg, MSG_NOSIGNAL);
		if (n < 0 && errno == EINTR)
			n = 0;
		if (n < 0)
			return LY_ERR_IO;
	}
	return 0;
}

/* Read len bytes; LY_ERR_NOTFOUND when there is not even the first. */
static int
read_all(int fd, uint8_t *p, size_t len)
{
	size_t done = 0;
	ssize_t n;

	while (done < len) {
		n = read(fd, p + done, len - done);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return LY_ERR_IO;
		if (n == 0)
			return done == 0 ? LY_ERR_NOTFOUND : LY_ERR_IO;
		done += (size_t)n;
	}
	return 0;
}

static int
read_head(int fd, size_t max, size_t *len)
{
	uint8_t head[4];
	size_t i, n = 0;
	int r;

	if ((r = read_all(fd, head, sizeof(head))) != 0)
		return r;
	for (i = 0; i < sizeof(head); i++)
		n |= (size_t)head[i] << (8 * i);
	if (n == 0 || n > max)
		return LY_ERR_TOOBIG;
	*len = n;
	return 0;
}

int
ly_kh_recv(int fd, struct ly_buf *b)
{
	uint8_t chunk[8192];
	size_t len = 0, n;
	int r;

	if ((r = read_head(fd, LY_KH_REQUEST_MAX, &len)) != 0)
		return r;
	while (len > 0) {
		n = len < sizeof(chunk) ? len : sizeof(chunk);
		if ((r = read_all(fd, chunk, n)) != 0)
			return r == LY_ERR_NOTFOUND ? LY_ERR_IO : r;
		if ((r = ly_buf_put(b, chunk, n)) != 0)
			return r;
		len -= n;
	}
	return 0;
}

int
ly_kh_recv_secret(int fd, struct ly_secret *s)
{
	struct ly_secret got = LY_SECRET_INIT;
	size_t len = 0;
	int r;

	if ((r = read_head(fd, LY_KH_ANSWER_MAX, &len)) != 0)
		return r;
	if ((r = ly_secret_alloc(&got, len)) != 0)
		return r;
	r = read_all(fd, got.data, len);
	if (r == 0) {
		got.len = len;
		ly_secret_move(s, &got);
	}
	ly_secret_clear(&got);
	return r == LY_ERR_NOTFOUND ? LY_ERR_IO : r;
}
