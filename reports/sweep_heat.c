/* sweep_heat.c - outage and cost over two knobs, side by side: a cell a setting, the figure in it, the colour only helps. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "reports/html.h"
#include "reports/show.h"
#include "reports/sweep_page.h"

/* Text stays readable up to this share of the colour, in light and in dark. */
enum { DEEPEST_PERCENT = 60 };

enum heat { HEAT_OUTAGE, HEAT_COST };

static double
figure(const struct sweep_doc_item *item, enum heat kind)
{
	return kind == HEAT_OUTAGE ? item->worst_ms : item->idle.sites_cores;
}

static void
limits(const struct sweep_doc *d, enum heat kind, double *low, double *high)
{
	*low = INFINITY;
	*high = -INFINITY;
	for (size_t i = 0; i < d->n_items; i++) {
		double value = figure(&d->items[i], kind);

		if (!isfinite(value))
			continue;
		*low = fmin(*low, value);
		*high = fmax(*high, value);
	}
}

static void
outage_words(struct buf *b, const struct sweep_doc_item *item)
{
	char text[SHOW_BYTES];

	if (isinf(item->worst_ms))
		html_raw(b, "<b>never back</b>");
	else
		buf_addf(b, "<b>%s</b>", show_ms(item->worst_ms, text));
	if (!isnan(item->median_ms))
		buf_addf(b, "<small>median %s</small>", show_ms(item->median_ms, text));
	if (item->valid < item->trials)
		buf_addf(b, "<small>%.0f of %.0f valid</small>", item->valid, item->trials);
}

static void
cost_words(struct buf *b, const struct sweep_doc_item *item)
{
	const struct sweep_doc_idle *idle = &item->idle;

	buf_addf(b, "<b>%.1f %%</b>", 100 * idle->sites_cores);
	if (!isnan(idle->halves_cores[0]))
		buf_addf(b, "<small>%.1f, %.1f in halves</small>", 100 * idle->halves_cores[0],
			100 * idle->halves_cores[1]);
	if (idle->alarms > 0)
		buf_addf(b, "<small class=\"bad\">%.0f false alarm%s</small>", idle->alarms,
			idle->alarms == 1 ? "" : "s");
}

/* Why there is no figure: a cell that says nothing would be taken for a good one. */
static void
absent_words(struct buf *b, const struct sweep_doc_item *item)
{
	if (!item->done)
		html_raw(b, "<small>not done yet</small>");
	else if (item->failed != NULL)
		html_raw(b, "<small class=\"bad\">failed</small>");
	else if (item->valid == 0)
		html_raw(b, "<small class=\"bad\">no valid trial</small>");
	else
		html_raw(b, "<small>not measured</small>");
}

static void
cell(struct buf *b, const struct sweep_doc *d, const struct sweep_doc_item *item, enum heat kind,
	double low, double high)
{
	double value = figure(item, kind), share;

	if (isnan(value) || (kind == HEAT_COST && !isfinite(value))) {
		html_raw(b, "<td class=\"none\">");
		absent_words(b, item);
		html_raw(b, "</td>");
		return;
	}
	share = isinf(value) ? 1 : high > low ? (value - low) / (high - low) : 0;
	buf_addf(b, "<td class=\"%s%s\" style=\"--h:%.0f%%\">",
		kind == HEAT_OUTAGE ? "outage" : "cost", sweep_doc_is_now(d, item) ? " now" : "",
		4 + share * (DEEPEST_PERCENT - 4));
	if (kind == HEAT_OUTAGE)
		outage_words(b, item);
	else
		cost_words(b, item);
	html_raw(b, "</td>");
}

/* The item with these values of the first two knobs and, of the others, those of `like`. */
static const struct sweep_doc_item *
find(const struct sweep_doc *d, size_t row, size_t column, const struct sweep_doc_item *like)
{
	for (size_t i = 0; i < d->n_items; i++) {
		const struct sweep_doc_item *item = &d->items[i];
		bool same = item->value[0] == row && item->value[1] == column;

		for (size_t k = 2; k < d->n_knobs; k++)
			same = same && item->value[k] == like->value[k];
		if (same)
			return item;
	}
	return NULL;
}

