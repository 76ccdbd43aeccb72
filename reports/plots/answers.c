/* answers.c - trial by trial: when the withdraw left, when each stream had its first good answer elsewhere. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reports/plots/figure.h"
#include "reports/plots/frame.h"
#include "reports/show.h"

#define ROWS_MAX 60

struct answers_subject {
	const struct scene *scene;
	const struct trial *row[ROWS_MAX]; /* sorted by withdraw */
	size_t n, streams;
	double max_ms;
	const struct target *target; /* of the withdraw, may be NULL */
};

static bool
is_v6(const struct stream *s)
{
	return s->family != NULL && strcmp(s->family, "v6") == 0;
}

static bool
is_shown(const struct result *r, const struct stream *s)
{
	const struct city *c = result_city(r, s->city);

	return !isnan(s->first_good_ms) && (c == NULL || c->affected);
}

static int
row_cmp(const void *a, const void *b)
{
	const struct trial *x = *(const struct trial *const *)a,
			   *y = *(const struct trial *const *)b;
	double dx = family_worst(x->withdraw_ms), dy = family_worst(y->withdraw_ms);

	if (isnan(dx) || isnan(dy) || !(dx < dy || dx > dy))
		return isnan(dx) != isnan(dy) ? (isnan(dx) ? 1 : -1) : x->number - y->number;
	return dx < dy ? -1 : 1;
}

static void
site_data(struct buf *s, const struct answers_subject *a, const char *site, size_t index)
{
	buf_addf(s, "$A%zu << EOD\n", index);
	for (size_t i = 0; i < a->n; i++)
		for (size_t j = 0; j < a->row[i]->n_streams; j++) {
			const struct stream *t = &a->row[i]->streams[j];

			if (is_shown(a->scene->result, t) &&
				strcmp(t->first_good_site == NULL ? "" : t->first_good_site,
					site) == 0)
				buf_addf(s, "%.5g %.6g\n", t->first_good_ms / 1e3,
					(double)i + (is_v6(t) ? 0.70 : 0.36));
		}
	buf_add(s, "EOD\n");
}

static bool
has_site(const struct answers_subject *a, const char *site)
{
	for (size_t i = 0; i < a->n; i++)
		for (size_t j = 0; j < a->row[i]->n_streams; j++) {
			const struct stream *t = &a->row[i]->streams[j];

			if (is_shown(a->scene->result, t) && t->first_good_site != NULL &&
				strcmp(t->first_good_site, site) == 0)
				return true;
		}
	return false;
}

static void
withdraw_mark(struct buf *s, const struct frame *f, double ms, double row)
{
	if (isnan(ms))
		return;
	frame_line(s, f, frame_x_px(f, ms / 1e3), frame_y_px(f, row - 0.17),
		frame_x_px(f, ms / 1e3), frame_y_px(f, row + 0.17), COLOUR_INK, 2, false);
}

static void
rows(struct buf *s, const struct answers_subject *a, const struct frame *f)
{
	char text[32];

	for (size_t i = 0; i < a->n; i++) {
		double row = (double)i;

		withdraw_mark(s, f, a->row[i]->withdraw_ms.v4, row + 0.36);
		withdraw_mark(s, f, a->row[i]->withdraw_ms.v6, row + 0.70);
		snprintf(text, sizeof(text), f->is_narrow ? "%d" : "trial %d", a->row[i]->number);
		frame_text(s, f, f->left_px - 10, frame_y_px(f, row + 0.53), ALIGN_RIGHT,
			COLOUR_MUTE, text);
		if (i > 0)
			frame_line(s, f, f->left_px, frame_y_px(f, row), f->right_px,
				frame_y_px(f, row), COLOUR_GRID, 1, false);
	}
}

/* Names of the PoPs beside the first row, in their own colours. */
static void
names(struct buf *s, const struct answers_subject *a, const struct frame *f)
{
	const struct palette *p = a->scene->palette;
	const struct trial *t = a->row[0];
	double y = frame_y_px(f, 0.53), first = fmin(t->withdraw_ms.v4, t->withdraw_ms.v6), x;

	if (!isnan(first) && frame_x_px(f, first / 1e3) - f->left_px > frame_text_px("withdraw"))
		frame_text(s, f, frame_x_px(f, first / 1e3) - 7, y, ALIGN_RIGHT, COLOUR_INK,
			"withdraw");
	x = f->right_px + 8;
	for (size_t i = 0; i < p->n; i++) {
		if (!has_site(a, p->site[i]))
			continue;
		frame_text(s, f, x, y, ALIGN_LEFT, palette_text(p, p->site[i]), p->site[i]);
		x += frame_text_px(p->site[i]) + 6;
	}
}

static void
target_line(struct buf *s, const struct answers_subject *a, const struct frame *f)
{
	double x;
	char text[96], t[SHOW_BYTES];

	if (a->target == NULL || a->target->target / 1e3 > f->x_max)
		return;
	x = frame_x_px(f, a->target->target / 1e3);
	snprintf(text, sizeof(text),
		f->is_narrow ? "withdraw target %s" : "documented %s for the withdraw",
		show_ms_stated(a->target->target, t));
	frame_line(s, f, x, f->bottom_px, x, f->top_px - 4, COLOUR_UNANSWERED_TEXT, 1.2, true);
	frame_text(s, f, fmin(x, f->width_px - frame_text_px(text) / 2 - 4), f->top_px - 12,
		ALIGN_CENTER, COLOUR_UNANSWERED_TEXT, text);
}

