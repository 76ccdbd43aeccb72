/* section_outage.c - the figures of the outage: cities, all metrics. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reports/columns.h"
#include "reports/html.h"
#include "reports/page.h"
#include "reports/show.h"
#include "reports/verdict.h"

/* All figures of a row stand in one unit, with the same decimals. */
struct scale {
	const char *unit;
	double factor, step; /* step: figures are multiples of it; 0: none */
	int decimals;
};

/* Decimals that leave the median (of nothing but noughts: the most) three digits, and none finer than it is exact to. */
static int
decimals_of(const struct metric *m, double factor)
{
	double typical = fabs(m->stats.p50) > 0 ? m->stats.p50 : m->stats.max, step;
	int n = 0;

	typical = (isnan(typical) ? m->stats.min : typical) * factor;
	n = fabs(typical) < 9.995 ? 2 : fabs(typical) < 99.95 ? 1 : 0;
	if (m->accuracy_ms > 0) {
		step = m->accuracy_ms * factor;
		n = (int)fmin(n, fmax(0, -floor(log10(step) + 1e-9)));
	}
	return n;
}

static struct scale
scale_of(const struct metric *m)
{
	const double figures[] = {m->stats.p50, m->stats.p99, m->stats.ci_low, m->stats.ci_high};
	struct scale s = {.unit = m->unit == NULL ? SHOW_NONE : m->unit, .factor = 1};
	double most = isnan(m->stats.max) ? m->stats.min : m->stats.max;

	if (strcmp(s.unit, "ms") == 0) {
		s.unit = most >= 999.5 ? "s" : "ms";
		s.factor = most >= 999.5 ? 1e-3 : 1;
		s.decimals = decimals_of(m, s.factor);
		if (m->accuracy_ms > 0)
			s.step = pow(10, floor(log10(m->accuracy_ms * s.factor) + 1e-9));
	} else if (strcmp(s.unit, "ratio") == 0) {
		s = (struct scale){.unit = "%", .factor = 100, .decimals = 1};
	} else {
		if (strcmp(s.unit, "qps") == 0)
			s.unit = "q/s";
		/* A count, but its median may lie between two. */
		for (size_t i = 0; i < sizeof(figures) / sizeof(figures[0]); i++)
			if (figures[i] != floor(figures[i]) && fabs(figures[i]) < 100)
				s.decimals = 1;
	}
	return s;
}

static const char *
show(const struct scale *s, double v, char text[static SHOW_BYTES])
{
	double shown = v * s->factor;

	if (!isfinite(v))
		return SHOW_NONE;
	if (s->step > 0)
		shown = round(shown / s->step) * s->step;
	if (s->decimals == 0 && shown >= 0)
		return show_count(round(shown), text);
	if (fabs(shown) < 0.5 * pow(10, -s->decimals))
		shown = 0; /* never "-0.0" */
	snprintf(text, SHOW_BYTES, "%s%.*f", shown < 0 ? "\xe2\x88\x92" : "", s->decimals,
		fabs(shown));
	return text;
}

/* The highest ranks of samples of which some never came have no figure. */
static const char *
show_high(const struct metric *m, const struct scale *s, double v, char text[static SHOW_BYTES])
{
	return isnan(v) && m->missing > 0 ? "never" : show(s, v, text);
}

