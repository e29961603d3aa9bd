/*
 * Attributes: one table for each class of objects. A value is a view into
 * the catalogue or a few bytes made on the spot.
 */
#ifndef LY_ATTR_H
#define LY_ATTR_H

#include <stddef.h>
#include <stdint.h>

#include "cryptoki.h"

#define LY_ATTRS_MAX 65536	/* a count that was never set is more */

struct ly_object;

struct ly_value {
	const uint8_t *p;
	size_t len;
	uint8_t tmp[256];	/* where p may point to */
};

/*
 * One attribute. CKR_ATTRIBUTE_TYPE_INVALID if the object has none such,
 * CKR_ATTRIBUTE_SENSITIVE if it is not shown.
 */
CK_RV ly_attr_get(const struct ly_object *o, CK_ATTRIBUTE_TYPE type,
    struct ly_value *v);

/*
 * C_GetAttributeValue (PKCS#11 v3.0 5.7.5): every entry is worked on,
 * whatever became of the others; lengths are CK_UNAVAILABLE_INFORMATION
 * where there is no value or no room.
 */
CK_RV ly_attr_fill(const struct ly_object *o, CK_ATTRIBUTE *a, CK_ULONG n);

/*
 * 1 if the object has an attribute of that value. Serial numbers also
 * match as the content of the INTEGER, addresses also with a NUL behind
 * them and in capitals (NSS).
 */
int ly_attr_match(const struct ly_object *o, const CK_ATTRIBUTE *a);

/* Bytes that all values of the object take (C_GetObjectSize). */
size_t ly_attr_size(const struct ly_object *o);

#endif
