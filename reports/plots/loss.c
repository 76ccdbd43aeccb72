/* loss.c - loss of connectivity of each stream, sorted, by city and family, with its range over the trials. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reports/plots/figure.h"
#include "reports/plots/frame.h"
#include "reports/show.h"

#define GROUPS_MAX 24

struct seen {
	const char *city, *family;
	int64_t id;
	double loss_ms;
};

struct strip {
	const char *city, *family;
	double min_ms, median_ms, max_ms;
};

struct group {
	size_t first, n;
};

struct loss_subject {
	const struct scene *scene;
	struct strip *strip;
	size_t n;
	struct group group[GROUPS_MAX];
	size_t n_groups;
	double max_ms;
	size_t trials;
};

static int
seen_cmp(const void *a, const void *b)
{
	const struct seen *x = a, *y = b;
	int c = strcmp(x->city, y->city);

	c = c != 0 ? c : strcmp(x->family, y->family);
	if (c != 0)
		return c;
	if (x->id != y->id)
		return x->id < y->id ? -1 : 1;
	return x->loss_ms < y->loss_ms ? -1 : x->loss_ms > y->loss_ms;
}

static int
strip_cmp(const void *a, const void *b)
{
	const struct strip *x = a, *y = b;
	int c = strcmp(x->city, y->city);

	c = c != 0 ? c : strcmp(x->family, y->family);
	if (c != 0)
		return c;
	if (x->median_ms < y->median_ms || x->median_ms > y->median_ms)
		return x->median_ms < y->median_ms ? -1 : 1;
	return x->max_ms < y->max_ms ? -1 : x->max_ms > y->max_ms;
}

static bool
is_wanted(const struct result *r, const struct stream *s)
{
	const struct city *c = result_city(r, s->city);

	if (s->city == NULL || isnan(s->loss_ms))
		return false;
	return c != NULL ? c->affected : s->loss_ms > 0;
}

static size_t
collect(const struct result *r, struct seen *seen)
{
	size_t n = 0;

	for (size_t i = 0; i < r->n_trials; i++)
		for (size_t j = 0; r->trial[i].valid && j < r->trial[i].n_streams; j++) {
			const struct stream *s = &r->trial[i].streams[j];

			if (!is_wanted(r, s))
				continue;
			if (seen != NULL)
				seen[n] = (struct seen){s->city, s->family == NULL ? "" : s->family,
					s->id, s->loss_ms};
			n++;
		}
	return n;
}

static void
reduce(struct loss_subject *l, const struct seen *seen, size_t n_seen)
{
	for (size_t i = 0, end; i < n_seen; i = end) {
		end = i + 1;
		while (end < n_seen && seen[end].id == seen[i].id &&
			strcmp(seen[end].city, seen[i].city) == 0 &&
			strcmp(seen[end].family, seen[i].family) == 0)
			end++;
		l->strip[l->n++] = (struct strip){seen[i].city, seen[i].family, seen[i].loss_ms,
			seen[i + (end - i - 1) / 2].loss_ms, seen[end - 1].loss_ms};
		l->max_ms = fmax(l->max_ms, seen[end - 1].loss_ms);
	}
	qsort(l->strip, l->n, sizeof(*l->strip), strip_cmp);
	for (size_t i = 0; i < l->n; i++) {
		const struct strip *s = &l->strip[i];
		struct group *g = l->n_groups == 0 ? NULL : &l->group[l->n_groups - 1];

		if (g != NULL && strcmp(l->strip[g->first].city, s->city) == 0 &&
			strcmp(l->strip[g->first].family, s->family) == 0) {
			g->n++;
		} else if (l->n_groups == GROUPS_MAX) {
			l->n = i;
		} else {
			l->group[l->n_groups++] = (struct group){i, 1};
		}
	}
}

static const char *
family_title(const char *family)
{
	return strcmp(family, "v4") == 0 ? "IPv4" : strcmp(family, "v6") == 0 ? "IPv6" : family;
}

static void
strip_tip(struct buf *s, const struct loss_subject *l, const struct frame *f, const struct strip *p,
	double row)
{
	char text[160], a[SHOW_BYTES], b[SHOW_BYTES];

	snprintf(text, sizeof(text), "%.24s %s: median %s, worst %s",
		result_city_title(l->scene->result, p->city), family_title(p->family),
		show_ms(p->median_ms, a), show_ms(p->max_ms, b));
	frame_tip(s, f->left_px, frame_y_px(f, row), f->right_px, frame_y_px(f, row + 1), text);
}

/* Rows from the top: group after group, 2 rows between them. */
static void
strips(struct buf *s, const struct loss_subject *l, const struct frame *f)
{
	struct buf at = {0}, *tips = &at; /* none within the data */
	double row = 0;

	buf_add(s, "$S << EOD\n");
	for (size_t g = 0; g < l->n_groups; g++) {
		for (size_t i = 0; i < l->group[g].n; i++, row += 1) {
			const struct strip *p = &l->strip[l->group[g].first + i];

			buf_addf(s, "%.6g %.6g %.6g %.6g\n", row + 0.5, p->min_ms / 1e3,
				p->median_ms / 1e3, p->max_ms / 1e3);
			strip_tip(tips, l, f, p, row);
		}
		row += (double)l->n / 12.0;
	}
	buf_addf(s,
		"EOD\nplot $S using 2:1:($4-$2):(0) with vectors nohead lc rgb '#%06x' lw %.2f "
		"notitle, "
		"$S using 3:1 with points pt 7 ps %.2f lc rgb '#%06x' notitle\n",
		colour_rgb(COLOUR_UNANSWERED), f->is_narrow ? 0.8 : 1.0, f->is_narrow ? 0.28 : 0.36,
		colour_rgb(COLOUR_UNANSWERED_TEXT));
	if (!f->is_narrow && at.data != NULL) /* a finger is wider than a row */
		buf_add(s, at.data);
	s->failed |= at.failed;
	buf_done(&at);
}

