/* section_gate.c - this run beside its baseline at length: each figure's shift with its interval, and what else differs. */
#include <math.h>
#include <stdio.h>

#include "reports/gated.h"
#include "reports/html.h"
#include "reports/show.h"

static void
interval(struct buf *b, const struct compare_metric *s)
{
	struct compare_metric low = *s, high = *s;
	char from[GATED_BYTES], to[GATED_BYTES], text[2 * GATED_BYTES + 8];

	low.judged.shift = s->judged.shift_low;
	high.judged.shift = s->judged.shift_high;
	snprintf(text, sizeof(text), "%s to %s", gated_change(&low, from), gated_change(&high, to));
	html_num(b,
		!isfinite(s->judged.shift_low) && !isfinite(s->judged.shift_high) ? SHOW_NONE
										  : text);
}

static void
shift_row(struct buf *b, const struct compare_metric *s)
{
	char text[SHOW_BYTES], change[GATED_BYTES];

	html_row(b);
	html_rowhead(b, gated_title(s, change));
	buf_addf(b, "<td class=\"v %s\">%s ", gated_class(s->judged.verdict),
		gated_sign(s->judged.verdict));
	html_text(b, gate_verdict_words(s->judged.verdict));
	html_raw(b, "</td>");
	html_num(b, show_count((double)s->n, text));
	html_num(b, show_value(s->judged.p50, s->unit, text));
	html_num(b, show_count((double)s->baseline_n, text));
	html_num(b, show_value(s->judged.baseline_p50, s->unit, text));
	html_num(b, gated_change(s, change));
	interval(b, s);
	html_num(
		b, isnan(s->judged.limit) ? SHOW_NONE : show_value(s->judged.limit, s->unit, text));
	if (isnan(s->judged.p_value))
		html_num(b, SHOW_NONE);
	else {
		snprintf(text, sizeof(text), s->judged.p_value < 0.001 ? "%.1g" : "%.3f",
			s->judged.p_value);
		html_num(b, text);
	}
	html_raw(b, "<td class=\"w\">");
	html_text(b, s->judged.why);
	html_raw(b, "</td>");
	html_row_end(b);
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

void
section_gate(struct buf *b, const struct compare *g)
{
	static const char *const columns[] = {"Metric", "Verdict", "Trials", "This run", "of",
		"Baseline", "Change", "95 % interval", "Limit", "p", "Because"};
	struct buf said = {0};

	if (g == NULL)
		return;
	gated_say(&said, g);
	html_raw(b, "<section id=\"gate\"><h2>");
	html_text(b, said.data);
	html_raw(b, "</h2>\n<p>");
	b->failed |= said.failed;
	buf_done(&said);
	html_text(b, g->why);
	html_raw(b, "</p>\n");
	html_table(b,
		"One figure of each trial: medians over the trials; the change is Hodges and "
		"Lehmann's "
		"shift, p one-sided after Mann and Whitney; fails what is both unlikely and over "
		"the limit");
	html_raw(b, "<thead>");
	html_row(b);
	for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
		if (i < 2 || i == 10)
			html_col(b, columns[i]);
		else
			html_col_num(b, columns[i]);
	html_row_end(b);
	html_raw(b, "</thead><tbody>\n");
	for (size_t i = 0; i < g->n_metrics; i++)
		shift_row(b, &g->metrics[i]);
	html_raw(b, "</tbody>");
	html_table_end(b);
	differences(b, g);
	html_raw(b, "</section>\n");
}
