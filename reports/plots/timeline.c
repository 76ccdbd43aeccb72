/* timeline.c - answers per second by the PoP that answered, around the fault of one trial. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "reports/plots/coarse.h"
#include "reports/plots/figure.h"
#include "reports/plots/events.h"
#include "reports/plots/stack.h"
#include "reports/show.h"

struct timeline_subject {
	const struct scene *scene;
	struct stack stack;
	const struct trial *trial;
	bool is_small;
};

static void
script(struct buf *s, const void *subject, bool is_narrow)
{
	const struct timeline_subject *t = subject;
	struct flag flags[EVENTS_MAX];
	size_t n_flags = events_of(flags, t->trial, is_narrow);
	struct frame f = {.is_narrow = is_narrow,
		.width_px = is_narrow ? FRAME_NARROW_PX : FRAME_WIDE_PX,
		.left_px = is_narrow ? 44 : 52,
		.x_min = stack_from_s(&t->stack),
		.x_max = stack_to_s(&t->stack),
		.y_max = fmax(1, t->stack.max_qps)};
	double step = frame_step(f.y_max, is_narrow ? 3 : 4);

	n_flags = events_within(flags, n_flags, f.x_min, f.x_max);
	f.right_px = f.width_px - (is_narrow ? 36 : 52);
	f.top_px = fmax(24, 12 + FLAG_ROW_PX * flags_place(flags, n_flags, &f));
	f.bottom_px = f.top_px + (t->is_small ? 96 : is_narrow ? 190 : 250);
	f.height_px = f.bottom_px + 30;
	frame_begin(s, &f);
	frame_area(s, &f);
	frame_seconds(s, &f, true);
	buf_addf(s,
		"set ytics nomirror out scale 0.4 %.9g format '%%g'\nset grid ytics lc rgb '#%06x' "
		"lw 1 dt 1\n",
		step, colour_rgb(COLOUR_GRID));
	frame_text(s, &f, f.left_px - 8, f.top_px - 14, ALIGN_RIGHT, COLOUR_MUTE, "q/s");
	flags_draw(s, &f, flags, n_flags);
	stack_labels(s, &f, &t->stack);
	if (!t->is_small)
		stack_tips(s, &f, &t->stack);
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

/* What the plot does not show: queries over TCP, or for large answers, that were lost in the run. */
static double
lost_beside(const struct result *r, const char *metric)
{
	const struct metric *m = result_metric(r, metric);

	return m == NULL || !(m->stats.max > 0) ? 0 : m->stats.max;
}

static void
say_nothing_lost(const struct result *r, const struct trial *t, char *title, size_t size)
{
	double tcp = lost_beside(r, "tcp_unanswered_queries");
	double large = lost_beside(r, "large_unanswered_queries");
	char a[SHOW_BYTES], b[SHOW_BYTES];

	if (tcp > 0 || large > 0)
		snprintf(title, size,
			"No query of these streams went unanswered in trial %d; %s%s%s%s%s %s lost",
			t->number, tcp > 0 ? show_count(tcp, a) : "", tcp > 0 ? " over TCP" : "",
			tcp > 0 && large > 0 ? " and " : "", large > 0 ? show_count(large, b) : "",
			large > 0 ? " for large answers" : "", tcp + large == 1 ? "was" : "were");
	else
		snprintf(title, size, "No query went unanswered in trial %d", t->number);
}

static void
say_title(const struct result *r, const struct trial *t, double lost, char *title, size_t size)
{
	char full[SHOW_BYTES], back[SHOW_BYTES];
	size_t used;

	if (lost == 0)
		say_nothing_lost(r, t, title, size);
	else if (t->full_convergence_ms == 0)
		snprintf(title, size, "Trial %d%s: the fault lost no query", t->number,
			t->valid ? "" : " (invalid)");
	else if (!isnan(t->full_convergence_ms))
		snprintf(title, size, "Trial %d%s: every stream answered again %s after the fault",
			t->number, t->valid ? "" : " (invalid)",
			show_ms(t->full_convergence_ms, full));
	else
		snprintf(title, size, "Trial %d%s: not every stream was answered again%s",
			t->number, t->valid ? "" : " (invalid)",
			isnan(t->restore_ms) ? "" : " while the fault lasted");
	used = strlen(title);
	if (t->restore_unanswered > 0)
		snprintf(title + used, size - used, "; the return then lost %s %s",
			show_count(t->restore_unanswered, back),
			t->restore_unanswered == 1 ? "query" : "queries");
}

