/* cputime.h - where the machine's processor time went, as /proc/stat counts it. */
#ifndef LIB_CPUTIME_H
#define LIB_CPUTIME_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct cputime {
	int64_t total_us; /* of all processors together, idle time included */
	int64_t idle_us;
	int64_t steal_us; /* taken by the hypervisor */
};

/* Since boot. Returns 0, or -errno; -EBADMSG when the file is not what it should be. */
int cputime_read(struct cputime *ret);

/*
 * What a process, its living descendants and all that these have reaped have used since they began.
 * A process that ends between two calls moves to its parent's account, not away.
 *
 * Returns 0 or -errno.
 */
int cputime_of_tree(pid_t root, int64_t *ret_us);

/* The same of several at one look, each tree for itself. */
int cputime_of_trees(const pid_t roots[], size_t n, int64_t ret_us[]);

#endif
