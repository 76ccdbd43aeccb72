/*
 * lab.h - a running lab, as commands and the scenario runner hold it.
 *
 * Opening one costs a file and a socket; everything asked afterwards goes to the supervisor, to
 * the daemons' own sockets or to the kernel of the node concerned.
 */
#ifndef LAB_LAB_H
#define LAB_LAB_H

#include <jansson.h>
#include <limits.h>
#include <stdbool.h>
#include <sys/types.h>

#include "lab/topology.h"
#include "lib/err.h"
#include "lib/mono.h"

struct findings;
struct lab;

struct lab_options {
	const char *name;	   /* NULL: "default" */
	const char *topology;	   /* file; NULL: lab/topology.yaml of the bench */
	const char *variant;	   /* NULL: "documented" */
	const char *const *layers; /* further stacks, NULL-terminated, or NULL */
	const char *rootfs;	   /* NULL: the cached one, built if need be */
	int timeout_ms;		   /* for everything together; 0: 60 s */
	bool any_catchment;	   /* do not insist on the topology's `expect:` */
};

/* When an order took effect: between the two readings. */
struct lab_instant {
	struct wall before_wall, after_wall;
	struct mono before_mono, after_mono;
};

/*
 * Bring a lab up and wait until it is healthy: every service ready, every BGP session Established,
 * every access network's FIB with the anycast addresses, the expected catchment. On failure
 * nothing is left, unless `o->any_catchment`; the reason names what is not ready, and the log
 * lines that say why are printed on stderr.
 *
 *      ret     out; the lab ends when this is closed or the process dies, unless lab_detach()ed
 *
 * Returns 0; -EINVAL (bad input; complaints printed), -EEXIST (up already), -EDOM (healthy, but
 * not the expected catchment), -EINTR (signal), other -errno (environment), with `e` filled.
 */
int lab_up(const struct lab_options *o, struct lab **ret, struct err *e);

/*
 * Where the root file system lies that `o` names; "" if it names none. lab_up() finds it out too: this is for those who
 * want to know before they write anything. Returns 0 or -EINVAL with `e` filled.
 */
int lab_find_rootfs(const struct lab_options *o, char ret[static PATH_MAX], struct err *e);

/* Let a lab live on without us. */
int lab_detach(struct lab *lab, struct err *e);

/*
 * Wait until a lab that somebody brought up, or is bringing up, is healthy. As lab_up() waits; it is
 * not ended on failure. Returns 0, -ENOENT (it is not up), -ETIMEDOUT, -EDOM, -EIO, -EINTR, -errno.
 */
int lab_await(const struct lab_options *o, struct lab **ret, struct err *e);

/* Open one that is up. -ENOENT when there is none of this name. */
int lab_open(const char *name, struct lab **ret, struct err *e);

/* End it and wait until all is gone. -ENOENT when there is none (the caller may call that fine). */
int lab_down(const char *name, struct err *e);
void lab_close(struct lab *lab);

/*
 * Check a topology with its variant and layers, without privileges; complaints are printed.
 * Returns 0, -EINVAL, or -errno with `e` filled.
 */
int lab_validate(const struct lab_options *o, struct topology **ret, struct err *e);

/*
 * The same, and whether the daemons' configurations fit it and each other (lab/validate.h); findings are
 * not printed, nor a failure.
 *
 *      strict          warnings are errors too
 *      ret_findings    out; findings_done() it; NULL: not looked for
 */
int lab_check(const struct lab_options *o, bool strict, struct topology **ret,
	struct findings *ret_findings, struct err *e);

const struct topology *lab_topology(const struct lab *lab);
const char *lab_id(const struct lab *lab);
const char *lab_dir(const struct lab *lab); /* log/NODE/SERVICE.log lie there */
json_t *lab_state(const struct lab *lab);   /* state.json; borrowed */
pid_t lab_node_pid(const struct lab *lab, size_t node);

/* One request of supervisor_ctl.c. Consumes `request`; `ret` (may be NULL) is to be decref'd. */
int lab_request(struct lab *lab, json_t *request, json_t **ret, struct err *e);

/* The common ones. `node` and `service` by name. */
/* Give a service a share of a processor at most, above 0 to 1, until it is signalled SIGCONT or SIGSTOP (lab/throttle.h). */
int lab_throttle(struct lab *lab, const char *node, const char *service, double share,
	struct lab_instant *ret, struct err *e);
int lab_signal(struct lab *lab, const char *node, const char *service, int signal,
	struct lab_instant *ret, struct err *e);
int lab_start(struct lab *lab, const char *node, const char *service, struct lab_instant *ret,
	struct err *e);
int lab_wire(struct lab *lab, json_t *request, json_t **ret_reply, struct lab_instant *ret,
	struct err *e);

/*
 * The emulator's figures of all links, as its `stats` tells them but without pages; `reset` starts
 * them anew. `ret` may be NULL, else it is to be decref'd. Returns 0 or -errno with `e` filled.
 */
int lab_wire_stats(struct lab *lab, bool reset, json_t **ret, struct err *e);

/*
 * Every change of links from id `since` on that the emulator remembers, as a list (doc/formats.md).
 * A change with a time lacks its `end` until it has ended: ask for it again then.
 *
 *      ret_next        out, may be NULL: the id that the next change will have
 */
int lab_wire_changes(
	struct lab *lab, uint64_t since, json_t **ret, uint64_t *ret_next, struct err *e);

#endif
