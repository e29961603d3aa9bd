/*
 * What the keyholder does for each request. It trusts the front with who
 * may ask, and with nothing else: bindings are authenticated by the
 * wrapping, usage bits are enforced here once more, keys leave only sealed
 * to a certificate of our own CA.
 */
#include <string.h>

#include "buf.h"
#include "cert.h"
#include "compat.h"
#include "err.h"
#include "keyholder.h"
#include "pkey.h"
#include "seal.h"
#include "secret.h"

#define BLOB_OVERHEAD 16	/* bytes of error and length in an answer */

/* An answer of one blob. */
static int
answer_blob(struct ly_secret *answer, const struct ly_buf *b)
{
	int r;

	if ((r = ly_secret_alloc(answer, b->len + BLOB_OVERHEAD)) != 0 ||
	    (r = ly_kh_put_err(answer, 0)) != 0)
		return r;
	return ly_kh_put_blob(answer, b->data, b->len);
}

static int
do_make(struct ly_kh_keys *keys, const struct ly_kh_req *q,
    struct ly_secret *answer)
{
	struct ly_row_service row;
	struct ly_buf b;
	int r;

	memset(&row, 0, sizeof(row));
	ly_buf_init(&b, LY_KH_ANSWER_MAX);
	if ((r = ly_kh_service_make(keys, q->name, &row)) == 0 &&
	    (r = ly_kh_service_encode(&row, &b)) == 0)
		r = answer_blob(answer, &b);
	ly_row_service_clear(&row);
	ly_buf_clear(&b);
	return r;
}

static int
one_op(struct ly_kh_keys *keys, const struct ly_kh_service *svc,
    const struct ly_kh_op *op, struct ly_secret *out)
{
	struct ly_kh_ref *ref = NULL;
	int r;

	if ((r = ly_alg_check(&op->alg)) != 0)
		return r;
	if ((op->key.use & ly_op_use(op->alg.op)) == 0)
		return LY_ERR_DENIED;
	if ((r = ly_kh_key_get(keys, svc, &op->key, &ref)) != 0)
		return r;
	r = ly_pkey_op(ly_kh_ref_pkey(ref), &op->alg, op->data.p,
	    op->data.len, out);
	ly_kh_key_put(keys, &ref);
	return r;
}

static int
do_ops(struct ly_kh_keys *keys, const struct ly_kh_service *svc,
    const struct ly_kh_req *q, struct ly_secret *answer)
{
	struct ly_secret out = LY_SECRET_INIT;
	size_t i;
	int err, r;

	r = ly_secret_alloc(answer, BLOB_OVERHEAD +
	    q->nops * (LY_OP_OUT_MAX + BLOB_OVERHEAD));
	if (r == 0)
		r = ly_kh_put_err(answer, 0);
	for (i = 0; i < q->nops && r == 0; i++) {
		err = one_op(keys, svc, &q->ops[i], &out);
		if ((r = ly_kh_put_err(answer, err)) == 0)
			r = ly_kh_put_blob(answer, out.data,
			    err == 0 ? out.len : 0);
		ly_secret_clear(&out);
	}
	ly_secret_clear(&out);
	return r;
}

static int
do_import(struct ly_kh_service *svc, const struct ly_kh_req *q,
    struct ly_secret *answer)
{
	const struct ly_row_service *row = &svc->row;
	struct ly_secret der = LY_SECRET_INIT;
	uint8_t id[LY_KEY_ID_LEN];
	struct ly_pkey *key = NULL;
	struct ly_buf wrapped;
	int r;

	ly_buf_init(&wrapped, LY_WRAPPED_MAX);
	if ((r = ly_key_id(q->key.spki.p, q->key.spki.len, id)) != 0)
		goto out;
	if (memcmp(id, q->key.key_id, sizeof(id)) != 0) {
		r = LY_ERR_ARG;
		goto out;
	}
	if ((r = ly_kh_service_key(svc, "import", &row->import,
	    &svc->import)) != 0 ||
	    (r = ly_unseal(q->blob.p, q->blob.len, svc->import,
	    row->import.cert.data, row->import.cert.len, &der)) != 0 ||
	    (r = ly_pkey_from_der(der.data, der.len, &key)) != 0 ||
	    (r = ly_pkey_prove(key, q->key.spki.p, q->key.spki.len)) != 0)
		goto out;
	ly_secret_clear(&der);
	if ((r = ly_pkey_to_der(key, &der)) == 0 &&
	    (r = ly_kh_wrap(svc, &q->key, &der, &wrapped)) == 0)
		r = answer_blob(answer, &wrapped);
out:
	ly_pkey_free(&key);
	ly_secret_clear(&der);
	ly_buf_clear(&wrapped);
	return r;
}

