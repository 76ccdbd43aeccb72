/* rtt.c - the distribution of round trips before, during and after the fault, stretched towards its tail. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "reports/plots/figure.h"
#include "reports/plots/frame.h"
#include "reports/show.h"

#define POINTS_MAX 128
#define TOP_NINES  3.3 /* p100 is drawn there: it has no place on a scale of nines */

struct curve {
	const char *name;
	enum colour colour;
	double n, p50, p99, max;
	double x[POINTS_MAX], y[POINTS_MAX]; /* log10 of ms, nines */
	size_t points;
};

#define GATES_MAX 12

struct rtt_subject {
	struct curve curve[WHEN_COUNT];
	double min_ms, max_ms;
	struct flag gate[GATES_MAX]; /* documented figures, log10 of ms */
	size_t gates;
};

/* 0.9 is 1, 0.99 is 2. */
static double
nines(double ratio)
{
	return ratio >= 1 ? TOP_NINES : fmin(TOP_NINES, -log10(1 - ratio));
}

static void
curve_read(struct curve *c, const json_t *phase)
{
	const json_t *ratios = json_object_get(phase, "share_ratio");
	const json_t *ms = json_object_get(phase, "rtt_ms");
	size_t n = json_array_size(ratios);

	c->n = json_number_value(json_object_get(phase, "n"));
	c->p50 = c->p99 = c->max = NAN;
	if (n > POINTS_MAX || n != json_array_size(ms))
		return;
	for (size_t i = 0; i < n; i++) {
		double ratio = json_number_value(json_array_get(ratios, i));
		double value = json_number_value(json_array_get(ms, i));

		if (!(value > 0) || !(ratio >= 0 && ratio <= 1) || !isfinite(value))
			continue;
		c->x[c->points] = log10(value);
		c->y[c->points++] = nines(ratio);
		if (fabs(ratio - 0.5) < 1e-9)
			c->p50 = value;
		if (fabs(ratio - 0.99) < 1e-9)
			c->p99 = value;
		c->max = value;
	}
}

/* 1, 2, 5, 10, … of the decades; a decade that would crowd the axis has its 1 only. */
static void
x_axis(struct buf *s, const struct frame *f)
{
	static const int steps[] = {1, 2, 5};
	const char *between = "";
	bool crowded = f->x_max - f->x_min > (f->is_narrow ? 1.6 : 4);

	buf_add(s, "set xtics (");
	for (int d = (int)floor(f->x_min); d <= (int)ceil(f->x_max); d++)
		for (size_t i = 0; i < (crowded ? 1 : 3); i++) {
			double ms = steps[i] * pow(10, d);

			if (log10(ms) < f->x_min - 1e-9 || log10(ms) > f->x_max + 1e-9)
				continue;
			buf_addf(s, "%s'%g ms' %.6f", between, ms, log10(ms));
			between = ", ";
		}
	buf_add(s, ")\n");
}

static void
mark(struct buf *s, const struct frame *f, const struct curve *c, double ms, double ratio)
{
	double x = frame_x_px(f, log10(ms)), y = frame_y_px(f, nines(ratio));
	bool is_left = c->colour != COLOUR_UNANSWERED_TEXT;
	char text[SHOW_BYTES];

	if (isnan(ms))
		return;
	frame_text(s, f, is_left ? x - 7 : x + 8, y + (is_left ? -9 : 9),
		is_left ? ALIGN_RIGHT : ALIGN_LEFT, c->colour, show_rtt(ms, text));
}

/* The curve's name beside its ninetieth percentile; before on its left, during on its right. */
static void
name(struct buf *s, const struct frame *f, const struct curve *c, enum align align)
{
	size_t at = 0;

	while (at < c->points && c->y[at] < nines(0.9))
		at++;
	if (at == c->points)
		return;
	frame_text(s, f, frame_x_px(f, c->x[at]) + (align == ALIGN_RIGHT ? -10 : 10),
		frame_y_px(f, c->y[at]) + 10, align, c->colour, c->name);
}

static void
point_tip(struct buf *s, const struct frame *f, const struct curve *c, size_t i)
{
	double x = frame_x_px(f, c->x[i]), y = frame_y_px(f, c->y[i]);
	char text[160], ms[SHOW_BYTES];

	snprintf(text, sizeof(text), "%.4g %% of the answers %s took %s or less",
		c->y[i] >= TOP_NINES ? 100 : 100 * (1 - pow(10, -c->y[i])), c->name,
		show_rtt(pow(10, c->x[i]), ms));
	frame_tip(s, x - 6, y - 6, x + 6, y + 6, text);
}

/* What is documented of anycast's round trips: a line each, whichever family it is judged for. */
static void
gates_read(struct rtt_subject *t, const struct result *r)
{
	for (size_t i = 0; i < r->n_targets && t->gates < GATES_MAX; i++) {
		const struct target *x = &r->targets[i];
		struct flag *gate = &t->gate[t->gates];
		char ms[SHOW_BYTES];
		size_t k = 0;

		if (x->metric == NULL || strcmp(x->metric, "anycast_rtt_ms") != 0 ||
			x->id == NULL || !(x->target > 0) || !isfinite(x->target))
			continue;
		while (k < i && (r->targets[k].id == NULL || strcmp(r->targets[k].id, x->id) != 0))
			k++;
		if (k < i)
			continue; /* the other family's */
		snprintf(gate->text, sizeof(gate->text), "%.36s ≤ %.16s", x->id,
			show_stated(x->target, "ms", ms));
		gate->x = log10(x->target);
		t->min_ms = fmin(t->min_ms, x->target);
		t->max_ms = fmax(t->max_ms, x->target);
		t->gates++;
	}
}

