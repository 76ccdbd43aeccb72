/* plan.h - the record plan: whose routes and whose logs to record, and into which files (doc/formats.md). */
#ifndef BENCH_RECORD_PLAN_H
#define BENCH_RECORD_PLAN_H

#include <stddef.h>

#include "lib/err.h"

struct record_plan_node {
	char *node;
	char *netns; /* "": the caller's */
};

struct record_plan_log {
	char *node;
	char *service;
	char *path;
};

struct record_plan {
	char *routes_path;
	char *lines_path;
	char *stats_path;
	struct record_plan_node *nodes;
	size_t nodes_len;
	struct record_plan_log *logs;
	size_t logs_len;
};

/*
 * Read and check a plan file. Relative paths in it are made relative to its folder.
 *
 * Returns 0 or -errno; `e` names every complaint that fits, with its place ("nodes[3].netns").
 * Free with record_plan_free, which takes NULL.
 */
int record_plan_load(const char *path, struct record_plan **ret, struct err *e);
void record_plan_free(struct record_plan *p);

#endif
