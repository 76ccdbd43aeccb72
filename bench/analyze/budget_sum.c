/* budget_sum.c - the budgets of a run's streams together: each phase over all of them, and by city. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bench/analyze/budget_internal.h"
#include "bench/analyze/metrics.h"
#include "lib/stat.h"

static const char *const kind_name[] = {"capture", "route", "line", "event", "answers", "none"};
enum { KINDS = sizeof(kind_name) / sizeof(kind_name[0]) };

void
budget_note_kind(unsigned *kinds, const char *kind)
{
	for (unsigned i = 0; i < KINDS; i++)
		if (strcmp(kind, kind_name[i]) == 0)
			*kinds |= 1u << i;
}

static json_t *
kinds_text(unsigned kinds)
{
	char text[96] = "";

	for (unsigned i = 0; i < KINDS; i++)
		if (kinds & 1u << i) {
			if (text[0] != '\0')
				strcat(text, ", ");
			strcat(text, kind_name[i]);
		}
	return json_string(text);
}

/* The streams of the valid trials, one after the other. */
typedef void each_stream(const struct trial *t, const struct budget_sum *s, void *arg);

static void
for_each(const struct run *r, int city, each_stream *f, void *arg)
{
	for (size_t i = 0; i < r->trials; i++) {
		const struct trial *t = &r->trial[i];

		for (size_t k = 0; t->valid && t->budget != NULL && k < t->budget->streams; k++)
			if (city < 0 || t->budget->stream[k].city == city)
				f(t, &t->budget->stream[k], arg);
	}
}

struct gathering {
	enum budget_phase phase;
	double *ms; /* NULL: only count */
	size_t n, with;
	double sum_ms, total_ms;
};

static void
gather(const struct trial *t, const struct budget_sum *s, void *arg)
{
	struct gathering *g = arg;
	double value = (double)s->ns[g->phase] / 1e6;

	(void)t;
	if (g->ms != NULL)
		g->ms[g->n] = value;
	g->n++;
	g->with += (s->has >> g->phase) & 1;
	g->sum_ms += value;
	g->total_ms += (double)s->total_ns / 1e6;
}

/* Sorted values of a phase over all streams, those without it as 0. NULL: no stream, or no memory. */
static double *
values(const struct run *r, int city, struct gathering *g)
{
	struct gathering count = {.phase = g->phase};

	for_each(r, city, gather, &count);
	g->ms = calloc(count.n + 1, sizeof(g->ms[0]));
	if (g->ms == NULL)
		return NULL;
	for_each(r, city, gather, g);
	stat_sort(g->ms, g->n);
	return g->ms;
}

static json_t *
evidence_of(const struct run *r, enum budget_phase phase)
{
	unsigned kinds = 0;

	for (size_t i = 0; i < r->trials; i++)
		if (r->trial[i].valid && r->trial[i].budget != NULL)
			kinds |= r->trial[i].budget->kinds[phase];
	return kinds_text(kinds);
}

json_t *
budget_phases_json(const struct run *r, int city)
{
	json_t *list = json_array();

	for (int p = 0; p < BUDGET_PHASES; p++) {
		struct gathering g = {.phase = (enum budget_phase)p};

		if (values(r, city, &g) == NULL) {
			json_decref(list);
			return NULL;
		}
		if (g.with > 0)
			json_array_append_new(list,
				json_pack("{s:s, s:o, s:o, s:o, s:I, s:o, s:o}", "name",
					budget_phase_name[p], "p50_ms",
					json_number(stat_quantile(g.ms, g.n, 0.5)), "p10_ms",
					json_number(stat_quantile(g.ms, g.n, 0.1)), "p90_ms",
					json_number(stat_quantile(g.ms, g.n, 0.9)), "streams",
					(json_int_t)g.with, "share_ratio",
					json_number(g.total_ms > 0 ? g.sum_ms / g.total_ms : 0),
					"evidence", evidence_of(r, g.phase)));
		free(g.ms);
	}
	return list;
}

json_t *
budget_cities_json(const struct run *r)
{
	json_t *o = json_object();

	for (int c = 0; c < r->cities; c++) {
		json_t *list = budget_phases_json(r, c);

		if (list == NULL) {
			json_decref(o);
			return NULL;
		}
		if (json_array_size(list) > 0)
			json_object_set(o, r->city[c].name, list);
		json_decref(list);
	}
	return o;
}

/* The stream whose total is the median: the lower of the two middle ones. */
struct typical {
	int trial;
	const struct budget_sum *s;
};

static void
add_typical(const struct trial *t, const struct budget_sum *s, void *arg)
{
	struct typical **at = arg;

	**at = (struct typical){t->number, s};
	(*at)++;
}

static void
count_one(const struct trial *t, const struct budget_sum *s, void *arg)
{
	size_t *n = arg;

	(void)t;
	(void)s;
	(*n)++;
}

static int
by_total(const void *a, const void *b)
{
	const struct typical *x = a, *y = b;

	if (x->s->total_ns != y->s->total_ns)
		return x->s->total_ns < y->s->total_ns ? -1 : 1;
	if (x->trial != y->trial)
		return x->trial < y->trial ? -1 : 1;
	return (x->s->stream > y->s->stream) - (x->s->stream < y->s->stream);
}

static json_t *
median_json(const struct run *r, size_t n)
{
	struct typical *all = calloc(n + 1, sizeof(*all)), *end = all;
	json_t *o;

	if (all == NULL || n == 0) {
		free(all);
		return json_null();
	}
	for_each(r, -1, add_typical, &end);
	qsort(all, n, sizeof(*all), by_total);
	end = &all[(n - 1) / 2];
	o = json_pack("{s:i, s:I, s:f}", "trial", end->trial, "stream", (json_int_t)end->s->stream,
		"total_ms", (double)end->s->total_ns / 1e6);
	free(all);
	return o;
}

json_t *
budget_json(const struct run *r)
{
	struct gathering g = {.phase = BUDGET_UNEXPLAINED};
	size_t n = 0, missing = 0, out_of_order = 0;
	json_t *o;

	for_each(r, -1, count_one, &n);
	for (size_t i = 0; i < r->trials; i++)
		if (r->trial[i].valid && r->trial[i].budget != NULL) {
			missing += r->trial[i].budget->missing;
			out_of_order += r->trial[i].budget->out_of_order;
		}
	if (values(r, -1, &g) == NULL)
		return NULL;
	o = json_pack("{s:I, s:I, s:o, s:o, s:f, s:o, s:I}", "streams", (json_int_t)n, "missing",
		(json_int_t)missing, "unexplained_p50_ms",
		json_number(stat_quantile(g.ms, g.n, 0.5)), "unexplained_p99_ms",
		json_number(stat_quantile(g.ms, g.n, 0.99)), "gap_ms", r->gap_ms, "median",
		median_json(r, n), "out_of_order", (json_int_t)out_of_order);
	free(g.ms);
	return o;
}
