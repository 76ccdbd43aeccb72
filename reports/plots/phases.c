/* phases.c - the waterfall of the phases over all streams of all trials: medians one behind the other, each with its spread. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reports/plots/bars.h"
#include "reports/plots/figure.h"
#include "reports/show.h"

/* All streams with a budget, and the target that their totals are held against. */
struct phases {
	const struct result *result;
	double total_p10_ms, total_p50_ms, total_p90_ms; /* NaN: not known */
	const struct target *target;			 /* NULL: none */
};

static int
double_cmp(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static int
totals(struct phases *p)
{
	const struct budget *b = &p->result->budget;
	double *all;
	size_t n = 0;

	p->total_p10_ms = p->total_p50_ms = p->total_p90_ms = NAN;
	for (size_t i = 0; i < b->n_cities; i++)
		n += b->city[i].n_totals;
	if (n == 0)
		return 0;
	all = calloc(n, sizeof(*all));
	if (all == NULL)
		return -ENOMEM;
	n = 0;
	for (size_t i = 0; i < b->n_cities; i++)
		for (size_t k = 0; k < b->city[i].n_totals; k++)
			all[n++] = b->city[i].total_ms[k];
	qsort(all, n, sizeof(*all), double_cmp);
	p->total_p10_ms = all[(size_t)(0.1 * (double)(n - 1) + 0.5)];
	p->total_p50_ms = all[(n - 1) / 2];
	p->total_p90_ms = all[(size_t)(0.9 * (double)(n - 1) + 0.5)];
	free(all);
	return 0;
}

/* A documented time of the first good answer is a line in the picture. */
static const struct target *
target_of(const struct result *r)
{
	for (size_t i = 0; i < r->n_targets; i++) {
		const struct target *t = &r->targets[i];

		if (t->metric != NULL && strcmp(t->metric, "first_good_answer_ms") == 0 &&
			t->target > 0 && t->unit != NULL && strcmp(t->unit, "ms") == 0)
			return t;
	}
	return NULL;
}

/* A bar from `from_ms` on, as long as the median, and a line from p10 to p90 of where it ends. */
static void
row(struct buf *s, const struct frame *f, const struct phase *p, double from_ms, double top_px,
	const char *name)
{
	struct bars_row shape = bars_row(f->is_narrow);
	double mid = top_px + shape.bar_y_px, x0 = frame_x_px(f, from_ms / 1e3),
	       x1 = frame_x_px(f, (from_ms + p->p50_ms) / 1e3),
	       low = frame_x_px(f, (from_ms + p->p10_ms) / 1e3),
	       high = frame_x_px(f, (from_ms + p->p90_ms) / 1e3);
	char text[3 * SHOW_BYTES + 16], tip[3 * SHOW_BYTES + 140], a[SHOW_BYTES], b[SHOW_BYTES],
		c[SHOW_BYTES];

	bars_words(s, f, top_px, COLOUR_INK, name);
	if (!isfinite(low) || !isfinite(high) || !isfinite(x1))
		return;
	bars_add(s, f, x0, x1, mid - shape.bar_px / 2, mid + shape.bar_px / 2,
		p->name == NULL ? COLOUR_MUTE : phase_colour(phase_kind(p->name)));
	/* As bars, that they lie on top of the other; a line of one pixel is hard to see in print. */
	bars_add(s, f, low, high, mid - 0.7, mid + 0.7, COLOUR_INK);
	bars_add(s, f, low - 0.7, low + 0.7, mid - 4, mid + 4, COLOUR_INK);
	bars_add(s, f, high - 0.7, high + 0.7, mid - 4, mid + 4, COLOUR_INK);
	snprintf(text, sizeof(text), "%s (%s to %s)", show_ms(p->p50_ms, a), show_ms(p->p10_ms, b),
		show_ms(p->p90_ms, c));
	snprintf(tip, sizeof(tip), "%.60s: median %s, p10 %s, p90 %s, in %.0f streams", name, a, b,
		c, p->streams);
	frame_tip(s, 0, top_px, f->width_px, top_px + shape.height_px, tip);
	if (f->is_narrow)
		frame_text(s, f, f->width_px, top_px + shape.text_y_px, ALIGN_RIGHT, COLOUR_MUTE,
			text);
	else
		bars_figure(s, f, top_px, fmin(low, x0), fmax(high, x1), text);
}

/* A phase that took nobody's time has no row; the table has it. */
static bool
is_any(const struct phase *p)
{
	return p->p90_ms >= 0.0005;
}

static void
target_line(struct buf *s, const struct frame *f, const struct target *t)
{
	char text[SHOW_BYTES + 16], figure[SHOW_BYTES];
	double x = frame_x_px(f, t->target / 1e3), half;

	snprintf(text, sizeof(text), "target %s", show_ms_stated(t->target, figure));
	half = frame_text_px(text) / 2;
	frame_line(s, f, x, f->top_px - 2, x, f->bottom_px, COLOUR_UNANSWERED_TEXT, 1.4, true);
	frame_text(s, f, fmin(x, f->width_px - half), f->top_px - 10, ALIGN_CENTER,
		COLOUR_UNANSWERED_TEXT, text);
}

static void
script(struct buf *s, const void *subject, bool is_narrow)
{
	const struct phases *p = subject;
	const struct result *r = p->result;
	struct bars_row shape = bars_row(is_narrow);
	bool has_total = isfinite(p->total_p50_ms), is_used[PHASE_KINDS] = {0};
	struct phase total = {.p10_ms = p->total_p10_ms,
		.p50_ms = p->total_p50_ms,
		.p90_ms = p->total_p90_ms,
		.streams = r->budget.streams};
	struct frame f = {.is_narrow = is_narrow,
		.width_px = is_narrow ? FRAME_NARROW_PX : FRAME_WIDE_PX,
		.left_px = is_narrow ? 18 : 220,
		.y_max = 1,
		.x_max = has_total ? fmax(0.001, p->total_p90_ms / 1e3) : 0.001};
	double from_ms = 0;
	size_t n = 0;

	for (size_t i = 0; i < r->n_phases; i++) {
		if (!is_any(&r->phases[i]))
			continue;
		n++;
		f.x_max = fmax(f.x_max, (from_ms + r->phases[i].p90_ms) / 1e3);
		from_ms += fmax(0, r->phases[i].p50_ms);
		is_used[phase_kind(r->phases[i].name)] = true;
	}
	if (p->target != NULL && p->target->target / 1e3 < 3 * f.x_max)
		f.x_max = fmax(f.x_max, p->target->target / 1e3);
	f.right_px = f.width_px - (is_narrow ? 16 : 190);
	f.top_px = bars_legend_px(&f, is_used) + (p->target != NULL ? 20 : 4);
	f.bottom_px = f.top_px + shape.height_px * (double)(n + (has_total ? 1 : 0)) + 2;
	f.height_px = f.bottom_px + 26;
	frame_begin(s, &f);
	frame_area(s, &f);
	bars_legend(s, &f, is_narrow ? 0 : f.left_px, 0, is_used);
	frame_seconds(s, &f, true);
	buf_addf(s, "set grid xtics lc rgb '#%06x' lw 1 dt 1\n", colour_rgb(COLOUR_GRID));
	if (p->target != NULL && p->target->target / 1e3 <= f.x_max)
		target_line(s, &f, p->target);
	from_ms = 0;
	for (size_t i = 0, at = 0; i < r->n_phases; i++) {
		if (!is_any(&r->phases[i]))
			continue;
		row(s, &f, &r->phases[i], from_ms, f.top_px + shape.height_px * (double)at++,
			phase_title(r->phases[i].name));
		from_ms += fmax(0, r->phases[i].p50_ms);
	}
	if (has_total)
		row(s, &f, &total, 0, f.top_px + shape.height_px * (double)n, "All of it");
	bars_flush(s);
}

static const char *
clause_of(const struct phase *p)
{
	return phase_kind(p->name) == PHASE_UNEXPLAINED ? "what is unexplained"
							: phase_clause(p->name);
}

/* Which phase takes most, and which varies most between streams: there a better configuration makes outages even. */
static void
say_title(const struct phase *most, const struct phase *widest, char *title, size_t size)
{
	char a[SHOW_BYTES], b[SHOW_BYTES], c[SHOW_BYTES];

	if (most == widest)
		snprintf(title, size,
			"Most time and most variation go to %s: %s at the median, %s (p10) to %s "
			"(p90)",
			clause_of(most), show_ms(most->p50_ms, a), show_ms(most->p10_ms, b),
			show_ms(most->p90_ms, c));
	else
		snprintf(title, size,
			"Most time goes to %s, %s at the median; most variation to %s, %s (p10) to "
			"%s (p90)",
			clause_of(most), show_ms(most->p50_ms, a), clause_of(widest),
			show_ms(widest->p10_ms, b), show_ms(widest->p90_ms, c));
}

int
plot_phases(struct buf *page, const struct scene *scene, struct err *e)
{
	const struct result *r = scene->result;
	struct phases all = {.result = r, .target = target_of(r)};
	const struct phase *most = NULL, *widest = NULL;
	char title[280], subtitle[640], a[SHOW_BYTES];
	size_t valid = result_valid_trials(r);

	for (size_t i = 0; i < r->n_phases; i++) {
		const struct phase *p = &r->phases[i];

		if (!isfinite(p->p90_ms - p->p10_ms) || !isfinite(p->p50_ms))
			continue;
		if (most == NULL || p->p50_ms > most->p50_ms)
			most = p;
		if (widest == NULL || p->p90_ms - p->p10_ms > widest->p90_ms - widest->p10_ms)
			widest = p;
	}
	if (most == NULL)
		return 0;
	if (totals(&all) < 0)
		return err_sys(e, ENOMEM, "plot of the phases");
	say_title(most, widest, title, sizeof(title));
	snprintf(subtitle, sizeof(subtitle),
		"Over %s%s %s%s that were served again%s, hops summed. Bar: the "
		"median of a phase, begun where the medians before it end; line: p10 to p90 of "
		"that phase alone. x: seconds from the fault. Medians do not add up: the last row "
		"is the whole, measured.",
		r->budget.streams == 1 ? "the only" : "all ",
		r->budget.streams == 1 ? "" : show_count(r->budget.streams, a),
		r->budget.streams == 1 ? "stream" : "streams", valid > 1 ? " × trials" : "",
		result_is_elsewhere(r) ? " by another PoP" : " while the fault lasted");
	return figure_add(page, "phases-all", title, subtitle, subtitle, script, &all, e);
}
