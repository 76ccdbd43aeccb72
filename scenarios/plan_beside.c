/* plan_beside.c - what the probes ask beside the anycast service over UDP: sites by their own addresses, TCP, large answers. */
#include "scenarios/plan_beside.h"

#include <string.h>

static int
family_of(const json_t *stream)
{
	const char *target = json_string_value(json_object_get(stream, "target"));

	return target != NULL && strchr(target, ':') != NULL ? AF_INET6 : AF_INET;
}

/* A stream like another, from the same probe: same source, so the same last mile. */
static json_t *
like(const json_t *stream, json_t *streams, double rate_qps)
{
	json_t *copy = json_copy((json_t *)(uintptr_t)stream);

	json_object_set_new(copy, "id", json_integer((json_int_t)json_array_size(streams)));
	json_object_set_new(copy, "rate_qps", json_real(rate_qps));
	json_array_append_new(streams, copy);
	return copy;
}

void
plan_add_unicast(const struct topology *t, double rate_qps, json_t *streams)
{
	size_t probes = json_array_size(streams);
	char text[INET_TEXT_BYTES];

	for (size_t k = 0; rate_qps > 0 && k < t->unicast_len; k++)
		for (size_t i = 0; i < probes; i++) {
			const json_t *probe = json_array_get(streams, i);
			const struct inet *target =
				topology_own_addr(t, t->unicast[k], family_of(probe));
			json_t *s;

			if (target == NULL)
				continue;
			s = like(probe, streams, rate_qps);
			json_object_set_new(s, "target", json_string(inet_show(target, text)));
			json_object_set_new(s, "service", json_string("unicast"));
			json_object_set_new(s, "label", json_string(t->nodes[t->unicast[k]].site));
		}
}

/* Was an earlier one of the same city and family? */
static bool
has_earlier(const json_t *streams, size_t n)
{
	const json_t *s = json_array_get(streams, n);
	const json_t *city = json_object_get(s, "city");

	for (size_t i = 0; i < n; i++) {
		const json_t *x = json_array_get(streams, i);

		if (family_of(x) == family_of(s) && json_equal(json_object_get(x, "city"), city))
			return true;
	}
	return false;
}

/* A stream like the first probe's of each city and family. */
static void
add_first(double rate_qps, json_t *streams, const char *service, const char *transport)
{
	size_t n = json_array_size(streams);

	for (size_t i = 0; rate_qps > 0 && i < n; i++) {
		const json_t *probe = json_array_get(streams, i);
		json_t *s;

		if (json_object_get(probe, "service") != NULL ||
			json_object_get(probe, "transport") != NULL || has_earlier(streams, i))
			continue;
		s = like(probe, streams, rate_qps);
		json_object_set_new(s, "transport", json_string(transport));
		if (service != NULL)
			json_object_set_new(s, "service", json_string(service));
	}
}

void
plan_add_tcp(double rate_qps, json_t *streams)
{
	add_first(rate_qps, streams, NULL, "tcp");
}

void
plan_add_large(double rate_qps, json_t *streams)
{
	add_first(rate_qps, streams, "large", "udp+tcp");
}

json_t *
plan_unicast_json(const struct topology *t, double rate_qps)
{
	static const int families[] = {AF_INET, AF_INET6};
	json_t *sites = json_array();
	char text[INET_TEXT_BYTES];

	for (size_t k = 0; k < t->unicast_len; k++) {
		json_t *addresses = json_array();

		for (size_t f = 0; f < 2; f++) {
			const struct inet *a = topology_own_addr(t, t->unicast[k], families[f]);

			if (a != NULL)
				json_array_append_new(addresses, json_string(inet_show(a, text)));
		}
		json_array_append_new(sites,
			json_pack("{s:s, s:o}", "site", t->nodes[t->unicast[k]].site, "addresses",
				addresses));
	}
	if (t->unicast_len > 0 && rate_qps > 0)
		return json_pack("{s:f, s:o}", "rate_qps", rate_qps, "sites", sites);
	json_decref(sites);
	return json_null();
}
