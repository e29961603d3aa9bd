/*
 * Owns which accounts there are, and what lies beside an account's file:
 * the device file and the sealed keys. Refuses a sealed key that is filed
 * under another key's name.
 */
#include <stdio.h>
#include <string.h>

#include "account.h"
#include "conf.h"
#include "err.h"
#include "file.h"
#include "secret.h"

struct list {
	const struct ly_conf *conf;
	char (*names)[LY_ADDRESS_MAX];
	size_t n;
};

static int
list_one(void *arg, const char *name)
{
	struct list *l = arg;
	char address[LY_ADDRESS_MAX], dir[LY_PATH_MAX], file[LY_PATH_MAX];
	struct ly_file_stamp stamp;

	if (l->n == LY_ACCOUNTS_MAX || strlen(name) >= sizeof(address))
		return 0;
	memcpy(address, name, strlen(name) + 1);
	if (!ly_address_ok(address) || strcmp(address, name) != 0)
		return 0;
	if (l->conf->account[0] != '\0' &&
	    strcmp(l->conf->account, name) != 0)
		return 0;
	if (ly_account_dir(l->conf, name, dir) != 0 || !ly_dir_is(dir) ||
	    ly_path_join(file, dir, "account") != 0)
		return 0;
	/* One that is there but cannot be read is listed: status names it. */
	if (ly_file_stat(file, &stamp) == LY_ERR_NOTFOUND)
		return 0;
	memcpy(l->names[l->n++], name, strlen(name) + 1);
	return 0;
}

int
ly_account_list(const struct ly_conf *conf,
    char names[LY_ACCOUNTS_MAX][LY_ADDRESS_MAX], size_t *n,
    struct ly_why *why)
{
	struct list l = { conf, names, 0 };
	char dir[LY_PATH_MAX];
	int r;

	if (conf->data_dir[0] == '\0') {
		*n = 0;
		return 0;
	}
	if ((r = ly_path_join(dir, conf->data_dir, "accounts")) != 0)
		return ly_fail(why, r, "%s: path too long", conf->data_dir);
	r = ly_dir_each(dir, list_one, &l);
	if (r != 0 && r != LY_ERR_NOTFOUND)
		return ly_fail(why, r, "%s: cannot list this folder: %s", dir,
		    ly_strerror(r));
	*n = l.n;
	return 0;
}

static int
unlock_why(struct ly_why *why, int r, const char *path)
{
	switch (r) {
	case 0:
		return 0;
	case LY_ERR_AUTH:
		return ly_fail(why, r, "%s: wrong PIN", path);
	case LY_ERR_FORMAT:
		return ly_fail(why, r, "%s: damaged; enrol this account "
		    "again", path);
	case LY_ERR_UNSUPPORTED:
		return ly_fail(why, r, "%s: written by a newer lanyard: "
		    "update this one", path);
	default:
		return ly_fail(why, r, "%s: %s", path, ly_strerror(r));
	}
}

int
ly_account_unlock(const struct ly_account *a, const struct ly_secret *pin,
    struct ly_device_keys *keys, struct ly_why *why)
{
	struct ly_secret file = LY_SECRET_INIT;
	char path[LY_PATH_MAX];
	int r;

	if ((r = ly_path_join(path, a->dir, "device")) != 0)
		return r;
	/* Secret, because with unlock "none" the file holds the keys. */
	r = ly_file_read_secret(path, LY_DEVICE_FILE_MAX, LY_FILE_PRIVATE,
	    &file, why);
	if (r == 0)
		r = unlock_why(why, ly_device_open(file.data, file.len, pin,
		    keys), path);
	ly_secret_clear(&file);
	return r;
}

int
ly_account_sealed_path(const struct ly_account *a,
    const uint8_t id[LY_KEY_ID_LEN], char *path)
{
	static const char digits[] = "0123456789abcdef";
	char dir[LY_PATH_MAX], name[LY_KEY_ID_HEX + 4];
	size_t i;
	int r;

	for (i = 0; i < LY_KEY_ID_LEN; i++) {
		name[2 * i] = digits[id[i] >> 4];
		name[2 * i + 1] = digits[id[i] & 15];
	}
	memcpy(name + 2 * i, ".cms", 5);
	if ((r = ly_path_join(dir, a->dir, "keys")) != 0)
		return r;
	return ly_path_join(path, dir, name);
}

int
ly_account_sealed(const struct ly_account *a,
    const uint8_t id[LY_KEY_ID_LEN], struct ly_lease *lease,
    struct ly_buf *sealed, struct ly_why *why)
{
	struct ly_buf file, inner;
	struct ly_lease found;
	char path[LY_PATH_MAX];
	int r;

	ly_buf_init(&file, LY_SEALED_MAX);
	ly_buf_init(&inner, LY_SEALED_MAX);
	if ((r = ly_account_sealed_path(a, id, path)) != 0)
		goto out;
	if ((r = ly_file_read(path, LY_SEALED_MAX, LY_FILE_PRIVATE, &file,
	    why)) != 0)
		goto out;
	if ((r = ly_lease_open(file.data, file.len, a->issuer.data,
	    a->issuer.len, &found, &inner)) != 0) {
		ly_fail(why, r, "%s: %s; run: lanyard sync", path,
		    ly_strerror(r));
		goto out;
	}
	if (memcmp(found.key_id, id, LY_KEY_ID_LEN) != 0) {
		r = ly_fail(why, LY_ERR_AUTH,
		    "%s: holds another key; run: lanyard sync", path);
		goto out;
	}
	*lease = found;
	ly_buf_clear(sealed);
	*sealed = inner;
	ly_buf_init(&inner, 0);
out:
	ly_buf_clear(&file);
	ly_buf_clear(&inner);
	return r;
}
