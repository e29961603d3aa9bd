/* What the entry points share: fixed strings and results into buffers. */
#ifndef LY_C_UTIL_H
#define LY_C_UTIL_H

#include <stddef.h>
#include <stdint.h>

#include "cryptoki.h"
#include "entry.h"
#include "keyop.h"
#include "object.h"
#include "rv.h"
#include "session.h"

#define LY_MANUFACTURER "Lanyard"
#define LY_VERSION_MAJOR 0
#define LY_VERSION_MINOR 1

/* Copy text into a field of len bytes, cut or padded with spaces. */
void ly_pad(unsigned char *field, size_t len, const char *text);

/*
 * Give a result (PKCS#11 v3.0 5.2). *len is set; CKR_BUFFER_TOO_SMALL when
 * out is too small for it.
 */
CK_RV ly_give(const uint8_t *res, size_t reslen, CK_BYTE *out,
    CK_ULONG *len);

/*
 * Begin an operation with a private key, or an unwrap with a key in
 * memory, in the session.
 */
CK_RV ly_op_init(CK_SESSION_HANDLE h, const CK_MECHANISM *m,
    CK_OBJECT_HANDLE key, enum ly_op op);

/*
 * Finish it, on in, or (final) on what was collected: answers size
 * queries locally, ends the operation unless it was one.
 */
CK_RV ly_op_finish(CK_SESSION_HANDLE h, enum ly_op op, int final,
    const CK_BYTE *in, CK_ULONG inlen, CK_BYTE *out, CK_ULONG *outlen);

/* Add a part to it. */
CK_RV ly_op_update(CK_SESSION_HANDLE h, enum ly_op op, const CK_BYTE *in,
    CK_ULONG inlen);

/*
 * Run an operation of the call's token with its drivers, and let the token
 * see what the service said about its revision.
 */
int ly_op_run(struct ly_call *c, struct ly_keyop *op, const uint8_t *in,
    size_t inlen, const uint8_t **res, size_t *reslen);

/* Make the operation for m and key of op; the key is checked. */
CK_RV ly_op_new(struct ly_call *c, const CK_MECHANISM *m,
    CK_OBJECT_HANDLE key, CK_FLAGS flag, enum ly_op op,
    struct ly_keyop **out);

#endif
