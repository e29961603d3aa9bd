/*
 * An administrator's policies.json, which Thunderbird and Firefox read for
 * all users. Written where there is none; one with policies of others is
 * not changed: what belongs in it is said.
 */
#include "config.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "buf.h"
#include "file.h"
#include "register.h"

#define POLICIES "/etc/thunderbird/policies/policies.json"
#define POLICIES_MAX 1048576
#define OUR_LIBRARY "lanyard-pkcs11"

/* Around the module's path; config/policies.json.in is the same. */
static const char head[] =
    "{\n"
    "  \"policies\": {\n"
    "    \"SecurityDevices\": {\n"
    "      \"Add\": {\n"
    "        \"" LY_NSS_MODULE "\": \"";
static const char tail[] =
    "\"\n"
    "      }\n"
    "    }\n"
    "  }\n"
    "}\n";

/* 1 if the whole file is what we write, for any module of ours. */
static int
is_ours(const struct ly_buf *text)
{
	const size_t h = strlen(head), t = strlen(tail);
	const uint8_t *path = text->data + h;

	return text->len > h + t && memcmp(text->data, head, h) == 0 &&
	    memcmp(text->data + text->len - t, tail, t) == 0 &&
	    memchr(path, '"', text->len - h - t) == NULL &&
	    memmem(path, text->len - h - t, OUR_LIBRARY,
	    strlen(OUR_LIBRARY)) != NULL;
}

static int
has(const struct ly_buf *text, const char *what)
{
	return text->len > 0 && memmem(text->data, text->len, what,
	    strlen(what)) != NULL;
}

/* A folder that everybody can read. */
static int
make_dir(const char *path, struct ly_why *why)
{
	if (mkdir(path, 0755) == 0)
		(void)chmod(path, 0755);	/* whatever the umask */
	else if (errno != EEXIST)
		return ly_fail(why, LY_ERR_IO, "%.300s: %s%s", path,
		    strerror(errno), errno == EACCES ? ": run it as root" :
		    "");
	return 0;
}

/* Make the folder of the file and the one around that. */
static int
make_dirs(const char *path, struct ly_why *why)
{
	char outer[LY_PATH_MAX], inner[LY_PATH_MAX];
	int r = 0;

	memcpy(inner, path, strlen(path) + 1);
	*strrchr(inner, '/') = '\0';
	memcpy(outer, inner, sizeof(outer));
	if (strrchr(outer, '/') != NULL && strrchr(outer, '/') != outer) {
		*strrchr(outer, '/') = '\0';
		r = make_dir(outer, why);
	}
	return r == 0 && inner[0] != '\0' ? make_dir(inner, why) : r;
}

/* What others wrote is there: it is not ours to change. */
static int
foreign(const struct ly_reg *g, const char *path, const struct ly_buf *old,
    struct ly_why *why)
{
	if (g->library == NULL && has(old, OUR_LIBRARY))
		return ly_fail(why, LY_ERR_EXISTS, "%.200s: has other "
		    "policies, too: take the line \"" LY_NSS_MODULE "\" out "
		    "of \"SecurityDevices\" there", path);
	if (g->library == NULL || has(old, g->library))
		return 0;
	return ly_fail(why, LY_ERR_EXISTS, "%.150s: has other policies: add "
	    "to \"policies\" there: \"SecurityDevices\": {\"Add\": {\""
	    LY_NSS_MODULE "\": \"%.150s\"}}", path, g->library);
}

static int
write_ours(const struct ly_reg *g, const char *path, struct ly_buf *new,
    struct ly_why *why)
{
	int r;

	if (g->dry_run)
		return 0;
	if ((r = new->err) == 0 && (r = make_dirs(path, why)) == 0)
		r = ly_file_replace(path, new->data, new->len, 0644, why);
	return r;
}

static int
edit(const struct ly_reg *g, const char *path, const struct ly_buf *old,
    enum ly_nss_change *change, struct ly_why *why)
{
	const int ours = is_ours(old);
	struct ly_buf new;
	int r = 0;

	ly_buf_init(&new, POLICIES_MAX);
	if (old->len > 0 && !ours) {
		r = foreign(g, path, old, why);
	} else if (g->library == NULL) {
		if (ours && !g->dry_run)
			r = ly_file_remove(path, why);
		if (ours)
			*change = LY_NSS_REMOVED;
	} else {
		(void)ly_buf_put(&new, head, strlen(head));
		(void)ly_buf_put(&new, g->library, strlen(g->library));
		(void)ly_buf_put(&new, tail, strlen(tail));
		if (new.len != old->len ||
		    memcmp(new.data, old->data, new.len) != 0) {
			*change = ours ? LY_NSS_REPLACED : LY_NSS_ADDED;
			r = write_ours(g, path, &new, why);
		}
	}
	ly_buf_clear(&new);
	return r;
}

void
ly_reg_policies_file(struct ly_reg *g, const char *path)
{
	enum ly_nss_change change = LY_NSS_SAME;
	struct ly_why why = { "" };
	struct ly_buf old;
	int r;

	ly_buf_init(&old, POLICIES_MAX);
	r = ly_file_read(path, POLICIES_MAX, LY_FILE_ANY, &old, &why);
	if (r == LY_ERR_NOTFOUND)
		r = 0;
	if (r == 0)
		r = edit(g, path, &old, &change, &why);
	ly_buf_clear(&old);
	if (r != 0)
		ly_reg_failed(g, r, &why);
	else
		ly_reg_say(g, path, change);
}

void
ly_reg_policies(struct ly_reg *g, int asked)
{
	(void)asked;
	ly_reg_policies_file(g, POLICIES);
}
