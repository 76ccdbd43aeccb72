/* waterfall.c - the typical stream, step by step from the fault to its first good answer; the small steps once more, magnified. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reports/plots/bars.h"
#include "reports/plots/figure.h"
#include "reports/show.h"

#define ROWS_MAX     48
#define ZOOM_LEAST   3	 /* steps that are worth a second look */
#define ZOOM_RATIO   0.2 /* of the whole, at most */
#define PANEL_GAP_PX 34.0

/* A bar: one step, or all of those that the second panel magnifies. */
struct row {
	double from_ms, to_ms;
	enum phase_kind kind;
	char text[96];
};

struct waterfall {
	const struct budget *budget;
	struct row row[ROWS_MAX];
	size_t n;
	size_t zoom; /* the first row that is magnified; n: none */
	size_t left_out;
	bool is_used[PHASE_KINDS];
};

static void
rows_init(struct waterfall *w)
{
	const struct budget *b = w->budget;
	size_t longest = 0;

	for (size_t i = 0; i < b->n_steps; i++) {
		const struct step *s = &b->step[i];
		struct row *row = &w->row[w->n];

		if (s->to_ms - s->from_ms < 0.0005)
			continue; /* the table has it */
		if (w->n == ROWS_MAX) {
			w->left_out++;
			continue;
		}
		*row = (struct row){s->from_ms, s->to_ms, phase_kind(s->phase), ""};
		snprintf(row->text, sizeof(row->text), "%.60s%s%.24s", phase_title(s->phase),
			s->node == NULL ? "" : ", ", s->node == NULL ? "" : s->node);
		w->is_used[row->kind] = true;
		if (row->to_ms - row->from_ms > w->row[longest].to_ms - w->row[longest].from_ms)
			longest = w->n;
		w->n++;
	}
	w->zoom = w->n;
	if (w->n > longest + ZOOM_LEAST &&
		w->row[w->n - 1].to_ms - w->row[longest + 1].from_ms <
			ZOOM_RATIO * (w->row[w->n - 1].to_ms - w->row[0].from_ms))
		w->zoom = longest + 1;
}

static void
row_tip(struct buf *s, const struct frame *f, const struct row *r, double top_px)
{
	char text[240], took[SHOW_BYTES], from[SHOW_BYTES], to[SHOW_BYTES];

	snprintf(text, sizeof(text), "%s: %s, from %s to %s after the fault", r->text,
		show_ms(r->to_ms - r->from_ms, took), show_ms(r->from_ms, from),
		show_ms(r->to_ms, to));
	frame_tip(s, 0, top_px, f->width_px, top_px + bars_row(f->is_narrow).height_px, text);
}

/* Rows first..end-1 on an axis of their own. */
static void
panel(struct buf *s, struct frame *f, const struct row *rows, size_t n)
{
	struct bars_row shape = bars_row(f->is_narrow);
	bool is_small = f->x_max - f->x_min < 2;
	double step =
		frame_step((f->x_max - f->x_min) * (is_small ? 1e3 : 1), f->is_narrow ? 5 : 10);
	char text[SHOW_BYTES];

	f->y_min = 0;
	f->y_max = 1;
	frame_area(s, f);
	/* Ticks of milliseconds sit at multiples of the step, wherever the axis begins. */
	buf_addf(s, "set xtics %.9g format ''\n", step / (is_small ? 1e3 : 1));
	buf_addf(
		s, "set grid xtics lc rgb '#%06x' lw 1 dt 1\nset xtics (", colour_rgb(COLOUR_GRID));
	for (double at = ceil(f->x_min * (is_small ? 1e3 : 1) / step - 1e-6) * step, i = 0;
		at <= f->x_max * (is_small ? 1e3 : 1) * (1 + 1e-9) && i < 40; at += step, i++)
		buf_addf(s, "%s'%.10g %s' %.9g", i > 0 ? "," : "", fabs(at) < step / 2 ? 0 : at,
			is_small ? "ms" : "s", at / (is_small ? 1e3 : 1));
	buf_add(s, ")\n");
	for (size_t i = 0; i < n; i++) {
		double top = f->top_px + shape.height_px * (double)i;
		double x0 = frame_x_px(f, rows[i].from_ms / 1e3),
		       x1 = frame_x_px(f, rows[i].to_ms / 1e3), mid = top + shape.bar_y_px;

		if (i + 1 < n)
			/* Not as wide as a dashed line: gnuplot goes on dashing what follows one. */
			frame_line(
				s, f, x1, mid, x1, mid + shape.height_px, COLOUR_MUTE, 1.2, false);
		bars_add(s, f, x0, x1, mid - shape.bar_px / 2, mid + shape.bar_px / 2,
			phase_colour(rows[i].kind));
		bars_words(s, f, top, COLOUR_INK, rows[i].text);
		bars_figure(s, f, top, x0, x1, show_ms(rows[i].to_ms - rows[i].from_ms, text));
		row_tip(s, f, &rows[i], top);
	}
	bars_flush(s);
}

