/*
 * The file DIR/kek: the key-encryption key, plain under the file's
 * permissions, or under a passphrase by scrypt. Read and made by the
 * keyholder process alone. Layout: "LYKEK1\0\n", u8 kind, then
 *   1 (file)        32 bytes
 *   2 (passphrase)  u8 log2 N, 16 bytes salt, the KEK sealed by the
 *                   passphrase's key (crypto.h), all before it as AAD
 */
#ifndef LY_KEK_H
#define LY_KEK_H

struct ly_secret;
struct ly_why;

#define LY_KEK_LOGN 17		/* scrypt: 128 MiB for one guess */
#define LY_PASSPHRASE_MAX 1024	/* bytes */

/*
 * Make a random KEK and its file (0600); pass NULL for kind 1.
 * LY_ERR_EXISTS, LY_ERR_IO.
 */
int ly_kek_make(const char *path, const struct ly_secret *pass,
    struct ly_why *why);

/* 1 in *needed if the file wants a passphrase. Errors as ly_file_read. */
int ly_kek_passphrase_needed(const char *path, int *needed,
    struct ly_why *why);

/*
 * Read the KEK. LY_ERR_AUTH: wrong passphrase; LY_ERR_FORMAT: damaged;
 * LY_ERR_PERM and others of ly_file_read_secret.
 */
int ly_kek_load(const char *path, const struct ly_secret *pass,
    struct ly_secret *kek, struct ly_why *why);

/* The first line of a 0600 file, without its line end. */
int ly_passphrase_read(const char *path, struct ly_secret *pass,
    struct ly_why *why);

/*
 * Ask on the terminal, without echo; twice with confirm != 0.
 * LY_ERR_IO when there is no terminal (why names the option to use).
 */
int ly_passphrase_ask(const char *prompt, int confirm,
    struct ly_secret *pass, struct ly_why *why);

#endif
