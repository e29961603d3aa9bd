/* Thunderbird's and Firefox's profiles, and the NSS database of the user. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include "file.h"
#include "nssdb.h"
#include "profiles.h"
#include "register.h"

void
ly_reg_profile(struct ly_reg *g, const char *dir)
{
	char path[LY_PATH_MAX];
	enum ly_nss_change change = LY_NSS_SAME;
	struct ly_why why = { "" };
	int r;

	r = ly_nss_apply(dir, g->library, g->dry_run, &change, &why);
	if (r == 0)
		r = ly_path_join(path, dir, "pkcs11.txt");
	if (r != 0)
		ly_reg_failed(g, r, &why);
	else
		ly_reg_say(g, path, change);
}

/* Has the profile been used? If not, it has no list of modules yet. */
static int
was_used(const char *dir)
{
	char path[LY_PATH_MAX];
	struct ly_file_stamp stamp;

	return ly_path_join(path, dir, "pkcs11.txt") == 0 &&
	    ly_file_stat(path, &stamp) == 0;
}

/* A sandboxed program has profiles, but sees no file of this machine. */
static void
tell_boxes(const struct ly_reg *g, const struct ly_program *p)
{
	char path[LY_PATH_MAX];
	size_t i;

	for (i = 0; i < 2 && g->library != NULL; i++)
		if (ly_profiles_home(p->boxes[i], path, NULL) == 0 &&
		    ly_dir_is(path))
			(void)printf("%s: left alone, a %s cannot load a "
			    "module of this machine\n", path,
			    i == 0 ? "Flatpak" : "Snap");
}

static void
do_program(struct ly_reg *g, const struct ly_program *p, int asked)
{
	struct ly_profiles *found = calloc(1, sizeof(*found));
	struct ly_why why = { "" };
	size_t i;
	int r = found != NULL ? ly_profiles_find(p, found, &why) :
	    LY_ERR_NOMEM;

	if (r == 0 && found->n == 0 && asked)
		r = ly_fail(&why, LY_ERR_NOTFOUND, "no profile of %s in "
		    "~/%s: start it once", p->name, p->bases[0]);
	if (r != 0)
		ly_reg_failed(g, r, &why);
	for (i = 0; r == 0 && i < found->n; i++)
		if (asked || was_used(found->dir[i]))
			ly_reg_profile(g, found->dir[i]);
	tell_boxes(g, p);
	free(found);
}

void
ly_reg_thunderbird(struct ly_reg *g, int asked)
{
	do_program(g, &ly_program_thunderbird, asked);
}

void
ly_reg_firefox(struct ly_reg *g, int asked)
{
	do_program(g, &ly_program_firefox, asked);
}

/* ~/.pki/nssdb, and where newer programs of GNOME put it. */
void
ly_reg_nssdb(struct ly_reg *g, int asked)
{
	char first[LY_PATH_MAX], second[LY_PATH_MAX];
	struct ly_why why = { "" };
	int r, others;

	if ((r = ly_profiles_nssdb(0, first, &why)) != 0 ||
	    (r = ly_profiles_nssdb(1, second, &why)) != 0) {
		ly_reg_failed(g, r, &why);
		return;
	}
	others = was_used(second);
	if (others)
		ly_reg_profile(g, second);
	if (was_used(first) || (asked && !others))
		ly_reg_profile(g, first);
}
