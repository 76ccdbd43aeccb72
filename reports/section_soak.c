/* section_soak.c - rounds of withdraw and announce: how fast the routers followed, round by round, and what went wrong. */
#include <math.h>
#include <stdio.h>

#include "reports/html.h"
#include "reports/page.h"
#include "reports/show.h"

enum { WIDTH = 900, HEIGHT = 170, LEFT = 60, RIGHT = 16, TOP = 14, BOTTOM = 34, WRONG_ROWS = 12 };

static const char *const half_words[ROUNDS_HALVES] = {"withdraw", "announce"};
static const char *const half_colour[ROUNDS_HALVES] = {"--lost", "--site0"};

static const char *
family_words(const char *family)
{
	return family[1] == '4' ? "IPv4" : "IPv6";
}

/* 1, 2 or 5 times a power of ten, at or over the value. */
static double
round_up(double v)
{
	double unit = pow(10, floor(log10(v))), ratio = v / unit;

	return unit * (ratio <= 1 ? 1 : ratio <= 2 ? 2 : ratio <= 5 ? 5 : 10);
}

static double
greatest_ms(const struct rounds *x)
{
	double most = 1;

	for (size_t i = 0; i < x->n_families; i++)
		for (int h = 0; h < ROUNDS_HALVES; h++)
			if (x->family[i].half[h].max_ms > most)
				most = x->family[i].half[h].max_ms;
	return round_up(most);
}

static void
axes(struct buf *b, double top_ms, double rounds)
{
	char text[SHOW_BYTES];

	for (int i = 0; i <= 2; i++) {
		double y = HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * i / 2.0;

		buf_addf(b,
			"<path d=\"M%d %.1fH%d\" style=\"stroke:var(--grid)\"/><text x=\"%d\" "
			"y=\"%.1f\" text-anchor=\"end\" style=\"fill:var(--mute)\">",
			LEFT, y, WIDTH - RIGHT, LEFT - 6, y + 4);
		html_text(b, show_ms_stated(top_ms * i / 2, text));
		html_raw(b, "</text>\n");
	}
	buf_addf(b,
		"<text x=\"%d\" y=\"%d\" style=\"fill:var(--mute)\">round 1</text><text x=\"%d\" "
		"y=\"%d\" text-anchor=\"end\" style=\"fill:var(--mute)\">round %.0f</text>\n",
		LEFT, HEIGHT - 12, WIDTH - RIGHT, HEIGHT - 12, rounds);
}

/* A dot a round; IPv6 is hollow. */
static void
dots(struct buf *b, const struct rounds_half *h, const char *colour, bool hollow, double top_ms)
{
	buf_addf(b, "<g style=\"%s:var(%s)%s\">", hollow ? "stroke" : "fill", colour,
		hollow ? ";fill:none" : "");
	for (size_t i = 0; i < h->n; i++)
		if (h->ms[i] > 0)
			buf_addf(b, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"2\"/>",
				LEFT +
					(WIDTH - LEFT - RIGHT) * (double)i /
						fmax((double)h->n - 1, 1),
				HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * h->ms[i] / top_ms);
	html_raw(b, "</g>\n");
}

static void
plot(struct buf *b, const struct rounds *x)
{
	double top_ms = greatest_ms(x);

	html_raw(b, "<figure><div class=\"scroll\">");
	buf_addf(b,
		"<svg role=\"img\" viewBox=\"0 0 %d %d\" width=\"%d\" font-size=\"12\" "
		"aria-label=\"convergence round by round\">\n",
		WIDTH, HEIGHT, WIDTH);
	axes(b, top_ms, x->family[0].rounds);
	for (size_t i = 0; i < x->n_families; i++)
		for (int h = 0; h < ROUNDS_HALVES; h++)
			dots(b, &x->family[i].half[h], half_colour[h], i > 0, top_ms);
	html_raw(b,
		"</svg></div><figcaption><p>From the first UPDATE at the site to the last change "
		"of a "
		"router's "
		"table, by round: vermilion after the withdraw, blue after the announce; IPv6 "
		"hollow.</p></figcaption></figure>\n");
}