static void
script(struct buf *s, const void *subject, bool is_narrow)
{
	static const double shown[] = {0.5, 0.9, 0.99, 0.999};
	const struct rtt_subject *t = subject;
	struct frame f = {.is_narrow = is_narrow,
		.width_px = is_narrow ? FRAME_NARROW_PX : FRAME_WIDE_PX,
		.left_px = is_narrow ? 48 : 56,
		.top_px = 12,
		.x_min = log10(t->min_ms) - 0.06,
		.x_max = log10(t->max_ms) + 0.06,
		.y_max = TOP_NINES};
	const char *between = "plot ";
	struct flag gate[GATES_MAX];

	f.right_px = f.width_px - (is_narrow ? 18 : 30);
	memcpy(gate, t->gate, sizeof(gate));
	if (t->gates > 0)
		f.top_px += 6 + FLAG_ROW_PX * flags_place(gate, t->gates, &f);
	f.bottom_px = f.top_px + (is_narrow ? 220 : 270);
	f.height_px = f.bottom_px + 30;
	frame_begin(s, &f);
	frame_area(s, &f);
	x_axis(s, &f);
	buf_add(s, "set ytics nomirror out scale 0.4 ('0 %%' 0");
	for (size_t i = 0; i < sizeof(shown) / sizeof(shown[0]); i++)
		buf_addf(s, ", '%g %%%%' %.6f", shown[i] * 100, nines(shown[i]));
	buf_addf(s, ", 'all' %.6f)\nset grid ytics lc rgb '#%06x' lw 1 dt 1\n", TOP_NINES,
		colour_rgb(COLOUR_GRID));
	flags_draw(s, &f, gate, t->gates);
	for (int w = 0; w < WHEN_COUNT; w++) {
		const struct curve *c = &t->curve[w];

		if (c->points == 0)
			continue;
		buf_addf(s, "$R%d << EOD\n", w);
		for (size_t i = 0; i < c->points; i++)
			buf_addf(s, "%.5f %.5f\n", c->x[i], c->y[i]);
		buf_add(s, "EOD\n");
		if (w == WHEN_AFTER && t->curve[WHEN_DURING].points > 0)
			continue; /* the return is like before: its line says so, figures would collide */
		for (size_t i = 0; i < c->points; i += 3)
			point_tip(s, &f, c, i);
		mark(s, &f, c, c->p50, 0.5);
		mark(s, &f, c, c->p99, 0.99);
		name(s, &f, c, w == WHEN_DURING ? ALIGN_LEFT : ALIGN_RIGHT);
	}
	for (int w = WHEN_COUNT - 1; w >= 0; w--) {
		static const char *const dashes[] = {"", " dt (8,4)", " dt (2,3)"};

		if (t->curve[w].points == 0)
			continue;
		buf_addf(s, "%s$R%d using 1:2 with lines lw %s lc rgb '#%06x'%s notitle", between,
			w, w == WHEN_AFTER ? "1.2" : "2", colour_rgb(t->curve[w].colour),
			dashes[w]);
		between = ", ";
	}
	buf_add(s, "\n");
}

static void
say(const struct rtt_subject *t, char *title, size_t size)
{
	const struct curve *before = &t->curve[WHEN_BEFORE], *during = &t->curve[WHEN_DURING];
	double by = during->p50 - before->p50;
	char a[SHOW_BYTES], b[SHOW_BYTES];

	if (isnan(by))
		snprintf(title, size, "Half of all round trips took %s or less",
			show_rtt(isnan(before->p50) ? during->p50 : before->p50, a));
	else if (fabs(by) < 0.05 && fabs(during->p99 - before->p99) < 1)
		snprintf(title, size, "Round trips were the same during the fault: median %s",
			show_rtt(before->p50, a));
	else
		snprintf(title, size, "Served elsewhere: the median round trip %s from %s to %s",
			by >= 0 ? "grew" : "fell", show_rtt(before->p50, a),
			show_rtt(during->p50, b));
}

int
plot_rtt(struct buf *page, const struct scene *scene, struct err *e)
{
	static const char *const keys[] = {"before", "during", "after"};
	static const char *const names[] = {"before", "during the fault", "after the return"};
	static const enum colour colours[] = {COLOUR_SITE_TEXT, COLOUR_UNANSWERED_TEXT, COLOUR_INK};
	json_t *spread = json_object_get(scene->result->root, "rtt_spread");
	struct rtt_subject t = {.min_ms = INFINITY};
	char title[200], subtitle[480], n[WHEN_COUNT][SHOW_BYTES];

	for (int w = 0; w < WHEN_COUNT; w++) {
		struct curve *c = &t.curve[w];

		c->name = names[w];
		c->colour = colours[w];
		curve_read(c, json_object_get(spread, keys[w]));
		show_count(c->n, n[w]);
		if (c->points == 0)
			continue;
		t.min_ms = fmin(t.min_ms, pow(10, c->x[0]));
		t.max_ms = fmax(t.max_ms, c->max);
	}
	if (!(t.max_ms > t.min_ms))
		return 0;
	gates_read(&t, scene->result);
	say(&t, title, sizeof(title));
	snprintf(subtitle, sizeof(subtitle),
		"Share of good answers at or below a round trip, every city and family weighing "
		"the same; y stretched towards "
		"the tail, x logarithmic. Solid: before (%s answers); dashed: during the fault "
		"(%s); dotted: after the return (%s).%s",
		n[WHEN_BEFORE], n[WHEN_DURING], n[WHEN_AFTER],
		t.gates > 0 ? " Upright lines: what is documented, of a city's median or of the "
			      "mean over all."
			    : "");
	return figure_add(page, "rtt-spread", title, subtitle, subtitle, script, &t, e);
}
