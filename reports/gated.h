/* gated.h - what the regression gate said of a run (RUN/compare.json, catchment.compare/1), as far as a page shows it. */
#ifndef REPORTS_GATED_H
#define REPORTS_GATED_H

#include <jansson.h>
#include <stddef.h>

#include "lib/buf.h"
#include "lib/err.h"

enum gated_verdict {
	GATED_PASS,
	GATED_FAIL,
	GATED_INCONCLUSIVE,
	GATED_NOT_COMPARABLE,
	GATED_SHOWN /* of a metric: it decides nothing */
};

/* One figure beside its baseline; NaN is not known, or infinite. */
struct shift {
	const char *name, *unit, *statistic,
		*why; /* statistic: of a trial's samples; may be NULL */
	double baseline_n, n, baseline_p50, p50, shift, shift_low, shift_high, p_value, limit;
	enum gated_verdict verdict;
};

struct gated_differs {
	const char *what, *baseline, *run; /* "" or NULL where there is none */
};

#define GATED_MAX 64
struct gated {
	const char *baseline, *why;
	enum gated_verdict verdict;
	struct shift shifts[GATED_MAX];
	struct gated_differs differs[GATED_MAX];
	size_t n_shifts, n_differs;
	json_t *root; /* owns the strings */
};

/*
 * Read RUN/compare.json.
 *
 * Returns 0 with *ret, gated_free() it: NULL when the run has none. -EINVAL for what is not that
 * schema (`e` names file and key), or another -errno.
 */
int gated_read(const char *run_dir, struct gated **ret, struct err *e);
void gated_free(struct gated *g);

/* "Gate failed: first good answer 3.38 s, 450 ms over the baseline's 2.93 s": without full stop. */
void gated_say(struct buf *b, const struct gated *g);

/* "+450 ms": a change with its sign; "–" if it is not known. */
#define GATED_BYTES 64
const char *gated_change(const struct shift *s, char out[static GATED_BYTES]);

/* "first good answer, median": a metric's name without underscores and unit. */
const char *gated_title(const struct shift *s, char out[static GATED_BYTES]);

/* "✓ pass": sign, word, and class of the style sheet. */
const char *gated_sign(enum gated_verdict v);
const char *gated_word(enum gated_verdict v);
const char *gated_class(enum gated_verdict v);

/* The conditions and figures at length; nothing without a gate. */
void section_gate(struct buf *page, const struct gated *g);

#endif
