/*
 * Text files with a block of ours: p11-kit's module file, ssh's
 * configuration, and files for OpenSSL and Java that are used when they are
 * named. A file of ours that somebody else wrote is left alone.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "block.h"
#include "buf.h"
#include "compat.h"
#include "file.h"
#include "profiles.h"
#include "register.h"

#define TEXT_MAX 1048576
#define BODY_MAX 8192
#define LIBRARY '@'	/* in a body: the module's path */
#define P11_SYSTEM LY_P11_CONFIG_DIR "/lanyard.module"

struct text {
	const char *name;	/* below ~/.config, or below HOME */
	int in_home;
	int shared;		/* others write in it, too */
	unsigned mode;		/* of a new file */
	const char *body;
	const char *use[2];	/* how it is used: before and after its path */
};

static const struct text p11kit = {
	"pkcs11/modules/lanyard.module", 0, 0, 0644,
	"module: @\n"
	"critical: no\n"
	"# These load it by their own list of modules.\n"
	"disable-in: " LY_REG_NSS_PROGRAMS "\n",
	{ NULL, NULL },
};
static const struct text ssh = {
	".ssh/config", 1, 1, 0600,
	"# At the end: what is said above for a host goes first.\n"
	"Host *\n"
	"\tPKCS11Provider @\n",
	{ NULL, NULL },
};
static const struct text java = {
	"lanyard/pkcs11.cfg", 0, 0, 0644,
	"name = Lanyard\n"
	"library = @\n"
	"# A signature that is given up is not finished, which asks the "
	"service.\n"
	"explicitCancel = false\n"
	"# Of several accounts the first. This is the second:\n"
	"# slotListIndex = 1\n",
	{ "keytool -list -keystore NONE -storetype PKCS11 -addprovider "
	    "SunPKCS11 -providerarg ", "" },
};
static const struct text engine = {
	"lanyard/openssl-engine.cnf", 0, 0, 0644,
	"# libp11's engine (Debian: libengine-pkcs11-openssl).\n"
	"openssl_conf = lanyard_by_engine\n"
	"[lanyard_by_engine]\n"
	"engines = lanyard_engines\n"
	"[lanyard_engines]\n"
	"pkcs11 = lanyard_engine\n"
	"[lanyard_engine]\n"
	"engine_id = pkcs11\n"
	"MODULE_PATH = @\n"
	"init = 0\n",
	{ "OPENSSL_CONF=", " openssl cms -decrypt -engine pkcs11 -keyform "
	    "engine -inkey 'pkcs11:...' ..." },
};
static const struct text provider = {
	"lanyard/openssl-provider.cnf", 0, 0, 0644,
	"# pkcs11-provider, for OpenSSL 3 (not in Debian 12).\n"
	"openssl_conf = lanyard_by_provider\n"
	"[lanyard_by_provider]\n"
	"providers = lanyard_providers\n"
	"[lanyard_providers]\n"
	"default = lanyard_default\n"
	"pkcs11 = lanyard_provider\n"
	"[lanyard_default]\n"
	"activate = 1\n"
	"[lanyard_provider]\n"
	"pkcs11-module-path = @\n"
	"activate = 1\n",
	{ "OPENSSL_CONF=", " openssl cms -decrypt -inkey 'pkcs11:...' ... "
	    "(with pkcs11-provider installed)" },
};

static int
text_path(const struct text *t, char *path, struct ly_why *why)
{
	const char *xdg = ly_getenv("XDG_CONFIG_HOME");
	char base[LY_PATH_MAX];
	int r;

	if (t->in_home)
		return ly_profiles_home(t->name, path, why);
	if (xdg != NULL && xdg[0] == '/')
		return ly_path_join(path, xdg, t->name);
	if ((r = ly_profiles_home(".config", base, why)) != 0)
		return r;
	return ly_path_join(path, base, t->name);
}

/* The body with the module's path in it, as a string. */
static int
fill(const struct text *t, const char *library, struct ly_buf *body)
{
	const char *p = t->body, *at;

	while ((at = strchr(p, LIBRARY)) != NULL) {
		(void)ly_buf_put(body, p, (size_t)(at - p));
		(void)ly_buf_put(body, library, strlen(library));
		p = at + 1;
	}
	return ly_buf_put(body, p, strlen(p) + 1);
}

/* Read the file that path means, a link followed; *there 0 if none. */
static int
read_old(char *path, struct ly_buf *old, int *there, struct ly_why *why)
{
	char *real = realpath(path, NULL);
	int r;

	if (real != NULL && strlen(real) < LY_PATH_MAX)
		memcpy(path, real, strlen(real) + 1);
	free(real);
	r = ly_file_read(path, TEXT_MAX, LY_FILE_OWNED, old, why);
	*there = r == 0;
	return r == LY_ERR_NOTFOUND ? 0 : r;
}

