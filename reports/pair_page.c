/* pair_page.c - two runs side by side on one page: what each found, every figure with its difference. */
#include "reports/pair_page.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "lib/citymap.h"
#include "reports/finding.h"
#include "reports/history/series.h"
#include "reports/html.h"
#include "reports/page.h"
#include "reports/show.h"
#include "reports/verdict.h"

enum { DIFFERS = HISTORY_DIFFERS };

static const char *
name_of(const struct result *r)
{
	return r->run_id != NULL ? r->run_id : r->scenario;
}

static void
head(struct buf *page, const struct result *a, const struct result *b)
{
	struct buf said = {0};

	if (b->gated != NULL)
		gated_say(&said, b->gated);
	else
		buf_addf(&said, "%.80s on %.40s beside %.40s", b->scenario,
			b->variant == NULL ? "?" : b->variant,
			a->variant == NULL ? "?" : a->variant);
	html_page(page, said.data == NULL ? "two runs" : said.data, citymap_css);
	html_raw(page, "<header><p class=\"meta\">Two runs side by side</p><h1>");
	html_text(page, said.data);
	html_raw(page, "</h1>\n");
	page->failed |= said.failed;
	buf_done(&said);
	if (strcmp(a->scenario, b->scenario) != 0)
		html_raw(page, "<p class=\"found\">They are of different scenarios.</p>\n");
	if (b->gated == NULL)
		html_raw(page,
			"<p>Differences are shown, not judged: <code>catchment "
			"compare</code> judges.</p>\n");
	html_raw(page, "</header>\n");
}

static void
side(struct buf *page, const char *which, const struct result *r)
{
	struct verdict v;

	verdict_of(r, &v);
	html_raw(page, "<tr><th scope=\"row\">");
	html_text(page, which);
	html_raw(page, "</th><td class=\"w\">");
	html_text(page, name_of(r));
	html_raw(page, "</td><td>");
	html_text(page, r->variant);
	html_raw(page, "</td>");
	html_raw(page, "<td class=\"n\">");
	html_textf(page, "%zu of %zu", result_valid_trials(r), r->n_trials);
	html_raw(page, "</td><td class=\"w\">");
	html_text(page, v.text);
	html_raw(page, "</td>");
	html_row_end(page);
}

/* What could explain that a figure is another, as far as the runs recorded it. */
static void
what_differs(struct buf *page, const struct result *a, const struct result *b)
{
	struct history_run before = {0}, after = {0};
	struct differ differ[DIFFERS];
	struct buf said = {0};

	if (history_digest(a->dir, ".", "", &before) == 0 &&
		history_digest(b->dir, ".", "", &after) == 0) {
		size_t n = history_differs(&before, &after, differ, DIFFERS);

		history_say_differs(&said, differ, n, DIFFERS);
		html_raw(page, "<p class=\"differs\">");
		html_textf(page, "From A to B differs: %s.", said.data == NULL ? "?" : said.data);
		html_raw(page, "</p>\n");
	} else {
		page->failed = true; /* for want of memory */
	}
	page->failed |= said.failed;
	buf_done(&said);
	history_run_done(&before);
	history_run_done(&after);
}

static void
sides(struct buf *page, const struct result *a, const struct result *b)
{
	html_raw(page, "<section id=\"runs\">");
	html_table(page, "The runs");
	html_raw(page, "<thead>");
	html_row(page);
	html_col(page, "Which");
	html_col(page, "Run");
	html_col(page, "Variant");
	html_col_num(page, "Valid trials");
	html_col(page, "Found");
	html_row_end(page);
	html_raw(page, "</thead><tbody>\n");
	side(page, "A", a);
	side(page, "B", b);
	html_raw(page, "</tbody>");
	html_table_end(page);
	what_differs(page, a, b);
	html_raw(page, "</section>\n");
}

static void
difference(struct buf *page, double before, double after, const char *unit)
{
	char text[SHOW_BYTES], shown[SHOW_BYTES + 8];

	if (isnan(after - before)) {
		html_num(page, SHOW_NONE);
		return;
	}
	snprintf(shown, sizeof(shown), "%s%s",
		after > before		 ? "+"
			: after < before ? "−"
					 : "",
		show_value(fabs(after - before), unit, text));
	html_num(page, shown);
}

static const struct target *
same_target(const struct result *r, const struct target *t)
{
	for (size_t i = 0; i < r->n_targets; i++) {
		const struct target *o = &r->targets[i];

		if (strcmp(o->id, t->id) == 0 &&
			(o->family == NULL || t->family == NULL
					? o->family == t->family
					: strcmp(o->family, t->family) == 0))
			return o;
	}
	return NULL;
}

static void
verdict_cell(struct buf *page, const struct target *t)
{
	enum target_verdict v = t == NULL ? TARGET_NOT_JUDGED : t->verdict;

	buf_addf(page, "<td class=\"v %s\">%s ", verdict_class(v), verdict_sign(v));
	html_text(page, verdict_word(v));
	html_raw(page, "</td>");
}

