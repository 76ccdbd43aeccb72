/* phases_by_city.c - the phases of each city's streams, medians one after the other. */
#include <math.h>
#include <stdio.h>

#include "reports/plots/bars.h"
#include "reports/plots/figure.h"
#include "reports/show.h"

#define CITIES_DRAWN 24

struct cities {
	const struct result *result;
	const struct city_phases *city[CITIES_DRAWN]; /* the slowest first */
	size_t n;
};

static double
median_of(const struct phase *p)
{
	return isfinite(p->p50_ms) && p->p50_ms > 0 ? p->p50_ms : 0;
}

static double
sum_of(const struct city_phases *c)
{
	double sum = 0;

	for (size_t i = 0; i < c->n; i++)
		sum += median_of(&c->phase[i]);
	return sum;
}

/* What orders the cities: what their streams took, or as much of it as is known. */
static double
rank_of(const struct city_phases *c)
{
	return isnan(c->total_p50_ms) ? sum_of(c) : c->total_p50_ms;
}

static double
unexplained_of(const struct city_phases *c)
{
	double sum = 0;

	for (size_t i = 0; i < c->n; i++)
		if (phase_kind(c->phase[i].name) == PHASE_UNEXPLAINED)
			sum += median_of(&c->phase[i]);
	return sum;
}

static void
row(struct buf *s, const struct frame *f, const struct result *r, const struct city_phases *c,
	double top_px)
{
	struct bars_row shape = bars_row(f->is_narrow);
	double mid = top_px + shape.bar_y_px, at_ms = 0, streams = 0;
	char text[160], a[SHOW_BYTES], b[SHOW_BYTES];

	for (size_t i = 0; i < c->n; i++) {
		const struct phase *p = &c->phase[i];
		double x0 = frame_x_px(f, at_ms / 1e3), x1;

		at_ms += median_of(p);
		x1 = frame_x_px(f, at_ms / 1e3);
		streams = fmax(streams, p->streams);
		if (median_of(p) <= 0)
			continue;
		/* A line of paper between neighbours of one colour. */
		bars_add(s, f, x0, x1 - x0 > 3 ? x1 - 1 : x1, mid - shape.bar_px / 2 - 1,
			mid + shape.bar_px / 2 + 1, phase_colour(phase_kind(p->name)));
		snprintf(text, sizeof(text), "%s %s", phase_short(p->name), show_ms(p->p50_ms, a));
		if (frame_text_px(text) + 8 < x1 - x0)
			frame_text(s, f, (x0 + x1) / 2, mid, ALIGN_CENTER, COLOUR_PAPER, text);
	}
	snprintf(text, sizeof(text), "%.40s (%.12s streams)", result_city_title(r, c->city),
		show_count(streams, a));
	bars_words(s, f, top_px, COLOUR_INK, text);
	snprintf(text, sizeof(text), "%s%sunexplained %s",
		isnan(c->total_p50_ms) ? "" : show_ms(c->total_p50_ms, a),
		isnan(c->total_p50_ms) ? "" : ", ", show_ms(unexplained_of(c), b));
	if (f->is_narrow)
		frame_text(s, f, f->width_px, top_px + shape.text_y_px, ALIGN_RIGHT, COLOUR_MUTE,
			text);
	else
		frame_text(s, f, frame_x_px(f, at_ms / 1e3) + 7, mid, ALIGN_LEFT, COLOUR_INK, text);
}

static void
script(struct buf *s, const void *subject, bool is_narrow)
{
	const struct cities *c = subject;
	struct bars_row shape = bars_row(is_narrow);
	struct frame f = {.is_narrow = is_narrow,
		.width_px = is_narrow ? FRAME_NARROW_PX : FRAME_WIDE_PX,
		.left_px = is_narrow ? 18 : 190,
		.y_max = 1,
		.x_max = 0.001};
	bool is_used[PHASE_KINDS] = {false};

	for (size_t i = 0; i < c->n; i++)
		f.x_max = fmax(f.x_max, sum_of(c->city[i]) / 1e3);
	for (size_t i = 0; i < c->n; i++)
		for (size_t k = 0; k < c->city[i]->n; k++)
			is_used[phase_kind(c->city[i]->phase[k].name)] = true;
	f.right_px = f.width_px - (is_narrow ? 20 : 190);
	f.top_px = bars_legend_px(&f, is_used) + 4;
	f.bottom_px = f.top_px + shape.height_px * (double)c->n + 2;
	f.height_px = f.bottom_px + 26;
	frame_begin(s, &f);
	frame_area(s, &f);
	frame_seconds(s, &f, true);
	buf_addf(s, "set grid xtics lc rgb '#%06x' lw 1 dt 1\n", colour_rgb(COLOUR_GRID));
	bars_legend(s, &f, is_narrow ? 0 : f.left_px, 0, is_used);
	for (size_t i = 0; i < c->n; i++)
		row(s, &f, c->result, c->city[i], f.top_px + shape.height_px * (double)i);
	bars_flush(s);
}

static void
add_city(struct cities *c, const struct city_phases *city)
{
	size_t at = c->n < CITIES_DRAWN ? c->n++ : CITIES_DRAWN - 1;

	while (at > 0 && rank_of(c->city[at - 1]) < rank_of(city)) {
		c->city[at] = c->city[at - 1];
		at--;
	}
	c->city[at] = city;
}

/* Only what was measured: a sum of medians is no stream's figure. */
static void
title_of(const struct cities *c, char *title, size_t size)
{
	const struct city_phases *first = c->city[0], *last = c->city[c->n - 1];
	char a[SHOW_BYTES], b[SHOW_BYTES];

	if (isnan(first->total_p50_ms) || isnan(last->total_p50_ms))
		snprintf(title, size, "The phases of each city's streams");
	else if (c->n == 1)
		snprintf(title, size, "Only %.60s: median %s",
			result_city_title(c->result, first->city), show_ms(first->total_p50_ms, a));
	else
		snprintf(title, size, "%.60s took longest, median %s; %.60s the least, %s",
			result_city_title(c->result, first->city), show_ms(first->total_p50_ms, a),
			result_city_title(c->result, last->city), show_ms(last->total_p50_ms, b));
}

int
plot_phases_by_city(struct buf *page, const struct scene *scene, struct err *e)
{
	const struct result *r = scene->result;
	struct cities c = {.result = r};
	char title[240];
	const char *subtitle =
		"Figures: the median over the city's streams of what a stream took in all. Bars: "
		"the "
		"median of each phase over these streams, one behind the other; a bar's length, "
		"their "
		"sum, is not the median of what the streams took. x: seconds from the fault.";

	for (size_t i = 0; i < r->budget.n_cities; i++)
		if (r->budget.city[i].n > 0 && sum_of(&r->budget.city[i]) > 0)
			add_city(&c, &r->budget.city[i]);
	if (c.n == 0)
		return 0;
	title_of(&c, title, sizeof(title));
	return figure_add(page, "phases-cities", title, subtitle, subtitle, script, &c, e);
}