static int
write_new(const struct text *t, const char *path, const struct ly_buf *new,
    struct ly_why *why)
{
	char dir[LY_PATH_MAX];
	struct stat st;
	int r;

	if (stat(path, &st) != 0)
		st.st_mode = t->mode;
	memcpy(dir, path, sizeof(dir));
	*strrchr(dir, '/') = '\0';
	if ((r = ly_dir_make(dir, why)) != 0)
		return r;
	return ly_file_replace(path, new->data, new->len,
	    st.st_mode & 0777, why);
}

/* Is a file that should be ours alone written by somebody else? */
static int
is_foreign(const struct text *t, const struct ly_buf *old)
{
	return old != NULL && old->len > 0 && !t->shared &&
	    !ly_block_has(old);
}

/* Edit the file at path, unless this is a dry run. */
static int
edit(const struct ly_reg *g, const struct text *t, const char *path,
    const struct ly_buf *old, enum ly_nss_change *change,
    struct ly_why *why)
{
	struct ly_buf body, new;
	int r = 0, gone = 0;

	ly_buf_init(&body, BODY_MAX);
	ly_buf_init(&new, TEXT_MAX + BODY_MAX);
	if (g->library != NULL)
		r = fill(t, g->library, &body);
	if (r == 0 && g->library != NULL && is_foreign(t, old)) {
		if (memmem(old->data, old->len, g->library,
		    strlen(g->library)) != NULL)
			goto out;	/* by hand: for instance "remote:" */
		r = ly_fail(why, LY_ERR_EXISTS, "%.300s: not a file of ours: "
		    "move it away", path);
	}
	if (r == 0)
		r = ly_block_edit(old, (const char *)body.data, &new, change,
		    &gone);
	if (r == LY_ERR_FORMAT)
		r = ly_fail(why, r, "%.300s: the line \"# lanyard register: "
		    "end\" is missing: put it back, or take our lines out",
		    path);
	if (r != 0 || *change == LY_NSS_SAME || g->dry_run)
		goto out;
	r = gone ? ly_file_remove(path, why) :
	    write_new(t, path, &new, why);
out:
	ly_buf_clear(&body);
	ly_buf_clear(&new);
	return r;
}

static void
do_text(struct ly_reg *g, const struct text *t, int asked)
{
	char path[LY_PATH_MAX], real[LY_PATH_MAX];
	enum ly_nss_change change = LY_NSS_SAME;
	struct ly_why why = { "" };
	struct ly_buf old;
	int r, there = 0;

	ly_buf_init(&old, TEXT_MAX);
	if ((r = text_path(t, path, &why)) == 0) {
		memcpy(real, path, sizeof(real));
		r = read_old(real, &old, &there, &why);
	}
	if (r == 0)
		r = edit(g, t, real, there ? &old : NULL, &change, &why);
	ly_buf_clear(&old);
	if (r != 0) {
		ly_reg_failed(g, r, &why);
		return;
	}
	if (change != LY_NSS_SAME || asked || g->library != NULL)
		ly_reg_say(g, path, change);
	if (t->use[0] != NULL && g->library != NULL && !g->dry_run)
		(void)printf("%s: use it by: %s%s%s\n", path, t->use[0],
		    path, t->use[1]);
}

/* 1 if the administrator's file has p11-kit load this module for all. */
static int
p11_system_has(const char *library)
{
	const size_t n = strlen(library);
	const char *p, *nl;
	struct ly_buf text;
	int has = 0;

	ly_buf_init(&text, TEXT_MAX);
	if (ly_file_read(P11_SYSTEM, TEXT_MAX, LY_FILE_ANY, &text,
	    NULL) != 0 || ly_buf_put_u8(&text, 0) != 0)
		goto out;
	for (p = (const char *)text.data; p != NULL; p = nl) {
		if ((nl = strchr(p, '\n')) != NULL)
			nl++;
		if (strncmp(p, "module: ", 8) == 0 &&
		    strncmp(p + 8, library, n) == 0 &&
		    (p[8 + n] == '\n' || p[8 + n] == '\0'))
			has = 1;
	}
out:
	ly_buf_clear(&text);
	return has;
}

void
ly_reg_p11kit(struct ly_reg *g, int asked)
{
	if (g->library != NULL && p11_system_has(g->library))
		(void)printf("%s: there already, for all users\n",
		    P11_SYSTEM);
	else
		do_text(g, &p11kit, asked);
}

void
ly_reg_ssh(struct ly_reg *g, int asked)
{
	do_text(g, &ssh, asked);
}

void
ly_reg_openssl(struct ly_reg *g, int asked)
{
	do_text(g, &engine, asked);
	do_text(g, &provider, asked);
}

void
ly_reg_java(struct ly_reg *g, int asked)
{
	do_text(g, &java, asked);
}
