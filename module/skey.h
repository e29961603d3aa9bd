/*
 * Secret keys in memory: session objects made by C_DeriveKey, C_UnwrapKey
 * and C_CreateObject. The value lives in a struct ly_secret; the template
 * is echoed, and read leniently, because NSS asks for a key that may only
 * wrap and then unwraps with it.
 */
#ifndef LY_SKEY_H
#define LY_SKEY_H

#include <stddef.h>
#include <stdint.h>

#include "cryptoki.h"
#include "secret.h"

#define LY_SKEY_MAX 1024	/* bytes of a value */
#define LY_SKEY_TEXT 256	/* bytes of CKA_LABEL and CKA_ID */

/* Bits of the usage attributes, echoed and not enforced. */
enum ly_skey_flag {
	LY_SKEY_ENCRYPT = 1u << 0,
	LY_SKEY_DECRYPT = 1u << 1,
	LY_SKEY_SIGN = 1u << 2,
	LY_SKEY_VERIFY = 1u << 3,
	LY_SKEY_WRAP = 1u << 4,
	LY_SKEY_UNWRAP = 1u << 5,
	LY_SKEY_DERIVE = 1u << 6,
	LY_SKEY_SENSITIVE = 1u << 7,
	LY_SKEY_EXTRACTABLE = 1u << 8,
	LY_SKEY_PRIVATE = 1u << 9,
	LY_SKEY_LOCAL = 1u << 10
};

/* What a template says. */
struct ly_skey_tmpl {
	CK_KEY_TYPE type;	/* CKK_GENERIC_SECRET when not given */
	int has_type, has_class;
	size_t value_len;	/* 0: not given */
	const void *value;	/* CKA_VALUE, the caller's bytes */
	size_t value_bytes;
	unsigned flags;
	uint8_t label[LY_SKEY_TEXT], id[LY_SKEY_TEXT];
	size_t label_len, id_len;
};

struct ly_skey {
	unsigned refs;			/* under the module's lock */
	CK_SESSION_HANDLE owner;	/* dies with this session */
	CK_SLOT_ID slot;
	struct ly_skey_tmpl t;		/* value is NULL here */
	struct ly_secret value;
};

/*
 * Read a template for a secret key. Unknown attributes are skipped.
 * CKR_ATTRIBUTE_VALUE_INVALID, CKR_TEMPLATE_INCONSISTENT (another class, a
 * type that is none of ours), CKR_SESSION_READ_ONLY or
 * CKR_TOKEN_WRITE_PROTECTED for CKA_TOKEN true.
 */
CK_RV ly_skey_template(const CK_ATTRIBUTE *a, CK_ULONG n, int rw,
    struct ly_skey_tmpl *t);

/*
 * A key with that template whose value is moved out of value. Checks the
 * length: CKR_TEMPLATE_INCONSISTENT, CKR_KEY_SIZE_RANGE, CKR_HOST_MEMORY.
 */
CK_RV ly_skey_new(const struct ly_skey_tmpl *t, struct ly_secret *value,
    struct ly_skey **out);

void ly_skey_free(struct ly_skey **k);

#endif
