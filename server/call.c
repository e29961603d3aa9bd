/* What all handlers share of a request; see call.h and api.h. */
#include "api.h"
#include "call.h"
#include "err.h"
#include "reply.h"

void
ly_call_clear(struct ly_call *c)
{
	ly_row_device_clear(&c->device);
	ly_reply_clear(&c->reply);
}

int
ly_api_malformed(struct ly_call *c, int r)
{
	if (r != LY_ERR_NOMEM)
		c->problem = LY_P_BAD_REQUEST;
	return r;
}
