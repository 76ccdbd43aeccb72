/* stack.c - a timeline as stacked steps: answers by PoP from below, failed and unanswered on top. */
#include "reports/plots/stack.h"

#include <math.h>
#include <stdlib.h>
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

/* All queries sent in a bin, whatever became of them. */
static double
sent(const struct timeline *t, size_t bin)
{
	double sum = t->unanswered[bin] + t->failed[bin];

	for (size_t i = 0; i < t->n_sites; i++)
		sum += t->sites[i].queries[bin];
	return sum;
}

static int
double_cmp(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double
usual(const struct timeline *t)
{
	double *sorted = calloc(t->bins + 1, sizeof(*sorted)), median;

	if (sorted == NULL)
		return 0; /* drawn as it is, then */
	for (size_t b = 0; b < t->bins; b++)
		sorted[b] = sent(t, b);
	qsort(sorted, t->bins, sizeof(*sorted), double_cmp);
	median = sorted[t->bins / 2];
	free(sorted);
	return median;
}

#define PARTIAL	 0.985 /* of the usual: a stream or two by rounding are no part */
#define ENDS_MAX 3     /* bins that may be left out at each end for being partial */
#define EMPTY	 0.5 /* of the usual: the clients had not begun, or had done; any number of such */

/* Trials begin at a random instant of a health check's period: before that there is nothing to draw. */
static void
trim(struct stack *k)
{
	const struct timeline *t = k->timeline;
	size_t first = 0, end = t->bins;

	while (first + 1 < end && sent(t, first) < EMPTY * k->usual)
		first++;
	while (first + 1 < end && sent(t, end - 1) < EMPTY * k->usual)
		end--;
	k->first = first;
	k->end = end;
	while (k->first < first + ENDS_MAX && k->first + 1 < k->end &&
		sent(t, k->first) < PARTIAL * k->usual)
		k->first++;
	while (end - k->end < ENDS_MAX && k->first + 1 < k->end &&
		sent(t, k->end - 1) < PARTIAL * k->usual)
		k->end--;
}

static double
scale(const struct stack *k, size_t bin)
{
	double n = sent(k->timeline, bin);

	return k->usual > 0 && fabs(n - k->usual) <= STACK_SCALE_MAX * k->usual ? k->usual / n : 1;
}

static double
height_qps(const struct stack *k, size_t layers, size_t bin)
{
	double sum = 0;

	for (size_t i = 0; i < layers; i++)
		sum += fmax(0, k->layer[i].queries[bin]);
	return sum * scale(k, bin) * 1000.0 / k->timeline->bin_ms;
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
	*k = (struct stack){.timeline = t, .usual = usual(t)};
	trim(k);
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
	for (size_t b = k->first; b < k->end; b++)
		k->max_qps = fmax(k->max_qps, height_qps(k, k->n, b));
}

void
stack_align(struct stack *k, const struct stack *with)
{
	if (k->timeline->bins != with->timeline->bins)
		return;
	k->first = with->first;
	k->end = with->end;
}

double
stack_from_s(const struct stack *k)
{
	return (k->timeline->from_ms + k->timeline->bin_ms * (double)k->first) / 1e3;
}

double
stack_to_s(const struct stack *k)
{
	return (k->timeline->from_ms + k->timeline->bin_ms * (double)k->end) / 1e3;
}

/* Steps of one boundary pair, only where they change. */
static void
layer_data(struct buf *s, const struct stack *k, size_t layer, const char *name)
{
	double low = NAN, high = NAN;

	buf_addf(s, "$%s%zu << EOD\n", name, layer);
	for (size_t b = k->first; b <= k->end; b++) {
		double t = (k->timeline->from_ms + k->timeline->bin_ms * (double)b) / 1e3;
		double new_low = b == k->end ? low : height_qps(k, layer, b);
		double new_high = b == k->end ? high : height_qps(k, layer + 1, b);
		bool is_same =
			b > k->first && fabs(new_low - low) < 1e-9 && fabs(new_high - high) < 1e-9;

		if (b > k->first && (!is_same || b == k->end))
			buf_addf(s, "%.6g %.9g %.9g\n", t, low, high);
		if (b < k->end && !is_same)
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

/* A name within its layer, in the middle of the longest time it is at least half as high as ever. */
static void
label_within(struct buf *s, const struct frame *f, const struct stack *k, size_t layer)
{
	const double *q = k->layer[layer].queries;
	double most = 0, px_per_bin = (f->right_px - f->left_px) / (double)(k->end - k->first);
	size_t best = k->first, best_n = 0, run = 0, middle;

	for (size_t b = k->first; b < k->end; b++)
		most = fmax(most, q[b]);
	for (size_t b = k->first; b < k->end; b++) {
		run = q[b] > most / 2 ? run + 1 : 0;
		if (run > best_n) {
			best_n = run;
			best = b + 1 - run;
		}
	}
	middle = best + best_n / 2;
	if (px_per_bin * (double)best_n < frame_text_px(k->layer[layer].label) + 6 ||
		frame_y_px(f, height_qps(k, layer, middle)) -
				frame_y_px(f, height_qps(k, layer + 1, middle)) <
			FRAME_FONT_PX + 2)
		return;
	frame_text(s, f, f->left_px + px_per_bin * ((double)(middle - k->first)),
		frame_y_px(
			f, (height_qps(k, layer, middle) + height_qps(k, layer + 1, middle)) / 2),
		ALIGN_CENTER, COLOUR_INK, k->layer[layer].label);
}

void
stack_labels(struct buf *s, const struct frame *f, const struct stack *k)
{
	double y_px[STACK_LAYERS_MAX];
	char fit[FRAME_FIT_BYTES];
	const struct layer *shown[STACK_LAYERS_MAX];
	size_t n = 0, last = k->end - 1;

	for (size_t i = k->n; i-- > 0;) { /* downwards */
		if (k->layer[i].name == NULL || !(k->layer[i].queries[last] > 0)) {
			label_within(s, f, k, i);
			continue;
		}
		shown[n] = &k->layer[i];
		y_px[n++] =
			frame_y_px(f, (height_qps(k, i, last) + height_qps(k, i + 1, last)) / 2);
	}
	spread_px(y_px, n, FRAME_FONT_PX + 2, f->top_px + 6, f->bottom_px - 6);
	for (size_t i = 0; i < n; i++)
		frame_text(s, f, f->right_px + 6, y_px[i], ALIGN_LEFT, shown[i]->text,
			frame_fit(shown[i]->label, f->width_px - f->right_px - 6, fit));
}

#define TIPS_MAX 48

void
stack_tips(struct buf *s, const struct frame *f, const struct stack *k)
{
	const struct timeline *t = k->timeline;
	size_t bins = k->end - k->first, each = bins / TIPS_MAX + 1;

	for (size_t from = k->first; from < k->end; from += each) {
		size_t to = from + each < k->end ? from + each : k->end;
		double at_s = (t->from_ms + t->bin_ms * (double)from) / 1e3;
		double end_s = (t->from_ms + t->bin_ms * (double)to) / 1e3;
		char text[400];
		int used = snprintf(text, sizeof(text), "%.1f to %.1f s:", at_s, end_s);

		for (size_t i = k->n; i-- > 0 && used < (int)sizeof(text) - 40;) {
			double qps = 0;

			for (size_t b = from; b < to; b++)
				qps += height_qps(k, i + 1, b) - height_qps(k, i, b);
			qps /= (double)(to - from);
			if (qps >= 0.5)
				used += snprintf(text + used, sizeof(text) - (size_t)used,
					" %.24s %.0f,", k->layer[i].label, qps);
		}
		if (text[used - 1] == ',')
			text[used - 1] = '\0';
		frame_tip(s, frame_x_px(f, at_s), f->top_px, frame_x_px(f, end_s), f->bottom_px,
			text);
	}
}
