/* section_targets.c - documented targets with their verdicts, and the expectations of the scenario. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "reports/html.h"
#include "reports/page.h"
#include "reports/show.h"
#include "reports/verdict.h"

static const char *
family_title(const char *family)
{
	if (family == NULL)
		return "both";
	return strcmp(family, "v4") == 0 ? "IPv4" : strcmp(family, "v6") == 0 ? "IPv6" : family;
}

static void
target_row(struct buf *b, const struct result *r, const struct target *t)
{
	char text[SHOW_BYTES];

	html_row(b);
	html_rowhead(b, t->id);
	html_cell(b, family_title(t->family));
	buf_addf(b, "<td class=\"v %s\">%s ",
		t->verdict == TARGET_MET		? "met"
			: t->verdict == TARGET_MISSED	? "missed"
			: t->verdict == TARGET_REFUTED	? "refuted"
			: t->verdict == TARGET_MODELLED ? "modelled"
							: "mute",
		verdict_sign(t->verdict));
	html_text(b, verdict_word(t->verdict));
	html_raw(b, "</td>");
	html_raw(b, "<td class=\"n\">");
	if (isnan(t->measured) && t->verdict == TARGET_MISSED)
		html_raw(b, "never");
	else
		html_text(b, show_against(t->measured, t->target, t->unit, text));
	if (result_valid_trials(r) < VERDICT_QUICK_LOOK && t->verdict != TARGET_NOT_JUDGED)
		html_textf(b, " (quick look, n = %s)", show_count(t->trials, text));
	html_raw(b, "</td>");
	html_num(b, show_stated(t->target, t->unit, text));
	html_cell(b, t->statistic == NULL ? SHOW_NONE : t->statistic);
	html_num(b, show_count(t->n, text));
	html_num(b, show_share(t->share_over_ratio, text));
	html_raw(b, "<td class=\"w\">");
	html_text(b, t->documented);
	if (t->verdict == TARGET_MET && !isnan(t->miss_bound_ratio)) {
		html_textf(b, ". %s in %s trials",
			t->share_over_ratio > 0 ? "Met, with misses," : "No miss",
			show_count(t->trials, text));
		html_textf(b, ": up to %s may miss (95 %% confidence).",
			show_share(t->miss_bound_ratio, text));
	}
	if (t->why != NULL && t->why[0] != '\0') {
		html_raw(b, "<br><span class=\"mute\">");
		html_text(b, t->why);
		html_raw(b, "</span>");
	}
	html_raw(b, "</td>");
	html_row_end(b);
}

void
section_targets(struct buf *b, const struct result *r)
{
	if (r->n_targets == 0) {
		html_raw(b,
			"<section id=\"targets\"><p>This run judges no documented "
			"target.</p></section>\n");
		return;
	}
	html_raw(b, "<section id=\"targets\">");
	html_table(b,
		"Documented targets. Verdicts are findings, computed from this run's "
		"measurements.");
	html_raw(b, "<thead>");
	html_row(b);
	html_col(b, "Target");
	html_col(b, "Family");
	html_col(b, "Verdict");
	html_col_num(b, "Measured");
	html_col_num(b, "Target");
	html_col(b, "Statistic");
	html_col_num(b, "n");
	html_col_num(b, "Share over");
	html_col(b, "Documented claim");
	html_row_end(b);
	html_raw(b, "</thead><tbody>\n");
	for (size_t i = 0; i < r->n_targets; i++)
		target_row(b, r, &r->targets[i]);
	html_raw(b, "</tbody>");
	html_table_end(b);
	html_raw(b, "</section>\n");
}

void
section_expectations(struct buf *b, const struct result *r)
{
	char line[SHOW_BYTES];

	if (r->n_expectations == 0)
		return;
	html_raw(b, "<section id=\"expectations\"><h2>Expectations of the scenario</h2>\n");
	html_table(b, "What the scenario's file expects, and what was measured");
	html_raw(b, "<thead>");
	html_row(b);
	html_col_num(b, "Line");
	html_col(b, "Expectation");
	html_col(b, "Held");
	html_col(b, "Measured");
	html_row_end(b);
	html_raw(b, "</thead><tbody>\n");
	for (size_t i = 0; i < r->n_expectations; i++) {
		const struct expectation *x = &r->expectations[i];

		html_row(b);
		html_num(b, show_count(x->line, line));
		html_raw(b, "<td class=\"w\"><code>");
		html_text(b, x->text);
		html_raw(b, "</code></td>");
		if (result_valid_trials(r) == 0)
			html_raw(b, "<td class=\"v mute\">– not judged</td>");
		else if (x->held)
			html_raw(b, "<td class=\"v met\">✓ held</td>");
		else
			html_raw(b, "<td class=\"v no\">✗ not held</td>");
		html_cell(b, x->measured == NULL ? SHOW_NONE : x->measured);
		html_row_end(b);
	}
	html_raw(b, "</tbody>");
	html_table_end(b);
	html_raw(b, "</section>\n");
}
