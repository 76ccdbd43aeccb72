/* plan.h - the capture plan: where to capture, and into which files (doc/formats.md). */
#ifndef BENCH_CAPTURE_PLAN_H
#define BENCH_CAPTURE_PLAN_H

#include <stddef.h>
#include <stdint.h>

#include "lib/err.h"

struct capture_plan_point {
	char *file; /* name inside `dir` */
	char *path;
	char *interface;
	char *netns;  /* "": the caller's */
	char *filter; /* pcap-filter(7); "": everything */
};

struct capture_plan {
	char *dir;
	char *stats_path;
	int snaplen_bytes;
	int buffer_bytes; /* of each point */
	struct capture_plan_point *points;
	size_t points_len;
};

/*
 * Read and check a plan file. Relative paths in it are made relative to its folder.
 *
 * Returns 0 or -errno; `e` names every complaint that fits, with its place ("points[3].file").
 * Free with capture_plan_free, which takes NULL.
 */
int capture_plan_load(const char *path, struct capture_plan **ret, struct err *e);
void capture_plan_free(struct capture_plan *p);

#endif
