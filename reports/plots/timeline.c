/* timeline.c - answers per second by the PoP that answered, around the fault of one trial. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "reports/plots/figure.h"
#include "reports/plots/events.h"
#include "reports/plots/stack.h"
#include "reports/show.h"

struct timeline_subject {
	const struct scene *scene;
	struct stack stack;
};

static double
time_s(const struct stack *k, size_t bin)
{
	return (k->timeline->from_ms + k->timeline->bin_ms * (double)bin) / 1e3;
}

/* A layer's name within it, around its peak, if there is room. */
static void
label_within(struct buf *s, const struct frame *f, const struct stack *k, size_t layer)
{
	const double *q = k->layer[layer].queries;
	double below_qps = 0, per_s = 1000.0 / k->timeline->bin_ms, high_px, wide_px;
	size_t peak = 0, from, to;

	for (size_t b = 0; b < k->timeline->bins; b++)
		if (q[b] > q[peak])
			peak = b;
	for (from = peak; from > 0 && q[from - 1] > q[peak] / 2;)
		from--;
	for (to = peak; to < k->timeline->bins && q[to] > q[peak] / 2;)
		to++;
	for (size_t i = 0; i < layer; i++)
		below_qps += k->layer[i].queries[peak] * per_s;
	high_px = frame_y_px(f, below_qps) - frame_y_px(f, below_qps + q[peak] / 2 * per_s);
	wide_px = frame_x_px(f, time_s(k, to)) - frame_x_px(f, time_s(k, from));
	if (wide_px > frame_text_px(k->layer[layer].label) && high_px > 14)
		frame_text(s, f, frame_x_px(f, (time_s(k, from) + time_s(k, to)) / 2),
			frame_y_px(f, below_qps + q[peak] / 3 * per_s), ALIGN_CENTER, COLOUR_PAPER,
			k->layer[layer].label);
}

static void
script(struct buf *s, const void *subject, bool is_narrow)
{
	const struct timeline_subject *t = subject;
	struct flag flags[EVENTS_MAX];
	size_t n_flags = events_of(flags, t->scene->trial, t->scene->result->gap_ms, is_narrow);
	struct frame f = {.is_narrow = is_narrow,
		.width_px = is_narrow ? FRAME_NARROW_PX : FRAME_WIDE_PX,
		.left_px = is_narrow ? 44 : 52,
		.x_min = stack_from_s(&t->stack),
		.x_max = stack_to_s(&t->stack),
		.y_max = fmax(1, t->stack.max_qps)};
	double step = frame_step(f.y_max, is_narrow ? 3 : 4);

	f.right_px = f.width_px - (is_narrow ? 36 : 52);
	f.top_px = 12 + FLAG_ROW_PX * flags_place(flags, n_flags, &f);
	f.bottom_px = f.top_px + (is_narrow ? 190 : 250);
	f.height_px = f.bottom_px + 30;
	frame_begin(s, &f);
	frame_area(s, &f);
	frame_seconds(s, &f, true);
	buf_addf(s,
		"set ytics nomirror out scale 0.4 %.9g format '%%g'\nset grid ytics lc rgb '#%06x' "
		"lw 1 dt 1\n",
		step, colour_rgb(COLOUR_GRID));
	frame_text(s, &f, f.left_px - 8, f.top_px - 9, ALIGN_RIGHT, COLOUR_MUTE, "q/s");
	flags_draw(s, &f, flags, n_flags);
	for (size_t i = 0; i < t->stack.n; i++)
		if (t->stack.layer[i].name == NULL)
			label_within(s, &f, &t->stack, i);
	stack_labels(s, &f, &t->stack);
	stack_plot(s, &t->stack, "T");
}

static double
sum(const double *bins, size_t n)
{
	double total = 0;

	for (size_t i = 0; i < n; i++)
		total += bins[i];
	return total;
}

int
plot_timeline(struct buf *page, const struct scene *scene, struct err *e)
{
	const struct result *r = scene->result;
	const struct trial *t = scene->trial;
	struct timeline_subject subject = {.scene = scene};
	char a[SHOW_BYTES], b[SHOW_BYTES], c[SHOW_BYTES], d[SHOW_BYTES], title[256], subtitle[512];
	double lost, failed;

	if (t == NULL)
		return 0;
	stack_init(&subject.stack, &t->timeline, scene->palette);
	failed = sum(t->timeline.failed, t->timeline.bins);
	lost = sum(t->timeline.unanswered, t->timeline.bins) + failed;
	if (lost == 0)
		snprintf(title, sizeof(title), "No query went unanswered in trial %d", t->number);
	else if (!isnan(t->full_convergence_ms))
		snprintf(title, sizeof(title),
			"Trial %d: every stream answered again %s after the fault", t->number,
			show_ms_gap(t->full_convergence_ms, r->gap_ms, a));
	else
		snprintf(title, sizeof(title), "Trial %d: not every stream was answered again",
			t->number);
	snprintf(subtitle, sizeof(subtitle),
		"Queries per second by the PoP that answered, in bins of %s; x: seconds from the "
		"fault. Trial "
		"%d of %zu, %s; %s streams at %s q/s each; %s queries failed or unanswered%s.",
		show_ms_stated(t->timeline.bin_ms, a), t->number, r->n_trials,
		!t->valid				      ? "an invalid one, as none was valid"
			: isnan(family_worst(t->withdraw_ms)) ? "the first that can be shown"
							      : "the median one by withdraw",
		show_count(r->streams_count, b), show_count(r->rate_qps, c), show_count(lost, d),
		lost == 0 ? ""
			: failed == 0
			? " (vermilion)"
			: " (vermilion: no reply; dark: refused, unreachable or wrong)");
	return figure_add(page, "timeline", title, subtitle, subtitle, script, &subject, e);
}
