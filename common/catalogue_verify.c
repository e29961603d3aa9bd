/*
 * The whole check of a catalogue: its SHA-256, every entry, the order, the
 * index. Too slow for the start of a mail client; "lanyard status" and the
 * writer of the next catalogue use it.
 */
#include <stdlib.h>

#include "catalogue_impl.h"
#include "crypto.h"
#include "err.h"
#include "secret.h"

static int
check_digest(const struct ly_catalogue *c)
{
	uint8_t md[LY_SHA256_LEN];
	const uint8_t *p;
	size_t len;
	int r;

	p = ly_catalogue_bytes(c, &len);
	if ((r = ly_digest(LY_SHA256, p + LY_CAT_COVERED,
	    len - LY_CAT_COVERED, md)) != 0)
		return r;
	if (!ly_memeq(md, p + LY_CAT_DIGEST, sizeof(md)))
		return LY_ERR_FORMAT;
	return 0;
}

/* Every entry decodes and is listed exactly once. */
static int
check_entries(const struct ly_catalogue *c)
{
	const size_t n = ly_catalogue_count(c);
	struct ly_entry e;
	uint8_t *seen;
	uint32_t k;
	size_t i;
	int r = 0;

	if ((seen = calloc(n + 1, 1)) == NULL)
		return LY_ERR_NOMEM;
	for (i = 0; r == 0 && i < n; i++) {
		if ((r = ly_catalogue_entry(c, (uint32_t)i, &e)) != 0)
			break;
		if ((r = ly_catalogue_order(c, i, &k)) != 0)
			break;
		if (seen[k]++ != 0)
			r = LY_ERR_FORMAT;
	}
	free(seen);
	return r;
}

static int
check_index(const struct ly_catalogue *c)
{
	const size_t n = ly_catalogue_index_len(c);
	uint32_t k;
	size_t i;

	for (i = 0; i < n; i++) {
		if (ly_catalogue_hit(c, i, &k) != 0)
			return LY_ERR_FORMAT;
		if (i > 0 && ly_catalogue_index_hash(c, i) <
		    ly_catalogue_index_hash(c, i - 1))
			return LY_ERR_FORMAT;
	}
	return 0;
}

int
ly_catalogue_verify(const struct ly_catalogue *c)
{
	int r;

	if ((r = check_digest(c)) != 0)
		return r;
	if ((r = check_entries(c)) != 0)
		return r;
	return check_index(c);
}
