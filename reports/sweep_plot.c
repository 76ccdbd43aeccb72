/* sweep_plot.c - a sweep drawn: outage over the values of one knob, outage against cost with the settings nothing beats. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reports/html.h"
#include "reports/show.h"
#include "reports/sweep_page.h"

struct frame {
	double width, height, left, right, top, bottom; /* of the picture; of its margins */
	double x_low, x_high, y_low, y_high;		/* what is shown */
};

enum { TICKS_MAX = 8 };

static double
at_x(const struct frame *f, double x)
{
	return f->left + (x - f->x_low) / (f->x_high - f->x_low) * (f->width - f->left - f->right);
}

static double
at_y(const struct frame *f, double y)
{
	return f->height - f->bottom -
		(y - f->y_low) / (f->y_high - f->y_low) * (f->height - f->top - f->bottom);
}

/* A round step that gives at most six ticks. */
static double
step_of(double span)
{
	double power = pow(10, floor(log10(span / 5))), left = span / 5 / power;

	return power * (left <= 1 ? 1 : left <= 2 ? 2 : left <= 5 ? 5 : 10);
}

static void
begin(struct buf *b, const struct frame *f, bool narrow, const char *title)
{
	buf_addf(b, "<svg class=\"%s\" viewBox=\"0 0 %.0f %.0f\" role=\"img\"",
		narrow ? "narrow" : "wide", f->width, f->height);
	html_attr(b, "aria-label", title);
	html_raw(b, ">\n");
}

static void
text_at(struct buf *b, double x, double y, const char *anchor, const char *class, const char *text)
{
	buf_addf(b, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" class=\"%s\">", x, y, anchor,
		class);
	html_text(b, text);
	html_raw(b, "</text>\n");
}

static void
y_axis(struct buf *b, const struct frame *f)
{
	double step = step_of(f->y_high - f->y_low);
	char text[SHOW_BYTES];

	for (int i = 0; i <= TICKS_MAX; i++) {
		double y = f->y_low + i * step;

		if (y > f->y_high * 1.0001)
			break;
		buf_addf(b,
			"<line class=\"grid\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\"/>",
			f->left, f->width - f->right, at_y(f, y), at_y(f, y));
		text_at(b, f->left - 6, at_y(f, y) + 4, "end", "tick", show_ms_stated(y, text));
	}
}

static void
x_axis_cost(struct buf *b, const struct frame *f)
{
	double step = step_of(f->x_high - f->x_low);
	char text[32];

	for (int i = 0; i <= TICKS_MAX; i++) {
		double x = (floor(f->x_low / step) + i) * step;

		if (x < f->x_low - 1e-12)
			continue;
		if (x > f->x_high * 1.0001)
			break;
		buf_addf(b,
			"<line class=\"grid\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\"/>",
			at_x(f, x), at_x(f, x), f->top, f->height - f->bottom);
		snprintf(text, sizeof(text), "%.3g %%", x * 100);
		text_at(b, at_x(f, x), f->height - f->bottom + 16, "middle", "tick", text);
	}
	text_at(b, f->width - f->right, f->height - 6, "end", "tick",
		"a core's share at the sites, left alone");
}

/* The largest finite worst outage, or 0. */
static double
worst_of_all(const struct sweep_doc *d)
{
	double worst = 0;

	for (size_t i = 0; i < d->n_items; i++)
		if (isfinite(d->items[i].worst_ms))
			worst = fmax(worst, d->items[i].worst_ms);
	return worst;
}

/* ---- one knob ---- */

static void
line_item(struct buf *b, const struct sweep_doc *d, const struct frame *f, size_t i)
{
	const struct sweep_doc_item *item = &d->items[i];
	double x = at_x(f, (double)i);
	char text[96], figure[SHOW_BYTES];

	sweep_doc_value(&d->knobs[0], item->value[0], text);
	text_at(b, x, f->height - f->bottom + 18, "middle",
		sweep_doc_is_now(d, item) ? "label now" : "label", text);
	if (!isnan(item->idle.sites_cores)) {
		snprintf(text, sizeof(text), "%.1f %%", 100 * item->idle.sites_cores);
		text_at(b, x, f->height - f->bottom + 34, "middle", "tick", text);
	}
	if (!isfinite(item->worst_ms)) {
		text_at(b, x, at_y(f, f->y_low) - 6, "middle", "lost",
			isinf(item->worst_ms)	       ? "never back"
				: !item->done	       ? "not done"
				: item->failed != NULL ? "failed"
						       : "no valid trial");
		return;
	}
	buf_addf(b, "<line class=\"span\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\"/>", x, x,
		at_y(f, item->median_ms), at_y(f, item->worst_ms));
	buf_addf(b, "<circle class=\"median\" cx=\"%.1f\" cy=\"%.1f\" r=\"4\"/>", x,
		at_y(f, item->median_ms));
	buf_addf(b, "<circle class=\"worst\" cx=\"%.1f\" cy=\"%.1f\" r=\"5\"/>", x,
		at_y(f, item->worst_ms));
	text_at(b, x, at_y(f, item->worst_ms) - 10, "middle", "label",
		show_ms(item->worst_ms, figure));
}

