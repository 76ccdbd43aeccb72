/* page.c - the history of a scenario as a page: what changed, the trends, the runs. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "reports/history/tell.h"
#include "reports/html.h"
#include "reports/show.h"

enum { DIFFERS = HISTORY_DIFFERS, SAID = 8 };

static const char css[] = "td.d{white-space:nowrap}td.w{min-width:12rem}\n";

/* The first run of the last level; NULL: its level never changed. */
static const struct history_run *
last_change(const struct series *s)
{
	return s->n_changes > 0 ? s->runs[s->changes[s->n_changes - 1].at] : NULL;
}

/* All metrics whose last change was at this run. */
static void
say_since(const struct series_list *l, size_t first, struct buf *b)
{
	const struct history_run *since = last_change(&l->series[first]);
	const char *before = ":";
	char shift[48], when[24];

	buf_addf(b, "since %s on %s", history_show_time(since->began_ns, when), since->variant);
	for (size_t i = first; i < l->n; i++) {
		const struct series *s = &l->series[i];

		if (last_change(s) != since)
			continue;
		buf_addf(b, "%s %s %s", before, s->metric,
			series_show_shift(&s->changes[s->n_changes - 1], s->unit, shift));
		before = ",";
	}
}

static bool
is_first_of_its_run(const struct series_list *l, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (last_change(&l->series[i]) == last_change(&l->series[at]))
			return false;
	return true;
}

void
history_say(const struct series_list *l, struct buf *b)
{
	size_t looked_at = 0;
	const char *before = "Changed ";

	for (size_t i = 0; i < l->n; i++) {
		looked_at += l->series[i].n >= 2 * CHANGE_SEGMENT;
		if (last_change(&l->series[i]) == NULL || !is_first_of_its_run(l, i))
			continue;
		buf_add(b, before);
		say_since(l, i, b);
		before = "; ";
	}
	if (before[0] == ';')
		return;
	if (looked_at > 0)
		buf_addf(b, "No change of level in %zu trend%s", looked_at,
			looked_at == 1 ? "" : "s");
	else
		buf_addf(b, "Too few runs to look for a change: %d are wanted", 2 * CHANGE_SEGMENT);
}

static void
changes(struct buf *b, const struct series_list *l)
{
	static const char *const names[] = {"Metric", "Variant", "First run after", "What differed",
		"Before", "After", "Shift", "p"};
	struct differ differ[DIFFERS];
	bool any = false;

	for (size_t i = 0; i < l->n; i++)
		any = any || l->series[i].n_changes > 0;
	html_raw(b, "<section id=\"changes\"><h2>Changes</h2>\n");
	if (any) {
		html_table(b,
			"Medians of the runs' medians on both sides; the shift is that of Hodges "
			"and Lehmann");
		html_columns(b, names, 8, 4);
	}
	for (size_t i = 0; i < l->n; i++)
		for (size_t k = 0; k < l->series[i].n_changes; k++) {
			const struct series *s = &l->series[i];
			const struct change *c = &s->changes[k];
			const struct history_run *r = s->runs[c->at];
			char text[48], path[600];
			struct buf said = {0};

			html_row(b);
			html_rowhead(b, s->metric);
			html_cell(b, s->variant);
			html_raw(b, "<td class=\"d\">");
			snprintf(path, sizeof(path), "%.500s/report.html", r->dir);
			html_link_as(b, path, history_show_time(r->began_ns, text));
			html_raw(b, "</td><td class=\"w\">");
			history_say_differs(
				&said, differ, series_differs(s, k, differ, DIFFERS), SAID);
			html_text(b, said.data);
			buf_done(&said);
			html_raw(b, "</td>");
			html_num(b, series_show(c->before, s->unit, text));
			html_num(b, series_show(c->after, s->unit, text));
			html_num(b, series_show_shift(c, s->unit, text));
			snprintf(text, sizeof(text), "%.3f", c->p_value);
			html_num(b, text);
			html_row_end(b);
		}
	if (any) {
		html_raw(b, "</tbody>");
		html_table_end(b);
	}
	html_raw(b, "<p class=\"mute\">");
	html_textf(b,
		"A change is looked for by binary segmentation: of all splits with %d runs on "
		"both sides the one whose sides differ most (standardized means of distances "
		"from the median, in median absolute deviations, at most 4), judged against %d "
		"permutations of the runs, told at p ≤ %.2f and a shift of at least 100 ms "
		"(times) and 5 %%. Of series without a change about one in a hundred is told to "
		"have one. What differed is what the runs on both sides of it recorded "
		"differently, first what keeps all runs before from all after; that it is the "
		"cause is not shown by this.",
		CHANGE_SEGMENT, CHANGE_PERMUTATIONS, CHANGE_ALPHA);
	html_raw(b, "</p></section>\n");
}

