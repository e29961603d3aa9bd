/*
 * Our part of a text file that others write in, too: lines between two
 * comments, which are "#" lines in every format we write. The first comment
 * says whether the file was there before, so that it can go with its block.
 */
#ifndef LY_BLOCK_H
#define LY_BLOCK_H

#include "nssdb.h"

struct ly_buf;

/*
 * The text that old (NULL: there is no file) becomes with our block around
 * body, whole lines, or with body NULL without it: then it is byte for byte
 * what it was, but for what others wrote. A block that is there is replaced
 * where it stands; a new one goes to the end. LY_ERR_FORMAT: the block
 * begins and does not end. Nothing is put into new when *change is
 * LY_NSS_SAME; *gone is 1 if the file came with the block and nothing else
 * is in it, so that it is to be removed.
 */
int ly_block_edit(const struct ly_buf *old, const char *body,
    struct ly_buf *new, enum ly_nss_change *change, int *gone);

/* 1 if the text has a block of ours, whole or not. */
int ly_block_has(const struct ly_buf *text);

#endif
