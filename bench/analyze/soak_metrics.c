/* soak_metrics.c - the figures of a soak, one trial's samples of each. */
#include "bench/analyze/soak_metrics.h"

#include <math.h>

#include "bench/analyze/soak.h"

enum soak_what {
	SOAK_GOOD_ROUNDS, /* withdrawn, announced again, not stuck */
	SOAK_STUCK_ROUNDS,
	SOAK_SESSIONS_LOST,
	SOAK_DRIFT,
	SOAK_UNANSWERED,
	SOAK_FAILURES, /* no sample where fewer than SOAK_ROUNDS were planned */
	SOAK_WITHDRAW_MS,
	SOAK_ANNOUNCE_MS
};

/* The half that drifts more. */
static double
drift_ms(const struct soak_family *x)
{
	double a = x->drift[SOAK_WITHDRAWN].known ? x->drift[SOAK_WITHDRAWN].total_ms : NAN;
	double b = x->drift[SOAK_ANNOUNCED].known ? x->drift[SOAK_ANNOUNCED].total_ms : NAN;

	return isnan(b) || fabs(a) > fabs(b) ? a : b;
}

static int
add_rounds(const struct soak_family *x, enum soak_half half, int trial, struct metric *m)
{
	int rc = 0;

	for (size_t i = 0; i < x->rounds && rc == 0; i++)
		if (!isnan(x->round[i].converged_ms[half]))
			rc = samples_add(m->samples, x->round[i].converged_ms[half], trial);
	return rc;
}

/* Of one family; NAN: nothing to say. */
static double
figure(const struct soak *s, enum family f, enum soak_what what)
{
	const struct soak_family *x = &s->of[f];
	double sum = 0;

	switch (what) {
	case SOAK_GOOD_ROUNDS:
		for (size_t i = 0; i < x->rounds; i++)
			sum += x->round[i].at_ns[SOAK_ANNOUNCED] != NEVER && !x->round[i].stuck;
		return s->has_fib ? sum : (double)NAN;
	case SOAK_STUCK_ROUNDS:
		return s->has_fib ? x->stuck_rounds : (double)NAN;
	case SOAK_SESSIONS_LOST:
		return x->sessions_lost;
	case SOAK_DRIFT:
		return drift_ms(x);
	case SOAK_UNANSWERED:
		for (size_t i = 0; i < x->rounds; i++)
			sum += x->round[i].unanswered;
		return sum;
	case SOAK_FAILURES:
		return s->has_fib && s->planned >= SOAK_ROUNDS ? soak_failures(s, f) : (double)NAN;
	default:
		return NAN;
	}
}

/* Both families in one figure: the fewer good rounds, the greater drift, the sum of what is bad. */
static double
joined(double a, double b, enum soak_what what)
{
	if (isnan(a) || isnan(b))
		return isnan(a) ? b : a;
	if (what == SOAK_GOOD_ROUNDS)
		return fmin(a, b);
	if (what == SOAK_DRIFT)
		return fabs(a) > fabs(b) ? a : b;
	return a + b;
}

static int
collect(const struct trial *t, metric_family f, enum soak_what what, struct metric *m)
{
	enum soak_half half = what == SOAK_WITHDRAW_MS ? SOAK_WITHDRAWN : SOAK_ANNOUNCED;
	double value = NAN;
	int rc = 0;

	for (int k = 0; k < FAMILIES && t->soak != NULL && rc == 0; k++) {
		if (f != FAMILIES && f != k)
			continue;
		if (what == SOAK_WITHDRAW_MS || what == SOAK_ANNOUNCE_MS)
			rc = add_rounds(&t->soak->of[k], half, t->number, m);
		else
			value = joined(value, figure(t->soak, (enum family)k, what), what);
	}
	return rc < 0 || isnan(value) ? rc : samples_add(m->samples, value, t->number);
}

int
soak_collect_rounds(const struct run *r, const struct trial *t, metric_family f, struct metric *m)
{
	(void)r;
	return collect(t, f, SOAK_GOOD_ROUNDS, m);
}

int
soak_collect_stuck(const struct run *r, const struct trial *t, metric_family f, struct metric *m)
{
	(void)r;
	return collect(t, f, SOAK_STUCK_ROUNDS, m);
}

int
soak_collect_lost(const struct run *r, const struct trial *t, metric_family f, struct metric *m)
{
	(void)r;
	return collect(t, f, SOAK_SESSIONS_LOST, m);
}

int
soak_collect_drift(const struct run *r, const struct trial *t, metric_family f, struct metric *m)
{
	(void)r;
	return collect(t, f, SOAK_DRIFT, m);
}

int
soak_collect_unanswered(
	const struct run *r, const struct trial *t, metric_family f, struct metric *m)
{
	(void)r;
	return collect(t, f, SOAK_UNANSWERED, m);
}

int
soak_collect_failures(const struct run *r, const struct trial *t, metric_family f, struct metric *m)
{
	(void)r;
	return collect(t, f, SOAK_FAILURES, m);
}

int
soak_collect_withdraw(const struct run *r, const struct trial *t, metric_family f, struct metric *m)
{
	(void)r;
	return collect(t, f, SOAK_WITHDRAW_MS, m);
}

int
soak_collect_announce(const struct run *r, const struct trial *t, metric_family f, struct metric *m)
{
	(void)r;
	return collect(t, f, SOAK_ANNOUNCE_MS, m);
}