static int
do_seal(struct ly_kh_service *svc, const struct ly_kh_req *q,
    struct ly_secret *answer)
{
	const struct ly_row_service *row = &svc->row;
	struct ly_secret der = LY_SECRET_INIT;
	struct ly_lease lease;
	struct ly_buf sealed, cms;
	int r;

	ly_buf_init(&sealed, LY_SEALED_MAX);
	ly_buf_init(&cms, LY_SEALED_MAX);
	memcpy(lease.key_id, q->key.key_id, sizeof(lease.key_id));
	lease.not_after = q->not_after;
	/* The CA's certificate is authentic once its key was unwrapped. */
	if ((r = ly_kh_service_key(svc, "ca", &row->ca, &svc->ca)) != 0 ||
	    (r = ly_kh_service_key(svc, "sealer", &row->sealer,
	    &svc->sealer)) != 0 ||
	    (r = ly_cert_verify(q->blob.p, q->blob.len, row->ca.cert.data,
	    row->ca.cert.len, ly_time())) != 0 ||
	    (r = ly_kh_unwrap(svc, &q->key, &der)) != 0)
		goto out;
	r = ly_seal(&der, q->blob.p, q->blob.len, &sealed);
	if (r == 0)
		r = ly_lease_sign(sealed.data, sealed.len, &lease,
		    svc->sealer, row->sealer.cert.data, row->sealer.cert.len,
		    &cms);
	if (r == 0)
		r = answer_blob(answer, &cms);
out:
	ly_secret_clear(&der);
	ly_buf_clear(&sealed);
	ly_buf_clear(&cms);
	return r;
}

static int
do_issue(struct ly_kh_service *svc, const struct ly_kh_req *q,
    struct ly_secret *answer)
{
	const struct ly_row_service *row = &svc->row;
	struct ly_buf spki, cert;
	int r;

	if (q->kind != LY_CERT_TLS_SERVER && q->kind != LY_CERT_DEVICE_AUTH &&
	    q->kind != LY_CERT_DEVICE_RECV)
		return LY_ERR_DENIED;
	ly_buf_init(&spki, LY_KH_SPKI_MAX);
	ly_buf_init(&cert, LY_CERT_MAX);
	if ((r = ly_csr_open(q->blob.p, q->blob.len, &spki)) != 0 ||
	    (r = ly_kh_service_key(svc, "ca", &row->ca, &svc->ca)) != 0)
		goto out;
	r = ly_cert_issue((enum ly_cert_kind)q->kind, svc->ca,
	    row->ca.cert.data, row->ca.cert.len, q->name, spki.data,
	    spki.len, q->not_after, &cert);
	if (r == 0)
		r = answer_blob(answer, &cert);
out:
	ly_buf_clear(&spki);
	ly_buf_clear(&cert);
	return r;
}

static int
dispatch(struct ly_kh_keys *keys, struct ly_kh_service *svc,
    const struct ly_kh_req *q, struct ly_secret *answer)
{
	int r;

	if (q->type == LY_KH_MAKE)
		return do_make(keys, q, answer);
	if ((r = ly_kh_service_open(keys, svc, &q->service)) != 0)
		return r;
	switch (q->type) {
	case LY_KH_OPS:
		return do_ops(keys, svc, q, answer);
	case LY_KH_IMPORT:
		return do_import(svc, q, answer);
	case LY_KH_SEAL:
		return do_seal(svc, q, answer);
	case LY_KH_ISSUE:
		return do_issue(svc, q, answer);
	default:
		return LY_ERR_UNSUPPORTED;
	}
}

int
ly_kh_answer(struct ly_kh_keys *keys, struct ly_kh_service *svc,
    const struct ly_buf *request, struct ly_secret *answer)
{
	struct ly_kh_req q;
	int r;

	memset(&q, 0, sizeof(q));
	r = ly_kh_req_decode(request->data, request->len, &q);
	if (r == 0)
		r = dispatch(keys, svc, &q, answer);
	ly_kh_req_clear(&q);
	if (r == 0)
		return 0;
	ly_secret_clear(answer);
	if (ly_secret_alloc(answer, BLOB_OVERHEAD) != 0)
		return LY_ERR_NOMEM;
	return ly_kh_put_err(answer, r);
}
