/*
 * bgp_generate.c - a routing table like the Internet's, made of a seed: the same on every machine.
 *
 * What is published, and taken from there:
 *   bgp.potaroo.net/as2.0/bgp-active.html, 5 November 2025: 1,036,829 IPv4 routes, average length 22.93;
 *   bgp.potaroo.net/v6/as2.0/, 4 December 2024: 221,747 IPv6 routes, average length 42.94, 56 % more specifics;
 *   the weekly Routing Table Report, 19 April 2002: average length of the AS path as a router sees it 5.4 (here with our own AS);
 *   G. Huston on nanog, 5 November 2005: 41 % of origins announce one prefix, the average of all is 9.1, the tail is heavy;
 *   B. Donnet on nanog, 16 November 2007: 99 % of a table's routes carry communities.
 * What is not, and chosen: which lengths beside /24 and /48 make those averages, how many sets of attributes an origin has
 * (about 4.5 routes share one), the counts of communities (half a dozen, some with two dozen), prepending, MED, ORIGIN.
 *
 * Only integers decide, so that no mathematical library of another machine makes another table.
 */
#include "bench/load/bgp_generate.h"

#include <errno.h>
#include <string.h>

#include "lib/rng.h"

enum {
	TIER1S = 12,
	MIDDLES = 700,
	FIRST_COMMUNITY_AS = 64700,
	COMMUNITY_ASES = 800,
	MAX_PATH = 24,
	MAX_COMMUNITIES = 24,
	MAX_SETS = 64,	     /* of attributes, of an origin */
	MAX_AGGREGATES = 32, /* of an origin that more specifics are taken from */
	TRIES = 64,
	GIVE_UP = 1 << 20,     /* places tried for a prefix: what may be told is full */
	MAX_ORIGIN_LEVEL = 11, /* 2^11 to 2^12 - 1 prefixes */
};

static const uint32_t FIRST_TIER1 = 4200100001U, FIRST_MIDDLE = 4200101000U,
		      FIRST_ORIGIN = 4200110000U;

/* One of some values, each with its weight. */
struct choice {
	uint8_t value, weight;
};

/* Per mille would be finer than what is known; the sum of weights may be anything. */
static const struct choice lengths4[] = {{24, 124}, {23, 21}, {22, 23}, {21, 10}, {20, 9}, {19, 6},
	{18, 3}, {17, 2}, {16, 3}, {15, 1}};
static const struct choice lengths6[] = {{48, 92}, {47, 6}, {46, 8}, {45, 4}, {44, 17}, {43, 1},
	{42, 4}, {41, 1}, {40, 17}, {39, 1}, {38, 2}, {37, 1}, {36, 11}, {35, 2}, {34, 2}, {33, 4},
	{32, 23}, {30, 1}, {29, 3}};
static const struct choice path_lengths[] = {{2, 6}, {3, 26}, {4, 33}, {5, 21}, {6, 10}, {7, 4}};

/* An origin AS in the making. */
struct origin {
	uint32_t as, provider[2];
	uint32_t set[MAX_SETS];
	size_t sets;
	struct {
		uint8_t addr[16], bits;
	} aggregate[MAX_AGGREGATES];
	size_t aggregates;
};

/* Of all of the table so far. */
struct state {
	struct rng rng;
	const struct bgp_mix *mix;
	struct bgp_table *t;
	uint8_t family;
};

/* A set of attributes in the making. */
struct attrs {
	uint8_t at[1024];
	size_t len;
};

static unsigned
below(struct state *s, unsigned bound)
{
	return (unsigned)rng_below(&s->rng, bound);
}

static unsigned
choose(struct state *s, const struct choice *choices, size_t n)
{
	unsigned total = 0, at;

	for (size_t i = 0; i < n; i++)
		total += choices[i].weight;
	at = below(s, total);
	for (size_t i = 0; i < n; i++) {
		if (at < choices[i].weight)
			return choices[i].value;
		at -= choices[i].weight;
	}
	return choices[0].value;
}

static void
put(struct attrs *a, const void *bytes, size_t len)
{
	memcpy(a->at + a->len, bytes, len);
	a->len += len;
}

static void
put_u32(struct attrs *a, uint32_t value)
{
	put(a,
		(uint8_t[]){(uint8_t)(value >> 24), (uint8_t)(value >> 16), (uint8_t)(value >> 8),
			(uint8_t)value},
		4);
}

