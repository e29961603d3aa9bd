/* Release of rows; see store.h. The drivers are in store_*.c. */
#include <string.h>

#include "store.h"

static void
own_clear(struct ly_row_own *own)
{
	ly_buf_clear(&own->cert);
	ly_buf_clear(&own->wrapped);
}

void
ly_row_service_clear(struct ly_row_service *row)
{
	own_clear(&row->tenant_key);
	own_clear(&row->ca);
	own_clear(&row->import);
	own_clear(&row->sealer);
}

void
ly_row_key_clear(struct ly_row_key *row)
{
	ly_buf_clear(&row->spki);
	ly_buf_clear(&row->wrapped);
}

void
ly_row_cert_clear(struct ly_row_cert *row)
{
	ly_buf_clear(&row->der);
}

void
ly_row_device_clear(struct ly_row_device *row)
{
	ly_buf_clear(&row->auth_cert);
	ly_buf_clear(&row->recv_cert);
}
