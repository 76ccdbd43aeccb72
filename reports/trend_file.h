/* trend_file.h - a run's figures as a flat list, for tools that draw trends. */
#ifndef REPORTS_TREND_FILE_H
#define REPORTS_TREND_FILE_H

#include "lib/buf.h"
#include "reports/result.h"

/*
 * A JSON list of {"name", "unit", "value", "range", "extra"}, of figures that are better the smaller they are. A figure that was
 * never reached has no value: how often that was is an entry of its own.
 *
 * Returns 0, or -ENOMEM with `e` filled.
 */
int trend_file_write(struct buf *b, const struct result *r, struct err *e);

#endif