static void
half_row(struct buf *b, const struct rounds_family *f, int half)
{
	const struct rounds_half *h = &f->half[half];
	char text[SHOW_BYTES];

	html_row(b);
	buf_add(b, "<th scope=\"row\">");
	html_textf(b, "%s, %s", half_words[half], family_words(f->family));
	html_raw(b, "</th>");
	html_num(b, show_ms(h->p50_ms, text));
	html_num(b, show_ms(h->p99_ms, text));
	html_num(b, show_ms(h->max_ms, text));
	html_num(b, show_ms(h->first_fifth_ms, text));
	html_num(b, show_ms(h->last_fifth_ms, text));
	html_num(b, h->drift_known ? show_ms(h->drift_ms, text) : SHOW_NONE);
	html_cell(b, !h->drift_known ? "too few rounds" : h->drift_found ? "yes" : "no");
	html_row_end(b);
}

static void
table(struct buf *b, const struct rounds *x)
{
	static const char *const names[] = {"Convergence after", "median", "p99", "most",
		"first fifth, median", "last fifth, median", "Slope, over all rounds", "Drifts"};

	html_table(b, "Of all rounds; the slope is that of Theil and Sen");
	html_raw(b, "<thead>");
	html_row(b);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (i == 0 || i == 7)
			html_col(b, names[i]);
		else
			html_col_num(b, names[i]);
	html_row_end(b);
	html_raw(b, "</thead><tbody>\n");
	for (size_t i = 0; i < x->n_families; i++)
		for (int h = 0; h < ROUNDS_HALVES; h++)
			half_row(b, &x->family[i], h);
	html_raw(b, "</tbody>");
	html_table_end(b);
}

static void
wrong_list(struct buf *b, const struct rounds_family *f)
{
	char text[SHOW_BYTES];

	if (f->n_wrong == 0)
		return;
	html_raw(b, "<ul>\n");
	for (size_t i = 0; i < f->n_wrong && i < WRONG_ROWS; i++) {
		const struct rounds_wrong *w = &f->wrong[i];

		html_raw(b, "<li>");
		if (isnan(w->round))
			html_textf(b, "%s: at %s the session of %s with %s ended (%s)",
				family_words(f->family), show_ms(w->at_ms, text), w->node, w->was,
				w->is);
		else
			html_textf(b, "%s, round %.0f, %s: %s has %s, before it was %s",
				family_words(f->family), w->round, w->half, w->node, w->is, w->was);
		html_raw(b, "</li>\n");
	}
	html_raw(b, "</ul>\n");
}

static void
heading(struct buf *b, const struct rounds *x, int number)
{
	double stuck = 0, lost = 0;

	for (size_t i = 0; i < x->n_families; i++) {
		stuck += x->family[i].stuck;
		lost += x->family[i].lost;
	}
	html_raw(b, "<section class=\"soak\"><h2>");
	html_textf(b, "%.0f rounds of withdraw and announce (trial %d): ", x->family[0].complete,
		number);
	if (stuck + lost > 0)
		html_textf(b, "%.0f stuck, %.0f sessions lost", stuck, lost);
	else
		html_text(b, "nothing stuck, no session lost");
	html_raw(b, "</h2>\n");
}

void
section_soak(struct buf *b, const struct result *r)
{
	for (size_t i = 0; i < r->n_trials; i++) {
		const struct rounds *x = &r->trial[i].rounds;

		if (x->n_families == 0)
			continue;
		heading(b, x, r->trial[i].number);
		plot(b, x);
		table(b, x);
		for (size_t f = 0; f < x->n_families; f++)
			wrong_list(b, &x->family[f]);
		html_raw(b, "</section>\n");
	}
}
