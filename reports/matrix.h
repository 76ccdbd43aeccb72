/* matrix.h - a matrix of runs, side by side: on a terminal, as JSON, as a page and as Markdown. */
#ifndef REPORTS_MATRIX_H
#define REPORTS_MATRIX_H

#include <stdbool.h>
#include <stdio.h>

#include "lib/err.h"

/*
 * Read DIR/matrix.json and the result.json of each of its runs; write DIR/matrix.html and DIR/summary.md; print the same to `to`
 * as text, or as JSON. A cell without a result says why.
 *
 * Returns 0; -EINVAL for what is no catchment.matrix/1, with its place, or another -errno.
 */
int report_matrix(const char *dir, bool as_json, FILE *to, struct err *e);

#endif
