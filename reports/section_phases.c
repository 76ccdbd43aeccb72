/* section_phases.c - where the time went: all streams, the typical one, the cities, and what stays unexplained. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reports/html.h"
#include "reports/page.h"
#include "reports/phase_name.h"
#include "reports/show.h"

/* "captures/x.pcap packet 12", a link below the run's folder. */
static void
evidence_cell(struct buf *b, const struct step *s, const char *trial_dir)
{
	char path[400];

	html_raw(b, "<td>");
	if (s->file != NULL) {
		bool is_below =
			trial_dir == NULL || strncmp(s->file, trial_dir, strlen(trial_dir)) == 0;

		snprintf(path, sizeof(path), "%.100s%s%.280s", is_below ? "" : trial_dir,
			is_below ? "" : "/", s->file);
		html_link(b, path);
		if (!isnan(s->place))
			html_textf(b, " %s %.0f", s->is_line ? "line" : "packet", s->place);
	} else {
		html_text(b, s->kind == NULL || strcmp(s->kind, "none") == 0 ? SHOW_NONE : s->kind);
	}
	html_raw(b, "</td>");
}

/* The waterfall for those who do not see it, with what each boundary rests on. */
static void
steps_table(struct buf *b, const struct budget *budget)
{
	static const char *const names[] = {
		"Step", "Where", "Took", "Until", "It ended when", "Evidence of that"};
	char text[SHOW_BYTES];

	html_raw(b, "<details><summary>Its steps, and the evidence for each</summary>\n");
	html_table(b, "Step by step; times from the fault");
	html_raw(b, "<thead>");
	html_row(b);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		(i == 2 || i == 3 ? html_col_num : html_col)(b, names[i]);
	html_row_end(b);
	html_raw(b, "</thead><tbody>\n");
	for (size_t i = 0; i < budget->n_steps; i++) {
		const struct step *s = &budget->step[i];

		html_row(b);
		html_rowhead(b, phase_title(s->phase));
		html_cell(b, s->node == NULL ? SHOW_NONE : s->node);
		html_num(b, show_ms(s->to_ms - s->from_ms, text));
		html_num(b, show_ms(s->to_ms, text));
		html_raw(b, "<td class=\"w\">");
		html_text(b, s->says == NULL ? SHOW_NONE : s->says);
		html_raw(b, "</td>");
		evidence_cell(b, s, budget->trial_dir);
		html_row_end(b);
	}
	html_raw(b, "</tbody>");
	html_table_end(b);
	for (size_t i = 0; i < budget->n_misplaced; i++) {
		const struct misplaced *m = &budget->misplaced[i];

		html_raw(b, "<p class=\"meta\">");
		html_textf(b, "Out of order, and not used: %s at %s: %s", phase_title(m->phase),
			show_ms(m->at_ms, text), m->says == NULL ? "no words" : m->says);
		html_raw(b, "</p>\n");
	}
	html_raw(b, "</details>\n");
}

static void
phase_rows(struct buf *b, const char *city, const struct phase *phase, size_t n)
{
	char text[SHOW_BYTES];

	for (size_t i = 0; i < n; i++) {
		const struct phase *p = &phase[i];

		html_row(b);
		if (city != NULL)
			html_rowhead(b, city);
		(city == NULL ? html_rowhead : html_cell)(b, phase_title(p->name));
		html_num(b, show_ms(p->p10_ms, text));
		html_num(b, show_ms(p->p50_ms, text));
		html_num(b, show_ms(p->p90_ms, text));
		html_num(b, show_share(p->share_ratio, text));
		html_num(b, show_count(p->streams, text));
		html_row_end(b);
	}
}

