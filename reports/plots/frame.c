/* frame.c - what all plots share: pixels, axes of seconds, labels that do not collide, two widths. */
#include "reports/plots/frame.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define CHAR_PX	 (FRAME_FONT_PX * 0.56)
#define TEXT_MAX 80

void
frame_begin(struct buf *s, const struct frame *f)
{
	buf_addf(s,
		"set encoding utf8\n"
		"set term svg size %.0f,%.0f font 'sans-serif,%.0f' noenhanced\n"
		"set minussign\nset key off\nset style fill solid 1.0 noborder\n"
		"set border 1 lc rgb '#%06x' lw 1\n"
		"set tics nomirror out scale 0.4 textcolor rgb '#%06x'\n"
		"unset ytics\n",
		f->width_px, f->height_px, FRAME_FONT_PX, colour_rgb(COLOUR_MUTE),
		colour_rgb(COLOUR_MUTE));
}

void
frame_area(struct buf *s, const struct frame *f)
{
	buf_addf(s,
		"set lmargin at screen %.6f\nset rmargin at screen %.6f\n"
		"set tmargin at screen %.6f\nset bmargin at screen %.6f\n"
		"set xrange [%.9g:%.9g]\nset yrange [%.9g:%.9g]\n",
		f->left_px / f->width_px, f->right_px / f->width_px, 1.0 - f->top_px / f->height_px,
		1.0 - f->bottom_px / f->height_px, f->x_min, f->x_max, f->y_min, f->y_max);
}

double
frame_x_px(const struct frame *f, double x)
{
	return f->left_px + (x - f->x_min) / (f->x_max - f->x_min) * (f->right_px - f->left_px);
}

double
frame_y_px(const struct frame *f, double y)
{
	return f->bottom_px - (y - f->y_min) / (f->y_max - f->y_min) * (f->bottom_px - f->top_px);
}

double
frame_step(double range, int most)
{
	double raw = range / most, power = pow(10, floor(log10(raw))), part = raw / power;

	return power * (part <= 1.0000001 ? 1 : part <= 2 ? 2 : part <= 5 ? 5 : 10);
}

void
frame_seconds(struct buf *s, const struct frame *f, bool with_labels)
{
	double range = f->x_max - f->x_min;
	bool is_ms = range < 0.95;		   /* "20 ms", not "0.02 s" */
	double room_px = f->right_px - f->left_px; /* for labels of up to 6 characters */
	double step = is_ms ? frame_step(range * 1e3, (int)fmax(3, room_px / 56))
			    : frame_step(range, f->is_narrow ? 6 : 14);

	if (!is_ms || !with_labels) {
		buf_addf(s, "set xtics %.9g format '%s'\n", is_ms ? step / 1e3 : step,
			with_labels ? "%g s" : "");
		return;
	}
	buf_add(s, "set xtics (");
	for (double at = ceil(f->x_min * 1e3 / step - 1e-6) * step, i = 0;
		at <= f->x_max * 1e3 * (1 + 1e-9) && i < 40; at += step, i++)
		buf_addf(s, "%s'%.10g ms' %.9g", i > 0 ? "," : "", fabs(at) < step / 2 ? 0 : at,
			at / 1e3);
	buf_add(s, ")\n");
}

void
frame_quote(struct buf *s, const char *text)
{
	size_t n = 0;

	buf_add(s, "'");
	for (const char *p = text; *p != '\0'; p++) {
		bool is_head = ((unsigned char)*p & 0xc0) != 0x80; /* of a UTF-8 sequence */

		if (is_head && n++ == TEXT_MAX)
			break;
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			buf_add(s, " ");
		else if (*p == '\'')
			buf_add(s, "''");
		else
			buf_add_len(s, p, 1);
	}
	buf_add(s, "'");
}

void
frame_text(struct buf *s, const struct frame *f, double x_px, double y_px, enum align align,
	enum colour colour, const char *text)
{
	static const char *const how[] = {"left", "center", "right"};

	buf_add(s, "set label ");
	frame_quote(s, text);
	buf_addf(s, " at screen %.6f,%.6f %s tc rgb '#%06x' front\n", x_px / f->width_px,
		1.0 - y_px / f->height_px, how[align], colour_rgb(colour));
}

void
frame_line(struct buf *s, const struct frame *f, double x0_px, double y0_px, double x1_px,
	double y1_px, enum colour colour, double width, bool is_dashed)
{
	buf_addf(s,
		"set arrow from screen %.6f,%.6f to screen %.6f,%.6f nohead lc rgb '#%06x' lw %g%s "
		"front\n",
		x0_px / f->width_px, 1.0 - y0_px / f->height_px, x1_px / f->width_px,
		1.0 - y1_px / f->height_px, colour_rgb(colour), width,
		is_dashed ? " dt (4,4)" : "");
}

