/* Frames between front and keyholder: round trips, every cut, every cap. */
#include "unit.h"

#include <pthread.h>
#include <sys/socket.h>

#include "buf.h"
#include "kh_proto.h"
#include "secret.h"

static struct ly_view
view(const char *text)
{
	struct ly_view v = { (const uint8_t *)text, strlen(text) };

	return v;
}

static struct ly_kh_key
key(void)
{
	struct ly_kh_key k;

	memset(&k, 0, sizeof(k));
	(void)snprintf(k.mailbox, sizeof(k.mailbox), "a@example.com");
	memset(k.key_id, 5, sizeof(k.key_id));
	k.use = LY_USE_SIGN;
	k.version = 1;
	k.spki = view("spki");
	k.wrapped = view("wrapped");
	return k;
}

static void
request(enum ly_kh_type type, struct ly_kh_op *ops, struct ly_buf *out)
{
	struct ly_kh_req q;

	memset(&q, 0, sizeof(q));
	q.type = type;
	q.service = view("service");
	(void)snprintf(q.name, sizeof(q.name), "name");
	q.key = key();
	q.blob = view("blob");
	q.kind = LY_CERT_DEVICE_AUTH;
	q.not_after = 12345;
	ops[0].key = ops[1].key = key();
	ops[0].alg.op = LY_OP_DECRYPT;
	ops[0].alg.scheme = LY_RSA_OAEP;
	ops[0].alg.hash = ops[0].alg.mgf = LY_SHA256;
	memcpy(ops[0].alg.label, "lab", 3);
	ops[0].alg.label_len = 3;
	ops[0].data = view("data");
	ops[1].alg.op = LY_OP_SIGN;
	ops[1].alg.scheme = LY_RSA_PSS;
	ops[1].alg.salt_len = 20;
	ops[1].data = view("");
	q.ops = ops;
	q.nops = 2;
	ly_buf_init(out, LY_KH_REQUEST_MAX);
	assert_int_equal(ly_kh_req_encode(&q, out), 0);
}

static void
test_round_trip(void **state)
{
	struct ly_kh_op ops[2];
	struct ly_kh_req q;
	struct ly_buf b;

	(void)state;
	memset(ops, 0, sizeof(ops));
	request(LY_KH_OPS, ops, &b);
	assert_int_equal(ly_kh_req_decode(b.data, b.len, &q), 0);
	assert_int_equal(q.nops, 2);
	assert_string_equal(q.ops[0].key.mailbox, "a@example.com");
	assert_memory_equal(&q.ops[0].alg, &ops[0].alg, sizeof(ops[0].alg));
	assert_memory_equal(&q.ops[1].alg, &ops[1].alg, sizeof(ops[1].alg));
	assert_int_equal(q.ops[0].data.len, 4);
	assert_int_equal(q.ops[1].data.len, 0);
	assert_memory_equal(q.service.p, "service", 7);
	ly_kh_req_clear(&q);
	ly_buf_clear(&b);
	request(LY_KH_SEAL, ops, &b);
	assert_int_equal(ly_kh_req_decode(b.data, b.len, &q), 0);
	assert_int_equal(q.not_after, 12345);
	assert_memory_equal(q.key.wrapped.p, "wrapped", 7);
	ly_kh_req_clear(&q);
	ly_buf_clear(&b);
}

/* Cut anywhere, or one byte too long: refused, for every type. */
static void
test_cut(void **state)
{
	struct ly_kh_op ops[2];
	struct ly_kh_req q;
	struct ly_buf b;
	uint8_t *copy;
	size_t n;
	int type;

	(void)state;
	for (type = LY_KH_MAKE; type <= LY_KH_ISSUE; type++) {
		memset(ops, 0, sizeof(ops));
		request((enum ly_kh_type)type, ops, &b);
		assert_int_equal(ly_kh_req_decode(b.data, b.len, &q), 0);
		ly_kh_req_clear(&q);
		for (n = 0; n < b.len; n++) {
			/* A block of its own, so that ASan sees an overrun. */
			assert_non_null(copy = malloc(n + 1));
			memcpy(copy, b.data, n);
			assert_int_not_equal(ly_kh_req_decode(copy, n, &q),
			    0);
			free(copy);
		}
		assert_int_equal(ly_buf_put_u8(&b, 0), 0);
		assert_int_equal(ly_kh_req_decode(b.data, b.len, &q),
		    LY_ERR_FORMAT);
		ly_buf_clear(&b);
	}
	assert_int_equal(ly_kh_req_decode("\6\0\0\0\0", 5, &q),
	    LY_ERR_FORMAT);
}

