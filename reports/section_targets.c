/* section_targets.c - documented targets with their verdicts, and the expectations of the scenario. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "reports/finding.h"
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

#define TARGET_COLUMNS 7

/* "worst of 110 affected streams × trials": what the figure is, of how many of what. */
static void
judged_by(struct buf *b, const struct result *r, const struct target *t)
{
	const struct metric *m = t->metric == NULL ? NULL : result_metric(r, t->metric);
	const char *over = m == NULL || m->over == NULL ? "samples" : m->over;
	char n[SHOW_BYTES];

	if (t->statistic == NULL || !(t->n > 0)) {
		html_text(b, t->statistic == NULL ? SHOW_NONE : finding_statistic(t->statistic));
		return;
	}
	if (strcmp(over, "trials") == 0 && !(t->n > 1))
		over = "trial";
	html_textf(b, "%s of %s ", finding_statistic(t->statistic), show_count(t->n, n));
	for (const char *x; (x = strstr(over, " x ")) != NULL; over = x + 3)
		html_textf(b, "%.*s × ", (int)(x - over), over);
	html_text(b, over);
}

/* What was tried, what the program said to it, and what that means; of trials alike one. */
static void
shown_rows(struct buf *b, const struct target *t)
{
	for (size_t i = 0; i < t->n_shown; i++) {
		const struct shown *x = &t->shown[i];
		bool again = false;

		for (size_t k = 0; k < i && !again; k++)
			again = x->what != NULL && t->shown[k].what != NULL &&
				strcmp(x->what, t->shown[k].what) == 0 && x->said != NULL &&
				t->shown[k].said != NULL && strcmp(x->said, t->shown[k].said) == 0;
		if (again)
			continue;
		buf_addf(b, "<tr><td></td><td colspan=\"%d\" class=\"why\">", TARGET_COLUMNS - 1);
		html_textf(b, "%s → %s: ", x->what == NULL ? "?" : x->what,
			x->outcome == NULL ? "?" : x->outcome);
		html_raw(b, "<code>");
		html_text(b, x->said);
		html_raw(b, "</code> ");
		if (x->file != NULL)
			html_link(b, x->file);
		html_raw(b, "</td>");
		html_row_end(b);
	}
}

static void
target_row(struct buf *b, const struct result *r, const struct target *t)
{
	char text[FINDING_WORDS_BYTES], all[SHOW_BYTES];

	html_row(b);
	html_rowhead(b, family_title(t->family));
	buf_addf(b, "<td class=\"v %s\">%s ", verdict_class(t->verdict), verdict_sign(t->verdict));
	html_text(b, verdict_word(t->verdict));
	if (t->close)
		html_raw(b, "<br><span class=\"mute\">" FINDING_CLOSE "</span>");
	html_raw(b, "</td>");
	html_num(b, finding_measured(t, text));
	buf_addf(b, "<td class=\"n%s\">", t->figure != NULL && t->figure[0] != '\0' ? " why" : "");
	html_text(b, finding_documented(t, text));
	html_raw(b, "</td>");
	html_raw(b, "<td>");
	judged_by(b, r, t);
	html_raw(b, "</td>");
	if (isnan(t->share_over_ratio) || isnan(t->trials))
		snprintf(text, sizeof(text), "%s", SHOW_NONE);
	else
		snprintf(text, sizeof(text), "%.0f of %s", round(t->share_over_ratio * t->trials),
			show_count(t->trials, all));
	html_num(b, text);
	if (t->miss_bound_ratio < 1) /* a bound of all is none */
		snprintf(text, sizeof(text), "≤ %s", show_share(t->miss_bound_ratio, all));
	else
		snprintf(text, sizeof(text), "%s", SHOW_NONE);
	html_num(b, text);
	html_row_end(b);
	if (t->why != NULL && t->why[0] != '\0' &&
		(isnan(t->measured) || (t->verdict != TARGET_MET && t->verdict != TARGET_MISSED))) {
		buf_addf(b, "<tr><td></td><td colspan=\"%d\" class=\"mute why\">",
			TARGET_COLUMNS - 1);
		html_text(b, t->why);
		html_raw(b, "</td>");
		html_row_end(b);
	}
	shown_rows(b, t);
}

/* One claim: its id and words over the whole width, then a row for each family. */
static void
claim(struct buf *b, const struct result *r, size_t first)
{
	const struct target *t = &r->targets[first];

	buf_addf(b, "<tbody><tr class=\"claim\"><th scope=\"rowgroup\" colspan=\"%d\"><div",
		TARGET_COLUMNS);
	html_target_id(b, t->id);
	html_raw(b, ">");
	html_text(b, t->id);
	html_raw(b, " <span class=\"mute\">");
	html_text(b, t->documented);
	html_raw(b, "</span></div></th>");
	html_row_end(b);
	for (size_t i = first; i < r->n_targets && strcmp(r->targets[i].id, t->id) == 0; i++)
		target_row(b, r, &r->targets[i]);
	html_raw(b, "</tbody>\n");
}

void
section_targets(struct buf *b, const struct result *r)
{
	size_t valid = result_valid_trials(r);
	char caption[200];

	if (r->n_targets == 0) {
		html_raw(b,
			"<section id=\"targets\"><p>This run judges no documented "
			"target.</p></section>\n");
		return;
	}
	snprintf(caption, sizeof(caption),
		"Documented targets; verdicts are computed from %zu valid %s%s", valid,
		valid == 1 ? "trial" : "trials",
		valid > 0 && valid < VERDICT_QUICK_LOOK ? " (a quick look)" : "");
	html_raw(
		b, "<section id=\"targets\"><h2>Documented claims, and how each was judged</h2>\n");
	html_table(b, caption);
	html_raw(b, "<thead>");
	html_row(b);
	html_col(b, "Family");
	html_col(b, "Verdict");
	html_col_num(b, "Measured");
	html_col_num(b, "Documented");
	html_col(b, "Judged by");
	html_col_num(b, "Trials that miss");
	html_col_num(b, "Share, 95 % bound");
	html_row_end(b);
	html_raw(b, "</thead>\n");
	for (size_t i = 0; i < r->n_targets; i++)
		if (i == 0 || strcmp(r->targets[i].id, r->targets[i - 1].id) != 0)
			claim(b, r, i);
	html_table_end(b);
	html_raw(b, "</section>\n");
}

void
section_expectations(struct buf *b, const struct result *r)
{
	char line[SHOW_BYTES];
	size_t held = 0;

	if (r->n_expectations == 0)
		return;
	for (size_t i = 0; i < r->n_expectations; i++)
		held += r->expectations[i].held;
	html_raw(b, "<section id=\"expectations\"><h2>Expectations of the scenario: ");
	if (result_valid_trials(r) == 0)
		html_raw(b, "no trial was valid");
	else
		html_textf(b, "%zu of %zu held", held, r->n_expectations);
	html_raw(b, "</h2>\n");
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
