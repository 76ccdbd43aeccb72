/* section_outage.c - the figures of the outage: metrics, cities, phases, and what the return cost. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "reports/html.h"
#include "reports/page.h"
#include "reports/show.h"
#include "reports/verdict.h"

/* Figures that rest on answers are no finer than the sampling gap; those from captures are. */
static bool
is_sampled(const char *name)
{
	return strncmp(name, "first_good", 10) == 0 || strncmp(name, "loss_of", 7) == 0 ||
		strncmp(name, "full_conv", 9) == 0;
}

static const char *
show(const struct result *r, const struct metric *m, double v, char text[static SHOW_BYTES])
{
	if (m->unit != NULL && strcmp(m->unit, "ms") == 0 && is_sampled(m->name))
		return show_ms_gap(v, r->gap_ms, text);
	if (m->unit != NULL && strstr(m->name, m->unit) != NULL && strcmp(m->unit, "ms") != 0)
		return show_count(v, text); /* the name says the unit */
	return show_value(v, m->unit, text);
}

/* The highest ranks of samples of which some never came have no figure. */
static const char *
show_high(const struct result *r, const struct metric *m, double v, char text[static SHOW_BYTES])
{
	return isnan(v) && m->missing > 0 ? "never" : show(r, m, v, text);
}

static void
metric_row(struct buf *b, const struct result *r, const struct metric *m)
{
	char text[SHOW_BYTES], low[SHOW_BYTES], high[SHOW_BYTES], ci[SHOW_BYTES * 3] = SHOW_NONE;

	html_row(b);
	html_rowhead(b, m->name);
	html_cell(b, m->over == NULL ? SHOW_NONE : m->over);
	html_raw(b, "<td class=\"n\">");
	html_text(b, show_count(m->stats.n, text));
	if (m->missing > 0)
		html_textf(b, " (%s never)", show_count(m->missing, text));
	html_raw(b, "</td>");
	html_num(b, show(r, m, m->stats.min, text));
	html_num(b, show_high(r, m, m->stats.p50, text));
	html_num(b, show_high(r, m, m->stats.p99, text));
	html_num(b, show_high(r, m, m->stats.max, text));
	if (!isnan(m->stats.ci_low) && !isnan(m->stats.ci_high))
		snprintf(ci, sizeof(ci), "%s – %s", show(r, m, m->stats.ci_low, low),
			show(r, m, m->stats.ci_high, high));
	html_num(b, ci);
	html_row_end(b);
}

/* Metrics without a sample are named, not silently left out. */
static void
without_sample(struct buf *b, const struct result *r)
{
	const char *before = "No sample in this run: ";

	for (size_t i = 0; i < r->n_metrics; i++) {
		if (r->metrics[i].stats.n > 0)
			continue;
		if (before[0] == 'N')
			html_raw(b, "<p class=\"meta\">");
		html_text(b, before);
		html_text(b, r->metrics[i].name);
		before = ", ";
	}
	if (before[0] == ',')
		html_raw(b, ".</p>\n");
}

void
section_metrics(struct buf *b, const struct result *r)
{
	static const char *const names[] = {"Metric", "Over", "n", "Least", "Median", "p99", "Most",
		"95 % interval of the median"};
	char caption[200];
	size_t valid = result_valid_trials(r);

	html_raw(b, "<section id=\"outage\"><h2>The outage</h2>\n");
	if (r->n_metrics > 0) {
		if (valid < VERDICT_QUICK_LOOK)
			snprintf(caption, sizeof(caption),
				"All metrics. Quick look, n = %zu trials", valid);
		else
			snprintf(caption, sizeof(caption), "All metrics over %zu valid trials",
				valid);
		html_table(b, caption);
		html_columns(b, names, sizeof(names) / sizeof(names[0]), 2);
		for (size_t i = 0; i < r->n_metrics; i++)
			if (r->metrics[i].stats.n > 0)
				metric_row(b, r, &r->metrics[i]);
		html_raw(b, "</tbody>");
		html_table_end(b);
		without_sample(b, r);
	}
	html_raw(b, "</section>\n");
}

