/* rtt.c - round trips before the fault, probe by probe: the anycast service, and each site of the unicast one. */
#include "bench/analyze/rtt.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bench/analyze/streams.h"
#include "lib/answers.h"
#include "lib/stat.h"

static const json_t *
sites_of(const struct run *r)
{
	return json_object_get(json_object_get(r->json, "unicast"), "sites");
}

/* Index of a unicast site of run.json, -1: none of these, or too many. */
static int
site_index(const struct run *r, const char *name)
{
	const json_t *list = sites_of(r), *site;
	size_t i;

	json_array_foreach(list, i, site)
	{
		const char *is = json_string_value(json_object_get(site, "site"));

		if (i < RTT_SITES && is != NULL && strcmp(is, name) == 0)
			return (int)i;
	}
	return -1;
}

/* The median of a stream's good answers before the fault; NAN without any. */
static double
median_before_ms(const struct trial *t, const struct stream *s, double *scratch)
{
	size_t n = 0;

	for (size_t i = 0; i < s->queries; i++) {
		const struct query *q = &s->query[i];

		if (q->status == ANSWERS_GOOD && q->received_ns < t->fault_ns)
			scratch[n++] = (double)(q->received_ns - q->sent_ns) / 1e6;
	}
	stat_sort(scratch, n);
	return n == 0 ? (double)NAN : stat_quantile(scratch, n, 0.5);
}

static void
sum_up(const struct run *r, struct rtt_row *row)
{
	size_t sites = json_array_size(sites_of(r)), n = 0;
	double sum = 0;

	row->mean_ms = row->nearer_ms = NAN;
	for (size_t i = 0; i < sites && i < RTT_SITES; i++) {
		if (isnan(row->site_ms[i]))
			continue;
		n++;
		sum += row->site_ms[i];
		row->nearer_ms = fmin(row->nearer_ms, row->site_ms[i]); /* fmin passes NAN over */
	}
	if (n > 0 && n == sites)
		row->mean_ms = sum / (double)n;
}

static int
by_probe(const void *a, const void *b)
{
	const struct rtt_row *x = a, *y = b;

	if (x->probe != y->probe)
		return x->probe < y->probe ? -1 : 1;
	return (x->family > y->family) - (x->family < y->family);
}

int
rtt_measure(struct run *r, const struct trial *t)
{
	struct rtt_row *grown = realloc(r->rtt, (r->rtts + t->streams + 1) * sizeof(*grown));
	double *scratch = calloc(t->queries + t->side_queries + 1, sizeof(*scratch));
	struct rtt_row *rows;

	r->rtt = grown != NULL ? grown : r->rtt;
	if (grown == NULL || scratch == NULL) {
		free(scratch);
		return -ENOMEM;
	}
	rows = r->rtt + r->rtts;
	for (size_t i = 0; i < t->streams; i++) {
		const struct stream *s = &t->stream[i];

		rows[i] = (struct rtt_row){.trial = t->number,
			.city = s->city,
			.family = s->family,
			.probe = s->probe,
			.anycast_ms = median_before_ms(t, s, scratch)};
		for (size_t k = 0; k < RTT_SITES; k++)
			rows[i].site_ms[k] = NAN;
	}
	qsort(rows, t->streams, sizeof(rows[0]), by_probe);
	for (size_t i = 0; i < t->sides; i++) {
		const struct stream *s = &t->side[i];
		const struct rtt_row key = {.probe = s->probe, .family = s->family};
		int site = site_index(r, s->label);
		struct rtt_row *row;

		if (s->service != SERVICE_UNICAST || s->transport != OVER_UDP || site < 0)
			continue;
		row = bsearch(&key, rows, t->streams, sizeof(rows[0]), by_probe);
		if (row != NULL)
			row->site_ms[site] = median_before_ms(t, s, scratch);
	}
	for (size_t i = 0; i < t->streams; i++)
		sum_up(r, &rows[i]);
	r->rtts += t->streams;
	free(scratch);
	return 0;
}

static bool
is_wanted(const struct rtt_row *row, int city, int family)
{
	return (city < 0 || row->city == city) &&
		(family == FAMILIES || family == (int)row->family);
}

int
rtt_collect(const struct run *r, int city, int family, enum rtt_of what, struct samples *ret)
{
	int rc = 0;

	for (size_t i = 0; i < r->rtts && rc == 0; i++) {
		const struct rtt_row *row = &r->rtt[i];
		double ms = what == RTT_ANYCAST ? row->anycast_ms
			: what == RTT_MEAN	? row->mean_ms
						: row->nearer_ms;

		if (is_wanted(row, city, family) && !isnan(ms))
			rc = samples_add(ret, ms, row->trial);
	}
	return rc;
}

int
rtt_collect_site(const struct run *r, int city, int family, int site, struct samples *ret)
{
	int rc = 0;

	for (size_t i = 0; i < r->rtts && rc == 0; i++) {
		const struct rtt_row *row = &r->rtt[i];
		double ms = site < 0 ? row->anycast_ms : row->site_ms[site];

		if (is_wanted(row, city, family) && !isnan(ms))
			rc = samples_add(ret, ms, row->trial);
	}
	return rc;
}

/* The part of one probe's way that grows with the stretch: the anycast path, or the mean over the unicast ones. */
static double
stretched_of(const struct run *r, const struct rtt_row *row, enum rtt_of what)
{
	const json_t *city = r->city[row->city].json, *path;
	const char *family = family_name[row->family];
	double sum = 0, least_rtt = INFINITY, least = NAN;
	size_t i, n = 0;

	if (what == RTT_ANYCAST) {
		const json_t *v =
			json_object_get(json_object_get(city, "path_stretched_ms"), family);

		return json_is_number(v) ? json_number_value(v) : (double)NAN;
	}
	json_array_foreach(json_object_get(city, "unicast"), i, path)
	{
		const char *is = json_string_value(json_object_get(path, "family"));
		const json_t *ms = json_object_get(path, "path_stretched_ms");
		double rtt = json_number_value(json_object_get(path, "path_rtt_ms"));

		if (is == NULL || strcmp(is, family) != 0 || !json_is_number(ms))
			continue;
		n++;
		sum += json_number_value(ms);
		if (rtt < least_rtt) {
			least_rtt = rtt;
			least = json_number_value(ms);
		}
	}
	return what == RTT_NEARER ? least : n > 0 ? sum / (double)n : (double)NAN;
}

double
rtt_stretched_ms(const struct run *r, int city, int family, enum rtt_of what)
{
	double sum = 0;
	size_t n = 0;

	for (size_t i = 0; i < r->rtts; i++)
		if (is_wanted(&r->rtt[i], city, family)) {
			sum += stretched_of(r, &r->rtt[i], what);
			n++;
		}
	return n > 0 ? sum / (double)n : (double)NAN;
}
