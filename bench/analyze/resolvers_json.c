/* resolvers_json.c - what users of real resolvers saw, as result.json tells it. */
#include <math.h>
#include <string.h>

#include "bench/analyze/resolvers.h"

enum { MAX_TOLD = 1000 };

static const char *const phase_name[PHASES] = {"before", "during", "after"};
static const char *const outcome_name[LOOKUPS] = {
	"good", "servfail", "other_rcode", "wrong", "unanswered"};

static const char *
text_of(const json_t *o, const char *key)
{
	return json_string_value(json_object_get(o, key));
}

/* The lookups over the valid trials at one resolver in one family and phase. */
struct seen {
	unsigned outcome[LOOKUPS];
	unsigned lookups, over_100ms, over_1s;
	struct samples *latency_ms, *added_ms;
};

static int
see(const struct run *r, const json_t *resolver, enum family f, enum phase phase, struct seen *seen)
{
	const char *city = text_of(resolver, "city"), *label = text_of(resolver, "label");

	for (size_t i = 0; i < r->trials; i++) {
		const struct trial *t = &r->trial[i];

		for (size_t k = 0; k < t->lookups && t->valid; k++) {
			const struct lookup *l = &t->lookup[k];
			const struct stream *s = &t->side[l->side];

			if (l->phase != phase || s->family != f || strcmp(s->label, label) != 0 ||
				strcmp(r->city[s->city].name, city) != 0)
				continue;
			seen->lookups++;
			seen->outcome[l->outcome]++;
			seen->over_100ms += l->added_ms > 100;
			seen->over_1s += l->added_ms > 1000;
			if (l->outcome == LOOKUP_GOOD &&
				samples_add(seen->latency_ms, l->latency_ms, t->number) < 0)
				return -1;
			if (isfinite(l->added_ms) &&
				samples_add(seen->added_ms, l->added_ms, t->number) < 0)
				return -1;
		}
	}
	return 0;
}

static json_t *
seen_json(const struct run *r, const json_t *resolver, enum family f, enum phase phase)
{
	struct seen seen = {.latency_ms = samples_new(), .added_ms = samples_new()};
	json_t *o = NULL;

	if (seen.latency_ms != NULL && seen.added_ms != NULL &&
		see(r, resolver, f, phase, &seen) == 0) {
		o = json_object();
		json_object_set_new(o, "lookups", json_integer(seen.lookups));
		for (int k = 0; k < LOOKUPS; k++)
			json_object_set_new(o, outcome_name[k], json_integer(seen.outcome[k]));
		json_object_set_new(o, "over_100ms", json_integer(seen.over_100ms));
		json_object_set_new(o, "over_1s", json_integer(seen.over_1s));
		json_object_set_new(o, "latency_ms", metric_summary(seen.latency_ms));
		json_object_set_new(o, "added_ms", metric_summary(seen.added_ms));
	}
	samples_free(seen.latency_ms);
	samples_free(seen.added_ms);
	return o;
}

/* Was it asked in that family in a valid trial? */
static bool
was_asked(const struct run *r, const json_t *resolver, enum family f)
{
	for (size_t i = 0; i < r->trials; i++)
		for (size_t k = 0; k < r->trial[i].sides && r->trial[i].valid; k++) {
			const struct stream *s = &r->trial[i].side[k];

			if (s->service == SERVICE_RESOLVER && s->family == f &&
				strcmp(s->label, text_of(resolver, "label")) == 0 &&
				strcmp(r->city[s->city].name, text_of(resolver, "city")) == 0)
				return true;
		}
	return false;
}

json_t *
resolvers_json(const struct run *r)
{
	static const char *const keys[] = {"city", "node", "label", "software", "version"};
	json_t *list = json_array(), *resolver;
	size_t i;

	json_array_foreach(json_object_get(r->json, "resolvers"), i, resolver)
	{
		if (text_of(resolver, "city") == NULL || text_of(resolver, "label") == NULL)
			continue;
		for (int f = 0; f < FAMILIES; f++) {
			int city = run_city(r, text_of(resolver, "city"));
			json_t *o;

			if (!was_asked(r, resolver, (enum family)f))
				continue;
			o = json_object();
			for (size_t k = 0; k < sizeof(keys) / sizeof(keys[0]); k++)
				json_object_set(o, keys[k], json_object_get(resolver, keys[k]));
			json_object_set_new(o, "family", json_string(family_name[f]));
			json_object_set_new(
				o, "affected", json_boolean(city >= 0 && r->city[city].affected));
			for (int p = BEFORE; p < PHASES; p++)
				json_object_set_new(o, phase_name[p],
					seen_json(r, resolver, (enum family)f, (enum phase)p));
			json_array_append_new(list, o);
		}
	}
	return list;
}

json_t *
resolvers_trial_json(const struct run *r, const struct trial *t)
{
	json_t *list = json_array();

	for (size_t i = 0; i < t->lookups && json_array_size(list) < MAX_TOLD; i++) {
		const struct lookup *l = &t->lookup[i];
		const struct stream *s = &t->side[l->side];
		json_t *o;

		if (l->outcome == LOOKUP_GOOD && !(l->added_ms > 100))
			continue;
		o = json_object();
		json_object_set_new(o, "city", json_string(r->city[s->city].name));
		json_object_set_new(o, "label", json_string(s->label));
		json_object_set_new(o, "family", json_string(family_name[s->family]));
		json_object_set_new(o, "at_ms",
			t->has_fault ? json_number((double)(l->sent_ns - t->fault_ns) / 1e6)
				     : json_null());
		json_object_set_new(o, "outcome", json_string(outcome_name[l->outcome]));
		json_object_set_new(o, "latency_ms", json_number(l->latency_ms));
		json_object_set_new(o, "added_ms", json_number(l->added_ms));
		json_array_append_new(list, o);
	}
	return list;
}
