/*
 * rootless.h - a lab without root: in a user namespace, where the caller is root over nothing but what is made there.
 *
 * Ids in there: 0 is the caller, 1 and up are the caller's subordinate ids (/etc/subuid, /etc/subgid), which are the
 * daemons' own users. Whoever works with such a lab must be in its user namespace, and in a network namespace that
 * belongs to it, for the kernel lets nobody back into the host's. Nothing in there can reach the host's network.
 */
#ifndef LAB_ROOTLESS_H
#define LAB_ROOTLESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "lab/place.h"
#include "lib/err.h"

/* The daemons' users are system users: below this. */
enum { ROOTLESS_IDS_MIN = 1000 };

/* What the link emulator would lock, and a probe's socket would hold, if they were allowed to. */
enum { ROOTLESS_LOCKED_BYTES = 64 << 20, ROOTLESS_SOCKET_BYTES = 1 << 20 };

/* A range of subordinate ids; count 0: none. */
struct rootless_range {
	uint64_t start, count;
};

struct rootless_ids {
	struct rootless_range uids, gids;
};

/* Is this process in such a namespace? True as well for the children of one that is. */
bool rootless_inside(void);

/* The caller's uid as the host sees it, inside and outside. */
uid_t rootless_uid(void);

/*
 * The first range of ROOTLESS_IDS_MIN or more that a file like /etc/subuid gives to a user, by name or number.
 * Returns 0; -ENOENT when there is none or the file is not there.
 */
int rootless_range(const char *path, const char *name, uid_t id, struct rootless_range *ret);

/* Both ranges of the caller. Returns 0, or -ENOENT with `e` saying how to get them. */
int rootless_ids(struct rootless_ids *ret, struct err *e);

/*
 * Move the calling process, which must have one thread, into a new user namespace. Its network
 * stays the host's. Returns 0 or -errno with `e` saying what this host lacks and how to get it.
 */
int rootless_make(struct err *e);

/* Then: into a network namespace of its own, without any interface but a loopback that is down. */
int rootless_leave_network(struct err *e);

/*
 * Move the calling process, which must have one thread, into the user and network namespace of the
 * supervisor that listens at the other end of `ctl`. Root stays where it is. Returns 0 or -errno.
 */
int rootless_join_peer(int ctl, struct err *e);

/* What is weaker without root on this host, as one sentence. */
void rootless_weaker(char *out, size_t size);

/*
 * What lab_up does first: nothing for root; else into a new user namespace, unless a lab has its
 * folder `lab_dir` locked already (-EEXIST). Says what is weaker. Returns 0 or -errno.
 */
int rootless_begin(const char *lab_name, const char *lab_dir, struct err *e);

/*
 * Copy the layer stacks that are not wholly the caller's into LAB_DIR/layers, and let `stacks`
 * (NULL-terminated) name the copies instead. Does nothing for root.
 *
 *      copies  as long as `stacks`; holds the new paths
 */
int rootless_own_layers(
	const char *lab_dir, const char *stacks[], char (*copies)[PLACE_BYTES + 48], struct err *e);

#endif
