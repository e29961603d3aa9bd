/*
 * Searches: a template against the objects of a token. The whole answer is
 * made by C_FindObjectsInit, from the catalogue's index wherever the
 * template names something indexed, so that a "no" costs the same with ten
 * keys and with ten thousand.
 */
#ifndef LY_FIND_H
#define LY_FIND_H

#include "cryptoki.h"

struct ly_call;
struct ly_search;

/*
 * Search. Unknown classes and attributes are found nowhere, and no error.
 * CKR_ARGUMENTS_BAD (a value that is missing), CKR_TEMPLATE_INCONSISTENT
 * (more attributes than any object has), CKR_HOST_MEMORY.
 */
CK_RV ly_search_new(struct ly_call *c, const CK_ATTRIBUTE *a, CK_ULONG n,
    struct ly_search **out);

/* The next handles, as many as there are and fit. */
CK_ULONG ly_search_next(struct ly_search *s, CK_OBJECT_HANDLE *h,
    CK_ULONG max);

void ly_search_free(struct ly_search **s);

#endif
