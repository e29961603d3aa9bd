/*
 * The answer to a batch, which the client reads by a parser of its own:
 * what decodes must encode, within the size of the batch, and come back.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "err.h"
#include "wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
same(const struct ly_wire_results *a, const struct ly_wire_results *b)
{
	size_t i;

	if (a->n != b->n || a->revision != b->revision)
		abort();
	for (i = 0; i < a->n; i++) {
		const struct ly_wire_result *x = &a->items[i];
		const struct ly_wire_result *y = &b->items[i];

		if (x->ref != y->ref || x->err != y->err ||
		    x->data.len != y->data.len)
			abort();
		if (x->data.len > 0 &&
		    memcmp(x->data.data, y->data.data, x->data.len) != 0)
			abort();
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ly_wire_results m, again;
	struct ly_secret json = LY_SECRET_INIT;
	size_t out_max[LY_WIRE_OPS_MAX], i;
	struct ly_why why;

	if (ly_wire_results_decode(data, size, &m, &why) != 0)
		return 0;
	for (i = 0; i < m.n; i++) {
		out_max[i] = LY_OP_OUT_MAX;
		if (m.items[i].data.len > LY_OP_OUT_MAX)
			goto out;
	}
	if (ly_wire_results_encode(&m, out_max, &json) != 0 ||
	    ly_wire_results_decode(json.data, json.len, &again, &why) != 0)
		abort();
	same(&m, &again);
	ly_wire_results_clear(&again);
out:
	ly_secret_clear(&json);
	ly_wire_results_clear(&m);
	return 0;
}
