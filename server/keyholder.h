/*
 * The keyholder process: "lanyardd keyholder", started by kh_client.c with
 * its channels on the descriptors from LY_KH_FD on. It reads the KEK, gives
 * up all it will not need, says so on the first channel, and then answers
 * requests until every channel is closed.
 */
#ifndef LY_KEYHOLDER_H
#define LY_KEYHOLDER_H

#include "kh_keys.h"

struct ly_buf;

#define LY_KH_FD 3		/* the first channel */

/*
 * The process's main. Arguments: "keyholder", kek path, number of channels,
 * mode ("load", "make"), passphrase ("", "?" to ask, or a file's path).
 * What it says first is an answer frame: 0, or the error and a blob of
 * text. The result is the process's.
 */
int ly_keyholder_main(int argc, char **argv);

/*
 * Answer one request frame: always fills in answer (an error at least)
 * unless memory is out. svc is the worker's own. kh_serve.c.
 */
int ly_kh_answer(struct ly_kh_keys *keys, struct ly_kh_service *svc,
    const struct ly_buf *request, struct ly_secret *answer);

#endif
