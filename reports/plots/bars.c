/* bars.c - what the pictures of the phase budget share: bars in pixels, a legend, rows that are labelled at their side or above. */
#include "reports/plots/bars.h"

#include <math.h>

#define SQUARE_PX      9.0
#define LEGEND_LINE_PX 18.0

void
bars_add(struct buf *s, const struct frame *f, double x0_px, double x1_px, double y0_px,
	double y1_px, enum colour colour)
{
	x1_px = fmax(x1_px, x0_px + 1);
	buf_addf(s,
		"set object rect from screen %.6f,%.6f to screen %.6f,%.6f fc rgb '#%06x' fs solid "
		"1 "
		"noborder front\n",
		x0_px / f->width_px, 1.0 - y1_px / f->height_px, x1_px / f->width_px,
		1.0 - y0_px / f->height_px, colour_rgb(colour));
}

void
bars_flush(struct buf *s)
{
	buf_addf(s, "plot NaN lc rgb '#%06x' notitle\nunset object\nunset label\nunset arrow\n",
		colour_rgb(COLOUR_MUTE));
}

/* Where the next entry goes: beside the last one while there is room. */
static void
legend_next(const struct frame *f, double left_px, double *x_px, double *y_px, const char *text)
{
	double width_px = SQUARE_PX + 5 + frame_text_px(text);

	if (*x_px > left_px && *x_px + width_px > f->width_px) {
		*x_px = left_px;
		*y_px += LEGEND_LINE_PX;
	}
}

static double
legend(struct buf *s, const struct frame *f, double left_px, double top_px,
	const bool is_used[static PHASE_KINDS])
{
	double x_px = left_px, y_px = top_px;

	for (int k = 0; k < PHASE_KINDS; k++) {
		const char *text = phase_kind_title((enum phase_kind)k);

		if (!is_used[k])
			continue;
		legend_next(f, left_px, &x_px, &y_px, text);
		if (s != NULL) {
			bars_add(s, f, x_px, x_px + SQUARE_PX, y_px + 8 - SQUARE_PX / 2,
				y_px + 8 + SQUARE_PX / 2, phase_colour((enum phase_kind)k));
			frame_text(s, f, x_px + SQUARE_PX + 5, y_px + 8, ALIGN_LEFT, COLOUR_MUTE,
				text);
		}
		x_px += SQUARE_PX + 5 + frame_text_px(text) + 16;
	}
	return y_px - top_px + LEGEND_LINE_PX + 4;
}

double
bars_legend(struct buf *s, const struct frame *f, double x_px, double y_px,
	const bool is_used[static PHASE_KINDS])
{
	return legend(s, f, x_px, y_px, is_used);
}

double
bars_legend_px(const struct frame *f, const bool is_used[static PHASE_KINDS])
{
	return legend(NULL, f, 0, 0, is_used);
}

struct bars_row
bars_row(bool is_narrow)
{
	return is_narrow ? (struct bars_row){33, 11, 24, 9} : (struct bars_row){24, 14, 12, 12};
}

void
bars_words(struct buf *s, const struct frame *f, double row_top_px, enum colour colour,
	const char *text)
{
	struct bars_row row = bars_row(f->is_narrow);
	char fit[FRAME_FIT_BYTES];

	if (f->is_narrow)
		frame_text(s, f, 0, row_top_px + row.text_y_px, ALIGN_LEFT, colour,
			frame_fit(text, f->width_px, fit));
	else
		frame_text(s, f, f->left_px - 10, row_top_px + row.text_y_px, ALIGN_RIGHT, colour,
			frame_fit(text, f->left_px - 10, fit));
}

void
bars_figure(struct buf *s, const struct frame *f, double row_top_px, double x0_px, double x1_px,
	const char *text)
{
	struct bars_row row = bars_row(f->is_narrow);
	double width_px = frame_text_px(text), y_px = row_top_px + row.bar_y_px;

	if (x1_px + 7 + width_px <= f->width_px || x0_px - 7 - width_px < 0)
		frame_text(s, f, x1_px + 7, y_px, ALIGN_LEFT, COLOUR_INK, text);
	else
		frame_text(s, f, x0_px - 7, y_px, ALIGN_RIGHT, COLOUR_INK, text);
}
