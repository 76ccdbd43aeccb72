/* section_gate.c - this run beside its baseline at length: each figure's shift with its interval, and what else differs. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "reports/gated.h"
#include "reports/html.h"
#include "reports/show.h"

static bool
is_time(const struct compare_metric *s)
{
	return strcmp(s->unit, "ms") == 0;
}

/* "3.71 s (5)"; of a count the row's head says of what. */
static void
median(struct buf *b, const struct compare_metric *s, double v, size_t n)
{
	char text[SHOW_BYTES];

	html_raw(b, "<td class=\"n\">");
	html_text(b, gated_median(v, n, is_time(s) ? s->unit : NULL, text));
	html_raw(b, " <span class=\"mute\">");
	html_textf(b, "(%zu)", n);
	html_raw(b, "</span></td>");
}

static const char *
limit_of(const struct compare_metric *s, char out[static GATED_BYTES])
{
	struct compare_metric limit = *s;

	limit.judged.shift = s->judged.limit;
	return gated_change(&limit, out);
}

static const char *
probability(double p, char text[static SHOW_BYTES])
{
	if (isnan(p))
		return SHOW_NONE;
	if (p < 0.00005)
		return "< 0.0001";
	snprintf(text, SHOW_BYTES, p < 0.01 ? "%.4f" : "%.2f", p);
	return text;
}

static void
shift_row(struct buf *b, const struct compare_metric *s)
{
	char text[SHOW_BYTES], change[GATED_BYTES];
	struct compare_metric unitless = *s;

	html_row(b);
	html_raw(b, "<th scope=\"row\">");
	html_text(b, gated_title(s, change));
	if (!is_time(s)) {
		html_raw(b, " <span class=\"mute\">");
		html_text(b, s->unit);
		html_raw(b, "</span>");
	}
	html_raw(b, "</th>");
	buf_addf(b, "<td class=\"v %s\">%s ", gated_class(s->judged.verdict),
		gated_sign(s->judged.verdict));
	html_text(b, gate_verdict_words(s->judged.verdict));
	html_raw(b, "</td>");
	median(b, s, s->judged.p50, s->n);
	median(b, s, s->judged.baseline_p50, s->baseline_n);
	if (!is_time(s))
		unitless.unit[0] = '\0';
	html_num(b, gated_change(&unitless, change));
	html_num(b, gated_interval(s, change));
	if (isnan(s->judged.limit))
		html_num(b, SHOW_NONE);
	else
		html_num(b, limit_of(s, change));
	html_raw(b, "<td class=\"n\">");
	html_text(b, probability(s->judged.p_value, text));
	if (s->judged.verdict != GATE_NOT_GATED && !isnan(s->judged.alpha))
		html_textf(b, " (%s)", probability(s->judged.alpha, text));
	html_raw(b, "</td>");
	html_row_end(b);
}

/* "first good answer, withdraw: nothing speaks for a change": each reason once. */
static void
because(struct buf *b, const struct compare *g)
{
	char title[GATED_BYTES];

	for (size_t i = 0; i < g->n_metrics; i++) {
		const char *why = g->metrics[i].judged.why;
		bool is_first = why[0] != '\0';

		for (size_t k = 0; k < i; k++)
			is_first = is_first && strcmp(g->metrics[k].judged.why, why) != 0;
		if (!is_first)
			continue;
		html_raw(b, "<p>");
		for (size_t k = i; k < g->n_metrics; k++)
			if (strcmp(g->metrics[k].judged.why, why) == 0)
				html_textf(b, "%s%s", k > i ? ", " : "",
					gated_title(&g->metrics[k], title));
		html_textf(b, ": %s.", why);
		html_raw(b, "</p>\n");
	}
}

static void
differences(struct buf *b, const struct compare *g)
{
	if (g->n_differs == 0) {
		html_raw(b,
			"<p>Nothing else is known to differ: same machine, versions and "
			"configuration.</p>\n");
		return;
	}
	html_table(b, "What differs between the baseline and this run");
	html_raw(b, "<thead>");
	html_row(b);
	html_col(b, "What");
	html_col(b, "Baseline");
	html_col(b, "This run");
	html_row_end(b);
	html_raw(b, "</thead><tbody>\n");
	for (size_t i = 0; i < g->n_differs; i++) {
		const struct compare_differs *d = &g->differs[i];

		html_row(b);
		html_rowhead(b, d->what);
		html_raw(b, "<td class=\"w\">");
		html_text(b, d->baseline[0] == '\0' ? SHOW_NONE : d->baseline);
		html_raw(b, "</td><td class=\"w\">");
		html_text(b, d->run[0] == '\0' ? SHOW_NONE : d->run);
		html_raw(b, "</td>");
		html_row_end(b);
	}
	html_raw(b, "</tbody>");
	html_table_end(b);
}

/* With what it was compared, how sure that is, what the rerun said, and whatever else the comparison has to say. */
static void
against(struct buf *b, const struct compare *g)
{
	struct buf said = {0};

	html_textf(b, "Compared with %s: %zu trials of %zu %s", g->baseline, g->baseline_trials,
		g->baseline_labs, g->baseline_labs == 1 ? "lab" : "labs");
	if (g->phase != GATE_PHASE_NONE)
		html_textf(b, "; the fault %s instant between two health checks",
			g->phase == GATE_PHASE_LOCKED ? "always at the same" : "at a random");
	html_raw(b, ". ");
	gated_say_rerun(&said, g);
	if (said.len > 0)
		html_textf(b, "%s ", said.data);
	html_textf(b, "In the gate's own words: %s.", g->why);
	b->failed |= said.failed;
	buf_done(&said);
}

void
section_gate(struct buf *b, const struct compare *g)
{
	static const char *const columns[] = {"Metric", "Verdict", "This run (n)", "Baseline (n)",
		"Change", "95 % interval of the change", "Fails above", "p (fails below)"};
	struct buf said = {0};

	if (g == NULL)
		return;
	gated_say(&said, g);
	html_raw(b, "<section id=\"gate\"><h2>");
	html_text(b, said.data);
	html_raw(b, "</h2>\n<p>");
	b->failed |= said.failed;
	buf_done(&said);
	against(b, g);
	html_raw(b, "</p>\n");
	html_table(b,
		"Medians over the trials, a figure of each; n: trials. The change is Hodges and "
		"Lehmann's shift; p, one-sided after Mann and Whitney, is how often so great a "
		"change would come by chance. A metric fails when its change is above the limit "
		"and its p below the figure in brackets");
	html_raw(b, "<thead>");
	html_row(b);
	for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
		if (i < 2)
			html_col(b, columns[i]);
		else
			html_col_num(b, columns[i]);
	html_row_end(b);
	html_raw(b, "</thead><tbody>\n");
	for (size_t i = 0; i < g->n_metrics; i++)
		shift_row(b, &g->metrics[i]);
	html_raw(b, "</tbody>");
	html_table_end(b);
	because(b, g);
	differences(b, g);
	html_raw(b, "</section>\n");
}
