/* compare.c - a run beside its baseline, judged by the gate's rule. */
#include "reports/compare.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/command.h"
#include "lib/utf8.h"
#include "reports/compare_internal.h"

static void
set_head(struct compare *c, const struct baseline *baseline, const struct baseline *run)
{
	snprintf(c->scenario, sizeof(c->scenario), "%s", run->scenario);
	snprintf(c->variant, sizeof(c->variant), "%s", run->variant);
	snprintf(c->baseline, sizeof(c->baseline), "%s", baseline->name);
	snprintf(c->run, sizeof(c->run), "%s", run->name);
	utf8_tidy(c->scenario);
	utf8_tidy(c->variant);
	utf8_tidy(c->baseline);
	utf8_tidy(c->run);
	c->baseline_trials = baseline->trials;
	c->baseline_labs = baseline->labs;
	c->trials = run->trials;
	c->invalid_trials = run->invalid_trials;
	c->phase = run->phase;
	c->look = gate_look_at(run->trials);
	c->off_limits = baseline->off_limits[0] != '\0' || run->off_limits[0] != '\0';
	c->provenance =
		json_pack("{s:O, s:O}", "conditions", json_object_get(baseline->json, "conditions"),
			"configuration", json_object_get(baseline->json, "configuration"));
}

/* Metrics that either side has; those that neither has are none of this scenario's. */
static size_t
gather(struct compare *c, const struct baseline *baseline, const struct baseline *run,
	struct gate_samples in[static GATE_METRICS])
{
	size_t n = 0;

	for (int k = 0; k < GATE_METRICS; k++) {
		const struct baseline_values *a = &baseline->metric[k], *b = &run->metric[k];
		struct compare_metric *m = &c->metrics[n];

		if (a->n == 0 && b->n == 0)
			continue;
		snprintf(m->name, sizeof(m->name), "%s", gate_metrics[k].name);
		snprintf(m->unit, sizeof(m->unit), "%s", gate_metrics[k].unit);
		snprintf(m->statistic, sizeof(m->statistic), "%s", gate_metrics[k].statistic);
		m->baseline_n = a->n;
		m->n = b->n;
		in[n++] = (struct gate_samples){
			a->value, b->value, a->n, b->n, gate_metrics[k].gated};
	}
	return n;
}

/* Figures that were measured under other conditions, or are too few, are shown: no verdict is drawn from them. */
static void
withhold(struct compare *c, enum gate_verdict verdict, const char *why)
{
	c->verdict = verdict;
	for (size_t i = 0; i < c->n_metrics; i++) {
		struct gate_judged *j = &c->metrics[i].judged;

		if (j->verdict == GATE_NOT_GATED)
			continue;
		j->verdict = verdict;
		snprintf(j->why, sizeof(j->why), "%s", why);
	}
}

static int
judge(struct compare *c, const struct baseline *baseline, const struct baseline *run,
	const struct compare_rule *rule)
{
	struct gate_samples in[GATE_METRICS];
	struct gate_judged judged[GATE_METRICS];
	struct gate_rule how = {.phase = run->phase,
		.look = c->look < 0 ? 0 : c->look,
		.last = rule->last,
		.scenarios = c->scenarios};
	int verdict;

	c->n_metrics = gather(c, baseline, run, in);
	verdict = gate_decide(&how, in, c->n_metrics, judged);
	if (verdict < 0)
		return verdict;
	for (size_t i = 0; i < c->n_metrics; i++)
		c->metrics[i].judged = judged[i];
	c->verdict = (enum gate_verdict)verdict;
	if (!compare_is_comparable(c))
		withhold(c, GATE_NOT_COMPARABLE, "measured under other conditions");
	else if (!baseline_ever_came(baseline) && baseline_is_gated(baseline))
		withhold(c, GATE_NOT_COMPARABLE, COMPARE_NEVER);
	else if (run->interrupted)
		withhold(c, GATE_INCONCLUSIVE, "interrupted");
	else if (c->off_limits)
		withhold(c, GATE_INCONCLUSIVE, "the instrument was off its limits");
	else if (c->look < 0)
		withhold(c, GATE_INCONCLUSIVE, COMPARE_FEW);
	return 0;
}

int
compare_make(const struct baseline *baseline, const struct baseline *run,
	const struct compare_rule *rule, struct compare **ret, struct err *e)
{
	struct compare *c;
	int rc;

	if (strcmp(baseline->scenario, run->scenario) != 0) {
		rc = err_set(e, EINVAL,
			"%s is of %s, %s of %s: different scenarios have nothing to compare",
			baseline->name, baseline->scenario, run->name, run->scenario);
		if (e != NULL)
			utf8_tidy(e->text);
		return rc;
	}
	c = calloc(1, sizeof(*c));
	if (c == NULL)
		return err_set(e, ENOMEM, "out of memory");
	c->scenarios = rule->scenarios > 0 ? rule->scenarios : 1;
	set_head(c, baseline, run);
	compare_find_differences(c, baseline, run);
	rc = judge(c, baseline, run, rule);
	if (rc < 0) {
		compare_free(c);
		return err_set(e, -rc, "%s and %s: cannot be compared", baseline->name, run->name);
	}
	compare_explain(c);
	*ret = c;
	return 0;
}

void
compare_free(struct compare *c)
{
	if (c == NULL)
		return;
	json_decref(c->provenance);
	free(c);
}

int
compare_exit_code(enum gate_verdict v)
{
	return v == GATE_PASS ? EXIT_GOOD : v == GATE_FAIL ? EXIT_MISSED : EXIT_INCONCLUSIVE;
}

void
compare_conclude(struct compare *first, const struct compare *second)
{
	char was[sizeof(first->why)];

	snprintf(was, sizeof(was), "%s", first->why);
	if (second != NULL) {
		snprintf(first->rerun, sizeof(first->rerun), "%s", second->run);
		first->rerun_verdict = second->verdict;
	}
	if (second != NULL && second->verdict == GATE_FAIL) {
		snprintf(first->why, sizeof(first->why),
			"%.440s; confirmed by a run in a fresh lab", was);
	} else {
		first->verdict = GATE_INCONCLUSIVE;
		snprintf(first->why, sizeof(first->why), "inconclusive: %s; the first said %.380s",
			second == NULL ? "the run that was to confirm a fail did not come to an end"
				       : "a run in a fresh lab did not confirm the fail",
			was);
	}
	utf8_tidy(first->why);
}
