/*
 * compat_mem.c: blocks are apart, zeroed, wiped on release, reused, and
 * safe from many threads and in a forked child.
 */
#include "unit.h"

#include <pthread.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "compat.h"

static const size_t sizes[] = {
	1, 63, 64, 65, 256, 257, 1024, 1025, 4096, 4097, 100000, 1048576
};

#define SIZES (sizeof(sizes) / sizeof(sizes[0]))

static int
is_zero(const uint8_t *p, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (p[i] != 0)
			return 0;
	return 1;
}

static void
test_blocks_are_zero_each_time(void **state)
{
	uint8_t *p;
	size_t i, round;

	(void)state;
	for (round = 0; round < 3; round++) {
		for (i = 0; i < SIZES; i++) {
			p = ly_locked_alloc(sizes[i]);
			assert_non_null(p);
			assert_true(is_zero(p, sizes[i]));
			assert_int_equal((uintptr_t)p % 16, 0);
			memset(p, 0xa5, sizes[i]);
			ly_locked_free(p, sizes[i]);
		}
	}
}

static void
test_no_block_for_nonsense(void **state)
{
	(void)state;
	assert_null(ly_locked_alloc(0));
	/* Through a variable: the compiler knows no allocator gives this. */
	for (size_t len = SIZE_MAX; len > SIZE_MAX - 3; len--)
		if (getenv("LY_SANITIZE") == NULL ||
		    strcmp(getenv("LY_SANITIZE"), "no") == 0)
			assert_null(ly_locked_alloc(len));
	ly_locked_free(NULL, 0);
	ly_locked_free(NULL, 100);
}

#define MANY 3000	/* more than the region has of one size */

static void
test_more_blocks_than_the_region_has(void **state)
{
	static uint8_t *p[MANY];
	size_t i, j;

	(void)state;
	for (i = 0; i < MANY; i++) {
		p[i] = ly_locked_alloc(64);
		assert_non_null(p[i]);
		assert_true(is_zero(p[i], 64));
		memset(p[i], (int)(i & 0xff), 64);
	}
	for (i = 0; i < MANY; i++)
		for (j = 0; j < 64; j++)
			assert_int_equal(p[i][j], i & 0xff);
	for (i = 0; i < MANY; i++)
		ly_locked_free(p[i], 64);
	/* All are free again: the first one comes from the region. */
	p[0] = ly_locked_alloc(64);
	assert_non_null(p[0]);
	assert_true(is_zero(p[0], 64));
	ly_locked_free(p[0], 64);
}

#define THREADS 4
#define ROUNDS 20000
#define HELD 8

/* Hold some blocks, each full of our own number: nobody else writes there. */
static void *
worker(void *arg)
{
	const uint8_t mark = (uint8_t)(uintptr_t)arg;
	uint8_t *held[HELD] = { NULL };
	size_t len[HELD] = { 0 };
	size_t i, k, bad = 0;

	for (i = 0; i < ROUNDS; i++) {
		k = i % HELD;
		if (held[k] != NULL) {
			if (held[k][0] != mark || held[k][len[k] - 1] != mark)
				bad++;
			ly_locked_free(held[k], len[k]);
		}
		len[k] = sizes[i * 7 % 9];
		held[k] = ly_locked_alloc(len[k]);
		if (held[k] == NULL || !is_zero(held[k], len[k]))
			return (void *)1;
		memset(held[k], mark, len[k]);
	}
	for (k = 0; k < HELD; k++)
		ly_locked_free(held[k], len[k]);
	return (void *)bad;
}

static void
test_threads_do_not_meet(void **state)
{
	pthread_t t[THREADS];
	void *bad;
	size_t i;

	(void)state;
	for (i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&t[i], NULL, worker,
		    (void *)(i + 1)), 0);
	for (i = 0; i < THREADS; i++) {
		assert_int_equal(pthread_join(t[i], &bad), 0);
		assert_null(bad);
	}
}

