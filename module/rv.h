/* From LY_ERR codes to return values of Cryptoki: rv.c alone does it. */
#ifndef LY_RV_H
#define LY_RV_H

#include "cryptoki.h"

/* What the caller was doing: the same failure has different names. */
enum ly_doing {
	LY_DOING_ANY,
	LY_DOING_LOGIN,
	LY_DOING_DECRYPT,
	LY_DOING_SIGN,
	LY_DOING_DERIVE,
	LY_DOING_UNWRAP,
	LY_DOING_VERIFY
};

CK_RV ly_rv(enum ly_doing doing, int err);

#endif
