/* budget.c - the phase budget of a run as C: phases over all streams, by city, and the typical stream's steps. */
#include "reports/budget.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/stat.h"
#include "reports/reader.h"
#include "reports/result.h"

#define SCHEMA	    "catchment.budget/1"
#define ENTRIES_MAX 100000
#define PHASES_MAX  64
#define CITIES_MAX  256
#define MS_MAX	    1e10 /* four months */

static struct phase *
phases_read(struct reader *r, json_t *o, const char *at, const char *key, size_t *ret_n)
{
	json_t *list = reader_list(r, o, at, key, PHASES_MAX);
	struct phase *phase = reader_alloc(r, json_array_size(list), sizeof(*phase));
	char path[READER_AT_BYTES];

	*ret_n = 0;
	for (size_t i = 0; phase != NULL && i < json_array_size(list) && r->rc == 0; i++) {
		json_t *entry = reader_entry(r, list, i, at, key, path);
		json_t *evidence = json_object_get(entry, "evidence");

		phase[(*ret_n)++] = (struct phase){
			.name = reader_str(r, entry, path, "name"),
			.evidence = json_string_value(evidence),
			.p10_ms = reader_num(r, entry, path, "p10_ms"),
			.p50_ms = reader_num(r, entry, path, "p50_ms"),
			.p90_ms = reader_num(r, entry, path, "p90_ms"),
			.streams = reader_num(r, entry, path, "streams"),
			.share_ratio = reader_num(r, entry, path, "share_ratio"),
		};
	}
	return phase;
}

static void
cities_read(struct reader *r, struct result *res)
{
	json_t *map = reader_object(r, res->root, "", "phases_by_city"), *value;
	struct budget *b = &res->budget;
	const char *city;

	b->city = reader_alloc(r, json_object_size(map), sizeof(*b->city));
	if (b->city == NULL)
		return;
	json_object_foreach(map, city, value)
	{
		struct city_phases *c = &b->city[b->n_cities];

		if (b->n_cities == CITIES_MAX || r->rc < 0)
			return;
		c->city = city;
		c->total_p50_ms = NAN;
		c->phase = phases_read(r, map, "phases_by_city", city, &c->n);
		b->n_cities++;
	}
}

/* A list of them, or how many. */
static double
count_read(struct reader *r, json_t *o, const char *key)
{
	json_t *value = json_object_get(o, key);

	return json_is_array(value) ? (double)json_array_size(value)
				    : reader_num(r, o, "budget", key);
}

void
budget_read(struct reader *r, struct result *res)
{
	json_t *o = reader_object(r, res->root, "", "budget"), *median;
	struct budget *b = &res->budget;
	double trial;

	res->phases = phases_read(r, res->root, "", "phases", &res->n_phases);
	cities_read(r, res);
	b->is_there = o != NULL;
	b->streams = reader_num(r, o, "budget", "streams");
	b->missing = count_read(r, o, "missing");
	b->out_of_order = count_read(r, o, "out_of_order");
	b->unexplained_p50_ms = reader_num(r, o, "budget", "unexplained_p50_ms");
	b->unexplained_p99_ms = reader_num(r, o, "budget", "unexplained_p99_ms");
	b->gap_ms = reader_num(r, o, "budget", "gap_ms");
	if (isnan(b->gap_ms))
		b->gap_ms = res->gap_ms;
	median = reader_object(r, o, "budget", "median");
	trial = reader_num(r, median, "budget.median", "trial");
	b->trial = trial >= 1 && trial < 1e6 ? (int)trial : 0;
	b->stream = reader_num(r, median, "budget.median", "stream");
	b->total_ms = reader_num(r, median, "budget.median", "total_ms");
}

static void
step_read(struct reader *r, json_t *o, const char *at, struct step *s)
{
	json_t *evidence = reader_object(r, o, at, "evidence");
	char path[READER_AT_BYTES];

	reader_join(path, at, "evidence");
	s->phase = reader_str(r, o, at, "phase");
	s->node = reader_str(r, o, at, "node");
	s->from_ms = reader_num(r, o, at, "from_ms");
	s->to_ms = reader_num(r, o, at, "to_ms");
	s->kind = reader_str(r, evidence, path, "kind");
	s->file = reader_str(r, evidence, path, "file");
	s->says = reader_str(r, evidence, path, "says");
	s->is_line = json_object_get(evidence, "packet") == NULL;
	s->place = reader_num(r, evidence, path, s->is_line ? "line" : "packet");
}

