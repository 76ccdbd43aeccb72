/* rtt_json.c - the part of result.json that sets round trips before anycast beside those after. */
#include <math.h>
#include <stdio.h>

#include "bench/analyze/metrics.h"
#include "bench/analyze/rtt.h"

/* A summary as of metric_summary, with the mean. Consumes the samples. NULL when there are none to make it of. */
static json_t *
summary_of(struct samples *s, int rc)
{
	json_t *o = s != NULL && rc == 0 ? metric_summary(s) : NULL;

	if (o != NULL)
		json_object_set_new(o, "mean", json_number(metric_statistic(s, "mean")));
	samples_free(s);
	return o;
}

static json_t *
kind_json(const struct run *r, int city, int family, enum rtt_of what)
{
	struct samples *s = samples_new();

	return summary_of(s, s == NULL ? -1 : rtt_collect(r, city, family, what, s));
}

static json_t *
site_json(const struct run *r, int city, int family, int site)
{
	struct samples *s = samples_new();

	return summary_of(s, s == NULL ? -1 : rtt_collect_site(r, city, family, site, s));
}

/* Who served most of the city's queries before the fault, over both families. */
static json_t *
served_by(const struct run *r, int city, int family)
{
	uint64_t most = 0;
	int best = -1;

	for (int i = 0; i < r->sites; i++) {
		uint64_t n = 0;

		for (int f = 0; f < FAMILIES; f++)
			if (family == FAMILIES || family == f)
				n += r->city[city].share[BEFORE][f][i];
		if (n > most) {
			most = n;
			best = i;
		}
	}
	return best < 0 ? json_null() : json_string(r->site[best].name);
}

static json_t *
place_json(const struct run *r, int city, int family)
{
	const json_t *sites = json_object_get(json_object_get(r->json, "unicast"), "sites");
	json_t *o = json_object(), *list = json_object(), *site, *any, *mean, *bound = NULL;
	size_t i;

	json_array_foreach(sites, i, site)
	{
		const char *name = json_string_value(json_object_get(site, "site"));

		if (name != NULL && i < RTT_SITES)
			json_object_set_new(list, name, site_json(r, city, family, (int)i));
	}
	any = kind_json(r, city, family, RTT_ANYCAST);
	mean = kind_json(r, city, family, RTT_MEAN);
	json_object_set_new(o, "sites", list);
	json_object_set_new(o, "mean_ms", mean);
	json_object_set_new(o, "nearer_ms", kind_json(r, city, family, RTT_NEARER));
	json_object_set_new(o, "anycast_ms", any);
	json_object_set_new(
		o, "stretched_ms", json_number(rtt_stretched_ms(r, city, family, RTT_ANYCAST)));
	if (city < 0)
		return o;
	bound = json_object_get(r->city[city].json, "bound");
	json_object_set_new(o, "anycast_site", served_by(r, city, family));
	json_object_set(o, "bound", bound == NULL ? json_null() : bound);
	return o;
}

/* What the unicast streams came to, over the valid trials. */
static json_t *
counts_json(const struct run *r)
{
	json_int_t sent = 0, good = 0, lost = 0, elsewhere = 0, probes = 0;
	json_t *o = json_object();

	for (size_t i = 0; i < r->trials; i++) {
		const struct trial *t = &r->trial[i];

		for (size_t k = 0; k < t->sides && t->valid; k++) {
			const struct stream *s = &t->side[k];

			if (s->service != SERVICE_UNICAST)
				continue;
			sent += s->sent;
			good += s->good;
			lost += s->lost + s->lost_before + s->restore_lost;
			elsewhere += s->elsewhere;
		}
		if (t->valid && (json_int_t)t->streams > probes)
			probes = (json_int_t)t->streams;
	}
	json_object_set_new(o, "probes", json_integer(probes));
	json_object_set_new(o, "n", json_integer(good));
	json_object_set_new(o, "sent", json_integer(sent));
	json_object_set_new(o, "unanswered", json_integer(lost));
	json_object_set_new(o, "other_site", json_integer(elsewhere));
	return o;
}

json_t *
rtt_json(const struct run *r)
{
	const json_t *asked = json_object_get(r->json, "unicast");
	json_t *o, *cities, *stretch = json_object_get(r->json, "stretch");

	if (!json_is_object(asked))
		return json_null();
	o = counts_json(r);
	cities = json_object();
	json_object_set(o, "sites", json_object_get(asked, "sites"));
	json_object_set(o, "rate_qps", json_object_get(asked, "rate_qps"));
	json_object_set(o, "stretch", stretch == NULL ? json_null() : stretch);
	for (int i = 0; i < r->cities; i++) {
		json_t *city = place_json(r, i, FAMILIES);

		for (int f = 0; f < FAMILIES; f++)
			json_object_set_new(city, family_name[f], place_json(r, i, f));
		json_object_set_new(cities, r->city[i].name, city);
	}
	json_object_set_new(o, "cities", cities);
	json_object_set_new(o, "all", place_json(r, -1, FAMILIES));
	return o;
}
