/* coarse.c - a timeline in wider bins. */
#include "reports/plots/coarse.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

static double
sent_in_all(const struct timeline *t)
{
	double sum = 0;

	for (size_t b = 0; b < t->bins; b++) {
		sum += t->unanswered[b] + t->failed[b];
		for (size_t i = 0; i < t->n_sites; i++)
			sum += t->sites[i].queries[b];
	}
	return sum;
}

size_t
coarse_by(const struct timeline *t, double gap_ms)
{
	double gaps = t->bin_ms > 0 ? ceil(gap_ms / t->bin_ms - 1e-6) : NAN;
	size_t step = gaps >= 1 && gaps <= (double)t->bins / 2 ? (size_t)gaps : 1, by = step;
	double each = t->bins == 0 ? 0 : sent_in_all(t) / (double)t->bins;

	while (t->bins / by > COARSE_BINS_MAX ||
		(ceil(each * (double)by) < COARSE_SENT_MIN &&
			t->bins / (by + step) >= COARSE_BINS_MIN))
		by += step;
	return t->bins / by > 1 ? by : 1;
}

static double *
merged(const double *bins, size_t first, size_t n, size_t by)
{
	double *out = calloc(n == 0 ? 1 : n, sizeof(*out));

	for (size_t i = 0; out != NULL && i < n * by; i++)
		out[i / by] += bins[first + i];
	return out;
}

int
coarse_init(struct timeline *ret, const struct timeline *t, size_t by)
{
	double before = t->from_ms < 0 && t->bin_ms > 0 ? round(-t->from_ms / t->bin_ms) : 0;
	size_t first = before < (double)t->bins ? (size_t)before % by : 0;
	size_t n = (t->bins - first) / by;

	*ret = (struct timeline){.bin_ms = t->bin_ms * (double)by,
		.from_ms = t->from_ms + t->bin_ms * (double)first,
		.bins = n,
		.sites = calloc(t->n_sites + 1, sizeof(*ret->sites)),
		.unanswered = merged(t->unanswered, first, n, by),
		.failed = merged(t->failed, first, n, by)};
	if (ret->sites == NULL || ret->unanswered == NULL || ret->failed == NULL)
		goto fail;
	for (size_t i = 0; i < t->n_sites; i++) {
		double *queries = merged(t->sites[i].queries, first, n, by);

		if (queries == NULL)
			goto fail;
		ret->sites[ret->n_sites++] = (struct timeline_site){t->sites[i].site, queries};
	}
	return 0;
fail:
	coarse_done(ret);
	return -ENOMEM;
}

void
coarse_done(struct timeline *c)
{
	for (size_t i = 0; i < c->n_sites; i++)
		free(c->sites[i].queries);
	free(c->sites);
	free(c->unanswered);
	free(c->failed);
	*c = (struct timeline){0};
}
