/* calibrate_plan.c - which links are blacked out and which are captured, from who reaches whom. */
#include "scenarios/calibrate_plan.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "lib/mono.h"
#include "scenarios/plans.h"

enum { SNAPLEN_BYTES = 192 }; /* names are unique within the first hundred bytes */

static bool
is_switch(const struct topology *t, size_t node)
{
	return t->roles[t->nodes[node].role].services_len == 0;
}

static size_t
other_node(const struct topology *t, const struct topo_iface *i)
{
	return t->links[i->link].node[!i->end];
}

/* The interface of `node` that leads to `neighbour`, directly or over one switch; NULL if none does. */
static const struct topo_iface *
towards(const struct topology *t, size_t node, size_t neighbour)
{
	const struct topo_node *n = &t->nodes[node];

	for (size_t i = 0; i < n->ifaces_len; i++)
		if (other_node(t, &n->ifaces[i]) == neighbour)
			return &n->ifaces[i];
	for (size_t i = 0; i < n->ifaces_len; i++) {
		size_t via = other_node(t, &n->ifaces[i]);

		for (size_t k = 0; is_switch(t, via) && k < t->nodes[via].ifaces_len; k++)
			if (other_node(t, &t->nodes[via].ifaces[k]) == neighbour)
				return &n->ifaces[i];
	}
	return NULL;
}

static void
add_link(struct calibrate_choice *c, const struct topo_iface *i)
{
	if (i == NULL)
		return;
	for (size_t k = 0; k < c->links_len; k++)
		if (c->links[k] == i->link)
			return;
	if (c->links_len < CALIBRATE_LINKS_MAX)
		c->links[c->links_len++] = i->link;
}

static void
add_way(const struct topology *t, struct calibrate_choice *c, const size_t *hops, size_t len)
{
	for (size_t i = 0; i + 1 < len; i++) {
		add_link(c, towards(t, hops[i], hops[i + 1]));
		add_link(c, towards(t, hops[i + 1], hops[i])); /* another one behind a switch */
	}
}

/* Note the last link of a path, among those found so far. */
static void
note_dark(const struct topology *t, const struct survey *s, size_t path,
	struct calibrate_dark found[], size_t max, size_t *len)
{
	const struct survey_path *p = &s->paths[path];
	const struct topo_iface *last;
	size_t i;

	if (!p->returned || p->hops_len < 2)
		return;
	last = towards(t, p->hops[p->hops_len - 1], p->hops[p->hops_len - 2]);
	if (last == NULL)
		return;
	for (i = 0; i < *len && found[i].link != last->link; i++)
		;
	if (i == max)
		return;
	if (i == *len)
		found[(*len)++] = (struct calibrate_dark){.link = last->link, .end = last->end};
	if (found[i].paths_len < sizeof(found[i].paths) / sizeof(found[i].paths[0]))
		found[i].paths[found[i].paths_len++] = path;
}

int
calibrate_choose(const struct topology *t, const struct survey *s, struct calibrate_choice *ret,
	struct err *e)
{
	static struct calibrate_dark found[128];
	const struct survey_path *longest = NULL;
	size_t len = 0;

	*ret = (struct calibrate_choice){0};
	for (size_t i = 0; i < s->paths_len; i++) {
		note_dark(t, s, i, found, sizeof(found) / sizeof(found[0]), &len);
		if (s->paths[i].returned &&
			(longest == NULL || s->paths[i].hops_len > longest->hops_len))
			longest = &s->paths[i];
	}
	if (len == 0)
		return err_set(
			e, ENOENT, "no city reaches a site over a link: nothing to calibrate by");
	while (ret->dark_len < CALIBRATE_DARK_MAX && ret->dark_len < len) {
		size_t best = 0;

		for (size_t i = 1; i < len; i++)
			if (found[i].paths_len > found[best].paths_len)
				best = i;
		if (found[best].paths_len == 0)
			break;
		ret->dark[ret->dark_len++] = found[best];
		found[best].paths_len = 0;
	}
	for (size_t i = 0; i < ret->dark[0].paths_len; i++) {
		const struct survey_path *p = &s->paths[ret->dark[0].paths[i]];

		add_way(t, ret, p->hops, p->hops_len);
		add_way(t, ret, p->back, p->back_len);
	}
	add_way(t, ret, longest->hops, longest->hops_len);
	add_way(t, ret, longest->back, longest->back_len);
	return 0;
}

static const struct topo_iface *
iface_of(const struct topology *t, size_t link, int end)
{
	return &t->nodes[t->links[link].node[end]].ifaces[t->links[link].iface[end]];
}

static const char *
file_of(const struct topology *t, size_t link, int end, char out[static 128])
{
	snprintf(out, 128, "captures/%.60s.%s.pcap", t->nodes[t->links[link].node[end]].name,
		iface_of(t, link, end)->name);
	return out;
}

json_t *
calibrate_captures(struct lab *lab, const struct calibrate_choice *choice)
{
	const struct topology *t = lab_topology(lab);
	json_t *points = json_array();

	for (size_t i = 0; i < choice->links_len; i++)
		for (int end = 0; end < 2; end++) {
			const struct topo_iface *iface = iface_of(t, choice->links[i], end);

			plan_add_point(lab, points, t->links[choice->links[i]].node[end],
				iface->name, iface->addrs, iface->addrs_len,
				t->nodes[other_node(t, iface)].name, "udp port 53");
		}
	return plan_capture_json(points, SNAPLEN_BYTES);
}

json_t *
calibrate_links_json(const struct topology *t, const struct calibrate_choice *choice)
{
	json_t *list = json_array();
	char a[128], b[128];

	for (size_t i = 0; i < choice->links_len; i++) {
		const struct topo_link *l = &t->links[choice->links[i]];

		json_array_append_new(list,
			json_pack("{s:s, s:[f,f], s:[s,s]}", "link", l->name, "delay_ms",
				(double)l->delay_ns / 1e6, (double)l->delay_ns / 1e6, "captures",
				file_of(t, choice->links[i], 0, a),
				file_of(t, choice->links[i], 1, b)));
	}
	return list;
}

json_t *
calibrate_beside_json(const struct topology *t, const struct calibrate_choice *choice)
{
	json_t *list = json_array();
	char file[128];

	for (size_t i = 0; i < choice->links_len; i++)
		for (int end = 0; end < 2; end++) {
			const struct topo_node *n = &t->nodes[t->links[choice->links[i]].node[end]];

			if (n->local_len > 0)
				json_array_append_new(list,
					json_pack("{s:s, s:s}", "city", t->cities[n->city].name,
						"capture",
						file_of(t, choice->links[i], end, file)));
		}
	return list;
}

json_t *
calibrate_crossing_json(
	const struct topology *t, const struct survey *s, const struct calibrate_dark *dark)
{
	json_t *list = json_array();

	for (size_t i = 0; i < dark->paths_len; i++) {
		const struct survey_path *p = &s->paths[dark->paths[i]];

		json_array_append_new(list,
			json_pack("{s:s, s:s}", "city", t->cities[p->city].name, "family",
				p->family == AF_INET ? "v4" : "v6"));
	}
	return list;
}
