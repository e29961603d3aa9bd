/*
 * The configuration. The first byte says what the rest is: 'a' a string of
 * C_Initialize, 'u' a user's file, 'd' and 'f' a system file, 't' a duration.
 * What is accepted must hold what conf.h promises.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "conf.h"
#include "err.h"
#include "log.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(const struct ly_conf *conf)
{
	if (conf->data_dir[0] != '\0' && conf->data_dir[0] != '/')
		abort();
	if (conf->log[0] != '\0' && conf->log[0] != '/' &&
	    strcmp(conf->log, "-") != 0)
		abort();
	if (conf->log_level < LY_LOG_ERROR || conf->log_level > LY_LOG_DEBUG)
		abort();
	if (conf->timeout_ms < 10 || conf->timeout_ms > 600000 ||
	    conf->connect_ms < 10 || conf->connect_ms > 600000)
		abort();
	if (conf->keep_s < 0 || conf->keep_s > 3600)
		abort();
	if (strpbrk(conf->account, "/\\:") != NULL)
		abort();
}

static int
run(char kind, const uint8_t *data, size_t size, struct ly_conf *conf,
    struct ly_why *why)
{
	char config[LY_PATH_MAX];
	int64_t ms = 0;
	char *text;
	int r;

	if (kind == 'u')
		return ly_conf_text(LY_CONF_USER, "f", data, size, conf, why);
	if (kind == 'd')
		return ly_conf_text(LY_CONF_DEFAULTS, "f", data, size, conf,
		    why);
	if (kind == 'f')
		return ly_conf_text(LY_CONF_FIXED, "f", data, size, conf,
		    why);
	if ((text = malloc(size + 1)) == NULL)
		return LY_ERR_NOMEM;
	memcpy(text, data, size);
	text[size] = '\0';
	if (kind == 'a') {
		r = ly_conf_args(text, conf, config, why);
		if (r == 0 && config[0] != '\0' && config[0] != '/')
			abort();
	} else {
		r = ly_duration_parse(text, &ms);
		if (ms < 0)
			abort();
	}
	free(text);
	return r;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ly_conf conf;
	struct ly_why why = { "" };
	int r;

	if (size == 0 || memchr("audft", data[0], 5) == NULL)
		return 0;
	ly_conf_init(&conf);
	r = run((char)data[0], data + 1, size - 1, &conf, &why);
	if (r == 0)
		check(&conf);
	else if (data[0] != 't' && why.text[0] == '\0' && r != LY_ERR_NOMEM)
		abort();
	return 0;
}
