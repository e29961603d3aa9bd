/* lanyard status: every account, its service, its files; what to do. */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "cli.h"
#include "compat.h"
#include "file.h"
#include "json.h"
#include "status.h"

static const char *
unlock_name(const struct ly_status *s)
{
	return s->account.unlock == LY_UNLOCK_NONE ? "none" : "pin";
}

static void
print_problems(const struct ly_problems *p)
{
	size_t i;

	for (i = 0; i < p->n && i < LY_PROBLEMS_MAX; i++)
		(void)printf("  problem    %s\n", p->text[i]);
	if (p->n > LY_PROBLEMS_MAX)
		(void)printf("  problem    and %lu more like these\n",
		    (unsigned long)(p->n - LY_PROBLEMS_MAX));
}

static void
print_text(const struct ly_status *s)
{
	char day[LY_TIME_LEN];

	(void)printf("%s\n", s->address);
	if (s->loaded) {
		ly_time_str(s->device_until, day);
		(void)printf("  device     %s, unlocked by %s, until %.10s\n",
		    s->account.device_id,
		    s->account.unlock == LY_UNLOCK_NONE ? "nothing" : "PIN",
		    s->device_until != 0 ? day : "?");
		(void)printf("  service    %s, ", s->account.service);
		if (s->reachable)
			(void)printf("answers in %" PRId64 " ms\n",
			    s->answer_ms);
		else
			(void)printf("not reachable\n");
	}
	if (s->revision != 0)
		(void)printf("  catalogue  revision %" PRIu64 ", %lu keys, "
		    "%lu certificates, good\n", s->revision,
		    (unsigned long)s->keys, (unsigned long)s->certs);
	if (s->cacheable > 0) {
		ly_time_str(s->first_lease_end, day);
		(void)printf("  offline    %lu of %lu keys%s%.10s\n",
		    (unsigned long)s->cached, (unsigned long)s->cacheable,
		    s->cached > 0 ? ", the first until " : "",
		    s->cached > 0 ? day : "");
	}
	print_problems(&s->problems);
}

static void
json_problems(struct ly_json *j, const struct ly_problems *p)
{
	size_t i;

	ly_json_open(j, "problems", '[');
	for (i = 0; i < p->n && i < LY_PROBLEMS_MAX; i++)
		ly_json_str(j, NULL, p->text[i]);
	ly_json_close(j, ']');
}

static void
print_json(struct ly_json *j, const struct ly_status *s)
{
	const int ok = s->loaded;

	ly_json_open(j, NULL, '{');
	ly_json_str(j, "account", s->address);
	ly_json_str(j, "service", ok ? s->account.service : NULL);
	ly_json_str(j, "device_id", ok ? s->account.device_id : NULL);
	ly_json_str(j, "label", ok ? s->account.label : NULL);
	ly_json_str(j, "unlock", ok ? unlock_name(s) : NULL);
	ly_json_time(j, "device_until", s->device_until);
	ly_json_bool(j, "reachable", s->reachable);
	ly_json_int(j, "revision", (int64_t)s->revision);
	ly_json_int(j, "keys", (int64_t)s->keys);
	ly_json_int(j, "certificates", (int64_t)s->certs);
	ly_json_int(j, "cacheable", (int64_t)s->cacheable);
	ly_json_int(j, "cached", (int64_t)s->cached);
	ly_json_time(j, "cached_until", s->first_lease_end);
	json_problems(j, &s->problems);
	ly_json_close(j, '}');
}

/* An enrolment that was begun and not finished is worth a word. */
static int
look_unfinished(void *arg, const char *name)
{
	const size_t n = strlen(name);

	if (n > 4 && strcmp(name + n - 4, ".new") == 0)
		ly_problem(arg, "%.*s: an enrolment was not finished: give "
		    "the same \"lanyard enroll\" command again, or run "
		    "\"lanyard logout --local %.*s\"", (int)n - 4, name,
		    (int)n - 4, name);
	return 0;
}

static int
find_unfinished(const struct ly_conf *conf, struct ly_problems *p)
{
	char dir[LY_PATH_MAX];
	int r;

	if ((r = ly_path_join(dir, conf->data_dir, "accounts")) != 0)
		return r;
	r = ly_dir_each(dir, look_unfinished, p);
	return r == LY_ERR_NOTFOUND ? 0 : r;
}

/* Prints all; gives the number of problems. */
static size_t
show(const struct ly_conf *conf,
    char names[LY_ACCOUNTS_MAX][LY_ADDRESS_MAX], size_t n,
    struct ly_problems *general, int json)
{
	struct ly_json j = { stdout, 0 };
	struct ly_status *s;
	size_t i, bad = general->n;

	s = malloc(sizeof(*s));
	if (s == NULL)
		return 1;
	if (json) {
		ly_json_open(&j, NULL, '{');
		ly_json_open(&j, "accounts", '[');
	}
	for (i = 0; i < n; i++) {
		ly_status_look(conf, names[i], s);
		bad += s->problems.n;
		if (json)
			print_json(&j, s);
		else
			print_text(s);
		ly_account_clear(&s->account);
	}
	free(s);
	if (!json) {
		print_problems(general);
		return bad;
	}
	ly_json_close(&j, ']');
	json_problems(&j, general);
	ly_json_close(&j, '}');
	(void)printf("\n");
	return bad;
}

int
ly_cmd_status(int argc, char **argv)
{
	char names[LY_ACCOUNTS_MAX][LY_ADDRESS_MAX];
	static struct ly_problems general;
	int r, json = 0;
	const struct ly_arg opts[] = {
		{ "json", NULL, "print JSON", NULL, &json },
	};
	struct ly_args args = {
		.usage = "status [options]",
		.about = "Shows each account, whether its service answers, "
		    "and what is wrong with its files.\nExit status 1 if "
		    "there is something to be cured.",
		.opts = opts,
		.nopts = sizeof(opts) / sizeof(opts[0]),
	};
	struct ly_why why = { "" };
	enum ly_args_end end;
	struct ly_conf conf;
	size_t n = 0, bad;

	if ((end = ly_args_parse(&args, argc, argv)) != LY_ARGS_GO)
		return (int)end;
	if ((r = ly_cli_conf(&conf, &why)) != 0 ||
	    (r = ly_account_list(&conf, names, &n, &why)) != 0 ||
	    (r = find_unfinished(&conf, &general)) != 0)
		return ly_cli_failed(r, &why);
	if (n == 0 && general.n == 0)
		ly_problem(&general, "not enrolled: run \"lanyard enroll "
		    "ADDRESS --service URL\"");
	if (n == 0 && !json) {
		ly_fail(&why, 0, "%s", general.text[0]);
		return ly_cli_failed(0, &why);
	}
	bad = show(&conf, names, n, &general, json);
	return bad == 0 ? 0 : LY_EXIT_FAILED;
}