void
frame_tip(struct buf *s, double x0_px, double y0_px, double x1_px, double y1_px, const char *text)
{
	if (!isfinite(x0_px) || !isfinite(x1_px) || !isfinite(y0_px) || !isfinite(y1_px))
		return;
	buf_addf(s, FRAME_TIP "%.1f %.1f %.1f %.1f ", fmin(x0_px, x1_px), fmin(y0_px, y1_px),
		fmax(1, fabs(x1_px - x0_px)), fmax(1, fabs(y1_px - y0_px)));
	for (const char *p = text; *p != '\0'; p++)
		buf_add_len(s, (unsigned char)*p < 0x20 || *p == '\\' ? " " : p, 1);
	buf_add(s, "\n");
}

double
frame_text_px(const char *text)
{
	size_t n = 0;

	for (const char *p = text; *p != '\0'; p++)
		n += ((unsigned char)*p & 0xc0) != 0x80;
	return (double)(n > TEXT_MAX ? TEXT_MAX : n) * CHAR_PX;
}

const char *
frame_fit(const char *text, double max_px, char out[static FRAME_FIT_BYTES])
{
	size_t most = max_px < CHAR_PX ? 0 : (size_t)(max_px / CHAR_PX), n = 0, used = 0;

	if (frame_text_px(text) <= max_px && strlen(text) < FRAME_FIT_BYTES)
		return text;
	most = most > TEXT_MAX ? TEXT_MAX : most;
	for (const char *p = text; *p != '\0' && used < FRAME_FIT_BYTES - 4; p++) {
		n += ((unsigned char)*p & 0xc0) != 0x80;
		if (n >= most)
			break;
		out[used++] = *p;
	}
	memcpy(out + used, "…", sizeof("…"));
	return out;
}

static int
flag_cmp(const void *a, const void *b)
{
	const struct flag *x = a, *y = b;

	return x->x < y->x ? -1 : x->x > y->x;
}

static void
flag_span(const struct flag *g, const struct frame *f, double *from, double *to)
{
	double x = frame_x_px(f, g->x), width = frame_text_px(g->text);

	*from = g->to_left ? x - width - 6 : x;
	*to = g->to_left ? x : x + width + 6;
}

int
flags_place(struct flag *flags, size_t n, const struct frame *f)
{
	int rows = 0;

	qsort(flags, n, sizeof(*flags), flag_cmp);
	for (size_t i = n; i-- > 0;) {
		double from, to;

		flags[i].to_left = false;
		flag_span(&flags[i], f, &from, &to);
		flags[i].to_left = to > f->width_px;
		flag_span(&flags[i], f, &from, &to);
		flags[i].row = 0;
		for (size_t j = i + 1; j < n; j++) {
			double other_from, other_to;

			flag_span(&flags[j], f, &other_from, &other_to);
			if (other_from < to && other_to > from && flags[j].row >= flags[i].row)
				flags[i].row = flags[j].row + 1;
		}
		rows = flags[i].row + 1 > rows ? flags[i].row + 1 : rows;
	}
	return rows;
}

void
flags_draw(struct buf *s, const struct frame *f, const struct flag *flags, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		double x = frame_x_px(f, flags[i].x);
		double y = f->top_px - 12 - FLAG_ROW_PX * flags[i].row;

		frame_line(s, f, x, f->bottom_px, x, y - 6, COLOUR_INK,
			flags[i].is_strong ? 1.5 : 1, !flags[i].is_strong);
		frame_text(s, f, flags[i].to_left ? x - 4 : x + 4, y,
			flags[i].to_left ? ALIGN_RIGHT : ALIGN_LEFT, COLOUR_INK, flags[i].text);
	}
}

void
spread_px(double *y_px, size_t n, double min_px, double top_px, double bottom_px)
{
	for (int round = 0; round < 60; round++)
		for (size_t i = 1; i < n; i++) {
			double lack = min_px - (y_px[i] - y_px[i - 1]);

			if (lack > 0) {
				y_px[i - 1] -= lack / 2;
				y_px[i] += lack / 2;
			}
		}
	for (size_t i = 0; i < n; i++)
		y_px[i] = fmax(y_px[i], i == 0 ? top_px : y_px[i - 1] + min_px);
	for (size_t i = n; i-- > 0;)
		y_px[i] = fmin(y_px[i], i == n - 1 ? bottom_px : y_px[i + 1] - min_px);
}
