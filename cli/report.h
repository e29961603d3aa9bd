/*
 * What a diagnosis finds, check by check: printed as it comes, for people
 * within 80 columns, or at the end as JSON. Kept, for a second copy in a
 * support bundle.
 */
#ifndef LY_REPORT_H
#define LY_REPORT_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "err.h"

enum ly_verdict {
	LY_GOOD = 0,
	LY_NOTE,	/* neither: not looked at, or only worth knowing */
	LY_WARN,	/* works, but not as it should, or not for long */
	LY_BAD		/* has to be cured */
};

/* A step of a check, and how long it took. */
struct ly_step {
	char name[24];	/* stable in JSON */
	int64_t us;
};

#define LY_STEPS_MAX 24
#define LY_REPORT_TEXT 1024

struct ly_finding {
	const char *section;	/* constant; stable in JSON */
	const char *check;	/* the same */
	char about[256];	/* which account or profile; "" none */
	enum ly_verdict verdict;
	char text[LY_REPORT_TEXT];
	struct ly_step steps[LY_STEPS_MAX];
	size_t nsteps;
};

struct ly_report {
	FILE *out;		/* NULL: print nothing as it comes */
	const char *section;
	char about[256];
	struct ly_finding *list;
	size_t n, cap;
	size_t count[LY_BAD + 1];	/* of each verdict */
	int err;		/* first failure, sticky */
};

void ly_report_init(struct ly_report *r, FILE *out);
void ly_report_clear(struct ly_report *r);

/* What follows belongs to section (constant), about (may be ""). */
void ly_report_section(struct ly_report *r, const char *section,
    const char *about);

/* One finding: a sentence that names the thing and, if need be, the cure. */
void ly_report(struct ly_report *r, enum ly_verdict v, const char *check,
    const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/* The sentence of a failure; the phrase of err when why is empty. */
void ly_report_why(struct ly_report *r, enum ly_verdict v, const char *check,
    int err, const struct ly_why *why);

/* The same as ly_report, with the times of its n steps behind the text. */
void ly_report_steps(struct ly_report *r, enum ly_verdict v,
    const char *check, const struct ly_step *steps, size_t n,
    const char *fmt, ...) __attribute__((format(printf, 6, 7)));

/* How many findings have to be cured. */
size_t ly_report_bad(const struct ly_report *r);

/* The count of findings, and the first bad one: the end of a report. */
void ly_report_end(struct ly_report *r);

/* All of it once more, as text or as one JSON object. LY_ERR_IO, _NOMEM. */
int ly_report_print(const struct ly_report *r, FILE *out);
int ly_report_json(const struct ly_report *r, FILE *out);

#endif
