/* tcp_home.h - TCP sockets opened in the streams' namespaces, one query at a time, and the way back home. */
#ifndef PROBES_TCP_HOME_H
#define PROBES_TCP_HOME_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/err.h"
#include "probes/plan.h"

struct tcp_home {
	int own_fd; /* our own namespace; -1 when no stream leaves it */
	int *fds;   /* the others, each once */
	size_t fds_len;
	int32_t *of; /* by stream: index into fds, -1: our own */
	bool lost;   /* a thread that could not return must not go on */
};

/* Open the namespaces of the plan's TCP streams. Returns 0 or -errno with `e` naming the stream. */
int tcp_home_open(const struct plan *p, struct tcp_home *ret, struct err *e);
void tcp_home_close(struct tcp_home *h); /* takes what is all zero */

/* A TCP socket in the namespace of a stream. Returns a descriptor or -errno. */
int tcp_home_socket(struct tcp_home *h, uint32_t stream, int family);

#endif
