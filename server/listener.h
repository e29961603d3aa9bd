/*
 * The listener: TLS 1.3 and HTTP by libmicrohttpd. It reads requests whole,
 * within their limits, hands them to the pool, and sends the answers.
 */
#ifndef LY_LISTENER_H
#define LY_LISTENER_H

#include "call.h"
#include "pool.h"

struct ly_listener;
struct ly_why;

/*
 * A listening socket. port 0 picks one; *port is the one it got.
 * LY_ERR_EXISTS: in use (why says by whose rule, and the cure).
 */
int ly_listen_socket(const struct ly_listen *where, int *fd,
    uint16_t *port, struct ly_why *why);

/*
 * Serve on fd, which is the listener's then. cert and key are PEM texts,
 * ca the CA's certificate in PEM. Everything is copied but sv and pool.
 */
int ly_listener_start(struct ly_serve *sv, struct ly_pool *pool, int fd,
    const char *cert, const char *key, const char *ca,
    struct ly_listener **out, struct ly_why *why);

/*
 * Take no new connections and requests, wait until those under way are
 * answered (at most some seconds), close all, release. The pool must still
 * work. NULL is fine.
 */
void ly_listener_stop(struct ly_listener **l);

#endif
