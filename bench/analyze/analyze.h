/* analyze.h - from a run directory to result.json (doc/formats.md). */
#ifndef BENCH_ANALYZE_ANALYZE_H
#define BENCH_ANALYZE_ANALYZE_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/err.h"

/*
 * Read RUN/run.json and its trials, write RUN/result.json.
 *
 * A trial that cannot be read, or that was too noisy, is in the result as invalid with the reasons;
 * only what makes the run as a whole unreadable is an error. The same directory gives the same
 * result: the random numbers of the intervals are seeded with the run's seed.
 *
 * Returns 0, or -errno with `e` naming the file and the place.
 */
int analyze_run(const char *run_dir, struct err *e);

/* Is there a metric of this name, for an expectation to bind? */
bool analyze_has_metric(const char *name);

/* Is it a figure of a load generator, load_NAME_FIGURE? Then its NAME is out. */
bool analyze_load_of_metric(const char *metric, char *ret_name, size_t name_bytes);

#endif
