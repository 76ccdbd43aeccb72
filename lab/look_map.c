/* look_map.c - a topology, and a lab of it if one is up, as what lib/citymap.h draws. */
#include "lab/look_map.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lab/look_state.h"

enum { WORDS_BYTES = 200, NETWORK_BYTES = 32 };

static bool
is_switch(const struct topology *t, size_t node)
{
	const struct topo_role *role = &t->roles[t->nodes[node].role];

	for (size_t i = 0; i < role->bridges_len; i++)
		if (role->bridges[i].all_links)
			return true;
	return false;
}

void
look_map_network(const struct topology *t, size_t link, char out[static NETWORK_BYTES])
{
	const struct topo_link *l = &t->links[link];
	const char *a = t->nodes[l->node[0]].name, *b = t->nodes[l->node[1]].name;
	size_t dash = strcspn(a, "-");

	out[0] = '\0';
	for (int end = 0; end < 2; end++)
		if (is_switch(t, l->node[end]))
			snprintf(out, NETWORK_BYTES, "%s", t->nodes[l->node[end]].name);
	if (out[0] == '\0' && a[dash] == '-' && strncmp(a, b, dash + 1) == 0)
		snprintf(out, NETWORK_BYTES, "%.*s", (int)dash, a);
	for (char *c = out; *c != '\0'; c++)
		*c = (char)toupper((unsigned char)*c);
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The anycast sites, sorted: their places are their colours, in every map and report alike. */
static void
list_sites(struct look_map *m, const struct topology *t)
{
	for (size_t i = 0; i < t->nodes_len; i++)
		if (t->nodes[i].site != NULL && t->nodes[i].anycast)
			m->sites[m->map.sites_len++] = t->nodes[i].site;
	qsort(m->sites, m->map.sites_len, sizeof(*m->sites), by_name);
	m->map.sites = m->sites;
}

static void
add_words(char *to, const char *words)
{
	size_t len = strlen(to);

	snprintf(to + len, WORDS_BYTES - len, "%s%s", len > 0 ? "; " : "", words);
}

/* Services that are not ready, and links at fault within a city, stand at the city. */
static void
note_faults(struct look_map *m, const struct topology *t, const struct survey *s,
	const struct look_fault *faults, size_t faults_len)
{
	json_t *node, *service;
	size_t i, k;

	json_array_foreach(s == NULL ? NULL : json_object_get(s->services, "nodes"), i, node)
	{
		json_array_foreach(json_object_get(node, "services"), k, service)
		{
			char state[64], words[160];
			int at = topology_node(t, json_string_value(json_object_get(node, "name")));

			look_service_state(service, state, sizeof(state));
			if (at < 0 || strcmp(state, "ready") == 0)
				continue;
			snprintf(words, sizeof(words), "%s/%s: %s", t->nodes[at].name,
				json_string_value(json_object_get(service, "name")), state);
			add_words(m->words[t->nodes[at].city], words);
		}
	}
	for (i = 0; i < faults_len; i++) {
		const struct topo_link *l = &t->links[faults[i].link];
		char words[260];

		if (t->nodes[l->node[0]].city != t->nodes[l->node[1]].city)
			continue;
		snprintf(words, sizeof(words), "%s: %s", l->name, faults[i].text);
		add_words(m->words[t->nodes[l->node[0]].city], words);
	}
}

static void
take_links(struct look_map *m, const struct topology *t, const struct look_fault *faults,
	size_t faults_len)
{
	for (size_t i = 0; i < t->links_len; i++) {
		const struct topo_link *l = &t->links[i];
		size_t a = t->nodes[l->node[0]].city, b = t->nodes[l->node[1]].city;
		struct citymap_link *link = &m->links[m->map.links_len];

		if (a == b)
			continue;
		look_map_network(t, i, m->networks[m->map.links_len]);
		*link = (struct citymap_link){.city = {a, b},
			.title = l->name,
			.network = m->networks[m->map.links_len],
			.delay_ms = (double)l->delay_ns / 1e6};
		for (size_t k = 0; k < faults_len; k++)
			if (faults[k].link == i)
				link->fault = faults[k].text;
		m->map.links_len++;
	}
	m->map.links = m->links;
}

static void
take_way(struct look_map *m, const struct topology *t, const struct survey_path *p)
{
	struct citymap_city *c = &m->cities[p->city];
	size_t *way = m->ways + p->city * SURVEY_HOPS;

	for (size_t i = 0; i < p->hops_len; i++) {
		size_t city = t->nodes[p->hops[i]].city;

		if (c->way_len == 0 || way[c->way_len - 1] != city)
			way[c->way_len++] = city;
	}
	c->way = way;
}

static void
take_cities(struct look_map *m, const struct topology *t, const struct survey *s)
{
	for (size_t i = 0; i < t->cities_len; i++) {
		const struct topo_city *c = &t->cities[i];
		struct citymap_service expected = {.asked = c->expect_site != NULL,
			.site = c->expect_site,
			.rtt_ms = NAN,
			.share = 1};

		m->cities[i] = (struct citymap_city){.name = c->name,
			.title = c->title,
			.lat = c->lat,
			.lon = c->lon,
			.fault = m->words[i][0] != '\0' ? m->words[i] : NULL};
		for (int f = 0; s == NULL && f < CITYMAP_FAMILIES; f++)
			m->cities[i].service[f] = expected;
	}
	for (size_t i = 0; i < t->nodes_len; i++) {
		struct citymap_city *c = &m->cities[t->nodes[i].city];

		if (t->nodes[i].site != NULL && t->nodes[i].anycast)
			c->site = t->nodes[i].site;
		else if (t->nodes[i].site != NULL)
			c->unicast = true;
	}
	for (size_t i = 0; s != NULL && i < s->paths_len; i++) {
		const struct survey_path *p = &s->paths[i];
		int f = p->family == AF_INET ? 0 : 1;

		m->cities[p->city].service[f] = (struct citymap_service){.asked = true,
			.site = p->returned ? look_site_name(t, p->site) : NULL,
			.rtt_ms = p->returned ? (double)p->rtt_ns / 1e6 : NAN,
			.share = 1};
		if (f == 0 && p->returned)
			take_way(m, t, p);
	}
	m->map.cities = m->cities;
	m->map.cities_len = t->cities_len;
}

int
look_map_make(struct look_map *m, const struct topology *t, const struct survey *survey,
	const struct look_fault *faults, size_t faults_len)
{
	*m = (struct look_map){.map = {.title = m->title, .subtitle = m->subtitle}};
	m->cities = calloc(t->cities_len + 1, sizeof(*m->cities));
	m->links = calloc(t->links_len + 1, sizeof(*m->links));
	m->sites = calloc(t->nodes_len + 1, sizeof(*m->sites));
	m->ways = calloc(t->cities_len * SURVEY_HOPS + 1, sizeof(*m->ways));
	m->words = calloc(t->cities_len + 1, sizeof(*m->words));
	m->networks = calloc(t->links_len + 1, sizeof(*m->networks));
	if (m->cities == NULL || m->links == NULL || m->sites == NULL || m->ways == NULL ||
		m->words == NULL || m->networks == NULL)
		return -ENOMEM;
	list_sites(m, t);
	note_faults(m, t, survey, faults, faults_len);
	take_links(m, t, faults, faults_len);
	take_cities(m, t, survey);
	return 0;
}

void
look_map_done(struct look_map *m)
{
	free(m->cities);
	free(m->links);
	free(m->sites);
	free(m->ways);
	free(m->words);
	free(m->networks);
	*m = (struct look_map){0};
}
