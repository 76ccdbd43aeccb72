/* look_pcap.h - the packets of one interface of one node, live, as pcap with nanosecond timestamps. */
#ifndef LAB_LOOK_PCAP_H
#define LAB_LOOK_PCAP_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "lib/err.h"

struct look_pcap_plan {
	pid_t init_pid; /* PID 1 of the node */
	const char *interface;
	const char *filter;  /* pcap-filter(7); "": everything */
	const char *out;     /* a file, made once the capture stands; "-": standard output */
	uint64_t count_pkts; /* end after this many; 0: no limit */
	int64_t duration_ns; /* end after this long; 0: no limit */
	int stop_fd;	     /* end when this becomes readable */
};

struct look_pcap_counts {
	uint64_t written_pkts;
	uint64_t dropped_pkts;	  /* by our ring, being full */
	uint64_t if_dropped_pkts; /* by the interface */
	bool reader_left;	  /* whoever read our output went away */
};

/*
 * Capture until one of the ends that the plan names.
 *
 *      ret     out: filled in on failure too, with what there was until then
 *
 * Returns 0, -EINVAL for a filter that is none, or another -errno, with `e` filled.
 */
int look_pcap(const struct look_pcap_plan *plan, struct look_pcap_counts *ret, struct err *e);

#endif
