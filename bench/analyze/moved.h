/*
 * moved.h - whose way to the service another route change turned during the fault, and which router's it was.
 *
 * The way of a query before the fault is compared with that of the last query during it that another site
 * answered (of none: with the way at the end of the fault). The first router that hands on to somebody else is
 * the one that moved the city; the change is the last of its table for the service, by then.
 */
#ifndef BENCH_ANALYZE_MOVED_H
#define BENCH_ANALYZE_MOVED_H

#include "bench/analyze/budget.h"
#include "bench/analyze/run.h"

/* Of a trial, while its tables are open: t->moved. Returns 0 or -ENOMEM. */
int moved_measure(const struct budget_basis *b, struct trial *t);

/*
 * For result.json: {"to", "says", "trial", "node", "prefix", "from", "next", "between", "after_ms", "file", "line"} of a city
 * and family that others served during the fault than before, null of one that stayed. Without a known route
 * change there are only "to" and "says".
 */
json_t *moved_json(const struct run *r, int city, enum family f);

#endif
