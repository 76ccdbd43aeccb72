/* trial_answers.h - the answers file of a trial: its streams, and what became of each query. */
#ifndef BENCH_ANALYZE_TRIAL_ANSWERS_H
#define BENCH_ANALYZE_TRIAL_ANSWERS_H

#include "bench/analyze/run.h"

/*
 * Read it into t->stream and t->side, queries sorted by stream and seq. A file that cannot be read makes the
 * trial invalid. Returns 0 or -ENOMEM with `e` filled.
 */
int trial_read_answers(struct run *r, struct trial *t, struct err *e);

#endif
