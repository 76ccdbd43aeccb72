/*
 * cal_blackout.c - blackouts of a known length, as the streams that cross the link saw them.
 *
 * A blackout also takes what is on its way, so a direction that keeps each packet for D is dark for
 * T + D as its sender counts. A stream with one query each gap loses between (T + D) / gap - 1 and
 * (T + D) / gap + 1 of them: each stream alone is good to one gap. All streams of a city pass the
 * link in the order in which they were sent, so their queries together are one finer comb: the
 * blackout begins between the last query that was answered and the first that was not, and
 * likewise it ends.
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/analyze/cal.h"
#include "bench/analyze/metrics.h"

struct blackout {
	const char *link;
	double asked_ms, held_ms, expected_ms;
	int64_t from_ns, to_ns; /* wall; a query sent between them may belong to it */
	const json_t *crossing; /* [{"city", "family"}] */
};

/* How far around a blackout its losses are looked for: half of the quiet between two. */
enum { AROUND_NS = 450000000 };

static bool
crosses(const struct cal *c, const struct blackout *b, const struct stream *s)
{
	const json_t *one;
	size_t i;

	json_array_foreach(b->crossing, i, one)
	{
		const char *city = json_string_value(json_object_get(one, "city"));
		const char *family = json_string_value(json_object_get(one, "family"));

		if (city != NULL && family != NULL && run_city(c->run, city) == s->city &&
			strcmp(family_name[s->family], family) == 0)
			return true;
	}
	return false;
}

/* Queries of a stream that the blackout took. */
static unsigned
lost_in(const struct stream *s, const struct blackout *b)
{
	unsigned lost = 0;

	for (size_t i = 0; i < s->queries; i++)
		lost += s->query[i].sent_ns >= b->from_ns && s->query[i].sent_ns <= b->to_ns &&
			status_is_lost(s->query[i].status);
	return lost;
}

static int
by_sending(const void *a, const void *b)
{
	const struct query *x = a, *y = b;

	return x->sent_ns < y->sent_ns ? -1 : x->sent_ns > y->sent_ns;
}

/*
 * How long a city's streams together were without answers: from halfway between the last good
 * query and the first lost one to halfway between the last lost one and the first good one after.
 * NAN when nothing was lost, or no good query lies on both sides.
 */
static int
union_ms(const struct cal *c, const struct blackout *b, int city, double *ret)
{
	const struct trial *t = c->trial;
	struct query *all = calloc(t->queries + 1, sizeof(all[0]));
	size_t n = 0, first = SIZE_MAX, last = 0;

	*ret = NAN;
	if (all == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < t->streams; i++) {
		const struct stream *s = &t->stream[i];

		if (s->city != city || !crosses(c, b, s))
			continue;
		for (size_t k = 0; k < s->queries; k++)
			if (s->query[k].sent_ns >= b->from_ns && s->query[k].sent_ns <= b->to_ns)
				all[n++] = s->query[k];
	}
	qsort(all, n, sizeof(all[0]), by_sending);
	for (size_t i = 0; i < n; i++)
		if (status_is_lost(all[i].status)) {
			first = first == SIZE_MAX ? i : first;
			last = i;
		}
	if (first != SIZE_MAX && first > 0 && last + 1 < n)
		*ret = (double)(all[last].sent_ns + all[last + 1].sent_ns - all[first].sent_ns -
			       all[first - 1].sent_ns) /
			2e6;
	free(all);
	return 0;
}

