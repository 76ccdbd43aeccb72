/* frame.h - what all plots share: pixels, axes of seconds, labels that do not collide, two widths. */
#ifndef REPORTS_PLOTS_FRAME_H
#define REPORTS_PLOTS_FRAME_H

#include "lib/buf.h"
#include "reports/palette.h"

#define FRAME_WIDE_PX	960.0
#define FRAME_NARROW_PX 368.0
#define FRAME_FONT_PX	12.0

/* A drawing and the plotting area within it, in pixels from the top left. */
struct frame {
	double width_px, height_px;
	double left_px, right_px, top_px, bottom_px;
	double x_min, x_max, y_min, y_max;
	bool is_narrow;
};

enum align { ALIGN_LEFT, ALIGN_CENTER, ALIGN_RIGHT };

/* The head of a script: terminal, size, look. Once per script. */
void frame_begin(struct buf *s, const struct frame *f);

/* Margins and ranges of a plotting area; again for each panel of a multiplot. */
void frame_area(struct buf *s, const struct frame *f);

double frame_x_px(const struct frame *f, double x);
double frame_y_px(const struct frame *f, double y);

/* Ticks of the x axis in seconds, at a step that leaves room for their labels. */
void frame_seconds(struct buf *s, const struct frame *f, bool with_labels);

/* A nice step that cuts `range` into at most `most` parts. */
double frame_step(double range, int most);

/* Any text: quotes, backslashes, backquotes and line ends in it have no meaning to gnuplot. */
void frame_quote(struct buf *s, const char *text);
void frame_text(struct buf *s, const struct frame *f, double x_px, double y_px, enum align align,
	enum colour colour, const char *text);
void frame_line(struct buf *s, const struct frame *f, double x0_px, double y0_px, double x1_px,
	double y1_px, enum colour colour, double width, bool is_dashed);

/*
 * What a reader is told who points at a rectangle of the drawing: the browser's own tooltip. gnuplot
 * takes the line for a comment; figure.c makes an element of it.
 */
#define FRAME_TIP "#tip "
void frame_tip(
	struct buf *s, double x0_px, double y0_px, double x1_px, double y1_px, const char *text);

/* Width that a text will hardly exceed in any sans-serif face. */
double frame_text_px(const char *text);

/* The text itself if it fits into `max_px`, else its beginning with an ellipsis. */
#define FRAME_FIT_BYTES 324
const char *frame_fit(const char *text, double max_px, char out[static FRAME_FIT_BYTES]);

/*
 * Flags over the plotting area: a line up from the area at `x` and a text beside its top. An earlier flag
 * is never lower than a later one whose line its text would cross.
 */
struct flag {
	double x;
	char text[64];
	bool is_strong; /* a solid line: something was done; else it was seen */
	/* set by flags_place */
	int row;
	bool to_left;
};
#define FLAG_ROW_PX 17.0

/* Sorts by x, gives each a row (0 lowest). Returns the number of rows. */
int flags_place(struct flag *flags, size_t n, const struct frame *f);
void flags_draw(struct buf *s, const struct frame *f, const struct flag *flags, size_t n);

/* Labels in a column: moves positions (sorted downwards) apart so that each has `min_px`. */
void spread_px(double *y_px, size_t n, double min_px, double top_px, double bottom_px);

#endif
