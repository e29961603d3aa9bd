/* PKCS#11 v3.0 5.7: objects. Only keys in memory come and go. */
#include "attr.h"
#include "c_util.h"
#include "find.h"
#include "skey.h"
#include "token.h"

static CK_RV
create(struct ly_call *c, const CK_ATTRIBUTE *a, CK_ULONG n,
    CK_OBJECT_HANDLE *h)
{
	struct ly_secret value = LY_SECRET_INIT;
	struct ly_skey *k = NULL;
	struct ly_skey_tmpl t;
	CK_RV rv;

	if ((rv = ly_skey_template(a, n, (c->s->flags & CKF_RW_SESSION) != 0,
	    &t)) != CKR_OK)
		return rv;
	if (!t.has_class || !t.has_type || t.value == NULL)
		return CKR_TEMPLATE_INCOMPLETE;
	if ((rv = ly_rv(LY_DOING_ANY, ly_secret_set(&value, t.value,
	    t.value_bytes))) != CKR_OK)
		return rv;
	if ((rv = ly_skey_new(&t, &value, &k)) == CKR_OK)
		rv = ly_skey_add(c, &k, h);
	ly_skey_free(&k);
	ly_secret_clear(&value);
	return rv;
}

CK_RV
C_CreateObject(CK_SESSION_HANDLE h, CK_ATTRIBUTE *a, CK_ULONG n,
    CK_OBJECT_HANDLE *object)
{
	struct ly_call c;
	CK_RV rv;

	if ((rv = ly_call_session(&c, h)) != CKR_OK)
		return rv;
	if (object == NULL || a == NULL)
		rv = CKR_ARGUMENTS_BAD;
	else
		rv = create(&c, a, n, object);
	ly_call_end(&c);
	return rv;
}

CK_RV
C_CopyObject(CK_SESSION_HANDLE h, CK_OBJECT_HANDLE object, CK_ATTRIBUTE *a,
    CK_ULONG n, CK_OBJECT_HANDLE *copy)
{
	struct ly_object o;
	struct ly_call c;
	CK_RV rv;

	if ((rv = ly_call_session(&c, h)) != CKR_OK)
		return rv;
	if (copy == NULL || (a == NULL && n != 0)) {
		rv = CKR_ARGUMENTS_BAD;
	} else if ((rv = ly_object_get(&c, object, &o)) == CKR_OK) {
		rv = CKR_ACTION_PROHIBITED;
		ly_object_end(&c, &o);
	}
	ly_call_end(&c);
	return rv;
}

CK_RV
C_DestroyObject(CK_SESSION_HANDLE h, CK_OBJECT_HANDLE object)
{
	struct ly_object o;
	struct ly_call c;
	CK_RV rv;

	if ((rv = ly_call_session(&c, h)) != CKR_OK)
		return rv;
	if ((rv = ly_object_get(&c, object, &o)) == CKR_OK) {
		rv = o.skey != NULL ? ly_skey_destroy(&c, object) :
		    CKR_ACTION_PROHIBITED;
		ly_object_end(&c, &o);
	}
	ly_call_end(&c);
	return rv;
}

CK_RV
C_GetObjectSize(CK_SESSION_HANDLE h, CK_OBJECT_HANDLE object, CK_ULONG *size)
{
	struct ly_object o;
	struct ly_call c;
	CK_RV rv;

	if ((rv = ly_call_session(&c, h)) != CKR_OK)
		return rv;
	if (size == NULL) {
		rv = CKR_ARGUMENTS_BAD;
	} else if ((rv = ly_object_get(&c, object, &o)) == CKR_OK) {
		*size = (CK_ULONG)ly_attr_size(&o);
		ly_object_end(&c, &o);
	}
	ly_call_end(&c);
	return rv;
}

CK_RV
C_GetAttributeValue(CK_SESSION_HANDLE h, CK_OBJECT_HANDLE object,
    CK_ATTRIBUTE *a, CK_ULONG n)
{
	struct ly_object o;
	struct ly_call c;
	CK_RV rv;

	if ((rv = ly_call_session(&c, h)) != CKR_OK)
		return rv;
	if (a == NULL || n > LY_ATTRS_MAX) {
		rv = CKR_ARGUMENTS_BAD;
	} else if ((rv = ly_object_get(&c, object, &o)) == CKR_OK) {
		rv = ly_attr_fill(&o, a, n);
		ly_object_end(&c, &o);
	}
	ly_call_end(&c);
	return rv;
}

CK_RV
C_SetAttributeValue(CK_SESSION_HANDLE h, CK_OBJECT_HANDLE object,
    CK_ATTRIBUTE *a, CK_ULONG n)
{
	struct ly_object o;
	struct ly_call c;
	CK_RV rv;

	if ((rv = ly_call_session(&c, h)) != CKR_OK)
		return rv;
	if (a == NULL && n != 0) {
		rv = CKR_ARGUMENTS_BAD;
	} else if ((rv = ly_object_get(&c, object, &o)) == CKR_OK) {
		rv = CKR_ACTION_PROHIBITED;
		ly_object_end(&c, &o);
	}
	ly_call_end(&c);
	return rv;
}

/* A search that was left behind is replaced: NSS does not end them all. */
CK_RV
C_FindObjectsInit(CK_SESSION_HANDLE h, CK_ATTRIBUTE *a, CK_ULONG n)
{
	struct ly_search *s = NULL;
	struct ly_call c;
	void *p;
	CK_RV rv;

	if ((rv = ly_call_session(&c, h)) != CKR_OK)
		return rv;
	p = ly_session_take(c.s, LY_SES_FIND);
	ly_session_op_free(LY_SES_FIND, &p);
	if ((rv = ly_search_new(&c, a, n, &s)) == CKR_OK) {
		p = s;
		ly_session_put(c.s, LY_SES_FIND, &p);
	}
	ly_call_end(&c);
	return rv;
}

CK_RV
C_FindObjects(CK_SESSION_HANDLE h, CK_OBJECT_HANDLE *object, CK_ULONG max,
    CK_ULONG *count)
{
	struct ly_search *s;
	struct ly_call c;
	void *p;
	CK_RV rv;

	if ((rv = ly_call_session(&c, h)) != CKR_OK)
		return rv;
	if ((s = ly_session_take(c.s, LY_SES_FIND)) == NULL) {
		ly_call_end(&c);
		return CKR_OPERATION_NOT_INITIALIZED;
	}
	p = s;
	if (count == NULL || (object == NULL && max != 0)) {
		ly_session_op_free(LY_SES_FIND, &p);
		rv = CKR_ARGUMENTS_BAD;
	} else {
		*count = ly_search_next(s, object, max);
		ly_session_put(c.s, LY_SES_FIND, &p);
	}
	ly_call_end(&c);
	return rv;
}

CK_RV
C_FindObjectsFinal(CK_SESSION_HANDLE h)
{
	struct ly_call c;
	void *p;
	CK_RV rv;

	if ((rv = ly_call_session(&c, h)) != CKR_OK)
		return rv;
	if ((p = ly_session_take(c.s, LY_SES_FIND)) == NULL)
		rv = CKR_OPERATION_NOT_INITIALIZED;
	ly_session_op_free(LY_SES_FIND, &p);
	ly_call_end(&c);
	return rv;
}
