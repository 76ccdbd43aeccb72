/* record_rtt.c - run.json: what round trips to each city can be at best, and what the network makes of them. */
#include "scenarios/record_rtt.h"

#include "lab/fibwalk.h"
#include "lab/geo.h"

static json_t *
bound_json(const struct topology *t, const struct topo_city *city)
{
	double best_km = -1;
	size_t nearest = 0;

	for (size_t i = 0; i < t->nodes_len; i++) {
		const struct topo_city *at = &t->cities[t->nodes[i].city];
		double km = geo_distance_km(city->lat, city->lon, at->lat, at->lon);

		if (t->nodes[i].site == NULL || !t->nodes[i].anycast ||
			(best_km >= 0 && km >= best_km))
			continue;
		best_km = km;
		nearest = i;
	}
	if (best_km < 0)
		return json_null();
	return json_pack("{s:s, s:f, s:f}", "site", t->nodes[nearest].site, "distance_km", best_km,
		"rtt_ms", 2 * (double)geo_delay_ns(best_km, 1) / 1e6);
}

/* One path to a unicast site, where that has an address of the family. */
static int
add_path(struct lab *lab, size_t city, size_t node, int family, json_t *list, struct err *e)
{
	const struct topology *t = lab_topology(lab);
	const struct inet *target = topology_own_addr(t, node, family);
	struct survey_path p;
	int rc;

	if (target == NULL)
		return 0;
	rc = fibwalk_round_trip(lab, city, target, &p, e);
	if (rc < 0)
		return rc;
	json_array_append_new(list,
		json_pack("{s:s, s:s, s:o, s:o}", "site", t->nodes[node].site, "family",
			family == AF_INET ? "v4" : "v6", "path_rtt_ms",
			p.returned ? json_real((double)p.rtt_ns / 1e6) : json_null(),
			"path_stretched_ms",
			p.returned ? json_real((double)p.stretched_ns / 1e6) : json_null()));
	return 0;
}

int
record_add_round_trips(json_t *cities, struct lab *lab, struct err *e)
{
	const struct topology *t = lab_topology(lab);
	json_t *city;
	size_t i;

	json_array_foreach(cities, i, city)
	{
		int c = topology_city(t, json_string_value(json_object_get(city, "name"))), rc = 0;
		json_t *list = json_array();

		for (size_t k = 0; c >= 0 && rc == 0 && k < t->unicast_len; k++) {
			rc = add_path(lab, (size_t)c, t->unicast[k], AF_INET, list, e);
			if (rc == 0)
				rc = add_path(lab, (size_t)c, t->unicast[k], AF_INET6, list, e);
		}
		json_object_set_new(city, "unicast", list);
		if (rc < 0)
			return rc;
		json_object_set_new(city, "bound", bound_json(t, &t->cities[c]));
	}
	return 0;
}
