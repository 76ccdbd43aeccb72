/* cities.c - the same timeline once more for each affected city, on one axis. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "reports/plots/coarse.h"
#include "reports/plots/events.h"
#include "reports/plots/figure.h"
#include "reports/plots/stack.h"
#include "reports/show.h"

#define PANELS_MAX 8

struct panel {
	const char *city;
	struct timeline drawn;
	struct stack stack;
	char title[160];
};

struct cities_subject {
	const struct scene *scene;
	struct panel panel[PANELS_MAX];
	size_t n;
};

static void
panel_script(struct buf *s, const struct cities_subject *c, size_t i, struct frame *f,
	double top_px, double height_px)
{
	const struct panel *p = &c->panel[i];
	struct flag flags[EVENTS_MAX];
	size_t n = events_of(flags, c->scene->trial, f->is_narrow);
	char name[8], fit[FRAME_FIT_BYTES];

	f->top_px = top_px + 22;
	f->bottom_px = f->top_px + height_px;
	f->x_min = stack_from_s(&p->stack);
	f->x_max = stack_to_s(&p->stack);
	n = events_within(flags, n, f->x_min, f->x_max);
	f->y_min = 0;
	f->y_max = fmax(1, p->stack.max_qps);
	buf_add(s, "unset label\nunset arrow\n");
	frame_area(s, f);
	frame_seconds(s, f, i + 1 == c->n);
	buf_addf(s, "set ytics nomirror out scale 0.4 (0, %.4g) format '%%g'\n", f->y_max);
	for (size_t j = 0; j < n; j++)
		frame_line(s, f, frame_x_px(f, flags[j].x), f->bottom_px, frame_x_px(f, flags[j].x),
			f->top_px - 3, COLOUR_INK, flags[j].is_strong ? 1.5 : 1,
			!flags[j].is_strong);
	frame_text(s, f, f->left_px, f->top_px - 10, ALIGN_LEFT, COLOUR_INK,
		frame_fit(p->title, f->width_px - f->left_px, fit));
	stack_labels(s, f, &p->stack);
	stack_tips(s, f, &p->stack);
	snprintf(name, sizeof(name), "C%zu_", i);
	stack_plot(s, &p->stack, name);
}

static void
script(struct buf *s, const void *subject, bool is_narrow)
{
	const struct cities_subject *c = subject;
	double height_px = is_narrow ? 62 : 76, pitch_px = height_px + 30;
	struct frame f = {.is_narrow = is_narrow,
		.width_px = is_narrow ? FRAME_NARROW_PX : FRAME_WIDE_PX,
		.left_px = is_narrow ? 44 : 52,
		.height_px = pitch_px * (double)c->n + 26};

	f.right_px = f.width_px - (is_narrow ? 36 : 52);
	frame_begin(s, &f);
	buf_add(s, "set multiplot\n");
	for (size_t i = 0; i < c->n; i++)
		panel_script(s, c, i, &f, pitch_px * (double)i, height_px);
	buf_add(s, "unset multiplot\n");
}

static int
panel_init(struct panel *p, const struct result *r, const struct city_timeline *t, size_t by,
	const struct palette *palette)
{
	const struct city *city = result_city(r, t->city);
	char a[SHOW_BYTES], b[SHOW_BYTES];

	p->city = t->city;
	if (coarse_init(&p->drawn, &t->timeline, by) < 0)
		return -ENOMEM;
	stack_init(&p->stack, &p->drawn, palette);
	snprintf(p->title, sizeof(p->title), "%.60s (%.24s) · %.12s streams, %.12s q/s",
		result_city_title(r, t->city), t->city,
		show_count(city == NULL ? NAN : city->streams, a),
		show_count(round(p->stack.max_qps), b));
	return 0;
}

static bool
is_affected(const struct result *r, const struct city_timeline *t)
{
	const struct city *city = result_city(r, t->city);

	if (t->timeline.bins == 0)
		return false;
	if (city != NULL)
		return city->affected;
	for (size_t b = 0; b < t->timeline.bins; b++)
		if (t->timeline.unanswered[b] > 0)
			return true;
	return false;
}

/* Of each city that is drawn a panel, on the bins of all of them together. Returns how many were affected, or -ENOMEM. */
static int
panels_init(struct cities_subject *c, const struct trial *t)
{
	const struct scene *scene = c->scene;
	size_t by = coarse_by(&t->timeline, scene->result->gap_ms);
	struct timeline drawn;
	struct stack total;
	int affected = 0;

	if (coarse_init(&drawn, &t->timeline, by) < 0)
		return -ENOMEM;
	stack_init(&total, &drawn, scene->palette);
	for (size_t i = 0; i < t->n_cities && affected >= 0; i++) {
		if (!is_affected(scene->result, &t->cities[i]))
			continue;
		affected++;
		if (c->n == PANELS_MAX)
			continue;
		if (panel_init(&c->panel[c->n], scene->result, &t->cities[i], by, scene->palette) <
			0)
			affected = -ENOMEM;
		else
			stack_align(&c->panel[c->n++].stack, &total);
	}
	coarse_done(&drawn);
	return affected;
}

static void
panels_done(struct cities_subject *c)
{
	for (size_t i = 0; i < c->n; i++)
		coarse_done(&c->panel[i].drawn);
}

int
plot_cities(struct buf *page, const struct scene *scene, struct err *e)
{
	static const char per[] =
		"Queries per second of each city's streams by the PoP that answered";
	struct cities_subject c = {.scene = scene};
	const struct trial *t = scene->trial;
	char title[160], subtitle[320];
	int affected, rc;

	if (t == NULL)
		return 0;
	affected = panels_init(&c, t);
	if (affected <= 0) {
		panels_done(&c);
		return affected == 0 ? 0 : err_sys(e, ENOMEM, "plot of the cities");
	}
	if (scene->result->n_cities > 0)
		snprintf(title, sizeof(title), "%d of %zu cities %s affected", affected,
			scene->result->n_cities, affected == 1 ? "was" : "were");
	else
		snprintf(title, sizeof(title), "Affected cities");
	snprintf(subtitle, sizeof(subtitle),
		"%s; x: seconds from the fault, the same axis and the same events as above (trial "
		"%d).%s",
		per, t->number,
		(size_t)affected > c.n ? " Only the first eight are drawn; the table has all."
				       : "");
	rc = figure_add(page, "cities", title, subtitle, subtitle, script, &c, e);
	panels_done(&c);
	return rc;
}
