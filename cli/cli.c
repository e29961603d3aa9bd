/* Shared by the subcommands: configuration, an account, its PIN, a sync. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "ask.h"
#include "cli.h"
#include "client.h"
#include "log.h"
#include "sync.h"

#define LOCK_WAIT_MS 30000

int
ly_cli_failed(int r, const struct ly_why *why)
{
	if (why != NULL && why->text[0] != '\0')
		(void)fprintf(stderr, "lanyard: %s\n", why->text);
	else
		(void)fprintf(stderr, "lanyard: %s\n", ly_strerror(r));
	return LY_EXIT_FAILED;
}

int
ly_cli_conf(struct ly_conf *conf, struct ly_why *why)
{
	int r;

	if ((r = ly_conf_load(NULL, conf, why)) != 0)
		return r;
	if (conf->log[0] != '\0' && ly_log_open(conf->log,
	    (enum ly_log_level)conf->log_level) != 0)
		return ly_fail(why, LY_ERR_IO, "%s: cannot write the log "
		    "there: change \"log\" in lanyard.conf", conf->log);
	return 0;
}

int
ly_cli_address(const char *text, char *address, struct ly_why *why)
{
	const size_t len = strlen(text);

	if (len < LY_ADDRESS_MAX) {
		memcpy(address, text, len + 1);
		if (ly_address_ok(address))
			return 0;
	}
	return ly_fail(why, LY_ERR_ARG, "%.100s: not a mail address", text);
}

/* The account that is meant when the user did not say which. */
static int
only_account(const struct ly_conf *conf, char *address, struct ly_why *why)
{
	char names[LY_ACCOUNTS_MAX][LY_ADDRESS_MAX];
	size_t n = 0;
	int r;

	if ((r = ly_account_list(conf, names, &n, why)) != 0)
		return r;
	if (n == 0)
		return ly_fail(why, LY_ERR_NOTFOUND, "not enrolled: run "
		    "\"lanyard enroll ADDRESS --service URL\"");
	if (n > 1)
		return ly_fail(why, LY_ERR_ARG, "there are %lu accounts: "
		    "give --account ADDRESS", (unsigned long)n);
	memcpy(address, names[0], LY_ADDRESS_MAX);
	return 0;
}

int
ly_cli_open(const char *address, struct ly_cli_account *c,
    struct ly_why *why)
{
	char name[LY_ADDRESS_MAX], dir[LY_PATH_MAX];
	int r;

	if ((r = ly_cli_conf(&c->conf, why)) != 0)
		return r;
	if (address == NULL && c->conf.account[0] != '\0')
		address = c->conf.account;
	if (address != NULL)
		r = ly_cli_address(address, name, why);
	else
		r = only_account(&c->conf, name, why);
	if (r != 0)
		return r;
	if ((r = ly_account_dir(&c->conf, name, dir)) != 0)
		return r;
	r = ly_account_load(dir, &c->account, why);
	if (r == LY_ERR_NOTFOUND)
		r = ly_fail(why, r, "%s is not enrolled here: run \"lanyard "
		    "enroll %s --service URL\"", name, name);
	return r;
}

static int
get_pin(const struct ly_account *a, const char *pin_file,
    struct ly_secret *pin, struct ly_why *why)
{
	char prompt[LY_ADDRESS_MAX + 32];

	if (pin_file != NULL)
		return ly_ask_file(pin_file, 0, pin, why);
	(void)snprintf(prompt, sizeof(prompt), "PIN of %s: ", a->address);
	return ly_ask_secret(prompt, "give --pin-file FILE", pin, why);
}

int
ly_cli_unlock(struct ly_cli_account *c, const char *pin_file,
    struct ly_why *why)
{
	struct ly_secret pin = LY_SECRET_INIT;
	int r;

	if (c->account.unlock == LY_UNLOCK_PIN &&
	    (r = get_pin(&c->account, pin_file, &pin, why)) != 0)
		goto out;
	r = ly_account_unlock(&c->account, &pin, &c->keys, why);
	if (r == LY_ERR_AUTH)
		r = ly_fail(why, r, "%s: wrong PIN: try again, or enrol "
		    "anew after \"lanyard logout --local %s\"",
		    c->account.address, c->account.address);
	if (r != 0)
		goto out;
	r = ly_client_new(&c->conf, &c->account, c->keys.auth, &c->client,
	    why);
out:
	ly_secret_clear(&pin);
	return r;
}

void
ly_cli_close(struct ly_cli_account *c)
{
	ly_client_free(&c->client);
	ly_device_keys_clear(&c->keys);
	ly_account_clear(&c->account);
}

int
ly_cli_sync(struct ly_cli_account *c, int quiet, struct ly_why *why)
{
	struct ly_sync_report rep;
	int r;

	memset(&rep, 0, sizeof(rep));
	r = ly_sync(c->client, &c->account, 1, LOCK_WAIT_MS, &rep, why);
	if (r != 0 || quiet)
		return r;
	(void)printf("%s: revision %llu, %lu key%s (%lu new); sealed keys: "
	    "%lu fetched, %lu removed\n", c->account.address,
	    (unsigned long long)rep.revision, (unsigned long)rep.keys,
	    rep.keys == 1 ? "" : "s", (unsigned long)rep.added,
	    (unsigned long)rep.sealed, (unsigned long)rep.removed);
	return 0;
}
