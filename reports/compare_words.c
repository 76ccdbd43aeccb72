/* compare_words.c - a comparison in words: the verdict as a sentence, the table of metrics. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "lib/utf8.h"
#include "reports/compare_internal.h"

static bool
is_ms(const char *unit)
{
	return strcmp(unit, "ms") == 0;
}

static const char *
show_number(double value, const char *unit, const char *sign, char out[static 32])
{
	double size = fabs(value);

	if (isnan(value))
		snprintf(out, 32, "-");
	else if (isinf(value))
		snprintf(out, 32, "%s", value > 0 ? "never" : "at once");
	else if (!is_ms(unit))
		snprintf(out, 32, "%s%.6g", sign,
			size); /* a count; the metric's name says of what */
	else if (size >= 1000)
		snprintf(out, 32, "%s%.2f s", sign, size / 1000);
	else
		snprintf(out, 32, "%s%.*f ms", sign, size < 10 ? 1 : 0, size);
	return out;
}

const char *
compare_show(double value, const char *unit, char out[static 32])
{
	return show_number(value, unit, value < 0 ? "-" : "", out);
}

const char *
compare_show_shift(double value, const char *unit, char out[static 32])
{
	return show_number(value, unit, value < 0 ? "-" : "+", out);
}

static const char *
show_bound(double value, const char *unit, char out[static 32])
{
	if (isinf(value)) {
		snprintf(out, 32, "%sinf", value < 0 ? "-" : "+");
		return out;
	}
	return compare_show_shift(value, unit, out);
}

/* What failed speaks before what is not decided, that before what passed. */
static int
weight_of(enum gate_verdict v)
{
	return v == GATE_FAIL ? 2 : v == GATE_PASS ? 0 : 1;
}

/* The first gated metric that one side has no values of; NULL: none. */
static const struct compare_metric *
one_sided(const struct compare *c)
{
	for (size_t i = 0; i < c->n_metrics; i++)
		if (c->metrics[i].judged.verdict == GATE_INCONCLUSIVE &&
			isnan(c->metrics[i].judged.p_value))
			return &c->metrics[i];
	return NULL;
}

const struct compare_metric *
compare_leading(const struct compare *c)
{
	const struct compare_metric *lead = NULL;

	for (size_t i = 0; i < c->n_metrics; i++) {
		const struct compare_metric *m = &c->metrics[i];
		int weight = weight_of(m->judged.verdict);
		int lead_weight = lead != NULL ? weight_of(lead->judged.verdict) : 0;

		if (m->judged.verdict == GATE_NOT_GATED || isnan(m->judged.p_value))
			continue;
		if (lead == NULL || weight > lead_weight ||
			(weight == lead_weight && m->judged.p_value < lead->judged.p_value))
			lead = m;
	}
	return lead;
}

