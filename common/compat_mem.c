/*
 * Owns locked memory. Small blocks come from one region whose free blocks
 * are bits in a few words: an allocation is one atomic operation, so many
 * threads may make a secret for each operation, and a fork in another
 * thread's middle leaves no lock behind. Large ones are mappings of their
 * own. A forked child's pages are not locked again.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "compat.h"
#include "secret.h"

#ifdef LY_SANITIZE

/* Each block its own allocation, so that an overrun of a byte is seen. */
void *
ly_locked_alloc(size_t len)
{
	return len > 0 ? calloc(1, len) : NULL;
}

void
ly_locked_free(void *p, size_t len)
{
	if (p == NULL)
		return;
	ly_wipe(p, len);
	free(p);
}

/* The sanitizer's memory is not ours to advise on. */
void
ly_locked_private(void *p, size_t len)
{
	(void)p;
	(void)len;
}

#else

#define CLASSES 4
#define WORDS 8			/* words of 64 blocks in each class */
#define REGION ((size_t)0x2a8000)	/* bytes of all classes */
#define LOCK_UNIT ((size_t)4096)	/* locked and marked at a time */
#define LINE 64			/* bytes of a cache line */

/* Block sizes: an EC scalar or PIN, a P-521 point, RSA-8192, a PKCS#8. */
static const size_t class_size[CLASSES] = { 64, 256, 1024, 4096 };
static const size_t class_start[CLASSES] = { 0, 0x8000, 0x28000, 0xa8000 };

/* One word a cache line: threads on different words do not meet. */
static struct {
	_Alignas(LINE) atomic_uint_least64_t used;
} words[CLASSES][WORDS];

static atomic_uchar unit_locked[REGION / LOCK_UNIT];
static _Atomic(uint8_t *) region;

static void *
map_new(size_t len)
{
	void *p = mmap(NULL, len, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		return NULL;
	(void)madvise(p, len, MADV_DONTDUMP);
	(void)madvise(p, len, MADV_NOHUGEPAGE);
	return p;
}

/* The region, made by whoever is first; it stays until the process ends. */
static uint8_t *
region_get(void)
{
	uint8_t *p = atomic_load(&region), *mine;

	if (p != NULL || (mine = map_new(REGION)) == NULL)
		return p;
	if (atomic_compare_exchange_strong(&region, &p, mine))
		return mine;
	(void)munmap(mine, REGION);
	return p;
}

/* Lock the page that a block lies in when it is first used; best effort. */
static void
unit_lock(uint8_t *base, size_t off)
{
	atomic_uchar *done = &unit_locked[off / LOCK_UNIT];

	if (atomic_load_explicit(done, memory_order_relaxed) != 0)
		return;
	(void)mlock(base + off / LOCK_UNIT * LOCK_UNIT, LOCK_UNIT);
	atomic_store_explicit(done, 1, memory_order_relaxed);
}

/* Where to begin looking: threads have their stacks apart. */
static unsigned
thread_hint(void)
{
	uintptr_t here = (uintptr_t)&here;

	return (unsigned)((here >> 16) * 0x9e3779b1u >> 16);
}

static void *
pool_alloc(unsigned class)
{
	const unsigned hint = thread_hint();
	uint8_t *base = region_get();
	unsigned i, w, bit;
	uint64_t used;
	size_t off;

	if (base == NULL)
		return NULL;
	for (i = 0; i < WORDS; i++) {
		w = (hint + i) % WORDS;
		used = atomic_load(&words[class][w].used);
		while (used != UINT64_MAX) {
			bit = (unsigned)__builtin_ctzll(~used);
			if (!atomic_compare_exchange_weak(
			    &words[class][w].used, &used,
			    used | (uint64_t)1 << bit))
				continue;
			off = class_start[class] +
			    (w * 64 + bit) * class_size[class];
			unit_lock(base, off);
			return base + off;
		}
	}
	return NULL;
}

static void
pool_free(size_t off)
{
	unsigned class = CLASSES - 1;
	uint8_t *base = atomic_load(&region);
	size_t n;

	while (off < class_start[class])
		class--;
	n = (off - class_start[class]) / class_size[class];
	off = class_start[class] + n * class_size[class];
	ly_wipe(base + off, class_size[class]);
	(void)atomic_fetch_and(&words[class][n / 64].used,
	    ~((uint64_t)1 << n % 64));
}

static size_t
page_round(size_t len)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);

	return (len + page - 1) / page * page;
}

void *
ly_locked_alloc(size_t len)
{
	unsigned class;
	void *p = NULL;

	if (len == 0 || len > SIZE_MAX / 2)
		return NULL;
	for (class = 0; class < CLASSES && p == NULL; class++)
		if (len <= class_size[class])
			p = pool_alloc(class);
	if (p != NULL)
		return p;
	if ((p = map_new(page_round(len))) != NULL)
		(void)mlock(p, len);
	return p;
}

void
ly_locked_free(void *p, size_t len)
{
	const uintptr_t base = (uintptr_t)atomic_load(&region);
	const uintptr_t at = (uintptr_t)p;

	if (p == NULL)
		return;
	if (base != 0 && at >= base && at < base + REGION) {
		pool_free(at - base);
		return;
	}
	ly_wipe(p, len);
	(void)munmap(p, page_round(len));
}

/* Small blocks share pages with others: those are left as they are. */
void
ly_locked_private(void *p, size_t len)
{
	if (len > class_size[CLASSES - 1])
		(void)madvise(p, page_round(len), MADV_WIPEONFORK);
}

#endif
