/* report.h - from a run directory with a result.json to report.html in it, and to what CI reads. */
#ifndef REPORTS_REPORT_H
#define REPORTS_REPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/err.h"

/*
 * Read RUN/result.json, and RUN/compare.json if there is one; write RUN/report.html, junit.xml, summary.md, metrics.json and
 * metrics.txt. Each file is the old one or the whole new one.
 *
 * Returns 0; -ENOENT or -EINVAL for a missing or bad result.json (`e` names file and key), -ENOPKG without
 * gnuplot, -EIO or -ETIMEDOUT when it failed, -errno of the writing.
 */
int report_run(const char *run_dir, struct err *e);

/* The same; with `is_strict` a missed target is a failure in junit.xml. */
int report_run_strict(const char *run_dir, bool is_strict, struct err *e);

/* The figures of all these runs as one OpenMetrics text, into a file. Returns 0 or -errno with `e` filled. */
int report_openmetrics(const char *const dirs[], size_t n, const char *path, struct err *e);

/*
 * Of all runs in a folder, and the targets.json in it: write DIR/summary.html and DIR/summary.json. A run that cannot be
 * read is noted and left out. Returns 0 or -errno with `e` filled.
 */
int report_summary(const char *dir, struct err *e);

/*
 * Run `dir` beside run `baseline_dir` as DIR/pair.html. Returns 0 or -errno as report_run().
 */
int report_pair(const char *baseline_dir, const char *dir, struct err *e);

#endif
