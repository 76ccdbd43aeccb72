/* steady.c - was the lab at rest before the fault: nothing lost, and round trips as the links say? */
#include "bench/analyze/steady.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>

#include "bench/analyze/metrics.h"
#include "bench/analyze/noise.h"
#include "bench/analyze/streams.h"

static int
collect(const struct run *r, const struct trial *t, int city, enum family family,
	struct samples *rtt_ms)
{
	for (size_t i = 0; i < t->streams; i++) {
		const struct stream *s = &t->stream[i];

		if (s->city != city || s->family != family)
			continue;
		for (size_t k = 0; k < s->queries; k++) {
			const struct query *q = &s->query[k];

			if (q->received_ns == 0 || stream_phase(r, t, s, q) != BEFORE)
				continue;
			/* The path's delays know of no last mile. */
			if (samples_add(rtt_ms,
				    (double)(q->received_ns - q->sent_ns -
					    2 * (s->last_mile_ns / 2)) /
					    1e6,
				    t->number) < 0)
				return -ENOMEM;
		}
	}
	return 0;
}

/* NAN when the path or the round trips are not known. */
static int
excess_ms(const struct run *r, const struct trial *t, int city, enum family family, double *ret)
{
	const json_t *path = json_object_get(
		json_object_get(r->city[city].json, "path_rtt_ms"), family_name[family]);
	struct samples *rtt_ms;
	int rc;

	*ret = NAN;
	if (!json_is_number(path))
		return 0;
	rtt_ms = samples_new();
	if (rtt_ms == NULL)
		return -ENOMEM;
	rc = collect(r, t, city, family, rtt_ms);
	if (rc == 0 && rtt_ms->n > 0)
		*ret = metric_statistic(rtt_ms, "median") - json_number_value(path);
	samples_free(rtt_ms);
	return rc;
}

int
steady_measure(const struct run *r, struct trial *t)
{
	unsigned lost = 0;
	double worst = NAN, one;

	for (size_t i = 0; i < t->streams; i++)
		lost += t->stream[i].lost_before;
	for (int city = 0; city < r->cities; city++)
		for (int family = V4; family < FAMILIES; family++) {
			int rc = excess_ms(r, t, city, (enum family)family, &one);

			if (rc < 0)
				return rc;
			if (!isnan(one) && (isnan(worst) || fabs(one) > fabs(worst)))
				worst = one;
		}
	json_object_set_new(t->noise, "before_unanswered", json_integer(lost));
	json_object_set_new(t->noise, "rtt_excess_ms", json_number(worst));
	if (!t->valid)
		return 0; /* what is broken already need not be reasoned about */
	noise_judge(r, t, "before_unanswered", "unanswered before the fault:", " queries");
	noise_judge(r, t, "rtt_excess_ms",
		"the steady round trip's difference from its path's delays of", " ms");
	return 0;
}