static void
typical_read(struct reader *r, json_t *o, const char *at, struct budget *b)
{
	json_t *list = reader_list(r, o, at, "steps", ENTRIES_MAX);
	char path[READER_AT_BYTES];

	b->stream_city = reader_str(r, o, at, "city");
	b->family = reader_str(r, o, at, "family");
	b->from_site = reader_str(r, o, at, "from_site");
	b->to_site = reader_str(r, o, at, "to_site");
	b->step = reader_alloc(r, json_array_size(list), sizeof(*b->step));
	for (size_t i = 0; b->step != NULL && i < json_array_size(list) && r->rc == 0; i++) {
		struct step *s = &b->step[b->n_steps];

		step_read(r, reader_entry(r, list, i, at, "steps", path), path, s);
		if (!(s->to_ms >= s->from_ms) || fabs(s->from_ms) > MS_MAX || s->to_ms > MS_MAX)
			reader_complain(r, path, "to_ms", "not behind from_ms");
		else if (i > 0 && s->from_ms < s[-1].to_ms - 1e-6)
			reader_complain(r, path, "from_ms", "before the end of the step before");
		b->n_steps++;
	}
	list = reader_list(r, o, at, "out_of_order", ENTRIES_MAX);
	b->misplaced = reader_alloc(r, json_array_size(list), sizeof(*b->misplaced));
	for (size_t i = 0; b->misplaced != NULL && i < json_array_size(list) && r->rc == 0; i++) {
		json_t *entry = reader_entry(r, list, i, at, "out_of_order", path);

		b->misplaced[b->n_misplaced++] = (struct misplaced){
			.phase = reader_str(r, entry, path, "phase"),
			.says = reader_str(r, entry, path, "says"),
			.at_ms = reader_num(r, entry, path, "at_ms"),
		};
	}
}

/* Room doubles: it is full where the count is a power of two, and empty at 0. */
static void
total_add(struct reader *r, struct budget *b, const char *city, double total_ms)
{
	for (size_t i = 0; city != NULL && isfinite(total_ms) && i < b->n_cities; i++) {
		struct city_phases *c = &b->city[i];

		if (strcmp(c->city, city) != 0)
			continue;
		if ((c->n_totals & (c->n_totals - 1)) == 0) {
			size_t room = c->n_totals == 0 ? 1 : 2 * c->n_totals;
			double *more = realloc(c->total_ms, room * sizeof(*more));

			if (more == NULL) {
				r->rc = err_sys(r->e, ENOMEM, "%s", r->file);
				return;
			}
			c->total_ms = more;
		}
		c->total_ms[c->n_totals++] = total_ms;
	}
}

static void
totals_read(struct reader *r, json_t *root, struct budget *b)
{
	json_t *list = reader_list(r, root, "", "streams", ENTRIES_MAX);
	char at[READER_AT_BYTES];

	for (size_t i = 0; i < json_array_size(list) && r->rc == 0; i++) {
		json_t *o = reader_entry(r, list, i, "", "streams", at);

		total_add(r, b, reader_str(r, o, at, "city"), reader_num(r, o, at, "total_ms"));
	}
}

