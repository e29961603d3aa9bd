/*
 * Hardening of server processes; see harden.h. The allow-list holds what
 * memory, time, random bytes, threads and reading and writing open
 * descriptors need, and refuses executable memory.
 */
#include <errno.h>
#include <linux/capability.h>
#include <seccomp.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "config.h"
#include "err.h"
#include "harden.h"

void
ly_harden_basic(void)
{
	const struct rlimit none = { 0, 0 };

	(void)setrlimit(RLIMIT_CORE, &none);
	(void)umask(077);
}

/* 1 if this process may lock memory whatever its limit (capabilities(7)). */
static int
may_lock(void)
{
	struct __user_cap_header_struct head = {
		_LINUX_CAPABILITY_VERSION_3, 0
	};
	struct __user_cap_data_struct caps[2];

	memset(caps, 0, sizeof(caps));
	return syscall(SYS_capget, &head, caps) == 0 &&
	    (caps[0].effective & 1u << CAP_IPC_LOCK) != 0;
}

void
ly_harden_memory(void)
{
	const struct rlimit all = { RLIM_INFINITY, RLIM_INFINITY };
	struct rlimit now;

#ifndef LY_SANITIZE
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
	(void)setrlimit(RLIMIT_MEMLOCK, &all);
	/*
	 * With a limit, MCL_FUTURE would make allocations fail once it is
	 * reached; secrets are then locked one by one (ly_locked_alloc).
	 */
	if (may_lock() || (getrlimit(RLIMIT_MEMLOCK, &now) == 0 &&
	    now.rlim_cur == RLIM_INFINITY))
		(void)mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT);
}

#ifdef LY_SANITIZE
int
ly_harden_calls(void)
{
	return 0;
}
#else
static const int allowed[] = {
	SCMP_SYS(brk), SCMP_SYS(clock_gettime), SCMP_SYS(clock_nanosleep),
	SCMP_SYS(close), SCMP_SYS(exit), SCMP_SYS(exit_group),
	SCMP_SYS(futex), SCMP_SYS(getpid), SCMP_SYS(getrandom),
	SCMP_SYS(gettid), SCMP_SYS(gettimeofday), SCMP_SYS(madvise),
	SCMP_SYS(mlock), SCMP_SYS(mlock2), SCMP_SYS(mremap),
	SCMP_SYS(munlock), SCMP_SYS(munmap), SCMP_SYS(nanosleep),
	SCMP_SYS(poll), SCMP_SYS(read), SCMP_SYS(restart_syscall),
	SCMP_SYS(rseq), SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask),
	SCMP_SYS(rt_sigreturn), SCMP_SYS(sched_getaffinity),
	SCMP_SYS(sched_yield), SCMP_SYS(sendmsg), SCMP_SYS(set_robust_list),
	SCMP_SYS(tgkill), SCMP_SYS(time), SCMP_SYS(write),
};

/* Memory calls whose third argument holds the protection. */
static const int no_exec[] = { SCMP_SYS(mmap), SCMP_SYS(mprotect) };

int
ly_harden_calls(void)
{
	scmp_filter_ctx ctx;
	size_t i;
	int rc;

	if ((ctx = seccomp_init(SCMP_ACT_ERRNO(EPERM))) == NULL)
		return LY_ERR_NOMEM;
	rc = seccomp_attr_set(ctx, SCMP_FLTATR_CTL_TSYNC, 1);
	for (i = 0; i < sizeof(allowed) / sizeof(allowed[0]) && rc == 0; i++)
		rc = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, allowed[i], 0);
	for (i = 0; i < sizeof(no_exec) / sizeof(no_exec[0]) && rc == 0; i++)
		rc = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, no_exec[i], 1,
		    SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
	if (rc == 0)
		rc = seccomp_load(ctx);
	seccomp_release(ctx);
	return rc == 0 ? 0 : LY_ERR_UNSUPPORTED;
}
#endif
