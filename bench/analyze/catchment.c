/* catchment.c - who served each city before, during and after the fault, and at what round trip. */
#include "bench/analyze/catchment.h"

#include <errno.h>

#include "bench/analyze/metrics.h"
#include "bench/analyze/moved.h"
#include "bench/analyze/streams.h"
#include "lib/answers.h"

static const char *const phase_name[PHASES] = {"before", "during", "after"};

int
catchment_add(struct run *r, const struct trial *t)
{
	for (size_t i = 0; i < t->queries; i++) {
		const struct query *q = &t->query[i];
		const struct stream *s = &t->stream[q->stream];
		struct city *c = &r->city[s->city];
		enum phase phase = stream_phase(r, t, s, q);
		bool good = q->status == ANSWERS_GOOD && q->site >= 0;
		double rtt_ms = (double)(q->received_ns - q->sent_ns) / 1e6;

		if (phase == PHASES || q->status == ANSWERS_PENDING)
			continue;
		c->share[phase][s->family][good ? q->site : MAX_SITES]++;
		if (good && samples_add(c->rtt_ms[phase][s->family], rtt_ms, t->number) < 0)
			return -ENOMEM;
	}
	return 0;
}

json_t *
share_json(const struct run *r, const uint64_t share[static MAX_SITES + 1])
{
	json_t *o = json_object();
	uint64_t sum = 0;

	for (int i = 0; i <= MAX_SITES; i++)
		sum += share[i];
	for (int i = 0; i < r->sites; i++)
		if (share[i] > 0)
			json_object_set_new(
				o, r->site[i].name, json_real((double)share[i] / (double)sum));
	if (share[MAX_SITES] > 0)
		json_object_set_new(o, "none", json_real((double)share[MAX_SITES] / (double)sum));
	return o;
}

static json_t *
city_json(const struct run *r, const struct city *c, enum family f)
{
	const char *title = json_string_value(json_object_get(c->json, "title"));
	json_t *o = json_object(), *rtt = json_object();
	json_t *expected = json_object_get(json_object_get(c->json, "expected"), family_name[f]);
	json_t *path = json_object_get(json_object_get(c->json, "path_rtt_ms"), family_name[f]);

	json_object_set_new(o, "city", json_string(c->name));
	json_object_set_new(o, "title", json_string(title == NULL ? c->name : title));
	json_object_set_new(o, "family", json_string(family_name[f]));
	json_object_set(o, "expected", expected == NULL ? json_null() : expected);
	for (int p = 0; p < PHASES; p++) {
		json_object_set_new(o, phase_name[p], share_json(r, c->share[p][f]));
		json_object_set_new(rtt, phase_name[p], metric_summary(c->rtt_ms[p][f]));
	}
	json_object_set_new(o, "rtt_ms", rtt);
	json_object_set(o, "path_rtt_ms", path == NULL ? json_null() : path);
	json_object_set(o, "reason", json_object_get(c->json, "reason"));
	json_object_set_new(o, "moved", moved_json(r, (int)(c - r->city), f));
	return o;
}

json_t *
catchment_json(const struct run *r)
{
	json_t *list = json_array();

	for (int i = 0; i < r->cities; i++)
		for (int f = 0; f < FAMILIES; f++) {
			const struct city *c = &r->city[i];
			uint64_t any = 0;

			for (int p = 0; p < PHASES; p++)
				for (int s = 0; s <= MAX_SITES; s++)
					any += c->share[p][f][s];
			if (any > 0)
				json_array_append_new(list, city_json(r, c, (enum family)f));
		}
	return list;
}
