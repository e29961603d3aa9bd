/* What p11-kit's configuration says of our module, for doctor. */
#ifndef LY_DOCTOR_P11_H
#define LY_DOCTOR_P11_H

#include <stddef.h>

#include "file.h"

struct ly_doctor;

#define LY_P11_LIST_MAX 8

/* One that names our module: files of one name are one, as for p11-kit. */
struct ly_p11_module {
	char name[64];			/* "lanyard.module" */
	char file[LY_PATH_MAX];		/* the last of that name */
	char library[LY_PATH_MAX];	/* absolute */
	char enable[512], disable[512];	/* "": not said */
};

struct ly_p11_list {
	struct ly_p11_module list[LY_P11_LIST_MAX];
	size_t n;
};

/* Read all of pkcs11.conf(5)'s folders, and say what is wrong there. */
void ly_p11_look(struct ly_doctor *d, struct ly_p11_list *p11);

/*
 * Take in the files of one folder, as p11-kit does after those of the
 * folders before it: line by line over a file of the same name.
 */
void ly_p11_scan(struct ly_p11_list *p11, const char *dir);

/* 1 if p11-kit shows our module to a program. */
int ly_p11_shows(const struct ly_p11_list *p11, const char *program);

/* 1 if both paths are there and lead to one file. */
int ly_doctor_same_file(const char *a, const char *b);

#endif
