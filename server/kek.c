/*
 * The key-encryption key's file, and passphrases from a file or the
 * terminal; see kek.h. Nothing here prints or keeps a secret.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "buf.h"
#include "compat.h"
#include "crypto.h"
#include "err.h"
#include "file.h"
#include "kek.h"
#include "secret.h"

static const uint8_t magic[8] = { 'L', 'Y', 'K', 'E', 'K', '1', 0, '\n' };

#define KIND_FILE 1
#define KIND_PASSPHRASE 2
#define KEK_FILE_MAX 256
#define HEAD_LEN (sizeof(magic) + 1)
#define SALT_LEN 16
#define PASS_HEAD_LEN (HEAD_LEN + 1 + SALT_LEN)
#define SEALED_LEN (LY_AEAD_KEY_LEN + LY_AEAD_OVERHEAD)

static int
make_sealed(const struct ly_secret *kek, const struct ly_secret *pass,
    struct ly_buf *b)
{
	struct ly_secret key = LY_SECRET_INIT;
	uint8_t head[PASS_HEAD_LEN], *salt = head + HEAD_LEN + 1;
	int r;

	memcpy(head, magic, sizeof(magic));
	head[HEAD_LEN - 1] = KIND_PASSPHRASE;
	head[HEAD_LEN] = LY_KEK_LOGN;
	if ((r = ly_random(salt, SALT_LEN)) != 0 ||
	    (r = ly_scrypt(pass, salt, SALT_LEN, LY_KEK_LOGN, &key)) != 0 ||
	    (r = ly_buf_put(b, head, sizeof(head))) != 0)
		goto out;
	r = ly_aead_seal(key.data, head, sizeof(head), kek->data, kek->len,
	    b);
out:
	ly_secret_clear(&key);
	return r;
}

int
ly_kek_make(const char *path, const struct ly_secret *pass,
    struct ly_why *why)
{
	struct ly_secret kek = LY_SECRET_INIT, file = LY_SECRET_INIT;
	const uint8_t kind = KIND_FILE;
	struct ly_buf b;
	int r;

	ly_buf_init(&b, KEK_FILE_MAX);
	if ((r = ly_secret_alloc(&kek, LY_AEAD_KEY_LEN)) != 0 ||
	    (r = ly_random(kek.data, LY_AEAD_KEY_LEN)) != 0)
		goto out;
	kek.len = LY_AEAD_KEY_LEN;
	if (pass != NULL) {
		if ((r = make_sealed(&kek, pass, &b)) == 0)
			r = ly_file_create(path, b.data, b.len, 0600, why);
		goto out;
	}
	if ((r = ly_secret_alloc(&file, KEK_FILE_MAX)) != 0 ||
	    (r = ly_secret_append(&file, magic, sizeof(magic))) != 0 ||
	    (r = ly_secret_append(&file, &kind, 1)) != 0 ||
	    (r = ly_secret_append(&file, kek.data, kek.len)) != 0)
		goto out;
	r = ly_file_create(path, file.data, file.len, 0600, why);
out:
	ly_secret_clear(&kek);
	ly_secret_clear(&file);
	ly_buf_clear(&b);
	return r;
}

/* The file, checked for magic and for the length of its kind. */
static int
read_file(const char *path, struct ly_secret *file, struct ly_why *why)
{
	uint8_t kind = 0;
	int r;

	r = ly_file_read_secret(path, KEK_FILE_MAX, LY_FILE_PRIVATE, file,
	    why);
	if (r != 0)
		return r;
	if (file->len > HEAD_LEN &&
	    memcmp(file->data, magic, sizeof(magic)) == 0)
		kind = file->data[HEAD_LEN - 1];
	if ((kind == KIND_FILE && file->len == HEAD_LEN + LY_AEAD_KEY_LEN) ||
	    (kind == KIND_PASSPHRASE &&
	    file->len == PASS_HEAD_LEN + SEALED_LEN))
		return 0;
	ly_secret_clear(file);
	return ly_fail(why, LY_ERR_FORMAT, "%s: damaged: restore it from "
	    "your backup", path);
}

int
ly_kek_passphrase_needed(const char *path, int *needed, struct ly_why *why)
{
	struct ly_secret file = LY_SECRET_INIT;
	int r;

	if ((r = read_file(path, &file, why)) == 0)
		*needed = file.data[HEAD_LEN - 1] == KIND_PASSPHRASE;
	ly_secret_clear(&file);
	return r;
}

