/* made_log.h - a trial with a log of BGP made by hand, in a folder of its own: for tests of what is read from such logs. */
#ifndef TESTS_UNIT_BENCH_MADE_LOG_H
#define TESTS_UNIT_BENCH_MADE_LOG_H

#include <stdio.h>
#include <stdlib.h>

#include "bench/analyze/bgplog.h"
#include "bench/analyze/run.h"
#include "lib/fs.h"

#define FAULT_NS 1800000000000000000LL
#define MS	 1000000LL

enum { MOST = 2000, MADE_NODES = 3, MADE_POINTS = 4, MADE_SESSIONS = 3 };

struct made {
	char dir[64];
	struct run run;
	struct trial trial;
	struct bgplog log;
	struct bgplog_node node[MADE_NODES];
	struct bgplog_point point[MADE_POINTS];
	struct bgplog_entry entry[MOST];
	struct bgplog_change change[MOST];
	struct bgplog_session session[MADE_SESSIONS];
	struct stream stream;
	struct query query[2];
};

/* Whose log it is: its nodes, and each point's node and peer (-1: none). */
struct made_plan {
	const char *node[MADE_NODES];
	int nodes, points, sessions;
	int ends[MADE_POINTS][2];
};

/* Everything but what the rounds of a test put in. NULL: no folder. */
static inline struct made *
made_new(const struct made_plan *plan)
{
	static const struct bgp_prefix prefix = {.family = 4, .bits = 24, .addr = {203, 0, 113, 0}};
	struct made *m = calloc(1, sizeof(*m));
	char path[128];

	snprintf(m->dir, sizeof(m->dir), "/tmp/catchment-made-XXXXXX");
	if (mkdtemp(m->dir) == NULL)
		return NULL;
	snprintf(path, sizeof(path), "%s/trial-001", m->dir);
	if (fs_mkdirs(path, NULL) < 0)
		return NULL;
	m->run = (struct run){.dir = m->dir, .prefixes = 1};
	m->run.prefix[0] = prefix;
	m->trial = (struct trial){.number = 1,
		.dir = "trial-001",
		.valid = true,
		.has_fault = true,
		.fault_ns = FAULT_NS};
	for (int i = 0; i < plan->nodes; i++)
		snprintf(m->node[i].name, sizeof(m->node[i].name), "%s", plan->node[i]);
	for (int i = 0; i < plan->points; i++)
		m->point[i] =
			(struct bgplog_point){.node = plan->ends[i][0], .peer = plan->ends[i][1]};
	m->log = (struct bgplog){.node = m->node,
		.nodes = (size_t)plan->nodes,
		.point = m->point,
		.points = (size_t)plan->points,
		.entry = m->entry,
		.change = m->change,
		.session = m->session,
		.sessions = (size_t)plan->sessions};
	return m;
}

static inline int
made_free(struct made *m)
{
	int rc = fs_remove_tree(m->dir, NULL);

	json_decref(m->run.json);
	free(m);
	return rc;
}

#endif