static void
phases_tables(struct buf *b, const struct result *r)
{
	static const char *const names[] = {"City", "Phase of the budget", "p10", "Median", "p90",
		"Share of the whole", "Streams"};

	html_raw(b, "<details><summary>The phases as figures</summary>\n");
	html_table(b, "Each phase over all streams, hops summed");
	html_columns(b, names + 1, sizeof(names) / sizeof(names[0]) - 1, 1);
	phase_rows(b, NULL, r->phases, r->n_phases);
	html_raw(b, "</tbody>");
	html_table_end(b);
	if (r->budget.n_cities > 0) {
		html_table(b, "The same by city");
		html_columns(b, names, sizeof(names) / sizeof(names[0]), 2);
		for (size_t i = 0; i < r->budget.n_cities; i++)
			phase_rows(b, result_city_title(r, r->budget.city[i].city),
				r->budget.city[i].phase, r->budget.city[i].n);
		html_raw(b, "</tbody>");
		html_table_end(b);
	}
	html_raw(b, "</details>\n");
}

/* Always said, also when it is nothing. */
static void
unexplained(struct buf *b, const struct budget *budget)
{
	char p50[SHOW_BYTES], p99[SHOW_BYTES], gap[SHOW_BYTES], n[SHOW_BYTES];
	bool is_small = budget->unexplained_p99_ms < budget->gap_ms;

	buf_addf(b, "<p%s>", is_small ? "" : " class=\"found\"");
	if (isnan(budget->unexplained_p99_ms))
		html_text(b, "How much stays unexplained is not known.");
	else
		html_textf(b,
			"Unexplained, because no evidence splits it: %s at the median and %s at "
			"p99 of "
			"%s streams, %s one sampling gap (%s).",
			show_ms(budget->unexplained_p50_ms, p50),
			show_ms(budget->unexplained_p99_ms, p99), show_count(budget->streams, n),
			is_small ? "below" : "which is not below",
			show_ms_stated(budget->gap_ms, gap));
	html_raw(b, "</p>\n");
	if (budget->out_of_order > 0) {
		html_raw(b, "<p>");
		html_textf(b,
			"Boundaries that the evidence puts out of order, reported and not used: "
			"%s.",
			show_count(budget->out_of_order, n));
		html_raw(b, "</p>\n");
	}
}

static void
without(struct buf *b, const struct budget *budget)
{
	char n[SHOW_BYTES];

	if (!(budget->missing > 0))
		return;
	html_raw(b, "<p>");
	html_textf(b, "Without a budget: %s %s", show_count(budget->missing, n),
		budget->missing > 1 ? "streams" : "stream");
	for (size_t i = 0; i < budget->n_whys; i++)
		html_textf(b, "%s %s %s", i == 0 ? ":" : ";", show_count(budget->why[i].streams, n),
			budget->why[i].why);
	html_raw(b, ".</p>\n");
}

static int
nothing(struct buf *b, const struct result *r)
{
	html_raw(b, "<p>");
	if (r->n_trials > 0 && result_valid_trials(r) == 0)
		html_text(b, "No phases: no trial was valid.");
	else if (!r->budget.is_there)
		html_text(b,
			"No phases: this result was made before there was a phase budget, or the "
			"run has "
			"no fault; 'catchment analyze' on the run's folder makes it anew.");
	else
		html_text(b,
			"No phases: there was no fault, or no stream that it hit had a good answer "
			"again while it lasted.");
	html_raw(b, "</p>\n");
	without(b, &r->budget);
	html_raw(b, "</section>\n");
	return 0;
}

int
section_phases(struct buf *b, const struct scene *s, struct err *e)
{
	const struct result *r = s->result;
	int rc;

	html_raw(b, "<section id=\"phases\"><h2>Where the time went</h2>\n");
	if (r->n_phases == 0)
		return nothing(b, r);
	rc = plot_phases(b, s, e);
	if (rc == 0)
		rc = plot_waterfall(b, s, e);
	if (r->budget.n_steps > 0)
		steps_table(b, &r->budget);
	unexplained(b, &r->budget);
	without(b, &r->budget);
	if (rc == 0)
		rc = plot_phases_by_city(b, s, e);
	phases_tables(b, r);
	html_raw(b, "</section>\n");
	return rc;
}
