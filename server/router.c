/*
 * The route table and the checks that come before every handler: is there
 * a certificate, whose is it, is device or mailbox stopped? Asked of the
 * database for every request, so that a revocation counts at once, on
 * connections that are open too.
 */
#include <string.h>

#include "api.h"
#include "audit.h"
#include "call.h"
#include "compat.h"
#include "err.h"
#include "reply.h"
#include "router.h"
#include "wire.h"

#define BODY_SMALL ((size_t)64 * 1024)
#define BODY_IMPORT ((size_t)512 * 1024)
#define TOUCH_S 60		/* how exact a device's last use is kept */

static const struct ly_route routes[] = {
	{ "GET", LY_DISCOVERY_PATH, LY_WHO_ANYONE, 0, ly_api_discovery },
	{ "POST", LY_API_PATH "/enroll", LY_WHO_ANYONE, BODY_SMALL,
	    ly_api_enroll },
	{ "GET", LY_API_PATH "/keys", LY_WHO_DEVICE, 0, ly_api_keys },
	{ "POST", LY_API_PATH "/keys", LY_WHO_DEVICE, BODY_IMPORT,
	    ly_api_import },
	{ "POST", LY_API_PATH "/ops", LY_WHO_DEVICE, LY_WIRE_BODY_MAX,
	    ly_api_ops },
	{ "GET", LY_API_PATH "/sealed/*", LY_WHO_DEVICE, 0, ly_api_sealed },
	{ "GET", LY_API_PATH "/devices", LY_WHO_DEVICE, 0, ly_api_devices },
	{ "DELETE", LY_API_PATH "/devices/*", LY_WHO_DEVICE, 0,
	    ly_api_device_revoke },
};

/* Whether path fits pattern; *param as in ly_router_find. */
static int
match(const char *pattern, const char *path, const char **param)
{
	size_t n = strlen(pattern);

	if (n == 0 || pattern[n - 1] != '*') {
		*param = "";
		return strcmp(pattern, path) == 0;
	}
	if (strncmp(pattern, path, n - 1) != 0)
		return 0;
	*param = path + n - 1;
	return (*param)[0] != '\0' && strchr(*param, '/') == NULL;
}

const struct ly_route *
ly_router_find(const char *method, const char *path, const char **param,
    const char **allow)
{
	const char *part = "", *first = NULL;
	size_t i;
	int many = 0;

	*param = "";
	*allow = NULL;
	for (i = 0; i < sizeof(routes) / sizeof(routes[0]); i++) {
		if (!match(routes[i].pattern, path, &part))
			continue;
		if (strcmp(routes[i].method, method) == 0) {
			*param = part;
			return &routes[i];
		}
		many += first != NULL;
		first = routes[i].method;
	}
	*allow = many ? "GET, POST" : first;
	return NULL;
}

static int
fail(struct ly_call *c, enum ly_problem problem, int err)
{
	c->problem = problem;
	return err;
}

/* The caller's device and mailbox, if they may call at all. */
static int
authenticate(struct ly_call *c)
{
	int64_t now = ly_time();
	int r;

	if (c->peer == LY_PEER_NONE)
		return fail(c, LY_P_NO_CERTIFICATE, LY_ERR_AUTH);
	if (c->peer != LY_PEER_OURS)
		return fail(c, LY_P_DEVICE_UNKNOWN, LY_ERR_AUTH);
	if (now > c->peer_not_after)
		return fail(c, LY_P_DEVICE_EXPIRED, LY_ERR_AUTH);
	r = c->store->d->device_find(c->store, c->peer_digest, &c->device,
	    &c->mailbox);
	if (r == LY_ERR_NOTFOUND)
		return fail(c, LY_P_DEVICE_UNKNOWN, LY_ERR_AUTH);
	if (r != 0)
		return r;
	if (c->device.revoked != 0)
		return fail(c, LY_P_DEVICE_REVOKED, LY_ERR_REVOKED);
	if (c->mailbox.disabled)
		return fail(c, LY_P_MAILBOX_DISABLED, LY_ERR_REVOKED);
	c->reply.revision = c->mailbox.revision;
	c->reply.has_revision = 1;
	if (now - c->device.last_used >= TOUCH_S)
		ly_audit_touch(c->sv->audit, c->device.id);
	return 0;
}

static int
answer(struct ly_call *c)
{
	const struct ly_route *route;
	int r;

	route = ly_router_find(c->method, c->path, &c->param,
	    &c->reply.allow);
	if (route == NULL)
		return fail(c, c->reply.allow == NULL ? LY_P_NOT_FOUND :
		    LY_P_METHOD, LY_ERR_NOTFOUND);
	if (c->body.len > route->body_max)
		return LY_ERR_TOOBIG;
	if (route->who == LY_WHO_DEVICE && (r = authenticate(c)) != 0)
		return r;
	if (route->body_max > 0 && !c->json)
		return fail(c, LY_P_MEDIA_TYPE, LY_ERR_FORMAT);
	return route->handler(c);
}

void
ly_router_answer(struct ly_call *c)
{
	int r = answer(c);

	if (r != 0)
		ly_reply_problem(&c->reply, c->problem != LY_P_NONE ?
		    c->problem : ly_problem_of(r));
}