static void
run_row(struct buf *b, const struct history_run *r, const struct series_list *l)
{
	char text[48], path[600];

	html_raw(b, "<tr><td class=\"d\">");
	html_text(b, history_show_time(r->began_ns, text));
	html_raw(b, "</td><td class=\"w\">");
	snprintf(path, sizeof(path), "%.500s/report.html", r->dir);
	html_link_as(b, path, r->dir);
	html_raw(b, "</td>");
	buf_addf(b, "<td class=\"v %s\">", history_run_class(r));
	html_textf(b, "%s %s", history_run_sign(r), history_run_word(r));
	html_raw(b, "</td>");
	snprintf(text, sizeof(text), "%lld of %lld", (long long)r->valid, (long long)r->trials);
	html_num(b, text);
	for (size_t i = 0; history_headline[i] != NULL && l->n > 0; i++) {
		const struct history_metric *m = history_metric(r, history_headline[i]);

		html_num(b,
			m == NULL || isnan(m->p50) ? SHOW_NONE
						   : series_show(m->p50, m->unit, text));
	}
	html_raw(b, "</tr>\n");
}

static void
runs(struct buf *b, const struct history *h, const struct series_filter *f,
	const struct series_list *l)
{
	html_raw(b, "<section id=\"runs\"><h2>Runs</h2>\n");
	html_table(b,
		"The latest first; medians over the trials. Inconclusive and unfinished runs and "
		"those of sweeps are not in the trends");
	html_raw(b, "<thead><tr>");
	html_col(b, "Began (UTC)");
	html_col(b, "Run");
	html_col(b, "Verdict");
	html_col_num(b, "Valid trials");
	for (size_t i = 0; history_headline[i] != NULL && l->n > 0; i++)
		html_col_num(b, history_headline[i]);
	html_raw(b, "</tr></thead><tbody>\n");
	for (size_t i = h->n; i-- > 0;)
		if (series_wants(f, &h->runs[i]))
			run_row(b, &h->runs[i], l);
	html_raw(b, "</tbody>");
	html_table_end(b);
	html_raw(b, "</section>\n");
}

int
history_page(const struct history *h, const struct series_filter *f, const struct series_list *l,
	struct buf *b, struct err *e)
{
	struct buf said = {0};
	int rc = 0;

	history_say(l, &said);
	html_page(b, f->scenario, css);
	html_raw(b, "<header><p class=\"meta\">");
	html_textf(b, "History of %s", f->scenario);
	html_raw(b, "</p>\n<h1>");
	html_text(b, said.data);
	html_raw(b, "</h1></header>\n");
	b->failed |= said.failed;
	buf_done(&said);
	for (size_t i = 0; rc == 0 && i < l->n; i++)
		rc = history_plot(b, &l->series[i], i, e);
	if (rc < 0)
		return rc;
	changes(b, l);
	runs(b, h, f, l);
	html_raw(b, "</main>\n</body></html>\n");
	return buf_check(b, e);
}
