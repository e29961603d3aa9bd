/*
 * The route table: the API in one place. Method, pattern, who may call,
 * how long a body may be, handler.
 */
#ifndef LY_ROUTER_H
#define LY_ROUTER_H

#include <stddef.h>

struct ly_call;

enum ly_who {
	LY_WHO_ANYONE = 1,
	LY_WHO_DEVICE = 2	/* an enrolled device, looked up each time */
};

struct ly_route {
	const char *method;
	const char *pattern;	/* a trailing '*' is one path part */
	enum ly_who who;
	size_t body_max;	/* bytes; 0: no body */
	int (*handler)(struct ly_call *c);
};

/*
 * The route of a request, NULL if there is none: *allow then holds the
 * methods of the path, or NULL if the path is not known either. *param is
 * the part that '*' stands for, or "".
 */
const struct ly_route *ly_router_find(const char *method, const char *path,
    const char **param, const char **allow);

/*
 * Answer c: find the route, look up the device, check, call the handler,
 * and turn a failure into a problem. Always leaves a reply.
 */
void ly_router_answer(struct ly_call *c);

#endif
