/* dns_plan.h - what a DNS load is to be: whom it asks, what, when, with how many threads and sockets. */
#ifndef BENCH_LOAD_DNS_PLAN_H
#define BENCH_LOAD_DNS_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "bench/load/dns_schedule.h"
#include "bench/load/dns_wire.h"
#include "bench/load/queries.h"
#include "lib/inet.h"

enum { DNS_THREADS_MAX = 256, DNS_SOCKETS_MAX = 4096, DNS_WINDOW_MAX = 1 << 20 };

/* All pointers are borrowed. */
struct dns_plan {
	const struct queries *queries;
	const struct sockaddr_storage *targets; /* with ports; sockets take them in turn */
	size_t targets_len;
	const struct inet *sources; /* likewise; none: the kernel's choice */
	size_t sources_len;
	const int *cpus; /* the t-th thread runs on cpus[t % cpus_len]; none: anywhere */
	size_t cpus_len;
	unsigned int threads;
	unsigned int sockets; /* of each thread */
	enum wire_type wire;
	bool stamps;	  /* kernel receive stamps; else the instant of reading */
	bool send_stamps; /* and of sending; else the instant before the call */
	struct schedule schedule;
	unsigned int
		window; /* closed loop: most queries under way of each thread, as fast as they come back; 0: open
				loop, by the schedule */
	int64_t timeout_ns;
	int64_t late_ns;   /* a query sent later than intended by more than this counts as late */
	double late_ratio; /* share of such queries beyond which nothing is concluded */
	int64_t bucket_ns; /* width of the timeline's buckets; 0: no timeline */
	uint64_t seed;	   /* of the schedule */
	uint64_t
		fresh_seed; /* of labels and ids: new each time, or a cache would have the answers of the last load */
};

#endif