/* From the first neighbour of ours to the origin, which may be there several times. */
static void
put_path(struct state *s, const struct origin *o, struct attrs *a)
{
	unsigned hops = choose(s, path_lengths, sizeof(path_lengths) / sizeof(path_lengths[0]));
	unsigned again = below(s, 100) < 12 ? 1 + below(s, 3) : 0;
	uint32_t path[MAX_PATH];
	size_t n = 0;

	path[n++] = FIRST_TIER1 + below(s, TIER1S);
	while (n + 2 < hops) {
		uint32_t next = FIRST_MIDDLE + below(s, MIDDLES);

		if (next != path[n - 1] && next != o->provider[0] && next != o->provider[1])
			path[n++] = next;
	}
	if (hops > 2)
		path[n++] = o->provider[below(s, 2)];
	for (unsigned i = 0; i <= again; i++)
		path[n++] = o->as;
	put(a, (uint8_t[]){0x40, 2, (uint8_t)(2 + 4 * n), BGP_AS_SEQUENCE, (uint8_t)n}, 5);
	for (size_t i = 0; i < n; i++)
		put_u32(a, path[i]);
}

static void
put_communities(struct state *s, struct attrs *a)
{
	uint32_t value[MAX_COMMUNITIES];
	size_t n = 0, want = 1;

	while (want < MAX_COMMUNITIES && below(s, 100) < 83)
		want++;
	/* In order, each once, as routers keep them. */
	while (n < want) {
		uint32_t as = FIRST_COMMUNITY_AS + below(s, COMMUNITY_ASES);
		uint32_t x = as << 16 | below(s, 60) * 100, held;
		size_t i = 0;

		while (i < n && value[i] < x)
			i++;
		if (i < n && value[i] == x)
			continue;
		for (n++; i < n; i++) {
			held = value[i];
			value[i] = x;
			x = held;
		}
	}
	put(a, (uint8_t[]){0xc0, 8, (uint8_t)(4 * n)}, 3);
	for (size_t i = 0; i < n; i++)
		put_u32(a, value[i]);
}

static void
put_large_communities(struct state *s, const struct origin *o, struct attrs *a)
{
	unsigned n = 1 + below(s, 3);
	uint32_t first = 1 + below(s, 10);

	put(a, (uint8_t[]){0xc0, 32, (uint8_t)(12 * n)}, 3);
	for (unsigned i = 0; i < n; i++) {
		put_u32(a, o->provider[0]);
		put_u32(a, first + i);
		put_u32(a, below(s, 1000));
	}
}

static int
make_set(struct state *s, const struct origin *o, uint32_t *ret)
{
	unsigned kind = below(s, 100);
	struct attrs a = {.len = 0};

	put(&a, (uint8_t[]){0x40, 1, 1, kind < 88 ? 0 : kind < 99 ? 2 : 1}, 4);
	put_path(s, o, &a);
	if (below(s, 100) < 15) {
		put(&a, (uint8_t[]){0x80, 4, 4}, 3);
		put_u32(&a, 10 * below(s, 30));
	}
	if (below(s, 100) < 3)
		put(&a, (uint8_t[]){0x40, 6, 0}, 3);
	if (below(s, 100) < 6) {
		put(&a, (uint8_t[]){0xc0, 7, 8}, 3);
		put_u32(&a, o->as);
		put_u32(&a, 0x0a000001U + below(s, 1 << 16));
	}
	if (below(s, 100) < 95)
		put_communities(s, &a);
	if (below(s, 100) < 12)
		put_large_communities(s, o, &a);
	return bgp_table_intern(s->t, a.at, a.len, ret);
}

/* Everything behind the first `from` bits at random, and behind `bits` zero. */
static void
fill(struct state *s, uint8_t addr[static 16], unsigned from, unsigned bits)
{
	for (unsigned i = from; i < bits; i++) {
		uint8_t bit = (uint8_t)(0x80 >> i % 8);

		addr[i / 8] &= (uint8_t)~bit;
		if (below(s, 2))
			addr[i / 8] |= bit;
	}
}

/* Space of its own: IPv6 from where the registries hand out. */
static void
fresh(struct state *s, struct bgp_route *r)
{
	static const uint8_t regions[][2] = {
		{0x24, 0x00}, {0x26, 0x00}, {0x28, 0x00}, {0x2a, 0x00}, {0x2c, 0x00}};

	memset(r->addr, 0, sizeof(r->addr));
	if (s->family == 4) {
		fill(s, r->addr, 0, r->bits);
	} else {
		memcpy(r->addr, regions[below(s, 5)], 2);
		fill(s, r->addr, 12, r->bits);
	}
}

