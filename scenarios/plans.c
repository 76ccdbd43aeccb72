/* plans.c - what the probes and the captures of a trial are told, from the network and the scenario. */
#include "scenarios/plans.h"

#include <stdio.h>
#include <string.h>

#include "scenarios/plan_beside.h"
#include "scenarios/plan_resolvers.h"

enum {
	FIRST_HOST = 10,
	SNAPLEN_BYTES = 1514,  /* whole frames: a BGP stream with holes cannot be read */
	BUFFER_BYTES = 4 << 20 /* 3.2 s without being read: bench/capture/capture.c */
};

static json_t *
stream_json(const struct topology *t, const struct lab *lab, unsigned int id, size_t city,
	const struct inet *source, const struct inet *target)
{
	int access = topology_access(t, city);
	char netns[64] = "", from[INET_TEXT_BYTES], to[INET_TEXT_BYTES];

	if (lab != NULL)
		snprintf(netns, sizeof(netns), "/proc/%d/ns/net",
			(int)lab_node_pid(lab, (size_t)access));
	return json_pack("{s:i, s:i, s:s, s:s, s:s, s:s, s:s, s:i}", "id", (int)id, "probe",
		(int)id, "city", t->cities[city].name, "node", t->nodes[access].name, "netns",
		netns, "source", inet_show(source, from), "target", inet_show(target, to), "port",
		53);
}

/* The service address of a family, and the access network's prefix of the same. */
static bool
pick(const struct topology *t, const struct topo_node *access, int family, struct inet *prefix,
	struct inet *target)
{
	bool have_prefix = false, have_target = false;

	for (size_t i = 0; i < access->local_len; i++)
		if (access->local[i].family == family && !have_prefix) {
			*prefix = access->local[i];
			have_prefix = true;
		}
	for (size_t i = 0; i < t->anycast_addrs_len; i++)
		if (t->anycast_addrs[i].family == family && !have_target) {
			*target = t->anycast_addrs[i];
			have_target = true;
		}
	return have_prefix && have_target;
}

json_t *
plan_anycast(const struct topology *t, const struct lab *lab, unsigned int probes)
{
	json_t *streams = json_array();
	size_t cities[256], cities_len = 0;

	for (size_t c = 0; c < t->cities_len && cities_len < 256; c++)
		if (topology_access(t, c) >= 0)
			cities[cities_len++] = c;
	for (unsigned int i = 0; cities_len > 0 && i < probes; i++) {
		size_t city = cities[i % cities_len];
		const struct topo_node *access = &t->nodes[topology_access(t, city)];
		uint32_t nth = i / (uint32_t)cities_len;
		struct inet prefix, target, source;

		if (!pick(t, access, nth % 2 ? AF_INET6 : AF_INET, &prefix, &target) &&
			!pick(t, access, nth % 2 ? AF_INET : AF_INET6, &prefix, &target))
			continue;
		if (inet_host(&prefix, FIRST_HOST + nth, &source) < 0)
			continue;
		json_array_append_new(streams,
			stream_json(t, lab, (unsigned int)json_array_size(streams), city, &source,
				&target));
	}
	return streams;
}

json_t *
plan_probes(struct lab *lab, const struct scenario *s, uint64_t seed, int64_t duration_ns)
{
	const struct topology *t = lab_topology(lab);
	json_t *streams = plan_anycast(t, lab, s->probes);

	plan_add_unicast(t, s->unicast_qps, streams);
	plan_add_tcp(s->tcp_qps, streams);
	plan_add_large(s->large_qps, streams);
	plan_add_resolvers(lab, s->resolver_qps, streams);
	return json_pack("{s:s, s:I, s:f, s:I, s:I, s:s, s:s, s:i, s:s, s:s, s:s, s:o}", "schema",
		"catchment.probe-plan/1", "seed", (json_int_t)seed, "rate_qps", s->rate_qps,
		"duration_ms", (json_int_t)(duration_ns / NS_PER_MS), "timeout_ms",
		(json_int_t)(s->timeout_ns / NS_PER_MS), "zone", t->zone, "qtype", "TXT",
		"expect_rcode", 0, "expect_txt", t->answer, "answers", "answers", "stats",
		"probe-stats.json", "streams", streams);
}

void
plan_add_point(struct lab *lab, json_t *points, size_t node, const char *ifname,
	const struct inet *addrs, size_t addrs_len, const char *peer, const char *filter)
{
	const struct topology *t = lab_topology(lab);
	json_t *list = json_array();
	char file[96], netns[64], text[INET_TEXT_BYTES];

	snprintf(file, sizeof(file), "%s.%s.pcap", t->nodes[node].name, ifname);
	snprintf(netns, sizeof(netns), "/proc/%d/ns/net", (int)lab_node_pid(lab, node));
	for (size_t i = 0; i < addrs_len; i++)
		json_array_append_new(list, json_string(inet_show(&addrs[i], text)));
	json_array_append_new(points,
		json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:o, s:s?}", "file", file, "node",
			t->nodes[node].name, "role", t->roles[t->nodes[node].role].name, "city",
			t->cities[t->nodes[node].city].name, "interface", ifname, "netns", netns,
			"filter", filter, "addresses", list, "peer", peer));
}

