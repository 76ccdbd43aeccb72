/*
 * lastmile.c - what lies between each client and its access network, drawn from the run's seed.
 *
 * A constant delay per client, half of it each way. Clients sit inside the access network's node, so
 * nothing on the wire is delayed for it: analysis shifts a client's queries and answers by it, which for a
 * constant delay is the same, and the answers stay what the wire saw (doc/formats.md).
 */
#include "scenarios/lastmile.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "lib/num.h"
#include "lib/rng.h"

static int
read_part(const char *part, struct topo_last_mile *m, struct err *e)
{
	const char *value = strchr(part, '=');
	size_t key = value == NULL ? strlen(part) : (size_t)(value - part);
	int rc = -EINVAL;

	if (value != NULL && key == 6 && strncmp(part, "median", key) == 0)
		rc = num_duration_ns(value + 1, &m->median_ns);
	else if (value != NULL && key == 6 && strncmp(part, "spread", key) == 0)
		rc = num_double(value + 1, 1, 5, &m->spread);
	else if (value != NULL && key == 3 && strncmp(part, "max", key) == 0)
		rc = num_duration_ns(value + 1, &m->max_ns);
	return rc == 0
		? 0
		: err_set(e, EINVAL,
			  "'%s' is none of median=TIME, spread=NUMBER from 1 to 5, max=TIME", part);
}

int
last_mile_parse(const char *text, struct topo_last_mile *ret, struct err *e)
{
	struct topo_last_mile m = {.median_ns = -1, .spread = 2};
	char copy[128], *save = NULL;
	const char *wrong;

	if (strcmp(text, "none") == 0) {
		*ret = (struct topo_last_mile){.spread = 1};
		return 0;
	}
	if (strlen(text) >= sizeof(copy))
		return err_set(e, EINVAL, "longer than %zu characters", sizeof(copy) - 1);
	snprintf(copy, sizeof(copy), "%s", text);
	for (char *p = strtok_r(copy, ",", &save); p != NULL; p = strtok_r(NULL, ",", &save))
		if (read_part(p, &m, e) < 0)
			return -EINVAL;
	if (m.median_ns < 0)
		return err_set(e, EINVAL, "'%s' lacks median=TIME", text);
	wrong = topo_last_mile_check(&m);
	if (wrong != NULL)
		return err_set(e, EINVAL, "%s", wrong);
	*ret = m;
	return 0;
}

int64_t
last_mile_draw_ns(const struct topo_last_mile *m, uint64_t seed, const char *source)
{
	uint64_t hash = 0xcbf29ce484222325; /* FNV-1a */
	struct rng rng;
	double radius, normal, ns;

	if (m->median_ns == 0)
		return 0;
	for (; *source != '\0'; source++)
		hash = (hash ^ (uint8_t)*source) * 0x100000001b3;
	rng_init(&rng, seed ^ hash);
	radius = sqrt(-2 * log(1 - rng_unit(&rng))); /* Box and Muller; 1 - x is never 0 */
	normal = radius * cos(2 * M_PI * rng_unit(&rng));
	ns = (double)m->median_ns * exp(normal * log(m->spread));
	return ns < (double)m->max_ns ? (int64_t)ns : m->max_ns;
}

static const struct topo_last_mile *
of_city(const struct topology *t, const char *city, const struct topo_last_mile *every)
{
	int i = topology_city(t, city);

	return every != NULL || i < 0 ? every : &t->cities[i].last_mile;
}

void
last_mile_plan(
	json_t *plan, const struct topology *t, const struct topo_last_mile *every, uint64_t seed)
{
	json_t *cities = json_object(), *stream;
	size_t i;

	json_array_foreach(json_object_get(plan, "streams"), i, stream)
	{
		const char *city = json_string_value(json_object_get(stream, "city"));
		const char *source = json_string_value(json_object_get(stream, "source"));
		const struct topo_last_mile *m = of_city(t, city, every);

		/* What it adds to a resolver's users is the same before and after a fault. */
		if (m == NULL || m->median_ns == 0 || json_object_get(stream, "recurse") != NULL)
			continue;
		json_object_set_new(
			stream, "last_mile_ns", json_integer(last_mile_draw_ns(m, seed, source)));
		if (json_object_get(cities, city) == NULL)
			json_object_set_new(cities, city,
				json_pack("{s:f, s:f, s:f}", "median_ms",
					(double)m->median_ns / 1e6, "spread", m->spread, "max_ms",
					(double)m->max_ns / 1e6));
	}
	if (json_object_size(cities) > 0)
		json_object_set_new(plan, "last_mile",
			json_pack("{s:s, s:I, s:O}", "distribution",
				"lognormal, added to each round trip, half each way", "seed",
				(json_int_t)seed, "cities", cities));
	json_decref(cities);
}
