/* events.h - what happened in a trial, as flags over a time axis that starts at the fault. */
#ifndef REPORTS_PLOTS_EVENTS_H
#define REPORTS_PLOTS_EVENTS_H

#include "reports/plots/frame.h"

#define EVENTS_MAX 8

/* Fault, withdraw, all answered, restore, re-announced, last loss at the return, as far as known. Returns how many. */
size_t events_of(struct flag flags[static EVENTS_MAX], const struct trial *t, bool is_narrow);

/* Those between two instants of the axis, seconds: what lies beyond has no place in the plot. Returns how many are left. */
size_t events_within(struct flag flags[static EVENTS_MAX], size_t n, double from_s, double to_s);

#endif
