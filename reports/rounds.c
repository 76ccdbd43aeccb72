/* rounds.c - the `soak` of a trial in result.json as C: rounds of withdraw and announce, and what went wrong in them. */
#include "reports/rounds.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/stat.h"
#include "reports/reader.h"

#define ROUNDS_MAX 100000
#define WRONG_MAX  1000

static void
summarize(struct rounds_half *h)
{
	double *v = malloc((h->n + 1) * sizeof(*v));
	size_t n = 0;

	for (size_t i = 0; v != NULL && i < h->n; i++)
		if (h->ms[i] > 0)
			v[n++] = h->ms[i];
	if (n > 0)
		stat_sort(v, n);
	h->p50_ms = v == NULL ? (double)NAN : stat_quantile(v, n, 0.5);
	h->p99_ms = v == NULL ? (double)NAN : stat_quantile(v, n, 0.99);
	h->max_ms = v == NULL ? (double)NAN : stat_quantile(v, n, 1);
	free(v);
}

static void
half_read(struct reader *r, json_t *family, const char *at, const char *key, struct rounds_half *h)
{
	json_t *o = reader_object(r, family, at, key), *drift;
	char path[READER_AT_BYTES], drift_at[READER_AT_BYTES];

	reader_join(path, at, key);
	h->ms = reader_numbers(r, o, path, "converged_ms", ROUNDS_MAX, &h->n);
	summarize(h);
	drift = reader_object(r, o, path, "drift");
	reader_join(drift_at, path, "drift");
	h->drift_known = drift != NULL;
	h->drift_found = reader_bool(r, drift, drift_at, "found", false);
	h->drift_ms = reader_num(r, drift, drift_at, "total_ms");
	h->first_fifth_ms = reader_num(r, drift, drift_at, "first_fifth_ms");
	h->last_fifth_ms = reader_num(r, drift, drift_at, "last_fifth_ms");
}

static void
wrong_read(struct reader *r, json_t *family, const char *at, struct rounds_family *f)
{
	json_t *stuck = reader_list(r, family, at, "stuck", WRONG_MAX);
	json_t *lost = reader_list(r, family, at, "lost", WRONG_MAX), *one;
	size_t n_stuck = json_array_size(stuck), n_lost = json_array_size(lost);
	char path[READER_AT_BYTES];

	f->wrong = reader_alloc(r, n_stuck + n_lost, sizeof(*f->wrong));
	for (size_t i = 0; f->wrong != NULL && i < n_stuck && r->rc == 0; i++) {
		one = reader_entry(r, stuck, i, at, "stuck", path);
		f->wrong[f->n_wrong++] =
			(struct rounds_wrong){.half = reader_str(r, one, path, "half"),
				.node = reader_str(r, one, path, "node"),
				.is = reader_str(r, one, path, "is"),
				.was = reader_str(r, one, path, "was"),
				.round = reader_num(r, one, path, "round"),
				.at_ms = NAN};
	}
	for (size_t i = 0; f->wrong != NULL && i < n_lost && r->rc == 0; i++) {
		one = reader_entry(r, lost, i, at, "lost", path);
		f->wrong[f->n_wrong++] =
			(struct rounds_wrong){.node = reader_str(r, one, path, "node"),
				.is = reader_str(r, one, path, "how"),
				.was = reader_str(r, one, path, "peer"),
				.round = NAN,
				.at_ms = reader_num(r, one, path, "at_ms")};
	}
}

void
rounds_read(struct reader *r, json_t *trial, const char *at, struct rounds *ret)
{
	static const char *const families[] = {"v4", "v6"};
	json_t *soak = reader_object(r, trial, at, "soak");
	char soak_at[READER_AT_BYTES], path[READER_AT_BYTES];

	*ret = (struct rounds){.planned = NAN};
	if (soak == NULL)
		return;
	reader_join(soak_at, at, "soak");
	ret->planned = reader_num(r, soak, soak_at, "planned");
	for (size_t i = 0; i < 2 && r->rc == 0; i++) {
		json_t *o = reader_object(r, soak, soak_at, families[i]);
		struct rounds_family *f = &ret->family[ret->n_families];

		if (o == NULL)
			continue;
		ret->n_families++;
		reader_join(path, soak_at, families[i]);
		f->family = families[i];
		f->rounds = reader_num(r, o, path, "rounds");
		f->complete = reader_num(r, o, path, "complete");
		f->stuck = reader_num(r, o, path, "stuck_rounds");
		f->lost = reader_num(r, o, path, "sessions_lost");
		f->failures = reader_num(r, o, path, "failures");
		half_read(r, o, path, "withdrawn", &f->half[ROUNDS_WITHDRAWN]);
		half_read(r, o, path, "announced", &f->half[ROUNDS_ANNOUNCED]);
		wrong_read(r, o, path, f);
	}
}

void
rounds_done(struct rounds *x)
{
	for (size_t i = 0; i < x->n_families; i++) {
		for (int h = 0; h < ROUNDS_HALVES; h++)
			free(x->family[i].half[h].ms);
		free(x->family[i].wrong);
	}
}
