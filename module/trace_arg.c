/*
 * How each kind of argument is printed, before the call and after it. Of
 * what carries a message, a signature, a result or a PIN only the length,
 * or that it is there. An argument that goes in is read before the call,
 * one that comes out after a success.
 */
#include <string.h>

#include "trace.h"
#include "trace_names.h"

#define HANDLES_SHOWN 16

/* v[0] is the argument, v[1] and v[2] those after it. */
typedef void (*printer)(struct ly_buf *b, const uintptr_t *v, CK_RV rv);

static void *
pointer(uintptr_t v)
{
	return (void *)v;
}

static void
print_number(struct ly_buf *b, const uintptr_t *v, CK_RV rv)
{
	(void)rv;
	ly_trace_put(b, "0x%lx", (unsigned long)v[0]);
}

static void
print_present(struct ly_buf *b, const uintptr_t *v, CK_RV rv)
{
	(void)rv;
	ly_trace_put(b, "%s", v[0] != CK_FALSE ? "true" : "false");
}

static void
print_given(struct ly_buf *b, const uintptr_t *v, CK_RV rv)
{
	(void)rv;
	ly_trace_put(b, "%s", v[0] == 0 ? "NULL" : "given");
}

/* Not even its length. */
static void
print_pin(struct ly_buf *b, const uintptr_t *v, CK_RV rv)
{
	(void)rv;
	ly_trace_put(b, "%s", v[0] == 0 ? "NULL" : v[1] == 0 ? "empty" :
	    "not shown");
}

/* Bytes that go in, and their length. */
static void
print_data(struct ly_buf *b, const uintptr_t *v, CK_RV rv)
{
	(void)rv;
	ly_trace_put(b, "%s(%lu)", v[0] == 0 ? "NULL " : "",
	    (unsigned long)v[1]);
}

/* Room for what comes out, and how long that was. */
static void
print_room(struct ly_buf *b, const uintptr_t *v, CK_RV rv)
{
	const CK_ULONG *len = pointer(v[1]);

	(void)rv;
	if (v[0] == 0)
		ly_trace_put(b, "NULL");
	else if (len == NULL)
		ly_trace_put(b, "(no length)");
	else
		ly_trace_put(b, "room (%lu)", (unsigned long)*len);
}

static void
print_result(struct ly_buf *b, const uintptr_t *v, CK_RV rv)
{
	const CK_ULONG *len = pointer(v[1]);

	(void)rv;
	ly_trace_put(b, "(%lu)", (unsigned long)*len);
}

static void
print_text(struct ly_buf *b, const uintptr_t *v, CK_RV rv)
{
	(void)rv;
	if (v[0] == 0)
		ly_trace_put(b, "NULL");
	else
		ly_trace_text(b, pointer(v[0]), v[1]);
}

static void
print_string(struct ly_buf *b, const char *s)
{
	if (s == NULL)
		ly_trace_put(b, "NULL");
	else
		ly_trace_text(b, s, strlen(s));
}

static void
print_interface_name(struct ly_buf *b, const uintptr_t *v, CK_RV rv)
{
	(void)rv;
	print_string(b, pointer(v[0]));
}

static void
print_version(struct ly_buf *b, const CK_VERSION *version)
{
	ly_trace_put(b, "%u.%u", version->major, version->minor);
}

static void
print_version_wanted(struct ly_buf *b, const uintptr_t *v, CK_RV rv)
{
	(void)rv;
	if (v[0] == 0)
		ly_trace_put(b, "NULL");
	else
		print_version(b, pointer(v[0]));
}

static void
print_function_list(struct ly_buf *b, const uintptr_t *v, CK_RV rv)
{
	CK_FUNCTION_LIST *const *list = pointer(v[0]);

	(void)rv;
	print_version(b, &(*list)->version);
}

static void
print_interface(struct ly_buf *b, const uintptr_t *v, CK_RV rv)
{
	CK_INTERFACE *const *i = pointer(v[0]);

	(void)rv;
	print_string(b, (const char *)(*i)->pInterfaceName);
	ly_trace_put(b, " ");
	print_version(b, (*i)->pFunctionList);
}

