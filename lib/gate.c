/* gate.c - the rule of the regression gate. */
#include "lib/gate.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/rank.h"
#include "lib/stat.h"

#define CONFIDENCE 0.95

const struct gate_look gate_looks[GATE_LOOKS] = {{5, 0.001}, {10, 0.003}, {20, 0.006}};

static const struct {
	const char *name, *words;
} verdicts[GATE_VERDICTS] = {
	[GATE_PASS] = {"pass", "pass"},
	[GATE_FAIL] = {"fail", "fail"},
	[GATE_INCONCLUSIVE] = {"inconclusive", "inconclusive"},
	[GATE_NOT_COMPARABLE] = {"not_comparable", "not comparable"},
	[GATE_NOT_GATED] = {"not_gated", "not gated"},
};

static const char *const phases[] = {"none", "locked", "random"};

const char *
gate_verdict_name(enum gate_verdict v)
{
	return verdicts[v].name;
}

const char *
gate_verdict_words(enum gate_verdict v)
{
	return verdicts[v].words;
}

int
gate_verdict_of(const char *name, enum gate_verdict *ret)
{
	for (int v = 0; v < GATE_VERDICTS; v++)
		if (strcmp(name, verdicts[v].name) == 0) {
			*ret = (enum gate_verdict)v;
			return 0;
		}
	return -ENOENT;
}

const char *
gate_phase_name(enum gate_phase p)
{
	return phases[p];
}

int
gate_phase_of(const char *name, enum gate_phase *ret)
{
	for (int p = GATE_PHASE_NONE; p <= GATE_PHASE_RANDOM; p++)
		if (strcmp(name, phases[p]) == 0) {
			*ret = (enum gate_phase)p;
			return 0;
		}
	return -ENOENT;
}

int
gate_look_at(size_t trials)
{
	int look = -1;

	while (look + 1 < GATE_LOOKS && trials >= gate_looks[look + 1].trials)
		look++;
	return look;
}

double
gate_limit_ms(enum gate_phase phase, double baseline_p50_ms)
{
	bool random = phase == GATE_PHASE_RANDOM;
	double least_ms = random ? 200 : 100, share = random ? 0.10 : 0.05;

	/* Of what never came 5 % are no figure. */
	return isfinite(baseline_p50_ms) ? fmax(least_ms, share * baseline_p50_ms) : least_ms;
}

static double
median(const double *values, size_t n)
{
	double *sorted = calloc(n + 1, sizeof(*sorted)), m;

	if (sorted == NULL)
		return NAN;
	for (size_t i = 0; i < n; i++)
		sorted[i] = values[i];
	stat_sort(sorted, n);
	m = stat_quantile(sorted, n, 0.5);
	/* Between what came and what never did, half of the trials never had it. */
	if (n > 0 && isnan(m))
		m = sorted[n / 2];
	free(sorted);
	return m;
}

static int
measure(const struct gate_rule *rule, const struct gate_samples *s, struct gate_judged *j)
{
	struct rank_test t;
	struct rank_shift shift;
	int rc;

	*j = (struct gate_judged){.baseline_p50 = NAN,
		.p50 = NAN,
		.shift = NAN,
		.shift_low = NAN,
		.shift_high = NAN,
		.p_value = NAN,
		.limit = NAN,
		.alpha = NAN,
		.verdict = s->gated ? GATE_INCONCLUSIVE : GATE_NOT_GATED};
	if (s->baseline_n > 0)
		j->baseline_p50 = median(s->baseline, s->baseline_n);
	if (s->n > 0)
		j->p50 = median(s->candidate, s->n);
	if (s->baseline_n == 0 || s->n == 0) {
		snprintf(j->why, sizeof(j->why), "%s has no values",
			s->n == 0 ? "this run" : "the baseline");
		return 0;
	}
	rc = rank_test(s->baseline, s->baseline_n, s->candidate, s->n, &t);
	if (rc == 0)
		rc = rank_shift(s->baseline, s->baseline_n, s->candidate, s->n, CONFIDENCE, &shift);
	if (rc < 0)
		return rc;
	j->p_value = t.p_value;
	j->shift = shift.shift;
	j->shift_low = shift.low;
	j->shift_high = shift.high;
	if (s->gated)
		j->limit = gate_limit_ms(rule->phase, j->baseline_p50);
	return 0;
}

