/* section_map.c - who was served by whom before, during and after, on three maps side by side. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/citymap.h"
#include "reports/html.h"
#include "reports/page.h"

enum { ENTRIES_MAX = 10000 };

/* A map and what it points into. */
struct picture {
	struct citymap map;
	struct citymap_city *cities;
	struct citymap_link *links;
};

/* run.json is not checked as result.json is: what is odd in it is left out of the picture. */
static const char *
text_of(const json_t *o, const char *key)
{
	return json_string_value(json_object_get(o, key));
}

static size_t
find_city(const struct picture *p, const char *name)
{
	for (size_t i = 0; name != NULL && i < p->map.cities_len; i++)
		if (strcmp(p->cities[i].name, name) == 0)
			return i;
	return p->map.cities_len;
}

static void
take_cities(struct picture *p, const json_t *run)
{
	const json_t *list = json_object_get(run, "cities"), *sites = json_object_get(run, "sites");

	for (size_t i = 0; i < json_array_size(list) && i < ENTRIES_MAX; i++) {
		const json_t *o = json_array_get(list, i);
		const json_t *lat = json_object_get(o, "lat"), *lon = json_object_get(o, "lon");
		const char *name = text_of(o, "name"), *title = text_of(o, "title");

		if (name == NULL || !json_is_number(lat) || !json_is_number(lon) ||
			fabs(json_number_value(lat)) > 90 || fabs(json_number_value(lon)) > 180)
			continue;
		p->cities[p->map.cities_len++] = (struct citymap_city){.name = name,
			.title = title != NULL ? title : name,
			.lat = json_number_value(lat),
			.lon = json_number_value(lon)};
	}
	for (size_t i = 0; i < json_array_size(sites) && i < ENTRIES_MAX; i++) {
		const json_t *o = json_array_get(sites, i);
		size_t city = find_city(p, text_of(o, "city"));

		if (city == p->map.cities_len)
			continue;
		if (json_is_true(json_object_get(o, "anycast")))
			p->cities[city].site = text_of(o, "name");
		else
			p->cities[city].unicast = true;
	}
	p->map.cities = p->cities;
}

static void
take_links(struct picture *p, const json_t *run)
{
	const json_t *list = json_object_get(run, "links");

	for (size_t i = 0; i < json_array_size(list) && i < ENTRIES_MAX; i++) {
		const json_t *o = json_array_get(list, i), *ends = json_object_get(o, "cities");
		size_t a = find_city(p, json_string_value(json_array_get(ends, 0)));
		size_t b = find_city(p, json_string_value(json_array_get(ends, 1)));
		const char *network = text_of(o, "network"), *name = text_of(o, "name");

		if (a == p->map.cities_len || b == p->map.cities_len || a == b)
			continue;
		p->links[p->map.links_len++] = (struct citymap_link){.city = {a, b},
			.network = network != NULL ? network : "",
			.title = name != NULL ? name : "",
			.delay_ms = json_number_value(json_object_get(o, "delay_ms"))};
	}
	p->map.links = p->links;
}

/* Who answered most of a city's queries in that time. */
static void
take_services(struct picture *p, const struct result *r, enum when when)
{
	for (size_t i = 0; i < p->map.cities_len; i++)
		for (int f = 0; f < CITYMAP_FAMILIES; f++)
			p->cities[i].service[f] = (struct citymap_service){.rtt_ms = NAN};
	for (size_t i = 0; i < r->n_catchment; i++) {
		const struct catchment *c = &r->catchment[i];
		const struct shares *s = &c->shares[when];
		size_t city = find_city(p, c->city), best = 0;
		struct citymap_service *v;

		if (city == p->map.cities_len || s->n == 0)
			continue;
		for (size_t k = 1; k < s->n; k++)
			if (s->ratio[k] > s->ratio[best])
				best = k;
		v = &p->cities[city].service[c->family != NULL && strcmp(c->family, "v6") == 0];
		*v = (struct citymap_service){.asked = true,
			.site = strcmp(s->site[best], "none") == 0 ? NULL : s->site[best],
			.rtt_ms = c->rtt_ms[when].p50,
			.share = s->ratio[best]};
	}
}