static void
print_init_args(struct ly_buf *b, const uintptr_t *v, CK_RV rv)
{
	CK_C_INITIALIZE_ARGS a;

	(void)rv;
	if (v[0] == 0) {
		ly_trace_put(b, "NULL");
		return;
	}
	memcpy(&a, pointer(v[0]), sizeof(a));
	ly_trace_flags(b, LY_FLAGS_INIT, a.flags);
	ly_trace_put(b, ", mutexes %s, parameters ",
	    a.CreateMutex == NULL ? "NULL" : "given");
	print_string(b, a.pReserved);
}

static void
print_info(struct ly_buf *b, const uintptr_t *v, CK_RV rv)
{
	const CK_INFO *info = pointer(v[0]);

	(void)rv;
	print_version(b, &info->cryptokiVersion);
	ly_trace_put(b, ", library ");
	print_version(b, &info->libraryVersion);
}

static void
print_slot_info(struct ly_buf *b, const uintptr_t *v, CK_RV rv)
{
	const CK_SLOT_INFO *info = pointer(v[0]);

	(void)rv;
	ly_trace_flags(b, LY_FLAGS_SLOT, info->flags);
}

static void
print_token_info(struct ly_buf *b, const uintptr_t *v, CK_RV rv)
{
	const CK_TOKEN_INFO *info = pointer(v[0]);

	(void)rv;
	ly_trace_text(b, info->label, sizeof(info->label));
	ly_trace_put(b, ", ");
	ly_trace_flags(b, LY_FLAGS_TOKEN, info->flags);
}

static void
print_token_label(struct ly_buf *b, const uintptr_t *v, CK_RV rv)
{
	(void)rv;
	if (v[0] == 0)
		ly_trace_put(b, "NULL");
	else
		ly_trace_text(b, pointer(v[0]), sizeof(((CK_TOKEN_INFO *)
		    NULL)->label));
}

static void
print_session_info(struct ly_buf *b, const uintptr_t *v, CK_RV rv)
{
	const CK_SESSION_INFO *info = pointer(v[0]);
	char name[LY_TRACE_NAME];

	(void)rv;
	ly_trace_put(b, "slot 0x%lx, %s, ", (unsigned long)info->slotID,
	    ly_trace_name(LY_NAMES_CKS, info->state, name));
	ly_trace_flags(b, LY_FLAGS_SESSION, info->flags);
}

static void
print_mech_type(struct ly_buf *b, const uintptr_t *v, CK_RV rv)
{
	char name[LY_TRACE_NAME];

	(void)rv;
	ly_trace_put(b, "%s", ly_trace_name(LY_NAMES_CKM, (CK_ULONG)v[0],
	    name));
}

static void
print_mech_types(struct ly_buf *b, const uintptr_t *v, CK_RV rv)
{
	const CK_MECHANISM_TYPE *list = pointer(v[0]);
	const CK_ULONG *n = pointer(v[1]);
	char name[LY_TRACE_NAME];
	CK_ULONG i;

	ly_trace_put(b, "%lu", (unsigned long)*n);
	for (i = 0; list != NULL && rv == CKR_OK && i < *n; i++)
		ly_trace_put(b, " %s", ly_trace_name(LY_NAMES_CKM, list[i],
		    name));
}

static void
print_mech_info(struct ly_buf *b, const uintptr_t *v, CK_RV rv)
{
	const CK_MECHANISM_INFO *info = pointer(v[0]);

	(void)rv;
	ly_trace_put(b, "%lu to %lu, ", (unsigned long)info->ulMinKeySize,
	    (unsigned long)info->ulMaxKeySize);
	ly_trace_flags(b, LY_FLAGS_MECH, info->flags);
}

static void
print_mechanism(struct ly_buf *b, const uintptr_t *v, CK_RV rv)
{
	(void)rv;
	if (v[0] == 0)
		ly_trace_put(b, "NULL");
	else
		ly_trace_mechanism(b, pointer(v[0]));
}

static void
print_user(struct ly_buf *b, const uintptr_t *v, CK_RV rv)
{
	char name[LY_TRACE_NAME];

	(void)rv;
	ly_trace_put(b, "%s", ly_trace_name(LY_NAMES_CKU, (CK_ULONG)v[0],
	    name));
}