static void
group_labels(struct buf *s, const struct loss_subject *l, const struct frame *f)
{
	double row = 0;
	char text[96], a[SHOW_BYTES], b[SHOW_BYTES];

	for (size_t g = 0; g < l->n_groups; g++) {
		const struct group *p = &l->group[g];
		const struct strip *first = &l->strip[p->first];
		double y = frame_y_px(f, row + (double)p->n / 2);
		double worst = 0;

		for (size_t i = 0; i < p->n; i++)
			worst = fmax(worst, l->strip[p->first + i].max_ms);
		if (f->is_narrow)
			snprintf(text, sizeof(text), "%.8s %s", first->city,
				family_title(first->family));
		else
			snprintf(text, sizeof(text), "%.14s %s",
				result_city_title(l->scene->result, first->city),
				family_title(first->family));
		frame_text(s, f, f->left_px - 10, y - 7, ALIGN_RIGHT, COLOUR_INK, text);
		snprintf(text, sizeof(text), "%zu streams", p->n);
		frame_text(s, f, f->left_px - 10, y + 8, ALIGN_RIGHT, COLOUR_MUTE, text);
		snprintf(text, sizeof(text), "%s, worst %s",
			show_ms(l->strip[p->first + (p->n - 1) / 2].median_ms, a),
			show_ms(worst, b));
		if (!f->is_narrow)
			frame_text(s, f, f->right_px + 10, y, ALIGN_LEFT, COLOUR_INK, text);
		row += (double)p->n + (double)l->n / 12.0;
	}
}

static void
script(struct buf *s, const void *subject, bool is_narrow)
{
	const struct loss_subject *l = subject;
	double rows = (double)l->n + (double)l->n / 12.0 * (double)(l->n_groups - 1);
	double least_px = 34.0 * (double)l->n_groups;
	struct frame f = {.is_narrow = is_narrow,
		.width_px = is_narrow ? FRAME_NARROW_PX : FRAME_WIDE_PX,
		.left_px = is_narrow ? 86 : 150,
		.top_px = 8,
		.x_max = fmax(l->max_ms / 1e3 * 1.03, 0.001),
		.y_min = rows, /* downwards */
		.y_max = 0};

	f.right_px = f.width_px - (is_narrow ? 14 : 156);
	f.bottom_px = f.top_px + fmax(least_px, fmin(rows * 2.2, 420));
	f.height_px = f.bottom_px + 28;
	frame_begin(s, &f);
	frame_area(s, &f);
	frame_seconds(s, &f, true);
	buf_addf(s, "set grid xtics lc rgb '#%06x' lw 1 dt 1\n", colour_rgb(COLOUR_GRID));
	group_labels(s, l, &f);
	strips(s, l, &f);
}

static int
add(struct buf *page, const struct loss_subject *l, struct err *e)
{
	const struct metric *m = result_metric(l->scene->result, "loss_of_connectivity_ms");
	double gap = l->scene->result->gap_ms;
	char title[200], subtitle[400], over[120], a[SHOW_BYTES], b[SHOW_BYTES];

	if (m != NULL && !isnan(m->stats.p50))
		snprintf(title, sizeof(title),
			"Streams lost %s of answers at the median, %s at worst",
			show_ms(m->stats.p50, a), show_ms(m->stats.max, b));
	else
		snprintf(title, sizeof(title), "Streams lost up to %s of answers",
			show_ms(l->max_ms, a));
	snprintf(over, sizeof(over),
		"each row a stream: light line least to most over %zu trials, dark mark its median",
		l->trials);
	snprintf(subtitle, sizeof(subtitle),
		"Loss of connectivity of each stream of an affected city, in seconds, sorted; %s; "
		"at the right median and worst. Unanswered queries × gap, so ± %s. n = %zu "
		"streams.%s",
		l->trials == 1 ? "a dot for each stream" : over, show_ms_stated(gap, a), l->n,
		l->n_groups == GROUPS_MAX ? " Only the first groups are drawn." : "");
	return figure_add(page, "loss", title, subtitle, subtitle, script, l, e);
}

int
plot_loss(struct buf *page, const struct scene *scene, struct err *e)
{
	struct loss_subject l = {.scene = scene, .trials = result_valid_trials(scene->result)};
	size_t n = collect(scene->result, NULL);
	struct seen *seen = calloc(n + 1, sizeof(*seen));
	int rc = 0;

	l.strip = calloc(n + 1, sizeof(*l.strip));
	if (seen == NULL || l.strip == NULL) {
		rc = err_sys(e, ENOMEM, "plot of loss");
	} else if (n > 0) {
		collect(scene->result, seen);
		qsort(seen, n, sizeof(*seen), seen_cmp);
		reduce(&l, seen, n);
		if (l.max_ms > 0)
			rc = add(page, &l, e);
	}
	free(seen);
	free(l.strip);
	return rc;
}