/* More than half are part of what the same origin announces as a whole. */
static void
place(struct state *s, const struct origin *o, struct bgp_route *r, unsigned tries)
{
	size_t i = o->aggregates > 0 ? below(s, (unsigned)o->aggregates) : 0;

	if (o->aggregates > 0 && o->aggregate[i].bits < r->bits && tries < 4 &&
		below(s, 100) < 75) {
		memcpy(r->addr, o->aggregate[i].addr, 16);
		fill(s, r->addr, o->aggregate[i].bits, r->bits);
		return;
	}
	fresh(s, r);
}

static int
add_prefix(struct state *s, struct origin *o, uint32_t set)
{
	struct bgp_route r = {.family = s->family, .attrs = set};
	int rc = -EEXIST;

	r.bits = (uint8_t)(s->family == 4
			? choose(s, lengths4, sizeof(lengths4) / sizeof(lengths4[0]))
			: choose(s, lengths6, sizeof(lengths6) / sizeof(lengths6[0])));
	if (r.bits == 15)
		r.bits = (uint8_t)(8 + below(s, 8));
	for (unsigned tries = 0; rc == -EEXIST; tries++) {
		if (tries == GIVE_UP)
			return -ENOSPC;
		/* The short lengths are few: a table that is large for them has more of the long ones. */
		if (tries > 0 && tries % TRIES == 0)
			r.bits = (uint8_t)(r.bits + (r.bits < (s->family == 4 ? 24 : 48)));
		place(s, o, &r, tries);
		if (bgp_prefix_tellable(
			    s->family, r.addr, r.bits, s->mix->avoid, s->mix->avoid_len))
			rc = bgp_table_add(s->t, &r);
	}
	if (rc == 0 && o->aggregates < MAX_AGGREGATES && r.bits < (s->family == 4 ? 24 : 48)) {
		memcpy(o->aggregate[o->aggregates].addr, r.addr, 16);
		o->aggregate[o->aggregates++].bits = r.bits;
	}
	return rc;
}

/* A heavy tail: half have one prefix, the largest thousands. */
static size_t
prefixes_of_origin(struct state *s, size_t left)
{
	unsigned level = 0;
	size_t n;

	while (level < MAX_ORIGIN_LEVEL && below(s, 100) < 53)
		level++;
	n = ((size_t)1 << level) + below(s, 1U << level);
	return n < left ? n : left;
}

static int
add_origin(struct state *s, uint32_t number, size_t n)
{
	struct origin o = {.as = FIRST_ORIGIN + number};
	int rc = 0;

	o.provider[0] = FIRST_MIDDLE + below(s, MIDDLES);
	o.provider[1] = FIRST_MIDDLE + below(s, MIDDLES);
	for (size_t i = 0; i < n && rc == 0; i++) {
		uint32_t set;

		if (i == 0 || (o.sets < MAX_SETS && below(s, 100) < 15)) {
			rc = make_set(s, &o, &set);
			o.set[o.sets++] = set;
		} else {
			set = o.set[below(s, (unsigned)o.sets)];
		}
		if (rc == 0)
			rc = add_prefix(s, &o, set);
	}
	return rc;
}

int
bgp_generate(struct bgp_table *t, const struct bgp_mix *mix, struct err *e)
{
	struct state s = {.mix = mix, .t = t};
	int rc = 0;

	for (s.family = 4; s.family <= 6; s.family += 2) {
		size_t left = s.family == 4 ? mix->ipv4 : mix->ipv6;

		/* Families apart: how many of one there are does not change the other. */
		rng_init(&s.rng, mix->seed * 2 + (s.family == 6));
		for (uint32_t number = 0; left > 0 && rc == 0; number++) {
			size_t n = prefixes_of_origin(&s, left);

			rc = add_origin(&s, number, n);
			left -= n;
		}
	}
	if (rc == -ENOSPC)
		return err_set(e, ENOSPC, "there is no room for so many routes beside --avoid");
	if (rc == 0)
		rc = bgp_table_order(t);
	return rc < 0 ? err_sys(e, -rc, "generated table") : 0;
}
