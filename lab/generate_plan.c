/*
 * generate_plan.c - the shape of a generated network: regions, hubs, fibre, delays.
 *
 * Fibre of a carrier: the shortest tree that connects its cities; then nobody hangs on one line (a leaf gets a second
 * one, to the nearest city it is not yet next to); then, for every four cities beyond two, the pair whose way
 * is the longest detour gets a line of its own.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lab/generate_internal.h"
#include "lab/geo.h"
#include "lib/rng.h"

static double
km(size_t a, size_t b)
{
	const struct generate_place *x = &generate_places[a], *y = &generate_places[b];

	return geo_distance_km(x->lat, x->lon, y->lat, y->lon);
}

/* ---- regions ---- */

/* The Pacific's middle, where longitude wraps, is a border nobody would draw a carrier across. */
static double
coordinate(size_t city, bool by_longitude)
{
	return by_longitude ? generate_places[city].lon : generate_places[city].lat;
}

static void
sort_cities(size_t *cities, size_t n, bool by_longitude)
{
	for (size_t i = 1; i < n; i++)
		for (size_t k = i; k > 0 &&
			coordinate(cities[k], by_longitude) <
				coordinate(cities[k - 1], by_longitude);
			k--) {
			size_t swap = cities[k];

			cities[k] = cities[k - 1];
			cities[k - 1] = swap;
		}
}

static double
spread(const size_t *cities, size_t n, bool by_longitude)
{
	double min = 180, max = -180;

	for (size_t i = 0; i < n; i++) {
		min = fmin(min, coordinate(cities[i], by_longitude));
		max = fmax(max, coordinate(cities[i], by_longitude));
	}
	return max - min;
}

/* Halve until each part is a region; the parts differ by one city at most. */
static void
split(size_t *cities, size_t n, size_t regions, size_t first, size_t *region_of)
{
	size_t left = regions / 2, n_left = n * left / regions;

	if (regions == 1) {
		for (size_t i = 0; i < n; i++)
			region_of[cities[i]] = first;
		return;
	}
	sort_cities(cities, n, spread(cities, n, true) >= spread(cities, n, false));
	split(cities, n_left, left, first, region_of);
	split(cities + n_left, n - n_left, regions - left, first + left, region_of);
}

/* Carrier a is the one of the table's first city, and so on; its cities stand in the table's order. */
static void
make_regions(struct generate_plan *p)
{
	size_t cities[GENERATE_POPS_MAX], region_of[GENERATE_POPS_MAX];
	size_t known[GENERATE_REGIONS], known_len = 0;

	p->regions_len = (p->pops + GENERATE_CARRIER_CITIES - 1) / GENERATE_CARRIER_CITIES;
	for (size_t i = 0; i < p->pops; i++)
		cities[i] = i;
	split(cities, p->pops, p->regions_len, 0, region_of);
	for (size_t i = 0; i < p->pops; i++) {
		struct generate_carrier *c;
		size_t k = 0;

		while (k < known_len && known[k] != region_of[i])
			k++;
		if (k == known_len)
			known[known_len++] = region_of[i];
		p->cities[i].region = k;
		c = &p->carriers[k];
		c->number = (unsigned int)k;
		c->letter = (char)('a' + (char)k);
		c->as = 64601 + (uint32_t)k;
		c->cities[c->cities_len++] = i;
	}
}

/* The city of a region that is farthest from every hub there is; SIZE_MAX when all are hubs. */
static size_t
farthest(const struct generate_plan *p, size_t region)
{
	const struct generate_carrier *c = &p->carriers[region];
	size_t best = SIZE_MAX;
	double best_km = -1;

	for (size_t i = 0; i < c->cities_len; i++) {
		double nearest_km = INFINITY;

		for (size_t k = 0; k < p->pops; k++)
			if (p->cities[k].hub)
				nearest_km = fmin(nearest_km, km(c->cities[i], k));
		if (!p->cities[c->cities[i]].hub && nearest_km > best_km) {
			best = c->cities[i];
			best_km = nearest_km;
		}
	}
	return best;
}

