/* generate_internal.h - a generated network before it is text, and who writes which part of the text. */
#ifndef LAB_GENERATE_INTERNAL_H
#define LAB_GENERATE_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "lab/generate.h"

/* The service, as the shared layers (Knot, keepalived's scripts) know it. */
#define GENERATE_ANYCAST4 "203.0.113.0/24"
#define GENERATE_ANYCAST6 "2001:db8:53::/48"
#define GENERATE_SERVICE4 "203.0.113.53"
#define GENERATE_SERVICE6 "2001:db8:53::53"

struct generate_place {
	const char *code, *title;
	double lat, lon;
};

extern const struct generate_place generate_places[GENERATE_POPS_MAX];

enum {
	GENERATE_CARRIER_CITIES = 8, /* what a full iBGP mesh is allowed to have */
	GENERATE_REGIONS = GENERATE_POPS_MAX / GENERATE_CARRIER_CITIES,
	GENERATE_CORE_LINKS = GENERATE_CARRIER_CITIES * (GENERATE_CARRIER_CITIES - 1) / 2,
	GENERATE_BRISK_POPS = 16,     /* up to so many PoPs BFD has the shared layers' pace */
	GENERATE_OPERATOR_AS = 64500, /* as in the shared layers */
};

/* A core link; cities are indices of generate_places. */
struct generate_link {
	size_t a, b;
	unsigned int number;	 /* from 1, within its carrier */
	unsigned int stretch_pc; /* fibre over great circle, per cent */
	unsigned int cost;	 /* one-way delay in 10 us, as the IGP is told */
};

struct generate_carrier {
	char letter; /* 'a' to 'h', the backbone 't' */
	uint32_t as;
	unsigned int number; /* 0 to 7, the backbone 8 */
	size_t cities[GENERATE_CARRIER_CITIES];
	size_t cities_len;
	struct generate_link links[GENERATE_CORE_LINKS];
	size_t links_len;
};

/* The local loops of one city: one-way delays to the regional carrier and to the backbone. */
struct generate_city {
	size_t region; /* index of its regional carrier */
	bool hub;      /* the backbone is there too */
	unsigned int pop_delay_us[2], access_delay_us[2];
};

struct generate_plan {
	unsigned int pops;
	uint64_t seed;
	struct generate_city cities[GENERATE_POPS_MAX];
	struct generate_carrier
		carriers[GENERATE_REGIONS + 1]; /* regional ones, then the backbone */
	size_t regions_len;
	bool has_backbone;
};

/* ---- generate_plan.c ---- */

/* Who is there and who is next to whom. */
void generate_plan_make(struct generate_plan *p, unsigned int pops, uint64_t seed);

/* The backbone, or NULL. */
const struct generate_carrier *generate_backbone(const struct generate_plan *p);

/* The carriers of a city, the regional one first; writes at most 2, returns how many. */
size_t generate_carriers_at(
	const struct generate_plan *p, size_t city, const struct generate_carrier *ret[static 2]);
bool generate_is_at(const struct generate_carrier *c, size_t city);

/* Where the traffic of a city goes when its PoP is gone: the next by IGP cost; SIZE_MAX if there is none. */
size_t generate_next_best(const struct generate_plan *p, size_t city);

void generate_count(const struct generate_plan *p, struct generate_counts *ret);

/* ---- generate_addr.c: the carve-up, see its head. City and link numbers count from 1 in addresses. ---- */

struct generate_text {
	char s[48];
};

/* Both ends of a link: .2n and .2n+1, ::2 and ::3. */
enum generate_net { NET_CORE = 1, NET_POP, NET_ACCESS, NET_CARRIER };

struct generate_text generate_site4(size_t city, const char *tail);   /* "198.18.1" + tail */
struct generate_text generate_site6(size_t city, const char *tail);   /* "2001:db8:101" + tail */
struct generate_text generate_access4(size_t city, const char *tail); /* "198.18.129" + tail */
struct generate_text generate_access6(size_t city, const char *tail);
struct generate_text generate_loop4(const struct generate_carrier *c, size_t city);
struct generate_text generate_loop6(const struct generate_carrier *c, size_t city);
struct generate_text generate_own4(const struct generate_carrier *c);
struct generate_text generate_own6(const struct generate_carrier *c);
struct generate_text generate_end4(
	const struct generate_carrier *c, enum generate_net net, size_t number, int end);
struct generate_text generate_end6(
	const struct generate_carrier *c, enum generate_net net, size_t number, int end);
uint32_t generate_access_as(size_t city);

/* ---- generate_copy.c: from the bench's own network, which is at DATA/lab ---- */

/* The text of services: and roles:, to be freed. */
int generate_sections(const char *data, char **ret, struct err *e);

/*
 * The layers of our roles, and the variants that are of such layers alone: what a variant gives single nodes of
 * another network fits none here. `relaxed`: with BFD at 1 s x 3.
 */
int generate_copy_layers(const char *data, const char *to, bool relaxed, struct err *e);

/* Close a file that was written to; tells what went wrong since it was opened. */
int generate_finish(FILE *f, const char *name, struct err *e);

/* ---- writers: to an open file, whose errors the caller looks for ---- */

void generate_topology(const struct generate_plan *p, FILE *f, const char *services);
void generate_scenario(const struct generate_plan *p, FILE *f);

void generate_carrier_bird(
	const struct generate_plan *p, const struct generate_carrier *c, size_t city, FILE *f);
void generate_access_bird(const struct generate_plan *p, size_t city, FILE *f);
void generate_access_unbound(const struct generate_plan *p, size_t city, FILE *f);
void generate_access_bind(const struct generate_plan *p, size_t city, FILE *f);
void generate_pop_bgpd(const struct generate_plan *p, size_t city, FILE *f);
void generate_pop_zebra(const struct generate_plan *p, size_t city, FILE *f);
void generate_pop_staticd(const struct generate_plan *p, size_t city, FILE *f);
void generate_pop_knot(const struct generate_plan *p, size_t city, FILE *f);

#endif
