/*
 * record.h - routes and log lines of a whole lab, stamped when they were read, in one loop.
 *
 * Neither rtnetlink nor a log stamps what it tells, so the loop's own lateness is the error of
 * each instant: a timer in it measures that.
 */
#ifndef BENCH_RECORD_RECORD_H
#define BENCH_RECORD_RECORD_H

#include "bench/record/plan.h"
#include "lib/err.h"

struct record;

/*
 * Open everything, and return when the tables as they are have been written: from then on nothing is missed.
 *
 *      p       borrowed until record_free
 *
 * Returns 0 or -errno with `e` filled (-ETIMEDOUT: a kernel did not say all of its table).
 */
int record_open(const struct record_plan *p, struct record **ret, struct err *e);

/*
 * Record until `stop_fd` becomes readable (lib/stopfd.h), then take what was told until that moment, close the files
 * and write p->stats_path. Returns 0 or -errno with `e` filled.
 */
int record_run(struct record *r, int stop_fd, struct err *e);

void record_free(struct record *r); /* NULL is fine */

#endif