/* A hub in each region, then a second in each, until there are enough. */
static void
make_hubs(struct generate_plan *p)
{
	size_t wanted = (p->pops + 1) / 2, hubs = 0;
	struct generate_carrier *t = &p->carriers[p->regions_len];

	if (p->pops < 3)
		return;
	if (wanted > GENERATE_CARRIER_CITIES)
		wanted = GENERATE_CARRIER_CITIES;
	p->has_backbone = true;
	t->letter = 't';
	t->as = 64701;
	t->number = GENERATE_REGIONS;
	for (size_t r = 0; hubs < wanted; r = (r + 1) % p->regions_len) {
		size_t city = farthest(p, r);

		if (city != SIZE_MAX) {
			p->cities[city].hub = true;
			hubs++;
		}
	}
	for (size_t i = 0; i < p->pops; i++)
		if (p->cities[i].hub)
			t->cities[t->cities_len++] = i;
}

/* ---- fibre ---- */

struct graph {
	size_t n;
	bool edge[GENERATE_CARRIER_CITIES][GENERATE_CARRIER_CITIES];
	double km[GENERATE_CARRIER_CITIES][GENERATE_CARRIER_CITIES];
};

static void
join(struct graph *g, size_t a, size_t b)
{
	g->edge[a][b] = g->edge[b][a] = true;
}

/* Prim's. */
static void
connect_all(struct graph *g)
{
	bool in[GENERATE_CARRIER_CITIES] = {true};

	for (size_t done = 1; done < g->n; done++) {
		size_t from = 0, to = 0;
		double best = INFINITY;

		for (size_t a = 0; a < g->n; a++)
			for (size_t b = 0; b < g->n; b++)
				if (in[a] && !in[b] && g->km[a][b] < best) {
					best = g->km[a][b];
					from = a;
					to = b;
				}
		join(g, from, to);
		in[to] = true;
	}
}

static void
mend_leaves(struct graph *g)
{
	for (size_t a = 0; a < g->n; a++) {
		size_t degree = 0, nearest = SIZE_MAX;

		for (size_t b = 0; b < g->n; b++) {
			degree += g->edge[a][b];
			if (b != a && !g->edge[a][b] &&
				(nearest == SIZE_MAX || g->km[a][b] < g->km[a][nearest]))
				nearest = b;
		}
		if (degree == 1 && nearest != SIZE_MAX)
			join(g, a, nearest);
	}
}

/* Floyd and Warshall's; `way` starts as the length of each edge. */
static void
shortest(size_t n, double way[GENERATE_CARRIER_CITIES][GENERATE_CARRIER_CITIES])
{
	for (size_t via = 0; via < n; via++)
		for (size_t a = 0; a < n; a++)
			for (size_t b = 0; b < n; b++)
				way[a][b] = fmin(way[a][b], way[a][via] + way[via][b]);
}

static void
shorten_worst(struct graph *g)
{
	double way[GENERATE_CARRIER_CITIES][GENERATE_CARRIER_CITIES], worst = 0;
	size_t from = 0, to = 0;

	for (size_t a = 0; a < g->n; a++)
		for (size_t b = 0; b < g->n; b++)
			way[a][b] = a == b ? 0 : g->edge[a][b] ? g->km[a][b] : INFINITY;
	shortest(g->n, way);
	for (size_t a = 0; a < g->n; a++)
		for (size_t b = a + 1; b < g->n; b++)
			if (!g->edge[a][b] && way[a][b] / g->km[a][b] > worst) {
				worst = way[a][b] / g->km[a][b];
				from = a;
				to = b;
			}
	if (worst > 0)
		join(g, from, to);
}

static void
lay_fibre(struct generate_carrier *c, struct rng *rng)
{
	struct graph g = {.n = c->cities_len};

	for (size_t a = 0; a < g.n; a++)
		for (size_t b = 0; b < g.n; b++)
			g.km[a][b] = km(c->cities[a], c->cities[b]);
	connect_all(&g);
	mend_leaves(&g);
	for (size_t i = 6; i <= g.n; i += 4)
		shorten_worst(&g);
	for (size_t a = 0; a < g.n; a++)
		for (size_t b = a + 1; b < g.n; b++) {
			struct generate_link *l = &c->links[c->links_len];
			int64_t delay_ns;

			if (!g.edge[a][b])
				continue;
			l->a = c->cities[a];
			l->b = c->cities[b];
			l->number = (unsigned int)++c->links_len;
			l->stretch_pc = 110 + (unsigned int)rng_below(rng, 41);
			delay_ns = geo_delay_ns(g.km[a][b], l->stretch_pc / 100.0);
			l->cost = (unsigned int)((delay_ns + 5000) / 10000);
			if (l->cost == 0)
				l->cost = 1;
		}
}

