/*
 * Answers: the only place where a LY_ERR_ becomes an HTTP status, and where
 * a reply becomes a response of the HTTP library.
 */
#ifndef LY_REPLY_H
#define LY_REPLY_H

#include "call.h"

struct MHD_Connection;
struct ly_why;

/* The problem that an error is when the handler says nothing more. */
enum ly_problem ly_problem_of(int err);

/*
 * Make reply the answer for a problem: its body is dropped and wiped,
 * revision and retry_after are kept.
 */
void ly_reply_problem(struct ly_reply *reply, enum ly_problem problem);

/* Make reply a success with a JSON body in text. */
void ly_reply_json(struct ly_reply *reply, int status);

/*
 * Queue reply on a connection; the body is moved out of it and wiped when
 * it was sent. closing: ask the client to close the connection. Returns
 * the library's result (0: failed).
 */
int ly_reply_queue(struct MHD_Connection *connection,
    struct ly_reply *reply, int closing);

void ly_reply_clear(struct ly_reply *reply);

#endif
