/* soak_json.c - the rounds of a soak in result.json: lists by round, what was stuck, what was lost, the drift. */
#include <math.h>

#include "bench/analyze/soak.h"

static const char *const half_name[SOAK_HALVES] = {"withdrawn", "announced"};

static json_t *
since_fault(const struct trial *t, int64_t wall_ns)
{
	return wall_ns == NEVER ? json_null() : json_number((double)(wall_ns - t->fault_ns) / 1e6);
}

static json_t *
drift_json(const struct soak_drift *d)
{
	json_t *o = d->known ? json_object() : json_null();

	if (!d->known)
		return o;
	json_object_set_new(o, "slope_ms_per_round", json_number(d->trend.slope));
	json_object_set_new(o, "slope_low_ms_per_round", json_number(d->trend.low));
	json_object_set_new(o, "slope_high_ms_per_round", json_number(d->trend.high));
	json_object_set_new(o, "total_ms", json_number(d->total_ms));
	json_object_set_new(o, "first_fifth_ms", json_number(d->first_fifth_ms));
	json_object_set_new(o, "last_fifth_ms", json_number(d->last_fifth_ms));
	json_object_set_new(o, "found", json_boolean(d->found));
	return o;
}

static json_t *
half_json(const struct trial *t, const struct soak_family *x, enum soak_half half)
{
	json_t *o = json_object(), *at = json_array(), *ms = json_array(), *told = json_array();

	for (size_t i = 0; i < x->rounds; i++) {
		json_array_append_new(at, since_fault(t, x->round[i].at_ns[half]));
		json_array_append_new(ms, json_number(x->round[i].converged_ms[half]));
		json_array_append_new(told, json_integer(x->round[i].told[half]));
	}
	json_object_set_new(o, "at_ms", at);
	json_object_set_new(o, "converged_ms", ms);
	json_object_set_new(o, "neighbours_told", told);
	json_object_set_new(o, "drift", drift_json(&x->drift[half]));
	return o;
}

static json_t *
stuck_json(const struct soak_family *x)
{
	json_t *list = json_array();

	for (size_t i = 0; i < x->stucks; i++) {
		const struct soak_stuck *k = &x->stuck[i];

		json_array_append_new(list,
			json_pack("{s:i, s:s, s:s, s:s, s:s}", "round", (int)k->round, "half",
				half_name[k->half], "node", k->node, "is", k->is, "was", k->was));
	}
	return list;
}

static json_t *
lost_json(const struct trial *t, const struct soak_family *x)
{
	json_t *list = json_array();

	for (size_t i = 0; i < x->losts; i++) {
		const struct soak_lost *l = &x->lost[i];

		json_array_append_new(list,
			json_pack("{s:s, s:s, s:s, s:o, s:s, s:I}", "node", l->node, "peer",
				l->peer, "how", l->how, "at_ms", since_fault(t, l->at_ns),
				"capture", l->capture, "packet", (json_int_t)l->packet));
	}
	return list;
}

static json_t *
family_json(const struct trial *t, enum family f)
{
	const struct soak_family *x = &t->soak->of[f];
	json_t *o = json_object(), *unanswered = json_array();

	for (size_t i = 0; i < x->rounds; i++)
		json_array_append_new(unanswered, json_integer(x->round[i].unanswered));
	json_object_set_new(o, "rounds", json_integer((json_int_t)x->rounds));
	json_object_set_new(o, "complete", json_integer((json_int_t)x->complete));
	json_object_set_new(o, "stuck_rounds", json_integer(x->stuck_rounds));
	json_object_set_new(o, "sessions_lost", json_integer(x->sessions_lost));
	json_object_set_new(o, "failures", json_integer(soak_failures(t->soak, f)));
	for (int h = 0; h < SOAK_HALVES; h++)
		json_object_set_new(o, half_name[h], half_json(t, x, (enum soak_half)h));
	json_object_set_new(o, "unanswered", unanswered);
	json_object_set_new(o, "stuck", stuck_json(x));
	json_object_set_new(o, "lost", lost_json(t, x));
	return o;
}

json_t *
soak_json(const struct trial *t)
{
	json_t *o;

	if (t->soak == NULL)
		return json_null();
	o = json_object();
	json_object_set_new(o, "planned", json_integer(t->soak->planned));
	json_object_set_new(o, "has_fib", json_boolean(t->soak->has_fib));
	for (int f = 0; f < FAMILIES; f++)
		if (t->soak->of[f].rounds > 0)
			json_object_set_new(o, family_name[f], family_json(t, (enum family)f));
	return o;
}
