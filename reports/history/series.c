/* series.c - a metric of one scenario and variant from run to run: its trend, and where its level changed. */
#include "reports/history/series.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lib/mono.h"
#include "reports/show.h"

enum { SEED = 1 };

const char *const history_headline[] = {"withdraw_ms", "first_good_answer_ms",
	"loss_of_connectivity_ms", "full_convergence_ms", "client_failures", NULL};

bool
series_wants(const struct series_filter *f, const struct history_run *r)
{
	return (f->scenario == NULL || strcmp(f->scenario, r->scenario) == 0) &&
		(f->variant == NULL || strcmp(f->variant, r->variant) == 0);
}

bool
series_counts(const struct history_run *r)
{
	return r->valid > 0 && !r->swept && r->state != HISTORY_INCONCLUSIVE &&
		r->state != HISTORY_UNREADABLE && r->state != HISTORY_UNFINISHED;
}

struct change_least
series_least(const char *unit)
{
	return (struct change_least){.absolute = strcmp(unit, "ms") == 0 ? 100 : 0, .ratio = 0.05};
}

void
series_free(struct series_list *l)
{
	for (size_t i = 0; i < l->n; i++) {
		free(l->series[i].runs);
		free(l->series[i].y);
	}
	free(l->series);
	*l = (struct series_list){0};
}

/* The latest points of a metric in the runs of one scenario and variant. */
static int
gather(struct series *s, const struct history *h)
{
	const struct series_filter mine = {s->scenario, s->variant, NULL};

	s->runs = calloc(h->n + 1, sizeof(*s->runs));
	s->y = calloc(h->n + 1, sizeof(*s->y));
	if (s->runs == NULL || s->y == NULL)
		return -ENOMEM;
	for (size_t i = h->n; i-- > 0 && s->n < CHANGE_MAX;) {
		const struct history_run *r = &h->runs[i];
		const struct history_metric *m = series_wants(&mine, r) && series_counts(r)
			? history_metric(r, s->metric)
			: NULL;

		if (m == NULL || isnan(m->p50))
			continue;
		s->runs[s->n] = r;
		s->y[s->n++] = m->p50;
		s->unit = m->unit;
	}
	for (size_t i = 0; i < s->n / 2; i++) {
		size_t k = s->n - 1 - i;
		const struct history_run *r = s->runs[i];
		double y = s->y[i];

		s->runs[i] = s->runs[k];
		s->y[i] = s->y[k];
		s->runs[k] = r;
		s->y[k] = y;
	}
	return 0;
}

/* A slope over "never" says nothing. */
static int
analyse(struct series *s)
{
	const struct change_least least = series_least(s->unit);
	bool finite = true;
	struct rng rng;
	int rc;

	rng_init(&rng, SEED);
	rc = change_points(s->y, s->n, &least, &rng, s->changes, SERIES_CHANGES, &s->n_changes);
	if (rc < 0 && rc != -EOVERFLOW)
		return rc;
	for (size_t i = 0; i < s->n; i++)
		finite = finite && isfinite(s->y[i]);
	rc = finite ? trend_of(s->y, s->n, &s->trend) : -ERANGE;
	s->has_trend = rc == 0;
	return rc == -ENOMEM ? rc : 0;
}

static int
add_series(struct series_list *l, const struct history *h, const struct history_run *of,
	const char *metric)
{
	struct series one = {.scenario = of->scenario,
			      .variant = of->variant,
			      .metric = metric,
			      .unit = ""},
		      *more = realloc(l->series, (l->n + 1) * sizeof(*more));
	int rc = more == NULL ? -ENOMEM : gather(&one, h);

	l->series = more != NULL ? more : l->series;
	if (rc == 0 && one.n > 0)
		rc = analyse(&one);
	if (rc < 0 || one.n == 0) {
		free(one.runs);
		free(one.y);
		return rc;
	}
	l->series[l->n++] = one;
	return 0;
}

static bool
is_first(const struct history *h, size_t at)
{
	const struct series_filter same = {h->runs[at].scenario, h->runs[at].variant, NULL};

	for (size_t i = 0; i < at; i++)
		if (series_wants(&same, &h->runs[i]))
			return false;
	return true;
}

static int
by_name(const void *a, const void *b)
{
	const struct history_run *x = *(const struct history_run *const *)a,
				 *y = *(const struct history_run *const *)b;
	int order = strcmp(x->scenario, y->scenario);

	return order != 0 ? order : strcmp(x->variant, y->variant);
}

int
series_make(const struct history *h, const struct series_filter *f, struct series_list *ret,
	struct err *e)
{
	const struct history_run **of = calloc(h->n + 1, sizeof(*of));
	const char *const one[] = {f->metric, NULL},
			  *const *metrics = f->metric != NULL ? one : history_headline;
	size_t n = 0;
	int rc = of == NULL ? -ENOMEM : 0;

	*ret = (struct series_list){0};
	for (size_t i = 0; rc == 0 && i < h->n; i++)
		if (series_wants(f, &h->runs[i]) && is_first(h, i))
			of[n++] = &h->runs[i];
	if (rc == 0)
		qsort(of, n, sizeof(*of), by_name);
	for (size_t i = 0; rc == 0 && i < n; i++)
		for (size_t k = 0; rc == 0 && metrics[k] != NULL; k++)
			rc = add_series(ret, h, of[i], metrics[k]);
	free(of);
	if (rc < 0) {
		series_free(ret);
		return err_sys(e, -rc, "history");
	}
	return 0;
}

const char *
series_show(double value, const char *unit, char out[static 48])
{
	if (isinf(value)) {
		snprintf(out, 48, "never");
		return out;
	}
	return strcmp(unit, "ms") == 0 ? show_ms(value, out) : show_value(value, unit, out);
}

const char *
series_show_shift(const struct change *c, const char *unit, char out[static 48])
{
	char size[48];

	if (isinf(c->shift))
		snprintf(out, 48, "%s", c->shift > 0 ? "to never" : "from never");
	else
		snprintf(out, 48, "%s%.40s", c->shift < 0 ? "−" : "+",
			series_show(fabs(c->shift), unit, size));
	return out;
}

const char *
history_show_time(int64_t began_ns, char out[static 24])
{
	time_t s = (time_t)(began_ns / NS_PER_S);
	struct tm tm;

	if (began_ns <= 0 || gmtime_r(&s, &tm) == NULL ||
		strftime(out, 24, "%Y-%m-%d %H:%M", &tm) == 0)
		snprintf(out, 24, "–");
	return out;
}