static void
test_counts(void **state)
{
	static const uint8_t none[] = { LY_KH_OPS, 0, 0, 0, 0, 0, 0, 0, 0 };
	static const uint8_t many[] = { LY_KH_OPS, 0, 0, 0, 0, 65, 0, 0, 0 };
	static const uint8_t huge[] = { LY_KH_OPS, 255, 255, 255, 255 };
	struct ly_kh_req q;

	(void)state;
	assert_int_equal(ly_kh_req_decode(none, sizeof(none), &q),
	    LY_ERR_TOOBIG);
	assert_int_equal(ly_kh_req_decode(many, sizeof(many), &q),
	    LY_ERR_TOOBIG);
	assert_int_not_equal(ly_kh_req_decode(huge, sizeof(huge), &q), 0);
}

static void
test_service(void **state)
{
	struct ly_row_service row, got;
	struct ly_buf b;

	(void)state;
	memset(&row, 0, sizeof(row));
	(void)snprintf(row.tenant, sizeof(row.tenant), "default");
	ly_buf_init(&row.ca.cert, 10);
	assert_int_equal(ly_buf_put(&row.ca.cert, "ca", 2), 0);
	ly_buf_init(&b, 4096);
	assert_int_equal(ly_kh_service_encode(&row, &b), 0);
	assert_int_equal(ly_kh_service_decode(b.data, b.len, &got), 0);
	assert_string_equal(got.tenant, "default");
	assert_memory_equal(got.ca.cert.data, "ca", 2);
	ly_row_service_clear(&got);
	assert_int_equal(ly_kh_service_decode(b.data, b.len - 1, &got),
	    LY_ERR_FORMAT);
	ly_row_service_clear(&row);
	ly_buf_clear(&b);
}

static void
test_answer(void **state)
{
	struct ly_secret s = LY_SECRET_INIT;
	struct ly_reader rd;
	const uint8_t *p;
	size_t len;
	int err = 7;

	(void)state;
	assert_int_equal(ly_secret_alloc(&s, 16), 0);
	assert_int_equal(ly_kh_put_err(&s, LY_ERR_AUTH), 0);
	assert_int_equal(ly_kh_put_blob(&s, "abcd", 4), 0);
	assert_int_equal(ly_kh_put_blob(&s, "efgh", 4), LY_ERR_TOOBIG);
	ly_reader_init(&rd, s.data, 12);
	assert_int_equal(ly_kh_get_err(&rd, &err), 0);
	assert_int_equal(err, LY_ERR_AUTH);
	assert_int_equal(ly_get_blob(&rd, 4, &p, &len), 0);
	assert_memory_equal(p, "abcd", 4);
	ly_reader_init(&rd, "\377\0\0\0", 4);
	assert_int_equal(ly_kh_get_err(&rd, &err), LY_ERR_FORMAT);
	ly_secret_clear(&s);
}

static void *
send_big(void *arg)
{
	static uint8_t big[300000];

	memset(big, 9, sizeof(big));
	assert_int_equal(ly_kh_send(*(int *)arg, big, sizeof(big)), 0);
	assert_int_equal(shutdown(*(int *)arg, SHUT_WR), 0);
	return NULL;
}

static void
test_frames(void **state)
{
	struct ly_secret s = LY_SECRET_INIT;
	struct ly_buf b;
	pthread_t thread;
	int fds[2];

	(void)state;
	ly_buf_init(&b, LY_KH_REQUEST_MAX);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	/* More than a socket's buffer holds, and then the end. */
	assert_int_equal(pthread_create(&thread, NULL, send_big, &fds[0]), 0);
	assert_int_equal(ly_kh_recv(fds[1], &b), 0);
	assert_int_equal(b.len, 300000);
	assert_int_equal(ly_kh_recv(fds[1], &b), LY_ERR_NOTFOUND);
	assert_int_equal(pthread_join(thread, NULL), 0);
	/* A length over the cap is refused before anything is taken. */
	assert_int_equal(write(fds[1], "\377\377\377\377", 4), 4);
	assert_int_equal(ly_kh_recv_secret(fds[0], &s), LY_ERR_TOOBIG);
	assert_int_equal(write(fds[1], "\0\0\0\0", 4), 4);
	assert_int_equal(ly_kh_recv_secret(fds[0], &s), LY_ERR_TOOBIG);
	/* A frame that breaks off. */
	assert_int_equal(write(fds[1], "\5\0\0\0ab", 6), 6);
	assert_int_equal(close(fds[1]), 0);
	assert_int_equal(ly_kh_recv_secret(fds[0], &s), LY_ERR_IO);
	assert_null(s.data);
	/* Nobody there: an error, and no signal. */
	assert_int_equal(ly_kh_send(fds[0], "x", 1), LY_ERR_IO);
	assert_int_equal(close(fds[0]), 0);
	ly_buf_clear(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_counts),
		cmocka_unit_test(test_service),
		cmocka_unit_test(test_answer),
		cmocka_unit_test(test_frames),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
