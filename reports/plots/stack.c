/* stack.c - a timeline as stacked steps: answers by PoP from below, failed and unanswered on top. */
#include "reports/plots/stack.h"

#include <math.h>
#include <string.h>

static bool
is_any(const double *bins, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (bins[i] > 0)
			return true;
	return false;
}

static void
add_layer(struct stack *k, const char *name, const double *queries, enum colour fill,
	enum colour text, const char *label)
{
	if (k->n < STACK_LAYERS_MAX && is_any(queries, k->timeline->bins))
		k->layer[k->n++] = (struct layer){name, queries, fill, text, label};
}

static double
height_qps(const struct stack *k, size_t layers, size_t bin)
{
	double sum = 0;

	for (size_t i = 0; i < layers; i++)
		sum += fmax(0, k->layer[i].queries[bin]);
	return sum * 1000.0 / k->timeline->bin_ms;
}

/* How much of a site's answers went away (negative) or came in, between before and after the fault. */
static double
change(const struct timeline *t, const double *queries)
{
	double before = 0, after = 0, n_before = 0, n_after = 0;

	for (size_t b = 0; b < t->bins; b++) {
		double at_ms = t->from_ms + t->bin_ms * (double)b;

		if (at_ms < 0) {
			before += queries[b];
			n_before++;
		} else if (at_ms < t->from_ms + t->bin_ms * (double)t->bins / 2) {
			after += queries[b];
			n_after++;
		}
	}
	return n_before == 0 || n_after == 0 ? 0 : after / n_after - before / n_before;
}

/* 0: stays as it is, 1: gains, 2: loses. Who loses lies on top, next to what is not answered. */
static int
height_class(const struct timeline *t, const double *queries)
{
	double by = change(t, queries);

	return by > 0.5 ? 1 : by < -0.5 ? 2 : 0;
}

void
stack_init(struct stack *k, const struct timeline *t, const struct palette *p)
{
	*k = (struct stack){.timeline = t};
	for (int kind = 0; kind < 3; kind++)
		for (size_t i = 0; i < p->n;
			i++) /* in the palette's order, the same in every plot */
			for (size_t j = 0; j < t->n_sites; j++)
				if (strcmp(t->sites[j].site, p->site[i]) == 0 &&
					height_class(t, t->sites[j].queries) == kind)
					add_layer(k, t->sites[j].site, t->sites[j].queries,
						palette_fill(p, t->sites[j].site),
						palette_text(p, t->sites[j].site),
						t->sites[j].site);
	add_layer(k, NULL, t->failed, COLOUR_FAILED, COLOUR_FAILED, "failed");
	add_layer(k, NULL, t->unanswered, COLOUR_UNANSWERED, COLOUR_UNANSWERED_TEXT, "no answer");
	for (size_t b = 0; b < t->bins; b++)
		k->max_qps = fmax(k->max_qps, height_qps(k, k->n, b));
}

double
stack_from_s(const struct stack *k)
{
	return k->timeline->from_ms / 1e3;
}

double
stack_to_s(const struct stack *k)
{
	return (k->timeline->from_ms + k->timeline->bin_ms * (double)k->timeline->bins) / 1e3;
}

/* Steps of one boundary pair, only where they change. */
static void
layer_data(struct buf *s, const struct stack *k, size_t layer, const char *name)
{
	double low = NAN, high = NAN;
	size_t bins = k->timeline->bins;

	buf_addf(s, "$%s%zu << EOD\n", name, layer);
	for (size_t b = 0; b <= bins; b++) {
		double t = (k->timeline->from_ms + k->timeline->bin_ms * (double)b) / 1e3;
		double new_low = b == bins ? low : height_qps(k, layer, b);
		double new_high = b == bins ? high : height_qps(k, layer + 1, b);
		bool is_same = b > 0 && fabs(new_low - low) < 1e-9 && fabs(new_high - high) < 1e-9;

		if (b > 0 && (!is_same || b == bins))
			buf_addf(s, "%.6g %.9g %.9g\n", t, low, high);
		if (b < bins && !is_same)
			buf_addf(s, "%.6g %.9g %.9g\n", t, new_low, new_high);
		low = new_low;
		high = new_high;
	}
	buf_add(s, "EOD\n");
}

void
stack_plot(struct buf *s, const struct stack *k, const char *name)
{
	for (size_t i = 0; i < k->n; i++)
		layer_data(s, k, i, name);
	if (k->n == 0)
		buf_add(s, "plot NaN notitle\n");
	for (size_t i = 0; i < k->n; i++)
		buf_addf(s, "%s$%s%zu using 1:2:3 with filledcurves lc rgb '#%06x' notitle%s",
			i == 0 ? "plot " : " ", name, i, colour_rgb(k->layer[i].fill),
			i + 1 < k->n ? "," : "\n");
}

void
stack_labels(struct buf *s, const struct frame *f, const struct stack *k)
{
	double y_px[STACK_LAYERS_MAX];
	char fit[FRAME_FIT_BYTES];
	const struct layer *shown[STACK_LAYERS_MAX];
	size_t n = 0, bins = k->timeline->bins;

	for (size_t i = k->n; i-- > 0;) { /* downwards */
		size_t bin = bins - 1;

		if (k->layer[i].name == NULL)
			continue;
		for (size_t b = 0; b < bins && !(k->layer[i].queries[bin] > 0); b++)
			if (k->layer[i].queries[b] > k->layer[i].queries[bin])
				bin = b;
		shown[n] = &k->layer[i];
		y_px[n++] = frame_y_px(f, (height_qps(k, i, bin) + height_qps(k, i + 1, bin)) / 2);
	}
	spread_px(y_px, n, FRAME_FONT_PX + 2, f->top_px + 6, f->bottom_px - 6);
	for (size_t i = 0; i < n; i++)
		frame_text(s, f, f->right_px + 6, y_px[i], ALIGN_LEFT, shown[i]->text,
			frame_fit(shown[i]->label, f->width_px - f->right_px - 6, fit));
}