static void
claims(struct buf *page, const struct result *a, const struct result *b)
{
	static const char *const columns[] = {
		"Claim", "A", "B", "Change", "Target", "Verdict A", "Verdict B"};
	char text[FINDING_WORDS_BYTES];

	if (b->n_targets == 0)
		return;
	html_raw(page, "<section id=\"claims\"><h2>Documented claims</h2>\n");
	html_table(page, "Each claim in both runs");
	html_columns(page, columns, sizeof(columns) / sizeof(columns[0]), 1);
	for (size_t i = 0; i < b->n_targets; i++) {
		const struct target *t = &b->targets[i], *o = same_target(a, t);

		html_row(page);
		html_raw(page, "<th scope=\"row\">");
		html_textf(page, "%s %s", t->id,
			t->family == NULL		       ? ""
				: strcmp(t->family, "v4") == 0 ? "IPv4"
							       : "IPv6");
		html_raw(page, "</th>");
		html_num(page, o == NULL ? SHOW_NONE : finding_measured(o, text));
		html_num(page, finding_measured(t, text));
		difference(page, o == NULL ? (double)NAN : o->measured, t->measured, t->unit);
		html_raw(page, "<td class=\"n t\">");
		html_text(page, finding_documented(t, text));
		html_raw(page, "</td>");
		verdict_cell(page, o);
		verdict_cell(page, t);
		html_row_end(page);
	}
	html_raw(page, "</tbody>");
	html_table_end(page);
	html_raw(page, "</section>\n");
}

static void
metrics(struct buf *page, const struct result *a, const struct result *b)
{
	static const char *const columns[] = {
		"Metric", "n A", "Median A", "p99 A", "n B", "Median B", "p99 B", "Change"};
	char text[SHOW_BYTES];

	html_raw(page, "<section id=\"metrics\"><h2>Every figure of both</h2>\n");
	html_table(page, "Metrics that both runs have");
	html_columns(page, columns, sizeof(columns) / sizeof(columns[0]), 1);
	for (size_t i = 0; i < b->n_metrics; i++) {
		const struct metric *m = &b->metrics[i], *o = result_metric(a, m->name);

		if (o == NULL || isnan(m->stats.p50) || isnan(o->stats.p50))
			continue;
		html_row(page);
		html_rowhead(page, m->name);
		html_num(page, show_count(o->stats.n, text));
		html_num(page, show_value(o->stats.p50, o->unit, text));
		html_num(page, show_value(o->stats.p99, o->unit, text));
		html_num(page, show_count(m->stats.n, text));
		html_num(page, show_value(m->stats.p50, m->unit, text));
		html_num(page, show_value(m->stats.p99, m->unit, text));
		difference(page, o->stats.p50, m->stats.p50, m->unit);
		html_row_end(page);
	}
	html_raw(page, "</tbody>");
	html_table_end(page);
	html_raw(page, "</section>\n");
}

/* Both timelines in one palette, so that a PoP has one colour. */
static int
timelines(struct buf *page, const struct result *a, const struct result *b, struct err *e)
{
	struct palette palette;
	const struct result *const runs[] = {a, b};
	int rc = 0;

	palette_init(&palette, a);
	for (size_t i = 0; i < b->n_trials; i++)
		for (size_t s = 0; s < b->trial[i].timeline.n_sites; s++)
			palette_add(&palette, b->trial[i].timeline.sites[s].site);
	html_raw(page,
		"<section id=\"timelines\"><h2>The median trial of each</h2>\n<div "
		"class=\"trials\">\n");
	for (size_t i = 0; i < 2 && rc == 0; i++) {
		struct scene one = {runs[i], &palette, result_median_trial(runs[i])};
		char title[256];

		if (one.trial == NULL)
			continue;
		plot_trial_says(runs[i], one.trial, title, sizeof(title));
		buf_addf(page, "<section id=\"run-%c\"><h3>%c: ", i == 0 ? 'a' : 'b',
			i == 0 ? 'A' : 'B');
		html_text(page, title);
		html_raw(page, "</h3>\n");
		rc = plot_pair(page, &one, i == 0 ? "a" : "b", e);
		html_raw(page, "</section>\n");
	}
	html_raw(page, "</div></section>\n");
	return rc;
}

int
pair_page(struct buf *page, const struct result *a, const struct result *b, struct err *e)
{
	int rc;

	head(page, a, b);
	sides(page, a, b);
	rc = timelines(page, a, b, e);
	if (rc < 0)
		return rc;
	section_gate(page, b->gated);
	claims(page, a, b);
	metrics(page, a, b);
	html_raw(page, "</main>\n</body></html>\n");
	return buf_check(page, e);
}