static void
test_a_child_has_its_own(void **state)
{
	uint8_t *p = ly_locked_alloc(64), *q;
	int status = -1;
	pid_t pid;

	(void)state;
	assert_non_null(p);
	memset(p, 1, 64);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		q = ly_locked_alloc(64);
		if (q == NULL || q == p || p[63] != 1)
			_exit(1);
		memset(p, 2, 64);
		ly_locked_free(q, 64);
		ly_locked_free(p, 64);
		_exit(7);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 7);
	assert_int_equal(p[0], 1);
	ly_locked_free(p, 64);
}

#ifndef LY_SANITIZE

static void
test_released_small_blocks_are_wiped(void **state)
{
	volatile uint8_t *p;
	size_t i, k;

	(void)state;
	/* The region stays mapped, so its free blocks can be looked at. */
	for (i = 0; sizes[i] <= 4096; i++) {
		p = ly_locked_alloc(sizes[i]);
		assert_non_null(p);
		memset((void *)(uintptr_t)p, 0xa5, sizes[i]);
		ly_locked_free((void *)(uintptr_t)p, sizes[i]);
		for (k = 0; k < sizes[i]; k++)
			assert_int_equal(p[k], 0);
	}
}

static void
test_a_child_finds_nothing_in_private_memory(void **state)
{
	const size_t len = 5000;
	uint8_t *p = ly_locked_alloc(len), *small = ly_locked_alloc(64);
	int status = -1;
	pid_t pid;

	(void)state;
	assert_non_null(p);
	assert_non_null(small);
	memset(p, 1, len);
	small[0] = 1;
	ly_locked_private(p, len);
	ly_locked_private(small, 64);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		_exit(is_zero(p, len) && small[0] == 1 ? 7 : 1);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 7);
	assert_int_equal(p[0], 1);
	ly_locked_free(p, len);
	ly_locked_free(small, 64);
}

/* The VmFlags of the mapping that p lies in, from /proc/self/smaps. */
static int
vm_flags(const void *p, char *flags, size_t cap)
{
	FILE *f = fopen("/proc/self/smaps", "re");
	unsigned long from, to;
	char line[512];
	int in = 0, found = 0;

	if (f == NULL)
		return 0;
	while (!found && fgets(line, sizeof(line), f) != NULL) {
		if (sscanf(line, "%lx-%lx ", &from, &to) == 2)
			in = (uintptr_t)p >= from && (uintptr_t)p < to;
		else if (in && strncmp(line, "VmFlags:", 8) == 0)
			found = snprintf(flags, cap, "%s", line + 8) > 0;
	}
	(void)fclose(f);
	return found;
}

static void
check_flags(size_t len, int may_lock)
{
	char flags[256];
	uint8_t *p = ly_locked_alloc(len);

	assert_non_null(p);
	assert_true(vm_flags(p, flags, sizeof(flags)));
	assert_has(flags, " dd ");
	if (may_lock)
		assert_has(flags, " lo ");
	ly_locked_free(p, len);
}

static void
test_pages_are_locked_and_not_dumped(void **state)
{
	void *probe = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int may_lock;

	(void)state;
	assert_true(probe != MAP_FAILED);
	may_lock = mlock(probe, 4096) == 0;
	check_flags(32, may_lock);
	check_flags(1024, may_lock);
	check_flags(8192, may_lock);
	(void)munmap(probe, 4096);
}

#endif

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_blocks_are_zero_each_time),
		cmocka_unit_test(test_no_block_for_nonsense),
		cmocka_unit_test(test_more_blocks_than_the_region_has),
		cmocka_unit_test(test_threads_do_not_meet),
		cmocka_unit_test(test_a_child_has_its_own),
#ifndef LY_SANITIZE
		cmocka_unit_test(test_released_small_blocks_are_wiped),
		cmocka_unit_test(
		    test_a_child_finds_nothing_in_private_memory),
		cmocka_unit_test(test_pages_are_locked_and_not_dumped),
#endif
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
