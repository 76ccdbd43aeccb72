/*
 * capture.h - packets at many interfaces in many namespaces, into a nanosecond pcap file each.
 *
 * Each packet is stamped by the kernel (CLOCK_REALTIME) when it leaves or reaches the interface, so
 * that neither our speed nor our priority shows in the result. pcap files have no direction: the
 * addresses tell. On `lo` the kernel shows each packet twice, going out and coming in; libpcap
 * drops the outgoing one, so a file of lo has each packet once, stamped as it came in.
 */
#ifndef BENCH_CAPTURE_CAPTURE_H
#define BENCH_CAPTURE_CAPTURE_H

#include <stdbool.h>
#include <stdint.h>

#include "bench/capture/plan.h"
#include "lib/err.h"

struct capture_point_stats {
	uint64_t received;   /* by the kernel, after the filter */
	uint64_t dropped;    /* by our ring, being full */
	uint64_t if_dropped; /* by the interface */
	uint64_t packets;    /* written */
	uint64_t bytes;	     /* of the file */
	char error
		[256]; /* why the point ended before the others ("interface disappeared"), or "" */
};

struct capture;

/*
 * Open every interface and every file (the folder is made). From then on nothing is missed.
 *
 *      p       borrowed until capture_free
 *
 * Returns 0 or -errno with `e` naming the point.
 */
int capture_open(const struct capture_plan *p, struct capture **ret, struct err *e);

/*
 * Capture until `stop_fd` becomes readable (lib/stopfd.h), then take out of the rings all that was
 * there at that moment, and close the files.
 *
 * A point whose interface goes away ends alone. Returns 0, or -errno with `e` filled when a file
 * cannot be written; the files end in whole packets, but for the one that failed.
 */
int capture_run(struct capture *c, int stop_fd, struct err *e);

const struct capture_point_stats *capture_stats(const struct capture *c, size_t point);

/* Write p->stats_path (doc/formats.md). Returns 0 or -errno with `e` filled. */
int capture_stats_write(const struct capture *c, struct err *e);

void capture_free(struct capture *c); /* NULL is fine */

#endif
