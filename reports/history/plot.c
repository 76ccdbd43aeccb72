/* plot.c - a metric from run to run: medians with their spread, levels, and where the level changed. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "reports/history/tell.h"
#include "reports/plots/figure.h"
#include "reports/plots/frame.h"

enum { TICKS_WIDE = 8, TICKS_NARROW = 3, DIFFERS = HISTORY_DIFFERS };

static double
scale_of(const struct series *s)
{
	return strcmp(s->unit, "ms") == 0 ? 1e3 : 1; /* seconds are drawn */
}

/* What never came is drawn at the upper edge. */
static double
drawn(const struct series *s, double value, double top)
{
	return isfinite(value) ? value / scale_of(s) : top;
}

static double
highest(const struct series *s)
{
	double high = 0;

	for (size_t i = 0; i < s->n; i++) {
		const struct history_metric *m = history_metric(s->runs[i], s->metric);

		if (isfinite(s->y[i]))
			high = fmax(high, s->y[i]);
		if (m != NULL && isfinite(m->max))
			high = fmax(high, m->max);
	}
	return high > 0 ? high / scale_of(s) : 1;
}

static void
y_axis(struct buf *b, const struct series *s, const struct frame *f)
{
	double step = frame_step(f->y_max, 5);
	char text[64];

	for (int i = 0; i * step <= f->y_max * 1.0001; i++) {
		double y = frame_y_px(f, i * step);

		frame_line(b, f, f->left_px, y, f->right_px, y, COLOUR_GRID, 1, false);
		snprintf(text, sizeof(text), "%g%s", i * step, scale_of(s) > 1 ? " s" : "");
		frame_text(b, f, f->left_px - 6, y, ALIGN_RIGHT, COLOUR_MUTE, text);
	}
}

/* Did all runs begin on one day? `ret` is that of the first: 2026-11-23. */
static bool
is_one_day(const struct series *s, char ret[static 24])
{
	char last[24];

	history_show_time(s->runs[0]->began_ns, ret);
	history_show_time(s->runs[s->n - 1]->began_ns, last);
	if (strlen(ret) < 16 || strncmp(ret, last, 10) != 0)
		return false;
	ret[10] = '\0';
	return true;
}

/* Dates at evenly spaced runs, or times of day. */
static void
x_axis(struct buf *b, const struct series *s, const struct frame *f)
{
	size_t most = f->is_narrow ? TICKS_NARROW : TICKS_WIDE;
	size_t step = s->n > most ? (s->n + most - 1) / most : 1;
	char when[24];
	bool one_day = s->n > 0 && is_one_day(s, when);

	for (size_t i = 0; i < s->n; i += step) {
		double x = frame_x_px(f, (double)i);

		frame_line(b, f, x, f->bottom_px, x, f->bottom_px + 4, COLOUR_MUTE, 1, false);
		history_show_time(s->runs[i]->began_ns, when);
		if (!one_day)
			when[10] = '\0'; /* the day */
		frame_text(b, f, x, f->bottom_px + 14, ALIGN_CENTER, COLOUR_MUTE,
			one_day			     ? when + 11
				: strlen(when) == 10 ? when + 5
						     : when);
	}
}

static void
levels(struct buf *b, const struct series *s, const struct frame *f, double top)
{
	for (size_t k = 0; k <= s->n_changes && s->n_changes > 0; k++) {
		size_t from = k == 0 ? 0 : s->changes[k - 1].at;
		size_t to = k == s->n_changes ? s->n : s->changes[k].at;
		double level =
			drawn(s, k == 0 ? s->changes[0].before : s->changes[k - 1].after, top);

		frame_line(b, f, frame_x_px(f, (double)from - 0.4), frame_y_px(f, level),
			frame_x_px(f, (double)to - 0.6), frame_y_px(f, level), COLOUR_SITE, 2,
			false);
	}
}

static size_t
make_flags(const struct series *s, struct flag flags[static SERIES_CHANGES])
{
	char shift[48];

	for (size_t i = 0; i < s->n_changes; i++) {
		flags[i] = (struct flag){.x = (double)s->changes[i].at - 0.5, .is_strong = true};
		snprintf(flags[i].text, sizeof(flags[i].text), "%s",
			series_show_shift(&s->changes[i], s->unit, shift));
	}
	return s->n_changes;
}

static void
points(struct buf *b, const struct series *s, double top)
{
	buf_add(b, "$SPREAD << EOD\n");
	for (size_t i = 0; i < s->n; i++) {
		const struct history_metric *m = history_metric(s->runs[i], s->metric);

		if (m != NULL && isfinite(m->min) && m->n > 1)
			buf_addf(b, "%zu %.6g 0 %.6g\n", i, m->min / scale_of(s),
				drawn(s, m->max, top) - m->min / scale_of(s));
	}
	buf_add(b, "EOD\n$POINTS << EOD\n");
	for (size_t i = 0; i < s->n; i++)
		buf_addf(b, "%zu %.6g\n", i, drawn(s, s->y[i], top));
	buf_add(b, "EOD\n");
}