static void
script(struct buf *s, const void *subject, bool is_narrow)
{
	const struct answers_subject *a = subject;
	const struct palette *p = a->scene->palette;
	const char *before = "plot ";
	struct frame f = {.is_narrow = is_narrow,
		.width_px = is_narrow ? FRAME_NARROW_PX : FRAME_WIDE_PX,
		.left_px = is_narrow ? 32 : 70,
		.top_px = 24,
		.x_max = a->max_ms / 1e3 * (is_narrow ? 1.1 : 1.04),
		.y_min = (double)a->n,
		.y_max = 0};

	f.right_px = f.width_px - 16;
	for (size_t i = 0; i < p->n; i++)
		if (has_site(a, p->site[i]))
			f.right_px -= frame_text_px(p->site[i]) + 6;
	f.right_px = fmax(f.right_px, f.width_px / 2);
	f.bottom_px = f.top_px + (double)a->n * (a->n > 30 ? 14 : a->n > 5 ? 26 : 44);
	f.height_px = f.bottom_px + 28;
	frame_begin(s, &f);
	frame_area(s, &f);
	frame_seconds(s, &f, true);
	buf_addf(s, "set grid xtics lc rgb '#%06x' lw 1 dt 1\n", colour_rgb(COLOUR_GRID));
	rows(s, a, &f);
	names(s, a, &f);
	target_line(s, a, &f);
	for (size_t i = 0; i < p->n; i++)
		if (has_site(a, p->site[i]))
			site_data(s, a, p->site[i], i);
	for (size_t i = 0; i < p->n; i++)
		if (has_site(a, p->site[i])) {
			buf_addf(s,
				"%s$A%zu using 1:2 with points pt 7 ps %.2f lc rgb '#%06x' notitle",
				before, i, is_narrow ? 0.28 : 0.36,
				colour_rgb(palette_fill(p, p->site[i])));
			before = ", ";
		}
	buf_add(s, before[0] == 'p' ? "plot NaN notitle\n" : "\n");
}

static void
subject_init(struct answers_subject *a, const struct scene *scene)
{
	const struct result *r = scene->result;

	*a = (struct answers_subject){.scene = scene};
	for (size_t i = 0; i < r->n_trials && a->n < ROWS_MAX; i++) {
		const struct trial *t = &r->trial[i];
		double worst = family_worst(t->withdraw_ms);
		size_t shown = 0;

		for (size_t j = 0; t->valid && j < t->n_streams; j++)
			if (is_shown(r, &t->streams[j])) {
				worst = fmax(worst, t->streams[j].first_good_ms);
				shown++;
			}
		if (!t->valid || shown == 0)
			continue;
		a->row[a->n++] = t;
		a->streams += shown;
		a->max_ms = fmax(a->max_ms, worst);
	}
	qsort(a->row, a->n, sizeof(a->row) / ROWS_MAX, row_cmp);
	for (size_t i = 0; i < r->n_targets; i++)
		if (r->targets[i].metric != NULL &&
			strncmp(r->targets[i].metric, "withdraw", 8) == 0 &&
			r->targets[i].unit != NULL && strcmp(r->targets[i].unit, "ms") == 0 &&
			r->targets[i].target > 0)
			a->target = &r->targets[i];
}

static bool
has_withdraw(const struct answers_subject *a)
{
	return !isnan(family_worst(a->row[0]->withdraw_ms)); /* sorted: those without are last */
}

int
plot_answers(struct buf *page, const struct scene *scene, struct err *e)
{
	const struct metric *m = result_metric(scene->result, "first_good_answer_ms");
	double gap = scene->result->gap_ms;
	char title[200], subtitle[480], a[SHOW_BYTES], b[SHOW_BYTES];
	struct answers_subject subject;

	subject_init(&subject, scene);
	if (subject.n == 0 || !(subject.max_ms > 0))
		return 0;
	if (m != NULL && !isnan(m->stats.p50))
		snprintf(title, sizeof(title),
			"First good answer %s after the fault at the median, %s at worst",
			show_ms(m->stats.p50, a), show_ms(m->stats.max, b));
	else
		snprintf(title, sizeof(title), "First good answer %s after the fault at worst",
			show_ms(subject.max_ms, a));
	snprintf(subtitle, sizeof(subtitle),
		"Seconds from the fault; a row for each valid trial%s, IPv4 over IPv6. A dot for "
		"each "
		"stream of an affected city, in the colour of the PoP that answered%s. n = %s "
		"streams "
		"× trials, in %zu %s; ± %s (the sampling gap).",
		has_withdraw(&subject) ? ", fastest withdraw first" : "",
		has_withdraw(&subject) ? "; a bar is the last withdraw on the wire" : "",
		show_count((double)subject.streams, b), subject.n,
		subject.n == 1 ? "trial" : "trials", show_ms_stated(gap, a));
	return figure_add(page, "answers", title, subtitle, subtitle, script, &subject, e);
}
