/*
 * withdraw.h - when the anycast prefixes of a family were first gone from all sessions of the node at fault, and whether
 * they came back before the mend.
 *
 * From the trial's wire events (bgpwire.h) alone. A session carries the family's prefix at the fault when that was
 * the last word on it before, or when its first word in the fault takes it back; it carries it again with each
 * announcement. The withdraw is complete at the first instant at which no session carries it any more. A session that
 * says nothing of the prefix is not known to carry it.
 */
#ifndef BENCH_ANALYZE_WITHDRAW_H
#define BENCH_ANALYZE_WITHDRAW_H

#include "bench/analyze/run.h"

/* Set t->withdraw from t->wire, whose closes are told apart already. Returns 0 or -ENOMEM. */
int withdraw_measure(struct trial *t);

#endif
