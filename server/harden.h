/*
 * What a server process gives up: core files in all of them, and nearly
 * everything in the keyholder.
 */
#ifndef LY_HARDEN_H
#define LY_HARDEN_H

/* No core files; files we make are ours alone. Every server process. */
void ly_harden_basic(void);

/*
 * Memory: not dumpable, not traceable by our own user, locked as far as
 * the limits allow. Best effort.
 */
void ly_harden_memory(void);

/*
 * System calls: an allow-list for all threads of this process, without
 * open, socket, exec, fork. The rest fails with EPERM. LY_ERR_UNSUPPORTED
 * where the kernel has no seccomp. Off under a sanitizer, which needs more.
 */
int ly_harden_calls(void);

#endif