static bool
ever_came(const double *values, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (isfinite(values[i]))
			return true;
	return false;
}

/* Nothing is slower than never: what the baseline never had cannot fail, and so does not count as passed. */
static bool
is_judged(const struct gate_samples *s)
{
	return s->gated && (s->baseline_n == 0 || ever_came(s->baseline, s->baseline_n));
}

/* The one with the least p that has no level yet; -1: none. */
static int
next_by_p(const struct gate_samples *in, const struct gate_judged *j, size_t n)
{
	int least = -1;

	for (size_t i = 0; i < n; i++)
		if (is_judged(&in[i]) && !isnan(j[i].p_value) && isnan(j[i].alpha) &&
			(least < 0 || j[i].p_value < j[least].p_value))
			least = (int)i;
	return least;
}

/*
 * Holm: the least p against alpha / m, the next against alpha / (m - 1)... until one is over its level; those behind it
 * are over theirs as well. `is_sure` out: below its level.
 */
static void
set_levels(const struct gate_rule *rule, const struct gate_samples *in, struct gate_judged *j,
	size_t n)
{
	double alpha = gate_looks[rule->look].alpha / (double)rule->scenarios;
	size_t left = 0;
	int i;

	for (size_t k = 0; k < n; k++)
		left += is_judged(&in[k]) && !isnan(j[k].p_value);
	while ((i = next_by_p(in, j, n)) >= 0) {
		j[i].alpha = alpha / (double)left;
		if (j[i].p_value <= j[i].alpha && left > 1)
			left--;
	}
}

static void
judge(const struct gate_rule *rule, const struct gate_samples *s, struct gate_judged *j)
{
	double least_p = rank_least_p(s->baseline_n, s->n);

	if (j->p_value <= j->alpha && j->shift > j->limit) {
		j->verdict = GATE_FAIL;
		snprintf(j->why, sizeof(j->why),
			"slower by more than the limit, and that is no chance");
	} else if (j->shift_high < j->limit) {
		j->verdict = GATE_PASS;
		snprintf(j->why, sizeof(j->why), "%s",
			j->p_value > GATE_PASS_P ? "nothing speaks for a shift"
						 : "a shift, if any, is below the limit");
	} else if (least_p > j->alpha) {
		/* What cannot fail has not passed either. */
		snprintf(j->why, sizeof(j->why),
			"%zu trials against %zu cannot tell: p is %.2g at best, %.2g is wanted",
			s->n, s->baseline_n, least_p, j->alpha);
	} else if (j->p_value > GATE_PASS_P) {
		j->verdict = GATE_PASS;
		snprintf(j->why, sizeof(j->why), "nothing speaks for a shift");
	} else if (j->p_value <= j->alpha) {
		snprintf(j->why, sizeof(j->why), "slower, but perhaps by less than the limit%s",
			rule->last ? "" : ": more trials tell");
	} else {
		snprintf(j->why, sizeof(j->why), "perhaps slower, perhaps chance%s",
			rule->last ? "" : ": more trials tell");
	}
}

int
gate_decide(const struct gate_rule *rule, const struct gate_samples *in, size_t n,
	struct gate_judged *ret)
{
	size_t gated = 0, passed = 0, failed = 0;

	if (rule->look < 0 || rule->look >= GATE_LOOKS || rule->scenarios == 0)
		return -EINVAL;
	for (size_t i = 0; i < n; i++) {
		int rc = measure(rule, &in[i], &ret[i]);

		if (rc < 0)
			return rc;
	}
	set_levels(rule, in, ret, n);
	for (size_t i = 0; i < n; i++) {
		if (!in[i].gated)
			continue;
		if (!is_judged(&in[i])) {
			ret[i].verdict = GATE_NOT_GATED;
			ret[i].limit = NAN;
			snprintf(ret[i].why, sizeof(ret[i].why), "the baseline never had it");
			continue;
		}
		if (!isnan(ret[i].p_value))
			judge(rule, &in[i], &ret[i]);
		gated++;
		passed += ret[i].verdict == GATE_PASS;
		failed += ret[i].verdict == GATE_FAIL;
	}
	return failed > 0		       ? GATE_FAIL
		: gated > 0 && passed == gated ? GATE_PASS
					       : GATE_INCONCLUSIVE;
}
