/*
 * doctor: owner and modes below the data folder. A file that Lanyard would
 * refuse for its mode is named by status.c; here is named what is only too
 * open, and what no other command looks at.
 */
#include "config.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "doctor.h"
#include "file.h"

struct walk {
	struct ly_report *r;
	const char *dir;
	size_t dirs, files, open;
};

/* Files that others must not read: an open one is refused, and named. */
static int
is_private(const char *name)
{
	const size_t n = strlen(name);

	return strcmp(name, "account") == 0 || strcmp(name, "device") == 0 ||
	    (n > 4 && strcmp(name + n - 4, ".cms") == 0);
}

static int
on_file(void *arg, const char *name)
{
	struct walk *w = arg;
	char path[LY_PATH_MAX];
	struct stat st;
	int open;

	if (ly_path_join(path, w->dir, name) != 0 || lstat(path, &st) != 0 ||
	    !S_ISREG(st.st_mode))
		return 0;
	w->files++;
	open = (st.st_mode & 077) != 0 ||
	    (st.st_uid != geteuid() && st.st_uid != 0);
	w->open += (size_t)open;
	if (open && !is_private(name))
		ly_report(w->r, LY_WARN, "modes", "%s: mode %04o: run: chmod "
		    "go= %s", path, (unsigned)st.st_mode & 07777, path);
	return 0;
}

/* checked: status has looked at the folder itself. */
static void
look_dir(struct walk *w, const char *path, int checked, int inside)
{
	struct ly_why why = { "" };
	struct stat st;
	int err;

	if (stat(path, &st) != 0)
		return;
	w->dirs++;
	if ((err = ly_dir_check(path, &why)) != 0) {
		w->open++;
		if (!checked)
			ly_report_why(w->r, LY_BAD, "modes", err, &why);
	} else if ((st.st_mode & 077) != 0) {
		w->open++;
		ly_report(w->r, LY_WARN, "modes", "%s: mode %04o lets others "
		    "look into it: run: chmod go= %s", path,
		    (unsigned)st.st_mode & 07777, path);
	}
	w->dir = path;
	if (inside)
		(void)ly_dir_each(path, on_file, w);
}

void
ly_doctor_files(struct ly_doctor *d, size_t i)
{
	char accounts[LY_PATH_MAX], dir[LY_PATH_MAX], keys[LY_PATH_MAX];
	struct walk w = { &d->report, NULL, 0, 0, 0 };

	if (ly_path_join(accounts, d->conf.data_dir, "accounts") != 0 ||
	    ly_path_join(dir, accounts, d->names[i]) != 0 ||
	    ly_path_join(keys, dir, "keys") != 0)
		return;
	look_dir(&w, d->conf.data_dir, 0, 0);
	look_dir(&w, accounts, 0, 0);
	look_dir(&w, dir, 1, 1);
	look_dir(&w, keys, 0, 1);
	if (w.open == 0)
		ly_report(w.r, LY_GOOD, "modes", "%lu folders and %lu files "
		    "are yours alone: %s", (unsigned long)w.dirs,
		    (unsigned long)w.files, dir);
}
