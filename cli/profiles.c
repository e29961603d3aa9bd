/*
 * Where NSS databases are: profiles.ini of Thunderbird and Firefox, as far
 * as paths of profiles, and the user's own database.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "compat.h"
#include "err.h"
#include "profiles.h"

#define INI_MAX 1048576

const struct ly_program ly_program_thunderbird = {
	"Thunderbird", { ".thunderbird", NULL },
	{ ".var/app/org.mozilla.Thunderbird", "snap/thunderbird" },
};
const struct ly_program ly_program_firefox = {
	"Firefox", { ".mozilla/firefox", ".config/mozilla/firefox" },
	{ ".var/app/org.mozilla.firefox", "snap/firefox" },
};

/* One section of profiles.ini, as far as it was read. */
struct section {
	int is_profile;
	int relative;
	char path[LY_PATH_MAX];
};

static int
add_profile(const char *base, struct section *s, struct ly_profiles *p)
{
	char *dir = p->n < LY_PROFILES_MAX ? p->dir[p->n] : NULL;
	int r = 0;

	if (!s->is_profile || s->path[0] == '\0')
		return 0;
	if (dir == NULL)
		return LY_ERR_TOOBIG;
	if (s->relative)
		r = ly_path_join(dir, base, s->path);
	else
		memcpy(dir, s->path, sizeof(s->path));
	if (r == 0 && ly_dir_is(dir))
		p->n++;
	return r;
}

/* A line without its end; a new section completes the one before. */
static int
take_line(const char *base, const char *line, size_t len, struct section *s,
    struct ly_profiles *p)
{
	int r;

	if (len > 0 && line[0] == '[') {
		r = add_profile(base, s, p);
		memset(s, 0, sizeof(*s));
		s->relative = 1;
		s->is_profile = len > 8 &&
		    memcmp(line, "[Profile", 8) == 0;
		return r;
	}
	if (len > 5 && memcmp(line, "Path=", 5) == 0 &&
	    len - 5 < sizeof(s->path)) {
		memcpy(s->path, line + 5, len - 5);
		s->path[len - 5] = '\0';
	}
	if (len == 12 && memcmp(line, "IsRelative=", 11) == 0)
		s->relative = line[11] != '0';
	return 0;
}

int
ly_profiles_read(const char *base, struct ly_profiles *p, struct ly_why *why)
{
	char path[LY_PATH_MAX];
	struct section s;
	struct ly_buf ini;
	size_t off, len;
	const char *line, *nl;
	int r;

	memset(&s, 0, sizeof(s));
	ly_buf_init(&ini, INI_MAX);
	if ((r = ly_path_join(path, base, "profiles.ini")) != 0)
		goto out;
	r = ly_file_read(path, INI_MAX, LY_FILE_OWNED, &ini, why);
	if (r == LY_ERR_NOTFOUND)
		r = 0;
	for (off = 0; r == 0 && off < ini.len; off += len + 1) {
		line = (const char *)ini.data + off;
		nl = memchr(line, '\n', ini.len - off);
		len = nl != NULL ? (size_t)(nl - line) : ini.len - off;
		r = take_line(base, line, len > 0 && line[len - 1] == '\r' ?
		    len - 1 : len, &s, p);
	}
	if (r == 0)
		r = add_profile(base, &s, p);
	if (r == LY_ERR_TOOBIG)
		r = ly_fail(why, r, "%.300s: more than %d profiles", path,
		    LY_PROFILES_MAX);
out:
	ly_buf_clear(&ini);
	return r;
}

int
ly_profiles_home(const char *name, char *path, struct ly_why *why)
{
	const char *home = ly_getenv("HOME");

	if (home == NULL || home[0] != '/')
		return ly_fail(why, LY_ERR_NOTFOUND, "HOME is not set");
	return ly_path_join(path, home, name);
}

int
ly_profiles_find(const struct ly_program *program, struct ly_profiles *p,
    struct ly_why *why)
{
	char path[LY_PATH_MAX];
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < 2 && program->bases[i] != NULL; i++)
		if ((r = ly_profiles_home(program->bases[i], path, why)) == 0)
			r = ly_profiles_read(path, p, why);
	return r;
}

int
ly_profiles_nssdb(int newer, char *path, struct ly_why *why)
{
	const char *data = ly_getenv("XDG_DATA_HOME");

	if (newer && data != NULL && data[0] == '/')
		return ly_path_join(path, data, "pki/nssdb");
	return ly_profiles_home(newer ? ".local/share/pki/nssdb" :
	    ".pki/nssdb", path, why);
}