static void
city_row(struct buf *b, const struct result *r, const struct city *c)
{
	char text[SHOW_BYTES];

	html_row(b);
	html_rowhead(b, c->title == NULL ? c->city : c->title);
	html_cell(b, c->affected ? "yes" : "no");
	html_num(b, show_count(c->streams, text));
	html_num(b, show_count(c->sent, text));
	html_num(b, show_count(c->unanswered, text));
	html_num(b, show_count(c->icmp_unreachable, text));
	html_num(b, show_ms_gap(c->loss_ms.p50, r->gap_ms, text));
	html_num(b, show_ms_gap(c->loss_ms.max, r->gap_ms, text));
	html_num(b, show_ms_gap(c->first_good_ms.p50, r->gap_ms, text));
	html_num(b, show_ms_gap(c->first_good_ms.max, r->gap_ms, text));
	html_num(b, show_count(c->restore_unanswered, text));
	html_row_end(b);
}

void
section_cities(struct buf *b, const struct result *r)
{
	static const char *const names[] = {"City", "Affected", "Streams", "Queries sent",
		"Unanswered", "ICMP unreachable", "Loss, median", "Loss, worst",
		"First good, median", "First good, worst", "Lost at the return"};
	char caption[200], gap[SHOW_BYTES];

	if (r->n_cities == 0)
		return;
	snprintf(caption, sizeof(caption),
		"Outage by city, over streams × %zu valid trials; loss and first good answer ± %s "
		"(the sampling gap)",
		result_valid_trials(r), show_ms_stated(r->gap_ms, gap));
	html_table(b, caption);
	html_columns(b, names, sizeof(names) / sizeof(names[0]), 2);
	for (int affected = 1; affected >= 0; affected--)
		for (size_t i = 0; i < r->n_cities; i++)
			if (r->cities[i].affected == (affected == 1))
				city_row(b, r, &r->cities[i]);
	html_raw(b, "</tbody>");
	html_table_end(b);
}

void
section_phases(struct buf *b, const struct result *r)
{
	static const char *const names[] = {"Phase", "p10", "Median", "p90"};
	char text[SHOW_BYTES];

	if (r->n_phases == 0)
		return;
	html_raw(b, "<section id=\"phases\"><h2>Where the time goes</h2>\n");
	html_table(b, "Phases from the fault to the first good answer");
	html_columns(b, names, sizeof(names) / sizeof(names[0]), 1);
	for (size_t i = 0; i < r->n_phases; i++) {
		html_row(b);
		html_rowhead(b, r->phases[i].name == NULL ? SHOW_NONE : r->phases[i].name);
		html_num(b, show_ms(r->phases[i].p10_ms, text));
		html_num(b, show_ms(r->phases[i].p50_ms, text));
		html_num(b, show_ms(r->phases[i].p90_ms, text));
		html_row_end(b);
	}
	html_raw(b, "</tbody>");
	html_table_end(b);
	html_raw(b, "</section>\n");
}

void
section_restore(struct buf *b, const struct result *r)
{
	static const char *const names[] = {"Trial", "Restored at", "Announced v4 at",
		"Announced v6 at", "Restore to announce", "Queries lost at the return"};
	double lost = 0, restores = 0;
	char text[SHOW_BYTES];

	for (size_t i = 0; i < r->n_trials; i++)
		if (r->trial[i].valid && !isnan(r->trial[i].restore_ms)) {
			restores++;
			lost += isnan(r->trial[i].restore_unanswered)
				? 0
				: r->trial[i].restore_unanswered;
		}
	if (!(restores > 0))
		return;
	html_raw(b, "<section id=\"restoration\"><h2>The return</h2>\n<p>");
	if (lost > 0)
		html_textf(b,
			"%s queries were lost when the site came back, over %.0f valid trials.",
			show_count(lost, text), restores);
	else
		html_textf(b, "No query was lost when the site came back, in %.0f valid trials.",
			restores);
	html_raw(b, "</p>\n");
	html_table(b, "Restoration, trial by trial; times from the fault");
	html_columns(b, names, sizeof(names) / sizeof(names[0]), 1);
	for (size_t i = 0; i < r->n_trials; i++) {
		const struct trial *t = &r->trial[i];

		if (isnan(t->restore_ms))
			continue;
		html_row(b);
		snprintf(text, sizeof(text), "%d%s", t->number, t->valid ? "" : " (invalid)");
		html_rowhead(b, text);
		html_num(b, show_ms(t->restore_ms, text));
		html_num(b, show_ms(t->announce_ms.v4, text));
		html_num(b, show_ms(t->announce_ms.v6, text));
		html_num(b, show_ms(family_worst(t->announce_ms) - t->restore_ms, text));
		html_num(b, show_count(t->restore_unanswered, text));
		html_row_end(b);
	}
	html_raw(b, "</tbody>");
	html_table_end(b);
	html_raw(b, "</section>\n");
}
