/* events.h - what happened in a trial, as flags over a time axis that starts at the fault. */
#ifndef REPORTS_PLOTS_EVENTS_H
#define REPORTS_PLOTS_EVENTS_H

#include "reports/plots/frame.h"

#define EVENTS_MAX 8

/*
 * Fault, withdraw, all answered, restore, re-announced, as far as known;
 * what rests on answers is shown no finer than the sampling gap. Returns how many.
 */
size_t events_of(
	struct flag flags[static EVENTS_MAX], const struct trial *t, double gap_ms, bool is_narrow);

#endif