static void
line_svg(struct buf *b, const struct sweep_doc *d, bool narrow)
{
	struct frame f = {.width = narrow ? 380 : 760,
		.height = narrow ? 300 : 320,
		.left = 58,
		.right = 14,
		.top = 26,
		.bottom = 46};
	char title[128];

	f.x_low = -0.5;
	f.x_high = (double)d->n_items - 0.5;
	f.y_high = worst_of_all(d) > 0 ? worst_of_all(d) * 1.05 : 1;
	snprintf(title, sizeof(title), "Outage over %.60s", d->knobs[0].name);
	begin(b, &f, narrow, title);
	y_axis(b, &f);
	for (size_t i = 0; i < d->n_items; i++)
		line_item(b, d, &f, i);
	html_raw(b, "</svg>\n");
}

void
sweep_line(const struct sweep_doc *d, struct buf *b)
{
	bool has_cost = false;

	if (d->n_knobs != 1 || d->metric == NULL)
		return;
	for (size_t i = 0; i < d->n_items; i++)
		has_cost = has_cost || !isnan(d->items[i].idle.sites_cores);
	html_raw(b, "<section id=\"line\"><h2>");
	html_textf(b, "Outage over %s", d->knobs[0].name);
	html_raw(b, "</h2><figure><figcaption><p>");
	html_textf(b,
		"The worst client's outage (large, with its figure) and the median client's "
		"(small), "
		"at each value of %s%s%s.",
		d->knobs[0].name,
		has_cost ? "; below it what the sites use of a core when left alone" : "",
		d->knobs[0].now != NULL && d->knobs[0].now[0] != '\0'
			? "; underlined is the value of today"
			: "");
	html_raw(b, "</p></figcaption>");
	line_svg(b, d, false);
	line_svg(b, d, true);
	html_raw(b, "</figure></section>\n");
}

/* ---- outage against cost ---- */

struct cloud {
	double x[SWEEP_DOC_ITEMS], y[SWEEP_DOC_ITEMS];
	bool front[SWEEP_DOC_ITEMS];
	size_t front_len;
};

static size_t
gather(const struct sweep_doc *d, struct cloud *c)
{
	size_t n = 0;

	for (size_t i = 0; i < d->n_items; i++) {
		c->x[i] = d->items[i].idle.sites_cores;
		c->y[i] = d->items[i].worst_ms;
		n += isfinite(c->x[i]) && isfinite(c->y[i]);
	}
	sweep_pareto(c->x, c->y, d->n_items, c->front);
	for (size_t i = 0; i < d->n_items; i++)
		c->front_len += c->front[i];
	return n;
}

static void
frame_cloud(const struct sweep_doc *d, const struct cloud *c, struct frame *f)
{
	double low = INFINITY, high = 0;

	for (size_t i = 0; i < d->n_items; i++) {
		const double *halves = d->items[i].idle.halves_cores;

		if (!isfinite(c->x[i]) || !isfinite(c->y[i]))
			continue;
		for (size_t k = 0; k < 3; k++) {
			double x = k < 2 && !isnan(halves[k]) ? halves[k] : c->x[i];

			low = fmin(low, x);
			high = fmax(high, x);
		}
	}
	f->x_low = fmax(0, low - 0.15 * (high - low) - 0.002);
	f->x_high = high + 0.15 * (high - low) + 0.002;
	f->y_low = 0;
	f->y_high = worst_of_all(d) * 1.08;
}

/* The front as steps: what is to be had at most for so much. */
static void
draw_front(struct buf *b, const struct sweep_doc *d, const struct cloud *c, const struct frame *f)
{
	bool used[SWEEP_DOC_ITEMS] = {false};
	double last_y = NAN;

	html_raw(b, "<path class=\"front\" d=\"");
	for (size_t drawn = 0; drawn < c->front_len; drawn++) {
		size_t next = SIZE_MAX;

		for (size_t i = 0; i < d->n_items; i++)
			if (c->front[i] && !used[i] && (next == SIZE_MAX || c->x[i] < c->x[next]))
				next = i;
		used[next] = true;
		if (isnan(last_y))
			buf_addf(b, "M%.1f %.1f", at_x(f, c->x[next]), at_y(f, c->y[next]));
		else
			buf_addf(b, "L%.1f %.1fL%.1f %.1f", at_x(f, c->x[next]), at_y(f, last_y),
				at_x(f, c->x[next]), at_y(f, c->y[next]));
		last_y = c->y[next];
	}
	html_raw(b, "\"/>\n");
}

