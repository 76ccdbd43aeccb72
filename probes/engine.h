/*
 * engine.h - the query engine: sends by the clock alone, and takes note of all that comes back.
 *
 * Open loop: each query is due at an instant of its lane's schedule (probes/lanes.h), whatever
 * happened to those before it. A delay of the engine is not hidden by skipping or respacing: what
 * is overdue is sent at once and its lateness recorded.
 */
#ifndef PROBES_ENGINE_H
#define PROBES_ENGINE_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/answers.h"
#include "lib/err.h"
#include "lib/hist.h"
#include "probes/lanes.h"
#include "probes/plan.h"

enum { ENGINE_ERRNOS = 134 };

struct engine_stats {
	uint64_t queries; /* due and tried, whether or not the kernel took them */
	uint64_t by_status[ANSWERS_STATUSES];
	uint64_t strays[ANSWERS_STRAY_KINDS];
	uint64_t duplicated;		     /* queries with a duplicate answer */
	uint64_t send_errnos[ENGINE_ERRNOS]; /* of the queries with status "send failed" */
	uint64_t icmp_unmatched;	     /* errors that quote too little, or no query of ours */
	uint64_t icmp_other;		     /* e.g. time exceeded: does not end a query */
	uint64_t receive_dropped;	     /* by full socket buffers */
	uint64_t forced;      /* queries made final early because the engine had stalled too long */
	struct hist lateness; /* actual - scheduled sending */
	struct hist rtt;      /* of good answers of the anycast service over UDP */
	int64_t sending_ns;   /* how long queries were sent */
	int64_t cpu_ns;	      /* of the process, from first to last query */
	bool realtime;	      /* SCHED_FIFO was allowed */
	bool told_to_stop;    /* otherwise the duration was over */
	const struct lanes *lanes; /* the same by kind and rate; lives as long as the engine */
};

struct engine;

/*
 * Open every socket and the answers file; set t0 to a moment from now.
 *
 *      p       borrowed until engine_free
 *
 * Raises the limit of open files if that is needed. Returns 0 or -errno with `e` filled.
 */
int engine_open(const struct plan *p, struct engine **ret, struct err *e);

/*
 * Send until the duration is over or `stop_fd` becomes readable (lib/stopfd.h), then wait until every
 * query is decided. A second stop ends that wait; what is undecided is recorded as pending.
 *
 * Nothing is allocated per query. Returns 0, or -errno with `e` filled when the answers file cannot
 * be written; it is readable up to there.
 */
int engine_run(struct engine *en, int stop_fd, struct err *e);

const struct engine_stats *engine_stats(const struct engine *en);
void engine_free(struct engine *en); /* NULL is fine */

#endif
