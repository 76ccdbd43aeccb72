/* net_iperf.h - libiperf's client and server, each in a process of its own: the library prints, and exits on errors. */
#ifndef BENCH_LOAD_NET_IPERF_H
#define BENCH_LOAD_NET_IPERF_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "lib/err.h"
#include "lib/inet.h"

struct net_plan {
	struct inet to, bind; /* family 0: none */
	uint16_t port;
	int duration_s, omit_s; /* measured; beforehand, for a slow start */
	uint64_t udp_bps;	/* 0: TCP */
};

/*
 * Measure once. What libiperf says of it, its JSON, is `ret_text`, to be freed, also where it failed: then it has a key
 * "error". Ended early when a stop was asked for: -EINTR. Returns 0, -EINTR, -ETIMEDOUT, -EIO with `e` filled.
 */
int net_client(const struct net_plan *p, char **ret_text, struct err *e);

/* Start the other end; it takes one client after another until it is killed. Returns its pid or -errno. */
pid_t net_server(const struct net_plan *p, struct err *e);

#endif
