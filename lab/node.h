/*
 * node.h - one node of the lab: its own namespaces, its own root, a PID 1 that reaps and starts.
 *
 * A node is a process (PID 1 of a new PID namespace, with new net, mount, UTS and IPC namespaces)
 * and everything under it. It dies with the process that made it, and the kernel then removes
 * every process, mount and interface it held: that is the whole clean-up.
 *
 * The maker talks to it over a SOCK_SEQPACKET socket in the messages below.
 */
#ifndef LAB_NODE_H
#define LAB_NODE_H

#include <sys/types.h>

#include "lab/topology.h"
#include "lib/err.h"

/* Everything a node needs to know beyond the topology. Paths are absolute; borrowed. */
struct node_plan {
	const struct topology *topology;
	size_t node;
	const char *rootfs;
	char *const *layers;  /* NULL-terminated, lowest first, above the root file system */
	const char *scratch;  /* an empty folder; each node mounts its tmpfs there, privately */
	const char *log_dir;  /* SERVICE.log files go here; exists */
	const char *lab_mark; /* value of CATCHMENT_LAB in the environment of everything inside */
};

enum node_order {
	NODE_CONFIGURE, /* the links are there: addresses, routes, sysctls */
	NODE_START,	/* start service `arg` */
	NODE_TRY,	/* run the readiness command of service `arg`, answer with its status */
};

struct node_request {
	enum node_order order;
	uint32_t service; /* index into topology.services */
};

enum node_news {
	NODE_BUILT,	 /* root and namespaces stand */
	NODE_CONFIGURED, /* addresses and routes too */
	NODE_STARTED,	 /* a service runs; its pidfd comes along as SCM_RIGHTS */
	NODE_EXITED,	 /* a service ended, `status` as of waitpid */
	NODE_TRIED,	 /* the readiness command ended, `status` as of waitpid */
	NODE_FAILED,	 /* the node cannot go on; `text` says why */
};

struct node_report {
	enum node_news news;
	uint32_t service;
	int32_t status;
	char text[512];
};

/*
 * Make a node. The child never returns from this call.
 *
 *      ret_pid         out: its pid as the caller sees it; reap it
 *      ret_socket      out: the caller's end; close it to end the node
 *
 * Returns 0 or -errno with `e` filled. Needs CAP_SYS_ADMIN.
 */
int node_spawn(const struct node_plan *plan, pid_t *ret_pid, int *ret_socket, struct err *e);

/* The life of PID 1, after its namespaces exist. Internal to the child. */
void node_main(const struct node_plan *plan, int socket) __attribute__((noreturn));

/* Pieces of node_main: the root file system; the network inside. */
int node_build_root(const struct node_plan *plan, struct err *e);
int node_configure_net(const struct node_plan *plan, struct err *e);

/* Start one process in the node, output appended to `log_fd`. Returns its pid or -errno. */
pid_t node_run(char *const argv[], int log_fd, const char *lab_mark);

#endif