int
ly_kek_load(const char *path, const struct ly_secret *pass,
    struct ly_secret *kek, struct ly_why *why)
{
	struct ly_secret file = LY_SECRET_INIT, key = LY_SECRET_INIT;
	unsigned logn;
	int r;

	if ((r = read_file(path, &file, why)) != 0)
		goto out;
	if (file.data[HEAD_LEN - 1] == KIND_FILE) {
		r = ly_secret_set(kek, file.data + HEAD_LEN,
		    LY_AEAD_KEY_LEN);
		goto out;
	}
	if (pass == NULL) {
		r = ly_fail(why, LY_ERR_AUTH, "%s: needs the passphrase",
		    path);
		goto out;
	}
	logn = file.data[HEAD_LEN];
	if (logn < 10 || logn > 20) {
		r = ly_fail(why, LY_ERR_FORMAT, "%s: damaged: restore it "
		    "from your backup", path);
		goto out;
	}
	if ((r = ly_scrypt(pass, file.data + HEAD_LEN + 1, SALT_LEN, logn,
	    &key)) != 0)
		goto out;
	r = ly_aead_open(key.data, file.data, PASS_HEAD_LEN,
	    file.data + PASS_HEAD_LEN, SEALED_LEN, kek);
	if (r == LY_ERR_AUTH)
		r = ly_fail(why, r, "%s: wrong passphrase", path);
out:
	ly_secret_clear(&file);
	ly_secret_clear(&key);
	return r;
}

int
ly_passphrase_read(const char *path, struct ly_secret *pass,
    struct ly_why *why)
{
	struct ly_secret file = LY_SECRET_INIT;
	const uint8_t *nl;
	size_t len;
	int r;

	r = ly_file_read_secret(path, LY_PASSPHRASE_MAX, LY_FILE_PRIVATE,
	    &file, why);
	if (r != 0)
		return r;
	nl = file.len == 0 ? NULL : memchr(file.data, '\n', file.len);
	len = nl == NULL ? file.len : (size_t)(nl - file.data);
	if (len > 0 && file.data[len - 1] == '\r')
		len--;
	if (len == 0)
		r = ly_fail(why, LY_ERR_FORMAT, "%s: its first line is "
		    "empty", path);
	else
		r = ly_secret_set(pass, file.data, len);
	ly_secret_clear(&file);
	return r;
}

/* One line from fd, byte by byte, into pass. */
static int
read_line(int fd, struct ly_secret *pass)
{
	uint8_t c;
	ssize_t n;
	int r;

	if ((r = ly_secret_alloc(pass, LY_PASSPHRASE_MAX)) != 0)
		return r;
	for (;;) {
		n = read(fd, &c, 1);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return LY_ERR_IO;
		if (c == '\n' || c == '\r')
			return 0;
		if ((r = ly_secret_append(pass, &c, 1)) != 0)
			return r;
	}
}

static int
ask_once(int fd, const char *prompt, struct ly_secret *pass)
{
	struct termios old, quiet;
	int r;

	if (tcgetattr(fd, &old) != 0)
		return LY_ERR_IO;
	quiet = old;
	quiet.c_lflag &= ~(tcflag_t)(ECHO | ECHONL);
	if (tcsetattr(fd, TCSAFLUSH, &quiet) != 0)
		return LY_ERR_IO;
	(void)dprintf(fd, "%s: ", prompt);
	r = read_line(fd, pass);
	(void)tcsetattr(fd, TCSAFLUSH, &old);
	(void)dprintf(fd, "\n");
	return r;
}

int
ly_passphrase_ask(const char *prompt, int confirm, struct ly_secret *pass,
    struct ly_why *why)
{
	struct ly_secret one = LY_SECRET_INIT, two = LY_SECRET_INIT;
	int fd, r;

	if ((fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)) < 0)
		return ly_fail(why, LY_ERR_IO, "%s: no terminal to ask on: "
		    "give it in a file", prompt);
	if ((r = ask_once(fd, prompt, &one)) == 0 && confirm)
		r = ask_once(fd, "The same again", &two);
	if (r == 0 && confirm && (one.len != two.len ||
	    !ly_memeq(one.data, two.data, one.len)))
		r = ly_fail(why, LY_ERR_AUTH, "the two were not the same");
	else if (r == 0 && confirm && one.len == 0)
		r = ly_fail(why, LY_ERR_FORMAT, "%s: empty", prompt);
	else if (r != 0)
		r = ly_fail(why, r, "%s: %s", prompt, ly_strerror(r));
	if (r == 0)
		ly_secret_move(pass, &one);
	(void)close(fd);
	ly_secret_clear(&one);
	ly_secret_clear(&two);
	return r;
}