json_t *
plan_capture_json(json_t *points, int snaplen_bytes)
{
	return json_pack("{s:s, s:s, s:s, s:i, s:i, s:o}", "schema", "catchment.capture-plan/1",
		"dir", "captures", "stats", "capture-stats.json", "snaplen_bytes", snaplen_bytes,
		"buffer_bytes", BUFFER_BYTES, "points", points);
}

static void
add_addresses(json_t *list, const struct inet *addrs, size_t addrs_len)
{
	char text[INET_TEXT_BYTES];

	for (size_t i = 0; i < addrs_len; i++)
		json_array_append_new(list, json_string(inet_show(&addrs[i], text)));
}

/* Whose each address is: sessions between loopbacks are seen at links that do not have them. */
static json_t *
nodes_json(const struct topology *t)
{
	json_t *nodes = json_array();

	for (size_t n = 0; n < t->nodes_len; n++) {
		const struct topo_node *node = &t->nodes[n];
		json_t *list = json_array();

		add_addresses(list, node->loopback, node->loopback_len);
		for (size_t i = 0; i < node->ifaces_len; i++)
			add_addresses(list, node->ifaces[i].addrs, node->ifaces[i].addrs_len);
		json_array_append_new(
			nodes, json_pack("{s:s, s:o}", "node", node->name, "addresses", list));
	}
	return nodes;
}

json_t *
plan_captures(struct lab *lab)
{
	static const char control[] = "tcp port 179 or udp port 3784 or udp port 4784";
	static const char all[] = "tcp port 179 or udp port 3784 or udp port 4784 or port 53";
	const struct topology *t = lab_topology(lab);
	json_t *points = json_array(), *plan;

	for (size_t n = 0; n < t->nodes_len; n++) {
		const struct topo_node *node = &t->nodes[n];
		bool dns = node->site != NULL || node->local_len > 0;

		if (t->roles[node->role].services_len == 0)
			continue; /* a switch: its members see the same */
		for (size_t i = 0; i < node->ifaces_len; i++) {
			const struct topo_iface *iface = &node->ifaces[i];
			const struct topo_link *link = &t->links[iface->link];

			plan_add_point(lab, points, n, iface->name, iface->addrs, iface->addrs_len,
				t->nodes[link->node[!iface->end]].name, dns ? all : control);
			json_object_set_new(json_array_get(points, json_array_size(points) - 1),
				"delay_ns", json_integer((json_int_t)link->delay_ns));
		}
		if (node->site != NULL)
			plan_add_point(lab, points, n, "lo", node->loopback, node->loopback_len,
				NULL, "port 53 or tcp port 179");
	}
	plan = plan_capture_json(points, SNAPLEN_BYTES);
	if (plan != NULL)
		json_object_set_new(plan, "nodes", nodes_json(t));
	return plan;
}

/* A switch has no routes of its own to tell of. */
static bool
routes_matter(const struct topology *t, size_t node)
{
	return t->roles[t->nodes[node].role].services_len > 0;
}

json_t *
plan_record(struct lab *lab)
{
	const struct topology *t = lab_topology(lab);
	json_t *nodes = json_array(), *logs = json_array();

	for (size_t n = 0; n < t->nodes_len; n++) {
		const struct topo_role *role = &t->roles[t->nodes[n].role];
		const char *name = t->nodes[n].name;
		char path[512];

		snprintf(path, sizeof(path), "/proc/%d/ns/net", (int)lab_node_pid(lab, n));
		if (routes_matter(t, n))
			json_array_append_new(
				nodes, json_pack("{s:s, s:s}", "node", name, "netns", path));
		for (size_t i = 0; i < role->services_len; i++) {
			const char *service = t->services[role->services[i]].name;

			snprintf(path, sizeof(path), "%s/log/%s/%s.log", lab_dir(lab), name,
				service);
			json_array_append_new(logs,
				json_pack("{s:s, s:s, s:s}", "node", name, "service", service,
					"path", path));
		}
	}
	return json_pack("{s:s, s:s, s:s, s:s, s:o, s:o}", "schema", "catchment.record-plan/1",
		"routes", "routes.jsonl", "lines", "lines.jsonl", "stats", "record-stats.json",
		"nodes", nodes, "logs", logs);
}
