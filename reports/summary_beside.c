/* summary_beside.c - claims that compare two scenarios: the same figure in a run of each, on the same variant. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "lib/buf.h"
#include "reports/finding.h"
#include "reports/show.h"
#include "reports/summary.h"

/* Of several runs the one with the most valid trials, of two alike the later. NULL: there is none, or no trial is valid. */
static const struct result *
run_beside(const struct summary *s, const char *scenario, const char *variant, bool *ret_any)
{
	const struct result *best = NULL;
	size_t most = 1;

	*ret_any = false;
	for (size_t i = 0; i < s->n_runs; i++) {
		const struct result *r = s->runs[i];

		if (!summary_is_same(r->scenario, scenario) ||
			!summary_is_same(r->variant, variant))
			continue;
		*ret_any = true;
		if (result_valid_trials(r) < most)
			continue;
		most = result_valid_trials(r);
		best = r;
	}
	return best;
}

/* withdraw_ms of v4 is withdraw_v4_ms; a name without a unit of time has the family at its end. */
static const struct metric *
metric_of(const struct result *r, const char *name, const char *family)
{
	size_t len = strlen(name);
	char full[96];

	if (family == NULL)
		return result_metric(r, name);
	if (len > 3 && strcmp(name + len - 3, "_ms") == 0)
		snprintf(full, sizeof(full), "%.*s_%s_ms", (int)len - 3, name, family);
	else
		snprintf(full, sizeof(full), "%s_%s", name, family);
	return result_metric(r, full);
}

static double
statistic_of(const struct stats *s, const char *statistic)
{
	return summary_is_same(statistic, "min")    ? s->min
		: summary_is_same(statistic, "p1")  ? s->p1
		: summary_is_same(statistic, "p50") ? s->p50
		: summary_is_same(statistic, "p99") ? s->p99
		: summary_is_same(statistic, "max") ? s->max
						    : NAN;
}

/* What a difference must exceed: in time the gap between two queries of a stream, the wider of both runs'. */
static double
resolution(const struct result *a, const struct result *b, const struct target *t)
{
	if (!summary_is_same(t->unit, "ms"))
		return 0;
	return fmax(isnan(a->gap_ms) ? 0 : a->gap_ms, isnan(b->gap_ms) ? 0 : b->gap_ms);
}

static void
say(struct target *t, struct buf *why)
{
	if (why->data == NULL || why->failed) {
		buf_done(why);
		return;
	}
	t->beside_why = why->data;
	t->why = t->beside_why;
}

/* Both figures are there: is this one better by more than can be seen? */
static void
judge(struct target *t, const struct result *mine, const struct result *other)
{
	bool is_floor = t->comparison != NULL && t->comparison[0] == '>';
	double gap = resolution(mine, other, t);
	double better =
		is_floor ? t->measured - t->beside_measured : t->beside_measured - t->measured;
	char here[SHOW_BYTES], there[SHOW_BYTES], least[SHOW_BYTES], n[SHOW_BYTES];
	struct buf why = {0};

	/* No figure, but samples: what never came is no better than anything. */
	t->verdict = !isnan(t->measured) && better > gap ? TARGET_MET : TARGET_MISSED;
	buf_addf(&why, "%s here, %s in %s (n = %s)",
		isnan(t->measured) ? "never" : show_value(t->measured, t->unit, here),
		show_value(t->beside_measured, t->unit, there), t->beside,
		show_count(t->beside_n, n));
	if (t->verdict == TARGET_MISSED && !isnan(t->measured))
		buf_addf(&why, ", which is no more than %s%s better",
			show_stated(gap, t->unit, least),
			gap > 0 ? " (the gap between two queries of a stream)" : "");
	say(t, &why);
}

static void
compare(const struct summary *s, const struct result *mine, struct target *t)
{
	bool any;
	const struct result *other = run_beside(s, t->beside, mine->variant, &any);
	const struct metric *m;
	struct buf why = {0};

	/* Its own run says why it has no figure. */
	if (!(t->n > 0) || t->metric == NULL || result_valid_trials(mine) == 0)
		return;
	if (other == NULL) {
		buf_addf(&why,
			any ? "no trial of %s is valid on %s" : "no run of %s on %s is among these",
			t->beside, mine->variant != NULL ? mine->variant : "?");
		say(t, &why);
		return;
	}
	m = metric_of(other, t->metric, t->family);
	t->beside_run = other->run_id;
	if (m != NULL) {
		t->beside_measured = statistic_of(&m->stats, t->statistic);
		t->beside_n = m->stats.n;
	}
	if (!isnan(t->beside_measured)) {
		judge(t, mine, other);
		return;
	}
	buf_addf(&why, "%s has no figure of it", t->beside);
	say(t, &why);
}

void
summary_beside(struct summary *s)
{
	for (size_t r = 0; r < s->n_runs; r++)
		for (size_t i = 0; i < s->runs[r]->n_targets; i++)
			if (s->runs[r]->targets[i].beside != NULL)
				compare(s, s->runs[r], &s->runs[r]->targets[i]);
}
