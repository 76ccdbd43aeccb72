/* bars.h - what the pictures of the phase budget share: bars in pixels, a legend, rows that are labelled at their side or above. */
#ifndef REPORTS_PLOTS_BARS_H
#define REPORTS_PLOTS_BARS_H

#include "reports/phase_name.h"
#include "reports/plots/frame.h"

/* A bar of the current plot, at least a pixel wide. Nothing is drawn before bars_flush. */
void bars_add(struct buf *s, const struct frame *f, double x0_px, double x1_px, double y0_px,
	double y1_px, enum colour colour);

/* An empty plot: the axis, and all labels, lines and bars set since the last one. */
void bars_flush(struct buf *s);

/* The kinds of phases that are used, as coloured squares with words; returns the height it took. */
double bars_legend(struct buf *s, const struct frame *f, double x_px, double y_px,
	const bool is_used[static PHASE_KINDS]);
double bars_legend_px(const struct frame *f, const bool is_used[static PHASE_KINDS]);

/* Rows of bars: words at the left when wide, above the bar when narrow. */
struct bars_row {
	double height_px, bar_px;   /* of the row, and of the bar in it */
	double bar_y_px, text_y_px; /* middle of the bar and of the words, from the row's top */
};
struct bars_row bars_row(bool is_narrow);
void bars_words(struct buf *s, const struct frame *f, double row_top_px, enum colour colour,
	const char *text);

/* Figures behind a bar's end, or before its beginning where there is no room behind. */
void bars_figure(struct buf *s, const struct frame *f, double row_top_px, double x0_px,
	double x1_px, const char *text);

#endif
