/* Release of a request; see call.h. */
#include "call.h"
#include "reply.h"

void
ly_call_clear(struct ly_call *c)
{
	ly_row_device_clear(&c->device);
	ly_reply_clear(&c->reply);
}
