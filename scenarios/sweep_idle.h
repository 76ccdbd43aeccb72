/* sweep_idle.h - a lab left alone for a while: what it costs, and what moves though nothing is broken. */
#ifndef SCENARIOS_SWEEP_IDLE_H
#define SCENARIOS_SWEEP_IDLE_H

#include <jansson.h>

#include "lab/lab.h"

/*
 * Watch for `span_ns`; what services logged meanwhile is left in `dir`/log.
 *
 *      ret     out: `idle` of a combination (doc/formats.md)
 *
 * Returns 0, -EINTR, or -errno with `e` filled.
 */
int idle_watch(struct lab *lab, int64_t span_ns, const char *dir, json_t **ret, struct err *e);

/* What a service's log line tells of a health check. For tests. */
enum idle_line { IDLE_NOTHING, IDLE_FAILURE, IDLE_VERDICT, IDLE_WITHDRAWN };
enum idle_line idle_line_kind(const char *text);

struct idle_lines {
	size_t failures, verdicts, withdrawals;
};

/* Of all health checks' logs below `dir`/log, however long. One that cannot be read is no silence: 0 or -errno. */
int idle_read_lines(const char *dir, struct idle_lines *ret, struct err *e);

#endif