static void
map(struct buf *b, const struct sweep_doc *d, const struct sweep_doc_item *like, enum heat kind)
{
	const struct sweep_doc_knob *down = &d->knobs[0], *across = &d->knobs[1];
	double low, high;
	char text[64];

	limits(d, kind, &low, &high);
	html_raw(b, "<table class=\"heat\"><caption><span>");
	html_text(b,
		kind == HEAT_OUTAGE ? "Outage: the worst client's"
				    : "Cost: a core's share that the sites use when left alone");
	html_raw(b, "</span></caption><thead><tr><td></td>");
	buf_addf(b, "<th scope=\"colgroup\" colspan=\"%zu\">", across->n);
	html_text(b, across->name);
	html_raw(b, "</th></tr><tr><th scope=\"col\">");
	html_text(b, down->name);
	html_raw(b, "</th>");
	for (size_t c = 0; c < across->n; c++)
		html_col(b, sweep_doc_value(across, c, text));
	html_raw(b, "</tr></thead><tbody>\n");
	for (size_t r = 0; r < down->n; r++) {
		html_raw(b, "<tr>");
		html_rowhead(b, sweep_doc_value(down, r, text));
		for (size_t c = 0; c < across->n; c++) {
			const struct sweep_doc_item *item = find(d, r, c, like);

			if (item != NULL)
				cell(b, d, item, kind, low, high);
		}
		html_raw(b, "</tr>\n");
	}
	html_raw(b, "</tbody></table>\n");
}

/* "bfd-interval 300 ms": what the knobs beyond the second are at. */
static void
others(struct buf *b, const struct sweep_doc *d, const struct sweep_doc_item *like)
{
	char text[64];

	if (d->n_knobs < 3)
		return;
	html_raw(b, "<h3>");
	for (size_t k = 2; k < d->n_knobs; k++)
		html_textf(b, "%s%s %s", k > 2 ? ", " : "", d->knobs[k].name,
			sweep_doc_value(&d->knobs[k], like->value[k], text));
	html_raw(b, "</h3>");
}

/* The range of each, which is what the maps show. */
static void
heading(struct buf *b, const struct sweep_doc *d)
{
	char least[SHOW_BYTES], most[SHOW_BYTES];
	double low, high;
	bool has_outage = false;

	html_raw(b, "<h2>");
	limits(d, HEAT_OUTAGE, &low, &high);
	if (d->metric != NULL && isfinite(low)) {
		html_textf(b, "Outage: %s%s%s", show_ms(low, least), low < high ? " to " : "",
			low < high ? show_ms(high, most) : "");
		has_outage = true;
	}
	limits(d, HEAT_COST, &low, &high);
	if (isfinite(low))
		html_textf(b, "%s %.1f %% to %.1f %% of a core",
			has_outage ? "; cost:" : "Cost:", 100 * low, 100 * high);
	html_raw(b, "</h2>\n");
}

void
sweep_heat(const struct sweep_doc *d, struct buf *b)
{
	double low, high;

	if (d->n_knobs < 2)
		return;
	limits(d, HEAT_COST, &low, &high);
	if (d->metric == NULL && !isfinite(low))
		return;
	html_raw(b, "<section id=\"heat\">");
	heading(b, d);
	for (size_t i = 0; i < d->n_items; i++) {
		/* One pair of maps for each setting of the other knobs: the first cell of it stands for them. */
		if (d->items[i].value[0] != 0 || d->items[i].value[1] != 0)
			continue;
		others(b, d, &d->items[i]);
		html_raw(b, "<div class=\"pair\">");
		if (d->metric != NULL)
			map(b, d, &d->items[i], HEAT_OUTAGE);
		if (isfinite(low))
			map(b, d, &d->items[i], HEAT_COST);
		html_raw(b, "</div>\n");
	}
	html_raw(b,
		"<p class=\"meta\">Deeper is worse. A frame is the setting that the configuration "
		"has today. The halves are of the time left alone: what differs as much between "
		"them is no difference between settings.</p></section>\n");
}
