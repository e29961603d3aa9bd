/*
 * A request to the keyholder. What decodes is encoded to the same bytes,
 * and its views lie within them.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "err.h"
#include "kh_proto.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
inside(const struct ly_view *v, const uint8_t *data, size_t size)
{
	if (v->len > 0 && (v->p < data || v->len > size ||
	    (size_t)(v->p - data) > size - v->len))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ly_row_service row;
	struct ly_kh_req q;
	struct ly_buf again;
	size_t i;

	memset(&q, 0, sizeof(q));
	if (ly_kh_req_decode(data, size, &q) != 0)
		return 0;
	inside(&q.service, data, size);
	inside(&q.blob, data, size);
	inside(&q.key.wrapped, data, size);
	for (i = 0; i < q.nops; i++)
		inside(&q.ops[i].data, data, size);
	ly_buf_init(&again, LY_KH_REQUEST_MAX);
	if (ly_kh_req_encode(&q, &again) != 0 || again.len != size ||
	    memcmp(again.data, data, size) != 0)
		abort();
	ly_buf_clear(&again);
	memset(&row, 0, sizeof(row));
	if (ly_kh_service_decode(q.service.p, q.service.len, &row) == 0)
		ly_row_service_clear(&row);
	ly_kh_req_clear(&q);
	return 0;
}
