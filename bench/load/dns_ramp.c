/* dns_ramp.c - the knee: the highest rate at which a service still loses next to nothing and answers soon enough. */
#include "bench/load/dns_ramp.h"

#include <math.h>

double
ramp_next(const struct ramp *r)
{
	if (r->tries_len == RAMP_TRIES_MAX)
		return 0;
	if (r->again_qps > 0)
		return r->again_qps;
	if (r->held_qps <= 0 && r->failed_qps <= 0)
		return r->from_qps;
	if (r->failed_qps <= 0) {
		if (r->held_qps >= r->to_qps)
			return 0;
		return r->held_qps * 2 < r->to_qps ? r->held_qps * 2 : r->to_qps;
	}
	if (r->held_qps <= 0) /* the first was too much: look below */
		return r->failed_qps / 2 >= 1 ? r->failed_qps / 2 : 0;
	if (r->failed_qps <= r->held_qps * (1 + r->within_ratio))
		return 0;
	return sqrt(r->held_qps * r->failed_qps);
}

void
ramp_note(struct ramp *r, struct ramp_try t)
{
	bool again = r->again_qps > 0;

	if (t.why != RAMP_GENERATOR)
		t.why = t.loss_ratio >= r->loss_max_ratio ? RAMP_LOSS
			: t.p99_ns > r->p99_max_ns	  ? RAMP_SLOW
							  : RAMP_HELD;
	r->tries[r->tries_len++] = t;
	r->again_qps = 0;
	if (t.why == RAMP_HELD)
		r->held_qps = t.rate_qps;
	else if (again)
		r->failed_qps = t.rate_qps;
	else
		r->again_qps = t.rate_qps;
}

/* Why the lowest rate that did not hold did not. */
static enum ramp_why
limit(const struct ramp *r)
{
	for (size_t i = r->tries_len; i-- > 0;)
		if (r->tries[i].why != RAMP_HELD && r->tries[i].rate_qps <= r->failed_qps)
			return r->tries[i].why;
	return RAMP_HELD;
}

const char *
ramp_outcome(const struct ramp *r)
{
	if (r->held_qps <= 0)
		return r->tries_len == 0 ? "ended before a rate was tried" : "no rate held";
	if (r->failed_qps <= 0)
		return r->held_qps >= r->to_qps ? "the highest rate asked for held"
						: "ended before the search was over";
	return limit(r) == RAMP_GENERATOR ? "the generator's limit, not the service's" : "the knee";
}

const char *
ramp_why_name(enum ramp_why why)
{
	static const char *const names[] = {"held", "loss", "slow", "generator late"};

	return names[why];
}