static int
ms_order(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void
totals_judge(struct budget *b)
{
	for (size_t i = 0; i < b->n_cities; i++) {
		struct city_phases *c = &b->city[i];

		if (c->n_totals == 0)
			continue;
		qsort(c->total_ms, c->n_totals, sizeof(*c->total_ms), ms_order);
		c->total_p50_ms = stat_quantile(c->total_ms, c->n_totals, 0.5);
	}
}

static void
streams_read(struct reader *r, json_t *root, struct budget *b)
{
	json_t *list = reader_list(r, root, "", "streams", ENTRIES_MAX);
	char at[READER_AT_BYTES];

	for (size_t i = 0; i < json_array_size(list) && r->rc == 0; i++) {
		json_t *o = reader_entry(r, list, i, "", "streams", at);
		double stream = reader_num(r, o, at, "stream");

		if (r->rc == 0 && stream >= b->stream && stream <= b->stream && b->step == NULL)
			typical_read(r, o, at, b);
	}
}

/* The last entry takes all reasons for which there is no room. */
static void
count_why(struct budget *b, const char *why)
{
	size_t i = 0;

	if (why == NULL || why[0] == '\0')
		why = "no reason told";
	while (i < b->n_whys && strncmp(b->why[i].why, why, sizeof(b->why[i].why) - 1) != 0)
		i++;
	if (i == b->n_whys && i < UNBUDGETED_MAX) {
		snprintf(b->why[i].why, sizeof(b->why[i].why), "%s",
			i + 1 == UNBUDGETED_MAX ? "other reasons" : why);
		b->n_whys++;
	}
	b->why[i < UNBUDGETED_MAX ? i : UNBUDGETED_MAX - 1].streams++;
}

static void
missing_read(struct reader *r, json_t *root, struct budget *b)
{
	json_t *list = reader_list(r, root, "", "missing", ENTRIES_MAX);
	char at[READER_AT_BYTES];

	for (size_t i = 0; i < json_array_size(list) && r->rc == 0; i++) {
		json_t *o = reader_entry(r, list, i, "", "missing", at);

		count_why(b, reader_str(r, o, at, "why"));
	}
}

static int
trial_read(const char *run_dir, const struct trial *t, struct budget *b, struct err *e)
{
	char name[300], path[PATH_MAX];
	json_t *root = NULL;
	struct reader r = {path, e, 0};
	const char *schema;
	int rc;

	/* The folder's name comes from a file: only one below the run is read. */
	if (t->dir == NULL || strchr(t->dir, '/') != NULL || t->dir[0] == '.')
		return 0;
	snprintf(name, sizeof(name), "%.250s/budget.json", t->dir);
	rc = result_json_file(run_dir, name, path, &root, e);
	if (rc < 0)
		return rc == -ENOENT ? 0 : rc;
	schema = reader_str(&r, root, "", "schema");
	if (r.rc == 0 && (schema == NULL || strcmp(schema, SCHEMA) != 0))
		reader_complain(&r, "", "schema", "\"" SCHEMA "\" is wanted");
	if (t->valid) {
		missing_read(&r, root, b);
		totals_read(&r, root, b);
	}
	if (t->number == b->trial) {
		b->trial_dir = t->dir;
		streams_read(&r, root, b);
		b->root = root;
	} else {
		json_decref(root);
	}
	return r.rc;
}

int
budget_trials_read(const char *run_dir, struct result *res, struct err *e)
{
	int rc = 0;

	for (size_t i = 0; i < res->n_trials && rc == 0 && res->budget.is_there; i++)
		if (res->trial[i].number != res->budget.trial || res->budget.root == NULL)
			rc = trial_read(run_dir, &res->trial[i], &res->budget, e);
	totals_judge(&res->budget);
	return rc;
}

void
budget_done(struct budget *b)
{
	for (size_t i = 0; i < b->n_cities; i++) {
		free(b->city[i].phase);
		free(b->city[i].total_ms);
	}
	free(b->city);
	free(b->step);
	free(b->misplaced);
	json_decref(b->root);
}

const char *
budget_longest(const struct budget *b, double *ret_ms)
{
	const char *longest = NULL;

	*ret_ms = NAN;
	for (size_t i = 0; i < b->n_steps; i++) {
		const char *phase = b->step[i].phase;
		double sum = 0;

		for (size_t k = 0; phase != NULL && k < b->n_steps; k++)
			if (b->step[k].phase != NULL && strcmp(b->step[k].phase, phase) == 0)
				sum += b->step[k].to_ms - b->step[k].from_ms;
		if (phase != NULL && (longest == NULL || sum > *ret_ms)) {
			longest = phase;
			*ret_ms = sum;
		}
	}
	return longest;
}
