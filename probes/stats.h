/* stats.h - probe-stats.json: how well the engine kept its schedule, and what came back. */
#ifndef PROBES_STATS_H
#define PROBES_STATS_H

#include "lib/err.h"
#include "probes/engine.h"
#include "probes/plan.h"

/* Write p->stats_path (doc/formats.md). Returns 0 or -errno with `e` filled. */
int probe_stats_write(const struct plan *p, const struct engine_stats *s, struct err *e);

#endif
