/* phases.c - each phase over all streams: median, and from the tenth to the ninetieth percentile. */
#include <math.h>
#include <stdio.h>

#include "reports/plots/bars.h"
#include "reports/plots/figure.h"
#include "reports/show.h"

static void
range(struct buf *s, const struct frame *f, const struct phase *p, double top_px)
{
	struct bars_row shape = bars_row(f->is_narrow);
	double mid = top_px + shape.bar_y_px, low = frame_x_px(f, p->p10_ms / 1e3),
	       high = frame_x_px(f, p->p90_ms / 1e3), at = frame_x_px(f, p->p50_ms / 1e3);
	enum colour colour = phase_colour(phase_kind(p->name));
	char text[3 * SHOW_BYTES + 16], tip[3 * SHOW_BYTES + 120], a[SHOW_BYTES], b[SHOW_BYTES],
		c[SHOW_BYTES];

	bars_words(s, f, top_px, COLOUR_INK, phase_title(p->name));
	if (!isfinite(low) || !isfinite(high) || !isfinite(at))
		return;
	bars_add(s, f, low, high, mid - 2, mid + 2, colour);
	bars_add(s, f, at - 2.5, at + 2.5, mid - shape.bar_px / 2, mid + shape.bar_px / 2, colour);
	snprintf(text, sizeof(text), "%s (%s to %s)", show_ms(p->p50_ms, a), show_ms(p->p10_ms, b),
		show_ms(p->p90_ms, c));
	snprintf(tip, sizeof(tip), "%.60s: median %s, p10 %s, p90 %s, in %.0f streams",
		phase_title(p->name), a, b, c, p->streams);
	frame_tip(s, 0, top_px, f->width_px, top_px + shape.height_px, tip);
	if (f->is_narrow)
		frame_text(s, f, f->width_px, top_px + shape.text_y_px, ALIGN_RIGHT, COLOUR_MUTE,
			text);
	else
		bars_figure(s, f, top_px, low - 2, fmax(high, at + 2.5), text);
}

static void
script(struct buf *s, const void *subject, bool is_narrow)
{
	const struct result *r = subject;
	struct bars_row shape = bars_row(is_narrow);
	struct frame f = {.is_narrow = is_narrow,
		.width_px = is_narrow ? FRAME_NARROW_PX : FRAME_WIDE_PX,
		.left_px = is_narrow ? 12 : 220,
		.y_max = 1,
		.x_max = 0.001};

	for (size_t i = 0; i < r->n_phases; i++)
		f.x_max = fmax(f.x_max, r->phases[i].p90_ms / 1e3);
	f.right_px = f.width_px - (is_narrow ? 16 : 210);
	f.top_px = 4;
	f.bottom_px = f.top_px + shape.height_px * (double)r->n_phases + 2;
	f.height_px = f.bottom_px + 26;
	frame_begin(s, &f);
	frame_area(s, &f);
	frame_seconds(s, &f, true);
	buf_addf(s, "set grid xtics lc rgb '#%06x' lw 1 dt 1\n", colour_rgb(COLOUR_GRID));
	for (size_t i = 0; i < r->n_phases; i++)
		range(s, &f, &r->phases[i], f.top_px + shape.height_px * (double)i);
	bars_flush(s);
}

/* What varies most between streams: where a better configuration would make outages even. */
static const struct phase *
widest(const struct result *r)
{
	const struct phase *found = NULL;

	for (size_t i = 0; i < r->n_phases; i++) {
		const struct phase *p = &r->phases[i];

		if (isfinite(p->p90_ms - p->p10_ms) &&
			(found == NULL || p->p90_ms - p->p10_ms > found->p90_ms - found->p10_ms))
			found = p;
	}
	return found;
}

int
plot_phases(struct buf *page, const struct scene *scene, struct err *e)
{
	const struct result *r = scene->result;
	const struct phase *p = widest(r);
	char title[240], subtitle[400], a[SHOW_BYTES], b[SHOW_BYTES];

	if (p == NULL)
		return 0;
	snprintf(title, sizeof(title), "Streams differ most in %s: %s (p10) to %s (p90)",
		phase_kind(p->name) == PHASE_UNEXPLAINED ? "what is unexplained"
							 : phase_clause(p->name),
		show_ms(p->p10_ms, a), show_ms(p->p90_ms, b));
	snprintf(subtitle, sizeof(subtitle),
		"Each phase over all %s streams that were served again by another PoP, hops "
		"summed: "
		"median as a mark, the line from p10 to p90. x: seconds.",
		show_count(r->budget.streams, a));
	return figure_add(page, "phases-all", title, subtitle, subtitle, script, r, e);
}