#define FLAGS(name, which)						\
static void								\
print_ ## name(struct ly_buf *b, const uintptr_t *v, CK_RV rv)		\
{									\
	(void)rv;							\
	ly_trace_flags(b, which, (CK_FLAGS)v[0]);			\
}

FLAGS(session_flags, LY_FLAGS_SESSION)
FLAGS(wait_flags, LY_FLAGS_WAIT)
FLAGS(cancel_flags, LY_FLAGS_MECH)
FLAGS(interface_flags, LY_FLAGS_INTERFACE)

static void
template(struct ly_buf *b, const uintptr_t *v, int filled)
{
	if (v[0] == 0) {
		ly_trace_put(b, "NULL [%lu]", (unsigned long)v[1]);
		return;
	}
	ly_trace_put(b, "[%lu]\n", (unsigned long)v[1]);
	ly_trace_template(b, pointer(v[0]), (CK_ULONG)v[1], filled);
}

static void
print_template(struct ly_buf *b, const uintptr_t *v, CK_RV rv)
{
	(void)rv;
	template(b, v, 1);
}

static void
print_wanted(struct ly_buf *b, const uintptr_t *v, CK_RV rv)
{
	(void)rv;
	template(b, v, 0);
}

/* A handle or number that came out. */
static void
print_out(struct ly_buf *b, const uintptr_t *v, CK_RV rv)
{
	const CK_ULONG *out = pointer(v[0]);

	(void)rv;
	ly_trace_put(b, "0x%lx", (unsigned long)*out);
}

/* A list and, in the next argument, how many came out. */
static void
print_list(struct ly_buf *b, const CK_ULONG *list, const CK_ULONG *n,
    CK_RV rv)
{
	CK_ULONG i;

	ly_trace_put(b, "%lu", (unsigned long)*n);
	if (list == NULL || rv != CKR_OK)
		return;
	for (i = 0; i < *n && i < HANDLES_SHOWN; i++)
		ly_trace_put(b, " 0x%lx", (unsigned long)list[i]);
	if (i < *n)
		ly_trace_put(b, " ...");
}

static void
print_slots(struct ly_buf *b, const uintptr_t *v, CK_RV rv)
{
	print_list(b, pointer(v[0]), pointer(v[1]), rv);
}

static void
print_objects(struct ly_buf *b, const uintptr_t *v, CK_RV rv)
{
	print_list(b, pointer(v[0]), pointer(v[2]), rv);
}

static void
print_count(struct ly_buf *b, const uintptr_t *v, CK_RV rv)
{
	const CK_ULONG *n = pointer(v[1]);

	(void)rv;
	ly_trace_put(b, "%lu", (unsigned long)*n);
}

/* Which returns fill what comes out: others leave it as it was. */
enum filled {
	ON_OK,
	ON_LENGTH,	/* also CKR_BUFFER_TOO_SMALL */
	ON_VALUES	/* C_GetAttributeValue's (PKCS#11 v3.0 5.7.5) */
};

