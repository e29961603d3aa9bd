/*
 * Evolution's S/MIME layer, libcamel, as Evolution itself calls it: one
 * operation on one message, with the NSS database that libcamel finds in the
 * home folder. The PIN comes from the file that $PIN_FILE names.
 *
 *	camel list
 *	camel decrypt MAIL OUT
 *	camel sign NICKNAME TEXT OUT
 *	camel encrypt ADDRESS TEXT OUT
 *	camel verify MAIL
 */
#include <cert.h>
#include <pk11pub.h>
#include <secmod.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <camel/camel.h>

/* The PIN as NSS wants it, once: a wrong one is not offered again. */
static char *
pin(PK11SlotInfo *slot, PRBool retry, void *arg)
{
	const char *path = getenv("PIN_FILE");
	char *text = NULL, *copy;

	(void)slot;
	(void)arg;
	if (retry || path == NULL ||
	    !g_file_get_contents(path, &text, NULL, NULL))
		return NULL;
	copy = PORT_Strdup(g_strchomp(text));
	g_free(text);
	return copy;
}

static void
fail(const char *what, GError *err)
{
	fprintf(stderr, "%s: %s\n", what, err != NULL ? err->message : "?");
	exit(1);
}

/* A message of the mail file, headers and all. */
static CamelMimePart *
message(const char *path)
{
	CamelMimeMessage *msg = camel_mime_message_new();
	GError *err = NULL;
	CamelStream *in;

	in = camel_stream_fs_new_with_name(path, O_RDONLY, 0, &err);
	if (in == NULL || !camel_data_wrapper_construct_from_stream_sync(
	    CAMEL_DATA_WRAPPER(msg), in, NULL, &err))
		fail(path, err);
	g_object_unref(in);
	return CAMEL_MIME_PART(msg);
}

/* A part of plain text, as the composer makes it. */
static CamelMimePart *
text(const char *path)
{
	CamelMimePart *part = camel_mime_part_new();
	GError *err = NULL;
	char *body;
	gsize len;

	if (!g_file_get_contents(path, &body, &len, &err))
		fail(path, err);
	camel_mime_part_set_content(part, body, (int)len, "text/plain");
	camel_mime_part_set_encoding(part, CAMEL_TRANSFER_ENCODING_BASE64);
	g_free(body);
	return part;
}

/* Write a part: its content alone, or as a message to send. */
static void
save(CamelMimePart *part, const char *path, gboolean content)
{
	CamelDataWrapper *data = CAMEL_DATA_WRAPPER(part);
	GError *err = NULL;
	CamelStream *out;
	gssize n;

	out = camel_stream_fs_new_with_name(path,
	    O_WRONLY | O_CREAT | O_TRUNC, 0600, &err);
	if (out == NULL)
		fail(path, err);
	if (content)
		n = camel_data_wrapper_decode_to_stream_sync(
		    camel_medium_get_content(CAMEL_MEDIUM(part)), out, NULL,
		    &err);
	else
		n = camel_data_wrapper_write_to_stream_sync(data, out, NULL,
		    &err);
	if (n < 0 || camel_stream_close(out, NULL, &err) != 0)
		fail(path, err);
	g_object_unref(out);
}

static void
decrypt(CamelCipherContext *ctx, char **arg)
{
	CamelMimePart *out = camel_mime_part_new();
	GError *err = NULL;

	if (camel_cipher_context_decrypt_sync(ctx, message(arg[0]), out, NULL,
	    &err) == NULL)
		fail("decrypt", err);
	save(out, arg[1], TRUE);
}

static void
sign(CamelCipherContext *ctx, char **arg)
{
	CamelMimePart *out = CAMEL_MIME_PART(camel_mime_message_new());
	GError *err = NULL;

	if (!camel_cipher_context_sign_sync(ctx, arg[0],
	    CAMEL_CIPHER_HASH_SHA256, text(arg[1]), out, NULL, &err))
		fail("sign", err);
	save(out, arg[2], FALSE);
}

static void
encrypt(CamelCipherContext *ctx, char **arg)
{
	CamelMimePart *out = CAMEL_MIME_PART(camel_mime_message_new());
	GPtrArray *to = g_ptr_array_new();
	GError *err = NULL;

	g_ptr_array_add(to, arg[0]);
	if (!camel_cipher_context_encrypt_sync(ctx, arg[0], to, text(arg[1]),
	    out, NULL, &err))
		fail("encrypt", err);
	save(out, arg[2], FALSE);
}

static void
verify(CamelCipherContext *ctx, char **arg)
{
	CamelCipherValidity *v;
	GError *err = NULL;

	v = camel_cipher_context_verify_sync(ctx, message(arg[0]), NULL,
	    &err);
	if (v == NULL)
		fail("verify", err);
	puts(v->sign.description);
	if (v->sign.status != CAMEL_CIPHER_VALIDITY_SIGN_GOOD)
		fail("verify", NULL);
}

/* The certificates that the settings of an account offer. */
static void
list(CamelCipherContext *ctx, char **arg)
{
	CERTCertList *certs;
	CERTCertListNode *n;

	(void)ctx;
	(void)arg;
	certs = CERT_FindUserCertsByUsage(CERT_GetDefaultCertDB(),
	    certUsageEmailSigner, PR_FALSE, PR_TRUE, NULL);
	if (certs == NULL)
		fail("list", NULL);
	for (n = CERT_LIST_HEAD(certs); !CERT_LIST_END(n, certs);
	    n = CERT_LIST_NEXT(n))
		puts(n->cert->nickname);
}

static const struct command {
	const char *name;
	int args;
	void (*run)(CamelCipherContext *, char **);
} commands[] = {
	{ "list", 0, list },
	{ "decrypt", 2, decrypt },
	{ "sign", 3, sign },
	{ "encrypt", 3, encrypt },
	{ "verify", 1, verify },
};

int
main(int argc, char **argv)
{
	CamelCipherContext *ctx;
	CamelSession *session;
	size_t i;

	camel_init(getenv("HOME"), TRUE);
	PK11_SetPasswordFunc(pin);
	session = g_object_new(CAMEL_TYPE_SESSION, "user-data-dir",
	    getenv("HOME"), "user-cache-dir", getenv("HOME"), NULL);
	ctx = camel_smime_context_new(session);
	for (i = 0; i < G_N_ELEMENTS(commands); i++)
		if (argc > 1 && argc == commands[i].args + 2 &&
		    strcmp(argv[1], commands[i].name) == 0)
			break;
	if (i == G_N_ELEMENTS(commands)) {
		fputs("usage: see the head of camel.c\n", stderr);
		return 2;
	}
	commands[i].run(ctx, argv + 2);
	g_object_unref(ctx);
	g_object_unref(session);
	camel_shutdown();
	return 0;
}