static int
measure_streams(struct cal *c, const struct blackout *b, json_t *out)
{
	struct samples *errors = samples_new();
	unsigned off = 0;
	int rc = errors == NULL ? -ENOMEM : 0;

	for (size_t i = 0; rc == 0 && i < c->trial->streams; i++) {
		const struct stream *s = &c->trial->stream[i];
		double error_ms;

		if (!crosses(c, b, s))
			continue;
		error_ms = lost_in(s, b) * c->run->gap_ms - b->expected_ms;
		/* Beyond a gap by more than the send schedule wobbles. */
		off += fabs(error_ms) > c->run->gap_ms + 1;
		rc = samples_add(errors, fabs(error_ms), 0);
	}
	if (rc == 0) {
		json_object_set_new(out, "streams", json_integer((json_int_t)errors->n));
		json_object_set_new(out, "streams_off", json_integer(off));
		json_object_set_new(out, "stream_error_ms",
			json_pack("{s:o, s:o}", "p50",
				json_number(metric_statistic(errors, "median")), "max",
				json_number(metric_statistic(errors, "max"))));
		if (errors->n == 0)
			cal_complain(c, "no stream crosses %s: no blackout was measured", b->link);
		if (off > 0)
			cal_complain(c,
				"a blackout of %g ms: %u of %zu streams measured it more than one "
				"gap off",
				b->asked_ms, off, errors->n);
	}
	samples_free(errors);
	return rc;
}

static int
measure_union(struct cal *c, const struct blackout *b, json_t *out)
{
	double worst = NAN, limit = cal_limit(c, "blackout_union_ms");
	json_t *cities = json_object();

	for (int city = 0; city < c->run->cities; city++) {
		bool any = false;
		double ms;

		for (size_t i = 0; i < c->trial->streams && !any; i++)
			any = c->trial->stream[i].city == city &&
				crosses(c, b, &c->trial->stream[i]);
		if (!any)
			continue;
		if (union_ms(c, b, city, &ms) < 0) {
			json_decref(cities);
			return -ENOMEM;
		}
		json_object_set_new(cities, c->run->city[city].name, json_number(ms));
		if (isnan(ms) || isnan(worst) || fabs(ms - b->expected_ms) > fabs(worst))
			worst = ms - b->expected_ms;
		if (isnan(ms)) {
			cal_complain(c, "a blackout of %g ms was not seen by the streams of %s",
				b->asked_ms, c->run->city[city].name);
			break;
		}
	}
	json_object_set_new(out, "union_ms", cities);
	json_object_set_new(out, "union_error_ms", json_number(worst));
	if (fabs(worst) > limit)
		cal_complain(c,
			"a blackout of %g ms: a city's streams together are %.1f ms off (limit %g)",
			b->asked_ms, worst, limit);
	return 0;
}

static int
measure_one(struct cal *c, json_t *plan, json_t *list, struct err *e)
{
	struct blackout b = {0};
	json_int_t begin_ns, end_ns;
	double delay_ms;
	json_t *out, *crossing;
	int rc;

	if (json_unpack(plan, "{s:s, s:F, s:I, s:I, s:F, s:o}", "link", &b.link, "asked_ms",
		    &b.asked_ms, "begin_wall_ns", &begin_ns, "end_wall_ns", &end_ns,
		    "link_delay_ms", &delay_ms, "crossing", &crossing) < 0)
		return err_set(e, EBADMSG, "calibration-plan.json: a blackout lacks a key");
	b.crossing = crossing;
	b.held_ms = (double)(end_ns - begin_ns) / 1e6;
	b.expected_ms = b.held_ms + delay_ms;
	b.from_ns = begin_ns - AROUND_NS;
	b.to_ns = end_ns + AROUND_NS;
	out = json_pack("{s:s, s:f, s:f, s:f}", "link", b.link, "asked_ms", b.asked_ms, "held_ms",
		b.held_ms, "expected_ms", b.expected_ms);
	json_array_append_new(list, out);
	rc = measure_streams(c, &b, out);
	if (rc == 0)
		rc = measure_union(c, &b, out);
	if (fabs(b.held_ms - b.asked_ms) > cal_limit(c, "blackout_held_ms"))
		cal_complain(c, "a blackout of %g ms lasted %.3f ms", b.asked_ms, b.held_ms);
	return rc < 0 ? err_sys(e, ENOMEM, "calibration") : 0;
}

int
cal_blackouts(struct cal *c, struct err *e)
{
	json_t *list = json_array(), *one;
	size_t i;
	int rc = 0;

	json_object_set_new(c->result, "blackouts", list);
	json_array_foreach(json_object_get(c->plan, "blackouts"), i, one)
	{
		rc = measure_one(c, one, list, e);
		if (rc < 0)
			return rc;
	}
	if (json_array_size(list) == 0)
		cal_complain(c, "no blackout was made");
	return 0;
}