static void append(struct compare *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static void
append(struct compare *c, const char *fmt, ...)
{
	size_t used = strlen(c->why);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(c->why + used, sizeof(c->why) - used, fmt, ap);
	va_end(ap);
}

/* "first_good_answer_ms 3.60 s against 3.10 s, +502 ms (+480 to +530), limit 155 ms" */
static void
append_lead(struct compare *c, const struct compare_metric *m)
{
	const struct gate_judged *j = &m->judged;
	char a[32], b[32], shift[32], low[32], high[32], limit[32];

	append(c, "%s %s against %s, shift %s (%s to %s), limit %s", m->name,
		compare_show(j->p50, m->unit, a), compare_show(j->baseline_p50, m->unit, b),
		compare_show_shift(j->shift, m->unit, shift),
		show_bound(j->shift_low, m->unit, low), show_bound(j->shift_high, m->unit, high),
		compare_show(j->limit, m->unit, limit));
}

/* What differs and is of the asked kind: "; configuration differs: layer slow, variant". */
static void
append_differs(struct compare *c, const char *before, bool comparable)
{
	static const char *const dull[] = {"catchment", "commit", "kernel"};
	size_t named = 0;

	for (size_t i = 0; i < c->n_differs; i++) {
		const struct compare_differs *d = &c->differs[i];
		bool is_dull = false;

		for (size_t k = 0; k < sizeof(dull) / sizeof(dull[0]); k++)
			is_dull = is_dull || strcmp(d->what, dull[k]) == 0;
		if (d->comparable != comparable || is_dull)
			continue;
		if (named == 4) {
			append(c, ", ...");
			return;
		}
		append(c, "%s%s", named++ == 0 ? before : ", ", d->what);
		if (!comparable)
			append(c, " (%s, %s)", d->baseline[0] ? d->baseline : "none",
				d->run[0] ? d->run : "none");
	}
}

static void
explain(struct compare *c)
{
	const struct compare_metric *lead = compare_leading(c), *lacking = one_sided(c);

	c->why[0] = '\0';
	append(c, "%s: ", gate_verdict_words(c->verdict));
	if (c->verdict == GATE_NOT_COMPARABLE && compare_is_comparable(c)) {
		append(c,
			"none of the gated figures ever came in the baseline: nothing could be "
			"slower than that");
		return;
	}
	if (c->verdict == GATE_NOT_COMPARABLE) {
		append(c, "measured under other conditions");
		append_differs(c, ": ", false);
		return;
	}
	if (lead == NULL) {
		append(c, "no gated metric has figures on both sides");
	} else if (c->verdict == GATE_INCONCLUSIVE && lead->judged.verdict == GATE_PASS &&
		lacking != NULL) {
		append(c, "%s is not decided, as %s; ", lacking->name, lacking->judged.why);
		append_lead(c, lead);
	} else if (strcmp(lead->judged.why, COMPARE_FEW) == 0) {
		append(c, "%zu valid trial%s, at least %zu are wanted; ", c->trials,
			c->trials == 1 ? "" : "s", gate_looks[0].trials);
		append_lead(c, lead);
	} else {
		append(c, "%s; ", lead->judged.why);
		append_lead(c, lead);
	}
	append_differs(c, "; configuration differs: ", true);
}

void
compare_explain(struct compare *c)
{
	explain(c);
	utf8_tidy(c->why);
}

static void
print_metric(const struct compare_metric *m, FILE *to)
{
	const struct gate_judged *j = &m->judged;
	char base[32], here[32], shift[32], low[32], high[32], limit[32], interval[80] = "";

	if (!isnan(j->shift_low))
		snprintf(interval, sizeof(interval), "(%s to %s)",
			show_bound(j->shift_low, m->unit, low),
			show_bound(j->shift_high, m->unit, high));
	fprintf(to, "%-26s %14s %14s %14s %-24s %8s  %s%s%s\n", m->name,
		compare_show(j->baseline_p50, m->unit, base), compare_show(j->p50, m->unit, here),
		compare_show_shift(j->shift, m->unit, shift), interval,
		compare_show(j->limit, m->unit, limit), gate_verdict_words(j->verdict),
		j->why[0] != '\0' ? ": " : "", j->why);
}

void
compare_print(const struct compare *c, FILE *to)
{
	fprintf(to,
		"%s on %s: %s (%zu trials%s, fault phase %s) against %s (%zu trials of %zu "
		"lab%s)\n\n",
		c->scenario, c->variant, c->run, c->trials,
		c->invalid_trials > 0 ? ", others invalid" : "", gate_phase_name(c->phase),
		c->baseline, c->baseline_trials, c->baseline_labs,
		c->baseline_labs == 1 ? "" : "s");
	fprintf(to, "%-26s %14s %14s %14s %-24s %8s  %s\n", "metric", "baseline", "this", "shift",
		"95 % interval", "limit", "verdict");
	for (size_t i = 0; i < c->n_metrics; i++)
		print_metric(&c->metrics[i], to);
	if (c->n_differs > 0)
		fprintf(to, "\nwhat differs:\n");
	for (size_t i = 0; i < c->n_differs; i++) {
		const struct compare_differs *d = &c->differs[i];

		fprintf(to, "  %s: %s, here %s%s\n", d->what, d->baseline[0] ? d->baseline : "none",
			d->run[0] ? d->run : "none", d->comparable ? "" : " (not to be compared)");
	}
	fprintf(to, "\n%s\n", c->why);
}
