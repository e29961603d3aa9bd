/*
 * The handlers of the API: each fills in c->reply and returns 0, or returns
 * a LY_ERR_ (and may set c->problem to say it more exactly).
 */
#ifndef LY_API_H
#define LY_API_H

struct ly_buf;
struct ly_call;
struct ly_serve;

/* The discovery document's JSON, made once. */
int ly_api_discovery_make(const struct ly_serve *sv, struct ly_buf *json);

/* A body that does not decode is a bad request, whatever r; returns r. */
int ly_api_malformed(struct ly_call *c, int r);

int ly_api_discovery(struct ly_call *c);	/* GET .well-known/lanyard */
int ly_api_enroll(struct ly_call *c);		/* POST enroll */
int ly_api_keys(struct ly_call *c);		/* GET keys */
int ly_api_import(struct ly_call *c);		/* POST keys */
int ly_api_ops(struct ly_call *c);		/* POST ops */
int ly_api_sealed(struct ly_call *c);		/* GET sealed/ID */
int ly_api_devices(struct ly_call *c);		/* GET devices */
int ly_api_device_revoke(struct ly_call *c);	/* DELETE devices/ID */

#endif
