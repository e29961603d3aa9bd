/*
 * The device keys of an enrolment. They are on disk before the service is
 * asked for certificates: a second attempt with the same keys and the same
 * code gets the same answer, whatever ended the first.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "ask.h"
#include "enroll.h"
#include "err.h"
#include "file.h"
#include "pkey.h"

#define PIN_TRIES 3

int
ly_enroll_staging(const char *dir, char *staging)
{
	const size_t n = strlen(dir);

	if (n + sizeof(".new") > LY_PATH_MAX)
		return LY_ERR_TOOBIG;
	memcpy(staging, dir, n);
	memcpy(staging + n, ".new", sizeof(".new"));
	return 0;
}

static int
check_length(const struct ly_secret *pin, struct ly_why *why)
{
	if (pin->len >= LY_PIN_MIN && pin->len <= LY_PIN_MAX)
		return 0;
	return ly_fail(why, LY_ERR_LENGTH, "a PIN has %d to %d characters",
	    LY_PIN_MIN, LY_PIN_MAX);
}

/* Ask twice, and again if the two differ. */
static int
choose_pin(struct ly_secret *pin, struct ly_why *why)
{
	static const char cure[] = "give --pin-file FILE, or --unlock none";
	struct ly_secret again = LY_SECRET_INIT;
	int r, tries;

	for (tries = 0; tries < PIN_TRIES; tries++) {
		r = ly_ask_secret("New PIN for this device: ", cure, pin,
		    why);
		if (r == 0)
			r = check_length(pin, why);
		if (r == 0)
			r = ly_ask_secret("The same again: ", cure, &again,
			    why);
		if (r != 0)
			break;
		if (pin->len == again.len &&
		    ly_memeq(pin->data, again.data, pin->len))
			break;
		r = ly_fail(why, LY_ERR_AUTH, "the two PINs differ");
		(void)fprintf(stderr, "lanyard: the two PINs differ\n");
	}
	ly_secret_clear(&again);
	return r;
}

static int
new_pin(const struct ly_enroll *e, struct ly_secret *pin, struct ly_why *why)
{
	int r;

	if (e->no_pin)
		return 0;
	if (e->pin_file == NULL)
		return choose_pin(pin, why);
	if ((r = ly_ask_file(e->pin_file, 0, pin, why)) != 0)
		return r;
	return check_length(pin, why);
}

/* Write e->keys under pin (none if e->no_pin) into the staging folder. */
static int
write_device(struct ly_enroll *e, const char *path,
    const struct ly_secret *pin, struct ly_why *why)
{
	struct ly_buf file;
	int r;

	ly_buf_init(&file, LY_DEVICE_FILE_MAX);
	r = ly_device_write(&e->keys, e->no_pin ? NULL : pin, &file);
	if (r == 0)
		r = ly_file_replace(path, file.data, file.len, 0600, why);
	if (file.len > 0)
		ly_wipe(file.data, file.len);
	ly_buf_clear(&file);
	return r;
}

static int
make_keys(struct ly_enroll *e, const char *path, struct ly_why *why)
{
	struct ly_secret pin = LY_SECRET_INIT;
	int r;

	if ((r = new_pin(e, &pin, why)) != 0)
		goto out;
	if ((r = ly_pkey_generate_p256(&e->keys.auth)) != 0 ||
	    (r = ly_pkey_generate_p256(&e->keys.recv)) != 0)
		goto out;
	r = write_device(e, path, &pin, why);
out:
	ly_secret_clear(&pin);
	return r;
}

/* The PIN that the interrupted enrolment was begun with. */
static int
old_pin(const struct ly_enroll *e, struct ly_secret *pin, struct ly_why *why)
{
	if (e->pin_file != NULL)
		return ly_ask_file(e->pin_file, 0, pin, why);
	return ly_ask_secret("PIN chosen at the interrupted enrolment: ",
	    "give --pin-file FILE", pin, why);
}

static int
reuse_keys(struct ly_enroll *e, const char *path, const struct ly_buf *file,
    struct ly_why *why)
{
	struct ly_secret pin = LY_SECRET_INIT;
	enum ly_unlock mode = LY_UNLOCK_NONE;
	int r;

	r = ly_device_unlock_mode(file->data, file->len, &mode);
	if (r == 0 && mode == LY_UNLOCK_PIN &&
	    (r = old_pin(e, &pin, why)) != 0)
		goto out;
	if (r == 0)
		r = ly_device_open(file->data, file->len, &pin, &e->keys);
	if (r == LY_ERR_AUTH) {
		r = ly_fail(why, r, "an enrolment of %s was begun with "
		    "another PIN: give that one; or remove %s and ask for a "
		    "new code", e->account.address, e->staging);
		goto out;
	}
	if (r != 0) {
		r = ly_fail(why, r, "%s: damaged: remove %s and ask for a "
		    "new code", path, e->staging);
		goto out;
	}
	if (e->no_pin == (mode == LY_UNLOCK_NONE))
		goto out;
	/* This time the user wants it otherwise. */
	if ((r = new_pin(e, &pin, why)) == 0)
		r = write_device(e, path, &pin, why);
out:
	ly_secret_clear(&pin);
	return r;
}

int
ly_enroll_keys(struct ly_enroll *e, struct ly_why *why)
{
	char path[LY_PATH_MAX];
	struct ly_buf file;
	int r;

	ly_buf_init(&file, LY_DEVICE_FILE_MAX);
	if ((r = ly_path_join(path, e->staging, "device")) != 0)
		goto out;
	r = ly_file_read(path, LY_DEVICE_FILE_MAX, LY_FILE_PRIVATE, &file,
	    why);
	if (r == LY_ERR_NOTFOUND)
		r = make_keys(e, path, why);
	else if (r == 0)
		r = reuse_keys(e, path, &file, why);
out:
	if (file.len > 0)
		ly_wipe(file.data, file.len);
	ly_buf_clear(&file);
	return r;
}
