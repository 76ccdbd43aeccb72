/* compare_internal.h - what the files of compare share. */
#ifndef REPORTS_COMPARE_INTERNAL_H
#define REPORTS_COMPARE_INTERNAL_H

#include "reports/compare.h"

/* Why no verdict is drawn; the sentence says more. */
#define COMPARE_FEW   "too few trials"
#define COMPARE_NEVER "the baseline never had it"

/* Fill c->differs from the two documents. */
void compare_find_differences(
	struct compare *c, const struct baseline *baseline, const struct baseline *run);

/* No condition differs. */
bool compare_is_comparable(const struct compare *c);

/* Write c->why from all else of `c`. */
void compare_explain(struct compare *c);

/* Milliseconds or a count for people: "3.07 s", "85 ms", "412", "never", "-". */
const char *compare_show(double value, const char *unit, char out[static 32]);

/* The same with its sign: "+502 ms". */
const char *compare_show_shift(double value, const char *unit, char out[static 32]);

/* The gated metric that speaks most for a shift: a failed one first, then the least p. NULL: none has figures. */
const struct compare_metric *compare_leading(const struct compare *c);

#endif