/* Labels that would lie over another go a line up, at most so often. */
struct labels {
	double x[SWEEP_DOC_ITEMS], y[SWEEP_DOC_ITEMS], width[SWEEP_DOC_ITEMS];
	size_t n;
};

static double
free_line(struct labels *l, double x, double y, double width)
{
	for (size_t tries = 0; tries < 6; tries++) {
		bool taken = false;

		for (size_t i = 0; i < l->n; i++)
			taken = taken ||
				(fabs(l->y[i] - y) < 13 && x < l->x[i] + l->width[i] &&
					l->x[i] < x + width);
		if (!taken)
			break;
		y -= 13;
	}
	l->x[l->n] = x;
	l->y[l->n] = y;
	l->width[l->n++] = width;
	return y;
}

static void
draw_point(struct buf *b, const struct sweep_doc *d, const struct cloud *c, const struct frame *f,
	size_t i, struct labels *labels)
{
	const struct sweep_doc_item *item = &d->items[i];
	double x = at_x(f, c->x[i]), y = at_y(f, c->y[i]), width;
	char name[256];
	bool left;

	if (!isnan(item->idle.halves_cores[0]))
		buf_addf(b,
			"<line class=\"halves\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\"/>",
			at_x(f, fmin(item->idle.halves_cores[0], item->idle.halves_cores[1])),
			at_x(f, fmax(item->idle.halves_cores[0], item->idle.halves_cores[1])), y,
			y);
	buf_addf(b, "<circle class=\"%s\" cx=\"%.1f\" cy=\"%.1f\" r=\"%d\"><title>",
		c->front[i] ? "best" : "beaten", x, y, c->front[i] ? 6 : 4);
	html_text(b, sweep_doc_setting(d, item, false, name));
	html_raw(b, "</title></circle>\n");
	if (!c->front[i] && d->n_items > 12)
		return;
	sweep_doc_setting(d, item, true, name);
	width = 7.0 * (double)strlen(name);
	left = x + 10 + width > f->width;
	text_at(b, left ? x - 9 : x + 9,
		free_line(labels, left ? x - 9 - width : x + 9, y - 9, width),
		left ? "end" : "start",
		!c->front[i]			    ? "tick"
			: sweep_doc_is_now(d, item) ? "label now"
						    : "label",
		name);
}

static void
scatter_svg(struct buf *b, const struct sweep_doc *d, const struct cloud *c, bool narrow)
{
	struct frame f = {.width = narrow ? 380 : 760,
		.height = narrow ? 320 : 360,
		.left = 58,
		.right = 14,
		.top = 30,
		.bottom = 42};
	struct labels *labels = calloc(1, sizeof(*labels));

	if (labels == NULL) {
		b->failed = true;
		return;
	}
	frame_cloud(d, c, &f);
	begin(b, &f, narrow, "Outage against cost");
	y_axis(b, &f);
	x_axis_cost(b, &f);
	draw_front(b, d, c, &f);
	for (size_t pass = 0; pass < 2; pass++) /* the best have the first choice of place */
		for (size_t i = 0; i < d->n_items; i++)
			if (c->front[i] == (pass == 0) && isfinite(c->x[i]) && isfinite(c->y[i]))
				draw_point(b, d, c, &f, i, labels);
	html_raw(b, "</svg>\n");
	free(labels);
}

void
sweep_scatter(const struct sweep_doc *d, struct buf *b)
{
	struct cloud *c = calloc(1, sizeof(*c));
	size_t n;

	if (c == NULL) {
		b->failed = true;
		return;
	}
	n = d->metric == NULL ? 0 : gather(d, c);
	if (n >= 2) {
		html_raw(b, "<section id=\"scatter\"><h2>");
		html_textf(b, "%zu of %zu settings %s not beaten in both outage and cost",
			c->front_len, n, c->front_len == 1 ? "is" : "are");
		html_raw(b, "</h2><figure><figcaption><p>Each point is a setting (");
		for (size_t k = 0; k < d->n_knobs; k++)
			html_textf(b, "%s%s", k > 0 ? ", " : "", d->knobs[k].name);
		html_raw(b,
			"): the worst outage over what the sites use of a core when left alone. "
			"Large "
			"ones, joined by the line, are the settings that no other one beats; a bar "
			"spans the two halves of the time left alone, and what bars overlap is no "
			"difference.</p></figcaption>");
		scatter_svg(b, d, c, false);
		scatter_svg(b, d, c, true);
		html_raw(b, "</figure></section>\n");
	}
	free(c);
}