static bool
has_spread(const struct series *s)
{
	for (size_t i = 0; i < s->n; i++) {
		const struct history_metric *m = history_metric(s->runs[i], s->metric);

		if (m != NULL && isfinite(m->min) && m->n > 1)
			return true;
	}
	return false;
}

static void
script(struct buf *b, const void *subject, bool is_narrow)
{
	const struct series *s = subject;
	struct flag flags[SERIES_CHANGES];
	struct frame f = {.is_narrow = is_narrow,
		.width_px = is_narrow ? FRAME_NARROW_PX : FRAME_WIDE_PX,
		.left_px = is_narrow ? 44 : 60,
		.x_min = -0.6,
		.x_max = (double)s->n - 0.4,
		.y_max = highest(s) * 1.06};
	size_t n = make_flags(s, flags);
	int rows;

	f.right_px = f.width_px - 16;
	rows = flags_place(flags, n, &f);
	f.top_px = 10 + FLAG_ROW_PX * rows;
	f.bottom_px = f.top_px + (is_narrow ? 170 : 220);
	f.height_px = f.bottom_px + 28;
	frame_begin(b, &f);
	frame_area(b, &f);
	buf_add(b, "unset xtics\n");
	y_axis(b, s, &f);
	x_axis(b, s, &f);
	levels(b, s, &f, f.y_max);
	flags_draw(b, &f, flags, n);
	points(b, s, f.y_max);
	buf_add(b, "plot ");
	if (has_spread(s))
		buf_addf(b,
			"$SPREAD using 1:2:3:4 with vectors nohead lc rgb '#%06x' lw 1.5 notitle, ",
			colour_rgb(COLOUR_MUTE));
	buf_addf(b, "$POINTS using 1:2 with points pt 7 ps %.2f lc rgb '#%06x' notitle\n",
		s->n > 100 ? 0.3 : 0.55, colour_rgb(COLOUR_INK));
}

/* What was found, as the figure's title. */
static void
title_of(const struct series *s, struct buf *b)
{
	char before[48], after[48], shift[48], when[24];
	const struct change *c = s->n_changes > 0 ? &s->changes[s->n_changes - 1] : NULL;

	buf_addf(b, "%s on %s: ", s->metric, s->variant);
	if (c != NULL)
		buf_addf(b, "from %s to %s (%s) on %s%s", series_show(c->before, s->unit, before),
			series_show(c->after, s->unit, after), series_show_shift(c, s->unit, shift),
			history_show_time(s->runs[c->at]->began_ns, when),
			s->n_changes > 1 ? ", and before" : "");
	else if (s->n < 2 * CHANGE_SEGMENT)
		buf_addf(b, "%zu run%s, too few to look for a change", s->n, s->n == 1 ? "" : "s");
	else
		buf_addf(b, "no change of level in %zu runs", s->n);
}

int
history_plot(struct buf *page, const struct series *s, size_t number, struct err *e)
{
	struct buf title = {0}, subtitle = {0};
	struct differ differ[DIFFERS];
	char id[32], day[24];
	bool one_day = s->n > 0 && is_one_day(s, day);
	int rc;

	snprintf(id, sizeof(id), "trend-%c%c", (char)('a' + number / 26 % 26),
		(char)('a' + number % 26));
	title_of(s, &title);
	buf_addf(&subtitle,
		"A dot is a run's median%s%s, in the order of time; the %s%s below (UTC), n = %zu "
		"runs.",
		has_spread(s) ? ", the line its least and greatest sample" : "",
		scale_of(s) > 1 ? " in seconds" : "", one_day ? "time on " : "day",
		one_day ? day : "", s->n);
	for (size_t i = 0; i < s->n_changes; i++) {
		char when[24];

		buf_addf(&subtitle, " From %s on another level; what differed: ",
			history_show_time(s->runs[s->changes[i].at]->began_ns, when));
		history_say_differs(&subtitle, differ, series_differs(s, i, differ, DIFFERS), 4);
		buf_add(&subtitle, ".");
	}
	if (s->has_trend && s->n_changes == 0 && (s->trend.low > 0 || s->trend.high < 0))
		buf_addf(&subtitle, " It moves by %.3g %s a run (95 %%: %.3g to %.3g).",
			s->trend.slope, s->unit, s->trend.low, s->trend.high);
	rc = buf_check(&title, e);
	if (rc == 0)
		rc = buf_check(&subtitle, e);
	if (rc == 0)
		rc = figure_add(page, id, title.data, subtitle.data, subtitle.data, script, s, e);
	buf_done(&title);
	buf_done(&subtitle);
	return rc;
}