static void
metric_row(struct buf *b, const struct metric *m)
{
	char text[SHOW_BYTES], low[SHOW_BYTES], high[SHOW_BYTES], ci[SHOW_BYTES * 3] = SHOW_NONE;
	struct scale s = scale_of(m);

	html_row(b);
	html_rowhead(b, m->name);
	html_cell(b, s.unit);
	html_cell(b, m->over == NULL ? SHOW_NONE : m->over);
	html_raw(b, "<td class=\"n\">");
	html_text(b, show_count(m->stats.n, text));
	if (m->missing > 0)
		html_textf(b, " (%s never)", show_count(m->missing, text));
	html_raw(b, "</td>");
	html_num(b, show(&s, m->stats.min, text));
	html_num(b, show_high(m, &s, m->stats.p50, text));
	html_num(b, show_high(m, &s, m->stats.p99, text));
	html_num(b, show_high(m, &s, m->stats.max, text));
	if (!isnan(m->stats.ci_low) && !isnan(m->stats.ci_high))
		snprintf(ci, sizeof(ci), "%s to %s", show(&s, m->stats.ci_low, low),
			show(&s, m->stats.ci_high, high));
	html_num(b, ci);
	if (m->accuracy_ms > 0)
		snprintf(ci, sizeof(ci), "± %s", show_ms_about(m->accuracy_ms, text));
	html_num(b, m->accuracy_ms > 0 ? ci : SHOW_NONE);
	html_raw(b, "<td class=\"w\">");
	html_text(b, m->rfc == NULL ? SHOW_NONE : m->rfc);
	html_raw(b, "</td>");
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
	static const char *const names[] = {"Metric", "Unit", "Samples are", "Samples", "Least",
		"Median", "p99", "Most", "95 % interval of the median", "Exact to", "In the RFCs"};
	size_t valid = result_valid_trials(r);
	char caption[320], gap[SHOW_BYTES];

	if (r->n_metrics == 0)
		return;
	html_raw(b, "<details id=\"metrics\"><summary>");
	html_textf(b, "All %zu metrics of the run", r->n_metrics);
	html_raw(b, "</summary>\n");
	snprintf(caption, sizeof(caption),
		"Over %zu valid %s%s; what rests on answers is exact to ± %s (the sampling gap); "
		"no "
		"figure has a digit finer than it is exact to",
		valid, valid == 1 ? "trial" : "trials",
		valid < VERDICT_QUICK_LOOK ? ", a quick look" : "", show_ms_stated(r->gap_ms, gap));
	html_table(b, caption);
	html_raw(b, "<thead>");
	html_row(b);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		(i < 3 || i == 10 ? html_col : html_col_num)(b, names[i]);
	html_row_end(b);
	html_raw(b, "</thead><tbody>\n");
	for (size_t i = 0; i < r->n_metrics; i++)
		if (r->metrics[i].stats.n > 0)
			metric_row(b, &r->metrics[i]);
	html_raw(b, "</tbody>");
	html_table_end(b);
	without_sample(b, r);
	html_raw(b, "</details>\n");
}

static void
city_name(struct buf *b, const void *row)
{
	const struct city *c = row;

	html_text(b, c->title == NULL ? c->city : c->title);
}

static void
city_affected(struct buf *b, const void *row)
{
	html_text(b, ((const struct city *)row)->affected ? "yes" : "no");
}

void
section_cities(struct buf *b, const struct result *r)
{
	static const struct column columns[] = {
		{"City", city_name, NULL, 0},
		{"Affected", city_affected, NULL, 0},
		COLUMN("Streams", show_count, struct city, streams),
		COLUMN("Queries sent", show_count, struct city, sent),
		COLUMN("Unanswered", show_count, struct city, unanswered),
		COLUMN("of it ICMP errors", show_count, struct city, icmp_unreachable),
		COLUMN("Loss, median", show_ms, struct city, loss_ms.p50),
		COLUMN("Loss, worst", show_ms, struct city, loss_ms.max),
		COLUMN("First good, median", show_ms, struct city, first_good_ms.p50),
		COLUMN("First good, worst", show_ms, struct city, first_good_ms.max),
		COLUMN("Lost at the return", show_count, struct city, restore_unanswered),
	};
	const void **rows = calloc(r->n_cities + 1, sizeof(*rows));
	size_t valid = result_valid_trials(r), n = 0;
	char caption[300], gap[SHOW_BYTES];

	if (rows == NULL) {
		b->failed = true;
		return;
	}
	for (int affected = 1; affected >= 0; affected--)
		for (size_t i = 0; i < r->n_cities; i++)
			if (r->cities[i].affected == (affected == 1))
				rows[n++] = &r->cities[i];
	snprintf(caption, sizeof(caption),
		"City by city: queries summed, times over all streams of %zu valid %s; times from "
		"the fault, ± %s (the sampling gap)",
		valid, valid == 1 ? "trial" : "trials", show_ms_stated(r->gap_ms, gap));
	if (n > 0 && valid > 0)
		columns_table(b, caption, columns, sizeof(columns) / sizeof(columns[0]), rows, n);
	free(rows);
}
