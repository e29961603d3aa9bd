/*
 * The remote driver: one operation is one call of the key service. Owns the
 * client of an account; refuses to keep anything of an answer.
 */
#include <stdlib.h>
#include <string.h>

#include "account.h"
#include "client.h"
#include "conf.h"
#include "device.h"
#include "driver.h"
#include "err.h"
#include "secret.h"
#include "sync.h"
#include "wire.h"

struct remote {
	const struct ly_account *account;
	struct ly_client *client;
};

static int
remote_open(const struct ly_driver_env *env, void **state,
    struct ly_why *why)
{
	struct remote *m;
	int r;

	if ((m = calloc(1, sizeof(*m))) == NULL)
		return ly_fail(why, LY_ERR_NOMEM, "out of memory");
	m->account = env->account;
	if ((r = ly_client_new(env->conf, env->account, env->keys->auth,
	    &m->client, why)) != 0) {
		free(m);
		return r;
	}
	*state = m;
	return 0;
}

static int
remote_serves(const struct ly_keyref *ref)
{
	(void)ref;
	return 1;
}

/* The one result that belongs to the one item we asked for. */
static int
take_result(struct ly_wire_results *res, struct ly_secret *out,
    struct ly_why *why)
{
	if (res->n != 1 || res->items[0].ref != 1)
		return ly_fail(why, LY_ERR_FORMAT,
		    "the service answered another question");
	if (res->items[0].err != 0)
		return ly_fail(why, res->items[0].err,
		    "the service refused the operation");
	ly_secret_move(out, &res->items[0].data);
	return 0;
}

static int
remote_run(void *state, const struct ly_keyref *ref,
    const struct ly_alg *alg, const uint8_t *in, size_t inlen,
    struct ly_secret *out, uint64_t *revision, struct ly_why *why)
{
	struct remote *m = state;
	struct ly_wire_op op;
	struct ly_wire_ops req = { &op, 1 };
	struct ly_wire_results res;
	int r;

	memset(&op, 0, sizeof(op));
	memset(&res, 0, sizeof(res));
	op.ref = 1;
	memcpy(op.key_id, ref->id, sizeof(op.key_id));
	op.alg = *alg;
	ly_buf_init(&op.data, LY_OP_IN_MAX);
	if ((r = ly_buf_put(&op.data, in, inlen)) != 0)
		goto out;
	if ((r = ly_client_ops(m->client, &req, &res, why)) != 0)
		goto out;
	*revision = res.revision;
	r = take_result(&res, out, why);
out:
	ly_wire_results_clear(&res);
	ly_buf_clear(&op.data);
	return r;
}

static int
remote_sync(void *state, struct ly_why *why)
{
	struct remote *m = state;
	struct ly_sync_report report;

	return ly_sync(m->client, m->account, 1, 0, &report, why);
}

static void
remote_close(void *state)
{
	struct remote *m = state;

	ly_client_free(&m->client);
	free(m);
}

const struct ly_driver ly_driver_remote = {
	.name = "remote",
	.keeps = 1,
	.open = remote_open,
	.serves = remote_serves,
	.run = remote_run,
	.sync = remote_sync,
	.close = remote_close
};
