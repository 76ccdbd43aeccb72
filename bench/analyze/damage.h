/* damage.h - evidence of a trial that is damaged or not there: what the figures then had to do without. */
#ifndef BENCH_ANALYZE_DAMAGE_H
#define BENCH_ANALYZE_DAMAGE_H

#include "bench/analyze/bgplog.h"
#include "bench/analyze/budget.h"
#include "bench/analyze/run.h"

/* A complaint about a file of the run, without the run's own folder. */
const char *damage_in_run(const struct run *r, const char *text);

/* One line each into t->damaged: captures that ended early, forwarding tables, log lines. */
void damage_note_captures(const struct run *r, struct trial *t, const struct bgplog *log);
void damage_note_basis(struct trial *t, const struct budget_basis *b);

/* For result.json: "evidence_damaged", over all trials. NULL when out of memory. */
json_t *damage_json(const struct run *r);

#endif
