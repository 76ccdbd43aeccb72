/* sides.c - streams that no metric of the anycast service over UDP considers: unicast sites, TCP, large answers. */
#include "bench/analyze/sides.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bench/analyze/metrics.h"
#include "bench/analyze/streams.h"
#include "lib/answers.h"
#include "lib/stat.h"

static bool
is_tcp(const struct stream *s)
{
	return s->service == SERVICE_ANYCAST && s->transport == OVER_TCP;
}

static bool
is_large(const struct stream *s)
{
	return s->service == SERVICE_LARGE;
}

typedef bool is_kind(const struct stream *s);

/* Medians of the good answers before the fault. */
static void
find_medians(const struct trial *t, struct stream *s, double *scratch)
{
	for (int what = 0; what < 2; what++) {
		double *ret = what == 0 ? &s->connect_before_ms : &s->rtt_before_ms;
		size_t n = 0;

		for (size_t i = 0; i < s->queries; i++) {
			const struct query *q = &s->query[i];

			if (q->status == ANSWERS_GOOD && q->received_ns < t->fault_ns)
				scratch[n++] = what == 0
					? q->connect_us / 1e3
					: (double)(q->received_ns - q->sent_ns) / 1e6;
		}
		stat_sort(scratch, n);
		*ret = n == 0 ? (double)NAN : stat_quantile(scratch, n, 0.5);
	}
}

int
sides_measure(const struct run *r, struct trial *t)
{
	double *scratch = calloc(t->side_queries + 1, sizeof(scratch[0]));

	if (scratch == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < t->sides; i++) {
		struct stream *s = &t->side[i];

		if (s->service == SERVICE_RESOLVER)
			continue;
		stream_measure(t, s);
		find_medians(t, s, scratch);
		for (size_t k = 0; k < s->queries; k++) {
			const struct query *q = &s->query[k];

			s->by_status[q->status < ANSWERS_STATUSES ? q->status : 0]++;
			s->good += q->status == ANSWERS_GOOD;
			s->elsewhere += s->service == SERVICE_UNICAST &&
				q->status == ANSWERS_GOOD && q->site >= 0 &&
				strcmp(r->site[q->site].name, s->label) != 0;
		}
	}
	free(scratch);
	return 0;
}

static int
add(struct samples *ret, double value, const struct trial *t)
{
	return isnan(value) ? 0 : samples_add(ret, value, t->number);
}

int
sides_collect(const struct trial *t, int family, enum sides_what what, struct samples *ret)
{
	is_kind *is = what == LARGE_LOST || what == LARGE_RTT_MS ? is_large : is_tcp;
	unsigned lost = 0, streams = 0;
	int rc = 0;

	for (size_t i = 0; i < t->sides && rc == 0; i++) {
		const struct stream *s = &t->side[i];

		if (!is(s) || (family != FAMILIES && family != (int)s->family))
			continue;
		streams++;
		lost += s->lost;
		if (what == TCP_CONNECT_MS)
			rc = add(ret, s->connect_before_ms, t);
		else if (what == TCP_RTT_MS || what == LARGE_RTT_MS)
			rc = add(ret, s->rtt_before_ms, t);
		else if (what == TCP_FIRST_GOOD_MS && s->affected && t->has_fault)
			rc = samples_add(ret,
				s->first_good_ns == NEVER
					? (double)INFINITY
					: (double)(s->first_good_ns - t->fault_ns) / 1e6,
				t->number);
	}
	if ((what == TCP_LOST || what == LARGE_LOST) && streams > 0)
		rc = samples_add(ret, lost, t->number);
	return rc;
}

static json_t *
summary(const struct run *r, is_kind *is, int city, bool connect)
{
	struct samples *s = samples_new();
	json_t *o = NULL;
	int rc = s == NULL ? -ENOMEM : 0;

	for (size_t i = 0; i < r->trials && rc == 0; i++)
		for (size_t k = 0; k < r->trial[i].sides && r->trial[i].valid && rc == 0; k++) {
			const struct stream *x = &r->trial[i].side[k];

			if (is(x) && x->city == city)
				rc = add(s, connect ? x->connect_before_ms : x->rtt_before_ms,
					&r->trial[i]);
		}
	if (rc == 0)
		o = metric_summary(s);
	samples_free(s);
	return o;
}

static json_t *
city_json(const struct run *r, is_kind *is, int city, uint64_t statuses[static ANSWERS_STATUSES],
	bool *ret_any)
{
	json_t *o = json_object();
	json_int_t sent = 0, lost = 0, wrong = 0, restore = 0;

	for (size_t i = 0; i < r->trials; i++)
		for (size_t k = 0; k < r->trial[i].sides && r->trial[i].valid; k++) {
			const struct stream *s = &r->trial[i].side[k];

			if (!is(s) || s->city != city)
				continue;
			*ret_any = true;
			sent += s->sent;
			lost += s->lost;
			wrong += s->wrong;
			restore += s->restore_lost;
			for (int n = 0; n < ANSWERS_STATUSES; n++)
				statuses[n] += s->by_status[n];
		}
	json_object_set_new(o, "sent", json_integer(sent));
	json_object_set_new(o, "unanswered", json_integer(lost));
	json_object_set_new(o, "wrong", json_integer(wrong));
	json_object_set_new(o, "restore_unanswered", json_integer(restore));
	if (is == is_tcp)
		json_object_set_new(o, "connect_ms", summary(r, is, city, true));
	json_object_set_new(o, "rtt_ms", summary(r, is, city, false));
	return o;
}

static json_t *
kind_json(const struct run *r, is_kind *is)
{
	uint64_t statuses[ANSWERS_STATUSES] = {0};
	json_t *o = json_object(), *cities = json_object(), *counts = json_object();
	bool any = false;

	for (int i = 0; i < r->cities; i++) {
		bool here = false;
		json_t *city = city_json(r, is, i, statuses, &here);

		if (here)
			json_object_set_new(cities, r->city[i].name, city);
		else
			json_decref(city);
		any |= here;
	}
	for (unsigned int n = 0; n < ANSWERS_STATUSES; n++)
		if (statuses[n] > 0)
			json_object_set_new(counts, answers_status_name(n),
				json_integer((json_int_t)statuses[n]));
	json_object_set_new(o, "statuses", counts);
	json_object_set_new(o, "cities", cities);
	if (!any) {
		json_decref(o);
		return json_null();
	}
	return o;
}

json_t *
sides_tcp_json(const struct run *r)
{
	return kind_json(r, is_tcp);
}

json_t *
sides_large_json(const struct run *r)
{
	return kind_json(r, is_large);
}