static bool
has_answers(const struct result *r, enum when when)
{
	for (size_t i = 0; i < r->n_catchment; i++)
		if (r->catchment[i].shares[when].n > 0)
			return true;
	return false;
}

/* How many cities are served by another than before, in either family. */
static size_t
count_moved(const struct picture *p, char before[][64])
{
	size_t n = 0;

	for (size_t i = 0; i < p->map.cities_len; i++) {
		const struct citymap_service *v = p->cities[i].service;
		char now[64];

		snprintf(now, sizeof(now), "%.30s %.30s", v[0].asked && v[0].site ? v[0].site : "-",
			v[1].asked && v[1].site ? v[1].site : "-");
		n += strcmp(now, before[i]) != 0 && before[i][0] != '\0';
		if (before[i][0] == '\0')
			snprintf(before[i], sizeof(before[i]), "%s", now);
	}
	return n;
}

static void
figure(struct buf *b, struct picture *p, const struct result *r, enum when when, char before[][64])
{
	static const char *const names[] = {"Before", "During", "After"};
	static const char *const ids[] = {"map-before", "map-during", "map-after"};
	const char *fault = text_of(r->run_root, "fault_city");
	size_t city = find_city(p, fault), moved;
	char title[96];

	take_services(p, r, when);
	moved = count_moved(p, before);
	for (size_t i = 0; i < p->map.cities_len; i++)
		p->cities[i].fault = when == WHEN_DURING && i == city ? "the fault is here" : NULL;
	if (when == WHEN_BEFORE)
		snprintf(title, sizeof(title), "%s", names[when]);
	else if (moved == 0)
		snprintf(title, sizeof(title), "%s: all as before", names[when]);
	else
		snprintf(title, sizeof(title), "%s: %zu of %zu cities elsewhere", names[when],
			moved, p->map.cities_len);
	p->map.title = title;
	html_raw(b, "<figure><figcaption><h3>");
	html_text(b, title);
	html_raw(b, "</h3></figcaption>\n");
	citymap_figure(b, &p->map, ids[when]);
	html_raw(b, "</figure>\n");
}

/* What its colours and marks mean, once for the three. */
static void
key(struct buf *b, const struct palette *sites)
{
	html_raw(b, "<p class=\"meta\">");
	for (size_t i = 0; i < sites->n; i++) {
		buf_addf(b,
			"<span class=\"share\"><span class=\"dot\" style=\"background:var(%s)\" "
			"aria-hidden=\"true\"></span>",
			colour_css(palette_fill(sites, sites->site[i])));
		html_text(b, sites->site[i]);
		html_raw(b, "</span> ");
	}
	html_raw(b,
		"serve the cities of their colour; a ring is a PoP, a diamond a unicast site, ! "
		"the "
		"fault, a crossed dot nobody's client. The bands join a city with its PoP, the "
		"thin lines are the carriers' links. Who answered most counts.</p>\n");
}

void
section_map(struct buf *b, const struct result *r, const struct palette *sites)
{
	size_t cities = json_array_size(json_object_get(r->run_root, "cities"));
	size_t links = json_array_size(json_object_get(r->run_root, "links"));
	struct picture p = {.map = {.subtitle = "", .sites = sites->site, .sites_len = sites->n}};
	char(*before)[64] = calloc(cities + 1, sizeof(*before));

	p.cities = calloc(cities + 1, sizeof(*p.cities));
	p.links = calloc(links + 1, sizeof(*p.links));
	if (p.cities == NULL || p.links == NULL || before == NULL) {
		b->failed = true;
	} else {
		take_cities(&p, r->run_root);
		take_links(&p, r->run_root);
	}
	/* A run from before run.json told where cities are has no map. */
	if (p.map.cities_len > 0 && has_answers(r, WHEN_BEFORE)) {
		html_raw(b, "<div class=\"maps\">\n");
		for (int w = 0; w < WHEN_COUNT; w++)
			if (has_answers(r, (enum when)w))
				figure(b, &p, r, (enum when)w, before);
		html_raw(b, "</div>\n");
		key(b, sites);
	}
	free(before);
	free(p.cities);
	free(p.links);
}
