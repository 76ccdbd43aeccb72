/* finding.h - a judged target in the words of an engineer, made from its metric, statistic, unit and figures. */
#ifndef REPORTS_FINDING_H
#define REPORTS_FINDING_H

#include <stdbool.h>

#include "lib/buf.h"
#include "reports/result.h"

#define FINDING_WORDS_BYTES 96

/*
 * What is documented: the ledger's own words (t->figure, not `out`), else "within 4 s", "under 1 s", "none", "at least 99 %";
 * "–" if there is nothing to compare with.
 */
const char *finding_documented(const struct target *t, char out[static FINDING_WORDS_BYTES]);

/* "worst", "median", "p99": a statistic as a word. */
const char *finding_statistic(const char *statistic);

/* What was measured, in words: "worst withdraw", "streams with loss"; of a check the claim itself. */
const char *finding_title(const struct target *t, char out[static FINDING_WORDS_BYTES]);

/* The measured figure of one row: "3.68 s", "never", "–". */
const char *finding_measured(const struct target *t, char out[static FINDING_WORDS_BYTES]);

/* ", within one gap of the figure" of a target that another run may as well judge otherwise; "" of the others. */
#define FINDING_CLOSE "within one gap of the figure"
const char *finding_close(const struct target *t);

/* The same of the worse of the rows with t's id and verdict: of both families. */
const char *finding_worse(
	const struct result *r, const struct target *t, char out[static FINDING_WORDS_BYTES]);

/* Does t count something, and "34 + 29 failed lookups": each family's own. */
bool finding_is_count(const struct target *t);
void finding_say_counts(struct buf *b, const struct result *r, const struct target *t);

/*
 * One clause for all rows of t's id that have t's verdict:
 * "132 of 350 streams lost queries, for up to 3.80 s (documented: none)",
 * "worst withdraw 4.21 s (documented: within 4 s) and over it in 1 of 5 trials".
 */
void finding_say(struct buf *b, const struct result *r, const struct target *t);

/* The same claim with the same verdict: that of the other family, mostly. */
bool finding_is_same(const struct target *a, const struct target *b);

/* Is t the first of its id with its verdict? */
bool finding_is_first(const struct result *r, const struct target *t);

/*
 * "3 of 20 trials" in which t's id missed; "7 of 20 trials over IPv4, 8 over IPv6" where the trials in which either did are
 * not known. Returns false, and says nothing, if it missed in none or that is not known.
 */
bool finding_say_trials_over(struct buf *b, const struct result *r, const struct target *t);

#endif
