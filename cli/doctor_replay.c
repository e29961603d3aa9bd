/*
 * doctor, in the child: loads the module and goes the way of a client into
 * it, up to open and logged-in sessions, and out again. Each call's answer
 * is checked, nothing is guessed.
 */
#include "config.h"

#include <dlfcn.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "doctor_replay_impl.h"
#include "secret.h"

void
ly_replay_say(struct ly_replay *r, const char *word, const char *fmt, ...)
{
	char text[1024];
	va_list ap;
	int n;

	n = snprintf(text, sizeof(text), "%s ", word);
	va_start(ap, fmt);
	n += vsnprintf(text + n, sizeof(text) - (size_t)n - 1, fmt, ap);
	va_end(ap);
	if (n > (int)sizeof(text) - 2)
		n = (int)sizeof(text) - 2;
	text[n] = '\n';
	/* If nobody reads, there is nobody to tell. */
	if (write(r->fd, text, (size_t)n + 1) < 0)
		_exit(1);
}

int
ly_replay_failed(struct ly_replay *r, const char *call, CK_RV rv)
{
	ly_replay_say(r, "bad", "%s answers 0x%lx: set \"log\" in "
	    "lanyard.conf, run this again, and see what the log says", call,
	    rv);
	return -1;
}

static int64_t
now_us(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

/* PKCS#11 v3.0 3.1, which the header of 2.40 does not have. */
struct interface {
	CK_UTF8CHAR *name;
	void *list;
	CK_FLAGS flags;
};
typedef CK_RV get_interface(CK_UTF8CHAR *name, CK_VERSION *version,
    struct interface **out, CK_FLAGS flags);

/* As NSS does: fork-safe, then any; and one that must not be there. */
static int
ask_interface(struct ly_replay *r, get_interface *get)
{
	static CK_UTF8CHAR standard[] = "PKCS 11";
	static CK_UTF8CHAR fips[] = "Vendor NSS FIPS Interface";
	struct interface *i = NULL;
	CK_RV rv;

	if ((rv = get(standard, NULL, &i, 1)) != CKR_OK)
		rv = get(standard, NULL, &i, 0);
	if (rv != CKR_OK || i == NULL || i->list == NULL)
		return ly_replay_failed(r, "C_GetInterface", rv);
	r->f = i->list;
	if (get(fips, NULL, &i, 0) == CKR_OK) {
		ly_replay_say(r, "bad", "the module offers an interface that "
		    "only NSS may have: not a module of ours: run \"lanyard "
		    "register\" with the right --module");
		return -1;
	}
	return 0;
}

/* dlopen with RTLD_LOCAL, C_GetInterface or C_GetFunctionList. */
int
ly_replay_load(struct ly_replay *r)
{
	CK_C_GetFunctionList get_list;
	get_interface *get;
	void *symbol;
	CK_RV rv;

	r->lib = dlopen(r->library, RTLD_LAZY | RTLD_LOCAL);
	if (r->lib == NULL) {
		ly_replay_say(r, "bad", "cannot be loaded: %.400s: install "
		    "Lanyard again", dlerror());
		return -1;
	}
	symbol = dlsym(r->lib, "C_GetInterface");
	if (r->client->interface && symbol != NULL) {
		memcpy(&get, &symbol, sizeof(get));
		return ask_interface(r, get);
	}
	symbol = dlsym(r->lib, "C_GetFunctionList");
	if (symbol == NULL) {
		ly_replay_say(r, "bad", "%.400s has no C_GetFunctionList: "
		    "not a PKCS#11 module: install Lanyard again",
		    r->library);
		return -1;
	}
	memcpy(&get_list, &symbol, sizeof(get_list));
	if ((rv = get_list(&r->f)) != CKR_OK || r->f == NULL)
		return ly_replay_failed(r, "C_GetFunctionList", rv);
	return 0;
}

/* Functions for mutexes, as NSS has them; there is one thread here. */
static CK_RV
mutex_create(void **mutex)
{
	static int one;

	*mutex = &one;
	return CKR_OK;
}

static CK_RV
mutex_use(void *mutex)
{
	return mutex != NULL ? CKR_OK : CKR_ARGUMENTS_BAD;
}

/* C_Initialize with the flags of the client, C_GetInfo. */
int
ly_replay_initialize(struct ly_replay *r)
{
	CK_C_INITIALIZE_ARGS args;
	CK_INFO info;
	CK_RV rv;

	memset(&args, 0, sizeof(args));
	args.flags = CKF_OS_LOCKING_OK;
	if (r->client->init >= LY_INIT_NO_THREADS)
		args.flags |= CKF_LIBRARY_CANT_CREATE_OS_THREADS;
	if (r->client->init == LY_INIT_CALLBACKS) {
		args.CreateMutex = mutex_create;
		args.DestroyMutex = args.LockMutex = args.UnlockMutex =
		    mutex_use;
	}
	rv = r->f->C_Initialize(r->client->init == LY_INIT_NULL ? NULL :
	    &args);
	if (rv != CKR_OK)
		return ly_replay_failed(r, "C_Initialize", rv);
	r->initialized = 1;
	if ((rv = r->f->C_GetInfo(&info)) != CKR_OK)
		return ly_replay_failed(r, "C_GetInfo", rv);
	ly_replay_say(r, "version", "%u.%u", info.libraryVersion.major,
	    info.libraryVersion.minor);
	return 0;
}

static int
look_token(struct ly_replay *r, struct ly_replay_token *t)
{
	CK_MECHANISM_TYPE mechs[128];
	CK_ULONG n = 0, len = sizeof(t->serial) - 1;
	CK_SLOT_INFO slot;
	CK_TOKEN_INFO info;
	CK_RV rv;

	if ((rv = r->f->C_GetSlotInfo(t->slot, &slot)) != CKR_OK)
		return ly_replay_failed(r, "C_GetSlotInfo", rv);
	if ((rv = r->f->C_GetTokenInfo(t->slot, &info)) != CKR_OK)
		return ly_replay_failed(r, "C_GetTokenInfo", rv);
	t->flags = info.flags;
	memcpy(t->serial, info.serialNumber, len);
	while (len > 0 && t->serial[len - 1] == ' ')
		len--;
	t->serial[len] = '\0';
	if ((rv = r->f->C_GetMechanismList(t->slot, NULL, &n)) != CKR_OK ||
	    n > sizeof(mechs) / sizeof(mechs[0]) || (rv =
	    r->f->C_GetMechanismList(t->slot, mechs, &n)) != CKR_OK)
		return ly_replay_failed(r, "C_GetMechanismList", rv);
	return 0;
}

/* C_GetSlotList twice; slot, token and mechanisms of each. */
int
ly_replay_slots(struct ly_replay *r)
{
	CK_SLOT_ID slots[LY_REPLAY_TOKENS];
	CK_ULONG n = 0, i;
	CK_RV rv;

	if ((rv = r->f->C_GetSlotList(CK_FALSE, NULL, &n)) != CKR_OK ||
	    n > LY_REPLAY_TOKENS ||
	    (rv = r->f->C_GetSlotList(CK_FALSE, slots, &n)) != CKR_OK)
		return ly_replay_failed(r, "C_GetSlotList", rv);
	for (i = 0; i < n; i++) {
		r->tokens[i].slot = slots[i];
		if (look_token(r, &r->tokens[i]) != 0)
			return -1;
	}
	r->ntokens = n;
	ly_replay_say(r, "count", "tokens %lu", n);
	return 0;
}

/* C_OpenSession on each token. */
int
ly_replay_sessions(struct ly_replay *r)
{
	const CK_FLAGS flags = CKF_SERIAL_SESSION |
	    (r->client->rw ? CKF_RW_SESSION : 0);
	CK_ULONG i;
	CK_RV rv;

	for (i = 0; i < r->ntokens; i++) {
		rv = r->f->C_OpenSession(r->tokens[i].slot, flags, NULL,
		    NULL, &r->tokens[i].session);
		if (rv != CKR_OK)
			return ly_replay_failed(r, "C_OpenSession", rv);
	}
	return 0;
}

/* C_Login, if the token wants it and its PIN is known. */
int
ly_replay_login(struct ly_replay *r)
{
	struct ly_replay_token *t;
	CK_ULONG i;
	CK_RV rv;

	for (i = 0; i < r->ntokens; i++) {
		t = &r->tokens[i];
		if ((t->flags & CKF_LOGIN_REQUIRED) == 0)
			continue;
		if (r->pin == NULL || strcmp(t->serial, r->serial) != 0) {
			ly_replay_say(r, "count", "locked 1");
			continue;
		}
		rv = r->f->C_Login(t->session, CKU_USER, r->pin->data,
		    r->pin->len);
		if (rv != CKR_OK)
			return ly_replay_failed(r, "C_Login", rv);
	}
	return 0;
}

/* C_CloseAllSessions, C_Finalize, dlclose. */
int
ly_replay_finalize(struct ly_replay *r)
{
	CK_ULONG i;
	CK_RV rv;

	for (i = 0; i < r->ntokens; i++)
		(void)r->f->C_CloseAllSessions(r->tokens[i].slot);
	r->initialized = 0;
	if ((rv = r->f->C_Finalize(NULL)) != CKR_OK)
		return ly_replay_failed(r, "C_Finalize", rv);
	(void)dlclose(r->lib);
	return 0;
}

int
ly_replay_find(struct ly_replay *r, CK_SESSION_HANDLE session,
    CK_ATTRIBUTE *template, CK_ULONG ntemplate, CK_ULONG batch, CK_ULONG *n)
{
	CK_OBJECT_HANDLE got[64];
	CK_ULONG count, i, all = 0;
	CK_RV rv;

	rv = r->f->C_FindObjectsInit(session, template, ntemplate);
	if (rv != CKR_OK)
		return ly_replay_failed(r, "C_FindObjectsInit", rv);
	if (batch > 64)
		batch = 64;
	do {
		count = 0;
		rv = r->f->C_FindObjects(session, got, batch, &count);
		if (rv != CKR_OK || count > batch)
			return ly_replay_failed(r, "C_FindObjects", rv);
		for (i = 0; i < count; i++, all++)
			if (all < LY_REPLAY_OBJECTS)
				r->found[all] = got[i];
	} while (count == batch);
	if ((rv = r->f->C_FindObjectsFinal(session)) != CKR_OK)
		return ly_replay_failed(r, "C_FindObjectsFinal", rv);
	*n = all;
	return 0;
}

int
ly_replay_get(struct ly_replay *r, CK_SESSION_HANDLE session,
    CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type, void *buf, size_t cap,
    CK_ULONG *len)
{
	CK_ATTRIBUTE a = { type, NULL, 0 };
	CK_RV rv;

	rv = r->f->C_GetAttributeValue(session, object, &a, 1);
	if (rv == CKR_OK && a.ulValueLen <= cap) {
		a.pValue = buf;
		rv = r->f->C_GetAttributeValue(session, object, &a, 1);
	}
	if (rv != CKR_OK || a.ulValueLen > cap) {
		ly_replay_say(r, "bad", "attribute 0x%lx of an object: "
		    "C_GetAttributeValue answers 0x%lx: run \"lanyard "
		    "sync\"", type, rv);
		return -1;
	}
	*len = a.ulValueLen;
	return 0;
}

void
ly_replay_run(const struct ly_replay_client *client, const char *library,
    const char *serial, const struct ly_secret *pin, int fd)
{
	static struct ly_replay r;
	const struct ly_replay_step *s;
	int64_t start;
	int bad = 0;

	r.client = client;
	r.library = library;
	r.serial = serial;
	r.pin = pin;
	r.fd = fd;
	for (s = client->steps; s->run != NULL && !bad; s++) {
		ly_replay_say(&r, "begin", "%s", s->name);
		start = now_us();
		bad = s->run(&r) != 0;
		ly_replay_say(&r, "end", "%s %lld", s->name,
		    (long long)(now_us() - start));
	}
	ly_replay_say(&r, "done", "%s", "");
}
