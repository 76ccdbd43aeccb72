/*
 * supervisor.h - the process that owns a lab: nodes, links, services; everything dies with it.
 *
 * It is told nothing it could not find out again, and keeps nothing on disk that outlives it but
 * a folder: PID 1 of each node and the link emulator have asked the kernel to be killed when it
 * dies, and the kernel then removes their processes, mounts and interfaces.
 */
#ifndef LAB_SUPERVISOR_H
#define LAB_SUPERVISOR_H

#include "lab/topology.h"
#include "lib/err.h"

enum { SUPERVISOR_MESSAGE_BYTES = 1 << 20 };

struct supervisor_plan {
	const struct topology *topology;
	const char *name, *id;	   /* of the lab; id is unique over time */
	const char *dir;	   /* its folder; exists, ours alone (locked by the caller) */
	const char *rootfs;	   /* absolute */
	const char *const *stacks; /* layer stacks, NULL-terminated, lowest first */
	const char *const
		*layer_dirs; /* where the stacks' files lie: the same, or copies of them */
	const char *variant; /* as the user named it; for the state file */
	int lease;	     /* SOCK_SEQPACKET to whoever wanted the lab */
	int start_ms;	     /* give up when not all services are ready by then */
};

/*
 * Bring everything up and serve until told to end. Messages over the lease, one JSON text each:
 *
 *      to the other side       {"step": "..."} while starting, {"up": true}, or
 *                              {"error": "...", "log": ["...", ...]} before giving up
 *      from the other side     {"detach": true}: go on without a lease. When the lease closes
 *                              before that, the lab ends.
 *
 * The control socket DIR/ctl (SOCK_SEQPACKET) takes requests, see supervisor_ctl.c. Returns the
 * exit status of the process.
 */
int supervisor_run(const struct supervisor_plan *plan);

#endif
