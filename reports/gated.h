/* gated.h - what the regression gate said of a run, in the words of a page. */
#ifndef REPORTS_GATED_H
#define REPORTS_GATED_H

#include "lib/buf.h"
#include "lib/err.h"
#include "reports/compare.h"
#include "reports/show.h"

/*
 * compare_read() of a run that need not have been gated.
 *
 *      run_id  of its result; "": not known. A comparison is the run's when it names this or the folder
 *
 * Returns 0 with *ret, compare_free() it: NULL when the run has no compare.json, or another run's, which is told. Else
 * -errno with `e` filled.
 */
int gated_read(const char *run_dir, const char *run_id, struct compare **ret, struct err *e);

/* "Gate failed: first good answer 3.38 s, 450 ms slower than the baseline's 2.93 s": without full stop. */
void gated_say(struct buf *b, const struct compare *g);

/*
 * "+450 ms": a change with its sign, in whole milliseconds and counts, as its interval is wider than one; "–" if it is not
 * known. And the interval that holds the true change with 95 %: "+430 to +470 ms"; "–" where the trials are too few for one.
 */
#define GATED_BYTES 64
const char *gated_change(const struct compare_metric *s, char out[static GATED_BYTES]);
const char *gated_interval(const struct compare_metric *s, char out[static GATED_BYTES]);

/* A median of n values: "3.38 s"; "never" where half of them have no end, "–" where there is no value. */
const char *gated_median(double p50, size_t n, const char *unit, char out[static SHOW_BYTES]);

/* What the rerun, or the run that this one was to confirm, has to do with it; a sentence, or nothing. */
void gated_say_rerun(struct buf *b, const struct compare *g);

/* "first good answer, median": a metric's name without underscores and unit. */
const char *gated_title(const struct compare_metric *s, char out[static GATED_BYTES]);

/* "✓", and the class of the style sheet; the word is gate_verdict_words(). */
const char *gated_sign(enum gate_verdict v);
const char *gated_class(enum gate_verdict v);

/* The conditions and figures at length; nothing without a gate. */
void section_gate(struct buf *page, const struct compare *g);

#endif
