/* Opening and closing of a key service's folder; see app.h. */
#include <string.h>

#include "app.h"
#include "err.h"
#include "kh_client.h"

int
ly_app_path(const struct ly_app *app, const char *name, char *path)
{
	return ly_path_join(path, app->dir, name);
}

static int
check_finished(const struct ly_app *app, struct ly_why *why)
{
	struct ly_file_stamp stamp;
	char path[LY_PATH_MAX];
	int r;

	if ((r = ly_app_path(app, LY_F_PENDING, path)) != 0)
		return r;
	if (ly_file_stat(path, &stamp) != 0)
		return 0;
	return ly_fail(why, LY_ERR_STATE, "%s: its init was not finished: run "
	    "\"lanyardd init %s\" again", app->dir, app->dir);
}

int
ly_app_store(const struct ly_app *app, struct ly_store **out,
    struct ly_why *why)
{
	char path[LY_PATH_MAX];
	int r;

	if ((r = ly_app_path(app, LY_F_DB, path)) != 0)
		return r;
	return ly_store_sqlite.open(path, out, why);
}

int
ly_app_open(const char *dir, struct ly_app *app, struct ly_why *why)
{
	struct ly_app got;
	int r;

	memset(&got, 0, sizeof(got));
	if (strlen(dir) >= sizeof(got.dir))
		return ly_fail(why, LY_ERR_TOOBIG, "--dir: too long");
	memcpy(got.dir, dir, strlen(dir) + 1);
	if ((r = ly_dir_check(dir, why)) == LY_ERR_NOTFOUND)
		r = ly_fail(why, r, "%s: no key service here: make one with "
		    "\"lanyardd init %s\", or name its folder with --dir",
		    dir, dir);
	if (r != 0 || (r = check_finished(&got, why)) != 0 ||
	    (r = ly_sconf_load(dir, &got.conf, why)) != 0 ||
	    (r = ly_app_store(&got, &got.store, why)) != 0)
		goto out;
	r = got.store->d->service_get(got.store, &got.service);
	if (r != 0)
		r = ly_fail(why, r, "%s: the database cannot be read (%s)",
		    dir, ly_strerror(r));
	if (r == 0) {
		*app = got;
		memset(&got, 0, sizeof(got));
	}
out:
	ly_app_close(&got);
	return r;
}

int
ly_app_keyholder(struct ly_app *app, const char *passphrase, int channels,
    struct ly_why *why)
{
	char kek[LY_PATH_MAX];
	struct ly_kh_opts opts;
	int r;

	if ((r = ly_app_path(app, LY_F_KEK, kek)) != 0)
		return r;
	memset(&opts, 0, sizeof(opts));
	opts.kek = kek;
	opts.passphrase = passphrase;
	opts.channels = channels;
	if ((r = ly_kh_start(&opts, &app->kh, why)) != 0)
		return r;
	return ly_kh_use(app->kh, &app->service);
}

void
ly_app_close(struct ly_app *app)
{
	(void)ly_kh_stop(&app->kh);
	if (app->store != NULL)
		app->store->d->close(&app->store);
	ly_row_service_clear(&app->service);
}