int
plot_timeline(struct buf *page, const struct scene *scene, struct err *e)
{
	const struct result *r = scene->result;
	const struct trial *t = scene->trial;
	struct timeline_subject subject = {.scene = scene, .trial = t};
	char bin[SHOW_BYTES], streams[SHOW_BYTES], rate[SHOW_BYTES], n[SHOW_BYTES], title[256],
		subtitle[640];
	struct timeline drawn;
	double lost, failed;
	int rc;

	if (t == NULL)
		return 0;
	if (coarse_init(&drawn, &t->timeline, coarse_by(&t->timeline, r->gap_ms)) < 0)
		return err_sys(e, ENOMEM, "plot of the answers");
	stack_init(&subject.stack, &drawn, scene->palette);
	failed = sum(t->timeline.failed, t->timeline.bins);
	lost = sum(t->timeline.unanswered, t->timeline.bins) + failed;
	say_title(r, t, lost, title, sizeof(title));
	snprintf(subtitle, sizeof(subtitle),
		"Queries per second by the PoP that answered; x: seconds from the fault. Trial %d "
		"of %zu, %s; n = %s streams × %s q/s; %s %s failed or unanswered%s. Bins of "
		"%s, scaled to the steady rate; partial ones at the ends are left out.",
		t->number, r->n_trials,
		!t->valid				      ? "an invalid one, as none was valid"
			: result_valid_trials(r) == 1	      ? "the only valid one"
			: isnan(family_worst(t->withdraw_ms)) ? "the median one by convergence"
							      : "the median one by withdraw",
		show_count(r->streams_count, streams), show_count(r->rate_qps, rate),
		show_count(lost, n), lost == 1 ? "query" : "queries",
		lost == 0	      ? ""
			: failed == 0 ? " (orange)"
				      : " (orange: no reply; brown: ICMP error, refused or wrong)",
		show_ms_stated(drawn.bin_ms, bin));
	rc = figure_add(page, "timeline", title, subtitle, subtitle, script, &subject, e);
	coarse_done(&drawn);
	return rc;
}

void
plot_trial_says(const struct result *r, const struct trial *t, char *title, size_t size)
{
	double lost = sum(t->timeline.unanswered, t->timeline.bins) +
		sum(t->timeline.failed, t->timeline.bins);

	if (t->timeline.bins == 0)
		snprintf(title, size, "Trial %d: no timeline was kept", t->number);
	else
		say_title(r, t, lost, title, size);
}

static int
small(struct buf *page, const struct scene *scene, const char *id, struct err *e)
{
	const struct trial *t = scene->trial;
	struct timeline_subject subject = {.scene = scene, .trial = t, .is_small = true};
	struct timeline drawn;
	char title[256];
	int rc;

	if (t->timeline.bins == 0)
		return 0;
	if (coarse_init(&drawn, &t->timeline, coarse_by(&t->timeline, scene->result->gap_ms)) < 0)
		return err_sys(e, ENOMEM, "plot of a trial");
	stack_init(&subject.stack, &drawn, scene->palette);
	plot_trial_says(scene->result, t, title, sizeof(title));
	rc = figure_small(page, id, title,
		"Queries per second by the PoP that answered, seconds from the fault", script,
		&subject, e);
	coarse_done(&drawn);
	return rc;
}

int
plot_trial(struct buf *page, const struct scene *scene, struct err *e)
{
	char id[32];

	snprintf(id, sizeof(id), "trial-%03d-timeline", scene->trial->number);
	return small(page, scene, id, e);
}

int
plot_pair(struct buf *page, const struct scene *scene, const char *which, struct err *e)
{
	char id[32];

	snprintf(id, sizeof(id), "run-%.8s-timeline", which);
	return small(page, scene, id, e);
}