/* ---- all of it ---- */

void
generate_plan_make(struct generate_plan *p, unsigned int pops, uint64_t seed)
{
	struct rng rng;

	rng_init(&rng, seed);
	*p = (struct generate_plan){.pops = pops, .seed = seed};
	make_regions(p);
	make_hubs(p);
	for (size_t i = 0; i < p->pops; i++)
		for (size_t k = 0; k < 2; k++) {
			p->cities[i].pop_delay_us[k] = 200 + 50 * (unsigned int)rng_below(&rng, 17);
			p->cities[i].access_delay_us[k] =
				400 + 100 * (unsigned int)rng_below(&rng, 27);
		}
	for (size_t k = 0; k < p->regions_len + p->has_backbone; k++)
		lay_fibre(&p->carriers[k], &rng);
}

const struct generate_carrier *
generate_backbone(const struct generate_plan *p)
{
	return p->has_backbone ? &p->carriers[p->regions_len] : NULL;
}

size_t
generate_carriers_at(
	const struct generate_plan *p, size_t city, const struct generate_carrier *ret[static 2])
{
	ret[0] = &p->carriers[p->cities[city].region];
	ret[1] = generate_backbone(p);
	return p->cities[city].hub ? 2 : 1;
}

bool
generate_is_at(const struct generate_carrier *c, size_t city)
{
	for (size_t i = 0; i < c->cities_len; i++)
		if (c->cities[i] == city)
			return true;
	return false;
}

size_t
generate_next_best(const struct generate_plan *p, size_t city)
{
	const struct generate_carrier *c = &p->carriers[p->cities[city].region];
	double way[GENERATE_CARRIER_CITIES][GENERATE_CARRIER_CITIES];
	size_t from = 0, best = SIZE_MAX;

	for (size_t a = 0; a < c->cities_len; a++) {
		if (c->cities[a] == city)
			from = a;
		for (size_t b = 0; b < c->cities_len; b++)
			way[a][b] = a == b ? 0 : INFINITY;
		for (size_t l = 0; l < c->links_len; l++)
			for (size_t b = 0; b < c->cities_len; b++)
				if ((c->links[l].a == c->cities[a] &&
					    c->links[l].b == c->cities[b]) ||
					(c->links[l].b == c->cities[a] &&
						c->links[l].a == c->cities[b]))
					way[a][b] = c->links[l].cost;
	}
	shortest(c->cities_len, way);
	for (size_t b = 0; b < c->cities_len; b++)
		if (b != from && (best == SIZE_MAX || way[from][b] < way[from][best]))
			best = b;
	return best == SIZE_MAX ? SIZE_MAX : c->cities[best];
}

void
generate_count(const struct generate_plan *p, struct generate_counts *ret)
{
	struct generate_counts n = {.cities = p->pops, .nodes = 2 * p->pops};

	n.carriers = (unsigned int)p->regions_len + p->has_backbone;
	for (size_t k = 0; k < n.carriers; k++) {
		unsigned int routers = (unsigned int)p->carriers[k].cities_len;

		n.nodes += routers;
		n.links += (unsigned int)p->carriers[k].links_len + 2 * routers;
		n.sessions += 2 * routers * (routers - 1) + 8 * routers +
			4 * (unsigned int)p->carriers[k].links_len;
	}
	if (p->has_backbone) { /* a regional carrier is a customer wherever both are */
		n.links += (unsigned int)p->carriers[p->regions_len].cities_len;
		n.sessions += 4 * (unsigned int)p->carriers[p->regions_len].cities_len;
	}
	*ret = n;
}