#define IN(kind, name, in) [LY_ARG_ ## kind] = { name, in, NULL, 0, ON_OK }
#define OUT(kind, name, in, out, last, filled)				\
	[LY_ARG_ ## kind] = { name, in, out, last, filled }

/*
 * Nothing is printed of a kind without a row: it is the length or count
 * of the argument before it.
 */
static const struct kind {
	const char *name;
	printer in, out;
	unsigned char last;	/* v[last] must be there for out */
	enum filled filled;
} kinds[LY_ARG_NKINDS] = {
	OUT(ATTRIBUTES, "pTemplate", print_wanted, print_template, 0,
	    ON_VALUES),
	IN(CANCEL_FLAGS, "flags", print_cancel_flags),
	IN(DATA, "pData", print_data),
	OUT(FUNCTION_LIST, "ppFunctionList", print_given, print_function_list,
	    0, ON_OK),
	OUT(INFO, "pInfo", print_given, print_info, 0, ON_OK),
	IN(INIT_ARGS, "pInitArgs", print_init_args),
	OUT(INTERFACES, "pInterfacesList", print_room, print_count, 1,
	    ON_LENGTH),
	IN(INTERFACE_FLAGS, "flags", print_interface_flags),
	IN(INTERFACE_NAME, "pInterfaceName", print_interface_name),
	OUT(INTERFACE_OUT, "ppInterface", print_given, print_interface, 0,
	    ON_OK),
	IN(KEY, "hKey", print_number),
	IN(MECHANISM, "pMechanism", print_mechanism),
	OUT(MECH_INFO, "pInfo", print_given, print_mech_info, 0, ON_OK),
	IN(MECH_TYPE, "type", print_mech_type),
	OUT(MECH_TYPES, "pMechanismList", print_room, print_mech_types, 1,
	    ON_LENGTH),
	IN(MESSAGE_FLAGS, "flags", print_number),
	IN(NOTIFY, "Notify", print_given),
	IN(OBJECT, "hObject", print_number),
	OUT(OBJECTS, "phObject", print_data, print_objects, 2, ON_OK),
	OUT(OBJECT_OUT, "phObject", print_given, print_out, 0, ON_OK),
	IN(PARAMETER, "pParameter", print_data),
	IN(PIN, "pPin", print_pin),
	IN(POINTER, "pApplication", print_given),
	IN(PRESENT, "tokenPresent", print_present),
	IN(RANDOM, "pRandomData", print_data),
	IN(RESERVED, "pReserved", print_given),
	OUT(RESULT, "pResult", print_room, print_result, 1, ON_LENGTH),
	IN(SESSION, "hSession", print_number),
	IN(SESSION_FLAGS, "flags", print_session_flags),
	OUT(SESSION_INFO, "pInfo", print_given, print_session_info, 0, ON_OK),
	OUT(SESSION_OUT, "phSession", print_given, print_out, 0, ON_OK),
	IN(SIGNATURE, "pSignature", print_data),
	OUT(SIZE_OUT, "pulSize", print_given, print_out, 0, ON_OK),
	IN(SLOT, "slotID", print_number),
	OUT(SLOTS, "pSlotList", print_room, print_slots, 1, ON_LENGTH),
	OUT(SLOT_INFO, "pInfo", print_given, print_slot_info, 0, ON_OK),
	OUT(SLOT_OUT, "pSlot", print_given, print_out, 0, ON_OK),
	IN(TEMPLATE, "pTemplate", print_template),
	OUT(TOKEN_INFO, "pInfo", print_given, print_token_info, 0, ON_OK),
	IN(TOKEN_LABEL, "pLabel", print_token_label),
	IN(USER, "userType", print_user),
	IN(USER_NAME, "pUsername", print_text),
	IN(VERSION, "pVersion", print_version_wanted),
	IN(WAIT_FLAGS, "flags", print_wait_flags)
};

static int
has_come_out(const struct kind *k, const uintptr_t *v, CK_RV rv)
{
	if (k->out == NULL || v[k->last] == 0)
		return 0;
	switch (rv) {
	case CKR_OK:
		return 1;
	case CKR_BUFFER_TOO_SMALL:
		return k->filled != ON_OK;
	case CKR_ATTRIBUTE_SENSITIVE:
	case CKR_ATTRIBUTE_TYPE_INVALID:
		return k->filled == ON_VALUES;
	}
	return 0;
}

static void
line(struct ly_trace *t, unsigned i, const char *way, printer print,
    CK_RV rv)
{
	struct ly_buf *b = &t->text;

	ly_trace_put(b, "[%s] %s = ", way, kinds[t->call->kind[i]].name);
	print(b, &t->arg[i], rv);
	if (b->err == 0 && b->data[b->len - 1] != '\n')
		ly_trace_put(b, "\n");
}

void
ly_trace_args_in(struct ly_trace *t)
{
	const struct kind *k;
	unsigned i;

	for (i = 0; i < t->call->n; i++) {
		k = &kinds[t->call->kind[i]];
		if (k->in != NULL)
			line(t, i, "in", k->in, CKR_OK);
	}
}

void
ly_trace_args_out(struct ly_trace *t, CK_RV rv)
{
	const struct kind *k;
	unsigned i;

	for (i = 0; i < t->call->n; i++) {
		k = &kinds[t->call->kind[i]];
		if (has_come_out(k, &t->arg[i], rv))
			line(t, i, "out", k->out, rv);
	}
}
