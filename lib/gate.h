/*
 * gate.h - has it become slower? The rule of the regression gate, as a pure function of figures (doc/method.md, "The gate").
 *
 * A metric of the candidate is compared with the baseline's, trial against trial. It fails when it tends to be greater
 * (Mann and Whitney, one-sided, at the level of this look) and the shift (Hodges and Lehmann) is more than the limit. It
 * passes when nothing speaks for a shift (p above 0.30, of values enough that it could fail), or when the whole interval of
 * the shift lies below the limit. What never came in any trial of the baseline is not gated: nothing is slower than never.
 * Everything else wants more trials, or, at the last look, is inconclusive.
 */
#ifndef LIB_GATE_H
#define LIB_GATE_H

#include <stdbool.h>
#include <stddef.h>

enum gate_verdict {
	GATE_PASS,
	GATE_FAIL,
	GATE_INCONCLUSIVE,
	GATE_NOT_COMPARABLE, /* measured under other conditions: shown, not judged */
	GATE_NOT_GATED,	     /* of a metric: it is shown and decides nothing */
	GATE_VERDICTS
};

/* "pass", "fail", "inconclusive", "not_comparable", "not_gated"; and in words for people ("not comparable"). */
const char *gate_verdict_name(enum gate_verdict v);
const char *gate_verdict_words(enum gate_verdict v);

/* Returns 0 with *ret, or -ENOENT for none of the names. */
int gate_verdict_of(const char *name, enum gate_verdict *ret);

enum { GATE_LOOKS = 3, GATE_BASELINE_TRIALS = 30 };

/* The candidate is looked at after 5, 10 and 20 valid trials, at 0.001, 0.003 and 0.006. */
struct gate_look {
	size_t trials;
	double alpha;
};
extern const struct gate_look gate_looks[GATE_LOOKS];

/* The last look that so many valid trials have reached; -1: not even the first. */
int gate_look_at(size_t trials);

/* Passing: p above this speaks for no shift. */
#define GATE_PASS_P 0.30

/* How the fault lies to the health check's tick, which decides how much trials differ anyhow. */
enum gate_phase {
	GATE_PHASE_NONE,   /* nothing in the scenario waits for a tick */
	GATE_PHASE_LOCKED, /* at a fixed place between two ticks */
	GATE_PHASE_RANDOM
};
const char *gate_phase_name(enum gate_phase p); /* "none", "locked", "random" */
int gate_phase_of(const char *name, enum gate_phase *ret);

/* The least shift, ms, that may fail: max(100 ms, 5 %) of the baseline's median; in random phase max(200 ms, 10 %). */
double gate_limit_ms(enum gate_phase phase, double baseline_p50_ms);

/* One metric: values of a trial each, INFINITY for what never came. */
struct gate_samples {
	const double *baseline, *candidate;
	size_t baseline_n, n;
	bool gated; /* false: it is summed up only */
};

struct gate_judged {
	double baseline_p50, p50;
	double shift, shift_low,
		shift_high;	      /* 95 % interval; infinite where there are too few values */
	double p_value, limit, alpha; /* alpha: the level it was held against, after Holm */
	enum gate_verdict verdict;
	char why[160]; /* one clause, without full stop */
};

struct gate_rule {
	enum gate_phase phase;
	int look;  /* 0 to GATE_LOOKS - 1 */
	bool last; /* no more trials will come */
	/* How many scenarios are gated together, less those that have failed already (Holm): at least 1. */
	size_t scenarios;
};

/*
 * Judge a scenario by its metrics. Holm's correction is over the gated metrics of this look and over `scenarios`.
 *
 *      ret     out: one for each of `in`; NAN where a metric has no values
 *
 * Returns the scenario's verdict: GATE_FAIL if a metric fails, else GATE_INCONCLUSIVE if one is not decided (unless
 * `last`, that means: go on), else GATE_PASS; GATE_INCONCLUSIVE when none is gated. -EINVAL, -ERANGE or -ENOMEM as
 * rank_test().
 */
int gate_decide(const struct gate_rule *rule, const struct gate_samples *in, size_t n,
	struct gate_judged *ret);

#endif