/* All that is magnified, as one bar of the first panel, in parts of their own colours. */
static void
bundle(struct buf *s, const struct waterfall *w, struct frame *f, double top_px,
	const struct frame *below)
{
	struct bars_row shape = bars_row(f->is_narrow);
	const struct row *first = &w->row[w->zoom], *last = &w->row[w->n - 1];
	double mid = top_px + shape.bar_y_px, x0 = frame_x_px(f, first->from_ms / 1e3),
	       x1 = frame_x_px(f, last->to_ms / 1e3);
	char text[96], ms[SHOW_BYTES];

	for (size_t i = w->zoom; i < w->n; i++)
		bars_add(s, f, frame_x_px(f, w->row[i].from_ms / 1e3),
			frame_x_px(f, w->row[i].to_ms / 1e3), mid - shape.bar_px / 2,
			mid + shape.bar_px / 2, phase_colour(w->row[i].kind));
	snprintf(text, sizeof(text), "The last %zu steps", w->n - w->zoom);
	bars_words(s, f, top_px, COLOUR_INK, text);
	bars_figure(s, f, top_px, x0, x1, show_ms(last->to_ms - first->from_ms, ms));
	frame_line(s, f, x0, mid + shape.bar_px / 2, below->left_px, below->top_px, COLOUR_MUTE, 1,
		true);
	frame_line(s, f, x1, mid + shape.bar_px / 2, below->right_px, below->top_px, COLOUR_MUTE, 1,
		true);
}

static void
script(struct buf *s, const void *subject, bool is_narrow)
{
	const struct waterfall *w = subject;
	struct bars_row shape = bars_row(is_narrow);
	bool is_zoomed = w->zoom < w->n;
	size_t above = w->zoom + (is_zoomed ? 1 : 0), below = w->n - w->zoom;
	struct frame f = {.is_narrow = is_narrow,
		.width_px = is_narrow ? FRAME_NARROW_PX : FRAME_WIDE_PX,
		.left_px = is_narrow ? 18 : 262, /* half of "0 ms" */
		.x_min = fmin(0, w->row[0].from_ms / 1e3),
		.x_max = w->row[w->n - 1].to_ms / 1e3};
	struct frame z;

	f.right_px = f.width_px - (is_narrow ? 16 : 76);
	f.top_px = bars_legend_px(&f, w->is_used) + 4;
	f.bottom_px = f.top_px + shape.height_px * (double)above + 2;
	z = f;
	z.top_px = f.bottom_px + 24 + PANEL_GAP_PX;
	z.bottom_px = z.top_px + shape.height_px * (double)below + 2;
	f.height_px = z.height_px = (is_zoomed ? z.bottom_px : f.bottom_px) + 26;
	frame_begin(s, &f);
	buf_add(s, "set multiplot\n");
	bars_legend(s, &f, is_narrow ? 0 : f.left_px, 0, w->is_used);
	if (is_zoomed)
		bundle(s, w, &f, f.top_px + shape.height_px * (double)w->zoom, &z);
	panel(s, &f, w->row, w->zoom);
	if (is_zoomed) {
		z.x_min = w->row[w->zoom].from_ms / 1e3;
		z.x_max = w->row[w->n - 1].to_ms / 1e3;
		panel(s, &z, w->row + w->zoom, below);
	}
	buf_add(s, "unset multiplot\n");
}

static const char *
family_title(const char *family)
{
	if (family == NULL)
		return "?";
	return strcmp(family, "v4") == 0 ? "IPv4" : strcmp(family, "v6") == 0 ? "IPv6" : family;
}

static void
say(const struct waterfall *w, const struct result *r, char title[static 240],
	char subtitle[static 600])
{
	const struct budget *b = w->budget;
	double longest_ms;
	const char *phase = budget_longest(b, &longest_ms);
	bool is_elsewhere =
		b->from_site != NULL && b->to_site != NULL && strcmp(b->from_site, b->to_site) != 0;
	char a[SHOW_BYTES], c[SHOW_BYTES], zoomed[120] = "";

	snprintf(title, 240, "Of the typical %s, %s were %s", show_ms(b->total_ms, a),
		show_ms(longest_ms, c), phase_clause(phase));
	if (w->zoom < w->n)
		snprintf(zoomed, sizeof(zoomed),
			" Below, the last %zu steps, magnified %.0f times.", w->n - w->zoom,
			(w->row[w->n - 1].to_ms - fmin(0, w->row[0].from_ms)) /
				(w->row[w->n - 1].to_ms - w->row[w->zoom].from_ms));
	snprintf(subtitle, 600,
		"The stream whose total is the median of %.12s: %.40s, %.10s, from %.24s to %.24s, "
		"in "
		"trial %d (stream %.0f). x: from the fault to its first good answer%s.%s%s",
		show_count(b->streams, a), result_city_title(r, b->stream_city),
		family_title(b->family), b->from_site == NULL ? "?" : b->from_site,
		b->to_site == NULL ? "?" : b->to_site, b->trial, b->stream,
		is_elsewhere ? " of another PoP" : "", zoomed,
		w->left_out > 0 ? " Not all steps are drawn; the table has them." : "");
}

int
plot_waterfall(struct buf *page, const struct scene *scene, struct err *e)
{
	struct waterfall *w = calloc(1, sizeof(*w));
	char title[240], subtitle[600];
	int rc = 0;

	if (w == NULL)
		return err_sys(e, ENOMEM, "plot of the phases");
	w->budget = &scene->result->budget;
	rows_init(w);
	if (w->n > 0) {
		say(w, scene->result, title, subtitle);
		rc = figure_add(page, "waterfall", title, subtitle, subtitle, script, w, e);
	}
	free(w);
	return rc;
}
