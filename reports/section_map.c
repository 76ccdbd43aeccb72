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

/* Who served a city before, by family. */
struct former {
	bool asked[CITYMAP_FAMILIES];
	const char *site[CITYMAP_FAMILIES]; /* NULL: nobody */
};

static void
keep_former(const struct picture *p, struct former before[])
{
	for (size_t i = 0; i < p->map.cities_len; i++)
		for (int f = 0; f < CITYMAP_FAMILIES; f++) {
			before[i].asked[f] = p->cities[i].service[f].asked;
			before[i].site[f] = p->cities[i].service[f].site;
		}
}

static bool
is_other(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a != b : strcmp(a, b) != 0;
}

/*
 * How many cities are served by another than before, in either family: of those that were asked both times.
 *
 *      ret_unknown     out: cities that were asked before in a family that nobody asked in now
 */
static size_t
count_moved(const struct picture *p, const struct former before[], size_t *ret_unknown)
{
	size_t n = 0, unknown = 0;

	for (size_t i = 0; i < p->map.cities_len; i++) {
		bool moved = false, unasked = false;

		for (int f = 0; f < CITYMAP_FAMILIES; f++) {
			const struct citymap_service *now = &p->cities[i].service[f];

			if (!before[i].asked[f])
				continue;
			unasked |= !now->asked;
			moved |= now->asked && is_other(now->site, before[i].site[f]);
		}
		n += moved;
		unknown += unasked;
	}
	*ret_unknown = unknown;
	return n;
}

/* "After: 1 of 8 cities elsewhere, 2 without data" */
static void
name_figure(
	const struct picture *p, enum when when, struct former before[], char *out, size_t bytes)
{
	static const char *const names[] = {"Before", "During", "After"};
	size_t moved, unknown, at;

	if (when == WHEN_BEFORE) {
		keep_former(p, before);
		snprintf(out, bytes, "%s", names[when]);
		return;
	}
	moved = count_moved(p, before, &unknown);
	if (moved > 0)
		snprintf(out, bytes, "%s: %zu of %zu cities elsewhere", names[when], moved,
			p->map.cities_len);
	else
		snprintf(out, bytes, "%s: all%s as before", names[when],
			unknown > 0 ? " that were asked" : "");
	at = strlen(out);
	if (unknown > 0)
		snprintf(out + at, bytes - at, ", %zu without data", unknown);
}

static void
figure(struct buf *b, struct picture *p, const struct result *r, enum when when,
	struct former before[])
{
	static const char *const ids[] = {"map-before", "map-during", "map-after"};
	const char *fault = text_of(r->run_root, "fault_city");
	size_t city = find_city(p, fault);
	char title[96];

	take_services(p, r, when);
	for (size_t i = 0; i < p->map.cities_len; i++)
		p->cities[i].fault = when == WHEN_DURING && i == city ? "the fault is here" : NULL;
	name_figure(p, when, before, title, sizeof(title));
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
	struct former *before = calloc(cities + 1, sizeof(*before));

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
